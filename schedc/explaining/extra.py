"""More of a resource for a while: on one day, where one day is enough."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from schedc.explaining.case import Case
from schedc.explaining.report import Relaxation
from schedc.models.amounts import amount_text
from schedc.models.columns import Ints, SpanSets
from schedc.models.model import Model
from schedc.models.schedule import Schedule
from schedc.models.statements import Downtime

if TYPE_CHECKING:
    from schedc.explaining.changes import Change

_DAYS = 10      # that are tried
_SHORT = 5.0


def on_one_day(
    case: Case, change: Change, x: int, sure: bool, schedule: Schedule, whole: Ints
) -> Iterator[Relaxation]:
    """The same x more of a resource on a single day, the first on which that is enough.

    sure: whether less than x is not enough at all times, and so not on one day.
    """
    model = case.model
    number = case.elements.resource(change.about)
    family, row = model.resource_family(number)
    changed = change.apply(x)
    if changed is None or model.axis.start is None:
        return
    hours = [d for d in _days(model) if _crowded(model, schedule, number, d)][:_DAYS]
    for lo, hi in hours:
        if case.oracle.over():
            return
        bounded = elsewhere(changed, number, int(family.capacity[row]), lo, hi)
        if case.changed(whole, bounded, _SHORT).feasible:
            day = model.axis.instant(lo)
            assert day is not None
            text = f"{amount_text(family, x)} more of `{family.family.label(row)}` on {day:%Y-%m-%d}"
            origin = change.origin
            yield Relaxation(text, "capacity", origin.address, change.member, origin.span, x, sure, change.rank)
            return


def elsewhere(model: Model, resource: int, left: int, lo: int, hi: int) -> Model:
    """The model in which a resource has at most `left` outside [lo, hi)."""
    spans = [(a, b) for a, b in ((0, lo), (hi, model.horizon)) if a < b]
    node = Downtime(
        model.axis.origin, np.array([resource]), np.array([0]),
        SpanSets(np.array([0, len(spans)]), np.array([a for a, _ in spans]), np.array([b for _, b in spans])),
        np.array([left]),
    )
    return replace(model, availability=(*model.availability, node)) if spans else model


def _days(model: Model) -> list[tuple[int, int]]:
    """Every day of the horizon in ticks."""
    axis = model.axis
    if axis.resolution_ns is None or axis.start is None:
        return []
    edges, tick = [0], 0
    per_tick = timedelta(microseconds=axis.resolution_ns / 1000)
    while tick < model.horizon and len(edges) < 400:
        now = axis.instant(tick)
        if now is None:
            break
        midnight = (now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
        tick += max(1, -(-(midnight - now) // per_tick))
        edges.append(min(tick, model.horizon))
    return list(pairwise(edges))


def _crowded(model: Model, schedule: Schedule, resource: int, span: tuple[int, int]) -> bool:
    """Whether a schedule holds more of a resource within a time than it nominally has."""
    d = model.demands
    mine = d.resource == resource
    task, amount = d.task[mine], d.amount[mine]
    inside = (schedule.start[task] < span[1]) & (schedule.end[task] > span[0]) & (schedule.end > schedule.start)[task]
    points = np.r_[schedule.start[task][inside], schedule.end[task][inside]]
    steps = np.r_[amount[inside], -amount[inside]]
    order = np.lexsort((steps, points))
    level = np.cumsum(steps[order])
    held = (points[order] < span[1]) & (points[order] >= 0)
    return bool((level[held] > model.capacity[resource]).any())
