"""First schedules of models in which all times are fixed and only addresses are to be found.

Uses are placed from below: each next one lies on the uses below it (at the greatest height reached so far at any of its
ticks), and at no lower address than the one before, so that every packing whose boxes cannot sink is met in one order
only. Only uses that begin below the top of every other one, were that placed now, come next: what begins higher would
leave room for that other. A branch ends where, at some tick, the height and what is still to be placed there pass the
capacity; a height counts as raised to the least address that any use at its tick can still have. (Such searches from
below, with these cuts, are known from Moffitt, "MiniMalloc", ASPLOS 2023.)

Which of several goes first is said by an order of the uses: by the load at their ticks, their time, their amount or
both multiplied, or by a product of powers of these with some noise. They take turns: in every round the rules have four
times as many branches as in the one before, and the mixtures, each another one, always as few.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import numpy as np

from schedc.compilers.windows import Windows
from schedc.models.columns import Ints
from schedc.models.model import Model
from schedc.models.schedule import Schedule

_BRANCHES = 4_000
_MIXED = 32                 # mixtures of rules in each round
_ROUNDS = 4                 # a few million branches at each height, however much time there is
_LARGEST = 4_000            # uses; with more of them the search does not come far


def packed(
    model: Model, bounds: Windows, seconds: float | None, seed: int, cancelled: Callable[[], bool]
) -> Iterator[Schedule]:
    """Schedules with less and less height, as long as the time lasts; without a goal one is enough.

    Nothing for models in which some time is open, or in which there is nothing to be placed. Not all that they say is
    looked at: who takes the schedules judges them.
    """
    uses = model.addressed
    still = (bounds.earliest_start == bounds.latest_start) & (model.shortest == model.longest)
    fixed = bool(still.all()) and not any(t.optional or t.modes or t.choices for t in model.tasks)
    if not len(uses.task) or not fixed or len(uses.task) > _LARGEST or model.availability:
        return
    end = None if seconds is None else time.monotonic() + seconds
    stop = lambda: cancelled() or (end is not None and time.monotonic() > end)      # noqa: E731
    start = bounds.earliest_start
    search = [
        _Search(uses.resource == r, start, model, int(model.capacity[r]), seed) for r in np.unique(uses.resource)
    ]
    address = np.zeros(len(uses.task), dtype=np.int64)
    for one in search:
        if not one.improve(stop):
            return
    while True:
        for one in search:
            address[one.rows] = one.address
        yield Schedule(start, start + model.shortest, model.shortest, address=address.copy())
        if not model.objective or not sum(one.improve(stop) for one in search):
            return


class _Search:
    """The uses of one resource: tick numbers are those of the instants at which some use begins or ends."""

    def __init__(
        self, mine: np.ndarray[tuple[int], np.dtype[np.bool_]], start: Ints, model: Model, most: int, seed: int
    ) -> None:
        uses = model.addressed
        self.rows = np.flatnonzero(mine & (model.longest[uses.task] > 0))
        task = uses.task[self.rows]
        begin, end = start[task], start[task] + model.shortest[task]
        ticks = np.unique(np.r_[begin, end])
        self.first, self.last = np.searchsorted(ticks, begin), np.searchsorted(ticks, end)
        self.amount = uses.amount[self.rows]
        load = np.zeros(len(ticks) + 1, dtype=np.int64)
        np.add.at(load, self.first, self.amount)
        np.add.at(load, self.last, -self.amount)
        self.load = np.cumsum(load)[: len(ticks)]
        self.least, self.limit = int(self.load.max(initial=0)), most
        self.address = np.zeros(len(self.rows), dtype=np.int64)
        self.orders = list(self._orders())
        self.chance = np.random.default_rng(seed)
        self.limit = min(most, int(self.amount.sum()))

    def improve(self, stop: Callable[[], bool]) -> bool:
        """Whether addresses within the limit were found; the limit is then below them."""
        from schedc.compilers.construct.packing import pack

        if self.limit < self.least:
            return False
        for rank, branches in self._turns():
            if stop():
                return False
            found = np.zeros(len(self.rows), dtype=np.int64)
            state = pack(self.first, self.last, self.amount, self.limit, rank, branches, found)
            if state > 0:
                self.address = found
                self.limit = int((found + self.amount).max(initial=0)) - 1
            if state:
                return state > 0
        return False

    def _turns(self) -> Iterator[tuple[Ints, int]]:
        """Orders with their branches: the rules, and mixtures of them, which are many and short."""
        for turn in range(_ROUNDS):
            branches = _BRANCHES << 2 * turn
            for rank in self.orders:
                yield rank, branches
            for _ in range(_MIXED):
                yield self._mixed(), _BRANCHES

    def _orders(self) -> Iterator[Ints]:
        """Ranks of the uses, by several rules."""
        long, most = self.last - self.first, self._most()
        area = long * self.amount
        for keys in (
            (area,), (most, long, self.amount), (long, self.amount), (long, most, self.amount), (most, area),
            (most, self.amount), (self.amount, long), (long,),
        ):
            yield _ranks(np.lexsort([-k for k in reversed(keys)]))

    def _mixed(self) -> Ints:
        """The ranks by a product of powers of load, time and amount, with some noise."""
        load = float(self.chance.choice((0, 0, 1, 2, 4, 8)))
        long, amount = self.chance.uniform(0, 2, size=2)
        noise = self.chance.normal(size=len(self.rows)) * self.chance.choice((0, 0.1, 0.3, 1))
        logs = (np.log(c.astype(np.float64)) for c in (self._most(), self.last - self.first, self.amount))
        key = sum(weight * column for weight, column in zip((load, float(long), float(amount)), logs))
        return _ranks(np.argsort(-(key + noise), kind="stable"))

    def _most(self) -> Ints:
        """The greatest load at the ticks of each use."""
        return np.array([self.load[a:b].max() for a, b in zip(self.first, self.last)], dtype=np.int64)


def _ranks(order: Ints) -> Ints:
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    return rank
