"""Lags by choice as conditions.

Source: lags by choice. Targets: linear, logic. For an arrow from p(a) to q(b) with limits lo, hi and x from choices,

    a absent,  or  b absent,  or  q(b) - p(a) >= lo + x;      likewise with <= hi + x.

Tasks that cannot be absent bring no option.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np

from schedc.compilers.constructs import Construct
from schedc.compilers.lowering.base import Lowering, Rewrite, rows_of
from schedc.compilers.lowering.rebuild import at_least_zero, at_most_zero, either, single
from schedc.models.columns import UNLIMITED, Flags, Ints
from schedc.models.expressions import Linear, Part, Point, Truth
from schedc.models.model import Model
from schedc.models.presence import presence_of
from schedc.models.statements import Order, Relation, Require


def _lowered(model: Model) -> Rewrite:
    optional = presence_of(model).optional
    relations: list[Relation] = []
    for relation in model.relations:
        if isinstance(relation, Order) and relation.extra is not None:
            relations.extend(_conditions(relation, optional))
        else:
            relations.append(relation)
    return Rewrite(replace(model, relations=tuple(relations)))


def _conditions(order: Order, optional: Flags) -> Iterator[Require]:
    """One condition for each limit and for each way in which the tasks may be absent."""
    loose_first, loose_second = optional[order.first], optional[order.second]
    for limit, limited, holds in (
        (order.lo, order.lo > -UNLIMITED, at_least_zero), (order.hi, order.hi < UNLIMITED, at_most_zero)
    ):
        for a in (False, True):
            for b in (False, True):
                rows = np.flatnonzero(limited & (loose_first == a) & (loose_second == b))
                if len(rows):
                    options: list[Truth] = [holds(_beyond(order, limit, rows))]
                    options += [_absent(order.first[rows])] if a else []
                    options += [_absent(order.second[rows])] if b else []
                    yield Require(order.origin, either(*options) if len(options) > 1 else options[0])


def _absent(tasks: Ints) -> Truth:
    return at_most_zero(single(Point.PRESENT, tasks))


def _beyond(order: Order, limit: Ints, rows: Ints) -> Linear:
    """q(b) - p(a) - limit - what choices add."""
    assert order.extra is not None
    n = len(rows)
    every = np.arange(n)
    parts = (Part(every, order.extra, rows, np.full(n, -1)),)
    points = np.tile(np.array([order.second_point, order.first_point], dtype=np.int64), n)
    tasks = np.stack([order.second[rows], order.first[rows]], axis=1).reshape(-1)
    return Linear(-limit[rows], np.repeat(every, 2), points, tasks, np.tile(np.array([1, -1]), n), parts)


def _adds(model: Model, more: int) -> Mapping[Construct, int]:
    rows = rows_of(Construct.CHOICE_LAGS, model) + more
    return {Construct.LINEAR: rows, Construct.LOGIC: rows if presence_of(model).optional.any() else 0}


CHOICE_LAGS = Lowering(
    "lags by choice as comparisons", Construct.CHOICE_LAGS, frozenset({Construct.LINEAR, Construct.LOGIC}),
    "q(b) - p(a) >= lo + x, or a or b is absent", _adds, _lowered,
)
