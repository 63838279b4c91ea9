"""Expressions and conditions as rows of a solver's sheet: what the back-ends have in common.

An integer node becomes terms plus a constant. Where it needs a variable, how tightly that is tied depends on its use:
ABOVE (at least the true value; enough where it is pushed down, as in `max(x, y) <= 5`), BELOW (at most), or EXACT. A
truth node is asserted under literals ("wherever all of these hold"); a disjunction becomes a clause over literals that
each imply an operand, and a negation is pushed down to the comparisons.

A variable is its index; a literal is a 0/1 variable's index, or -index - 1 for its negation.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from enum import Enum, auto
from itertools import pairwise
from typing import Protocol, TypeAlias

import numpy as np

from schedc.models.columns import Ints
from schedc.models.expressions import (
    Compare,
    Indicator,
    IntExpr,
    Junction,
    Known,
    Linear,
    Member,
    Not,
    Operator,
    Part,
    Point,
    Truth,
)

Terms: TypeAlias = dict[int, int]           # coefficient by variable
Sum: TypeAlias = tuple[Terms, int]          # terms plus a constant
When: TypeAlias = tuple[int, ...]

NEGATED = {
    Operator.EQ: Operator.NE, Operator.NE: Operator.EQ, Operator.LE: Operator.GT,
    Operator.GT: Operator.LE, Operator.LT: Operator.GE, Operator.GE: Operator.LT,
}


class Side(Enum):
    """How a value may differ from the true one."""

    ABOVE = auto()
    BELOW = auto()
    EXACT = auto()

    def turned(self, coefficient: int) -> Side:
        """The side for a term with this coefficient."""
        if coefficient > 0 or self is Side.EXACT:
            return self
        return Side.BELOW if self is Side.ABOVE else Side.ABOVE


SIDES = {
    Operator.EQ: Side.EXACT, Operator.NE: Side.EXACT, Operator.LE: Side.ABOVE,
    Operator.LT: Side.ABOVE, Operator.GE: Side.BELOW, Operator.GT: Side.BELOW,
}


class Clauses(Protocol):
    """What of a sheet is needed here."""

    def literal(self) -> int:
        """A new 0/1 variable."""

    def clause(self, literals: Sequence[int], when: Sequence[int] = ()) -> None:
        """At least one of the literals, wherever all of `when` are true."""


class Writer(ABC):
    """Writes the expressions of one model onto a sheet; a row of a node that several others share is written once."""

    def __init__(self, clauses: Clauses) -> None:
        self._clauses = clauses
        self._sums: dict[tuple[int, int, Side], Sum] = {}
        self._literals: dict[tuple[int, int, bool], int] = {}
        self._exact: set[tuple[int, int]] = set()
        self._indices: dict[int, list[list[int]]] = {}
        self._kept: list[object] = []       # nodes, so that an id stays one node's own

    # what each back-end does its own way

    @abstractmethod
    def _value(self, node: IntExpr, row: int, side: Side) -> Sum: ...

    @abstractmethod
    def _point(self, point: Point, number: int) -> Sum:
        """What a term speaks of."""

    @abstractmethod
    def _compare(self, node: Compare, row: int, op: Operator, when: When) -> None:
        """left[row] op 0, wherever the literals of `when` are true."""

    def _note(self, literal: int, node: Truth, row: int, holds: bool) -> None:  # noqa: B027 (not all need to know)
        """Told of each new literal, and of what it stands for."""

    def _plain(self, node: Truth, row: int, holds: bool) -> int | None:
        """A literal on the sheet that is true exactly where a row has the value, where one is known to stand there."""
        return None

    # integers

    def value(self, node: IntExpr, row: int, side: Side) -> Sum:
        """A row of an integer node."""
        key = (id(node), row, side)
        if key not in self._sums:
            self._kept.append(node)
            self._sums[key] = self._value(node, row, side)
        return self._sums[key]

    def _linear(self, node: Linear, row: int, side: Side) -> Sum:
        terms: Terms = {}
        constant = int(node.const[row])
        for k in self._rows(node, node.row, node.rows, row):
            coefficient = int(node.coef[k])
            worth, offset = self._point(Point(int(node.point[k])), int(node.task[k]))
            constant += coefficient * offset
            for variable, c in worth.items():
                terms[variable] = terms.get(variable, 0) + coefficient * c
        for part in node.parts:
            constant += self._part(part, node.rows, row, side, terms)
        return {v: c for v, c in terms.items() if c}, constant

    def _part(self, part: Part, rows: int, row: int, side: Side, terms: Terms) -> int:
        """Add the terms of one part; the constant that they bring."""
        constant = 0
        for k in self._rows(part, part.row, rows, row):
            coefficient = int(part.coef[k])
            if coefficient:
                more, plus = self.value(part.child, int(part.child_row[k]), side.turned(coefficient))
                constant += coefficient * plus
                for variable, c in more.items():
                    terms[variable] = terms.get(variable, 0) + coefficient * c
        return constant

    def _rows(self, owner: object, column: Ints, rows: int, row: int) -> list[int]:
        """Where a row's entries stand in a `row` column, sorted or not."""
        known = self._indices.get(id(owner))
        if known is None:
            order = np.argsort(column, kind="stable")
            heads = np.searchsorted(column[order], np.arange(rows + 1)).tolist()
            entries = order.tolist()
            known = [entries[a:b] for a, b in pairwise(heads)]
            self._indices[id(owner)] = known
            self._kept.append(owner)
        return known[row]

    def _indicator(self, node: Indicator, row: int, side: Side) -> int:
        literal = self._clauses.literal()
        self._note(literal, node.child, row, True)
        if side is not Side.ABOVE:
            self.hold(node.child, row, True, (literal,))
        if side is not Side.BELOW:
            self.hold(node.child, row, False, (-literal - 1,))
        return literal

    # conditions

    def require(self, condition: Truth) -> None:
        """Every row of a condition holds."""
        for row in range(condition.rows):
            self.hold(condition, row, True, ())

    def hold(self, node: Truth, row: int, holds: bool, when: When) -> None:
        """A row of a truth node has the value `holds`, wherever the literals of `when` are true."""
        match node:
            case Known():
                if bool(node.value[row]) is not holds:
                    self._clauses.clause([], when)
            case Not():
                self.hold(node.child, row, not holds, when)
            case Compare():
                self._compare(node, row, node.op if holds else NEGATED[node.op], when)
            case Junction():
                self._junction(node, row, holds, when)

    def _junction(self, node: Junction, row: int, holds: bool, when: When) -> None:
        if (node.op == "and") is holds:
            for member, k in self._operands(node, row):
                self.hold(member.child, int(member.child_row[k]), holds, when)
        else:
            self._disjunction(node, row, holds, when)

    def _disjunction(self, node: Junction, row: int, holds: bool, when: When) -> None:
        choices: list[int] = []
        if self._any(node, row, holds, choices):
            self._clauses.clause(choices, when)

    def _any(self, node: Junction, row: int, holds: bool, choices: list[int]) -> bool:
        """Gather literals each of which makes an operand have the value; False if one has it for certain."""
        for member, k in self._operands(node, row):
            child, value = stripped(member.child, holds)
            child_row = int(member.child_row[k])
            if isinstance(child, Known):
                if bool(child.value[child_row]) is value:
                    return False
            elif isinstance(child, Junction) and (child.op == "or") is value:
                if not self._any(child, child_row, value, choices):
                    return False
            else:
                choices.append(self._choice(child, child_row, value))
        return True

    def _choice(self, node: Truth, row: int, holds: bool) -> int:
        """A literal that implies that a row has the value."""
        plain = self._plain(node, row, holds)
        if plain is not None:
            return plain
        key = (id(node), row, holds)
        if key not in self._literals:
            self._kept.append(node)
            literal = self._literals[key] = self._clauses.literal()
            self._note(literal, node, row, holds)
            self.hold(node, row, holds, (literal,))
        return self._literals[key]

    def _exactly(self, node: Truth, row: int) -> int:
        """A literal that is true exactly where a row holds."""
        literal = self._choice(node, row, True)
        key = (id(node), row)
        if key not in self._exact:
            self._kept.append(node)
            self._exact.add(key)
            self.hold(node, row, False, (-literal - 1,))
        return literal

    def _operands(self, node: Junction, row: int) -> Sequence[tuple[Member, int]]:
        return [(m, k) for m in node.members for k in self._rows(m, m.row, node.rows, row)]


def stripped(node: Truth, holds: bool) -> tuple[Truth, bool]:
    """The node without its outer negations, and the value that it must have then."""
    while isinstance(node, Not):
        node, holds = node.child, not holds
    return node, holds
