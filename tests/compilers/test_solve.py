"""The whole run: phases, proofs without a solver, hints, cancelling, and answers that the judge rejects."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from made import Maker

from schedc.compilers import registry
from schedc.compilers.backend import Bid, Event, Limits, OnEvent, Outcome, UnsuitableError
from schedc.compilers.constructs import CORE
from schedc.compilers.solve import InternalError, compile_model, solve
from schedc.models.columns import ints
from schedc.models.expressions import Point
from schedc.models.model import Model
from schedc.models.schedule import Schedule, Status

LIMITS = Limits(seconds=30, workers=1)


def pair(horizon: int = 30) -> Maker:
    """Two tasks on one saw, of lengths 3 and 4."""
    m = Maker(horizon)
    m.tasks_of("cut", [3, 4], uses={m.resource("saw"): 1})
    return m


def test_a_constructed_schedule_at_the_bound_needs_no_solver() -> None:
    m = pair()
    m.makespan()
    result = solve(m.model(), limits=LIMITS)
    assert (result.status, result.backend) == (Status.OPTIMAL, "construct")
    assert [(s.value, s.bound, s.gap) for s in result.stages] == [(7, 7, 0.0)]
    assert "solve" not in result.seconds


def test_without_construction_the_solver_finds_the_same() -> None:
    m = pair()
    m.makespan()
    result = solve(m.model(), limits=LIMITS, constructing=False)
    assert (result.status, result.backend) == (Status.OPTIMAL, "cpsat")
    assert result.stages[0].value == 7
    assert {"propagate", "build", "solve", "judge"} <= result.seconds.keys()
    assert "ortools" in result.versions


def test_a_constructed_schedule_near_enough_needs_no_solver() -> None:
    """14 ticks of work on a resource for 2: 8 at best since no half of it is 7, which is the bound."""
    m = Maker(30)
    m.tasks_of("cut", [3, 3, 3, 5], uses={m.resource("saw", 2): 1})
    m.makespan()
    result = solve(m.model(), limits=replace(LIMITS, gap=0.5))
    assert (result.status, result.backend) == (Status.FEASIBLE, "construct")
    assert [(s.value, s.bound, s.gap) for s in result.stages] == [(8, 7, 0.125)]


def test_satisfaction_is_feasible() -> None:
    result = solve(pair().model(), limits=LIMITS)
    assert result.status is Status.FEASIBLE
    assert result.verdict is not None and result.verdict.holds
    assert result.stages == ()


def test_propagation_shows_infeasibility_with_a_reason() -> None:
    m = Maker(30)
    m.task("late", 5, release=20, deadline=22)
    result = solve(m.model(), limits=LIMITS)
    assert (result.status, result.schedule, result.backend) == (Status.INFEASIBLE, None, "propagate")
    assert "late" in result.reason


def test_the_solver_shows_infeasibility() -> None:
    result = solve(pair(6).model(), limits=LIMITS)
    assert (result.status, result.schedule) == (Status.INFEASIBLE, None)


def test_no_tasks() -> None:
    m = Maker(10)
    m.makespan()
    result = solve(m.model(), limits=LIMITS)
    assert result.status is Status.OPTIMAL
    assert result.stages[0].value == 0


def test_stages_and_a_maximised_goal() -> None:
    m = pair()
    m.makespan()
    m.goal([(Point.START, 0, 1)], minimize=False)
    result = solve(m.model(), limits=LIMITS)
    assert result.status is Status.OPTIMAL
    assert [(s.value, s.bound) for s in result.stages] == [(7, 7), (4, 4)]


def test_events_are_in_order_and_kept_in_the_trace() -> None:
    m, events = pair(), list[Event]()
    m.goal([(Point.START, 1, 1), (Point.END, 0, 1)])
    result = solve(m.model(), limits=LIMITS, on_event=events.append)
    assert [e.t for e in events] == sorted(e.t for e in events)
    assert events[-1].event == "end" and events[-1].text == "optimal"
    assert [e.text for e in events if e.event == "phase"][:2] == ["propagate", "construct"]
    assert [e.event for e in result.trace] == [e.event for e in events]


def test_a_hint_is_taken_and_a_wrong_one_survived() -> None:
    m = pair()
    m.goal([(Point.START, 0, 1), (Point.START, 1, 1)])
    model = m.model()
    right = Schedule(ints([0, 3]), ints([3, 7]), ints([3, 4]))
    wrong = Schedule(ints([0, 0]), ints([3, 4]), ints([3, 4]))
    for hint in (right, wrong):
        result = solve(model, limits=LIMITS, hint=hint)
        assert (result.status, result.stages[0].value) == (Status.OPTIMAL, 3)


def test_a_cancelled_run_returns_what_it_has() -> None:
    limits = replace(LIMITS, cancel=threading.Event())
    m = pair()
    m.goal([(Point.START, 0, 1)])

    def on_event(event: Event) -> None:
        if event.event == "incumbent":
            limits.cancel.set()

    result = solve(m.model(), limits=limits, on_event=on_event)
    assert result.interrupted
    assert result.schedule is not None and result.verdict is not None and result.verdict.holds


def test_ctrl_c_returns_what_there_is() -> None:
    m = pair()
    m.goal([(Point.START, 0, 1)])

    def on_event(event: Event) -> None:
        if event.event == "phase" and event.text == "build":
            raise KeyboardInterrupt

    result = solve(m.model(), limits=LIMITS, on_event=on_event)
    assert result.interrupted
    assert result.schedule is not None and result.status is Status.FEASIBLE


def test_no_time_at_all() -> None:
    m = pair()
    m.goal([(Point.START, 0, 1)])
    result = solve(m.model(), limits=Limits(seconds=0.0, workers=1), constructing=False)
    assert (result.status, result.schedule) == (Status.UNKNOWN, None)
    assert result.reason


def test_numbers_beyond_the_solver_are_an_outcome() -> None:
    m = Maker(1 << 40)
    a, b = m.task("a", 1), m.task("b", 1)
    m.goal([(Point.START, a, 1 << 40), (Point.START, b, 3)])
    model = m.model()
    result = solve(model, backend="cpsat", limits=LIMITS, constructing=False)
    assert (result.status, result.schedule) == (Status.UNKNOWN, None)
    assert "64-bit" in result.reason
    with pytest.raises(UnsuitableError):
        compile_model(model, "cpsat")


def test_an_unknown_back_end() -> None:
    with pytest.raises(KeyError):
        compile_model(pair().model(), "abacus")


def test_runs_of_the_same_seed_are_the_same_when_deterministic() -> None:
    m = Maker(200)
    own = [m.resource(f"r{k}") for k in range(3)]
    for j in range(5):
        tasks = [m.task(f"t{j}_{k}", 1 + (5 * j + 7 * k) % 9, uses={own[(k + j) % 3]: 1}) for k in range(3)]
        m.orders(list(pairwise(tasks)))
    m.makespan()
    m.goal([(Point.START, 4, 1)])
    model = m.model()
    runs = [solve(model, limits=Limits(seconds=5, seed=2, deterministic=True)) for _ in range(2)]
    assert runs[0].schedule is not None and runs[1].schedule is not None
    assert runs[0].schedule.start.tolist() == runs[1].schedule.start.tolist()
    assert runs[0].stages == runs[1].stages


# back-ends that lie

class Liar:
    """A back-end that answers whatever it was told to."""

    name, takes, promises, forms = "liar", CORE, frozenset[Any](), frozenset[str]()

    def __init__(self, answer: Callable[[Model], Outcome]) -> None:
        self.answer, self.model = answer, Model("none", Maker(1).model().axis)

    def missing(self) -> str | None:
        return None

    def bid(self, model: Model) -> Bid:
        return Bid(50, "it says so")

    def memory(self, model: Model) -> int:
        return 0

    def write(self, path: Path, form: str) -> None:
        raise NotImplementedError

    def compile(self, model: Model) -> Liar:
        self.model = model
        return self

    def solve(self, limits: Limits, hint: Schedule | None, on_event: OnEvent) -> Outcome:
        return self.answer(self.model)


@pytest.fixture
def lie(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[Model], Outcome]], None]:
    """Puts a lying back-end in the place of all others."""
    def install(answer: Callable[[Model], Outcome]) -> None:
        monkeypatch.setattr("schedc.compilers.choose.backends", lambda: (Liar(answer),))

    return install


_OVERLAPPING = Schedule(ints([0, 0]), ints([3, 4]), ints([3, 4]))
_SLOW = Schedule(ints([4, 7]), ints([7, 11]), ints([3, 4]))


@pytest.mark.parametrize(
    ("answer", "constructing"),
    [
        (Outcome(Status.FEASIBLE, _OVERLAPPING, (None,)), False),
        (Outcome(Status.OPTIMAL, _SLOW, (7,)), True),
        (Outcome(Status.INFEASIBLE, None, (None,)), True),
    ],
    ids=["breaks the model", "calls optimal what is not", "denies what exists"],
)
def test_a_refuted_answer_is_an_internal_error(
    lie: Callable[[Callable[[Model], Outcome]], None], answer: Outcome, constructing: bool
) -> None:
    lie(lambda model: answer)
    m = pair()
    m.goal([(Point.START, 0, 1), (Point.START, 1, 1)])
    with pytest.raises(InternalError):
        solve(m.model(), limits=LIMITS, constructing=constructing)


def test_a_worse_answer_does_not_replace_the_incumbent(lie: Callable[[Callable[[Model], Outcome]], None]) -> None:
    lie(lambda model: Outcome(Status.FEASIBLE, _SLOW, (None,)))
    m = pair()
    m.goal([(Point.START, 0, 1), (Point.START, 1, 1)])
    result = solve(m.model(), limits=LIMITS)
    assert (result.status, result.backend, result.stages[0].value) == (Status.FEASIBLE, "construct", 3)


def test_registry_names() -> None:
    assert "cpsat" in registry.backend_names()
    assert registry.find_backend("cpsat").name == "cpsat"
    with pytest.raises(KeyError):
        registry.find_backend("nobody")


# a short while for the solver before construction goes on

def hard() -> Model:
    """Ten weighted tasks on one machine with releases: nothing but a search proves the best."""
    m = Maker(200)
    saw = m.resource("saw")
    tasks = [m.task(f"t{k}", 3 + 5 * k % 7, uses={saw: 1}, release=4 * k % 11) for k in range(10)]
    m.goal([(Point.END, t, 1 + 3 * t % 5) for t in tasks])
    return m.model()


def phases(model: Model, limits: Limits) -> list[str]:
    """The phases of a run with one back-end that construct or solve, in their order."""
    trace = solve(model, backend="cpsat", limits=limits).trace
    return [e.text for e in trace if e.event == "phase" and e.text in ("construct", "solve")]


def test_what_the_solver_proves_at_once_is_not_constructed_further() -> None:
    m = pair()
    m.goal([(Point.START, 0, 1), (Point.START, 1, 1)])
    assert phases(m.model(), Limits(deterministic=True)) == ["construct", "solve"]


def test_what_it_does_not_prove_at_once_is_constructed_further(
    lie: Callable[[Callable[[Model], Outcome]], None]
) -> None:
    lie(lambda model: Outcome(Status.UNKNOWN, None))
    assert phases(hard(), LIMITS) == ["construct", "solve", "construct", "solve"]


def test_the_best_bound_of_both_runs_is_kept(lie: Callable[[Callable[[Model], Outcome]], None]) -> None:
    bounds = iter([(20,), (10,)])
    lie(lambda model: Outcome(Status.UNKNOWN, None, next(bounds)))
    assert solve(hard(), limits=LIMITS).stages[0].bound == 20


def test_a_bound_beyond_a_judged_schedule_is_an_internal_error(
    lie: Callable[[Callable[[Model], Outcome]], None]
) -> None:
    lie(lambda model: Outcome(Status.UNKNOWN, None, (1_000_000,)))
    with pytest.raises(InternalError):
        solve(hard(), limits=LIMITS)
