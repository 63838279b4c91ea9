"""What propagation needs to know of a model: made once for however many propagations, each part when asked for."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from schedc.models.closures import Closures, closed_times
from schedc.models.columns import Flags
from schedc.models.differences import Fences, fences_of
from schedc.models.groups import Clutch, Pool, clutches_of, pools_of
from schedc.models.model import Model
from schedc.models.points import Points, points_of
from schedc.models.presence import presence_of
from schedc.models.profile import Steps, capacity_profiles
from schedc.models.within import Windows, windows_of

if TYPE_CHECKING:
    from schedc.models.bounds import Bounds, Conflict
    from schedc.models.tighten import Bucket


class Facts:
    """Columns and groups of one model.

    floor: the greatest makespan that probes proved no schedule to be below; propagated: what propagation made of the
    model as it stands, once it has.
    """

    def __init__(self, model: Model, closures: Closures | None = None) -> None:
        self.model = model
        self._closures = closures
        self.floor = 0
        self.propagated: Bounds | Conflict | None = None

    @cached_property
    def closures(self) -> Closures:
        """When the tasks cannot run."""
        return self._closures if self._closures is not None else closed_times(self.model)

    @cached_property
    def points(self) -> Points:
        """Arcs of orders, lengths and conditions on two instants."""
        return points_of(self.model, conditions=True)

    @cached_property
    def windows(self) -> Windows:
        """The tasks' `within` spans."""
        return windows_of(self.model)

    @cached_property
    def fences(self) -> Fences:
        """Limits from conditions on one instant."""
        return fences_of(self.model)

    @cached_property
    def sure(self) -> Flags:
        """Which tasks hold what they ask for in every schedule: present for certain, and of a length above 0."""
        sure: Flags = ~presence_of(self.model).optional & (self.model.shortest > 0)
        return sure

    @cached_property
    def profiles(self) -> dict[int, Steps]:
        """Capacity over time of the resources with calendars."""
        return capacity_profiles(self.model)

    @cached_property
    def clutches(self) -> tuple[Clutch, ...]:
        """Groups of tasks of which no two overlap."""
        return clutches_of(self.model, self.sure, self.profiles, self.points)

    @cached_property
    def pools(self) -> tuple[Pool, ...]:
        """Resources that several tasks can hold at a time."""
        return pools_of(self.model, self.sure, self.profiles)

    @cached_property
    def buckets(self) -> tuple[Bucket, ...]:
        """The same, put together by size."""
        from schedc.models.tighten import buckets_of

        return buckets_of(self.clutches, self.model.task_count)


def facts_of(model: Model, closures: Closures | None = None) -> Facts:
    """The facts of a model, kept with it like its other derived columns; closures: if they are at hand already."""
    known: Facts | None = vars(model).get("_facts")
    if known is None:
        known = vars(model)["_facts"] = Facts(model, closures)
    return known
