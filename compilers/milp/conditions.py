"""Expressions and conditions as linear rows.

An integer node becomes terms plus a constant. Where it needs a variable, how tightly that is tied depends on its use:
ABOVE (at least the true value; enough where it is pushed down, as in `max(x, y) <= 5`), BELOW (at most), or EXACT.

    max above:  z >= x_k                            max exactly:  also z <= x_k + M (1 - y_k), sum of y_k >= 1
    [C] as a number, above:  C false or y = 1       below:  y = 1 only if C holds

A truth node is asserted under literals ("wherever all of these hold"): a comparison is then reified by the smallest M
that the variables' bounds allow (`Sheet.linear`), a disjunction is one row over literals that each imply an operand, a
negation is pushed down to the comparisons. Integers are exact: x < 0 is x <= -1, and x != 0 is x <= -1 or x >= 1.
Modelling of logic in 0/1 variables after Williams, "Model Building in Mathematical Programming", ch. 9.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from itertools import pairwise

import numpy as np

from schedc.compilers.backend import UnsuitableError
from schedc.compilers.milp.places import Places
from schedc.compilers.milp.sheet import FREE, Sheet, Sum, Terms
from schedc.models.columns import Ints
from schedc.models.expressions import (
    Absolute,
    Compare,
    Extreme,
    Indicator,
    IntExpr,
    Junction,
    Known,
    Linear,
    Makespan,
    Member,
    Not,
    Operator,
    Part,
    Point,
    Truth,
)

When = tuple[int, ...]


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


_NEGATED = {
    Operator.EQ: Operator.NE, Operator.NE: Operator.EQ, Operator.LE: Operator.GT,
    Operator.GT: Operator.LE, Operator.LT: Operator.GE, Operator.GE: Operator.LT,
}
_SIDES = {
    Operator.EQ: Side.EXACT, Operator.NE: Side.EXACT, Operator.LE: Side.ABOVE,
    Operator.LT: Side.ABOVE, Operator.GE: Side.BELOW, Operator.GT: Side.BELOW,
}
_LIMITS = {
    Operator.EQ: (0, 0), Operator.LE: (-FREE, 0), Operator.LT: (-FREE, -1), Operator.GE: (0, FREE),
    Operator.GT: (1, FREE),
}


@dataclass
class Conditions:
    """Lowers the expressions of one model onto its sheet."""

    places: Places
    sheet: Sheet
    _sums: dict[tuple[int, int, Side], Sum] = field(default_factory=dict)
    _literals: dict[tuple[int, int, bool], int] = field(default_factory=dict)
    _indices: dict[int, list[list[int]]] = field(default_factory=dict)
    _kept: list[object] = field(default_factory=list)       # nodes, so that an id stays one node's own

    def require(self, condition: Truth) -> None:
        """Every row of a condition holds."""
        for row in range(condition.rows):
            self.hold(condition, row, True, ())

    # integers

    def value(self, node: IntExpr, row: int, side: Side) -> Sum:
        """A row of an integer node."""
        key = (id(node), row, side)
        if key not in self._sums:
            self._kept.append(node)
            self._sums[key] = self._value(node, row, side)
        return self._sums[key]

    def _value(self, node: IntExpr, row: int, side: Side) -> Sum:
        match node:
            case Linear():
                return self._linear(node, row, side)
            case Extreme(when=None):
                return self._extreme(node, row, side)
            case Absolute():
                terms, constant = self.value(node.child, row, Side.EXACT)
                return self._greatest([(terms, constant), (_scaled(terms, -1), -constant)], side, 1)
            case Indicator():
                return {self._indicator(node, row, side): 1}, 0
            case Makespan():
                return self.places.makespan(side is not Side.ABOVE)
        raise UnsuitableError("the milp back-end does not take conditions on which tasks are present")

    def _linear(self, node: Linear, row: int, side: Side) -> Sum:
        terms: Terms = {}
        constant = int(node.const[row])
        for k in self._rows(node, node.row, node.rows, row):
            coefficient = int(node.coef[k])
            variable, offset = self.places.point(Point(int(node.point[k])), int(node.task[k]))
            constant += coefficient * offset
            if variable >= 0:
                terms[variable] = terms.get(variable, 0) + coefficient
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

    def _extreme(self, node: Extreme, row: int, side: Side) -> Sum:
        sign = 1 if node.op == "max" else -1
        options = []
        for k in self._rows(node, node.row, node.rows, row):
            terms, constant = self.value(node.child, int(node.child_row[k]), side)
            options.append((_scaled(terms, sign), sign * constant))
        return self._greatest(options, side.turned(sign), sign)

    def _greatest(self, options: list[Sum], side: Side, sign: int) -> Sum:
        """sign * (a variable for the greatest option), tied by `side`."""
        if len(options) == 1:
            terms, constant = options[0]
            return _scaled(terms, sign), sign * constant
        ranges = [self.sheet.range(option) for option in options]
        floor = max(a for a, _ in ranges)
        variable = self.sheet.variable(floor, max(b for _, b in ranges))
        if side is not Side.BELOW:
            for terms, constant in options:
                self.sheet.linear(_plus({variable: 1}, terms, -1), constant, FREE)
        if side is not Side.ABOVE:
            self._attained(variable, [o for o, (_, high) in zip(options, ranges) if high >= floor])
        return {variable: sign}, 0

    def _attained(self, variable: int, options: list[Sum]) -> None:
        """The variable is at most one of the options."""
        chosen = [self.sheet.literal() for _ in options]
        self.sheet.clause(chosen)
        for literal, (terms, constant) in zip(chosen, options):
            self.sheet.linear(_plus({variable: 1}, terms, -1), -FREE, constant, (literal,))

    def _indicator(self, node: Indicator, row: int, side: Side) -> int:
        literal = self.sheet.literal()
        if side is not Side.ABOVE:
            self.hold(node.child, row, True, (literal,))
        if side is not Side.BELOW:
            self.hold(node.child, row, False, (-literal - 1,))
        return literal

    # conditions

    def hold(self, node: Truth, row: int, holds: bool, when: When) -> None:
        """A row of a truth node has the value `holds`, wherever the literals of `when` are true."""
        match node:
            case Known():
                if bool(node.value[row]) is not holds:
                    self.sheet.clause([], when)
            case Not():
                self.hold(node.child, row, not holds, when)
            case Compare():
                self._compare(node, row, node.op if holds else _NEGATED[node.op], when)
            case Junction():
                self._junction(node, row, holds, when)

    def _compare(self, node: Compare, row: int, op: Operator, when: When) -> None:
        terms, constant = self.value(node.left, row, _SIDES[op])
        if op is Operator.NE:
            self._unequal(terms, constant, when)
            return
        low, high = _LIMITS[op]
        self.sheet.linear(terms, low - constant if low > -FREE else low, high - constant if high < FREE else high, when)

    def _unequal(self, terms: Terms, constant: int, when: When) -> None:
        low, high = self.sheet.range((terms, constant))
        if low > 0 or high < 0:
            return
        below, above = self.sheet.literal(), self.sheet.literal()
        self.sheet.clause([below, above], when)
        self.sheet.linear(terms, -FREE, -1 - constant, (below,))
        self.sheet.linear(terms, 1 - constant, FREE, (above,))

    def _junction(self, node: Junction, row: int, holds: bool, when: When) -> None:
        if (node.op == "and") is holds:
            for member, k in self._operands(node, row):
                self.hold(member.child, int(member.child_row[k]), holds, when)
            return
        choices: list[int] = []
        if self._any(node, row, holds, choices):
            self.sheet.clause(choices, when)

    def _any(self, node: Junction, row: int, holds: bool, choices: list[int]) -> bool:
        """Gather literals each of which makes an operand have the value; False if one has it for certain."""
        for member, k in self._operands(node, row):
            child, value = _stripped(member.child, holds)
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
        key = (id(node), row, holds)
        if key not in self._literals:
            self._kept.append(node)
            literal = self._literals[key] = self.sheet.literal()
            self.hold(node, row, holds, (literal,))
        return self._literals[key]

    def _operands(self, node: Junction, row: int) -> Sequence[tuple[Member, int]]:
        return [(m, k) for m in node.members for k in self._rows(m, m.row, node.rows, row)]


def _stripped(node: Truth, holds: bool) -> tuple[Truth, bool]:
    """The node without its outer negations, and the value that it must have then."""
    while isinstance(node, Not):
        node, holds = node.child, not holds
    return node, holds


def _scaled(terms: Terms, factor: int) -> Terms:
    return {v: factor * c for v, c in terms.items()}


def _plus(terms: Terms, more: Terms, factor: int) -> Terms:
    total = dict(terms)
    for variable, c in more.items():
        total[variable] = total.get(variable, 0) + factor * c
    return total
