"""`schedc compile`: models for other tools, which solve them to the same optimum, and the planner's table."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cli_runs import Shell

from schedc.compilers import registry
from schedc.compilers.constructs import CORE, Construct
from schedc.compilers.cpsat import CpSat

SMALL = """\
time for 40
resource saw
task a lasts 3 uses saw
task b lasts 4 uses saw
task c lasts 2
exclusive a, c
order a -> c after 0 .. 5
minimize 2 * end(a) + end(b) + end(c)
"""
OPTIMUM = 18        # a 0..3, c 3..5, b 3..7: 6 + 7 + 5


@pytest.fixture
def small(schedc: Shell) -> Path:
    path = schedc.folder / "small.sched"
    path.write_text(SMALL)
    return path


class Bare(CpSat):
    """CP-SAT as if it took little."""

    name = "bare"
    takes = frozenset({
        Construct.TASKS, Construct.CAPACITY, Construct.LINEAR, Construct.LOGIC, Construct.EXTREME, Construct.GOALS,
        Construct.LENGTH_RANGES, Construct.INDICATOR,
    })
    forms = frozenset({"bare"})


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """A back-end that needs lowerings."""
    load = registry._load
    monkeypatch.setattr(registry, "_OURS", {**registry._OURS, "bare": ("", "")})
    monkeypatch.setattr(registry, "_load", lambda name: Bare() if name == "bare" else load(name))


@pytest.mark.parametrize("form", ["mps", "lp"])
def test_highs_solves_what_is_exported(schedc: Shell, small: Path, form: str) -> None:
    import highspy

    done = schedc("compile", "small.sched", "--to", form, "-o", f"small.{form}")
    assert done.returncode == 0, done.stderr
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    assert highs.readModel(str(schedc.folder / f"small.{form}")) == highspy.HighsStatus.kOk
    highs.run()
    assert highs.getModelStatus() == highspy.HighsModelStatus.kOptimal
    assert round(highs.getInfo().objective_function_value) == OPTIMUM
    assert schedc("compile", "small.sched", "--to", form).stdout == (schedc.folder / f"small.{form}").read_text()


@pytest.mark.parametrize("name", ["small.pb", "small.pbtxt"])
def test_cp_sat_solves_what_is_exported(schedc: Shell, small: Path, name: str) -> None:
    from google.protobuf import text_format
    from ortools.sat import cp_model_pb2
    from ortools.sat.python import cp_model

    assert schedc("compile", "small.sched", "--to", "cpsat", "-o", name).returncode == 0
    proto = cp_model_pb2.CpModelProto()
    written = schedc.folder / name
    if name.endswith(".pb"):
        proto.ParseFromString(written.read_bytes())
    else:
        text_format.Parse(written.read_text(), proto)
    model = cp_model.CpModel()
    assert model.proto.parse_text_format(text_format.MessageToString(proto))
    solver = cp_model.CpSolver()
    assert solver.solve(model) == cp_model.OPTIMAL
    assert round(solver.objective_value) == OPTIMUM


def test_a_maximised_value_is_exported_as_it_is() -> None:
    from ortools.sat.python import cp_model

    from schedc.api import loads

    problem = loads("time for 20\ntask a lasts 3 deadline 12\nmaximize 2 * start(a) - 5\n")
    solver = cp_model.CpSolver()
    assert solver.solve(problem.compile("cpsat").native) == cp_model.OPTIMAL
    assert solver.objective_value == 13 and solver.best_objective_bound == 13


def test_the_model_as_json_is_the_model(schedc: Shell, small: Path) -> None:
    from schedc.compilers.solve import solve
    from schedc.models.serial import model_from_json

    model = model_from_json(json.loads(schedc("compile", "small.sched", "--to", "json").stdout))
    assert solve(model).stages[0].value == OPTIMUM


def test_a_plan_says_what_becomes_of_each_statement(schedc: Shell, small: Path) -> None:
    done = schedc("compile", "small.sched", "--plan", "--solver", "cpsat")
    assert done.returncode == 0, done.stderr
    assert "small.sched:6" in done.stdout and "exclusive" in done.stdout and "0 rewritten" in done.stdout
    data = json.loads(schedc("compile", "small.sched", "--plan", "--format", "json").stdout)
    assert data["solver"] in registry.backend_names() and data["chosen_because"]
    assert [s["address"] for s in data["statements"]][-1] == "small.sched:8"
    assert all(not s["missing"] for s in data["statements"])


def test_a_plan_names_chains_costs_and_what_lost(
    small: Path, bare: None, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from schedc.cli.entry import run

    monkeypatch.chdir(small.parent)
    assert run(["compile", "small.sched", "--plan", "--solver", "bare", "--format", "json"]) == 0
    data = json.loads(capsys.readouterr().out)
    steps = {step["construct"]: step for step in data["lowerings"]}
    assert steps["exclusive"]["chain"] == ["exclusive as a resource of one"] and steps["exclusive"]["cost"] == 2
    assert [lost["name"] for lost in steps["exclusive"]["lost"]] == ["exclusive pair by pair"]
    assert steps["maximal lags"]["chain"] == ["maximal lags as arrows back", "precedence as comparisons"]
    assert {s["address"]: s["rewritten"] for s in data["statements"]}["small.sched:6"] == ["exclusive"]
    assert run(["compile", "small.sched", "--plan", "--solver", "bare"]) == 0
    text = capsys.readouterr().out
    assert "exclusive as a resource of one" in text and "exclusive pair by pair: 3" in text


def test_a_lowered_model_is_solved_in_the_authors_terms(bare: None) -> None:
    from schedc.api import loads

    plan = loads("time for 40\nresource r\ndowntime r during 2 .. 5\n" + SMALL.replace("time for 40\n", "").replace(
        "task c lasts 2", "task c lasts 2 uses r")).solve(solver="bare", time=30)
    assert plan.status == "optimal" and plan.verdict is not None and plan.verdict.holds
    assert len(plan) == 3 and plan.schedule.start.shape == (3,)
    assert plan["c"].start >= 5


def test_what_has_no_chain_is_named_with_its_place(
    bare: None, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from schedc.cli.entry import run

    monkeypatch.chdir(tmp_path)
    Path("dip.sched").write_text(
        "time for 40\nresource r capacity 5\ndowntime r during 2 .. 6 leaving 2\n"
        "task a lasts 7 uses r 3 pausable\ntask b lasts 5 uses r 2\nminimize end(a) + end(b)\n"
    )
    assert run(["compile", "dip.sched", "--plan", "--solver", "bare"]) == 4
    assert "cannot take pauses in pausable (dip.sched:4)" in capsys.readouterr().out
    assert run(["compile", "dip.sched", "--to", "bare", "--solver", "bare"]) == 1
    err = capsys.readouterr().err
    assert "dip.sched:4" in err and "cpsat" in err and "Traceback" not in err
    assert run(["solve", "dip.sched", "--solver", "bare", "--gantt", "none"]) == 0      # what was constructed
    assert "solver did not run" in (out := capsys.readouterr().out) and "dip.sched:4" in out


@pytest.mark.parametrize("arguments", [
    ["--to", "smoke"], ["--to", "lp", "--solver", "cpsat"], ["--plan", "--to", "json"], [], ["--plan", "--solver", "x"],
])
def test_wrong_usage(schedc: Shell, small: Path, arguments: list[str]) -> None:
    done = schedc("compile", "small.sched", *arguments)
    assert done.returncode == 2 and done.stdout == "" and "Traceback" not in done.stderr


def test_cp_sat_takes_the_whole_core() -> None:
    assert CpSat.takes >= CORE
