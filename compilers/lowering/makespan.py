"""makespan = max(0, end(t) for every task t that may end last).

Source: makespan. Targets: extreme. A task does not end last where an arrow makes a longer-lasting one end strictly
later: end(a) + lag <= start(b) or end(b) with lag >= 0 and start(b) < end(b), or with lag > 0. Following such arrows
ends rise strictly, so some task that is left out by none of them ends last. Arrows to optional tasks, and lags by
choice, leave none out.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from schedc.compilers.constructs import Construct
from schedc.compilers.lowering.base import Lowering, Rewrite, rows_of
from schedc.compilers.lowering.rebuild import map_nodes, single
from schedc.models.columns import Ints
from schedc.models.expressions import Extreme, Makespan, Point
from schedc.models.model import Model
from schedc.models.presence import presence_of


def lowered(model: Model) -> Model:
    """The model with every makespan written out."""
    if not rows_of(Construct.MAKESPAN, model):
        return model
    ends = latest_end_of(last_tasks(model))
    return map_nodes(model, lambda node: ends if isinstance(node, Makespan) else node)


def latest_end_of(tasks: Ints) -> Extreme:
    """One row: max(0, the ends of the tasks)."""
    # the end of no task is the constant 0
    rows = len(tasks) + 1
    ends = single(Point.END, tasks)
    padded = type(ends)(np.zeros(rows, dtype=np.int64), ends.row, ends.point, ends.task, ends.coef)
    return Extreme("max", 1, np.zeros(rows, dtype=np.int64), padded, np.arange(rows))


def last_tasks(model: Model) -> Ints:
    """The tasks one of which ends last in every feasible schedule."""
    last = np.ones(model.task_count, dtype=np.bool_)
    optional = presence_of(model).optional
    for order in model.orders:
        if order.first_point is not Point.END or order.extra is not None:
            continue
        strictly = order.lo > 0
        if order.second_point is Point.START:
            strictly |= (order.lo >= 0) & (model.shortest[order.second] > 0)
        last[order.first[strictly & ~optional[order.second]]] = False
    return np.flatnonzero(last)


def _adds(model: Model, more: int) -> Mapping[Construct, int]:
    return {Construct.EXTREME: (rows_of(Construct.MAKESPAN, model) > 0) + more}


MAKESPAN = Lowering(
    "makespan as the latest end", Construct.MAKESPAN, frozenset({Construct.EXTREME}), "max(0, end of every task)",
    _adds, lambda model: Rewrite(lowered(model)),
)
