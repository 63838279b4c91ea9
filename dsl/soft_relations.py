"""By how much arrows, `exclusive`, `permutation`, `open` and `downtime` are broken, where that has a price or a share.

    order            over its arrows  max(0, lo - lag, lag - hi)
    exclusive        over the pairs   max(0, min(ends) - max(starts)): how long they are done at once
    permutation      the number of pairs that start in another order
    open, downtime   over the ticks   max(0, load - what is left there): amount times time

An instance of a statement is one combination of its `for`, broken by the sum; absent members add nothing.
"""

from __future__ import annotations

from dataclasses import replace
from math import lcm

import numpy as np

from schedc.dsl import forms, tree
from schedc.dsl.absence import counted_where, note
from schedc.dsl.arithmetic import product_type
from schedc.dsl.availability import AvailabilityDraft
from schedc.dsl.calendars import span_sets
from schedc.dsl.clauses import label_of, origin_of, tail_space
from schedc.dsl.faults import Fault
from schedc.dsl.forms import Form
from schedc.dsl.job_relations import picked
from schedc.dsl.lags import lag_limits
from schedc.dsl.loads import Users, held_at, overlap_in, pairs_of, users_of, weighed
from schedc.dsl.lowering import counted
from schedc.dsl.members import Named, named
from schedc.dsl.periodic import all_repeats, by_repeat, equal_repeats
from schedc.dsl.shares import share_of
from schedc.dsl.soft import Broken, beyond, concluded, gathered_pairs
from schedc.dsl.space import Ragged, Scope, Space, all_pairs, guard_size
from schedc.dsl.truths import together
from schedc.dsl.values import INSTANT, NUMBER, Value, product, spread
from schedc.dsl.world import World
from schedc.models.columns import UNLIMITED, Ints, ragged
from schedc.models.expressions import Compare, Linear, Operator, Point
from schedc.models.source import NOWHERE, Span
from schedc.models.statements import Permutation, Require

_SIDES = {Point.START: "start", Point.END: "end"}


# order


def loose_order(world: World, statement: tree.Order, sides: list[tuple[Point, Point]]) -> list[Require]:
    """An `order` with a share or a penalty; sides: the points that each arrow joins."""
    space, percent = tail_space(world, statement.tail), share_of(world, statement.tail)
    label = label_of(world, statement.tail.labels)
    points = [statement.first, *(a.target for a in statement.arrows)]
    members = [named(world, all_repeats(world, p.ref), space) for p in points]
    arrows = []
    for k, arrow in enumerate(statement.arrows):
        at = statement.span if len(statement.arrows) == 1 else points[k].span.to(arrow.span)
        pairs = _pairs(world, space, (points[k].ref, points[k + 1].ref), (members[k], members[k + 1]), at)
        arrows.append(_arrow(world, space, (members[k], members[k + 1]), sides[k], pairs, arrow))
    parent = np.concatenate([p for p, _, _ in arrows])
    form, scope = _joined(world, [(f, s) for _, f, s in arrows])
    broken = gathered_pairs(world, *_sorted(form, scope, parent), space.rows)
    origin = origin_of(statement.span, "order", label)
    return concluded(world, statement.tail, origin, "order", broken, space, percent)


def _pairs(
    world: World, space: Space, refs: tuple[tree.Ref, tree.Ref], members: tuple[Named, Named], at: Span
) -> tuple[Ints, Ints, Ints]:
    """(instance, place on the left, place on the right) of all arrows; periodic tasks are paired by equal repeats."""
    a, b = members
    if equal_repeats(world, *refs, at) and not (a.jobs or b.jobs):
        own = [Ragged(m.parent, m.task) for m in members]
        before, behind, instance = by_repeat(world, space, (refs[0], own[0]), (refs[1], own[1]), at)
        row, left, right = all_pairs(before.parent, behind.parent, len(instance), at)
        places = [np.argsort(m.task, kind="stable") for m in members]
        found = [
            p[np.searchsorted(m.task, side, sorter=p)]
            for p, m, side in zip(places, members, (before.child[left], behind.child[right]))
        ]
        return instance[row], found[0], found[1]
    return all_pairs(a.parent, b.parent, space.rows, at)


def _arrow(
    world: World, space: Space, members: tuple[Named, Named], sides: tuple[Point, Point],
    pairs: tuple[Ints, Ints, Ints], arrow: tree.Arrow,
) -> tuple[Ints, Form, Scope]:
    """By how much each arrow is too short or too long; its instance, and what it names."""
    parent, first, second = pairs
    lo, hi = lag_limits(world, arrow.lag, space)
    (a, mine), (b, other) = (picked(world, m, _SIDES[s], k) for m, s, k in zip(members, sides, (first, second)))
    scope = Scope(len(parent))
    for part in (mine, other):
        scope.pairs, scope.truths = [*scope.pairs, *part.pairs], [*scope.truths, *part.truths]
    lag = replace(forms.plus(b, a, -1, world.time_type), type=world.time_type)
    zero = forms.data(Value(world.time_type, np.zeros((), dtype=np.int64)), len(parent))
    options = [zero]
    for limit, sign in ((lo, 1), (hi, -1)):
        ticks = spread(limit.ticks, space.rows)[parent]
        said = np.abs(ticks) < UNLIMITED
        if not said.any():
            continue
        wanted = forms.data(Value(world.time_type, np.where(said, ticks, 0)), len(parent))
        if limit.extra is not None:
            wanted = forms.plus(wanted, forms.of_linear(world.time_type, limit.extra, parent), 1, world.time_type)
        off = forms.plus(wanted, lag, -1, world.time_type) if sign > 0 else forms.plus(lag, wanted, -1, world.time_type)
        rows = np.flatnonzero(said)
        options.append(off if said.all() else forms.placed(forms.repeated_rows(off, rows), rows, len(parent)))
    return parent, forms.extreme("max", options), scope


def _joined(world: World, parts: list[tuple[Form, Scope]]) -> tuple[Form, Scope]:
    """Forms one below the other, and what they name."""
    total, first = sum(f.rows for f, _ in parts), 0
    found, whole = None, Scope(total)
    for form, scope in parts:
        at = np.arange(first, first + form.rows, dtype=np.int64)
        placed = forms.placed(form, at, total)
        found = placed if found is None else forms.plus(found, placed, 1, found.type)
        whole.pairs += [(row + first, decider) for row, decider in scope.pairs]
        whole.truths += [(row + first, some) for row, some in scope.truths]
        first += form.rows
    assert found is not None
    return found, whole


def _sorted(form: Form, scope: Scope, parent: Ints) -> tuple[Form, Scope, Ints]:
    """The rows in the order of their instances."""
    order = np.argsort(parent, kind="stable")
    if np.array_equal(order, np.arange(len(parent))):
        return form, scope, parent
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    moved = Scope(scope.rows)
    moved.pairs = [(place[row], decider) for row, decider in scope.pairs]
    moved.truths = [(place[row], some) for row, some in scope.truths]
    return forms.repeated_rows(form, order), moved, parent[order]


# exclusive


def loose_exclusive(world: World, statement: tree.Together) -> list[Require]:
    """An `exclusive` with a share or a penalty."""
    space, percent = tail_space(world, statement.tail), share_of(world, statement.tail)
    origin = origin_of(statement.span, "exclusive", label_of(world, statement.tail.labels))
    parent, first, second, members = _couples([named(world, r, space) for r in statement.refs], space.rows, origin.span)
    ends = [picked(world, members, "end", k) for k in (first, second)]
    starts = [picked(world, members, "start", k) for k in (first, second)]
    scope = Scope(len(parent))
    for _, part in ends:
        scope.pairs, scope.truths = [*scope.pairs, *part.pairs], [*scope.truths, *part.truths]
    if not len(parent):
        return []
    both = forms.plus(forms.extreme("min", [f for f, _ in ends]), forms.extreme("max", [f for f, _ in starts]), -1,
                      world.time_type)
    broken = gathered_pairs(world, beyond(replace(both, type=world.time_type)), scope, parent, space.rows)
    return concluded(world, statement.tail, origin, "exclusive", broken, space, percent)


def _couples(found: list[Named], rows: int, at: Span) -> tuple[Ints, Ints, Ints, Named]:
    """(instance, first, second) of all pairs of different members in an instance, and all members as one."""
    parent = np.concatenate([m.parent for m in found])
    offset = np.cumsum([0, *(m.rows for m in found)])
    of = np.concatenate([m.of + k for m, k in zip(found, offset)])
    task = np.concatenate([m.task for m in found])
    members = Named(np.arange(len(parent), dtype=np.int64), of, task, any(m.jobs for m in found))
    size = np.bincount(of, minlength=len(parent))
    leader = np.where(size > 0, np.r_[task, -1][np.searchsorted(of, np.arange(len(parent)))], -1)
    _, keep = np.unique(np.stack([parent, leader, size]), axis=1, return_index=True)     # named twice counts once
    order = keep[np.argsort(parent[keep], kind="stable")]
    own = parent[order]
    guard_size(int((np.bincount(own).astype(np.float64) ** 2).sum()) if len(own) else 0, "the pairs", at)
    instance, a, b = all_pairs(own, own, rows, at)
    later = np.flatnonzero(a < b)
    return instance[later], order[a[later]], order[b[later]], members


# permutation


def loose_permutation(
    world: World, tail: tree.Tail, nodes: list[Permutation], space: Space
) -> list[Require]:
    """A `permutation` with a share or a penalty: what it would be without, one node each two families."""
    origin, columns = nodes[0].origin, [_orders(node) for node in nodes]
    parent, i, j, k, m = (np.concatenate(c) for c in zip(*columns))
    if not len(parent):
        return []
    scope = Scope(len(parent))
    every = np.arange(len(parent), dtype=np.int64)
    for task in (i, j, k, m):
        note(world, scope, every, task)
    one, two = (_behind(world, a, b) for a, b in ((i, j), (k, m)))
    flips = [(Operator.LT, Operator.GE), (Operator.GE, Operator.LT), (Operator.GT, Operator.LE),
             (Operator.LE, Operator.GT)]
    n = len(parent)
    ways = [(every, together("and", n, [(every, Compare(p, one)), (every, Compare(q, two))])) for p, q in flips]
    out = counted(counted_where(scope, together("or", n, ways)), every, n)
    broken = gathered_pairs(world, *_sorted(out, scope, parent), space.rows)
    return concluded(world, tail, origin, "permutation", broken, space, share_of(world, tail))


def _orders(node: Permutation) -> tuple[Ints, Ints, Ints, Ints, Ints]:
    """(instance, a[i], a[j], b[i], b[j]) of every two members i < j of an instance."""
    owner = np.repeat(np.arange(len(node.ptr) - 1, dtype=np.int64), np.diff(node.ptr))
    instance, a, b = all_pairs(owner, owner, len(node.ptr) - 1, NOWHERE)
    later = np.flatnonzero(a < b)
    a, b = a[later], b[later]
    return instance[later], node.first[a], node.first[b], node.second[a], node.second[b]


def _behind(world: World, task: Ints, other: Ints) -> Linear:
    """start(task) - start(other)."""
    n, kind = len(task), world.time_type
    every = np.arange(n, dtype=np.int64)
    mine, theirs = (forms.terms(kind, n, every, Point.START, t) for t in (task, other))
    return forms.linear(forms.plus(mine, theirs, -1, kind))


# open and downtime


def loose_availability(world: World, draft: AvailabilityDraft, tail: tree.Tail, space: Space) -> list[Require]:
    """An `open` or `downtime` with a share or a penalty."""
    at = draft.origin.span
    if world.horizon is None:
        raise Fault("E237", f"no horizon can be derived: a soft `{draft.keyword}` is looked at in all of it", at,
                    fix="say how far time goes: `time ... for 14 d`, or in a model of plain ticks `time for 100`")
    instance, resource, low, high, left, below = _closed(draft, world.horizon)
    form, parent, kinds = [], [], []
    for name in dict.fromkeys(world.resources):
        own = world.resources[name]
        mine = np.flatnonzero((resource >= own.first) & (resource < own.first + own.rows.space.rows))
        if len(mine):
            part, row = _excess(world, name, resource[mine], low[mine], high[mine], left[mine], below, at)
            form.append((part, Scope(part.rows)))
            parent.append(instance[mine][row])
            kinds.append(part.type)
    if not form:
        return []
    if any(kind != kinds[0] for kind in kinds):
        raise Fault("E350", f"the resources are used by {kinds[0]} and by {kinds[-1]}", at, fix="write one for each")
    whole, scope = _joined(world, form)
    broken = gathered_pairs(world, *_sorted(whole, scope, np.concatenate(parent)), space.rows)
    return concluded(world, tail, draft.origin, draft.keyword, Broken(broken.violation, Scope(space.rows)), space,
                     share_of(world, tail))


def _closed(draft: AvailabilityDraft, horizon: int) -> tuple[Ints, Ints, Ints, Ints, Ints, int]:
    """The stretches in which less is there: instance, resource, beginning, end, and what is left over one number."""
    spans, which = span_sets(draft.when, horizon)
    if which is None:
        which = np.zeros(int(draft.row.max()) + 1 if len(draft.row) else 0, dtype=np.int64)
    which = which[draft.row]
    keep = np.flatnonzero(which >= 0)
    which, row, resource = which[keep], draft.row[keep], draft.resource[keep]
    first, last = spans.ptr[which], spans.ptr[which + 1]
    owner, at = np.repeat(np.arange(len(which), dtype=np.int64), last - first), ragged(first, last)
    low, high = np.clip(spans.lo[at], 0, horizon), np.clip(spans.hi[at], 0, horizon)
    if draft.keyword == "open":
        owner, low, high = _between(owner, low, high, len(which), horizon)
    left, below = _left(draft)
    return row[owner], resource[owner], low, high, left[keep][owner], below


def _left(draft: AvailabilityDraft) -> tuple[Ints, int]:
    """How much is left of each resource, over one denominator."""
    if not draft.leaving:
        return np.zeros(len(draft.resource), dtype=np.int64), 1
    below = lcm(*(int(d) for a, _ in draft.leaving for d in np.unique(a.value.den)))
    return np.concatenate([
        product(spread(a.value.num, n), np.asarray(below // spread(a.value.den, n))) for a, n in draft.leaving
    ]), below


def _between(owner: Ints, low: Ints, high: Ints, count: int, horizon: int) -> tuple[Ints, Ints, Ints]:
    """The stretches of [0, horizon) outside of the spans of each owner."""
    every = np.arange(count, dtype=np.int64)
    edge = np.concatenate([np.stack([every, 0 * every]), np.stack([owner, high])], axis=1)
    until = np.concatenate([np.stack([owner, low]), np.stack([every, 0 * every + horizon])], axis=1)
    edge, until = edge[:, np.lexsort(edge[::-1])], until[:, np.lexsort(until[::-1])]
    real = edge[1] < until[1]
    return edge[0][real], edge[1][real], until[1][real]


def _excess(
    world: World, name: str, resource: Ints, low: Ints, high: Ints, left: Ints, below: int, at: Span
) -> tuple[Form, Ints]:
    """What is held above what is left, times the time; one row a stretch, or a tick where something is left."""
    found = users_of(world, world.resources[name], name, at)
    kind = product_type(found.kind, world.time_type, 1)
    whole, some = np.flatnonzero(left == 0), np.flatnonzero(left > 0)
    size = (high - low)[some]
    guard_size(int(size.sum()) + len(whole), "the ticks of it", at)
    owner = np.repeat(some, size)
    tick = ragged(low[some], high[some])
    parts = [_held_in(world, found, resource[whole], low[whole], high[whole], at)]
    over = _held_at(world, found, resource[owner], tick, at)
    limit = forms.data(Value(over.type, left[owner], np.asarray(below)), len(owner))
    parts.append(beyond(replace(forms.plus(over, limit, -1, NUMBER), type=NUMBER)))
    form, _ = _joined(world, [(replace(p, type=kind), Scope(p.rows)) for p in parts if p.rows])
    return form, np.concatenate([whole, owner])


def _held_in(world: World, found: Users, resource: Ints, low: Ints, high: Ints, at: Span) -> Form:
    """The load of a resource over [low, high) of each row."""
    owner, pick = pairs_of(found, resource, at)
    if not len(pick):
        return forms.data(Value(NUMBER, np.zeros((), dtype=np.int64)), len(resource))
    begin, end = (forms.data(Value(world.time_type, c[owner]), len(owner)) for c in (low, high))
    return forms.summed(weighed(overlap_in(world, found, pick, begin, end), found, pick), owner, len(resource))


def _held_at(world: World, found: Users, resource: Ints, tick: Ints, at: Span) -> Form:
    """The load of a resource at the tick of each row."""
    owner, pick = pairs_of(found, resource, at)
    if not len(pick):
        return forms.data(Value(NUMBER, np.zeros((), dtype=np.int64)), len(resource))
    when = forms.data(Value(INSTANT, tick[owner]), len(owner))
    return forms.summed(weighed(held_at(world, found, pick, when), found, pick), owner, len(resource))
