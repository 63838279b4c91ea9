"""The evolutionary search: what it holds for right the judge holds for right; the same work gives the same schedule."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from random_choices import random_choices
from random_models import random_text
from random_presence import random_optional
from random_sequences import random_sequences
from random_stocks import random_stocks
from small_models import WORKSHOP, hard

import schedc
from schedc.compilers.backend import Limits
from schedc.compilers.evolve import Backend, Evolve, improver
from schedc.compilers.measure import costs
from schedc.compilers.solve import solve
from schedc.dsl.load import load_text
from schedc.models.diagnostics import Findings
from schedc.models.model import Model
from schedc.models.schedule import Status
from schedc.models.verify import verify

MAKERS: list[Callable[[int], str]] = [random_text, random_choices, random_optional, random_stocks, random_sequences]
FLEXIBLE = """\
time for 60
resource saw[k in 1 .. 3]
resource crew capacity 2
stock budget starts 6
task cut[i in 1 .. 4]
  mode quick { lasts 2 uses 1 of saw, crew 2 takes budget 2 }
  mode slow[k in 1 .. 2] { lasts 3 + k uses saw[k], crew 1 takes budget 1 }
task pack[i in 1 .. 4] lasts 1 .. 3 uses crew
order cut[i] -> pack[i] after 0 .. 8 for i in 1 .. 4
minimize makespan
"""


def loaded(text: str) -> Model | None:
    findings = Findings()
    model = load_text(text, {}, {}, findings)
    return None if findings.failed else model


def never() -> bool:
    return False


@pytest.mark.parametrize("make", MAKERS, ids=[make.__name__ for make in MAKERS])
def test_what_has_no_penalty_is_right(make: Callable[[int], str]) -> None:
    found = 0
    for seed in range(60):
        model = loaded(make(seed))
        search = None if model is None else improver(model, seed, True)
        if model is None or search is None:
            continue
        schedule = search.step(None, 0.001, never)
        if schedule is not None:
            found += 1
            verdict = verify(model, schedule)
            assert verdict.holds, (seed, verdict.violations)
            assert costs(model, schedule) == search.cost[1:], seed
    assert found >= 10


def test_it_is_as_good_as_an_exact_search_on_a_small_model() -> None:
    model = schedc.loads(FLEXIBLE).model
    exact = solve(model, backend="cpsat", limits=Limits(seconds=10, workers=2)).stages[0]
    search = Evolve(model, 3, True)
    schedule = search.step(None, 0.2, never)
    assert schedule is not None and verify(model, schedule).holds
    assert exact.value is not None and search.cost[1] <= exact.value
    assert exact.bound is None or exact.bound <= search.cost[1]


def test_the_same_work_gives_the_same_schedule() -> None:
    model = schedc.loads(hard()).model
    one, other = (Evolve(model, 5, True).step(None, 0.05, never) for _ in range(2))
    assert one is not None and other is not None
    assert np.array_equal(one.start, other.start)
    different = Evolve(model, 6, True).step(None, 0.05, never)
    assert different is not None and not np.array_equal(one.start, different.start)


def test_a_search_goes_on_from_its_memory() -> None:
    model = schedc.loads(hard()).model
    one, other = Evolve(model, 5, True), Evolve(model, 9, True)
    one.step(None, 0.05, never)
    other.recall(one.memory())
    for search in (one, other):
        search.step(None, 0.05, never)
    assert one.cost == other.cost and one.children == other.children
    after = one.memory(), other.memory()
    assert all(np.array_equal(after[0][name], after[1][name]) for name in after[0])


def test_a_memory_of_another_model_is_refused() -> None:
    small = Evolve(schedc.loads(WORKSHOP).model, 0, True)
    with pytest.raises(ValueError):
        Evolve(schedc.loads(hard()).model, 0, True).recall(small.memory())


def test_a_schedule_from_elsewhere_is_taken_in() -> None:
    model = schedc.loads(hard()).model
    teacher = Evolve(model, 5, True)
    known = teacher.step(None, 0.3, never)
    pupil = Evolve(model, 6, True)
    pupil.step(known, 0.001, never)
    assert pupil.cost <= teacher.cost


def test_the_best_is_never_a_guess() -> None:
    from schedc.compilers.evolve.fuzzy import REAL
    from schedc.compilers.evolve.population import BEST, LIKENESS

    model = schedc.loads(hard()).model
    search = Evolve(model, 5, True)
    for _ in range(10):
        schedule = search.step(None, 0.1, never)
        assert search._q.traits[search._q.note[BEST], LIKENESS] == REAL
        assert schedule is not None and costs(model, schedule) == search.cost[1:]
    share, error = search.fuzzy
    assert 0 < share < 1 and 0 <= error <= 1


def test_it_solves_alone() -> None:
    limits = Limits(seconds=0.05, deterministic=True)
    result = solve(schedc.loads(WORKSHOP).model, backend=Backend(), limits=limits, constructing=False)
    assert result.status is Status.FEASIBLE and result.backend == "evolve"
    assert result.verdict is not None and result.verdict.holds


@pytest.mark.parametrize("text", [
    "time for 9\n", "task a[i in 1 .. 2] lasts i\ntask b[i in 1 .. 2] lasts 2\npermutation a[*], b[*]\ntime for 9\n",
])
def test_what_it_is_not_made_for_is_left_alone(text: str) -> None:
    model = loaded(text)
    assert model is not None and improver(model, 0) is None
