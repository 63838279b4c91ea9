"""One case before the judge: a model, a schedule made safe to compute with, and the violations found so far."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import field
from functools import cached_property
from typing import Any

import numpy as np

from schedc.models.columns import Flags, Ints, SpanSets
from schedc.models.model import Model
from schedc.models.records import dataclass
from schedc.models.schedule import Schedule
from schedc.models.source import Origin
from schedc.models.statements import Modes, Tasks
from schedc.models.verify.verdict import LISTED, NAMED, Kind, More, Violation

FAR = 1 << 60       # ticks beyond +-FAR are judged as if they were FAR: differences and lags then fit 64 bits


@dataclass
class Case:
    """The columns hold one value a task, by global number; start, end and length of an absent task are 0.

    mode[t]: the number of the task's option, -1 where it has none of its own; member[c]: whether candidate c is taken,
    by a choice that is in force at all. pieces: those of present tasks that come in pieces, in one set a task.
    address: by number of the addressed use, -1 where none was given.
    """

    model: Model
    start: Ints
    end: Ints
    length: Ints
    present: Flags
    mode: Ints
    member: Flags
    pieces: SpanSets
    address: Ints
    violations: list[Violation] = field(default_factory=list)
    more: list[More] = field(default_factory=list)

    @staticmethod
    def of(model: Model, schedule: Schedule) -> Case:
        """Raise ValueError when a column of the schedule is no column of integers, one a task."""
        size = model.task_count
        present = np.ones(size, dtype=np.bool_) if schedule.present is None else np.asarray(schedule.present)
        if present.shape != (size,) or present.dtype != np.bool_:
            raise ValueError(f"the schedule's column `present` does not say yes or no of each of {size} tasks")
        start, end, length = (
            _column(getattr(schedule, name), name, size) * present for name in ("start", "end", "length")
        )
        mode = _modes(model, schedule.mode, present)
        member, pieces = _members(model, schedule.member, present, mode), _pieces(model, schedule, start, end, present)
        address = _addresses(model, schedule.address)
        return Case(model, start, end, length, present, mode, member, pieces, address)

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


def chosen_of(mode: Ints, family: Tasks, modes: Modes) -> Ints:
    """The options of one `mode` that are chosen: their rows in it."""
    options: Ints = np.flatnonzero(mode[family.first + modes.row] == modes.first + np.arange(modes.size))
    return options


def held(present: Flags, mode: Ints, family: Tasks, modes: Modes | None) -> Flags:
    """For each row of a family, or of a `mode`, whether what is said of it is in force."""
    if modes is None:
        return present[family.first : family.first + family.size]
    chosen = np.zeros(modes.size, dtype=np.bool_)
    chosen[chosen_of(mode, family, modes)] = True
    return chosen


def _modes(model: Model, values: Any, present: Flags) -> Ints:
    """The chosen options; -1 for what is no option of the task that has it, and for absent tasks."""
    if values is None:
        return np.full(model.task_count, -1, dtype=np.int64)
    wanted = np.where(present, _column(values, "mode", model.task_count), -1)
    mode = np.full(model.task_count, -1, dtype=np.int64)
    for family in model.tasks:
        for m in family.modes:
            rows = chosen_of(wanted, family, m)
            mode[family.first + m.row[rows]] = m.first + rows
    return mode


def _members(model: Model, values: Any, present: Flags, mode: Ints) -> Flags:
    """The candidates taken by choices that are in force."""
    choices = [(t, None, c) for t in model.tasks for c in t.choices]
    choices += [(t, m, c) for t in model.tasks for m in t.modes for c in m.choices]     # type: ignore[misc]
    size = sum(len(c.resource) for _, _, c in choices)
    taken = np.zeros(size, dtype=np.bool_) if values is None else np.asarray(values)
    if taken.shape != (size,) or taken.dtype != np.bool_:
        raise ValueError(f"the schedule's column `member` does not say yes or no of each of {size} candidates")
    found = taken.copy()
    for t, m, c in choices:
        owner = np.repeat(c.row, np.diff(c.ptr))
        found[c.first : c.first + len(owner)] &= held(present, mode, t, m)[owner]
    return found


def _pieces(model: Model, schedule: Schedule, start: Ints, end: Ints, present: Flags) -> SpanSets:
    """One piece a task where the schedule names none."""
    own = np.zeros(model.task_count, dtype=np.bool_)
    for t in model.tasks:
        own[t.first : t.first + t.size] = t.pieces is not None
    own &= present
    said = schedule.pieces
    if said is None:
        own &= end > start
        return SpanSets(np.r_[0, np.cumsum(own)].astype(np.int64), start[own], end[own])
    if len(said.ptr) != model.task_count + 1 or int(said.ptr[-1]) != len(said.lo) or len(said.lo) != len(said.hi):
        raise ValueError("the schedule's column `pieces` does not have one set of spans a task")
    size = np.diff(said.ptr)
    keep = np.repeat(own, size)
    ptr = np.r_[0, np.cumsum(np.where(own, size, 0))].astype(np.int64)
    return SpanSets(ptr, _near(said.lo[keep]), _near(said.hi[keep]))


def _addresses(model: Model, values: Any) -> Ints:
    """The addresses of all uses that need one."""
    size = len(model.addressed.task)
    if values is None:
        return np.full(size, -1, dtype=np.int64)
    column = np.asarray(values)
    if column.shape != (size,) or (size and not np.issubdtype(column.dtype, np.integer)):
        raise ValueError(f"the schedule's column `address` does not hold an integer for each of {size} uses")
    return _near(column)


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
