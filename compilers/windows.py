"""Where each task can start and end, before any search."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from schedc.models.bounds import Bounds, Conflict, propagate
from schedc.models.model import Model


@dataclass(frozen=True, eq=False)
class Windows(Bounds):
    """Bounds, or why there are none.

    conflict: why no schedule exists; then the columns are only what each task's own clauses say. None if unknown.
    """

    conflict: str | None = None


def windows(model: Model) -> Windows:
    """The windows of all tasks."""
    found = propagate(model)
    if isinstance(found, Bounds):
        return Windows(found.earliest_start, found.latest_start, found.earliest_end, found.latest_end, found.exact)
    assert isinstance(found, Conflict)
    end = np.minimum(model.deadline, model.horizon)
    return Windows(model.release, end - model.shortest, model.release + model.shortest, end, True, found.reason)
