"""Data values by column: exact rationals with a type, and an `empty` mask for cells that hold nothing.

A value stands for one number a row of the row space that it was evaluated in; a value that is the same for all rows
has shape () and broadcasts. Every type is held in int64: numbers, durations and amounts as num/den in base units
(den > 0; ticks for time), instants as ticks since the origin, texts as numbers of `texts.Texts`, flags as 0/1,
members as row numbers of their table. In a model of plain ticks durations and instants are numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field
from fractions import Fraction
from math import lcm
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from schedc.dsl.faults import TooLarge
from schedc.dsl.units import NUMBER as NO_DIMS
from schedc.dsl.units import TIME, Dims, dims_text
from schedc.models.columns import Flags, Ints
from schedc.models.records import dataclass

LARGEST = (1 << 63) - 1

Kind: TypeAlias = Literal["quantity", "instant", "text", "flag", "member", "none", "unlimited"]


@dataclass(frozen=True, slots=True)
class Type:
    """What a value is. Numbers, durations, amounts and rates are quantities that differ by dimension.

    table: the table that a member belongs to; unit: the unit the author wrote, for showing (not part of the type).
    """

    kind: Kind
    dims: Dims = ()
    table: str = ""
    unit: str = field(default="", compare=False)

    def __str__(self) -> str:
        if self.kind == "quantity":
            return dims_text(self.dims)
        if self.kind == "member":
            return f"a row of `{self.table}`"
        return {"instant": "an instant", "text": "text", "flag": "a truth value", "none": "`none`"}.get(
            self.kind, "`unlimited`"
        )


NUMBER = Type("quantity", NO_DIMS)
DURATION = Type("quantity", TIME)
INSTANT = Type("instant")
TEXT = Type("text")
FLAG = Type("flag")
NONE = Type("none")
UNLIMITED_TYPE = Type("unlimited")
ONE: Ints = np.asarray(1, dtype=np.int64)


@dataclass(frozen=True, eq=False, slots=True)
class Source:
    """Where a column's cells came from: a table's column, and the table's row for each row of the value."""

    table: str
    column: str
    row: Ints


@dataclass(frozen=True, eq=False, slots=True)
class Value:
    """One value a row: num/den of shape () or (rows,); `empty` marks cells that hold nothing (None: none does)."""

    type: Type
    num: Ints
    den: Ints = field(default_factory=lambda: ONE)
    empty: Flags | None = None
    source: Source | None = None

    def take(self, index: Ints) -> Value:
        """The value of other rows, in the order of `index`."""
        if self.num.ndim == 0 and self.den.ndim == 0 and (self.empty is None or self.empty.ndim == 0):
            return self
        source = self.source
        if source is not None:
            source = Source(source.table, source.column, _taken(source.row, index))
        empty = None if self.empty is None else _taken(self.empty, index)
        return Value(self.type, _taken(self.num, index), _taken(self.den, index), empty, source)

    def alone(self) -> Value:
        """The value of a space of one row, to be used in any space: every column of shape ()."""
        source = self.source
        if source is not None:
            source = Source(source.table, source.column, source.row.reshape(()))
        empty = None if self.empty is None else np.asarray(self.empty).reshape(())
        return Value(self.type, self.num.reshape(()), self.den.reshape(()), empty, source)

    def spread(self, rows: int) -> Value:
        """The same with every column of length `rows`."""
        empty = None if self.empty is None else spread(self.empty, rows)
        source = self.source
        if source is not None:
            source = Source(source.table, source.column, spread(source.row, rows))
        return Value(self.type, spread(self.num, rows), spread(self.den, rows), empty, source)

    @property
    def whole(self) -> bool:
        """Whether every row is an integer."""
        return self.den is ONE or bool((self.den == 1).all())

    @property
    def hollow(self) -> bool:
        """Whether some row is empty."""
        return self.empty is not None and bool(np.any(self.empty))

    def at(self, row: int) -> Fraction:
        """One row as a fraction."""
        num, den = (c if c.ndim == 0 else c[row] for c in (self.num, self.den))
        return Fraction(int(num), int(den))


def _taken(column: NDArray[Any], index: Ints) -> NDArray[Any]:
    return column if column.ndim == 0 else column[index]


def spread(column: Any, rows: int) -> NDArray[Any]:
    """A column of length `rows` from one of shape () or (rows,); not to be written to."""
    if column.ndim:
        return np.asarray(column)
    return np.asarray(column.reshape(1)) if rows == 1 else np.broadcast_to(column, rows)


def constant(kind: Type, value: Fraction | int) -> Value:
    """One exact value for all rows; TooLarge beyond 64 bits."""
    f = Fraction(value)
    if abs(f.numerator) > LARGEST or f.denominator > LARGEST:
        raise TooLarge
    if f.denominator == 1:
        return Value(kind, np.asarray(f.numerator, dtype=np.int64))
    return Value(kind, np.asarray(f.numerator, dtype=np.int64), np.asarray(f.denominator, dtype=np.int64))


def column(kind: Type, values: Sequence[int] | Ints) -> Value:
    """A column of integers in base units; TooLarge beyond 64 bits."""
    try:
        return Value(kind, np.asarray(values, dtype=np.int64))
    except OverflowError:
        raise TooLarge from None


def fractions(kind: Type, values: Sequence[Fraction]) -> Value:
    """A column of exact fractions, over one denominator where that fits 64 bits."""
    common = lcm(*{f.denominator for f in values})
    if common <= LARGEST:
        nums = [f.numerator * (common // f.denominator) for f in values]
        if all(-LARGEST <= n <= LARGEST for n in nums):
            return Value(kind, np.asarray(nums, dtype=np.int64), np.asarray(common, dtype=np.int64))
    num = column(kind, [f.numerator for f in values]).num
    return Value(kind, num, column(kind, [f.denominator for f in values]).num)


def flags(holds: Flags | bool) -> Value:
    """A column of truth values."""
    return Value(FLAG, np.asarray(holds).astype(np.int64))


# integer columns that never wrap


def top(x: Ints) -> int:
    """The greatest magnitude in a column; 0 for an empty one."""
    return max(abs(int(x.max())), abs(int(x.min()))) if x.size else 0


def product(x: Ints, y: Ints) -> Ints:
    """x * y; TooLarge if any row may leave 64 bits."""
    if top(x) * top(y) > LARGEST:
        raise TooLarge
    return x * y


def total(x: Ints, y: Ints, sign: int = 1) -> Ints:
    """x + y (x - y with sign -1); TooLarge if any row may leave 64 bits."""
    if top(x) + top(y) > LARGEST:
        raise TooLarge
    return x + y if sign > 0 else x - y
