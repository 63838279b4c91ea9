"""Between which instants every task must start and end.

Earliest and latest values are pushed along the arcs of `order` and of plain conditions, out of closed time and into
`within` spans, in turns until nothing moves or a budget of work is spent; then what tasks share is looked at
(`tighten`): resources and `exclusive` groups. What is pushed out is impossible in every feasible schedule; what stays
need not be possible.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from schedc.models.closures import Closures
from schedc.models.columns import Flags, Ints
from schedc.models.facts import Facts, facts_of
from schedc.models.graph import Cycle
from schedc.models.model import Model
from schedc.models.points import Points
from schedc.models.source import Origin
from schedc.models.within import Windows

__all__ = ["Bounds", "Conflict", "Overload", "Propagation", "propagate"]

NOBODY = 1 << 40        # in `Propagation.moved`
_BUDGET = 6_000_000     # tenths of a microsecond: about half a second for each direction
_STEPS = 64


@dataclass(frozen=True, eq=False)
class Bounds:
    """By task: earliest_start <= start <= latest_start and earliest_end <= end <= latest_end. Ticks.

    exact: whether the rounds came to rest, rather than to the end of their budget.
    """

    earliest_start: Ints
    latest_start: Ints
    earliest_end: Ints
    latest_end: Ints
    exact: bool = True


@dataclass(frozen=True, eq=False)
class Overload:
    """Work that must be done in [since, to) and does not fit there: `need` is more than `room`.

    group: a resource's number, or -1 - k for relation k, an `exclusive`; `groups.CLIQUE` for tasks of which no two fit
    together, for several reasons. together: whether only one of the tasks can run at a time, and need and room are
    ticks of work and open ticks; else they are amounts times ticks.
    """

    group: int
    tasks: Ints
    since: int
    to: int
    need: int
    room: int
    together: bool = False


@dataclass(frozen=True)
class Conflict:
    """Statements that no schedule satisfies together, in the order of the story, with one sentence why.

    tasks: the members that the story names, first the one that cannot be placed; overload: the sum that does not come
    out, where it is one.
    """

    reason: str
    origins: tuple[Origin, ...]
    tasks: tuple[int, ...]
    overload: Overload | None = None


def propagate(model: Model, *, until: int | None = None, closures: Closures | None = None) -> Bounds | Conflict:
    """Bounds of all tasks, or a conflict; without `until` remembered for the model.

    until: ask for schedules that end by then (no later than the horizon), such as an incumbent's makespan; closures:
    if they are at hand already.
    """
    from schedc.models import story
    from schedc.models.tighten import tighten

    facts = facts_of(model, closures)
    if until is None and facts.propagated is not None:
        return facts.propagated
    state = Propagation(model, until, closures)
    stopped = tighten(state)
    found = state.bounds() if stopped is None else story.told(state, stopped)
    if until is None:
        facts.propagated = found
    return found


class Propagation:
    """The columns of one propagation: earliest and latest starts and ends of all tasks, and what moves them.

    moved: for each of the four columns, in their order in `Bounds`, what moved a value last that is neither an arc nor
    the task's own: a group as in `Overload`, NOBODY where nothing of the kind did.
    """

    def __init__(
        self, model: Model, until: int | None = None, closures: Closures | None = None, facts: Facts | None = None,
        known: Bounds | None = None,
    ) -> None:
        self.model = model
        self.facts = facts or facts_of(model, closures)
        self.points: Points = self.facts.points
        self.closures = self.facts.closures
        self.windows: Windows = self.facts.windows
        self.limit = model.horizon if until is None else min(until, model.horizon)
        self.exact = True
        self.cells = 0          # of arrays that were worked on, to keep to a budget
        self._rigid = self.points.rigid
        self._loose = np.flatnonzero(~self._rigid)
        closed = (self.closures.which >= 0) & (model.shortest > 0)
        self._firm = np.flatnonzero(closed & ~model.pausable)
        self._pausing = np.flatnonzero((model.shortest > 0) & model.pausable)
        self.moved = tuple(np.full(model.task_count, NOBODY, dtype=np.int64) for _ in range(4))
        if known is None:
            self._begin()
        else:
            self.earliest_start, self.earliest_end = known.earliest_start, known.earliest_end
            self.latest_start = np.minimum(known.latest_start, self.limit - model.shortest)
            self.latest_end = np.minimum(known.latest_end, self.limit)

    def _begin(self) -> None:
        """What clauses and conditions say of each task by itself."""
        model, fences = self.model, self.facts.fences
        self.earliest_start = np.maximum(np.maximum(model.release, 0), fences.earliest[0].value)
        self.earliest_end = np.maximum(self.earliest_start + model.shortest, fences.earliest[1].value)
        self.latest_end = np.minimum(np.minimum(model.deadline, self.limit), fences.latest[1].value)
        self.latest_start = np.minimum(self.latest_end - model.shortest, fences.latest[0].value)

    def bounds(self) -> Bounds:
        """What has been found so far."""
        return Bounds(self.earliest_start, self.latest_start, self.earliest_end, self.latest_end, self.exact)

    # what others find: values for some tasks, of which the better ones are kept

    def start_after(self, tasks: Ints, value: Ints, group: int | Ints) -> bool:
        """Raise earliest starts; whether any moved."""
        column = self._kept(self.earliest_start, 0, tasks, value, group, 1)
        moved, self.earliest_start = column is not self.earliest_start, column
        return moved

    def start_by(self, tasks: Ints, value: Ints, group: int | Ints) -> bool:
        """Lower latest starts; whether any moved."""
        column = self._kept(self.latest_start, 1, tasks, value, group, -1)
        moved, self.latest_start = column is not self.latest_start, column
        return moved

    def end_after(self, tasks: Ints, value: Ints, group: int | Ints) -> bool:
        """Raise earliest ends; whether any moved."""
        column = self._kept(self.earliest_end, 2, tasks, value, group, 1)
        moved, self.earliest_end = column is not self.earliest_end, column
        return moved

    def end_by(self, tasks: Ints, value: Ints, group: int | Ints) -> bool:
        """Lower latest ends; whether any moved."""
        column = self._kept(self.latest_end, 3, tasks, value, group, -1)
        moved, self.latest_end = column is not self.latest_end, column
        return moved

    def _kept(self, column: Ints, kind: int, tasks: Ints, value: Ints, group: int | Ints, sign: int) -> Ints:
        better = sign * value > sign * column[tasks]
        if not better.any():
            return column
        tasks, value = tasks[better], value[better]
        column = column.copy()
        (np.maximum if sign > 0 else np.minimum).at(column, tasks, value)
        self.moved[kind][tasks] = group if isinstance(group, int) else group[better]
        return column

    def empty(self) -> Flags:
        """Which tasks have no instant left to start or to end."""
        flags: Flags = (self.earliest_start > self.latest_start) | (self.earliest_end > self.latest_end)
        return flags

    def run(self) -> Cycle | int | None:
        """Push until all is at rest. A positive cycle, or a task with an empty window, ends it."""
        self.cells += 30 * (self.points.nodes + len(self.points.first)) + 20_000
        if self.points.forth.cycle is not None:
            return self.points.forth.cycle
        if self.empty().any():
            return int(np.flatnonzero(self.empty())[0])
        for push in (self._push_early, self._push_late):
            stopped = self._rounds(push)
            if stopped is not None:
                return stopped
        return None

    def _rounds(self, push: Callable[[], bool]) -> int | None:
        rows = len(self._firm) + len(self._pausing) + len(self.windows.tasks)
        cost = self.points.forth.work() + 20 * rows + 5000
        for _ in range(max(3, _BUDGET // cost)):
            moved = push()
            empty = np.flatnonzero(self.empty())
            if len(empty):
                return int(empty[0])
            if not moved:
                return None
        self.exact = False
        return None

    # earliest values; every push makes new columns first and then changes those in place

    def _push_early(self) -> bool:
        before = self.earliest_start, self.earliest_end
        tasks, model = self.points.tasks, self.model
        start = np.where(self._rigid, np.maximum(self.earliest_start, self.earliest_end - model.longest),
                         self.earliest_start)
        value = self.points.forth.step(np.r_[start, self.earliest_end[self._loose]])
        self.earliest_start = value[:tasks]
        ends = self.earliest_start + model.shortest
        ends[self._loose] = value[tasks:]
        self.earliest_end = np.maximum(self.earliest_end, ends)
        self._firm_early()
        self._pausing_early()
        self._windows_early()
        return not (np.array_equal(before[0], self.earliest_start) and np.array_equal(before[1], self.earliest_end))

    def _firm_early(self) -> None:
        rows, time = self._firm, self.closures.worktime
        if len(rows):
            which, size = self.closures.which[rows], self.model.shortest[rows]
            start = time.next_fit(which, self.earliest_start[rows], size)
            end = np.maximum(self.earliest_end[rows], start + size)
            self.earliest_start[rows] = start
            self.earliest_end[rows] = time.next_fit(which, end - size, size) + size

    def _pausing_early(self) -> None:
        rows, time = self._pausing, self.closures.worktime
        if len(rows):
            which, least, most = self.closures.which[rows], self.model.shortest[rows], self.model.longest[rows]
            end = np.maximum(self.earliest_end[rows], time.end_of(which, self.earliest_start[rows], least))
            end = time.first_open(which, end - 1) + 1       # the last tick is worked
            first = time.worked(which, end) - most          # work that must have been done by then does not fit behind
            late = np.where(first > 0, time.tick(which, first), 0)
            start = time.first_open(which, np.maximum(self.earliest_start[rows], late))
            self.earliest_start[rows] = start
            self.earliest_end[rows] = np.maximum(end, time.end_of(which, start, least))

    def _windows_early(self) -> None:
        rows = np.arange(len(self.windows.tasks))
        for _ in range(_STEPS):
            tasks = self.windows.tasks[rows]
            start = self.windows.earliest_start(rows, self.earliest_end[tasks])
            moved = start > self.earliest_start[tasks]
            rows, tasks = rows[moved], tasks[moved]
            if not len(rows):
                return
            self.earliest_start[tasks] = start[moved]
            end = self._paused(tasks, self.closures.worktime.end_of, start[moved], 1)
            self.earliest_end[tasks] = np.maximum(self.earliest_end[tasks], end)

    def _paused(self, tasks: Ints, move: Callable[[Ints, Ints, Ints], Ints], at: Ints, sign: int) -> Ints:
        """An instant moved by the least length, over the pauses where a task pauses."""
        size = self.model.shortest[tasks]
        return np.where(self.model.pausable[tasks], move(self.closures.which[tasks], at, size), at + sign * size)

    # latest values

    def _push_late(self) -> bool:
        before = self.latest_start, self.latest_end
        tasks, limit = self.points.tasks, self.limit
        start = np.where(self._rigid, np.minimum(self.latest_start, self.latest_end - self.model.shortest),
                         self.latest_start)
        value = self.points.back.step(limit - np.r_[start, self.latest_end[self._loose]])
        self.latest_start = limit - value[:tasks]
        ends = self.latest_start + self.points.end_shift
        ends[self._loose] = limit - value[tasks:]
        self.latest_end = np.minimum(self.latest_end, ends)
        self._firm_late()
        self._pausing_late()
        self._windows_late()
        return not (np.array_equal(before[0], self.latest_start) and np.array_equal(before[1], self.latest_end))

    def _firm_late(self) -> None:
        rows, time = self._firm, self.closures.worktime
        if len(rows):
            which, size = self.closures.which[rows], self.model.shortest[rows]
            end = time.last_fit(which, self.latest_end[rows], size)
            start = np.minimum(self.latest_start[rows], end - size)
            self.latest_end[rows] = end
            self.latest_start[rows] = time.last_fit(which, start + size, size) - size

    def _pausing_late(self) -> None:
        rows, time = self._pausing, self.closures.worktime
        if len(rows):
            which, least, most = self.closures.which[rows], self.model.shortest[rows], self.model.longest[rows]
            end = time.tick(which, time.worked(which, self.latest_end[rows]) - 1) + 1
            start = np.minimum(self.latest_start[rows], time.start_of(which, end, least))
            start = time.tick(which, time.worked(which, start + 1) - 1)     # the first tick is worked
            end = np.minimum(end, time.end_of(which, start, most))
            self.latest_end[rows] = end
            self.latest_start[rows] = np.minimum(start, time.start_of(which, end, least))

    def _windows_late(self) -> None:
        rows = np.arange(len(self.windows.tasks))
        for _ in range(_STEPS):
            tasks = self.windows.tasks[rows]
            end = self.windows.latest_end(rows, self.latest_start[tasks])
            moved = end < self.latest_end[tasks]
            rows, tasks = rows[moved], tasks[moved]
            if not len(rows):
                return
            self.latest_end[tasks] = end[moved]
            start = self._paused(tasks, self.closures.worktime.start_of, end[moved], -1)
            self.latest_start[tasks] = np.minimum(self.latest_start[tasks], start)
