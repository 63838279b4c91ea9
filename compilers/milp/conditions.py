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
    Compare,
    Extreme,
    Guarded,
    Indicator,
    IntExpr,
    Junction,
    Known,
    Linear,
    Makespan,
    Member,
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
    _exact: set[tuple[int, int]] = field(default_factory=set)
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
            case Extreme():
                return self._extreme_of_some(node, row, side)
            case Guarded():
                return self._guarded(node, row, side)
            case Indicator():
                return {self._indicator(node, row, side): 1}, 0
            case Makespan():
                return self.places.makespan(side is not Side.ABOVE)
        raise UnsuitableError("the milp back-end does not take this value")

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

    # values that count only where a truth holds

    def _guarded(self, node: Guarded, row: int, side: Side) -> Sum:
        """z = child where y, else 0, with y exactly the truth; sides as asked for."""
        truth = self.exactly(node.when, row)
        terms, constant = self.value(node.child, row, side)
        if isinstance(truth, bool):
            return (terms, constant) if truth else ({}, 0)
        low, high = self.sheet.range((terms, constant))
        variable = self.sheet.variable(min(low, 0), max(high, 0), whole=False)
        own = _plus({variable: 1}, terms, -1)
        for literal, sums, limit in ((truth, own, constant), (-truth - 1, {variable: 1}, 0)):
            self.sheet.linear(sums, limit if side is not Side.BELOW else -FREE,
                              limit if side is not Side.ABOVE else FREE, (literal,))
        return {variable: 1}, 0

    def _extreme_of_some(self, node: Extreme, row: int, side: Side) -> Sum:
        """The greatest of those that count, 0 where none does: an option 0 counts where no other does."""
        assert node.when is not None
        sign = 1 if node.op == "max" else -1
        options: list[tuple[Sum, int | None]] = []
        counted: list[int] = []
        for k in self._rows(node, node.row, node.rows, row):
            truth = self.exactly(node.when, k)
            if truth is not False:
                terms, constant = self.value(node.child, int(node.child_row[k]), side)
                options.append(((_scaled(terms, sign), sign * constant), None if truth is True else int(truth)))
                counted += [] if truth is True else [int(truth)]
        if all(literal is not None for _, literal in options):
            options.append((({}, 0), self._none_of(counted)))
        return self._greatest_counted(options, side.turned(sign), sign)

    def _none_of(self, literals: list[int]) -> int | None:
        """A literal that holds exactly where none of these does; None where there are none."""
        if not literals:
            return None
        none = self.sheet.literal()
        self.sheet.clause([none, *literals])
        for literal in literals:
            self.sheet.clause([-none - 1, -literal - 1])
        return none

    def _greatest_counted(self, options: list[tuple[Sum, int | None]], side: Side, sign: int) -> Sum:
        ranges = [self.sheet.range(option) for option, _ in options]
        variable = self.sheet.variable(min(a for a, _ in ranges), max(b for _, b in ranges), whole=False)
        chosen: list[int] = []
        for (terms, constant), literal in options:
            own, when = _plus({variable: 1}, terms, -1), () if literal is None else (literal,)
            if side is not Side.BELOW:
                self.sheet.linear(own, constant, FREE, when)
            if side is not Side.ABOVE:
                chosen.append(self.sheet.literal())
                self.sheet.linear(own, -FREE, constant, (chosen[-1],))
                if when:        # what counts for certain may always be the one
                    self.sheet.clause([-chosen[-1] - 1, *when])
        if chosen:
            self.sheet.clause(chosen)
        return {variable: sign}, 0

    def exactly(self, node: Truth, row: int) -> int | bool:
        """A literal that is true exactly where a row of a truth node holds, or its value where that is known."""
        if isinstance(node, Known):
            return bool(node.value[row])
        if isinstance(node, Junction):
            parts = [self.exactly(m.child, int(m.child_row[k])) for m, k in self._operands(node, row)]
            return self._joined(parts, node.op == "and")
        known = self._bare(node, row) if isinstance(node, Compare) else None
        if known is not None:
            return known
        literal = self._choice(node, row, True)
        if (id(node), row) not in self._exact:
            self._exact.add((id(node), row))
            self.hold(node, row, False, (-literal - 1,))
        return literal

    def _joined(self, parts: list[int | bool], conjunction: bool) -> int | bool:
        """The literal of a junction over exact literals; a single one is itself."""
        if any(part is (not conjunction) for part in parts):
            return not conjunction
        # truths out first: as a key, True is the same as the literal 1
        literals = list(dict.fromkeys(part for part in parts if not isinstance(part, bool)))
        if len(literals) < 2:
            return literals[0] if literals else conjunction
        if not conjunction:
            literals = [-literal - 1 for literal in literals]
        every = self.sheet.literal()
        self.sheet.clause([every, *(-literal - 1 for literal in literals)])
        for literal in literals:
            self.sheet.clause([-every - 1, literal])
        return every if conjunction else -every - 1

    def _bare(self, node: Compare, row: int) -> int | bool | None:
        """The 0/1 variable, or its negation, that a comparison is; None if it is none."""
        terms, constant = self.value(node.left, row, Side.EXACT)
        low, high = _LIMITS.get(node.op, (None, None))
        if low is None or high is None or len(terms) > 1:
            return None
        ((variable, factor),) = terms.items() if terms else ((-1, 0),)
        if terms and (self.sheet.lo[variable] < 0 or self.sheet.hi[variable] > 1 or not self.sheet.whole[variable]):
            return None
        off, on = low <= constant <= high, low <= constant + factor <= high
        if off == on:
            return off
        return variable if on else -variable - 1

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
            child, value, child_row = member.child, holds, int(member.child_row[k])
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


def _scaled(terms: Terms, factor: int) -> Terms:
    return {v: factor * c for v, c in terms.items()}


def _plus(terms: Terms, more: Terms, factor: int) -> Terms:
    total = dict(terms)
    for variable, c in more.items():
        total[variable] = total.get(variable, 0) + factor * c
    return total
