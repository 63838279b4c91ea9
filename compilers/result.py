"""What a whole run returns: the judged schedule, what was proved of it, and how the time was spent."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from schedc.compilers.backend import Event
from schedc.models.conflict import Item
from schedc.models.schedule import Schedule, Status
from schedc.models.verify import Verdict


class InternalError(Exception):
    """A solver's answer that the judge rejects, or another broken promise of ours; never the author's fault."""


@dataclass(frozen=True)
class StageResult:
    """One goal: its value in the schedule and a proven bound, both in the stage's integer units.

    value is None without a schedule, bound None where nothing is proved.
    """

    name: str
    sense: Literal["minimize", "maximize"]
    value: int | None
    bound: int | None

    @property
    def gap(self) -> float | None:
        """|value - bound| relative to |value| (to 1 where the value is 0); None where either is missing."""
        return None if self.value is None else relative_gap(self.value, self.bound)


@dataclass(frozen=True, eq=False)
class Result:
    """What `solve` returns. With a schedule there is its verdict, and the verdict is clean.

    status: OPTIMAL when every stage is proved; FEASIBLE also for a schedule of a model without a goal.
    stages: one a goal; seconds: wall time by phase (``propagate``, ``construct``, ``build``, ``solve``, ``judge``).
    reason: a few words for INFEASIBLE and UNKNOWN; backend: who found the schedule or gave the proof.
    interrupted: the run was cancelled and this is the best so far.
    chosen_because: which back-end ``auto`` chose, and why, or why none could run; empty where one was asked for.
    conflict: for INFEASIBLE, statements that cannot be kept together and of which each is needed for that; empty where
    nobody looked for them, or time ran out.
    """

    status: Status
    schedule: Schedule | None
    verdict: Verdict | None
    stages: tuple[StageResult, ...]
    backend: str
    reason: str = ""
    trace: tuple[Event, ...] = ()
    seconds: dict[str, float] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)
    seed: int = 0
    interrupted: bool = False
    chosen_because: str = ""
    conflict: tuple[Item, ...] = ()

    @property
    def wall(self) -> float:
        """Seconds in all."""
        return sum(self.seconds.values())


def relative_gap(value: int, bound: int | None) -> float | None:
    """|value - bound| / max(1, |value|), None without a bound."""
    return None if bound is None else abs(value - bound) / max(1, abs(value))
