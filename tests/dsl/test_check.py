"""Static impossibilities: each code at its place with its words, and silence on models that have a schedule."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from brute import TooBigError, brute_force
from hypothesis import event, given, settings
from hypothesis import strategies as st
from made import FILE, Maker, at, family

from schedc.dsl import check as check_module
from schedc.dsl.check import check, refute
from schedc.models.amounts import decimal_text
from schedc.models.axis import TimeAxis
from schedc.models.columns import UNLIMITED, ints
from schedc.models.diagnostics import Diagnostic, Findings, Severity
from schedc.models.expressions import Point
from schedc.models.model import Model
from schedc.models.source import NO_ORIGIN
from schedc.models.statements import Order, Resources, Tasks, Uses

S, E = Point.START, Point.END
HOURS = 3_600 * 10**9


def found(m: Maker | Model) -> tuple[Diagnostic, ...]:
    findings = Findings()
    model = m.model() if isinstance(m, Maker) else m
    check(model, findings)
    if not findings.failed:
        refute(model, findings)
    for d in findings.items:
        assert not d.message.endswith(".") and d.primary.span.file == FILE
    return findings.in_order()


def only(m: Maker | Model, code: str) -> Diagnostic:
    one = found(m)
    assert [d.code for d in one] == [code]
    return one[0]


def lines(d: Diagnostic) -> list[int]:
    """Where the story stands: the primary place first."""
    return [d.primary.span.line, *(label.span.line for label in d.others)]


def clocked(horizon: int) -> Maker:
    axis = TimeAxis(horizon, HOURS, "2026-01-05T00:00:00+01:00", "Europe/Paris", origin=at(99, "time"))
    return Maker(horizon, axis)


def test_a_demand_above_the_capacity() -> None:
    m = Maker(20)
    crew = m.resource("crew", 3)
    m.tasks_of("prep", [2, 2, 2], uses={crew: 5})
    d = only(m, "E210")
    assert d.message == "`prep[1]` needs 5 of `crew`, which has 3 (and 2 more)"
    assert lines(d) == [2, 1] and d.others[0].text == "capacity 3" and d.fixes


def test_a_demand_above_what_downtime_leaves() -> None:
    m = Maker(20)
    crew = m.resource("crew", 6)
    m.open(crew, (0, 8))
    m.down(crew, (0, 20), leaving=4)
    m.task("prep", 2, uses={crew: 5}, pausable=True)
    d = only(m, "E210")
    assert d.message == "`prep` needs 5 of `crew`, which never has more than 4"
    assert lines(d) == [4, 1, 2, 3]


def test_demands_of_one_task_add_up_and_have_units() -> None:
    m = Maker(20)
    m.resources.append(Resources(at(50, "resource net"), family("net", 0), 0, ints([4]), "Gbps", Fraction(5, 2)))
    t = m.task("copy", 2, uses={0: 3})
    twice = Uses(at(51, "uses net"), ints([0]), ints([0]), ints([2]))
    m.tasks[t] = Tasks(**{**m.tasks[t].__dict__, "uses": (*m.tasks[t].uses, twice)})
    d = only(m, "E210")
    assert d.message == "`copy` needs 12.5 Gbps of `net`, which has 10 Gbps"
    assert lines(d) == [1, 51, 50]


def test_zero_length_uses_nothing() -> None:
    m = Maker(20)
    crew = m.resource("crew", 3)
    m.task("mark", 0, uses={crew: 5})
    m.task("maybe", (0, 4), uses={crew: 5})
    assert found(m) == ()


@pytest.mark.parametrize(
    ("lasts", "message"),
    [
        ((-2, -2), "`cut` lasts -2: a length cannot be negative"),
        ((5, 3), "`cut` lasts 5 .. 3: the range is empty"),
        ((-1, 3), "`cut` lasts -1 .. 3: a length cannot be negative"),
    ],
)
def test_lengths_that_are_none(lasts: tuple[int, int], message: str) -> None:
    m = Maker(20)
    m.task("cut", lasts)
    d = only(m, "E211")
    assert d.message == message
    assert bool(d.fixes) == (lasts == (5, 3))


def test_too_little_time_before_the_deadline() -> None:
    m = clocked(100)
    m.task("cut", 6, release=20, deadline=24)
    d = only(m, "E212")
    assert d.message == "`cut` can never run: it lasts 6 h, with 4 h from its release to its deadline"
    assert [label.text for label in d.others] == ["from 2026-01-05 20:00", "by 2026-01-06 00:00"]
    late = clocked(100)
    late.task("cut", 6, release=30, deadline=24)
    assert "and its deadline is before its release" in only(late, "E212").message


def test_longer_than_the_horizon() -> None:
    m = clocked(10)
    m.task("cut", 16)
    d = only(m, "E212")
    assert d.message == "`cut` can never run: it lasts 16 h, with 10 h from the origin to the horizon"
    assert lines(d) == [1, 99]


def test_no_window_is_long_enough() -> None:
    m = clocked(100)
    m.tasks_of("move", [3, 6], within=[[(0, 2), (10, 14)], [(20, 25)]])
    d = only(m, "E213")
    assert d.message == "`move[2]` can never run: it lasts 6 h, the longest `within` is 5 h"
    empty = clocked(100)
    empty.task("move", 0, within=[[]])
    assert only(empty, "E213").message.endswith("no `within` has time in the horizon")


def test_no_open_stretch_is_long_enough() -> None:
    m = clocked(48)
    saw = m.resource("saw")
    m.open(saw, (8, 12), (13, 17), (32, 36), (37, 41))
    m.task("cut", 6, uses={saw: 1})
    d = only(m, "E214")
    assert d.message == "`cut` can never run: needs 6 h of saw in one piece, the longest open stretch is 4 h"
    assert lines(d) == [3, 2] and d.primary.text == "6 h"
    assert d.fixes[0].text == "add `pausable`, or open `saw` for longer"


def test_all_open_time_is_too_short_for_a_pausable_task() -> None:
    m = Maker(20)
    saw, crew = m.resource("saw"), m.resource("crew", 2)
    m.open(saw, (2, 6), (8, 10))
    m.down(crew, (3, 5), leaving=1)
    m.task("cut", 5, uses={saw: 1, crew: 2}, pausable=True)
    d = only(m, "E214")
    assert d.message == "`cut` can never run: needs 5 of `saw` and `crew`, they are open for 4 in all"
    assert lines(d) == [5, 3, 4]


def test_a_circle_is_named_by_its_members() -> None:
    m = clocked(100)
    a, b, c = (m.task(name, 2) for name in "abc")
    m.order(a, b, lo=1)
    m.order(b, c)
    m.order(c, a)
    d = only(m, "E215")
    assert "waits for itself: once around takes 7 h more than there is" in d.message
    assert sorted(d.message.split(" waits")[0].split(" -> ")[:3]) == ["`a`", "`b`", "`c`"]
    assert sorted(lines(d)) == [4, 5, 6]


def test_a_circle_of_nothing_is_allowed() -> None:
    m = Maker(10)
    a, b = m.task("a", 0), m.task("b", 0)
    m.order(a, b)
    m.order(b, a)
    assert found(m) == ()


def test_a_long_circle_is_not_told_in_full() -> None:
    m = Maker(3000)
    tasks = m.tasks_of("t", [1] * 1000)
    m.orders(list(zip(tasks, [*tasks[1:], tasks[0]])))
    d = only(m, "E215")
    assert len(d.message) < 200 and "more" in d.message


def test_maximal_lags_that_close_a_circle() -> None:
    m = Maker(100)
    a, b, c = (m.task(name, 5) for name in "abc")
    m.orders([(a, b), (b, c)])
    m.order(a, c, lo=None, hi=4)
    assert "takes 1 more" in only(m, "E215").message


def test_one_task_against_itself() -> None:
    m = Maker(100)
    m.order(m.task("a", 5), 0)
    assert only(m, "E215").message == "`a` can never run: its lags ask for 5 more than they allow"


def test_a_maximal_lag_below_the_minimal() -> None:
    m = Maker(100)
    a, b = m.task("a", 5), m.task("b", 5)
    m.order(a, b, lo=3, hi=2)
    m.order(a, b, lo=7, hi=2, points=(S, E))
    first, second = found(m)
    assert first.code == second.code == "E216"
    assert first.message == "`a` -> `b`: no lag is from 3 to 2"
    assert second.message == "`start(a)` -> `end(b)`: no lag is from 7 to 2"
    assert first.fixes[0].text == "`after 2 .. 3`"


def test_a_chain_that_comes_too_late() -> None:
    m = clocked(100)
    crew = m.resource("crew")
    m.open(crew, (8, 17), (32, 41))
    a, b = m.task("a", 6, uses={crew: 1}), m.task("b", 5, uses={crew: 1}, deadline=36)
    m.order(a, b)
    d = only(m, "E217")
    assert d.message == "`b` cannot start before 2026-01-06 08:00 and must start by 2026-01-06 07:00"
    assert {label.text for label in d.others} >= {"order", "open"}


def test_an_exclusive_pair_that_must_overlap() -> None:
    m = Maker(20)
    m.tasks_of("t", [5, 5], release=2, deadline=9)
    m.tasks_of("u", [2, 2], release=0, deadline=9)
    m.exclusive([2, 3], [0, 1])
    d = only(m, "E218")
    assert d.message == "`t[1]` and `t[2]` cannot help overlapping"
    assert d.notes == ("`t[1]` starts by 4 and ends no earlier than 7, `t[2]` starts by 4 and ends no earlier than 7",)


def test_an_exclusive_group_with_too_much_work() -> None:
    m = clocked(100)
    tasks = m.tasks_of("t", [4, 4, 4], release=2, deadline=13)
    m.exclusive(tasks)
    assert "work 12 h one after the other" in only(m, "E218").message


def test_more_work_than_a_resource_can_do() -> None:
    m = clocked(100)
    saw = m.resource("saw")
    m.open(saw, (0, 10), (20, 100))
    m.tasks_of("t", [4, 4, 4], uses={saw: 1}, deadline=22)
    m.tasks_of("u", [4], uses={saw: 1}, release=22)
    m.task("v", 3, uses={saw: 1}, deadline=10)
    d = only(m, "E219")
    between = "between 2026-01-05 00:00 and 2026-01-05 10:00"
    assert d.message == f"`saw` has too much to do: tasks need 15 h of it {between}, and there is 10 h"
    crew = Maker(10)
    r = crew.resource("crew", 3)
    crew.tasks_of("t", [5] * 7, uses={r: 1})
    assert "need 35 x 1 tick of it between 0 and 10, and there is 30 x 1 tick" in only(crew, "E219").message


def test_several_statements_in_one_run() -> None:
    m = Maker(20)
    crew = m.resource("crew", 1)
    m.task("a", 3, uses={crew: 2})
    m.task("b", 30)
    m.order(m.task("c", 1), 1, lo=5, hi=3)
    assert [d.code for d in found(m)] == ["E210", "E212", "E216"]


def test_nothing_to_schedule() -> None:
    m = clocked(10)
    m.resource("crew")
    d = only(m, "W407")
    assert d.severity is Severity.WARNING and d.primary.span.line == 99


def test_large_models_are_searched_for_cycles(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check_module, "THOROUGH", 10)
    m = Maker(3000)
    tasks = m.tasks_of("t", [1] * 50)
    m.orders(list(pairwise(tasks)))
    assert found(m) == ()
    back = Order(at(70, "order"), ints([49]), ints([7]), E, S, ints([0]), ints([UNLIMITED]))
    m.relations.append(back)
    d = only(m, "E215")
    assert 70 in lines(d)


def test_no_origin_gives_no_label() -> None:
    m = Maker(10)
    m.task("cut", 16)
    assert m.model().axis.origin is NO_ORIGIN
    assert lines(only(m, "E212")) == [1]


@pytest.mark.parametrize(
    ("value", "text"),
    [(Fraction(5, 2), "2.5"), (Fraction(7), "7"), (Fraction(1, 3), "1/3"), (Fraction(-1, 40), "-0.025")],
)
def test_numbers_in_words(value: Fraction, text: str) -> None:
    assert decimal_text(value) == text


@st.composite
def models(draw: st.DrawFn) -> Model:
    horizon = draw(st.integers(4, 9))
    m = Maker(horizon)
    spans = st.sampled_from([[(0, 2), (3, horizon)], [(1, 4)], [(0, 1)], [(2, 3), (horizon - 1, horizon)]])
    for k in range(2):
        m.resource(f"r{k}", draw(st.integers(1, 3)))
        if draw(st.booleans()):
            m.open(k, *draw(spans))
        if draw(st.booleans()):
            m.down(k, *draw(spans), leaving=1)
    size = draw(st.integers(1, 3))
    for k in range(size):
        m.task(
            f"t{k}", draw(st.sampled_from([0, 1, 2, 3, (1, 3)])), uses={r: draw(st.integers(0, 3)) for r in range(2)},
            release=draw(st.sampled_from([None, 1, 3])), deadline=draw(st.sampled_from([None, 4, 6])),
            pausable=draw(st.booleans()),
            within=draw(st.sampled_from([[], [], [[(0, 3), (4, 6)]], [[(1, 3)], [(2, 8)]]])),
        )
    for _ in range(draw(st.integers(0, 2))):
        a, b = draw(st.integers(0, size - 1)), draw(st.integers(0, size - 1))
        points = draw(st.tuples(*[st.sampled_from([S, E])] * 2))
        m.order(a, b, draw(st.sampled_from([0, 1, -2, None])), draw(st.sampled_from([None, 3, 0])), points)
    if size > 1 and draw(st.booleans()):
        m.exclusive(list(range(size)))
    return m.model()


@settings(max_examples=150)
@given(models())
def test_what_has_a_schedule_is_not_refused(model: Model) -> None:
    findings = Findings()
    check(model, findings)
    if not findings.failed:
        refute(model, findings)
    event(" ".join(sorted({d.code for d in findings.items})) or "silent")
    if not findings.failed:
        return
    try:
        answer = brute_force(model)
    except TooBigError:
        return
    assert answer.objectives is None, findings.items[0].message


def test_many_tasks_are_looked_at_by_columns() -> None:
    n = 300_000
    m = Maker(2 * n)
    crew = m.resource("crew", 10)
    rows, ones = np.arange(n), np.ones(n, dtype=np.int64)
    uses = Uses(at(8, "uses"), rows, ones * crew, ones)
    m.tasks.append(Tasks(at(8, "task"), family("t", n), 0, ones, ones, ones * 0, ones * 2 * n, False, (uses,)))
    lag, none = np.zeros(n - 1, dtype=np.int64), np.full(n - 1, UNLIMITED)
    m.relations.append(Order(at(9, "order"), rows[:-1], rows[1:], E, S, lag, none))
    assert found(m) == ()
    m.relations.append(Order(at(10, "order"), rows[-1:], rows[:1], E, S, lag[:1], none[:1]))
    assert only(m, "E215").primary.span.line in (9, 10)
