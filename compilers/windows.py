"""Where each task can start and end, before any search."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from schedc.models.bounds import Bounds, Conflict, propagate
from schedc.models.columns import Ints
from schedc.models.floor import makespan_lower_bound
from schedc.models.model import Model
from schedc.models.presence import certain, presence_of


@dataclass(frozen=True, eq=False)
class Windows(Bounds):
    """Bounds, or why there are none. Those of an optional task hold where it is present; they may be empty.

    conflict: why no schedule exists; then the columns are only what each task's own clauses say. None if unknown.
    """

    conflict: str | None = None


def windows(model: Model, until: int | None = None) -> Windows:
    """The windows of all tasks; what may be absent neither narrows another's window nor makes a model infeasible.

    until: look only for schedules that end by then. An incumbent's makespan keeps the incumbent and all that are no
    worse; one tick less asks for better ones, and a conflict then proves that there are none. Where the makespan is not
    the first goal, only a bound that every wanted schedule keeps may be given.
    """
    sure = certain(model)
    found = propagate(sure, until=until)
    own = _own(model, until)
    if isinstance(found, Bounds):
        optional = presence_of(model).optional
        bounds = (found.earliest_start, found.latest_start, found.earliest_end, found.latest_end)
        start, start_by, end, end_by = (np.where(optional, a, b) for a, b in zip(own, bounds))
        return Windows(start, start_by, end, end_by, found.exact)
    assert isinstance(found, Conflict)
    return Windows(*own, True, found.reason)


def _own(model: Model, until: int | None) -> tuple[Ints, Ints, Ints, Ints]:
    """What each task's own clauses say."""
    end = np.minimum(model.deadline, model.horizon if until is None else min(until, model.horizon))
    return model.release, end - model.shortest, model.release + model.shortest, end


def of_certain(model: Model, bounds: Windows) -> Windows:
    """The bounds of what `certain` leaves of a model: optional tasks stand anywhere."""
    optional = presence_of(model).optional
    if not optional.any():
        return bounds
    early = [np.where(optional, 0, c) for c in (bounds.earliest_start, bounds.earliest_end)]
    late = [np.where(optional, model.horizon, c) for c in (bounds.latest_start, bounds.latest_end)]
    return Windows(early[0], late[0], early[1], late[1], bounds.exact, bounds.conflict)


def makespan_floor(model: Model, bounds: Windows, probing: bool = False) -> int:
    """A lower bound of the makespan, whoever is present; probing: see `floor.makespan_lower_bound`."""
    return makespan_lower_bound(certain(model), of_certain(model, bounds), probing=probing)
