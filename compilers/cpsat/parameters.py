"""The solver's parameters."""

from __future__ import annotations

import os
from typing import Any

from schedc.compilers.backend import Limits
from schedc.models.expressions import Makespan
from schedc.models.model import Model

# With two workers, CP-SAT's own choice is one full search with a linear relaxation, and neighbourhoods. For makespans
# the relaxation rarely pays, and raising the bound by trial closes instances that the default leaves open: within 40 s
# on two cores j3013_5, j3013_6, la40 and orb01 were proved optimal, which no other pair that was tried did.
_PAIR_FOR_MAKESPAN = ["no_lp", "objective_lb_search_no_lp"]


def parameters(model: Model, limits: Limits, seconds: float | None) -> dict[str, Any]:
    """Values of SatParameters fields for one run of at most this many seconds.

    In deterministic mode the limit is in the solver's deterministic time, whose unit is roughly a second of one core.
    """
    chosen: dict[str, Any] = {
        "num_workers": 1 if limits.deterministic else limits.workers or len(os.sched_getaffinity(0)),
        "random_seed": limits.seed,
        "relative_gap_limit": limits.gap,
        "catch_sigint_signal": False,
    }
    if seconds is not None:
        chosen["max_deterministic_time" if limits.deterministic else "max_time_in_seconds"] = seconds
    if chosen["num_workers"] == 2 and model.objective and isinstance(model.objective[0].value, Makespan):
        chosen["subsolvers"] = _PAIR_FOR_MAKESPAN
    return chosen
