"""Goals of which the later ones may take something back: `minimize A within 5 % then B`.

A model is solved up to its first goal with a tolerance; then that goal may be worse than its best by as much, the goals
before it may not, and the rest is solved like that. A bound of an earlier goal stays a bound: it was proved without the
conditions that tie it. The whole is proved where every part is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from schedc.compilers.backend import Event, Limits, OnEvent
from schedc.compilers.measure import objective_values
from schedc.compilers.result import Result, StageResult
from schedc.models.columns import ints
from schedc.models.expressions import Compare, Linear, Operator, Part
from schedc.models.model import Model
from schedc.models.schedule import Schedule, Status
from schedc.models.statements import Require, Stage
from schedc.models.verify import verify

_SHARE = 0.6        # of the time, for the goals up to the first with a tolerance

Solve = Callable[[Model, Limits, Schedule | None, OnEvent], Result]


def tolerant(stage: Stage) -> bool:
    """Whether later goals may make a goal worse than its best."""
    return bool(stage.slack or stage.percent)


def split_at(model: Model) -> int:
    """How many goals come before what must be solved for itself: all where no goal but the last has a tolerance."""
    goals = model.objective
    return next((k + 1 for k, stage in enumerate(goals[:-1]) if tolerant(stage)), len(goals))


def solve_in_parts(model: Model, limits: Limits, hint: Schedule | None, on_event: OnEvent, solve: Solve) -> Result:
    """Solve a model with a tolerance. `solve` takes models without one."""
    count = split_at(model)
    if count == len(model.objective):
        return solve(replace(model, objective=_strict(model.objective)), limits, hint, on_event)
    head = replace(model, objective=_strict(model.objective[:count]))
    first = solve(head, _some(limits), hint, on_event)
    if first.schedule is None or first.interrupted:
        return _finished(model, first, first.schedule, first.stages, first.status)
    best = [stage.value or 0 for stage in first.stages]
    kept = [_kept(stage, value) for stage, value in zip(model.objective[:count], best)]
    rest = replace(model, objective=model.objective[count:], relations=(*model.relations, *kept))
    left = limits if limits.seconds is None else replace(limits, seconds=max(0.0, limits.seconds - first.wall))
    second = solve_in_parts(rest, left, first.schedule, _prefixed(head, on_event), solve)
    schedule = second.schedule or first.schedule
    values = objective_values(model, schedule)
    stages = [replace(stage, value=value) for stage, value in zip(first.stages, values)]
    proved = first.status is Status.OPTIMAL and second.status is Status.OPTIMAL
    whole = _finished(model, first, schedule, (*stages, *second.stages), Status.OPTIMAL if proved else Status.FEASIBLE)
    seconds = {k: first.seconds.get(k, 0.0) + second.seconds.get(k, 0.0) for k in {**first.seconds, **second.seconds}}
    return replace(whole, trace=(*first.trace, *second.trace), seconds=seconds, interrupted=second.interrupted,
                   backend=second.backend or first.backend)


def _strict(stages: tuple[Stage, ...]) -> tuple[Stage, ...]:
    return tuple(replace(stage, slack=0, percent=stage.percent * 0) for stage in stages)


def _some(limits: Limits) -> Limits:
    return limits if limits.seconds is None or limits.deterministic else replace(
        limits, seconds=limits.seconds * _SHARE)


def _kept(stage: Stage, best: int) -> Require:
    """The goal is no worse than its best and its tolerance."""
    sign = 1 if stage.sense == "minimize" else -1
    return at_most(stage, best + sign * stage.allowance(best))


def at_most(stage: Stage, value: int) -> Require:
    """The goal is a value or better."""
    sign = 1 if stage.sense == "minimize" else -1
    none = np.zeros(0, dtype=np.int64)
    part = Part(ints([0]), stage.value, ints([0]), ints([sign]))
    left = Linear(ints([-sign * value]), none, none, none, none, (part,))
    return Require(stage.origin, Compare(Operator.LE, left))


def _prefixed(head: Model, on_event: OnEvent) -> OnEvent:
    """Events of later goals, with the values of the earlier ones before theirs; bounds of later ones are not shown."""
    def tell(event: Event) -> None:
        if event.event == "incumbent" and event.schedule is not None:
            values = objective_values(head, event.schedule)
            on_event(replace(event, objective=(*values, *event.objective), bound=(), gap=None))
        elif event.event == "phase":
            on_event(event)

    return tell


def _finished(
    model: Model, ran: Result, schedule: Schedule | None, stages: tuple[StageResult, ...], status: Status
) -> Result:
    """The result for the whole model; a stage that was not reached has no bound."""
    if schedule is not None:
        values = objective_values(model, schedule)
        reached = {k: s.bound for k, s in enumerate(stages)}
        stages = tuple(
            StageResult(s.name, s.sense, value, reached.get(k))
            for k, (s, value) in enumerate(zip(model.objective, values))
        )
    else:
        stages = tuple(StageResult(s.name, s.sense, None, None) for s in model.objective)
    if status is Status.OPTIMAL and len(ran.stages) < len(model.objective) and stages[-1].bound is None:
        status = Status.FEASIBLE
    verdict = None if schedule is None else verify(model, schedule)
    return replace(ran, schedule=schedule, verdict=verdict, stages=stages, status=status)
