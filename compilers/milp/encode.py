"""From a model to a mixed integer program: the formulation of tasks and relations, then conditions and goals."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np

from schedc.compilers.calendars import task_calendars
from schedc.compilers.conditions import Side, Sum
from schedc.compilers.milp.choose import Formulation
from schedc.compilers.milp.conditions import Conditions
from schedc.compilers.milp.events import write_events
from schedc.compilers.milp.places import Places
from schedc.compilers.milp.sequence import Sequence
from schedc.compilers.milp.sheet import FREE, Program, Sheet
from schedc.compilers.milp.spanned import Spanned
from schedc.compilers.milp.timed import Timed
from schedc.compilers.windows import Windows, makespan_floor
from schedc.models.expressions import Makespan, Point
from schedc.models.model import Model
from schedc.models.presence import presence_of


@dataclass(frozen=True, eq=False)
class Encoded:
    """A written program; goals: for each stage the sum to be minimised (a maximised value is negated).

    impossible: why it has no solution, where that showed while it was written.
    """

    formulation: Formulation
    program: Program
    places: Places
    goals: tuple[Sum, ...]
    impossible: str | None


def encode(model: Model, bounds: Windows, formulation: Formulation, every_point: bool = False) -> Encoded:
    """Write a whole model. every_point: with a variable for each start, end and length. Raises UnsuitableError."""
    sheet = Sheet()
    floor = makespan_floor(model, bounds) if _has_makespan(model) and bounds.conflict is None else 0
    places = _places(model, bounds, formulation, sheet, floor, not every_point)
    conditions = Conditions(places, sheet)
    for statement in model.requires:
        conditions.require(statement.condition)
    goals = tuple(_goal(conditions, model, k) for k in range(len(model.objective)))
    for point in (Point.START, Point.END, Point.LENGTH) if every_point else ():
        for task in range(model.task_count):
            places.point(point, task)
    impossible = bounds.conflict or sheet.impossible
    return Encoded(formulation, sheet.program(), places, goals, impossible)


def _places(
    model: Model, bounds: Windows, formulation: Formulation, sheet: Sheet, floor: int, moving: bool
) -> Places:
    calendars, ending = task_calendars(model), last_tasks(model)
    if formulation is Formulation.TIME:
        timed = Timed(model, bounds, calendars, sheet, ending, floor, moving=moving)
        timed.write()
        return timed
    spanned = Spanned(model, bounds, calendars, sheet, ending, floor)
    spanned.write()
    if formulation is Formulation.EVENTS:
        write_events(spanned)
    else:
        Sequence(spanned).write()
    return spanned


def _has_makespan(model: Model) -> bool:
    return any(isinstance(stage.value, Makespan) for stage in model.objective)


def _goal(conditions: Conditions, model: Model, stage: int) -> Sum:
    """The sum to be minimised, over one variable of its own where it has several: integers make a bound an integer."""
    goal = model.objective[stage]
    if goal.sense == "minimize":
        terms, constant = conditions.value(goal.value, 0, Side.ABOVE)
    else:
        terms, constant = conditions.value(goal.value, 0, Side.BELOW)
        terms, constant = {v: -c for v, c in terms.items()}, -constant
    conditions.sheet.range((terms, constant))
    return terms, constant


def last_tasks(model: Model) -> list[int]:
    """Tasks one of which ends last in every schedule: those that none follows, and those on or before cycles."""
    after: dict[int, list[int]] = {}
    optional = presence_of(model).optional
    for order in model.orders:
        if order.first_point is Point.END and order.second_point is Point.START:
            keep = (order.lo >= 0) & (order.lo < FREE) & ~optional[order.second]
            for a, b in zip(order.first[keep].tolist(), order.second[keep].tolist()):
                after.setdefault(a, []).append(b)
    return [t for t in range(model.task_count) if t not in after] if _acyclic(after, model.task_count) else list(
        range(model.task_count)
    )


def _acyclic(after: dict[int, list[int]], count: int) -> bool:
    waiting = np.zeros(count, dtype=np.int64)
    for successors in after.values():
        np.add.at(waiting, successors, 1)
    ready = deque(np.flatnonzero(waiting == 0).tolist())
    left, seen = waiting.tolist(), 0
    while ready:
        seen += 1
        for b in after.get(ready.popleft(), ()):
            left[b] -= 1
            if left[b] == 0:
                ready.append(b)
    return seen == count
