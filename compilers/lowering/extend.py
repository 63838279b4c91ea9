"""Models with further tasks behind the author's, and schedules that grow and shrink with them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from schedc.compilers.lowering.base import Rewrite
from schedc.models.model import Model
from schedc.models.schedule import Schedule
from schedc.models.statements import Availability, Relation, Tasks

Place = Callable[[Schedule], Schedule]


def extended(
    model: Model,
    families: tuple[Tasks, ...],
    *,
    availability: tuple[Availability, ...] | None = None,
    relations: tuple[Relation, ...] = (),
    place: Place | None = None,
) -> Rewrite:
    """The model with more tasks and relations; `availability` replaces its own if given.

    place: where the added tasks stand beside an author's schedule; by default at their release with their least length.
    """
    count = model.task_count
    lowered = replace(
        model,
        tasks=(*model.tasks, *families),
        relations=(*model.relations, *relations),
        availability=model.availability if availability is None else availability,
    )
    start, length = lowered.release[count:], lowered.shortest[count:]
    fixed = Schedule(start, start + length, length)

    def down(schedule: Schedule) -> Schedule:
        return joined(schedule, fixed if place is None else place(schedule))

    return Rewrite(lowered, down, lambda schedule: first_tasks(schedule, count))


def joined(schedule: Schedule, more: Schedule) -> Schedule:
    """The one's tasks, and behind them the other's, all of which are present and have no modes."""
    added = len(more.start)
    return replace(
        schedule,
        start=np.r_[schedule.start, more.start],
        end=np.r_[schedule.end, more.end],
        length=np.r_[schedule.length, more.length],
        present=None if schedule.present is None else np.r_[schedule.present, np.ones(added, dtype=np.bool_)],
        mode=None if schedule.mode is None else np.r_[schedule.mode, np.full(added, -1)],
    )


def first_tasks(schedule: Schedule, count: int) -> Schedule:
    """The first tasks alone."""
    return replace(
        schedule, start=schedule.start[:count], end=schedule.end[:count], length=schedule.length[:count],
        present=None if schedule.present is None else schedule.present[:count],
        mode=None if schedule.mode is None else schedule.mode[:count],
    )
