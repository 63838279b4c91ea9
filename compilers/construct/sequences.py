"""What serial generation needs of order: changes of state, and permutations.

A resource that changes its state takes its uses one behind the other, in the order in which they are placed: none is
put before one that stands already. A permutation is kept by giving its jobs an order before the generation begins.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from schedc.models.changes import changing, first_change
from schedc.models.model import Model

Lane = dict[int, int]       # task by job


class Setup(NamedTuple):
    """The changes of one resource: gap[a][b] ticks between states a and b, first[a] before the first use."""

    gap: list[list[int]] | None
    every: int              # the gap between different states where `gap` is None
    first: list[int]

    def between(self, a: int, b: int) -> int:
        """How long the change takes."""
        if a == b:
            return 0
        return self.every if self.gap is None else self.gap[a][b]

    def turned(self) -> Setup:
        """Seen from the end of time; what comes before the first use is lost."""
        gap = None if self.gap is None else [list(column) for column in zip(*self.gap)]
        return Setup(gap, self.every, [0] * len(self.first))


class Order(NamedTuple):
    """setups: one a changing resource in use; states[t]: the setups that task t goes through, with its state there.

    classes: of the families that share one order, the tasks by job, family by family.
    """

    setups: list[Setup]
    states: dict[int, list[tuple[int, int]]]
    classes: list[list[Lane]]

    def turned(self) -> Order:
        """The same backwards in time."""
        return Order([s.turned() for s in self.setups], self.states, self.classes)


def order_of(model: Model) -> Order:
    """The changes and permutations of a model; uses that depend on choices are left out."""
    setups: list[Setup] = []
    states: dict[int, list[tuple[int, int]]] = {}
    stays = model.stays
    for number, row, _, change in changing(model):
        rows = np.arange(*np.searchsorted(stays.resource, [number, number + 1]))
        rows = rows[(stays.option[rows] < 0) & (stays.candidate[rows] < 0) & (model.shortest[stays.task[rows]] > 0)]
        if not len(rows):
            continue
        used, place = np.unique(stays.state[rows], return_inverse=True)
        n, gap = len(used), None
        if len(change.time):
            gap = change.between(np.full(n * n, row), np.repeat(used, n), np.tile(used, n)).reshape(n, n).tolist()
        for task, state in zip(stays.task[rows].tolist(), place.tolist()):
            states.setdefault(task, []).append((len(setups), state))
        setups.append(Setup(gap, int(change.every[row]), first_change(change, row, used).tolist()))
    return Order(setups, states, _classes(model))


def _classes(model: Model) -> list[list[Lane]]:
    """Families joined by permutations, and in them jobs: tasks joined by standing at one place of an instance."""
    sides: list[tuple[list[int], list[int]]] = []
    for p in model.permutations:
        first, second = p.first.tolist(), p.second.tolist()
        sides += [(first[a:b], second[a:b]) for a, b in pairwise(p.ptr.tolist()) if b - a > 1]
    jobs = _Joined()
    families = _Joined()
    for a, b in sides:
        for x, y in zip(a, b):
            jobs.join(x, y)
        for side in (a, b):
            for x, y in pairwise(side):
                families.join(x, y)
    classes: dict[int, dict[int, Lane]] = {}
    shared = _Joined()
    for a, b in sides:
        shared.join(families.root(a[0]), families.root(b[0]))
    for task in families.above:
        family = families.root(task)
        lane = classes.setdefault(shared.root(family), {}).setdefault(family, {})
        lane[jobs.root(task)] = task
    return [list(lanes.values()) for lanes in classes.values()]


class _Joined:
    """Sets of numbers that are joined two by two."""

    def __init__(self) -> None:
        self.above: dict[int, int] = {}

    def root(self, x: int) -> int:
        """The number that stands for the set of x."""
        self.above.setdefault(x, x)
        while self.above[x] != x:
            self.above[x] = x = self.above[self.above[x]]
        return x

    def join(self, x: int, y: int) -> None:
        """Make the sets of x and y one."""
        self.above[self.root(y)] = self.root(x)


def chained(classes: list[list[Lane]], keys: Sequence[float]) -> list[tuple[int, int]]:
    """(earlier, later) for the neighbours in all families, by the keys of each class's first family."""
    found: list[tuple[int, int]] = []
    for lanes in classes:
        rank = {job: (keys[task], job) for lane in reversed(lanes) for job, task in lane.items()}
        for lane in lanes:
            found += pairwise(lane[job] for job in sorted(lane, key=rank.__getitem__))
    return found


class Progress:
    """Where the changing resources stand while tasks are placed."""

    def __init__(self, order: Order) -> None:
        self._order = order
        size = len(order.setups)
        self._state, self._end, self._since = [-1] * size, [0] * size, [0] * size

    def earliest(self, task: int) -> int:
        """When all resources of a task can be in its states."""
        return max((self._ready(number, state) for number, state in self._order.states.get(task, ())), default=0)

    def _ready(self, number: int, state: int) -> int:
        setup, now = self._order.setups[number], self._state[number]
        if now == state:
            return self._since[number]
        return setup.first[state] if now < 0 else self._end[number] + setup.between(now, state)

    def take(self, task: int, end: int) -> None:
        """The task was placed."""
        for number, state in self._order.states.get(task, ()):
            if self._state[number] == state:
                self._end[number] = max(self._end[number], end)
            else:
                self._since[number] = self._ready(number, state)
                self._state[number], self._end[number] = state, end
