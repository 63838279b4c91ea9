"""The search as a back-end of its own: judged incumbents as they come, and never a proof."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from schedc.compilers.backend import Bid, Event, Limits, OnEvent, Outcome, Promise, UnsuitableError
from schedc.compilers.constructs import Construct
from schedc.compilers.evolve.improver import TAKES, Evolve, refusal
from schedc.compilers.measure import costs, objective_values
from schedc.models.model import Model
from schedc.models.schedule import Schedule, Status
from schedc.models.verify import verify

_BYTES_A_TASK = 4_000
_STEP = 0.5             # seconds between two looks at what was found
_UNLIMITED = 60.0       # seconds where nothing limits a run
_STALE = 12             # steps without anything better after which an unlimited run ends


def _ignore(_: Event) -> None:
    pass


class Backend:
    """Evolutionary search over decoded schedules: anytime, at every size, without bounds."""

    name = "evolve"
    takes: frozenset[Construct] = frozenset(TAKES)
    promises: frozenset[Promise] = frozenset({Promise.WARM_START})
    forms: frozenset[str] = frozenset()

    def missing(self) -> str | None:
        """Why it cannot run here, or None."""
        from importlib.util import find_spec

        return None if find_spec("numba") else "the package numba is not installed"

    def bid(self, model: Model) -> Bid:
        """Left out of `auto`, where a portfolio calls its improver."""
        return Bid(0, "it proves nothing")

    def memory(self, model: Model) -> int:
        """About how many bytes a run takes at its peak."""
        return _BYTES_A_TASK * (model.task_count + len(model.demands.task))

    def compile(self, model: Model) -> CompiledEvolve:
        """The model as it is; raises UnsuitableError where it is not made for it."""
        why = refusal(model)
        if why is not None:
            raise UnsuitableError(f"the solver evolve cannot take the model: {why}")
        return CompiledEvolve(model)


@dataclass(frozen=True, eq=False)
class CompiledEvolve:
    """A model to be searched. There is no solver's own model: `native` is the search."""

    model: Model

    @property
    def native(self) -> Any:
        """A fresh search."""
        return Evolve(self.model)

    def write(self, path: Path, form: str) -> None:
        """There is nothing to write."""
        raise ValueError(f"the solver evolve writes no {form}")

    def solve(self, limits: Limits, hint: Schedule | None = None, on_event: OnEvent = _ignore) -> Outcome:
        """Search until the time is over; incumbents are judged before they are told.

        In deterministic runs a second is a fixed number of placements. Without a limit the search ends when nothing
        better was found for long.
        """
        began = time.monotonic()
        search = Evolve(self.model, limits.seed, limits.deterministic)
        seconds = limits.seconds if limits.seconds is not None else _UNLIMITED
        left, stale, known = seconds, 0, _judged(self.model, hint)
        best = known
        while left > 0 and not limits.cancel.is_set() and (limits.seconds is not None or stale < _STALE):
            found = _judged(self.model, search.step(known, min(_STEP, left), limits.cancel.is_set))
            known, stale = None, stale + 1
            if found is not None and (best is None or costs(self.model, found) < costs(self.model, best)):
                best, stale = found, 0
                value = objective_values(self.model, found)
                on_event(Event(time.monotonic() - began, "incumbent", "evolve", value, schedule=found))
            left = left - _STEP if limits.deterministic else seconds - (time.monotonic() - began)
            if best is not None and not self.model.objective:
                break
        share, error = search.fuzzy
        text = f"{search.children} children, {share:.0%} judged fuzzily with a mean rank error of {error:.2f}"
        on_event(Event(time.monotonic() - began, "phase", "evolve", text=text))
        status = Status.UNKNOWN if best is None else Status.FEASIBLE
        reason = "the search found no schedule that keeps the model" if best is None else ""
        bounds = (None,) * len(self.model.objective)
        return Outcome(status, best, bounds, reason, limits.cancel.is_set(), _versions())


def _judged(model: Model, schedule: Schedule | None) -> Schedule | None:
    return schedule if schedule is not None and verify(model, schedule).holds else None


def _versions() -> dict[str, str]:
    from importlib.metadata import version

    return {"numba": version("numba")}
