"""Which ticks of a placed task are worked: its span without its pauses."""

from __future__ import annotations

import numpy as np

from schedc.models.columns import Ints, SpanSets, distinct, ragged
from schedc.models.model import Model
from schedc.models.profile import Spans, capacity_profiles, spans_below, union
from schedc.models.schedule import Schedule


def pieces_of(model: Model, schedule: Schedule) -> SpanSets:
    """The pieces of tasks that come in pieces, one set a task, empty for all others."""
    if schedule.pieces is not None:
        return schedule.pieces
    parts = [np.full(t.size, t.pieces is not None) for t in model.tasks]
    own = np.concatenate([np.zeros(0, dtype=np.bool_), *parts]) & (schedule.end > schedule.start)
    if schedule.present is not None:
        own &= schedule.present
    return SpanSets(np.r_[0, np.cumsum(own)].astype(np.int64), schedule.start[own], schedule.end[own])


def worked_pieces(model: Model, schedule: Schedule) -> SpanSets:
    """The worked spans of every task, one set a task (none for a task of length 0).

    A pausable task pauses exactly where some demanded resource has less capacity than it demands. All tasks are laid
    side by side on one line of length n * (horizon + 1), so that one union and one sort serve them all. Of a task that
    comes in pieces they are the schedule's; only those may touch.
    """
    if any(t.pieces is not None for t in model.tasks):
        return _with_pieces(model, schedule)
    return _unpaused(model, schedule)


def _with_pieces(model: Model, schedule: Schedule) -> SpanSets:
    """The pieces where there are any, and the worked spans of all other tasks."""
    said = pieces_of(model, schedule)
    split = np.concatenate([np.zeros(0, dtype=np.bool_), *(
        np.full(t.size, t.pieces is not None) for t in model.tasks
    )])
    plain = _unpaused(model, schedule)
    counts = np.where(split, np.diff(said.ptr), np.diff(plain.ptr))
    ptr = np.r_[0, np.cumsum(counts)].astype(np.int64)
    lo, hi = np.zeros(int(ptr[-1]), dtype=np.int64), np.zeros(int(ptr[-1]), dtype=np.int64)
    for spans, rows in ((said, split), (plain, ~split)):
        at, source = ragged(ptr[:-1][rows], ptr[1:][rows]), ragged(spans.ptr[:-1][rows], spans.ptr[1:][rows])
        lo[at], hi[at] = spans.lo[source], spans.hi[source]
    return SpanSets(ptr, lo, hi)


def _unpaused(model: Model, schedule: Schedule) -> SpanSets:
    """The spans of all tasks without their pauses."""
    stride = max(model.horizon, int(schedule.end.max(initial=0))) + 1
    base = np.arange(model.task_count, dtype=np.int64) * stride
    begin, end = base + schedule.start, base + schedule.end
    held = union(_pauses(model, schedule, stride))
    lo, hi = np.sort(np.r_[begin, held.hi]), np.sort(np.r_[held.lo, end])
    lo, hi = lo[lo < hi], hi[lo < hi]
    task = lo // stride
    ptr = np.r_[0, np.cumsum(np.bincount(task, minlength=model.task_count))].astype(np.int64)
    return SpanSets(ptr, lo - task * stride, hi - task * stride)


def _pauses(model: Model, schedule: Schedule, stride: int) -> list[Spans]:
    """The pauses of all pausable tasks, one part a (resource, amount), on the common line."""
    if not model.pausable.any():
        return []
    demands, found = model.demands, []
    for resource, steps in capacity_profiles(model).items():
        rows = slice(*np.searchsorted(demands.resource, [resource, resource + 1]).tolist())
        task, amount = demands.task[rows], demands.amount[rows]
        task, amount = task[model.pausable[task]], amount[model.pausable[task]]
        for value in distinct(amount).tolist():
            below = spans_below(steps, value, model.horizon)
            found.append(_clipped(below, task[amount == value], schedule, stride))
    return found


def _clipped(spans: Spans, task: Ints, schedule: Schedule, stride: int) -> Spans:
    """The parts of the spans inside each task's own span."""
    start, end = schedule.start[task], schedule.end[task]
    first = np.searchsorted(spans.hi, start, side="right")
    count = np.maximum(np.searchsorted(spans.lo, end, side="left") - first, 0)
    of = np.repeat(np.arange(len(task)), count)
    which = np.arange(len(of)) - np.repeat(np.cumsum(count) - count, count) + first[of]
    lo, hi = np.maximum(spans.lo[which], start[of]), np.minimum(spans.hi[which], end[of])
    return Spans(lo + task[of] * stride, hi + task[of] * stride)
