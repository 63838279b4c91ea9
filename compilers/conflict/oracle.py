"""Asking whether some elements of a model can be kept together: by propagation, or by a whole judged run."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from importlib.util import find_spec

import numpy as np

from schedc.compilers.backend import Backend, Limits
from schedc.compilers.choose import AUTO
from schedc.compilers.conflict.elements import Elements, Kind
from schedc.compilers.conflict.restrict import restricted
from schedc.compilers.solve import solve
from schedc.models.bounds import Conflict, propagate
from schedc.models.columns import Flags, Ints
from schedc.models.model import Model
from schedc.models.presence import certain
from schedc.models.schedule import Schedule, Status
from schedc.models.verify import verify

_FEW = 300      # tasks up to which one worker has answered before several have begun


@dataclass(frozen=True, eq=False)
class Answer:
    """Whether a model has a schedule: a judged one, a proof that there is none, or neither within the time."""

    status: Status
    schedule: Schedule | None = None

    @property
    def feasible(self) -> bool:
        """Whether a judged schedule was found."""
        return self.schedule is not None

    @property
    def infeasible(self) -> bool:
        """Whether it was proved that there is none."""
        return self.status is Status.INFEASIBLE


@dataclass(eq=False)
class Oracle:
    """Answers about sets of elements of one model.

    model: as written; longer: with a later horizon, taken where the horizon is not kept. limits.seconds is for all
    questions together. asked, propagated: how many runs and propagations there were.
    """

    elements: Elements
    model: Model
    longer: Model | None = None
    backend: str | Backend = AUTO
    limits: Limits = field(default_factory=Limits)
    began: float = field(default_factory=time.monotonic)
    asked: int = 0
    propagated: int = 0

    def left(self) -> float | None:
        """Seconds that are left; None for no limit."""
        return None if self.limits.seconds is None else max(0.0, self.limits.seconds - (time.monotonic() - self.began))

    def over(self) -> bool:
        """Whether the time is over, or somebody stopped the run."""
        return self.left() == 0 or self.limits.cancel.is_set()

    def model_of(self, kept: Flags) -> Model:
        """The model of some elements."""
        horizon = self.elements.blocks[-1] if self.elements.blocks else None
        base = self.model
        if self.longer is not None and horizon is not None and horizon.kind is Kind.HORIZON and not kept[horizon.first]:
            base = self.longer
        return restricted(self.elements, kept, base)

    def refuted(self, numbers: Ints) -> bool:
        """Whether propagation alone shows that these elements cannot be kept together."""
        return self.conflict(numbers) is not None

    def conflict(self, numbers: Ints) -> Conflict | None:
        """What propagation tells of these elements, where it proves anything."""
        self.propagated += 1
        found = propagate(certain(self.model_of(self.elements.flags(numbers))))
        return found if isinstance(found, Conflict) else None

    def decide(self, numbers: Ints, seconds: float | None = None) -> Answer:
        """A whole run for these elements, of at most so many seconds and what is left."""
        return self.decide_model(self.model_of(self.elements.flags(numbers)), seconds)

    def decide_model(self, model: Model, seconds: float | None = None) -> Answer:
        """A whole run for any model, without its goals."""
        times = [s for s in (self.left(), seconds) if s is not None]
        if self.limits.cancel.is_set() or (times and min(times) <= 0):
            return Answer(Status.UNKNOWN)
        self.asked += 1
        workers = self.limits.workers or (1 if model.task_count <= _FEW else None)
        limits = replace(self.limits, seconds=min(times) if times else None, workers=workers)
        result = solve(replace(model, objective=()), backend=self._solver(), limits=limits)
        return Answer(result.status, result.schedule)

    def _solver(self) -> str | Backend:
        """Who is asked: with `auto` one that proves, since most questions are small and many end in a proof."""
        if self.backend == AUTO and find_spec("ortools") is not None:
            return "cpsat"
        return self.backend

    def keeps(self, schedule: Schedule, numbers: Ints) -> bool:
        """Whether a schedule keeps these elements."""
        return verify(self.model_of(self.elements.flags(numbers)), schedule).holds


def without(numbers: Ints, gone: Ints | int) -> Ints:
    """A set less some of its elements."""
    return numbers[~np.isin(numbers, gone)]
