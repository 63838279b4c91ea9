"""The spans that tasks must lie in by their `within` clauses, of all clauses of a task together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property

import numpy as np

from schedc.models.columns import Flags, Ints, SpanSets, distinct, ragged
from schedc.models.model import Model
from schedc.models.records import dataclass
from schedc.models.statements import Tasks, Within


@dataclass(frozen=True, eq=False)
class Windows:
    """Task tasks[i] must lie in one of the spans of set which[i]: lo[k], hi[k] for ptr[w] <= k < ptr[w + 1].

    In a set lo and hi both rise: no span lies in another, but they may overlap. A set may be empty.
    """

    tasks: Ints
    which: Ints
    ptr: Ints
    lo: Ints
    hi: Ints
    horizon: int

    @property
    def _stride(self) -> int:
        return self.horizon + 2

    @cached_property
    def _owner(self) -> Ints:
        return np.repeat(np.arange(len(self.ptr) - 1), np.diff(self.ptr)) * self._stride

    def earliest_start(self, rows: Ints, end: Ints) -> Ints:
        """For rows of `tasks` that end at `end` or later: where the first span begins that reaches so far.

        The horizon and one more tick if there is none.
        """
        which = self.which[rows]
        asked = np.clip(end, 0, self.horizon + 1) + which * self._stride
        at = np.searchsorted(self.hi + self._owner, asked)
        found = at < self.ptr[which + 1]
        return np.where(found, np.r_[self.lo, 0][at], self.horizon + 1)

    def latest_end(self, rows: Ints, start: Ints) -> Ints:
        """For rows of `tasks` that start at `start` or before: where the last span ends that begins by then.

        -1 if there is none.
        """
        which = self.which[rows]
        asked = np.clip(start, -1, self.horizon) + which * self._stride
        at = np.searchsorted(self.lo + self._owner, asked, side="right") - 1
        found = at >= self.ptr[which]
        return np.where(found, np.r_[self.hi, 0][at], -1)

    @property
    def longest(self) -> Ints:
        """The longest span of each row of `tasks`."""
        width = np.r_[self.hi - self.lo, 0]
        longest: Ints = np.maximum.reduceat(width, self.ptr[:-1]) if len(self.ptr) > 1 else width[:0]
        return np.where(np.diff(self.ptr) > 0, longest, 0)[self.which]


def windows_of(model: Model) -> Windows:
    """All `within` clauses of a model. Spans are cut to the horizon."""
    none = np.zeros(0, dtype=np.int64)
    tasks, whichs, sets = [none], [none], 0
    owners, los, his = [none], [none], [none]
    for family in model.tasks:
        if not family.within or not family.size:
            continue
        combined, which = _combinations(family)
        rows = np.flatnonzero(which >= 0)
        tasks.append(family.first + rows)
        whichs.append(which[rows] + sets)
        for clause, chosen in zip(family.within, combined.T):
            named = np.flatnonzero(chosen >= 0)
            lo, hi = clause.spans.ptr[chosen[named]], clause.spans.ptr[chosen[named] + 1]
            spans = ragged(lo, hi)
            owners.append(np.repeat(named, hi - lo) + sets)
            los.append(clause.spans.lo[spans])
            his.append(clause.spans.hi[spans])
        sets += len(combined)
    owner, lo, hi = np.concatenate(owners), np.concatenate(los), np.concatenate(his)
    owner, lo, hi = _outermost(owner, np.maximum(lo, 0), np.minimum(hi, model.horizon), model.horizon)
    ptr = np.searchsorted(owner, np.arange(sets + 1))
    return Windows(np.concatenate(tasks), np.concatenate(whichs), ptr, lo, hi, model.horizon)


def _combinations(family: Tasks) -> tuple[Ints, Ints]:
    """The different ways in which the clauses choose their sets (a row each, -1 for no word), and each member's way.

    A member that no clause speaks of has -1.
    """
    if len(family.within) == 1:
        return _alone(family.within[0].which)
    chosen = np.stack([clause.which for clause in family.within], axis=1)
    combined, which = np.unique(chosen, axis=0, return_inverse=True)
    members: Ints = which.reshape(-1)
    spoken: Flags = np.any(combined >= 0, axis=1)
    return combined, np.where(spoken[members], members, -1)


def _alone(which: Ints) -> tuple[Ints, Ints]:
    """`_combinations` of a single clause."""
    sets = distinct(which[which >= 0])
    rank = np.full(int(sets[-1]) + 1 if len(sets) else 0, -1, dtype=np.int64)
    rank[sets] = np.arange(len(sets))
    place = np.full(len(which), -1, dtype=np.int64)
    place[which >= 0] = rank[which[which >= 0]]
    return sets.reshape(-1, 1), place


def _outermost(owner: Ints, lo: Ints, hi: Ints, horizon: int) -> tuple[Ints, Ints, Ints]:
    """The spans of each set in order, without those that lie inside another of their set or outside the horizon."""
    if np.all(owner[1:] > owner[:-1]):          # one span a set, as where each row of a table has its own
        kept = lo <= hi
        return owner[kept], lo[kept], hi[kept]
    order = np.lexsort((-hi, lo, owner))
    order = order[lo[order] <= hi[order]]       # one that only touches the horizon still has room for length 0
    owner, lo, hi = owner[order], lo[order], hi[order]
    reach = np.maximum.accumulate(hi + owner * (horizon + 2)) if len(hi) else hi
    new = np.r_[len(hi) > 0, reach[1:] > reach[:-1]][: len(hi)]
    return owner[new], lo[new], hi[new]


def jointly(outer: Sequence[Within], inner: Sequence[Within]) -> Iterator[Within]:
    """Clauses that hold where one of `outer` and one of `inner` holds; all are about the same rows.

    [start, end) lies in both A and B if and only if it lies in their intersection. For end = start this holds but for
    points where a span of one ends and one of the other begins: those are lost.
    """
    bound = [np.any([w.which >= 0 for w in clauses], axis=0) if clauses else np.False_ for clauses in (outer, inner)]
    for k, clauses in enumerate((outer, inner)):
        yield from (replace(w, which=np.where(bound[1 - k], -1, w.which)) for w in clauses)
    for a in outer:
        yield from (_common(a, b) for b in inner)


def _common(a: Within, b: Within) -> Within:
    """The spans that two clauses have in common, where both have a word."""
    rows = np.flatnonzero((a.which >= 0) & (b.which >= 0))
    pairs, of_row = np.unique(np.stack([a.which[rows], b.which[rows]], axis=1), axis=0, return_inverse=True)
    which = np.full(len(a.which), -1, dtype=np.int64)
    which[rows] = of_row.reshape(-1)
    none = np.zeros(0, dtype=np.int64)
    found = [_intersection(*a.spans.of(i), *b.spans.of(j)) for i, j in pairs.tolist()]
    ptr = np.r_[0, np.cumsum([len(lo) for lo, _ in found])].astype(np.int64)
    lo, hi = (np.concatenate([none, *(spans[k] for spans in found)]) for k in range(2))
    return Within(b.origin, which, SpanSets(ptr, lo, hi))


def _intersection(lo: Ints, hi: Ints, other_lo: Ints, other_hi: Ints) -> tuple[Ints, Ints]:
    first, last = np.maximum.outer(lo, other_lo).ravel(), np.minimum.outer(hi, other_hi).ravel()
    some = first < last
    return first[some], last[some]
