"""Job shops of ten thousands to millions of tasks: simulation by rules, then one stretch of the schedule after another.

First schedules come from simulations in which the most work left in a job is the most urgent, with more and more chance
in it. The best is improved stretch by stretch: the tasks at some thousand neighbouring places of a topological order
are a job shop of their own, with releases from what comes before and tails from what comes behind; tabu search shortens
the longest path through it, which never lengthens the whole.
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

_STRETCH = 2000         # tasks that are improved together
_MOVES = 4000           # moves in a stretch at most
_LIMIT = 600            # moves without a better solution after which a stretch is left
_RULES = 12             # simulations before the first stretch
_TABLE = 1 << 14


class LargeSearch:
    """Simulations, then stretches; `cost` is the value of `Goal` for the best solution."""

    name = "stretches"

    def __init__(self, shop: Shop, seed: int) -> None:
        from schedc.compilers.shops.job import _graph
        from schedc.compilers.shops.job_tabu import STATE

        self.shop, n = shop, shop.tasks
        self.graph, self._firsts, self._work = _graph(shop)
        machines = int(shop.machine.max()) + 1
        self._heads, self._reach, self._queue, self._busy, self._touched, self._marks = (
            np.zeros(machines, dtype=np.int32) for _ in range(6)
        )
        self._local = np.full(n + 1, -1, dtype=np.int32)
        self._heap = np.zeros(len(self._firsts) + machines + 8, dtype=np.int64)
        self.order = np.zeros(n, dtype=np.int32)
        self.place = np.array([0, 0, -1], dtype=np.int64)       # simulations done, next place, best value
        self.dice = np.array([seed], dtype=np.uint64)
        w = min(_STRETCH, n)
        self._path, self._best = np.zeros(w, dtype=np.int32), np.zeros(w, dtype=np.int32)
        self._space, self._choice = np.zeros(w + 2, dtype=np.int64), np.zeros(10, dtype=np.int64)
        self._banned, self._state = np.zeros(_TABLE, dtype=np.int32), np.zeros(STATE, dtype=np.int64)

    @property
    def steps_in_second(self) -> float:
        """Simulations or stretches in about a second."""
        return 1e9 / (1e8 + 500 * self.shop.tasks)

    @property
    def cost(self) -> int | None:
        """The best value so far."""
        found = int(self.place[2])
        return None if found < 0 else found

    def advance(self, steps: int) -> None:
        """Goes on for so many simulations or stretches."""
        for _ in range(steps):
            if self.place[0] < _RULES:
                self._simulate()
            else:
                self._improve()

    def _simulate(self) -> None:
        from schedc.compilers.shops.compiled import draw
        from schedc.compilers.shops.large_kernel import simulate

        number, order = int(self.place[0]), np.empty_like(self.order)
        noise = np.random.default_rng([int(draw(self.dice, 1 << 30)), number])
        share = 0.1 * (number % 6)
        urgency = self._work
        if share:
            urgency = (self._work * (1 + share * noise.random(self.shop.tasks))).astype(np.int64)
        simulate(self.graph, self._firsts, urgency, order, self._heap, self._queue,
                 np.empty(self.shop.tasks + 1, dtype=np.int32), self._busy, self._touched, self._marks)
        self.place[0] += 1
        self._take(order)

    def _take(self, order: Any) -> None:
        """Keeps an order if it is the best; the graph holds the best after the last simulation."""
        from schedc.compilers.shops.job_graph import length, place

        place(self.graph, order, self._heads)
        cost = length(self.graph)
        if self.place[2] < 0 or cost < self.place[2]:
            self.place[2], self.order[:] = cost, order
        elif self.place[0] >= _RULES:
            place(self.graph, self.order, self._heads)

    def _improve(self) -> None:
        """One stretch: what is inside it gets shorter, or stays."""
        from schedc.compilers.shops.job_graph import back, forth, length, place
        from schedc.compilers.shops.job_tabu import AGE, BEST, COST, STALE, tabu
        from schedc.compilers.shops.large_kernel import cut_out, put_back

        g, n = self.graph, self.shop.tasks
        w = min(_STRETCH, n)
        lo = int(self.place[1])
        self.place[1] = lo + w // 2 if lo + w < n else 0
        lo = min(lo, n - w)
        sub = _empty(w)
        _, ends = cut_out(g, lo, lo + w, self._local, sub, self._reach)
        sub = sub._replace(last=sub.last[:ends])
        self._best[:] = sub.order
        place(sub, self._best, self._heads)
        before = length(sub)
        self._state[[COST, BEST]], self._state[[AGE, STALE]] = before, 0
        self._banned[:] = 0
        tabu(sub, self._best, self._path, self._space, self._choice, self._banned, self._state, self.dice, 12, _LIMIT,
             _MOVES)
        if self._state[BEST] < before:
            put_back(g, lo, self._best, w, self._local[:w].copy())
            self._sorted(g)
            forth(g, 0)
            back(g, n - 1)
            self.order[:], self.place[2] = g.order, length(g)

    def _sorted(self, g: Graph) -> None:
        """The graph anew from its order, by starts: so neighbours in the order are neighbours in time."""
        from schedc.compilers.shops.job_graph import place

        place(g, g.order.copy(), self._heads)
        start = g.end[:-1] - g.time[:-1]
        place(g, g.order[np.argsort(start[g.order], kind="stable")], self._heads)

    def adopt(self, schedule: Schedule) -> None:
        """Goes on from a schedule that is better than the best so far."""
        from schedc.compilers.shops.job import _topological

        if self.place[2] < 0 or self.shop.goal.value(schedule.end) < self.place[2]:
            self.place[0] = _RULES
            self._take(_topological(self.shop, schedule))

    def schedule(self) -> Schedule:
        """The best solution with every task as early as it can be."""
        from schedc.compilers.shops.job_graph import place

        place(self.graph, self.order, self._heads)
        return self.shop.schedule((self.graph.end[:-1] - self.graph.time[:-1]).astype(np.int64))

    def memory(self) -> dict[str, Ints]:
        """All columns that change."""
        return {"order": self.order.astype(np.int64), "place": self.place.copy(),
                "dice": self.dice.view(np.int64).copy()}

    def recall(self, memory: Mapping[str, Ints]) -> None:
        """Goes on from such columns, which fit."""
        from schedc.compilers.shops.job_graph import place

        self.order[:], self.place[:] = memory["order"], memory["place"]
        self.dice[:] = memory["dice"].view(np.uint64)
        if self.place[2] >= 0:
            place(self.graph, self.order, self._heads)


def _empty(w: int) -> Graph:
    """A graph of w tasks, to be filled."""
    from schedc.compilers.shops.job_graph import Graph

    columns = [np.zeros(w + 1, dtype=np.int32) for _ in range(11)] + [np.zeros(w, dtype=np.int32) for _ in range(4)]
    for which in (5, 6, 7, 8):
        columns[which][w] = w
    columns += [np.zeros(w + 2, dtype=np.int32), np.zeros((2, w + 1), dtype=np.int32)]
    return Graph._make(columns)


def large_search(shop: Shop, seed: int) -> LargeSearch | None:
    """The search for a job shop with a latest end as its goal, however many tasks; None for other shops."""
    from schedc.compilers.shops.job import is_job_shop

    return LargeSearch(shop, seed) if is_job_shop(shop) else None
