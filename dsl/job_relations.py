"""`order` and `exclusive` where jobs stand in them: what tasks alone cannot say becomes a condition on whole spans."""

from __future__ import annotations

import numpy as np

from schedc.dsl import forms, tree
from schedc.dsl.absence import adopt, satisfied
from schedc.dsl.faults import Fault
from schedc.dsl.forms import Form
from schedc.dsl.lags import Limit
from schedc.dsl.members import Named, named, point_form
from schedc.dsl.space import Ragged, Scope, Space, all_pairs, guard_size, repeated
from schedc.dsl.values import NUMBER, Value, spread
from schedc.dsl.world import World
from schedc.models.columns import UNLIMITED, Ints, Names
from schedc.models.expressions import Compare, Junction, Member, Operator, Point, Truth
from schedc.models.source import Origin, Span
from schedc.models.statements import Require

_NAMES = {Point.START: "start", Point.END: "end"}


def tasks_inside(members: Named) -> Ragged:
    """All tasks of the members of each row."""
    return Ragged(members.parent[members.of], members.task)


def plain_arrow(a: Named, b: Named, points: tuple[Point, Point], hi: Limit) -> bool:
    """Whether arrows between all tasks say the same: from the last end to the first start, without a greatest lag."""
    if not (a.jobs or b.jobs):
        return True
    limited = hi.extra is not None or bool(np.any(hi.ticks < UNLIMITED))
    return not limited and (not a.jobs or points[0] is Point.END) and (not b.jobs or points[1] is Point.START)


def span_arrow(
    world: World, space: Space, members: tuple[Named, Named], points: tuple[Point, Point], limits: tuple[Limit, Limit],
    origin: Origin,
) -> list[Require]:
    """An arrow between points of whole jobs, one instance a pair."""
    lo, hi = limits
    if lo.extra is not None or hi.extra is not None:
        raise Fault("E190", "a lag that depends on choices, at a job, is not implemented yet", origin.span)
    parent, first, second = all_pairs(members[0].parent, members[1].parent, space.rows, origin.span)
    a, b = (picked(world, m, _NAMES[p], k) for m, p, k in zip(members, points, (first, second)))
    scope = Scope(len(parent))
    whole = Space(len(parent), scope=scope, group=np.arange(len(parent), dtype=np.int64))
    for mine in (a[1], b[1]):
        adopt(whole, mine, np.arange(len(parent), dtype=np.int64))
    lag = forms.plus(b[0], a[0], -1, world.time_type)
    held = [_beside(lag, spread(limit.ticks, space.rows)[parent], op)
            for limit, op in ((lo, Operator.GE), (hi, Operator.LE)) if np.any(np.abs(limit.ticks) < UNLIMITED)]
    if not held:
        return []
    names = Names(len(parent), lambda row: world.binding(space, int(parent[row]))) if space.columns else ()
    return [Require(origin, satisfied(scope, _joined("and", held)), names)]


def picked(world: World, members: Named, name: str, pick: Ints) -> tuple[Form, Scope]:
    """A point of the members `pick`, in any order and number."""
    heads = np.searchsorted(members.of, np.arange(members.rows + 1))
    lo, hi = heads[pick], heads[pick + 1]
    of = np.repeat(np.arange(len(pick), dtype=np.int64), hi - lo)
    at = np.repeat(lo, hi - lo) + np.arange(len(of)) - np.repeat(np.cumsum(hi - lo) - (hi - lo), hi - lo)
    return point_form(world, name, Named(np.arange(len(pick)), of, members.task[at], members.jobs))


def _beside(form: Form, ticks: Ints, op: Operator) -> Compare:
    """A form beside durations; UNLIMITED is far enough beyond what any schedule holds."""
    far = np.int64(1 << 45)
    limit = forms.data(Value(form.type, np.clip(ticks, -far, far)), form.rows)
    return Compare(op, forms.linear(forms.plus(form, limit, -1, NUMBER)))


def _joined(op: str, held: list[Compare]) -> Truth:
    if len(held) == 1:
        return held[0]
    every = np.arange(held[0].rows, dtype=np.int64)
    return Junction("and" if op == "and" else "or", held[0].rows, tuple(Member(every, h, every) for h in held))


def exclusive_spans(world: World, space: Space, refs: tuple[tree.Ref, ...], origin: Origin) -> list[Require]:
    """No two of the members named in an instance overlap, from the first start to the last end of each."""
    found = [named(world, ref, space) for ref in refs]
    rows, first, second, members = _every_pair(found, space.rows, origin.span)
    if not len(rows):
        return []
    points = [(picked(world, members, name, pick)) for pick in (first, second) for name in ("start", "end")]
    (s, scope), (e, _), (t, other), (f, _) = points
    whole = Scope(len(rows))
    at = Space(len(rows), scope=whole, group=np.arange(len(rows), dtype=np.int64))
    for mine in (scope, other):
        adopt(at, mine, np.arange(len(rows), dtype=np.int64))
    none = np.zeros(len(rows), dtype=np.int64)
    apart = ((t, e), (s, f), (s, e), (t, f))    # one after the other, or one of no length
    held = [_beside(forms.plus(b, a, -1, world.time_type), none, Operator.GE) for b, a in apart]
    names = Names(len(rows), lambda row: world.binding(space, int(rows[row]))) if space.columns else ()
    return [Require(origin, satisfied(whole, _joined("or", held)), names)]


def _every_pair(found: list[Named], rows: int, at: Span) -> tuple[Ints, Ints, Ints, Named]:
    """(instance, first, second) of all pairs of different members in an instance, and all members as one."""
    parent = np.concatenate([m.parent for m in found])
    offset = np.cumsum([0, *(m.rows for m in found)])
    of = np.concatenate([m.of + k for m, k in zip(found, offset)])
    members = Named(np.zeros(len(parent), dtype=np.int64), of, np.concatenate([m.task for m in found]), True)
    order = np.argsort(parent, kind="stable")
    sizes = np.bincount(parent, minlength=rows).astype(np.int64)
    after = np.repeat(np.cumsum(sizes), sizes) - np.arange(len(parent)) - 1      # later members of the same instance
    guard_size(int(after.sum()), "the pairs", at)
    each = repeated(after)
    a, b = order[each.parent], order[each.parent + 1 + each.child]
    keep = _different(members, a, b)
    return parent[a][keep], a[keep], b[keep], members


def _different(members: Named, a: Ints, b: Ints) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """A job named twice counts once: members with the same first task are the same, or empty."""
    heads = np.searchsorted(members.of, np.arange(members.rows))
    sizes = np.bincount(members.of, minlength=members.rows)
    first = np.where(sizes > 0, np.r_[members.task, -1][heads], -1)
    return np.asarray((first[a] != first[b]) | (sizes[a] != sizes[b]))
