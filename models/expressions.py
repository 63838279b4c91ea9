"""Expressions over decisions, by columns: a node is a column of `rows` values, one an instance of its statement.

Integer nodes count ticks (or plain numbers after exact scaling); truth nodes are 0/1.
A child is taken row by row through `child_row`, so that aggregates over groups of any size are columns too.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Literal, TypeAlias

from schedc.models.columns import Flags, Ints


class Point(IntEnum):
    """What of a task a term or an order speaks of."""

    START = 0
    END = 1
    LENGTH = 2      # worked ticks, pauses excluded; for an unpaused task end - start


class Operator(StrEnum):
    """How a comparison compares with zero."""

    EQ = "=="
    NE = "!="
    LE = "<="
    GE = ">="
    LT = "<"
    GT = ">"


@dataclass(frozen=True, eq=False)
class Part:
    """Terms over another integer node: value[row] += coef * child[child_row]."""

    row: Ints
    child: IntExpr
    child_row: Ints
    coef: Ints


@dataclass(frozen=True, eq=False)
class Linear:
    """value[i] = const[i] + sum over k with row[k] = i of coef[k] * point[k](task[k]) + the parts.

    row is sorted; point holds Point values; task holds global task numbers.
    """

    const: Ints
    row: Ints
    point: Ints
    task: Ints
    coef: Ints
    parts: tuple[Part, ...] = ()

    @property
    def rows(self) -> int:
        """Number of instances."""
        return len(self.const)


@dataclass(frozen=True, eq=False)
class Extreme:
    """value[i] = max (or min) over k with row[k] = i of child[child_row[k]].

    row is sorted and covers every instance.
    """

    op: Literal["max", "min"]
    rows: int
    row: Ints
    child: IntExpr
    child_row: Ints


@dataclass(frozen=True, eq=False)
class Absolute:
    """value[i] = |child[i]|."""

    child: IntExpr

    @property
    def rows(self) -> int:
        """Number of instances."""
        return self.child.rows


@dataclass(frozen=True, eq=False)
class Indicator:
    """value[i] = 1 where child[i] holds, else 0."""

    child: Truth

    @property
    def rows(self) -> int:
        """Number of instances."""
        return self.child.rows


@dataclass(frozen=True, eq=False)
class Makespan:
    """One row: the latest end of any task, counted from the origin; 0 without tasks."""

    rows: int = 1


@dataclass(frozen=True, eq=False)
class Compare:
    """Holds where left[i] op 0."""

    op: Operator
    left: IntExpr

    @property
    def rows(self) -> int:
        """Number of instances."""
        return self.left.rows


@dataclass(frozen=True, eq=False)
class Member:
    """Operands of a junction: for each k, child[child_row[k]] is an operand of instance row[k]."""

    row: Ints
    child: Truth
    child_row: Ints


@dataclass(frozen=True, eq=False)
class Junction:
    """All ("and") or at least one ("or") of an instance's operands holds; none: "and" is true, "or" is false."""

    op: Literal["and", "or"]
    rows: int
    members: tuple[Member, ...]


@dataclass(frozen=True, eq=False)
class Not:
    """Holds where child[i] does not."""

    child: Truth

    @property
    def rows(self) -> int:
        """Number of instances."""
        return self.child.rows


@dataclass(frozen=True, eq=False)
class Known:
    """Truth decided by data alone."""

    value: Flags

    @property
    def rows(self) -> int:
        """Number of instances."""
        return len(self.value)


IntExpr: TypeAlias = Linear | Extreme | Absolute | Indicator | Makespan
Truth: TypeAlias = Compare | Junction | Not | Known
