"""`order` and `exclusive`: statements over pairs and sets of tasks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np

from schedc.models.columns import Ints
from schedc.models.expressions import Point
from schedc.models.statements import Exclusive, Order
from schedc.models.verify.case import Case
from schedc.models.verify.pieces import unfolded
from schedc.models.verify.values import Exact, Values
from schedc.models.verify.verdict import Violation

_VERBS = {Point.START: "starts", Point.END: "ends"}


def judge_orders(case: Case, values: Values) -> None:
    """Every arrow's lag within its limits, where both tasks are present."""
    orders = case.model.orders
    if not orders:
        return
    owner = np.repeat(np.arange(len(orders)), [len(order.first) for order in orders])
    lag = _points(case, orders, owner, "second") - _points(case, orders, owner, "first")
    lo, hi = (np.concatenate([getattr(order, limit) for order in orders]) for limit in ("lo", "hi"))
    extra = np.concatenate([_extra(order, values) for order in orders])
    lag = lag - extra
    there = np.concatenate([case.present[order.first] & case.present[order.second] for order in orders])
    wrong = np.flatnonzero(((lag < lo) | (lag > hi)) & there)
    for k in np.unique(owner[wrong]).tolist():
        begin = int(np.searchsorted(owner, k))
        _report_order(case, orders[k], wrong[owner[wrong] == k] - begin, _extra(orders[k], values))


def _extra(order: Order, values: Values) -> Exact:
    """What choices add to the limits of each arrow."""
    return np.zeros(len(order.first), dtype=np.int64) if order.extra is None else values.of(order.extra)


def _points(case: Case, orders: Sequence[Order], owner: Ints, side: Literal["first", "second"]) -> Ints:
    tasks = np.concatenate([getattr(order, side) for order in orders])
    at_start = np.array([getattr(order, f"{side}_point") == Point.START for order in orders])
    points: Ints = np.where(at_start[owner], case.start[tasks], case.end[tasks])
    return points


def _point(case: Case, point: Point, task: int) -> int:
    return int((case.start if point == Point.START else case.end)[task])


def _report_order(case: Case, order: Order, wrong: Ints, extra: Exact) -> None:
    def tell(m: int) -> Violation:
        first, second = int(order.first[m]), int(order.second[m])
        a, b = case.model.task_name(first), case.model.task_name(second)
        from_, at = _point(case, order.first_point, first), _point(case, order.second_point, second)
        from_ += int(extra[m])
        short = from_ + int(order.lo[m]) - at
        # a lag is told as an instant of the second task, which reads alike for all signs
        due = from_ + int(order.lo[m] if short > 0 else order.hi[m])
        message = (
            f"`{b}` {_VERBS[order.second_point]} at {case.when(at)}, {case.span(abs(at - due))} "
            f"{'before' if short > 0 else 'after'} {case.when(due)}, where its order behind `{a}` puts it at the "
            f"{'earliest' if short > 0 else 'latest'}"
        )
        return Violation("order", order.origin, f"{a} -> {b}", message, abs(at - due), at, (a, b))

    case.report("order", order.origin, wrong, tell)


def judge_exclusives(case: Case) -> None:
    """No two tasks of an instance overlap."""
    exclusives = case.model.exclusives
    if not exclusives:
        return
    sizes = np.concatenate([np.diff(exclusive.ptr) for exclusive in exclusives])
    statement = np.repeat(np.arange(len(exclusives)), [len(exclusive.ptr) - 1 for exclusive in exclusives])
    instance = np.repeat(np.arange(len(sizes)), sizes)
    entry, task, start, end = unfolded(case, np.concatenate([exclusive.task for exclusive in exclusives]))
    pairs = _overlaps(instance[entry], task, start, end)
    owner = statement[pairs.instance]
    for k in np.unique(owner).tolist():
        _report_exclusive(case, exclusives[k], pairs, np.flatnonzero(owner == k))


class _Running(NamedTuple):
    """Pairs that overlap: `late` starts while `early`, of those running in the same instance the last to end, runs.

    at: when it starts; ticks: how long both stand there.
    """

    instance: Ints
    late: Ints
    early: Ints
    at: Ints
    ticks: Ints


def _report_exclusive(case: Case, exclusive: Exclusive, pairs: _Running, rows: Ints) -> None:
    def tell(k: int) -> Violation:
        late, early = int(pairs.late[k]), int(pairs.early[k])
        at, ticks = int(pairs.at[k]), int(pairs.ticks[k])
        a, b = case.model.task_name(early), case.model.task_name(late)
        message = f"`{b}` starts at {case.when(at)} while `{a}` runs: both stand there for {case.span(ticks)}"
        return Violation("exclusive", exclusive.origin, f"{a}, {b}", message, ticks, at, (a, b))

    case.report("exclusive", exclusive.origin, rows, tell)


def _overlaps(instance: Ints, task: Ints, start: Ints, end: Ints) -> _Running:
    real = end > start
    order = np.flatnonzero(real)
    order = order[np.lexsort((task[order], start[order], instance[order]))]
    instance, task, start, end = instance[order], task[order], start[order], end[order]
    if not len(task):
        return _Running(task, task, task, task, task)
    # the rank of an end within (instance, end) makes one running maximum serve all instances
    by_end = np.lexsort((end, instance))
    rank = np.empty(len(task), dtype=np.int64)
    rank[by_end] = np.arange(len(task))
    latest = by_end[np.maximum.accumulate(rank)]
    early, late = latest[:-1], np.arange(1, len(task))
    clash = (instance[early] == instance[late]) & (start[late] < end[early])
    early, late = early[clash], late[clash]
    ticks = np.minimum(end[late], end[early]) - start[late]
    return _Running(instance[late], task[late], task[early], start[late], ticks)
