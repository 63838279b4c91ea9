"""Parts of tasks as tasks of their own.

Source: parts of tasks. Targets: tasks, capacity, precedence, maximal lags, length ranges, extreme, optional tasks. A
demand on [A, B), A = p + a and B = q + b of the points p, q of a task t, is held by a new task u with

    start(u) = p(t) + a,  end(u) = q(t) + b,  length(u) between the least and the greatest B - A,

which is present where t is. The makespan is written out over the author's tasks first, so that the new ones do not
count. A part that may be empty has no such task, for where it is empty it binds nothing; nor has one whose length falls
as that of its task rises.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from schedc.compilers.constructs import Construct, Site, used
from schedc.compilers.lowering import makespan
from schedc.compilers.lowering.base import Lowering, Refusal, Rewrite
from schedc.compilers.lowering.extend import first_tasks
from schedc.models.columns import Family, Ints
from schedc.models.expressions import Point
from schedc.models.model import Model
from schedc.models.presence import presence_of, present_in
from schedc.models.schedule import Schedule
from schedc.models.statements import Order, Parts, Tasks, Uses


def _lengths(t: Tasks, p: Parts) -> tuple[Ints, Ints]:
    """The least and the greatest length of the parts of a clause; of those that shrink the least is the greatest."""
    long = int(p.last_point) - int(p.first_point)
    shift = p.last - p.first
    return shift + long * t.shortest[p.row], shift + long * t.longest[p.row]


def _kept(t: Tasks, p: Parts) -> Parts:
    """The parts that are ever there."""
    keep = np.maximum(*_lengths(t, p)) > 0
    return replace(p, **{c: getattr(p, c)[keep] for c in ("row", "resource", "amount", "first", "last")})


def _lowered(model: Model) -> Rewrite:
    model = makespan.lowered(model)
    first, families, orders, made = model.task_count, [], [], []
    decider = presence_of(model).decider
    for t in model.tasks:
        for part in t.parts:
            p = _kept(t, part)
            if len(p.row):
                families.append(_tasks(model, t, p, first, decider))
                orders += _ties(t, p, first)
                made.append((t, p))
                first += len(p.row)
    bare = tuple(replace(t, parts=()) for t in model.tasks)
    lowered = replace(model, tasks=(*bare, *families), relations=(*model.relations, *orders))
    count = model.task_count
    return Rewrite(lowered, lambda s: _down(s, made, lowered), lambda s: first_tasks(s, count))


def _tasks(model: Model, t: Tasks, p: Parts, first: int, decider: Ints) -> Tasks:
    n = len(p.row)
    shortest, longest = _lengths(t, p)
    family = Family(f"{p.origin.what} of {t.family.name}", n, (np.arange(n),))
    uses = Uses(p.origin, np.arange(n), p.resource, p.amount)
    zero = np.zeros(n, dtype=np.int64)
    presence = decider[t.first + p.row] if t.optional else None
    return Tasks(p.origin, family, first, shortest, longest, zero, np.full(n, model.horizon), uses=(uses,),
                 optional=t.optional, presence=presence)


def _ties(t: Tasks, p: Parts, first: int) -> list[Order]:
    """The new tasks begin where the parts do, and end there if their length varies."""
    task, new = t.first + p.row, first + np.arange(len(p.row))
    tied = [Order(p.origin, task, new, p.first_point, Point.START, p.first, p.first)]
    shortest, longest = _lengths(t, p)
    loose = np.flatnonzero(shortest < longest)
    if len(loose):
        last = p.last[loose]
        tied.append(Order(p.origin, task[loose], new[loose], p.last_point, Point.END, last, last))
    return tied


def _down(schedule: Schedule, made: list[tuple[Tasks, Parts]], lowered: Model) -> Schedule:
    there = present_in(schedule)
    start, end, present = [schedule.start], [schedule.end], [there]
    for t, p in made:
        task = t.first + p.row
        points = schedule.start, schedule.end
        start.append((points[int(p.first_point)][task] + p.first) * there[task])
        end.append((points[int(p.last_point)][task] + p.last) * there[task])
        present.append(there[task])
    begin, finish = np.concatenate(start), np.concatenate(end)
    length = np.r_[schedule.length, (finish - begin)[len(schedule.length) :]]
    mode = None if schedule.mode is None else np.r_[schedule.mode, np.full(len(begin) - len(schedule.mode), -1)]
    flags = None if schedule.present is None else np.concatenate(present)
    return replace(schedule, start=begin, end=finish, length=length, present=flags, mode=mode)


def _refuses(model: Model) -> list[Refusal]:
    found = [
        Refusal(Site(p.origin, len(p.row)), "it depends on a mode") for t in model.tasks for m in t.modes
        for p in m.parts if len(p.row)
    ]
    for t in model.tasks:
        for part in t.parts:
            p = _kept(t, part)
            shortest, longest = _lengths(t, p)
            if np.any((shortest < longest) & (shortest <= 0)):
                found.append(Refusal(Site(p.origin, len(p.row)), "the part may be empty"))
            if np.any(shortest > longest):
                found.append(Refusal(Site(p.origin, len(p.row)), "the part is the shorter the longer its task is"))
    return found


def _adds(model: Model, more: int) -> Mapping[Construct, int]:
    rows = len(model.part_demands.task) + more
    optional = sum(len(p.row) for t in model.tasks if t.optional for p in t.parts)
    varying = sum(int(np.count_nonzero(np.diff(_lengths(t, p), axis=0))) for t in model.tasks for p in t.parts)
    found = {
        Construct.TASKS: rows, Construct.CAPACITY: rows, Construct.PRECEDENCE: rows, Construct.MAXIMAL_LAGS: rows,
        Construct.LENGTH_RANGES: varying, Construct.OPTIONAL: optional,
        Construct.EXTREME: int(Construct.MAKESPAN in used(model)),
    }
    return {construct: count for construct, count in found.items() if count}


PARTS = Lowering(
    "parts as tasks", Construct.PARTS,
    frozenset({Construct.TASKS, Construct.CAPACITY, Construct.PRECEDENCE, Construct.MAXIMAL_LAGS,
               Construct.LENGTH_RANGES, Construct.OPTIONAL, Construct.EXTREME}),
    "a task for each part, tied to its task's points", _adds, _lowered, _refuses,
)
