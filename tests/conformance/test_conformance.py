"""Small models whose answers were worked out by hand; every back-end must reach them, and the judge must agree."""

from __future__ import annotations

from pathlib import Path

import conformance_matrix
import pytest
from brute import brute_force
from conformance_cases import FOLDER, FRONT_END, case, folder_of, names

from schedc.compilers.backend import Limits, Promise
from schedc.compilers.constructs import CORE, Construct
from schedc.compilers.plan import plan
from schedc.compilers.registry import backends
from schedc.compilers.solve import solve
from schedc.models.verify import verify

BACKENDS = {backend.name: backend for backend in backends()}
NOT_FOUND = frozenset({"lags_by_choice/greatest"})      # by searches that prove nothing: a greatest lag by choice
ENOUGH = 8      # cases a construct
WORDS = (
    "order", "exclusive", "require", "resource", "open", "downtime", "within", "release", "deadline", "pausable",
    "calendar", "table", "let", "param", "lasts", "then", "maximize", "where",
)


@pytest.mark.parametrize("constructing", [True, False], ids=["", "solver alone"])
@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("name", names())
def test_case(name: str, backend: str, constructing: bool) -> None:
    asked = case(name)
    if asked.status == "error":
        assert asked.errors == asked.values
        return
    assert asked.model is not None, asked.errors
    able = BACKENDS[backend]
    why = able.missing() or "; ".join(m.message for m in plan(asked.model, able.takes).missing)
    if why:
        pytest.skip(why)
    proves = Promise.PROVES_OPTIMAL in able.promises
    limits = Limits(seconds=60, workers=2) if proves else Limits(seconds=0.05, deterministic=True)
    result = solve(asked.model, backend=backend, limits=limits, constructing=constructing)
    if asked.status == "infeasible":
        assert result.schedule is None and (str(result.status) == "infeasible" or not proves)
        return
    if name in NOT_FOUND and not proves:
        assert result.schedule is None or (result.verdict is not None and result.verdict.holds)
        return
    assert result.schedule is not None, result.reason
    assert verify(asked.model, result.schedule).holds
    if asked.status == "optimal" and proves:
        found = [str(stage.value) for stage in result.stages]
        assert (str(result.status), found) == ("optimal", list(asked.values))


@pytest.mark.parametrize("name", names())
def test_brute_force_agrees(name: str) -> None:
    asked = case(name)
    if asked.status == "error":
        return
    assert asked.model is not None, asked.errors
    if len(asked.model.addressed.task):
        return      # addresses are gone through in tests/property/test_addresses_agree.py
    found = brute_force(asked.model).objectives
    assert (found is None) == (asked.status == "infeasible")
    assert tuple(map(str, found or ())) == asked.values


# a construct is held to it from its first folder on
WITH_CASES = sorted(CORE | {c for c in Construct if (FOLDER / folder_of(c)).is_dir()})


@pytest.mark.parametrize("construct", WITH_CASES)
def test_a_construct_has_cases(construct: Construct) -> None:
    cases = [case(name) for name in names()]
    assert sum(construct in c.constructs for c in cases) >= ENOUGH
    assert any(c.folder == folder_of(construct) for c in cases)


@pytest.mark.parametrize("name", names())
def test_a_case_stands_in_the_folder_of_what_it_is_about(name: str) -> None:
    asked = case(name)
    # these are about what the front end makes of several constructs, not about one
    if asked.folder not in (FRONT_END, "due_dates", "guarded_values", "jobs") and asked.status != "error":
        assert asked.folder in {folder_of(construct) for construct in asked.constructs}


@pytest.mark.parametrize("word", WORDS)
def test_every_word_has_cases(word: str) -> None:
    texts = [path.read_text().split("\n", 2)[2] for path in FOLDER.rglob("*.sched")]
    assert sum(word in text.replace("_", " ").split() for text in texts) >= 3


def test_the_matrix_in_the_documents_is_up_to_date() -> None:
    page = Path(conformance_matrix.PAGE).read_text()
    assert conformance_matrix.with_matrix(page) == page, "run `python tests/conformance_matrix.py`"
