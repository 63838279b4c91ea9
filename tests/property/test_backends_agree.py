"""On random tiny models the back-end's status and optimum are those of brute force over the judge."""

from __future__ import annotations

import pytest
from cross_check import cross_check
from hypothesis import HealthCheck, given, settings
from random_models import random_text, texts

OUTCOMES = {"optimal", "feasible", "infeasible", "refused", "too big"}


@settings(max_examples=100, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
@given(texts())
def test_the_back_end_agrees_with_brute_force(text: str) -> None:
    assert cross_check(text) in OUTCOMES


@pytest.mark.parametrize("batch", range(10))
def test_the_back_end_agrees_with_brute_force_on_even_choices(batch: int) -> None:
    outcomes = [cross_check(random_text(20 * batch + k)) for k in range(20)]
    assert set(outcomes) <= OUTCOMES
    assert "optimal" in outcomes
