"""The mapping between elapsed and worked time.

A task's calendar is the set of ticks at which some resource that it demands has less capacity than it demands. A
pausable task pauses there; another one cannot be there at all. Many tasks share few calendars.

With gaps [lo_k, hi_k) of sizes g_k, let U_k be the number of open ticks before gap k. The open tick number u lies at

    instant(u) = u + sum of g_k over the gaps with U_k <= u,

so a task that starts on the open tick u and works d > 0 ticks ends at instant(u + d - 1) + 1.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass

import numpy as np

from schedc.models.closures import closed_times
from schedc.models.model import Model
from schedc.models.profile import Spans, Steps, capacity_profiles


@dataclass(frozen=True, eq=False)
class Calendar:
    """Where a task cannot work, in [0, horizon).

    lo, hi: the gaps in order; before[k] is U_k; shift[k] is g_0 + … + g_(k-1), with one entry more than there are gaps.
    """

    horizon: int
    lo: list[int]
    hi: list[int]
    before: list[int]
    shift: list[int]

    @staticmethod
    def of(gaps: Spans, horizon: int) -> Calendar:
        """The calendar with these gaps."""
        sizes = gaps.hi - gaps.lo
        shift = np.r_[0, np.cumsum(sizes)]
        return Calendar(horizon, gaps.lo.tolist(), gaps.hi.tolist(), (gaps.lo - shift[:-1]).tolist(), shift.tolist())

    @property
    def open_ticks(self) -> int:
        """The number of ticks that are open at all."""
        return self.horizon - self.shift[-1]

    def worked(self, tick: int) -> int:
        """The number of open ticks in [0, tick)."""
        k = bisect_right(self.lo, tick)       # gaps that begin at or before the tick
        if k and tick < self.hi[k - 1]:
            return self.before[k - 1]
        return tick - self.shift[k]

    def instant(self, number: int) -> int:
        """Where the open tick of this number lies (beyond the horizon time is taken to be open)."""
        return number + self.shift[bisect_right(self.before, number)]

    def opens(self, tick: int) -> int:
        """The first open tick at or after a tick (the horizon or later if there is none)."""
        k = bisect_right(self.lo, tick)
        return self.hi[k - 1] if k and tick < self.hi[k - 1] else tick

    def finish(self, start: int, length: int) -> int:
        """The end of a pausable task that starts on an open tick."""
        return start if length == 0 else self.instant(self.worked(start) + length - 1) + 1

    def latest_start(self, end: int, length: int) -> int:
        """The latest open start of a pausable task of length > 0 that ends by `end`; negative if there is none."""
        number = self.worked(end) - length
        return self.instant(number) if number >= 0 else -1

    def open_spans(self) -> list[tuple[int, int]]:
        """The stretches between the gaps."""
        edges = [0, *(t for pair in zip(self.lo, self.hi) for t in pair), self.horizon]
        return [(a, b) for a, b in zip(edges[::2], edges[1::2]) if a < b]

    def next_gap(self, tick: int) -> int:
        """The first tick at or after `tick` that is not open (the horizon if there is none)."""
        k = bisect_right(self.lo, tick)
        if k and tick < self.hi[k - 1]:
            return tick
        return self.lo[k] if k < len(self.lo) else self.horizon


@dataclass(frozen=True, eq=False)
class Calendars:
    """which[n]: a task's number in `known`, -1 if it can work at every tick. profiles: capacity over time."""

    which: list[int]
    known: list[Calendar]
    profiles: dict[int, Steps]


def task_calendars(model: Model) -> Calendars:
    """The calendar of every task, equal ones shared."""
    closed = closed_times(model)
    known = [Calendar.of(Spans(*closed.spans.of(k)), model.horizon) for k in range(len(closed.spans))]
    return Calendars(closed.which.tolist(), known, capacity_profiles(model))


def held(pauses: Calendar, start: int, end: int) -> list[tuple[int, int]]:
    """The parts of [start, end) outside a calendar's gaps."""
    found, at = [], start
    for k in range(bisect_right(pauses.hi, start), len(pauses.lo)):
        if pauses.lo[k] >= end:
            break
        if pauses.lo[k] > at:
            found.append((at, pauses.lo[k]))
        at = pauses.hi[k]
    if at < end:
        found.append((at, end))
    return found


def clip(spans: list[tuple[int, int]], lo: int, hi: int) -> list[tuple[int, int]]:
    """The parts of closed, sorted, disjoint ranges that lie in [lo, hi]."""
    first = bisect_left(spans, lo, key=lambda s: s[1])
    last = bisect_right(spans, hi, key=lambda s: s[0])
    return [(max(a, lo), min(b, hi)) for a, b in spans[first:last]]


def intersect(a: list[tuple[int, int]], b: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The common part of two lists of closed, sorted, disjoint ranges."""
    found, i, j = [], 0, 0
    while i < len(a) and j < len(b):
        lo, hi = max(a[i][0], b[j][0]), min(a[i][1], b[j][1])
        if lo <= hi:
            found.append((lo, hi))
        if a[i][1] < b[j][1]:
            i += 1
        else:
            j += 1
    return found
