"""One case before the judge: a model, a schedule made safe to compute with, and the violations found so far."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import field
from functools import cached_property
from typing import Any

import numpy as np

from schedc.models.columns import Flags, Ints
from schedc.models.model import Model
from schedc.models.records import dataclass
from schedc.models.schedule import Schedule
from schedc.models.source import Origin
from schedc.models.statements import Tasks
from schedc.models.verify.verdict import LISTED, NAMED, Kind, More, Violation

FAR = 1 << 60       # ticks beyond +-FAR are judged as if they were FAR: differences and lags then fit 64 bits


@dataclass
class Case:
    """The columns hold one value a task, by global number; start, end and length of an absent task are 0."""

    model: Model
    start: Ints
    end: Ints
    length: Ints
    present: Flags
    violations: list[Violation] = field(default_factory=list)
    more: list[More] = field(default_factory=list)

    @staticmethod
    def of(model: Model, schedule: Schedule) -> Case:
        """Raise ValueError when a column of the schedule is no column of integers, one a task."""
        size = model.task_count
        present = np.ones(size, dtype=np.bool_) if schedule.present is None else np.asarray(schedule.present)
        if present.shape != (size,) or present.dtype != np.bool_:
            raise ValueError(f"the schedule's column `present` does not say yes or no of each of {size} tasks")
        return Case(
            model,
            *(_column(getattr(schedule, name), name, size) * present for name in ("start", "end", "length")),
            present,
        )

    def report(self, kind: Kind, origin: Origin, rows: Sequence[int] | Ints, tell: Callable[[int], Violation]) -> None:
        """Add a violation for each of the first LISTED rows, and count the others."""
        self.violations.extend(tell(int(row)) for row in rows[:LISTED])
        if len(rows) > LISTED:
            self.more.append(More(kind, origin, len(rows) - LISTED))

    def by_family(self, tasks: Ints) -> Iterator[tuple[Tasks, Ints]]:
        """Task numbers (ascending) by the family that they belong to."""
        which = np.searchsorted(self._family_starts, tasks, side="right") - 1
        for k in np.unique(which).tolist():
            yield self._families[k], tasks[which == k]

    def names(self, tasks: Ints) -> tuple[str, ...]:
        """The addresses of the first few tasks."""
        return tuple(self.model.task_name(int(t)) for t in tasks[:NAMED])

    def when(self, tick: int) -> str:
        """An instant in the model's terms."""
        return self.model.axis.tick_text(int(tick))

    def span(self, ticks: int) -> str:
        """A duration in the model's terms."""
        return self.model.axis.span_text(int(ticks))

    # an empty family has no members to find

    @cached_property
    def _families(self) -> list[Tasks]:
        return [t for t in self.model.tasks if t.size]

    @cached_property
    def _family_starts(self) -> Ints:
        return np.array([t.first for t in self._families], dtype=np.int64)


def clause(family: Tasks, *keywords: str) -> Origin:
    """The address of the first of these clauses that the author wrote, or else the task statement's."""
    return next((family.clauses[k] for k in keywords if k in family.clauses), family.origin)


def _column(values: Any, name: str, size: int) -> Ints:
    column = np.asarray(values)
    if column.shape != (size,):
        raise ValueError(f"the schedule's column `{name}` has shape {column.shape}, the model has {size} tasks")
    if size and not np.issubdtype(column.dtype, np.integer):
        raise ValueError(f"the schedule's column `{name}` does not hold integers of at most 64 bits but {column.dtype}")
    return _near(column)


def _near(column: np.ndarray[Any, np.dtype[Any]]) -> Ints:
    if column.dtype == np.uint64:
        column = np.minimum(column, np.uint64(FAR))
    near: Ints = np.clip(column.astype(np.int64), -FAR, FAR)
    return near
