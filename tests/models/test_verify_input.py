"""What the judge does with schedules that are none, and with very many violations."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest
from judged import judge
from made import Maker

from schedc.models.columns import ints
from schedc.models.schedule import Schedule
from schedc.models.verify import LISTED, More, verify


def two() -> Maker:
    """Two tasks of 2 on a saw, in order, excluding each other."""
    m = Maker(10)
    saw = m.resource("saw")
    m.down(saw, (4, 5))
    m.tasks_of("cut", [2, 2], uses={saw: 1}, pausable=True, within=[[(0, 10)]])
    m.order(0, 1)
    m.exclusive([0, 1])
    m.makespan()
    return m


GOOD: list[Any] = [ints([0, 2]), ints([2, 4]), ints([2, 2])]


@pytest.mark.parametrize("column", [0, 1, 2])
@pytest.mark.parametrize(
    "wrong",
    [
        ints([0]), ints([0, 2, 4]), ints([]), np.array([[0, 2]]), np.array([0.0, 2.0]), np.array([False, True]),
        np.array([0, 2], dtype=object), np.array(["0", "2"]), None, 3, [0, 2.5], [0, 1 << 70], [0, None],
    ],
)
def test_columns_that_are_no_integers_one_a_task_are_refused(column: int, wrong: Any) -> None:
    columns = list(GOOD)
    columns[column] = wrong
    with pytest.raises(ValueError, match=f"column `{('start', 'end', 'length')[column]}`"):
        verify(two().model(), Schedule(*columns))


@pytest.mark.parametrize("dtype", [np.int8, np.uint16, np.int32, np.uint64])
def test_columns_of_other_integer_types_are_taken(dtype: Any) -> None:
    verdict = verify(two().model(), Schedule(*(column.astype(dtype) for column in GOOD)))
    assert verdict.holds
    assert verdict.objectives == (4,)
    assert type(verdict.objectives[0]) is int


def test_lists_of_integers_are_taken() -> None:
    assert verify(two().model(), Schedule([0, 2], [2, 4], [2, 2])).holds  # type: ignore[arg-type]


ODD = (0, 1, 4, -1, 11, 1 << 40, -(1 << 40), (1 << 63) - 1, -(1 << 63))


@pytest.mark.parametrize("start", ODD)
def test_wild_values_never_hold_and_never_raise(start: int) -> None:
    model = two().model()
    for end, length in product((*ODD, 3), (0, 2, -1, (1 << 63) - 1, -(1 << 63))):
        verdict = verify(model, Schedule(ints([start, 6]), ints([end, 8]), ints([length, 2])))
        assert verdict.holds == ((start, end, length) == (1, 3, 2))
        assert all(v.amount > 0 for v in verdict.violations)


def test_unsigned_values_beyond_63_bits_are_far_away_and_not_negative() -> None:
    far = np.array([0, (1 << 64) - 1], dtype=np.uint64)
    verdict = verify(two().model(), Schedule(far, far, ints([2, 2])))
    assert {(v.kind, v.member) for v in verdict.violations} >= {("horizon", "cut[2]"), ("length", "cut[1]")}


def test_a_model_without_tasks() -> None:
    assert verify(Maker(5).model(), Schedule(ints([]), ints([]), ints([]))).holds
    assert verify(Maker(5).model(), Schedule(np.array([]), np.array([]), np.array([]))).holds


def test_very_many_violations_are_counted_beyond_the_listed_ones() -> None:
    m = Maker(10)
    saw = m.resource("saw")
    early = m.tasks_of("early", [1] * 50, uses={saw: 1}, release=5)
    m.tasks_of("fine", [1])
    m.orders([(t, t + 1) for t in early[:-1]])
    verdict = judge(m, *[(0, 1)] * 50, (3, 4))
    kinds = [v.kind for v in verdict.violations]
    assert [kinds.count("release"), kinds.count("order"), kinds.count("capacity")] == [20, 20, 1]
    assert LISTED == 20
    assert verdict.more == (
        More("release", m.tasks[0].clauses["release"], 30), More("order", m.relations[0].origin, 29),
    )
    assert verdict.count == 50 + 49 + 1
    assert [v.member for v in verdict.violations if v.kind == "release"] == [f"early[{k}]" for k in range(1, 21)]


def test_each_statement_has_its_own_list() -> None:
    m = Maker(10)
    for name in ("a", "b"):
        m.tasks_of(name, [1] * 25, deadline=5)
    verdict = judge(m, *[(8, 9)] * 50)
    assert [more.count for more in verdict.more] == [5, 5]
    assert {more.origin.span.line for more in verdict.more} == {1, 2}
