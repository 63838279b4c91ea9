"""Small models whose answers were worked out by hand; every back-end must reach them, and the judge must agree.

A case is a `.sched` file. Its first line says what to expect, ``# expect:`` and then ``optimal V [V2 …]`` (a value a
goal, in ticks and the model's own units), ``feasible``, ``infeasible`` or ``error CODE``; its second line says why.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from brute import brute_force

from schedc.compilers.backend import Limits
from schedc.compilers.solve import solve
from schedc.dsl.load import load_path
from schedc.models.diagnostics import Findings, Severity
from schedc.models.model import Model
from schedc.models.verify import verify

BACKENDS = ("cpsat",)
CASES = sorted(Path(__file__).parent.glob("*.sched"))


def expected(path: Path) -> list[str]:
    """The words behind ``# expect:``."""
    mark, words = path.read_text().splitlines()[0].split(":")
    assert mark == "# expect"
    return words.split()


def loaded(path: Path) -> tuple[Model | None, list[str]]:
    """The model and the codes of its errors."""
    findings = Findings()
    model = load_path(path, {}, {}, findings)
    return model, [d.code for d in findings.in_order() if d.severity is Severity.ERROR]


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("path", CASES, ids=[path.stem for path in CASES])
def test_case(path: Path, backend: str) -> None:
    status, *values = expected(path)
    model, errors = loaded(path)
    if status == "error":
        assert errors == values
        return
    assert model is not None and not errors
    result = solve(model, backend=backend, limits=Limits(seconds=60, workers=2))
    if status == "infeasible":
        assert str(result.status) == "infeasible" and result.schedule is None
        return
    assert result.schedule is not None and verify(model, result.schedule).holds
    if status == "optimal":
        assert (str(result.status), [str(stage.value) for stage in result.stages]) == ("optimal", values)


@pytest.mark.parametrize("path", CASES, ids=[path.stem for path in CASES])
def test_brute_force_agrees(path: Path) -> None:
    status, *values = expected(path)
    model, errors = loaded(path)
    if status == "error":
        assert errors == values
        return
    assert model is not None
    found = brute_force(model).objectives
    assert (found is None) == (status == "infeasible")
    assert list(map(str, found or ())) == values


WORDS = (
    "order", "exclusive", "require", "resource", "open", "downtime", "within", "release", "deadline", "pausable",
    "calendar", "table", "let", "param", "lasts", "then", "maximize", "where",
)


@pytest.mark.parametrize("word", WORDS)
def test_every_construct_has_cases(word: str) -> None:
    texts = [path.read_text().split("\n", 2)[2] for path in CASES]
    assert sum(word in text.replace("_", " ").split() for text in texts) >= 3
