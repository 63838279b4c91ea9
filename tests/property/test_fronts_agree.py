"""Fronts and goals in order with tolerances: brute force over the judge finds the same."""

from __future__ import annotations

from random import Random

import pytest
from brute import TooBigError, brute_force
from random_fronts import costs, efficient, front_text, lexicographic, ordered_text

from schedc.api import loads
from schedc.compilers.backend import Limits
from schedc.compilers.pareto import front
from schedc.compilers.solve import solve
from schedc.models.schedule import Status
from schedc.models.verify import verify

LIMITS = Limits(seconds=60, workers=1)


def check_front(text: str) -> str:
    """The complete front is that of brute force."""
    model = loads(text).model
    try:
        answer = brute_force(model)
    except TooBigError:
        return "too big"
    found = front(model, limits=LIMITS)
    if answer.objectives is None:
        assert (found.status, found.points) == (Status.INFEASIBLE, ()), text
        return "infeasible"
    table = costs(model, answer)
    lead = len(model.objective) - model.front
    for k in range(lead):
        table = table[:, table[k] == table[k].min()]
    assert found.complete and found.status is Status.OPTIMAL, text
    signs = [1 if s.sense == "minimize" else -1 for s in found.sides]
    points = [tuple(v * s for v, s in zip(p.values, signs)) for p in found.points]
    assert sorted(points) == sorted(efficient(table[lead:])), text
    assert all(verify(model, p.schedule).holds and p.proved for p in found.points)
    return "complete"


def check_order(text: str, backend: str = "cpsat") -> str:
    """Goals in order, with what later ones may take back."""
    model = loads(text).model
    try:
        answer = brute_force(model)
    except TooBigError:
        return "too big"
    result = solve(model, backend=backend, limits=LIMITS, constructing=False)
    if answer.objectives is None:
        assert result.status is Status.INFEASIBLE, text
        return "infeasible"
    assert result.schedule is not None and result.status is Status.OPTIMAL, text
    least = lexicographic(model, costs(model, answer))
    signs = [1 if s.sense == "minimize" else -1 for s in model.objective]
    reached = [int(s.value or 0) * sign for s, sign in zip(result.stages, signs)]
    assert reached[-1] == least[-1], text
    for stage, value, best, bound, sign in zip(model.objective, reached, least, result.stages, signs):
        assert best <= value <= best + stage.allowance(best * sign), text
        assert bound.bound is not None and bound.bound * sign <= value, text
    return "optimal"


@pytest.mark.parametrize("batch", range(3))
def test_fronts_are_those_of_brute_force(batch: int) -> None:
    outcomes = {check_front(front_text(Random(10 * batch + k))) for k in range(4)}
    assert "complete" in outcomes


@pytest.mark.parametrize("batch", range(3))
def test_goals_in_order_are_those_of_brute_force(batch: int) -> None:
    outcomes = {check_order(ordered_text(Random(10 * batch + k))) for k in range(6)}
    assert "optimal" in outcomes
