"""Expressions and conditions as linear constraints: what `compilers.conditions` leaves to CP-SAT.

A comparison is one linear constraint under literals, `!=` included; nothing is tied both ways unless asked.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from schedc.compilers.conditions import SIDES, Side, Sum, Terms, When, Writer, stripped
from schedc.compilers.cpsat.hints import Hints
from schedc.compilers.cpsat.places import Places
from schedc.compilers.cpsat.sheet import FREE, LARGEST, BeyondRangeError, Sheet
from schedc.compilers.ranks import nearest_rank
from schedc.models.expressions import (
    Absolute,
    Compare,
    Extreme,
    Guarded,
    Indicator,
    IntExpr,
    Junction,
    Linear,
    Makespan,
    Operator,
    Point,
    Product,
    Rank,
    SetupTime,
    Truth,
)

_HOLDS: dict[Operator, Callable[[int], bool]] = {
    Operator.EQ: lambda x: x == 0, Operator.NE: lambda x: x != 0, Operator.LE: lambda x: x <= 0,
    Operator.LT: lambda x: x < 0, Operator.GE: lambda x: x >= 0, Operator.GT: lambda x: x > 0,
}
_RANGES = {
    Operator.EQ: [(0, 0)], Operator.NE: [(-FREE, -1), (1, FREE)], Operator.LE: [(-FREE, 0)],
    Operator.LT: [(-FREE, -1)], Operator.GE: [(0, FREE)], Operator.GT: [(1, FREE)],
}


class Conditions(Writer):
    """Writes the expressions of one model onto its sheet.

    last: tasks one of which ends last; floor: a proven lower bound of the makespan; setups: the set-up time.
    """

    def __init__(
        self, places: Places, sheet: Sheet, hints: Hints, last: Sequence[int], floor: int, setups: Sum
    ) -> None:
        super().__init__(sheet)
        self.places, self.sheet, self.hints = places, sheet, hints
        self.last, self.floor, self.setups = last, floor, setups

    def _point(self, point: Point, number: int) -> Sum:
        return self.places.value(self.sheet, point, number)

    def _note(self, literal: int, node: Truth, row: int, holds: bool) -> None:
        self.hints.truth(literal, node, row, holds)

    def _value(self, node: IntExpr, row: int, side: Side) -> Sum:
        match node:
            case Linear():
                return self._linear(node, row, side)
            case Extreme():
                return self._extreme(node, row, side)
            case Rank():
                return nearest_rank(self, node, self._rows(node, node.row, node.rows, row), side)
            case Product():
                return self._product(node, row)
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

    def _guarded(self, node: Guarded, row: int, side: Side) -> Sum:
        """child where the guard holds, else 0."""
        literal = self._exactly(node.when, row)
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

    def _extreme_of_some(self, node: Extreme, when: Truth, row: int, side: Side) -> Sum:
        """The extreme over the entries that count: the others stand below all, and where none counts it is 0."""
        sign = 1 if node.op == "max" else -1
        entries = self._rows(node, node.row, node.rows, row)
        if not entries:
            return {}, 0
        literals = [self._exactly(when, k) for k in entries]
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

    def counts(self, node: Truth, row: int) -> int | bool:
        """A literal that is exactly a row's truth, or what is known of it."""
        return self._exactly(node, row)

    def _product(self, node: Product, row: int) -> Sum:
        """Factor by factor: each step a variable that is the product of the one before and the next factor."""
        found: Sum = {}, 1
        for k in self._rows(node, node.row, node.rows, row):
            terms, constant = self.value(node.child, int(node.child_row[k]), Side.EXACT)
            if not found[0] or not terms:
                (many, base), factor = (found, constant) if not terms else ((terms, constant), found[1])
                found = {v: factor * c for v, c in many.items()}, factor * base
                continue
            ends = [a * b for a in self.range(found) for b in self.range((terms, constant))]
            if max(map(abs, ends)) > LARGEST:
                raise BeyondRangeError("a product is beyond the solver's 64-bit range")
            variable = self.sheet.variable(min(ends), max(ends))
            self.sheet.product(variable, [found, (terms, constant)])
            found = {variable: 1}, 0
        return found

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

    # conditions

    def _compare(self, node: Compare, row: int, op: Operator, when: When) -> None:
        terms, constant = self.value(node.left, row, SIDES[op])
        self.range((terms, constant))
        ranges = [(a - constant if a > -FREE else a, b - constant if b < FREE else b) for a, b in _RANGES[op]]
        if terms:
            self.sheet.linear_in(terms, ranges, when)
        elif not any(a <= 0 <= b for a, b in ranges):
            self.sheet.clause([], when)

    def _disjunction(self, node: Junction, row: int, holds: bool, when: When) -> None:
        last = self._last_choice(node, row, holds)
        if last is None:
            super()._disjunction(node, row, holds, when)
            return
        (child, child_row, value), others = last
        self.hold(child, child_row, value, (*when, *(-literal - 1 for literal in others)))

    def _last_choice(self, node: Junction, row: int, holds: bool) -> tuple[tuple[Truth, int, bool], list[int]] | None:
        """The one operand that is no plain literal, and the literals of the others; None where it is not so."""
        if not (self.places.present or self.places.mode or self.places.member):
            return None
        literals: list[int] = []
        rest: list[tuple[Truth, int, bool]] = []
        for member, k in self._operands(node, row):
            child, value = stripped(member.child, holds)
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
