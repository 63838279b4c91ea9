"""A derived horizon loses no optimum: a few more ticks change nothing, by brute force."""

from __future__ import annotations

from collections import Counter

import pytest
from cross_check import cross_check_horizon
from random_models import Clock, Timeless, random_timeless


@pytest.mark.parametrize("batch", range(5))
def test_more_ticks_do_not_help(batch: int) -> None:
    outcomes = Counter(cross_check_horizon(random_timeless(12 * batch + k)) for k in range(12))
    assert set(outcomes) <= {"derived", "infeasible", "underived", "too big"}
    assert outcomes["derived"]


@pytest.mark.parametrize("clause", ["", "deadline 4"])
def test_a_mark_at_the_very_end_keeps_its_window(clause: str) -> None:
    body = f"resource r\ntask a[i in 1 .. 2] lasts 2 deadline 4 uses r\ntask mark lasts 0 within 4 .. 7 {clause}\n"
    assert cross_check_horizon(Timeless(Clock(), body)) == "derived"
