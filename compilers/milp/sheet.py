"""The sheet on which a mixed integer program is written: columns and rows as numbers, before any solver sees them.

A variable is its index. A literal is a 0/1 variable's index, or -index - 1 for its negation. A sum is terms
(coefficient by variable) plus a constant. All variables take integers, whether or not the solver must be told
(`whole`); all coefficients and finite limits are integers, exact as floats.

Writing by columns is what makes building quick: one row at a time through Pyomo's expressions was measured at 6 µs a
term and 15 µs more a term in its persistent interface; a million terms in NumPy blocks take a tenth of a second.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from schedc.compilers.backend import UnsuitableError
from schedc.compilers.conditions import Sum, Terms
from schedc.models.columns import Flags, Ints, ints

FREE = 1 << 62                          # a side of a row that does not bind
LARGEST = 1 << 52                       # beyond it a float no longer tells neighbouring integers apart


class BeyondRangeError(UnsuitableError):
    """A number of the model is not exact as a float, in which HiGHS counts."""


@dataclass(frozen=True, eq=False)
class Program:
    """A finished sheet as columns: rows in compressed form, lo <= row <= hi with -FREE and FREE for no limit.

    Row r holds coef[k] * variable[index[k]] for ptr[r] <= k < ptr[r + 1].
    """

    low: Ints
    high: Ints
    whole: Flags
    ptr: Ints
    index: Ints
    coef: Ints
    lo: Ints
    hi: Ints

    @property
    def columns(self) -> int:
        """Number of variables."""
        return len(self.low)

    @property
    def rows(self) -> int:
        """Number of rows."""
        return len(self.lo)

    @cached_property
    def row_of(self) -> Ints:
        """The row of every term."""
        return np.repeat(np.arange(self.rows), np.diff(self.ptr))

    def activity(self, values: Ints) -> Ints:
        """The value of every row."""
        total = np.zeros(self.rows, dtype=np.int64)
        np.add.at(total, self.row_of, self.coef * values[self.index])
        return total

    def kept(self, values: Ints) -> bool:
        """Whether values satisfy every limit and row, exactly."""
        inside = bool(((self.low <= values) & (values <= self.high)).all())
        activity = self.activity(values)
        return inside and bool(((self.lo <= activity) & (activity <= self.hi)).all())


class Sheet:
    """Variables and rows in the order in which they were written. `lo`, `hi`: the variables' bounds."""

    def __init__(self) -> None:
        self.lo: list[int] = []
        self.hi: list[int] = []
        self.whole: list[bool] = []
        self.terms = 0
        self.impossible: str | None = None
        self._blocks: list[tuple[Ints, Ints, Ints, Ints, Ints]] = []      # lengths, index, coef, lo, hi
        self._lengths: list[int] = []
        self._index: list[int] = []
        self._coef: list[int] = []
        self._low: list[int] = []
        self._high: list[int] = []

    # variables

    def variable(self, lo: int, hi: int, whole: bool = True) -> int:
        """A new variable in [lo, hi]; an empty range makes the sheet impossible."""
        if lo > hi:
            self.never("a task has no place left")
            lo, hi = 0, 0
        _in_range(lo, hi)
        self.lo.append(lo)
        self.hi.append(hi)
        self.whole.append(whole)
        return len(self.lo) - 1

    def literal(self) -> int:
        """A new 0/1 variable."""
        return self.variable(0, 1)

    def literals(self, count: int) -> int:
        """A column of new 0/1 variables; the index of the first."""
        first = len(self.lo)
        self.lo.extend([0] * count)
        self.hi.extend([1] * count)
        self.whole.extend([True] * count)
        return first

    # rows

    def linear(self, terms: Terms, lo: int, hi: int, when: Sequence[int] = ()) -> None:
        """lo <= sum of coefficient * variable <= hi, wherever all literals of `when` are true.

        A condition is reified by the smallest M that the variables' bounds allow: sum >= lo - M * (literals that are
        false), with M = lo - the least value of the sum.
        """
        low, high = self.range((terms, 0))
        below, above = lo > low, hi < high
        if not when and (below or above):
            self._row(terms, lo if below else -FREE, hi if above else FREE)
        if when and below:
            self._reified(terms, lo, FREE, lo - low, when)
        if when and above:
            self._reified(terms, -FREE, hi, hi - high, when)

    def _reified(self, terms: Terms, lo: int, hi: int, big: int, when: Sequence[int]) -> None:
        """Each false literal of `when` moves the sum by `big`."""
        terms, shift = dict(terms), 0
        for literal in when:
            variable, sign = (literal, -1) if literal >= 0 else (-literal - 1, 1)
            terms[variable] = terms.get(variable, 0) + sign * big
            shift += big if literal >= 0 else 0
        self._row(terms, lo - shift if lo > -FREE else lo, hi - shift if hi < FREE else hi)

    def clause(self, literals: Sequence[int], when: Sequence[int] = ()) -> None:
        """At least one of the literals, wherever all of `when` are true."""
        terms, least = literal_sum([*literals, *(-w - 1 for w in when)], 1)
        self._row(terms, least, FREE)

    def row(self, terms: Terms, lo: int, hi: int) -> None:
        """lo <= sum <= hi, also where the variables' bounds imply it already."""
        self._row(terms, lo, hi)

    def _row(self, terms: Terms, lo: int, hi: int) -> None:
        kept = {v: c for v, c in terms.items() if c}
        if not kept:
            if not lo <= 0 <= hi:
                self.never("a condition cannot hold")
            return
        self._lengths.append(len(kept))
        self._index.extend(kept)
        self._coef.extend(kept.values())
        self._low.append(lo)
        self._high.append(hi)
        self.terms += len(kept)

    def block(self, lengths: Ints, index: Ints, coef: Ints, lo: Ints, hi: Ints) -> None:
        """Many rows at once, with so many terms each; no variable twice in a row, of which HiGHS was seen to die."""
        if len(lengths):
            self._flush()
            self._blocks.append((lengths, index, coef, lo, hi))
            self.terms += len(index)

    def pairs(self, first: Ints, second: Ints) -> None:
        """first[i] <= second[i] for columns of variables; one that stands on both sides says nothing."""
        first, second = first[first != second], second[first != second]
        count = len(first)
        index = np.stack([first, second], axis=1).reshape(-1)
        coef = np.tile(ints([1, -1]), count)
        self.block(np.full(count, 2), index, coef, np.full(count, -FREE), np.zeros(count, dtype=np.int64))

    def _flush(self) -> None:
        if self._lengths:
            self._blocks.append((_column(self._lengths), ints(self._index), _column(self._coef),
                                 _column(self._low), _column(self._high)))
            self._lengths, self._index, self._coef, self._low, self._high = [], [], [], [], []

    def never(self, reason: str) -> None:
        """Make the sheet impossible; the first reason is kept."""
        self.impossible = self.impossible or reason

    def fix(self, variables: Iterable[int], value: int) -> None:
        """The variables have this value."""
        for variable in variables:
            if not self.lo[variable] <= value <= self.hi[variable]:
                self.never("a task has no place left")
            self.lo[variable] = self.hi[variable] = value

    def range(self, value: Sum) -> tuple[int, int]:
        """The least and the greatest value that the variables' bounds allow."""
        terms, constant = value
        low = high = constant
        for variable, c in terms.items():
            a, b = c * self.lo[variable], c * self.hi[variable]
            low, high = low + min(a, b), high + max(a, b)
        _in_range(low, high)
        return low, high

    def program(self) -> Program:
        """The finished columns."""
        self._flush()
        nothing = ints([])
        parts = self._blocks or [(nothing,) * 5]
        lengths, index, coef, lo, hi = (np.concatenate([p[k] for p in parts]) for k in range(5))
        if len(coef):
            _in_range(int(coef.min()), int(coef.max()))
        ptr = np.r_[0, np.cumsum(lengths)].astype(np.int64)
        return Program(ints(self.lo), ints(self.hi), np.array(self.whole, dtype=np.bool_), ptr, index, coef, lo, hi)


def literal_sum(literals: Iterable[int], least: int) -> tuple[Terms, int]:
    """The literals' sum as terms, and what the terms must reach for `least` of the literals to hold."""
    terms: Terms = {}
    for literal in literals:
        variable, sign = (literal, 1) if literal >= 0 else (-literal - 1, -1)
        terms[variable] = terms.get(variable, 0) + sign
        least -= literal < 0
    return terms, least


def _column(values: list[int]) -> Ints:
    for value in (min(values), max(values)):
        if abs(value) > LARGEST and abs(value) != FREE:
            raise BeyondRangeError("a coefficient is beyond the integers that the solver's floats hold")
    return ints(values)


def _in_range(lo: int, hi: int) -> None:
    if lo < -LARGEST or hi > LARGEST:
        raise BeyondRangeError(f"the range {lo} .. {hi} is beyond the integers that the solver's floats hold")
