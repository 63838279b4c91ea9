"""`within` as instants and choices.

Source: windows. Targets: logic, linear. Let [lo_0, hi_0), …, [lo_k, hi_k) be the spans of a task, both lo and hi rising
(no span inside another). Then [start, end) lies in one of them if and only if

    lo_0 <= start,  end <= hi_k,  and for every i < k:  end <= hi_i  or  lo_(i+1) <= start.

For let i be the least number with end <= hi_i: the clause before it forces lo_i <= start. The first two become release
and deadline; clauses that these two decide are left out. A task without any span cannot be placed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np

from schedc.compilers.constructs import Construct
from schedc.compilers.lowering.base import Lowering, Rewrite
from schedc.compilers.lowering.rebuild import at_least_zero, at_most_zero, either, single
from schedc.models.columns import Ints, ragged
from schedc.models.expressions import Known, Point
from schedc.models.model import Model
from schedc.models.statements import Require, Tasks
from schedc.models.within import Windows, windows_of


def _to_logic(model: Model) -> Rewrite:
    windows = windows_of(model)
    count = np.diff(windows.ptr)[windows.which]
    some = count > 0
    rows, sets = windows.tasks[some], windows.which[some]
    release, deadline = model.release.copy(), model.deadline.copy()
    release[rows] = np.maximum(release[rows], windows.lo[windows.ptr[sets]])
    deadline[rows] = np.minimum(deadline[rows], windows.hi[windows.ptr[sets + 1] - 1])
    tasks = tuple(_bounded(t, release, deadline) for t in model.tasks)
    added = [*_impossible(model, windows.tasks[~some]), *_choices(model, windows, release, deadline)]
    return Rewrite(replace(model, tasks=tasks, relations=(*model.relations, *added)))


def _bounded(t: Tasks, release: Ints, deadline: Ints) -> Tasks:
    own = slice(t.first, t.first + t.size)
    return replace(t, release=release[own], deadline=deadline[own], within=())


def _impossible(model: Model, tasks: Ints) -> Iterator[Require]:
    for family in model.tasks:
        own = _own(family, tasks)
        if own.any():
            yield Require(family.within[0].origin, Known(np.zeros(int(own.sum()), dtype=np.bool_)))


def _choices(model: Model, windows: Windows, release: Ints, deadline: Ints) -> Iterator[Require]:
    """One condition a family: a row for every task and every gap between its spans that leaves both sides open."""
    task, before, behind = _gaps(windows)
    open_ = (before < deadline[task]) & (behind > release[task])
    task, before, behind = task[open_], before[open_], behind[open_]
    for family in model.tasks:
        own = _own(family, task)
        if own.any():
            early = at_most_zero(single(Point.END, task[own], -before[own]))
            late = at_least_zero(single(Point.START, task[own], -behind[own]))
            yield Require(family.within[0].origin, either(early, late))


def _gaps(windows: Windows) -> tuple[Ints, Ints, Ints]:
    """Of every task and every pair of neighbouring spans: the task, the end of the first, the start of the second."""
    first = windows.ptr[windows.which]
    last = np.maximum(windows.ptr[windows.which + 1] - 1, first)
    at = ragged(first, last)
    return np.repeat(windows.tasks, last - first), windows.hi[at], windows.lo[at + 1]


def _own(family: Tasks, tasks: Ints) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    own: np.ndarray[tuple[int], np.dtype[np.bool_]] = (tasks >= family.first) & (tasks < family.first + family.size)
    return own


def _adds(model: Model, more: int) -> Mapping[Construct, int]:
    rows = len(_gaps(windows_of(model))[0]) + more
    return {Construct.LOGIC: rows, Construct.LINEAR: 2 * rows}


WITHIN = Lowering(
    "within by the gaps between the spans", Construct.WINDOWS, frozenset({Construct.LOGIC, Construct.LINEAR}),
    "end <= hi(i) or lo(i+1) <= start, for every gap", _adds, _to_logic,
    not_beside=frozenset({Construct.OPTIONAL}),
)
