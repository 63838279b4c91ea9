"""`require`: every row of the condition holds; how far from holding the others are."""

from __future__ import annotations

import numpy as np

from schedc.models.columns import Ints
from schedc.models.expressions import (
    Compare,
    Extreme,
    Indicator,
    Junction,
    Known,
    Linear,
    Not,
    Operator,
    Point,
    Product,
    Rank,
    Truth,
)
from schedc.models.statements import Require
from schedc.models.verify.case import Case
from schedc.models.verify.values import Exact, Values
from schedc.models.verify.verdict import Violation
from schedc.models.walk import Node, children, post_order

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
    missing = shortfall(values, require.condition)
    ticks = counts_ticks(require.condition)

    def tell(row: int) -> Violation:
        member, amount = require.member(row), int(missing[row])
        off = case.span(amount) if ticks else str(amount)
        message = f"the requirement does not hold{f' for {member}' if member else ''}: off by {off}"
        tasks = case.names(tasks_of(require.condition, row))
        return Violation("require", require.origin, member, message, amount, None, tasks)

    case.report("require", require.origin, broken, tell)


def shortfall(values: Values, root: Truth) -> Exact:
    """How far each row is from holding: 0 exactly where it does.

    A comparison is as far as its left side must move; "and" as far as its farthest operand, "or" as its nearest that
    is about times; what data or choices alone decide against is 1 away; "not" turns all of this round.
    """
    far: dict[tuple[int, bool], Exact] = {}
    for node in _conditions(root):
        for wanted in (True, False):
            far[id(node), wanted] = _shortfall(values, node, wanted, far)
    found = far[id(root), True].copy()
    found[found == FARTHEST] = 1
    return found


def _of_choices(node: Compare) -> bool:
    """Whether a comparison only speaks of what is present or chosen."""
    left = node.left
    return isinstance(left, Linear) and not left.parts and len(left.row) > 0 and bool(np.all(left.point > Point.LENGTH))


def _conditions(root: Truth) -> list[Truth]:
    return [node for node in post_order(root) if isinstance(node, Compare | Junction | Not | Known)]


def _shortfall(values: Values, node: Truth, wanted: bool, far: dict[tuple[int, bool], Exact]) -> Exact:
    match node:
        case Compare():
            found = _distance(values.of(node.left), node.op if wanted else _OPPOSITE[node.op])
            # to have something present or absent is one step, and never the nearest way out
            return (found != 0).astype(object) * FARTHEST if _of_choices(node) else found
        case Not():
            return far[id(node.child), not wanted]
        case Known():
            return np.asarray(node.value != wanted, dtype=np.int64)
        case Junction():
            return _junction(node, wanted, far)


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


def _junction(node: Junction, wanted: bool, far: dict[tuple[int, bool], Exact]) -> Exact:
    farthest = (node.op == "and") == wanted
    choose = np.maximum if farthest else np.minimum
    total = np.full(node.rows, 0 if farthest else FARTHEST, dtype=object)
    for member in node.members:
        choose.at(total, member.row, far[id(member.child), wanted][member.child_row].astype(object))
    total[total == FARTHEST] = 1
    return total


def counts_ticks(root: Truth) -> bool:
    """Whether the comparisons are of plain instants and durations, so that an amount is a duration."""
    counts: dict[int, bool] = {}
    for node in post_order(root):
        if isinstance(node, Compare) and _of_choices(node) and node is not root:
            counts[id(node)] = True
            continue
        below = all(counts[id(child)] for child in children(node))
        if isinstance(node, Linear):
            coefs = np.concatenate([node.coef, *(part.coef for part in node.parts)])
            below = below and len(coefs) > 0 and bool(np.all(np.abs(coefs) == 1) and np.all(node.point <= Point.LENGTH))
        counts[id(node)] = below and not isinstance(node, Indicator | Known | Product)
    return counts[id(root)]


def tasks_of(root: Truth, row: int) -> Ints:
    """The tasks that one row speaks of, ascending."""
    rows: dict[int, list[Ints]] = {id(root): [np.array([row])]}
    found: list[Ints] = [np.zeros(0, dtype=np.int64)]
    for node in reversed(post_order(root)):
        mine = np.unique(np.concatenate(rows[id(node)]))
        if isinstance(node, Linear):
            found.append(node.task[np.isin(node.row, mine) & (node.point <= Point.PRESENT)])
        for child, child_rows in _rows_below(node, mine):
            rows.setdefault(id(child), []).append(child_rows)
    return np.unique(np.concatenate(found))


def _rows_below(node: Node, rows: Ints) -> list[tuple[Node, Ints]]:
    """The children, each with its rows that these rows take."""
    match node:
        case Linear():
            return [(p.child, p.child_row[np.isin(p.row, rows)]) for p in node.parts]
        case Extreme() | Rank():
            entries = np.flatnonzero(np.isin(node.row, rows))
            counted: list[tuple[Node, Ints]] = [] if node.when is None else [(node.when, entries)]
            return [(node.child, node.child_row[entries]), *counted]
        case Product():
            return [(node.child, node.child_row[np.isin(node.row, rows)])]
        case Junction():
            return [(m.child, m.child_row[np.isin(m.row, rows)]) for m in node.members]
        case _:
            return [(child, rows) for child in children(node)]
