"""A lower bound of the makespan from what resources must deliver and what must follow.

The tail of a task is the time that must pass between its end and the end of the last task. For any set of tasks on one
resource of capacity c(t), each with at least q units for at least d ticks, the makespan is at least the least tail in
the set plus the first instant by which c has delivered the set's energy, the sum of q d, since its earliest start.
"""

from __future__ import annotations

from heapq import heappop, heappush
from typing import TYPE_CHECKING

import numpy as np

from schedc.models.columns import Ints, distinct
from schedc.models.facts import Facts, facts_of
from schedc.models.model import Model
from schedc.models.points import Points
from schedc.models.presence import certain
from schedc.models.profile import Steps

if TYPE_CHECKING:
    from schedc.models.bounds import Bounds

_PASSES = 8             # of tails around cycles; stopping early only makes them shorter
_MOST_ROWS = 300_000    # for the one-machine bound, which is a plain loop
_LARGEST = float(1 << 61)


def makespan_lower_bound(model: Model, bounds: Bounds, probing: bool = False) -> int:
    """No schedule within the bounds has its latest end below this many ticks from the origin.

    The greatest of: earliest end plus tail of each task; each resource's energy over the sets of tasks that start late
    or have a long tail; and, for resources that hold one task at a time and `exclusive` groups, the preemptive
    one-machine schedule. probing: see what `probe` makes of that, which costs more and is remembered for the model;
    then the bounds must be those of all its schedules.
    """
    sure, facts = certain(model), facts_of(model)
    floor = max(_plain(sure, bounds), facts.floor)
    if probing:
        from schedc.models.probe import raised

        floor = facts.floor = raised(sure, bounds, floor, facts_of(sure))
    return floor


def _plain(model: Model, bounds: Bounds) -> int:
    facts = facts_of(model)
    tails = _tails(facts.points, model)
    floor = int((bounds.earliest_end + tails).max(initial=0))
    floor = max(floor, _by_energy(model, facts, bounds.earliest_start, tails))
    return max(floor, _one_at_a_time(model, bounds.earliest_start, tails))


def _tails(points: Points, model: Model) -> Ints:
    """What must follow each task's end."""
    base = np.zeros(points.nodes, dtype=np.int64)
    base[: points.tasks] = model.shortest
    value = base
    for _ in range(_PASSES):
        last, value = value, points.back.step(value)
        if np.array_equal(last, value):
            break
    tails: Ints = value[points.end_node] - points.end_shift
    return np.maximum(tails, 0)


def _by_energy(model: Model, facts: Facts, heads: Ints, tails: Ints) -> int:
    d, profiles = model.demands, facts.profiles
    energy = d.amount * model.shortest[d.task]
    most = float(model.capacity.max(initial=0)) * (model.horizon + 1)
    if max(most, float((d.amount.astype(np.float64) * model.shortest[d.task]).sum())) > _LARGEST:
        return 0        # sums might not fit 64 bits
    floor, begins = 0, np.searchsorted(d.resource, np.arange(model.resource_count + 1)).tolist()
    for r in distinct(d.resource).tolist():
        part = slice(begins[r], begins[r + 1])
        task = d.task[part][energy[part] > 0]
        supply = Supply(profiles.get(r, Steps(np.zeros(1, dtype=np.int64), model.capacity[r : r + 1])), model.horizon)
        floor = max(floor, _delivered(supply, heads[task], tails[task], energy[part][energy[part] > 0]))
    return floor


def _delivered(supply: Supply, heads: Ints, tails: Ints, energy: Ints) -> int:
    """The bound over the sets cut off at each earliest start, and at each tail."""
    floor = 0
    for order in (np.argsort(-heads, kind="stable"), np.argsort(-tails, kind="stable")):
        if len(order):
            start = np.minimum.accumulate(heads[order])
            least = np.minimum.accumulate(tails[order])
            done = supply.when(supply.before(start) + np.cumsum(energy[order]))
            floor = max(floor, int((done + least).max()))
    return floor


class Supply:
    """The integral of a capacity over time. What is not delivered within the horizon comes one tick after it."""

    def __init__(self, steps: Steps, horizon: int) -> None:
        self._at, self._capacity, self._horizon = steps.at, steps.capacity, horizon
        width = np.diff(np.r_[steps.at, horizon])
        self._sum = np.r_[0, np.cumsum(width * steps.capacity)]

    def before(self, t: Ints) -> Ints:
        """What [0, t) delivers."""
        k = np.searchsorted(self._at, t, side="right") - 1
        reached: Ints = self._sum[k] + (np.minimum(t, self._horizon) - self._at[k]) * self._capacity[k]
        return reached

    def when(self, amount: Ints) -> Ints:
        """The first instant by which that much has been delivered."""
        k = np.searchsorted(self._sum, amount, side="left") - 1
        short = amount > self._sum[-1]
        k = np.clip(k, 0, len(self._at) - 1)
        more = -((self._sum[k] - amount) // np.maximum(self._capacity[k], 1))
        return np.where(short, self._horizon + 1, self._at[k] + more)


def _one_at_a_time(model: Model, heads: Ints, tails: Ints) -> int:
    """The one-machine bound of each group of tasks of which no two overlap."""
    d, floor, rows = model.demands, 0, 0
    alone = 2 * d.amount > model.capacity[d.resource]     # two tasks that each need more than half never meet
    task, resource = d.task[alone], d.resource[alone]
    groups = np.split(task, np.flatnonzero(np.diff(resource)) + 1) if len(task) else []
    for e in model.exclusives:
        groups += [e.task[a:b] for a, b in zip(e.ptr[:-1].tolist(), e.ptr[1:].tolist()) if b - a > 2]
    for group in groups:
        rows += len(group)
        if rows > _MOST_ROWS:
            break
        columns = (heads[group], model.shortest[group], tails[group])
        floor = max(floor, one_machine(*(c.tolist() for c in columns)))
    return floor


def one_machine(heads: list[int], lengths: list[int], tails: list[int]) -> int:
    """The makespan of the best preemptive schedule of one machine (Jackson): the longest tail available works first.

    It is the greatest of least head + work + least tail over all sets of tasks, and so a bound without preemption.
    """
    coming = sorted((h, -q, p) for h, p, q in zip(heads, lengths, tails) if p > 0)
    waiting: list[tuple[int, int]] = []
    now, floor, k = 0, 0, 0
    while k < len(coming) or waiting:
        if not waiting:
            now = max(now, coming[k][0])
        while k < len(coming) and coming[k][0] <= now:
            heappush(waiting, coming[k][1:])
            k += 1
        tail, left = heappop(waiting)
        until = now + left if k == len(coming) else min(now + left, coming[k][0])
        left -= until - now
        now = until
        if left:
            heappush(waiting, (tail, left))
        else:
            floor = max(floor, now - tail)
    return floor
