"""What is held when: whole tasks and parts of them together."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from schedc.models.columns import UNLIMITED, Ints
from schedc.models.expressions import Point
from schedc.models.statements import Modes, Parts, Tasks
from schedc.models.verify.case import Case, held
from schedc.models.verify.demands import Lows, Totals
from schedc.models.verify.pieces import unfolded
from schedc.models.verify.verdict import Violation


class Stays(NamedTuple):
    """Row by row, sorted by resource: amount of it is held by task on [start, end), but for the spans of `low`."""

    task: Ints
    resource: Ints
    amount: Ints
    start: Ints
    end: Ints
    low: Lows


def stays(case: Case, demands: Totals, low: Lows) -> Stays:
    """All that is held; parts that reach beyond the horizon are reported."""
    rows = [
        _held(case, t, modes, p) for t in case.model.tasks
        for modes, parts in ((None, t.parts), *((m, m.parts) for m in t.modes)) for p in parts
    ]
    entry, task, start, end = unfolded(case, demands.task)
    whole = (task, demands.resource[entry], demands.amount[entry], start, end)
    low = Lows(low.of[entry], low.spans)
    if not rows:
        return Stays(*whole, low)
    task, resource, amount, start, end = (np.concatenate(column) for column in zip(whole, *rows))
    if float(np.sum(np.abs(amount), dtype=np.float64)) > UNLIMITED / 2:
        amount = amount.astype(object)
    # a part knows no pauses: it has the empty list
    of = np.r_[low.of, np.zeros(len(task) - len(low.of), dtype=np.int64)]
    order = np.lexsort((task, resource))
    low = Lows(of[order], low.spans)
    return Stays(task[order], resource[order], amount[order], start[order], end[order], low)


def _held(case: Case, family: Tasks, modes: Modes | None, p: Parts) -> tuple[Ints, Ints, Ints, Ints, Ints]:
    """What one clause holds: task, resource, amount, start, end."""
    real = np.flatnonzero(held(case.present, case.mode, family, modes)[p.row])
    task = family.first + (p.row[real] if modes is None else modes.row[p.row[real]])
    begin, finish = (
        (case.start if point is Point.START else case.end)[task] + shift[real]
        for point, shift in ((p.first_point, p.first), (p.last_point, p.last))
    )
    _judge_horizon(case, p, p.resource[real], task, begin, finish)
    return task, p.resource[real], p.amount[real], begin, finish


def _judge_horizon(case: Case, p: Parts, resource: Ints, task: Ints, begin: Ints, finish: Ints) -> None:
    h = case.model.horizon
    out = np.where(begin < finish, np.maximum(-begin, finish - h), 0)

    def tell(k: int) -> Violation:
        name, what = case.model.task_name(int(task[k])), case.model.resource_name(int(resource[k]))
        words = "before the origin" if -begin[k] == out[k] else "after the horizon"
        message = f"`{name}` holds `{what}` {case.span(out[k])} {words}"
        return Violation("horizon", p.origin, name, message, int(out[k]), int(begin[k]), (name,))

    # where the task itself lies outside, that is what is wrong
    inside = (case.start[task] >= 0) & (case.end[task] <= h)
    case.report("horizon", p.origin, np.flatnonzero((out > 0) & inside), tell)
