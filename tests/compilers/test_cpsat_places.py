"""CP-SAT: single tasks, their windows, pauses and lengths, against optima worked out by hand."""

from __future__ import annotations

import pytest
from made import Maker

from schedc.compilers.backend import Limits
from schedc.compilers.cpsat import CpSat, Encoding
from schedc.models.expressions import Point
from schedc.models.model import Model
from schedc.models.schedule import Schedule, Status
from schedc.models.verify import verify

LIMITS = Limits(seconds=30, workers=1)


def best(model: Model, compress: bool = True) -> Schedule:
    """The optimal schedule; it must hold, and its value must be proved."""
    outcome = CpSat(Encoding(compress)).compile(model).solve(LIMITS)
    assert outcome.status is Status.OPTIMAL and outcome.schedule is not None
    verdict = verify(model, outcome.schedule)
    assert verdict.holds
    assert verdict.objectives == outcome.bounds
    return outcome.schedule


def test_a_steady_task_avoids_what_is_too_short_for_it() -> None:
    m = Maker(30)
    saw = m.resource("saw")
    m.open(saw, (1, 4), (6, 11), (13, 30))
    m.task("cut", 6, uses={saw: 1})
    m.makespan()
    assert best(m.model()).start.tolist() == [13]


def test_a_pausable_task_ends_after_its_pauses() -> None:
    m = Maker(30)
    saw = m.resource("saw")
    m.open(saw, (1, 4), (6, 11), (13, 30))
    m.task("cut", 6, uses={saw: 1}, pausable=True)
    m.makespan()
    found = best(m.model())
    assert (found.start.tolist(), found.end.tolist(), found.length.tolist()) == ([1], [9], [6])


def test_a_pausable_task_that_ends_at_a_gap_does_not_cross_it() -> None:
    m = Maker(30)
    saw = m.resource("saw")
    m.open(saw, (1, 4), (6, 11))
    m.task("cut", 3, uses={saw: 1}, pausable=True)
    m.makespan()
    assert best(m.model()).end.tolist() == [4]


@pytest.mark.parametrize("compress", [True, False])
def test_pausable_tasks_share_a_machine(compress: bool) -> None:
    m = Maker(40)
    saw = m.resource("saw")
    m.down(saw, (3, 5), (9, 12))
    m.tasks_of("cut", [4, 3, 2], uses={saw: 1}, pausable=True)
    m.makespan()
    assert best(m.model(), compress).end.max() == 14


@pytest.mark.parametrize("compress", [True, False])
def test_pausable_tasks_on_a_wider_resource(compress: bool) -> None:
    """Capacity 3, 2 units at a time: two of demand 1 beside one of 2, through a gap at [2, 4)."""
    m = Maker(40)
    crew = m.resource("crew", 3)
    m.down(crew, (2, 4))
    m.tasks_of("small", [4, 4], uses={crew: 1}, pausable=True)
    m.tasks_of("large", [3, 3], uses={crew: 2}, pausable=True)
    m.makespan()
    found = best(m.model(), compress)
    assert found.end.max() == 9         # 20 units of work need 7 open ticks


def test_a_pausable_task_leaves_a_dip_to_a_smaller_one() -> None:
    """During [2, 6) one unit is left: the demand of 2 pauses there, and a demand of 1 fits in."""
    m = Maker(20)
    crew = m.resource("crew", 2)
    m.down(crew, (2, 6), leaving=1)
    big = m.task("big", 4, uses={crew: 2}, pausable=True)
    small = m.task("small", 4, uses={crew: 1})
    m.makespan()
    found = best(m.model())
    assert (found.start[big], found.end[big]) == (0, 8)
    assert (found.start[small], found.end[small]) == (2, 6)


def test_a_pausing_task_holds_its_other_resources() -> None:
    m = Maker(20)
    saw, room = m.resource("saw"), m.resource("room")
    m.down(saw, (1, 5))
    m.task("cut", 2, uses={saw: 1, room: 1}, pausable=True, deadline=6)
    m.task("paint", 3, uses={room: 1})
    m.makespan()
    found = best(m.model())
    assert found.start.tolist() == [0, 6]       # the cut lasts from 0 to 6, and the room with it


def test_within_holds_pauses_too() -> None:
    m = Maker(40)
    saw = m.resource("saw")
    m.down(saw, (3, 6))
    m.task("cut", 3, uses={saw: 1}, pausable=True, within=[[(1, 6), (7, 9), (10, 20)]])
    m.makespan()
    assert best(m.model()).start.tolist() == [10]


def test_several_within_clauses_are_alternatives() -> None:
    m = Maker(40)
    m.task("cut", 4, within=[[(2, 5)], [(8, 13)]])
    m.makespan()
    assert best(m.model()).start.tolist() == [8]


def test_a_variable_length_stays_in_one_open_stretch() -> None:
    """As long as possible: the open stretches are 3 and 5 long, the range allows 2 to 9."""
    m = Maker(12)
    saw = m.resource("saw")
    m.open(saw, (0, 3), (5, 10))
    task = m.task("cut", (2, 9), uses={saw: 1})
    m.goal([(Point.LENGTH, task, 1)], minimize=False)
    found = best(m.model())
    assert (found.start[0], found.end[0]) == (5, 10)


def test_a_pausable_variable_length_works_around_the_gap() -> None:
    m = Maker(12)
    saw = m.resource("saw")
    m.open(saw, (0, 3), (5, 10))
    task = m.task("cut", (2, 9), uses={saw: 1}, pausable=True)
    m.goal([(Point.LENGTH, task, 1)], minimize=False)
    found = best(m.model())
    assert (found.start[0], found.end[0], found.length[0]) == (0, 10, 8)


def test_length_zero_conflicts_with_nothing() -> None:
    """The mark may stand inside the cut although both want the whole saw, and in the saw's downtime."""
    m = Maker(10)
    saw = m.resource("saw")
    m.down(saw, (8, 10))
    cut = m.task("cut", 6, uses={saw: 1})
    mark, late = m.task("mark", 0, uses={saw: 1}), m.task("late", 0, uses={saw: 1})
    m.exclusive([cut, mark])
    m.order(cut, mark, lo=2, points=(Point.START, Point.START))
    m.order(mark, cut, lo=2, points=(Point.START, Point.END))
    m.order(late, late, lo=0)
    m.goal([(Point.START, late, 1)], minimize=False)
    found = best(m.model())
    assert found.start[cut] + 2 <= found.start[mark] <= found.end[cut] - 2
    assert found.start[late] == 10


def test_a_length_that_may_be_zero_only_holds_when_it_is_not() -> None:
    """The saw is taken throughout; the only room for the other task is at length 0."""
    m = Maker(5)
    saw = m.resource("saw")
    m.task("cut", 5, uses={saw: 1})
    free = m.task("free", (0, 3), uses={saw: 1})
    m.goal([(Point.LENGTH, free, 1)], minimize=False)
    assert best(m.model()).length.tolist() == [5, 0]


def test_no_task_at_all() -> None:
    m = Maker(5)
    m.makespan()
    assert best(m.model()).start.tolist() == []
