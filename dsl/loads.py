"""`load(r, t)`, `load(r, a, b)` and `peak(r)`: what a resource is used for, as expressions.

load(r, t) is the sum of the demands held at tick t: of each user, amount * [start <= t < end]. load(r, a, b) is its
integral over [a, b): of each user, amount * max(0, min(end, b) - max(start, a)). peak(r) is the greatest load of any
tick, which is reached where some user starts: max over users u of load(r, start(u)), where an absent user, at 0, looks
at a tick like any other. What modes and members ask for counts where these are chosen.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from schedc.dsl import forms, tree
from schedc.dsl.absence import NONE, deciders, presence
from schedc.dsl.addresses import highest_form
from schedc.dsl.arithmetic import bounded, product_type
from schedc.dsl.calendars import calendar_named
from schedc.dsl.evaluate import items_of
from schedc.dsl.faults import Fault, later
from schedc.dsl.forms import Form
from schedc.dsl.lookup import find_members
from schedc.dsl.named import resource_named
from schedc.dsl.resources import ResourceDraft
from schedc.dsl.space import Space, guard_size
from schedc.dsl.tasks import TaskDraft
from schedc.dsl.values import INSTANT, NUMBER, ONE, Type, Value, spread
from schedc.dsl.world import World
from schedc.models.columns import Ints, ragged
from schedc.models.expressions import (
    Compare,
    Extreme,
    Guarded,
    Indicator,
    Junction,
    Linear,
    Member,
    Operator,
    Point,
    Truth,
)
from schedc.models.records import dataclass
from schedc.models.source import Span


@dataclass(frozen=True, eq=False)
class Users:
    """The demands on a resource family, sorted by member: num/den of it, by `task`, where `point` of `number` is 1.

    point is PRESENT where the task itself asks; else MODE or MEMBER.
    """

    kind: Type
    resource: Ints
    task: Ints
    point: Ints
    number: Ints
    num: Ints
    den: Ints


def load_form(world: World, call: tree.Call, space: Space) -> Form:
    """`load(r, t)` or `load(r, a, b)` in each row of a space."""
    from schedc.dsl.lowering import form_of

    if len(call.args) not in (2, 3) or call.each is not None:
        raise Fault("E264", "`load` needs a resource, and an instant or two", call.span,
                    fix="write `load(saw, 12)` or `load(saw, 0, 12)`")
    second = call.args[1]
    if isinstance(second, tree.Ref) and isinstance(world.declared.get(second.name), tree.Calendar):
        return _over_calendar(world, call, second, space)
    _, users, row = named_users(world, call, space)
    when = [form_of(world, a, space) for a in call.args[1:]]
    for form, written in zip(when, call.args[1:]):
        if form.type not in (INSTANT, world.time_type):
            raise Fault("E250", f"the time of `load` is {form.type}, not an instant", written.span)
    with bounded(call.span):
        owner, pick = pairs_of(users, row, call.span)
        times = [forms.repeated_rows(f, owner) for f in when]
        if not len(pick):
            found = forms.data(Value(NUMBER, np.zeros((), dtype=np.int64)), 0)
        elif len(times) == 1:
            found = held_at(world, users, pick, times[0])
        else:
            found = overlap_in(world, users, pick, times[0], times[1])
        kind = users.kind if len(when) == 1 else product_type(users.kind, world.time_type, 1)
        return replace(forms.summed(weighed(found, users, pick), owner, space.rows), type=kind)


def _over_calendar(world: World, call: tree.Call, calendar: tree.Ref, space: Space) -> Form:
    """`load(r, calendar)`: the sum over the calendar's spans."""
    if len(call.args) != 2:
        raise Fault("E264", "`load` over a calendar needs a resource and a calendar", call.span,
                    fix=f"write `load(saw, {calendar.name})`")
    expansion = calendar_named(world, calendar)
    if world.reach is None:
        raise Fault("E237", f"no horizon can be derived: `load` counts all of `{calendar.name}`", call.span,
                    fix="say how far time goes: `time ... for 14 d`")
    spans = expansion(world.reach)
    _, users, row = named_users(world, call, space)
    with bounded(call.span):
        kind = product_type(users.kind, world.time_type, 1)
        owner, pick = pairs_of(users, row, call.span)
        n, size = len(pick), len(spans.lo)
        guard_size(n * size, "the users of a resource in spans", call.span)
        if not n or not size:
            return forms.data(Value(kind, np.zeros((), dtype=np.int64)), space.rows)
        lo, hi = (forms.data(Value(world.time_type, np.tile(c, n)), n * size) for c in spans)
        owner, pick = np.repeat(owner, size), np.repeat(pick, size)
        found = weighed(overlap_in(world, users, pick, lo, hi), users, pick)
        return replace(forms.summed(found, owner, space.rows), type=kind)


def peak_form(world: World, call: tree.Call, space: Space) -> Form:
    """`peak(r)` in each row of a space."""
    if len(call.args) != 1 or call.each is not None:
        raise Fault("E264", "`peak` needs a resource", call.span, fix="write `peak(saw)`")
    _, users, row = named_users(world, call, space)
    owner_of = resource_named(world, call.args[0], world.resources) if isinstance(call.args[0], tree.Ref) else None
    if owner_of is not None and owner_of.contiguous is not None:
        with bounded(call.span):
            return highest_form(world, owner_of, users, row, space)
    with bounded(call.span):
        at_row, at = pairs_of(users, row, call.span)      # where to look: at the start of each user
        if not len(at):
            return forms.data(Value(users.kind, np.zeros((), dtype=np.int64)), space.rows)
        owner, pick = pairs_of(users, users.resource[at], call.span)
        start = forms.terms(INSTANT, len(at), np.arange(len(at), dtype=np.int64), Point.START, users.task[at])
        held = weighed(held_at(world, users, pick, forms.repeated_rows(start, owner)), users, pick)
        loads = forms.levelled(forms.summed(held, owner, len(at)))
        rows = np.arange(space.rows, dtype=np.int64)
        some = np.bincount(at_row, minlength=space.rows) > 0
        node = Extreme("max", int(some.sum()), (np.cumsum(some) - 1)[at_row], forms.linear(loads), np.arange(len(at)))
        return forms.node(users.kind, space.rows, node, np.arange(node.rows), rows[some], loads.den)


# who uses a resource


def named_users(
    world: World, call: tree.Call, space: Space, pauses: bool = False
) -> tuple[ResourceDraft, Users, Ints]:
    """The family that a call names, the demands on it, and the number of the resource in every row."""
    ref = call.args[0]
    if not isinstance(ref, tree.Ref):
        raise Fault("E264", f"`{call.name}` needs a resource", ref.span)
    if any(isinstance(i, tree.Star) for i in ref.index or ()):
        raise Fault("E258", "one resource is needed here, not all", ref.span)
    resource = resource_named(world, ref, world.resources)
    row = find_members(world, resource.rows, items_of(world, ref.index, space), space, ref.span).child
    return resource, users_of(world, resource, call.name, call.span, pauses), resource.first + row


def users_of(world: World, resource: ResourceDraft, what: str, at: Span, pauses: bool = False) -> Users:
    """All demands on a resource family; `what` is asking, and where; `pauses`: tasks that pause may be among them."""
    kind = None if resource.unlimited else resource.capacity.value.type
    first, last = resource.first, resource.first + resource.rows.space.rows
    found: list[tuple[Ints, ...]] = []
    for draft in world.drafts.values():
        if any(_any_of(p.resource, first, last) for p in (*draft.parts, *(p for m in draft.modes for p in m.parts))):
            raise later(f"`{what}` of a resource that is held on a part of a task", at)
        for task, point, number, asked, value in _demands(draft):
            mine = np.flatnonzero((asked >= first) & (asked < last))
            if not len(mine):
                continue
            if (draft.pausable and not pauses) or draft.split is not None:
                kind_of_task = "pausable" if draft.pausable else "splittable"
                raise later(f"`{what}` of a resource that a `{kind_of_task}` task uses", at)
            if kind is not None and kind != value.type:
                raise Fault("E250", f"the demands on `{resource.rows.name}` are {kind} and {value.type}", at)
            kind, n = value.type, len(asked)
            columns = (asked, task, np.full(n, int(point)), number, spread(value.num, n), spread(value.den, n))
            found.append(tuple(c[mine] for c in columns))
    joined = [np.concatenate([NONE, *c]) for c in zip(*found)] if found else [NONE] * 6
    order = np.argsort(joined[0], kind="stable")
    return Users(kind or NUMBER, *(c[order] for c in joined))


def _any_of(resource: Ints, first: int, last: int) -> bool:
    return bool(np.any((resource >= first) & (resource < last)))


def _demands(draft: TaskDraft) -> list[tuple[Ints, Point, Ints, Ints, Value]]:
    """All that a family of tasks asks for: task, what decides, its number, resource, amount."""
    found: list[tuple[Ints, Point, Ints, Ints, Value]] = []
    for u in draft.uses:
        task = draft.first + u.row
        found.append((task, Point.PRESENT, task, u.resource, u.amount.value))
    for mode in draft.modes:
        found += [
            (draft.first + mode.row[u.row], Point.MODE, mode.first + u.row, u.resource, u.amount.value)
            for u in mode.uses
        ]
    places = [(c, c.row) for c in draft.choices] + [(c, m.row[c.row]) for m in draft.modes for c in m.choices]
    for c, row in places:
        number = c.first + np.arange(len(c.resource), dtype=np.int64)
        task = draft.first + np.repeat(row, np.diff(c.ptr))
        found.append((task, Point.MEMBER, number, c.resource, c.unit.value))
    return found


def pairs_of(users: Users, resource: Ints, at: Span) -> tuple[Ints, Ints]:
    """Every row with every demand on its resource: (row, demand), sorted by row."""
    lo, hi = (np.searchsorted(users.resource, resource, side=side) for side in ("left", "right"))
    guard_size(int((hi - lo).sum()), "the users of a resource in pairs", at)
    return np.repeat(np.arange(len(resource), dtype=np.int64), hi - lo), ragged(lo, hi)


# what they hold


def weighed(form: Form, users: Users, pick: Ints) -> Form:
    """Each row times what its user holds."""
    return forms.scaled(form, users.num[pick], users.den[pick]) if len(pick) else form


def held_at(world: World, users: Users, pick: Ints, when: Form) -> Form:
    """1 where the demand of a row is held at the instant of that row, else 0."""
    n = len(pick)
    every, task = np.arange(n, dtype=np.int64), users.task[pick]
    begun = forms.plus(when, forms.terms(when.type, n, every, Point.START, task), -1, when.type)
    ended = forms.plus(forms.terms(when.type, n, every, Point.END, task), when, -1, when.type)
    members = [
        Member(every, Compare(Operator.GE, forms.linear(forms.levelled(begun))), every),
        Member(every, Compare(Operator.GT, forms.linear(forms.levelled(ended))), every),
    ]
    members += chosen_rows(users, pick)
    decider = deciders(world, task)
    loose = np.flatnonzero((decider >= 0) & (users.point[pick] == Point.PRESENT))
    if len(loose):
        members.append(Member(loose, presence(decider[loose], Operator.GE), np.arange(len(loose), dtype=np.int64)))
    return forms.node(NUMBER, n, Indicator(Junction("and", n, tuple(members))), every, every, ONE)


def chosen_rows(users: Users, pick: Ints) -> list[Member]:
    """That the options and candidates of the rows that have one are chosen."""
    rows = np.flatnonzero(users.point[pick] != Point.PRESENT)
    if not len(rows):
        return []
    every, ones = np.arange(len(rows), dtype=np.int64), np.ones(len(rows), dtype=np.int64)
    one = Linear(-ones, every, users.point[pick][rows], users.number[pick][rows], ones)
    return [Member(rows, Compare(Operator.GE, one), every)]


def overlap_in(world: World, users: Users, pick: Ints, first: Form, last: Form) -> Form:
    """How long the demand of a row is held in [first, last) of that row; of an absent task [0, 0) overlaps nothing."""
    n, kind = len(pick), world.time_type
    every, task = np.arange(n, dtype=np.int64), users.task[pick]
    begin = of_two("max", forms.terms(kind, n, every, Point.START, task), replace(first, type=kind))
    finish = of_two("min", forms.terms(kind, n, every, Point.END, task), replace(last, type=kind))
    long = forms.plus(finish, begin, -1, kind)
    found = of_two("max", long, Form(kind, np.zeros(n, dtype=np.int64), ONE, NONE, NONE, NONE, NONE))
    chosen = chosen_rows(users, pick)
    if not chosen:
        return found
    when: Truth = Junction("and", n, tuple(chosen))
    found = forms.levelled(found)
    return forms.node(kind, n, Guarded(forms.linear(found), when), every, every, found.den)


def of_two(op: str, a: Form, b: Form) -> Form:
    """The lesser or the greater of two, row by row."""
    n = a.rows
    both = forms.stacked([a, b], a.type)
    every = np.arange(n, dtype=np.int64)
    row = np.repeat(every, 2)
    child_row = np.tile(np.asarray([0, 1], dtype=np.int64), n) * n + row
    node = Extreme("max" if op == "max" else "min", n, row, forms.linear(both), child_row)
    return forms.node(a.type, n, node, every, every, both.den)
