"""Where a task may start, from its calendar and its `within` clauses alone."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from schedc.compilers.calendars import Calendar, intersect
from schedc.models.model import Model
from schedc.models.statements import Within

Ranges = list[tuple[int, int]]      # closed, sorted, disjoint
Stretches = tuple[tuple[int, int], ...]     # half-open, sorted, none inside another; they may overlap


def within_stretches(model: Model) -> dict[int, Stretches]:
    """The stretches one of which must hold the whole of a task, for the tasks that have a `within`."""
    return _stretches([(t.first, t.within) for t in model.tasks], model.horizon)


def option_stretches(model: Model) -> dict[int, Stretches]:
    """The same for the options whose modes have a `within`."""
    return _stretches([(m.first, m.within) for t in model.tasks for m in t.modes], model.horizon)


def _stretches(families: list[tuple[int, tuple[Within, ...]]], horizon: int) -> dict[int, Stretches]:
    sets = [clause.spans for _, clauses in families for clause in clauses]
    chosen: dict[int, list[tuple[int, int]]] = {}
    number = 0
    for first, clauses in families:
        for clause in clauses:
            for row in np.flatnonzero(clause.which >= 0).tolist():
                chosen.setdefault(first + row, []).append((number, int(clause.which[row])))
            number += 1
    memo: dict[tuple[tuple[int, int], ...], Stretches] = {}
    for key in {tuple(parts) for parts in chosen.values()}:
        spans = [(int(a), int(b)) for c, w in key for a, b in zip(*sets[c].of(w))]
        memo[key] = _outermost(spans, horizon)
    return {task: memo[tuple(parts)] for task, parts in chosen.items()}


def _outermost(spans: Ranges, horizon: int) -> Stretches:
    """The spans cut to [0, horizon), sorted, without those that lie inside another."""
    kept: Ranges = []
    for lo, hi in sorted(((max(a, 0), min(b, horizon)) for a, b in spans), key=lambda s: (s[0], -s[1])):
        if lo <= hi and (not kept or hi > kept[-1][1]):
            kept.append((lo, hi))
    return tuple(kept)


@dataclass
class Starts:
    """Computes and remembers allowed starts; tasks with equal calendar, stretches and length share an answer.

    For a task of variable length the answer is that of its least length: necessary, not sufficient.
    """

    horizon: int
    _memo: dict[tuple[int, int, int, bool], Ranges] = field(default_factory=dict)

    def allowed(self, calendar: Calendar | None, within: Stretches | None, length: int, pausable: bool) -> Ranges:
        """Closed ranges of allowed starts."""
        key = (id(calendar), id(within), length, pausable)
        if key not in self._memo:
            self._memo[key] = self._compute(calendar if length else None, within, length, pausable)
        return self._memo[key]

    def _compute(self, calendar: Calendar | None, within: Stretches | None, length: int, pausable: bool) -> Ranges:
        found = [(0, self.horizon - length)] if calendar is None else _working(calendar, length, pausable)
        if within is None:
            return found
        pauses = calendar if pausable else None
        return intersect(found, _joined([(lo, _latest(pauses, hi, length)) for lo, hi in within]))


def _working(calendar: Calendar, length: int, pausable: bool) -> Ranges:
    if pausable:
        return [(lo, hi - 1) for lo, hi in calendar.open_spans()]
    return [(lo, hi - length) for lo, hi in calendar.open_spans() if hi - lo >= length]


def _latest(calendar: Calendar | None, end: int, length: int) -> int:
    return end - length if calendar is None else calendar.latest_start(end, length)


def _joined(ranges: Ranges) -> Ranges:
    """The union of closed ranges sorted by their lower ends; empty ones are dropped."""
    kept: Ranges = []
    for lo, hi in ranges:
        if lo > hi:
            continue
        if kept and lo <= kept[-1][1] + 1:
            kept[-1] = (kept[-1][0], max(kept[-1][1], hi))
        else:
            kept.append((lo, hi))
    return kept
