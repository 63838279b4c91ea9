"""Flexible job shops: tabu search over machines and orders, from elite solutions and from mixtures of them.

A solution is an order of all tasks that keeps the chains, and an option for every task. Between two solutions lie
others: tasks in order of the weighted sum of their places in both, which keeps the chains, too, and each task with the
option that it has in the one or the other.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from schedc.compilers.shops.job import _graph, _topological
from schedc.compilers.shops.shop import Shop
from schedc.models.columns import Ints
from schedc.models.schedule import Schedule

_ELITE = 8
_LIMIT = 5000           # moves without a better solution after which a run ends
_TABLE = 1 << 16
_LARGE = 20_000         # tasks: above this a run would see too few moves


class FlexibleSearch:
    """Tabu search for one shop; `cost` is the value of `Goal` for the best solution."""

    name = "flexible"

    def __init__(self, shop: Shop, seed: int) -> None:
        from schedc.compilers.shops.job_tabu import STATE

        self.shop, n = shop, shop.tasks
        self.graph, self._firsts, _ = _graph(_cheapest(shop))
        self._machine, self._time = _spread(shop)
        self._machines = int(self._machine.max()) + 1
        self._ptr, self._owner = _pointers(shop)
        self._heads, self._first = (np.zeros(self._machines, dtype=np.int32) for _ in range(2))
        self._path, self._left = np.zeros(n, dtype=np.int32), np.zeros(n + 1, dtype=np.int32)
        self._space, self._choice = np.zeros(n + 2, dtype=np.int64), np.zeros(15, dtype=np.int64)
        self.elite, self.options = np.zeros((_ELITE, n), dtype=np.int32), np.zeros((_ELITE, n), dtype=np.int64)
        self.costs = np.full(_ELITE, -1, dtype=np.int64)
        self.best, self.run = np.zeros(n, dtype=np.int32), np.zeros(n, dtype=np.int32)
        self.best_option, self.run_option, self.option = (np.zeros(n, dtype=np.int64) for _ in range(3))
        self.banned, self.state = np.zeros(_TABLE, dtype=np.int32), np.zeros(STATE, dtype=np.int64)
        self.dice, self.least = np.array([seed], dtype=np.uint64), np.array([-1], dtype=np.int64)
        self._chance = np.random.default_rng(seed)
        self._tenure = 10 + len(self._firsts) // self._machines

    @property
    def steps_in_second(self) -> float:
        """Moves in about a second."""
        return 1e9 / (6000 + 40 * self.shop.tasks)

    @property
    def cost(self) -> int | None:
        """The best value so far."""
        found = int(self.least[0])
        return None if found < 0 else found

    def advance(self, steps: int) -> None:
        """Goes on for so many moves; a new beginning counts as some."""
        from schedc.compilers.shops.flexible_tabu import wander
        from schedc.compilers.shops.job_tabu import BEST, STALE

        while steps > 0:
            if self.state[STALE] >= _LIMIT or self.least[0] < 0:
                self._end_run()
                self._begin_run()
                steps -= 50
            steps -= 1 + wander(
                self.graph, self._ptr, self._machine, self._time, self.option, self._first, self._left, self.run,
                self.run_option, self._path, self._space, self._choice, self.banned, self.state, self.dice,
                self._tenure, _LIMIT, max(1, steps),
            )
            if self.least[0] < 0 or self.state[BEST] < self.least[0]:
                self.least[0] = self.state[BEST]
                self.best[:], self.best_option[:] = self.run, self.run_option

    # the elite

    def _end_run(self) -> None:
        """The best of a run takes the place of a free, a like or the worst elite solution, if it is no worse."""
        from schedc.compilers.shops.job_tabu import BEST

        if self.least[0] < 0:
            return
        cost = int(self.state[BEST])
        free, where = np.flatnonzero(self.costs < 0), int(np.argmax(self.costs))
        if len(free):
            where = int(free[0])
        else:
            differ = (self.options != self.run_option).mean(axis=1)
            alike = np.flatnonzero((differ < 0.02) & (self.costs == cost))
            where = int(alike[0]) if len(alike) else where
            if cost > self.costs[where]:
                return
        self.elite[where], self.options[where], self.costs[where] = self.run, self.run_option, cost

    def _begin_run(self) -> None:
        free = np.flatnonzero(self.costs < 0)
        if len(free):
            self._start(*self._random(greedy=self.least[0] < 0))
            return
        a, b = self._picked(_ELITE), 0
        b = (a + 1 + self._picked(_ELITE - 1)) % _ELITE
        differ = np.flatnonzero(self.options[a] != self.options[b])
        same = bool((self.elite[a] == self.elite[b]).mean() > 0.9)
        if len(differ) < 2 and same:
            self.costs[np.argsort(self.costs, kind="stable")[1:]] = -1
            self._start(*self._random(greedy=False))
            return
        self._start(*self._between(a, b, differ))

    def _picked(self, n: int) -> int:
        from schedc.compilers.shops.compiled import draw

        return int(draw(self.dice, n))

    def _uniform(self, n: int) -> Any:
        """So many random numbers in [0, 1)."""
        return np.random.default_rng([self._picked(1 << 30), 7]).random(n)

    def _between(self, a: int, b: int, differ: Ints) -> tuple[Any, Ints]:
        n = self.shop.tasks
        at = np.empty((2, n))
        at[0, self.elite[a]], at[1, self.elite[b]] = np.arange(n), np.arange(n)
        share = 0.2 + 0.3 * float(self._uniform(1)[0])
        order = np.argsort((1 - share) * at[0] + share * at[1], kind="stable")
        option = self.options[a].copy()
        taken = differ[self._uniform(len(differ)) < share]
        option[taken] = self.options[b][taken]
        return order.astype(np.int32), option

    def _random(self, greedy: bool) -> tuple[Any, Ints]:
        """Tasks in a random order along their chains, each where it ends first."""
        _, place = self.shop.chain
        steps = place.max() + 1
        keys = place / steps + (0 if greedy else 0.3) * self._uniform(self.shop.tasks)
        keys = _along(self.shop, keys)
        order = np.argsort(keys, kind="stable").astype(np.int32)
        return order, self._assigned(order)

    def _assigned(self, order: Any) -> Ints:
        """The option with which each task ends first, in this order."""
        free, ends = [0] * self._machines, [0] * self.shop.tasks
        ptr, machine, time = self._ptr.tolist(), self._machine.tolist(), self._time.tolist()
        before, lag, release = self.shop.before.tolist(), self.shop.lag.tolist(), self.shop.release.tolist()
        option = np.zeros(self.shop.tasks, dtype=np.int64)
        for x in order.tolist():
            ready = max(release[x], ends[before[x]] + lag[x] if before[x] >= 0 else 0)
            o = min(range(ptr[x], ptr[x + 1]), key=lambda o: (max(ready, free[machine[o]]) + time[o], time[o]))
            ends[x] = free[machine[o]] = max(ready, free[machine[o]]) + time[o]
            option[x] = o
        return option

    def _start(self, order: Any, option: Ints) -> None:
        """Begins a run of tabu search."""
        from schedc.compilers.shops.job_tabu import AGE, BEST, COST, STALE

        self.option[:] = option
        cost = self._settled(order)
        self.run[:], self.run_option[:] = order, option
        self.state[[COST, BEST]], self.state[[AGE, STALE]] = cost, 0
        self.banned[:] = 0

    def _settled(self, order: Any) -> int:
        from schedc.compilers.shops.flexible_tabu import settle

        return settle(
            self.graph, order.astype(np.int32), self._machine, self._time, self.option, self._first, self._heads
        )

    # schedules in and out

    def adopt(self, schedule: Schedule) -> None:
        """Goes on from a schedule that is better than the best so far."""
        order = _topological(self.shop, schedule)
        option = _parted(self.shop, self._ptr, self._machine, self.shop.options_of(schedule), schedule)
        kept, taken = self.graph.order.copy(), self.option.copy()
        self.option[:] = option
        cost = self._settled(order)
        if self.least[0] >= 0 and cost >= self.least[0]:
            self.option[:] = taken
            self._settled(kept)
            return
        self._end_run()
        self._start(order, option)
        self.best[:], self.best_option[:], self.least[0] = order, option, cost

    def schedule(self) -> Schedule:
        """The best solution with every task as early as it can be."""
        kept, taken = self.graph.order.copy(), self.option.copy()
        self.option[:] = self.best_option
        self._settled(self.best)
        start = (self.graph.end[:-1] - self.graph.time[:-1]).astype(np.int64)
        self.option[:] = taken
        if self.state.any():
            self._settled(kept)
        return self.shop.schedule(start, self._owner[self.best_option])

    _COLUMNS = ("elite", "options", "costs", "best", "run", "best_option", "run_option", "option", "banned", "state",
                "least")

    def memory(self) -> dict[str, Ints]:
        """All columns that change."""
        columns = {name: getattr(self, name).astype(np.int64) for name in self._COLUMNS}
        return {**columns, "order": self.graph.order.astype(np.int64), "dice": self.dice.view(np.int64).copy()}

    def recall(self, memory: Mapping[str, Ints]) -> None:
        """Goes on from such columns, which fit."""
        for name in self._COLUMNS:
            getattr(self, name)[:] = memory[name]
        self.dice[:] = memory["dice"].view(np.uint64)
        if self.least[0] >= 0:
            self._settled(memory["order"].astype(np.int32))


def _along(shop: Shop, keys: Any) -> Any:
    """Keys that grow along every chain."""
    found, now = keys.copy(), shop.after[shop.before < 0]
    now = now[now >= 0]
    while len(now):
        found[now] = np.maximum(found[now], found[shop.before[now]] + 1e-9)
        now = shop.after[now]
        now = now[now >= 0]
    return found


def _pointers(shop: Shop) -> tuple[Ints, Ints]:
    """The options of every task where each machine of a pool is an option; and the shop's option of each."""
    size = shop.capacity[shop.machine]
    owner = np.repeat(np.arange(len(size)), size)
    total = np.r_[0, np.cumsum(size)]
    return total[shop.ptr].astype(np.int64), owner


def _spread(shop: Shop) -> tuple[Ints, Ints]:
    """machine and time of the options, pools taken apart."""
    base = np.r_[0, np.cumsum(shop.capacity)]
    size = shop.capacity[shop.machine]
    within = np.arange(int(size.sum())) - np.repeat(np.cumsum(size) - size, size)
    return base[np.repeat(shop.machine, size)] + within, np.repeat(shop.time, size)


def _parted(shop: Shop, ptr: Ints, machine: Ints, option: Ints, schedule: Schedule) -> Ints:
    """The options of `_pointers` with which the tasks of a pool share its machines, first come first served."""
    first = np.r_[0, np.cumsum(shop.capacity[shop.machine])][option].astype(np.int64)
    size = shop.capacity[shop.machine[option]]
    found, free = first.copy(), [0] * (int(machine.max()) + 1)
    for x in np.lexsort((schedule.end, schedule.start)).tolist():
        if size[x] > 1:
            places = range(int(first[x]), int(first[x] + size[x]))
            o = min(places, key=lambda o: free[machine[o]])
            found[x], free[machine[o]] = o, int(schedule.end[x])
    return found


def _cheapest(shop: Shop) -> Shop:
    """The shop with the first option of each task, for its graph."""
    from dataclasses import replace

    pick = shop.ptr[:-1]
    columns = {name: getattr(shop, name)[pick] for name in ("machine", "time", "mode", "member", "state")}
    return replace(shop, ptr=np.arange(shop.tasks + 1), **columns)


def flexible_search(shop: Shop, seed: int) -> FlexibleSearch | None:
    """The search for a shop with choices or pools and a latest end as its goal; None for other shops."""
    goal, last = shop.goal, shop.after < 0
    if shop.change or shop.tight.any() or shop.permutation or (shop.group >= 0).any() or shop.tasks > _LARGE:
        return None
    if goal.kind != "max" or not goal.counts[last].all() or goal.tail[~last].any():
        return None
    return FlexibleSearch(shop, seed) if int(shop.capacity[shop.machine].sum()) <= 50 * shop.tasks + 1000 else None
