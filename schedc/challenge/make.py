"""Making a challenge: tasks, a hidden witness, and constraints that the witness keeps."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import IntEnum

from schedc.challenge.layers import Edge, layered_edges, reachable

STEPS = ("drain", "backup", "move", "cable", "power", "validate", "cutover")      # of a rack's migration, ours


class Phase(IntEnum):
    """What constrains the tasks: each phase has all that the one before has. MIGRATION has all, in a domain's words."""

    PRECEDENCE = 1
    DOWNTIME = 2
    WINDOWS = 3
    DISJUNCTIVE = 4
    MIGRATION = 5


@dataclass(frozen=True)
class Recipe:
    """What challenges are made of; all figures are ours.

    tasks, layers, resources: how many; longest: of a task, in ticks; capacity: least and greatest; levels: edges of
    the densest level; chance: that a resource has a downtime, a task a window, a pair of tasks an exclusion (one pair a
    task is tried); slack: how far a window reaches beyond the witness, in ticks.
    """

    tasks: int = 30
    layers: int = 5
    resources: int = 3
    longest: int = 10
    capacity: tuple[int, int] = (4, 10)
    levels: int = 60
    chance: float = 0.75
    slack: int = 15


@dataclass(frozen=True)
class Challenge:
    """One problem: is there a schedule? Tasks are numbered from 0; all times are ticks.

    demand[t]: amounts by resource. closed: (resource, from, to). window[t]: earliest start and latest end, None where
    there is none. apart: pairs that must not overlap. witness[t]: starts that keep everything; None for a twin that was
    made infeasible, of which cause names the tasks (i, j): j must follow i, and has to end before i and j can.
    """

    name: str
    level: int
    phase: Phase
    lasts: tuple[int, ...]
    demand: tuple[tuple[int, ...], ...]
    capacity: tuple[int, ...]
    edges: tuple[Edge, ...]
    closed: tuple[tuple[int, int, int], ...]
    window: tuple[tuple[int, int] | None, ...]
    apart: tuple[Edge, ...]
    horizon: int
    witness: tuple[int, ...] | None
    cause: Edge | None = None

    def twin(self, seed: int = 0) -> Challenge:
        """The same with two windows that cannot be kept together, along one edge. Raises ValueError without an edge."""
        if not self.edges:
            raise ValueError("a challenge without precedence has no twin")
        first, second = random.Random(f"twin {self.name} {seed}").choice(self.edges)
        assert self.witness is not None
        begin = self.witness[first]
        window = list(self.window)
        window[first] = (begin, self.horizon)
        window[second] = (0, begin + self.lasts[first] + self.lasts[second] - 1)
        return replace(
            self, name=f"{self.name} twin", window=tuple(window), witness=None, cause=(first, second)
        )


def suite(recipe: Recipe, phase: Phase, levels: list[int], seed: int = 0) -> Iterator[Challenge]:
    """One challenge a level, of the same tasks: every level has all edges of the levels below it."""
    for level in levels:
        yield challenge(recipe, phase, level, seed)


def challenge(recipe: Recipe, phase: Phase, level: int, seed: int = 0) -> Challenge:
    """The challenge of a level: `level` edges, none implied by others (fewer where the graph has no room for more).

    The witness is a serial schedule of the densest level, so that it keeps all levels. Same arguments, same challenge.
    """
    rng = random.Random(f"challenge {seed}")
    layer, first = _layers(recipe, phase, rng)
    lasts = tuple(rng.randint(1, recipe.longest) for _ in range(recipe.tasks))
    capacity = tuple(rng.randint(*recipe.capacity) for _ in range(recipe.resources))
    demand = tuple(tuple(rng.randint(1, max(1, c // 2)) if rng.random() < 0.6 else 0 for c in capacity) for _ in lasts)
    edges = layered_edges(layer, recipe.levels, rng, first)
    start = _serial(layer, lasts, demand, capacity, edges)
    horizon = max(s + p for s, p in zip(start, lasts)) + recipe.slack
    closed = _closed(lasts, demand, start, capacity, horizon, recipe, rng) if phase >= Phase.DOWNTIME else ()
    window = _windows(lasts, start, horizon, recipe, rng) if phase >= Phase.WINDOWS else (None,) * recipe.tasks
    apart = _apart(lasts, start, edges, recipe, rng) if phase >= Phase.DISJUNCTIVE else ()
    shown = edges[:level]
    return Challenge(
        f"{phase.name.lower()} level {len(shown)}", len(shown), phase, lasts, demand, capacity, tuple(shown), closed,
        window, apart, horizon, tuple(start),
    )


def _layers(recipe: Recipe, phase: Phase, rng: random.Random) -> tuple[list[int], list[Edge]]:
    """The layer of each task, and edges to begin with: in a migration the steps of each rack follow one another."""
    if phase is not Phase.MIGRATION:
        return sorted(rng.randrange(recipe.layers) for _ in range(recipe.tasks)), []
    layer = [k % len(STEPS) for k in range(recipe.tasks)]
    return layer, [(k, k + 1) for k in range(recipe.tasks - 1) if layer[k] < layer[k + 1]]


def _serial(
    layer: list[int], lasts: tuple[int, ...], demand: tuple[tuple[int, ...], ...], capacity: tuple[int, ...],
    edges: list[Edge],
) -> list[int]:
    """Each task as early as it can, layer after layer."""
    used: dict[int, list[int]] = {}     # by tick
    start = [0] * len(lasts)
    for t in sorted(range(len(lasts)), key=lambda t: layer[t]):
        length = lasts[t]
        begin = max((start[i] + lasts[i] for i, j in edges if j == t), default=0)
        while not all(_room(used, tick, demand[t], capacity) for tick in range(begin, begin + length)):
            begin += 1
        start[t] = begin
        for tick in range(begin, begin + length):
            used[tick] = [a + b for a, b in zip(used.get(tick, [0] * len(capacity)), demand[t])]
    return start


def _room(used: dict[int, list[int]], tick: int, demand: tuple[int, ...], capacity: tuple[int, ...]) -> bool:
    now = used.get(tick, [0] * len(capacity))
    return all(a + b <= c for a, b, c in zip(now, demand, capacity))


def _closed(
    lasts: tuple[int, ...], demand: tuple[tuple[int, ...], ...], start: list[int], capacity: tuple[int, ...],
    horizon: int, recipe: Recipe, rng: random.Random,
) -> tuple[tuple[int, int, int], ...]:
    """Stretches in which the witness leaves a resource idle, at least those before the horizon ends."""
    found = []
    for r in range(len(capacity)):
        busy = {t for k, s in enumerate(start) if demand[k][r] for t in range(s, s + lasts[k])}
        idle = [t for t in range(horizon) if t not in busy]
        for lo, hi in _runs(idle):
            if rng.random() < recipe.chance:
                length = rng.randint(1, hi - lo)
                begin = rng.randint(lo, hi - length)
                found.append((r, begin, begin + length))
    return tuple(found)


def _runs(ticks: list[int]) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for t in ticks:
        if runs and runs[-1][1] == t:
            runs[-1] = (runs[-1][0], t + 1)
        else:
            runs.append((t, t + 1))
    return runs


def _windows(
    lasts: tuple[int, ...], start: list[int], horizon: int, recipe: Recipe, rng: random.Random
) -> tuple[tuple[int, int] | None, ...]:
    """Around the witness, each side by up to `slack`."""
    return tuple(
        (max(0, s - rng.randint(0, recipe.slack)), min(horizon, s + p + rng.randint(0, recipe.slack)))
        if rng.random() < recipe.chance else None
        for s, p in zip(start, lasts)
    )


def _apart(
    lasts: tuple[int, ...], start: list[int], edges: list[Edge], recipe: Recipe, rng: random.Random
) -> tuple[Edge, ...]:
    """Pairs that the witness keeps apart although no path orders them."""
    n, found = len(lasts), set()
    below = reachable(n, edges)
    for _ in range(n):
        i, j = sorted(rng.sample(range(n), 2))
        overlap = start[i] < start[j] + lasts[j] and start[j] < start[i] + lasts[i]
        joined = below[i] >> j & 1 or below[j] >> i & 1
        if not overlap and not joined and rng.random() < recipe.chance:
            found.add((i, j))
    return tuple(sorted(found))
