"""What a back-end is: the Protocols, and what passes between a back-end and whoever runs it."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum, auto
from pathlib import Path
from typing import Any, Literal, Protocol

from schedc.compilers.constructs import Construct
from schedc.models.model import Model
from schedc.models.schedule import Schedule, Status


class UnsuitableError(Exception):
    """A model is beyond what a back-end can represent (numbers, size); the message says why."""


class Promise(Enum):
    """What a back-end can be relied on for."""

    PROVES_OPTIMAL = auto()
    PROVES_INFEASIBLE = auto()
    WARM_START = auto()


@dataclass(frozen=True)
class Limits:
    """When to stop, and how a run is made repeatable.

    seconds: wall time for the solver (None: no limit); gap: relative gap at which to stop;
    workers: threads (None: the machine's cores); deterministic: one worker and no wall clock in any decision.
    cancel: set from any thread to stop early and keep the best schedule so far.
    """

    seconds: float | None = None
    gap: float = 0.0
    workers: int | None = None
    seed: int = 0
    deterministic: bool = False
    cancel: threading.Event = field(default_factory=threading.Event)


def cores(limits: Limits) -> int:
    """The threads that a run may use: one in deterministic mode, else as asked for, or the cores of this process."""
    if limits.deterministic:
        return 1
    if limits.workers:
        return limits.workers
    if hasattr(os, "sched_getaffinity"):        # not on every system
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@dataclass(frozen=True)
class Event:
    """Something that happened while a solve ran. Objective and bound hold one value a stage reached so far.

    t: seconds since the solve began; text: the phase's name for "phase", the status for "end".
    schedule: the incumbent, for "incumbent" events of a back-end that has it at hand.
    """

    t: float
    event: Literal["incumbent", "bound", "phase", "end"]
    source: str
    objective: tuple[int, ...] = ()
    bound: tuple[int, ...] = ()
    gap: float | None = None
    text: str = ""
    schedule: Schedule | None = None


OnEvent = Callable[[Event], None]


@dataclass(frozen=True, eq=False)
class Outcome:
    """What a back-end answers; nobody believes the schedule before the judge has seen it.

    bounds: a proven bound for each stage of the objective (None where there is none), in the stage's integer units.
    reason: for UNKNOWN and INFEASIBLE, a few words.
    interrupted: whether `Limits.cancel` ended the run.
    """

    status: Status
    schedule: Schedule | None
    bounds: tuple[int | None, ...] = ()
    reason: str = ""
    interrupted: bool = False
    versions: dict[str, str] = field(default_factory=dict)


class Compiled(Protocol):
    """A model in a solver's own terms. `native` is the solver's object: users may add to it before `solve`."""

    @property
    def native(self) -> Any: ...

    def solve(self, limits: Limits, hint: Schedule | None, on_event: OnEvent) -> Outcome:
        """Solve within the limits. Raises UnsuitableError where only now it shows that the numbers do not fit."""
        ...

    def write(self, path: Path, form: str) -> None:
        """Write the solver's model to a new file, in one of the back-end's `forms`."""
        ...


@dataclass(frozen=True)
class Bid:
    """How well a model suits a back-end, for `auto`: the highest score is tried first. because: a few words why.

    50 is an exact back-end on a model that it has no special advantage on; 0 asks to be left out.
    """

    score: int
    because: str


class Backend(Protocol):
    """One way to solve models.

    takes: the constructs that it takes as they are, the planner lowers the others; forms: the formats, by suffix, in
    which its compiled models can be written.
    """

    name: str
    takes: frozenset[Construct]
    promises: frozenset[Promise]
    forms: frozenset[str]

    def missing(self) -> str | None:
        """Why it cannot run here, or None."""

    def bid(self, model: Model) -> Bid:
        """How well a model, not yet lowered, suits it; quick, from sizes and shapes alone."""
        ...

    def memory(self, model: Model) -> int:
        """About how many bytes a run is expected to take at its peak."""
        ...

    def compile(self, model: Model) -> Compiled:
        """The model in the solver's terms; it holds only constructs that the back-end takes.

        Raises UnsuitableError where its numbers do not fit the solver's, or its size.
        """
        ...
