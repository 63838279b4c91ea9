"""Ticks from what people write: a number, or an instant as clock text."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from schedc.models.axis import TimeAxis

_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?")


def tick_of(axis: TimeAxis, value: str | int) -> int:
    """The tick of an integer, of its text, or of an ISO instant; without an offset it is wall-clock time of the zone.

    A bare date is its midnight; a bare time of day is on the day of the origin. Raises ValueError, in words for people,
    where it is none of these, falls between two ticks, or the model knows no instants.
    """
    if isinstance(value, int):
        return value
    text = value.strip()
    if re.fullmatch(r"[+-]?\d{1,18}", text):
        return int(text)
    if axis.start is None or axis.resolution_ns is None:
        raise ValueError(f"`{_short(text)}` is no tick, and the model has no dates")
    when = _instant(text, axis)
    first = datetime.fromisoformat(axis.start)
    if axis.whole_days:
        elapsed = when.astimezone(ZoneInfo(axis.zone)).replace(tzinfo=None) - first.replace(tzinfo=None)
    else:
        elapsed = when.astimezone(UTC) - first.astimezone(UTC)
    ticks = Fraction(elapsed // timedelta(microseconds=1) * 1000, axis.resolution_ns)
    if ticks.denominator != 1:
        raise ValueError(f"`{_short(text)}` falls between two ticks of {axis.span_text(1)}")
    return int(ticks)


def _instant(text: str, axis: TimeAxis) -> datetime:
    zone = ZoneInfo(axis.zone)
    clock = _CLOCK.fullmatch(text)
    try:
        if clock:
            assert axis.start is not None
            day = datetime.fromisoformat(axis.start).date()
            when = datetime.combine(day, time(int(clock[1]), int(clock[2]), int(clock[3] or 0)))
        else:
            when = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"`{_short(text)}` is neither a tick nor an instant such as 2026-01-05 08:00") from None
    if when.tzinfo is not None:
        return when
    there = when.replace(tzinfo=zone)
    if there.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != when:
        raise ValueError(f"`{_short(text)}` is skipped by the clocks of {axis.zone}")
    return there


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:37]}..."
