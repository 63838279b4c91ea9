"""Why no schedule exists, told as the statements that together leave a task no place."""

from __future__ import annotations

from dataclasses import field
from typing import TypeVar

import numpy as np

from schedc.models.amounts import amount_text
from schedc.models.bounds import NOBODY, Conflict, Overload, Propagation
from schedc.models.columns import Ints
from schedc.models.expressions import Point
from schedc.models.graph import ORDINARY, Cycle
from schedc.models.groups import CLIQUE
from schedc.models.model import Model
from schedc.models.points import OWN, Points
from schedc.models.records import dataclass
from schedc.models.source import Origin

_T = TypeVar("_T")
_LONGEST = 500      # nodes on a trail
_USERS = 50         # tasks whose uses are looked up for a story


def told(state: Propagation, found: Cycle | int | Overload) -> Conflict:
    """The story of whatever ended a propagation."""
    if isinstance(found, Overload):
        return of_overload(state, found)
    if isinstance(found, int) and state.points.nodes <= ORDINARY:       # a cycle is the better story where there is one
        found = state.points.positive_cycle() or found
    if isinstance(found, Cycle):
        return of_cycle(state.model, state.points, found)
    return of_empty_window(state, found)


def of_overload(state: Propagation, found: Overload) -> Conflict:
    """The story of tasks that must do more within some time than there is room for."""
    model, axis = state.model, state.model.axis
    tasks = sorted(found.tasks.tolist(), key=lambda t: (int(state.earliest_start[t]), t))
    names = _some(model, tasks)
    time = f"between {axis.tick_text(found.since)} and {axis.tick_text(found.to)}"
    if found.together:
        room = axis.span_text(found.room)
        work, width = axis.span_text(found.need), found.to - found.since
        of_it = f"it is open for {room}" if found.room < width else f"that is {room}"
        head = "no two of the tasks fit together" if found.group == CLIQUE or found.group < 0 else (
            f"`{model.resource_name(found.group)}` takes one of the tasks at a time"
        )
        reason = f"{head}: {names} must work {work} {time}, and {of_it}"
    else:
        needs, has = work_text(model, found.group, found.need), work_text(model, found.group, found.room)
        name = f"`{model.resource_name(found.group)}`"
        reason = f"{name} has too much to do: {names} need {needs} of it {time}, and there is {has}"
    early, late = _Trail(state, forward=True), _Trail(state, forward=False)
    early.follow(min(tasks, key=lambda t: int(state.earliest_start[t])))
    late.follow(int(state.points.end_node[max(tasks, key=lambda t: int(state.latest_end[t]))]))
    origins = [*group_origins(model, found.group, tasks), *early.origins, *late.origins]
    return Conflict(reason, tuple(_distinct(origins)), tuple(tasks), found)


def _some(model: Model, tasks: list[int]) -> str:
    """Up to five tasks by name, and how many more."""
    few = tasks if len(tasks) <= 5 else tasks[:4]
    names = [f"`{model.task_name(t)}`" for t in few]
    if len(tasks) > len(few):
        return f"{', '.join(names)} and {len(tasks) - len(few)} more"
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else names[0]


def work_text(model: Model, r: int, work: int) -> str:
    """An amount of a resource times ticks; plain time for one that holds one task at a time."""
    axis, (family, _) = model.axis, model.resource_family(r)
    if model.capacity[r] * family.scale == 1 and not family.unit:
        return axis.span_text(work)
    tick = f" x {axis.span_text(1)}" if axis.resolution_ns is not None else " x 1 tick"
    return f"{amount_text(family, work)}{tick}"


def group_origins(model: Model, group: int, tasks: list[int]) -> list[Origin]:
    """Where it is said that tasks share something: a resource with its calendars and uses, or an `exclusive`."""
    if group == NOBODY:
        return []
    if group < 0:
        return [model.relations[-1 - group].origin]
    found: list[Origin] = []
    if group != CLIQUE:
        found = [model.resource_family(group)[0].origin]
        found += [a.origin for a in model.availability if (a.resource == group).any()]
    for task in tasks[:_USERS]:
        family, row = model.task_family(task)
        found += [u.origin for u in family.uses if ((u.row == row) & ((u.resource == group) | (group == CLIQUE))).any()]
    if group == CLIQUE:
        mine = set(tasks)
        found += [e.origin for e in model.exclusives if mine & set(e.task.tolist())]
    return found


def of_cycle(model: Model, points: Points, cycle: Cycle) -> Conflict:
    """The story of lags that add up to more than nothing on their way back to where they began."""
    tasks = _distinct(points.task_of[cycle.nodes].tolist())
    total = model.axis.span_text(int(points.weight[cycle.arcs].sum()))
    reason = f"`{model.task_name(tasks[0])}` can never run: its lags ask for {total} more than they allow"
    if len(tasks) > 1:
        around = named(model, [*tasks, tasks[0]], 8)
        reason = f"{around} waits for itself: once around takes {total} more than there is"
    return Conflict(reason, tuple(arc_origins(model, points, np.array(cycle.arcs))), tuple(tasks))


def of_empty_window(state: Propagation, task: int) -> Conflict:
    """The story of a task whose earliest instant lies behind its latest."""
    model, axis = state.model, state.model.axis
    by_start = state.earliest_start[task] > state.latest_start[task]
    node = task if by_start else int(state.points.end_node[task])
    early, late = _Trail(state, forward=True), _Trail(state, forward=False)
    early.follow(node)
    late.follow(node)
    lo, hi = (
        (int(state.earliest_start[task]), int(state.latest_start[task])) if by_start
        else (int(state.earliest_end[task]), int(state.latest_end[task]))
    )
    verb = "start" if by_start else "end"
    name = f"`{model.task_name(task)}`"
    if state.earliest_end[task] > model.horizon:
        since = early.asked(node)
        reason = f"{name} finds no place " + (f"from {axis.tick_text(since)} on" if by_start else "before the horizon")
    elif hi < 0:
        reason = f"{name} cannot {verb} early enough"
    else:
        reason = f"{name} cannot {verb} before {axis.tick_text(lo)} and must {verb} by {axis.tick_text(hi)}"
    tasks = _distinct([task, *early.tasks, *late.tasks])
    return Conflict(reason, tuple(_distinct(early.origins + late.origins)), tuple(tasks))


def named(model: Model, tasks: list[int], most: int, joint: str = " -> ") -> str:
    """Tasks by name, with what stands in the middle of a long list left out."""
    half = most // 2
    shown = tasks if len(tasks) <= most else [*tasks[:half], *tasks[-half:]]
    names = [f"`{model.task_name(t)}`" for t in shown]
    if len(tasks) > most:
        names.insert(half, f"({len(tasks) - 2 * half} more)")
    return joint.join(names)


@dataclass(frozen=True)
class Step:
    """A task's earliest (or latest) start or end on a trail, and the statements that make it."""

    task: int
    start: bool
    instant: int
    origins: tuple[Origin, ...]


def trails(state: Propagation, task: int) -> tuple[list[Step], list[Step]]:
    """How a task's earliest start comes about, and its latest, each from where it begins to the task."""
    found = []
    for forward in (True, False):
        trail = _Trail(state, forward)
        trail.follow(task)
        found.append(trail.steps[::-1])
    return found[0], found[1]


@dataclass
class _Trail:
    """Follows an earliest (or latest) value back to the clause where it comes from."""

    state: Propagation
    forward: bool
    origins: list[Origin] = field(default_factory=list)
    tasks: list[int] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)

    def __post_init__(self) -> None:
        state, points = self.state, self.state.points
        loose = np.flatnonzero(~points.rigid)
        if self.forward:
            self._tail, head = points.first, points.second
            self._value = np.r_[state.earliest_start, state.earliest_end[loose]]
        else:       # distances before the limit, along arcs the other way
            self._tail, head = points.second, points.first
            self._value = state.limit - np.r_[state.latest_start, state.latest_end[loose]]
        self._into = np.argsort(head, kind="stable")
        self._begin = np.r_[0, np.cumsum(np.bincount(head, minlength=points.nodes))]

    def follow(self, node: int) -> None:
        """Collect the origins from a node back to a base value, or as far as anyone would read."""
        seen: set[int] = set()
        following: int | None = node
        while following is not None and following not in seen and len(seen) < _LONGEST:
            seen.add(following)
            known = len(self.origins)
            after = self._next(following)
            value, at = int(self._value[following]), following < self.state.points.tasks
            instant = value if self.forward else self.state.limit - value
            task = int(self.state.points.task_of[following])
            self.steps.append(Step(task, at, instant, tuple(_distinct(self.origins[known:]))))
            following = after

    def _next(self, node: int) -> int | None:
        """Collect the origins of one node's value; the node where it comes from."""
        task = int(self.state.points.task_of[node])
        self.tasks.append(task)
        arc, reached = self._strongest(node)
        base = self._base(node, task)
        if max(reached, base) < self._value[node]:      # closed time, a `within` or others moved it further
            self._add_own(task)
            self._add_group(node, task)
        if arc is None or base >= reached:
            self._add_base(node, task)
            return None
        self.origins += arc_origins(self.state.model, self.state.points, np.array([arc]))
        return int(self._tail[arc])

    def asked(self, node: int) -> int:
        """What release and arcs alone make of a node."""
        return max(self._base(node, int(self.state.points.task_of[node])), self._strongest(node)[1])

    def _strongest(self, node: int) -> tuple[int | None, int]:
        arcs = self._into[self._begin[node] : self._begin[node + 1]]
        if self._value[node] > self.state.limit:        # pushed out of the horizon, it drags its own other end along
            arcs = arcs[self.state.points.relation[arcs] != OWN]
        if not len(arcs):
            return None, 0
        reached: Ints = self._value[self._tail[arcs]] + self.state.points.weight[arcs]
        best = int(np.argmax(reached))
        return int(arcs[best]), int(reached[best])

    def _base(self, node: int, task: int) -> int:
        """What the node has without any arc."""
        model, start = self.state.model, node < self.state.points.tasks
        fence = self._fence(node, task)[0]
        if self.forward:
            return max(int(model.release[task]) if start else 0, 0, fence)
        spare = max(self.state.limit - int(model.deadline[task]), 0)
        return max(spare + (int(self.state.points.end_shift[task]) if start else 0), fence)

    def _fence(self, node: int, task: int) -> tuple[int, int]:
        """What conditions on one instant make of a node, and the relation of the strictest one (-1: there is none)."""
        fences, points = self.state.facts.fences, self.state.points
        kinds = [(Point.START, 0)] if node == task else [(Point.END, 0)]
        if points.end_node[task] == task:
            kinds.append((Point.END, int(points.end_shift[task])))
        sides = fences.earliest if self.forward else fences.latest
        found = [(int(sides[p].value[task]) - shift, int(sides[p].relation[task])) for p, shift in kinds]
        if self.forward:
            return max(found)
        value, relation = min(found)
        return self.state.limit - value, relation

    def _add_group(self, node: int, task: int) -> None:
        start = node < self.state.points.tasks
        rigid = self.state.points.end_node[task] == task
        columns = (0 if self.forward else 1, 2 if self.forward else 3) if rigid else (
            (0 if start else 2) + (not self.forward),
        )
        for group in {int(self.state.moved[k][task]) for k in columns}:
            self.origins += group_origins(self.state.model, group, [task])

    def _add_base(self, node: int, task: int) -> None:
        family, _ = self.state.model.task_family(task)
        fence, relation = self._fence(node, task)
        if relation >= 0 and fence >= self._base(node, task):
            self.origins.append(self.state.model.relations[relation].origin)
            return
        if self.forward:
            if self.state.model.release[task] > 0:
                self.origins.append(family.clauses.get("release", family.origin))
            return
        if self.state.points.end_node[task] == task and "lasts" in family.clauses:
            self.origins.append(family.clauses["lasts"])
        ends = self.state.model.deadline[task] < self.state.limit
        self.origins.append(family.clauses.get("deadline", family.origin) if ends else self.state.model.axis.origin)

    def _add_own(self, task: int) -> None:
        self.origins += placing(self.state.model, task)


def placing(model: Model, task: int) -> list[Origin]:
    """The clauses that say where a task has room: its length, `within`, uses, and the calendars of what it uses."""
    family, row = model.task_family(task)
    found = [family.clauses["lasts"]] if "lasts" in family.clauses else []
    found += [w.origin for w in family.within if w.which[row] >= 0]
    used: set[int] = set()
    for uses in family.uses:
        mine = uses.resource[uses.row == row].tolist()
        if mine:
            found.append(uses.origin)
            used.update(mine)
    return found + [a.origin for a in model.availability if used & set(a.resource.tolist())]


def arc_origins(model: Model, points: Points, arcs: Ints) -> list[Origin]:
    """The statements that arcs come from, each once; for an arc inside a task its length."""
    own = points.relation[arcs] == OWN
    relations, first = np.unique(points.relation[arcs][~own], return_index=True)
    found = [model.relations[r].origin for r in relations[np.argsort(first)].tolist()]
    for row in points.row[arcs][own].tolist():
        family, _ = model.task_family(row)
        found.append(family.clauses.get("lasts", family.origin))
    return _distinct(found)


def _distinct(items: list[_T]) -> list[_T]:
    return list(dict.fromkeys(items))
