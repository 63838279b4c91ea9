"""A time axis as marks to draw: dates where the model has an origin, durations or plain ticks where not."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from schedc.models.axis import DAY_NS, TimeAxis

_MIN = 60 * 10**9
_HOUR = 60 * _MIN
_MONTH = 30 * DAY_NS        # as a step; marks then stand on the first of calendar months
_STEPS = (
    *(k * 10**p for p in range(9) for k in (1, 2, 5)),
    *(k * 10**9 for k in (1, 5, 15, 30)),
    *(k * _MIN for k in (1, 5, 15, 30)),
    *(k * _HOUR for k in (1, 2, 3, 6, 12)),
    *(k * DAY_NS for k in (1, 2, 7, 14)),
    *(k * _MONTH for k in (1, 2, 3, 6, 12, 24, 60, 120, 600, 1200)),
)


class Mark(NamedTuple):
    """One mark of an axis: where (in ticks), what to write, and whether a new day (or a round number) begins there."""

    at: float
    text: str
    major: bool


def marks(axis: TimeAxis, lo: int, hi: int, most: int) -> list[Mark]:
    """At most about `most` evenly spaced marks in [lo, hi]."""
    most = max(most, 1)
    span = max(hi - lo, 1)
    if axis.resolution_ns is None:
        return _plain(lo, hi, _round_step(span / most))
    wanted = span * axis.resolution_ns / most
    step = next((s for s in _STEPS if s >= wanted), None) or _STEPS[-1] * math.ceil(wanted / _STEPS[-1])
    if axis.start is None or step < 10**9:
        ticks = max(1, round(step / axis.resolution_ns))
        return [Mark(t, axis.span_text(t), True) for t in range(-(-lo // ticks) * ticks, hi + 1, ticks)]
    try:
        return _dated(axis, lo, hi, step)
    except (OverflowError, ValueError):     # an axis that leaves the calendar's years
        return _plain(lo, hi, _round_step(span / most))


def _round_step(least: float) -> int:
    power: int = 10 ** max(0, math.floor(math.log10(max(least, 1))))
    return power * next(k for k in (1, 2, 5, 10) if k * power >= least)


def _plain(lo: int, hi: int, step: int) -> list[Mark]:
    return [Mark(t, f"{t}", True) for t in range(-(-lo // step) * step, hi + 1, step)]


def _dated(axis: TimeAxis, lo: int, hi: int, step: int) -> list[Mark]:
    first, last = axis.instant(lo), axis.instant(hi)
    if first is None or last is None:
        return _plain(lo, hi, _round_step((hi - lo) / 8))
    moment = datetime.combine(_first_day(first.date(), step), time())
    found: list[Mark] = []
    while moment <= last.replace(tzinfo=None):
        at = tick_of(axis, moment)
        if lo <= at <= hi:
            day = "" if found or moment.time() == time() else f"{_day(moment)} "     # say once which day it is
            found.append(Mark(at, day + _text(moment, step), moment.time() == time()))
        moment = _later(moment, step)
    return found


def _first_day(day: date, step: int) -> date:
    """A day at or before `day` from which steps begin: weeks on Mondays, months in January."""
    if step >= _MONTH:
        return date(day.year, 1, 1)
    return day - timedelta(days=day.weekday()) if step % (7 * DAY_NS) == 0 else day


def _later(moment: datetime, step: int) -> datetime:
    if step < _MONTH:
        return moment + timedelta(microseconds=step / 1000)
    years, month = divmod(moment.month - 1 + step // _MONTH, 12)
    return moment.replace(year=moment.year + years, month=month + 1)


def tick_of(axis: TimeAxis, local: datetime) -> float:
    """The (fractional) tick of a wall-clock time of the model's zone; the model must have an origin."""
    assert axis.start is not None and axis.resolution_ns is not None
    origin = datetime.fromisoformat(axis.start)
    if axis.whole_days:
        elapsed = local - origin.replace(tzinfo=None)
    else:
        elapsed = local.replace(tzinfo=ZoneInfo(axis.zone)).astimezone(UTC) - origin.astimezone(UTC)
    return elapsed / timedelta(microseconds=1) * 1000 / axis.resolution_ns


def _text(moment: datetime, step: int) -> str:
    if step < _MIN:
        return moment.strftime("%H:%M:%S")
    if step < DAY_NS and moment.time() != time():
        return moment.strftime("%H:%M")
    if step >= 12 * _MONTH:
        return f"{moment.year}"
    if step >= _MONTH:
        return f"{_MONTHS[moment.month - 1]} {moment.year}"
    return _day(moment)


def _day(moment: datetime) -> str:
    return f"{_DAYS[moment.weekday()]} {moment.day} {_MONTHS[moment.month - 1]}"


# not strftime: the words must not follow the machine's locale
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
