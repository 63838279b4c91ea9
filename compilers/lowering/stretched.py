"""Tasks that pause as longer tasks that do not.

Source: pauses. Targets: length ranges, linear, logic, indicator (and what is left of availability). Let [a_j, b_j) be
the gaps of a pausable task t that lie in its window. It becomes a task that may last up to its longest length and all
gaps together, and counts as work what no gap takes,

    work(t) = end(t) - start(t) - sum over j of (b_j - a_j) * [start(t) < a_j and end(t) > b_j],

with shortest <= work(t) <= longest. Its first and its last tick are worked: for every gap

    start(t) < a_j or start(t) >= b_j,   end(t) <= a_j or end(t) > b_j      [or end(t) <= start(t)].

Wherever somebody asks for its length, the work is meant.

A resource of which pausing tasks demand keeps its full capacity through its dips (the spans at which it is short for
some single demand), and whoever does not pause stays out of them by a choice for each. This needs that nobody can hold
it in a dip, so that all who are astride a dip also hold the tick before it: a resource that in some dip leaves enough
for somebody is refused. Where it has less than its capacity but enough for each single demand, it stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from schedc.compilers.constructs import Construct, Site
from schedc.compilers.lowering.base import Lowering, Refusal, Rewrite
from schedc.compilers.lowering.rebuild import at_least_zero, at_most_zero, both, difference, either, map_nodes, single
from schedc.models.closures import Closures, closed_times
from schedc.models.columns import Flags, Ints, SpanSets, distinct, ints, ragged
from schedc.models.expressions import Indicator, Linear, Part, Point, Truth
from schedc.models.model import Model
from schedc.models.profile import Spans, Steps, capacity_profiles, spans_below
from schedc.models.schedule import Schedule
from schedc.models.statements import Availability, Downtime, Open, Relation, Require, Tasks
from schedc.models.walk import Node


@dataclass(frozen=True, eq=False)
class _Stretched:
    """The pausing tasks of one family: gap g of task tasks[owner[g]] is [lo[g], hi[g]); work: a row a task."""

    family: Tasks
    tasks: Ints
    owner: Ints
    lo: Ints
    hi: Ints
    work: Linear


def _pausing(model: Model, closures: Closures) -> Flags:
    pausing: Flags = model.pausable & (closures.which >= 0)
    return pausing


def _stretch(model: Model, closures: Closures) -> list[_Stretched]:
    pausing = _pausing(model, closures)
    found = []
    for family in model.tasks:
        tasks = family.first + np.flatnonzero(pausing[family.first : family.first + family.size])
        if len(tasks):
            owner, lo, hi = _gaps(model, closures, tasks)
            found.append(_Stretched(family, tasks, owner, lo, hi, _work(tasks, owner, lo, hi)))
    return found


def _gaps(model: Model, closures: Closures, tasks: Ints) -> tuple[Ints, Ints, Ints]:
    """The gaps that a task may meet: owner (a row of `tasks`), lo, hi."""
    first, last = closures.spans.ptr[closures.which[tasks]], closures.spans.ptr[closures.which[tasks] + 1]
    at, owner = ragged(first, last), np.repeat(np.arange(len(tasks)), last - first)
    lo, hi = closures.spans.lo[at], closures.spans.hi[at]
    near = (lo < model.deadline[tasks[owner]]) & (hi > model.release[tasks[owner]])
    return owner[near], lo[near], hi[near]


def _work(tasks: Ints, owner: Ints, lo: Ints, hi: Ints) -> Linear:
    span = difference(Point.END, tasks, Point.START, tasks)
    astride = both(
        at_most_zero(single(Point.START, tasks[owner], 1 - lo)), at_least_zero(single(Point.END, tasks[owner], -1 - hi))
    )
    return replace(span, parts=(Part(owner, Indicator(astride), np.arange(len(owner)), lo - hi),))


# ---- the tasks themselves ----


def _conditions(model: Model, s: _Stretched) -> Iterator[Truth]:
    """What binds the ends and the work of one family's pausing tasks."""
    shortest, longest = model.shortest[s.tasks], model.longest[s.tasks]
    yield at_least_zero(_shifted(s.work, -shortest))
    yield at_most_zero(_shifted(s.work, -longest))
    if not len(s.owner):
        return
    tasks = s.tasks[s.owner]
    idle = [at_most_zero(difference(Point.END, tasks, Point.START, tasks))] if (shortest == 0).any() else []
    yield either(
        at_most_zero(single(Point.START, tasks, 1 - s.lo)), at_least_zero(single(Point.START, tasks, -s.hi)), *idle
    )
    yield either(
        at_most_zero(single(Point.END, tasks, -s.lo)), at_least_zero(single(Point.END, tasks, -1 - s.hi)), *idle
    )


def _shifted(value: Linear, by: Ints) -> Linear:
    return replace(value, const=value.const + by)


def _longer(model: Model, t: Tasks, stretched: Mapping[int, _Stretched]) -> Tasks:
    """The family without pauses, its pausing members long enough for all their gaps."""
    s = stretched.get(t.first)
    if s is None or not t.size:
        return replace(t, pausable=False)
    longest, rows = t.longest.copy(), s.tasks - t.first
    gaps = np.zeros(len(rows), dtype=np.int64)
    np.add.at(gaps, s.owner, s.hi - s.lo)
    room = np.maximum(t.deadline[rows] - t.release[rows], t.shortest[rows])
    longest[rows] = np.minimum(longest[rows] + gaps, room)
    return replace(t, pausable=False, longest=longest)


def _lengths_as_work(model: Model, stretched: list[_Stretched]) -> Model:
    """The model with every mention of a pausing task's length put as its work."""
    which = np.full(model.task_count, -1, dtype=np.int64)       # the number of its family among the stretched
    row = np.zeros(model.task_count, dtype=np.int64)
    for number, s in enumerate(stretched):
        which[s.tasks], row[s.tasks] = number, np.arange(len(s.tasks))

    def change(node: Node) -> Node:
        if not isinstance(node, Linear):
            return node
        lengths = node.point == int(Point.LENGTH)
        owner = np.full(len(node.task), -1, dtype=np.int64)
        owner[lengths] = which[node.task[lengths]]
        parts = list(node.parts)
        for number in distinct(owner[owner >= 0]).tolist():
            own = owner == number
            parts.append(Part(node.row[own], stretched[number].work, row[node.task[own]], node.coef[own]))
        kept = owner < 0
        return node if kept.all() else Linear(
            node.const, node.row[kept], node.point[kept], node.task[kept], node.coef[kept], tuple(parts)
        )

    return map_nodes(model, change)


# ---- resources that they hold through the dips ----


@dataclass(frozen=True, eq=False)
class _Held:
    """A resource that pausing tasks hold: where it is short for somebody, and by how much it serves the others.

    dips: spans with less than the greatest demand (or than the capacity, where that is less).
    """

    resource: int
    dips: Spans
    steps: Steps
    least: int
    most: int

    @property
    def partly(self) -> bool:
        """Whether some dip leaves enough for somebody."""
        levels = self.steps.capacity
        return bool(((levels >= self.least) & (levels < self.most)).any())


def _held(model: Model, closures: Closures) -> list[_Held]:
    demands, profiles = model.demands, capacity_profiles(model)
    busy = model.longest[demands.task] > 0
    pausing = _pausing(model, closures)[demands.task]
    found = []
    for r in distinct(demands.resource[pausing]).tolist():
        if r in profiles:
            amounts = demands.amount[busy & (demands.resource == r)]
            most = min(int(amounts.max()), int(model.capacity[r]))
            dips = spans_below(profiles[r], most, model.horizon)
            if len(dips.lo):
                found.append(_Held(r, dips, profiles[r], int(amounts.min()), most))
    return found


def _refuses(model: Model) -> list[Refusal]:
    closures = closed_times(model)
    pausing, demands = _pausing(model, closures), model.demands
    refused = []
    for held in _held(model, closures):
        users = demands.task[(demands.resource == held.resource) & pausing[demands.task]]
        for family in model.tasks if held.partly else ():
            rows = int(((users >= family.first) & (users < family.first + family.size)).sum())
            if rows:
                site = Site(family.clauses.get("pausable", family.origin), rows)
                name = model.resource_name(held.resource)
                refused.append(Refusal(site, f"{name} is at times left in part to others"))
    return refused


def _out_of_dips(model: Model, closures: Closures, held: list[_Held]) -> Iterator[Require]:
    """Whoever does not pause and demands one of these resources stays out of its dips."""
    pausing, demands = _pausing(model, closures), model.demands
    steady = ~pausing[demands.task] & (model.longest[demands.task] > 0)
    for h in held:
        users = demands.task[(demands.resource == h.resource) & steady]
        for family in model.tasks:
            own = users[(users >= family.first) & (users < family.first + family.size)]
            if len(own):
                yield Require(family.origin, _outside(model, own, h.dips))


def _outside(model: Model, tasks: Ints, dips: Spans) -> Truth:
    """One row a task and a dip: the task does not overlap it, or has no length."""
    task = np.repeat(tasks, len(dips.lo))
    lo, hi = np.tile(dips.lo, len(tasks)), np.tile(dips.hi, len(tasks))
    idle = [at_most_zero(single(Point.LENGTH, task))] if (model.shortest[tasks] == 0).any() else []
    return either(at_most_zero(single(Point.END, task, -lo)), at_least_zero(single(Point.START, task, -hi)), *idle)


def _without(availability: tuple[Availability, ...], resources: Ints) -> Iterator[Availability]:
    """The statements without what they say of some resources."""
    for a in availability:
        rows = ~np.isin(a.resource, resources)
        if rows.all():
            yield a
        elif rows.any() and isinstance(a, Downtime):
            yield Downtime(a.origin, a.resource[rows], a.which[rows], a.spans, a.leaving[rows])
        elif rows.any():
            yield Open(a.origin, a.resource[rows], a.which[rows], a.spans)


def _shallow(model: Model, held: _Held) -> Iterator[Downtime]:
    """Where a held resource has less than its capacity, but enough for each single demand."""
    at, levels = np.r_[held.steps.at, model.horizon], held.steps.capacity
    rows = np.flatnonzero((levels >= held.most) & (levels < model.capacity[held.resource]))
    if len(rows):
        origin = next(a.origin for a in model.availability if (a.resource == held.resource).any())
        sets = SpanSets(np.arange(len(rows) + 1), at[rows], at[rows + 1])
        yield Downtime(origin, np.full(len(rows), held.resource), np.arange(len(rows)), sets, levels[rows])


# ---- all together ----


def _to_stretched(model: Model) -> Rewrite:
    closures = closed_times(model)
    stretched, held = _stretch(model, closures), _held(model, closures)
    worded = _lengths_as_work(model, stretched)
    added: list[Relation] = [
        Require(s.family.clauses.get("pausable", s.family.origin), condition)
        for s in stretched for condition in _conditions(model, s)
    ]
    added += _out_of_dips(model, closures, held)
    by_first = {s.family.first: s for s in stretched}
    lowered = replace(
        worded,
        tasks=tuple(_longer(model, t, by_first) for t in model.tasks),
        relations=(*worded.relations, *added),
        availability=(
            *_without(model.availability, ints(h.resource for h in held)),
            *(downtime for h in held for downtime in _shallow(model, h)),
        ),
    )
    pausing = np.flatnonzero(_pausing(model, closures))

    def down(schedule: Schedule) -> Schedule:
        length = schedule.length.copy()
        length[pausing] = schedule.end[pausing] - schedule.start[pausing]
        return replace(schedule, length=length)

    def up(schedule: Schedule) -> Schedule:
        length, time, which = schedule.length.copy(), closures.worktime, closures.which[pausing]
        length[pausing] = time.worked(which, schedule.end[pausing]) - time.worked(which, schedule.start[pausing])
        return replace(schedule, length=length)

    return Rewrite(lowered, down, up)


def _adds(model: Model, more: int) -> Mapping[Construct, int]:
    closures = closed_times(model)
    tasks = np.flatnonzero(_pausing(model, closures))
    gaps = len(_gaps(model, closures, tasks)[0]) + more
    steady = ~_pausing(model, closures)[model.demands.task]
    users = sum(
        len(h.dips.lo) * int((steady & (model.demands.resource == h.resource)).sum()) for h in _held(model, closures)
    )
    return {
        Construct.LENGTH_RANGES: len(tasks) + more, Construct.INDICATOR: gaps, Construct.LOGIC: 3 * gaps + users,
        Construct.LINEAR: 6 * gaps + 2 * users + 2 * len(tasks),
    }


STRETCHED = Lowering(
    "pauses as longer tasks", Construct.PAUSES,
    frozenset({
        Construct.LENGTH_RANGES, Construct.LINEAR, Construct.LOGIC, Construct.INDICATOR, Construct.AVAILABILITY,
    }),
    "end - start = work + the gaps astride", _adds, _to_stretched, _refuses,
    not_beside=frozenset({Construct.OPTIONAL, Construct.MODES, Construct.MEMBERS, Construct.PARTS}),
)
