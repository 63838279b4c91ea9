"""Random models about choices: brute force over the judge, the second judge and CP-SAT say the same."""

from __future__ import annotations

import pytest
from cross_check import cross_check
from random_choices import random_choices


@pytest.mark.parametrize("seed", range(24))
def test_choices(seed: int) -> None:
    assert cross_check(random_choices(seed)) in ("optimal", "infeasible", "refused", "too big")


@pytest.mark.parametrize("seed", range(12))
def test_choices_beside_absence(seed: int) -> None:
    assert cross_check(random_choices(seed, optional=True)) in ("optimal", "infeasible", "refused", "too big")
