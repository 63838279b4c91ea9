"""Why no schedule exists, told as the statements that together leave a task no place."""

from __future__ import annotations

from dataclasses import field
from typing import TypeVar

import numpy as np

from schedc.models.bounds import Conflict, Propagation
from schedc.models.columns import Ints
from schedc.models.graph import Cycle
from schedc.models.model import Model
from schedc.models.points import OWN, Points
from schedc.models.records import dataclass
from schedc.models.source import Origin

_T = TypeVar("_T")
_LONGEST = 500      # nodes on a trail


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


@dataclass
class _Trail:
    """Follows an earliest (or latest) value back to the clause where it comes from."""

    state: Propagation
    forward: bool
    origins: list[Origin] = field(default_factory=list)
    tasks: list[int] = field(default_factory=list)

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
        while node not in seen and len(seen) < _LONGEST:
            seen.add(node)
            task = int(self.state.points.task_of[node])
            self.tasks.append(task)
            arc, reached = self._strongest(node)
            base = self._base(node, task)
            if max(reached, base) < self._value[node]:      # closed time or a `within` moved it further
                self._add_own(task)
            if arc is None or base >= reached:
                self._add_base(task)
                return
            self.origins += arc_origins(self.state.model, self.state.points, np.array([arc]))
            node = int(self._tail[arc])

    def asked(self, node: int) -> int:
        """What release and arcs alone make of a node."""
        return max(self._base(node, int(self.state.points.task_of[node])), self._strongest(node)[1])

    def _strongest(self, node: int) -> tuple[int | None, int]:
        arcs = self._into[self._begin[node] : self._begin[node + 1]]
        if not len(arcs):
            return None, 0
        reached: Ints = self._value[self._tail[arcs]] + self.state.points.weight[arcs]
        best = int(np.argmax(reached))
        return int(arcs[best]), int(reached[best])

    def _base(self, node: int, task: int) -> int:
        """What the node has without any arc."""
        model, start = self.state.model, node < self.state.points.tasks
        if self.forward:
            return max(int(model.release[task]), 0) if start else 0
        spare = max(self.state.limit - int(model.deadline[task]), 0)
        return spare + (int(self.state.points.end_shift[task]) if start else 0)

    def _add_base(self, task: int) -> None:
        family, _ = self.state.model.task_family(task)
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
