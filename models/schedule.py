"""A schedule and what a solver says of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from schedc.models.columns import Ints


class Status(StrEnum):
    """What a run has shown."""

    OPTIMAL = "optimal"
    FEASIBLE = "feasible"
    INFEASIBLE = "infeasible"
    UNKNOWN = "unknown"


@dataclass(frozen=True, eq=False)
class Schedule:
    """Where every task stands: ticks by global task number; [start, end) includes pauses.

    length[n] is worked ticks: for an unpaused task end - start.
    """

    start: Ints
    end: Ints
    length: Ints
