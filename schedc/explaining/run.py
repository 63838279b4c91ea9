"""One explanation from beginning to end."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

from schedc.compilers.backend import Backend, Limits
from schedc.compilers.choose import AUTO
from schedc.compilers.solve import solve
from schedc.dsl.load import Source
from schedc.explaining.binding import binding_chain, bottlenecks
from schedc.explaining.case import Case
from schedc.explaining.infeasible import conflicts, minimal_conflict, together
from schedc.explaining.marginal import marginals
from schedc.explaining.report import Explanation
from schedc.models.conflict import Item
from schedc.models.model import Model
from schedc.models.schedule import Schedule, Status
from schedc.models.statements import Stage

_SHARE = 0.4        # of the time, for finding out whether there is a schedule, and for a schedule to speak of


def explain(
    model: Model,
    source: Source | None = None,
    *,
    backend: str | Backend = AUTO,
    limits: Limits | None = None,
    task: int | None = None,
    schedule: Schedule | None = None,
    shown: Callable[[Stage, int], str] = lambda _, value: str(value),
) -> Explanation:
    """Why a model has no schedule; or, where it has one and a task is named, why that does not start earlier.

    source: where the model comes from, without which horizon and params are not looked at. schedule: one that keeps the
    model, to speak of; else one is looked for. shown: a goal's value in words.
    Raises KeyError for an unknown back-end.
    """
    limits = limits or Limits()
    began = time.monotonic()
    found = schedule
    if found is None:
        wanted = model if task is not None else replace(model, objective=())
        part = None if limits.seconds is None else limits.seconds * _SHARE
        result = solve(wanted, backend=backend, limits=replace(limits, seconds=part))
        found, status, reason = result.schedule, result.status, result.reason
        if found is None and status is Status.UNKNOWN:
            return Explanation(model.name, status, time.monotonic() - began, notes=(reason,) if reason else ())
    if found is None:
        case = Case.of(model, source, backend, _left(limits, began))
        told = tuple(conflicts(case))
        notes = () if told else ("time ran out before a conflict was found",)
        return Explanation(
            model.name, Status.INFEASIBLE, time.monotonic() - began, told, together(list(told)), notes=notes
        )
    if task is None:
        return Explanation(model.name, Status.FEASIBLE, time.monotonic() - began)
    chain = binding_chain(model, found, task)
    busy = bottlenecks(model, found, chain)
    bought = marginals(model, found, chain, busy, backend, _left(limits, began), shown)
    return Explanation(
        model.name, Status.FEASIBLE, time.monotonic() - began, task=model.task_name(task), chain=tuple(chain),
        bottlenecks=tuple(busy), marginals=tuple(bought),
    )


def _left(limits: Limits, began: float) -> Limits:
    if limits.seconds is None:
        return limits
    return replace(limits, seconds=max(0.0, limits.seconds - (time.monotonic() - began)))


def conflict_of(model: Model, source: Source | None, limits: Limits) -> tuple[Item, ...]:
    """One minimal conflict of an infeasible model, as addresses; nothing where the time is not enough for one."""
    return tuple(minimal_conflict(Case.of(model, source, AUTO, limits)))
