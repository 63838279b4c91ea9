"""`schedc pareto` and `Problem.pareto`: tables, files, exit codes, and fronts of models too large to finish."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from xml.etree import ElementTree

import pytest
from cli_runs import Shell

import schedc as package

TEXT = """\
time for 12
resource r capacity 2
task t[i in 1 .. 3] mode slow { lasts i + 2 uses r with cost = 1 } mode fast { lasts i uses r 2 with cost = 3 }
pareto minimize makespan, minimize cost
"""
# the first one fast, then 4 beside 5; all slow: 3 then 4, beside 5
POINTS = [(6, 5), (7, 3)]


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "m.sched"
    path.write_text(TEXT)
    return path


def test_a_front_as_table_and_files(model: Path, tmp_path: Path, schedc: Shell) -> None:
    names = [tmp_path / f"front.{s}" for s in ("json", "csv", "svg")]
    done = schedc("pareto", str(model), "--workers", "1", *(w for n in names for w in ("-o", str(n))))
    assert done.returncode == 0 and "complete" in done.stdout
    data = json.loads(names[0].read_text())
    assert (data["schema"], data["complete"], data["status"]) == ("schedc.front/1", True, "optimal")
    assert [tuple(p["values"]) for p in data["points"]] == POINTS
    assert all(p["verified"] and p["proved"] and len(p["tasks"]) == 3 for p in data["points"])
    assert [s["bound"] for s in data["sides"]] == [6, 3]
    assert list(csv.reader(names[1].open())) == [["makespan", "cost", "proved"],
                                                 *([str(a), str(b), "true"] for a, b in POINTS)]
    assert ElementTree.parse(names[2]).getroot().tag.endswith("svg")


def test_a_front_as_png(model: Path, tmp_path: Path, schedc: Shell) -> None:
    pytest.importorskip("matplotlib")
    assert schedc("pareto", str(model), "--quiet", "-o", str(tmp_path / "f.png")).returncode == 0
    assert (tmp_path / "f.png").read_bytes().startswith(b"\x89PNG")


def test_what_is_no_front(model: Path, tmp_path: Path, schedc: Shell) -> None:
    model.write_text(TEXT.replace("pareto minimize makespan, minimize cost", "minimize makespan"))
    done = schedc("pareto", str(model))
    assert done.returncode == 1 and "no `pareto`" in done.stderr
    assert schedc("pareto", str(model), "-o", str(tmp_path / "front.xlsx")).returncode == 2
    model.write_text(TEXT + "require end(t[1]) <= 2 and start(t[1]) >= 4")
    assert schedc("pareto", str(model)).returncode == 3


def test_solve_gives_one_end_of_a_front(model: Path) -> None:
    plan = package.load(model).solve(time=20, workers=1, solver="cpsat")
    assert [o.value for o in plan.objectives] == [6, 5]


def test_three_sides_with_a_drawing_of_axes() -> None:
    front = package.loads(TEXT + ", minimize end(t[1])").pareto(workers=1)
    assert front.complete and len(front) == len(set(front))
    assert front.svg().count("<polyline") == len(front)


def test_penalties_are_held_at_their_least() -> None:
    text = TEXT.replace("pareto", "require end(t[3]) <= 4 else penalty 2 per 1\npareto")
    front = package.loads(text).pareto(workers=1)
    assert front.complete
    assert all(v.verdict.soft[0].penalty == 0 for v in front.found.points)


def test_a_front_that_is_not_finished() -> None:
    text = """
    time for 200
    resource r capacity 3
    task t[i in 1 .. 18] mode slow { lasts 4 + i uses r with cost = 1 } mode fast { lasts i uses r with cost = i }
    order t[i] -> t[i + 6] for i in 1 .. 12
    pareto minimize makespan, minimize cost, minimize sum(end(t[i]) for i in 1 .. 18)
    """
    problem = package.loads(text)
    front = problem.pareto(time=6, workers=1)
    assert not front.complete and str(front.status) == "feasible" and len(front) >= 2
    points = list(front)
    assert not any(a != b and all(x <= y for x, y in zip(a, b)) for a in points for b in points)
    assert all(problem.verify(front.schedule(k)).holds for k in range(len(front)))
