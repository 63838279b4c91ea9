"""Expressions over decisions, by columns: a node is a column of `rows` values, one an instance of its statement.

Integer nodes count ticks (or plain numbers after exact scaling); truth nodes are 0/1.
A child is taken row by row through `child_row`, so that aggregates over groups of any size are columns too.
"""

from __future__ import annotations

from enum import IntEnum, StrEnum
from typing import Literal, TypeAlias

from schedc.models.columns import Flags, Ints
from schedc.models.records import dataclass


class Point(IntEnum):
    """What a term speaks of, and of what: a task, an option of a mode, a candidate of a choice, an addressed use.

    An absent task has start, end and length 0; what it would have chosen is 0 too.
    """

    START = 0
    END = 1
    LENGTH = 2      # worked ticks, pauses excluded; for an unpaused task end - start
    PRESENT = 3     # 1 where the task is present
    MODE = 4        # 1 where the option, by global option number, is its task's mode
    MEMBER = 5      # 1 where the candidate, by global candidate number, is chosen
    ADDRESS = 6     # the address of an addressed use, by its number in `Model.addressed`


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

    row is sorted; point holds Point values; task holds the number of what the point speaks of: of a task, or of an
    option, a candidate or an addressed use.
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
    """value[i] = max (or min) over k with row[k] = i and when[k] of child[child_row[k]]; over nothing 0.

    row is sorted. when has one row an entry k; None: every entry counts, and row covers every instance.
    """

    op: Literal["max", "min"]
    rows: int
    row: Ints
    child: IntExpr
    child_row: Ints
    when: Truth | None = None


@dataclass(frozen=True, eq=False)
class Rank:
    """value[i] = the k-th smallest of child[child_row[m]] over the n entries m with row[m] = i and when[m].

    k = ceil(top * n / (100 * bottom)), the nearest rank of top / bottom percent, 0 < top <= 100 * bottom. Over nothing
    0. row is sorted. when has one row an entry; None: every entry counts.
    """

    top: int
    bottom: int
    rows: int
    row: Ints
    child: IntExpr
    child_row: Ints
    when: Truth | None = None


@dataclass(frozen=True, eq=False)
class Product:
    """value[i] = the product of child[child_row[k]] over k with row[k] = i; over nothing 1. row is sorted."""

    rows: int
    row: Ints
    child: IntExpr
    child_row: Ints


@dataclass(frozen=True, eq=False)
class Guarded:
    """value[i] = child[i] where when[i] holds, else 0: a term that is skipped when a task it names is absent."""

    child: IntExpr
    when: Truth

    @property
    def rows(self) -> int:
        """Number of instances."""
        return self.child.rows


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
    """One row: the latest end of any present task, counted from the origin; 0 without one."""

    rows: int = 1


@dataclass(frozen=True, eq=False)
class SetupTime:
    """One row: the time that all resources spend changing their state; see `Change`."""

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


IntExpr: TypeAlias = Linear | Extreme | Rank | Product | Guarded | Absolute | Indicator | Makespan | SetupTime
Truth: TypeAlias = Compare | Junction | Not | Known
