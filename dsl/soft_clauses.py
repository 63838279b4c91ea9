"""Soft clauses of tasks, jobs and modes: `release`, `deadline` and `within` with `else penalty`.

    release r        max(0, r - start)
    deadline d       max(0, end - d)
    within spans     min over the spans [a, b) of  max(0, a - start) + max(0, end - b)

Of a mode they count where it is chosen; of what is absent they say nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from schedc.dsl import forms, tree
from schedc.dsl.calendars import When, span_sets
from schedc.dsl.clauses import origin_of
from schedc.dsl.faults import Fault, recorded
from schedc.dsl.forms import Form
from schedc.dsl.members import Named, point_form
from schedc.dsl.soft import Broken, beyond, soften
from schedc.dsl.space import Scope, Space, guard_size
from schedc.dsl.values import Value
from schedc.dsl.world import World
from schedc.models.columns import UNLIMITED, Ints, ragged
from schedc.models.expressions import Compare, Extreme, Linear, Operator, Point
from schedc.models.records import dataclass
from schedc.models.source import Origin


@dataclass(frozen=True, eq=False)
class SoftClause:
    """A soft clause, before it is known who may be absent.

    Instance k, row k of `space`, speaks of the task number task[k], or of the member task[k] of `job`; option[k] is the
    option that must be chosen (None: of no mode). ticks: the release or deadline, +-UNLIMITED where there is none.
    """

    soft: tree.Soft
    origin: Origin
    keyword: str
    space: Space
    task: Ints
    job: str = ""
    option: Ints | None = None
    ticks: Ints | None = None
    spans: tuple[When, ...] = ()


def parted(clauses: dict[str, tree.Clause]) -> tuple[dict[str, tree.Clause], dict[str, tree.Clause]]:
    """The hard clauses and the soft ones."""
    hard = {k: c for k, c in clauses.items() if c.soft is None}
    return hard, {k: c for k, c in clauses.items() if c.soft is not None}


def soft_within(clauses: Iterable[object]) -> tree.WithinClause | None:
    """The last `within` of a task, job or mode if it has a penalty; it then holds for all of them, as alternatives.

    Fault E357 where another one has a penalty.
    """
    found = [c for c in clauses if isinstance(c, tree.WithinClause)]
    for c in found[:-1]:
        if c.soft is not None:
            raise Fault("E357", "the `within` clauses are alternatives and have one penalty", c.soft.span,
                        fix="write it behind the last one")
    return found[-1] if found and found[-1].soft is not None else None


def soft_dates(
    world: World, loose: dict[str, tree.Clause], space: Space, shift: Ints, label: str | None, task: Ints,
    job: str = "", option: Ints | None = None,
) -> None:
    """Note the soft releases and deadlines of a statement; each wrong one is reported."""
    from schedc.dsl.tasks import moment

    for keyword, clause in loose.items():
        with recorded(world.findings):
            assert clause.soft is not None
            none = -UNLIMITED if keyword == "release" else UNLIMITED
            ticks = moment(world, clause, space, none)
            ticks = np.where(np.abs(ticks) < UNLIMITED, ticks + shift, none)
            origin = origin_of(clause.span, keyword, label)
            world.clauses.append(SoftClause(clause.soft, origin, keyword, space, task, job, option, ticks))


def soft_spans(
    world: World, clause: tree.WithinClause, spans: list[tuple[Origin, When]], space: Space, label: str | None,
    task: Ints, job: str = "", option: Ints | None = None,
) -> None:
    """Note the soft `within` clauses of a statement, which are not hard then."""
    assert clause.soft is not None
    origin = origin_of(clause.span, "within", label)
    whens = tuple(when for _, when in spans)
    spans.clear()
    world.clauses.append(SoftClause(clause.soft, origin, "within", space, task, job, option, None, whens))


def lower_clauses(world: World) -> None:
    """All soft clauses that were noted, as soft constraints."""
    for clause in world.clauses:
        with recorded(world.findings):
            _lower(world, clause)


def _lower(world: World, clause: SoftClause) -> None:
    if clause.ticks is not None:
        said, found, scope = _misdated(world, clause, clause.ticks)
    else:
        said, found, scope = _outside(world, clause)
    if clause.option is not None:
        _only_where_chosen(scope, clause.option[said])
    if len(said):
        soften(world, clause.soft, clause.origin, clause.keyword, Broken(found, scope), clause.space.take(said))


def _misdated(world: World, clause: SoftClause, ticks: Ints) -> tuple[Ints, Form, Scope]:
    """How long before its release an instance starts, or how long after its deadline it ends."""
    said = np.flatnonzero(np.abs(ticks) < UNLIMITED)
    name, sign = ("start", -1) if clause.keyword == "release" else ("end", 1)
    form, scope = _point(world, clause, said, name)
    every = np.arange(len(said), dtype=np.int64)
    return said, _beside(world, form, every, ticks[said], sign), scope


def _point(world: World, clause: SoftClause, rows: Ints, name: str) -> tuple[Form, Scope]:
    """`start` or `end` of the tasks or jobs of some instances."""
    every = np.arange(len(rows), dtype=np.int64)
    if not clause.job:
        return point_form(world, name, Named(every, every, clause.task[rows]))
    job = world.jobs[clause.job]
    lo, hi = job.ptr[clause.task[rows]], job.ptr[clause.task[rows] + 1]
    return point_form(world, name, Named(every, np.repeat(every, hi - lo), job.task[ragged(lo, hi)], True))


def _only_where_chosen(scope: Scope, option: Ints) -> None:
    """An instance counts where its option is the task's mode."""
    every, ones = np.arange(len(option), dtype=np.int64), np.ones(len(option), dtype=np.int64)
    scope.truths.append((every, Compare(Operator.GE, Linear(-ones, every, ones * Point.MODE, option, ones))))


def _outside(world: World, clause: SoftClause) -> tuple[Ints, Form, Scope]:
    """How far the instances stand out of the nearest span; the instances for which one is said."""
    at = clause.origin.span
    if world.horizon is None:
        raise Fault("E237", "no horizon can be derived: a soft `within` needs the spans of all of it", at,
                    fix="say how far time goes: `time ... for 14 d`, or in a model of plain ticks `time for 100`")
    n = clause.space.rows
    owner, low, high = [forms.NONE], [forms.NONE], [forms.NONE]
    said = np.zeros(n, dtype=np.bool_)
    for when in clause.spans:
        spans, which = span_sets(when, world.horizon)
        which = np.zeros(n, dtype=np.int64) if which is None else which
        rows = np.flatnonzero(which >= 0)
        said[rows] = True
        first, last = spans.ptr[which[rows]], spans.ptr[which[rows] + 1]
        guard_size(int((last - first).sum()), "the spans", at)
        pick = ragged(first, last)
        owner, low, high = [*owner, np.repeat(rows, last - first)], [*low, spans.lo[pick]], [*high, spans.hi[pick]]
    mine, lo, hi = (np.concatenate(c) for c in (owner, low, high))
    rows = np.flatnonzero(said)
    order = np.argsort(mine, kind="stable")
    place = np.searchsorted(rows, mine[order])
    bare = np.flatnonzero(np.bincount(place, minlength=len(rows)) == 0)
    if len(bare):
        raise Fault("E358", f"no span of it lies in the horizon{world.where(clause.space, int(rows[bare[0]]))}", at)
    (start, scope), (end, _) = _point(world, clause, rows, "start"), _point(world, clause, rows, "end")
    early = _beside(world, start, place, lo[order], -1)
    late = _beside(world, end, place, hi[order], 1)
    out = forms.levelled(forms.plus(early, late, 1, world.time_type))
    each, every = np.arange(len(place), dtype=np.int64), np.arange(len(rows), dtype=np.int64)
    node = Extreme("min", len(rows), place, forms.linear(out), each)
    return rows, forms.node(world.time_type, len(rows), node, every, every, out.den), scope


def _beside(world: World, form: Form, place: Ints, ticks: Ints, sign: int) -> Form:
    """max(0, sign * (form - ticks)) of the rows `place` of a form."""
    limit = forms.data(Value(form.type, ticks), len(place))
    far = forms.plus(forms.repeated_rows(form, place), limit, -1, world.time_type)
    one = np.asarray(1, dtype=np.int64)
    return beyond(replace(forms.scaled(far, np.asarray(sign, dtype=np.int64), one), type=world.time_type))
