"""Windows from what tasks share, in turns with the base propagation until nothing moves or a budget is spent.

What may be asked is kept to sizes at which it pays: see the constants here and in `groups`, `timetable` and `energy`.
"""

from __future__ import annotations

import numpy as np

from schedc.models.bounds import Overload, Propagation
from schedc.models.columns import Flags, Ints
from schedc.models.disjunctive import FAR, Overfull, Side, narrow, worth
from schedc.models.energy import by_energy
from schedc.models.graph import Cycle
from schedc.models.groups import Clutch
from schedc.models.records import dataclass
from schedc.models.timetable import by_timetable
from schedc.models.worktime import Worktime

CELLS = 60_000_000      # of arrays, for one propagation: about half a second
_ROUNDS = 100

Stopped = Cycle | int | Overload


def tighten(state: Propagation, cells: int = CELLS) -> Stopped | None:
    """Push until all is at rest: None, or what shows that no schedule exists (see `Propagation.run`)."""
    stopped: Stopped | None = state.run()
    if stopped is not None:
        return stopped
    clutches = Clutches(state)
    for _ in range(_ROUNDS):
        moved = False
        for look in (clutches.narrow, lambda: by_timetable(state), lambda: by_energy(state)):
            found = look()
            if isinstance(found, Overload):
                return found
            moved = moved or found
        if not moved:
            return None
        stopped = state.run()
        if stopped is not None:
            return stopped
        if state.cells > cells:
            break
    state.exact = False
    return None


@dataclass(frozen=True, eq=False)
class Bucket:
    """Groups of about one size: tasks[g, k], padded with the number of all tasks; times: (row, ticks) of some."""

    tasks: Ints
    group: Ints
    times: tuple[tuple[int, Worktime], ...]

    def columns(self, state: Propagation) -> Side:
        """The windows of the members, each group on the axis of its own ticks; padding has no work."""
        names = (state.earliest_start, state.latest_end, state.earliest_end, state.latest_start)
        far = (FAR, FAR, -FAR, FAR)
        four = [np.r_[column, end][self.tasks] for column, end in zip(names, far)]
        for row, time in self.times:
            real = self.tasks[row] < len(names[0])
            which = np.zeros(int(real.sum()), dtype=np.int64)
            for column in four:
                column[row, real] = time.worked(which, column[row, real])
        est, lct, ect, lst = four
        return Side(est, lct, ect, lst, np.r_[state.model.shortest, 0][self.tasks])

    def ticks(self, rows: Ints, value: Ints, ends: bool) -> Ints:
        """Instants of values on the groups' own axes, for starts or for ends."""
        found = value.copy()
        for row, time in self.times:
            mine = rows == row
            which = np.zeros(int(mine.sum()), dtype=np.int64)
            found[mine] = time.tick(which, value[mine] - ends) + ends
        return found


def buckets_of(clutches: tuple[Clutch, ...], count: int) -> tuple[Bucket, ...]:
    """The groups by size; a size is rounded up to the next of 2, 3, 4, 6, 8, 12, 16 …"""
    by_size: dict[int, list[Clutch]] = {}
    for clutch in clutches:
        by_size.setdefault(_rounded(len(clutch.tasks)), []).append(clutch)
    found = []
    for size, part in sorted(by_size.items()):
        tasks = np.full((len(part), size), count, dtype=np.int64)
        for row, clutch in enumerate(part):
            tasks[row, : len(clutch.tasks)] = clutch.tasks
        times = tuple((row, c.time) for row, c in enumerate(part) if c.time is not None)
        found.append(Bucket(tasks, np.array([c.group for c in part], dtype=np.int64), times))
    return tuple(found)


def _rounded(size: int) -> int:
    power = 1 << (size - 1).bit_length()
    return 3 * power // 4 if size <= 3 * power // 4 else power


class Clutches:
    """All groups of which no two tasks overlap, and how they stood when they were last looked at."""

    def __init__(self, state: Propagation) -> None:
        self._state = state
        self._buckets = state.facts.buckets
        self._seen: list[Side | None] = [None] * len(self._buckets)

    def narrow(self) -> bool | Overload:
        """Tighten by all groups that changed; whether anything moved."""
        moved = False
        for number, bucket in enumerate(self._buckets):
            side = bucket.columns(self._state)
            rows = np.flatnonzero(self._changed(number, side) & worth(side))
            self._seen[number] = side
            if len(rows):
                found = narrow(side.rows(rows))
                self._state.cells += found.cells
                if found.overfull is not None:
                    return self._overload(bucket, rows, found.overfull)
                moved = self._apply(bucket, rows, side.rows(rows), found.est, found.lct) or moved
        return moved

    def _changed(self, number: int, side: Side) -> Flags:
        seen = self._seen[number]
        if seen is None:
            return np.ones(len(side.work), dtype=np.bool_)
        changed: Flags = np.logical_or.reduce([(a != b).any(axis=1) for a, b in zip(seen, side)])
        return changed

    def _apply(self, bucket: Bucket, rows: Ints, side: Side, est: Ints, lct: Ints) -> bool:
        state, real = self._state, side.work > 0
        g, k = np.nonzero(real & (est > side.est))
        at = bucket.ticks(rows[g], est[g, k], False)
        moved = state.start_after(bucket.tasks[rows[g], k], at, bucket.group[rows[g]])
        g, k = np.nonzero(real & (lct < side.lct))
        at = bucket.ticks(rows[g], lct[g, k], True)
        return state.end_by(bucket.tasks[rows[g], k], at, bucket.group[rows[g]]) or moved

    def _overload(self, bucket: Bucket, rows: Ints, found: Overfull) -> Overload:
        """The group's tasks that must lie in the time, told in ticks of the model."""
        state, row = self._state, int(rows[found.row])
        tasks = bucket.tasks[row]
        tasks = tasks[tasks < state.model.task_count]
        time = dict(bucket.times).get(row)
        since, to = found.since, found.to
        if time is not None:
            which = np.zeros(1, dtype=np.int64)
            since = int(time.tick(which, np.array([since]))[0])
            to = int(time.tick(which, np.array([to - 1]))[0]) + 1
        inside = tasks[(state.earliest_start[tasks] >= since) & (state.latest_end[tasks] <= to)] if time is None else (
            self._inside(tasks, time, found)
        )
        room = found.to - found.since
        return Overload(int(bucket.group[row]), inside, since, to, found.work, room, True)

    def _inside(self, tasks: Ints, time: Worktime, found: Overfull) -> Ints:
        which = np.zeros(len(tasks), dtype=np.int64)
        first = time.worked(which, self._state.earliest_start[tasks])
        last = time.worked(which, self._state.latest_end[tasks])
        inside: Ints = tasks[(first >= found.since) & (last <= found.to)]
        return inside
