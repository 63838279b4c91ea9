"""`order` and `exclusive`: statements over pairs and sets of tasks."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from schedc.models.columns import Ints
from schedc.models.expressions import Point
from schedc.models.statements import Exclusive, Order
from schedc.models.verify.case import Case
from schedc.models.verify.verdict import Violation

_VERBS = {Point.START: "starts", Point.END: "ends"}


def judge_orders(case: Case) -> None:
    """Every arrow's lag within its limits."""
    for order in case.model.orders:
        first = _points(case, order.first_point, order.first)
        second = _points(case, order.second_point, order.second)
        lag = second - first
        wrong = np.flatnonzero((lag < order.lo) | (lag > order.hi))
        if len(wrong):
            _report_order(case, order, wrong, lag, second)


def _points(case: Case, point: Point, tasks: Ints) -> Ints:
    return (case.start if point == Point.START else case.end)[tasks]


def _report_order(case: Case, order: Order, wrong: Ints, lag: Ints, second: Ints) -> None:
    def tell(m: int) -> Violation:
        a, b = (case.model.task_name(int(column[m])) for column in (order.first, order.second))
        short = int(order.lo[m]) - int(lag[m])
        amount, limit = (short, order.lo[m]) if short > 0 else (int(lag[m]) - int(order.hi[m]), order.hi[m])
        # a lag is told as an instant of the second task, which reads alike for all signs
        due = int(second[m]) - int(lag[m]) + int(limit)
        message = (
            f"`{b}` {_VERBS[order.second_point]} at {case.when(second[m])}, {case.span(amount)} "
            f"{'before' if short > 0 else 'after'} {case.when(due)}, where its order behind `{a}` puts it at the "
            f"{'earliest' if short > 0 else 'latest'}"
        )
        return Violation("order", order.origin, f"{a} -> {b}", message, amount, int(second[m]), (a, b))

    case.report("order", order.origin, wrong, tell)


def judge_exclusives(case: Case) -> None:
    """No two tasks of an instance overlap."""
    for exclusive in case.model.exclusives:
        _judge_exclusive(case, exclusive)


class _Running(NamedTuple):
    """Pairs that overlap: `late` starts while `early`, of those running in the same instance the last to end, runs."""

    late: Ints
    early: Ints


def _judge_exclusive(case: Case, exclusive: Exclusive) -> None:
    pairs = _overlaps(case, exclusive)

    def tell(k: int) -> Violation:
        late, early = int(pairs.late[k]), int(pairs.early[k])
        at = int(case.start[late])
        ticks = min(int(case.end[late]), int(case.end[early])) - at
        a, b = case.model.task_name(early), case.model.task_name(late)
        message = f"`{b}` starts at {case.when(at)} while `{a}` runs: both stand there for {case.span(ticks)}"
        return Violation("exclusive", exclusive.origin, f"{a}, {b}", message, ticks, at, (a, b))

    case.report("exclusive", exclusive.origin, np.arange(len(pairs.late)), tell)


def _overlaps(case: Case, exclusive: Exclusive) -> _Running:
    owner = np.repeat(np.arange(len(exclusive.ptr) - 1), np.diff(exclusive.ptr))
    real = case.end[exclusive.task] > case.start[exclusive.task]
    owner, task = owner[real], exclusive.task[real]
    order = np.lexsort((task, case.start[task], owner))
    owner, task = owner[order], task[order]
    if not len(task):
        return _Running(task, task)
    # the rank of an end within (owner, end) makes one running maximum serve all instances
    by_end = np.lexsort((case.end[task], owner))
    rank = np.empty(len(task), dtype=np.int64)
    rank[by_end] = np.arange(len(task))
    latest = by_end[np.maximum.accumulate(rank)]
    early, late = latest[:-1], np.arange(1, len(task))
    clash = (owner[early] == owner[late]) & (case.start[task[late]] < case.end[task[early]])
    return _Running(task[late[clash]], task[early[clash]])
