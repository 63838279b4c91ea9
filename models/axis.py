"""The time axis of a model: what one tick is, where tick 0 stands, how far ticks go."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from functools import cached_property
from zoneinfo import ZoneInfo

from schedc.models.records import dataclass
from schedc.models.source import NO_ORIGIN, Origin

MAX_TICKS = 1 << 40     # ours: every sum of a million of these still fits 64 bits
DAY_NS = 86_400 * 10**9


@dataclass(frozen=True)
class TimeAxis:
    """Ticks 0 .. horizon-1; every present task lies in [0, horizon).

    resolution_ns: nanoseconds in a tick; None for a model in plain ticks.
    start: the origin as an ISO instant with offset (``2026-01-05T08:00:00+01:00``); None if the model names none.
    zone: IANA name of the zone for wall-clock times ("UTC" if none was said).
    derived: True if the horizon was computed rather than written.
    now: where the past ends, 0 where nothing was said; every release of a model is no earlier, see `past`.
    """

    horizon: int
    resolution_ns: int | None = None
    start: str | None = None
    zone: str = "UTC"
    derived: bool = False
    origin: Origin = NO_ORIGIN
    now: int = 0

    @property
    def whole_days(self) -> bool:
        """Whether a tick is a number of calendar days, so that ticks follow dates and not elapsed hours."""
        return self.resolution_ns is not None and self.resolution_ns % DAY_NS == 0

    @cached_property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    def instant(self, tick: int) -> datetime | None:
        """The wall-clock instant of a tick in the model's zone; None where the model has no origin."""
        if self.start is None or self.resolution_ns is None:
            return None
        first = datetime.fromisoformat(self.start)
        try:
            if self.whole_days:
                naive = first.replace(tzinfo=None) + timedelta(days=tick * (self.resolution_ns // DAY_NS))
                return naive.replace(tzinfo=self._zone)
            elapsed = timedelta(microseconds=round(Fraction(tick * self.resolution_ns, 1000)))
            return (first.astimezone(UTC) + elapsed).astimezone(self._zone)
        except OverflowError:      # beyond the year 9999
            return None

    def span_text(self, ticks: int) -> str:
        """A duration in the largest units that say it exactly: ``2 h 15 min``, or plain ticks."""
        if self.resolution_ns is None:
            return f"{ticks}"
        rest, words = abs(ticks) * self.resolution_ns, []
        for unit, ns in _UNITS:
            if rest >= ns:
                words.append(f"{rest // ns} {unit}")
                rest %= ns
        return ("-" if ticks < 0 else "") + (" ".join(words) or f"0 {_unit_of(self.resolution_ns)}")

    def tick_text(self, tick: int) -> str:
        """An instant as people write it, or the tick itself."""
        when = self.instant(tick)
        if when is not None:
            return when.strftime("%Y-%m-%d %H:%M:%S").removesuffix(":00")
        return self.span_text(tick)


_UNITS = (
    ("d", DAY_NS), ("h", 3_600 * 10**9), ("min", 60 * 10**9), ("s", 10**9), ("ms", 10**6), ("us", 10**3), ("ns", 1),
)


def _unit_of(ns: int) -> str:
    return next(unit for unit, size in _UNITS if ns >= size)
