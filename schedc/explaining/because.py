"""The causal chain of a conflict in sentences, where propagation alone proves it."""

from __future__ import annotations

from schedc.models.bounds import Conflict, Propagation
from schedc.models.model import Model
from schedc.models.presence import certain
from schedc.models.source import NO_ORIGIN, Origin
from schedc.models.story import Step, told, trails
from schedc.models.tighten import tighten

_MOST = 12      # sentences of one trail


def because(model: Model) -> tuple[str, ...]:
    """Why a model of few elements has no schedule, step by step; nothing where only a search shows it."""
    state = Propagation(certain(model))
    stopped = tighten(state)
    if stopped is None:
        return ()
    conflict = told(state, stopped)
    lines: list[str] = []
    if conflict.overload is None and not _circular(conflict):
        early, late = trails(state, conflict.tasks[0])
        placed = state.earliest_end[conflict.tasks[0]] <= model.horizon
        lines = _sentences(model, early if placed else early[:-1], "earliest")
        lines += _sentences(model, late, "latest") if placed else []
    return (*lines, conflict.reason)


def _circular(conflict: Conflict) -> bool:
    return "once around" in conflict.reason or "its lags" in conflict.reason


def _sentences(model: Model, steps: list[Step], side: str) -> list[str]:
    found = [_sentence(model, step, side) for step in steps if step.origins]
    if len(found) > _MOST:
        found[_MOST // 2 : -_MOST // 2] = [f"({len(found) - _MOST} more steps)"]
    return found


def _sentence(model: Model, step: Step, side: str) -> str:
    verb = "starts" if step.start else "ends"
    when = model.axis.tick_text(step.instant)
    why = " and ".join(dict.fromkeys(_said(o) for o in step.origins))
    return f"`{model.task_name(step.task)}` {verb} at the {side} {when}, because of {why}"


def _said(origin: Origin) -> str:
    if origin.span == NO_ORIGIN.span:
        return origin.what
    name = f"`{origin.label}`" if origin.label else f"`{origin.what}`"
    return f"{'the horizon' if origin.what == 'the horizon' else name} (line {origin.span.line})"
