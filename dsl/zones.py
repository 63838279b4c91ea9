"""Time zones by exact arithmetic on whole seconds, from the standard library's zoneinfo alone.

A second count starts at 0001-01-01 00:00, on the wall or in UTC: wall = UTC + offset. Between two changes of a zone's
offset the wall clock is a plain shift of elapsed time, so everything here is built from such *stretches*.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo, available_timezones

DAY = 86_400
LAST = 3_652_059 * DAY      # seconds from 0001-01-01 to the end of 9999-12-31
_FIRST_DAY = datetime(1, 1, 1)
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_+\-]*(/[A-Za-z0-9][A-Za-z0-9_+\-]*)*")


class ClockError(Exception):
    """A time or zone that cannot be what was written. `code` is in dsl/codes.py; `fix` says how to mend it."""

    def __init__(self, code: str, message: str, fix: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.fix = fix


class Stretch(NamedTuple):
    """UTC seconds [lo, hi) in which the wall clock is `offset` seconds ahead of UTC."""

    lo: int
    hi: int
    offset: int


def zone_named(name: str) -> ZoneInfo:
    """The zone of an IANA name; ClockError E230 for anything else, however odd."""
    if len(name) <= 64 and _NAME.fullmatch(name) and not name.startswith(("posix/", "right/")):
        try:
            return ZoneInfo(name)
        except (OSError, ValueError, KeyError):     # a folder, a file that is no zone, nothing of that name
            pass
    close = _similar(name)
    shown = name if len(name) <= 40 else name[:37] + "..."
    raise ClockError(
        "E230",
        f"there is no time zone `{shown}`" if name else "the zone is empty",
        f"did you mean `{close}`" if close else 'write an IANA name such as "Europe/Paris", or "UTC"',
    )


def _similar(name: str) -> str | None:
    """The best known name for a mistaken one: equal but for case or spaces, a city without its region, or close."""
    from difflib import get_close_matches

    wanted = name[:64].strip().lower().replace(" ", "_")
    if not wanted.strip("./\x00"):
        return None
    known = {zone.lower(): zone for zone in sorted(available_timezones())}
    if wanted in known:
        return known[wanted]
    cities = {zone.rpartition("/")[2]: full for zone, full in known.items() if "/" in zone}
    if wanted in cities:
        return cities[wanted]
    near = get_close_matches(wanted, known, 1, 0.75)
    if near:
        return known[near[0]]
    near = get_close_matches(wanted.rpartition("/")[2], cities, 1, 0.75)
    return cities[near[0]] if near else None


def offset_at(zone: ZoneInfo, utc: int) -> int:
    """Seconds that the zone's wall clock is ahead of UTC at a UTC second."""
    inside = min(max(utc, 2 * DAY), LAST - 2 * DAY)     # the wall clock itself must stay in the years 1..9999
    offset = zone.fromutc((_FIRST_DAY + timedelta(seconds=inside)).replace(tzinfo=zone)).utcoffset()
    assert offset is not None
    return offset.days * DAY + offset.seconds


def utc_of(zone: ZoneInfo, wall: int) -> tuple[int, ...]:
    """Every UTC second at which the wall clock shows `wall`: none in a gap, two where clocks go back, else one."""
    found = {wall - offset for offset in _offsets_near(zone, wall) if offset_at(zone, wall - offset) == offset}
    return tuple(sorted(found))


def _offsets_near(zone: ZoneInfo, wall: int) -> set[int]:
    inside = _FIRST_DAY + timedelta(seconds=min(max(wall, 0), LAST - 1))
    both = (inside.replace(tzinfo=zone, fold=fold).utcoffset() for fold in (0, 1))
    return {offset.days * DAY + offset.seconds for offset in both if offset is not None}


def gap_at(zone: ZoneInfo, wall: int) -> Stretch:
    """The wall times [lo, hi) that clocks skip around a skipped one, with the offset that holds afterwards."""
    offsets = _offsets_near(zone, wall)
    around = stretches(zone, wall - max(offsets) - 1, wall - min(offsets) + 1)
    for before, after in pairwise(around):
        if after.lo + before.offset <= wall < after.lo + after.offset:
            return Stretch(after.lo + before.offset, after.lo + after.offset, after.offset)
    return Stretch(wall, wall, min(offsets))


@lru_cache(maxsize=64)
def stretches(zone: ZoneInfo, lo: int, hi: int) -> tuple[Stretch, ...]:
    """The maximal stretches of constant offset within the UTC seconds [lo, hi), in order.

    Offsets are sampled once a day and a change between two samples is bisected. A zone that changes its offset and
    changes it back within one day would be missed; none does.
    """
    if hi <= lo:
        return ()
    starts = list(_changes(zone, lo, hi))
    ends = [start for start, _ in starts[1:]] + [hi]
    return tuple(Stretch(start, end, offset) for (start, offset), end in zip(starts, ends))


def _changes(zone: ZoneInfo, lo: int, hi: int) -> Iterator[tuple[int, int]]:
    """Each first second of a stretch with its offset."""
    known = offset_at(zone, lo)
    yield lo, known
    for sample in [*range(lo + DAY, hi - 1, DAY), hi - 1]:
        while offset_at(zone, sample) != known:
            lo = _first_other(zone, lo, sample, known)
            known = offset_at(zone, lo)
            yield lo, known
        lo = sample


def _first_other(zone: ZoneInfo, lo: int, hi: int, offset: int) -> int:
    """A first second in (lo, hi] whose offset is not `offset`, which holds at lo and not at hi."""
    while hi - lo > 1:
        middle = (lo + hi) // 2
        if offset_at(zone, middle) == offset:
            lo = middle
        else:
            hi = middle
    return hi
