"""Tasks in continuous time: a start, an end and a length each, whatever the horizon.

A task of fixed length is its start s. Where its calendar or its `within` cut its window into segments k with starts
lo_k .. hi_k and end = start + shift_k (see `segments`), one 0/1 variable z_k each says which, without any large M:

    sum of z_k = 1,    sum of lo_k z_k <= start <= sum of hi_k z_k,    end = start + sum of shift_k z_k.

A task that chooses its length has its end and its length as variables; it lies in one stretch of its `within`, and,
while it is busy (its length is not 0), in one open stretch of its calendar, chosen in the same way. If it may pause, an
open stretch is chosen for its start (z_k, with g_k closed ticks before it) and one for its end (y_m), and

    length = end - start - sum of g_m y_m + sum of g_k z_k.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from schedc.compilers.calendars import Calendar, Calendars, clip
from schedc.compilers.conditions import Sum, Terms
from schedc.compilers.milp.places import Affine
from schedc.compilers.milp.segments import Segment, segments
from schedc.compilers.milp.sheet import FREE, Program, Sheet
from schedc.compilers.starts import Starts, Stretches, within_stretches
from schedc.compilers.windows import Windows
from schedc.models.bounds import Bounds
from schedc.models.columns import UNLIMITED, Ints, ints
from schedc.models.expressions import Point
from schedc.models.model import Model
from schedc.models.schedule import Schedule
from schedc.models.statements import Order


@dataclass
class Spanned:
    """Writes a model's tasks and orders in continuous time. last: tasks one of which ends last; floor: of the makespan.

    busy: literals of the tasks whose length may be 0 or not.
    """

    model: Model
    bounds: Windows
    calendars: Calendars
    sheet: Sheet
    last: Sequence[int] = ()
    floor: int = 0
    start: list[Affine] = field(default_factory=list)
    end: list[Affine] = field(default_factory=list)
    length: list[Affine] = field(default_factory=list)
    busy: dict[int, int] = field(default_factory=dict)
    _latest: tuple[int, bool] | None = None

    def write(self) -> None:
        """All tasks and orders."""
        model, starts, within = self.model, Starts(self.model.horizon), within_stretches(self.model)
        pausable, shortest, longest = model.pausable.tolist(), model.shortest.tolist(), model.longest.tolist()
        for task in range(model.task_count):
            which = self.calendars.which[task]
            calendar = self.calendars.known[which] if which >= 0 else None
            low, high = int(self.bounds.earliest_start[task]), int(self.bounds.latest_start[task])
            allowed = clip(starts.allowed(calendar, within.get(task), shortest[task], pausable[task]), low, high)
            if shortest[task] == longest[task]:
                self._fixed(task, segments(allowed, shortest[task], calendar if pausable[task] else None))
            else:
                self._flexible(task, calendar, within.get(task), pausable[task])
        for order in model.orders:
            self._order(order)

    def _fixed(self, task: int, parts: list[Segment]) -> None:
        sheet, length = self.sheet, int(self.model.shortest[task])
        low, high = int(self.bounds.earliest_end[task]), int(self.bounds.latest_end[task])
        parts = [(max(a, low - shift), min(b, high - shift), shift) for a, b, shift in parts]
        parts = [part for part in parts if part[0] <= part[1]]
        if not parts:
            sheet.never("a task has no place left")
            parts = [(0, 0, length)]
        start = sheet.variable(parts[0][0], parts[-1][1])
        self.start.append((start, 0))
        self.length.append((-1, length))
        if len(parts) == 1:
            self.end.append((start, parts[0][2]))
            return
        chosen = self._one_of(len(parts), None)
        self._between({start: 1}, chosen, [p[0] for p in parts], [p[1] for p in parts])
        shifts = [p[2] for p in parts]
        if min(shifts) == max(shifts):
            self.end.append((start, shifts[0]))
            return
        end = self._variable_end(task)
        sheet.linear({end: 1, start: -1, **{z: -s for z, s in zip(chosen, shifts)}}, 0, 0)

    def _variable_end(self, task: int) -> int:
        end = self.sheet.variable(int(self.bounds.earliest_end[task]), int(self.bounds.latest_end[task]))
        self.end.append((end, 0))
        return end

    def _one_of(self, count: int, busy: int | None) -> list[int]:
        """Literals of which one holds, or, where busy is given, as many as it says."""
        first = self.sheet.literals(count)
        chosen = list(range(first, first + count))
        least = 1 if busy is None else 0
        self.sheet.linear({**dict.fromkeys(chosen, 1), **({} if busy is None else {busy: -1})}, least, least)
        return chosen

    def _between(
        self, point: Terms, chosen: list[int], low: list[int], high: list[int], idle: int | None = None
    ) -> None:
        """The chosen low <= point <= the chosen high; idle: a literal under whose absence the point is free."""
        floor, top = self.sheet.range((point, 0))
        for limits, free, side in ((low, floor, 0), (high, top, 1)):
            terms = dict(point)
            for literal, limit in zip(chosen, limits):
                terms[literal] = -limit if idle is None else free - limit
            base = 0 if idle is None else free
            self.sheet.linear(terms, base if side == 0 else -FREE, base if side else FREE)

    def _flexible(self, task: int, calendar: Calendar | None, within: Stretches | None, pausable: bool) -> None:
        sheet, bounds = self.sheet, self.bounds
        least, most = int(self.model.shortest[task]), int(self.model.longest[task])
        start = sheet.variable(int(bounds.earliest_start[task]), int(bounds.latest_start[task]))
        size = sheet.variable(least, most)
        self.start.append((start, 0))
        self.length.append((size, 0))
        end = self._variable_end(task)
        busy = None
        if least == 0:
            busy = self.busy[task] = sheet.literal()
            sheet.linear({size: 1, busy: -1}, 0, FREE)
            sheet.linear({size: 1, busy: -most}, -FREE, 0)
        if within is not None:
            self._inside(start, end, list(within), None)
        if calendar is None or not pausable:
            sheet.linear({end: 1, start: -1, size: -1}, 0, 0)
            if calendar is not None:
                self._inside(start, end, calendar.open_spans(), busy)
            return
        self._pausing(calendar, start, end, size, busy)

    def _inside(self, start: int, end: int, stretches: list[tuple[int, int]], busy: int | None) -> None:
        """[start, end) in one stretch, where busy."""
        near = [(a, b) for a, b in stretches if b >= self.sheet.lo[end] and a <= self.sheet.hi[start]]
        chosen = self._one_of(len(near), busy)
        lows, highs = [a for a, _ in near], [b for _, b in near]
        self._between({start: 1}, chosen, lows, [self.sheet.hi[start]] * len(near), busy)
        self._between({end: 1}, chosen, [self.sheet.lo[end]] * len(near), highs, busy)

    def _pausing(self, calendar: Calendar, start: int, end: int, size: int, busy: int | None) -> None:
        sheet, spans = self.sheet, calendar.open_spans()
        terms: Terms = {end: 1, start: -1, size: -1}
        for point, late, sign in ((start, 0, 1), (end, 1, -1)):
            near = [(a + late, b - 1 + late) for a, b in spans]
            near = [(a, b) for a, b in near if a <= sheet.hi[point] and b >= sheet.lo[point]]
            chosen = self._one_of(len(near), busy)
            self._between({point: 1}, chosen, [a for a, _ in near], [b for _, b in near], busy)
            for literal, (a, _) in zip(chosen, near):
                closed = (a - late) - calendar.worked(a - late)
                terms[literal] = sign * closed
        sheet.linear(terms, 0, 0)

    def _order(self, order: Order) -> None:
        for a, b, lo in zip(order.first.tolist(), order.second.tolist(), order.lo.tolist()):
            if lo > -UNLIMITED:
                self.apart(self.point(order.first_point, a), self.point(order.second_point, b), lo, FREE)

    def apart(self, first: Affine, second: Affine, lo: int, hi: int, when: tuple[int, ...] = ()) -> None:
        """lo <= second - first <= hi, wherever the literals of `when` hold."""
        terms: Terms = {}
        for (variable, _), sign in ((second, 1), (first, -1)):
            if variable >= 0:
                terms[variable] = terms.get(variable, 0) + sign
        shift = second[1] - first[1]
        self.sheet.linear(terms, lo - shift if lo > -FREE else lo, hi - shift if hi < FREE else hi, when)

    def presence(self, task: int) -> tuple[int, ...]:
        """The literal under which a task holds anything at all; none if it always does."""
        return (self.busy[task],) if task in self.busy else ()

    # for conditions

    def point(self, point: Point, task: int) -> Affine:
        """Every point is there from the beginning; optional tasks are only written by ticks."""
        if point is Point.PRESENT:
            return -1, 1
        return (self.start, self.end, self.length)[point][task]

    def makespan(self, exact: bool) -> Sum:
        """A variable that no end exceeds; exactly: and that is at most one of them."""
        if not self.last:
            return {}, 0
        if self._latest is None:
            ends = [self.sheet.range(({v: 1} if v >= 0 else {}, c)) for v, c in (self.end[t] for t in self.last)]
            low = max(self.floor, max(a for a, _ in ends))
            self._latest = self.sheet.variable(low, max(low, max(b for _, b in ends))), False
            for task in self.last:
                self.apart(self.end[task], (self._latest[0], 0), 0, FREE)
        variable, tied = self._latest
        if exact and not tied:
            self._latest = variable, True
            chosen = self._one_of(len(self.last), None)
            for literal, task in zip(chosen, self.last):
                self.apart(self.end[task], (variable, 0), -FREE, 0, (literal,))
        return {variable: 1}, 0

    # schedules

    def schedule(self, values: Ints) -> Schedule:
        """Each point from its variable."""
        start, end, length = (
            ints([int(values[v]) + c if v >= 0 else c for v, c in points])
            for points in (self.start, self.end, self.length)
        )
        return Schedule(start, end, length)

    def hint(self, schedule: Schedule, program: Program) -> tuple[Ints, Ints]:
        """All starts, ends and lengths; the choices follow from them."""
        known: dict[int, int] = {}
        columns = (schedule.start.tolist(), schedule.end.tolist(), schedule.length.tolist())
        for points, column in zip((self.start, self.end, self.length), columns):
            known.update({v: value - c for (v, c), value in zip(points, column) if v >= 0})
        if self._latest is not None:
            known[self._latest[0]] = int(schedule.end.max(initial=0))
        return ints(list(known)), ints(list(known.values()))

    def narrow(self, bounds: Bounds, program: Program) -> tuple[Ints, Ints] | None:
        """Smaller bounds of starts and ends."""
        low, high = program.low.copy(), program.high.copy()
        windows = ((self.start, bounds.earliest_start, bounds.latest_start),
                   (self.end, bounds.earliest_end, bounds.latest_end))
        for points, earliest, latest in windows:
            for (v, c), a, b in zip(points, earliest.tolist(), latest.tolist()):
                if v >= 0:
                    low[v], high[v] = max(low[v], a - c), min(high[v], b - c)
                elif not a <= c <= b:
                    return None
        if self._latest is not None:
            high[self._latest[0]] = min(high[self._latest[0]], int(bounds.latest_end.max(initial=0)))
        return None if np.any(low > high) else (low, high)
