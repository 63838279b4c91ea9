"""Orders and exclusions.

An order is lo <= second's point - first's point <= hi, a difference of two variables once the constants of the affine
points have moved to the limits. Between tasks that share a calendar and pause by it, "ends before the other starts"
is also said on the axis of open ticks (v_first <= u_second), where it needs no knowledge of the gaps.

An exclusion is a `no_overlap` of the tasks' stays, pauses included; equal groups are written once, and a group whose
tasks follow one another anyway is left out.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from schedc.compilers.calendars import Calendars
from schedc.compilers.cpsat.capacity import common_calendar, worked_interval
from schedc.compilers.cpsat.chains import Chains
from schedc.compilers.cpsat.places import Places
from schedc.compilers.cpsat.sheet import FREE, Sheet
from schedc.models.columns import UNLIMITED
from schedc.models.expressions import Point
from schedc.models.model import Model
from schedc.models.statements import Order


def write_orders(model: Model, calendars: Calendars, places: Places, sheet: Sheet) -> None:
    """Every arrow of every order."""
    for order in model.orders:
        _order(order, places, sheet)
        if order.first_point is Point.END and order.second_point is Point.START:
            _worked_order(order, calendars, places, sheet)


def _order(order: Order, places: Places, sheet: Sheet) -> None:
    first, second = places.of(order.first_point), places.of(order.second_point)
    rows: list[tuple[int, int, int, int]] = []
    for a, b, lo, hi in zip(order.first.tolist(), order.second.tolist(), order.lo.tolist(), order.hi.tolist()):
        (x, p), (y, q) = first[a], second[b]
        low = lo + p - q if lo > -UNLIMITED else -FREE
        high = hi + p - q if hi < UNLIMITED else FREE
        there = places.there(a, b)
        if there:
            _where_present(x, y, low, high, there, sheet)
        elif x != y and low <= high:
            rows.append((x, y, low, high))
        elif not low <= 0 <= high:
            sheet.never("an order asks for the impossible")
    sheet.differences(rows)


def _where_present(x: int, y: int, low: int, high: int, there: tuple[int, ...], sheet: Sheet) -> None:
    """low <= y - x <= high where both tasks are present."""
    if x != y and low <= high:
        sheet.linear({y: 1, x: -1}, low, high, there)
    elif not low <= 0 <= high:
        sheet.clause([], there)


def _worked_order(order: Order, calendars: Calendars, places: Places, sheet: Sheet) -> None:
    worked, which = places.worked, calendars.which
    if not worked:
        return
    keep = np.flatnonzero(order.lo >= 0)
    rows = []
    for a, b in zip(order.first[keep].tolist(), order.second[keep].tolist()):
        if a in worked and b in worked and which[a] == which[b] and not places.presence(a) + places.presence(b):
            (x, p), (y, q) = worked[a][1], worked[b][0]
            if x != y:
                rows.append((x, y, p - q, FREE))
    sheet.differences(rows)


def write_exclusives(model: Model, calendars: Calendars, chains: Chains, places: Places, sheet: Sheet) -> None:
    """Every group of every `exclusive`, without the tasks that have no length."""
    seen: set[frozenset[int]] = set()
    for statement in model.exclusives:
        tasks, ptr = statement.task.tolist(), statement.ptr.tolist()
        for head, tail in pairwise(ptr):
            group = [t for t in tasks[head:tail] if t not in places.idle]
            key = frozenset(group)
            if len(group) > 1 and key not in seen:
                seen.add(key)
                if not chains.serial(group):
                    sheet.no_overlap(_stays(group, calendars, places, sheet))


def _stays(group: list[int], calendars: Calendars, places: Places, sheet: Sheet) -> list[int]:
    if common_calendar(group, calendars, places) is not None:
        return [worked_interval(t, places, sheet) for t in group]
    return [places.interval(sheet, t) for t in group]


