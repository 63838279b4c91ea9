"""Permutation flow shops: iterated greedy over one order of the jobs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from schedc.compilers.shops.recognise import flow_of
from schedc.compilers.shops.shop import Shop
from schedc.models.columns import Ints
from schedc.models.schedule import Schedule

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from schedc.compilers.shops.flow_places import Flow

_MOST_SETUPS = 30_000_000       # entries of the table of set-ups


class FlowSearch:
    """Iterated greedy for one shop; `cost` is the value of `Goal` for the best order."""

    name = "flow"

    def __init__(self, shop: Shop, flow: Ints, seed: int) -> None:
        from schedc.compilers.shops.flow_greedy import BEST, NOW, OUT, STATE
        from schedc.compilers.shops.flow_places import room_for

        self.shop, self.tasks = shop, flow
        self.flow = flow_columns(shop, flow)
        n, m = flow.shape
        self.room = room_for(n, m)
        self.seq, self.now, self.order = (np.arange(n) for _ in range(3))
        self.best, self.out = np.arange(n), self._begin()[::-1].copy()
        self.state = np.zeros(STATE, dtype=np.int64)
        self.state[[NOW, BEST]], self.state[OUT] = np.iinfo(np.int64).max >> 1, n
        self.dice = np.array([seed], dtype=np.uint64)
        self._count, self._heat = (2, 0.7) if self.flow.kind == 0 else (4, 5.0)
        self._heat *= float(self.flow.p.mean()) / 10

    @property
    def steps_in_second(self) -> float:
        """Insertions that about a second of work is enough for."""
        n, m = len(self.tasks), int(self.tasks.shape[1])
        cells = 3 * n * m if self.flow.fast else (n / 2 + 64) * n * m
        return 1e9 / (500 + 0.7 * cells)

    @property
    def cost(self) -> int | None:
        """The best value so far."""
        from schedc.compilers.shops.flow_greedy import BEST

        found = int(self.state[BEST])
        return None if found == np.iinfo(np.int64).max >> 1 else found

    def advance(self, steps: int) -> None:
        """Goes on for so many insertions."""
        from schedc.compilers.shops.flow_greedy import greedy

        greedy(self.flow, self.room, self.seq, self.now, self.best, self.order, self.out, self.state, self.dice,
               self._count, self._heat, steps)

    def _begin(self) -> Ints:
        """The order in which the first sequence is built: long jobs first (Nawaz, Enscore and Ham 1983) for a maximum,
        by due date (Kim 1993) or, without one, short jobs first for sums."""
        f, work = self.flow, self.flow.p.sum(axis=1).astype(np.int64)
        if f.kind == 0:
            return np.argsort(-(work + f.tail), kind="stable")
        rank = np.where(f.tardy > 0, f.due, work / np.maximum(1, f.weight))
        return np.argsort(rank, kind="stable")

    def adopt(self, schedule: Schedule) -> None:
        """Goes on from a schedule that is better than the best so far."""
        from schedc.compilers.shops.flow_greedy import BEST, COST, HEADS, NOW, OUT, PHASE, SIZE, STALE, TAILS
        from schedc.compilers.shops.flow_places import total

        n = len(self.best)
        order = np.lexsort((schedule.end[self.tasks[:, 0]], schedule.start[self.tasks[:, 0]])).astype(np.int64)
        known = np.zeros(2, dtype=np.int64)
        cost = int(total(self.flow, self.room, order, n, known))
        if self.cost is not None and cost >= self.cost:
            self.state[[HEADS, TAILS]] = 0
            return
        for column in (self.seq, self.now, self.best, self.order):
            column[:] = order
        self.state[[COST, NOW, BEST]], self.state[SIZE] = cost, n
        self.state[[OUT, HEADS, TAILS, STALE]], self.state[PHASE] = 0, 1

    def schedule(self) -> Schedule:
        """The best order with every operation as early as it can be."""
        from schedc.compilers.shops.flow_greedy import HEADS, TAILS
        from schedc.compilers.shops.flow_places import prefixes

        n = len(self.tasks)
        prefixes(self.flow, self.best, n, 0, self.room)
        self.state[[HEADS, TAILS]] = 0
        start = np.zeros(self.shop.tasks, dtype=np.int64)
        start[self.tasks[self.best].T] = self.room.e[1:, 1 : n + 1] - self.flow.pm[:, self.best]
        return self.shop.schedule(start)

    def memory(self) -> dict[str, Ints]:
        """All columns that change."""
        columns = {"seq": self.seq, "now": self.now, "best": self.best, "order": self.order, "out": self.out}
        return {**{k: v.copy() for k, v in columns.items()}, "state": self.state.copy(),
                "dice": self.dice.view(np.int64).copy()}

    def recall(self, memory: Mapping[str, Ints]) -> None:
        """Goes on from such columns, which fit."""
        from schedc.compilers.shops.flow_greedy import HEADS, TAILS

        for name in ("seq", "now", "best", "order", "out", "state"):
            getattr(self, name)[:] = memory[name]
        self.dice[:] = memory["dice"].view(np.uint64)
        self.state[[HEADS, TAILS]] = 0


def flow_search(shop: Shop, seed: int) -> FlowSearch | None:
    """The search for a shop in which all machines take the jobs in one order; None for other shops."""
    tasks = flow_of(shop)
    if tasks is None or not (shop.permutation or tasks.shape[1] == 1) or shop.tight.any():
        return None
    n, m = tasks.shape
    if (shop.capacity[shop.machine] != 1).any() or (shop.change and m * n * n > _MOST_SETUPS):
        return None
    inner = tasks[:, :-1]
    goal = shop.goal
    middle = goal.weight[inner].any() or goal.tardy[inner].any() or shop.release[tasks[:, 1:]].any()
    if middle or (goal.kind == "max" and not (goal.counts[tasks[:, -1]].all() and not goal.tail[inner].any())):
        return None
    if shop.change and (shop.time == 0).any():
        return None     # what has no length asks for no set-up
    return FlowSearch(shop, tasks, seed)


def flow_columns(shop: Shop, tasks: Ints) -> Flow:
    """The columns of a flow shop for compiled code."""
    from schedc.compilers.shops.flow_places import Flow

    p, last, goal = shop.time[tasks].astype(np.int32), tasks[:, -1], shop.goal
    lag = np.where(shop.before[tasks] >= 0, shop.lag[tasks], 0).astype(np.int32)
    release = shop.release[tasks[:, 0]].astype(np.int32)
    setup, opening = _setups(shop, tasks)
    kind = 0 if goal.kind == "max" else 1
    plain = not (lag.any() or release.any() or setup.size or goal.tail[last].any())
    pm = np.ascontiguousarray(p.T)
    return Flow(p, pm, lag, release, setup, opening, goal.tail[last], goal.weight[last], goal.tardy[last],
                goal.due[last], kind, int(plain and kind == 0))


def _setups(shop: Shop, tasks: Ints) -> tuple[NDArray[Any], NDArray[Any]]:
    n = len(tasks)
    if not shop.change:
        return np.zeros((0, 0, 0), dtype=np.int32), np.zeros((0, 0), dtype=np.int32)
    option = shop.ptr[tasks]
    machine = shop.machine[option[0]].tolist()
    first, second = np.repeat(np.arange(n), n), np.tile(np.arange(n), n)
    setup = [shop.gap(i, option[first, k], option[second, k]).reshape(n, n) for k, i in enumerate(machine)]
    opening = [shop.opening(i, option[:, k]) for k, i in enumerate(machine)]
    return np.stack(setup).astype(np.int32), np.stack(opening).astype(np.int32)
