"""The examples: each loads without a warning, is solved to its known optimum, and its picture is a picture."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest

import schedc
from schedc.dsl.format import format_text
from schedc.models.diagnostics import Findings

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
OPTIMA: dict[str, list[int]] = {        # in ticks, proved by CP-SAT, each schedule judged
    "migration/model.sched": [688],
    "lunch_breaks/pause.sched": [31],
    "lunch_breaks/fit.sched": [36],
    "house/model.sched": [2623, 7317],
    "serving/model.sched": [0, 125],
    "serving/front.sched": [24, 35, 53],
}


@pytest.mark.parametrize("name", OPTIMA)
def test_example(name: str) -> None:
    problem = schedc.load(EXAMPLES / name)
    assert problem.warnings == ()
    plan = problem.solve(time=120, workers=2)
    assert (plan.status, [goal.value for goal in plan.objectives]) == ("optimal", OPTIMA[name])
    assert problem.verify(plan).holds


def test_every_model_is_tested() -> None:
    found = {str(path.relative_to(EXAMPLES)) for path in EXAMPLES.rglob("*.sched")}
    assert {name for name in found if not name.startswith("textbook/")} == OPTIMA.keys()     # those have their own test


@pytest.mark.parametrize("name", OPTIMA)
def test_example_is_laid_out_as_fmt_does(name: str) -> None:
    text = (EXAMPLES / name).read_text()
    assert format_text(text, name, Findings()) == text


@pytest.mark.parametrize("folder", sorted({name.split("/")[0] for name in OPTIMA}))
def test_every_example_has_words_and_a_picture(folder: str) -> None:
    words = (EXAMPLES / folder / "README.md").read_text()
    pictures = sorted((EXAMPLES / folder).glob("*.svg"))
    assert pictures and all(f"({picture.name})" in words for picture in pictures)
    for picture in pictures:
        assert ElementTree.parse(picture).getroot().tag.endswith("svg")
