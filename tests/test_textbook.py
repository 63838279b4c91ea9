"""The textbook pages: each states its optimum in its first line, is laid out as `fmt` does, and has its README line.

The optimum is proved by CP-SAT, by a second solver where that is quick, and by plain enumeration where that is short.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from textbook_witnesses import WITNESSES

import schedc
from schedc.dsl.format import format_text
from schedc.models.diagnostics import Findings

FOLDER = Path(__file__).resolve().parent.parent / "examples" / "textbook"
PAGES = sorted(FOLDER.glob("*.sched"))
SECOND = (      # pages that another solver proves again in about a second
    "cheapest_modes", "completion_time", "crew_cover", "exam_timetable", "identical_machines", "multi_project",
    "multi_skill", "related_machines", "satellite", "sports_league", "weighted_tardiness",
)


def optimum(text: str) -> list[str]:
    """The values of the first line, one a goal."""
    mark, status, *values = text.splitlines()[0].split()
    assert (mark, status) == ("#", "optimal") and values
    return values


@pytest.mark.parametrize("page", PAGES, ids=[page.stem for page in PAGES])
def test_page(page: Path) -> None:
    text = page.read_text()
    values = optimum(text)
    assert format_text(text, page.name, Findings()) == text
    problem = schedc.load(page)
    assert problem.warnings == ()
    old = page.with_suffix(".json")     # an earlier schedule, of which stays what has begun
    problem = problem.continued(old) if old.exists() else problem
    for solver in ("auto", "milp") if page.stem in SECOND else ("auto",):
        plan = problem.solve(time=120, workers=2, solver=solver)
        assert (plan.status, [str(goal.value) for goal in plan.objectives]) == ("optimal", values), solver
        assert problem.verify(plan.to_dict()).holds


@pytest.mark.parametrize("page", WITNESSES)
def test_enumeration_finds_nothing_better(page: str) -> None:
    text = (FOLDER / f"{page}.sched").read_text()
    best = WITNESSES[page](text)
    assert [str(value) for value in (best if isinstance(best, tuple) else (best,))] == optimum(text)


def test_every_page_has_its_line() -> None:
    words = (FOLDER / "README.md").read_text()
    for page in PAGES:
        values = ", ".join(optimum(page.read_text()))
        assert any(line.startswith(f"| [{page.stem}]({page.name}) |") and line.endswith(f" {values} |")
                   for line in words.splitlines()), f"the README has no line for {page.name} that ends in its optimum"


@pytest.mark.parametrize("page", PAGES, ids=[page.stem for page in PAGES])
def test_every_page_says_where_it_is_from_and_why(page: Path) -> None:
    comments = [line for line in page.read_text().splitlines() if line.startswith("# ")]
    assert any(line.startswith("# From: ") for line in comments), "`# From:` says where the problem is from"
    assert any(line.startswith("# Why ") for line in comments), "`# Why` says why the optimum is known"
