"""CP-SAT: capacity, orders, exclusions, conditions and goals, against optima worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from made import Maker

from schedc.compilers.backend import Limits
from schedc.compilers.cpsat import CpSat
from schedc.models.columns import ints
from schedc.models.expressions import (
    Absolute,
    Compare,
    Extreme,
    Indicator,
    IntExpr,
    Junction,
    Known,
    Linear,
    Makespan,
    Member,
    Not,
    Operator,
    Part,
    Point,
    Truth,
)
from schedc.models.model import Model
from schedc.models.schedule import Schedule, Status
from schedc.models.source import NO_ORIGIN
from schedc.models.statements import Require, Stage
from schedc.models.verify import verify

LIMITS = Limits(seconds=30, workers=1)


def best(model: Model) -> Schedule:
    """The optimal schedule; it must hold, and its values must be proved."""
    outcome = CpSat().compile(model).solve(LIMITS)
    assert outcome.status is Status.OPTIMAL and outcome.schedule is not None
    verdict = verify(model, outcome.schedule)
    assert verdict.holds
    assert verdict.objectives == outcome.bounds
    return outcome.schedule


def infeasible(model: Model) -> bool:
    """Whether CP-SAT proves that there is no schedule."""
    return CpSat().compile(model).solve(LIMITS).status is Status.INFEASIBLE


def linear(const: int, *terms: tuple[int, Point, int]) -> Linear:
    """const + the sum of coef * point(task)."""
    return Linear(
        ints([const]), ints([0] * len(terms)), ints(int(p) for _, p, _ in terms), ints(t for _, _, t in terms),
        ints(c for c, _, _ in terms),
    )


def junction(op: str, *operands: Truth) -> Junction:
    """All or any of some single-row conditions."""
    return Junction(op, 1, tuple(Member(ints([0]), o, ints([0])) for o in operands))  # type: ignore[arg-type]


def require(m: Maker, condition: Truth) -> None:
    """`require condition`."""
    m.relations.append(Require(NO_ORIGIN, condition))


def minimize(m: Maker, value: IntExpr) -> None:
    """A further stage."""
    m.objective.append(Stage(NO_ORIGIN, "goal", "minimize", value))


def test_capacity_counts_amounts() -> None:
    m = Maker(50)
    crew = m.resource("crew", 3)
    m.tasks_of("one", [2, 2, 2], uses={crew: 1})
    m.tasks_of("two", [2, 2], uses={crew: 2})
    m.makespan()
    assert best(m.model()).end.max() == 6       # 14 units of work on 3, and no two of the demands of 2 together


def test_a_dip_that_leaves_some() -> None:
    m = Maker(50)
    crew = m.resource("crew", 2)
    m.down(crew, (2, 4), leaving=1)
    m.tasks_of("t", [3, 3], uses={crew: 1})
    m.makespan()
    assert best(m.model()).end.max() == 6       # a second one cannot cross [2, 4)


def test_tasks_in_a_chain_need_no_capacity_constraint() -> None:
    m = Maker(50)
    saw = m.resource("saw")
    a, b, c = m.tasks_of("t", [2, 3, 4], uses={saw: 1})
    m.orders([(a, b), (b, c)])
    m.makespan()
    model = m.model()
    assert best(model).end.max() == 9
    assert "no_overlap" not in str(CpSat().compile(model).native.proto)


def test_a_demand_beyond_capacity_is_infeasible() -> None:
    m = Maker(10)
    m.task("t", 1, uses={m.resource("r", 2): 3})
    assert infeasible(m.model())


@pytest.mark.parametrize(
    ("points", "lo", "hi", "start"),
    [
        ((Point.END, Point.START), 2, None, 5), ((Point.START, Point.START), 2, None, 2),
        ((Point.END, Point.END), 2, None, 3), ((Point.START, Point.END), 7, None, 5),
        ((Point.END, Point.START), -2, None, 1),
    ],
)
def test_least_lags_on_every_anchor(points: tuple[Point, Point], lo: int, hi: int | None, start: int) -> None:
    m = Maker(30)
    a, b = m.task("a", 3), m.task("b", 2)
    m.order(a, b, lo, hi, points)
    m.makespan()
    minimize(m, linear(0, (1, Point.START, b)))
    m.objective.reverse()
    assert best(m.model()).start[b] == start


def test_a_greatest_lag_holds_the_first_back() -> None:
    m = Maker(30)
    a, b = m.task("a", 3), m.task("b", 2, release=10)
    m.order(a, b, 0, 1)
    m.goal([(Point.START, a, 1)])
    assert best(m.model()).start.tolist() == [6, 10]


def test_contradicting_lags_are_infeasible() -> None:
    m = Maker(30)
    a, b = m.task("a", 3), m.task("b", 2)
    m.order(a, b, 1)
    m.order(b, a, -4)
    assert infeasible(m.model())


def test_exclusion_in_pairs_and_groups() -> None:
    m = Maker(30)
    a, b, c, d = m.tasks_of("t", [2, 3, 4, 5])
    m.exclusive([a, b, c], [c, d], [d, c])
    m.makespan()
    assert best(m.model()).end.max() == 9


def test_either_or() -> None:
    """b starts at 5 or later, or ends before 2, which it cannot."""
    m = Maker(30)
    b = m.task("b", 3)
    late = Compare(Operator.GE, linear(-5, (1, Point.START, b)))
    early = Compare(Operator.LT, linear(-2, (1, Point.END, b)))
    require(m, junction("or", early, late))
    m.makespan()
    assert best(m.model()).start.tolist() == [5]


def test_negation_goes_down_to_comparisons() -> None:
    """Not (start <= 2 or start == 4), hence 3."""
    m = Maker(30)
    b = m.task("b", 3, release=2)
    low = Compare(Operator.LE, linear(-2, (1, Point.START, b)))
    four = Compare(Operator.EQ, linear(-4, (1, Point.START, b)))
    require(m, Not(junction("or", low, four)))
    require(m, Not(Not(Compare(Operator.NE, linear(-3, (1, Point.START, b))))))
    m.makespan()
    assert best(m.model()).start.tolist() == [5]


def test_counting_by_indicators() -> None:
    """At most one of three unit tasks starts before 2; they do not exclude each other."""
    m = Maker(30)
    tasks = m.tasks_of("t", [1, 1, 1])
    starts = Linear(ints([-2] * 3), ints(range(3)), ints([int(Point.START)] * 3), ints(tasks), ints([1] * 3))
    early = Indicator(Compare(Operator.LT, starts))
    nothing = ints([])
    count = Linear(
        ints([-1]), nothing, nothing, nothing, nothing, (Part(ints([0] * 3), early, ints(range(3)), ints([1] * 3)),)
    )
    require(m, Compare(Operator.LE, count))
    m.goal([(Point.START, t, 1) for t in tasks])
    assert sorted(best(m.model()).start.tolist()) == [0, 2, 2]


def test_extremes_on_both_sides() -> None:
    """max of the ends - min of the starts >= 9 with lengths 2 and 3, and the latest end as early as can be."""
    m = Maker(30)
    a, b = m.tasks_of("t", [2, 3])
    ends = Linear(ints([0, 0]), ints([0, 1]), ints([int(Point.END)] * 2), ints([a, b]), ints([1, 1]))
    starts = Linear(ints([0, 0]), ints([0, 1]), ints([int(Point.START)] * 2), ints([a, b]), ints([1, 1]))
    top = Extreme("max", 1, ints([0, 0]), ends, ints([0, 1]))
    bottom = Extreme("min", 1, ints([0, 0]), starts, ints([0, 1]))
    parts = (Part(ints([0]), top, ints([0]), ints([1])), Part(ints([0]), bottom, ints([0]), ints([-1])))
    nothing = ints([])
    require(m, Compare(Operator.GE, Linear(ints([-9]), nothing, nothing, nothing, nothing, parts)))
    m.makespan()
    assert best(m.model()).end.max() == 9


def test_absolute_value_as_a_goal_and_as_a_bound() -> None:
    m = Maker(30)
    a, b = m.task("a", 2), m.task("b", 2, release=9)
    distance = Absolute(linear(0, (1, Point.START, a), (-1, Point.START, b)))
    nothing = ints([])
    part = (Part(ints([0]), distance, ints([0]), ints([1])),)
    require(m, Compare(Operator.GE, Linear(ints([-4]), nothing, nothing, nothing, nothing, part)))
    minimize(m, distance)
    m.makespan()
    found = best(m.model())
    assert abs(found.start[a] - found.start[b]) == 4
    assert found.end.max() == 11


def test_makespan_in_a_condition() -> None:
    m = Maker(30)
    task = m.task("t", 4)
    nothing = ints([])
    part = (Part(ints([0]), Makespan(), ints([0]), ints([1])),)
    require(m, Compare(Operator.EQ, Linear(ints([-12]), nothing, nothing, nothing, nothing, part)))
    m.goal([(Point.START, task, 1)])
    assert best(m.model()).start.tolist() == [8]


def test_known_falsehood_is_infeasible() -> None:
    m = Maker(30)
    m.task("t", 4)
    require(m, Known(np.array([True, False])))
    assert infeasible(m.model())


def test_stages_one_after_another() -> None:
    """First the makespan (5), then b as late, then a as early as that allows."""
    m = Maker(30)
    saw = m.resource("saw")
    a, b, c = m.task("a", 1), m.task("b", 2, uses={saw: 1}), m.task("c", 3, uses={saw: 1})
    m.makespan()
    m.goal([(Point.START, b, 1)], minimize=False)
    m.goal([(Point.START, a, 1)])
    found = best(m.model())
    assert found.start.tolist() == [0, 3, 0]
    assert found.end[c] == 3


def test_numbers_beyond_the_solver_are_refused() -> None:
    from schedc.compilers.backend import UnsuitableError

    m = Maker(1 << 40)
    a, b = m.task("a", 1), m.task("b", 1)
    m.goal([(Point.START, a, 1 << 40), (Point.START, b, 3)])
    with pytest.raises(UnsuitableError):
        CpSat().compile(m.model())
