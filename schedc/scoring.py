"""How far a schedule is from right: by kind of constraint, as shares, and as the distance to a schedule that is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from schedc.loose import Answer
from schedc.models.model import Model
from schedc.models.nearby import CHANGED, SHIFTED, Prefer, near
from schedc.models.profile import Steps, capacity_profiles
from schedc.models.scores import Category, Distance, Score
from schedc.models.statements import Tasks
from schedc.models.verify import Verdict, Violation, verify

if TYPE_CHECKING:
    from schedc.models.schedule import Schedule
    from schedc.plan import Plan

# what the judge calls by several names is one kind of constraint for whoever scores
_CATEGORY = {
    "order": "precedence", "exclusive": "disjunctive", "release": "window", "deadline": "window", "within": "window",
    "horizon": "window", "length": "duration", "pause": "duration", "mode": "choice", "member": "choice",
}


def scored(model: Model, answer: Answer) -> Score:
    """Judge what an answer places: tasks that it does not place are taken as absent, and counted as flaws."""
    judged = _without(model, answer)
    verdict = verify(judged, answer.schedule)
    return Score(answer.remarks, verdict, categories(model, verdict), int(answer.placed.sum()), model.task_count)


def _without(model: Model, answer: Answer) -> Model:
    """The model in which tasks may be absent that the answer does not place."""
    def open_up(t: Tasks) -> Tasks:
        own = answer.placed[t.first : t.first + t.size]
        return t if own.all() or t.optional else replace(t, optional=True, presence=None)

    return replace(model, tasks=tuple(open_up(t) for t in model.tasks))


def categories(model: Model, verdict: Verdict) -> tuple[Category, ...]:
    """The kinds of constraints that a model has, each with its instances and with what a verdict says of them."""
    totals = _totals(model)
    broken: dict[str, set[tuple[object, ...]]] = {}
    amount: dict[str, int] = {}
    profiles = capacity_profiles(model)
    numbers = {model.resource_name(r): r for r in profiles}
    for v in verdict.violations:
        name = _category(model, v, numbers, profiles)
        broken.setdefault(name, set()).add((id(v.origin), v.member))
        amount[name] = amount.get(name, 0) + v.amount
    more: dict[str, int] = {}
    for m in verdict.more:
        name = _CATEGORY.get(m.kind, m.kind)
        more[name] = more.get(name, 0) + m.count
    names = dict.fromkeys((*totals, *broken, *more))
    found = []
    for name in names:
        count = len(broken.get(name, ())) + more.get(name, 0)
        total = max(totals.get(name, 0), count)
        if total:
            found.append(Category(name, total, count, amount.get(name, 0)))
    return tuple(found)


def _category(
    model: Model, violation: Violation, numbers: Mapping[str, int], profiles: Mapping[int, Steps]
) -> str:
    """Too much on a resource is "downtime" where its full capacity would have been enough at that tick."""
    if violation.kind != "capacity":
        return _CATEGORY.get(violation.kind, violation.kind)
    resource = numbers.get(violation.member)
    if resource is None or violation.at is None:
        return "capacity"
    steps = profiles[resource]
    left = int(steps.capacity[np.searchsorted(steps.at, violation.at, side="right") - 1])
    return "downtime" if left + violation.amount <= int(model.capacity[resource]) else "capacity"


def _totals(model: Model) -> dict[str, int]:
    """How many instances of each kind of constraint a model has."""
    windows = sum(int(((t.release > 0) | (t.deadline < model.horizon)).sum()) for t in model.tasks)
    windows += sum(int((w.which >= 0).sum()) for t in model.tasks for w in t.within)
    closed = {int(r) for s in model.availability for r in s.resource}
    found = {
        "precedence": sum(len(o.first) for o in model.orders),
        "capacity": len({int(r) for t in model.tasks for u in t.uses for r in u.resource}),
        "downtime": len(closed), "window": windows,
        "disjunctive": sum(len(x.ptr) - 1 for x in model.exclusives),
        "permutation": sum(len(p.ptr) - 1 for p in model.permutations),
        "require": sum(r.condition.rows for r in model.requires),
        "stock": model.stock_count,
        "choice": len(model.picks.task) + len({int(t) for t in model.options.task}),
    }
    return {name: total for name, total in found.items() if total}


def distance(model: Model, answer: Answer, solve: Callable[[Model, Schedule], Plan]) -> Distance | None:
    """How far an answer is from the nearest schedule that keeps the model; None where none was found."""
    weight = np.ones(model.task_count, dtype=np.int64)
    known = answer.placed
    missing = int((~known).sum())
    goal = near(replace(model, objective=(), soft=()), answer.schedule, known, weight, Prefer.FEWEST)
    plan = solve(goal, answer.schedule)
    if plan.result.schedule is None:
        return None
    values = {o.name: o for o in plan.objectives}
    changed, shifts = values[CHANGED], values[SHIFTED]
    return Distance(int(changed.value or 0) + missing, int(shifts.value or 0), changed.bound == changed.value)
