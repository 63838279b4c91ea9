"""`order` and `exclusive`: precedence arrows and groups that never overlap, by columns."""

from __future__ import annotations

import numpy as np

from schedc.dsl import tree
from schedc.dsl.clauses import label_of, origin_of, tail_space
from schedc.dsl.evaluate import evaluate, items_of
from schedc.dsl.faults import Fault
from schedc.dsl.lookup import find_members
from schedc.dsl.space import Ragged, Space, guard_size, repeated
from schedc.dsl.tasks import other_kind
from schedc.dsl.timing import durations
from schedc.dsl.values import spread
from schedc.dsl.world import World
from schedc.models.columns import UNLIMITED, Ints
from schedc.models.expressions import Point
from schedc.models.source import Span
from schedc.models.statements import Exclusive, Order

_SIDES = {"start": Point.START, "end": Point.END}


def tasks_of(world: World, ref: tree.Ref, space: Space) -> Ragged:
    """The global numbers of the tasks that a reference names in each instance."""
    world.used.add(ref.name)
    first = world.task_first.get(ref.name)
    if first is None:
        raise other_kind(world, ref, tree.Task, "task")
    if ref.path:
        raise Fault("E190", f"`{ref.name}.{ref.path[0].word}` is not implemented yet", ref.span)
    found = find_members(world, world.families[ref.name], items_of(world, ref.index, space), space, ref.span)
    return Ragged(found.parent, found.child + first)


# order


def orders(world: World, statement: tree.Order) -> list[Order]:
    """One node an arrow."""
    space = tail_space(world, statement.tail)
    label = label_of(world, statement.tail.labels)
    points = [statement.first, *(a.target for a in statement.arrows)]
    tasks = [tasks_of(world, p.ref, space) for p in points]
    nodes = []
    for k, arrow in enumerate(statement.arrows):
        at = statement.span if len(statement.arrows) == 1 else points[k].span.to(arrow.span)
        parent, a, b = _paired(tasks[k], tasks[k + 1], space.rows, at)
        lo, hi = _lag(world, arrow.lag, space)
        origin = origin_of(at, "order", label)
        nodes.append(Order(
            origin, a, b, _point(points[k], Point.END), _point(points[k + 1], Point.START),
            np.array(spread(lo, space.rows)[parent]), np.array(spread(hi, space.rows)[parent]),
        ))
    return nodes


def _paired(a: Ragged, b: Ragged, rows: int, at: Span) -> tuple[Ints, Ints, Ints]:
    """All pairs of an instance's left and right tasks: (instance, left, right)."""
    if len(a.parent) == len(b.parent) == rows and np.array_equal(a.parent, b.parent):
        return a.parent, a.child, b.child
    counts = np.bincount(b.parent, minlength=rows).astype(np.int64)
    starts = np.cumsum(counts) - counts
    sizes = counts[a.parent]
    guard_size(int(sizes.sum(dtype=np.float64)), "the arrows", at)
    each = repeated(sizes)
    parent = a.parent[each.parent]
    return parent, a.child[each.parent], b.child[starts[parent] + each.child]


def _point(point: tree.Point, otherwise: Point) -> Point:
    if point.side is None:
        return otherwise
    if point.side not in _SIDES:
        raise Fault("E266", f"an arrow joins starts and ends, not `{point.side}`", point.span,
                    fix="write `start(x)` or `end(x)`")
    return _SIDES[point.side]


def _lag(world: World, lag: tree.Range | None, space: Space) -> tuple[Ints, Ints]:
    no_limit = np.asarray(UNLIMITED, dtype=np.int64)
    if lag is None:
        return np.asarray(0, dtype=np.int64), no_limit
    lo = _limit(world, lag.lo, space)
    hi = no_limit if lag.hi is None else _limit(world, lag.hi, space)
    crossed = np.flatnonzero(spread(lo > hi, space.rows))
    if len(crossed):
        where = world.where(space, int(crossed[0]))
        raise Fault("E248", f"the least lag is more than the greatest{where}", lag.span,
                    fix="write the lesser one first")
    return lo, hi


def _limit(world: World, expr: tree.Expr, space: Space) -> Ints:
    """A lag in ticks; `unlimited` and `-unlimited` do not limit."""
    below = isinstance(expr, tree.Negative)
    inner = expr.operand if isinstance(expr, tree.Negative) else expr
    if isinstance(inner, tree.Ref) and inner.name == "unlimited" and "unlimited" not in space.columns:
        return np.asarray(-UNLIMITED if below else UNLIMITED, dtype=np.int64)
    return durations(world, evaluate(world, expr, space), space, "the lag", expr.span, least=None)


# exclusive


def exclusive(world: World, statement: tree.Together) -> Exclusive:
    """One group an instance; a task named twice in a group counts once, groups of fewer than two are dropped."""
    space = tail_space(world, statement.tail)
    label = label_of(world, statement.tail.labels)
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
    return Exclusive(origin_of(statement.span, "exclusive", label), ptr, task[real[parent]] if len(task) else task)


