"""Chains over resources: which task hands its units to which, so that no capacity is exceeded whatever tasks last.

The partial order of a schedule (Policella, Cesta, Oddi and Smith, "From precedence constraint posting to partial order
schedules", 2007): every unit of a resource goes from one use to a next one that starts no earlier than the first ends.
A time with less capacity than the nominal one, but some, is a use with fixed ticks; that with none is avoided by the
tasks themselves, which know their calendars.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from schedc.compilers.simulation.arcs import Gathered, Instant
from schedc.models.expressions import Point
from schedc.models.model import Model
from schedc.models.profile import capacity_profiles
from schedc.models.schedule import Schedule


class Use(NamedTuple):
    """`amount` units, from one instant to another, which stand at lo < hi in the schedule; where: the address."""

    lo: int
    hi: int
    begin: Instant
    end: Instant
    amount: int
    where: int = -1


def chain_resources(model: Model, schedule: Schedule, gathered: Gathered) -> None:
    """Hand on the units of every resource of a model without choices. Resources of which uses overlap more than their
    capacity allows (tasks that run in pauses of others) are named in `gathered.lost`."""
    for resource, uses in _uses(model, schedule).items():
        uses.sort(key=lambda u: (u.lo, u.hi, u.begin.task))
        hand_on = _segments if any(u.where >= 0 for u in uses) else _pool
        if not hand_on(uses, int(model.capacity[resource]), gathered):
            gathered.lost.add(model.resource_name(resource))


def _uses(model: Model, schedule: Schedule) -> dict[int, list[Use]]:
    start, end = schedule.start.tolist(), schedule.end.tolist()
    present = [True] * len(start) if schedule.present is None else schedule.present.tolist()
    found: dict[int, list[Use]] = {}
    addresses = _addresses(model, schedule)
    for t, r, amount in zip(*(column.tolist() for column in model.demands)):
        if present[t] and end[t] > start[t]:
            use = Use(start[t], end[t], Instant(t, Point.START, 0), Instant(t, Point.END, 0), amount,
                      addresses.get((t, r), -1))
            found.setdefault(r, []).append(use)
    for t, _, r, amount, first, lo, last, hi in zip(*(column.tolist() for column in model.part_demands)):
        begin, stop = (start, end)[first][t] + lo, (start, end)[last][t] + hi
        if present[t] and stop > begin:
            found.setdefault(r, []).append(Use(begin, stop, Instant(t, first, lo), Instant(t, last, hi), amount))
    for r, uses in found.items():
        uses += _reduced(model, r)
    return found


def _addresses(model: Model, schedule: Schedule) -> dict[tuple[int, int], int]:
    if schedule.address is None:
        return {}
    task, resource, _ = model.addressed
    return {(t, r): a for t, r, a in zip(task.tolist(), resource.tolist(), schedule.address.tolist()) if a >= 0}


def _reduced(model: Model, resource: int) -> list[Use]:
    """The times at which a resource has some of its units only, as uses of the others."""
    steps = capacity_profiles(model).get(resource)
    if steps is None:
        return []
    nominal = int(model.capacity[resource])
    stops = np.r_[steps.at[1:], model.horizon].tolist()
    return [
        Use(lo, hi, Instant(-1, 0, lo), Instant(-1, 0, hi), nominal - left)
        for lo, hi, left in zip(steps.at.tolist(), stops, steps.capacity.tolist()) if 0 < left < nominal
    ]


def _pool(uses: list[Use], capacity: int, gathered: Gathered) -> bool:
    """Units that are all alike: taken from whoever gave them back last, so that few others have to be waited for."""
    free: list[tuple[int, Instant | None, int]] = [(-1, None, capacity)]     # since when, by whom, how many
    kept = True
    for use in uses:
        free.sort(key=lambda row: -row[0])
        wanted, left = use.amount, []
        for since, giver, amount in free:
            taken = min(wanted, amount) if since <= use.lo else 0
            if taken and giver is not None:
                gathered.after(giver, use.begin)
            if amount > taken:
                left.append((since, giver, amount - taken))
            wanted -= taken
        kept &= not wanted
        free = [*left, (use.hi, use.end, use.amount - wanted)]
    return kept


def _segments(uses: list[Use], capacity: int, gathered: Gathered) -> bool:
    """Units with addresses: whoever held one of the same addresses before. Times with less capacity lack the top."""
    held: list[tuple[int, int, Instant]] = []       # from one address to another, by whom last
    for use in uses:
        lo = use.where if use.where >= 0 else capacity - use.amount
        hi, rest = lo + use.amount, []
        for a, b, giver in held:
            if a < hi and lo < b:
                gathered.after(giver, use.begin)
            rest += [(x, y, giver) for x, y in ((a, min(b, lo)), (max(a, hi), b)) if x < y]
        held = [*rest, (lo, hi, use.end)]
    return True
