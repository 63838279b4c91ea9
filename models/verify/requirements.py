"""`require`: every row of the condition holds; how far from holding the others are."""

from __future__ import annotations

import numpy as np

from schedc.models.columns import Ints
from schedc.models.expressions import (
    Absolute,
    Compare,
    Extreme,
    Indicator,
    IntExpr,
    Junction,
    Known,
    Linear,
    Makespan,
    Not,
    Operator,
    Truth,
)
from schedc.models.statements import Require
from schedc.models.verify.case import Case
from schedc.models.verify.values import Exact, Values
from schedc.models.verify.verdict import Violation

FARTHEST = 1 << 1000    # beyond what a comparison of 64-bit data can miss

_OPPOSITE = {
    Operator.EQ: Operator.NE, Operator.NE: Operator.EQ, Operator.LE: Operator.GT,
    Operator.GT: Operator.LE, Operator.GE: Operator.LT, Operator.LT: Operator.GE,
}


def judge_requires(case: Case, values: Values) -> None:
    """Report every instance whose condition does not hold."""
    for require in case.model.requires:
        broken = np.flatnonzero(~values.truth(require.condition))
        if len(broken):
            _report(case, values, require, broken)


def _report(case: Case, values: Values, require: Require, broken: Ints) -> None:
    missing = shortfall(values, require.condition, True)
    ticks = counts_ticks(require.condition)

    def tell(row: int) -> Violation:
        member, amount = require.member(row), int(missing[row])
        off = case.span(amount) if ticks else str(amount)
        message = f"the requirement does not hold{f' for {member}' if member else ''}: off by {off}"
        tasks = case.names(tasks_of(require.condition, np.array([row])))
        return Violation("require", require.origin, member, message, amount, None, tasks)

    case.report("require", require.origin, broken, tell)


def shortfall(values: Values, node: Truth, wanted: bool) -> Exact:
    """How far each row is from being `wanted`: 0 exactly where it is.

    A comparison is as far as its left side must move; "and" as far as its farthest operand, "or" as its nearest;
    what data alone decides against is 1 away.
    """
    match node:
        case Compare():
            return _distance(values.of(node.left), node.op if wanted else _OPPOSITE[node.op])
        case Not():
            return shortfall(values, node.child, not wanted)
        case Known():
            return np.asarray(node.value != wanted, dtype=np.int64)
        case Junction():
            return _junction(values, node, wanted)


def _distance(left: Exact, op: Operator) -> Exact:
    far: Exact
    match op:
        case Operator.EQ:
            far = np.abs(left)
        case Operator.NE:
            far = np.asarray(left == 0, dtype=np.int64)
        case Operator.LE | Operator.LT:
            far = np.maximum(left + int(op == Operator.LT), 0)
        case Operator.GE | Operator.GT:
            far = np.maximum(int(op == Operator.GT) - left, 0)
    return far


def _junction(values: Values, node: Junction, wanted: bool) -> Exact:
    farthest = (node.op == "and") == wanted
    choose = np.maximum if farthest else np.minimum
    total = np.full(node.rows, 0 if farthest else FARTHEST, dtype=object)
    for member in node.members:
        choose.at(total, member.row, shortfall(values, member.child, wanted)[member.child_row].astype(object))
    total[total == FARTHEST] = 1
    return total


def counts_ticks(node: Truth | IntExpr) -> bool:
    """Whether the comparisons below are of plain instants and durations, so that an amount is a duration."""
    match node:
        case Compare():
            return counts_ticks(node.left)
        case Linear():
            whole = bool(np.all(np.abs(node.coef) == 1)) and all(np.all(np.abs(p.coef) == 1) for p in node.parts)
            return whole and bool(len(node.coef) or node.parts) and all(counts_ticks(p.child) for p in node.parts)
        case Extreme() | Absolute() | Not():
            return counts_ticks(node.child)
        case Junction():
            return all(counts_ticks(m.child) for m in node.members)
        case Makespan():
            return True
        case Indicator() | Known():
            return False


def tasks_of(node: Truth | IntExpr, rows: Ints) -> Ints:
    """The tasks that these rows speak of, ascending."""
    found: list[Ints] = []
    if isinstance(node, Linear):
        found.append(node.task[np.isin(node.row, rows)])
    for child, owner, child_row in _children(node):
        mine = rows if owner is None else child_row[np.isin(owner, rows)]
        found.append(tasks_of(child, mine))
    return np.unique(np.concatenate(found)) if found else np.zeros(0, dtype=np.int64)


def _children(node: Truth | IntExpr) -> list[tuple[Truth | IntExpr, Ints | None, Ints]]:
    """The nodes below, each with (row, child_row), or None for row where they go side by side."""
    none = np.zeros(0, dtype=np.int64)
    match node:
        case Linear():
            return [(p.child, p.row, p.child_row) for p in node.parts]
        case Extreme():
            return [(node.child, node.row, node.child_row)]
        case Junction():
            return [(m.child, m.row, m.child_row) for m in node.members]
        case Compare():
            return [(node.left, None, none)]
        case Absolute() | Indicator() | Not():
            return [(node.child, None, none)]
        case Makespan() | Known():
            return []
