"""A whole run: propagate, construct, solve, judge.

Every schedule that leaves this room has been judged, incumbents of a running solver included. A schedule that the judge
rejects, or a proof that a judged schedule refutes, is an InternalError and never a result.
"""

from __future__ import annotations

from schedc.compilers.backend import Backend, Compiled, Event, Limits, OnEvent, UnsuitableError
from schedc.compilers.choose import AUTO, choose
from schedc.compilers.construct import construct
from schedc.compilers.record import Record
from schedc.compilers.result import InternalError, Result
from schedc.compilers.windows import Windows, makespan_floor, windows
from schedc.models.expressions import Makespan
from schedc.models.model import Model
from schedc.models.schedule import Schedule

__all__ = ["InternalError", "Result", "compile_model", "solve"]

_CONSTRUCT_SHARE = 0.15     # of the time limit


def _ignore(_: Event) -> None:
    pass


def compile_model(model: Model, backend: str | Backend = AUTO) -> Compiled:
    """The model in a back-end's own terms, lowered where it has to be.

    Raises KeyError for an unknown name, UnsuitableError where it cannot be.
    """
    return choose(model, backend).compiled


def solve(
    model: Model,
    *,
    backend: str | Backend = AUTO,
    limits: Limits | None = None,
    hint: Schedule | None = None,
    on_event: OnEvent = _ignore,
    constructing: bool = True,
) -> Result:
    """Find a judged schedule, as good as the limits allow.

    limits.seconds counts from here; in deterministic mode it is the solver's deterministic time alone. hint: a schedule
    to begin from, right or not; constructing: whether to look for a first schedule before the back-end runs. Events
    come in this thread. When `limits.cancel` is set, or on Ctrl-C, the best schedule so far is returned.

    Raises KeyError for an unknown back-end, InternalError where an answer is rejected, and whatever on_event raises.
    """
    record = Record(model, limits or Limits(), on_event)
    try:
        _run(record, backend, hint, constructing)
    except KeyboardInterrupt:
        record.interrupted = True
    return record.result()


def refuted(model: Model, reason: str, limits: Limits, on_event: OnEvent = _ignore) -> Result:
    """The result for a model that was proved infeasible before any run, for the reason given."""
    record = Record(model, limits, on_event)
    record.infeasible(reason)
    return record.result()


def _run(record: Record, backend: str | Backend, hint: Schedule | None, constructing: bool) -> None:
    bounds = record.phase("propagate", lambda: _propagate(record))
    if bounds.conflict is not None:
        record.infeasible(bounds.conflict)
        return
    if hint is not None:
        record.phase("judge", lambda: record.consider(hint, "hint"))
    if constructing and not record.settled():
        record.phase("construct", lambda: _construct(record, bounds))
    if record.settled() or record.stopped():
        return
    try:
        choice = record.phase("build", lambda: choose(record.model, backend))
        record.note_choice(choice.backend, choice.because)
        outcome = record.phase(
            "solve", lambda: choice.compiled.solve(record.remaining(), record.best or hint, record.forward)
        )
    except UnsuitableError as error:
        tried = f"{record.chosen_because}; " if record.chosen_because else ""
        record.reason = record.reason or f"{tried}{error}"
        record.chosen_because = f"did not run: {tried}{error}"
        return
    record.phase("judge", lambda: record.accept(outcome, choice.backend))


def _propagate(record: Record) -> Windows:
    model = record.model
    bounds = windows(model)
    if bounds.conflict is None and model.objective:
        goal = model.objective[0]
        if isinstance(goal.value, Makespan) and goal.sense == "minimize":
            record.note_floor(makespan_floor(model, bounds, probing=True))
    return bounds


def _construct(record: Record, bounds: Windows) -> None:
    seconds = record.limits.seconds
    budget = None if seconds is None or record.limits.deterministic else seconds * _CONSTRUCT_SHARE
    found = construct(record.model, bounds, record.limits.seed, budget, record.floor, record.limits.cancel.is_set)
    if found is not None:
        record.consider(found, "construct")
