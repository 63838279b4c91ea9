"""Constructs of all kinds beside each other: brute force, the back-ends by each of their ways, and the two judges."""

from __future__ import annotations

from collections import Counter

import pytest
from cross_check import cross_check
from random_everything import random_everything


@pytest.mark.parametrize("part", range(6))
def test_the_back_ends_agree_with_brute_force(part: int) -> None:
    outcomes = Counter(cross_check(random_everything(20 * part + k)) for k in range(12))
    assert set(outcomes) <= {"optimal", "feasible", "infeasible", "refused", "too big"}
    assert outcomes["optimal"]
