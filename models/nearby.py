"""The schedules of a model that are near an earlier one: as goals before the model's own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from enum import StrEnum
from fractions import Fraction

import numpy as np

from schedc.models.columns import Flags, Ints, ints
from schedc.models.expressions import (
    Absolute,
    Compare,
    Guarded,
    Indicator,
    IntExpr,
    Junction,
    Linear,
    Member,
    Operator,
    Part,
    Point,
)
from schedc.models.model import Model
from schedc.models.presence import presence_of, present_in
from schedc.models.schedule import Schedule
from schedc.models.source import NOWHERE, Origin
from schedc.models.statements import Stage

CHANGED, SHIFTED = "changed tasks", "shifts"


class Prefer(StrEnum):
    """What a repaired schedule is to be: changed in the fewest tasks, shifted by the least, or best by its own goals.

    Each is followed by the other two, so that `goals` still takes the nearest of the best schedules.
    """

    FEWEST = "fewest"
    SMALLEST = "smallest"
    GOALS = "goals"


def near(model: Model, old: Schedule, known: Flags, weight: Ints, prefer: Prefer = Prefer.FEWEST) -> Model:
    """The model whose first goals keep a schedule as it was, for all tasks that are `known` to it.

    Changed tasks: the sum of weight[t] over known tasks that are present in one schedule only, or stand elsewhere, last
    otherwise, or have another mode or another member. Shifts: the sum of weight[t] * |start - old start| over known
    tasks that were present, a task that is left out counting as shifted by the whole horizon. weight[t] >= 0.
    """
    there = present_in(old) & known & (weight > 0)
    gone = known & ~present_in(old) & (weight > 0)
    changed = _stage(CHANGED, _changed(model, old, there, gone, weight), "")
    shifted = _stage(SHIFTED, _shifted(model, old, np.flatnonzero(there), weight), "duration")
    first = (changed, shifted) if prefer is not Prefer.SMALLEST else (shifted, changed)
    stages = (*model.objective, *first) if prefer is Prefer.GOALS else (*first, *model.objective)
    return replace(model, objective=stages, front=False)


def _stage(name: str, value: IntExpr, unit: str) -> Stage:
    return Stage(Origin(NOWHERE, name), name, "minimize", value, Fraction(1), unit)


def _changed(model: Model, old: Schedule, there: Flags, gone: Flags, weight: Ints) -> IntExpr:
    """The weights of the tasks of which at least one thing is different."""
    tasks = np.flatnonzero(there | gone)
    row = np.full(model.task_count, -1)
    row[tasks] = np.arange(len(tasks))
    members = tuple(
        Member(row[task], Compare(op, _term(point, number, -was)), np.arange(len(task)))
        for task, point, number, was, op in _differences(model, old, there, gone) if len(task)
    )
    return _weighted(Indicator(Junction("or", len(tasks), members)), weight[tasks])


def _differences(
    model: Model, old: Schedule, there: Flags, gone: Flags
) -> Iterator[tuple[Ints, Point, Ints, Ints, Operator]]:
    """What may differ: whose, which point of which number, what it was, and how it then compares with that."""
    stood, left_out = np.flatnonzero(there), np.flatnonzero(gone)
    yield stood, Point.START, stood, old.start[stood], Operator.NE
    loose = stood[_loose(model)[stood]]
    yield loose, Point.END, loose, old.end[loose], Operator.NE
    optional = stood[presence_of(model).optional[stood]]
    yield optional, Point.PRESENT, optional, np.ones(len(optional), dtype=np.int64), Operator.LT
    yield left_out, Point.PRESENT, left_out, np.zeros(len(left_out), dtype=np.int64), Operator.GT
    if old.mode is not None:
        moded = stood[old.mode[stood] >= 0]
        yield moded, Point.MODE, old.mode[moded], np.ones(len(moded), dtype=np.int64), Operator.LT
    if old.member is not None:
        chosen = np.flatnonzero(old.member)
        whose = model.picks.task[model.picks.owner[chosen]]
        chosen, whose = chosen[there[whose]], whose[there[whose]]
        yield whose, Point.MEMBER, chosen, np.ones(len(chosen), dtype=np.int64), Operator.LT


def _loose(model: Model) -> Flags:
    """The tasks whose end does not follow from their start."""
    loose: Flags = model.pausable | (model.shortest < model.longest)
    return loose


def _shifted(model: Model, old: Schedule, task: Ints, weight: Ints) -> IntExpr:
    """The weighted distances between the starts; an absent task is a horizon away."""
    distance: IntExpr = Absolute(_term(Point.START, task, -old.start[task]))
    optional = presence_of(model).optional[task]
    if not optional.any():
        return _weighted(distance, weight[task])
    some = np.flatnonzero(optional)
    present = Compare(Operator.GE, _present(len(task), some, task[some]))
    total = _weighted(Guarded(distance, present), weight[task])
    missed = weight[task[some]] * model.horizon
    zero = np.zeros(len(some), dtype=np.int64)
    return replace(
        total, const=total.const + missed.sum(), row=zero, point=np.full(len(some), int(Point.PRESENT)),
        task=task[some], coef=-missed,
    )


def _present(rows: int, some: Ints, task: Ints) -> Linear:
    """present - 1 of the rows that may be absent, 0 of the others."""
    const = np.zeros(rows, dtype=np.int64)
    const[some] = -1
    return Linear(const, some, np.full(len(some), int(Point.PRESENT)), task, np.ones(len(some), dtype=np.int64))


def _term(point: Point, number: Ints, const: Ints) -> Linear:
    """One point a row, and a constant."""
    n = len(number)
    return Linear(ints(const), np.arange(n), np.full(n, int(point)), ints(number), np.ones(n, dtype=np.int64))


def _weighted(child: IntExpr, weight: Ints) -> Linear:
    """The one value sum of weight[i] * child[i]."""
    none = ints([])
    part = Part(np.zeros(len(weight), dtype=np.int64), child, np.arange(len(weight)), ints(weight))
    return Linear(ints([0]), none, none, none, none, (part,))
