"""One task after the other: the plainest schedule there is, to show that a horizon is long enough."""

from __future__ import annotations

from bisect import bisect_right
from itertools import pairwise

import numpy as np

from schedc.models.changes import reach_of
from schedc.models.closures import Closures, closed_times
from schedc.models.columns import Ints
from schedc.models.graph import order
from schedc.models.model import Model
from schedc.models.points import Points, points_of
from schedc.models.schedule import Schedule
from schedc.models.within import windows_of

Spans = tuple[list[int], list[int]]


def serial_schedule(model: Model) -> Schedule | None:
    """Every task at its least length, as early as possible after the end of the one before and the longest
    change of state that it may need; None if one does not fit.

    The order follows the minimal lags where it can. Whether lags, deadlines and `require` hold remains to be seen.
    """
    points = points_of(model)
    sequence = _sequence(model, points)
    if sequence is None:
        return None
    place = _Places(model)
    ready = model.release.tolist()
    after = _successors(points)
    starts, ends = [0] * len(ready), [0] * len(ready)
    change = reach_of(model).before.tolist()
    now = 0
    for t in sequence.tolist():
        found = place.first(t, max(now + change[t], ready[t]))
        if found is None:
            return None
        starts[t], now = found
        ends[t] = now
        for from_end, follower, weight in after[t]:
            ready[follower] = max(ready[follower], (now if from_end else starts[t]) + weight)
    return Schedule(np.array(starts, dtype=np.int64), np.array(ends, dtype=np.int64), model.shortest.copy())


def _sequence(model: Model, points: Points) -> Ints | None:
    """Tasks by the arcs that can make another wait; where those run in circles, by the ones of positive weight."""
    first, second = points.task_of[points.first], points.task_of[points.second]
    for least in (0, 1):
        kept = (points.weight >= least) & (first != second)
        found = order(model.task_count, first[kept], second[kept])
        if found is not None:
            return found
    return None


def _successors(points: Points) -> list[list[tuple[bool, int, int]]]:
    """By task: whether an arc leaves its own end node, the task that it leads to, and by how much that has to wait."""
    after: list[list[tuple[bool, int, int]]] = [[] for _ in range(points.tasks)]
    tails, heads = points.task_of[points.first], points.task_of[points.second]
    from_end = points.first >= points.tasks
    columns = (tails, heads, from_end, points.weight)
    for tail, head, late, weight in zip(*(c[tails != heads].tolist() for c in columns)):
        after[tail].append((late, head, weight))
    return after


class _Places:
    """Where a single task may stand, one question at a time."""

    def __init__(self, model: Model) -> None:
        self._length, self._pausable = model.shortest.tolist(), model.pausable.tolist()
        self._horizon = model.horizon
        closures: Closures = closed_times(model)
        self._which = closures.which.tolist()
        self._closed: list[Spans] = [_lists(*closures.spans.of(k)) for k in range(len(closures.spans))]
        windows = windows_of(model)
        self._window = dict(zip(windows.tasks.tolist(), windows.which.tolist()))
        cuts = windows.ptr.tolist()
        self._windows: list[Spans] = [_lists(windows.lo[a:b], windows.hi[a:b]) for a, b in pairwise(cuts)]

    def first(self, task: int, now: int) -> tuple[int, int] | None:
        """The first (start, end) from `now` on; None if there is none in the horizon."""
        while now <= self._horizon:
            start, end = self._open(task, now)
            if end > self._horizon:
                return None
            if task not in self._window:
                return start, end
            lows, highs = self._windows[self._window[task]]
            k = bisect_right(highs, end - 1)
            if k == len(highs):
                return None
            if lows[k] <= start:
                return start, end
            now = lows[k]
        return None

    def _open(self, task: int, now: int) -> tuple[int, int]:
        left, which = self._length[task], self._which[task]
        if which < 0 or not left:
            return now, now + left
        lows, highs = self._closed[which]
        k = bisect_right(highs, now)                # the first closed span that ends later
        if k < len(lows) and lows[k] <= now:
            now, k = highs[k], k + 1
        start = now
        while k < len(lows) and lows[k] < now + left:
            if self._pausable[task]:
                left -= lows[k] - now
            now, k = highs[k], k + 1
            if not self._pausable[task]:
                start = now
        return start, now + left


def _lists(lo: Ints, hi: Ints) -> Spans:
    return lo.tolist(), hi.tolist()
