"""Schedules as people, spreadsheets and language models write them: whatever can be made of a text, and what cannot.

Taken are ``{"task": start}``, ``{"task": [start, end]}``, lists of rows with any of the usual headings, the same below
a key such as ``schedule``, CSV with a header, lines such as ``cut: 08:00``, and JSON somewhere within prose. Times are
ticks or instants; an end that is not said follows from the start.
"""

from __future__ import annotations

import csv
import io
import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from schedc.choosing import Chosen
from schedc.models.columns import Flags, Ints
from schedc.models.instants import tick_of
from schedc.models.model import Model
from schedc.models.presence import presence_of
from schedc.models.schedule import Schedule
from schedc.models.scores import Flaw, Remark
from schedc.reading import worked_ticks

_NAMES = ("name", "task", "task_id", "taskid", "id", "activity", "operation", "op", "job", "item")
_STARTS = ("start", "start_time", "starttime", "begin", "from", "s", "start_tick", "starts")
_ENDS = ("end", "end_time", "endtime", "finish", "finish_time", "to", "e", "end_tick", "ends")
_MODES = ("mode", "option", "alternative")
_MEMBERS = ("resource", "resources", "machine", "machines", "worker", "workers", "uses", "assigned", "assigned_to")
_BELOW = ("tasks", "schedule", "answer", "assignments", "solution", "result", "start_times", "starts", "plan")
_LINE = re.compile(
    r"^\s*(?:[-*•]\s*)?[\"'`]?(?P<name>[^\s:=\"'`|][^:=\"'`|]*?)[\"'`]?\s*(?::|=|->)\s*(?P<rest>\S.*?)\s*,?\s*$"
)
_SPAN = re.compile(r"^(?P<start>.+?)\s*(?:\.\.|–|—|\bto\b|\s-\s|->)\s*(?P<end>.+)$")
_FURTHEST = 1 << 40
_ROUNDS = 10_000    # ours: pauses that are counted before an end is given up


@dataclass(frozen=True, eq=False)
class Answer:
    """What an answer says: the schedule of the tasks that it places, and its flaws.

    placed[t]: whether task t could be read; the others stand at 0 in the schedule and say nothing.
    """

    schedule: Schedule
    placed: Flags
    remarks: tuple[Remark, ...]

    @property
    def parsable(self) -> bool:
        """Whether anything could be read at all."""
        return all(r.flaw is not Flaw.UNPARSABLE for r in self.remarks)


def read_answer(model: Model, text: str) -> Answer:
    """What a text says of a model's tasks. Never raises: what is wrong with it is in the remarks."""
    reader = _Answers(model)
    rows = _rows_of(text)
    if rows is None:
        reader.remark(Flaw.UNPARSABLE, "", "no task with a time was found in the text")
    for row in rows or ():
        reader.take(row)
    return reader.answer()


@dataclass(frozen=True, slots=True)
class _Row:
    """One task of an answer, nothing looked at yet."""

    name: str
    start: Any
    end: Any = None
    mode: Any = None
    members: Any = None
    present: bool = True


# ---- finding rows ----


def _rows_of(text: str) -> list[_Row] | None:
    """The rows of a text, in the first form that has any."""
    for document in _documents(text):
        rows = _from_document(document)
        if rows:
            return rows
    return _from_csv(text) or _from_lines(text) or None


def _documents(text: str) -> Iterator[Any]:
    """The whole text as JSON, then what stands in fences, then the first bracketed piece that is JSON."""
    for part in (text, *re.findall(r"```[a-zA-Z]*\n(.*?)```", text, re.DOTALL)):
        try:
            yield _Doubled.load(part)
        except (ValueError, RecursionError):
            continue
    decoder = json.JSONDecoder(object_pairs_hook=_Doubled.of)
    at, tries = -1, 0
    while tries < 100 and (found := re.compile(r"[{\[]").search(text, at + 1)) is not None:
        at, tries = found.start(), tries + 1
        try:
            document, _ = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            continue
        yield document


class _Doubled(dict[str, Any]):
    """An object that remembers keys which stand twice."""

    doubles: list[tuple[str, Any]]

    @classmethod
    def of(cls, pairs: list[tuple[str, Any]]) -> _Doubled:
        made = cls()
        made.doubles = []
        for key, value in pairs:
            if key in made:
                made.doubles.append((key, value))
            else:
                made[key] = value
        return made

    @classmethod
    def load(cls, text: str) -> Any:
        return json.loads(text, object_pairs_hook=cls.of)


def _from_document(document: Any) -> list[_Row]:
    if isinstance(document, list):
        return [row for entry in document if (row := _from_entry(entry)) is not None]
    if not isinstance(document, Mapping):
        return []
    lowered = {str(key).lower(): key for key in document}
    for below in _BELOW:
        inner = document.get(lowered.get(below, below))
        if isinstance(inner, list | Mapping) and (rows := _from_document(inner)):
            return rows
    doubles = document.doubles if isinstance(document, _Doubled) else []
    found = [_from_pair(str(name), value) for name, value in (*document.items(), *doubles)]
    return [row for row in found if row is not None]


def _from_pair(name: str, value: Any) -> _Row | None:
    if isinstance(value, Mapping):
        return _from_entry({**value, "name": name})
    if isinstance(value, list) and 1 <= len(value) <= 2:
        return _Row(name, *value)
    if isinstance(value, list):
        return None
    return _Row(name, *_span(value))


def _span(value: Any) -> tuple[Any, Any]:
    """Start and end of ``08:00..09:30``, ``3 - 7``; no end for anything else."""
    if isinstance(value, str) and (both := _SPAN.match(value)) is not None:
        return both["start"], both["end"]
    return value, None


def _from_entry(entry: Any) -> _Row | None:
    if isinstance(entry, list) and 2 <= len(entry) <= 3 and isinstance(entry[0], str):
        return _Row(*entry)
    if not isinstance(entry, Mapping):
        return None
    values = {re.sub(r"[\s-]+", "_", str(key).strip().lower()): value for key, value in entry.items()}
    name = _first(values, _NAMES)
    if name is None:
        return None
    present = values.get("present", True) not in (False, "false", "False", "no", 0)
    return _Row(str(name), _first(values, _STARTS), _first(values, _ENDS), _first(values, _MODES),
                _first(values, _MEMBERS), present)


def _first(values: Mapping[str, Any], keys: Iterable[str]) -> Any:
    return next((values[key] for key in keys if values.get(key) not in (None, "")), None)


def _from_csv(text: str) -> list[_Row]:
    head, _, _ = text.lstrip("\ufeff").partition("\n")
    separator = max(",;\t|", key=head.count)
    if separator not in head:
        return []
    csv.field_size_limit(1 << 20)
    try:
        reader = csv.DictReader(io.StringIO(text.lstrip("\ufeff")), delimiter=separator, skipinitialspace=True)
        rows = [_from_entry({k: v for k, v in row.items() if isinstance(k, str)}) for row in reader]
    except csv.Error:
        return []
    return [row for row in rows if row is not None]


def _from_lines(text: str) -> list[_Row]:
    found = []
    for line in text.splitlines():
        parts = _LINE.match(line)
        if parts is None:
            words = line.split()
            if len(words) == 2 and re.fullmatch(r"-?\d+(?:\.\d+)?|\d{1,2}:\d{2}", words[1]):
                found.append(_Row(words[0], words[1]))
            continue
        found.append(_Row(parts["name"].strip(), *_span(parts["rest"])))
    return found


# ---- what they say ----


@dataclass
class _Answers:
    """Fills columns row by row, and remarks on what cannot be taken."""

    model: Model
    remarks: list[Remark] = field(default_factory=list)
    ended: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        n = self.model.task_count
        self.start: Ints = np.zeros(n, dtype=np.int64)
        self.placed: Flags = np.zeros(n, dtype=np.bool_)
        self.absent: Flags = np.zeros(n, dtype=np.bool_)
        self.chosen = Chosen(self.model)
        self.optional = presence_of(self.model).optional
        self.numbers = {_plain(name): t for name, t in self.model.task_numbers.items()}

    def remark(self, flaw: Flaw, task: str, message: str) -> None:
        """Note a flaw."""
        self.remarks.append(Remark(flaw, task, message))

    def take(self, row: _Row) -> None:
        """Read one row."""
        task = self.numbers.get(_plain(row.name))
        if task is None:
            self.remark(Flaw.UNKNOWN, row.name, f"the model has no task `{row.name[:60]}`")
            return
        if self.placed[task] or self.absent[task]:
            self.remark(Flaw.DUPLICATE, row.name, f"`{row.name}` stands more than once; the first counts")
            return
        if not row.present or (row.start is None and self.optional[task]):
            self.absent[task] = True
            return
        start = self._tick(row.name, "start", row.start)
        if start is None:
            return
        self.start[task], self.placed[task] = start, True
        if row.end is not None and (end := self._tick(row.name, "end", row.end)) is not None:
            self.ended[task] = end
        self._choose(task, row)

    def _tick(self, name: str, what: str, value: Any) -> int | None:
        if isinstance(value, str):
            try:
                value = float(value) if re.fullmatch(r"\s*-?\d+\.\d+\s*", value) else tick_of(self.model.axis, value)
            except ValueError as problem:
                self.remark(Flaw.NOT_INTEGER, name, f"the {what} of `{name}`: {problem}")
                return None
        if isinstance(value, float) and math.isfinite(value) and value == int(value):
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int) or abs(value) >= _FURTHEST:
            self.remark(Flaw.NOT_INTEGER, name, f"the {what} of `{name}` is no integer tick: {str(value)[:40]}")
            return None
        if value < 0:
            self.remark(Flaw.NEGATIVE, name, f"the {what} of `{name}` lies before the origin: {value}")
        return value

    def _choose(self, task: int, row: _Row) -> None:
        modes = self.chosen.modes_of(task)
        if modes:
            wanted = str(row.mode) if row.mode is not None else (modes[0] if len(modes) == 1 else None)
            if wanted is None or not self.chosen.choose(task, wanted):
                listed = ", ".join(modes[:5]) + (", …" if len(modes) > 5 else "")
                said = "names no mode" if row.mode is None else f"names the mode {str(row.mode)[:40]}"
                self.remark(Flaw.CHOICE, row.name, f"`{row.name}` {said}, it has {listed}")
                self.chosen.choose(task, modes[0])
        if self.chosen.picks_of(task):
            self.chosen.take(task, [(name, 1) for name in _members(row.members)])

    def answer(self) -> Answer:
        """All that was read; tasks that nobody mentioned are missing, optional ones are left out."""
        silent = ~self.placed & ~self.absent
        named = {r.task for r in self.remarks}
        for t in np.flatnonzero(silent & ~self.optional).tolist():
            name = self.model.task_name(t)
            if name not in named:
                self.remark(Flaw.MISSING, name, f"`{name}` is missing")
        schedule = self._schedule()
        return Answer(schedule, self.placed, tuple(self.remarks))

    def _schedule(self) -> Schedule:
        model = self.model
        mode = self.chosen.mode
        length = model.shortest.copy()
        if mode is not None:
            some = mode >= 0
            length[some] = model.options.shortest[mode[some]]
        length = np.where(self.placed, length, 0)
        schedule = Schedule(self.start, self.start + length, length, self.placed, mode, self.chosen.member)
        end = _ends(model, schedule)
        for task, said in self.ended.items():
            end[task] = said
        schedule = replace(schedule, end=end, length=end - self.start)
        return replace(schedule, length=np.where(self.placed, worked_ticks(model, schedule), 0))


def _ends(model: Model, schedule: Schedule) -> Ints:
    """The ends that follow from starts and lengths: pausable tasks go on until all is worked, or past the horizon."""
    end: Ints = schedule.end.copy()
    open_ = model.pausable & (schedule.start >= 0) & (end <= model.horizon) & (schedule.length > 0)
    for _ in range(_ROUNDS):
        lacking = np.where(open_, schedule.length - worked_ticks(model, replace(schedule, end=end)), 0)
        lacking = np.where(end > model.horizon, 0, np.maximum(lacking, 0))
        if not lacking.any():
            break
        end = end + lacking
    return end


def _members(value: Any) -> list[str]:
    if isinstance(value, str):
        return [part.strip() for part in re.split(r"[;|]|,(?![^\[]*\])", value) if part.strip()]
    if isinstance(value, list):
        return [str(v["resource"]) if isinstance(v, Mapping) and "resource" in v else str(v) for v in value]
    return []


def _plain(name: str) -> str:
    """A task's name without blanks and quotes, which people put into brackets."""
    return re.sub(r"[\s\"'`]", "", name)
