"""Where single tasks may stand: the horizon, `release`, `deadline` and `within`."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from schedc.models.columns import Flags, Ints
from schedc.models.source import Origin
from schedc.models.statements import Tasks, Within
from schedc.models.verify.case import Case, clause
from schedc.models.verify.sets import upto
from schedc.models.verify.verdict import Violation


def judge_horizon(case: Case) -> None:
    """0 <= start and end <= H (for a task that ends before it starts, both ends count)."""
    h = case.model.horizon
    below = np.maximum(-case.start, -case.end)
    above = np.maximum(case.start, case.end) - h

    def tell(t: int) -> Violation:
        name, at = case.model.task_name(t), int(case.start[t])
        if below[t] > 0 and below[t] >= above[t]:
            message = f"`{name}` starts {case.span(below[t])} before the origin"
            return Violation("horizon", case.model.axis.origin, name, message, int(below[t]), at, (name,))
        message = f"`{name}` ends {case.span(above[t])} after the horizon of {case.span(h)}"
        return Violation("horizon", case.model.axis.origin, name, message, int(above[t]), at, (name,))

    case.report("horizon", case.model.axis.origin, np.flatnonzero((below > 0) | (above > 0)), tell)


def judge_limits(case: Case) -> None:
    """release <= start and end <= deadline. A deadline at the horizon says nothing that the horizon does not."""
    early = case.model.release - case.start
    for family, tasks in case.by_family(np.flatnonzero((early > 0) & (case.model.release > 0) & case.present)):

        def told_early(t: int, family: Tasks = family) -> Violation:
            name = case.model.task_name(t)
            message = (
                f"`{name}` starts at {case.when(case.start[t])}, {case.span(early[t])} before its release "
                f"at {case.when(case.model.release[t])}"
            )
            return Violation(
                "release", clause(family, "release"), name, message, int(early[t]), int(case.start[t]), (name,)
            )

        case.report("release", clause(family, "release"), tasks, told_early)
    late = case.end - case.model.deadline
    said = case.model.deadline < case.model.horizon
    for family, tasks in case.by_family(np.flatnonzero((late > 0) & said & case.present)):

        def told_late(t: int, family: Tasks = family) -> Violation:
            name = case.model.task_name(t)
            message = (
                f"`{name}` ends at {case.when(case.end[t])}, {case.span(late[t])} after its deadline "
                f"at {case.when(case.model.deadline[t])}"
            )
            return Violation(
                "deadline", clause(family, "deadline"), name, message, int(late[t]), int(case.end[t]), (name,)
            )

        case.report("deadline", clause(family, "deadline"), tasks, told_late)


def judge_within(case: Case) -> None:
    """The whole of [start, end), pauses included, in one span of one of the task's `within` clauses."""
    for family in case.model.tasks:
        if family.within and family.size:
            _judge_family(case, family)


def _judge_family(case: Case, family: Tasks) -> None:
    tasks = np.arange(family.first, family.first + family.size)
    start, end = case.start[tasks], case.end[tasks]
    bound = np.zeros(family.size, dtype=np.bool_)
    fits = np.zeros(family.size, dtype=np.bool_)
    for clause_ in family.within:
        rows = np.flatnonzero(clause_.which >= 0)
        bound[rows] = True
        fits[rows] |= inside(clause_, rows, start[rows], end[rows])

    def tell(t: int) -> Violation:
        name = case.model.task_name(t)
        origin, amount, words = nearest(case, family.within, t - family.first, t)
        stands = f"from {case.when(case.start[t])} to {case.when(case.end[t])}"
        message = f"`{name}` stands {stands}, {words}"
        return Violation("within", origin, name, message, amount, int(case.start[t]), (name,))

    case.report("within", family.within[0].origin, tasks[bound & ~fits & case.present[tasks]], tell)


def inside(within: Within, rows: Ints, start: Ints, end: Ints) -> Flags:
    """Whether [start, end) lies in one of the clause's spans, for some of its rows."""
    spans, which = within.spans, within.which[rows]
    if not len(spans.lo):
        return np.zeros(len(rows), dtype=np.bool_)
    p = upto(spans.ptr, spans.lo, which, start)
    found: Flags = (p > spans.ptr[which]) & (end <= spans.hi[np.maximum(p - 1, 0)])
    return found


def nearest(case: Case, clauses: Sequence[Within], row: int, task: int) -> tuple[Origin, int, str]:
    """The clause with the span out of which the task sticks least, by how many ticks, and words for that."""
    best: tuple[int, Origin, str] | None = None
    start, end = int(case.start[task]), int(case.end[task])
    for within in clauses:
        if within.which[row] < 0:
            continue
        lo, hi = within.spans.of(int(within.which[row]))
        if not len(lo):
            found = (max(end - start, 1), within.origin, "its `within` has no time in the horizon")
        else:
            out = np.maximum(lo - start, 0) + np.maximum(end - hi, 0)
            k = int(np.argmin(out))
            span = f"{case.when(lo[k])} .. {case.when(hi[k])}"
            found = (int(out[k]), within.origin, f"outside {span} by {case.span(out[k])}")
        if best is None or found[0] < best[0]:
            best = found
    assert best is not None
    amount, origin, words = best
    return origin, max(amount, 1), words
