"""`count(S, a, b)`, and `require … every W`: a condition on every window [t, t + W) of the horizon.

Two ways to write the windows, the smaller of which is taken (see `_fewer_events`):

- *ticks*: an instance for each t in 0 .. H - W, with a term for each start that may lie in it;
- *events*, for a comparison of one `count(S)` with data: as t grows, a count falls only right behind the start of a
  member, and rises only as a start comes in at the other end. So the greatest counts are those of windows that begin
  with a start, and of the last window; the least ones those of windows that begin right behind a start, and of the
  first window.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from schedc.dsl import forms, tree
from schedc.dsl.absence import counted_where, satisfied, scoped
from schedc.dsl.evaluate import evaluate
from schedc.dsl.faults import Fault, Spoiled
from schedc.dsl.forms import Form
from schedc.dsl.lowering import counted, decides, form_of
from schedc.dsl.members import named, point_form, point_type
from schedc.dsl.named import other_kind
from schedc.dsl.names import parts
from schedc.dsl.space import Space, guard_size, repeated
from schedc.dsl.timing import durations
from schedc.dsl.truths import together
from schedc.dsl.values import INSTANT, NUMBER, Value, spread
from schedc.dsl.world import World
from schedc.models.columns import UNLIMITED, Ints, Names
from schedc.models.expressions import Compare, Operator, Point, Truth
from schedc.models.source import Span

FROM, EVERY = "from", "every"       # reserved words, so that no binder of the author's has them
_MANY = 100_000
_TURNED = {"<=": ">=", ">=": "<=", "<": ">", ">": "<", "==": "==", "!=": "!="}


class Instances(NamedTuple):
    """A condition for each window, the instances' space, and what to call them."""

    condition: Truth
    space: Space
    names: Names


# counting starts


def in_windows(space: Space) -> bool:
    """Whether the rows of a space are windows."""
    return FROM in space.columns


def count_between(world: World, call: tree.Call, space: Space) -> Form:
    """`count(S, a, b)`: how many members of S that are present start in [a, b)."""
    ref = _task_ref(world, call)
    lower, upper = (_instant(world, form_of(world, a, space), a.span) for a in call.args[1:])
    return _counted(world, ref, space, lower, upper, call.span)


def count_in_window(world: World, call: tree.Call, space: Space) -> Form:
    """`count(S)` in the window that each row of a space is."""
    lower, upper = _window(world, space)
    return _counted(world, _task_ref(world, call), space, lower, upper, call.span)


def _window(world: World, space: Space) -> tuple[Form, Form]:
    kind = point_type(world, "start")
    lower = forms.data(replace(space.columns[FROM], type=kind), space.rows)
    wide = forms.data(replace(space.columns[EVERY], type=kind), space.rows)
    return lower, forms.plus(lower, wide, 1, kind)


def _task_ref(world: World, call: tree.Call) -> tree.Ref:
    ref = call.args[0]
    if not isinstance(ref, tree.Ref) or (ref.name not in world.task_first and ref.name not in world.jobs):
        raise Fault("E293", "only the starts of tasks and jobs are counted within a time", ref.span,
                    fix="write `count(a[*], from, to)`")
    return ref


def _instant(world: World, form: Form, at: Span) -> Form:
    if form.type not in (INSTANT, world.time_type):
        raise Fault("E250", f"an instant is needed here, not {form.type}", at)
    return replace(form, type=point_type(world, "start"))


def _counted(world: World, ref: tree.Ref, space: Space, lower: Form, upper: Form, at: Span) -> Form:
    """How many of the members start in [lower, upper); cells that cannot count are left out."""
    members = named(world, ref, space)
    keep = np.arange(members.rows, dtype=np.int64)
    if not members.jobs and lower.known and upper.known:
        early, late = (c[members.task] for c in _start_ranges(world))
        begin, end = (f.const // spread(f.den, f.rows) for f in (lower, upper))     # a tick too many does no harm
        keep = np.flatnonzero((late >= begin[members.parent]) & (early <= end[members.parent]))
        members = replace(members, parent=members.parent[keep], of=np.arange(len(keep), dtype=np.int64),
                          task=members.task[keep])
    guard_size(members.rows, "the windows", at)
    start, scope = point_form(world, "start", members)
    every = np.arange(members.rows, dtype=np.int64)

    def beside(limit: Form, op: Operator) -> Compare:
        return Compare(op, forms.primitive(forms.linear(
            forms.plus(start, forms.repeated_rows(limit, members.parent), -1, NUMBER))))

    held = together("and", len(every), [(every, beside(lower, Operator.GE)), (every, beside(upper, Operator.LT))])
    return counted(counted_where(scope, held), members.parent, space.rows)


def _start_ranges(world: World) -> tuple[Ints, Ints]:
    """The earliest and the latest start of every task by its own clauses."""
    size = max(first + world.families[name].space.rows for name, first in world.task_first.items())
    early, late = np.zeros(size, dtype=np.int64), np.full(size, UNLIMITED)
    for d in world.drafts.values():
        rows = slice(d.first, d.first + len(d.release))
        early[rows] = np.maximum(d.release, 0)
        late[rows] = np.where(d.deadline < UNLIMITED, d.deadline - d.shortest, UNLIMITED)
    return early, late


# every W


def windowed(world: World, statement: tree.Require, space: Space) -> Instances:
    """The instances of a `require … every W`; world.sliding is set while its condition is lowered."""
    width = _widths(world, statement, space)
    simple = _simple(world, statement.condition)
    if simple is not None and _fewer_events(world, simple, space, width):
        return _by_events(world, simple, space, width, statement.condition.span)
    return _by_ticks(world, statement, space, width)


def windows_of(world: World, statement: tree.Require, space: Space) -> Space:
    """All windows of a `require … every W`, as instances."""
    return _all_windows(world, statement, space, _widths(world, statement, space))


def _widths(world: World, statement: tree.Require, space: Space) -> Ints:
    """The width of each instance's windows. Fault where there are none, or the condition counts nothing in them."""
    assert statement.every is not None
    at = statement.every.span
    if not any(_counts_tasks(world, p) for p in parts(statement.condition)):
        raise _uncounted(world, statement.condition, at)
    if world.horizon is None:
        raise Fault("E237", "no horizon can be derived: windows slide over all of it", at,
                    fix="say how far time goes: `time ... for 14 d`, or in a model of plain ticks `time for 100`")
    width = np.array(spread(durations(world, evaluate(world, statement.every, space), space, "the window", at),
                            space.rows))
    none = np.flatnonzero(width < 1)
    if len(none):
        raise Fault("E294", f"a window of no ticks{world.where(space, int(none[0]))}", at)
    return width


def _uncounted(world: World, condition: tree.Expr, at: Span) -> Fault | Spoiled:
    """The error for a condition on windows that counts no tasks: a name in it may be misspelt, or its task wrong."""
    for part in parts(condition):
        ref = part.args[0] if isinstance(part, tree.Call) and part.name == "count" and len(part.args) == 1 else None
        if isinstance(ref, tree.Ref):
            declared = world.declared.get(ref.name)
            if isinstance(declared, (tree.Task, tree.Job)) or (declared is None and part.each is None):
                return other_kind(world, ref, (tree.Task, tree.Job), "task")
    return Fault("E336", "windows of a condition that counts nothing in them", at,
                 fix="count what starts in a window: `count(S)`, or say the condition `for` instants of your choice")


def _counts_tasks(world: World, part: object) -> bool:
    ref = part.args[0] if isinstance(part, tree.Call) and part.name == "count" and len(part.args) == 1 else None
    return isinstance(ref, tree.Ref) and (ref.name in world.task_first or ref.name in world.jobs)


def _by_ticks(world: World, statement: tree.Require, space: Space, width: Ints) -> Instances:
    from schedc.dsl.conditions import truth_of

    whole = _all_windows(world, statement, space, width)
    inner, scope = scoped(world, whole)
    world.sliding = True
    try:
        condition = truth_of(world, statement.condition, inner)
    finally:
        world.sliding = False
    return Instances(satisfied(scope, condition), whole, Names(whole.rows, lambda row: world.binding(whole, row)))


def _all_windows(world: World, statement: tree.Require, space: Space, width: Ints) -> Space:
    assert world.horizon is not None
    counts = np.maximum(world.horizon - width, 0) + 1
    guard_size(int(counts.sum(dtype=np.float64)), "the windows", statement.span)
    each = repeated(counts)
    return _windows(world, space, each.parent, each.child, width, statement.span)


def _windows(world: World, space: Space, parent: Ints, tick: Ints, width: Ints, at: Span) -> Space:
    """The windows [tick, tick + width) of instances."""
    whole = space.take(parent).bind(FROM, Value(point_type(world, "start"), tick), at)
    return whole.bind(EVERY, Value(world.time_type, width[parent]), at)


# events


class _Simple(NamedTuple):
    """`count(S) op E` with E by data."""

    call: tree.Call
    op: str
    limit: tree.Expr


def _simple(world: World, expr: tree.Expr) -> _Simple | None:
    if not isinstance(expr, tree.Comparison) or expr.op == "!=":
        return None
    for count, op, limit in ((expr.left, expr.op, expr.right), (expr.right, _TURNED[expr.op], expr.left)):
        if isinstance(count, tree.Call) and count.each is None and _counts_tasks(world, count):
            if any(_counts_tasks(world, p) for p in parts(limit)) or decides(world, limit):
                return None
            return _Simple(count, op, limit)
    return None


def _fewer_events(world: World, simple: _Simple, space: Space, width: Ints) -> bool:
    """Whether counting by events makes a tenth of the terms that counting by ticks does, and these are many.

    Least counts by events prove next to nothing, so that for them ticks may be many more (`benchmarks/encodings.md`).
    """
    members = named(world, _task_ref(world, simple.call), space)
    if members.jobs:
        return False
    assert world.horizon is not None
    early, late = (c[members.task] for c in _start_ranges(world))
    wide, last = width[members.parent], np.maximum(world.horizon - width, 0)[members.parent]
    ticks = np.minimum(np.minimum(late, world.horizon) - early + wide, last + 1)
    sizes = np.bincount(members.parent, minlength=space.rows).astype(np.float64)
    terms = float(np.maximum(ticks, 0).sum(dtype=np.float64))
    return terms > (0 if simple.op in ("<=", "<") else _MANY) and float((sizes ** 2).sum()) * 10 < terms


def _by_events(world: World, simple: _Simple, space: Space, width: Ints, at: Span) -> Instances:
    """The first and the last window, and those at the members' starts."""
    found = list(_event_parts(world, simple, space, width, at))
    total = sum(len(p.parent) for p in found)
    first = np.cumsum([0, *(len(p.parent) for p in found)])
    condition = together("and", total, [
        (np.arange(a, a + len(p.parent), dtype=np.int64), p.condition) for a, p in zip(first.tolist(), found)])
    parent = np.concatenate([p.parent for p in found])
    whole = space.take(parent)
    words = [w for p in found for w in p.words]
    return Instances(condition, whole, Names(total, lambda row: ", ".join(
        t for t in (world.binding(whole, row), words[row]) if t)))


class _Part(NamedTuple):
    parent: Ints
    condition: Truth
    words: list[str]


def _event_parts(world: World, simple: _Simple, space: Space, width: Ints, at: Span) -> Iterator[_Part]:
    assert world.horizon is not None
    last = np.maximum(world.horizon - width, 0)
    every = np.arange(space.rows, dtype=np.int64)
    for tick in (np.zeros_like(last), last):
        whole = _windows(world, space, every, tick, width, at)
        yield _Part(every, _compared(world, simple, whole, *_window(world, whole), at),
                    [f"from = {world.show(whole.columns[FROM], k)}" for k in range(space.rows)])
    members = named(world, _task_ref(world, simple.call), space)
    moving = np.flatnonzero(last[members.parent] > 0)
    parent, task = members.parent[moving], members.task[moving]
    inner, kind, n = space.take(parent), point_type(world, "start"), len(moving)
    rows = np.arange(n, dtype=np.int64)
    for behind in _offsets(simple.op):
        start = forms.terms(kind, n, rows, Point.START, task)
        begin, end, limit = (forms.plus(start, forms.data(Value(kind, c), n), s, kind) for c, s in (
            (np.full(n, behind), 1), (width[parent] + behind, 1), (last[parent] - behind, -1)))
        held = _compared(world, simple, inner, begin, end, at)
        beyond = Compare(Operator.GT, forms.linear(limit))
        yield _Part(parent, _either(n, beyond, held), [f"{'behind' if behind else 'at'} a start"] * n)


def _offsets(op: str) -> tuple[int, ...]:
    if op in ("<=", "<"):
        return (0,)
    return (1,) if op in (">=", ">") else (0, 1)


def _compared(world: World, simple: _Simple, space: Space, lower: Form, upper: Form, at: Span) -> Truth:
    from schedc.dsl.conditions import compared

    count = _counted(world, _task_ref(world, simple.call), space, lower, upper, simple.call.span)
    return compared(simple.op, count, form_of(world, simple.limit, space), at)


def _either(rows: int, a: Truth, b: Truth) -> Truth:
    every = np.arange(rows, dtype=np.int64)
    return together("or", rows, [(every, a), (every, b)])
