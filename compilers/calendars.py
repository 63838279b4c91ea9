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

from schedc.models.columns import Ints
from schedc.models.model import Model
from schedc.models.profile import Spans, Steps, capacity_profiles, spans_below, union


@dataclass(frozen=True, eq=False)
class Calendar:
    """Where a task cannot work, in [0, horizon). `lo`, `hi`: the gaps in order; `before[k]` is U_k; `shift[k]` = g_0 + … + g_(k-1)."""

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
    """which[n]: a task's number in `known`, -1 for a task that can work at every tick. `profiles`: capacity over time."""

    which: list[int]
    known: list[Calendar]
    profiles: dict[int, Steps]


def task_calendars(model: Model) -> Calendars:
    """The calendar of every task, equal ones shared."""
    profiles = capacity_profiles(model)
    which = [-1] * model.task_count
    known: list[Calendar] = []
    numbers: dict[frozenset[int], int] = {}
    parts: list[Spans] = []
    for task, below in _blocked(model, profiles, parts).items():
        key = frozenset(below)
        if key not in numbers:
            numbers[key] = len(known)
            known.append(Calendar.of(union([parts[p] for p in below]), model.horizon))
        which[task] = numbers[key]
    return Calendars(which, known, profiles)


def _blocked(model: Model, profiles: dict[int, Steps], parts: list[Spans]) -> dict[int, list[int]]:
    """Which `parts` (spans below a demand) block each task; tasks that nothing blocks are left out."""
    task, resource, amount = model.demands
    numbers: dict[tuple[int, int], int] = {}     # resources with equal profiles share one Steps object
    blocked: dict[int, list[int]] = {}
    for r, steps in profiles.items():
        rows = _rows_of(resource, r)
        for t, a in zip(task[rows].tolist(), amount[rows].tolist()):
            number = numbers.get((id(steps), a))
            if number is None:
                number = numbers[id(steps), a] = _add(parts, spans_below(steps, a, model.horizon))
            if number >= 0:
                blocked.setdefault(t, []).append(number)
    return blocked


def _add(parts: list[Spans], spans: Spans) -> int:
    if not len(spans.lo):
        return -1
    parts.append(spans)
    return len(parts) - 1


def _rows_of(resource: Ints, r: int) -> slice:
    return slice(*np.searchsorted(resource, [r, r + 1]).tolist())


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
