"""Percentiles for solvers: the nearest rank among values, tied by counting how many of them lie on either side.

Of n entries that count, v is the k-th smallest, k = ceil(p n / 100), exactly where

    p n <= 100 * #(x <= v)    and    (100 - p) n < 100 * #(x >= v):

the first says that v is at least the k-th smallest, the second that it is at most. Each count is of 0/1 variables that
are true only where an entry counts and lies on that side, so that either half alone bounds v from its own side. Where
nothing counts, v is 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from schedc.compilers.conditions import Side, Sum, Terms
from schedc.models.expressions import IntExpr, Rank, Truth

FREE = (1 << 63) - 1    # a side that does not bind, on either sheet


class Ranker(Protocol):
    """What of a back-end's writer is needed here."""

    @property
    def sheet(self) -> Any: ...

    def value(self, node: IntExpr, row: int, side: Side) -> Sum: ...

    def range(self, value: Sum) -> tuple[int, int]: ...

    def counts(self, node: Truth, row: int) -> int | bool:
        """A literal that is exactly a row's truth, or what is known of it."""


def nearest_rank(writer: Ranker, node: Rank, entries: Sequence[int], side: Side) -> Sum:
    """A row of a percentile, of the entries of that row."""
    counted: list[int] = []
    values: list[tuple[Sum, int | None]] = []
    for k in entries:
        there = True if node.when is None else writer.counts(node.when, k)
        if there is not False:
            literal = None if there is True else int(there)
            values.append((writer.value(node.child, int(node.child_row[k]), side), literal))
            counted += [] if literal is None else [literal]
    if not values:
        return {}, 0
    sheet, ranges = writer.sheet, [writer.range(value) for value, _ in values]
    loose = len(counted) == len(values)
    low, high = min(a for a, _ in ranges), max(b for _, b in ranges)
    variable = sheet.variable(min(low, 0), max(high, 0)) if loose else sheet.variable(low, high)
    some = _some(sheet, counted) if loose else ()
    size, whole = _sum(counted, len(values) - len(counted)), 100 * node.bottom
    if side is not Side.BELOW:
        sure = [_beside(sheet, variable, value, literal, 1) for value, literal in values]
        _at_least(sheet, sure, whole, size, node.top, 0, ())
    if side is not Side.ABOVE:
        sure = [_beside(sheet, variable, value, literal, -1) for value, literal in values]
        _at_least(sheet, sure, whole, size, whole - node.top, 1, some)
    if loose:
        sheet.linear({variable: 1}, 0 if side is not Side.BELOW else -FREE, 0 if side is not Side.ABOVE else FREE,
                     tuple(-literal - 1 for literal in some))
    return {variable: 1}, 0


def _some(sheet: Any, counted: Sequence[int]) -> tuple[int, ...]:
    """A literal that is true exactly where any of these is."""
    some = sheet.literal()
    sheet.clause([-some - 1, *counted])
    for literal in counted:
        sheet.clause([some, -literal - 1])
    return (some,)


def _beside(sheet: Any, variable: int, value: Sum, counts: int | None, sign: int) -> int:
    """A literal that is true only where the value counts and sign * value <= sign * variable."""
    terms, constant = value
    literal = sheet.literal()
    rest = {v: -c for v, c in terms.items()}
    rest[variable] = rest.get(variable, 0) + 1
    sheet.linear(rest, constant if sign > 0 else -FREE, FREE if sign > 0 else constant, (literal,))
    if counts is not None:
        sheet.clause([-literal - 1, counts])
    return int(literal)


def _at_least(
    sheet: Any, literals: Sequence[int], factor: int, size: Sum, share: int, more: int, when: Sequence[int]
) -> None:
    """factor * the number of true literals >= share * size + more, wherever `when` holds."""
    terms: Terms = {v: -share * c for v, c in size[0].items()}
    for literal in literals:
        terms[literal] = terms.get(literal, 0) + factor
    sheet.linear(terms, share * size[1] + more, FREE, tuple(when))


def _sum(literals: Sequence[int], constant: int) -> Sum:
    """How many literals are true, plus a constant."""
    terms: Terms = {}
    for literal in literals:
        variable, sign = (literal, 1) if literal >= 0 else (-literal - 1, -1)
        terms[variable] = terms.get(variable, 0) + sign
        constant += sign < 0
    return terms, constant
