"""Where each task can start and end, before any search."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from schedc.models.columns import UNLIMITED, Ints
from schedc.models.expressions import Point
from schedc.models.model import Model

_ROUNDS = 400


@dataclass(frozen=True, eq=False)
class Windows:
    """Earliest and latest starts and ends by task; `conflict` says why none exist, None if nothing was found."""

    earliest_start: Ints
    latest_start: Ints
    earliest_end: Ints
    latest_end: Ints
    conflict: str | None = None


def windows(model: Model) -> Windows:
    """Bounds from releases, deadlines, lengths and orders."""
    es, le = model.release.copy(), np.minimum(model.deadline, model.horizon)
    slack = np.where(model.pausable, UNLIMITED, 0)
    ee, ls = es + model.shortest, le - model.shortest
    for _ in range(_ROUNDS):
        before = (es.sum(), le.sum(), ee.sum(), ls.sum())
        for o in model.orders:
            low, high = {Point.START: es, Point.END: ee}, {Point.START: ls, Point.END: le}
            up, down = o.lo > -UNLIMITED, o.hi < UNLIMITED
            np.maximum.at(low[o.second_point], o.second[up], low[o.first_point][o.first[up]] + o.lo[up])
            np.minimum.at(high[o.first_point], o.first[up], high[o.second_point][o.second[up]] - o.lo[up])
            np.minimum.at(high[o.second_point], o.second[down], high[o.first_point][o.first[down]] + o.hi[down])
            np.maximum.at(low[o.first_point], o.first[down], low[o.second_point][o.second[down]] - o.hi[down])
        np.maximum(ee, es + model.shortest, out=ee)
        np.minimum(ls, le - model.shortest, out=ls)
        np.maximum(es, ee - model.longest - slack, out=es)
        np.minimum(le, ls + model.longest + slack, out=le)
        if before == (es.sum(), le.sum(), ee.sum(), ls.sum()) or (es > ls).any():
            break
    late = np.flatnonzero((es > ls) | (ee > le))
    conflict = f"{model.task_name(int(late[0]))} cannot end in time" if len(late) else None
    return Windows(es, ls, ee, le, conflict)
