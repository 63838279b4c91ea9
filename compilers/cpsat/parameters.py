"""The solver's parameters.

With two workers CP-SAT's own choice is one full search with a linear relaxation, and neighbourhoods around the best
schedule. For a makespan the relaxation says little, and raising the bound by trial (asking for schedules just above it)
closes instances that the default leaves open: within 40 s on two cores j3013_5, j3013_6, la40 and orb01 were proved
optimal by the pair below, by the default none of them. A third worker takes turns at the neighbourhoods. The pair wants
a schedule to begin from: without one it was seen to stay with poor ones for long.
"""

from __future__ import annotations

from typing import Any

from schedc.compilers.backend import Limits, cores
from schedc.models.expressions import Makespan
from schedc.models.statements import Stage

_FOR_MAKESPAN = ["no_lp", "objective_lb_search_no_lp"]


def parameters(limits: Limits, seconds: float | None, raising: bool) -> dict[str, Any]:
    """Values of SatParameters fields for one run of at most this many seconds; raising: prefer raising the bound.

    In deterministic mode the limit is in the solver's deterministic time, whose unit is roughly a second of one core.
    """
    chosen: dict[str, Any] = {
        "num_workers": cores(limits),
        "random_seed": limits.seed,
        "relative_gap_limit": limits.gap,
        "catch_sigint_signal": False,
    }
    if raising and paired(limits):
        chosen["subsolvers"] = _FOR_MAKESPAN
    if seconds is not None:
        chosen["max_deterministic_time" if limits.deterministic else "max_time_in_seconds"] = seconds
    return chosen


def paired(limits: Limits) -> bool:
    """Whether there are as many workers as the pair is made for."""
    return cores(limits) in (2, 3)


def raises_bound(goal: Stage) -> bool:
    """Whether a goal is one for which raising the bound by trial pays."""
    return isinstance(goal.value, Makespan) and goal.sense == "minimize"
