"""Made problems: so many edges that none implies another, a witness that keeps all, and what an answer scores."""

from __future__ import annotations

import json
import random
from pathlib import Path

import networkx as nx
import pytest
from cli_runs import Shell

import schedc
from schedc.challenge import (
    Phase,
    Recipe,
    answer_schema,
    challenge,
    curve,
    grade,
    model_text,
    prompt_text,
    witness_document,
)
from schedc.challenge.layers import layered_edges

SMALL = Recipe(tasks=14, layers=4, resources=2, levels=24)


@pytest.mark.parametrize("seed", range(5))
def test_every_level_is_its_own_transitive_reduction(seed: int) -> None:
    rng = random.Random(seed)
    layer = sorted(rng.randrange(5) for _ in range(18))
    edges = layered_edges(layer, 30, rng)
    for level in range(1, len(edges) + 1):
        graph = nx.DiGraph(edges[:level])
        assert graph.number_of_edges() == level
        assert set(nx.transitive_reduction(graph).edges) == set(graph.edges)
    assert all(layer[i] < layer[j] for i, j in edges)


@pytest.mark.parametrize("phase", list(Phase))
@pytest.mark.parametrize("level", [3, 24])
def test_the_witness_keeps_everything_and_the_twin_cannot_be_kept(phase: Phase, level: int) -> None:
    made = challenge(SMALL, phase, level, seed=level)
    assert made.level == len(made.edges) <= level
    graded = grade(made, json.dumps(witness_document(made)))
    assert graded.score.feasible, graded.score
    plan = schedc.loads(model_text(made)).solve(time=20)
    assert plan.verdict is not None
    assert plan.verdict.holds
    twin = made.twin()
    assert twin.cause in twin.edges
    assert schedc.loads(model_text(twin)).solve(time=20).status == "infeasible"


def test_levels_are_nested_and_repeatable() -> None:
    low, high = challenge(SMALL, Phase.DISJUNCTIVE, 8, 3), challenge(SMALL, Phase.DISJUNCTIVE, 20, 3)
    assert high.edges[:8] == low.edges
    assert (low.lasts, low.window, low.closed, low.apart) == (high.lasts, high.window, high.closed, high.apart)
    assert low == challenge(SMALL, Phase.DISJUNCTIVE, 8, 3)
    assert low.closed
    assert low.apart
    assert challenge(SMALL, Phase.PRECEDENCE, 8, 3).closed == ()


def test_prompt_and_schema_name_every_task() -> None:
    made = challenge(SMALL, Phase.MIGRATION, 12, 1)
    text, names = prompt_text(made), answer_schema(made)["required"]
    assert names[:3] == ["drain_r1", "backup_r1", "move_r1"]
    assert all(f"- {name}: lasts" in text for name in names)
    assert "drain_r1 before backup_r1" in text or made.level < 12


def test_the_curve_weighs_by_level() -> None:
    made = [challenge(SMALL, Phase.WINDOWS, level, 2) for level in (4, 16)]
    right = [grade(c, json.dumps(witness_document(c))) for c in made]
    wrong = grade(made[1], "{}")
    shape = curve([*right, wrong])
    assert shape.levels == (4, 16)
    assert shape.feasible == (1.0, 0.5)
    assert shape.weighted == pytest.approx((4 + 16 * 0.5) / 20)


def test_a_suite_on_the_command_line(tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    done = shell("challenge", "suite", "--phase", "downtime", "--levels", "4,9", "--tasks", "10", "--twins")
    assert done.returncode == 0, done.stderr
    rows = json.loads((tmp_path / "suite" / "suite.json").read_text())
    assert [(r["level"], r["feasible"]) for r in rows] == [(4, True), (4, False), (9, True), (9, False)]
    (tmp_path / "answers").mkdir()
    witness = (tmp_path / "suite" / "downtime-4-0" / "witness.json").read_text()
    (tmp_path / "answers" / "downtime-4-0.txt").write_text(f"Here you are: {witness}")
    done = shell("challenge", "suite", "--score", "answers")
    assert done.returncode == 5
    assert "1 problem without an answer" in done.stdout
    assert shell("challenge", "nowhere", "--score", "answers").returncode == 1
    assert shell("challenge", "suite", "--levels", "x").returncode == 2
