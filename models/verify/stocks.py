"""Stocks: the level stays within its limits at every tick from the origin to the horizon."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from schedc.models.amounts import amount_text
from schedc.models.columns import UNLIMITED, Flags, Ints
from schedc.models.expressions import Point
from schedc.models.statements import Events, Modes, Stocks, Tasks
from schedc.models.verify.case import Case, held
from schedc.models.verify.values import Exact
from schedc.models.verify.verdict import Violation


class Happened(NamedTuple):
    """What happened: at tick `at` the level of `stock` changed by `amount`, by `task`. Sorted by stock and tick."""

    stock: Ints
    at: Ints
    amount: Exact
    task: Ints


def judge_stocks(case: Case) -> None:
    """Report events outside the horizon, and every run of ticks at which a level is out of its limits."""
    if not case.model.stocks:
        return
    events = _happened(case)
    for family in case.model.stocks:
        for row in range(family.family.size):
            lo, hi = np.searchsorted(events.stock, [family.first + row, family.first + row + 1])
            _judge_level(case, family, row, Happened(*(column[lo:hi] for column in events)))


def _happened(case: Case) -> Happened:
    parts = [
        _of_clause(case, t, modes, e)
        for t in case.model.tasks for modes, events in ((None, t.events), *((m, m.events) for m in t.modes))
        for e in events
    ]
    none = np.zeros(0, dtype=np.int64)
    stock, at, amount, task = (np.concatenate([none, *column]) for column in zip(*parts)) if parts else [none] * 4
    if float(np.sum(np.abs(amount), dtype=np.float64)) > UNLIMITED / 2:
        amount = amount.astype(object)
    order = np.lexsort((at, stock))
    return Happened(stock[order], at[order], amount[order], task[order])


def _of_clause(case: Case, family: Tasks, modes: Modes | None, e: Events) -> tuple[Ints, Ints, Ints, Ints]:
    """The events of one clause that happen: stock, tick, amount, task."""
    real = np.flatnonzero(held(case.present, case.mode, family, modes)[e.row])
    task = family.first + (e.row[real] if modes is None else modes.row[e.row[real]])
    point = (case.start if e.point is Point.START else case.end)[task]
    at, h = point + e.shift[real], case.model.horizon
    out = np.maximum(-at, at - h)

    def tell(k: int) -> Violation:
        name = case.model.task_name(int(task[k]))
        words = f"{case.span(out[k])} {'before the origin' if at[k] < 0 else 'after the horizon'}"
        message = f"`{name}` changes `{case.model.stock_name(int(e.stock[real[k]]))}` {words}"
        return Violation("stock", e.origin, name, message, int(out[k]), int(at[k]), (name,))

    # where the task itself lies outside, that is what is wrong
    case.report("stock", e.origin, np.flatnonzero((out > 0) & (point >= 0) & (point <= h)), tell)
    return e.stock[real], at, e.amount[real], task


def _judge_level(case: Case, family: Stocks, row: int, events: Happened) -> None:
    """The level of one stock: one violation for each run of ticks below its least, or above its greatest, amount."""
    h = case.model.horizon
    inside = events.at <= h
    at = np.r_[0, np.maximum(events.at[inside], 0)]
    level = np.cumsum(np.r_[family.starts[row : row + 1].astype(events.amount.dtype), events.amount[inside]])
    last = np.r_[at[1:] != at[:-1], True]
    at, level = at[last], level[last]
    until = np.r_[at[1:], h + 1]
    lowest, highest = int(family.lowest[row]), int(family.highest[row])
    sides = ((lowest - level, lowest, "below the least"), (level - highest, highest, "above the most"))
    for short, limit, words in sides:
        if limit == UNLIMITED:
            continue
        for a, b in _runs(short > 0):
            k = a + int(np.argmax(short[a:b]))
            name, excess = family.family.label(row), int(short[k])
            message = (
                f"`{name}` holds {amount_text(family, int(level[k]))} at {case.when(at[k])}, {words} of "
                f"{amount_text(family, limit)}, from {case.when(at[a])} to {case.when(until[b - 1])}"
            )
            tasks = case.names(np.unique(events.task[inside][events.at[inside] == at[k]]))
            case.violations.append(Violation("stock", family.origin, name, message, excess, int(at[k]), tasks))


def _runs(bad: Flags) -> list[tuple[int, int]]:
    """The maximal runs of a column of flags, as half-open ranges."""
    edges = np.flatnonzero(np.diff(np.r_[0, bad.astype(np.int8), 0]))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist()))
