"""The judge on orders and on `exclusive`."""

from __future__ import annotations

import pytest
from judged import found, judge
from made import Maker

from schedc.models.columns import UNLIMITED
from schedc.models.expressions import Point


def two() -> Maker:
    """Two tasks, of 3 and of 2."""
    m = Maker(40)
    m.task("a", 3)
    m.task("b", 2)
    return m


def test_a_plain_order() -> None:
    m = two()
    m.order(0, 1)
    assert judge(m, (0, 3), (3, 5)).holds
    assert found(m, (0, 3), (1, 3)) == [("order", 3, "order", "a -> b", 2, 1)]
    (violation,) = judge(m, (0, 3), (1, 3)).violations
    assert violation.message == "`b` starts at 1, 2 before 3, where its order behind `a` puts it at the earliest"
    assert violation.tasks == ("a", "b")


def test_both_limits_of_a_lag() -> None:
    m = two()
    m.order(0, 1, 2, 4)
    assert judge(m, (0, 3), (5, 7)).holds and judge(m, (0, 3), (7, 9)).holds
    assert found(m, (0, 3), (4, 6)) == [("order", 3, "order", "a -> b", 1, 4)]
    assert found(m, (0, 3), (10, 12)) == [("order", 3, "order", "a -> b", 3, 10)]
    (violation,) = judge(m, (0, 3), (10, 12)).violations
    assert violation.message == "`b` starts at 10, 3 after 7, where its order behind `a` puts it at the latest"


@pytest.mark.parametrize(
    ("points", "lag"),
    [
        ((Point.START, Point.START), 7), ((Point.START, Point.END), 9),
        ((Point.END, Point.START), 4), ((Point.END, Point.END), 6),
    ],
)
def test_the_four_anchors(points: tuple[Point, Point], lag: int) -> None:
    m = two()
    m.order(0, 1, lag, lag, points)
    assert judge(m, (1, 4), (8, 10)).holds
    assert [v.amount for v in judge(m, (1, 4), (9, 11)).violations] == [1]
    assert [v.amount for v in judge(m, (1, 4), (5, 7)).violations] == [3]


def test_negative_lags() -> None:
    m = two()
    m.order(0, 1, -2, -1)
    assert judge(m, (5, 8), (6, 8)).holds
    assert found(m, (5, 8), (5, 7)) == [("order", 3, "order", "a -> b", 1, 5)]
    assert found(m, (5, 8), (8, 10)) == [("order", 3, "order", "a -> b", 1, 8)]


def test_an_unlimited_lag_limits_nothing() -> None:
    m = two()
    m.order(0, 1, None, None)
    assert judge(m, (30, 33), (0, 2)).holds
    assert m.relations[0].hi[0] == UNLIMITED


def test_orders_bind_tasks_of_length_zero() -> None:
    m = Maker(20)
    m.task("a", 3)
    m.task("mark", 0)
    m.order(0, 1, 1)
    assert judge(m, (0, 3), (4, 4)).holds
    assert found(m, (0, 3), (3, 3)) == [("order", 3, "order", "a -> mark", 1, 3)]


def test_each_arrow_of_a_statement_is_judged() -> None:
    m = Maker(40)
    a, b = m.tasks_of("a", [2, 2]), m.tasks_of("b", [2, 2])
    m.orders(list(zip(a, b)), 1)
    assert found(m, (0, 2), (0, 2), (1, 3), (2, 4)) == [
        ("order", 3, "order", "a[1] -> b[1]", 2, 1),
        ("order", 3, "order", "a[2] -> b[2]", 1, 2),
    ]


def test_the_end_of_a_paused_task_counts() -> None:
    m = Maker(20)
    saw = m.resource("saw")
    m.down(saw, (2, 6))
    m.task("a", 3, uses={saw: 1}, pausable=True)
    m.task("b", 2)
    m.order(0, 1)
    assert judge(m, (1, 8, 3), (8, 10)).holds
    assert found(m, (1, 8, 3), (4, 6)) == [("order", 5, "order", "a -> b", 4, 4)]


def three() -> Maker:
    """Three tasks that exclude each other."""
    m = Maker(40)
    m.tasks_of("a", [6, 4, 4])
    m.exclusive([0, 1, 2])
    return m


def test_exclusive_tasks_may_touch() -> None:
    assert judge(three(), (0, 6), (6, 10), (10, 14)).holds


def test_an_overlap_is_told_with_both_tasks_and_its_ticks() -> None:
    (violation,) = judge(three(), (0, 6), (4, 8), (10, 14)).violations
    assert (violation.kind, violation.member, violation.amount, violation.at) == ("exclusive", "a[1], a[2]", 2, 4)
    assert violation.message == "`a[2]` starts at 4 while `a[1]` runs: both stand there for 2"
    assert violation.tasks == ("a[1]", "a[2]")


def test_a_task_inside_a_longer_one_is_seen_behind_a_shorter_one() -> None:
    # a[2] ends at 4, a[1] runs on to 6: a[3] at 5 overlaps a[1]
    assert [(v.member, v.amount, v.at) for v in judge(three(), (0, 6), (0, 4), (5, 9)).violations] == [
        ("a[1], a[2]", 4, 0), ("a[1], a[3]", 1, 5),
    ]


def test_a_task_of_length_zero_overlaps_nothing() -> None:
    m = Maker(40)
    m.task("a", 6)
    m.task("mark", 0)
    m.exclusive([0, 1])
    assert judge(m, (0, 6), (3, 3)).holds


def test_pauses_hold_the_place_in_an_exclusive() -> None:
    m = Maker(40)
    saw = m.resource("saw")
    m.down(saw, (2, 6))
    m.task("a", 3, uses={saw: 1}, pausable=True)
    m.task("b", 2)
    m.exclusive([0, 1])
    assert found(m, (1, 8, 3), (3, 5)) == [("exclusive", 5, "exclusive", "a, b", 2, 3)]


def test_instances_do_not_mix() -> None:
    m = Maker(40)
    m.tasks_of("a", [6, 6, 6, 6])
    m.exclusive([0, 1], [], [2, 3], [3, 1])
    assert judge(m, (0, 6), (6, 12), (7, 13), (0, 6)).holds
    assert [v.member for v in judge(m, (0, 6), (3, 9), (3, 9), (9, 15)).violations] == ["a[1], a[2]"]
    assert [v.member for v in judge(m, (0, 6), (6, 12), (5, 11), (10, 16)).violations] == ["a[3], a[4]", "a[2], a[4]"]
