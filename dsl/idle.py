"""`idle(r)` and `idle`: open time between the first and the last use of a resource in which no user is under way.

Let u be the present users of r with a length and an amount, C the time at which r has no capacity. With

    before(v, u) = start(v) < start(u), or the same and v stands first in the text,
    from(u) = max(start(u), end(v) over all v before u),        covered(u) = max(0, end(u) - from(u)),

the spans [from(u), end(u)) are disjoint and make up the time in which somebody is under way, so that

    idle = last - first - sum covered(u) - |C in [first, last)| + sum |C in [from(u), end(u))|.

The last sum is over users that pause, others never lie in C. Where no two fit beside each other from(u) is start(u).
"""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from schedc.dsl import forms, tree
from schedc.dsl.arithmetic import bounded
from schedc.dsl.availability import AvailabilityDraft
from schedc.dsl.calendars import span_sets
from schedc.dsl.calendars import without as less
from schedc.dsl.faults import Fault
from schedc.dsl.forms import NONE, Form
from schedc.dsl.loads import Users, chosen_rows, named_users, of_two, pairs_of, users_of
from schedc.dsl.resources import ResourceDraft
from schedc.dsl.space import Space, guard_size
from schedc.dsl.values import Value, spread
from schedc.dsl.world import World
from schedc.models.columns import Flags, Ints, distinct, ragged
from schedc.models.expressions import Compare, Extreme, Guarded, Junction, Member, Operator, Point
from schedc.models.profile import Spans, union
from schedc.models.source import Span


def idle_form(world: World, call: tree.Call, space: Space) -> Form:
    """`idle(r)` in each row of a space."""
    if len(call.args) != 1 or call.each is not None:
        raise Fault("E264", "`idle` needs a resource", call.span, fix="write `idle(saw)`")
    resource, users, row = named_users(world, call, space, pauses=True)
    return _idle(world, resource, users, row, call.span)


def all_idle_form(world: World, rows: int, at: Span) -> Form:
    """`idle`: of all resources together, the same in every row."""
    total = forms.data(Value(world.time_type, np.zeros((), dtype=np.int64)), 1)
    for resource in world.resources.values():
        size = resource.rows.space.rows
        users = users_of(world, resource, "idle", at, pauses=True)
        mine = _idle(world, resource, users, resource.first + np.arange(size, dtype=np.int64), at)
        with bounded(at):
            total = forms.plus(total, forms.summed(mine, np.zeros(size, dtype=np.int64), 1), 1, world.time_type)
    return forms.repeated_rows(total, np.zeros(rows, dtype=np.int64))


class _Pairs(NamedTuple):
    """Rows owner[k] (sorted) with their users: the task of each, and where it is not chosen for certain, by what."""

    rows: int
    owner: Ints
    task: Ints
    chosen: list[Member]
    paused: Flags


def _idle(world: World, resource: ResourceDraft, users: Users, row: Ints, at: Span) -> Form:
    users = _counted(users)
    owner, pick = pairs_of(users, row, at)
    n, kind = len(pick), world.time_type
    closed = _closed(world, resource, row, at)
    pairs = _Pairs(len(row), owner, users.task[pick], chosen_rows(users, pick), _pausable(world)[users.task[pick]])
    with bounded(at):
        if not n:
            return forms.data(Value(kind, np.zeros((), dtype=np.int64)), len(row))
        first, last = _outermost(world, pairs)
        begin = _points(world, pairs.task, Point.START)
        if not _alone(resource):
            begin = _uncovered_from(world, pairs, begin, at)
        end = _points(world, pairs.task, Point.END)
        total = forms.plus(last, first, -1, kind)
        covered = _where_chosen(_at_least_zero(forms.plus(end, begin, -1, kind)), pairs)
        total = forms.plus(total, forms.summed(covered, owner, pairs.rows), -1, kind)
        if not len(closed[0]):
            return total
        total = forms.plus(total, _overlap(first, last, *closed), -1, kind)
        if not pairs.paused.any():
            return total
        user, lo, hi = _meetings(pairs, closed)
        inside = _overlap(begin, end, user, lo, hi)
        return forms.plus(total, forms.summed(_where_chosen(inside, pairs), owner, pairs.rows), 1, kind)


def _counted(users: Users) -> Users:
    """The users that ask for something, each once."""
    keys = np.stack([users.resource, users.task, users.point, users.number])[:, users.num > 0]
    resource, task, point, number = np.unique(keys, axis=1)
    ones = np.ones(len(task), dtype=np.int64)
    return Users(users.kind, resource, task, point, number, ones, ones)


def _alone(resource: ResourceDraft) -> bool:
    """Whether no two uses fit beside each other, by the capacity that was not written."""
    return not resource.claimed and not resource.unlimited


def _pausable(world: World) -> Flags:
    drafts = world.drafts.values()
    size = max((d.first + d.rows.space.rows for d in drafts), default=0)
    found = np.zeros(size, dtype=np.bool_)
    for d in drafts:
        found[d.first:d.first + d.rows.space.rows] = d.pausable
    return found


def _points(world: World, task: Ints, point: Point) -> Form:
    n = len(task)
    return forms.terms(world.time_type, n, np.arange(n, dtype=np.int64), point, task)


def _outermost(world: World, pairs: _Pairs) -> tuple[Form, Form]:
    """The first start and the last end in each row; 0 where nobody is there."""
    n, kind = len(pairs.task), world.time_type
    every, one = np.arange(n, dtype=np.int64), np.ones(n, dtype=np.int64)
    long = forms.linear(_points(world, pairs.task, Point.LENGTH))
    used = Junction("and", n, (Member(every, Compare(Operator.GE, replace(long, const=-one)), every), *pairs.chosen))
    rows, unit = np.arange(pairs.rows, dtype=np.int64), np.asarray(1, dtype=np.int64)
    ends = []
    for op, point in (("min", Point.START), ("max", Point.END)):
        child = forms.linear(_points(world, pairs.task, point))
        node = Extreme("min" if op == "min" else "max", pairs.rows, pairs.owner, child, every, used)
        ends.append(forms.node(kind, pairs.rows, node, rows, rows, unit))
    return ends[0], ends[1]


def _uncovered_from(world: World, pairs: _Pairs, begin: Form, at: Span) -> Form:
    """from(u) for each user."""
    n, kind = len(pairs.task), world.time_type
    every = np.arange(n, dtype=np.int64)
    lo, hi = (np.searchsorted(pairs.owner, pairs.owner, side=side) for side in ("left", "right"))
    guard_size(int((hi - lo).sum()), "the users of a resource in pairs", at)
    u, v = np.repeat(every, hi - lo), ragged(lo, hi)
    u, v = u[u != v], v[u != v]
    tie = (v < u).astype(np.int64)
    later = forms.plus(_points(world, pairs.task[u], Point.START), _points(world, pairs.task[v], Point.START), -1, kind)
    ahead = Compare(Operator.GE, replace(forms.linear(later), const=tie - 1))
    rows = np.arange(len(u), dtype=np.int64)
    members = [Member(rows, ahead, rows), *_of_others(pairs, v)]
    own = [Member(n + m.row, m.child, m.child_row) for m in members]
    row = np.concatenate([every, u])
    order = np.argsort(row, kind="stable")
    place = np.empty(len(row), dtype=np.int64)
    place[order] = np.arange(len(row))
    when = Junction("and", len(row), tuple(Member(place[m.row], m.child, m.child_row) for m in own))
    child = forms.linear(forms.stacked([begin, _points(world, pairs.task, Point.END)], kind))
    node = Extreme("max", n, row[order], child, np.concatenate([every, n + v])[order], when)
    return forms.node(kind, n, node, every, every, np.asarray(1, dtype=np.int64))


def _of_others(pairs: _Pairs, v: Ints) -> list[Member]:
    """That the user v[k] of entry k is chosen."""
    found = []
    for m in pairs.chosen:
        where = np.full(len(pairs.task), -1, dtype=np.int64)
        where[m.row] = m.child_row
        rows = np.flatnonzero(where[v] >= 0)
        found.append(Member(rows, m.child, where[v][rows]))
    return found


def _at_least_zero(form: Form) -> Form:
    n = form.rows
    return of_two("max", form, Form(form.type, np.zeros(n, dtype=np.int64), np.asarray(1), NONE, NONE, NONE, NONE))


def _where_chosen(form: Form, pairs: _Pairs) -> Form:
    if not pairs.chosen:
        return form
    n = form.rows
    every = np.arange(n, dtype=np.int64)
    form = forms.levelled(form)
    when = Junction("and", n, tuple(pairs.chosen))
    return forms.node(form.type, n, Guarded(forms.linear(form), when), every, every, form.den)


def _overlap(first: Form, last: Form, owner: Ints, lo: Ints, hi: Ints) -> Form:
    """For each row, how much of its spans [lo, hi), by sorted `owner`, lies in [first, last)."""
    begin = of_two("max", forms.repeated_rows(first, owner), forms.data(Value(first.type, lo), len(lo)))
    finish = of_two("min", forms.repeated_rows(last, owner), forms.data(Value(first.type, hi), len(hi)))
    return forms.summed(_at_least_zero(forms.plus(finish, begin, -1, first.type)), owner, first.rows)


# closed time


def _closed(world: World, resource: ResourceDraft, row: Ints, at: Span) -> tuple[Ints, Ints, Ints]:
    """(row, lo, hi), sorted: when the resource of each row has no capacity."""
    numbers = distinct(row)
    drafts = [d for d in world.availability if np.isin(d.resource, numbers).any()]
    if not drafts:
        return NONE, NONE, NONE
    reach = world.reach
    if reach is None:
        why = f"`{resource.rows.name}` has closed time, which `idle` leaves out"
        raise Fault("E237", f"no horizon can be derived: {why}", at,
                    fix="say how far time goes: `time ... for 14 d`, or in a model of plain ticks `time for 100`")
    spans = [_closed_of(drafts, int(r), reach) for r in row.tolist()]
    owner = np.repeat(np.arange(len(row), dtype=np.int64), [len(s.lo) for s in spans])
    return owner, np.concatenate([NONE, *(s.lo for s in spans)]), np.concatenate([NONE, *(s.hi for s in spans)])


def _closed_of(drafts: list[AvailabilityDraft], resource: int, reach: int) -> Spans:
    whole = Spans(np.zeros(1, dtype=np.int64), np.full(1, reach, dtype=np.int64))
    opened: list[Spans] = []
    gone: list[Spans] = []
    for draft in drafts:
        sets, which = span_sets(draft.when, reach)
        for k in np.flatnonzero(draft.resource == resource).tolist():
            w = 0 if which is None else int(which[draft.row[k]])
            if w < 0 or not _shuts(draft, k):
                continue
            (opened if draft.keyword == "open" else gone).append(Spans(*sets.of(w)))
    shut = less(whole, union(opened)) if any(
        d.keyword == "open" and (d.resource == resource).any() for d in drafts) else Spans(NONE, NONE)
    return union([shut, *gone])


def _shuts(draft: AvailabilityDraft, k: int) -> bool:
    """Whether entry k is an `open`, or leaves nothing."""
    if draft.keyword == "open" or not draft.leaving:
        return True
    left = np.concatenate([spread(a.value.num, n) for a, n in draft.leaving])
    return bool(left[k] == 0)


def _meetings(pairs: _Pairs, closed: tuple[Ints, Ints, Ints]) -> tuple[Ints, Ints, Ints]:
    """Each user that pauses with each closed span of its row: (user, lo, hi), sorted."""
    row, lo, hi = closed
    a, b = (np.searchsorted(row, pairs.owner, side=side) for side in ("left", "right"))
    b = np.where(pairs.paused, b, a)
    pick = ragged(a, b)
    return np.repeat(np.arange(len(pairs.task), dtype=np.int64), b - a), lo[pick], hi[pick]
