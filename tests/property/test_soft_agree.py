"""Soft constraints, shares and percentiles: brute force, the judge and the exact back-ends say the same."""

from __future__ import annotations

from random import Random

import pytest
from cross_check import cross_check
from random_soft import soft_text

OUTCOMES = {"optimal", "feasible", "infeasible", "refused", "too big"}


@pytest.mark.parametrize("batch", range(2))
def test_the_back_ends_agree_with_brute_force(batch: int) -> None:
    outcomes = [cross_check(soft_text(Random(1000 * batch + k))) for k in range(5)]
    assert set(outcomes) <= OUTCOMES
    assert "optimal" in outcomes
