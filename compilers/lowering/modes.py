"""Tasks with modes as optional tasks, one an option.

Source: modes. Targets: tasks, optional tasks, length ranges, windows, capacity, precedence, linear (and pauses and
maximal lags, where the author has them). Every option o of a task t becomes an optional task of the option's length,
dates, windows and demands, with

    sum over o of present(o) = present(t)      (1 for a task that cannot be absent).

An absent task stands at 0 with length 0, so wherever somebody asks for t,

    start(t) = sum of start(o),   end(t) = sum of end(o),   length(t) = sum of length(o),   [mode(t) is o] = present(o),

exactly. The spans that o may stand in are those that its own windows and t's have in common. An arrow from or to t is
one from or to each of its options, kept where that is absent; in a group of which no two overlap the options stand in
place of t. The task itself has nothing left to keep and stands at 0. The options take over what propagation finds
about t.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from schedc.compilers.constructs import Construct, Site, used
from schedc.compilers.lowering.base import Lowering, Refusal, Rewrite, rows_of
from schedc.compilers.lowering.rebuild import equal_to_zero, map_nodes
from schedc.compilers.windows import windows
from schedc.models.columns import Family, Flags, Ints, ints
from schedc.models.expressions import Linear, Point
from schedc.models.model import Model
from schedc.models.presence import presence_of, present_in
from schedc.models.schedule import Schedule
from schedc.models.statements import Exclusive, Modes, Order, Relation, Require, Tasks, Uses, Within
from schedc.models.walk import Node
from schedc.models.within import jointly

_OF_TASKS = (Point.START, Point.END, Point.LENGTH)


@dataclass(frozen=True, eq=False)
class _Options:
    """The options of a model as tasks: option o is task count + o."""

    model: Model

    @cached_property
    def count(self) -> int:
        return self.model.task_count

    @cached_property
    def ptr(self) -> Ints:
        """The options of task t are by_task[ptr[t]:ptr[t + 1]]."""
        heads: Ints = np.r_[0, np.cumsum(np.bincount(self.model.options.task, minlength=self.count))].astype(np.int64)
        return heads

    @cached_property
    def by_task(self) -> Ints:
        return np.argsort(self.model.options.task, kind="stable")

    @cached_property
    def modal(self) -> Flags:
        """Whether a task has modes."""
        found: Flags = np.diff(self.ptr) > 0
        return found

    def spread(self, numbers: Ints, meant: Flags | None = None) -> tuple[Ints, Ints]:
        """For each entry what stands for it: (entry, number), the options of a task with modes, else itself.

        meant: which of the numbers are of tasks with modes, where not all are of tasks.
        """
        if meant is None:
            meant = self.modal[numbers]
        size = np.ones(len(numbers), dtype=np.int64)
        size[meant] = np.diff(self.ptr)[numbers[meant]]
        entry = np.repeat(np.arange(len(numbers)), size)
        rank = np.arange(len(entry)) - np.repeat(np.r_[0, np.cumsum(size)][:-1], size)
        number, modal = numbers[entry], meant[entry]
        number[modal] = self.count + self.by_task[self.ptr[number[modal]] + rank[modal]]
        return entry, number


def _lowered(model: Model) -> Rewrite:
    options = _Options(model)
    bounds = windows(model)
    after, latest = ints(bounds.earliest_start), ints(bounds.latest_end)
    families = [f for t in model.tasks for f in _families(t, options, after, latest)]
    changed = map_nodes(model, lambda node: _expanded(node, options))
    relations: list[Relation] = [_relation(r, options) for r in changed.relations]
    relations += [r for t in model.tasks for r in _one_each(t, options)]
    own = tuple(_emptied(t, options) for t in model.tasks)
    lowered = replace(changed, tasks=(*own, *families), relations=tuple(relations))
    return Rewrite(
        lowered, lambda s: _down(s, options), lambda s: _up(s, options, model),
        lambda t: options.spread(ints([t]))[1].tolist() if t < options.count else [t],
    )


# tasks


def _emptied(t: Tasks, options: _Options) -> Tasks:
    """A task that has nothing to keep."""
    if not t.modes:
        return t
    none = np.zeros(t.size, dtype=np.int64)
    return replace(
        t, shortest=none, longest=none, release=none, deadline=none, pausable=False, uses=(), within=(), modes=()
    )


def _families(t: Tasks, options: _Options, after: Ints, latest: Ints) -> Iterator[Tasks]:
    for m in t.modes:
        own = t.first + m.row
        yield Tasks(
            m.origin, _named(t, m), options.count + m.first, m.shortest, m.longest,
            np.maximum.reduce([m.release, t.release[m.row], after[own]]),
            np.minimum.reduce([m.deadline, t.deadline[m.row], latest[own]]),
            t.pausable, (*_uses(t, m), *m.uses), tuple(jointly(_within(t, m), m.within)), t.clauses, optional=True,
        )


def _named(t: Tasks, m: Modes) -> Family:
    """Options by the names of their tasks and their own."""
    names = np.array([f"{t.family.label(int(r))}.{m.family.label(k)}" for k, r in enumerate(m.row)], dtype=object)
    return Family("option", m.size, (names,))


def _uses(t: Tasks, m: Modes) -> Iterator[Uses]:
    """The task's own demands, for each of the options."""
    for use in t.uses:
        order = np.argsort(use.row, kind="stable")
        lo, hi = np.searchsorted(use.row[order], np.stack([m.row, m.row + 1]))
        at = np.repeat(np.arange(m.size), hi - lo)
        rank = np.arange(len(at)) - np.repeat(np.r_[0, np.cumsum(hi - lo)][:-1], hi - lo)
        entry = order[lo[at] + rank]
        yield replace(use, row=at, resource=use.resource[entry], amount=use.amount[entry])


def _within(t: Tasks, m: Modes) -> list[Within]:
    """The task's own windows, for each of the options."""
    return [replace(w, which=w.which[m.row]) for w in t.within]


def _one_each(t: Tasks, options: _Options) -> Iterator[Require]:
    """As many options are present as the task is."""
    rows = np.flatnonzero(options.modal[t.first : t.first + t.size])
    if not t.modes or not len(rows):
        return
    entry, task = options.spread(t.first + rows)
    point, coef = np.full(len(task), int(Point.PRESENT)), np.ones(len(task), dtype=np.int64)
    if t.optional:
        entry = np.r_[entry, np.arange(len(rows))]
        point, coef = np.r_[point, np.full(len(rows), int(Point.PRESENT))], np.r_[coef, np.full(len(rows), -1)]
        task = np.r_[task, t.first + rows]
    order = np.argsort(entry, kind="stable")
    const = np.full(len(rows), 0 if t.optional else -1)
    total = Linear(const, entry[order], point[order], task[order], coef[order])
    yield Require(t.modes[0].origin, equal_to_zero(total))


# relations and expressions


def _relation(relation: Relation, options: _Options) -> Relation:
    if isinstance(relation, Order):
        return _order(relation, options)
    if isinstance(relation, Exclusive):
        entry, task = options.spread(relation.task)
        return replace(relation, ptr=np.searchsorted(entry, relation.ptr).astype(np.int64), task=task)
    return relation


def _order(order: Order, options: _Options) -> Order:
    one, first = options.spread(order.first)
    two, second = options.spread(order.second[one])
    row = one[two]
    return replace(order, first=first[two], second=second, lo=order.lo[row], hi=order.hi[row])


def _expanded(node: Node, options: _Options) -> Node:
    """Terms about tasks with modes, and about modes, as terms about options."""
    if not isinstance(node, Linear) or not len(node.task):
        return node
    chosen = node.point == Point.MODE
    meant = np.isin(node.point, _OF_TASKS)
    meant[meant] = options.modal[node.task[meant]]
    if not chosen.any() and not meant.any():
        return node
    entry, task = options.spread(np.where(chosen, options.count + node.task, node.task), meant)
    point = np.where(chosen, int(Point.PRESENT), node.point)[entry]
    return replace(node, row=node.row[entry], point=point, task=task, coef=node.coef[entry])


# schedules


def _down(schedule: Schedule, options: _Options) -> Schedule:
    """Every chosen option where its task stands."""
    owner = options.model.options.task
    mode = np.full(options.count, -1) if schedule.mode is None else schedule.mode
    there = np.zeros(len(owner), dtype=np.bool_)
    there[mode[mode >= 0]] = True
    columns = [
        np.r_[np.where(options.modal, 0, c), np.where(there, c[owner], 0)]
        for c in (schedule.start, schedule.end, schedule.length)
    ]
    return replace(
        schedule, start=columns[0], end=columns[1], length=columns[2], present=np.r_[present_in(schedule), there],
        mode=None,
    )


def _up(schedule: Schedule, options: _Options, model: Model) -> Schedule:
    """Every task where its chosen option stands."""
    count, owner = options.count, model.options.task
    there = present_in(schedule)
    chosen = np.flatnonzero(there[count : count + len(owner)])
    mode = np.full(count, -1)
    mode[owner[chosen]] = chosen
    columns = []
    for column in (schedule.start, schedule.end, schedule.length):
        own = column[:count].copy()
        own[owner[chosen]] = column[count + chosen]
        columns.append(own)
    present = there[:count] if presence_of(model).optional.any() else None
    return replace(schedule, start=columns[0], end=columns[1], length=columns[2], present=present, mode=mode)


def _refuses(model: Model) -> list[Refusal]:
    """Where a length of 0 could stand between two spans, which they have not in common as a span."""
    return [
        Refusal(Site(m.origin, m.size), "a mode that may have length 0 has windows besides its task's")
        for t in model.tasks for m in t.modes if t.within and m.within and bool((m.shortest == 0).any())
    ]


def _adds(model: Model, more: int) -> Mapping[Construct, int]:
    rows = rows_of(Construct.MODES, model) + more
    demands = len(model.option_demands.option)
    arrows = sum(len(o.first) for o in model.orders)
    return {
        Construct.TASKS: rows, Construct.OPTIONAL: rows, Construct.CAPACITY: demands,
        Construct.LINEAR: sum(t.size for t in model.tasks if t.modes), Construct.PRECEDENCE: arrows,
        **{c: rows for c in (Construct.PAUSES, Construct.LENGTH_RANGES, Construct.WINDOWS) if c in used(model)},
    }


MODES = Lowering(
    "modes as optional tasks", Construct.MODES,
    frozenset({Construct.TASKS, Construct.OPTIONAL, Construct.CAPACITY, Construct.LINEAR, Construct.PRECEDENCE,
               Construct.PAUSES, Construct.LENGTH_RANGES, Construct.WINDOWS}),
    "an optional task an option, of which one is present", _adds, _lowered, _refuses,
    not_beside=frozenset({Construct.BATCHES, Construct.MEMBERS, Construct.CHOICE_LAGS, Construct.STOCKS,
                          Construct.CHANGES, Construct.SETUP_TIME, Construct.PERMUTATION, Construct.PARTS}),
)
