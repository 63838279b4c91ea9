"""The judge on resources over time."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
from judged import found, judge
from made import Maker, at, spans

from schedc.models.columns import Family, ints
from schedc.models.schedule import Schedule
from schedc.models.statements import Downtime, Resources, Uses
from schedc.models.verify import verify


def test_demands_up_to_the_capacity_hold() -> None:
    m = Maker(20)
    crew = m.resource("crew", 4)
    m.tasks_of("move", [5, 5], uses={crew: 2})
    assert judge(m, (0, 5), (3, 8)).holds


def test_an_overload_is_one_stretch_with_its_greatest_excess() -> None:
    m = Maker(20)
    crew = m.resource("crew", 4)
    m.tasks_of("move", [6, 6, 4], uses={crew: 2})
    m.task("lift", 2, uses={crew: 3})
    # 2 from 0, 4 from 2, 6 from 4, 9 in 5..7 (lift ends at 7), 2 after 8
    verdict = judge(m, (0, 6), (2, 8), (4, 8), (5, 7))
    (violation,) = verdict.violations
    assert (violation.kind, violation.member, violation.amount, violation.at) == ("capacity", "crew", 5, 5)
    assert violation.origin == m.resources[0].origin
    assert violation.message == "`crew` is asked for 9 of 4 from 4 to 7"
    assert violation.tasks == ("move[1]", "move[2]", "move[3]", "lift")


def test_separate_stretches_are_separate_violations() -> None:
    m = Maker(30)
    saw = m.resource("saw")
    m.tasks_of("cut", [4, 4, 4, 4], uses={saw: 1})
    assert found(m, (0, 4), (3, 7), (10, 14), (12, 16)) == [
        ("capacity", 1, "resource saw", "saw", 1, 3),
        ("capacity", 1, "resource saw", "saw", 1, 12),
    ]


def test_half_open_tasks_may_touch() -> None:
    m = Maker(20)
    saw = m.resource("saw")
    m.tasks_of("cut", [4, 4], uses={saw: 1})
    assert judge(m, (0, 4), (4, 8)).holds
    assert found(m, (0, 4), (3, 7)) == [("capacity", 1, "resource saw", "saw", 1, 3)]


def test_a_task_of_length_zero_uses_nothing() -> None:
    m = Maker(20)
    saw = m.resource("saw")
    m.task("cut", 4, uses={saw: 1})
    m.task("mark", 0, uses={saw: 1})
    m.task("huge", 0, uses={saw: 9})
    assert judge(m, (0, 4), (2, 2), (3, 3)).holds


def test_demands_of_one_task_on_one_resource_add_up() -> None:
    m = Maker(20)
    crew = m.resource("crew", 3)
    m.task("cut", 4, uses={crew: 2})
    cut = m.tasks[0]
    m.tasks[0] = replace(cut, uses=cut.uses * 2)
    assert found(m, (0, 4)) == [("capacity", 1, "resource crew", "crew", 1, 0)]


def test_outside_open_times_there_is_nothing_and_several_open_unite() -> None:
    m = Maker(20)
    saw = m.resource("saw")
    first, second = m.open(saw, (2, 5)), m.open(saw, (5, 9))
    m.task("cut", 6, uses={saw: 1})
    assert judge(m, (2, 8)).holds
    (early,) = judge(m, (1, 7)).violations
    assert (early.origin, early.amount, early.at) == (first.origin, 1, 1)
    assert early.message == "`saw` is asked for 1 of 0 from 1 to 2"
    (late,) = judge(m, (4, 10)).violations
    assert (late.origin, late.amount, late.at) == (first.origin, 1, 9)
    assert second.origin != first.origin


def test_the_least_of_several_downtimes_counts_and_gives_its_address() -> None:
    m = Maker(20)
    crew = m.resource("crew", 5)
    m.down(crew, (2, 8), leaving=3)
    deeper = m.down(crew, (4, 6), leaving=1)
    m.task("move", 10, uses={crew: 2})
    (violation,) = judge(m, (0, 10)).violations
    assert (violation.origin, violation.amount, violation.at) == (deeper.origin, 1, 4)
    assert violation.message == "`crew` is asked for 2 of 1 from 4 to 6"


def test_a_downtime_does_not_open_what_is_closed_and_leaves_no_more_than_there_is() -> None:
    m = Maker(20)
    crew = m.resource("crew", 2)
    m.open(crew, (4, 12))
    m.down(crew, (0, 20), leaving=3)
    m.task("move", 4, uses={crew: 2})
    assert judge(m, (4, 8)).holds
    assert found(m, (3, 7)) == [("capacity", 2, "open", "crew", 2, 3)]


def test_a_paused_task_lets_go_only_of_what_is_down() -> None:
    m = Maker(20)
    saw, crew = m.resource("saw"), m.resource("crew", 1)
    m.down(saw, (3, 5))
    m.task("cut", 4, uses={saw: 1, crew: 1}, pausable=True)
    m.task("help", 2, uses={crew: 1})
    m.task("gauge", 1)
    # the crew stays with the paused cut
    assert found(m, (1, 7, 4), (3, 5), (0, 1)) == [("capacity", 2, "resource crew", "crew", 1, 3)]
    assert judge(m, (1, 7, 4), (7, 9), (0, 1)).holds


def test_what_a_dip_leaves_can_be_used_while_another_pauses() -> None:
    m = Maker(20)
    crew = m.resource("crew", 3)
    m.down(crew, (3, 5), leaving=1)
    m.task("cut", 4, uses={crew: 2}, pausable=True)
    m.task("help", 2, uses={crew: 1})
    assert judge(m, (1, 7, 4), (3, 5)).holds
    assert judge(m, (1, 7, 4), (2, 4)).holds
    m.task("more", 2, uses={crew: 1})
    dip = m.availability[0].origin
    (violation,) = judge(m, (1, 7, 4), (3, 5), (4, 6)).violations
    assert (violation.origin, violation.amount, violation.at, violation.tasks) == (dip, 1, 4, ("help", "more"))


def test_paused_tasks_that_come_back_count_again() -> None:
    m = Maker(20)
    crew = m.resource("crew", 3)
    m.down(crew, (3, 5), leaving=1)
    m.tasks_of("cut", [4, 4], uses={crew: 2}, pausable=True)
    assert found(m, (1, 7, 4), (5, 9, 4)) == [("capacity", 1, "resource crew", "crew", 1, 5)]


def test_amounts_are_told_in_the_authors_units() -> None:
    m = Maker(20)
    m.resources.append(Resources(at(1, "resource net"), Family("net", 1), 0, ints([4]), "Gbps", Fraction(5, 2)))
    m.tasks_of("sync", [5, 5], uses={0: 3})
    (violation,) = judge(m, (0, 5), (0, 5)).violations
    assert (violation.amount, violation.message) == (2, "`net` is asked for 15 Gbps of 10 Gbps from 0 to 5")
    m.resources[0] = replace(m.resources[0], scale=Fraction(1, 8), unit="")
    assert "asked for 0.75 of 0.5 from" in judge(m, (0, 5), (0, 5)).violations[0].message
    m.resources[0] = replace(m.resources[0], scale=Fraction(1, 3))
    assert "asked for 2 of 4/3 from" in judge(m, (0, 5), (0, 5)).violations[0].message


def test_one_downtime_statement_over_a_family_with_a_row_each() -> None:
    m = Maker(20)
    m.resources.append(Resources(at(1, "resource m"), Family("m", 2, (ints([1, 2]),)), 0, ints([2, 2])))
    times = spans([(0, 4)], [(6, 8)])
    m.availability.append(Downtime(at(2, "downtime"), ints([0, 1]), ints([0, 1]), times, ints([1, 0])))
    m.task("a", 10, uses={0: 2})
    m.task("b", 10, uses={1: 1})
    assert found(m, (0, 10), (0, 10)) == [
        ("capacity", 2, "downtime", "m[1]", 1, 0),
        ("capacity", 2, "downtime", "m[2]", 1, 6),
    ]


def test_horizons_cost_nothing() -> None:
    m = Maker(1 << 40)
    saw = m.resource("saw")
    m.down(saw, (1 << 39, (1 << 39) + 1))
    m.task("cut", 1 << 39, uses={saw: 1}, pausable=True)
    assert judge(m, (1, (1 << 39) + 2, 1 << 39)).holds
    assert found(m, (1, (1 << 39) + 1, 1 << 39))[0] == ("length", 3, "pausable", "cut", 1, 1)


def test_sums_beyond_64_bits_are_exact() -> None:
    m = Maker(10)
    net = m.resource("net", (1 << 62) - 1)
    m.tasks_of("sync", [5, 5, 5, 5], uses={net: (1 << 61) - 1})
    assert judge(m, (0, 5), (0, 5), (5, 10), (5, 10)).holds
    (violation,) = judge(m, (0, 5), (0, 5), (0, 5), (0, 5)).violations
    assert violation.amount == 4 * ((1 << 61) - 1) - ((1 << 62) - 1)


def test_a_million_unit_tasks() -> None:
    n = 1_000_000
    rows = np.arange(n)
    m = Maker(1 << 40)
    crew = m.resource("crew", 10)
    m.tasks_of("t", [1] * n, uses={crew: 1})
    m.makespan()
    model = m.model()
    ten = rows // 10
    good = verify(model, Schedule(ten, ten + 1, np.ones_like(rows)))
    assert (good.holds, good.objectives) == (True, (n // 10,))
    moved = np.where(rows == n - 1, 7, ten)
    bad = verify(model, Schedule(moved, moved + 1, np.ones_like(rows)))
    assert [(v.amount, v.at) for v in bad.violations] == [(1, 7)]


def test_a_hundred_thousand_resources_each_with_its_own_downtime() -> None:
    n = 100_000
    rows = np.arange(n)
    m = Maker(1 << 30)
    m.resources.append(Resources(at(1, "resource m"), Family("m", n, (rows,)), 0, np.ones(n, dtype=np.int64)))
    times = replace(spans(), ptr=np.arange(n + 1), lo=rows + 5, hi=rows + 7)
    m.availability.append(Downtime(at(2, "downtime"), rows, rows, times, np.zeros(n, dtype=np.int64)))
    m.tasks_of("t", [4] * n)
    m.tasks[0] = replace(m.tasks[0], uses=(Uses(at(3, "uses m"), rows, rows, np.ones_like(rows)),))
    model = m.model()
    four = np.full_like(rows, 4)
    assert verify(model, Schedule(rows + 1, rows + 5, four)).holds
    verdict = verify(model, Schedule(rows + 2, rows + 6, four))
    assert verdict.count == n
    assert (verdict.violations[1].member, verdict.violations[1].at) == ("m[1]", 6)
