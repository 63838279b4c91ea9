"""Lags as simpler lags, and as comparisons.

Source: maximal lags. Target: precedence. For points p of a and q of b,

    q(b) - p(a) <= hi   is   p(a) - q(b) >= -hi,   an arrow back with a minimal lag.

Source: precedence. Target: linear. lo <= q(b) - p(a) is p(a) - q(b) + lo <= 0.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np

from schedc.compilers.constructs import Construct
from schedc.compilers.lowering.base import Lowering, Rewrite, rows_of
from schedc.compilers.lowering.rebuild import at_most_zero, difference
from schedc.models.columns import UNLIMITED, Flags
from schedc.models.model import Model
from schedc.models.statements import Order, Relation, Require


def _select(order: Order, rows: Flags) -> Order:
    return replace(
        order, first=order.first[rows], second=order.second[rows], lo=order.lo[rows], hi=order.hi[rows]
    )


def _both_ways(order: Order) -> Iterator[Order]:
    lower, upper = order.lo > -UNLIMITED, order.hi < UNLIMITED
    if lower.any():
        kept = _select(order, lower)
        yield replace(kept, hi=np.full(len(kept.first), UNLIMITED))
    if upper.any():
        kept = _select(order, upper)
        yield Order(
            order.origin, kept.second, kept.first, kept.second_point, kept.first_point, -kept.hi,
            np.full(len(kept.first), UNLIMITED),
        )


def _reversed(model: Model) -> Rewrite:
    relations: list[Relation] = []
    for relation in model.relations:
        relations.extend(_both_ways(relation) if isinstance(relation, Order) else [relation])
    return Rewrite(replace(model, relations=tuple(relations)))


def _compared(model: Model) -> Rewrite:
    relations: list[Relation] = []
    for relation in model.relations:
        if not isinstance(relation, Order):
            relations.append(relation)
            continue
        lower, upper = relation.lo > -UNLIMITED, relation.hi < UNLIMITED
        if lower.any():
            kept = _select(relation, lower)
            gap = difference(kept.first_point, kept.first, kept.second_point, kept.second, kept.lo)
            relations.append(Require(relation.origin, at_most_zero(gap)))
        if upper.any():
            kept = _select(relation, upper)
            relations.append(replace(kept, lo=np.full(len(kept.first), -UNLIMITED)))
    return Rewrite(replace(model, relations=tuple(relations)))


def _backward_rows(model: Model, more: int) -> Mapping[Construct, int]:
    return {Construct.PRECEDENCE: rows_of(Construct.MAXIMAL_LAGS, model) + more}


def _linear_rows(model: Model, more: int) -> Mapping[Construct, int]:
    return {Construct.LINEAR: rows_of(Construct.PRECEDENCE, model) + more}


BACKWARD = Lowering(
    "maximal lags as arrows back", Construct.MAXIMAL_LAGS, frozenset({Construct.PRECEDENCE}),
    "q(b) - p(a) <= hi is p(a) - q(b) >= -hi", _backward_rows, _reversed,
    not_beside=frozenset({Construct.CHOICE_LAGS}),
)
COMPARED = Lowering(
    "precedence as comparisons", Construct.PRECEDENCE, frozenset({Construct.LINEAR}),
    "p(a) + lo <= q(b)", _linear_rows, _compared,
    not_beside=frozenset({Construct.OPTIONAL, Construct.CHOICE_LAGS}),
)
