"""Expressions and conditions as linear rows: what `compilers.conditions` leaves to the MILP back-end.

    max above:  z >= x_k                            max exactly:  also z <= x_k + M (1 - y_k), sum of y_k >= 1
    [C] as a number, above:  C false or y = 1       below:  y = 1 only if C holds

A comparison under literals is reified by the smallest M that the variables' bounds allow (`Sheet.linear`), a
disjunction is one row over literals. Integers are exact: x < 0 is x <= -1, and x != 0 is x <= -1 or x >= 1. Modelling
of logic in 0/1 variables after Williams, "Model Building in Mathematical Programming", ch. 9.
"""

from __future__ import annotations

from schedc.compilers.backend import UnsuitableError
from schedc.compilers.conditions import SIDES, Side, Sum, Terms, When, Writer
from schedc.compilers.milp.places import Places
from schedc.compilers.milp.sheet import FREE, Sheet
from schedc.compilers.ranks import nearest_rank
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
    Operator,
    Point,
    Rank,
    Truth,
)

_LIMITS = {
    Operator.EQ: (0, 0), Operator.LE: (-FREE, 0), Operator.LT: (-FREE, -1), Operator.GE: (0, FREE),
    Operator.GT: (1, FREE),
}


class Conditions(Writer):
    """Writes the expressions of one model onto its sheet."""

    def __init__(self, places: Places, sheet: Sheet) -> None:
        super().__init__(sheet)
        self.places, self.sheet = places, sheet

    def _point(self, point: Point, number: int) -> Sum:
        variable, constant = self.places.point(point, number)
        return ({variable: 1} if variable >= 0 else {}), constant

    def _value(self, node: IntExpr, row: int, side: Side) -> Sum:
        match node:
            case Linear():
                return self._linear(node, row, side)
            case Extreme(when=None):
                return self._extreme(node, row, side)
            case Extreme():
                return self._extreme_of_some(node, row, side)
            case Rank():
                return nearest_rank(self, node, self._rows(node, node.row, node.rows, row), side)
            case Guarded():
                return self._guarded(node, row, side)
            case Indicator():
                return {self._indicator(node, row, side): 1}, 0
            case Makespan():
                return self.places.makespan(side is not Side.ABOVE)
        raise UnsuitableError("the milp back-end does not take this value")

    def range(self, value: Sum) -> tuple[int, int]:
        """The least and the greatest value that the variables' bounds allow."""
        return self.sheet.range(value)

    def counts(self, node: Truth, row: int) -> int | bool:
        """A literal that is exactly a row's truth, or what is known of it."""
        return self.exactly(node, row)

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
        return self._exactly(node, row)

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

    # conditions

    def _compare(self, node: Compare, row: int, op: Operator, when: When) -> None:
        terms, constant = self.value(node.left, row, SIDES[op])
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


def _scaled(terms: Terms, factor: int) -> Terms:
    return {v: factor * c for v, c in terms.items()}


def _plus(terms: Terms, more: Terms, factor: int) -> Terms:
    total = dict(terms)
    for variable, c in more.items():
        total[variable] = total.get(variable, 0) + factor * c
    return total
