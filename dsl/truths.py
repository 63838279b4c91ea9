"""Truth nodes: what data has already decided in them, their rows, and how they are joined."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from schedc.dsl.space import Space
from schedc.dsl.values import spread
from schedc.models.columns import Flags, Ints
from schedc.models.expressions import Compare, Junction, Known, Linear, Member, Not, Operator, Truth

UNDECIDED = -1
Lowering: TypeAlias = Callable[[Space], Truth]

_OPPOSITE = {
    Operator.EQ: Operator.NE, Operator.NE: Operator.EQ, Operator.LE: Operator.GT, Operator.GT: Operator.LE,
    Operator.GE: Operator.LT, Operator.LT: Operator.GE,
}
_HOLDS = {
    Operator.EQ: np.equal, Operator.NE: np.not_equal, Operator.LE: np.less_equal, Operator.GE: np.greater_equal,
    Operator.LT: np.less, Operator.GT: np.greater,
}


def known(holds: Flags, rows: int) -> Known:
    """Truth by data, one a row."""
    return Known(np.array(spread(holds, rows)))


def opposite(truth: Truth) -> Truth:
    """Holds where `truth` does not."""
    match truth:
        case Known():
            return Known(~truth.value)
        case Compare():
            return Compare(_OPPOSITE[truth.op], truth.left)
        case Not():
            return truth.child
        case _:
            return Not(truth)


def decided(truth: Truth) -> NDArray[np.int8]:
    """For each row 1 (true), 0 (false) by data alone, or UNDECIDED."""
    match truth:
        case Known():
            return truth.value.astype(np.int8)
        case Compare():
            return _compared(truth)
        case Not():
            below = decided(truth.child)
            return np.where(below == UNDECIDED, below, 1 - below).astype(np.int8)
        case Junction():
            return _joined(truth)


def _compared(truth: Compare) -> NDArray[np.int8]:
    left = truth.left
    if not isinstance(left, Linear):
        return np.full(truth.rows, UNDECIDED, dtype=np.int8)
    result = _HOLDS[truth.op](left.const, 0).astype(np.int8)
    result[left.row] = UNDECIDED
    for p in left.parts:
        result[p.row] = UNDECIDED
    return result


def _joined(truth: Junction) -> NDArray[np.int8]:
    """As a least (greatest) value with false < undecided < true."""
    rank = np.array([0, 2, 1], dtype=np.int8)       # of 0, 1 and UNDECIDED (the last place)
    both = truth.op == "and"
    result = np.full(truth.rows, 2 if both else 0, dtype=np.int8)
    for m in truth.members:
        (np.minimum if both else np.maximum).at(result, m.row, rank[decided(m.child)][m.child_row])
    return np.array([0, UNDECIDED, 1], dtype=np.int8)[result]


def rows_of(truth: Truth, index: Ints) -> Truth:
    """The rows `index` (all different) of a node, in that order."""
    match truth:
        case Known():
            return Known(truth.value[index])
        case Compare():
            assert isinstance(truth.left, Linear)
            return Compare(truth.op, _linear_rows(truth.left, index))
        case Not():
            return Not(rows_of(truth.child, index))
        case Junction():
            place = _places(index, truth.rows)
            return Junction(truth.op, len(index), tuple(_member_rows(m, place) for m in truth.members))


def _places(index: Ints, rows: int) -> Ints:
    place = np.full(rows, -1, dtype=np.int64)
    place[index] = np.arange(len(index))
    return place


def _linear_rows(left: Linear, index: Ints) -> Linear:
    place = _places(index, left.rows)
    row = place[left.row]
    keep = np.flatnonzero(row >= 0)
    keep = keep[np.argsort(row[keep], kind="stable")]
    parts = []
    for p in left.parts:
        at = place[p.row]
        held = np.flatnonzero(at >= 0)
        parts.append(replace(p, row=at[held], child_row=p.child_row[held], coef=p.coef[held]))
    return Linear(left.const[index], row[keep], left.point[keep], left.task[keep], left.coef[keep], tuple(parts))


def _member_rows(m: Member, place: Ints) -> Member:
    row = place[m.row]
    keep = np.flatnonzero(row >= 0)
    return Member(row[keep], m.child, m.child_row[keep])


# junctions


def gathered(op: Literal["and", "or"], rows: int, row: Ints, child: Truth) -> Truth:
    """The junction of each group: row[k] is the group of the child's row k. What data decides is folded in."""
    return _folded(op, rows, [(row, child)])


def joined(op: Literal["and", "or"], space: Space, operands: Sequence[Lowering]) -> Truth:
    """The junction of operands, each lowered only in the rows that those before it leave open."""
    alive = np.arange(space.rows, dtype=np.int64)
    stop = 0 if op == "and" else 1
    found: list[tuple[Ints, Truth]] = []
    for lower in operands:
        whole = len(alive) == space.rows
        child = lower(space if whole else space.take(alive))
        found.append((alive, child))
        alive = alive[decided(child) != stop]
        if not len(alive):
            break
    return _folded(op, space.rows, found)


def _folded(op: Literal["and", "or"], rows: int, found: list[tuple[Ints, Truth]]) -> Truth:
    stop = 0 if op == "and" else 1
    stopped = np.zeros(rows, dtype=np.bool_)
    states = [decided(child) for _, child in found]
    for (row, _), state in zip(found, states):
        stopped[row[state == stop]] = True
    members = []
    for (row, child), state in zip(found, states):
        open_rows = np.flatnonzero((state == UNDECIDED) & ~stopped[row])
        if len(open_rows):
            members.append(Member(row[open_rows], child, open_rows))
    if not members:
        return Known(stopped if op == "or" else ~stopped)
    if len(members) == 1 and not stopped.any() and _covers(members[0], rows):
        return members[0].child
    if stopped.any():
        at = np.flatnonzero(stopped)
        members.append(Member(at, Known(np.array([op == "or"])), np.zeros(len(at), dtype=np.int64)))
    return Junction(op, rows, tuple(members))


def _covers(m: Member, rows: int) -> bool:
    """Whether a member is the whole junction: each row has just the same row of the child."""
    each = np.arange(rows)
    return m.child.rows == rows and np.array_equal(m.row, each) and np.array_equal(m.child_row, each)


def together(op: Literal["and", "or"], rows: int, found: list[tuple[Ints, Truth]]) -> Truth:
    """The junction of several children, each with the groups of its rows."""
    return _folded(op, rows, found)


def split(rows: int, yes: Ints, a: Truth, no: Ints, b: Truth) -> Truth:
    """a in the rows `yes`, b in the rows `no`."""
    return _folded("and", rows, [(yes, a), (no, b)])
