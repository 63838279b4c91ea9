"""Reading a schedule that anyone may have made: strictly, naming everything that is wrong with it."""

from __future__ import annotations

import difflib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from schedc.addressing import Addresses
from schedc.choosing import Chosen
from schedc.models.columns import Flags, Ints, SpanSets
from schedc.models.files import FileError, reason
from schedc.models.model import Model
from schedc.models.pieces import worked_pieces
from schedc.models.presence import presence_of
from schedc.models.schedule import Schedule
from schedc.models.verify import Violation
from schedc.output import SCHEMA
from schedc.render.cells import clean, plural

_LISTED = 20            # problems named one by one
_FURTHEST = 1 << 61     # differences of ticks must fit 64 bits
_MOST_BYTES = 64 << 20  # of a document, and more for each task: what is larger is not read at all
_BYTES_A_TASK = 4 << 10


class ScheduleError(Exception):
    """A schedule that cannot be judged because it is none of this model; `problems` names everything that is wrong."""

    def __init__(self, problems: list[str]) -> None:
        more = len(problems) - _LISTED
        self.problems = (*problems[:_LISTED], *([f"and {plural(more, 'more problem')}"] if more > 0 else []))
        super().__init__("\n".join(self.problems))


@dataclass(frozen=True)
class Reading:
    """A schedule read from outside.

    claims: violations in what the text says beyond starts and ends (pieces that are not where the model pauses);
    notes: what is odd about the document, but breaks nothing.
    """

    schedule: Schedule
    claims: tuple[Violation, ...] = ()
    notes: tuple[str, ...] = ()


def load_document(path: Path, tasks: int = 0) -> Any:
    """The JSON of a file that is to place so many tasks. As `load_text`; ScheduleError also where it is not JSON."""
    return parse_document(load_text(path, tasks))


def load_text(path: Path, tasks: int = 0) -> str:
    """The text of a file that is to place so many tasks.

    Raises FileError where it cannot be read or is no ordinary file, ScheduleError where it is no text or far larger
    than a schedule of the tasks.
    """
    try:
        if path.exists() and not path.is_file():
            raise FileError(f"cannot read {path}: {'it is a directory' if path.is_dir() else 'it is no ordinary file'}")
        size, most = path.stat().st_size, _MOST_BYTES + _BYTES_A_TASK * tasks
        if size > most:
            raise ScheduleError([f"{size >> 20} MiB are no schedule of {plural(tasks, 'task')}"])
        return path.read_bytes().decode("utf-8-sig")
    except OSError as problem:
        raise FileError(f"cannot read {path}: {reason(problem)}") from problem
    except UnicodeDecodeError as problem:
        raise ScheduleError([f"not UTF-8 text (byte {problem.start})"]) from problem


def is_schedule(text: str) -> bool:
    """Whether a text means to be schedule.json, and not any other way to write a schedule down."""
    return text.lstrip().startswith("{") and '"schema"' in text[:2000]


def parse_document(text: str) -> Any:
    """JSON without what JSON does not have: NaN, Infinity, doubled keys. Raises ScheduleError."""
    try:
        return json.loads(text, parse_constant=_no_constant, object_pairs_hook=_object)
    except json.JSONDecodeError as problem:
        where = f"line {problem.lineno}, column {problem.colno}"
        raise ScheduleError([f"not JSON: {where}: {problem.msg.lower()}"]) from None
    except RecursionError:
        raise ScheduleError(["not a schedule: nested too deeply"]) from None
    except ValueError as problem:       # the two hooks, and numbers that int() refuses
        words = "a number of thousands of digits" if "digits" in str(problem) else str(problem)
        raise ScheduleError([f"not a schedule: {words}"]) from None


def _no_constant(name: str) -> Any:
    raise ValueError(f"`{name}` is not JSON")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        seen: set[str] = set()
        twice = next(k for k, _ in pairs if k in seen or seen.add(k))  # type: ignore[func-returns-value]
        raise ValueError(f"the key `{clean(twice)}` stands twice in one object")
    return found


def read_schedule(model: Model, document: object) -> Reading:
    """The schedule that a document (parsed schedule.json) describes. Raises ScheduleError with all that is wrong."""
    reader = _Reader(model)
    reader.document(document)
    if reader.problems:
        raise ScheduleError(reader.problems)
    schedule = reader.schedule(reader.start, reader.end)
    worked = worked_ticks(model, schedule)
    length = worked.copy()
    for task, pieces in reader.pieces.items():
        length[task] = sum(hi - lo for lo, hi in pieces)
    schedule = replace(schedule, length=length)
    paused = {task: spans for task, spans in reader.pieces.items() if task not in reader.split}
    return Reading(schedule, tuple(_misplaced(model, schedule, worked, paused)), tuple(reader.notes))


@dataclass(frozen=True)
class Earlier:
    """An earlier schedule, of this model or of one that was changed since.

    known[t]: whether it places (or leaves out) task t; forgotten: names of its tasks that the model no longer has.
    """

    schedule: Schedule
    known: Flags
    forgotten: tuple[str, ...]
    notes: tuple[str, ...]


def read_hint(model: Model, document: object) -> tuple[Schedule | None, list[str]]:
    """The schedule to begin a search from, and what had to be ignored. Raises ScheduleError where it is no schedule.

    A hint may be of an earlier version of the model: tasks that are gone are ignored; tasks that are new are placed
    where their release is, and left out where they are optional. None where no task is known.
    """
    earlier = read_earlier(model, document)
    if not earlier.known.any():
        return None, [*earlier.notes, "the hint names no task of this model"]
    new = int((~earlier.known).sum())
    left_out = [f"the hint leaves out {plural(new, 'task')}"] if new else []
    return earlier.schedule, [*earlier.notes, *left_out]


def read_earlier(model: Model, document: object) -> Earlier:
    """As `read_hint`, with what is known and what is gone. Raises ScheduleError where it is no schedule."""
    reader = _Reader(model)
    reader.document(document, lenient=True)
    if reader.problems:
        raise ScheduleError(reader.problems)
    new = np.ones(model.task_count, dtype=np.bool_)
    new[list(reader.seen)] = False
    known = ~new
    reader.absent |= set(np.flatnonzero(new & presence_of(model).optional).tolist())
    new[list(reader.absent)] = False
    start = np.where(new, model.release, reader.start)
    end = np.where(new, start + model.shortest, reader.end)
    schedule = reader.schedule(start, end)
    schedule = replace(schedule, length=worked_ticks(model, schedule))
    return Earlier(schedule, known, tuple(reader.unknown), tuple(reader.notes))


def worked_ticks(model: Model, schedule: Schedule) -> Ints:
    """The ticks of each task's span that are no pauses; outside the horizon nothing pauses."""
    inside = Schedule(
        np.clip(schedule.start, 0, model.horizon),
        np.clip(np.maximum(schedule.end, schedule.start), 0, model.horizon),
        schedule.length, schedule.present, pieces=schedule.pieces,
    )
    pieces = worked_pieces(model, inside)
    total = np.r_[0, np.cumsum(pieces.hi - pieces.lo)]
    outside = (schedule.end - schedule.start) - (inside.end - inside.start)
    worked: Ints = total[pieces.ptr[1:]] - total[pieces.ptr[:-1]] + outside
    return worked


def _misplaced(
    model: Model, schedule: Schedule, worked: Ints, claimed: Mapping[int, list[tuple[int, int]]]
) -> list[Violation]:
    """Pieces that add up but lie elsewhere than the model's pauses leave them (other sums are the judge's business)."""
    if not claimed:
        return []
    tasks = np.array(sorted(claimed), dtype=np.int64)
    fits = (schedule.start[tasks] >= 0) & (schedule.end[tasks] <= model.horizon) & (worked == schedule.length)[tasks]
    tasks = tasks[fits]
    if not len(tasks):
        return []
    clipped = np.clip(schedule.start, 0, model.horizon), np.clip(schedule.end, 0, model.horizon)
    true = worked_pieces(model, Schedule(clipped[0], np.maximum(*clipped), worked))
    found = []
    for task in tasks.tolist():
        expected = list(zip(*(column.tolist() for column in true.of(task))))
        if claimed[task] != expected:
            family, _ = model.task_family(task)
            name = model.task_name(task)
            missed = _difference(expected, claimed[task])
            message = f"`{name}` is worked at other ticks than the model leaves it"
            origin = family.clauses.get("pausable", family.origin)
            found.append(Violation("pause", origin, name, message, missed, claimed[task][0][0], (name,)))
    return found


def _difference(true: list[tuple[int, int]], claimed: list[tuple[int, int]]) -> int:
    """How many ticks of the true pieces are not claimed; at least 1."""
    common = sum(max(0, min(b, d) - max(a, c)) for a, b in true for c, d in claimed)
    return max(1, sum(b - a for a, b in true) - common)


@dataclass
class _Reader:
    """Collects a document's columns and its problems."""

    model: Model
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    seen: set[int] = field(default_factory=set)
    absent: set[int] = field(default_factory=set)
    unknown: list[str] = field(default_factory=list)
    pieces: dict[int, list[tuple[int, int]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.start: Ints = np.zeros(self.model.task_count, dtype=np.int64)
        self.end: Ints = np.zeros(self.model.task_count, dtype=np.int64)
        self.optional = presence_of(self.model).optional
        self.split = {
            t for family in self.model.tasks if family.pieces is not None
            for t in range(family.first, family.first + family.size)
        }
        self.chosen = Chosen(self.model)
        self.addresses = Addresses(self.model)

    def schedule(self, start: Ints, end: Ints) -> Schedule:
        """What was read, at these instants."""
        return Schedule(start, end, end - start, self.presence(), self.chosen.mode, self.chosen.member,
                        self.addresses.column, pieces=self.split_pieces(start, end))

    def split_pieces(self, start: Ints, end: Ints) -> SpanSets | None:
        """The pieces of the tasks that come in pieces; one where none was said."""
        if not self.split:
            return None
        said = {t: self.pieces.get(t, [(int(start[t]), int(end[t]))]) for t in sorted(self.split)
                if t not in self.absent and start[t] < end[t]}
        size = np.zeros(self.model.task_count, dtype=np.int64)
        size[list(said)] = [len(spans) for spans in said.values()]
        flat = np.array([span for spans in said.values() for span in spans], dtype=np.int64).reshape(-1, 2)
        return SpanSets(np.r_[0, np.cumsum(size)].astype(np.int64), flat[:, 0].copy(), flat[:, 1].copy())

    def presence(self) -> Flags | None:
        """The column of who is present; None where nothing can be absent."""
        if not self.optional.any():
            return None
        present = np.ones(self.model.task_count, dtype=np.bool_)
        present[list(self.absent)] = False
        return present

    def document(self, document: object, lenient: bool = False) -> None:
        """Read all of it."""
        if not isinstance(document, Mapping):
            self.problems.append(f"a schedule is an object with `tasks`, this is {_kind(document)}")
            return
        if document.get("schema", SCHEMA) != SCHEMA:
            self.problems.append(f"schema: expected `{SCHEMA}`, found {_shown(document['schema'])}")
        self._header(document)
        tasks = document.get("tasks")
        if not isinstance(tasks, list):
            self.problems.append(f"tasks: expected a list, found {_kind(tasks)}")
            return
        if not tasks and self.model.task_count:
            status = document.get("status")
            said = f" (status {_shown(status)})" if isinstance(status, str) else ""
            self.problems.append(f"tasks: the file holds no schedule{said}")
            return
        for k, row in enumerate(tasks):
            self._task(f"tasks[{k}]", row, lenient)
        if not lenient:
            self._missing()

    def _header(self, document: Mapping[str, Any]) -> None:
        axis = self.model.axis
        when = document.get("time")
        if isinstance(when, Mapping):
            ours = None if axis.resolution_ns is None else Fraction(axis.resolution_ns, 10**9)
            theirs: Any = when.get("resolution_seconds")
            if not _is_number(theirs) or ours is None or abs(Fraction(theirs) - ours) > ours * Fraction(1, 10**9):
                wanted = "plain ticks" if ours is None else f"{float(ours):g}"
                self.problems.append(f"time.resolution_seconds: the model's is {wanted}, found {_shown(theirs)}")
            if when.get("origin") is not None and when["origin"] != axis.start:
                self.problems.append(f"time.origin: the model's is {axis.start}, found {_shown(when['origin'])}")
        elif when is not None:
            self.problems.append(f"time: expected an object, found {_kind(when)}")
        made_for = document.get("model")
        digest = made_for.get("sha256") if isinstance(made_for, Mapping) else None
        if isinstance(digest, str) and self.model.digest and digest != self.model.digest:
            self.notes.append("the schedule was made for another version of the model or its data")

    def _task(self, at: str, row: object, lenient: bool) -> None:
        if not isinstance(row, Mapping):
            self.problems.append(f"{at}: expected an object, found {_kind(row)}")
            return
        name = row.get("name")
        if not isinstance(name, str):
            self.problems.append(f"{at}.name: expected text, found {_kind(name)}")
            return
        at = f"{at} `{clean(name)}`"
        task = self.model.task_numbers.get(name)
        if task is None:
            if lenient:
                self.unknown.append(name)
            else:
                self.problems.append(f"{at}: the model has no such task{self._similar(name)}")
            return
        if task in self.seen:
            self.problems.append(f"{at}: stands twice")
            return
        self.seen.add(task)
        self._placement(at, task, row, lenient)

    def _placement(self, at: str, task: int, row: Mapping[str, Any], lenient: bool) -> None:
        present = row.get("present", True)
        if present is False and self.optional[task]:
            self.absent.add(task)
            return
        if present is not True:
            wrong = "the task is not optional" if present is False else "expected true or false"
            self.problems.append(f"{at}.present: {wrong}, found {_shown(present)}")
            return
        self._choices(at, task, row, lenient)
        start, end = self._tick(f"{at}.start", row.get("start")), self._tick(f"{at}.end", row.get("end"))
        if start is None or end is None:
            return
        self.start[task], self.end[task] = start, end
        if row.get("pieces") is not None:
            self._pieces(f"{at}.pieces", task, row["pieces"])

    def _choices(self, at: str, task: int, row: Mapping[str, Any], lenient: bool) -> None:
        """The mode by its name, and the members of choices from what the task is said to use."""
        mode, known = row.get("mode"), self.chosen.modes_of(task)
        if lenient and mode is not None and mode not in known:
            self.notes.append(f"{at}: the model no longer has its mode {_shown(mode)}")
            mode = known[0] if known else None
        if not known and mode is not None:
            self.problems.append(f"{at}.mode: the task has no modes, found {_shown(mode)}")
        elif known and not (isinstance(mode, str) and self.chosen.choose(task, mode)):
            listed = ", ".join(known[:5]) + (", …" if len(known) > 5 else "")
            self.problems.append(f"{at}.mode: expected one of {listed}, found {_shown(mode)}")
        wrong = self.addresses.take(task, row.get("uses"))
        if wrong is not None and not lenient:
            self.problems.append(f"{at}.uses: {wrong}")
        if not self.chosen.picks_of(task):
            return
        uses = row.get("uses")
        if not isinstance(uses, list) or not all(_is_use(use) for use in uses):
            self.problems.append(f"{at}.uses: expected a list of resources with amounts, found {_shown(uses)}")
            return
        self.chosen.take(task, [(use["resource"], round(use["amount"])) for use in uses])

    def _tick(self, at: str, value: object) -> int | None:
        if isinstance(value, bool) or not isinstance(value, int):
            self.problems.append(f"{at}: expected an integer tick, found {_shown(value)}")
            return None
        if abs(value) >= _FURTHEST:
            self.problems.append(f"{at}: beyond 61 bits")
            return None
        return value

    def _pieces(self, at: str, task: int, value: object) -> None:
        """Half-open spans, in order, from the task's start to its end."""
        start, end = int(self.start[task]), int(self.end[task])
        if not isinstance(value, list) or not all(
            isinstance(p, list) and len(p) == 2 and all(_is_number(t) and isinstance(t, int) for t in p) for p in value
        ):
            self.problems.append(f"{at}: expected a list of [start, end] integer pairs, found {_shown(value)}")
            return
        if start >= end:        # nothing is worked; what is wrong with that is for the judge
            return
        flat = [t for piece in value for t in piece]
        proper = all(a < b for a, b in value) and all(a <= b for a, b in pairwise(flat))
        if not flat or not proper or flat[0] != start or flat[-1] != end:
            self.problems.append(f"{at}: expected spans in order from {start} to {end}, found {_shown(value)}")
            return
        self.pieces[task] = [(a, b) for a, b in value] if task in self.split else _joined(value)

    def _missing(self) -> None:
        if len(self.seen) < self.model.task_count:
            left = (n for n, t in self.model.task_numbers.items() if t not in self.seen)
            self.problems += [f"tasks: `{clean(name)}` is missing" for name in left]

    def _similar(self, name: str) -> str:
        if len(self.problems) > _LISTED or self.model.task_count > 50_000:
            return ""
        near = difflib.get_close_matches(name, self.model.task_numbers, 1, 0.75)
        return f"; did you mean `{clean(near[0])}`?" if near else ""


def _joined(pieces: list[list[int]]) -> list[tuple[int, int]]:
    """Touching pieces made one."""
    found: list[tuple[int, int]] = []
    for lo, hi in pieces:
        if found and found[-1][1] == lo:
            found[-1] = (found[-1][0], hi)
        else:
            found.append((lo, hi))
    return found


def _is_use(value: object) -> bool:
    return isinstance(value, Mapping) and isinstance(value.get("resource"), str) and _is_number(value.get("amount"))


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _kind(value: object) -> str:
    if value is None:
        return "nothing"
    kinds = {bool: "true or false", int: "a number", float: "a number", str: "text", list: "a list", dict: "an object"}
    return kinds.get(type(value), type(value).__name__)


def _shown(value: object) -> str:
    if value is None:
        return "nothing"
    try:
        text = json.dumps(value, ensure_ascii=False)
    except (TypeError, ValueError, RecursionError):
        return _kind(value)
    return clean(text if len(text) <= 60 else text[:57] + "...")
