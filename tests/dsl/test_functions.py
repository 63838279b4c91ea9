"""Functions of instants, numbers and texts, by hand and against the standard library."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest

from schedc.dsl.load import load_text
from schedc.models.diagnostics import Findings


def test_rounding_and_remainders(values):
    found = values("""
        let a = round(5 / 2)  let b = round(-5 / 2)  let c = round(7, 3)  let d = floor(-7, 3)  let e = ceil(7, 0.5)
        let f = mod(-7, 3)  let g = mod(7.5, 2)  let h = floor(0.29)  let i = ceil(0.29)  let j = round(0.75, 0.5)
        let k[n in 1 .. 5] = floor(n, n)  let l[n in 1 .. 5] = mod(7, n)
    """)
    assert found == {"a": 3, "b": -2, "c": 6, "d": -9, "e": 7, "f": 2, "g": Fraction(3, 2), "h": 0, "i": 1, "j": 1,
                     "k": [1, 2, 3, 4, 5], "l": [0, 1, 1, 3, 2]}


def test_rounding_of_times(values):
    found = values("""
        time 5 min from 2026-01-05 08:00 zone "Europe/Paris"
        let a = ceil(50 min, 15 min)  let b = floor(2026-01-05 09:50, 30 min)  let c = round(2026-01-05 09:50, 1 h)
        let d = mod(100 min, 45 min)  let e = round(7 min)
    """)
    assert found == {"a": "1 h", "b": "2026-01-05 09:30", "c": "2026-01-05 10:00", "d": "10 min", "e": "5 min"}


def test_the_calendar_agrees_with_the_standard_library(values):
    random.seed(3)
    zone, origin = ZoneInfo("Europe/Paris"), datetime(2025, 12, 31, 23, tzinfo=UTC)
    minutes = [random.randrange(600_000) for _ in range(200)] + [m * 30 for m in range(127_000 // 30, 128_000 // 30)]
    rows = "; ".join(f"{k}, {m} min" for k, m in enumerate(minutes))
    parts = ("year", "month", "day", "weekday", "hour", "minute")
    found = values(
        'time 1 min from 2026-01-01 zone "Europe/Paris"\n'
        f"table t key k {{ k: int, after: duration }} rows {{ {rows} }}\n"
        + "\n".join(f"let {p}_of[r in t] = {p}(2026-01-01 + r.after)" for p in parts)
        + "\nlet first[r in t] = midnight(2026-01-01 + r.after)")
    for k, minute in enumerate(minutes):
        when = (origin + timedelta(minutes=minute)).astimezone(zone)
        expected = (when.year, when.month, when.day, when.isoweekday(), when.hour, when.minute)
        assert tuple(found[f"{p}_of"][k] for p in parts) == expected
        assert found["first"][k] == f"{when:%Y-%m-%d} 00:00"


def test_a_day_that_begins_late(values):
    found = values('time 30 min from 2018-11-03 zone "America/Sao_Paulo" let a = midnight(2018-11-04 12:00) '
                   "let b = hour(midnight(2018-11-04 12:00)) let c = hour(2018-11-04 12:00)")
    assert (found["a"], found["b"], found["c"]) == ("2018-11-04 01:00", 1, 12)


def test_dates_alone(values):
    found = values("time 1 d from 2026-02-27 let a = day(2026-03-01) let b = weekday(2026-03-01) let c = hour(3 d) "
                   "let d = month(3 d) let e = year(2026-12-31)")
    assert found == {"a": 1, "b": 7, "c": 0, "d": 3, "e": 2026}


def test_texts(values):
    found = values("""
        table t key id { id: text, n: int } rows { "press-12", 1; "mill-7-b", 2; "Grün", 3 }
        let a[r in t] = prefix(r.id, 4)  let b[r in t] = suffix(r.id, r.n)  let c[r in t] = part(r.id, "-", 2)
        let d[r in t] = concat(upper(r.id), "/", r.n, "/", r.n > 1, "/", r)  let e[r in t] = size(r.id)
        let f[r in t] = contains(r.id, "l")  let g = lower("ÄB")  let h = number(part("press-12", "-", 2)) + 0.5
        let i = count(r for r in t where prefix(r.id, 1) == "p")  let j = number("-3.50")
    """)
    assert found["a"] == ["pres", "mill", "Grün"]
    assert found["b"] == ["2", "-b", "rün"]
    assert found["c"] == ["12", "7", ""]
    assert found["d"] == ["PRESS-12/1/false/press-12", "MILL-7-B/2/true/mill-7-b", "GRÜN/3/true/Grün"]
    assert (found["e"], found["f"]) == ([8, 8, 4], ["false", "true", "false"])
    assert (found["g"], found["h"], found["i"], found["j"]) == ("äb", Fraction(25, 2), 1, Fraction(-7, 2))


@pytest.mark.parametrize(("text", "code", "words"), [
    ("let x = hour(3)", "E250", "needs an instant"), ('let x = hour("a")', "E250", "needs an instant"),
    ("let x = floor(3, 0)", "E181", "a step above 0"), ("let x = floor(3, 1, 2)", "E264", "takes 1 or 2, not 3"),
    ('let x = prefix("a", -1)', "E181", "a number from 0 on"), ('let x = prefix("a", 0.5)', "E250", "a whole number"),
    ('let x = part("a", "", 1)', "E181", "not empty"), ('let x = part("a", "-", 0)', "E181", "from 1 on"),
    ('let x = number("a")', "E182", "`a` is no number"), ("let x = upper(3)", "E250", "needs a text"),
    ("let x = concat(1 / 3)", "E250", "a text, a whole number or a row"), ("let x = mod(3)", "E264", "takes 2, not 1"),
    ("let x = upper(3 for i in 1 .. 3)", "E264", "no `for`"), ("let x = floor(3, 2 GB)", "E250", "a step"),
    ("let x = mod(3, 2 GB)", "E250", "the same"), ("task b lasts 1 require round(start(b)) > 0", "E267", "not linear"),
    ("let x = hour(3 h)", "E235", "origin"),
])
def test_wrong_calls(text, code, words):
    findings = Findings()
    time = "time 1 h for 9 h " if "3 h" in text else "time for 9 "
    assert load_text(f"{time}task a lasts 1{' h' if 'h for' in time else ''} {text}", {}, {}, findings) is None
    assert [d.code for d in findings.items if d.code[0] == "E"] == [code], findings.items
    assert words in findings.items[0].message
