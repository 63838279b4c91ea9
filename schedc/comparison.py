"""What is different between two schedules: task by task, in ticks and instants, as data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from fractions import Fraction
from typing import Any


class ComparisonError(ValueError):
    """Two documents that are no schedules, or whose times cannot be set against each other."""


class Fate(StrEnum):
    """What became of a task, the first that applies."""

    NEW = "new"                 # only in the later schedule
    GONE = "gone"               # only in the earlier one
    ADDED = "added"             # left out before, present now
    LEFT_OUT = "left out"       # present before, left out now
    MOVED = "moved"             # starts at another instant
    CHANGED = "changed"         # starts as before, but ends otherwise, or in another mode, or on other resources


@dataclass(frozen=True, slots=True)
class Stand:
    """Where a task stands in one of the schedules. when: its instants as ISO text; uses: amounts by resource.

    uses and when are None where the document does not say them.
    """

    start: int
    end: int
    mode: str | None = None
    uses: tuple[tuple[str, float], ...] | None = None
    when: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class TaskChange:
    """One task that is not as it was. shift: how much later it starts (ticks of the later schedule), for what moved."""

    name: str
    fate: Fate
    before: Stand | None
    after: Stand | None
    shift: int = 0

    @property
    def mode(self) -> bool:
        """Whether it has another mode."""
        return self.before is not None and self.after is not None and self.before.mode != self.after.mode

    @property
    def uses(self) -> bool:
        """Whether it holds other resources, or other amounts of them, as far as both schedules say."""
        if self.before is None or self.after is None or self.before.uses is None or self.after.uses is None:
            return False
        return self.before.uses != self.after.uses


@dataclass(frozen=True)
class GoalChange:
    """An objective that both schedules state. unit: of the later one, ``duration`` for ticks."""

    name: str
    before: float
    after: float
    unit: str = ""


@dataclass(frozen=True)
class Comparison:
    """Two schedules side by side: how many tasks stand in either, what changed in order of time, and the goals.

    resolution: seconds of a tick of the later schedule, None in plain ticks. notes: what a reader should know.
    """

    tasks: int
    changes: tuple[TaskChange, ...]
    goals: tuple[GoalChange, ...] = ()
    resolution: Fraction | None = None
    notes: tuple[str, ...] = field(default=())

    @property
    def same(self) -> bool:
        """Whether every task stands as it did."""
        return not self.changes

    def of(self, fate: Fate) -> tuple[TaskChange, ...]:
        """The changes of one kind."""
        return tuple(c for c in self.changes if c.fate is fate)

    def to_json(self) -> dict[str, Any]:
        """Plain data (schema ``schedc.comparison/1``)."""
        return {
            "schema": "schedc.comparison/1",
            "tasks": self.tasks,
            "same": self.same,
            "changes": [
                {"name": c.name, "fate": c.fate.value, "shift": c.shift, "before": _plain(c.before),
                 "after": _plain(c.after)}
                for c in self.changes
            ],
            "objectives": [{"name": g.name, "before": g.before, "after": g.after} for g in self.goals],
            "notes": list(self.notes),
        }


def compare(before: Mapping[str, Any], after: Mapping[str, Any]) -> Comparison:
    """Compare two documents of schema ``schedc.schedule/1`` (parsed).

    Where their ticks do not mean the same (another resolution or origin), instants are compared, and a shift is in
    ticks of the later one. Raises ComparisonError where one is no schedule, or where ticks differ and instants lack.
    """
    old, new = _rows(before, "the first"), _rows(after, "the second")
    clock = _clock(before, after)
    changes = [c for name in dict.fromkeys((*new, *old)) if (c := _change(name, old, new, clock)) is not None]
    changes.sort(key=_when)
    return Comparison(
        len(old.keys() | new.keys()), tuple(changes), tuple(_goals(before, after)), clock.resolution,
        tuple(_notes(before, after)),
    )


@dataclass(frozen=True)
class _Clock:
    """Whether ticks mean the same in both schedules, and what a tick of the later one is."""

    common: bool
    resolution: Fraction | None

    def shift(self, before: Stand, after: Stand) -> int:
        if self.common:
            return after.start - before.start
        if before.when is None or after.when is None or self.resolution is None:
            raise ComparisonError("the two schedules count time differently, and not all of their tasks have instants")
        elapsed = datetime.fromisoformat(after.when[0]) - datetime.fromisoformat(before.when[0])
        seconds = Fraction(elapsed.days * 86_400 + elapsed.seconds) + Fraction(elapsed.microseconds, 10**6)
        ticks = seconds / self.resolution
        return round(ticks) if ticks.denominator == 1 or abs(ticks) >= 1 else (1 if ticks > 0 else -1)

    def same_end(self, before: Stand, after: Stand) -> bool:
        if self.common or before.when is None or after.when is None:
            return before.end == after.end
        return datetime.fromisoformat(before.when[1]) == datetime.fromisoformat(after.when[1])


def _clock(before: Mapping[str, Any], after: Mapping[str, Any]) -> _Clock:
    first, second = before.get("time"), after.get("time")
    resolution = second.get("resolution_seconds") if isinstance(second, Mapping) else None
    keys = ("resolution_seconds", "origin")
    if isinstance(first, Mapping) and isinstance(second, Mapping):
        common = all(first.get(key) == second.get(key) for key in keys)
    else:
        common = first is None and second is None
    if not isinstance(resolution, int | float) or resolution <= 0:
        return _Clock(common, None)
    return _Clock(common, Fraction(resolution).limit_denominator(10**9))


def _rows(document: Mapping[str, Any], which: str) -> dict[str, Stand | None]:
    """The tasks by name; None for those that are left out."""
    tasks = document.get("tasks") if isinstance(document, Mapping) else None
    if not isinstance(tasks, list):
        raise ComparisonError(f"{which} is no schedule: it has no list `tasks`")
    found: dict[str, Stand | None] = {}
    for k, row in enumerate(tasks):
        if not isinstance(row, Mapping) or not isinstance(row.get("name"), str):
            raise ComparisonError(f"{which} is no schedule: tasks[{k}] is no object with a name")
        if row["name"] in found:
            raise ComparisonError(f"{which} is no schedule: `{row['name']}` stands twice")
        found[row["name"]] = _stand(row, which) if row.get("present", True) else None
    return found


def _stand(row: Mapping[str, Any], which: str) -> Stand:
    start, end, when = row.get("start"), row.get("end"), row.get("instant")
    if not isinstance(start, int) or not isinstance(end, int):
        raise ComparisonError(f"{which} is no schedule: `{row['name']}` has no integer start and end")
    listed = row.get("uses")
    mode = row.get("mode")
    held = _held(listed) if isinstance(listed, list) else None
    return Stand(start, end, mode if isinstance(mode, str) else None, held, _pair(when))


def _held(listed: list[Any]) -> tuple[tuple[str, float], ...]:
    uses = [u for u in listed if isinstance(u, Mapping) and isinstance(u.get("amount", 0), int | float)]
    return tuple(sorted((str(u.get("resource")), float(u.get("amount") or 0)) for u in uses))


def _pair(when: object) -> tuple[str, str] | None:
    match when:
        case [str() as start, str() as end]:
            return start, end
    return None


def _change(
    name: str, old: Mapping[str, Stand | None], new: Mapping[str, Stand | None], clock: _Clock
) -> TaskChange | None:
    before, after = old.get(name), new.get(name)
    if name not in old:
        return TaskChange(name, Fate.NEW, None, after)
    if name not in new:
        return TaskChange(name, Fate.GONE, before, None)
    if before is None or after is None:
        if before is after:
            return None
        return TaskChange(name, Fate.ADDED if before is None else Fate.LEFT_OUT, before, after)
    shift = clock.shift(before, after)
    if shift:
        return TaskChange(name, Fate.MOVED, before, after, shift)
    changed = TaskChange(name, Fate.CHANGED, before, after)
    return None if clock.same_end(before, after) and not changed.mode and not changed.uses else changed


def _when(change: TaskChange) -> tuple[bool, int, str]:
    stand = change.after or change.before
    return (stand is None, 0 if stand is None else stand.start, change.name)


def _goals(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[GoalChange]:
    first, second = _values(before.get("objectives")), _values(after.get("objectives"))
    for name, (value, unit) in second.items():
        if name in first:
            yield GoalChange(name, first[name][0], value, unit)


def _values(objectives: object) -> dict[str, tuple[float, str]]:
    rows: Iterable[Any] = objectives if isinstance(objectives, list) else ()
    return {
        row["name"]: (row["value"], str(row.get("unit") or "")) for row in rows
        if isinstance(row, Mapping) and isinstance(row.get("name"), str) and isinstance(row.get("value"), int | float)
    }


def _notes(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    digests = [d.get("sha256") if isinstance(d := x.get("model"), Mapping) else None for x in (before, after)]
    if None not in digests and digests[0] != digests[1]:
        yield "the two schedules were made for different versions of a model or its data"


def _plain(stand: Stand | None) -> dict[str, Any] | None:
    if stand is None:
        return None
    return {
        "start": stand.start, "end": stand.end, "mode": stand.mode,
        "uses": None if stand.uses is None else [{"resource": r, "amount": a} for r, a in stand.uses],
        "instant": None if stand.when is None else list(stand.when),
    }
