"""Conflicts and relaxations of tiny models against brute force over the judge."""

from __future__ import annotations

from random import Random

import pytest
from brute import TooBigError, brute_force
from small_conflicts import model_of, small_text

from schedc.compilers.backend import Limits
from schedc.compilers.conflict import smallest
from schedc.compilers.conflict.oracle import without
from schedc.compilers.conflict.restrict import restricted
from schedc.explaining.case import Case
from schedc.explaining.changes import changes_of
from schedc.explaining.relax import relaxations
from schedc.models.model import Model


def feasible(model: Model) -> bool:
    return brute_force(model).objectives is not None


def infeasible_cases(seed: int, count: int, backend: str = "cpsat") -> list[Case]:
    found, chance = [], Random(seed)
    while len(found) < count:
        loaded = model_of(small_text(chance))
        if loaded is not None and not feasible(loaded[1]):
            found.append(Case.of(loaded[1], loaded[0], backend, Limits(120.0, workers=1)))
    return found


@pytest.mark.parametrize("backend", ["cpsat", "milp"])
@pytest.mark.parametrize("seed", range(4))
def test_cores_are_infeasible_and_nothing_can_be_missed(seed: int, backend: str) -> None:
    for case in infeasible_cases(seed, 5, backend):
        core = smallest(case.oracle, case.all)
        assert core is not None and core.minimal
        kept = case.elements.flags(core.numbers)
        assert not feasible(case.oracle.model_of(kept))
        for number in core.numbers.tolist():
            rest = case.oracle.model_of(case.elements.flags(without(core.numbers, number)))
            try:
                assert feasible(rest)
            except TooBigError:
                continue


@pytest.mark.parametrize("seed", range(10, 14))
def test_relaxations_are_the_least_that_are_enough(seed: int) -> None:
    for case in infeasible_cases(seed, 3):
        core = smallest(case.oracle, case.all)
        assert core is not None
        found = relaxations(case, core, [])
        known = {r.text: r for r in found}
        for change in changes_of(case, core.numbers):
            least = next((x for x in range(1, change.most + 1) if _enough(case, change.apply(x))), None)
            said = [known[change.words(x)] for x in range(1, change.most + 1) if change.words(x) in known]
            assert all(r.amount in (least, None) and r.least for r in said)
            if least is not None:       # what is left out has an equal of the same clause that is no dearer
                rank = [r for r in found if r.rank <= change.rank]
                assert any((r.amount or 0) <= least or r.rank < change.rank for r in rank)
        cheapest = [
            (c.rank, x) for c in changes_of(case, core.numbers) for x in range(1, c.most + 1)
            if _enough(case, c.apply(x))
        ]
        with_amount = [(r.rank, r.amount or 1) for r in found if r.rank < 3]
        assert min(cheapest, default=None) == min(with_amount, default=None)


def _enough(case: Case, changed: Model | None) -> bool:
    if changed is None:
        return False
    try:
        return feasible(restricted(case.elements, case.elements.flags(case.all), changed))
    except TooBigError:
        return True
