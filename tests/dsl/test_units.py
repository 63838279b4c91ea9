"""Units and dimensions."""

from __future__ import annotations

from fractions import Fraction

import pytest

from schedc.dsl.units import UNITS, joined, meant


def test_every_unit_stands_for_something():
    assert all(u.size > 0 for u in UNITS.values())


@pytest.mark.parametrize(("a", "b", "factor"), [
    ("h", "min", 60), ("w", "d", 7), ("s", "ns", 10**9), ("GB", "MB", 1000), ("GiB", "MiB", 1024), ("B", "bit", 8),
    ("Gbps", "Mbps", 1000), ("kWh", "Wh", 1000), ("kg", "g", 1000), ("t", "kg", 1000), ("km", "m", 1000),
])
def test_factors(a, b, factor):
    assert UNITS[a].dims == UNITS[b].dims
    assert UNITS[a].size == factor * UNITS[b].size


@pytest.mark.parametrize(("rate", "amount"), [("Gbps", "Gbit"), ("kW", "kWh"), ("MBps", "MB")])
def test_a_rate_times_a_duration_is_an_amount(rate, amount):
    assert joined(UNITS[rate].dims, UNITS["h"].dims) == UNITS[amount].dims


def test_one_kilowatt_for_an_hour_is_a_kilowatt_hour():
    assert UNITS["kW"].size * UNITS["h"].size == UNITS["kWh"].size
    assert UNITS["Gbps"].size * UNITS["s"].size == UNITS["Gbit"].size


@pytest.mark.parametrize(("word", "unit"), [
    ("hours", "h"), ("hour", "h"), ("Minutes", "min"), ("secs", "s"), ("days", "d"), ("gbps", "Gbps"), ("eur", "EUR"),
    ("MINUTES", "min"), ("gigabytes", "GB"), ("tons", "t"), ("minuts", "min"), ("florps", None),
])
def test_what_was_meant(word, unit):
    assert meant(word) == unit


def test_products_and_quotients(values):
    found = values("""
        time 1 min
        let a = 10 Gbps * 8 s
        let b = if a == 10 GB then 1 else 0
        let c = if 250 kW * 2 h == 500 kWh then 1 else 0
        let d = 90 EUR / 45 min * 1 h
        let e = if 1 KiB > 1 kB and 1 TiB == 1024 GiB then 1 else 0
        let f = 3 GB / 500 MB
    """)
    assert (found["b"], found["c"], found["d"], found["e"], found["f"]) == (1, 1, "120 EUR", 1, 6)


@pytest.mark.parametrize(("text", "says"), [
    ("1 GB + 1 h", ("data", "duration")),
    ("1 EUR + 1 USD", ("EUR", "USD")),
    ("1 Gbps + 1 GB", ("data/time", "data")),
    ("1 h + 1", ("a duration", "a number")),
    ("2026-01-05 + 2026-01-06", ("an instant and an instant",)),
    ("2026-01-05 - 3", ("an instant", "a number")),
    ("1 h - 2026-01-06", ("a duration", "an instant")),
    ("if 1 h < 1 GB then 1 else 2", ("a duration", "data")),
    ("1 h 30 EUR", ("a duration", "EUR")),
])
def test_mixed_kinds_name_both_sides(built, text, says):
    message = built(f"time 1 h from 2026-01-01 for 9 d  let x = {text}").only("E250").message
    assert all(word in message for word in says)


def test_an_unknown_unit_is_corrected(built):
    found = built("time 1 h for 9 d\ntask a lasts 3 hours")
    fix = found.only("E256").fixes[0]
    assert fix.text == "did you mean `3 h`" and fix.replacement == "3 h"
    assert found.marked(found.only("E256")) == "3 hours"


def test_a_missing_comma_is_not_a_unit(built):
    found = built("time 1 h for 9 d\nresource crew capacity 3 resource crane\ntask a lasts 3 h uses crew 2 crane")
    fix = found.only("E256").fixes[0]
    assert fix.replacement == "2," and fix.span is not None
    assert found.text.splitlines()[2][fix.span.column - 1:fix.span.end_column - 1] == "2"


def test_amounts_of_a_family_become_the_smallest_integers(built):
    model = built("""
        resource net capacity 40 Gbps
        resource mem capacity 1.5 GiB
        resource room[i in 1 .. 2] capacity 6 * i
        task a lasts 1 uses net 20 Gbps, mem 512 MiB, room[1] 3
        task b lasts 1 uses net 5000 Mbps, room[2] 12
        time for 9
    """).model
    net, mem, room = model.resources
    assert (net.capacity.tolist(), net.scale, net.unit) == ([8], Fraction(5), "Gbps")
    assert (mem.capacity.tolist(), mem.scale, mem.unit) == ([3], Fraction(1, 2), "GiB")
    assert (room.capacity.tolist(), room.scale, room.unit) == ([2, 4], Fraction(3), "")
    assert [u.amount.tolist() for t in model.tasks for u in t.uses] == [[4], [1], [1], [1], [4]]


def test_fractions_are_scaled_away(built):
    model = built("time for 9  resource r capacity 2.5  task a[i in 1 .. 2] lasts 1 uses r i / 3").model
    assert (model.resources[0].capacity.tolist(), model.resources[0].scale) == ([15], Fraction(1, 6))
    assert model.tasks[0].uses[0].amount.tolist() == [2, 4]


def test_what_a_downtime_leaves_is_scaled_along(built):
    model = built(
        "time for 9  resource r capacity 8  downtime r during 2 .. 4 leaving 6  task a lasts 1 uses r 4"
    ).model
    assert model.availability[0].leaving.tolist() == [3]
    assert (model.resources[0].capacity.tolist(), model.resources[0].scale) == ([4], 2)


def test_demand_and_capacity_of_different_kinds(built):
    found = built("time for 9  resource r capacity 5 Gbps  task a lasts 1 uses r 2")
    assert "a number" in found.only("E250").message
    assert found.only("E250").others
