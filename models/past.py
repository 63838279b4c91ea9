"""What an earlier schedule started before `now` stays as it is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from schedc.models.columns import Flags, Ints, SpanSets, ints, ragged
from schedc.models.expressions import Compare, Linear, Operator, Point
from schedc.models.model import Model
from schedc.models.pieces import pieces_of
from schedc.models.presence import present_in
from schedc.models.schedule import Schedule
from schedc.models.source import Origin
from schedc.models.statements import Modes, Pieces, Require, Tasks, Within


def begun(model: Model, old: Schedule) -> Flags:
    """Which tasks an earlier schedule started before `now`."""
    flags: Flags = present_in(old) & (old.start < model.axis.now) & (model.axis.now > 0)
    return flags


def with_past(model: Model, old: Schedule) -> Model:
    """The model in which every task that `old` started before `now` stands as it does there; itself without any.

    Start, worked length, pieces, mode, members stay, and so does the end, but for a pausable task that had not ended by
    `now`: when that ends follows from the pauses. The task's own `lasts`, `release`, `deadline` and `within`, and those
    of its mode, are what happened; every other statement holds for the past as well.
    """
    fixed = begun(model, old)
    if not fixed.any():
        return model
    origin = Origin(model.axis.origin.span, "now")
    mode = np.full(model.task_count, -1, dtype=np.int64) if old.mode is None else old.mode
    conditions = [*_settled(model, old, fixed, mode, origin), *_running(model, old, fixed, origin)]
    return replace(
        model, tasks=tuple(_stayed(t, model, old, fixed) for t in model.tasks),
        relations=(*model.relations, *conditions),
    )


def _open_ended(model: Model, old: Schedule) -> Flags:
    """Which tasks may still pause."""
    flags: Flags = model.pausable & (old.end > model.axis.now)
    return flags


def as_of(model: Model, now: int) -> Model:
    """The model in which the past ends at a tick: nothing starts before it but what an earlier schedule had begun."""
    tasks = tuple(replace(t, release=np.maximum(t.release, now)) for t in model.tasks)
    return replace(model, axis=replace(model.axis, now=now), tasks=tasks)


def _stayed(t: Tasks, model: Model, old: Schedule, fixed: Flags) -> Tasks:
    own = slice(t.first, t.first + t.size)
    rows = fixed[own]
    if not rows.any():
        return t
    start, end, length = old.start[own], old.end[own], old.length[own]
    latest = np.where(_open_ended(model, old)[own], model.horizon, end)
    deadline = np.where(rows, latest, t.deadline)
    modes = tuple(_stayed_mode(m, model, rows, length) for m in t.modes)
    shortest, longest = np.where(rows, length, t.shortest), np.where(rows, length, t.longest)
    return replace(
        t, shortest=shortest, longest=longest, release=np.where(rows, start, t.release),
        deadline=deadline, within=_without(t.within, rows), modes=modes, pieces=_begun_pieces(t, model, old, rows),
    )


def _begun_pieces(t: Tasks, model: Model, old: Schedule, rows: Flags) -> Pieces | None:
    """The pieces of what has begun, as they were to be."""
    if t.pieces is None:
        return None
    spans = pieces_of(model, old)
    ptr = spans.ptr[t.first : t.first + t.size + 1]
    size = np.where(rows, np.diff(ptr), 0)
    at = ragged(ptr[:-1], ptr[:-1] + size)
    fixed = SpanSets(np.r_[0, np.cumsum(size)].astype(np.int64), spans.lo[at], spans.hi[at])
    length = spans.hi[at] - spans.lo[at]
    row = np.repeat(np.arange(t.size), size)
    least, most = t.pieces.shortest.copy(), t.pieces.longest.copy()
    np.minimum.at(least, row, length)
    np.maximum.at(most, row, length)
    return replace(t.pieces, most=np.maximum(t.pieces.most, size), shortest=least, longest=most, fixed=fixed)


def _stayed_mode(m: Modes, model: Model, rows: Flags, length: Ints) -> Modes:
    """The options of tasks that stay allow what the chosen ones did."""
    here = rows[m.row]
    there = length[m.row]
    return replace(
        m, shortest=np.where(here, there, m.shortest), longest=np.where(here, there, m.longest),
        release=np.where(here, 0, m.release), deadline=np.where(here, model.horizon, m.deadline),
        within=_without(m.within, here),
    )


def _without(clauses: tuple[Within, ...], rows: Flags) -> tuple[Within, ...]:
    return tuple(replace(w, which=np.where(rows, -1, w.which)) for w in clauses)


def _settled(model: Model, old: Schedule, fixed: Flags, mode: Ints, origin: Origin) -> list[Require]:
    """What is present, and what was chosen, by conditions."""
    optional = np.concatenate([ints([]).astype(np.bool_), *(np.full(t.size, t.optional) for t in model.tasks)])
    member = np.zeros(len(model.picks.resource), dtype=np.bool_) if old.member is None else old.member
    taken = np.flatnonzero(member & fixed[model.picks.task[model.picks.owner]]) if len(member) else ints([])
    chosen = mode[fixed]
    wanted = ((Point.PRESENT, np.flatnonzero(fixed & optional)), (Point.MODE, chosen[chosen >= 0]),
              (Point.MEMBER, taken))
    return [Require(origin, _equal(point, numbers, 1)) for point, numbers in wanted if len(numbers)]


def _running(model: Model, old: Schedule, fixed: Flags, origin: Origin) -> list[Require]:
    """The starts of those whose end is still open."""
    tasks = np.flatnonzero(fixed & _open_ended(model, old))
    return [Require(origin, _equal(Point.START, tasks, old.start[tasks]))] if len(tasks) else []


def _equal(point: Point, numbers: Ints, value: Ints | int) -> Compare:
    """Each of them has its value."""
    n = len(numbers)
    every, one = np.arange(n), np.ones(n, dtype=np.int64)
    return Compare(Operator.EQ, Linear(-value * one, every, np.full(n, int(point)), np.asarray(numbers), one))
