"""Which goals never improve when some tasks move to a later place, their lengths kept: the regular ones."""

from __future__ import annotations

import numpy as np

from schedc.models.expressions import (
    Absolute,
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
    Part,
    Point,
    Product,
    Rank,
    SetupTime,
    Truth,
)
from schedc.models.statements import Stage

_RISING = {Operator.GE: 1, Operator.GT: 1, Operator.LE: -1, Operator.LT: -1}


def regular(stage: Stage) -> bool:
    """Whether moving a task to an earlier place, its length kept, never makes the goal worse.

    Only where nothing pauses, so that start and end of a task move together.
    """
    return rises(stage.value, 1 if stage.sense == "minimize" else -1)


def least_makespan(stage: Stage) -> bool:
    """Whether the goal is `minimize makespan` itself, without a tolerance."""
    loose = stage.slack or stage.percent
    return stage.sense == "minimize" and isinstance(stage.value, Makespan) and not loose


def rises(value: IntExpr, sign: int) -> bool:
    """Whether sign * value never falls, in any row, when tasks move to later places and none passes another."""
    if isinstance(value, SetupTime):
        return True
    if isinstance(value, Makespan):
        return sign > 0
    if isinstance(value, Product):
        return rises(value.child, 1) and rises(value.child, -1)
    if isinstance(value, Rank):
        return (value.when is None or _unmoved(value.when)) and rises(value.child, sign)
    if isinstance(value, Guarded) or (isinstance(value, Extreme) and value.when is not None):
        return value.when is not None and _unmoved(value.when) and rises(value.child, sign)
    if isinstance(value, Extreme):
        return rises(value.child, sign)
    if isinstance(value, Indicator):
        return holds_longer(value.child, sign)
    if isinstance(value, Absolute):
        return rises(value.child, 1) and rises(value.child, -1)
    return _moved_together(value, sign) and all(_part_rises(part, sign) for part in value.parts)


def _part_rises(part: Part, sign: int) -> bool:
    up, down = bool((part.coef > 0).any()), bool((part.coef < 0).any())
    return (not up or rises(part.child, sign)) and (not down or rises(part.child, -sign))


def _moved_together(value: Linear, sign: int) -> bool:
    """Whether in each row the coefficients of a task's start and end add up to none against the sign."""
    moving = value.point < Point.LENGTH
    if not moving.any() or (sign * value.coef[moving] >= 0).all():
        return True
    pairs = np.stack([value.row[moving], value.task[moving]])
    _, group = np.unique(pairs, axis=1, return_inverse=True)
    total = np.zeros(int(group.max()) + 1, dtype=np.int64)
    np.add.at(total, group.reshape(-1), value.coef[moving])
    return bool((sign * total >= 0).all())


def _unmoved(truth: Truth) -> bool:
    """Whether a condition stays as it is wherever tasks move."""
    return holds_longer(truth, 1) and holds_longer(truth, -1)


def holds_longer(truth: Truth, sign: int) -> bool:
    """Whether a true condition stays true as any tasks move to later places (sign 1) or to earlier ones (-1)."""
    if isinstance(truth, Known):
        return True
    if isinstance(truth, Not):
        return holds_longer(truth.child, -sign)
    if isinstance(truth, Junction):
        return all(holds_longer(m.child, sign) for m in truth.members)
    if truth.op in _RISING:
        return rises(truth.left, _RISING[truth.op] * sign)
    return rises(truth.left, 1) and rises(truth.left, -1)
