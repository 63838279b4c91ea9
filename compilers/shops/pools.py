"""Hybrid flow shops: pools of machines in stages, searched over one order of the jobs, forwards and backwards."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from schedc.compilers.shops.flow import flow_columns
from schedc.compilers.shops.recognise import flow_of
from schedc.compilers.shops.shop import Shop
from schedc.models.columns import Ints
from schedc.models.schedule import Schedule

_FIRST = 30_000         # moves of the first cycle of annealing; the next are longer
_HOT, _COLD = 0.3, 0.01         # temperatures as shares of a mean duration
_MOST = 1 << 60


class PoolSearch:
    """Annealing in cycles; `cost` is the value of `Goal` for the best order."""

    name = "pools"

    def __init__(self, shop: Shop, tasks: Ints, seed: int) -> None:
        from schedc.compilers.shops.pool_kernel import BEST, STATE

        self.shop, self.tasks = shop, tasks
        self.flow = flow_columns(shop, tasks)
        n, m = tasks.shape
        self._pools = np.minimum(shop.capacity[shop.machine[tasks[0]]], n)
        self._ready, self._row = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64)
        self._free, self._start = np.zeros(int(self._pools.max()), dtype=np.int64), np.zeros((n, m), dtype=np.int64)
        self.order, self.best = np.arange(n), np.arange(n)
        self.state, self.dice = np.zeros(STATE, dtype=np.int64), np.array([seed], dtype=np.uint64)
        self.state[BEST] = _MOST
        self.ways = np.full(2, _MOST, dtype=np.int64)       # the best of each direction
        scale = float(self.flow.p.mean()) if self.flow.kind == 0 else float(self.flow.p.mean()) * m
        self._hot, self._cold = max(_HOT * scale, 0.1), max(_COLD * scale, 0.01)
        goal = shop.goal
        self._both = goal.kind == "max" and not goal.tail.any() and not shop.release.any()

    @property
    def steps_in_second(self) -> float:
        """Moves in about a second."""
        return 1e9 / (1000 + self.shop.tasks * (8.0 + 1.5 * float(self._pools.mean())))

    @property
    def cost(self) -> int | None:
        """The best value so far."""
        from schedc.compilers.shops.pool_kernel import BEST

        return None if self.state[BEST] == _MOST else int(self.state[BEST])

    def advance(self, steps: int) -> None:
        """Goes on for so many moves."""
        from schedc.compilers.shops.pool_kernel import LEFT, anneal

        while steps > 0:
            if self.state[LEFT] <= 0:
                self._begin_cycle()
            done = int(min(steps, self.state[LEFT]))
            anneal(self.flow, self._pools, self.order, self.best, self._ready, self._row, self._free, self._start,
                   self.state, self.dice, self._hot, self._cold, done)
            if len(self.order) < 2:
                self.state[LEFT] = 0
            steps -= done

    def _begin_cycle(self) -> None:
        """The next direction, from a random order or, mostly, from the best."""
        from schedc.compilers.shops.compiled import draw, shuffle
        from schedc.compilers.shops.pool_kernel import BEST_WAY, CYCLE, LEFT, LENGTH, TRIAL, WAY

        state, cycle = self.state, int(self.state[CYCLE])
        if cycle > 0:
            self.ways[state[WAY]] = min(self.ways[state[WAY]], state[TRIAL])
        state[CYCLE] += 1
        state[LENGTH] = state[LEFT] = int(_FIRST * 1.5 ** min(cycle // 2, 8))
        better = int(self.ways[1] < self.ways[0])
        way = cycle % 2 if cycle < 4 or draw(self.dice, 4) == 0 else better
        state[WAY] = way if self._both else 0
        if state[WAY] != state[BEST_WAY] or self.cost is None:
            self.order[:] = np.argsort(-self.flow.p.sum(axis=1), kind="stable")
            shuffle(self.dice, self.order, len(self.order))
        else:
            self.order[:] = self.best
        self._stand()

    def _stand(self) -> None:
        """The cost of where the search stands."""
        from schedc.compilers.shops.pool_kernel import BEST, BEST_WAY, COST, TRIAL, WAY

        state = self.state
        state[COST] = state[TRIAL] = self._decoded(self.order, int(state[WAY]))
        if state[COST] < state[BEST]:
            state[BEST], state[BEST_WAY] = state[COST], state[WAY]
            self.best[:] = self.order

    def _decoded(self, order: Ints, way: int) -> int:
        from schedc.compilers.shops.pool_kernel import decode

        return decode(self.flow, self._pools, order, self._ready, self._row, self._free, self._start, way == 1)

    def adopt(self, schedule: Schedule) -> None:
        """Goes on from the order in which a schedule's jobs begin, if that gives a better one than the best so far."""
        from schedc.compilers.shops.pool_kernel import BEST, BEST_WAY, LEFT

        first = self.tasks[:, 0]
        order = np.lexsort((schedule.end[first], schedule.start[first])).astype(np.int64)
        cost = self._decoded(order, 0)
        if cost < self.state[BEST]:
            self.state[BEST], self.state[BEST_WAY], self.state[LEFT] = cost, 0, 0
            self.best[:] = order

    def schedule(self) -> Schedule:
        """The schedule of the best order."""
        from schedc.compilers.shops.pool_kernel import BEST_WAY

        way = int(self.state[BEST_WAY])
        cost = self._decoded(self.best, way)
        begin = self._start if way == 0 else cost - self._start - self.flow.p
        start = np.zeros(self.shop.tasks, dtype=np.int64)
        start[self.tasks] = begin
        return self.shop.schedule(start)

    def memory(self) -> dict[str, Ints]:
        """All columns that change."""
        columns = {name: getattr(self, name).copy() for name in ("order", "best", "state", "ways")}
        return {**columns, "dice": self.dice.view(np.int64).copy()}

    def recall(self, memory: Mapping[str, Ints]) -> None:
        """Goes on from such columns, which fit."""
        for name in ("order", "best", "state", "ways"):
            getattr(self, name)[:] = memory[name]
        self.dice[:] = memory["dice"].view(np.uint64)


def pool_search(shop: Shop, seed: int) -> PoolSearch | None:
    """The search for a flow shop with a pool of machines in some stage; None for other shops."""
    tasks, goal = flow_of(shop), shop.goal
    if tasks is None or shop.tight.any() or shop.permutation or shop.change:
        return None
    inner, last = tasks[:, :-1], tasks[:, -1]
    if not (shop.capacity[shop.machine] > 1).any() or shop.release[tasks[:, 1:]].any():
        return None
    if goal.weight[inner].any() or goal.tardy[inner].any():
        return None
    late = goal.kind == "max" and not (goal.counts[last].all() and not goal.tail[inner].any())
    return None if late else PoolSearch(shop, tasks, seed)
