"""Flow shops in which no job waits: the makespan is the length of a tour.

Between the starts of jobs a and b, one right behind the other, there must be D[a, b] = max over machines k of
O[a, k] + p[a, k] + s_k[a, b] - O[b, k], where O[j, k] is how long after the start of job j its k-th task starts. With a
city for the beginning, from which every job is 0 away (or as far as its first set-up) and to which job j has its whole
length to go, the makespan is the length of a tour through all cities.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from schedc.compilers.shops.recognise import flow_of
from schedc.compilers.shops.shop import Shop
from schedc.models.columns import Ints
from schedc.models.schedule import Schedule

_NEAR = 16
_HEAT = 0.4             # share of the mean distance to the nearest cities by which a worse tour is accepted
_MOST = 5000            # jobs, for the table of distances


class TourSearch:
    """Iterated local search on the order of the jobs; `cost` is the value of `Goal` for the best order."""

    name = "tour"

    def __init__(self, shop: Shop, tasks: Ints, seed: int) -> None:
        self.shop, self.tasks = shop, tasks
        self._offset, far = _distances(shop, tasks)
        self._less, self.far = _reduced(far)
        n = len(far)
        near = min(_NEAR, n - 1)
        self._out = _nearest(self.far, near)
        self._into = _nearest(self.far.T, near)
        self.tour, self.best = (np.arange(n, dtype=np.int32) for _ in range(2))
        self.now = self.tour.copy()
        self._at, self._spare, self._queue, self._waits = (np.zeros(n + 6, dtype=np.int32) for _ in range(4))
        self.state, self.dice = np.full(2, -1, dtype=np.int64), np.array([seed], dtype=np.uint64)
        self._heat = max(1e-9, _HEAT * float(np.take_along_axis(self.far, self._out, axis=1).mean()))

    @property
    def steps_in_second(self) -> float:
        """Shakes in about a second."""
        return 1e9 / (6000 + 4 * len(self.far))

    @property
    def cost(self) -> int | None:
        """The best value so far."""
        from schedc.compilers.shops.tour_kernel import BEST

        return None if self.state[BEST] < 0 else int(self.state[BEST]) + self._less

    def advance(self, steps: int) -> None:
        """Goes on for so many shakes."""
        from schedc.compilers.shops.tour_kernel import BEST, travel

        if self.state[BEST] < 0:
            self._begin(_greedy(self.far))
        travel(
            self.far, self._out, self._into, self.tour, self._at, self.now, self.best, self._spare, self._queue,
            self._waits, self.state, self.dice, self._heat, steps,
        )

    def _begin(self, tour: Any) -> None:
        from schedc.compilers.shops.tour_kernel import BEST, COST, settle, tour_cost

        self.tour[:] = tour
        settle(self.far, self._out, self._into, self.tour, self._at, self._spare, self._queue, self._waits)
        cost = tour_cost(self.far, self.tour)
        self.now[:], self.state[COST] = self.tour, cost
        if self.state[BEST] < 0 or cost < self.state[BEST]:
            self.best[:], self.state[BEST] = self.tour, cost

    def adopt(self, schedule: Schedule) -> None:
        """Goes on from a schedule that is better than the best so far."""
        from schedc.compilers.shops.tour_kernel import BEST, tour_cost

        first = self.tasks[:, 0]
        tour = np.r_[0, 1 + np.lexsort((schedule.end[first], schedule.start[first]))].astype(np.int32)
        if self.state[BEST] < 0 or tour_cost(self.far, tour) < self.state[BEST]:
            self._begin(tour)

    def schedule(self) -> Schedule:
        """The best order with every job as early as it can be."""
        far = _distances(self.shop, self.tasks)[1]
        tour = np.roll(self.best, -int(np.flatnonzero(self.best == 0)[0]))
        begin = np.zeros(len(far), dtype=np.int64)
        begin[tour[1:]] = np.cumsum(far[tour[:-1], tour[1:]].astype(np.int64))
        start = np.zeros(self.shop.tasks, dtype=np.int64)
        start[self.tasks] = begin[1:, None] + self._offset
        return self.shop.schedule(start)

    def memory(self) -> dict[str, Ints]:
        """All columns that change."""
        columns = {name: getattr(self, name).astype(np.int64) for name in ("tour", "now", "best", "state")}
        return {**columns, "dice": self.dice.view(np.int64).copy()}

    def recall(self, memory: Mapping[str, Ints]) -> None:
        """Goes on from such columns, which fit."""
        for name in ("tour", "now", "best", "state"):
            getattr(self, name)[:] = memory[name]
        self.dice[:] = memory["dice"].view(np.uint64)
        self._at[self.tour] = np.arange(len(self.tour))


def _distances(shop: Shop, tasks: Ints) -> tuple[Ints, Any]:
    """offset[j, k] and far[1 + n, 1 + n], city 0 the beginning."""
    n, m = tasks.shape
    work, lag = shop.time[tasks], np.where(shop.before[tasks] >= 0, shop.lag[tasks], 0)
    done = np.cumsum(work + lag, axis=1)
    offset = done - work
    far = np.zeros((n + 1, n + 1), dtype=np.int32)
    far[1:, 0] = done[:, -1]
    first, second = np.repeat(np.arange(n), n), np.tile(np.arange(n), n)
    option = shop.ptr[tasks]
    for k in range(m):
        apart = done[:, k, None] - offset[None, :, k]
        if shop.change:
            machine = int(shop.machine[option[0, k]])
            apart = apart + shop.gap(machine, option[first, k], option[second, k]).reshape(n, n)
            far[0, 1:] = np.maximum(far[0, 1:], shop.opening(machine, option[:, k]) - offset[:, k])
        np.maximum(far[1:, 1:], apart, out=far[1:, 1:], casting="unsafe")
    return offset, far


def _reduced(far: Any) -> tuple[int, Any]:
    """The distances less what every tour has to go into and out of each city; and that, summed up."""
    n, less = len(far), 0
    found = far.copy()
    np.fill_diagonal(found, np.iinfo(np.int32).max >> 1)
    for _ in range(3):
        for axis in (1, 0):
            least = found.min(axis=axis)
            found -= least[:, None] if axis else least[None, :]
            less += int(least.astype(np.int64).sum())
            np.fill_diagonal(found, np.iinfo(np.int32).max >> 1)
    found[np.arange(n), np.arange(n)] = 0
    return less, np.ascontiguousarray(found)


def _nearest(far: Any, near: int) -> Any:
    values = far.astype(np.int64)
    np.fill_diagonal(values, np.iinfo(np.int64).max)
    return np.argsort(values, axis=1, kind="stable")[:, :near].astype(np.int32)


def _greedy(far: Any) -> Any:
    """Always on to the nearest city."""
    values = far.astype(np.int64)
    tour, big = [0], np.iinfo(np.int64).max
    values[:, 0] = big
    while len(tour) < len(far):
        city = int(np.argmin(values[tour[-1]]))
        tour.append(city)
        values[:, city] = big
    return np.array(tour, dtype=np.int32)


def tour_search(shop: Shop, seed: int) -> TourSearch | None:
    """The search for a flow shop without waiting and with the makespan as its goal; None for other shops."""
    tasks, goal = flow_of(shop), shop.goal
    if tasks is None or len(tasks) > _MOST or len(tasks) < 2 or shop.release.any():
        return None
    tight, last = shop.tight[tasks[:, 1:]].all() and tasks.shape[1] > 1, tasks[:, -1]
    latest = goal.kind == "max" and goal.counts[last].all() and not goal.tail.any()
    if not tight or not latest or (shop.capacity[shop.machine] != 1).any():
        return None
    return None if shop.change and (shop.time == 0).any() else TourSearch(shop, tasks, seed)
