"""CP-SAT: hints, events, cancelling, threads, determinism, and the native model."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np
import pytest
from made import Maker

from schedc.compilers.backend import Event, Limits
from schedc.compilers.cpsat import CpSat
from schedc.compilers.cpsat.engine import safe_bound
from schedc.models.columns import ints
from schedc.models.expressions import Point
from schedc.models.model import Model
from schedc.models.schedule import Schedule, Status
from schedc.models.verify import verify


def shop(jobs: int, machines: int, salt: int = 1) -> Model:
    """A job shop with made-up lengths and routes."""
    m = Maker(100 * jobs * machines)
    own = [m.resource(f"machine{k}") for k in range(machines)]
    for j in range(jobs):
        last = None
        for k in range(machines):
            where = own[(k * (2 * j + 1) + j * salt) % machines]
            task = m.task(f"op{j}_{k}", 1 + (7 * j + 11 * k * salt + j * k) % 19, uses={where: 1})
            if last is not None:
                m.order(last, task)
            last = task
    m.makespan()
    return m.model()


def hard() -> Model:
    """A square random job shop that takes far longer than any test to prove."""
    chance = np.random.default_rng(7)
    m = Maker(30_000)
    own = [m.resource(f"machine{k}") for k in range(15)]
    for j in range(15):
        route = chance.permutation(15).tolist()
        tasks = [m.task(f"op{j}_{k}", int(chance.integers(1, 99)), uses={own[w]: 1}) for k, w in enumerate(route)]
        m.orders(list(pairwise(tasks)))
    m.makespan()
    return m.model()


def test_events_tell_the_story_with_schedules_that_hold() -> None:
    model, events = shop(4, 3), list[Event]()
    outcome = CpSat().compile(model).solve(Limits(seconds=30, workers=1), None, events.append)
    incumbents = [e for e in events if e.event == "incumbent"]
    assert outcome.status is Status.OPTIMAL and incumbents
    values = [e.objective[0] for e in incumbents]
    assert values == sorted(values, reverse=True)
    for event in incumbents:
        assert event.schedule is not None
        assert verify(model, event.schedule).objectives == event.objective
    assert incumbents[-1].objective == outcome.bounds


def test_a_hint_that_is_optimal_comes_back() -> None:
    model = shop(3, 3)
    compiled = CpSat().compile(model)
    first = compiled.solve(Limits(seconds=30, workers=1)).schedule
    assert first is not None
    again = compiled.solve(Limits(seconds=30, workers=1), first)
    assert again.status is Status.OPTIMAL and again.schedule is not None
    assert again.schedule.end.max() == first.end.max()


def test_a_wrong_hint_does_no_harm() -> None:
    model = shop(3, 3)
    nothing = Schedule(ints([0] * 9), model.shortest, model.shortest)
    outcome = CpSat().compile(model).solve(Limits(seconds=30, workers=1), nothing)
    plain = CpSat().compile(model).solve(Limits(seconds=30, workers=1))
    assert outcome.status is Status.OPTIMAL
    assert outcome.bounds == plain.bounds


def test_constraints_added_to_the_native_model_bind() -> None:
    m = Maker(30)
    m.task("a", 3)
    m.task("b", 2)
    m.makespan()
    compiled = CpSat().compile(m.model())
    before = compiled.solve(Limits(seconds=30, workers=1)).schedule
    compiled.native.add(compiled.start["b"] >= compiled.end["a"] + 4)
    after = compiled.solve(Limits(seconds=30, workers=1), before)
    assert after.status is Status.OPTIMAL and after.schedule is not None
    assert after.schedule.end.max() == 9
    assert compiled.length["a"] == 3
    assert list(compiled.start) == ["a", "b"]


def test_cancelling_before_the_start_ends_at_once() -> None:
    limits = Limits(seconds=300, workers=1)
    limits.cancel.set()
    outcome = CpSat().compile(hard()).solve(limits)
    assert outcome.interrupted
    assert outcome.status in (Status.UNKNOWN, Status.FEASIBLE)


def test_cancelling_from_another_thread_keeps_the_best() -> None:
    limits, model = Limits(seconds=300, workers=1), hard()
    first = threading.Event()
    outcomes = []

    def on_event(event: Event) -> None:
        if event.event == "incumbent":
            first.set()

    solving = threading.Thread(target=lambda: outcomes.append(CpSat().compile(model).solve(limits, None, on_event)))
    solving.start()
    assert first.wait(120)
    limits.cancel.set()
    solving.join(60)
    assert outcomes and outcomes[0].interrupted
    assert outcomes[0].status is Status.FEASIBLE and verify(model, outcomes[0].schedule).holds


def test_what_a_listener_raises_ends_the_run() -> None:
    def on_event(event: Event) -> None:
        raise RuntimeError("enough")

    with pytest.raises(RuntimeError, match="enough"):
        CpSat().compile(hard()).solve(Limits(seconds=300, workers=1), None, on_event)


def test_two_solves_at_once_of_one_compiled_model() -> None:
    compiled = CpSat().compile(shop(4, 3))
    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(lambda seed: compiled.solve(Limits(seconds=60, workers=1, seed=seed)), (1, 2)))
    assert [o.status for o in outcomes] == [Status.OPTIMAL] * 2
    assert outcomes[0].bounds == outcomes[1].bounds


def test_deterministic_runs_repeat() -> None:
    model, limits = shop(8, 6, 5), Limits(seconds=0.02, seed=3, deterministic=True)
    runs = []
    for _ in range(2):
        trace = list[Event]()
        outcome = CpSat().compile(model).solve(limits, None, trace.append)
        assert outcome.schedule is not None
        runs.append((outcome.status, outcome.bounds, outcome.schedule.start.tolist()))
    assert runs[0] == runs[1]


def test_a_gap_limit_is_not_called_optimal() -> None:
    """A gap of 300 % is reached by the first schedule; its bound does not meet its value."""
    model = hard()
    outcome = CpSat().compile(model).solve(Limits(seconds=60, workers=1, gap=3.0))
    assert outcome.schedule is not None
    value = verify(model, outcome.schedule).objectives[0]
    assert outcome.bounds[0] is not None and outcome.bounds[0] < value
    assert outcome.status is Status.FEASIBLE


def test_infeasible_says_so() -> None:
    m = Maker(3)
    saw = m.resource("saw")
    m.tasks_of("t", [2, 2], uses={saw: 1})
    outcome = CpSat().compile(m.model()).solve(Limits(seconds=30, workers=1))
    assert (outcome.status, outcome.schedule) == (Status.INFEASIBLE, None)
    assert outcome.reason


def test_maximised_goals_report_their_own_bounds() -> None:
    m = Maker(10)
    a = m.task("a", 3)
    m.goal([(Point.START, a, 2)], minimize=False)
    outcome = CpSat().compile(m.model()).solve(Limits(seconds=30, workers=1))
    assert (outcome.status, outcome.bounds) == (Status.OPTIMAL, (14,))


def test_bounds_are_rounded_towards_safety() -> None:
    assert safe_bound(12.0000000001) == 12
    assert safe_bound(12.3) == 13
    assert safe_bound(-7.0) == -7
    assert safe_bound(float("-inf")) is None
    large = float(1 << 60)
    assert (1 << 60) - 2048 <= (safe_bound(large) or 0) < 1 << 60
