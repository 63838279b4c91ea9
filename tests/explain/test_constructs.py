"""Every construct's infeasible conformance case has a minimal conflict, whose parts make sound models."""

from __future__ import annotations

from pathlib import Path

import pytest

from schedc.compilers.backend import Limits
from schedc.compilers.conflict import Elements, elements_of, smallest
from schedc.compilers.conflict.restrict import restricted
from schedc.dsl.load import open_path
from schedc.explaining.case import Case
from schedc.explaining.words import item_of
from schedc.models.diagnostics import Findings
from schedc.models.model import Model
from schedc.models.serial import model_to_json
from schedc.models.sound import flaws

CASES = Path(__file__).resolve().parents[1] / "conformance"
INFEASIBLE = sorted(CASES.rglob("*infeasible*.sched"))
SOME = sorted(CASES.rglob("*.sched"))[::9]


def loaded(path: Path) -> Model | None:
    source = open_path(path, {}, {}, Findings())
    assert source is not None
    return source.checked(Findings())


@pytest.mark.parametrize("path", INFEASIBLE, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_every_construct_has_a_minimal_conflict(path: Path) -> None:
    source = open_path(path, {}, {}, Findings())
    model = None if source is None else source.checked(Findings())
    assert source is not None and model is not None
    case = Case.of(model, source, "cpsat", Limits(60.0, workers=1))
    core = smallest(case.oracle, case.all)
    assert core is not None and core.minimal and len(core.numbers)
    assert set(core.witnesses) == set(core.numbers.tolist())
    items = [item_of(case.elements, n) for n in core.numbers.tolist()]
    lines = path.read_text().count("\n")
    assert all(item.text and 1 <= item.span.line <= lines for item in items)


def parts(elements: Elements) -> list[Model]:
    """The model with every second element, with the others, and with none."""
    live = elements.live()
    chosen = (live[::2], live[1::2], live[:0])
    return [restricted(elements, elements.flags(some), elements.model) for some in chosen]


@pytest.mark.parametrize("path", SOME, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_models_of_some_elements_are_sound(path: Path) -> None:
    model = loaded(path)
    if model is None:
        pytest.skip("an error of the text")
    elements = elements_of(model)
    for part in parts(elements):
        assert list(flaws(part)) == [] and part.task_count == model.task_count
    whole = model_to_json(restricted(elements, elements.flags(elements.live()), model))
    known = model_to_json(model)
    same = ("tasks", "resources", "availability", "relations", "stocks")
    assert all(whole.get(key) == known.get(key) for key in same)
