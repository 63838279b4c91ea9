"""A model as lists, for placing tasks one by one; and its mirror image in time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from schedc.compilers.calendars import Calendar, task_calendars
from schedc.compilers.construct.sequences import Order, order_of
from schedc.compilers.construct.ways import Done, Way, ways_of
from schedc.compilers.starts import Ranges, Starts, Stretches, within_stretches
from schedc.compilers.windows import Windows
from schedc.models.columns import UNLIMITED, Ints
from schedc.models.expressions import Point
from schedc.models.model import Model
from schedc.models.profile import Spans, Steps, spans_below


class Arcs(NamedTuple):
    """At least lag[k] ticks from a point of first[k] to a point of second[k]; from_end, to_end: 1 for ends."""

    first: Ints
    second: Ints
    from_end: Ints
    to_end: Ints
    lag: Ints


class Need(NamedTuple):
    """A demand on profile number `where`; `pauses`: when a pausable task does not hold it, None if always held."""

    where: int
    demand: int
    pauses: Calendar | None


@dataclass(frozen=True, eq=False)
class Instance:
    """Tasks of constant length (the least one). Profiles: those of resources, then one of capacity 1 a group.

    calendar[n]: when pausable task n pauses, None for others. ranges[n]: allowed starts, None if all.
    """

    horizon: int
    length: list[int]
    release: list[int]
    latest_start: list[int]
    latest_end: list[int]
    needs: list[list[Need]]
    profiles: list[tuple[list[int], list[int]]]
    calendar: list[Calendar | None]
    ranges: list[Ranges | None]
    within: dict[int, Stretches]
    arcs: Arcs
    order: Order
    ways: dict[int, list[Way]]


def instance_of(model: Model, bounds: Windows) -> Instance:
    """The lists of a model."""
    calendars, count = task_calendars(model), model.task_count
    pausable = (model.pausable & (model.shortest > 0)).tolist()
    calendar = [
        calendars.known[which] if which >= 0 and pausable[t] else None for t, which in enumerate(calendars.which)
    ]
    length, within = model.shortest.tolist(), within_stretches(model)
    needs, profiles = _needs(model, calendars.profiles, calendar)
    return Instance(
        model.horizon, length, bounds.earliest_start.tolist(), bounds.latest_start.tolist(),
        bounds.latest_end.tolist(), needs, profiles, calendar,
        _ranges(count, model.horizon, calendar, within, length), within, _arcs(model), order_of(model),
        ways_of(model, {t: [(n.where, n.demand) for n in row] for t, row in enumerate(needs)}),
    )


def _ranges(
    count: int, horizon: int, calendar: list[Calendar | None], within: dict[int, Stretches], length: list[int]
) -> list[Ranges | None]:
    starts = Starts(horizon)
    found: list[Ranges | None] = [None] * count
    for task in {*within, *(t for t, c in enumerate(calendar) if c is not None)}:
        own = calendar[task]
        found[task] = starts.allowed(own, within.get(task), length[task], own is not None)
    return found


def _needs(
    model: Model, steps: dict[int, Steps], calendar: list[Calendar | None]
) -> tuple[list[list[Need]], list[tuple[list[int], list[int]]]]:
    """Demands by task and profiles; tasks of length 0 need nothing."""
    needs: list[list[Need]] = [[] for _ in range(model.task_count)]
    lasting = (model.shortest > 0).tolist()
    pauses: dict[tuple[int, int], Calendar] = {}
    for task, resource, amount in zip(*(column.tolist() for column in model.demands)):
        if lasting[task]:
            own = None
            if resource in steps and calendar[task] is not None:
                key = (resource, amount)
                if key not in pauses:
                    pauses[key] = Calendar.of(spans_below(steps[resource], amount, model.horizon), model.horizon)
                own = pauses[key]
            needs[task].append(Need(resource, amount, own))
    profiles = [([0], [c]) for c in model.capacity.tolist()]
    for resource, own_steps in steps.items():
        profiles[resource] = own_steps.at.tolist(), own_steps.capacity.tolist()
    for group in _groups(model):
        for task in group:
            if lasting[task]:
                needs[task].append(Need(len(profiles), 1, None))
        profiles.append(([0], [1]))
    return needs, profiles


def _groups(model: Model) -> list[list[int]]:
    found = []
    for statement in model.exclusives:
        tasks, ptr = statement.task.tolist(), statement.ptr.tolist()
        found += [tasks[a:b] for a, b in pairwise(ptr)]
    return found


def _arcs(model: Model) -> Arcs:
    """Every order forth by its least lag and back by its greatest."""
    parts = [Arcs(*(np.zeros(0, dtype=np.int64) for _ in range(5)))]
    for o in model.orders:
        up, down = o.lo > -UNLIMITED, o.hi < UNLIMITED
        a, b = int(o.first_point is Point.END), int(o.second_point is Point.END)
        for first, second, start, to, lag in (
            (o.first[up], o.second[up], a, b, o.lo[up]), (o.second[down], o.first[down], b, a, -o.hi[down]),
        ):
            parts.append(Arcs(first, second, np.full(len(lag), start), np.full(len(lag), to), lag))
    return Arcs(*(np.concatenate(column) for column in zip(*parts)))


def with_choices(instance: Instance, done: Mapping[int, Done]) -> Instance:
    """The instance in which every task is done in the way that was chosen for it."""
    if not done:
        return instance
    length, needs = instance.length.copy(), instance.needs.copy()
    for task, way in done.items():
        length[task], needs[task] = way.length, [Need(where, amount, None) for where, amount in way.needs]
    latest = [min(s, e - d) for s, e, d in zip(instance.latest_start, instance.latest_end, length)]
    return replace(instance, length=length, needs=needs, latest_start=latest, ways={})


def mirrored(instance: Instance) -> Instance:
    """The instance seen from its horizon backwards.

    Tick t becomes horizon - t: starts become ends and every arc turns round. A schedule of the image that is as early
    as can be is one of the original that is as late as can be.
    """
    h = instance.horizon
    memo: dict[int, Calendar] = {}

    def turned(calendar: Calendar | None) -> Calendar | None:
        if calendar is None:
            return None
        if id(calendar) not in memo:
            lo, hi = ([h - t for t in reversed(side)] for side in (calendar.hi, calendar.lo))
            memo[id(calendar)] = Calendar.of(Spans(np.array(lo, dtype=np.int64), np.array(hi, dtype=np.int64)), h)
        return memo[id(calendar)]

    shared: dict[Stretches, Stretches] = {}     # tasks with equal stretches keep sharing them
    within = {
        t: shared.setdefault(s, tuple((h - hi, h - lo) for lo, hi in reversed(s))) for t, s in instance.within.items()
    }
    calendar = [turned(c) for c in instance.calendar]
    first, second, from_end, to_end, lag = instance.arcs
    return replace(
        instance,
        release=[h - e for e in instance.latest_end],
        latest_start=[h - r - d for r, d in zip(instance.release, instance.length)],
        latest_end=[h - r for r in instance.release],
        needs=[[n._replace(pauses=turned(n.pauses)) for n in row] for row in instance.needs],
        profiles=[_turned_steps(at, free, h) for at, free in instance.profiles],
        calendar=calendar,
        ranges=_ranges(len(calendar), h, calendar, within, instance.length),
        within=within,
        arcs=Arcs(second, first, 1 - to_end, 1 - from_end, lag),
        order=instance.order.turned(),
    )


def _turned_steps(at: list[int], free: list[int], horizon: int) -> tuple[list[int], list[int]]:
    return [0, *(horizon - t for t in reversed(at[1:]))], free[::-1]
