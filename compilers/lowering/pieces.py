"""Tasks in pieces as optional tasks, one a piece.

Source: pieces. Targets: optional tasks, tasks, length ranges, capacity, precedence, linear, logic. A task t in at most
n pieces stays as its span, from its first start to its last end, and holds nothing; behind it stand n optional tasks,
the pieces p(1) .. p(n), which hold what t uses and last as long as a piece may, with

    p(k) in [start(t), end(t)],   p(k + 1) behind p(k),   present(p(k + 1)) <= present(p(k)),
    start(p(1)) <= start(t),   end(p(k)) >= end(t) where p(k) is the last one that is present,
    present(p(1)) = present(t)  (where the length may be 0: or the span of t is empty),
    least * present(t) <= sum of length(p(k)) <= greatest * present(t).

In expressions length(t) is that sum, absent pieces counting 0. In a group of which no two overlap the pieces stand in
place of t. What has its pieces already has them as they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from schedc.compilers.constructs import Construct
from schedc.compilers.lowering.base import Lowering, Rewrite, rows_of
from schedc.compilers.lowering.rebuild import (
    at_least_zero,
    at_most_zero,
    difference,
    either,
    equal_to_zero,
    map_nodes,
    single,
)
from schedc.models.columns import UNLIMITED, Family, Flags, Ints, SpanSets, ints, ragged
from schedc.models.expressions import Linear, Point, Truth
from schedc.models.model import Model
from schedc.models.pieces import pieces_of
from schedc.models.presence import presence_of, present_in
from schedc.models.schedule import Schedule
from schedc.models.statements import Exclusive, Order, Relation, Require, Tasks
from schedc.models.walk import Node


@dataclass(frozen=True, eq=False)
class _Layout:
    """The pieces of task t are the tasks ptr[t] .. ptr[t + 1] - 1 of the lowered model."""

    model: Model

    @cached_property
    def most(self) -> Ints:
        """How many pieces each task may have; 0 for those that come in one."""
        parts = [np.zeros(t.size, dtype=np.int64) if t.pieces is None else t.pieces.most for t in self.model.tasks]
        return np.concatenate([ints([]), *parts])

    @cached_property
    def ptr(self) -> Ints:
        heads: Ints = self.model.task_count + np.r_[0, np.cumsum(self.most)].astype(np.int64)
        return heads

    @cached_property
    def owner(self) -> Ints:
        """The task of each piece."""
        return np.repeat(np.arange(self.model.task_count), self.most)

    @cached_property
    def rank(self) -> Ints:
        """The number of each piece in its task, from 0."""
        return self.count + np.arange(len(self.owner)) - self.ptr[self.owner]

    @property
    def count(self) -> int:
        return self.model.task_count

    @cached_property
    def split(self) -> Flags:
        """Which tasks come in pieces."""
        return np.concatenate([np.zeros(0, dtype=np.bool_), *(
            np.full(t.size, t.pieces is not None) for t in self.model.tasks
        )])

    def spread(self, numbers: Ints, meant: Flags) -> tuple[Ints, Ints]:
        """(entry, number): the pieces in place of the meant tasks, the others themselves."""
        size = np.where(meant, self.most[numbers * meant], 1)
        entry = np.repeat(np.arange(len(numbers)), size)
        rank = np.arange(len(entry)) - np.repeat(np.r_[0, np.cumsum(size)][:-1], size)
        number, pieced = numbers[entry], meant[entry]
        number[pieced] = self.ptr[number[pieced]] + rank[pieced]
        return entry, number


def _lowered(model: Model) -> Rewrite:
    layout = _Layout(model)
    changed = map_nodes(model, lambda node: _expanded(node, layout))
    relations: list[Relation] = [_relation(r, layout) for r in changed.relations]
    relations += _joined(model, layout)
    own = tuple(_span(t, model.horizon) for t in model.tasks)
    families = tuple(_family(t, layout) for t in model.tasks if t.pieces is not None)
    lowered = replace(changed, tasks=(*own, *families), relations=tuple(relations))
    return Rewrite(lowered, lambda s: _down(s, layout), lambda s: _up(s, layout))


# tasks


def _span(t: Tasks, horizon: int) -> Tasks:
    if t.pieces is None:
        return t
    return replace(t, longest=np.maximum(t.longest, horizon), uses=(), pieces=None)


def _family(t: Tasks, layout: _Layout) -> Tasks:
    """All pieces of one family's tasks."""
    assert t.pieces is not None
    row = np.repeat(np.arange(t.size), t.pieces.most)
    own = slice(int(layout.ptr[t.first]) - layout.count, int(layout.ptr[t.first + t.size]) - layout.count)
    rank = layout.rank[own]
    names = np.array([f"{t.family.label(int(r))}.{k + 1}" for r, k in zip(row, rank)], dtype=object)
    shortest, longest = t.pieces.shortest[row], np.minimum(t.pieces.longest[row], t.longest[row])
    release, deadline = t.release[row], t.deadline[row]
    known = t.pieces.fixed
    if known is not None:
        for k, (r, place) in enumerate(zip(row.tolist(), rank.tolist())):
            lo, hi = known.of(r)
            if place < len(lo):
                release[k], deadline[k], shortest[k], longest[k] = lo[place], hi[place], *[hi[place] - lo[place]] * 2
    uses = []
    for u in t.uses:
        size = t.pieces.most[u.row]
        heads = np.r_[0, np.cumsum(t.pieces.most)][u.row]
        uses.append(replace(
            u, row=ragged(heads, heads + size), resource=np.repeat(u.resource, size), amount=np.repeat(u.amount, size),
            state=None if u.state is None else np.repeat(u.state, size),
        ))
    return Tasks(
        t.pieces.origin, Family("piece", len(row), (names,)), int(layout.ptr[t.first]), shortest,
        np.maximum(longest, shortest), release, deadline, False, tuple(uses), clauses=t.clauses, optional=True,
    )


# relations


def _relation(relation: Relation, layout: _Layout) -> Relation:
    if not isinstance(relation, Exclusive):
        return relation
    entry, task = layout.spread(relation.task, layout.split[relation.task])
    return replace(relation, ptr=np.searchsorted(entry, relation.ptr).astype(np.int64), task=task)


def _joined(model: Model, layout: _Layout) -> Iterator[Relation]:
    for t in model.tasks:
        if t.pieces is not None and t.size:
            yield from _arrows(t, layout)
            yield from _conditions(t, layout)


def _own(t: Tasks, layout: _Layout) -> Ints:
    """The pieces of a family, by their numbers in the lowered model."""
    return np.arange(int(layout.ptr[t.first]), int(layout.ptr[t.first + t.size]))


def _arrows(t: Tasks, layout: _Layout) -> Iterator[Order]:
    """Where the pieces stand, as far as they are present."""
    assert t.pieces is not None
    origin, pieces = t.pieces.origin, _own(t, layout)
    owner, rank = layout.owner[pieces - layout.count], layout.rank[pieces - layout.count]
    n, later = len(pieces), pieces[rank > 0]
    zero, free = np.zeros(n, dtype=np.int64), np.full(n, UNLIMITED)
    yield Order(origin, owner, pieces, Point.START, Point.START, zero, np.where(rank == 0, 0, free))
    yield Order(origin, pieces, owner, Point.END, Point.END, zero, free)
    if len(later):
        m = len(later)
        yield Order(origin, later - 1, later, Point.END, Point.START, zero[:m], free[:m])


def _conditions(t: Tasks, layout: _Layout) -> Iterator[Require]:
    assert t.pieces is not None
    origin, pieces = t.pieces.origin, _own(t, layout)
    owner, rank = layout.owner[pieces - layout.count], layout.rank[pieces - layout.count]
    final = rank == layout.most[owner] - 1
    later = pieces[rank > 0]
    if len(later):
        yield Require(origin, at_most_zero(difference(Point.PRESENT, later, Point.PRESENT, later - 1)))
    for last in (False, True):
        some = pieces[final == last]
        if len(some):
            options: list[Truth] = [
                at_most_zero(difference(Point.END, owner[final == last], Point.END, some)),
                at_most_zero(single(Point.PRESENT, some)),
            ]
            options += [] if last else [at_least_zero(single(Point.PRESENT, some + 1, -1))]
            yield Require(origin, either(*options))
    yield from _first(t, layout)
    yield from _totals(t, layout)


def _first(t: Tasks, layout: _Layout) -> Iterator[Require]:
    """The first piece is there where the task is, if that has a length."""
    assert t.pieces is not None
    rows = np.flatnonzero(t.pieces.most > 0)
    for empty in (False, True):
        task = t.first + rows[(t.shortest[rows] == 0) == empty]
        if not len(task):
            continue
        head = layout.ptr[task]
        there = _minus_presence(t, head, task)
        if empty:
            yield Require(t.pieces.origin, at_most_zero(there))
            gone = at_most_zero(difference(Point.END, task, Point.START, task))
            yield Require(t.pieces.origin, either(equal_to_zero(there), gone))
        else:
            yield Require(t.pieces.origin, equal_to_zero(there))
    none = t.first + np.flatnonzero(t.pieces.most == 0)
    if len(none):
        yield Require(t.pieces.origin, at_most_zero(difference(Point.END, none, Point.START, none)))
    if t.pieces.fixed is not None:
        counts = np.diff(t.pieces.fixed.ptr)
        rows = np.flatnonzero(counts)
        head = layout.ptr[t.first + rows]
        yield Require(t.pieces.origin, at_least_zero(single(Point.PRESENT, ragged(head, head + counts[rows]), -1)))
        more = rows[layout.most[t.first + rows] > counts[rows]]
        if len(more):
            beyond = layout.ptr[t.first + more] + counts[more]
            yield Require(t.pieces.origin, at_most_zero(single(Point.PRESENT, beyond)))


def _minus_presence(t: Tasks, piece: Ints, task: Ints) -> Linear:
    """present(piece) - present(task)."""
    return difference(Point.PRESENT, piece, Point.PRESENT, task) if t.optional else single(Point.PRESENT, piece, -1)


def _totals(t: Tasks, layout: _Layout) -> Iterator[Require]:
    """The lengths of the pieces add up."""
    assert t.pieces is not None
    pieces, rows = _own(t, layout), np.arange(t.size)
    row = layout.owner[pieces - layout.count] - t.first
    for limit, holds in ((t.shortest, at_least_zero), (t.longest, at_most_zero)):
        where, number, coef = row, pieces, np.ones(len(row), dtype=np.int64)
        point = np.full(len(row), int(Point.LENGTH))
        const = np.zeros(t.size, dtype=np.int64) if t.optional else -limit
        if t.optional:
            where, number = np.r_[where, rows], np.r_[number, t.first + rows]
            point, coef = np.r_[point, np.full(t.size, int(Point.PRESENT))], np.r_[coef, -limit]
        order = np.argsort(where, kind="stable")
        total = Linear(const, where[order], point[order], number[order], coef[order])
        yield Require(t.pieces.origin, holds(total))


def _expanded(node: Node, layout: _Layout) -> Node:
    """Lengths of tasks in pieces as sums."""
    if not isinstance(node, Linear) or not len(node.task):
        return node
    meant = node.point == Point.LENGTH
    meant[meant] = layout.split[node.task[meant]]
    if not meant.any():
        return node
    entry, task = layout.spread(node.task, meant)
    return replace(node, row=node.row[entry], point=node.point[entry], task=task, coef=node.coef[entry])


# schedules


def _down(schedule: Schedule, layout: _Layout) -> Schedule:
    """Every piece where it stands."""
    spans, n = pieces_of(layout.model, schedule), len(layout.owner)
    start, end, there = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.bool_)
    counts = np.minimum(np.diff(spans.ptr), layout.most)
    heads = layout.ptr[:-1] - layout.count
    at, source = ragged(heads, heads + counts), ragged(spans.ptr[:-1], spans.ptr[:-1] + counts)
    start[at], end[at], there[at] = spans.lo[source], spans.hi[source], True
    length = np.where(layout.split, schedule.end - schedule.start, schedule.length)
    return replace(
        schedule, start=np.r_[schedule.start, start], end=np.r_[schedule.end, end], length=np.r_[length, end - start],
        present=np.r_[present_in(schedule), there], pieces=None,
        mode=None if schedule.mode is None else np.r_[schedule.mode, np.full(n, -1)],
    )


def _up(schedule: Schedule, layout: _Layout) -> Schedule:
    """The author's tasks with their pieces."""
    count = layout.count
    there = np.flatnonzero(present_in(schedule)[count:])
    owner = layout.owner[there]
    lo, hi = schedule.start[count + there], schedule.end[count + there]
    ptr = np.r_[0, np.cumsum(np.bincount(owner, minlength=count))].astype(np.int64)
    total = np.zeros(count, dtype=np.int64)
    np.add.at(total, owner, hi - lo)
    present = present_in(schedule)[:count]
    return replace(
        schedule, start=schedule.start[:count], end=schedule.end[:count],
        length=np.where(layout.split, total, schedule.length[:count]),
        present=present if presence_of(layout.model).optional.any() else None,
        mode=None if schedule.mode is None else schedule.mode[:count], pieces=SpanSets(ptr, lo, hi),
    )


def _adds(model: Model, more: int) -> Mapping[Construct, int]:
    rows = rows_of(Construct.PIECES, model) + more
    return {
        Construct.TASKS: rows, Construct.OPTIONAL: rows, Construct.LENGTH_RANGES: rows, Construct.CAPACITY: rows,
        Construct.PRECEDENCE: 3 * rows, Construct.MAXIMAL_LAGS: rows, Construct.LINEAR: 3 * rows,
        Construct.LOGIC: rows,
    }


PIECES = Lowering(
    "pieces as optional tasks", Construct.PIECES,
    frozenset({Construct.TASKS, Construct.OPTIONAL, Construct.LENGTH_RANGES, Construct.CAPACITY, Construct.PRECEDENCE,
               Construct.MAXIMAL_LAGS, Construct.LINEAR, Construct.LOGIC}),
    "an optional task a piece, one behind the other", _adds, _lowered,
)
