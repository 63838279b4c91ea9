"""The events of a model's stocks by columns, and what they add up to."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from schedc.models.columns import Flags, Ints
from schedc.models.presence import presence_of

if TYPE_CHECKING:
    from schedc.models.model import Model


class StockEvents(NamedTuple):
    """One event a row, sorted by stock: at `point` + shift of `task`, where option (-1: the task itself) is there."""

    stock: Ints
    task: Ints
    option: Ints
    point: Ints
    shift: Ints
    amount: Ints


class Reach(NamedTuple):
    """By stock: what its level at the horizon is at least and at most, whatever is chosen. Of Python integers."""

    least: np.ndarray[tuple[int], np.dtype[np.object_]]
    most: np.ndarray[tuple[int], np.dtype[np.object_]]


def stock_events_of(model: Model) -> StockEvents:
    """All events, of tasks and of options."""
    rows = [
        (e.stock, t.first + e.row, np.full(len(e.row), -1), np.full(len(e.row), int(e.point)), e.shift, e.amount)
        for t in model.tasks for e in t.events
    ]
    rows += [
        (e.stock, t.first + m.row[e.row], m.first + e.row, np.full(len(e.row), int(e.point)), e.shift, e.amount)
        for t in model.tasks for m in t.modes for e in m.events
    ]
    none = np.zeros(0, dtype=np.int64)
    columns = [np.concatenate([none, *column]) for column in zip(*rows)] if rows else [none] * 6
    order = np.argsort(columns[0], kind="stable")
    return StockEvents(*(column[order] for column in columns))


def net_of(model: Model) -> tuple[Ints, Ints, Ints, np.ndarray[tuple[int], np.dtype[np.object_]]]:
    """Events added up by (stock, task, option): those columns, and the net amount of each as Python integers."""
    e = model.stock_events
    order = np.lexsort((e.option, e.task, e.stock))
    stock, task, option = e.stock[order], e.task[order], e.option[order]
    fresh = (np.diff(stock) != 0) | (np.diff(task) != 0) | (np.diff(option) != 0)
    heads = np.flatnonzero(np.r_[True, fresh][: len(order)])
    amount = e.amount[order].astype(object)
    return stock[heads], task[heads], option[heads], np.add.reduceat(amount, heads) if len(heads) else amount


def final_levels(model: Model) -> Reach:
    """Between which values each level ends: every task has its best or worst option, optional ones may be absent."""
    starts = np.concatenate([np.zeros(0, dtype=np.int64), *(s.starts for s in model.stocks)]).astype(object)
    optional = presence_of(model).optional
    least, most = starts.copy(), starts.copy()
    own: dict[tuple[int, int], int] = {}
    by_option: dict[tuple[int, int], list[int]] = {}
    counts = np.bincount(model.options.task, minlength=model.task_count)
    for s, t, k, amount in zip(*(column.tolist() for column in net_of(model))):
        if k < 0:
            own[s, t] = amount
        else:
            by_option.setdefault((s, t), []).append(amount)
    for s, t in own.keys() | by_option.keys():
        some = by_option.get((s, t), [])
        nothing = [0] if len(some) < counts[t] or not some else []
        reach = [own.get((s, t), 0) + a for a in (*some, *nothing)] + ([0] if optional[t] else [])
        least[s] += min(reach)
        most[s] += max(reach)
    return Reach(least, most)


def monotone(model: Model) -> tuple[Flags, Flags]:
    """By stock: whether nothing is ever added to it, and whether nothing is ever taken from it."""
    e = model.stock_events
    only_taken, only_added = (np.ones(model.stock_count, dtype=np.bool_) for _ in range(2))
    only_taken[e.stock[e.amount > 0]] = False
    only_added[e.stock[e.amount < 0]] = False
    return only_taken, only_added


