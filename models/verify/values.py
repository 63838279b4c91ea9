"""The value of expressions for one schedule, exactly: 64 bits where they suffice, Python's integers where not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from schedc.models.columns import Flags, Ints
from schedc.models.expressions import (
    Absolute,
    Compare,
    Extreme,
    Guarded,
    Indicator,
    IntExpr,
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
    Truth,
)
from schedc.models.walk import Node, post_order

Exact: TypeAlias = NDArray[Any]     # int64, or Python integers (object)

SAFE = 1 << 62
COMPARE: dict[Operator, Callable[[Exact], Exact]] = {
    Operator.EQ: lambda x: x == 0,
    Operator.NE: lambda x: x != 0,
    Operator.LE: lambda x: x <= 0,
    Operator.GE: lambda x: x >= 0,
    Operator.LT: lambda x: x < 0,
    Operator.GT: lambda x: x > 0,
}


class Values:
    """Evaluates nodes for one schedule; a node that several others share is evaluated once."""

    def __init__(
        self, start: Ints, end: Ints, length: Ints, present: Flags | None = None, mode: Ints | None = None,
        member: Flags | None = None, setup: int = 0, address: Ints | None = None,
    ) -> None:
        there = np.ones(len(start), dtype=np.int64) if present is None else present.astype(np.int64)
        self._points = np.stack([start, end, length, there])
        self._mode = np.zeros(0, dtype=np.int64) if mode is None else np.sort(mode[mode >= 0])
        self._member = np.zeros(0, dtype=np.int64) if member is None else member.astype(np.int64)
        self._setup = setup
        self._address = np.zeros(0, dtype=np.int64) if address is None else address
        self._memo: dict[int, Exact] = {}

    def of(self, node: IntExpr) -> Exact:
        """One value a row."""
        return self._known(node)

    def truth(self, node: Truth) -> Flags:
        """Whether each row holds."""
        return self._known(node)

    def _known(self, node: Node) -> Exact:
        if id(node) not in self._memo:
            for below in post_order(node):
                if id(below) not in self._memo:
                    self._memo[id(below)] = self._evaluate(below)
        return self._memo[id(node)]

    def _evaluate(self, node: Node) -> Exact:
        match node:
            case Linear():
                return self._linear(node)
            case Extreme():
                return self._extreme(node)
            case Rank():
                return self._rank(node)
            case Product():
                return self._product(node)
            case Guarded():
                return self.of(node.child) * self.truth(node.when)
            case Absolute():
                return np.abs(self.of(node.child))
            case Indicator():
                return self.truth(node.child).astype(np.int64)
            case Makespan():
                # nothing ends before the origin where the horizon holds
                return np.array([self._points[Point.END].max(initial=0)], dtype=np.int64)
            case SetupTime():
                return np.array([self._setup], dtype=np.int64)
            case Compare():
                return np.asarray(COMPARE[node.op](self.of(node.left)), dtype=np.bool_)
            case Not():
                return ~self.truth(node.child)
            case Known():
                return node.value
            case Junction():
                return self._junction(node)

    def _linear(self, node: Linear) -> Exact:
        terms = [(node.row, node.coef, self._looked_up(node.point, node.task))]
        terms += [(part.row, part.coef, self.of(part.child)[part.child_row]) for part in node.parts]
        bound = _size(node.const) + sum(_size(coef) * _size(value) * len(row) for row, coef, value in terms)
        number = np.int64 if bound < SAFE else object
        total = node.const.astype(number)
        for row, coef, value in terms:
            np.add.at(total, row, coef.astype(number) * value.astype(number))
        return total if bound < SAFE else _narrow(total)

    def _looked_up(self, point: Ints, number: Ints) -> Ints:
        """What each point is worth: of a task, of an option (whether some task has it), or of a candidate."""
        if not np.any(point > Point.PRESENT):
            return self._points[point, number]
        found = np.zeros(len(point), dtype=np.int64)
        of_task, of_mode, of_member = point <= Point.PRESENT, point == Point.MODE, point == Point.MEMBER
        found[of_task] = self._points[point[of_task], number[of_task]]
        found[of_mode] = np.isin(number[of_mode], self._mode)
        found[of_member] = self._member[number[of_member]]
        of_use = point == Point.ADDRESS
        found[of_use] = np.maximum(self._address[number[of_use]], 0)
        return found

    def _extreme(self, node: Extreme) -> Exact:
        values, row = self.of(node.child)[node.child_row], node.row
        if node.when is not None:
            counted = self.truth(node.when)
            values, row = values[counted], row[counted]
        heads = np.searchsorted(row, np.arange(node.rows))
        some = np.diff(np.r_[heads, len(row)]) > 0
        if node.when is None and not some.all():
            raise ValueError(f"a {node.op} over nothing has no value")
        found: Exact = np.zeros(node.rows, dtype=values.dtype)
        if some.any():
            found[some] = (np.maximum if node.op == "max" else np.minimum).reduceat(values, heads[some])
        return found

    def _rank(self, node: Rank) -> Exact:
        """Sorted within each row, the entry at the nearest rank."""
        values, row = self.of(node.child)[node.child_row], node.row
        if node.when is not None:
            counted = self.truth(node.when)
            values, row = values[counted], row[counted]
        order = np.lexsort((values, row)) if values.dtype != object else np.array(
            sorted(range(len(row)), key=lambda k: (int(row[k]), int(values[k]))), dtype=np.int64)
        values, row = values[order], row[order]
        heads = np.searchsorted(row, np.arange(node.rows + 1))
        found: Exact = np.zeros(node.rows, dtype=values.dtype)
        for i, (a, b) in enumerate(zip(heads[:-1].tolist(), heads[1:].tolist())):
            if b > a:
                found[i] = values[a - 1 + -(-node.top * (b - a) // (100 * node.bottom))]
        return found

    def _product(self, node: Product) -> Exact:
        found: Exact = np.ones(node.rows, dtype=object)
        for row, value in zip(node.row.tolist(), self.of(node.child)[node.child_row].tolist()):
            found[row] *= value
        return _narrow(found)

    def _junction(self, node: Junction) -> Flags:
        every = node.op == "and"
        holds = np.full(node.rows, every)
        for member in node.members:
            value = self.truth(member.child)[member.child_row]
            holds[member.row[value != every]] = not every
        return holds


def _size(values: Exact) -> int:
    """The greatest absolute value, which np.abs would get wrong for -2^63."""
    return max(abs(int(values.max())), abs(int(values.min()))) if len(values) else 0


def _narrow(values: Exact) -> Exact:
    return values.astype(np.int64) if _size(values) < SAFE else values
