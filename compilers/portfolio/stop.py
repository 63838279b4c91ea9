"""Ending a part of a run without ending the run."""

from __future__ import annotations

import threading


class Stop(threading.Event):
    """An event that is also set once another one is."""

    def __init__(self, outer: threading.Event) -> None:
        super().__init__()
        self._outer = outer

    def is_set(self) -> bool:
        """Whether this one or the outer one is set."""
        return super().is_set() or self._outer.is_set()
