"""A whole run: propagate, construct, solve, judge.

Every schedule that leaves this room has been judged, incumbents of a running solver included. A schedule that the judge
rejects, or a proof that a judged schedule refutes, is an InternalError and never a result.
"""

from __future__ import annotations

import os

from schedc.compilers.backend import Compiled, Event, Limits, OnEvent, UnsuitableError
from schedc.compilers.construct import construct
from schedc.compilers.record import Record
from schedc.compilers.registry import find_backend
from schedc.compilers.result import InternalError, Result
from schedc.compilers.windows import Windows, windows
from schedc.models.expressions import Makespan
from schedc.models.floor import makespan_lower_bound
from schedc.models.model import Model
from schedc.models.schedule import Schedule

__all__ = ["InternalError", "Result", "compile_model", "solve"]

_BYTES_A_TASK = 40_000      # what CP-SAT was seen to take at its peak, by task and by demand
_CONSTRUCT_SHARE = 0.15     # of the time limit


def _ignore(_: Event) -> None:
    pass


def compile_model(model: Model, backend: str = "auto") -> Compiled:
    """The model in a back-end's own terms. Raises KeyError for an unknown name, UnsuitableError where it cannot be."""
    return find_backend(backend).compile(model)


def solve(
    model: Model,
    *,
    backend: str = "auto",
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


def _run(record: Record, backend: str, hint: Schedule | None, constructing: bool) -> None:
    solver = backend if backend != "auto" else "cpsat"
    bounds = record.phase("propagate", lambda: _propagate(record))
    if bounds.conflict is not None:
        record.infeasible(bounds.conflict)
        return
    if hint is not None:
        record.phase("judge", lambda: record.consider(hint, "hint"))
    if constructing and not record.settled():
        record.phase("construct", lambda: _construct(record, bounds))
    if record.settled() or record.stopped() or not _room(record):
        return
    try:
        compiled = record.phase("build", lambda: find_backend(solver).compile(record.model))
    except UnsuitableError as error:
        record.reason = record.reason or str(error)
        return
    outcome = record.phase("solve", lambda: compiled.solve(record.remaining(), record.best or hint, record.forward))
    record.phase("judge", lambda: record.accept(outcome, solver))


def _propagate(record: Record) -> Windows:
    model = record.model
    bounds = windows(model)
    if bounds.conflict is None and model.objective:
        goal = model.objective[0]
        if isinstance(goal.value, Makespan) and goal.sense == "minimize":
            record.note_floor(makespan_lower_bound(model, bounds))
    return bounds


def _construct(record: Record, bounds: Windows) -> None:
    seconds = record.limits.seconds
    budget = None if seconds is None or record.limits.deterministic else seconds * _CONSTRUCT_SHARE
    found = construct(record.model, bounds, record.limits.seed, budget, record.floor, record.limits.cancel.is_set)
    if found is not None:
        record.consider(found, "construct")


def _room(record: Record) -> bool:
    """Whether memory allows the back-end a try; where it does not, what was constructed stands."""
    need = _BYTES_A_TASK * (record.model.task_count + len(record.model.demands.task))
    if need < (1 << 30) or need < _free_memory():
        return True
    record.reason = "the model is too large for the solver's memory here"
    return False


def _free_memory() -> float:
    try:
        return float(os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    except (ValueError, OSError, AttributeError):       # not every system tells
        return float("inf")
