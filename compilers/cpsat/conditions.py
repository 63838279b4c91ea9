"""Expressions and conditions as linear constraints.

An integer node becomes terms plus a constant. Where it needs a variable, how tightly that is tied depends on its use:

- ABOVE: at least the true value (enough where the constraint or goal pushes it down, as in `max(x, y) <= 5`);
- BELOW: at most the true value;
- EXACT: equal to it.

A truth node is asserted under literals ("wherever all of these hold"), so a disjunction is one clause over literals
that each imply an operand, and a negation is pushed down to the comparisons. Nothing is tied both ways unless asked.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from itertools import pairwise

import numpy as np

from schedc.compilers.cpsat.hints import Hints
from schedc.compilers.cpsat.places import Places
from schedc.compilers.cpsat.sheet import FREE, BeyondRangeError, Sheet, Sum, Terms
from schedc.models.columns import Ints
from schedc.models.expressions import (
    Absolute,
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
    Not,
    Operator,
    Part,
    Point,
    SetupTime,
    Truth,
)
from schedc.models.model import Model

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
_HOLDS: dict[Operator, Callable[[int], bool]] = {
    Operator.EQ: lambda x: x == 0, Operator.NE: lambda x: x != 0, Operator.LE: lambda x: x <= 0,
    Operator.LT: lambda x: x < 0, Operator.GE: lambda x: x >= 0, Operator.GT: lambda x: x > 0,
}
_RANGES = {
    Operator.EQ: [(0, 0)], Operator.NE: [(-FREE, -1), (1, FREE)], Operator.LE: [(-FREE, 0)],
    Operator.LT: [(-FREE, -1)], Operator.GE: [(0, FREE)], Operator.GT: [(1, FREE)],
}


@dataclass
class Conditions:
    """Lowers the expressions of one model onto its sheet.

    last: tasks one of which ends last; floor: a proven lower bound of the makespan; setups: the set-up
    time.
    """

    model: Model
    places: Places
    sheet: Sheet
    hints: Hints
    last: Sequence[int]
    floor: int = 0
    setups: Sum = field(default_factory=lambda: ({}, 0))
    _sums: dict[tuple[int, int, Side], Sum] = field(default_factory=dict)
    _literals: dict[tuple[int, int, bool], int] = field(default_factory=dict)
    _exact: set[tuple[int, int]] = field(default_factory=set)
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
            case Extreme():
                return self._extreme(node, row, side)
            case Absolute():
                terms, constant = self.value(node.child, row, Side.EXACT)
                mirrored = {v: -c for v, c in terms.items()}
                return self._greatest([(terms, constant), (mirrored, -constant)], side, node, row, 1)
            case Guarded():
                return self._guarded(node, row, side)
            case Indicator():
                return {self._indicator(node, row, side): 1}, 0
            case Makespan():
                return self._makespan(node, side)
            case SetupTime():
                return self.setups

    def _linear(self, node: Linear, row: int, side: Side) -> Sum:
        terms: Terms = {}
        constant = int(node.const[row])
        for k in self._rows(node, node.row, node.rows, row):
            coefficient = int(node.coef[k])
            worth, offset = self.places.value(self.sheet, Point(int(node.point[k])), int(node.task[k]))
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

    def _guarded(self, node: Guarded, row: int, side: Side) -> Sum:
        """child where the guard holds, else 0."""
        literal = self._known(node.when, row)
        if side is Side.EXACT:
            return self._switched(self.value(node.child, row, side), literal, 0, node, row)
        sign = 1 if side is Side.ABOVE else -1
        terms, constant = self.value(node.child, row, side)
        low, high = self.range((terms, constant))
        variable = self.sheet.variable(*((min(low, 0), max(high, 0)) if sign > 0 else (min(-high, 0), max(-low, 0))))
        self.hints.integer(variable, node, row, sign)
        self._at_least(variable, {v: sign * c for v, c in terms.items()}, sign * constant, (literal,))
        self._at_least(variable, {}, 0, (-literal - 1,))
        return {variable: sign}, 0

    def _switched(self, value: Sum, literal: int, otherwise: int, node: IntExpr | None, row: int) -> Sum:
        """A variable that has the value where the literal is true, and a constant elsewhere."""
        terms, constant = value
        low, high = self.range(value)
        variable = self.sheet.variable(min(low, otherwise), max(high, otherwise))
        if node is not None:
            self.hints.integer(variable, node, row)
        difference = {variable: 1, **{v: -c for v, c in terms.items()}}
        self.sheet.linear(difference, constant, constant, (literal,))
        self.sheet.linear({variable: 1}, otherwise, otherwise, (-literal - 1,))
        return {variable: 1}, 0

    def _known(self, node: Truth, row: int) -> int:
        """A literal that is true exactly where a row holds."""
        literal = self._choice(node, row, True)
        key = (id(node), row)
        if key not in self._exact:
            self._exact.add(key)
            self.hold(node, row, False, (-literal - 1,))
        return literal

    def _extreme_of_some(self, node: Extreme, when: Truth, row: int, side: Side) -> Sum:
        """The extreme over the entries that count: the others stand below all, and where none counts it is 0."""
        sign = 1 if node.op == "max" else -1
        entries = self._rows(node, node.row, node.rows, row)
        if not entries:
            return {}, 0
        literals = [self._known(when, k) for k in entries]
        if side is (Side.ABOVE if sign > 0 else Side.BELOW):
            return self._above_some(node, entries, literals, row, sign, side)
        values = [self.value(node.child, int(node.child_row[k]), Side.EXACT) for k in entries]
        signed = [({v: sign * c for v, c in terms.items()}, sign * constant) for terms, constant in values]
        ranges = [self.range(value) for value in signed]
        below = min(a for a, _ in ranges) - 1
        options = [self._switched(value, literal, below, None, row) for value, literal in zip(signed, literals)]
        greatest = self.sheet.variable(below, max(b for _, b in ranges))
        self.sheet.greatest({greatest: 1}, options)
        some = self.sheet.literal()
        self.sheet.clause(literals, (some,))
        for literal in literals:
            self.sheet.clause([some], (literal,))
        return self._switched(({greatest: sign}, 0), some, 0, node, row)

    def _above_some(
        self, node: Extreme, entries: list[int], literals: list[int], row: int, sign: int, side: Side
    ) -> Sum:
        """sign * (a variable that is at least each entry that counts, and at least 0 where none does)."""
        values = [self.value(node.child, int(node.child_row[k]), side) for k in entries]
        signed = [({v: sign * c for v, c in terms.items()}, sign * constant) for terms, constant in values]
        ranges = [self.range(value) for value in signed]
        variable = self.sheet.variable(min(0, *(a for a, _ in ranges)), max(0, *(b for _, b in ranges)))
        self.hints.integer(variable, node, row, sign)
        for literal, (terms, constant) in zip(literals, signed):
            self._at_least(variable, terms, constant, (literal,))
        self._at_least(variable, {}, 0, [-literal - 1 for literal in literals])
        return {variable: sign}, 0

    def _extreme(self, node: Extreme, row: int, side: Side) -> Sum:
        if node.when is not None:
            return self._extreme_of_some(node, node.when, row, side)
        sign = 1 if node.op == "max" else -1
        options = []
        for k in self._rows(node, node.row, node.rows, row):
            terms, constant = self.value(node.child, int(node.child_row[k]), side)
            options.append(({v: sign * c for v, c in terms.items()}, sign * constant))
        return self._greatest(options, side.turned(sign), node, row, sign)

    def _greatest(self, options: list[Sum], side: Side, node: IntExpr, row: int, sign: int) -> Sum:
        """sign * (a variable for the greatest option), tied by `side`."""
        if len(options) == 1:
            terms, constant = options[0]
            return {v: sign * c for v, c in terms.items()}, sign * constant
        ranges = [self.range(option) for option in options]
        variable = self.sheet.variable(max(a for a, _ in ranges), max(b for _, b in ranges))
        self.hints.integer(variable, node, row, sign)
        if side is Side.ABOVE:
            for terms, constant in options:
                self._at_least(variable, terms, constant)
        else:
            self.sheet.greatest({variable: 1}, options)
        return {variable: sign}, 0

    def _at_least(self, variable: int, terms: Terms, constant: int, when: Sequence[int] = ()) -> None:
        """variable >= terms + constant, wherever all literals of `when` are true."""
        self.sheet.linear({variable: 1, **{v: -c for v, c in terms.items()}}, constant, FREE, when)

    def range(self, value: Sum) -> tuple[int, int]:
        """The least and the greatest value that the variables' bounds allow."""
        terms, constant = value
        low = high = constant
        for variable, c in terms.items():
            a, b = c * self.sheet.lo[variable], c * self.sheet.hi[variable]
            low, high = low + min(a, b), high + max(a, b)
        if low < -(1 << 62) or high > 1 << 62:
            raise BeyondRangeError("a sum is beyond the solver's 64-bit range")
        return low, high

    def _makespan(self, node: Makespan, side: Side) -> Sum:
        if not self.last:
            return {}, 0
        options = [self.places.value(self.sheet, Point.END, t) for t in self.last]
        ranges = [self.range(option) for option in options]
        low = max(self.floor, max(a for a, _ in ranges))
        variable = self.sheet.variable(low, max(low, max(b for _, b in ranges)))
        self.hints.integer(variable, node, 0)
        if side is Side.ABOVE:
            ends = [(t, *self.places.end[t]) for t in self.last]
            there = self.places.there
            self.sheet.differences((v, variable, c, FREE) for t, v, c in ends if v >= 0 and not there(t))
            for t, v, c in ends if self.places.present else ():
                if there(t):
                    self.sheet.linear({variable: 1, v: -1}, c, FREE, there(t))
        else:
            self.sheet.greatest({variable: 1}, options)
        return {variable: 1}, 0

    def _indicator(self, node: Indicator, row: int, side: Side) -> int:
        literal = self.sheet.literal()
        self.hints.truth(literal, node.child, row, True)
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
        self.range((terms, constant))
        ranges = [(a - constant if a > -FREE else a, b - constant if b < FREE else b) for a, b in _RANGES[op]]
        if terms:
            self.sheet.linear_in(terms, ranges, when)
        elif not any(a <= 0 <= b for a, b in ranges):
            self.sheet.clause([], when)

    def _junction(self, node: Junction, row: int, holds: bool, when: When) -> None:
        if (node.op == "and") is holds:
            for member, k in self._operands(node, row):
                self.hold(member.child, int(member.child_row[k]), holds, when)
            return
        choices: list[int] = []
        last = self._last_choice(node, row, holds)
        if last is not None:
            (child, child_row, value), others = last
            self.hold(child, child_row, value, (*when, *(-literal - 1 for literal in others)))
        elif self._any(node, row, holds, choices):
            self.sheet.clause(choices, when)

    def _last_choice(self, node: Junction, row: int, holds: bool) -> tuple[tuple[Truth, int, bool], list[int]] | None:
        """The one operand that is no plain literal, and the literals of the others; None where it is not so."""
        if not (self.places.present or self.places.mode or self.places.member):
            return None
        literals: list[int] = []
        rest: list[tuple[Truth, int, bool]] = []
        for member, k in self._operands(node, row):
            child, value = _stripped(member.child, holds)
            literal = self._plain(child, int(member.child_row[k]), value)
            if literal is None:
                rest.append((child, int(member.child_row[k]), value))
            else:
                literals.append(literal)
        return (rest[0], literals) if len(rest) == 1 and literals else None

    def _plain(self, node: Truth, row: int, holds: bool) -> int | None:
        """The literal of a presence or of a choice that is the whole truth of a row, or None."""
        if not isinstance(node, Compare):
            return None
        left = node.left
        if not isinstance(left, Linear) or left.parts:
            return None
        entries = self._rows(left, left.row, left.rows, row)
        if len(entries) != 1:
            return None
        literal = self.places.literal(Point(int(left.point[entries[0]])), int(left.task[entries[0]]))
        coefficient, constant = int(left.coef[entries[0]]), int(left.const[row])
        truths = [_HOLDS[node.op](constant + x * coefficient) is holds for x in (0, 1)]
        if literal is None or truths[0] == truths[1]:
            return None
        return literal if truths[1] else -literal - 1

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
        plain = self._plain(node, row, holds)
        if plain is not None:
            return plain
        key = (id(node), row, holds)
        if key not in self._literals:
            self._kept.append(node)
            literal = self._literals[key] = self.sheet.literal()
            self.hints.truth(literal, node, row, holds)
            self.hold(node, row, holds, (literal,))
        return self._literals[key]

    def _operands(self, node: Junction, row: int) -> Sequence[tuple[Member, int]]:
        return [(m, k) for m in node.members for k in self._rows(m, m.row, node.rows, row)]


def _stripped(node: Truth, holds: bool) -> tuple[Truth, bool]:
    """The node without its outer negations, and the value that it must have then."""
    while isinstance(node, Not):
        node, holds = node.child, not holds
    return node, holds
