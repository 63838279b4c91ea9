"""The values of expressions in many runs at once: a matrix a node, one row an instance, one column a run.

What is chosen is the same in every run, and so are the changes of state, whose order stays.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from schedc.compilers.measure import Measures
from schedc.models.columns import Flags, Ints
from schedc.models.expressions import (
    Absolute,
    Compare,
    Extreme,
    Guarded,
    Indicator,
    Junction,
    Known,
    Linear,
    Makespan,
    Not,
    Operator,
    Point,
    Product,
    Rank,
    SetupTime,
)
from schedc.models.model import Model
from schedc.models.schedule import Schedule
from schedc.models.walk import Node, post_order

Matrix = NDArray[np.int64]

_HOLDS: dict[Operator, Callable[[Matrix], Flags]] = {
    Operator.EQ: lambda x: x == 0, Operator.NE: lambda x: x != 0, Operator.LE: lambda x: x <= 0,
    Operator.GE: lambda x: x >= 0, Operator.LT: lambda x: x < 0, Operator.GT: lambda x: x > 0,
}


class Runs:
    """Evaluates nodes over the runs in start, end and length, of shape (tasks, runs)."""

    def __init__(self, model: Model, schedule: Schedule, start: Matrix, end: Matrix, length: Matrix) -> None:
        self._points, self._plan = (start, end, length), Measures(schedule, model)
        self._runs = start.shape[1]
        self._memo: dict[int, tuple[Node, Matrix]] = {}

    def of(self, node: Node) -> Matrix:
        """value[i, run] of a node; truths are 0 and 1."""
        for below in post_order(node):
            if id(below) not in self._memo:
                self._memo[id(below)] = (below, self._evaluate(below))
        return self._memo[id(node)][1]

    def _below(self, node: Node) -> Matrix:
        return self._memo[id(node)][1]

    def _evaluate(self, node: Node) -> Matrix:
        match node:
            case Linear():
                return self._linear(node)
            case Extreme() | Rank():
                return self._picked(node)
            case Product():
                return self._folded(np.multiply, 1, node.rows, node.row, self._below(node.child)[node.child_row])
            case Guarded():
                return self._below(node.child) * self._below(node.when)
            case Absolute():
                return np.abs(self._below(node.child))
            case Indicator():
                return self._below(node.child)
            case Makespan():
                latest: Matrix = self._points[1].max(axis=0, initial=0)[None, :]
                return latest
            case SetupTime():
                return np.repeat(self._plan.value(node)[:, None], self._runs, axis=1)
            case Compare():
                return _HOLDS[node.op](self._below(node.left)).astype(np.int64)
            case Not():
                return 1 - self._below(node.child)
            case Known():
                return np.repeat(node.value.astype(np.int64)[:, None], self._runs, axis=1)
            case Junction():
                return self._junction(node)

    def _folded(self, fold: np.ufunc, start: int, rows: int, row: Ints, values: Matrix) -> Matrix:
        """Entries folded by row; row need not be sorted, rows without entries have the start value."""
        found = np.full((rows, self._runs), start, dtype=np.int64)
        if len(row):
            at = np.argsort(row, kind="stable")
            heads = np.flatnonzero(np.r_[True, np.diff(row[at]) != 0])
            mine = row[at][heads]
            found[mine] = fold(found[mine], fold.reduceat(values[at], heads, axis=0))
        return found

    def _linear(self, node: Linear) -> Matrix:
        total = self._folded(np.add, 0, node.rows, node.row, node.coef[:, None] * self._worth(node.point, node.task))
        for part in node.parts:
            values = part.coef[:, None] * self._below(part.child)[part.child_row]
            total = total + self._folded(np.add, 0, node.rows, part.row, values)
        return total + node.const[:, None]

    def _worth(self, point: Ints, number: Ints) -> Matrix:
        worth = np.empty((len(point), self._runs), dtype=np.int64)
        for kind in (Point.START, Point.END, Point.LENGTH):
            mine = point == kind
            if mine.any():
                worth[mine] = self._points[kind][number[mine]]
        chosen = point > Point.LENGTH
        if chosen.any():
            worth[chosen] = self._plan.worth(point[chosen], number[chosen])[:, None]
        return worth

    def _picked(self, node: Extreme | Rank) -> Matrix:
        """Sorted within each row and run; what does not count stands behind all others."""
        values = self._below(node.child)[node.child_row]
        there = np.ones(values.shape, dtype=np.bool_) if node.when is None else self._below(node.when) > 0
        if isinstance(node, Extreme):
            worst = np.iinfo(np.int64).min if node.op == "max" else np.iinfo(np.int64).max
            fold = np.maximum if node.op == "max" else np.minimum
            best = self._folded(fold, worst, node.rows, node.row, np.where(there, values, worst))
            some = self._folded(np.maximum, 0, node.rows, node.row, there.astype(np.int64)) > 0
            return np.where(some, best, 0)
        found = np.zeros((node.rows, self._runs), dtype=np.int64)
        heads = np.searchsorted(node.row, np.arange(node.rows + 1)).tolist()
        for i, (a, b) in enumerate(itertools.pairwise(heads)):
            if b > a:
                ordered = np.sort(np.where(there[a:b], values[a:b], np.iinfo(np.int64).max), axis=0)
                count = there[a:b].sum(axis=0)
                at = np.maximum(-(-node.top * count // (100 * node.bottom)) - 1, 0)
                found[i] = np.where(count > 0, np.take_along_axis(ordered, at[None, :], axis=0)[0], 0)
        return found

    def _junction(self, node: Junction) -> Matrix:
        held = np.full((node.rows, self._runs), int(node.op == "and"), dtype=np.int64)
        fold = np.minimum if node.op == "and" else np.maximum
        for m in node.members:
            start = int(node.op == "and")
            held = fold(held, self._folded(fold, start, node.rows, m.row, self._below(m.child)[m.child_row]))
        return held


def entries(roots: list[Node]) -> int:
    """How many numbers one run of some nodes takes."""
    found = {id(below): below for root in roots for below in post_order(root)}
    return sum(_size(node) for node in found.values())


def _size(node: Node) -> int:
    match node:
        case Linear():
            return node.rows + len(node.row) + sum(len(p.row) for p in node.parts)
        case Extreme() | Rank() | Product():
            return node.rows + len(node.row)
        case Junction():
            return node.rows + sum(len(m.row) for m in node.members)
        case _:
            return node.rows
