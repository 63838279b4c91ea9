"""A model under examination: its elements, the same model with a later horizon, and whom to ask."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from schedc.compilers.backend import Backend, Limits
from schedc.compilers.choose import AUTO
from schedc.compilers.conflict import Answer, Elements, Oracle, elements_of
from schedc.compilers.conflict.restrict import restricted
from schedc.dsl.load import Source
from schedc.models.axis import MAX_TICKS
from schedc.models.columns import UNLIMITED, Ints
from schedc.models.diagnostics import Findings
from schedc.models.model import Model
from schedc.models.source import NO_ORIGIN

_SLOWER = 4         # how much longer work takes where resources are closed now and then
_LONGEST = 64       # times the horizon, for the calendars of the later one


@dataclass(eq=False)
class Case:
    """What all parts of an explanation share."""

    model: Model
    source: Source | None
    elements: Elements
    oracle: Oracle

    @staticmethod
    def of(model: Model, source: Source | None, backend: str | Backend = AUTO, limits: Limits | None = None) -> Case:
        """A fresh case; without a source the horizon is taken as given."""
        longer = _longer(model, source)
        elements = elements_of(model, longer)
        return Case(model, source, elements, Oracle(elements, model, longer, backend, limits or Limits()))

    @property
    def all(self) -> Ints:
        """The numbers of all elements."""
        return self.elements.live()

    def for_horizon(self, horizon: int) -> Model | None:
        """The model as written but for its horizon."""
        if self.source is None:
            return None
        return fitting(self.source.model(Findings(), horizon=horizon), self.model)

    def changed(self, numbers: Ints, base: Model, seconds: float | None = None) -> Answer:
        """Whether a changed model has a schedule that keeps some of its elements."""
        return self.oracle.decide_model(restricted(self.elements, self.elements.flags(numbers), base), seconds)


def least(enough: Callable[[int], bool | None], most: int, known: int = 0) -> int | None:
    """The least x in known + 1 .. most that is enough, if what is enough stays so; None where not even most is.

    Steps double until one is enough, then the last step is halved. An answer of None counts as not enough.
    """
    low, step = known, 1
    while True:
        high = min(low + step, most)
        if high <= low:
            return None
        if enough(high):
            break
        low, step = high, 2 * step
    while high - low > 1:
        middle = (low + high) // 2
        if enough(middle):
            high = middle
        else:
            low = middle
    return high


def _longer(model: Model, source: Source | None) -> Model | None:
    """The model with room for all its work after the horizon; None where the horizon is not the author's."""
    if source is None or model.axis.derived or model.axis.origin is NO_ORIGIN:
        return None
    lags = [o.lo[(o.lo > 0) & (o.lo < UNLIMITED)].sum() for o in model.orders]
    work = int(np.maximum(model.shortest, 0).sum()) + int(sum(lags)) + int(model.release.max(initial=0))
    most = _LONGEST * model.horizon + work
    more = max(model.horizon, work * (_SLOWER if model.availability else 1))
    horizon = min(model.horizon + more, most, MAX_TICKS)
    return None if horizon <= model.horizon else fitting(source.model(Findings(), horizon=horizon), model)


def fitting(changed: Model | None, model: Model) -> Model | None:
    """A model that has the same statements with the same members, else None."""
    if changed is None or changed.task_count != model.task_count or len(changed.relations) != len(model.relations):
        return None
    same = len(changed.availability) == len(model.availability)
    return changed if same and [t.size for t in changed.tasks] == [t.size for t in model.tasks] else None
