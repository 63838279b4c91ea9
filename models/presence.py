"""Which tasks may be absent, and what holds of the others whatever becomes of these."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from schedc.models.columns import UNLIMITED, Flags, Ints, ints
from schedc.models.expressions import Known, Linear
from schedc.models.schedule import Schedule
from schedc.models.statements import Exclusive, Modes, Order, Permutation, Relation, Require, Tasks
from schedc.models.walk import Node, post_order

if TYPE_CHECKING:
    from schedc.models.model import Model


class Presence(NamedTuple):
    """By task: whether it may be absent, and the number of the task that decides (its own where it cannot be)."""

    optional: Flags
    decider: Ints


def presence_of(model: Model) -> Presence:
    """The columns over all tasks."""
    optional = [np.full(t.size, t.optional) for t in model.tasks]
    decider = [t.first + np.arange(t.size) if t.presence is None else t.presence for t in model.tasks]
    return Presence(np.concatenate([ints([]).astype(np.bool_), *optional]), np.concatenate([ints([]), *decider]))


def present_in(schedule: Schedule) -> Flags:
    """Which tasks are present in a schedule."""
    return np.ones(len(schedule.start), dtype=np.bool_) if schedule.present is None else schedule.present


def bare(model: Model, schedule: Schedule) -> Schedule:
    """A schedule of the tasks that `certain` leaves, as one of the model: nothing optional is present."""
    optional = presence_of(model).optional
    if not optional.any():
        return schedule
    start, end, length = (np.where(optional, 0, c) for c in (schedule.start, schedule.end, schedule.length))
    return Schedule(start, end, length, ~optional)


# without what may be absent


def certain(model: Model) -> Model:
    """What holds of the tasks that are always present, whether or not others are.

    The same tasks and relations by number; optional tasks have no length and nothing to keep, and statements that
    speak of them say nothing, and there are no stocks, whose levels absent tasks would change. A schedule of the model
    keeps this one too, once absent tasks stand at 0 with length 0. The model itself where nothing is optional.
    """
    model = spans(model)
    optional = presence_of(model).optional
    if not optional.any():
        return model
    return replace(
        model, stocks=(),
        tasks=tuple(_inert(t, model.horizon) if t.optional else replace(t, events=()) for t in model.tasks),
        relations=tuple(_without(r, optional) for r in model.relations),
    )


def spans(model: Model) -> Model:
    """What holds of the spans of tasks that come in pieces, from their first start to their last end.

    The same tasks and relations by number; such a task may last as long as it likes from its least length on, holds
    nothing and excludes nothing, and conditions on its length say nothing. The model itself without such tasks.
    """
    if all(t.pieces is None for t in model.tasks):
        return model
    split = np.concatenate([np.full(t.size, t.pieces is not None) for t in model.tasks])
    return replace(
        model, tasks=tuple(t if t.pieces is None else _spanning(t, model.horizon) for t in model.tasks),
        relations=tuple(_of_spans(r, split) for r in model.relations),
    )


def whole(model: Model) -> Model:
    """The model in which nothing is split: what keeps it keeps the model, as far as one piece may be so long."""
    if all(t.pieces is None for t in model.tasks):
        return model
    return replace(model, tasks=tuple(replace(t, pieces=None) for t in model.tasks))


def _spanning(t: Tasks, horizon: int) -> Tasks:
    return replace(t, longest=np.maximum(t.longest, horizon), uses=(), pieces=None)


def _of_spans(relation: Relation, split: Flags) -> Relation:
    from schedc.models.expressions import Point

    if isinstance(relation, Exclusive):
        return _without(relation, split)
    if isinstance(relation, Require) and speaks_of(relation.condition, split, (Point.LENGTH,)):
        return replace(relation, condition=Known(np.ones(relation.condition.rows, dtype=np.bool_)))
    return relation


def _inert(t: Tasks, horizon: int) -> Tasks:
    none, late = np.zeros(t.size, dtype=np.int64), np.full(t.size, horizon)
    return replace(
        t, shortest=none, longest=none, release=none, deadline=late, pausable=False, uses=(), within=(), events=(),
        parts=(), optional=False, presence=None, modes=tuple(_inert_modes(m, horizon) for m in t.modes),
    )


def _inert_modes(m: Modes, horizon: int) -> Modes:
    none, late = np.zeros(m.size, dtype=np.int64), np.full(m.size, horizon)
    return replace(m, shortest=none, longest=none, release=none, deadline=late, uses=(), within=(), events=(), parts=())


def _without(relation: Relation, optional: Flags) -> Relation:
    if isinstance(relation, Order):
        loose = optional[relation.first] | optional[relation.second]
        lo, hi = np.where(loose, -UNLIMITED, relation.lo), np.where(loose, UNLIMITED, relation.hi)
        return replace(relation, lo=lo, hi=hi) if loose.any() else relation
    if isinstance(relation, Exclusive):
        keep = ~optional[relation.task]
        before = np.r_[0, np.cumsum(keep)]
        return relation if keep.all() else replace(relation, ptr=before[relation.ptr], task=relation.task[keep])
    if isinstance(relation, Permutation):
        keep = ~(optional[relation.first] | optional[relation.second])
        before = np.r_[0, np.cumsum(keep)]
        return relation if keep.all() else replace(
            relation, ptr=before[relation.ptr], first=relation.first[keep], second=relation.second[keep]
        )
    if isinstance(relation, Require) and speaks_of(relation.condition, optional):
        return replace(relation, condition=Known(np.ones(relation.condition.rows, dtype=np.bool_)))
    return relation


def speaks_of(root: Node, optional: Flags, points: tuple[int, ...] | None = None) -> bool:
    """Whether an expression names one of these tasks, by one of these points (any)."""
    from schedc.models.expressions import Point

    points = points or (Point.START, Point.END, Point.LENGTH, Point.PRESENT)
    return any(
        bool(optional[node.task[np.isin(node.point, points)]].any())
        for node in post_order(root) if isinstance(node, Linear)
    )
