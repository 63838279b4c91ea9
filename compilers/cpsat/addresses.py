"""Contiguous resources: each use is a box, its stay in time by its units [x, x + amount), and no two boxes overlap.

Where all times are fixed only their order matters: for each largest set of uses that share a tick (it is found at some
start) one `no_overlap` on the axis of addresses, and no box is needed. Otherwise one `no_overlap_2d`; a stretch in
which the capacity is k is a fixed box from k to the top. That the amounts fit at every tick (`capacity`) is said
besides. The address of a use that is absent, or of no length, is not looked at.
"""

from __future__ import annotations

import numpy as np

from schedc.compilers.calendars import Calendars
from schedc.compilers.cpsat.hints import Hints, Values
from schedc.compilers.cpsat.places import Places
from schedc.compilers.cpsat.sheet import Sheet
from schedc.compilers.windows import Windows
from schedc.models.columns import Ints
from schedc.models.model import Model
from schedc.models.schedule import Schedule


def write_addresses(
    model: Model, calendars: Calendars, bounds: Windows, places: Places, sheet: Sheet, hints: Hints
) -> None:
    """The addresses of all uses, and what keeps them apart."""
    uses = model.addressed
    if not len(uses.task):
        return
    room = _room(model)
    first = sheet.variables([0] * len(room), np.maximum(room - uses.amount, 0).tolist())
    places.address = [(first + k, 0) for k in range(len(room))]

    def fill(schedule: Schedule, values: Values) -> None:
        if schedule.address is not None:
            values[first : first + len(room)] = np.maximum(schedule.address, 0).tolist()

    hints.fill(fill)
    fixed = (bounds.earliest_start == bounds.latest_start) & (model.shortest == model.longest)
    for r in np.unique(uses.resource).tolist():
        rows = np.flatnonzero((uses.resource == r) & (model.longest[uses.task] > 0))
        task = uses.task[rows]
        high = {k: _units(model, k, first + k, places, sheet) for k in rows.tolist()}
        if r not in calendars.profiles and fixed[task].all():
            start = bounds.earliest_start[task]
            for group in _sets(start, start + model.shortest[task]):
                sheet.no_overlap([high[k] for k in rows[group].tolist()])
            continue
        wide = [places.interval(sheet, t) for t in task.tolist()]
        tall = list(high.values())
        for lo, hi, level in _dips(model, calendars, r):
            wide.append(sheet.interval((-1, lo), (-1, hi - lo), (-1, hi)))
            top = int(room[rows].max(initial=0))
            if level < top:
                tall.append(sheet.interval((-1, level), (-1, top - level), (-1, top)))
            else:
                wide.pop()
        sheet.no_overlap_2d(wide, tall)


def _room(model: Model) -> Ints:
    """The greatest address that each use needs to end at: the capacity, or what all uses take together."""
    uses = model.addressed
    total = np.zeros(model.resource_count, dtype=np.int64)
    np.add.at(total, uses.resource, np.minimum(uses.amount, model.capacity[uses.resource]))
    return np.minimum(model.capacity, total)[uses.resource]


def _units(model: Model, use: int, variable: int, places: Places, sheet: Sheet) -> int:
    amount = int(model.addressed.amount[use])
    when = places.presence(int(model.addressed.task[use]))
    return sheet.interval((variable, 0), (-1, amount), (variable, amount), when)


def _sets(start: Ints, end: Ints) -> list[list[int]]:
    """The largest sets of stays that share a tick; each is there when the last of it has just started."""
    found: list[list[int]] = []
    for at in np.unique(start).tolist():
        group = np.flatnonzero((start <= at) & (at < end))
        # the next start may only add to it
        later = start[start > at]
        until = int(later.min()) if len(later) else at
        if not len(later) or (end[group] <= until).any():
            found.append(group.tolist())
    return [g for g in found if len(g) > 1]


def _dips(model: Model, calendars: Calendars, resource: int) -> list[tuple[int, int, int]]:
    """(lo, hi, level) of the stretches at which the resource has less than its capacity."""
    steps = calendars.profiles.get(resource)
    if steps is None:
        return []
    at, levels = steps.at.tolist(), steps.capacity.tolist()
    top = int(model.capacity[resource])
    return [(a, b, k) for a, b, k in zip(at, [*at[1:], model.horizon], levels) if k < top]
