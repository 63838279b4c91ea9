"""The time-indexed formulation: one 0/1 variable for every instant at which a task may start.

A task of fixed length is one ladder of steps (see `ladder`) over its allowed starts, which its calendar and its
`within` leave in its window; its end is a rising function of its start, read off the calendar's start -> end table,
so that pauses cost nothing. A task whose length is chosen has a ladder for its end as well, and

    length = end - start, or, pausable, the difference of their numbers of open ticks,
    [start <= b - 1] <= [end <= a] (+ 1 - busy)     over each closed stretch [a, b), if it is not pausable,
    [start <= lo' - 1] <= [end <= hi]               for `within` spans lo .. hi and the next, lo' .. hi',

where busy says that the length is not 0. A task is under way at t where [start <= t] - [end <= t] is 1. Capacity is

    sum of demand * ([start <= t] - [end <= t]) <= capacity(t)

over the tasks that hold the resource then, calendars and pauses natively; only at ticks at which some user may start or
the capacity changes, since the load rises nowhere else (Pritsker, Watters and Wolfe 1969, "Multiproject scheduling with
limited resources: a zero-one programming approach"). Precedence is disaggregated by ticks (see `ladder.follow`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

import numpy as np

from schedc.compilers.backend import UnsuitableError
from schedc.compilers.calendars import Calendar, Calendars
from schedc.compilers.conditions import Sum
from schedc.compilers.milp.ladder import BY_THEN, NOT_YET, Ladder, follow, ladder, total
from schedc.compilers.milp.places import Affine
from schedc.compilers.milp.sheet import FREE, Program, Sheet
from schedc.compilers.milp.timeless import timeless
from schedc.compilers.starts import Starts, Stretches, within_stretches
from schedc.compilers.windows import Windows
from schedc.models.bounds import Bounds
from schedc.models.closures import closed_times
from schedc.models.columns import UNLIMITED, Flags, Ints, distinct, ints
from schedc.models.expressions import Point
from schedc.models.model import Model
from schedc.models.presence import presence_of, present_in
from schedc.models.schedule import Schedule
from schedc.models.statements import Order


@dataclass
class Timed:
    """Writes a model's tasks and relations by ticks. last: tasks one of which ends last; floor: of the makespan."""

    model: Model
    bounds: Windows
    calendars: Calendars
    sheet: Sheet
    last: Sequence[int] = ()
    floor: int = 0
    start: list[Ladder] = field(default_factory=list)
    end: list[Ladder] = field(default_factory=list)
    lengths: dict[int, int] = field(default_factory=dict)       # variables of the tasks that choose their length
    presence: dict[int, int] = field(default_factory=dict)      # 0/1 variables of the tasks that may be absent
    moving: bool = True         # whether tasks that may as well stand anywhere are put at their earliest place
    _values: dict[tuple[Point, int], Affine] = field(default_factory=dict)
    _makespan: Ladder | None = None
    _exact: bool = False

    @cached_property
    def anywhere(self) -> Flags:
        """The tasks that are put at their earliest place."""
        return timeless(self.model) & self.moving

    def write(self) -> None:
        """All tasks, orders, capacities and exclusions."""
        self._presences()
        self._place()
        for order in self.model.orders:
            self._order(order)
        self._capacities()

    def _presences(self) -> None:
        """A variable for each, and equal ones for those that another decides."""
        optional, decider = presence_of(self.model)
        for task in np.flatnonzero(optional).tolist():
            self.presence[task] = self.sheet.literal()
        for task in self.presence:
            decides = int(decider[task])
            if decides != task and decides in self.presence:
                self.sheet.linear({self.presence[task]: 1, self.presence[decides]: -1}, 0, 0)

    # tasks

    def _place(self) -> None:
        model, starts = self.model, Starts(self.model.horizon)
        within, time = within_stretches(model), closed_times(model)
        pausable, shortest, longest = model.pausable.tolist(), model.shortest.tolist(), model.longest.tolist()
        for task in range(model.task_count):
            which = self.calendars.which[task]
            calendar = self.calendars.known[which] if which >= 0 else None
            low, high = int(self.bounds.earliest_start[task]), int(self.bounds.latest_start[task])
            allowed = starts.allowed(calendar, within.get(task), shortest[task], pausable[task])
            values = _spread(allowed, low, high)
            fixed = shortest[task] == longest[task]
            if fixed and pausable[task] and calendar is not None and shortest[task]:
                size = np.full(len(values), shortest[task])
                end = time.worktime.end_of(np.full(len(values), time.which[task]), values, size)
            else:
                end = values + shortest[task]
            if fixed:
                kept = np.flatnonzero((end >= self.bounds.earliest_end[task]) & (end <= self.bounds.latest_end[task]))
                kept = kept[:1] if self.anywhere[task] else kept
                own = ladder(self.sheet, values[kept], self.presence.get(task))
                self.start.append(own)
                self.end.append(own.moved(end[kept]) if len(kept) else own.moved(own.values + shortest[task]))
            else:
                self._flexible(task, values, calendar, within.get(task))

    def _flexible(self, task: int, values: Ints, calendar: Calendar | None, within: Stretches | None) -> None:
        """A task that chooses its length."""
        model, sheet = self.model, self.sheet
        least, most, pausable = int(model.shortest[task]), int(model.longest[task]), bool(model.pausable[task])
        low, high = int(self.bounds.earliest_end[task]), int(self.bounds.latest_end[task])
        ends = np.arange(low, high + 1)
        if pausable and calendar is not None and least:
            ends = _spread([(lo + 1, hi) for lo, hi in calendar.open_spans()], low, high)
        there = self.presence.get(task)
        start, end = ladder(sheet, values, there), ladder(sheet, ends, there)
        self.start.append(start)
        self.end.append(end)
        size = self.lengths[task] = sheet.variable(least if there is None else 0, most)
        if there is not None and least:
            sheet.linear({size: 1, there: -least}, 0, FREE)
        busy = self._busy(size, most) if least == 0 else None
        follow(sheet, end, start, least)
        if pausable and calendar is not None:
            self._pausing(task, calendar, size, busy)
        else:
            follow(sheet, start, end, -most)
            self._equal(size, self.point(Point.END, task), self.point(Point.START, task))
            for lo, hi in zip(calendar.lo, calendar.hi) if calendar is not None else ():
                self._if_then(start, hi - 1, end, lo, busy)
        for (_, until), (begin, _) in pairwise(within or ()):
            self._if_then(start, begin - 1, end, until, None)
        if within:
            self._if_then(start, within[0][0] - 1, end, -1, None)
            self._if_then(start, self.model.horizon, end, within[-1][1], None)

    def _busy(self, size: int, most: int) -> int:
        """A literal: the length is not 0."""
        busy = self.sheet.literal()
        self.sheet.linear({size: 1, busy: -1}, 0, FREE)
        self.sheet.linear({size: 1, busy: -most}, -FREE, 0)
        return busy

    def _equal(self, size: int, end: Affine, start: Affine) -> None:
        """size = end - start."""
        terms = {size: 1}
        for (variable, _), sign in ((end, -1), (start, 1)):
            if variable >= 0:
                terms[variable] = sign
        self.sheet.linear(terms, end[1] - start[1], end[1] - start[1])

    def _pausing(self, task: int, calendar: Calendar, size: int, busy: int | None) -> None:
        """Length in open ticks; the first and the last tick are open where the task is busy."""
        sheet, start, end = self.sheet, self.start[task], self.end[task]
        counts = [ints([calendar.worked(v) for v in side.values.tolist()]) for side in (end, start)]
        last, first = (total(side, count, sheet) for side, count in zip((end, start), counts))
        self._equal(size, (last, 0), (first, 0))
        if busy is None:
            return
        for lo, hi in zip(calendar.lo, calendar.hi):
            self._none_in(start, lo, hi - 1, busy)
            self._none_in(end, lo + 1, hi, busy)
        terms = {self.point(Point.END, task)[0]: 1, self.point(Point.START, task)[0]: -1}
        sheet.linear({v: c for v, c in terms.items() if v >= 0},
                     -FREE, self.point(Point.START, task)[1] - self.point(Point.END, task)[1], (-busy - 1,))

    def _if_then(self, first: Ladder, begun: int, second: Ladder, done: int, busy: int | None) -> None:
        """[first <= begun] <= [second <= done] (+ 1 - busy)."""
        self._at_most_one((first, begun, 1), (second, done, -1), 0, busy)

    def _none_in(self, point: Ladder, lo: int, hi: int, busy: int) -> None:
        """No value in lo .. hi, where busy."""
        self._at_most_one((point, hi, 1), (point, lo - 1, -1), 0, busy)

    def _at_most_one(self, a: tuple[Ladder, int, int], b: tuple[Ladder, int, int], most: int, busy: int | None) -> None:
        """The sum of sign * [point <= tick] is at most `most`, where busy."""
        terms: dict[int, int] = {}
        for side, tick, sign in (a, b):
            column = int(side.at(ints([tick]))[0])
            if column >= 0:
                terms[column] = terms.get(column, 0) + sign
            most -= sign * (column == BY_THEN)
        self.sheet.linear(terms, -FREE, most, () if busy is None else (busy,))

    # relations

    def _side(self, point: Point) -> list[Ladder]:
        return self.end if point is Point.END else self.start

    def _order(self, order: Order) -> None:
        first, second = self._side(order.first_point), self._side(order.second_point)
        for a, b, lo in zip(order.first.tolist(), order.second.tolist(), order.lo.tolist()):
            if lo > -UNLIMITED:
                follow(self.sheet, second[b], first[a], lo)

    def _capacities(self) -> None:
        task, resource, amount = self.model.demands
        busy = self.model.longest[task] > 0
        task, resource, amount = task[busy], resource[busy], amount[busy]
        heads = np.flatnonzero(np.r_[True, np.diff(resource) != 0]).tolist() if len(task) else []
        for head, tail in zip(heads, [*heads[1:], len(task)]):
            own = int(resource[head])
            steps = self.calendars.profiles.get(own)
            at, level = (ints([0]), self.model.capacity[own : own + 1]) if steps is None else steps
            self._load(task[head:tail].tolist(), amount[head:tail].tolist(), at, level)

    def _load(self, tasks: list[int], demands: list[int], at: Ints, level: Ints) -> None:
        """Rows for the ticks at which the load may rise; pausable tasks leave the resource in their pauses."""
        if len(tasks) < 2:      # one alone fits: its starts and pauses see to that
            return
        ticks = distinct(np.concatenate([at, *(self.start[t].values for t in tasks)]))
        capacity = level[np.searchsorted(at, ticks, side="right") - 1]
        most, held = np.zeros(len(ticks), dtype=np.int64), np.zeros(len(ticks), dtype=np.int64)
        rows, columns, coefs = [], [], []
        for task, demand in zip(tasks, demands):
            begun, done = self.start[task].at(ticks), self.end[task].at(ticks)
            there = (begun != NOT_YET) & (done != BY_THEN) & (begun != done)
            if self.model.pausable[task]:
                there &= capacity >= demand
            most[there] += demand
            held[there & (begun == BY_THEN)] += demand
            for side, sign in ((begun, 1), (done, -1)):
                found = np.flatnonzero(there & (side >= 0))
                rows.append(found)
                columns.append(side[found])
                coefs.append(np.full(len(found), sign * demand))
        terms = np.concatenate(rows), np.concatenate(columns), np.concatenate(coefs)
        self._rows(terms, most > capacity, capacity - held)

    def _rows(self, terms: tuple[Ints, Ints, Ints], tight: Flags, room: Ints) -> None:
        row, column, coef = terms
        keep = tight[row]
        row, column, coef = row[keep], column[keep], coef[keep]
        order = np.argsort(row, kind="stable")
        lengths = np.bincount(row, minlength=len(tight))
        if (tight & (lengths == 0) & (room < 0)).any():
            self.sheet.never("tasks that cannot be apart need more than there is")
        used = tight & (lengths > 0)
        least = np.full(int(used.sum()), -FREE)
        self.sheet.block(lengths[used], column[order], coef[order], least, room[used])

    # for conditions

    def point(self, point: Point, task: int) -> Affine:
        """A variable for a start or end is written when a condition or goal first asks for it."""
        key = (point, task)
        if key not in self._values:
            self._values[key] = self._point(point, task)
        return self._values[key]

    def _point(self, point: Point, task: int) -> Affine:
        there = self.presence.get(task)
        if point is Point.PRESENT:
            return (-1, 1) if there is None else (there, 0)
        if point is Point.LENGTH and task not in self.lengths:
            return self._length(int(self.model.shortest[task]), there)
        if point is Point.LENGTH:
            return self.lengths[task], 0
        if point not in (Point.START, Point.END):
            raise UnsuitableError("the milp back-end does not take modes or choices")
        side = self._side(point)[task]
        if not side.steps and there is None:
            return -1, int(side.values[0])
        if point is Point.END and task not in self.lengths and there is None:
            shift = side.values - self.start[task].values
            if (shift == shift[0]).all():
                variable, constant = self.point(Point.START, task)
                return variable, constant + int(shift[0])
        return total(side, side.values, self.sheet), 0

    def _length(self, length: int, there: int | None) -> Affine:
        """A fixed length, 0 where the task is absent."""
        if there is None or not length:
            return -1, length
        size = self.sheet.variable(0, length, whole=False)
        self.sheet.linear({size: 1, there: -length}, 0, 0)
        return size, 0

    def makespan(self, exact: bool) -> Sum:
        """A ladder [makespan <= t] <= [end <= t] for each task that may end last; exact also turns that around."""
        if not self.last:
            return {}, 0
        steps = self._makespan or self._write_makespan()
        if exact and not self._exact:
            self._exact = True
            for k, value in enumerate(steps.values[:-1].tolist()):
                self._attained(steps.first + k, value)
        if not steps.steps:
            return {}, int(steps.values[0])
        return {total(steps, steps.values, self.sheet): 1}, 0

    def _attained(self, step: int, value: int) -> None:
        """[makespan <= value], unless someone present has not ended by then."""
        terms, missing = {step: 1}, 0
        for task in self.last:
            ended, there = int(self.end[task].at(ints([value]))[0]), self.presence.get(task)
            for column, sign in ((ended, -1), (there, 1)):
                if column is not None and column >= 0:
                    terms[column] = terms.get(column, 0) + sign
            missing += (there is None) - (ended == BY_THEN)
        self.sheet.linear(terms, 1 - missing, FREE)

    def _write_makespan(self) -> Ladder:
        values = np.concatenate([self.end[t].values for t in self.last])
        least = max([self.floor, *(int(self.end[t].values[0]) for t in self.last if t not in self.presence)])
        values = distinct(np.r_[values[values >= least], least])
        steps = self._makespan = ladder(self.sheet, values)
        for task in self.last:
            follow(self.sheet, steps, self.end[task], 0)
        return steps

    # schedules

    def schedule(self, values: Ints) -> Schedule:
        """Each point from its steps."""
        start = ints([side.read(values) for side in self.start])
        end = ints([side.read(values) for side in self.end])
        present = np.array([side.there(values) for side in self.start], dtype=np.bool_)
        length = np.where(present, self.model.shortest, 0)
        for task, variable in self.lengths.items():
            length[task] = values[variable]
        return Schedule(start, end, length, present if self.presence else None)

    def hint(self, schedule: Schedule, program: Program) -> tuple[Ints, Ints]:
        """All steps and lengths."""
        values = np.zeros(program.columns, dtype=np.int64)
        known = np.zeros(program.columns, dtype=np.bool_)
        ladders = [*zip(self.start, schedule.start.tolist()), *zip(self.end, schedule.end.tolist())]
        if self._makespan is not None:
            ladders.append((self._makespan, int(schedule.end.max(initial=0))))
        there = present_in(schedule)
        for task, variable in self.presence.items():
            values[variable], known[variable] = there[task], True
        for side, value in ladders:
            known[side.first : side.first + side.steps] = True
            if side.there(values):
                side.write(value, values)
        for task, variable in self.lengths.items():
            values[variable], known[variable] = schedule.length[task], True
        return np.flatnonzero(known), values[known]

    def narrow(self, bounds: Bounds, program: Program) -> tuple[Ints, Ints] | None:
        """[point <= t] is 0 before its earliest and 1 from its latest instant on."""
        low, high = program.low.copy(), program.high.copy()
        early = [np.where(self.anywhere, 0, c).tolist() for c in (bounds.earliest_start, bounds.earliest_end)]
        sides = [*zip(self.start, early[0], bounds.latest_start.tolist()),
                 *zip(self.end, early[1], bounds.latest_end.tolist())]
        if self._makespan is not None:
            sides.append((self._makespan, 0, int(bounds.latest_end.max(initial=0))))
        for side, earliest, latest in sides:
            first, last = np.searchsorted(side.values, [earliest, latest + 1]).tolist()     # values[first:last] remain
            if first >= last and side.presence is None:
                return None
            if first >= last:
                high[side.presence] = 0
                continue
            high[side.first : side.first + first] = 0
            if side.presence is None:
                low[side.first + last - 1 : side.first + side.steps] = 1
        return None if (low > high).any() else (low, high)


def _spread(ranges: list[tuple[int, int]], low: int, high: int) -> Ints:
    """The numbers of closed, sorted, disjoint ranges that lie in low .. high."""
    parts = [np.arange(max(a, low), min(b, high) + 1) for a, b in ranges if max(a, low) <= min(b, high)]
    return np.concatenate(parts) if parts else ints([])
