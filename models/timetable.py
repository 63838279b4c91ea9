"""The time-table of a resource: what tasks hold whenever they run, and where others do not fit beside it.

A task with lst < ect, latest start and earliest end, holds its demand throughout [lst, ect). Where these sums exceed
the capacity there is no schedule; a task without such a part starts where its whole length finds room beside them, and
one with such a part cannot reach over a tick, before or behind it, at which it would not fit (Lahrichi 1982).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from schedc.models.bounds import Overload, Propagation
from schedc.models.columns import Flags, Ints, SpanSets, distinct
from schedc.models.groups import Pool
from schedc.models.profile import Spans, Steps, spans_below
from schedc.models.worktime import Worktime

_LEVELS = 48            # different demands that are told apart on one resource; others count as the next smaller one


class _Asked(NamedTuple):
    """Tasks that do not fit in the spans of their sets."""

    tasks: Ints
    which: Ints
    spans: SpanSets


def by_timetable(state: Propagation) -> bool | Overload:
    """Tighten all windows beside the parts that are held for certain; whether any moved."""
    tasks, which, groups = [], [], []
    sets: list[Spans] = []
    for pool in state.facts.pools:
        held = _held(state, pool)
        if not held.any():
            continue
        state.cells += 20 * len(pool.tasks)
        table = _table(state, pool, held)
        if isinstance(table, Overload):
            return table
        for level, rows in _by_level(pool):
            spans = spans_below(table, level, state.model.horizon)
            if len(spans.lo):
                tasks.append(pool.tasks[rows])
                which.append(np.full(len(rows), len(sets), dtype=np.int64))
                groups.append(np.full(len(rows), pool.resource, dtype=np.int64))
                sets.append(spans)
    if not sets or (len(sets) + 2) * (2 * state.model.horizon + 4) >= 1 << 62:
        return False
    asked = _Asked(np.concatenate(tasks), np.concatenate(which), _joined(sets))
    return _push(state, asked, np.concatenate(groups))


def _held(state: Propagation, pool: Pool) -> Flags:
    """Who holds something for certain at some tick; pausable tasks only where a pause cannot make room for others."""
    t = pool.tasks
    held: Flags = state.latest_start[t] < state.earliest_end[t]
    return held if pool.spans else held & ~state.model.pausable[t]


def _table(state: Propagation, pool: Pool, held: Flags) -> Steps | Overload:
    """What the certain parts leave of the capacity, as steps."""
    t, q = pool.tasks[held], pool.demand[held]
    lo, hi = state.latest_start[t], state.earliest_end[t]
    at = distinct(np.concatenate([lo, hi, pool.steps.at]))
    change = np.zeros(len(at), dtype=np.int64)
    np.add.at(change, np.searchsorted(at, lo), q)
    np.add.at(change, np.searchsorted(at, hi), -q)
    load = change.cumsum()
    at, load = at[at < state.model.horizon], load[at < state.model.horizon]
    capacity = pool.steps.capacity[np.searchsorted(pool.steps.at, at, side="right") - 1]
    over = np.flatnonzero((load > capacity) & (capacity >= pool.demand.min()))     # else it is closed: a pause for all
    if len(over):
        k = int(over[0])
        since, to = int(at[k]), int(np.r_[at, state.model.horizon][k + 1])
        inside = t[(lo <= since) & (hi >= to)]
        width = to - since
        return Overload(pool.resource, inside, since, to, int(load[k]) * width, int(capacity[k]) * width)
    return Steps(at, capacity - load)


def _by_level(pool: Pool) -> list[tuple[int, Ints]]:
    """(demand, rows) for all users, by demands or, of many different ones, by some."""
    levels = distinct(pool.demand)
    if len(levels) > _LEVELS:
        levels = levels[np.linspace(0, len(levels) - 1, _LEVELS).astype(np.int64)]
    rank = np.searchsorted(levels, pool.demand, side="right") - 1
    return [(level, np.flatnonzero(rank == k)) for k, level in enumerate(levels.tolist())]


def _joined(sets: list[Spans]) -> SpanSets:
    ptr = np.cumsum([0, *(len(s.lo) for s in sets)]).astype(np.int64)
    lo = np.maximum(np.concatenate([s.lo for s in sets]), 0)
    return SpanSets(ptr, lo, np.concatenate([s.hi for s in sets]))


def _push(state: Propagation, asked: _Asked, groups: Ints) -> bool:
    """Move starts and ends out of the spans."""
    time, model = Worktime(asked.spans, state.model.horizon), state.model
    t, which = asked.tasks, asked.which
    fixed = state.latest_start[t] < state.earliest_end[t]
    firm = ~model.pausable[t]
    free, sure = np.flatnonzero(~fixed & firm), np.flatnonzero(fixed & firm)
    moved = False
    if len(free):
        rows, w, size = t[free], which[free], model.shortest[t[free]]
        start = time.next_fit(w, state.earliest_start[rows], size)
        end = time.last_fit(w, state.latest_end[rows], size)
        moved = state.start_after(rows, start, groups[free]) or moved
        moved = state.end_by(rows, end, groups[free]) or moved
    if len(sure):
        rows, w = t[sure], which[sure]
        behind = _last_blocked(asked.spans, w, state.latest_start[rows], model.horizon) + 1
        before = _next_blocked(asked.spans, w, state.earliest_end[rows], model.horizon)
        moved = state.start_after(rows, behind, groups[sure]) or moved
        moved = state.end_by(rows, before, groups[sure]) or moved
    return moved


def _last_blocked(spans: SpanSets, which: Ints, t: Ints, horizon: int) -> Ints:
    """The last blocked tick before t in each row's set, -1 if there is none."""
    stride = horizon + 2
    owner = np.repeat(np.arange(len(spans)), np.diff(spans.ptr)) * stride
    at = np.searchsorted(spans.lo + owner, np.clip(t, 0, horizon) + which * stride) - 1
    found = at >= spans.ptr[which]
    return np.where(found, np.minimum(spans.hi[np.maximum(at, 0)], t) - 1, -1)


def _next_blocked(spans: SpanSets, which: Ints, t: Ints, horizon: int) -> Ints:
    """The first blocked tick at or after t in each row's set, the horizon if there is none."""
    stride = horizon + 2
    owner = np.repeat(np.arange(len(spans)), np.diff(spans.ptr)) * stride
    at = np.searchsorted(spans.hi + owner, np.clip(t, 0, horizon) + which * stride, side="right")
    found = at < spans.ptr[which + 1]
    first = np.maximum(spans.lo[np.minimum(at, len(spans.lo) - 1)], t)
    return np.where(found, first, horizon)
