"""Derived horizons: no optimum is lost against a longer horizon, and refusals where none can be known."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

import numpy as np
import pytest
from brute import TooBigError, brute_force
from hypothesis import assume, event, given, settings
from hypothesis import strategies as st
from made import Maker, at

from schedc.dsl.faults import Fault
from schedc.dsl.horizon import derive
from schedc.dsl.regular import regular
from schedc.dsl.serial import serial_schedule
from schedc.models.axis import MAX_TICKS, TimeAxis
from schedc.models.columns import ints
from schedc.models.diagnostics import Findings
from schedc.models.expressions import Compare, Extreme, Indicator, Linear, Makespan, Operator, Part, Point
from schedc.models.model import Model
from schedc.models.points import points_of
from schedc.models.source import NOWHERE
from schedc.models.statements import Require, Stage
from schedc.models.verify import verify

S, E, L = Point.START, Point.END, Point.LENGTH
Write = Callable[[Maker], object]


class Text:
    """A model that waits for its horizon; releases, deadlines, spans and calendars are cut there."""

    def __init__(self, write: Write, calendar: Callable[[int], list[tuple[int, int]]] | None = None) -> None:
        self.write, self.calendar, self.asked = write, calendar, list[int]()

    def assemble(self, horizon: int) -> Model:
        self.asked.append(horizon)
        m = Maker(horizon, TimeAxis(horizon, derived=True))
        crew = m.resource("crew", 2)
        if self.calendar is not None:
            m.open(crew, *[(lo, min(hi, horizon)) for lo, hi in self.calendar(horizon) if lo < horizon])
        self.write(m)
        model = m.model()
        for t in model.tasks:
            t.release[:], t.deadline[:] = np.minimum(t.release, horizon), np.minimum(t.deadline, horizon)
        return model


def daily(lo: int, hi: int, every: int) -> Callable[[int], list[tuple[int, int]]]:
    def spans(horizon: int) -> list[tuple[int, int]]:
        if horizon > 1 << 16:
            raise Fault("E236", "calendars do not reach so far", NOWHERE)
        return [(k + lo, k + hi) for k in range(0, horizon, every)]

    return spans


def derived(text: Text) -> Model:
    findings = Findings()
    model = derive(text.assemble, findings, NOWHERE)
    assert model is not None and not findings.items
    assert model.axis.derived
    return model


def refusal(text: Text) -> str:
    findings = Findings()
    assert derive(text.assemble, findings, NOWHERE) is None
    assert [d.code for d in findings.items] == ["E237"]
    assert "for 14 d" in findings.items[0].fixes[0].text
    return findings.items[0].message


@st.composite
def texts(draw: st.DrawFn) -> Text:
    calendar = draw(st.sampled_from([None, None, daily(0, 2, 4), daily(1, 4, 5)]))
    tasks = [
        (
            draw(st.sampled_from([0, 1, 2, 3, (1, 2)])), draw(st.integers(0, 2)),
            draw(st.sampled_from([None, None, None, 2, 5])), draw(st.sampled_from([None, None, None, 7, 9])),
            draw(st.booleans()) and calendar is not None,
        )
        for _ in range(draw(st.integers(1, 3)))
    ]
    last = len(tasks) - 1
    pairs = st.sampled_from([(a, b) for a in range(last + 1) for b in range(last + 1) if a != b] or [(0, 0)])
    lag = st.tuples(st.sampled_from([0, 0, 1, 3, -2, None]), st.sampled_from([None, None, None, 1, 4, -1]))
    orders = draw(st.lists(st.tuples(pairs, lag, st.tuples(*[st.sampled_from([S, E])] * 2)), max_size=2))
    orders = orders if len(tasks) > 1 else []
    goal = draw(st.sampled_from(["makespan", "none", "ends", "span", "late"]))
    together = len(tasks) > 1 and draw(st.booleans())

    def write(m: Maker) -> None:
        for k, (lasts, amount, release, deadline, pausable) in enumerate(tasks):
            m.task(f"t{k}", lasts, uses={0: amount}, release=release, deadline=deadline, pausable=pausable)
        for (a, b), (lo, hi), points in orders:
            m.order(a, b, lo, hi, points)
        if together:
            m.exclusive([0, 1])
        if goal == "makespan":
            m.makespan()
        if goal == "ends":
            m.goal([(E, k, 1 + k % 2) for k in range(len(tasks))])
        if goal == "span":
            m.goal([(E, 0, 1), (S, len(tasks) - 1, -1)])
        if goal == "late":
            m.goal([(S, 0, 1)], minimize=False)

    return Text(write, calendar)


@settings(max_examples=50)
@given(texts(), st.integers(1, 5))
def test_a_longer_horizon_is_no_better(text: Text, more: int) -> None:
    findings = Findings()
    model = derive(text.assemble, findings, NOWHERE)
    event("derived" if model is not None else findings.items[0].message)
    assert (model is None) == findings.failed
    assume(model is not None and model.horizon <= 15)
    assert model is not None
    try:
        short, long = brute_force(model), brute_force(text.assemble(model.horizon + more))
    except TooBigError:
        return
    assert short.objectives == long.objectives


def test_shifting_adds_lengths_and_lags() -> None:
    def write(m: Maker) -> None:
        a, b, c = m.task("a", 3, release=5), m.task("b", (2, 4)), m.task("c", 0)
        m.order(a, b, lo=2)
        m.order(b, c, lo=0, hi=9)
        m.makespan()

    text = Text(write)
    assert derived(text).horizon == 5 + (3 + 2) + 4
    assert text.asked == [1, MAX_TICKS, 14]


def test_few_assemblies_without_releases() -> None:
    text = Text(lambda m: (m.tasks_of("t", [2] * 10, uses={0: 1}), m.makespan()))
    assert derived(text).horizon == 20
    assert text.asked == [1, 20]


def test_a_witness_over_a_calendar() -> None:
    text = Text(lambda m: (m.tasks_of("t", [3] * 10, uses={0: 1}), m.makespan()), daily(8, 17, 24))
    model = derived(text)
    assert model.horizon == 24 * 3 + 8 + 3


def test_no_goal_and_maximal_lags_over_a_calendar() -> None:
    def write(m: Maker) -> None:
        a, b = m.task("a", 2, uses={0: 1}), m.task("b", 2, uses={0: 1})
        m.order(a, b, lo=0, hi=3)

    assert derived(Text(write, daily(0, 2, 4))).horizon == 6
    assert "maximal lags" in refusal(Text(lambda m: (write(m), m.order(0, 1, lo=None, hi=1)), daily(0, 2, 4)))


def test_deadlines_for_all_are_enough_for_anything() -> None:
    def write(m: Maker) -> None:
        m.task("a", 2, uses={0: 1}, deadline=5000)
        m.task("b", 2, uses={0: 1}, within=[[(3, 9), (6000, 6100)]])
        m.goal([(S, 0, 1)], minimize=False)

    assert derived(Text(write, daily(0, 2, 4))).horizon == 6100
    assert derived(Text(write)).horizon == 6100


def test_a_window_far_away_is_not_hidden_by_a_near_one() -> None:
    text = Text(lambda m: (m.task("b", 20, within=[[(3, 9), (9000, 9100)]]), m.goal([(E, 0, 1)])))
    assert derived(text).horizon == 9100


@pytest.mark.parametrize("why", ["later", "condition", "calendar"])
def test_refusals(why: str) -> None:
    def write(m: Maker) -> None:
        m.task("a", 2, uses={0: 1})
        m.task("b", 2, uses={0: 1}, deadline=50)
        if why == "later":
            m.goal([(E, 0, 1), (S, 1, -1)])
        if why == "calendar":
            m.goal([(E, 0, 1)])
        if why == "condition":
            late = Compare(Operator.GE, Linear(ints([-70]), ints([0]), ints([S]), ints([0]), ints([1])))
            m.relations.append(Require(at(90, "require"), late))

    message = refusal(Text(write, daily(0, 2, 4) if why == "calendar" else None))
    assert {"later": "later tasks", "condition": "condition", "calendar": "other than the makespan"}[why] in message


def test_a_condition_that_asks_for_early_tasks_does_no_harm() -> None:
    def write(m: Maker) -> None:
        m.task("a", 2)
        early = Compare(Operator.LE, Linear(ints([-7]), ints([0]), ints([E]), ints([0]), ints([1])))
        m.relations.append(Require(at(90, "require"), early))

    assert derived(Text(write)).horizon == 2


def test_a_task_without_a_place_is_left_to_the_checks() -> None:
    text = Text(lambda m: (m.task("a", 3, uses={0: 1}), m.makespan()), daily(0, 2, 4))
    assert derived(text).horizon >= 1 << 14


def test_nothing_to_do_and_too_much() -> None:
    assert derived(Text(lambda m: m.makespan())).horizon == 1
    assert derived(Text(lambda m: m.task("a", 0))).horizon == 1
    assert "more than" in refusal(Text(lambda m: m.tasks_of("a", [MAX_TICKS] * 2)))


def test_what_is_regular() -> None:
    def linear(*terms: tuple[Point, int, int], parts: tuple[Part, ...] = ()) -> Linear:
        columns = [ints(t[k] for t in terms) for k in range(3)]
        return Linear(ints([-3]), ints([0] * len(terms)), *columns, parts)

    def goal(value: object, sense: str = "minimize") -> bool:
        return regular(Stage(at(1, "goal"), "g", sense, value))  # type: ignore[arg-type]

    late = linear((E, 0, 1))
    tardy = Extreme("max", 1, ints([0]), late, ints([0]))
    counted = Indicator(Compare(Operator.GT, late))
    numbers = count()
    for expected, value in [
        (True, late), (True, tardy), (True, counted), (True, Makespan()), (True, linear((E, 0, 1), (S, 0, -1))),
        (True, linear((L, 0, -5))), (False, linear((E, 0, 1), (S, 1, -1))), (False, linear((S, 0, -1))),
        (False, Indicator(Compare(Operator.LT, late))), (False, Indicator(Compare(Operator.EQ, late))),
        (True, linear(parts=(Part(ints([0]), tardy, ints([0]), ints([2])),))),
        (False, linear(parts=(Part(ints([0]), tardy, ints([0]), ints([-2])),))),
    ]:
        assert goal(value) is expected, next(numbers)
        next(numbers)
    assert not goal(Makespan(), "maximize") and goal(linear((S, 0, -1)), "maximize")


@settings(max_examples=120)
@given(texts(), st.integers(1, 30))
def test_serial_schedules_keep_what_they_promise(text: Text, horizon: int) -> None:
    model = text.assemble(horizon)
    schedule = serial_schedule(model)
    assume(schedule is not None)
    assert schedule is not None
    broken = {v.kind for v in verify(model, schedule).violations}
    assert broken <= {"order", "deadline"}
    assert points_of(model).kept_by(schedule.start, schedule.end) == ("order" not in broken)
