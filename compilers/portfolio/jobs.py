"""Searches in threads of their own. What they find comes through a queue and is judged by whoever reads it.

Nothing is shared between threads but the queue, the stop events and the incumbent that a job was given. An exception in
a job is a message as well.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from queue import SimpleQueue

from schedc.compilers.backend import Compiled, Event, Limits, Outcome
from schedc.compilers.portfolio.arms import Arm
from schedc.compilers.portfolio.stop import Stop
from schedc.models.schedule import Schedule

Clock = Callable[[], float]


@dataclass(frozen=True, eq=False)
class Told:
    """An event of the exact back-end while it runs."""

    event: Event


@dataclass(frozen=True, eq=False)
class Answered:
    """How an exact search ended."""

    job: Exact
    outcome: Outcome | None
    error: BaseException | None


@dataclass(frozen=True, eq=False)
class Found:
    """How a slice of an improver ended, and in how many seconds."""

    job: Slice
    schedule: Schedule | None
    seconds: float
    error: BaseException | None


Queue = SimpleQueue[Told | Answered | Found]


class Exact:
    """The exact back-end at work. `workers`: its threads; `began`: when, by `time.monotonic`."""

    def __init__(self, compiled: Compiled, limits: Limits, hint: Schedule | None, queue: Queue) -> None:
        self.workers = limits.workers or 1
        self.hint = hint
        self.began = time.monotonic()
        self.stop = Stop(limits.cancel)
        self._compiled, self._limits, self._queue = compiled, replace(limits, cancel=self.stop), queue
        self.thread = threading.Thread(target=self._work, name="schedc-exact", daemon=True)
        self.thread.start()

    def _work(self) -> None:
        try:
            outcome = self._compiled.solve(self._limits, self.hint, lambda event: self._queue.put(Told(event)))
        except BaseException as error:      # told to the reader of the queue
            self._queue.put(Answered(self, None, error))
        else:
            self._queue.put(Answered(self, outcome, None))


class Slice:
    """One step of an improver at work."""

    def __init__(self, arm: Arm, known: Schedule | None, seconds: float, stop: Stop, queue: Queue) -> None:
        self.arm = arm
        self._known, self._seconds, self._stop, self._queue = known, seconds, stop, queue
        self.thread = threading.Thread(target=self._work, name=f"schedc-{arm.name}", daemon=True)
        self.thread.start()

    def _work(self) -> None:
        began = time.monotonic()
        schedule, problem = None, None
        try:
            schedule = self.arm.step(self._known, self._seconds, self._stop.is_set)
        except BaseException as error:      # told to the reader of the queue
            problem = error
        self._queue.put(Found(self, schedule, time.monotonic() - began, problem))
