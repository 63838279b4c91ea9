"""Lags by choice: lo + extra <= second - first <= hi + extra.

Without what the choices add the limits stand among the other orders, where they are no stricter than these.
"""

from __future__ import annotations

from schedc.compilers.conditions import Side, Sum, Terms
from schedc.compilers.cpsat.conditions import Conditions
from schedc.compilers.cpsat.places import Places
from schedc.compilers.cpsat.sheet import FREE, Affine
from schedc.models.columns import UNLIMITED
from schedc.models.expressions import IntExpr
from schedc.models.model import Model


def write_choice_lags(model: Model, places: Places, conditions: Conditions) -> None:
    """Every arrow whose lag depends on choices."""
    for order in model.orders:
        if order.extra is None:
            continue
        first, second = places.of(order.first_point), places.of(order.second_point)
        rows = zip(order.first.tolist(), order.second.tolist(), order.lo.tolist(), order.hi.tolist())
        for row, (a, b, lo, hi) in enumerate(rows):
            there = places.there(a, b)
            if lo > -UNLIMITED:
                _limit(first[a], second[b], conditions, (order.extra, row, Side.ABOVE), (lo, FREE), there)
            if hi < UNLIMITED:
                _limit(first[a], second[b], conditions, (order.extra, row, Side.BELOW), (-FREE, hi), there)


def _limit(
    first: Affine, second: Affine, conditions: Conditions, extra: tuple[IntExpr, int, Side], limits: tuple[int, int],
    there: tuple[int, ...],
) -> None:
    terms, constant = conditions.value(*extra)
    whole: Terms = {}
    for variable, coefficient in ((second[0], 1), (first[0], -1), *((v, -c) for v, c in terms.items())):
        if variable >= 0:
            whole[variable] = whole.get(variable, 0) + coefficient
    shift = second[1] - first[1] - constant
    lo, hi = (side if abs(side) == FREE else side - shift for side in limits)
    value: Sum = {v: c for v, c in whole.items() if c}, 0
    conditions.range(value)
    if value[0]:
        conditions.sheet.linear(value[0], lo, hi, there)
    elif not lo <= 0 <= hi:
        conditions.sheet.clause([], there)
