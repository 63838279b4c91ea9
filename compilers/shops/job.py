"""Job shops: tabu search from elite solutions and from the ways between them.

Path relinking after Peng, Lü and Cheng (2015): of two elite solutions one is led towards the other, by swaps of
neighbours on machines that stand the other way round there, to a random place in the middle; tabu search goes on from
there, and what it finds competes for a place among the elite. When all of these have become alike, all but the best
begin anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from schedc.compilers.shops.shop import Shop
from schedc.models.columns import Ints
from schedc.models.schedule import Schedule

if TYPE_CHECKING:
    from schedc.compilers.shops.job_graph import Graph

_ELITE = 8
_LIMIT = 12_500         # moves without a better solution after which a run of tabu search ends (Peng, Lü and Cheng)
_TABLE = 1 << 16
_ALIKE = 0.02           # share of all pairs on machines below which two solutions are alike
_SHARE = (0.3, 0.5)     # how far from one solution to the other
_LARGE = 30_000         # tasks: above this another search is better


class JobSearch:
    """Tabu search with path relinking for one shop; `cost` is the value of `Goal` for the best solution."""

    name = "jobs"

    def __init__(self, shop: Shop, seed: int) -> None:
        from schedc.compilers.shops.job_tabu import STATE

        self.shop, n = shop, shop.tasks
        self.graph, self.firsts, self._work = _graph(shop)
        self._machines = int(shop.machine.max()) + 1
        self._heads = np.zeros(self._machines, dtype=np.int32)
        self._path, self._space = np.zeros(n, dtype=np.int32), np.zeros(n + 2, dtype=np.int64)
        self._choice = np.zeros(10, dtype=np.int64)
        self.elite = np.zeros((_ELITE, n), dtype=np.int32)
        self.costs = np.full(_ELITE, -1, dtype=np.int64)
        self.best, self.run = np.zeros(n, dtype=np.int32), np.zeros(n, dtype=np.int32)
        self.banned, self.state = np.zeros(_TABLE, dtype=np.int32), np.zeros(STATE, dtype=np.int64)
        self.dice = np.array([seed], dtype=np.uint64)
        self.least = np.array([-1], dtype=np.int64)
        jobs = len(self.firsts)
        users = np.bincount(shop.machine)
        machines = max(1, int((users > 0).sum()))
        self._tenure = 10 + max(1, round(jobs / machines)) if jobs <= 2 * machines else 10 + jobs // 2
        self._pairs = max(1, int((users * (users - 1) // 2).sum()))

    @property
    def steps_in_second(self) -> float:
        """Moves in about a second."""
        return 1e9 / (3000 + 8 * self.shop.tasks)

    @property
    def cost(self) -> int | None:
        """The best value so far."""
        found = int(self.least[0])
        return None if found < 0 else found

    def advance(self, steps: int) -> None:
        """Goes on for so many moves; a new beginning counts as some."""
        from schedc.compilers.shops.job_tabu import BEST, STALE, tabu

        while steps > 0:
            if self.state[STALE] >= _LIMIT or self.least[0] < 0:
                self._end_run()
                self._begin_run()
                steps -= 300
            steps -= 1 + tabu(
                self.graph, self.run, self._path, self._space, self._choice, self.banned, self.state, self.dice,
                self._tenure, _LIMIT, max(1, steps),
            )
            if self.least[0] < 0 or self.state[BEST] < self.least[0]:
                self.least[0] = self.state[BEST]
                self.best[:] = self.run
            if self._choice[9] == 0:
                return      # a longest path without a choice of machine orders: nothing is shorter

    # the elite

    def _end_run(self) -> None:
        """The best of a run competes for a place."""
        from schedc.compilers.shops.job_tabu import BEST

        if self.least[0] >= 0:
            self._enter(self.run, int(self.state[BEST]))

    def _enter(self, order: Any, cost: int) -> None:
        free = np.flatnonzero(self.costs < 0)
        if len(free):
            where = int(free[0])
        else:
            where = int(np.argmax(self.costs))
            twin = self._twin(order, cost)
            if twin >= 0:
                where = twin
            if cost >= self.costs[where]:
                return
        self.elite[where], self.costs[where] = order, cost

    def _twin(self, order: Any, cost: int) -> int:
        """The elite solution that is almost the same, -1 without one."""
        from schedc.compilers.shops.job_graph import distance, place

        goal = np.empty(self.shop.tasks, dtype=np.int32)
        goal[order] = np.arange(self.shop.tasks)
        for i in range(_ELITE):
            if abs(int(self.costs[i]) - cost) * 200 <= cost:
                place(self.graph, self.elite[i], self._heads)
                if distance(self.graph, goal) < _ALIKE * self._pairs / 4:
                    return i
        return -1

    def _begin_run(self) -> None:
        free = np.flatnonzero(self.costs < 0)
        if len(free):
            self._start(self._random(greedy=self.least[0] < 0))
        else:
            self._relink()

    def _relink(self) -> None:
        """From one elite solution towards another; where they are alike, most of the elite begins anew."""
        from schedc.compilers.shops.compiled import chance, draw
        from schedc.compilers.shops.job_graph import blend, place

        a = draw(self.dice, _ELITE)
        b = (a + 1 + draw(self.dice, _ELITE - 1)) % _ELITE
        place(self.graph, self.elite[a], self._heads)
        goal = np.empty(self.shop.tasks, dtype=np.int32)
        goal[self.elite[b]] = np.arange(self.shop.tasks)
        share = _SHARE[0] + (_SHARE[1] - _SHARE[0]) * chance(self.dice)
        swaps = blend(self.graph, goal, share, self.dice)
        if swaps < max(2, share * _ALIKE * self._pairs):
            worse = np.argsort(self.costs, kind="stable")[1:]
            self.costs[worse] = -1
            self._start(self._random(greedy=False))
            return
        self._start(self.graph.order.copy())

    def _random(self, greedy: bool) -> Any:
        from schedc.compilers.shops.job_start import active

        order, jobs = np.empty(self.shop.tasks, dtype=np.int32), len(self.firsts)
        active(
            self.graph, self.firsts, self._work, order, np.zeros(self._machines, dtype=np.int64),
            np.zeros(jobs, dtype=np.int64), np.zeros(jobs, dtype=np.int32), 0.0 if greedy else 1.0, 0.5, self.dice,
        )
        return order

    def _start(self, order: Any) -> None:
        """Begins a run of tabu search."""
        from schedc.compilers.shops.job_graph import length, place
        from schedc.compilers.shops.job_tabu import AGE, BEST, COST, STALE

        place(self.graph, order, self._heads)
        self.run[:] = order
        self.state[[COST, BEST]], self.state[[AGE, STALE]] = length(self.graph), 0
        self.banned[:] = 0

    # schedules in and out

    def adopt(self, schedule: Schedule) -> None:
        """Goes on from a schedule that is better than the best so far."""
        from schedc.compilers.shops.job_graph import length, place

        order, kept = _topological(self.shop, schedule), self.graph.order.copy()
        place(self.graph, order, self._heads)
        cost = length(self.graph)
        if self.least[0] >= 0 and cost >= self.least[0]:
            place(self.graph, kept, self._heads)
            return
        if self.least[0] >= 0:
            self._end_run()
        self._start(order)
        self.best[:], self.least[0] = order, cost

    def schedule(self) -> Schedule:
        """The best solution with every task as early as it can be."""
        from schedc.compilers.shops.job_graph import place

        kept = self.graph.order.copy()
        place(self.graph, self.best, self._heads)
        start = (self.graph.end[:-1] - self.graph.time[:-1]).astype(np.int64)
        place(self.graph, kept, self._heads)
        return self.shop.schedule(start)

    _COLUMNS = ("elite", "costs", "best", "run", "banned", "state", "least")

    def memory(self) -> dict[str, Ints]:
        """All columns that change."""
        columns = {name: getattr(self, name).astype(np.int64) for name in self._COLUMNS}
        return {**columns, "order": self.graph.order.astype(np.int64), "dice": self.dice.view(np.int64).copy()}

    def recall(self, memory: Mapping[str, Ints]) -> None:
        """Goes on from such columns, which fit."""
        from schedc.compilers.shops.job_graph import place

        for name in self._COLUMNS:
            getattr(self, name)[:] = memory[name]
        self.dice[:] = memory["dice"].view(np.uint64)
        if self.least[0] >= 0:
            place(self.graph, memory["order"].astype(np.int32), self._heads)


def _topological(shop: Shop, schedule: Schedule) -> Any:
    """The tasks by start; those of equal start by end, then along their chains."""
    _, step = shop.chain
    return np.lexsort((step, schedule.end, schedule.start)).astype(np.int32)


def _graph(shop: Shop) -> tuple[Graph, Any, Ints]:
    """The graph without orders of machines, the first tasks, and the work from each task to the end of its job."""
    from schedc.compilers.shops.job_graph import Graph

    n, goal = shop.tasks, shop.goal

    def column(values: Ints) -> Any:
        return np.r_[values, 0].astype(np.int32)

    jp, js = (np.where(c < 0, n, c) for c in (shop.before, shop.after))
    lag = np.where(shop.before < 0, 0, shop.lag)
    last, firsts = np.flatnonzero(shop.after < 0), np.flatnonzero(shop.before < 0)
    none = np.full(n + 1, n, dtype=np.int32)
    zero = [np.zeros(n + 1, dtype=np.int32) for _ in range(2)]
    graph = Graph(
        column(shop.time), column(lag), column(shop.release), column(goal.tail), column(shop.machine),
        np.r_[jp, n].astype(np.int32), np.r_[js, n].astype(np.int32), none, none.copy(), zero[0], zero[1],
        np.arange(n, dtype=np.int32), np.arange(n, dtype=np.int32), np.zeros(n, dtype=np.int32),
        last.astype(np.int32), np.zeros(n + 2, dtype=np.int32), np.zeros((2, n + 1), dtype=np.int32),
    )
    return graph, firsts.astype(np.int32), _left(shop, last)


def _left(shop: Shop, last: Ints) -> Ints:
    work, now = shop.time.copy(), last
    while len(now):
        ahead = shop.before[now]
        now, ahead = now[ahead >= 0], ahead[ahead >= 0]
        work[ahead] += work[now] + shop.lag[now]
        now = ahead
    return work


def is_job_shop(shop: Shop) -> bool:
    """Whether every task has its machine, each machine takes one at a time, and the goal is a latest end."""
    goal, last = shop.goal, shop.after < 0
    plain = shop.fixed and not shop.change and not shop.tight.any() and not shop.permutation
    alone = not (shop.group >= 0).any() and bool((shop.capacity[shop.machine] == 1).all())
    return plain and alone and goal.kind == "max" and bool(goal.counts[last].all()) and not goal.tail[~last].any()


def job_search(shop: Shop, seed: int) -> JobSearch | None:
    """The search for a job shop with a latest end as its goal; None for other shops."""
    return JobSearch(shop, seed) if shop.tasks <= _LARGE and is_job_shop(shop) else None
