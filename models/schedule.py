"""A schedule and what a solver says of it."""

from __future__ import annotations

from enum import StrEnum

from schedc.models.columns import Flags, Ints, SpanSets
from schedc.models.records import dataclass


class Status(StrEnum):
    """What a run has shown."""

    OPTIMAL = "optimal"
    FEASIBLE = "feasible"
    INFEASIBLE = "infeasible"
    UNKNOWN = "unknown"


@dataclass(frozen=True, eq=False)
class Schedule:
    """Where every task stands: ticks by global task number; [start, end) includes pauses.

    length[n] is worked ticks: for an unpaused task end - start. An absent task has 0 in all three.
    present[n]: whether the task is present; None: all are. mode[n]: the global number of its chosen option, -1 where
    there is none; None: no task has modes. member[c]: whether the candidate of that global number is chosen; None:
    nothing is to be chosen. address[a]: the address of the use with that number in `Model.addressed`, -1 where its task
    is absent; None: nothing has an address.
    pieces: the pieces of the tasks that come in pieces, one set a task, empty for all others; they may touch. None:
    each that is present with a length is worked in one piece.
    """

    start: Ints
    end: Ints
    length: Ints
    present: Flags | None = None
    mode: Ints | None = None
    member: Flags | None = None
    address: Ints | None = None
    pieces: SpanSets | None = None
