"""The judge on single tasks: horizon, lengths, pauses, release, deadline, within."""

from __future__ import annotations

import pytest
from judged import found, judge
from made import Maker

from schedc.models.axis import TimeAxis


def test_a_task_in_the_horizon_holds() -> None:
    m = Maker(10)
    m.task("cut", 4)
    assert judge(m, (0, 4)).holds
    assert judge(m, (6, 10)).holds


def test_the_horizon_binds_both_ends() -> None:
    m = Maker(10)
    m.task("cut", 4)
    assert found(m, (-3, 1)) == [("horizon", 1, "the model", "cut", 3, -3)]
    assert found(m, (8, 12)) == [("horizon", 1, "the model", "cut", 2, 8)]


def test_a_task_of_length_zero_may_stand_at_the_very_end_but_not_behind() -> None:
    m = Maker(10)
    m.task("mark", 0)
    assert judge(m, (10, 10)).holds
    assert found(m, (11, 11)) == [("horizon", 1, "the model", "mark", 1, 11)]


def test_lengths_have_a_least_and_a_greatest() -> None:
    m = Maker(20)
    m.task("cut", (3, 5))
    assert judge(m, (2, 5)).holds and judge(m, (2, 7)).holds
    assert found(m, (2, 4)) == [("length", 1, "lasts", "cut", 1, 2)]
    assert found(m, (2, 9)) == [("length", 1, "lasts", "cut", 2, 2)]


def test_a_task_that_may_not_pause_ends_after_its_length() -> None:
    m = Maker(20)
    m.task("cut", (3, 5))
    assert found(m, (2, 8, 4)) == [("length", 1, "lasts", "cut", 2, 2)]
    assert found(m, (5, 2, 3)) == [("length", 1, "lasts", "cut", 6, 5)]
    (violation,) = judge(m, (2, 8, 4)).violations
    assert violation.message == "`cut` ends at 8, its start plus its length is 6"
    assert violation.tasks == ("cut",)


def lunch(capacity: int = 1, demand: int = 1, leaving: int = 0, pausable: bool = True) -> Maker:
    """A task of 4 on a saw that is down (or leaves less) in 3..5."""
    m = Maker(12)
    saw = m.resource("saw", capacity)
    m.down(saw, (3, 5), leaving=leaving)
    m.task("cut", 4, uses={saw: demand}, pausable=pausable)
    return m


def test_pauses_are_not_worked() -> None:
    assert judge(lunch(), (1, 7, 4)).holds
    assert found(lunch(), (1, 5, 4)) == [
        ("length", 3, "pausable", "cut", 2, 1),     # 1 and 2 can be worked, not 4
        ("pause", 3, "pausable", "cut", 2, 4),      # its last tick and the one before are paused
    ]
    assert found(lunch(), (1, 6, 4)) == [("length", 3, "pausable", "cut", 1, 1)]
    assert found(lunch(), (1, 8, 4)) == [("length", 3, "pausable", "cut", 1, 1)]


def test_the_first_tick_is_worked() -> None:
    assert found(lunch(), (3, 9, 4)) == [("pause", 3, "pausable", "cut", 2, 3)]
    assert found(lunch(), (4, 9, 4)) == [("pause", 3, "pausable", "cut", 1, 4)]
    assert judge(lunch(), (5, 9, 4)).holds


def test_the_last_tick_is_worked() -> None:
    m = Maker(12)
    saw = m.resource("saw")
    m.down(saw, (5, 7))
    m.task("cut", 4, uses={saw: 1}, pausable=True)
    assert judge(m, (1, 5, 4)).holds
    assert found(m, (1, 7, 4)) == [("pause", 3, "pausable", "cut", 2, 6)]


def test_a_dip_that_leaves_the_demand_is_no_pause() -> None:
    enough = lunch(capacity=3, demand=2, leaving=2)
    assert judge(enough, (1, 5, 4)).holds
    assert found(enough, (1, 7, 4)) == [("length", 3, "pausable", "cut", 2, 1)]
    assert judge(lunch(capacity=3, demand=3, leaving=2), (1, 7, 4)).holds


def test_any_resource_that_is_down_pauses_and_pauses_do_not_count_twice() -> None:
    m = Maker(20)
    saw, crew = m.resource("saw"), m.resource("crew", 2)
    m.down(saw, (2, 4))
    m.down(crew, (3, 6), leaving=1)
    m.down(crew, (8, 9))
    m.task("cut", 5, uses={saw: 1, crew: 2}, pausable=True)
    # pauses 2..6 and 8..9: worked are 0, 1, 6, 7, 9
    assert judge(m, (0, 10, 5)).holds
    assert found(m, (0, 9, 4))[0] == ("length", 6, "lasts", "cut", 1, 0)


def test_two_demands_on_one_resource_pause_as_their_sum() -> None:
    m = Maker(12)
    crew = m.resource("crew", 3)
    m.down(crew, (2, 4), leaving=2)
    m.task("cut", 3, uses={crew: 1}, pausable=True)
    double = m.tasks[0].uses[0]
    m.tasks[0] = type(m.tasks[0])(**{**vars(m.tasks[0]), "uses": (double, double, double)})
    assert judge(m, (1, 6, 3)).holds
    assert not judge(m, (1, 4, 3)).holds


def test_a_pausable_task_of_length_zero_ends_where_it_starts_even_in_a_pause() -> None:
    m = Maker(12)
    saw = m.resource("saw")
    m.down(saw, (3, 5))
    m.task("mark", 0, uses={saw: 1}, pausable=True)
    assert judge(m, (4, 4, 0)).holds
    assert [v.kind for v in judge(m, (3, 5, 0)).violations] == ["pause", "pause"]


def test_release_and_deadline() -> None:
    m = Maker(20)
    m.task("cut", 4, release=5, deadline=12)
    assert judge(m, (5, 9)).holds and judge(m, (8, 12)).holds
    assert found(m, (3, 7)) == [("release", 1, "release", "cut", 2, 3)]
    assert found(m, (10, 14)) == [("deadline", 1, "deadline", "cut", 2, 14)]


def test_a_task_of_length_zero_keeps_its_release() -> None:
    m = Maker(20)
    m.task("mark", 0, release=5, deadline=5)
    assert judge(m, (5, 5)).holds
    assert found(m, (4, 4)) == [("release", 1, "release", "mark", 1, 4)]
    assert found(m, (6, 6)) == [("deadline", 1, "deadline", "mark", 1, 6)]


def test_within_takes_the_whole_span_into_one_span() -> None:
    m = Maker(20)
    m.task("cut", 3, within=[[(2, 5), (6, 10)]])
    assert judge(m, (2, 5)).holds and judge(m, (7, 10)).holds
    # 4..7 lies 2 beyond 2..5, and begins 2 before 6..10; the first counts where both are as near
    assert found(m, (4, 7)) == [("within", 1, "within", "cut", 2, 4)]
    assert found(m, (9, 12)) == [("within", 1, "within", "cut", 2, 9)]
    assert found(m, (0, 3)) == [("within", 1, "within", "cut", 2, 0)]


def test_several_within_are_alternatives_and_the_nearest_is_told() -> None:
    m = Maker(20)
    m.task("cut", 3, within=[[(2, 4)], [(9, 13)]])
    assert judge(m, (9, 12)).holds
    (violation,) = judge(m, (8, 11)).violations
    assert violation.message == "`cut` stands from 8 to 11, outside 9 .. 13 by 1"
    assert [v.amount for v in judge(m, (2, 5)).violations] == [1]


def test_within_that_touch_do_not_join() -> None:
    m = Maker(20)
    m.task("cut", 3, within=[[(2, 5)], [(5, 9)]])
    assert found(m, (4, 7)) == [("within", 1, "within", "cut", 1, 4)]


def test_within_binds_pauses() -> None:
    m = lunch()
    cut = m.tasks[0]
    m.tasks.clear()
    m.task("cut", 4, uses={0: 1}, pausable=True, within=[[(0, 6)]])
    assert cut.size == 1
    assert found(m, (1, 7, 4)) == [("within", 4, "within", "cut", 1, 1)]


@pytest.mark.parametrize(("tick", "holds"), [(1, False), (2, True), (5, True), (6, False)])
def test_within_for_a_task_of_length_zero_includes_both_ends(tick: int, holds: bool) -> None:
    m = Maker(20)
    m.task("mark", 0, within=[[(2, 5), (8, 9)]])
    assert judge(m, (tick, tick)).holds == holds


def test_a_within_without_any_time() -> None:
    m = Maker(20)
    m.task("cut", 3, within=[[]])
    (violation,) = judge(m, (4, 7)).violations
    assert (violation.amount, violation.message) == (
        3, "`cut` stands from 4 to 7, its `within` has no time in the horizon"
    )


def test_messages_speak_in_the_models_units() -> None:
    m = Maker(96, TimeAxis(96, 900 * 10**9, "2026-01-05T08:00:00+01:00", "Europe/Paris"))
    m.task("cut", 4, release=8)
    m.task("sand", (4, 8))
    messages = [v.message for v in judge(m, (3, 7), (0, 2)).violations]
    assert messages == [
        "`sand` works 30 min, less than its least length of 1 h",
        "`cut` starts at 2026-01-05 08:45, 1 h 15 min before its release at 2026-01-05 10:00",
    ]


def test_members_of_a_family_are_named_and_only_the_wrong_ones() -> None:
    m = Maker(20)
    m.tasks_of("cut", [1, 2, 3], deadline=10)
    assert found(m, (0, 1), (9, 11), (10, 13)) == [
        ("deadline", 1, "deadline", "cut[2]", 1, 11),
        ("deadline", 1, "deadline", "cut[3]", 3, 13),
    ]
