"""The values of expressions in a given schedule, by columns: for choosing among schedules and for complete hints.

Not the judge: the judge has its own way, and every schedule passes it before anyone sees it.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from schedc.models.changes import setup_time
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
from schedc.models.model import Model
from schedc.models.presence import present_in
from schedc.models.schedule import Schedule

_HOLDS: dict[Operator, Callable[[Ints], Flags]] = {
    Operator.EQ: lambda x: x == 0,
    Operator.NE: lambda x: x != 0,
    Operator.LE: lambda x: x <= 0,
    Operator.GE: lambda x: x >= 0,
    Operator.LT: lambda x: x < 0,
    Operator.GT: lambda x: x > 0,
}


class Measures:
    """Evaluates nodes in one schedule; every node is computed once, as a whole column. Set-up times need the model."""

    def __init__(self, schedule: Schedule, model: Model | None = None) -> None:
        self._schedule, self._model = schedule, model
        there = present_in(schedule).astype(np.int64)
        self._points = np.stack([schedule.start, schedule.end, schedule.length, there])
        self._chosen = np.zeros(0, dtype=np.int64) if schedule.mode is None else schedule.mode[schedule.mode >= 0]
        self._memo: dict[int, tuple[object, Ints]] = {}      # the node itself is kept so that its id stays its own

    def value(self, node: IntExpr) -> Ints:
        """value[i] of an integer node, for every row."""
        return self._once(node, self._integer)

    def truth(self, node: Truth) -> Ints:
        """1 where a row of a truth node holds, else 0."""
        return self._once(node, self._logical)

    def _once(self, node: IntExpr | Truth, compute: Callable[..., Ints]) -> Ints:
        known = self._memo.get(id(node))
        if known is None:
            known = (node, compute(node))
            self._memo[id(node)] = known
        return known[1]

    def _integer(self, node: IntExpr) -> Ints:
        match node:
            case Linear():
                return self._linear(node)
            case Extreme():
                return self._extreme(node)
            case Rank():
                return self._rank(node)
            case Product():
                found = np.ones(node.rows, dtype=np.int64)
                np.multiply.at(found, node.row, self.value(node.child)[node.child_row])
                return found
            case Guarded():
                return self.value(node.child) * self.truth(node.when)
            case Absolute():
                return np.abs(self.value(node.child))
            case Indicator():
                return self.truth(node.child)
            case Makespan():
                return np.array([self._schedule.end.max(initial=0)])
            case SetupTime():
                assert self._model is not None
                return np.array([setup_time(self._model, self._schedule)])

    def _extreme(self, node: Extreme) -> Ints:
        picked, row = self.value(node.child)[node.child_row], node.row
        if node.when is not None:
            counted = self.truth(node.when) > 0
            picked, row = picked[counted], row[counted]
        heads = np.searchsorted(row, np.arange(node.rows))
        some = np.diff(np.r_[heads, len(row)]) > 0
        found = np.zeros(node.rows, dtype=np.int64)
        if some.any():
            found[some] = (np.maximum if node.op == "max" else np.minimum).reduceat(picked, heads[some])
        return found

    def _rank(self, node: Rank) -> Ints:
        """By columns: all entries sorted by row and value, of which each row takes one."""
        picked, row = self.value(node.child)[node.child_row], node.row
        if node.when is not None:
            counted = self.truth(node.when) > 0
            picked, row = picked[counted], row[counted]
        picked = picked[np.lexsort((picked, row))]
        size = np.bincount(row, minlength=node.rows)
        last = np.cumsum(size) - size - 1 + -(-node.top * size // (100 * node.bottom))
        return np.where(size > 0, np.r_[picked, 0][np.where(size > 0, last, -1)], 0)

    def _linear(self, node: Linear) -> Ints:
        total = node.const.astype(np.int64).copy()
        np.add.at(total, node.row, node.coef * self.worth(node.point, node.task))
        for part in node.parts:
            np.add.at(total, part.row, part.coef * self.value(part.child)[part.child_row])
        return total

    def worth(self, point: Ints, number: Ints) -> Ints:
        """The value of each point."""
        if not (point > Point.PRESENT).any():
            return self._points[point, number]
        worth = np.isin(number, self._chosen).astype(np.int64)
        for kind, column in ((Point.START, self._points[0]), (Point.END, self._points[1]),
                             (Point.LENGTH, self._points[2]), (Point.PRESENT, self._points[3]),
                             (Point.MEMBER, self._schedule.member), (Point.ADDRESS, self._schedule.address)):
            mine = point == kind
            if mine.any():      # without a column nothing is chosen
                worth[mine] = 0 if column is None else np.maximum(column[number[mine]], 0)
        return worth

    def _logical(self, node: Truth) -> Ints:
        match node:
            case Known():
                return node.value.astype(np.int64)
            case Compare():
                return _HOLDS[node.op](self.value(node.left)).astype(np.int64)
            case Not():
                return 1 - self.truth(node.child)
            case Junction():
                return self._junction(node)

    def _junction(self, node: Junction) -> Ints:
        held = np.full(node.rows, node.op == "and", dtype=np.int64)
        fold = np.minimum if node.op == "and" else np.maximum
        for member in node.members:
            fold.at(held, member.row, self.truth(member.child)[member.child_row])
        return held


def objective_values(model: Model, schedule: Schedule) -> tuple[int, ...]:
    """The value of every stage, in the stages' integer units."""
    measures = Measures(schedule, model)
    return tuple(int(measures.value(stage.value)[0]) for stage in model.objective)


def costs(model: Model, schedule: Schedule) -> tuple[int, ...]:
    """The stages' values turned so that less is better, for comparing schedules lexicographically."""
    values = objective_values(model, schedule)
    return tuple(v if s.sense == "minimize" else -v for s, v in zip(model.objective, values))
