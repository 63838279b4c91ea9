"""`--events`: one JSON object a line while a solve runs."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from schedc.cli.streams import say
from schedc.models.files import FileError, reason

if TYPE_CHECKING:
    from schedc.compilers.backend import Event


class EventLog:
    """Appends events to a file, each line whole and at once. A file that fails later ends the log, not the run."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._file: TextIO | None = None
        self._lock = threading.Lock()

    def __enter__(self) -> EventLog:
        if self._path is not None:
            try:
                self._file = self._path.open("w", encoding="utf-8", buffering=1)
            except OSError as problem:
                raise FileError(f"cannot write {self._path}: {reason(problem)}") from problem
        return self

    def __call__(self, event: Event) -> None:
        """Append one event."""
        from schedc.output import event_data

        with self._lock:
            if self._file is None:
                return
            try:
                self._file.write(json.dumps(event_data(event), ensure_ascii=False) + "\n")
            except OSError as problem:
                self._give_up(problem)

    def _give_up(self, problem: OSError) -> None:
        say(f"warning: cannot write {self._path}: {reason(problem)}; the run goes on\n", err=True)
        self._close()

    def _close(self) -> None:
        file, self._file = self._file, None
        if file is not None:
            try:
                file.close()
            except OSError:
                return

    def __exit__(self, kind: object, problem: object, trace: object) -> None:
        with self._lock:
            self._close()
