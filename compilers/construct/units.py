"""Tasks that are best placed together: those tied by exact lags, and the tasks of one job of a permutation."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from schedc.compilers.construct.rules import Keys
from schedc.compilers.construct.sequences import Order
from schedc.models.columns import Ints
from schedc.models.model import Model


def rigid(model: Model) -> tuple[Ints, Ints]:
    """The pairs of tasks whose distance is fixed, all arrows of one amount forth and back."""
    pairs = [(o.first[tied], o.second[tied]) for o in model.orders for tied in [o.lo == o.hi]]
    none = np.zeros(0, dtype=np.int64)
    first, second = (np.concatenate(column) for column in zip((none, none), *pairs))
    return first, second


def units_of(model: Model, order: Order) -> Ints:
    """By task the number of its unit, 0 .. units - 1."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    first, second = (column.tolist() for column in rigid(model))
    for lanes in order.classes:
        for one, other in pairwise(lanes):
            first += [one[job] for job in one if job in other]
            second += [other[job] for job in one if job in other]
    count = model.task_count
    ones = np.ones(len(first), dtype=np.int8)
    _, label = connected_components(coo_array((ones, (first, second)), shape=(count, count)), directed=False)
    return np.asarray(label, dtype=np.int64)


def together(keys: Keys, unit: Ints) -> Keys:
    """Keys under which the tasks of a unit follow one another, where its first one stood."""
    least = np.full(int(unit.max(initial=-1)) + 1, np.inf)
    np.minimum.at(least, unit, keys)
    order = np.lexsort((keys, unit, least[unit]))
    found = np.empty(len(keys), dtype=np.float64)
    found[order] = np.arange(len(keys))
    return found
