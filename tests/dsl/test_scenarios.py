"""Scenarios: what they replace, what they add, and what cannot be one."""

from __future__ import annotations

from pathlib import Path

import pytest
from cli_runs import Shell

import schedc
from schedc.models.diagnostics import SchedcError

TEXT = """
param crews = 2
resource crew capacity crews as team
task a[i in 1 .. 4] lasts 3 uses crew
order a[1] -> a[2] as first
minimize makespan
scenario strike { param crews = 1 }
scenario rush { resource crew capacity 4 as team order a[2] -> a[1] as first }
scenario split { order a[1] -> a[2] -> a[3] as first order a[3] -> a[4] }
"""


@pytest.mark.parametrize(("scenario", "makespan"), [(None, 6), ("strike", 12), ("rush", 6), ("split", 12)])
def test_a_scenario_is_the_model_with_its_statements(scenario: str | None, makespan: int) -> None:
    assert schedc.loads(TEXT, scenario=scenario).solve().objectives[0].value == makespan


def test_labels_replace_where_they_stand_and_all_else_comes_last() -> None:
    rush, split = (schedc.loads(TEXT, scenario=s).model for s in ("rush", "split"))
    assert rush.orders[0].first.tolist() == [1] and len(rush.orders) == 1 and rush.capacity.tolist() == [4]
    assert [o.first.tolist() for o in split.orders] == [[0], [1], [2]]


def test_params_from_outside_come_before_those_of_a_scenario() -> None:
    assert schedc.loads(TEXT, scenario="strike", crews=4).model.capacity.tolist() == [4]


def test_scenarios_have_digests_of_their_own() -> None:
    names = (None, "strike", "rush", "split")
    assert len({schedc.loads(TEXT, scenario=s).model.digest for s in names}) == 4


@pytest.mark.parametrize(("text", "scenario", "code"), [
    (TEXT, "stike", "E371"), ("task a lasts 1\n", "any", "E371"),
    (TEXT + "scenario rush { }\n", None, "E372"), (TEXT + 'scenario x { model "y" }\n', None, "E373"),
    (TEXT + "scenario x { scenario y { } }\n", None, "E373"),
    (TEXT + "scenario x { minimize end(a[1]) }\n", "x", "E163"),
    (TEXT + "scenario x { task a lasts 1 }\n", "x", "E150"),
    (TEXT + "scenario x { order a[1] -> nobody }\n", "x", "E154"),
])
def test_what_is_no_scenario_is_said_so(text: str, scenario: str | None, code: str) -> None:
    with pytest.raises(SchedcError) as wrong:
        schedc.loads(text, scenario=scenario)
    assert code in {d.code for d in wrong.value.diagnostics}


def test_the_command_line_takes_one(tmp_path: Path) -> None:
    run = Shell(tmp_path)
    (tmp_path / "m.sched").write_text(TEXT)
    done = run("solve", "m.sched", "--scenario", "strike", "-o", "m.json", "--quiet")
    assert done.returncode == 0
    assert run("verify", "m.sched", "m.json", "--scenario", "strike").returncode == 0
    assert "12 ticks" in run("verify", "m.sched", "m.json", "--scenario", "strike").stdout
    assert run("verify", "m.sched", "m.json", "--scenario", "rush").returncode == 5
    assert "E371" in run("check", "m.sched", "--scenario", "none").stderr
