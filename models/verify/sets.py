"""Sets of spans by columns: many small sorted lists in one array, asked all at once.

A "table" is (ptr, values): list k is values[ptr[k]:ptr[k+1]], ascending. Nothing here makes keys out of list and
value, so no value is too large.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from schedc.models.columns import Ints


def upto(ptr: Ints, values: Ints, which: Ints, query: Ints) -> Ints:
    """Positions p with values[ptr[which]:p] <= query < values[p:ptr[which+1]], by bisection of all lists at once."""
    lo, hi = ptr[which], ptr[which + 1]
    while np.any(lo < hi):
        middle = (lo + hi) >> 1
        searching = lo < hi
        right = searching & (values[np.minimum(middle, len(values) - 1)] <= query)
        lo = np.where(right, middle + 1, lo)
        hi = np.where(searching & ~right, middle, hi)
    return lo


def ranges(first: Ints, last: Ints) -> tuple[Ints, Ints]:
    """All positions of the ranges first[k] .. last[k]-1, one after the other, as (k, position)."""
    size = np.maximum(last - first, 0)
    owner = np.repeat(np.arange(len(size)), size)
    offset = np.arange(len(owner)) - np.repeat(np.cumsum(size) - size, size)
    return owner, first[owner] + offset


def pointers(owner: Ints, size: int) -> Ints:
    """ptr of a table whose rows, sorted, belong to lists 0 .. size-1."""
    return np.searchsorted(owner, np.arange(size + 1)).astype(np.int64)


def pairs(a: Ints, b: Ints) -> tuple[Ints, Ints, Ints]:
    """The distinct pairs (a[i], b[i]), ascending, as two columns, and the place of each i among them; 0 <= a < 2^31."""
    values, place = np.unique(b, return_inverse=True)
    codes, number = np.unique(a * max(len(values), 1) + place, return_inverse=True)
    if not len(codes):
        return codes, codes, number
    return codes // len(values), values[codes % len(values)], number


class Cover(NamedTuple):
    """How many spans cover each tick: in list k, depth[i] from tick at[i] to at[i+1]; the last one to eternity."""

    ptr: Ints
    at: Ints
    depth: Ints


def cover(size: int, owner: Ints, lo: Ints, hi: Ints, weight: Ints | None = None) -> Cover:
    """The step functions of the spans [lo, hi) of the lists 0 .. size-1, each from its first lo on."""
    gain = np.ones(len(lo), dtype=np.int64) if weight is None else weight
    owner, at, delta = np.r_[owner, owner], np.r_[lo, hi], np.r_[gain, -gain]
    order = np.lexsort((at, owner))
    owner, at, delta = owner[order], at[order], delta[order]
    last = tails(owner, at)
    return Cover(pointers(owner[last], size), at[last], np.cumsum(delta)[last])


def tails(owner: Ints, at: Ints) -> Ints:
    """Positions of the last of each run of equal (owner, at)."""
    if not len(owner):
        return np.zeros(0, dtype=np.int64)
    return np.flatnonzero(np.r_[(np.diff(owner) != 0) | (np.diff(at) != 0), True])


class Unions(NamedTuple):
    """Disjoint spans in order: list k holds [lo[i], hi[i]) for ptr[k] <= i < ptr[k+1]; before[i]: ticks of lower i."""

    ptr: Ints
    lo: Ints
    hi: Ints
    before: Ints

    def ticks_before(self, which: Ints, tick: Ints) -> Ints:
        """How many ticks of list which[i] lie before tick[i]."""
        if not len(self.lo):
            return np.zeros(len(tick), dtype=np.int64)
        p = upto(self.ptr, self.lo, which, tick)
        base = self.before[np.minimum(self.ptr[which], len(self.lo) - 1)]
        i = np.maximum(p - 1, 0)
        full = self.before[i] - base + np.minimum(tick, self.hi[i]) - self.lo[i]
        return np.where(p > self.ptr[which], full, 0)

    def span_at(self, which: Ints, tick: Ints) -> tuple[Ints, Ints]:
        """(lo, hi) of the span of list which[i] that holds tick[i]; (tick, tick) where none does."""
        if not len(self.lo):
            return tick, tick
        p = upto(self.ptr, self.lo, which, tick)
        i = np.maximum(p - 1, 0)
        inside = (p > self.ptr[which]) & (tick < self.hi[i])
        return np.where(inside, self.lo[i], tick), np.where(inside, self.hi[i], tick)


def unions(size: int, owner: Ints, lo: Ints, hi: Ints) -> Unions:
    """The union of the spans [lo, hi) of each list, touching ones joined."""
    steps = cover(size, owner, lo, hi)
    # a list's last depth is 0, so that its spans pair up without looking at list borders
    covered = steps.depth > 0
    begin = np.flatnonzero(covered & ~np.r_[False, covered[:-1]])
    end = np.flatnonzero(~covered & np.r_[False, covered[:-1]])
    first, last = steps.at[begin], steps.at[end]
    owner = np.searchsorted(steps.ptr, begin, side="right") - 1
    width = np.cumsum(last - first)
    return Unions(pointers(owner, size), first, last, width - (last - first))
