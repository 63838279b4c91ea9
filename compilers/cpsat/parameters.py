"""The solver's parameters."""

from __future__ import annotations

import os
from typing import Any

from schedc.compilers.backend import Limits
from schedc.models.model import Model


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
    return chosen
