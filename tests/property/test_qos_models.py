"""Twelve small models of service: judge, report, brute force and back-ends give the values worked out by hand.

The first lines of a model say them: the goals, and of each measure its value and whether its contract is kept.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from brute import brute_force

from schedc.api import load
from schedc.compilers.plan import plan
from schedc.compilers.registry import find_backend
from schedc.models.serial import equal, model_from_json, model_to_json
from schedc.models.sound import flaws
from schedc.models.verify import ServiceFigure, verify

FOLDER = Path(__file__).resolve().parents[1] / "qos"
NAMES = sorted(path.stem for path in FOLDER.glob("*.sched"))


def _told(name: str) -> tuple[list[Fraction], dict[str, tuple[Fraction, str]]]:
    goals: list[Fraction] = []
    measures: dict[str, tuple[Fraction, str]] = {}
    for line in (FOLDER / f"{name}.sched").read_text().splitlines():
        words = line.split()
        if words[:2] == ["#", "goals:"]:
            goals = [Fraction(w) for w in words[2:]]
        elif words[:2] == ["#", "qos:"]:
            measures[words[2]] = (Fraction(words[3]), words[4])
    return goals, measures


def _named(figures: tuple[ServiceFigure, ...]) -> dict[str, tuple[Fraction | None, str]]:
    return {f.name if f.group is None else f"{f.group}.{f.name}": (f.value, str(f.met)) for f in figures}


def test_there_are_twelve() -> None:
    assert len(NAMES) == 12


@pytest.mark.parametrize("name", NAMES)
def test_brute_force_and_the_judge(name: str) -> None:
    model = load(FOLDER / f"{name}.sched").model
    goals, measures = _told(name)
    answer = brute_force(model)
    assert answer.objectives is not None and answer.schedule is not None
    assert [v * s.scale for v, s in zip(answer.objectives, model.objective)] == goals
    assert _named(verify(model, answer.schedule).qos) == measures


@pytest.mark.parametrize("name", NAMES)
def test_models_come_back_from_json(name: str) -> None:
    model = load(FOLDER / f"{name}.sched").model
    assert not list(flaws(model)) and equal(model, model_from_json(model_to_json(model)))


@pytest.mark.parametrize("backend", ["cpsat", "milp"])
@pytest.mark.parametrize("name", NAMES)
def test_back_ends_and_the_report(name: str, backend: str) -> None:
    problem = load(FOLDER / f"{name}.sched")
    missing = plan(problem.model, find_backend(backend).takes).missing
    if missing:
        pytest.skip(missing[0].message)
    goals, measures = _told(name)
    found = problem.solve(time=30, workers=1, solver=backend)
    assert (found.status, [o.value for o in found.objectives]) == ("optimal", [float(g) for g in goals])
    shown = {row["name"]: (row["value"], str(row["met"])) for row in found.to_dict()["qos"]}
    assert shown == {name: (float(value), met) for name, (value, met) in measures.items()}
