"""What `require` says of one task or of two: windows and arcs that propagation can push along.

Looked at are comparisons of linear expressions that must hold whatever else does: alone, or joined by `and`. With one
start or end, c x + k <= 0, a row limits that instant; with two of opposite coefficients, c x - c y + k <= 0, it says
y >= x + ceil(k / c). All other conditions are left to the back-ends.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from schedc.models.columns import UNLIMITED, Flags, Ints
from schedc.models.expressions import Compare, Junction, Linear, Not, Operator, Point, Truth
from schedc.models.model import Model
from schedc.models.presence import presence_of
from schedc.models.records import dataclass
from schedc.models.statements import Require

_NEGATED = {
    Operator.EQ: Operator.NE, Operator.NE: Operator.EQ, Operator.LE: Operator.GT,
    Operator.GT: Operator.LE, Operator.GE: Operator.LT, Operator.LT: Operator.GE,
}
_SIGNS = {      # how each comparison is said by expressions that are at most 0: (sign, what is added)
    Operator.LE: [(1, 0)], Operator.LT: [(1, 1)], Operator.GE: [(-1, 0)], Operator.GT: [(-1, 1)],
    Operator.EQ: [(1, 0), (-1, 0)], Operator.NE: [],
}


class Side(NamedTuple):
    """A limit of one kind of instant of every task, and the relation that says it (-1: none does)."""

    value: Ints
    relation: Ints


@dataclass(frozen=True, eq=False)
class Fences:
    """earliest[p], latest[p]: limits of each task's start (p = START) and end (p = END), where conditions set any."""

    earliest: tuple[Side, Side]
    latest: tuple[Side, Side]


class Gaps(NamedTuple):
    """Rows point_b(b) >= point_a(a) + least, with the relation and its row that say it."""

    a: Ints
    point_a: Ints
    b: Ints
    point_b: Ints
    least: Ints
    relation: Ints
    row: Ints


class _Rows(NamedTuple):
    """coef[i] * point(task) + const <= 0 for one term a row; `other` is the second term's place, -1 without."""

    const: Ints
    at: Ints
    other: Ints
    row: Ints


def fences_of(model: Model) -> Fences:
    """The limits that conditions on single instants set."""
    count = model.task_count
    none = np.full(count, -1, dtype=np.int64)
    earliest = [Side(np.full(count, -UNLIMITED), none.copy()) for _ in range(2)]
    latest = [Side(np.full(count, UNLIMITED), none.copy()) for _ in range(2)]
    for relation, node, sign, rows in _conditions(model):
        alone = rows.other < 0
        at, const = rows.at[alone], rows.const[alone]
        coef = sign * node.coef[at]
        limit = -const // np.where(coef == 0, 1, coef)      # c > 0: x <= floor(-k / c)
        least = -(const // np.where(coef == 0, 1, coef))    # c < 0: x >= ceil(-k / c)
        for p in (Point.START, Point.END):
            mine = node.point[at] == p
            _lower(latest[p], node.task[at], limit, mine & (coef > 0), relation)
            _raise(earliest[p], node.task[at], least, mine & (coef < 0), relation)
    return Fences((earliest[0], earliest[1]), (latest[0], latest[1]))


def _lower(side: Side, task: Ints, value: Ints, rows: Flags, relation: int) -> None:
    task, value = task[rows], value[rows]
    better = value < side.value[task]
    np.minimum.at(side.value, task, value)
    side.relation[task[better]] = relation


def _raise(side: Side, task: Ints, value: Ints, rows: Flags, relation: int) -> None:
    task, value = task[rows], value[rows]
    better = value > side.value[task]
    np.maximum.at(side.value, task, value)
    side.relation[task[better]] = relation


def gaps_of(model: Model) -> Gaps:
    """The conditions that bind two instants."""
    none = np.zeros(0, dtype=np.int64)
    parts = [Gaps(none, none, none, none, none, none, none)]
    for relation, node, sign, rows in _conditions(model):
        two = rows.other >= 0
        first, second, const, row = rows.at[two], rows.other[two], rows.const[two], rows.row[two]
        turned = sign * node.coef[first] < 0        # the term with the coefficient above 0 stands first
        x, y = np.where(turned, second, first), np.where(turned, first, second)
        least = -(-const // np.abs(node.coef[x]))
        relations = np.full(len(row), relation, dtype=np.int64)
        parts.append(Gaps(node.task[x], node.point[x], node.task[y], node.point[y], least, relations, row))
    return Gaps(*(np.concatenate(column) for column in zip(*parts)))


def _conditions(model: Model) -> Iterator[tuple[int, Linear, int, _Rows]]:
    """(relation, expression, sign, rows): sign * expression + what a strict comparison adds is at most 0."""
    optional = presence_of(model).optional
    for relation, statement in enumerate(model.relations):
        if isinstance(statement, Require):
            for node, operator, rows, names in _atoms(statement.condition, None, False):
                for sign, more in _SIGNS[operator]:
                    yield relation, node, sign, _sure(optional, node, _simple(node, sign, more, rows, names))


def _atoms(
    node: Truth, rows: Ints | None, negated: bool, names: Ints | None = None
) -> Iterator[tuple[Linear, Operator, Ints, Ints]]:
    """Comparisons that hold by themselves: (expression, operator, its rows, the statement's rows)."""
    if isinstance(node, Not):
        yield from _atoms(node.child, rows, not negated, names)
    elif isinstance(node, Junction) and (node.op == "or") == negated:
        for member in node.members:
            kept = np.arange(len(member.row)) if rows is None else np.flatnonzero(np.isin(member.row, rows))
            named = member.row[kept] if names is None or rows is None else _renamed(member.row[kept], rows, names)
            yield from _atoms(member.child, member.child_row[kept], negated, named)
    elif isinstance(node, Compare) and isinstance(node.left, Linear) and not node.left.parts:
        every = np.arange(node.rows) if rows is None else rows
        yield node.left, _NEGATED[node.op] if negated else node.op, every, every if names is None else names


def _renamed(row: Ints, rows: Ints, names: Ints) -> Ints:
    order = np.argsort(rows, kind="stable")
    found: Ints = names[order[np.searchsorted(rows[order], row)]]
    return found


def _sure(optional: Flags, node: Linear, rows: _Rows) -> _Rows:
    """Without the rows about tasks that may be absent."""
    if not optional.any() or not len(rows.at):
        return rows
    other = np.where(rows.other < 0, rows.at, rows.other)
    kept = ~(optional[node.task[rows.at]] | optional[node.task[other]])
    return _Rows(*(column[kept] for column in rows))


def _simple(node: Linear, sign: int, more: int, rows: Ints, names: Ints) -> _Rows:
    """The rows with one term, or with two of opposite coefficients, on starts and ends alone."""
    begin = np.searchsorted(node.row, np.arange(node.rows + 1))
    size = np.diff(begin)[rows]
    at = np.minimum(begin[rows], max(len(node.row) - 1, 0))
    other = np.minimum(at + 1, max(len(node.row) - 1, 0))
    if not len(node.row):
        return _Rows(*(np.zeros(0, dtype=np.int64) for _ in range(4)))
    plain = (node.point[at] <= Point.END) & (node.coef[at] != 0)
    pair = (size == 2) & (node.point[other] <= Point.END) & (node.coef[at] == -node.coef[other])
    kept = plain & ((size == 1) | pair)
    const = sign * node.const[rows] + more
    return _Rows(const[kept], at[kept], np.where(pair, other, -1)[kept], names[kept])
