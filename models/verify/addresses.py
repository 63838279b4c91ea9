"""Contiguous resources: every use at one address, and no two that share a tick share a unit."""

from __future__ import annotations

import numpy as np

from schedc.models.amounts import amount_text
from schedc.models.columns import UNLIMITED, Ints
from schedc.models.statements import Resources
from schedc.models.verify.availability import Calendars
from schedc.models.verify.case import Case
from schedc.models.verify.verdict import Violation

_BLOCK = 1 << 22        # pairs that are compared at once


def judge_addresses(case: Case, times: Calendars) -> None:
    """Report addresses out of the capacity, and uses that lie on one that begins no later, each against its worst."""
    uses = case.model.addressed
    held = case.end[uses.task] > case.start[uses.task]      # an absent task holds nothing
    for family in case.model.resources:
        if family.contiguous is None:
            continue
        for row in range(family.family.size):
            lo, hi = np.searchsorted(uses.resource, [family.first + row, family.first + row + 1])
            mine = np.arange(lo, hi)[held[lo:hi]]
            order = np.lexsort((uses.task[mine], case.start[uses.task[mine]]))
            _judge_one(case, times, family, row, mine[order])


def _judge_one(case: Case, times: Calendars, family: Resources, row: int, uses: Ints) -> None:
    """`uses` are numbers of addressed uses in order of start."""
    task, amount = case.model.addressed.task[uses], case.model.addressed.amount[uses]
    start, end, at = case.start[task], case.end[task], case.address[uses]
    most = np.array([_least(case, times, family.first + row, a, b) for a, b in zip(start.tolist(), end.tolist())])
    out = np.maximum(-at, at + amount - most.astype(np.int64)) if len(uses) else at
    name = family.family.label(row)

    def beyond(k: int) -> Violation:
        label = case.model.task_name(int(task[k]))
        where = f"at {amount_text(family, int(at[k]))} in `{name}`" if at[k] >= 0 else f"at no address in `{name}`"
        room = f", which has {amount_text(family, int(most[k]))}" if most[k] < UNLIMITED else ""
        message = f"`{label}` lies {where}{room}"
        assert family.contiguous is not None
        return Violation("address", family.contiguous, label, message, int(out[k]), int(start[k]), (label,))

    assert family.contiguous is not None
    case.report("address", family.contiguous, np.flatnonzero(out > 0), beyond)
    shared, other = _shared(start, end, at, amount)

    def tell(k: int) -> Violation:
        label, before = (case.model.task_name(int(t)) for t in (task[k], task[other[k]]))
        message = f"`{label}` lies on `{before}`: {amount_text(family, int(shared[k]))} of `{name}` are both of theirs"
        assert family.contiguous is not None
        return Violation("address", family.contiguous, label, message, int(shared[k]), int(start[k]), (label, before))

    case.report("address", family.contiguous, np.flatnonzero(shared > 0), tell)


def _least(case: Case, times: Calendars, resource: int, start: int, end: int) -> int:
    """The least capacity in [start, end), in the horizon."""
    calendar = int(times.of[resource])
    lo, hi = int(times.ptr[calendar]), int(times.ptr[calendar + 1])
    steps = times.at[lo:hi]
    first = max(int(np.searchsorted(steps, start, side="right")) - 1, 0)
    last = max(int(np.searchsorted(steps, end, side="left")), first + 1)
    return min(int(case.model.capacity[resource]), int(times.limit[lo:hi][first:last].min()))


def _shared(start: Ints, end: Ints, at: Ints, amount: Ints) -> tuple[Ints, Ints]:
    """For each use the most units that it shares with an earlier one, and which one that is."""
    n = len(start)
    shared, other = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64)
    for lo in range(0, n, max(1, _BLOCK // max(n, 1))):
        rows = np.arange(lo, min(n, lo + max(1, _BLOCK // max(n, 1))))
        both = np.minimum((at + amount)[rows, None], (at + amount)[None]) - np.maximum(at[rows, None], at[None])
        meet = (start[rows, None] < end[None]) & (start[None] < end[rows, None])
        both = np.where(meet & (np.arange(n)[None] < rows[:, None]), both, 0)
        other[rows] = np.argmax(both, axis=1)
        shared[rows] = both[np.arange(len(rows)), other[rows]]
    return np.maximum(shared, 0), other
