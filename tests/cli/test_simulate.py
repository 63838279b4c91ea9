"""`schedc simulate`: figures, files and exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cli_runs import Shell

TEXT = """
resource r
task a lasts about 8 .. 10 .. 15 uses r
task b lasts 6 uses r deadline 18 else penalty 2
order a -> b
minimize makespan then penalties
"""


@pytest.fixture
def planned(tmp_path: Path) -> Shell:
    run = Shell(tmp_path)
    (tmp_path / "m.sched").write_text(TEXT)
    assert run("solve", "m.sched", "-o", "m.json", "--quiet").returncode == 0
    return run


def test_text_data_and_pictures(planned: Shell) -> None:
    done = planned("simulate", "m.sched", "m.json", "--runs", "500", "-o", "s.json", "-o", "s.svg")
    assert done.returncode == 0 and "makespan: planned 16 ticks, mean 17 ticks" in done.stdout
    data = json.loads((planned.folder / "s.json").read_text())
    assert [g["name"] for g in data["goals"]] == ["makespan", "penalties"]
    assert sum(data["goals"][0]["histogram"]["counts"]) == 500
    assert data["makespan_cuts"][0] == {"level": 0, "least": 14, "most": 21}
    again = planned("simulate", "m.sched", "m.json", "--runs", "500", "--format", "json")
    assert json.loads(again.stdout) == data


@pytest.mark.parametrize(("arguments", "code"), [
    ("m.sched none.json", 1), ("none.sched m.json", 1), ("m.sched m.json --noise x", 2),
    ("m.sched m.json --noise=-1", 2), ("m.sched m.json --runs 0", 2), ("m.sched m.json -o s.pdf", 2),
    ("m.sched m.json --seed -1", 2), ("m.sched m.sched", 1), ("m.sched m.json --scenario no", 1),
])
def test_bad_input_is_said_so(planned: Shell, arguments: str, code: int) -> None:
    done = planned("simulate", *arguments.split())
    assert done.returncode == code and done.stderr and done.stdout == ""


def test_a_schedule_that_breaks_the_model_is_not_simulated(planned: Shell) -> None:
    path = planned.folder / "m.json"
    data = json.loads(path.read_text())
    for task in data["tasks"]:
        if task["name"] == "b":
            task.update(start=0, end=6, pieces=[[0, 6]])
    path.write_text(json.dumps(data))
    assert planned("simulate", "m.sched", "m.json").returncode == 5
