"""The clock of a model: from written instants and calendar hours to elapsed time since the origin.

Everything is counted in exact integers, nanoseconds since the origin (plain ticks in a model without a resolution).
Instants and calendar hours are wall-clock times of the zone; everything else is elapsed time. With a resolution of
whole days the clock is naive: a day is 24 h on every date, and no local time is skipped or doubled.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta, timezone
from functools import cached_property
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np

from schedc.dsl.zones import DAY, LAST, ClockError, Stretch, gap_at, offset_at, stretches, utc_of, zone_named
from schedc.models.axis import DAY_NS
from schedc.models.columns import Flags, Ints
from schedc.models.profile import Spans, union
from schedc.models.records import dataclass

__all__ = ["FAR", "Clock", "ClockError"]

SECOND = 10**9
FAR = 1 << 62       # about 146 years of nanoseconds: where columns of instants end
_MOST_SPANS = 2_000_000
_INSTANT = re.compile(
    r"(\d{4})-(\d{2})-(\d{2})(?:[ T](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d+))?)?)?(?:([+-])(\d{2}):(\d{2}))?", re.ASCII
)


class _Written(NamedTuple):
    """An instant as written: wall-clock seconds since 0001-01-01, nanoseconds on top, the offset if there is one."""

    wall: int
    ns: int
    offset: int | None
    bare: bool


@dataclass(frozen=True)
class Clock:
    """How a model's times are read. `resolution_ns` and `origin` are None in a model of plain ticks.

    origin is the instant as written; `make` builds a checked clock.
    """

    resolution_ns: int | None = None
    origin: str | None = None
    zone: str = "UTC"

    @staticmethod
    def make(resolution_ns: int | None, origin_text: str | None, zone: str) -> Clock:
        """A clock whose zone exists and whose origin is one instant; ClockError otherwise."""
        zone_named(zone)
        if resolution_ns is None and origin_text is not None:
            raise ClockError("E235", "an origin without a resolution", "say what a tick is: `time 15 min from ...`")
        clock = Clock(resolution_ns, origin_text, zone)
        if origin_text is not None and clock._origin % 1000:
            raise ClockError("E234", f"the origin {_shown(origin_text)} is not a whole number of microseconds")
        return clock

    @property
    def naive(self) -> bool:
        """Whether instants follow dates and not elapsed hours."""
        return self.resolution_ns is not None and self.resolution_ns % DAY_NS == 0

    @cached_property
    def _zone(self) -> ZoneInfo:
        return zone_named(self.zone)

    @cached_property
    def _origin(self) -> int:
        """Nanoseconds from 0001-01-01 to the origin: UTC, or by dates if the clock is naive."""
        if self.origin is None:
            raise ClockError(
                "E235", "dates and calendar hours need an origin", "say where tick 0 stands: `time ... from 2026-01-05`"
            )
        return self._absolute(self.origin)

    @cached_property
    def start_iso(self) -> str | None:
        """The origin as an ISO instant with its offset; None without an origin."""
        if self.origin is None:
            return None
        seconds, ns = divmod(self._origin, SECOND)
        offset = 0 if self.naive else offset_at(self._zone, seconds)
        if self.naive:
            offset = seconds - (utc_of(self._zone, seconds) or (seconds,))[0]
        wall = seconds if self.naive else seconds + offset
        when = datetime(1, 1, 1) + timedelta(seconds=wall, microseconds=ns // 1000)
        return when.replace(tzinfo=timezone(timedelta(seconds=offset))).isoformat()

    # instants

    def instant(self, text: str) -> int:
        """Nanoseconds from the origin to a written instant, negative before it.

        ClockError: E234 no such date or time, E235 no origin, E231 skipped, E232 doubled and without its offset,
        E233 an offset that the zone does not have then. A bare date is the first instant of that day.
        """
        return self._absolute(text) - self._origin

    def day_after(self, text: str) -> int:
        """Nanoseconds from the origin to the end of a date's day: the first instant of the next one."""
        wall = _parsed(text).wall // DAY * DAY
        return self._day(wall + DAY, text) * SECOND - self._origin

    def instants(self, texts: Sequence[str]) -> Ints:
        """`instant` of a column; what lies further than FAR from the origin is cut at the last whole tick before."""
        far = FAR - FAR % (self.resolution_ns or 1)
        known: dict[str, int] = {}
        for text in texts:
            if text not in known:
                known[text] = min(max(self.instant(text), -far), far)
        return np.fromiter((known[text] for text in texts), dtype=np.int64, count=len(texts))

    def elapsed(self, wall: Ints) -> tuple[Ints, Flags]:
        """Nanoseconds from the origin to wall-clock seconds since 0001-01-01, and where that has one answer.

        It has none where the clock skips or repeats the time, or more than FAR away. Raises ClockError E235.
        """
        base, past = divmod(self._origin, SECOND)
        near = np.abs(wall - base) < FAR // SECOND - 2 * DAY
        utc = wall
        if not self.naive and near.any():
            inside = wall[near]
            utc, once = self._utc(np.where(near, wall, inside[0]), int(inside.min()), int(inside.max()))
            near &= once
        return np.where(near, utc - base, 0) * SECOND - past, near

    def wall(self, ns: Ints) -> Ints:
        """Wall-clock seconds since 0001-01-01 at nanoseconds from the origin. Raises ClockError E235."""
        base, past = divmod(self._origin, SECOND)
        seconds = base + (ns + past) // SECOND
        if self.naive or not seconds.size:
            return np.asarray(seconds)
        return np.asarray(seconds + self._offsets(seconds))

    def elapsed_utc(self, utc: Ints) -> tuple[Ints, Flags]:
        """`elapsed` of a column of UTC seconds since 0001-01-01; on a naive clock they count by the zone's dates."""
        base, past = divmod(self._origin, SECOND)
        near = np.abs(utc - base) < FAR // SECOND - 2 * DAY
        if self.naive and near.any():
            utc = utc + self._offsets(np.where(near, utc, utc[near][0]))
        return np.where(near, utc - base, 0) * SECOND - past, near

    def _offsets(self, utc: Ints) -> Ints:
        """The zone's offset at UTC seconds."""
        parts = stretches(self._zone, int(utc.min()) - DAY, int(utc.max()) + DAY)
        place = np.searchsorted(np.array([p.lo for p in parts], dtype=np.int64), utc, side="right") - 1
        return np.array([p.offset for p in parts], dtype=np.int64)[place]

    def has_offset(self, wall: Ints, offset: Ints) -> Flags:
        """Whether the zone has an offset at a wall-clock second, where that has one answer; anything elsewhere."""
        if not len(wall):
            return np.zeros(0, dtype=np.bool_)
        near = np.abs(wall - self._origin // SECOND) < FAR // SECOND - 2 * DAY
        utc = np.where(near, wall - offset, self._origin // SECOND)
        return np.asarray(near & (self._offsets(utc) == offset))

    def _utc(self, wall: Ints, least: int, most: int) -> tuple[Ints, Flags]:
        """UTC seconds of wall-clock seconds in least .. most, and which of them stand on the clock exactly once."""
        parts = stretches(self._zone, least - 2 * DAY, most + 2 * DAY)
        starts = np.array([p.lo + p.offset for p in parts], dtype=np.int64)
        ends = np.array([p.hi + p.offset for p in parts], dtype=np.int64)
        offsets = np.array([p.offset for p in parts], dtype=np.int64)
        order = np.argsort(starts, kind="stable")
        last = np.searchsorted(starts[order], wall, side="right") - 1       # the last stretch that has begun
        begun, over = last + 1, np.searchsorted(np.sort(ends), wall, side="right")
        return wall - offsets[order[last]], begun - over == 1

    def _absolute(self, text: str) -> int:
        written = _parsed(text)
        if written.bare:
            return self._day(written.wall, text) * SECOND
        if self.naive and written.offset is None:
            return written.wall * SECOND + written.ns
        utc = self._resolved(written, text)
        return (written.wall if self.naive else utc) * SECOND + written.ns

    def _resolved(self, written: _Written, text: str) -> int:
        """The one UTC second that is meant."""
        found = utc_of(self._zone, written.wall)
        if not found:
            raise self._skipped(written.wall, text)
        if written.offset is None:
            if len(found) > 1:
                raise self._doubled(written.wall, found, text)
            return found[0]
        for utc in found:
            if abs(written.wall - utc - written.offset) < 60:   # historic offsets have seconds, written ones have not
                return utc
        real = _offset_text(written.wall - found[0])
        raise ClockError(
            "E233", f"{_shown(text)} has an offset that {self.zone} does not have then", f"write {real}, or no offset"
        )

    def _day(self, wall: int, text: str) -> int:
        """The first UTC second of the day that starts at a wall-clock midnight (the wall second if naive)."""
        if self.naive:
            return wall
        if wall >= LAST:
            return LAST - offset_at(self._zone, LAST)
        found = utc_of(self._zone, wall)
        if found:
            return found[0]
        gap = gap_at(self._zone, wall)      # the day starts late, as where summer time begins at midnight
        if gap.hi >= wall + DAY:
            raise self._skipped(wall, text)
        return gap.hi - gap.offset

    def _skipped(self, wall: int, text: str) -> ClockError:
        gap = gap_at(self._zone, wall)
        lo, hi = _wall_text(gap.lo), _wall_text(gap.hi)
        message = f"{_shown(text)} does not exist in {self.zone}: clocks skip from {lo} to {hi}"
        return ClockError("E231", message, f"write {hi} or later")

    def _doubled(self, wall: int, found: tuple[int, ...], text: str) -> ClockError:
        first, second = (_offset_text(wall - utc) for utc in found)
        return ClockError(
            "E232",
            f"{_shown(text)} stands twice in {self.zone}: clocks go back",
            f"say which: `{text}{first}` is the first, `{text}{second}` the second",
        )

    # calendars

    def weekly(self, first_day: int, last_day: int, lo_s: int, hi_s: int, horizon_ns: int) -> Spans:
        """The spans of [0, horizon) at which the wall clock shows the hours [lo_s, hi_s) of days first..last (Mon = 0).

        Hours are seconds of the day, 0..86400; hi_s <= lo_s ends on the next day; last_day < first_day goes past
        Sunday. In each stretch of constant offset the local pattern is expanded, shifted to elapsed time and clipped,
        so the part of a pattern that exists is kept, and both occurrences of a repeated hour.
        """
        days = {(first_day + k) % 7 for k in range((last_day - first_day) % 7 + 1)}
        hours = (lo_s, hi_s if hi_s > lo_s else hi_s + DAY)
        lo, hi = self._origin, self._origin + self._bounded(horizon_ns)
        first, last = lo // SECOND, -(-hi // SECOND)
        parts = [Stretch(first, last, 0)] if self.naive else list(stretches(self._zone, first, last))
        found = union([_expanded(part, days, hours) for part in parts])
        base, past = divmod(lo, SECOND)
        spans = Spans((found.lo - base) * SECOND - past, (found.hi - base) * SECOND - past)
        return _clipped(spans, horizon_ns)

    def recurring(self, lo_ns: int, hi_ns: int, every_ns: int, horizon_ns: int) -> Spans:
        """The union of [lo + k every, hi + k every) for k = 0, 1, ..., clipped to [0, horizon)."""
        if every_ns <= 0 or hi_ns <= lo_ns:
            raise ClockError("E236", "a recurring span needs `lo < hi` and a positive `every`")
        horizon_ns = self._bounded(horizon_ns)
        count = max(0, -((lo_ns - horizon_ns) // every_ns))
        skip = min(max(0, -(hi_ns // every_ns) - 1), count)     # repeats that lie wholly before the origin
        if count - skip > _MOST_SPANS:
            raise ClockError("E236", f"{count - skip} repeats in the horizon, more than {_MOST_SPANS}")
        k = np.arange(skip, count, dtype=np.int64)
        return union([_clipped(Spans(lo_ns + k * every_ns, hi_ns + k * every_ns), horizon_ns)])

    def _bounded(self, horizon: int) -> int:
        if horizon > FAR:
            raise ClockError("E236", "calendars reach at most 146 years", "shorten the horizon")
        return max(horizon, 0)


def _expanded(part: Stretch, days: set[int], hours: tuple[int, int]) -> Spans:
    """A weekly pattern within one stretch, in UTC seconds. 0001-01-01 was a Monday."""
    midnight = np.arange((part.lo + part.offset) // DAY - 1, (part.hi + part.offset) // DAY + 1, dtype=np.int64)
    midnight = midnight[np.isin(midnight % 7, list(days))] * DAY - part.offset
    lo, hi = np.maximum(midnight + hours[0], part.lo), np.minimum(midnight + hours[1], part.hi)
    keep = lo < hi
    return Spans(lo[keep], hi[keep])


def _clipped(spans: Spans, horizon: int) -> Spans:
    lo, hi = np.maximum(spans.lo, 0), np.minimum(spans.hi, horizon)
    keep = lo < hi
    return Spans(lo[keep], hi[keep])


def _parsed(text: str) -> _Written:
    match = _INSTANT.fullmatch(text.strip())
    if match is None:
        raise ClockError("E234", f"{_shown(text)} is not an instant", "write `2026-01-05` or `2026-01-05 08:00`")
    year, month, day, hour, minute, second, fraction, sign, off_hour, off_minute = match.groups()
    try:
        ordinal = date(int(year), int(month), int(day)).toordinal()
    except ValueError:
        raise ClockError("E234", f"there is no date {_shown(text[:10])}") from None
    if hour is None and sign is not None:
        raise ClockError("E234", f"{_shown(text)} has an offset but no time of day")
    h, m, s = int(hour or 0), int(minute or 0), int(second or 0)
    if h > 23 or m > 59 or s > 59:
        raise ClockError("E234", f"{_shown(text)} has no such time of day", "hours go to 23, minutes and seconds to 59")
    if len((fraction or "").rstrip("0")) > 9:
        raise ClockError("E234", f"{_shown(text)} is finer than a nanosecond")
    offset = None if sign is None else int(sign + "1") * (int(off_hour) * 3600 + int(off_minute) * 60)
    wall = (ordinal - 1) * DAY + h * 3600 + m * 60 + s
    return _Written(wall, int((fraction or "0")[:9].ljust(9, "0")), offset, hour is None)


def _shown(text: str) -> str:
    return f"`{text}`" if len(text) <= 40 else f"`{text[:37]}...`"


def _offset_text(seconds: int) -> str:
    sign, minutes = "-" if seconds < 0 else "+", abs(seconds) // 60
    return f"{sign}{minutes // 60:02d}:{minutes % 60:02d}"


def _wall_text(wall: int) -> str:
    when = datetime(1, 1, 1) + timedelta(seconds=wall)
    return when.strftime("%H:%M" if not when.second else "%H:%M:%S")
