"""Arcs between points of tasks, and the lists in which they are gathered."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from schedc.models.columns import Ints
from schedc.models.expressions import Point


class Arcs(NamedTuple):
    """second_point(second) >= first_point(first) + lag, one a row; the points are START or END."""

    first: Ints
    first_point: Ints
    second: Ints
    second_point: Ints
    lag: Ints

    def take(self, rows: object) -> Arcs:
        """Some of them."""
        return Arcs(*(column[rows] for column in self))      # type: ignore[call-overload]


class Instant(NamedTuple):
    """A point of a task, moved by so many ticks; task -1: the tick itself."""

    task: int
    point: int
    shift: int


class Limit(NamedTuple):
    """A point of a task, moved, that lies at `tick` at the latest."""

    at: Instant
    tick: int


class Gathered:
    """Arcs, earliest ticks and limits as they are found."""

    def __init__(self) -> None:
        self.rows: set[tuple[int, int, int, int, int]] = set()
        self.earliest: list[tuple[Instant, int]] = []
        self.limits: list[Limit] = []
        self.lost: set[str] = set()

    def after(self, first: Instant, second: Instant, lag: int = 0) -> None:
        """second is not before first + lag; either may be a tick."""
        if first.task < 0 and second.task < 0:
            return
        if first.task < 0:
            self.earliest.append((second, first.shift + lag))
        elif second.task < 0:
            self.limits.append(Limit(first, second.shift - lag))
        elif first.task != second.task:
            lag += first.shift - second.shift
            self.rows.add((first.task, first.point, second.task, second.point, lag))

    def one_by_one(self, tasks: Iterable[int]) -> None:
        """Each of some tasks starts after the one before has ended."""
        rest = list(tasks)
        for a, b in itertools.pairwise(rest):
            self.after(Instant(a, Point.END, 0), Instant(b, Point.START, 0))

    def arcs(self) -> Arcs:
        """All arcs as columns, in an order that does not depend on how they were found."""
        table = np.array(sorted(self.rows), dtype=np.int64).reshape(-1, 5)
        return Arcs(*table.T)
