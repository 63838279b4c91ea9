"""A new schedule that keeps as much of an earlier one as it can."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from schedc.comparison import Comparison, compare
from schedc.models.columns import Ints
from schedc.models.instants import tick_of
from schedc.models.model import Model
from schedc.models.nearby import Prefer, near
from schedc.models.past import as_of, begun, with_past
from schedc.models.schedule import Schedule
from schedc.reading import Earlier, read_earlier

if TYPE_CHECKING:
    from schedc.plan import Plan

_NAMED = 8          # tasks in a note
HEAVIEST = 1_000_000    # ours: weights stay far from overflow however many tasks carry them


class RepairError(ValueError):
    """An earlier schedule that shares no task with the model, or weights that name no task."""


@dataclass(frozen=True, eq=False)
class Repaired:
    """The repaired plan (its first goals count and measure the changes), and what changed against the earlier one.

    comparison: None where no schedule was found; notes: what of the earlier schedule could not be taken over, and,
    where nothing keeps the model, what had begun and therefore had to stay.
    """

    plan: Plan
    comparison: Comparison | None
    notes: tuple[str, ...] = ()


def repaired(
    model: Model,
    document: Mapping[str, Any],
    solve: Callable[[Model, Schedule], Plan],
    *,
    prefer: Prefer = Prefer.FEWEST,
    weights: Mapping[str, int] | None = None,
    now: str | int | None = None,
) -> Repaired:
    """Repair the schedule of a document for a model that may have changed since; see `nearby.near`.

    What the earlier schedule started before the model's `now` stays as it is. now: another one, as a tick or an
    instant; solve: how to solve a model from a hint; weights: what a change of a task costs, by the task's name or its
    family's (1 where nothing is said).
    Raises RepairError, and `reading.ScheduleError` where the document is no schedule.
    """
    if now is not None:
        model = as_of(model, _now(model, now))
    earlier = read_earlier(model, document)
    if not earlier.known.any():
        raise RepairError("the earlier schedule names no task of this model")
    weight = weights_of(model, weights or {})
    stays = with_past(model, _only_known(earlier))
    plan = solve(near(stays, earlier.schedule, earlier.known, weight, prefer), earlier.schedule)
    if plan.result.schedule is None:
        return Repaired(plan, None, (*earlier.notes, *_stuck(model, earlier)))
    return Repaired(plan, compare(document, plan.to_dict()), earlier.notes)


def _stuck(model: Model, earlier: Earlier) -> list[str]:
    """The tasks that had begun, as one note."""
    tasks = np.flatnonzero(begun(model, _only_known(earlier))).tolist()
    if not tasks:
        return []
    named = ", ".join(f"`{model.task_name(t)}`" for t in tasks[:_NAMED]) + (", …" if len(tasks) > _NAMED else "")
    return [f"what had begun before {model.axis.tick_text(model.axis.now)} has to stay as it is: {named}"]


def _now(model: Model, now: str | int) -> int:
    try:
        tick = tick_of(model.axis, now)
    except ValueError as problem:
        raise RepairError(f"now: {problem}") from problem
    if not 0 <= tick <= model.horizon:
        raise RepairError(f"now: {model.axis.tick_text(tick)} lies outside the horizon")
    return tick


def _only_known(earlier: Earlier) -> Schedule:
    """The earlier schedule in which tasks that are new have not begun."""
    old = earlier.schedule
    return replace(old, start=np.where(earlier.known, old.start, np.iinfo(np.int64).max >> 2))


def weights_of(model: Model, weights: Mapping[str, int]) -> Ints:
    """The column of weights; a task's own goes before its family's. Raises RepairError."""
    column = np.ones(model.task_count, dtype=np.int64)
    families = {t.family.name: t for t in model.tasks}
    for name in sorted(weights, key=lambda n: n not in families):     # families first
        value = weights[name]
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= HEAVIEST:
            raise RepairError(f"the weight of `{name}` must be a whole number in 0 .. {HEAVIEST}, not {value!r}")
        if name in families:
            column[families[name].first : families[name].first + families[name].size] = value
        elif name in model.task_numbers:
            column[model.task_numbers[name]] = value
        else:
            near_by = difflib.get_close_matches(name, [*families, *list(model.task_numbers)[:10_000]], 1)
            raise RepairError(f"there is no task `{name}`" + (f"; did you mean `{near_by[0]}`?" if near_by else ""))
    return column
