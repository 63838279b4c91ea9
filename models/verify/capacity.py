"""Capacity over time: one sweep over the events of all resources."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from schedc.models.amounts import amount_text
from schedc.models.columns import Ints
from schedc.models.source import Origin
from schedc.models.statements import Downtime, Open, Resources
from schedc.models.verify.availability import Calendars
from schedc.models.verify.case import Case
from schedc.models.verify.demands import Lows, Totals
from schedc.models.verify.parts import Stays, stays
from schedc.models.verify.sets import ranges, tails, upto
from schedc.models.verify.values import Exact
from schedc.models.verify.verdict import Violation

BATCH = 1 << 21     # demands swept at once


class Stretches(NamedTuple):
    """Maximal spans [lo, hi) of overload of a resource; excess: the greatest in it, first reached at tick `at`."""

    resource: Ints
    lo: Ints
    hi: Ints
    at: Ints
    excess: Exact


def judge_capacity(case: Case, times: Calendars, demands: Totals, low: Lows) -> None:
    """At every tick the demands held on a resource sum to at most its capacity then.

    A demand is held over [start, end), but by a pausable task only where the capacity is at least this demand, and a
    demand on a part of a task on that part.
    """
    held = stays(case, demands, low)
    for rows in _batches(held):
        found = _sweep(case, times, held, rows)
        _report(case, times, held, found)


def _batches(demands: Stays) -> Iterator[Ints]:
    """Demand rows in batches that never part a resource."""
    first, size = 0, len(demands.resource)
    while first < size:
        last = int(demands.resource[min(first + BATCH, size) - 1])
        until = int(np.searchsorted(demands.resource, last, side="right"))
        yield np.arange(first, until)
        first = until


def _sweep(case: Case, times: Calendars, demands: Stays, rows: Ints) -> Stretches:
    start, end = (np.clip(c[rows], 0, case.model.horizon) for c in (demands.start, demands.end))
    low = demands.low
    real = start < end
    rows, start, end = rows[real], start[real], end[real]
    gaps = low.any(rows)
    solid = _loads(demands.resource[rows[~gaps]], demands.amount[rows[~gaps]], start[~gaps], end[~gaps])
    broken = _broken_loads(demands, rows[gaps], start[gaps], end[gaps])
    resource, at, limit = _limits(case, times, demands.resource[rows], start, end)
    resource = np.r_[solid.resource, broken.resource, resource]
    tick = np.r_[solid.at, broken.at, at]
    delta = np.r_[solid.delta, broken.delta, np.zeros(len(at), dtype=np.int64)]
    limits = np.r_[np.full(len(tick) - len(at), -1), limit]
    return _overloads(resource, tick, delta, limits)


class Loads(NamedTuple):
    """From tick `at` on, delta more is held of the resource."""

    resource: Ints
    at: Ints
    delta: Exact


def _loads(resource: Ints, amount: Exact, start: Ints, end: Ints) -> Loads:
    return Loads(np.r_[resource, resource], np.r_[start, end], np.r_[amount, -amount])


def _broken_loads(demands: Stays, rows: Ints, start: Ints, end: Ints) -> Loads:
    """The loads of demands that are let go at times: equal demands on a resource come and go together.

    A group's load is its amount times the tasks running, or 0 while the capacity is below the amount.
    """
    if not len(rows):
        return _loads(rows, rows, rows, rows)
    low = demands.low
    fresh = np.lexsort((low.of[rows], demands.resource[rows]))
    rows, start, end = rows[fresh], start[fresh], end[fresh]
    new = (np.diff(demands.resource[rows]) != 0) | (np.diff(low.of[rows]) != 0) | (np.diff(demands.amount[rows]) != 0)
    heads = np.flatnonzero(np.r_[True, new])
    group = np.cumsum(np.r_[True, new]) - 1
    lists = low.of[rows[heads]]
    ptr = low.spans.ptr
    first = np.maximum(upto(ptr, low.spans.lo, lists, np.minimum.reduceat(start, heads)) - 1, ptr[lists])
    last = upto(ptr, low.spans.lo, lists, np.maximum.reduceat(end, heads))
    owner, span = ranges(first, last)
    owners = np.r_[group, group, owner, owner]
    at = np.r_[start, end, low.spans.lo[span], low.spans.hi[span]]
    running = np.repeat(np.array([1, -1, 0, 0]), [len(rows), len(rows), len(span), len(span)])
    closed = np.repeat(np.array([0, 0, 1, -1]), [len(rows), len(rows), len(span), len(span)])
    order = np.lexsort((at, owners))
    owners, at = owners[order], at[order]
    kept = tails(owners, at)
    held = np.where(np.cumsum(closed[order])[kept] > 0, 0, np.cumsum(running[order])[kept])
    owners, at = owners[kept], at[kept]
    # a group's last load is 0: all its tasks have ended. A change of 0 may stand before the first task, where no
    # capacity is known
    delta = held - np.r_[0, held[:-1]]
    owners, at, delta = owners[delta != 0], at[delta != 0], delta[delta != 0]
    chosen = rows[heads][owners]
    return Loads(demands.resource[chosen], at, delta * demands.amount[chosen])


def _limits(case: Case, times: Calendars, resource: Ints, start: Ints, end: Ints) -> tuple[Ints, Ints, Ints]:
    """The steps of the capacities of these resources (ascending) while they are asked for: resource, tick, capacity."""
    if not len(resource):
        return resource, start, end
    heads = np.flatnonzero(np.r_[True, np.diff(resource) != 0])
    used = resource[heads]
    calendar = times.of[used]
    first = upto(times.ptr, times.at, calendar, np.minimum.reduceat(start, heads)) - 1
    last = upto(times.ptr, times.at, calendar, np.maximum.reduceat(end, heads))
    owner, step = ranges(first, last)
    used = used[owner]
    return used, times.at[step], np.minimum(times.limit[step], case.model.capacity[used])


def _overloads(resource: Ints, at: Ints, delta: Exact, limit: Ints) -> Stretches:
    order = np.lexsort((at, resource))
    resource, at = resource[order], at[order]
    load = np.cumsum(delta[order])
    known = np.where(limit[order] >= 0, np.arange(len(at)), 0)
    kept = tails(resource, at)
    # each resource begins with a step of its capacity, so that none is taken from the one before
    capacity = limit[order][np.maximum.accumulate(known)[kept]] if len(kept) else limit
    resource, at, load = resource[kept], at[kept], load[kept]
    over = load > capacity
    excess = (load - capacity)[over]
    seen = np.flatnonzero(over)
    if not len(seen):
        return Stretches(seen, seen, seen, seen, seen)
    begins = np.r_[True, (np.diff(seen) != 1) | (np.diff(resource[seen]) != 0)]
    heads, lasts = np.flatnonzero(begins), np.flatnonzero(np.r_[begins[1:], True])
    most = np.maximum.reduceat(excess, heads)
    reached = np.flatnonzero(excess == np.repeat(most, lasts - heads + 1))
    first = reached[np.searchsorted(reached, heads)]
    return Stretches(resource[seen[heads]], at[seen[heads]], at[seen[lasts] + 1], at[seen[first]], most)


def _report(case: Case, times: Calendars, demands: Stays, found: Stretches) -> None:
    families = {case.model.resource_family(int(r))[0].first for r in np.unique(found.resource)}
    for first in sorted(families):
        family = case.model.resource_family(first)[0]
        mine = np.flatnonzero((found.resource >= first) & (found.resource < first + family.family.size))

        def tell(k: int, family: Resources = family) -> Violation:
            return _violation(case, times, demands, found, k, family)

        case.report("capacity", family.origin, mine, tell)


def _violation(
    case: Case, times: Calendars, demands: Stays, found: Stretches, k: int, family: Resources
) -> Violation:
    r, at, excess = int(found.resource[k]), int(found.at[k]), int(found.excess[k])
    capacity = min(int(case.model.capacity[r]), int(times.limit_at(times.of[[r]], found.at[[k]])[0]))
    name = case.model.resource_name(r)
    message = (
        f"`{name}` is asked for {amount_text(family, capacity + excess)} of {amount_text(family, capacity)} "
        f"from {case.when(found.lo[k])} to {case.when(found.hi[k])}"
    )
    tasks = case.names(_holders(demands, r, at))
    return Violation("capacity", _binding(case, times, r, at, capacity), name, message, excess, at, tasks)


def _holders(demands: Stays, resource: int, at: int) -> Ints:
    rows = np.arange(*np.searchsorted(demands.resource, [resource, resource + 1]))
    rows = rows[(demands.start[rows] <= at) & (at < demands.end[rows])]
    low = demands.low
    lo, hi = low.spans.span_at(low.of[rows], np.full(len(rows), at))
    return np.unique(demands.task[rows[lo == hi]])


def _binding(case: Case, times: Calendars, resource: int, at: int, capacity: int) -> Origin:
    """The address of the statement that sets the capacity at a tick."""
    family, _ = case.model.resource_family(resource)
    if capacity == int(case.model.capacity[resource]):
        return family.origin
    rows = [(case.model.availability[s], k) for s, k in times.rows[resource]]
    for statement, k in rows:
        if isinstance(statement, Downtime) and int(statement.leaving[k]) == capacity and _holds(statement, k, at):
            return statement.origin
    return next(s.origin for s, _ in rows if isinstance(s, Open))


def _holds(statement: Downtime, k: int, at: int) -> bool:
    lo, hi = statement.spans.of(int(statement.which[k]))
    return bool(np.any((lo <= at) & (at < hi)))
