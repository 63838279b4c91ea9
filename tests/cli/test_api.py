"""The Python interface."""

from __future__ import annotations

import json
import threading
import time
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from small_models import IMPOSSIBLE, WORKSHOP, WRONG, hard

import schedc
from schedc import Event, NoScheduleError, SchedcError, ScheduleError, SolverError


@pytest.fixture(scope="module")
def plan() -> schedc.Plan:
    return schedc.loads(WORKSHOP).solve(time=60, workers=1)


def test_a_plan_by_name(plan: schedc.Plan) -> None:
    assert plan.status == "optimal" and not plan.interrupted
    cut = plan["cut[bracket]"]
    assert cut.end - cut.start >= cut.length == 8
    assert sum(hi - lo for lo, hi in cut.pieces) == 8
    assert [(u.resource, u.amount) for u in cut.uses] == [("crew", 1), ("mill", 1)]
    origin = datetime.fromisoformat("2026-01-05T08:00:00+01:00")
    assert cut.instant is not None and cut.instant[0] == origin + timedelta(minutes=15 * cut.start)
    assert list(plan) == ["prepare[bracket]", "prepare[flange]", "cut[bracket]", "cut[flange]"]
    assert len(plan) == 4 and "cut[flange]" in plan and "cut[x]" not in plan
    with pytest.raises(KeyError, match="did you mean 'cut\\[flange\\]'"):
        plan["cut[flang]"]


def test_objectives(plan: schedc.Plan) -> None:
    (goal,) = plan.objectives
    latest = max(plan[name].end for name in plan)
    assert (goal.name, goal.sense, goal.value, goal.bound, goal.gap, goal.unit) == (
        "makespan", "minimize", latest, latest, 0.0, "ticks"
    )


def test_frames(plan: schedc.Plan) -> None:
    frame = plan.to_frame()
    assert list(frame.columns) == [
        "name", "present", "start", "end", "length", "mode", "resource", "start_at", "end_at"
    ]
    row = frame.set_index("name").loc["cut[bracket]"]
    assert row.start == plan["cut[bracket]"].start and row.resource == "crew;mill"
    assert row.start_at == plan["cut[bracket]"].instant[0]  # type: ignore[index]
    assert str(frame.start_at.dt.tz) == "Europe/Paris"


def test_text_and_files(plan: schedc.Plan, tmp_path: Path) -> None:
    assert json.loads(plan.to_json()) == plan.to_dict()
    assert "cut[bracket]" in plan.gantt() and "crew" in plan.gantt(by="resource")
    assert plan.svg().startswith("<svg") and plan._repr_html_() == plan.svg()
    assert "optimal" in plan.summary() and "optimal" in repr(plan)
    for name in ("a.json", "a.csv", "a.svg", "a.html"):
        plan.save(tmp_path / name)
        assert (tmp_path / name).stat().st_size > 100
    with pytest.raises(schedc.OutputError, match="known are"):
        plan.save("a.txt")
    with pytest.raises(schedc.FileError, match="cannot write"):
        plan.save(tmp_path / "missing" / "a.json")
    with pytest.raises(ValueError, match="by must be"):
        plan.gantt(by="colour")


def test_verify_takes_all_that_is_a_schedule(plan: schedc.Plan, tmp_path: Path) -> None:
    problem = schedc.loads(WORKSHOP)
    plan.save(tmp_path / "a.json")
    for form in (plan, plan.schedule, plan.to_dict(), plan.to_json(), tmp_path / "a.json", str(tmp_path / "a.json")):
        verdict = problem.verify(form)
        assert verdict.holds and verdict.objectives == (plan.objectives[0].value,)
    bad = plan.to_dict()
    bad["tasks"][0]["end"] += 1
    del bad["tasks"][0]["pieces"]
    assert not problem.verify(bad).holds
    with pytest.raises(ScheduleError):
        problem.verify({"tasks": []})
    with pytest.raises(schedc.FileError):
        problem.verify(tmp_path / "b.json")


def test_no_schedule() -> None:
    plan = schedc.loads(IMPOSSIBLE).solve(time=30)
    assert plan.status == "infeasible" and plan.verdict is None
    for ask in (lambda: plan["a[1]"], plan.to_frame, plan.gantt, lambda: plan.save("x.svg")):
        with pytest.raises(NoScheduleError, match="the status is infeasible"):
            ask()
    assert json.loads(plan.to_json())["tasks"] == []
    assert not Path("x.svg").exists()


def test_errors_come_all_at_once() -> None:
    with pytest.raises(SchedcError) as caught:
        schedc.loads(WRONG)
    assert [d.primary.span.line for d in caught.value.diagnostics] == [2, 3]
    assert "2:21: error[E" in str(caught.value)
    with pytest.raises(SchedcError):
        schedc.load("/nowhere/at/all.sched")


def test_parameters_and_tables(tmp_path: Path) -> None:
    assert schedc.loads(WORKSHOP, people=1).solve(time=60).objectives[0].value == 30
    with pytest.raises(SchedcError):
        schedc.loads(WORKSHOP, nobody=1)
    (tmp_path / "jobs.csv").write_text("id\nx\ny\n")
    text = 'table jobs from "none.csv" key id { id: text }\ntask t[j in jobs] lasts 1\ntime for 9\n'
    (tmp_path / "m.sched").write_text(text)
    problem = schedc.load(tmp_path / "m.sched", data={"jobs": tmp_path / "jobs.csv"})
    assert list(problem.solve()) == ["t[x]", "t[y]"]


@pytest.mark.parametrize("wrong", [
    {"time": "soon"}, {"time": 0}, {"gap": "2"}, {"workers": 0}, {"seed": -1}, {"solver": "magic"},
    {"formulation": "time"}, {"solver": "milp", "formulation": "flow"},
])
def test_wrong_options(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        schedc.loads(WORKSHOP).solve(**wrong)  # type: ignore[arg-type]


def test_a_solver_that_does_not_exist_is_named() -> None:
    with pytest.raises(SolverError, match="no solver `magic`"):
        schedc.loads(WORKSHOP).compile("magic")


def test_events_and_cancel() -> None:
    cancel, seen = threading.Event(), []

    def listen(event: Event) -> None:
        seen.append(event)
        if event.event == "incumbent":
            cancel.set()

    began = time.monotonic()
    plan = schedc.loads(hard()).solve(time=300, on_event=listen, cancel=cancel)
    assert plan.interrupted and plan.status == "feasible" and plan.verdict is not None and plan.verdict.holds
    assert seen[-1].event == "end" and time.monotonic() - began < 200


def test_cancelled_before_it_began() -> None:
    cancel = threading.Event()
    cancel.set()
    plan = schedc.loads(hard()).solve(time=300, cancel=cancel)
    assert plan.interrupted and plan.status in ("feasible", "unknown")


def test_what_a_listener_raises_ends_the_run() -> None:
    class OddError(Exception):
        pass

    def listen(event: Event) -> None:
        if event.event == "incumbent":
            raise OddError("odd")

    with pytest.raises(OddError):
        schedc.loads(hard()).solve(time=300, on_event=listen)


def test_a_hint(plan: schedc.Plan, tmp_path: Path) -> None:
    problem = schedc.loads(WORKSHOP)
    plan.save(tmp_path / "old.json")
    for hint in (plan, plan.schedule, plan.to_dict(), tmp_path / "old.json"):
        assert problem.solve(hint=hint, workers=1).objectives == plan.objectives


def test_solves_at_the_same_time_do_not_mix() -> None:
    found: dict[int, object] = {}

    def work(people: int) -> None:
        found[people] = schedc.loads(WORKSHOP, people=people).solve(time=60, workers=1).objectives[0].value

    threads = [threading.Thread(target=work, args=(people,)) for people in (1, 2, 3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    alone = {people: schedc.loads(WORKSHOP, people=people).solve().objectives[0].value for people in (1, 2, 3)}
    assert found == alone


def test_constraints_of_ones_own() -> None:
    problem = schedc.loads(WORKSHOP)
    compiled = problem.compile("cpsat")
    compiled.native.add(compiled.start["cut[flange]"] >= 100)  # type: ignore[attr-defined]
    from schedc.compilers.backend import Limits

    outcome = compiled.solve(Limits(seconds=60), None, lambda event: None)
    assert outcome.schedule is not None and problem.verify(outcome.schedule).holds
    assert int(outcome.schedule.start[3]) >= 100
