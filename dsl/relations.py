"""`order` and `exclusive`: precedence arrows and groups that never overlap, by columns."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TypeAlias

import numpy as np

from schedc.dsl import forms, tree
from schedc.dsl.clauses import label_of, origin_of, tail_space
from schedc.dsl.faults import Fault
from schedc.dsl.job_relations import exclusive_spans, plain_arrow, span_arrow, tasks_inside
from schedc.dsl.lags import NO_LIMIT, Limit, lag_limits
from schedc.dsl.members import named
from schedc.dsl.named import tasks_of
from schedc.dsl.periodic import all_repeats, by_repeat, equal_repeats
from schedc.dsl.space import Ragged, all_pairs
from schedc.dsl.values import spread
from schedc.dsl.world import World
from schedc.models.columns import UNLIMITED, Ints
from schedc.models.expressions import Linear, Point
from schedc.models.source import Span
from schedc.models.statements import Exclusive, Order, Require

Relations: TypeAlias = list[Order | Exclusive | Require]
_SIDES = {"start": Point.START, "end": Point.END}


# order


def sides_of(statement: tree.Order) -> list[tuple[Point, Point]]:
    """The points that each arrow of an `order` joins."""
    points = [statement.first, *(a.target for a in statement.arrows)]
    return [(_point(a, Point.END), _point(b, Point.START)) for a, b in pairwise(points)]


def orders(world: World, statement: tree.Order) -> Relations:
    """One node an arrow."""
    space = tail_space(world, statement.tail)
    label = label_of(world, statement.tail.labels)
    points = [statement.first, *(a.target for a in statement.arrows)]
    members = [named(world, all_repeats(world, p.ref), space) for p in points]
    tasks = [tasks_inside(m) for m in members]
    nodes: Relations = []
    for k, arrow in enumerate(statement.arrows):
        at = statement.span if len(statement.arrows) == 1 else points[k].span.to(arrow.span)
        lo, hi = lag_limits(world, arrow.lag, space)
        origin = origin_of(at, "order", label)
        sides = _point(points[k], Point.END), _point(points[k + 1], Point.START)
        alike = equal_repeats(world, points[k].ref, points[k + 1].ref, at)
        if not plain_arrow(members[k], members[k + 1], sides, hi):
            nodes += span_arrow(world, space, (members[k], members[k + 1]), sides, (lo, hi), origin)
            continue
        if alike:
            ends = [(p.ref, t) for p, t in zip(points[k:k + 2], tasks[k:k + 2])]
            before, behind, instance = by_repeat(world, space, ends[0], ends[1], at)
            row, a, b = _paired(before, behind, len(instance), at)
            parent = instance[row]
        else:
            parent, a, b = _paired(tasks[k], tasks[k + 1], space.rows, at)
        least, most = (np.array(spread(limit.ticks, space.rows)[parent]) for limit in (lo, hi))
        whole = Order(origin, a, b, *sides, least, most)
        nodes += _with_choices(whole, parent, lo, hi)
    return nodes


def _with_choices(whole: Order, parent: Ints, lo: Limit, hi: Limit) -> list[Order]:
    """An arrow whose limits depend on choices in different ways is one for each limit."""
    if lo.extra is None and hi.extra is None:
        return [whole]
    n = len(parent)
    found = [replace(whole, hi=np.full(n, UNLIMITED), extra=_extra(lo, parent))]
    if hi.ticks is not NO_LIMIT:
        found.append(replace(whole, lo=np.full(n, -UNLIMITED), extra=_extra(hi, parent)))
    return found


def _extra(limit: Limit, parent: Ints) -> Linear | None:
    return None if limit.extra is None else forms.linear_rows(limit.extra, parent)


def _paired(a: Ragged, b: Ragged, rows: int, at: Span) -> tuple[Ints, Ints, Ints]:
    """All pairs of an instance's left and right tasks: (instance, left, right)."""
    if len(a.parent) == len(b.parent) == rows and np.array_equal(a.parent, b.parent):
        return a.parent, a.child, b.child
    parent, left, right = all_pairs(a.parent, b.parent, rows, at)
    return parent, a.child[left], b.child[right]


def _point(point: tree.Point, otherwise: Point) -> Point:
    if point.side is None:
        return otherwise
    if point.side not in _SIDES:
        raise Fault("E266", f"an arrow joins starts and ends, not `{point.side}`", point.span,
                    fix="write `start(x)` or `end(x)`")
    return _SIDES[point.side]


# exclusive


def exclusive(world: World, statement: tree.Together) -> Relations:
    """One group an instance; a task named twice in a group counts once, groups of fewer than two are dropped."""
    space = tail_space(world, statement.tail)
    label = label_of(world, statement.tail.labels)
    if any(ref.name in world.jobs for ref in statement.refs):
        return [*exclusive_spans(world, space, statement.refs, origin_of(statement.span, "exclusive", label))]
    parts = [tasks_of(world, ref, space) for ref in statement.refs]
    parent = np.concatenate([p.parent for p in parts])
    task = np.concatenate([p.child for p in parts])
    order = np.lexsort((task, parent))
    parent, task = parent[order], task[order]
    if len(task):
        keep = np.r_[True, (np.diff(parent) != 0) | (np.diff(task) != 0)]
        parent, task = parent[keep], task[keep]
    counts = np.bincount(parent, minlength=space.rows)
    real = counts > 1
    ptr = np.concatenate([[0], np.cumsum(counts[real])]).astype(np.int64)
    return [Exclusive(origin_of(statement.span, "exclusive", label), ptr, task[real[parent]] if len(task) else task)]


