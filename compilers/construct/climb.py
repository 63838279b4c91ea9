"""Iterated local search over the order in which tasks are placed, for goals that pull at single tasks.

A move takes one task to another place in the order, or exchanges two; moves that do not make the schedule worse are
kept. After many failures a few moves are made unseen, from the best order known (Lourenço, Martin and Stützle 2003).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from schedc.compilers.construct.rules import Keys
from schedc.models.columns import Ints

Cost = tuple[int, ...]
_PATIENCE = 6       # failures a task before the order is shaken
_SHAKEN = 4
_NEAR = 0.15        # how far a move goes on average, as a share of the order


def climb(start: Keys, unit: Ints, cost: Callable[[Keys], Cost | None], done: Callable[[], bool], seed: int) -> None:
    """Change the order of `start` until `done`, units of tasks at a time; `cost` keeps what is good."""
    first = np.full(int(unit.max()) + 1, np.inf)
    np.minimum.at(first, unit, start)
    _improve(np.argsort(first, kind="stable").tolist(), lambda order: cost(_ranks(order)[unit]), done, seed)


def _improve(order: list[int], cost: Callable[[list[int]], Cost | None], done: Callable[[], bool], seed: int) -> None:
    generator = np.random.default_rng(seed)
    best = now = order
    least = value = cost(now)
    failures = 0
    while not done():
        tried = _moved(now, generator)
        found = cost(tried)
        if found is not None and (value is None or found <= value):
            failures = failures + 1 if found == value else 0
            now, value = tried, found
            if least is None or found < least:
                best, least = tried, found
        else:
            failures += 1
        if failures > _PATIENCE * len(order):
            now, failures = best, 0
            for _ in range(_SHAKEN):
                now = _moved(now, generator)
            value = cost(now)


def _ranks(order: list[int]) -> Keys:
    keys = np.empty(len(order), dtype=np.float64)
    keys[order] = np.arange(len(order))
    return keys


def _moved(order: list[int], generator: np.random.Generator) -> list[int]:
    count = len(order)
    place = int(generator.integers(count))
    way = int(generator.geometric(1 / max(1.0, _NEAR * count)))
    to = min(max(0, place + (way if generator.random() < 0.5 else -way)), count - 1)
    moved = order.copy()
    if generator.random() < 0.6:
        moved.insert(to, moved.pop(place))
    else:
        moved[place], moved[to] = moved[to], moved[place]
    return moved
