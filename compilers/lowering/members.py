"""Chosen members as optional tasks that stand beside whoever chose them.

Source: chosen members. Targets: tasks, optional tasks, capacity, precedence, maximal lags, linear (and length ranges).
Every candidate c of a choice of n members by a task t becomes an optional task of t's length that holds one unit of c,

    sum over the candidates of present(c) = n * present(t)      (n for a task that cannot be absent,
                                                                 n * [mode(t) is o] for a choice in an option o),
    start(c) = start(t),   end(c) = end(t)                      as arrows, kept where either is absent.

A task that pauses would pause by the calendars of those that it chose: that cannot be said so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np

from schedc.compilers.constructs import Construct, Site
from schedc.compilers.lowering.base import Lowering, Refusal, Rewrite, rows_of
from schedc.compilers.lowering.rebuild import equal_to_zero, map_nodes
from schedc.compilers.windows import windows
from schedc.models.columns import Family, Ints
from schedc.models.expressions import Linear, Point
from schedc.models.model import Model
from schedc.models.options import choices_of
from schedc.models.presence import presence_of, present_in
from schedc.models.schedule import Schedule
from schedc.models.statements import Choice, Modes, Order, Relation, Require, Tasks, Uses
from schedc.models.walk import Node


def _lowered(model: Model) -> Rewrite:
    bounds, count = windows(model), model.task_count
    families, relations = [], []
    for t, m, choice in choices_of(model):
        parent = _parents(t, m, choice)
        n, first = len(parent), count + choice.first
        names = np.array([f"{model.task_name(p)}.{model.resource_name(r)}"
                          for p, r in zip(parent.tolist(), choice.resource.tolist())], dtype=object)
        uses = Uses(choice.origin, np.arange(n), choice.resource, np.ones(n, dtype=np.int64))
        families.append(Tasks(
            choice.origin, Family("member", n, (names,)), first, model.shortest[parent], model.longest[parent],
            bounds.earliest_start[parent], bounds.latest_end[parent], uses=(uses,), optional=True,
        ))
        relations += [*_beside(choice, parent, first), _count(t, m, choice, first)]
    own = tuple(_without(t) for t in model.tasks)
    changed = map_nodes(model, lambda node: _present(node, count))
    lowered = replace(changed, tasks=(*own, *families), relations=(*changed.relations, *relations))
    return Rewrite(lowered, lambda s: _down(s, model), lambda s: _up(s, model))


def _parents(t: Tasks, m: Modes | None, choice: Choice) -> Ints:
    """The task of every candidate."""
    row = choice.row if m is None else m.row[choice.row]
    parents: Ints = t.first + np.repeat(row, np.diff(choice.ptr))
    return parents


def _without(t: Tasks) -> Tasks:
    if not t.choices and not any(m.choices for m in t.modes):
        return t
    return replace(t, choices=(), modes=tuple(replace(m, choices=()) for m in t.modes))


def _beside(choice: Choice, parent: Ints, first: int) -> Iterator[Relation]:
    zero = np.zeros(len(parent), dtype=np.int64)
    own = first + np.arange(len(parent))
    for point in (Point.START, Point.END):
        yield Order(choice.origin, parent, own, point, point, zero, zero)


def _count(t: Tasks, m: Modes | None, choice: Choice, first: int) -> Require:
    """As many candidates are chosen as the choice says, where its task is there."""
    rows = np.arange(len(choice.row))
    row, task = np.repeat(rows, np.diff(choice.ptr)), first + np.arange(len(choice.resource))
    point, coef = np.full(len(row), int(Point.PRESENT)), np.ones(len(row), dtype=np.int64)
    const = np.zeros(len(rows), dtype=np.int64)
    if m is None and not t.optional:
        const = -choice.count
    else:
        whose, number = (Point.PRESENT, t.first + choice.row) if m is None else (Point.MODE, m.first + choice.row)
        row, task = np.r_[row, rows], np.r_[task, number]
        point, coef = np.r_[point, np.full(len(rows), int(whose))], np.r_[coef, -choice.count]
    order = np.argsort(row, kind="stable")
    return Require(choice.origin, equal_to_zero(Linear(const, row[order], point[order], task[order], coef[order])))


def _present(node: Node, count: int) -> Node:
    """[c is chosen] as the presence of its task."""
    if not isinstance(node, Linear) or not (node.point == Point.MEMBER).any():
        return node
    chosen = node.point == Point.MEMBER
    return replace(
        node, point=np.where(chosen, int(Point.PRESENT), node.point), task=node.task + np.where(chosen, count, 0)
    )


def _down(schedule: Schedule, model: Model) -> Schedule:
    """Every chosen candidate where its task stands."""
    owner = model.picks.task[model.picks.owner]
    there = np.zeros(len(owner), dtype=np.bool_) if schedule.member is None else schedule.member
    start, end, length = (
        np.r_[c, np.where(there, c[owner], 0)] for c in (schedule.start, schedule.end, schedule.length)
    )
    mode = None if schedule.mode is None else np.r_[schedule.mode, np.full(len(owner), -1)]
    present = np.r_[present_in(schedule), there]
    return replace(schedule, start=start, end=end, length=length, present=present, mode=mode, member=None)


def _up(schedule: Schedule, model: Model) -> Schedule:
    count, there = model.task_count, present_in(schedule)
    n = len(model.picks.resource)
    return replace(
        schedule, start=schedule.start[:count], end=schedule.end[:count], length=schedule.length[:count],
        present=there[:count] if presence_of(model).optional.any() else None,
        mode=None if schedule.mode is None else schedule.mode[:count], member=there[count : count + n],
    )


def _refuses(model: Model) -> list[Refusal]:
    return [
        Refusal(Site(choice.origin, len(choice.row)), "a task that pauses chooses")
        for t, _, choice in choices_of(model) if t.pausable
    ]


def _adds(model: Model, more: int) -> Mapping[Construct, int]:
    rows = rows_of(Construct.MEMBERS, model)
    n = len(model.picks.resource) + more
    return {
        Construct.TASKS: n, Construct.OPTIONAL: n, Construct.CAPACITY: n, Construct.PRECEDENCE: 2 * n,
        Construct.MAXIMAL_LAGS: 2 * n, Construct.LINEAR: rows,
    }


MEMBERS = Lowering(
    "chosen members as optional tasks", Construct.MEMBERS,
    frozenset({Construct.TASKS, Construct.OPTIONAL, Construct.CAPACITY, Construct.PRECEDENCE, Construct.MAXIMAL_LAGS,
               Construct.LINEAR}),
    "a task a candidate, present and beside whoever chose it", _adds, _lowered, _refuses,
    not_beside=frozenset({Construct.BATCHES, Construct.PARTS, Construct.CHANGES, Construct.SETUP_TIME}),
)
