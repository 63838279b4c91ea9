"""Serial schedule generation: tasks one by one, each at the first place where it fits.

The next task is the one of least key among those all of whose predecessors are placed (Kelley 1963). Orders with a
greatest lag, which lead back from later tasks to earlier ones, are looked at when the later one is placed: where it
comes too late, the earlier one's release is raised by what is missing and the generation begins anew. Changes of state
and permutations are in `sequences`.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from heapq import heapify, heappop, heappush
from typing import NamedTuple

import numpy as np

from schedc.compilers.calendars import held
from schedc.compilers.construct.instance import Instance, Need
from schedc.compilers.construct.profile import NEVER, Profile
from schedc.compilers.construct.sequences import Progress, chained
from schedc.compilers.construct.ways import Chooser, Done
from schedc.models.columns import Flags, Ints
from schedc.models.graph import dag

Link = tuple[int, int, int, int]        # (other task, from its end, to this one's end, lag)


class Placed(NamedTuple):
    """Starts and ends of all tasks, and how those with a choice are done."""

    start: Ints
    end: Ints
    done: dict[int, Done]


class NoPlaceError(Exception):
    """A task fits nowhere in its window."""


class TooLateError(Exception):
    """Task `task` must begin later, by at least `by` ticks, than it was placed."""

    def __init__(self, task: int, by: int) -> None:
        self.task, self.by = task, by
        super().__init__()


@dataclass(frozen=True, eq=False)
class Links:
    """Arcs by task. into: all arcs that end in it; over: arcs that lead back to tasks that may be placed already.

    after, waiting: the arcs that decide who may be placed next, as successors and as numbers of predecessors.
    """

    into: list[list[Link]]
    over: list[list[Link]]
    after: list[list[int]]
    waiting: list[int]

    def in_order(self) -> list[int]:
        """All tasks, each behind those that it waits for."""
        waiting = self.waiting.copy()
        order = [t for t, count in enumerate(waiting) if count == 0]
        for task in order:
            for successor in self.after[task]:
                waiting[successor] -= 1
                if waiting[successor] == 0:
                    order.append(successor)
        return order


def links_of(instance: Instance) -> Links | None:
    """The links of an instance; None if the arcs that cannot be negative form a cycle."""
    count, arcs = len(instance.length), instance.arcs
    leading = _leading(count, instance)
    if leading is None:
        return None
    into: list[list[Link]] = [[] for _ in range(count)]
    over: list[list[Link]] = [[] for _ in range(count)]
    after: list[list[int]] = [[] for _ in range(count)]
    waiting = [0] * count
    for i, j, a, b, lag, leads in zip(*(column.tolist() for column in arcs), leading.tolist()):
        into[j].append((i, a, b, lag))
        if leads:
            after[i].append(j)
            waiting[j] += 1
        else:
            over[i].append((j, b, a, lag))
    return Links(into, over, after, waiting)


def _leading(count: int, instance: Instance) -> Flags | None:
    """Which arcs say who is placed first: all, or else (with cycles) those from which a task follows another."""
    first, second, from_end, to_end, lag = instance.arcs
    every: Flags = first != second
    if dag(count, first[every], second[every]) is not None:
        return every
    length = np.array(instance.length)
    gain = lag + np.where(from_end == 1, length[first], 0) - np.where(to_end == 1, length[second], 0)
    for some in (every & (gain >= 0), every & (gain > 0)):      # the second where zero lags go round in circles
        if dag(count, first[some], second[some]) is not None:
            leading: Flags = some
            return leading
    return None


@dataclass
class Generation:
    """One pass over an instance. `stop` is asked now and then and ends the pass."""

    instance: Instance
    links: Links
    release: list[int]
    stop: Callable[[], bool]
    start: list[int] = field(default_factory=list)
    end: list[int] = field(default_factory=list)
    profiles: list[Profile] = field(default_factory=list)
    before: dict[int, int] = field(default_factory=dict)        # by task: the one before it in a permutation
    progress: Progress | None = None                            # where some resource changes its state
    done: dict[int, Done] = field(default_factory=dict)         # how the tasks with a choice were placed
    length: list[int] = field(default_factory=list)
    needs: list[list[Need]] = field(default_factory=list)

    def run(self, keys: Sequence[float]) -> None:
        """Place all tasks by keys. Raises NoPlaceError or TooLateError; leaves `end` short where it was stopped."""
        count = len(self.release)
        self.start, self.end = [-1] * count, [-1] * count
        self.profiles = [Profile(list(at), list(free)) for at, free in self.instance.profiles]
        self.length, self.needs = self.instance.length, self.instance.needs
        if self.instance.ways:
            self.length, self.needs = self.length.copy(), self.needs.copy()
        waiting, after = self.links.waiting.copy(), self.links.after
        order = self.instance.order
        self.progress = Progress(order) if order.setups else None
        behind: dict[int, list[int]] = {}
        for earlier, later in chained(order.classes, keys):
            self.before[later] = earlier
            behind.setdefault(earlier, []).append(later)
            waiting[later] += 1
        ready = [(keys[t], t) for t in range(count) if waiting[t] == 0]
        heapify(ready)
        placed = 0
        while ready:
            task = heappop(ready)[1]
            self._place(task)
            placed += 1
            if placed & 255 == 0 and self.stop():
                break
            for successor in (*after[task], *behind[task]) if task in behind else after[task]:
                waiting[successor] -= 1
                if waiting[successor] == 0:
                    heappush(ready, (keys[successor], successor))
        if placed < count:
            raise NoPlaceError

    def _place(self, task: int) -> None:
        instance = self.instance
        begin, close = self._earliest(task)
        if task in instance.ways:
            self._choose(task, begin, close)
        length = self.length[task]
        if instance.calendar[task] is None:
            begin = self._steady(task, max(begin, close - length), length)
            end = begin + length
        else:
            begin, end = self._pausing(task, begin, close, length)
        if begin > instance.latest_start[task] or end > instance.latest_end[task]:
            raise NoPlaceError
        self.start[task], self.end[task] = begin, end
        if self.progress is not None:
            self.progress.take(task, end)
        if self.links.over[task]:
            self._look_back(task)
        for where, demand, pauses in self.needs[task]:
            if pauses is None:
                self.profiles[where].take(begin, end, demand)
            else:
                for lo, hi in held(pauses, begin, end):
                    self.profiles[where].take(lo, hi, demand)

    def _choose(self, task: int, begin: int, close: int) -> None:
        way = Chooser(self.profiles).best(self.instance.ways[task], begin, close)
        if way is None:
            raise NoPlaceError
        self.done[task], self.length[task] = way, way.length
        self.needs[task] = [Need(where, amount, None) for where, amount in way.needs]

    def _earliest(self, task: int) -> tuple[int, int]:
        """The least start and the least end that the placed tasks allow."""
        begin, close = self.release[task], 0
        start, end = self.start, self.end
        if self.progress is not None:
            begin = max(begin, self.progress.earliest(task))
        if task in self.before:
            begin = max(begin, start[self.before[task]] + 1)
        for other, from_end, to_end, lag in self.links.into[task]:
            if end[other] >= 0:
                least = (end if from_end else start)[other] + lag
                if to_end:
                    close = max(close, least)
                elif least > begin:
                    begin = least
        return begin, close

    def _steady(self, task: int, begin: int, length: int) -> int:
        """The first start at which a task fits that does not pause."""
        needs, ranges = self.needs[task], self.instance.ranges[task]
        while True:
            tried = begin if ranges is None else _next(ranges, begin)
            begin = tried
            for where, demand, _ in needs:
                begin = self.profiles[where].fit(begin, length, demand)
            if begin >= NEVER:
                raise NoPlaceError
            if begin == tried:
                return begin
            if len(needs) == 1 and ranges is None:
                return begin

    def _pausing(self, task: int, begin: int, close: int, length: int) -> tuple[int, int]:
        """The first start at which a pausable task fits, and its end."""
        calendar, ranges = self.instance.calendar[task], self.instance.ranges[task]
        assert calendar is not None and ranges is not None
        if close > 0:       # the last tick is worked and not before close - 1
            begin = max(begin, calendar.instant(max(0, calendar.worked(close - 1) - length + 1)))
        while True:
            begin = _next(ranges, begin)
            if begin >= NEVER:
                raise NoPlaceError
            end = calendar.finish(begin, length)
            later = self._clash(task, begin, end)
            if later < 0:
                return begin, end
            begin = later

    def _clash(self, task: int, begin: int, end: int) -> int:
        """A start before which the task cannot be placed, -1 where it fits."""
        for where, demand, pauses in self.needs[task]:
            profile = self.profiles[where]
            pieces = [(begin, end)] if pauses is None else held(pauses, begin, end)
            for lo, hi in reversed(pieces):
                later = profile.clash(lo, hi, demand)
                if later >= 0:
                    return later
        return -1

    def _look_back(self, task: int) -> None:
        """Raise TooLateError for a placed task that this one leaves behind by more than an arc allows."""
        for other, to_end, from_end, lag in self.links.over[task]:
            if self.end[other] >= 0:
                least = (self.end if from_end else self.start)[task] + lag
                missing = least - (self.end if to_end else self.start)[other]
                if missing > 0:
                    raise TooLateError(other, missing)


def _next(ranges: list[tuple[int, int]], begin: int) -> int:
    """The first allowed start at or after `begin`, NEVER if there is none."""
    k = bisect_left(ranges, begin, key=_upper)
    return max(begin, ranges[k][0]) if k < len(ranges) else NEVER


def _upper(span: tuple[int, int]) -> int:
    return span[1]


def generate(
    instance: Instance, links: Links, keys: Sequence[float], stop: Callable[[], bool], restarts: int
) -> tuple[Placed | None, int]:
    """Starts and ends of all tasks placed by keys (None where that fails), and after how many passes.

    restarts: how often releases are raised.
    """
    release = instance.release.copy()
    for passes in range(1, restarts + 2):
        generation = Generation(instance, links, release, stop)
        try:
            generation.run(keys)
        except NoPlaceError:
            return None, passes
        except TooLateError as late:
            release[late.task] = generation.start[late.task] + late.by
            continue
        start, end = (np.array(column, dtype=np.int64) for column in (generation.start, generation.end))
        return Placed(start, end, generation.done), passes
    return None, restarts + 1
