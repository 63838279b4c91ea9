"""Live progress of a run: one line on a terminal, now and then a plain line elsewhere."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any, Protocol, TextIO

from schedc.compilers.backend import Event
from schedc.models.model import Model
from schedc.render.figures import shown_gap, shown_seconds, shown_value

if TYPE_CHECKING:
    from rich.console import RenderableType

_EVERY = 1.0    # seconds between plain lines


class Progress(Protocol):
    """Shows events; a context for the time of the run. Called from the solver's threads."""

    def __call__(self, event: Event) -> None: ...

    def __enter__(self) -> Progress: ...

    def __exit__(self, kind: object, problem: object, trace: object) -> None: ...


def progress(model: Model, stream: TextIO, quiet: bool) -> Progress:
    """What suits a stream: nothing when quiet, a live line on a terminal, else a plain line now and then."""
    if quiet:
        return Silence()
    return LiveLine(model, stream) if stream.isatty() else PlainLines(model, stream)


class Silence:
    """No progress at all."""

    def __call__(self, event: Event) -> None:
        """Nothing."""

    def __enter__(self) -> Silence:
        return self

    def __exit__(self, kind: object, problem: object, trace: object) -> None:
        return


class State:
    """What is known so far, as words. Safe to use from several threads."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._lock = threading.Lock()
        self._latest: dict[str, Event] = {}
        self._phase = "starting"

    def take(self, event: Event) -> None:
        """Remember an event."""
        with self._lock:
            if event.event == "phase":
                self._phase = event.text
            self._latest[event.event] = event
            if event.objective:
                self._latest["objective"] = event
            if event.bound:
                self._latest["bounded"] = event

    def words(self) -> list[str]:
        """Phase, incumbent, bound and gap, as far as known."""
        with self._lock:
            best, bound = self._latest.get("objective"), self._latest.get("bounded")
            found = self._latest.get("incumbent")
            words = [self._phase]
        if best is not None:
            words.append(f"best {self._values(best.objective)}")
        elif found is not None:
            words.append("schedule found")
        if bound is not None:
            words.append(f"bound {self._values(bound.bound)}")
        last = max((e for e in (best, bound) if e is not None), key=lambda e: e.t, default=None)
        if last is not None and last.gap is not None:
            words.append(f"gap {shown_gap(last.gap)}")
        return words

    def _values(self, values: tuple[int, ...]) -> str:
        stages = self._model.objective
        return ", ".join(shown_value(stage, value, self._model.axis) for stage, value in zip(stages, values))


class PlainLines:
    """For logs: a line an incumbent, at most one a second."""

    def __init__(self, model: Model, stream: TextIO) -> None:
        self._state = State(model)
        self._stream = stream
        self._next = 0.0
        self._lock = threading.Lock()

    def __call__(self, event: Event) -> None:
        """Show an incumbent unless one was shown just now."""
        self._state.take(event)
        with self._lock:
            if event.event != "incumbent" or time.monotonic() < self._next:
                return
            self._next = time.monotonic() + _EVERY
            try:
                print(f"  {shown_seconds(event.t)}  {'   '.join(self._state.words())}", file=self._stream, flush=True)
            except (OSError, ValueError):       # a log that is gone must not end the run
                self._next = float("inf")

    def __enter__(self) -> PlainLines:
        return self

    def __exit__(self, kind: object, problem: object, trace: object) -> None:
        return


class LiveLine:
    """One line that renews itself, and goes when the run ends."""

    def __init__(self, model: Model, stream: TextIO) -> None:
        from rich.console import Console
        from rich.live import Live

        self._state = State(model)
        self._began = time.monotonic()
        console = Console(file=stream, highlight=False)
        self._live: Any = Live(get_renderable=self._line, console=console, refresh_per_second=8, transient=True)

    def __call__(self, event: Event) -> None:
        """Take the event; the line renews itself."""
        self._state.take(event)

    def _line(self) -> RenderableType:
        from rich.text import Text

        elapsed = shown_seconds(time.monotonic() - self._began)
        words = "   ".join(self._state.words())
        return Text(f"  {elapsed:>8}  {words}   (Ctrl-C keeps the best so far)", no_wrap=True, overflow="ellipsis")

    def __enter__(self) -> LiveLine:
        self._live.start()
        return self

    def __exit__(self, kind: object, problem: object, trace: object) -> None:
        self._live.stop()
