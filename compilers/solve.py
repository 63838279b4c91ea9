"""A whole run: propagate, construct, solve, judge.

Where no back-end was asked for by name, all that suits the model works side by side from the first schedules on (see
`portfolio`). With one by name, a model that is not large goes to it twice: with the schedule of a few rules for a short
while, in which easy models are proved, and for the rest of the time after construction has looked for better ones.

Every schedule that leaves this room has been judged, incumbents of a running solver included. A schedule that the judge
rejects, or a proof that a judged schedule refutes, is an InternalError and never a result.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from schedc.compilers.backend import Backend, Compiled, Event, Limits, OnEvent, UnsuitableError, cores
from schedc.compilers.checkpoint import Checkpoint, Memories, Saver
from schedc.compilers.choose import AUTO, PORTFOLIO, Choice, choose
from schedc.compilers.construct import QUICK, Construction, begin
from schedc.compilers.construct.addresses import packed
from schedc.compilers.portfolio import Portfolio
from schedc.compilers.portfolio.team import PUT_OFF, breeding, improvers, is_large, neighbourhoods
from schedc.compilers.record import Record
from schedc.compilers.result import InternalError, Result
from schedc.compilers.tolerance import solve_in_parts, tolerant
from schedc.compilers.windows import Windows, makespan_floor, windows
from schedc.models.expressions import Makespan
from schedc.models.model import Model
from schedc.models.schedule import Schedule

__all__ = ["InternalError", "Result", "compile_model", "solve"]

_CONSTRUCT_SHARE = 0.15     # of the time limit
_CHANCE_SHARE = 0.05        # of the time limit
_CHANCE = 2.0               # seconds at most


def _ignore(_: Event) -> None:
    pass


def compile_model(model: Model, backend: str | Backend = AUTO) -> Compiled:
    """The model in a back-end's own terms, lowered where it has to be; of a portfolio, in those of its exact back-end.

    Raises KeyError for an unknown name, UnsuitableError where it cannot be.
    """
    return choose(model, AUTO if backend == PORTFOLIO else backend).compiled


def solve(
    model: Model,
    *,
    backend: str | Backend = AUTO,
    limits: Limits | None = None,
    hint: Schedule | None = None,
    on_event: OnEvent = _ignore,
    constructing: bool = True,
    checkpoint: Path | None = None,
    resume: Checkpoint | None = None,
) -> Result:
    """Find a judged schedule, as good as the limits allow.

    limits.seconds counts from here; in deterministic mode it is the solver's deterministic time alone. hint: a schedule
    to begin from, right or not; constructing: whether to look for a first schedule before the back-end runs;
    checkpoint: where to keep what is known, now and then and at the end; resume: what an earlier run of this model
    kept, from which this one goes on. Events come in this thread. When `limits.cancel` is set, or on Ctrl-C, the best
    schedule so far is returned.

    Raises KeyError for an unknown back-end, InternalError where an answer is rejected, and whatever on_event raises.
    """

    saver = None if checkpoint is None else Saver(checkpoint, model)

    def once(part: Model, some: Limits, begin: Schedule | None, listen: OnEvent) -> Result:
        record = Record(part, some, listen, saver=saver)
        if saver is not None:
            saver.complain = record.complain
        try:
            _run(record, backend, begin, constructing, resume or Checkpoint(None))
        except KeyboardInterrupt:
            record.interrupted = True
        return record.result()

    if any(map(tolerant, model.objective)):
        return solve_in_parts(model, limits or Limits(), hint, on_event, once)
    return once(model, limits or Limits(), hint, on_event)


def refuted(model: Model, reason: str, limits: Limits, on_event: OnEvent = _ignore) -> Result:
    """The result for a model that was proved infeasible before any run, for the reason given."""
    record = Record(model, limits, on_event)
    record.infeasible(reason)
    return record.result()


def _run(
    record: Record, backend: str | Backend, hint: Schedule | None, constructing: bool, resume: Checkpoint
) -> None:
    bounds = record.phase("propagate", lambda: _propagate(record))
    if bounds.conflict is not None:
        record.infeasible(bounds.conflict)
        return
    if hint is not None:
        record.phase("judge", lambda: record.consider(hint, "hint"))
    known = resume.schedule
    if known is not None:
        record.phase("judge", lambda: record.consider(known, "checkpoint"))
    construction = None
    named = not (isinstance(backend, str) and backend in (AUTO, PORTFOLIO))
    if constructing and not record.settled() and (named or record.model.task_count <= PUT_OFF):
        construction = record.phase("construct", lambda: _construct(record, bounds))
    if not named:
        if not (record.settled() or record.stopped()):
            _portfolio(record, bounds, construction, resume.memories)
        return
    for step in _steps(record, construction, _Solver(record, backend, hint)):
        if record.settled() or record.stopped():
            return
        step()


def _portfolio(record: Record, bounds: Windows, construction: Construction | None, kept: Memories) -> None:
    """Everything that suits the model, side by side."""
    model = record.model
    Portfolio(
        record, cores(record.limits), improvers(record, bounds), lambda: choose(model),
        lambda choice: neighbourhoods(record, choice), lambda: breeding(record, construction, bounds),
        quick=not is_large(model) and (construction is None or model.task_count < QUICK),
        large=is_large(model), kept=kept,
    ).run()


def _steps(record: Record, construction: Construction | None, solver: _Solver) -> Iterator[Callable[[], None]]:
    """What is done after the first construction until the model is settled."""
    if construction is not None:
        if record.model.task_count < QUICK:
            yield lambda: solver.run(_chance(record.remaining()))
        yield lambda: record.phase("construct", lambda: _improve(record, construction))
    yield lambda: solver.run(record.remaining())


@dataclass
class _Solver:
    """The back-end, chosen when it is first asked."""

    record: Record
    backend: str | Backend
    hint: Schedule | None
    choice: Choice | None = None
    refused: bool = False

    def run(self, limits: Limits) -> None:
        """Solve and judge, from the best schedule known; nothing where the back-end has refused."""
        record = self.record
        if self.refused:
            return
        try:
            choice = self._chosen()
            outcome = record.phase(
                "solve", lambda: choice.compiled.solve(limits, record.best or self.hint, record.forward)
            )
        except UnsuitableError as error:
            self.refused = True
            tried = f"{record.chosen_because}; " if record.chosen_because else ""
            record.reason = record.reason or f"{tried}{error}"
            record.chosen_because = f"did not run: {tried}{error}"
            return
        record.phase("judge", lambda: record.accept(outcome, choice.backend))

    def _chosen(self) -> Choice:
        if self.choice is None:
            self.choice = self.record.phase("build", lambda: choose(self.record.model, self.backend))
            self.record.note_choice(self.choice.backend, self.choice.because)
        return self.choice


def _chance(limits: Limits) -> Limits:
    """A short while, in which easy models are proved; deterministic time in deterministic runs."""
    seconds = _CHANCE if limits.seconds is None else min(_CHANCE, limits.seconds * _CHANCE_SHARE)
    return replace(limits, seconds=seconds)


def _propagate(record: Record) -> Windows:
    model = record.model
    bounds = windows(model)
    if bounds.conflict is None and model.objective:
        goal = model.objective[0]
        if isinstance(goal.value, Makespan) and goal.sense == "minimize":
            record.note_floor(makespan_floor(model, bounds, probing=True))
    return bounds


def _construct(record: Record, bounds: Windows) -> Construction | None:
    """A first schedule by few rules, and what can look for better ones."""
    for schedule in _packed(record, bounds):
        record.consider(schedule, "construct")
    construction = begin(record.model, bounds, record.limits.seed, record.limits.cancel.is_set)
    if construction is not None:
        construction.first(_budget(record), record.floor)
        _take(record, construction)
    return construction


def _improve(record: Record, construction: Construction) -> None:
    construction.improve(_budget(record), record.floor, record.best)
    _take(record, construction)


def _take(record: Record, construction: Construction) -> None:
    found = construction.accepted()
    if found is not None:
        record.consider(found, "construct")


def _packed(record: Record, bounds: Windows) -> Iterator[Schedule]:
    """Schedules by addresses alone; where nothing is to be optimised the first is the answer, and may take longer."""
    seconds = _budget(record)
    if seconds is not None and not record.model.objective:
        seconds *= 4
    return packed(record.model, bounds, seconds, record.limits.seed, record.limits.cancel.is_set)


def _budget(record: Record) -> float | None:
    """Seconds that construction still has; it does not look at the clock in deterministic runs."""
    limits = record.limits
    if limits.seconds is None or limits.deterministic:
        return None
    return max(0.0, limits.seconds * _CONSTRUCT_SHARE - record.seconds.get("construct", 0.0))
