"""Two searches for one shop in turn: one for a part of its solutions, one for all of them that goes on from there.

Flow shops whose machines may take the jobs in different orders are searched with one order first: there are far fewer
of these, and the best of them is near the best of all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from schedc.compilers.shops.counted import Search
from schedc.compilers.shops.flow import flow_search
from schedc.compilers.shops.job import job_search
from schedc.compilers.shops.recognise import flow_of
from schedc.compilers.shops.shop import Shop
from schedc.models.columns import Ints
from schedc.models.schedule import Schedule

_TICKS = 100        # steps in a second of work
_TURN = 300         # steps of the first turn; each pair of turns is twice as long as the one before


class RelaySearch:
    """`narrow` and `wide` in turn, each of which begins with the other's best if that is better than its own."""

    name = "relay"
    steps_in_second = float(_TICKS)

    def __init__(self, narrow: Search, wide: Search) -> None:
        self.parts = (narrow, wide)
        self.clock = np.array([0, _TURN, _TURN], dtype=np.int64)    # whose turn, what is left of it, its length
        self._owed = [0.0, 0.0]

    @property
    def cost(self) -> int | None:
        """The best value so far."""
        return min((p.cost for p in self.parts if p.cost is not None), default=None)

    def advance(self, steps: int) -> None:
        """Goes on for so many hundredths of a second."""
        while steps > 0:
            turn, part = int(self.clock[0]), self.parts[int(self.clock[0])]
            done = min(steps, int(self.clock[1]))
            self._owed[turn] += done * part.steps_in_second / _TICKS
            whole = max(1, int(self._owed[turn]))
            part.advance(whole)
            self._owed[turn] -= whole
            steps -= done
            self.clock[1] -= done
            if self.clock[1] <= 0:
                self._pass()

    def _pass(self) -> None:
        turn = int(self.clock[0])
        self.clock[2] *= 1 + turn
        self.clock[0], self.clock[1] = 1 - turn, self.clock[2]
        if self.parts[turn].cost is not None:
            self.parts[1 - turn].adopt(self.parts[turn].schedule())

    def adopt(self, schedule: Schedule) -> None:
        """Goes on from a schedule that is better than the best so far."""
        for part in self.parts:
            part.adopt(schedule)

    def schedule(self) -> Schedule:
        """The best found."""
        return next(p.schedule() for p in self.parts if p.cost == self.cost)

    def memory(self) -> dict[str, Ints]:
        """All columns that change."""
        owed = np.array(self._owed).view(np.int64).copy()
        parts = {f"{i}.{name}": column for i, p in enumerate(self.parts) for name, column in p.memory().items()}
        return {"clock": self.clock.copy(), "shares": owed, **parts}

    def recall(self, memory: Mapping[str, Ints]) -> None:
        """Goes on from such columns, which fit."""
        self.clock[:] = memory["clock"]
        self._owed = memory["shares"].view(np.float64).tolist()
        for i, part in enumerate(self.parts):
            part.recall({name[2:]: column for name, column in memory.items() if name.startswith(f"{i}.")})


def relay_search(shop: Shop, seed: int) -> Search | None:
    """The search for a flow shop with orders of its own on each machine; None for other shops."""
    tasks = flow_of(shop)
    if tasks is None or tasks.shape[1] < 2 or shop.permutation:
        return None
    narrow = flow_search(replace(shop, permutation=True), seed)
    wide = job_search(shop, seed)
    return narrow if narrow is None or wide is None else RelaySearch(narrow, wide)
