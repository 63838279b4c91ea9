"""`lasts` and `pausable`: how long tasks work, and where they pause."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from schedc.models.columns import Ints
from schedc.models.statements import Tasks
from schedc.models.verify.case import Case, clause
from schedc.models.verify.demands import Lows, Pauses, Totals, pauses
from schedc.models.verify.pieces import judge_pieces, split
from schedc.models.verify.verdict import Violation


def judge_lengths(case: Case, demands: Totals, low: Lows) -> None:
    """Lengths in their ranges; rigid tasks end after their length; pausable ones work exactly the ticks they can."""
    _judge_ranges(case)
    pausable = case.model.pausable
    judge_pieces(case)
    rigid = ~pausable & ~split(case.model)
    _judge_rigid(case, np.flatnonzero(rigid & (case.end != case.start + case.length)))
    pausing = pauses(case.model.task_count, demands, low, np.flatnonzero(pausable[demands.task]))
    _judge_pausable(case, np.flatnonzero(pausable), pausing)


def _judge_ranges(case: Case) -> None:
    short, long = case.model.shortest - case.length, case.length - case.model.longest
    plain = case.present & (case.mode < 0)     # a mode says what the length may be
    for family, tasks in case.by_family(np.flatnonzero(((short > 0) | (long > 0)) & plain)):

        def tell(t: int, family: Tasks = family) -> Violation:
            name, worked = case.model.task_name(t), case.span(case.length[t])
            limit = case.model.shortest[t] if short[t] > 0 else case.model.longest[t]
            words = "less than its least" if short[t] > 0 else "more than its greatest"
            message = f"`{name}` works {worked}, {words} length of {case.span(limit)}"
            return _violation(case, family, "lasts", t, message, int(max(short[t], long[t])))

        case.report("length", clause(family, "lasts"), tasks, tell)


def _judge_rigid(case: Case, wrong: Ints) -> None:
    for family, tasks in case.by_family(wrong):

        def tell(t: int, family: Tasks = family) -> Violation:
            name, due = case.model.task_name(t), case.start[t] + case.length[t]
            message = f"`{name}` ends at {case.when(case.end[t])}, its start plus its length is {case.when(due)}"
            return _violation(case, family, "lasts", t, message, abs(int(case.end[t] - due)))

        case.report("length", clause(family, "lasts"), tasks, tell)


def _judge_pausable(case: Case, tasks: Ints, pausing: Pauses) -> None:
    lo, hi = (np.clip(column[tasks], 0, case.model.horizon) for column in (case.start, case.end))
    worked = case.end[tasks] - case.start[tasks] - pausing.ticks_between(tasks, lo, np.maximum(lo, hi))
    wrong = worked != case.length[tasks]
    _judge_worked(case, tasks[wrong], worked[wrong])
    full = tasks[case.end[tasks] > case.start[tasks]]
    _judge_edge(case, full, case.start[full], pausing, "starts")
    _judge_edge(case, full, case.end[full] - 1, pausing, "ends")


def _judge_worked(case: Case, tasks: Ints, worked: Ints) -> None:
    for family, mine in case.by_family(tasks):
        found = dict(zip(mine.tolist(), worked[np.searchsorted(tasks, mine)].tolist()))

        def tell(t: int, family: Tasks = family, found: dict[int, int] = found) -> Violation:
            name, length = case.model.task_name(t), int(case.length[t])
            message = (
                f"`{name}` can work {case.span(found[t])} from {case.when(case.start[t])} to {case.when(case.end[t])}, "
                f"its length is {case.span(length)}"
            )
            return _violation(case, family, "pausable", t, message, abs(found[t] - length))

        case.report("length", clause(family, "pausable"), mine, tell)


class _Edge(NamedTuple):
    """Where a task's first or last tick is paused, and for how many of its ticks on that side."""

    tick: int
    ticks: int


def _judge_edge(case: Case, tasks: Ints, tick: Ints, pausing: Pauses, verb: str) -> None:
    lo, hi = pausing.around(tasks, tick)
    lo, hi = np.maximum(lo, case.start[tasks]), np.minimum(hi, case.end[tasks])
    for family, mine in case.by_family(tasks[lo < hi]):
        at = np.searchsorted(tasks, mine)
        edges = {t: _Edge(*edge) for t, *edge in zip(mine.tolist(), tick[at].tolist(), (hi - lo)[at].tolist())}

        def tell(t: int, family: Tasks = family, edges: dict[int, _Edge] = edges) -> Violation:
            message = f"`{case.model.task_name(t)}` {verb} in a pause, {case.span(edges[t].ticks)} of which it includes"
            found = _violation(case, family, "pausable", t, message, edges[t].ticks)
            return Violation("pause", found.origin, found.member, message, found.amount, edges[t].tick, found.tasks)

        case.report("pause", clause(family, "pausable"), mine, tell)


def _violation(case: Case, family: Tasks, keyword: str, task: int, message: str, amount: int) -> Violation:
    name = case.model.task_name(task)
    return Violation("length", clause(family, keyword), name, message, amount, int(case.start[task]), (name,))
