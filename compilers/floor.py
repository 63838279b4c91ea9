"""A lower bound of the makespan: the critical path, and the energy that each resource must deliver.

On a resource of capacity c(t), tasks with demand q and length at least d take q * d units of it. Of any set of users,
none of which can start before a and which all leave at least a tail b of other work behind them, the makespan is at
least b plus the first instant by which c has delivered their energy since a. Sets are cut off at each earliest start
(with the least tail of the set), and at each tail (with the least start).
"""

from __future__ import annotations

import numpy as np

from schedc.compilers.windows import Windows
from schedc.models.columns import Ints
from schedc.models.expressions import Point
from schedc.models.graph import dag
from schedc.models.model import Model
from schedc.models.profile import Steps
from schedc.models.statements import Order

_LARGEST = float(1 << 61)     # beyond this sums of energies might not fit 64 bits


def makespan_floor(model: Model, bounds: Windows, profiles: dict[int, Steps]) -> int:
    """A makespan that no schedule goes below."""
    tails = _tails(model)
    floor = int((bounds.earliest_end + tails).max(initial=0))
    task, resource, amount = model.demands
    if not _fits(model):
        return floor
    heads = np.flatnonzero(np.r_[True, np.diff(resource) != 0]) if len(task) else np.zeros(0, dtype=np.int64)
    for head, tail in zip(heads.tolist(), [*heads[1:].tolist(), len(task)]):
        r, users = int(resource[head]), task[head:tail]
        steps = profiles.get(r, Steps(np.zeros(1, dtype=np.int64), model.capacity[[r]]))
        energy = amount[head:tail] * model.shortest[users]
        floor = max(floor, _energy_floor(bounds.earliest_start[users], tails[users], energy, steps, model.horizon))
    return floor


def _fits(model: Model) -> bool:
    """Whether sums of energies and supplies stay within 64 bits."""
    task, _, amount = model.demands
    energy = float((amount.astype(np.float64) * model.shortest[task]).sum())
    return max(energy, float(model.capacity.max(initial=0)) * (model.horizon + 1)) < _LARGEST


def _energy_floor(start: Ints, tail: Ints, energy: Ints, steps: Steps, horizon: int) -> int:
    busy = energy > 0
    start, tail, energy = start[busy], tail[busy], energy[busy]
    if not len(start):
        return 0
    supply = _Supply(steps, horizon)
    best = 0
    for order in (np.argsort(-start, kind="stable"), np.argsort(-tail, kind="stable")):
        total = np.cumsum(energy[order])
        least_start, least_tail = np.minimum.accumulate(start[order]), np.minimum.accumulate(tail[order])
        best = max(best, int((supply.delivered(least_start, total) + least_tail).max()))
    return best


class _Supply:
    """The energy that a capacity has delivered since tick 0, and its inverse."""

    def __init__(self, steps: Steps, horizon: int) -> None:
        self._at, self._capacity = steps.at, steps.capacity
        sizes = np.diff(np.r_[steps.at, max(horizon, int(steps.at[-1]) + 1)])
        self._sum = np.r_[0, np.cumsum(sizes * steps.capacity)]

    def delivered(self, since: Ints, energy: Ints) -> Ints:
        """The first instants by which this much has been delivered since the given ones; never later than in truth."""
        k = np.searchsorted(self._at, since, side="right") - 1
        wanted = self._sum[k] + (since - self._at[k]) * self._capacity[k] + energy
        j = np.minimum(np.searchsorted(self._sum, wanted, side="left") - 1, len(self._at) - 1)
        rate = np.maximum(self._capacity[j], 1)
        return self._at[j] - (self._sum[j] - wanted) // rate


def _tails(model: Model) -> Ints:
    """For each task a time that passes between its end and the makespan: the longest path of orders after it."""
    nothing = np.zeros(model.task_count, dtype=np.int64)
    arcs = [_arcs(model, o) for o in model.orders if o.first_point is Point.END]
    if not arcs:
        return nothing
    first, second, weight = (np.concatenate(column) for column in zip(*arcs))
    graph = dag(model.task_count, second, first)
    return nothing if graph is None else np.minimum(graph.longest(weight, nothing), model.horizon)


def _arcs(model: Model, order: Order) -> tuple[Ints, Ints, Ints]:
    """From ends of first tasks to the ends of second ones, at least this much later."""
    keep = order.lo >= 0
    gain = model.shortest[order.second[keep]] if order.second_point is Point.START else 0
    return order.first[keep], order.second[keep], order.lo[keep] + gain
