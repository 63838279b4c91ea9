"""The policy of a schedule: the partial order that its precedence, resources and states leave, with lags."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np

from schedc.compilers.measure import Measures
from schedc.compilers.simulation.arcs import Arcs, Gathered, Instant, Limit
from schedc.compilers.simulation.chains import chain_resources
from schedc.models.changes import changing, first_change, in_force
from schedc.models.closures import Closures, closed_times
from schedc.models.columns import UNLIMITED, Flags, Ints
from schedc.models.expressions import Point
from schedc.models.graph import order
from schedc.models.model import Model
from schedc.models.options import fixed
from schedc.models.presence import present_in
from schedc.models.schedule import Schedule
from schedc.models.statements import Permutation


@dataclass(frozen=True, eq=False)
class Policy:
    """How a schedule is carried out: assignments stay, and each task starts as soon as its arcs and calendars allow.

    model: the model without choices; base[n]: no start before; sequence: the present tasks, every arc leading forward.
    arcs: sorted by the task that they lead to; limits: ends that partial downtimes ask for, which no start can keep.
    windows[n]: by `within` group the spans (lo, hi) in one of which the task lies. lost: what is not ordered at all.
    """

    model: Model
    present: Flags
    base: Ints
    sequence: Ints
    arcs: Arcs
    limits: tuple[Limit, ...]
    closures: Closures
    windows: dict[int, list[tuple[Ints, Ints]]]
    lost: tuple[str, ...]


def policy_of(model: Model, schedule: Schedule, hold: bool = False) -> Policy:
    """The policy of a schedule that keeps the model; hold: in which no task starts before the schedule says."""
    plain = _without_choices(model, schedule)
    present = present_in(schedule)
    gathered = Gathered()
    _precedence(model, schedule, present, gathered)
    chain_resources(plain, schedule, gathered)
    _states(plain, schedule, gathered)
    _groups(plain, schedule, present, gathered)
    _stocks(model, schedule, present, gathered)
    base = np.maximum(plain.release, schedule.start) if hold else plain.release.copy()
    for at, tick in gathered.earliest:
        if at.point == Point.START:
            base[at.task] = max(int(base[at.task]), tick - at.shift)
    arcs, sequence, dropped = _ordered(plain.task_count, gathered.arcs(), schedule)
    lost = [f"resource {name}" for name in sorted(gathered.lost)]
    lost += [f"{dropped} arcs that turn the schedule's order round"] * (dropped > 0)
    return Policy(
        plain, present, base, sequence[present[sequence]], arcs, tuple(gathered.limits), closed_times(plain),
        _windows(model, plain, present), tuple(lost),
    )


def _without_choices(model: Model, schedule: Schedule) -> Model:
    if not any(t.modes or t.choices for t in model.tasks):
        return model
    mode = np.full(model.task_count, -1, dtype=np.int64) if schedule.mode is None else schedule.mode
    none = np.zeros(len(model.picks.resource), dtype=np.bool_)
    return fixed(model, mode, none if schedule.member is None else schedule.member)


def _precedence(model: Model, schedule: Schedule, present: Flags, gathered: Gathered) -> None:
    values = Measures(schedule, model)
    for o in model.orders:
        lo = o.lo if o.extra is None else np.where(o.lo > -UNLIMITED, o.lo + values.value(o.extra), o.lo)
        keep = (lo > -UNLIMITED) & present[o.first] & present[o.second]
        for a, b, lag in zip(o.first[keep].tolist(), o.second[keep].tolist(), lo[keep].tolist()):
            gathered.after(Instant(a, int(o.first_point), 0), Instant(b, int(o.second_point), 0), lag)


def _states(model: Model, schedule: Schedule, gathered: Gathered) -> None:
    """Changes of state: every use of a segment waits for all of the segment before, and for the change."""
    stays = model.stays.take(in_force(model.stays, schedule))
    for number, row, _, change in changing(model):
        mine = stays.take(stays.resource == number)
        mine = mine.take(np.lexsort((mine.task, schedule.end[mine.task], schedule.start[mine.task])))
        if not len(mine.task):
            continue
        heads = np.flatnonzero(np.r_[True, np.diff(mine.state) != 0])
        parts = np.split(np.arange(len(mine.task)), heads[1:])
        opening = int(first_change(change, row, mine.state[:1])[0])
        for t in mine.task[parts[0]].tolist():
            gathered.after(Instant(-1, 0, opening), Instant(t, Point.START, 0))
        for before, after in itertools.pairwise(parts):
            pair = mine.state[before[:1]], mine.state[after[:1]]
            lag = int(change.between(np.array([row]), *pair)[0])
            for a in mine.task[before].tolist():
                for b in mine.task[after].tolist():
                    gathered.after(Instant(a, Point.END, 0), Instant(b, Point.START, 0), lag)


def _groups(model: Model, schedule: Schedule, present: Flags, gathered: Gathered) -> None:
    """`exclusive` and `permutation`: the order that the schedule has."""
    for x in model.exclusives:
        for lo, hi in zip(x.ptr[:-1].tolist(), x.ptr[1:].tolist()):
            tasks = x.task[lo:hi]
            tasks = tasks[present[tasks] & (schedule.end[tasks] > schedule.start[tasks])]
            gathered.one_by_one(tasks[np.argsort(schedule.start[tasks], kind="stable")].tolist())
    for p in model.permutations:
        _permuted(p, schedule, present, gathered)


def _permuted(p: Permutation, schedule: Schedule, present: Flags, gathered: Gathered) -> None:
    for lo, hi in zip(p.ptr[:-1].tolist(), p.ptr[1:].tolist()):
        both = present[p.first[lo:hi]] & present[p.second[lo:hi]]
        for side in (p.first[lo:hi][both], p.second[lo:hi][both]):
            tasks = side[np.argsort(schedule.start[side], kind="stable")].tolist()
            for a, b in itertools.pairwise(tasks):
                apart = int(schedule.start[a] < schedule.start[b])
                gathered.after(Instant(a, Point.START, 0), Instant(b, Point.START, 0), apart)


def _stocks(model: Model, schedule: Schedule, present: Flags, gathered: Gathered) -> None:
    """What happens at a start waits for all that the schedule does with the stock before; ends come as they may."""
    e = model.stock_events
    there = present[e.task]
    if schedule.mode is not None:
        there &= (e.option < 0) | (schedule.mode[e.task] == e.option)
    tick = np.where(e.point == Point.START, schedule.start[e.task], schedule.end[e.task]) + e.shift
    rows = np.flatnonzero(there)
    rows = rows[np.lexsort((rows, -e.amount[rows], tick[rows], e.stock[rows]))].tolist()
    stock, before = -1, list[Instant]()
    for k in rows:
        own = Instant(int(e.task[k]), int(e.point[k]), int(e.shift[k]))
        if int(e.stock[k]) != stock:
            stock, before = int(e.stock[k]), []
        if own.point == Point.START:
            for other in before:
                gathered.after(other, own)
            before = []
        before.append(own)


def _ordered(tasks: int, arcs: Arcs, schedule: Schedule) -> tuple[Arcs, Ints, int]:
    """The arcs by the task that they lead to, the tasks in an order, and how many arcs had to go for that."""
    sequence, dropped = order(tasks, arcs.first, arcs.second), 0
    if sequence is None:
        sequence = np.lexsort((np.arange(tasks), schedule.end, schedule.start))
        rank = np.empty(tasks, dtype=np.int64)
        rank[sequence] = np.arange(tasks)
        forward = rank[arcs.first] < rank[arcs.second]
        arcs, dropped = arcs.take(forward), int((~forward).sum())
    return arcs.take(np.argsort(arcs.second, kind="stable")), sequence, dropped


def _windows(model: Model, plain: Model, present: Flags) -> dict[int, list[tuple[Ints, Ints]]]:
    """By task the spans of its `within` clauses; those of the task and those of its mode hold both."""
    found: dict[int, list[tuple[Ints, Ints]]] = {}
    for written, t in zip(model.tasks, plain.tasks):
        own = len(written.within)
        for clauses in (t.within[:own], t.within[own:]):
            for row in np.flatnonzero(present[t.first : t.first + t.size]).tolist() if clauses else ():
                parts = [w.spans.of(int(w.which[row])) for w in clauses if w.which[row] >= 0]
                if parts:
                    lo, hi = (np.concatenate(column) for column in zip(*parts))
                    at = np.argsort(lo, kind="stable")
                    found.setdefault(t.first + row, []).append((lo[at], hi[at]))
    return found
