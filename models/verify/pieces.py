"""`splittable`: the pieces of a task, and what is held during them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from schedc.models.columns import Flags, Ints
from schedc.models.model import Model
from schedc.models.statements import Tasks
from schedc.models.verify.case import Case
from schedc.models.verify.verdict import Violation


def split(model: Model) -> Flags:
    """Which tasks come in pieces."""
    parts = [np.full(t.size, t.pieces is not None) for t in model.tasks]
    return np.concatenate([np.zeros(0, dtype=np.bool_), *parts])


def judge_pieces(case: Case) -> None:
    """Not too many pieces, each of a length that it may have, in order from the task's start to its end, its length in
    all."""
    for family in case.model.tasks:
        if family.pieces is None:
            continue
        broken = [(t, *what) for t in range(family.first, family.first + family.size) if case.present[t]
                  for what in _wrong(case, family, t)]

        def tell(k: int, family: Tasks = family, broken: list[tuple[int, int, int, str]] = broken) -> Violation:
            t, amount, at, words = broken[k]
            name = case.model.task_name(t)
            assert family.pieces is not None
            return Violation("pieces", family.pieces.origin, name, f"`{name}` {words}", amount, at, (name,))

        case.report("pieces", family.pieces.origin, np.arange(len(broken)), tell)


def _wrong(case: Case, family: Tasks, t: int) -> Iterator[tuple[int, int, str]]:
    """What is wrong with the pieces of one task: by how much, where, and in words."""
    assert family.pieces is not None
    p, row = family.pieces, t - family.first
    own = slice(int(case.pieces.ptr[t]), int(case.pieces.ptr[t + 1]))
    spans = list(zip(case.pieces.lo[own].tolist(), case.pieces.hi[own].tolist()))
    start, end = int(case.start[t]), int(case.end[t])
    most, least, greatest = int(p.most[row]), int(p.shortest[row]), int(p.longest[row])
    if len(spans) > most:
        yield len(spans) - most, start, f"is worked in {len(spans)} pieces, of which there may be {most}"
    until = None
    for lo, hi in spans:
        out = max(least - (hi - lo), hi - lo - greatest)
        if out > 0:
            yield out, lo, f"has a piece of {case.span(hi - lo)} at {case.when(lo)}, which is too short or too long"
        if until is not None and lo < until:
            yield until - lo, lo, f"begins a piece at {case.when(lo)} before the last one has ended"
        until = hi
    first, last = (spans[0][0], spans[-1][1]) if spans else (start, start)
    if (first, last) != (start, end):
        yield abs(first - start) + abs(last - end), start, "does not start and end with its pieces"
    worked = sum(hi - lo for lo, hi in spans)
    if worked != int(case.length[t]):
        yield abs(worked - int(case.length[t])), start, f"is worked for {case.span(worked)}, which is not its length"
    if p.fixed is not None:
        began = list(zip(*(column.tolist() for column in p.fixed.of(row))))
        if began and began != spans:
            yield 1, start, "has other pieces than it was begun with"


def unfolded(case: Case, tasks: Ints) -> tuple[Ints, Ints, Ints, Ints]:
    """(entry, task, start, end): the pieces of the tasks that come in pieces, the others as they stand."""
    pieces, ptr = case.pieces, case.pieces.ptr
    which = split(case.model)[tasks]
    size = np.where(which, ptr[tasks + 1] - ptr[tasks], 1)
    entry = np.repeat(np.arange(len(tasks)), size)
    rank = np.arange(len(entry)) - np.repeat(np.r_[0, np.cumsum(size)][:-1], size)
    task = tasks[entry]
    start, end, own = case.start[task], case.end[task], which[entry]
    at = ptr[task[own]] + rank[own]
    start[own], end[own] = pieces.lo[at], pieces.hi[at]
    return entry, task, start, end
