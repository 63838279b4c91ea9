"""Random tiny models with absent tasks, jobs and due dates: the back-end against brute force over the judge."""

from __future__ import annotations

import pytest
from cross_check import cross_check
from random_presence import random_optional


@pytest.mark.parametrize("batch", range(6))
def test_the_back_end_agrees_with_brute_force_on_who_is_there(batch: int) -> None:
    outcomes = {cross_check(random_optional(20 * batch + k)) for k in range(20)}
    assert "optimal" in outcomes
    assert outcomes <= {"optimal", "feasible", "infeasible", "refused", "too big"}
