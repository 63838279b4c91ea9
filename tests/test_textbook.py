"""The textbook pages: each states its optimum in its first line, is laid out as `fmt` does, and has its README line."""

from __future__ import annotations

from pathlib import Path

import pytest

import schedc
from schedc.dsl.format import format_text
from schedc.models.diagnostics import Findings

FOLDER = Path(__file__).resolve().parent.parent / "examples" / "textbook"
PAGES = sorted(FOLDER.glob("*.sched"))


@pytest.mark.parametrize("page", PAGES, ids=[page.stem for page in PAGES])
def test_page(page: Path) -> None:
    text = page.read_text()
    mark, status, *values = text.splitlines()[0].split()
    assert (mark, status) == ("#", "optimal") and values
    assert format_text(text, page.name, Findings()) == text
    problem = schedc.load(page)
    assert problem.warnings == ()
    plan = problem.solve(time=120, workers=2)
    assert (plan.status, [str(goal.value) for goal in plan.objectives]) == ("optimal", values)
    assert problem.verify(plan.to_dict()).holds


def test_every_page_has_its_line() -> None:
    words = (FOLDER / "README.md").read_text()
    assert all(f"| [{page.stem}]({page.name}) |" in words for page in PAGES)
