"""A model's first goal as a maximum or a weighted sum over the ends of single tasks."""

from __future__ import annotations

import numpy as np

from schedc.compilers.shops.shop import Goal
from schedc.models.columns import Ints
from schedc.models.expressions import Extreme, IntExpr, Linear, Makespan, Part, Point
from schedc.models.model import Model


class _NotThisError(Exception):
    """The goal is not of such a form."""


def goal_of(model: Model) -> Goal | None:
    """The goal, or None where it is another one, is maximised, or prefers later ends; starts need constant lengths."""
    if not model.objective or model.objective[0].sense != "minimize":
        return None
    try:
        return _read(model, model.objective[0].value)
    except _NotThisError:
        return None


def _read(model: Model, value: IntExpr) -> Goal:
    n = model.task_count
    none = np.zeros(n, dtype=np.int64)
    if isinstance(value, Makespan):
        return Goal("max", np.ones(n, dtype=np.bool_), none, none, none, none)
    if isinstance(value, Extreme):
        return _latest(model, value)
    if not isinstance(value, Linear):
        raise _NotThisError
    weight, const = _linear(model, value)
    tardy, due = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64)
    for part in value.parts:
        const += _part(model, part, weight, tardy, due)
    _need(bool((weight >= 0).all() and (tardy >= 0).all()))
    return Goal("sum", none > 0, none, weight, tardy, due, const)


def _need(holds: bool) -> None:
    if not holds:
        raise _NotThisError


def _linear(model: Model, node: Linear) -> tuple[Ints, int]:
    """The weights of ends, and what is constant, in a sum of points of one row."""
    weight = np.zeros(model.task_count, dtype=np.int64)
    _need(bool(np.isin(node.point, (Point.START, Point.END)).all()))
    begun = node.point == Point.START
    _need(bool((model.shortest == model.longest)[node.task[begun]].all()))
    np.add.at(weight, node.task, node.coef)
    return weight, int(node.const[0]) - int((node.coef * model.shortest[node.task])[begun].sum())


def _single(model: Model, node: Linear) -> tuple[Ints, Ints]:
    """Of rows that are the end of one task and a constant: the task (-1 where there is none) and the constant."""
    _need(not node.parts and bool((np.bincount(node.row, minlength=node.rows) <= 1).all()))
    _need(bool((node.coef == 1).all() and np.isin(node.point, (Point.START, Point.END)).all()))
    begun = node.point == Point.START
    _need(bool((model.shortest == model.longest)[node.task[begun]].all()))
    task, const = np.full(node.rows, -1, dtype=np.int64), node.const.copy()
    task[node.row] = node.task
    const[node.row[begun]] -= model.shortest[node.task[begun]]
    return task, const


def _part(model: Model, part: Part, weight: Ints, tardy: Ints, due: Ints) -> int:
    """Adds a sum of max(0, end - due) or of plain rows; returns what is constant."""
    child = part.child
    if isinstance(child, Linear):
        task, const = _single(model, child)
        used = task[part.child_row]
        np.add.at(weight, used[used >= 0], part.coef[used >= 0])
        return int((part.coef * const[part.child_row]).sum())
    _need(isinstance(child, Extreme) and child.op == "max" and child.when is None)
    assert isinstance(child, Extreme)
    _need(isinstance(child.child, Linear))
    assert isinstance(child.child, Linear)
    inner, const = _single(model, child.child)
    of, limit = inner[child.child_row], const[child.child_row]
    _need(len(of) == 2 * child.rows and bool((child.row[::2] == child.row[1::2]).all()))
    pairs, limits = of.reshape(-1, 2), limit.reshape(-1, 2)
    first = pairs[:, 0] < 0
    _need(bool(((pairs[:, 0] < 0) != (pairs[:, 1] < 0)).all()))
    task = np.where(first, pairs[:, 1], pairs[:, 0])
    floor, shift = np.where(first, limits[:, 0], limits[:, 1]), np.where(first, limits[:, 1], limits[:, 0])
    rows = part.child_row
    used, coef, date = task[rows], part.coef, (floor - shift)[rows]     # max(f, C + s) = f + max(0, C - (f - s))
    _need(len(np.unique(used)) == len(used) and not tardy[used].any())
    tardy[used], due[used] = coef, date
    return int((coef * floor[rows]).sum())


def _latest(model: Model, value: Extreme) -> Goal:
    """max over ends and constants; a constant may only be one that no schedule is below."""
    _need(value.op == "max" and value.when is None and value.rows == 1 and isinstance(value.child, Linear))
    assert isinstance(value.child, Linear)
    task, const = _single(model, value.child)
    task, const = task[value.child_row], const[value.child_row]
    _need(bool((task >= 0).all()) and len(np.unique(task)) == len(task))
    none = np.zeros(model.task_count, dtype=np.int64)
    counts, tail = none > 0, none.copy()
    counts[task], tail[task] = True, const
    _need(bool((const >= 0).all()))
    return Goal("max", counts, tail, none, none, none)
