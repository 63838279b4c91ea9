"""The judge on `require` and on objectives: exact values of expressions, and how far a condition is from holding."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from judged import judge
from made import Maker, at

from schedc.models.axis import TimeAxis
from schedc.models.columns import ints
from schedc.models.expressions import (
    Absolute,
    Compare,
    Extreme,
    Indicator,
    Junction,
    Known,
    Linear,
    Makespan,
    Member,
    Not,
    Operator,
    Part,
    Point,
)
from schedc.models.statements import Require, Stage
from schedc.models.verify import Violation

ONE = ints([0])


def linear(const: int, *terms: tuple[int, Point, int], parts: tuple[Part, ...] = ()) -> Linear:
    """const + sum of coef * point(task), one row."""
    return Linear(
        ints([const]), ints([0] * len(terms)), ints(p for _, p, _ in terms), ints(t for _, _, t in terms),
        ints(c for c, _, _ in terms), parts,
    )


def start(task: int, const: int = 0) -> Linear:
    """start(task) + const."""
    return linear(const, (1, Point.START, task))


def both(op: Any, *children: Any) -> Junction:
    """A junction of single rows."""
    return Junction(op, 1, tuple(Member(ONE, child, ONE) for child in children))


def workshop() -> Maker:
    """Three tasks: 2, 3 and 4 long; all tests place them at 1, 5 and 9."""
    m = Maker(40)
    m.tasks_of("a", [2, 3, 4])
    return m


PLACES = ((1, 3), (5, 8), (9, 13))


def value(node: Any) -> int:
    """The value as an objective."""
    m = workshop()
    m.objective.append(Stage(at(9, "minimize"), "goal", "minimize", node))
    return judge(m, *PLACES).objectives[0]


def broken(node: Any, names: tuple[str, ...] = (), maker: Maker | None = None) -> list[Violation]:
    """The violations of a requirement."""
    m = maker or workshop()
    m.relations.append(Require(at(7, "require", "contract"), node, names))
    return list(judge(m, *PLACES).violations)


def test_values_of_every_kind_of_node() -> None:
    assert value(Makespan()) == 13
    assert value(linear(10, (2, Point.START, 1), (-3, Point.END, 0), (5, Point.LENGTH, 2))) == 10 + 10 - 9 + 20
    assert value(Absolute(start(0, -8))) == 7
    starts = Linear(ints([0, 0, 0]), ints([0, 1, 2]), ints([0, 0, 0]), ints([0, 1, 2]), ints([1, 1, 1]))
    assert value(Extreme("max", 1, ints([0, 0]), starts, ints([0, 1]))) == 5
    assert value(Extreme("min", 1, ints([0, 0]), starts, ints([2, 1]))) == 5
    late = Indicator(Compare(Operator.GE, Linear(starts.const - 5, starts.row, starts.point, starts.task, starts.coef)))
    assert value(linear(0, parts=(Part(ints([0, 0, 0]), late, ints([0, 1, 2]), ints([1, 1, 10])),))) == 11


def test_a_makespan_without_tasks_is_0() -> None:
    m = Maker(5)
    m.makespan()
    assert judge(m).objectives == (0,)


def test_several_goals_and_a_schedule_that_does_not_hold_have_values_too() -> None:
    m = workshop()
    m.makespan()
    m.goal([(Point.START, 1, 2), (Point.END, 2, -1)], minimize=False)
    verdict = judge(m, (1, 3), (5, 8), (39, 43))
    assert not verdict.holds
    assert verdict.objectives == (43, 10 - 43)


def test_values_beyond_64_bits_are_exact() -> None:
    large = 1 << 61
    assert value(linear(0, (large, Point.START, 1), (-large, Point.START, 0), (large, Point.START, 2))) == 13 * large
    inner = linear(0, (large, Point.START, 2))
    assert value(linear(0, parts=(Part(ints([0, 0]), inner, ints([0, 0]), ints([3, 4])),))) == 63 * large
    assert value(Absolute(linear(0, (-large, Point.START, 2)))) == 9 * large
    (violation,) = broken(Compare(Operator.LE, linear(-(1 << 62), (large, Point.START, 2))))
    assert violation.amount == 7 * large


@pytest.mark.parametrize(
    ("op", "const", "amount"),
    [
        (Operator.LE, -5, 0), (Operator.LE, -3, 2), (Operator.LT, -5, 1), (Operator.LT, -6, 0),
        (Operator.GE, -5, 0), (Operator.GE, -9, 4), (Operator.GT, -5, 1), (Operator.GT, -4, 0),
        (Operator.EQ, -5, 0), (Operator.EQ, -7, 2), (Operator.EQ, -1, 4), (Operator.NE, -5, 1), (Operator.NE, -4, 0),
    ],
)
def test_comparisons_and_how_far_they_are(op: Operator, const: int, amount: int) -> None:
    # start(a[2]) is 5
    assert [v.amount for v in broken(Compare(op, start(1, const)))] == ([amount] if amount else [])
    opposite = {"<=": ">", ">": "<=", ">=": "<", "<": ">=", "==": "!=", "!=": "=="}[op.value]
    turned = broken(Not(Compare(op, start(1, const))))
    assert [v.amount for v in turned] == [v.amount for v in broken(Compare(Operator(opposite), start(1, const)))]


def test_logic_is_as_far_as_its_operands() -> None:
    far, near, fine = (Compare(Operator.LE, start(1, c)) for c in (3, -2, -9))     # by 8, by 3, holds
    assert [v.amount for v in broken(both("and", far, near, fine))] == [8]
    assert [v.amount for v in broken(both("or", far, near))] == [3]
    assert broken(both("or", far, fine)) == []
    assert [v.amount for v in broken(Not(both("or", far, fine)))] == [5]      # start(a[2]) - 9 > 0 needs 5 more
    assert [v.amount for v in broken(both("or"))] == [1]
    assert broken(both("and")) == []
    assert [v.amount for v in broken(both("and", Known(np.array([False])), fine))] == [1]
    assert [v.amount for v in broken(Not(Known(np.array([True]))))] == [1]


def test_a_violated_row_has_its_address_its_binding_and_its_tasks() -> None:
    ends = Linear(ints([-3, -3, -9]), ints([0, 1, 2]), ints([1, 1, 1]), ints([0, 1, 2]), ints([1, 1, 1]))
    found = broken(Compare(Operator.LE, ends), ("r = r1", "r = r2", "r = r3"))
    assert [(v.kind, v.origin.address, v.member, v.amount, v.at, v.tasks) for v in found] == [
        ("require", "contract", "r = r2", 5, None, ("a[2]",)),
        ("require", "contract", "r = r3", 4, None, ("a[3]",)),
    ]
    assert found[0].message == "the requirement does not hold for r = r2: off by 5"


def test_durations_are_told_as_such_and_plain_numbers_as_numbers() -> None:
    def hours() -> Maker:
        m = workshop()
        m.axis = TimeAxis(40, 3600 * 10**9)
        return m

    gap = linear(-2, (1, Point.START, 2), (-1, Point.END, 0))
    (violation,) = broken(Compare(Operator.LE, gap), maker=hours())
    assert violation.message == "the requirement does not hold: off by 4 h"
    assert violation.tasks == ("a[1]", "a[3]")
    late = Indicator(Compare(Operator.GE, start(2)))
    (violation,) = broken(Compare(Operator.LE, linear(2, parts=(Part(ONE, late, ONE, ONE + 1),))), maker=hours())
    assert violation.message == "the requirement does not hold: off by 3"
    (violation,) = broken(Compare(Operator.LE, linear(0, (2, Point.START, 1))), maker=hours())
    assert violation.message == "the requirement does not hold: off by 10"


def test_tasks_are_found_through_every_kind_of_node() -> None:
    starts = Linear(ints([0, 0, 0]), ints([0, 1, 2]), ints([0, 0, 0]), ints([0, 1, 2]), ints([1, 1, 1]))
    most = Extreme("max", 2, ints([0, 1, 1]), starts, ints([1, 2, 0]))
    over = Compare(Operator.LE, Absolute(most))
    rows = Junction("and", 2, (Member(ints([1, 0]), over, ints([0, 1])),))
    assert [(v.member, v.tasks) for v in broken(rows, ("0", "1"))] == [("0", ("a[1]", "a[3]")), ("1", ("a[2]",))]


def test_deeply_nested_conditions() -> None:
    node: Any = Compare(Operator.GE, start(0))
    for _ in range(500):
        node = Compare(Operator.GE, linear(-1, parts=(Part(ONE, Indicator(node), ONE, ONE + 1),)))
    assert broken(node) == []
    assert [v.amount for v in broken(Not(node))] == [1]
