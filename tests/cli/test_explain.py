"""`schedc explain` as a user runs it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cli_runs import Told, run_here
from small_models import IMPOSSIBLE, WORKSHOP, WRONG


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, text in {"workshop": WORKSHOP, "impossible": IMPOSSIBLE, "wrong": WRONG}.items():
        (tmp_path / f"{name}.sched").write_text(text)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def explain(capsys: pytest.CaptureFixture[str], *words: str) -> Told:
    return run_here(capsys, "explain", *words)


@pytest.mark.parametrize("solver", ["auto", "milp"])
def test_an_infeasible_file(folder: Path, capsys: pytest.CaptureFixture[str], solver: str) -> None:
    told = explain(capsys, "impossible.sched", "--solver", solver, "--workers", "1")
    assert told.code == 3 and told.err == ""
    assert told.out.startswith("error[E410]: these 4 places cannot be kept together: `saw` has too much to do")
    assert "1 conflict of 8 parts, each part confirmed to be needed" in told.out
    assert "= fix: the horizon + 1, to 6" in told.out and "capacity 3" in told.out


def test_as_data(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = explain(capsys, "impossible.sched", "--format", "json")
    found = json.loads(told.out)
    assert told.code == 3 and found["schema"] == "schedc.explanation/1" and found["status"] == "infeasible"
    conflict = found["conflicts"][0]
    assert conflict["minimal"] and {p["span"]["line"] for p in conflict["parts"]} == {2, 3, 4}
    assert all(r["least"] and r["span"]["line"] in (2, 3, 4) for r in conflict["relaxations"])
    assert conflict["diagnostic"]["code"] == "E410"


def test_a_task_of_a_feasible_file(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "there is a schedule" in explain(capsys, "workshop.sched").out
    solved = run_here(capsys, "solve", "workshop.sched", "-o", "plan.json", "--workers", "1")
    assert solved.code == 0
    told = explain(capsys, "workshop.sched", "--task", "cut[flange]", "--schedule", "plan.json", "--workers", "1")
    assert told.code == 0 and "why `cut[flange]` starts at 2026-01-05" in told.out and "bottlenecks" in told.out


@pytest.mark.parametrize(("words", "code", "said"), [
    (["missing.sched"], 1, "there is no such file"),
    (["wrong.sched"], 1, "there is no resource `sow`"),
    (["workshop.sched", "--task", "cut[flang]"], 2, "did you mean `cut[flange]`"),
    (["workshop.sched", "--schedule", "plan.json"], 2, "together with --task"),
    (["workshop.sched", "--solver", "cplex"], 2, "there is no solver `cplex`"),
    (["workshop.sched", "--time", "soon"], 2, "soon"),
    (["workshop.sched", "--set", "persons=2"], 1, "there is no param `persons`"),
    (["workshop.sched", "--task", "cut[flange]", "--schedule", "no.json"], 1, "no.json"),
])
def test_bad_input(
    folder: Path, capsys: pytest.CaptureFixture[str], words: list[str], code: int, said: str
) -> None:
    told = explain(capsys, *words)
    assert told.code == code and said in told.err and told.out == ""


def test_a_schedule_that_breaks_the_model(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run_here(capsys, "solve", "workshop.sched", "-o", "plan.json", "--workers", "1")
    plan = json.loads((folder / "plan.json").read_text())
    for task in plan["tasks"]:
        task["start"], task["end"], task["pieces"] = 0, task["end"] - task["start"], None
    (folder / "bad.json").write_text(json.dumps(plan))
    told = explain(capsys, "workshop.sched", "--task", "cut[flange]", "--schedule", "bad.json")
    assert told.code in (1, 5) and told.err and told.out == ""


def test_solve_says_where_to_read_more(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = run_here(capsys, "solve", "impossible.sched", "-o", "none.json")
    assert told.code == 3 and "`schedc explain impossible.sched` shows which statements" in told.err
    found = json.loads((folder / "none.json").read_text())["conflict"]
    assert {part["kind"] for part in found} == {"lasts", "uses", "capacity", "horizon"}
    assert {part["statement"] for part in found} == {f"impossible.sched:{line}" for line in (2, 3, 4)}
    assert run_here(capsys, "solve", "impossible.sched", "--quiet").err.count("note:") == 0
