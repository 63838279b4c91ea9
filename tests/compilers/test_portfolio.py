"""The portfolio: who works when, and that nothing that an improver does wrong reaches a result."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pytest
from made import Maker

from schedc.compilers.backend import Event, Limits
from schedc.compilers.improve import Improver
from schedc.compilers.portfolio.arms import Arm, Arms, shares
from schedc.compilers.portfolio.rounds import Means, Round, Seen, next_round
from schedc.compilers.result import InternalError, Result
from schedc.compilers.solve import solve
from schedc.models.columns import Ints, ints
from schedc.models.expressions import Point
from schedc.models.model import Model
from schedc.models.schedule import Schedule, Status

Step = Callable[[Schedule | None, Callable[[], bool]], Schedule | None]


def weighted(count: int = 9) -> Model:
    """Weighted tasks on one machine with releases: nothing but a search proves the best."""
    m = Maker(300)
    saw = m.resource("saw")
    tasks = [m.task(f"t{k}", 3 + 5 * k % 7, uses={saw: 1}, release=4 * k % 11) for k in range(count)]
    m.goal([(Point.END, t, 1 + 3 * t % 5) for t in tasks])
    return m.model()


@dataclass
class Made:
    """An improver of a test: it answers what a function answers."""

    answer: Step
    name: str = "made"
    steps: int = 0
    recalled: dict[str, Ints] = field(default_factory=dict)

    def step(self, known: Schedule | None, seconds: float, stopped: Callable[[], bool]) -> Schedule | None:
        self.steps += 1
        return self.answer(known, stopped)

    def memory(self) -> Mapping[str, Ints]:
        return {"steps": ints([self.steps])}

    def recall(self, memory: Mapping[str, Ints]) -> None:
        self.recalled = dict(memory)


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Puts improvers of the test's own in the place of all others, without an exact search if wanted."""
    def install(*improvers: Improver, exact: bool = False) -> None:
        monkeypatch.setattr(
            "schedc.compilers.solve.improvers", lambda record, bounds: [Arm(i.name, lambda i=i: i) for i in improvers]
        )
        monkeypatch.setattr("schedc.compilers.solve.neighbourhoods", lambda record, choice: [])
        monkeypatch.setattr("schedc.compilers.solve.breeding", lambda record, construction, bounds: [])
        if not exact:
            monkeypatch.setattr("schedc.compilers.choose.backends", lambda: ())

    return install


def sources(result: Result) -> list[str]:
    """Who found the incumbents, in their order."""
    return [e.source for e in result.trace if e.event == "incumbent"]


LIMITS = Limits(seconds=2, workers=2)
DETERMINISTIC = Limits(seconds=3, seed=4, deterministic=True)


def optimum(model: Model) -> Schedule:
    """By CP-SAT alone."""
    result = solve(model, backend="cpsat", limits=Limits(workers=1))
    assert result.status is Status.OPTIMAL and result.schedule is not None
    return result.schedule


def test_what_an_improver_finds_is_taken(alone: Callable[..., None]) -> None:
    model = weighted()
    best = optimum(model)
    alone(Made(lambda known, stopped: best))
    result = solve(model, limits=DETERMINISTIC, constructing=False)
    assert result.backend == "made" and result.verdict is not None and result.verdict.holds
    assert sources(result)[-1] == "made"


def test_an_improver_that_raises_loses_nothing(alone: Callable[..., None]) -> None:
    def fail(known: Schedule | None, stopped: Callable[[], bool]) -> Schedule | None:
        raise ZeroDivisionError("by design")

    broken = Made(fail)
    alone(broken)
    result = solve(weighted(), limits=LIMITS)
    assert (result.status, result.backend, broken.steps) == (Status.FEASIBLE, "construct", 1)
    assert any("ZeroDivisionError: by design" in e.text for e in result.trace)


def test_schedules_that_do_not_hold_are_never_taken(alone: Callable[..., None]) -> None:
    def overlapping(known: Schedule | None, stopped: Callable[[], bool]) -> Schedule | None:
        assert known is not None
        return replace(known, start=known.start * 0, end=known.length)

    wrong = Made(overlapping)
    alone(wrong)
    result = solve(weighted(), limits=LIMITS)
    assert (result.backend, sources(result)) == ("construct", ["construct"])
    assert wrong.steps == 5     # then it is left out


def test_an_improver_that_is_not_made_for_the_model_is_left_out(alone: Callable[..., None]) -> None:
    model, best = weighted(), optimum(weighted())
    alone(Made(lambda known, stopped: best))
    none = Arm("none", lambda: None)
    arms = Arms(0)
    arms.add(none)
    with pytest.raises(Exception, match="none"):
        none.step(None, 1.0, lambda: False)
    assert solve(model, limits=DETERMINISTIC, constructing=False).backend == "made"


def test_one_that_never_comes_back_is_not_waited_for(alone: Callable[..., None]) -> None:
    release = threading.Event()
    alone(Made(lambda known, stopped: release.wait(60) and None))
    result = solve(weighted(), limits=Limits(seconds=0.5, workers=2))
    release.set()
    assert result.schedule is not None


def test_cancelling_keeps_the_best(alone: Callable[..., None]) -> None:
    model, cancel = weighted(), threading.Event()
    best = optimum(model)

    def found(event: Event) -> None:
        if event.source == "made":
            cancel.set()

    alone(Made(lambda known, stopped: best))
    result = solve(model, limits=Limits(workers=2, cancel=cancel), on_event=found, constructing=False)
    assert result.interrupted and result.backend == "made"


def test_a_step_is_told_to_stop(alone: Callable[..., None]) -> None:
    cancel, seen = threading.Event(), []

    def waits(known: Schedule | None, stopped: Callable[[], bool]) -> Schedule | None:
        cancel.set()
        while not stopped():
            pass
        seen.append(True)
        return known

    alone(Made(waits))
    assert solve(weighted(), limits=Limits(workers=2, cancel=cancel)).interrupted
    assert seen


def test_improvers_and_the_exact_search_share_the_incumbent(alone: Callable[..., None]) -> None:
    model, best = weighted(), optimum(weighted())
    alone(Made(lambda known, stopped: best), exact=True)
    result = solve(model, limits=Limits(seconds=60, workers=1))
    assert result.status is Status.OPTIMAL
    assert result.verdict is not None and result.verdict.objectives[0] == result.stages[0].bound


@pytest.mark.parametrize("seconds", [1.0, 4.0])
def test_deterministic_runs_repeat(alone: Callable[..., None], monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    monkeypatch.setattr("schedc.compilers.solve.improvers", lambda record, bounds: [])
    model, limits = weighted(14), replace(DETERMINISTIC, seconds=seconds)
    one, two = (solve(model, limits=limits) for _ in range(2))
    assert one.schedule is not None and two.schedule is not None
    assert np.array_equal(one.schedule.start, two.schedule.start)
    assert one.stages == two.stages
    assert [(e.source, e.objective) for e in one.trace if e.event == "incumbent"] == [
        (e.source, e.objective) for e in two.trace if e.event == "incumbent"
    ]


def test_a_listener_that_raises_ends_every_job(alone: Callable[..., None]) -> None:
    model, stopped_at_last = weighted(), threading.Event()
    best = optimum(model)

    def work(known: Schedule | None, stopped: Callable[[], bool]) -> Schedule | None:
        if known is not None and np.array_equal(known.start, best.start):
            while not stopped():
                pass
            stopped_at_last.set()
        return best

    def listen(event: Event) -> None:
        if event.source in ("made", "other"):
            raise InternalError("enough")

    alone(Made(work), Made(work, "other"))
    with pytest.raises(InternalError, match="enough"):
        solve(model, limits=Limits(workers=2), on_event=listen, constructing=False)
    assert not [t for t in threading.enumerate() if t.name in ("schedc-made", "schedc-other") and t.is_alive()]


# who gets the next slice


def test_shares_add_up_and_leave_nobody_out() -> None:
    for worth in ([1.0, 0.0, 0.0], [0.0, 0.0], [0.5], [0.2] * 12):
        found = shares(worth)
        assert sum(found) == pytest.approx(1)
        assert min(found) > 0
    assert shares([0.9, 0.1])[0] > shares([0.9, 0.1])[1]


# rounds

SMALL = Means(workers=2, arms=3, exact=True, quick=True, seconds=60.0)


def history(*rounds: tuple[int, int, bool, bool, float]) -> list[Seen]:
    """Rounds as (workers of the exact search, improvers, whether each brought something, gap)."""
    return [Seen(Round(e, i, 1.0), a, b, gap) for e, i, a, b, gap in rounds]


def test_a_run_begins_with_a_chance_and_a_probe() -> None:
    first = next_round([], SMALL, 60.0)
    assert (first.exact, first.improvers) == (2, 0) and first.seconds == 2.0
    probe = next_round(history((2, 0, True, False, 0.1)), SMALL, 58.0)
    assert (probe.exact, probe.improvers) == (0, 2)


def test_near_a_proof_the_chance_is_longer() -> None:
    near = history((2, 0, True, False, 0.03))
    assert next_round(near, SMALL, 58.0) == Round(2, 0, 10.0)
    assert next_round([*near, *history((2, 0, False, False, 0.03))], SMALL, 48.0).improvers == 2


def test_where_improvers_bring_nothing_the_exact_search_has_every_worker() -> None:
    near = history((2, 0, True, False, 0.04), (0, 2, False, False, 0.04))
    assert next_round(near, SMALL, 50.0) == Round(2, 0, None)
    further = history((2, 0, True, False, 0.1), (0, 2, False, False, 0.1))
    assert next_round(further, SMALL, 50.0) == Round(2, 0, 24.0)
    later = next_round([*further, *history((2, 0, False, False, 0.1))], SMALL, 26.0)
    assert (later.exact, later.improvers) == (1, 1)
    far = history((2, 0, True, False, 0.5), (0, 2, False, False, 0.5))
    assert next_round(far, SMALL, 50.0).improvers == 1


def test_where_they_do_both_work_side_by_side() -> None:
    seen = history((2, 0, True, False, 0.1), (0, 2, False, True, 0.1))
    found = next_round(seen, SMALL, 50.0)
    assert (found.exact, found.improvers) == (1, 1)


def test_with_one_worker_they_take_turns() -> None:
    one = replace(SMALL, workers=1)
    seen = history((1, 0, True, False, 0.3), (0, 1, False, True, 0.3))
    assert next_round(seen, one, 50.0).exact == 1
    assert next_round([*seen, *history((1, 0, False, False, 0.3))], one, 50.0).improvers == 1


def test_an_improver_that_has_not_ended_a_slice_is_waited_for() -> None:
    seen = history((2, 0, True, False, 0.1), (0, 2, False, False, 0.1))
    seen[-1] = replace(seen[-1], untried=1)
    assert next_round(seen, SMALL, 50.0).improvers > 0


@pytest.mark.parametrize("workers", [1, 2, 3, 8])
@pytest.mark.parametrize("arms", [0, 1, 3])
@pytest.mark.parametrize("exact", [True, False])
def test_no_round_has_more_workers_than_there_are(workers: int, arms: int, exact: bool) -> None:
    means = Means(workers, arms, exact, True, 60.0)
    seen: list[Seen] = []
    for k in range(12):
        found = next_round(seen, means, 40.0)
        assert 0 < found.exact + found.improvers <= workers or not (arms or exact)
        assert found.improvers <= arms
        seen.append(Seen(found, k % 3 == 0, k % 2 == 0, 0.5))
