"""The clock against a minute-by-minute expansion by zoneinfo, and its refusals."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schedc.dsl.clock import FAR, Clock, ClockError
from schedc.dsl.zones import DAY, offset_at, stretches, utc_of, zone_named

MINUTE = 60 * 10**9
HOUR = 60 * MINUTE
DAY_NS = 24 * HOUR
PARIS = Clock.make(15 * MINUTE, "2026-01-05 08:00", "Europe/Paris")

# zones whose offset changes in the two weeks after the date
CHANGES = [
    ("Europe/Paris", "2026-03-25"),         # skips an hour at 02:00
    ("Europe/Paris", "2026-10-20"),         # repeats one
    ("America/Sao_Paulo", "2018-10-31"),    # skips midnight
    ("America/Sao_Paulo", "2019-02-10"),    # repeats the hour before midnight
    ("America/Havana", "2025-10-28"),       # repeats the hour after midnight
    ("America/St_Johns", "2006-10-25"),     # goes back over midnight at 00:01
    ("Asia/Kolkata", "2026-03-01"),         # never changes
    ("Australia/Lord_Howe", "2026-03-30"),  # moves by half an hour
    ("Australia/Lord_Howe", "2026-09-28"),
    ("Pacific/Apia", "2011-12-25"),         # skips a whole day
]


def shown(zone: str, origin: str, minutes: int) -> list[datetime]:
    """What the zone's wall clock shows at each minute from an origin that is a valid local time."""
    first = datetime.fromisoformat(origin).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    return [(first + timedelta(minutes=k)).astimezone(ZoneInfo(zone)) for k in range(minutes)]


def in_pattern(when: datetime, days: set[int], lo: int, hi: int) -> bool:
    second = when.hour * 3600 + when.minute * 60
    if lo < hi:
        return when.weekday() in days and lo <= second < hi
    return (when.weekday() in days and second >= lo) or ((when.weekday() - 1) % 7 in days and second < hi)


def minutes_of(spans: tuple[np.ndarray, np.ndarray], minutes: int) -> list[bool]:
    held = np.zeros(minutes, dtype=bool)
    for lo, hi in zip(*(column.tolist() for column in spans)):
        assert lo % MINUTE == 0 and hi % MINUTE == 0
        held[lo // MINUTE : hi // MINUTE] = True
    return held.tolist()


def code_of(call: object, *args: object) -> str:
    with pytest.raises(ClockError) as caught:
        call(*args)  # type: ignore[operator]
    assert caught.value.message and not caught.value.message.endswith(".")
    return caught.value.code


@settings(max_examples=30, deadline=None)
@given(
    st.sampled_from(CHANGES), st.integers(0, 6), st.integers(0, 6), st.integers(0, 47), st.integers(1, 48),
    st.integers(0, 47),
)
def test_weekly_hours_are_what_the_wall_clock_shows(
    change: tuple[str, str], first: int, last: int, lo: int, hi: int, begin: int
) -> None:
    zone, date = change
    origin = f"{date} {begin // 2:02d}:{begin % 2 * 30:02d}"
    minutes = 14 * 24 * 60
    days = {(first + k) % 7 for k in range((last - first) % 7 + 1)}
    spans = Clock.make(MINUTE, origin, zone).weekly(first, last, lo * 1800, hi * 1800, minutes * MINUTE)
    want = [in_pattern(when, days, lo * 1800, hi * 1800) for when in shown(zone, origin, minutes)]
    assert minutes_of(spans, minutes) == want
    assert (spans.lo[1:] > spans.hi[:-1]).all()


@pytest.mark.parametrize(("zone", "date"), CHANGES)
def test_every_wall_time_is_read_as_zoneinfo_shows_it(zone: str, date: str) -> None:
    minutes = 14 * 24 * 60
    clock = Clock.make(MINUTE, date, zone)
    readings: dict[str, list[int]] = {}
    for k, when in enumerate(shown(zone, date, minutes)):
        text = when.isoformat(sep=" ")
        assert clock.instant(text) == k * MINUTE            # with its offset it is always unique
        readings.setdefault(text[:16], []).append(k)
    for text, found in readings.items():
        if len(found) == 1:
            assert clock.instant(text) == found[0] * MINUTE
        else:
            assert code_of(clock.instant, text) == "E232"
    naive = datetime.fromisoformat(date)
    for k in range(0, minutes - 24 * 60 - 60, 10):
        text = (naive + timedelta(minutes=k)).isoformat(sep=" ")[:16]
        if text not in readings:
            assert code_of(clock.instant, text) == "E231"


def test_paris_in_march_and_october() -> None:
    assert PARIS.start_iso == "2026-01-05T08:00:00+01:00"
    assert PARIS.instant("2026-01-05 08:15") == 15 * MINUTE
    assert PARIS.instant("2026-01-04 08:00") == -24 * HOUR
    assert PARIS.instant("2026-03-29 03:00") - PARIS.instant("2026-03-29 01:59") == MINUTE
    assert code_of(PARIS.instant, "2026-03-29 02:30") == "E231"
    assert code_of(PARIS.instant, "2026-10-25 02:30") == "E232"
    first, second = PARIS.instant("2026-10-25 02:30+02:00"), PARIS.instant("2026-10-25 02:30+01:00")
    assert second - first == HOUR
    assert PARIS.day_after("2026-03-29") - PARIS.instant("2026-03-29") == 23 * HOUR
    assert PARIS.day_after("2026-10-25") - PARIS.instant("2026-10-25") == 25 * HOUR
    assert code_of(PARIS.instant, "2026-07-01 12:00+01:00") == "E233"
    assert code_of(PARIS.instant, "2026-03-29 02:30+01:00") == "E231"


def test_messages_say_how_to_mend() -> None:
    with pytest.raises(ClockError) as skipped:
        PARIS.instant("2026-03-29 02:30")
    assert skipped.value.message == "`2026-03-29 02:30` does not exist in Europe/Paris: clocks skip from 02:00 to 03:00"
    assert skipped.value.fix == "write 03:00 or later"
    with pytest.raises(ClockError) as doubled:
        PARIS.instant("2026-10-25 02:30")
    assert doubled.value.fix is not None
    assert "2026-10-25 02:30+02:00" in doubled.value.fix and "2026-10-25 02:30+01:00" in doubled.value.fix


def test_a_day_whose_midnight_is_skipped_starts_late() -> None:
    clock = Clock.make(HOUR, "2018-11-03 12:00", "America/Sao_Paulo")
    assert clock.instant("2018-11-04") == clock.instant("2018-11-04 01:00") == 12 * HOUR
    assert clock.day_after("2018-11-03") == 12 * HOUR
    assert clock.day_after("2018-11-04") == 35 * HOUR
    assert code_of(clock.instant, "2018-11-04 00:00") == "E231"


def test_a_day_that_never_was() -> None:
    clock = Clock.make(HOUR, "2011-12-29", "Pacific/Apia")
    assert code_of(clock.instant, "2011-12-30") == "E231"
    assert clock.instant("2011-12-31") == 24 * HOUR


def test_days_tile_time_everywhere() -> None:
    for zone, date in CHANGES:
        if zone == "Pacific/Apia":
            continue
        clock = Clock.make(MINUTE, date, zone)
        days = [str(datetime.fromisoformat(date).date() + timedelta(days=k)) for k in range(20)]
        assert all(clock.day_after(a) == clock.instant(b) for a, b in pairwise(days))


def test_whole_days_count_dates() -> None:
    clock = Clock.make(DAY_NS, "2026-03-28", "Europe/Paris")
    assert clock.instant("2026-03-30") == 2 * DAY_NS
    assert clock.day_after("2026-03-29") == 2 * DAY_NS
    assert clock.start_iso == "2026-03-28T00:00:00+01:00"
    spans = clock.weekly(5, 6, 0, DAY, 10 * DAY_NS)
    assert [(lo // DAY_NS, hi // DAY_NS) for lo, hi in zip(*spans)] == [(0, 2), (7, 9)]
    assert Clock.make(DAY_NS, "2018-11-04", "America/Sao_Paulo").instant("2018-11-05") == DAY_NS


def test_every_day_all_day_is_one_span() -> None:
    spans = PARIS.weekly(0, 6, 0, DAY, 365 * DAY_NS)
    assert (spans.lo.tolist(), spans.hi.tolist()) == ([0], [365 * DAY_NS])
    assert len(PARIS.weekly(0, 6, 0, DAY, 0).lo) == 0


def test_columns_of_instants_are_cut_far_away() -> None:
    column = PARIS.instants(["2026-01-05 08:00", "9999-12-31", "0001-01-01", "2026-01-05 08:00"])
    assert column[0] == column[3] == 0
    assert FAR - 15 * MINUTE < column[1] <= FAR and column[1] % (15 * MINUTE) == 0
    assert column[2] == -column[1]


def test_the_ends_of_the_calendar_raise_nothing() -> None:
    for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago", "UTC", "Europe/Amsterdam"):
        for origin in ("0001-01-01", "9999-12-31 23:59:59"):
            clock = Clock.make(15 * MINUTE, origin, zone)
            assert clock.instant("9999-12-31 23:59") > clock.instant("0001-01-01 00:01")
            assert clock.day_after("9999-12-31") > clock.instant("9999-12-31 23:00")
            clock.weekly(0, 4, 8 * 3600, 17 * 3600, 30 * DAY_NS)


def test_ends_of_calendar_start_iso() -> None:
    for origin in ("0001-01-01", "9999-12-31 23:59:59"):
        assert Clock.make(15 * MINUTE, origin, "Pacific/Kiritimati").start_iso is not None


@pytest.mark.parametrize(
    "text",
    [
        "2026-02-30", "2026-13-01", "0000-01-01", "2026-01-05 24:00", "2026-01-05 08:60", "2026-01-05 08:00:60", "",
        "soon", "2026-01-05 08", "٢٠٢٦-01-05", "2026-01-05+01:00", "2026-01-05 08:00:00.0000000001", "1" * 1000,
    ],
)
def test_no_such_instant(text: str) -> None:
    assert code_of(PARIS.instant, text) == "E234"
    assert code_of(Clock.make, 15 * MINUTE, text, "UTC") == "E234"


@pytest.mark.parametrize(
    "zone",
    [
        "", "../../etc/passwd", "/etc/passwd", "x" * 100_000, "a\0b", "\0", "Europe", "Europe/", ".", "..",
        "posixrules\n", "leapseconds", "tzdata.zi", "right/Europe/Paris", "Europe/Pariss", "\ud800", "zone.tab",
        "Ünited/Kingdom",
    ],
)
def test_no_such_zone(zone: str) -> None:
    assert code_of(Clock.make, MINUTE, None, zone) == "E230"


@pytest.mark.parametrize(
    ("zone", "meant"),
    [("Europe/Pariss", "Europe/Paris"), ("europe/paris", "Europe/Paris"), ("Paris", "Europe/Paris"),
     ("New York", "America/New_York"), ("utc", "UTC")],
)
def test_did_you_mean(zone: str, meant: str) -> None:
    with pytest.raises(ClockError) as caught:
        Clock.make(MINUTE, None, zone)
    assert caught.value.fix == f"did you mean `{meant}`"


def test_without_an_origin() -> None:
    clock = Clock.make(MINUTE, None, "UTC")
    assert clock.start_iso is None
    assert code_of(clock.instant, "2026-01-05") == "E235"
    assert code_of(clock.weekly, 0, 4, 0, DAY, DAY_NS) == "E235"
    assert code_of(Clock.make, None, "2026-01-05", "UTC") == "E235"


def test_recurring_from_the_origin() -> None:
    clock = Clock.make(None, None, "UTC")
    spans = clock.recurring(2, 5, 10, 24)
    assert (spans.lo.tolist(), spans.hi.tolist()) == ([2, 12, 22], [5, 15, 24])
    merged = clock.recurring(0, 10, 10, 100)
    assert (merged.lo.tolist(), merged.hi.tolist()) == ([0], [100])
    assert clock.recurring(-15, -12, 10, 12).lo.tolist() == [5]
    assert clock.recurring(-15, -12, 10, 5).lo.tolist() == []
    assert clock.recurring(30, 31, 10, 24).lo.tolist() == []
    assert code_of(clock.recurring, 0, 1, 0, 10) == "E236"
    assert code_of(clock.recurring, 5, 5, 10, 10) == "E236"
    assert code_of(clock.recurring, 0, 1, 2, 1 << 40) == "E236"
    assert code_of(clock.recurring, 0, 1, 2, 1 << 63) == "E236"


@given(st.integers(-30, 30), st.integers(1, 20), st.integers(1, 15), st.integers(0, 80))
def test_recurring_against_a_plain_loop(lo: int, width: int, every: int, horizon: int) -> None:
    spans = Clock.make(None, None, "UTC").recurring(lo, lo + width, every, horizon)
    held = {t for k in range(200) for t in range(lo + k * every, lo + k * every + width)}
    got = {t for a, b in zip(spans.lo.tolist(), spans.hi.tolist()) for t in range(a, b)}
    assert got == {t for t in held if 0 <= t < horizon}


@pytest.mark.parametrize("name", ["Europe/Paris", "Africa/Casablanca", "Antarctica/Troll", "Europe/Dublin"])
def test_stretches_cover_and_differ(name: str) -> None:
    zone = zone_named(name)
    lo = 2020 * 365 * DAY + 12_345
    parts = stretches(zone, lo, lo + 900 * DAY)
    assert parts[0].lo == lo and parts[-1].hi == lo + 900 * DAY
    for a, b in pairwise(parts):
        assert a.hi == b.lo and a.offset != b.offset
        assert offset_at(zone, b.lo - 1) == a.offset and offset_at(zone, b.lo) == b.offset
    assert all(utc in utc_of(zone, utc + offset) for utc, _, offset in parts)
