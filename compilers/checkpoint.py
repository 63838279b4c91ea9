"""Runs that can be killed and gone on with: the incumbent and the memories of improvers, in a file.

A checkpoint is an npz archive of integer columns, beside a line of JSON that says whose they are; nothing in it is ever
executed. Bounds are not in it: who resumes judges the schedule anew and proves for himself. The file is replaced in one
step, so that a run that is killed at any moment leaves a whole one.
"""

from __future__ import annotations

import hashlib
import io
import json
import time
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

import numpy as np

from schedc.models.columns import Ints, SpanSets
from schedc.models.files import FileError, reason, write_atomically
from schedc.models.model import Model
from schedc.models.schedule import Schedule

_FORMAT, _VERSION = "schedc checkpoint", 1
_ABOUT = "about"
_EVERY = 5.0            # seconds between two writes at least
_SHARE = 0.05           # of a run's time that writing may take
_MOST_BYTES = 1 << 32   # of the columns of one checkpoint
_MOST_ABOUT = 1 << 16
_FLAGS = ("present", "member")
_PIECES = ("ptr", "lo", "hi")

_TORN = (       # what zipfile, numpy and json raise over files that are none of theirs
    zipfile.BadZipFile, zlib.error, ValueError, TypeError, EOFError, KeyError, NotImplementedError, RuntimeError,
    MemoryError, OverflowError, SyntaxError,
)

Memories = Mapping[str, Mapping[str, Ints]]


class CheckpointError(FileError):
    """A file that is no checkpoint of the model; the message is for people and names the file."""


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """What a run knew: the best schedule, and by improver the columns of its memory."""

    schedule: Schedule | None
    memories: Memories = field(default_factory=dict)


def fingerprint(model: Model) -> str:
    """What tells one model from another: the digest of its text, data and parameters, and its sizes."""
    sizes = (model.horizon, model.task_count, model.resource_count, len(model.relations), len(model.objective))
    return hashlib.sha256(f"{model.digest} {sizes}".encode()).hexdigest()


def save(path: Path, model: Model, found: Checkpoint) -> None:
    """Write a checkpoint in one step. Raises FileError."""
    about = {"format": _FORMAT, "version": _VERSION, "model": fingerprint(model), "name": model.name}
    columns: dict[str, Any] = {_ABOUT: np.frombuffer(json.dumps(about).encode(), dtype=np.uint8)}
    if found.schedule is not None:
        columns |= _columns(found.schedule)
    for who, memory in found.memories.items():
        columns |= {f"memory/{who}/{key}": column for key, column in memory.items()}
    out = io.BytesIO()
    np.savez_compressed(out, **columns)
    write_atomically(path, out.getvalue())


def _columns(schedule: Schedule) -> dict[str, Any]:
    """The columns of a schedule by name; pieces as three of their own."""
    found = {part.name: getattr(schedule, part.name) for part in fields(Schedule) if part.name != "pieces"}
    if schedule.pieces is not None:
        found |= {f"pieces.{name}": getattr(schedule.pieces, name) for name in _PIECES}
    return {f"schedule/{name}": column for name, column in found.items() if column is not None}


def load(path: Path, model: Model) -> Checkpoint:
    """Read a checkpoint of a model.

    Raises CheckpointError for a file that cannot be read, is none, is torn, of another model, or does not fit it.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > _MOST_BYTES:
                raise CheckpointError(f"{path} is no checkpoint: it is too large")
        with np.load(path, allow_pickle=False) as columns:
            _check(path, columns, model)
            return Checkpoint(_schedule(path, columns, model), _memories(path, columns))
    except OSError as problem:
        raise CheckpointError(f"cannot read {path}: {reason(problem)}") from problem
    except _TORN as problem:
        raise CheckpointError(f"{path} is no checkpoint, or only a part of one") from problem


def _check(path: Path, columns: Any, model: Model) -> None:
    about = _column(columns, _ABOUT)
    if about.dtype != np.uint8 or about.nbytes > _MOST_ABOUT:
        raise ValueError
    said = json.loads(about.tobytes())
    if not isinstance(said, dict) or said.get("format") != _FORMAT:
        raise ValueError
    if said.get("version") != _VERSION:
        raise CheckpointError(f"{path} is a checkpoint of another version of schedc")
    if said.get("model") != fingerprint(model):
        raise CheckpointError(f"{path} is a checkpoint of another model, or of other data")


def _column(columns: Any, name: str) -> Any:
    """An array of the archive; a member that is none comes as bytes. Raises ValueError."""
    found = columns[name]
    if not isinstance(found, np.ndarray):
        raise ValueError(name)
    return found


def _schedule(path: Path, columns: Any, model: Model) -> Schedule | None:
    if "schedule/start" not in columns.files:
        return None
    sizes = {"member": len(model.picks.resource), "address": len(model.addressed.task)}
    found = {}
    for part in fields(Schedule):
        name = f"schedule/{part.name}"
        if name not in columns.files:
            continue
        column = _column(columns, name)
        size = sizes.get(part.name, model.task_count)
        kind = np.bool_ if part.name in _FLAGS else np.int64
        if column.dtype != kind or column.ndim != 1 or len(column) != size:
            raise CheckpointError(f"{path} is damaged: the column {part.name} does not fit the model")
        found[part.name] = column
    if not {"start", "end", "length"} <= found.keys():
        raise CheckpointError(f"{path} is damaged: a column of the schedule is missing")
    if found.get("mode") is not None and not _within(found["mode"], -1, len(model.options.task)):
        raise CheckpointError(f"{path} is damaged: there is no such mode")
    return replace(Schedule(**found), pieces=_pieces(path, columns, model))


def _pieces(path: Path, columns: Any, model: Model) -> SpanSets | None:
    names = [f"schedule/pieces.{name}" for name in _PIECES]
    if not all(name in columns.files for name in names):
        return None
    ptr, lo, hi = (_column(columns, name) for name in names)
    flat = all(c.dtype == np.int64 and c.ndim == 1 for c in (ptr, lo, hi))
    if not flat or len(ptr) != model.task_count + 1 or len(lo) != len(hi):
        raise CheckpointError(f"{path} is damaged: the pieces do not fit the model")
    if ptr[0] != 0 or ptr[-1] != len(lo) or (np.diff(ptr) < 0).any():
        raise CheckpointError(f"{path} is damaged: the pieces do not fit the model")
    return SpanSets(ptr, lo, hi)


def _within(column: Ints, low: int, end: int) -> bool:
    return not len(column) or (int(column.min()) >= low and int(column.max()) < end)


def _memories(path: Path, columns: Any) -> dict[str, dict[str, Ints]]:
    found: dict[str, dict[str, Ints]] = {}
    for name in columns.files:
        parts = name.split("/", 2)
        if parts[0] == "memory" and len(parts) == 3:
            column = _column(columns, name)
            if column.dtype.kind not in "iub":
                raise CheckpointError(f"{path} is damaged: the memory of {parts[1]} is not of integers")
            found.setdefault(parts[1], {})[parts[2]] = column.astype(np.int64)
    return found


@dataclass
class Saver:
    """Writes checkpoints of one run, now and then and at the end. A write that fails is told, and the run goes on."""

    path: Path
    model: Model
    complain: Callable[[str], None] = lambda _: None
    memories: dict[str, Mapping[str, Ints]] = field(default_factory=dict)
    _schedule: Schedule | None = None
    _written: float = float("-inf")
    _cost: float = 0.0
    _open: bool = False         # whether anything is not written yet

    @property
    def due(self) -> bool:
        """Whether the time for a write has come."""
        return time.monotonic() - self._written >= max(_EVERY, self._cost / _SHARE)

    def best(self, schedule: Schedule) -> None:
        """A new incumbent."""
        self._schedule, self._open = schedule, True
        self.write_if_due()

    def remember(self, who: str, memory: Mapping[str, Ints]) -> None:
        """The memory of an improver that just paused."""
        if memory:
            self.memories[who], self._open = memory, True

    def write_if_due(self) -> None:
        """Write what is new, unless the last write was a moment ago."""
        if self._open and self.due:
            self.write()

    def write(self) -> None:
        """Write what is new."""
        if not self._open:
            return
        began = time.monotonic()
        try:
            save(self.path, self.model, Checkpoint(self._schedule, self.memories))
        except FileError as problem:
            self.complain(str(problem))
        self._open, self._written = False, time.monotonic()
        self._cost = self._written - began
