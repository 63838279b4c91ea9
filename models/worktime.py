"""Time with holes in it: working-time arithmetic for tasks that pause, and the next place for tasks that must not.

All questions are asked by columns: row i asks about set which[i] of closed spans (-1: never closed). The sets stand
side by side on one long axis, set k shifted by k strides, so that a single binary search answers for every row at once.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np

from schedc.models.columns import Ints, SpanSets

_ENDLESS = 1 << 61


class Worktime:
    """Sets of closed spans within [0, horizon). Outside of that all time is open.

    For a pausable task the closed spans are pauses and every other tick is worked. Bounds on the arguments: ticks and
    lengths up to 2^40, and sets * horizon below 2^60.
    """

    def __init__(self, spans: SpanSets, horizon: int) -> None:
        self.spans, self.horizon = spans, horizon
        self._sets = len(spans)
        self._stride = 2 * horizon + 4
        if (self._sets + 1) * self._stride >= 1 << 62:
            raise ValueError("too many sets of closed spans for so long a horizon")
        self._ptr = np.r_[spans.ptr, spans.ptr[-1:]].astype(np.int64)     # the last set is the empty one
        self._shift = np.repeat(np.arange(self._sets), np.diff(spans.ptr)) * self._stride
        self._closed = np.r_[0, np.cumsum(spans.hi - spans.lo)]             # closed ticks of all spans before
        self._lo = spans.lo + self._shift

    def _set(self, which: Ints) -> Ints:
        return np.where(which < 0, self._sets, which)

    # pausable tasks

    def worked(self, which: Ints, t: Ints) -> Ints:
        """The number of open ticks in [0, t)."""
        which = self._set(which)
        inside = np.clip(t, 0, self.horizon)
        begun = np.searchsorted(self._lo, inside + which * self._stride, side="right")
        over = begun > self._ptr[which]
        last = np.maximum(begun - 1, 0)
        closed = self._closed[begun] - self._closed[self._ptr[which]]
        if len(self._lo):
            closed = closed - np.where(over, np.maximum(self.spans.hi[last] - inside, 0), 0)
        worked: Ints = t - np.where(over, closed, 0)
        return worked

    @cached_property
    def _worked_before(self) -> Ints:
        """On the long axis: open ticks of its own set before each span."""
        owner = np.repeat(np.arange(self._sets), np.diff(self.spans.ptr))
        before: Ints = self._lo - (self._closed[:-1] - self._closed[self._ptr[owner]])
        return before

    def tick(self, which: Ints, number: Ints) -> Ints:
        """The open tick with a number, counted from 0: the least t with worked(t + 1) = number + 1."""
        which = self._set(which)
        inside = np.clip(number, -1, self.horizon)
        passed = np.searchsorted(self._worked_before, inside + which * self._stride, side="right")
        passed = np.maximum(passed, self._ptr[which])       # a shifted -1 may fall before the set's own spans
        tick: Ints = number + self._closed[passed] - self._closed[self._ptr[which]]
        return tick

    def first_open(self, which: Ints, t: Ints) -> Ints:
        """The least open tick >= t."""
        return self.tick(which, self.worked(which, t))

    def end_of(self, which: Ints, start: Ints, length: Ints) -> Ints:
        """The tick after the length-th open tick from `start` on; `start` itself for a length of 0."""
        end = self.tick(which, self.worked(which, start) + length - 1) + 1
        return np.where(length > 0, end, start)

    def start_of(self, which: Ints, end: Ints, length: Ints) -> Ints:
        """The greatest open tick whose `end_of` is at most `end`; `end` itself for a length of 0."""
        start = self.tick(which, self.worked(which, end) - length)
        return np.where(length > 0, start, end)

    # tasks in one piece

    @cached_property
    def _gaps(self) -> tuple[Ints, Ints, Ints]:
        """The open spans of every set, one more than it has closed ones: lo and hi in the set's own ticks, and the set.

        The first one begins at 0 and the last one never ends.
        """
        sets = self._sets + 1
        owner = np.repeat(np.arange(sets), np.diff(self._ptr) + 1)
        lo, hi = np.zeros(len(owner), dtype=np.int64), np.full(len(owner), self._stride - 2, dtype=np.int64)
        place = np.arange(len(self._lo)) + self._shift // self._stride     # gaps before it: all spans' and one a set
        hi[place], lo[place + 1] = self.spans.lo, self.spans.hi
        return lo, hi, owner

    @cached_property
    def _widest(self) -> list[Ints]:
        """Level l holds at j the greatest width of gaps j .. j + 2^l - 1."""
        lo, hi, _ = self._gaps
        last = np.cumsum(np.diff(self._ptr) + 1) - 1
        width = hi - lo
        width[last] = _ENDLESS
        levels = [width]
        for level in range(int((np.diff(self._ptr) + 1).max()).bit_length() - 1):
            step = 1 << level
            wider = levels[-1].copy()
            wider[:-step] = np.maximum(wider[:-step], levels[-1][step:])
            levels.append(wider)
        return levels

    def next_fit(self, which: Ints, t: Ints, length: Ints) -> Ints:
        """The least s >= t such that [s, s + length) is open: `t` itself for a length of 0 (or t past the horizon)."""
        lo, hi, owner = self._gaps
        which = self._set(which)
        inside, size = np.clip(t, 0, self.horizon), np.clip(length, 0, self.horizon + 1)
        at = np.searchsorted(hi + owner * self._stride, inside + size + which * self._stride)
        for level in range(len(self._widest) - 1, -1, -1):
            width = self._widest[level]
            at = np.where(width[np.minimum(at, len(width) - 1)] < length, at + (1 << level), at)
        return np.where((length > 0) & (t < self.horizon), np.maximum(t, lo[at]), t)

    @cached_property
    def _mirrored(self) -> Worktime:
        """The same with time running backwards from the horizon."""
        owner = self._shift // self._stride
        order = np.lexsort((-self.spans.lo, owner))
        lo, hi = self.horizon - self.spans.hi[order], self.horizon - self.spans.lo[order]
        return Worktime(SpanSets(self.spans.ptr, lo, hi), self.horizon)

    def last_fit(self, which: Ints, end: Ints, length: Ints) -> Ints:
        """The greatest e <= end such that [e - length, e) is open: `end` itself for a length of 0 (or end < 0)."""
        return self.horizon - self._mirrored.next_fit(which, self.horizon - end, length)

    # whole sets

    @cached_property
    def longest_open(self) -> Ints:
        """The longest open stretch of every set within the horizon; of a set without closed spans the horizon."""
        lo, hi, _ = self._gaps
        width = np.maximum(np.minimum(hi, self.horizon) - lo, 0)
        longest: Ints = np.maximum.reduceat(width, np.cumsum(np.r_[0, np.diff(self._ptr) + 1])[:-1])
        return longest

    @cached_property
    def open_ticks(self) -> Ints:
        """The number of open ticks of every set within the horizon."""
        ends = self._ptr[1:]
        open_: Ints = self.horizon - (self._closed[ends] - self._closed[self._ptr[:-1]])
        return open_
