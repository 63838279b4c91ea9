"""`every P times N`: a task family with one more index, k = 0 .. N-1, whose windows count from k P; and `jitter`."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from schedc.dsl import forms, tree
from schedc.dsl.absence import deciders, name_tasks
from schedc.dsl.arithmetic import solid
from schedc.dsl.calendars import Fixed, When
from schedc.dsl.evaluate import evaluate, items_of, only_argument
from schedc.dsl.faults import Fault
from schedc.dsl.forms import Form
from schedc.dsl.lookup import Item, find_members
from schedc.dsl.named import other_kind
from schedc.dsl.space import Index, Ragged, Space, guard_size, repeated
from schedc.dsl.timing import durations
from schedc.dsl.values import NUMBER, Value, spread
from schedc.dsl.world import Repeats, Rows, World, key_columns
from schedc.models.columns import UNLIMITED, Ints
from schedc.models.diagnostics import Label
from schedc.models.expressions import Absolute, Extreme, Point
from schedc.models.source import Span

BINDER = "k"
MOST_TICKS = 1 << 40


def every_of(task: tree.Task) -> tree.Clause | None:
    """The `every` clause of a task statement; the first of several."""
    return next((c for c in task.clauses if isinstance(c, tree.Clause) and c.keyword == "every"), None)


def with_repeats(world: World, rows: Rows, clause: tree.Clause) -> Rows:
    """The family with its last index, which is noted in `world.repeats`; Fault E290 for periods that make no sense."""
    n = rows.space.rows
    period = _period(world, clause, rows.space)
    times = _times(world, clause, rows.space, period)
    guard_size(int(times.sum(dtype=np.float64)), "the family", clause.span)
    each = repeated(times)
    name = BINDER
    while name in rows.space.columns or name in world.declared:
        name += "'"
    k = Value(NUMBER, each.child)
    space = rows.space.take(each.parent).bind(name, k, clause.span)
    dims = (*(d.spread(n).take(each.parent) for d in rows.dims), k)
    world.repeats[rows.name] = Repeats(period[each.parent], times[each.parent], each.child, clause.span)
    return Rows(rows.name, space, dims, Index(key_columns(dims, space.rows), space.rows), rows.at)


def _period(world: World, clause: tree.Clause, space: Space) -> Ints:
    written = clause.values[0]
    assert isinstance(written, tree.Expr)
    value = solid(evaluate(world, written, space), written.span)
    period = spread(durations(world, value, space, "the period", written.span), space.rows)
    none = np.flatnonzero(period < 1)
    if len(none):
        raise Fault("E290", f"a period of nothing{world.where(space, int(none[0]))}", written.span)
    return period


def _times(world: World, clause: tree.Clause, space: Space, period: Ints) -> Ints:
    """How often each member repeats: as written, or as many whole periods as the horizon has."""
    written = clause.values[1]
    if written is None:
        if world.horizon is None:
            raise Fault("E290", "how often this repeats is not said, and there is no horizon to count periods in",
                        clause.span, fix="write `times N`, or a horizon: `time ... for 14 d`")
        times, at, what = world.horizon // period, clause.span, "the horizon has no whole period"
    else:
        assert isinstance(written, tree.Expr)
        value = solid(evaluate(world, written, space), written.span)
        if value.type != NUMBER or not value.whole:
            raise Fault("E290", "the number of repeats must be a whole number", written.span)
        times, at, what = np.array(spread(value.num, space.rows)), written.span, "no repeats at all"
    few = np.flatnonzero(times < 1)
    if len(few):
        raise Fault("E290", f"{what}{world.where(space, int(few[0]))}", at)
    far = np.flatnonzero(times > MOST_TICKS // period)
    if len(far):
        raise Fault("E242", f"the last period ends beyond 2^40 ticks{world.where(space, int(far[0]))}", at)
    return np.asarray(times, dtype=np.int64)


# windows


def shifts(world: World, name: str, rows: int) -> Ints:
    """Where the windows of each member of a task family count from: k P, or 0 where nothing repeats."""
    found = world.repeats.get(name)
    return np.zeros(rows, dtype=np.int64) if found is None else found.index * found.period


def shifted(when: When, shift: Ints) -> When:
    """Written spans counted from `shift`; calendars and hours stay where they are."""
    if not isinstance(when, Fixed):
        return when
    lo = np.where(when.lo > -UNLIMITED, when.lo + shift, when.lo)
    return Fixed(lo, np.where(when.hi < UNLIMITED, when.hi + shift, when.hi), when.said)


def moved(ticks: Ints, shift: Ints) -> Ints:
    """Releases or deadlines counted from `shift`; what is not said stays unsaid."""
    return np.where(np.abs(ticks) < UNLIMITED, ticks + shift, ticks)


def window(found: Repeats, release: Ints, deadline: Ints) -> tuple[Ints, Ints]:
    """The windows of periodic tasks: release 0 and deadline P where not said, from k P on."""
    shift = found.index * found.period
    release = np.where(release > -UNLIMITED, release, 0) + shift
    return release, np.where(deadline < UNLIMITED, deadline, found.period) + shift


# orders


def all_repeats(world: World, ref: tree.Ref) -> tree.Ref:
    """A reference that leaves out the index k of a periodic task, as one to all of its repeats; others as they are."""
    if not leaves_out(world, ref):
        return ref
    return replace(ref, index=(*(ref.index or ()), tree.Star(ref.span)))


def leaves_out(world: World, ref: tree.Ref) -> bool:
    """Whether a reference to a periodic task gives all of its indices but the last; `a[*]` may be read so."""
    if ref.name not in world.repeats or ref.path:
        return False
    dims = world.families[ref.name].dims[:-1]
    wide = sum(len(world.tables[d.type.table].key) if d.type.kind == "member" else 1 for d in dims)
    return len(ref.index or ()) in (len(dims), wide)


def starred(ref: tree.Ref) -> bool:
    """Whether a reference is `a[*]`, which names all members whatever the dimensions."""
    return len(ref.index or ()) == 1 and isinstance((ref.index or ())[0], tree.Star)


def equal_repeats(world: World, a: tree.Ref, b: tree.Ref, at: Span) -> bool:
    """Whether an arrow pairs equal k; Fault E257 where only one of its sides leaves its k out."""
    out = [leaves_out(world, r) for r in (a, b)]
    if all(out):
        return True
    for ref, short in zip((a, b), out):
        if short and not starred(ref):
            name = f"{ref.name}[…]" if ref.index else ref.name
            raise Fault("E257", f"`{name}` repeats: which of its repeats is meant", ref.span,
                        Label(world.repeats[ref.name].at, "it repeats here"),
                        fix="add an index: the number of the repeat, from 0, or `*` for all")
    return False


def by_repeat(
    world: World, space: Space, a: tuple[tree.Ref, Ragged], b: tuple[tree.Ref, Ragged], at: Span
) -> tuple[Ragged, Ragged, Ints]:
    """Both sides of an arrow with one row for each repeat of each instance, and the instances of these rows.

    Fault E291 where the two sides do not repeat equally often.
    """
    times = [world.repeats[ref.name].times[side.child - world.task_first[ref.name]] for ref, side in (a, b)]
    count = np.zeros(space.rows, dtype=np.int64)
    for (_, side), often in zip((a, b), times):
        count[side.parent] = often
    for (_, side), often in zip((a, b), times):
        unequal = np.flatnonzero(often != count[side.parent])
        if len(unequal):
            row = int(side.parent[unequal[0]])
            words = " and ".join(map(str, sorted((int(often[unequal[0]]), int(count[row])))))
            raise Fault("E291", f"an arrow between tasks that repeat {words} times{world.where(space, row)}", at,
                        *(Label(world.repeats[r.name].at, f"`{r.name}`") for r, _ in (a, b)),
                        fix="let both repeat equally often, or say which repeats are meant: `a[0] -> b[1]`")
    first: Ints = np.cumsum(count) - count
    sides = []
    for ref, side in (a, b):
        k = world.repeats[ref.name].index[side.child - world.task_first[ref.name]]
        places = first[side.parent] + k
        order = np.argsort(places, kind="stable")
        sides.append(Ragged(places[order], side.child[order]))
    return sides[0], sides[1], np.repeat(np.arange(space.rows, dtype=np.int64), count)


# jitter


def jitter_form(world: World, call: tree.Call, space: Space) -> Form:
    """`jitter(T)`: the greatest |start(k+1) - start(k) - P| over all k; 0 where T happens once, or not at all."""
    ref = only_argument(call)
    if not isinstance(ref, tree.Ref) or ref.name not in world.repeats:
        declared = world.declared.get(ref.name) if isinstance(ref, tree.Ref) else None
        if isinstance(ref, tree.Ref) and (declared is None or ref.name not in world.families):
            raise other_kind(world, ref, tree.Task, "task")
        others = [] if declared is None else [Label(declared.name.span, "declared here")]
        raise Fault("E292", "`jitter` needs a task that repeats", ref.span, *others,
                    fix="add `every P times N` to the task")
    world.used.add(ref.name)
    found = _repeats_of(world, ref, space)
    row, task = found.parent, found.child + world.task_first[ref.name]
    heads = np.r_[True, row[1:] != row[:-1]] if len(row) else np.zeros(0, dtype=np.bool_)
    name_tasks(world, space, row[heads], task[heads])
    gaps = np.flatnonzero(~heads)       # from the repeat before to this one
    form = _gaps(world, task[gaps], world.repeats[ref.name].period[found.child[gaps]])
    with_gaps = np.unique(row[gaps])
    if not len(gaps):
        return forms.data(Value(world.time_type, np.asarray(0, dtype=np.int64)), space.rows)
    every = np.arange(len(gaps), dtype=np.int64)
    node = Extreme("max", len(with_gaps), np.searchsorted(with_gaps, row[gaps]), Absolute(forms.linear(form)), every)
    rows = np.arange(len(with_gaps), dtype=np.int64)
    return forms.node(world.time_type, space.rows, node, rows, with_gaps, np.asarray(1, dtype=np.int64))


def _repeats_of(world: World, ref: tree.Ref, space: Space) -> Ragged:
    rows = world.families[ref.name]
    if not leaves_out(world, ref) or any(isinstance(i, tree.Star) for i in ref.index or ()):
        raise Fault("E257", "`jitter` needs all repeats of one task", ref.span,
                    Label(world.repeats[ref.name].at, "it repeats here"),
                    fix="name one task, and leave the last index out: `jitter(a[i])`")
    items = [*(items_of(world, ref.index, space) or ()), Item(None, ref.span)]
    return find_members(world, rows, items, space, ref.span)


def _gaps(world: World, task: Ints, period: Ints) -> Form:
    """start(task) - start(task before) - P, all 0 where the task is absent."""
    n = len(task)
    every = np.arange(n, dtype=np.int64)
    later, sooner = (forms.terms(world.time_type, n, every, Point.START, t) for t in (task, task - 1))
    form = forms.plus(later, sooner, -1, world.time_type)
    decider = deciders(world, task)
    apart = forms.data(Value(world.time_type, np.where(decider < 0, period, 0)), n)
    form = forms.plus(form, apart, -1, world.time_type)
    may = np.flatnonzero(decider >= 0)
    there = forms.scaled(forms.terms(NUMBER, n, may, Point.PRESENT, decider[may]), period, np.asarray(1))
    return forms.plus(form, there, -1, world.time_type)
