"""What all searches over shops share: shares of work without a clock, and schedules in and out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

import numpy as np

from schedc.compilers.shops.shop import Goal, Shop
from schedc.models.columns import Ints
from schedc.models.schedule import Schedule

_LOOKS = 20     # how often a second of work is interrupted to look whether to stop


class Search(Protocol):
    """A search that goes on in small steps and knows the best that it found."""

    name: str

    @property
    def steps_in_second(self) -> float:
        """Steps that about a second of work is enough for; a constant of the shop."""
        ...

    @property
    def cost(self) -> int | None:
        """The value of the goal for the best found, None before anything was."""
        ...

    def advance(self, steps: int) -> None:
        """Goes on for so many steps, without the interpreter's lock."""
        ...

    def adopt(self, schedule: Schedule) -> None:
        """Goes on from this schedule, if it is better than the best found."""
        ...

    def schedule(self) -> Schedule:
        """The best found."""
        ...

    def memory(self) -> dict[str, Ints]:
        """Columns from which `recall` goes on."""
        ...

    def recall(self, memory: Mapping[str, Ints]) -> None:
        """Goes on from columns of the same names and lengths."""
        ...


class ShopImprover:
    """An `Improver` around a search. Work is counted, not timed, so that a seed always gives the same schedules."""

    def __init__(self, shop: Shop, search: Search) -> None:
        self._shop, self._search, self.name = shop, search, search.name
        self._owed = 0.0

    def step(self, known: Schedule | None, seconds: float, stopped: Callable[[], bool]) -> Schedule | None:
        """See `Improver.step`."""
        if known is not None:
            self._search.adopt(known)
        rate = self._search.steps_in_second
        self._owed += seconds * rate
        least = self._search.cost is None
        while (self._owed >= 1 or least) and not stopped():
            steps = max(1, int(min(self._owed, rate / _LOOKS)))
            self._search.advance(steps)
            self._owed -= steps
            least = self._search.cost is None and self._owed > -seconds * rate
        self._owed = max(min(self._owed, 0.0), -10 * rate)
        return self._found()

    def _found(self) -> Schedule | None:
        if self._search.cost is None:
            return None
        schedule = self._search.schedule()
        return schedule if int(schedule.end.max(initial=0)) <= self._shop.horizon else None

    @property
    def goal(self) -> Goal:
        """What is minimised."""
        return self._shop.goal

    @property
    def value(self) -> int | None:
        """The model's first goal for the best found, as the search computed it."""
        cost = self._search.cost
        return None if cost is None else cost + self._shop.goal.shift

    def memory(self) -> Mapping[str, Ints]:
        """See `Improver.memory`."""
        owed = np.array([self._owed]).view(np.int64).copy()
        return {**self._search.memory(), "owed": owed}

    def recall(self, memory: Mapping[str, Ints]) -> None:
        """See `Improver.recall`."""
        own = self.memory()
        if own.keys() != memory.keys() or any(own[k].shape != memory[k].shape for k in own):
            raise ValueError("the memory is of another search")
        self._owed = float(memory["owed"].view(np.float64)[0])
        self._search.recall({name: column for name, column in memory.items() if name != "owed"})
