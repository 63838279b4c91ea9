"""Tasks as variables: a start, an end and a length each, as affine points.

A task of fixed length that cannot pause is one variable: its start s, with end = s + d. A task of variable length adds
its length l and its end e = s + l. What may pause is in `pauses`. A task whose length may be 0 or more has a literal
`busy` <=> l >= 1: only then does it hold resources, sit in open time or exclude others.

An optional task has a literal p, shared by all that share a decision, under which everything that is said of its
points holds; nothing else ties them. As a value they count 0 where the task is absent (`value`): a task with one
variable then stands at its first start s0, so that its start is worth s - s0 + s0 p and its end d p more.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from schedc.compilers.calendars import Calendar, Calendars, clip
from schedc.compilers.conditions import Sum
from schedc.compilers.cpsat.hints import Hints, Values
from schedc.compilers.cpsat.pauses import place_pausable
from schedc.compilers.cpsat.sheet import FREE, Affine, Sheet
from schedc.compilers.starts import Starts, Stretches, within_stretches
from schedc.compilers.windows import Windows
from schedc.models.columns import Ints
from schedc.models.expressions import Point
from schedc.models.model import Model
from schedc.models.presence import presence_of, present_in
from schedc.models.schedule import Schedule


@dataclass
class Places:
    """Affine points by task. `busy`: literals of tasks that may have length 0 or more.

    `worked`: for a pausable task with a calendar, its start and end counted in the calendar's open ticks.
    `idle`: tasks whose length is 0 for certain. `present`: the literals of optional tasks. `mode`, `member`: the
    literals of options and candidates, by number; `address`: the variables of the addressed uses.
    """

    start: list[Affine]
    end: list[Affine]
    length: list[Affine]
    hints: Hints
    busy: dict[int, int] = field(default_factory=dict)
    worked: dict[int, tuple[Affine, Affine]] = field(default_factory=dict)
    intervals: dict[int, int] = field(default_factory=dict)
    idle: frozenset[int] = frozenset()
    present: dict[int, int] = field(default_factory=dict)
    mode: list[Affine] = field(default_factory=list)
    member: list[Affine] = field(default_factory=list)
    address: list[Affine] = field(default_factory=list)
    _values: dict[tuple[Point, int], Sum] = field(default_factory=dict)

    def of(self, point: Point) -> list[Affine]:
        """The column of one kind of point."""
        return (self.start, self.end, self.length)[point]

    def presence(self, task: int) -> tuple[int, ...]:
        """The literals under which a task holds anything at all; none if it always does."""
        return (*self.there(task), self.busy[task]) if task in self.busy else self.there(task)

    def there(self, *tasks: int) -> tuple[int, ...]:
        """The literals under which all of these tasks are present; none if they always are."""
        if not self.present:
            return ()
        return tuple(dict.fromkeys(self.present[t] for t in tasks if t in self.present))

    def literal(self, point: Point, number: int) -> int | None:
        """The literal of who may be absent, of an option or of a candidate; None for anything else."""
        if point is Point.PRESENT:
            return self.present.get(number)
        if point is Point.MODE or point is Point.MEMBER:
            return (self.mode if point is Point.MODE else self.member)[number][0]
        return None

    def value(self, sheet: Sheet, point: Point, task: int) -> Sum:
        """What a point is worth: 0 where the task is absent."""
        if point is Point.PRESENT:
            return ({self.present[task]: 1}, 0) if task in self.present else ({}, 1)
        if point is Point.MODE or point is Point.MEMBER:
            return {(self.mode if point is Point.MODE else self.member)[task][0]: 1}, 0
        if point is Point.ADDRESS:
            return {self.address[task][0]: 1}, 0
        variable, constant = self.of(point)[task]
        if task not in self.present:
            return ({variable: 1} if variable >= 0 else {}, constant)
        if (point, task) not in self._values:
            self._values[point, task] = self._optional_value(sheet, point, task)
        return self._values[point, task]

    def _optional_value(self, sheet: Sheet, point: Point, task: int) -> Sum:
        (variable, constant), literal = self.of(point)[task], self.present[task]
        if variable < 0:
            return {literal: constant}, 0
        if variable == self.start[task][0]:
            first = sheet.lo[variable]
            return {variable: 1, literal: first + constant}, -first
        low, high = sheet.lo[variable] + constant, sheet.hi[variable] + constant
        worth = sheet.variable(min(low, 0), max(high, 0))
        sheet.linear({worth: 1, variable: -1}, constant, constant, (literal,))
        sheet.linear({worth: 1}, 0, 0, (-literal - 1,))
        column = ("start", "end", "length")[point]
        self.hints.exact(lambda s, values: _set(values, worth, int(getattr(s, column)[task])))
        return {worth: 1}, 0

    def interval(self, sheet: Sheet, task: int) -> int:
        """The interval [start, end) of a task, pauses included; made once."""
        if task not in self.intervals:
            start, end = self.start[task], self.end[task]
            size = self.length[task] if task not in self.worked else self._span(sheet, task)
            self.intervals[task] = sheet.interval(start, size, end, self.presence(task))
        return self.intervals[task]

    def stretched(self, sheet: Sheet, task: int, more: int, when: tuple[int, ...]) -> int:
        """The interval [start, end + more) of a task, under literals that imply that it is there."""
        start, end = self.start[task], self.end[task]
        size = self.length[task] if task not in self.worked else self._span(sheet, task)
        return sheet.interval(start, (size[0], size[1] + more), (end[0], end[1] + more), when)

    def _span(self, sheet: Sheet, task: int) -> Affine:
        """A variable end - start, pauses included."""
        start, end = self.start[task][0], self.end[task][0]
        size = sheet.variable(0, max(0, sheet.hi[end] - sheet.lo[start]))
        sheet.linear({end: 1, start: -1, size: -1}, 0, 0, self.presence(task))
        self.hints.fill(lambda s, values: _set(values, size, max(0, int(s.end[task] - s.start[task]))))
        return (size, 0)


def place(model: Model, bounds: Windows, calendars: Calendars, sheet: Sheet, hints: Hints) -> Places:
    """Write the variables of all tasks."""
    count = model.task_count
    nowhere: Affine = (-1, 0)
    places = Places([nowhere] * count, [nowhere] * count, [nowhere] * count, hints)
    places.idle = frozenset(np.flatnonzero(model.longest == 0).tolist())
    _write_presence(model, places, sheet, hints)
    within = within_stretches(model)
    fixed = model.shortest == model.longest
    bounds = _not_empty(bounds, places, sheet)
    bound = np.zeros(count, dtype=np.bool_)
    bound[list(within)] = True
    bound |= np.array(calendars.which, dtype=np.int64) >= 0
    _place_free(model, bounds, np.flatnonzero(fixed & ~bound).tolist(), places, sheet, hints)
    _Bound(model, bounds, calendars, within, places, sheet, hints).place(np.flatnonzero(~fixed | bound).tolist())
    return places


def _write_presence(model: Model, places: Places, sheet: Sheet, hints: Hints) -> None:
    """One literal a decision."""
    optional, decider = presence_of(model)
    literals: dict[int, int] = {}
    for task in np.flatnonzero(optional).tolist():
        leader = int(decider[task])
        if leader not in literals:
            literals[leader] = sheet.literal()
        places.present[task] = literals[leader]
    if literals:
        hints.stand(lambda schedule, values: _standing(schedule, values, literals, places, sheet))


def _standing(
    schedule: Schedule, values: Values, literals: dict[int, int], places: Places, sheet: Sheet
) -> Schedule:
    """The schedule with absent tasks at the least values of their variables; writes who is present."""
    there = present_in(schedule)
    for leader, literal in literals.items():
        values[literal] = int(there[leader])
    absent = [t for t in places.present if not there[t]]

    def least(column: Ints, points: list[Affine]) -> Ints:
        column = column.copy()
        column[absent] = [c if v < 0 else sheet.lo[v] + c for v, c in (points[t] for t in absent)]
        return column

    start, end = least(schedule.start, places.start), least(schedule.end, places.end)
    return replace(schedule, start=start, end=end, length=least(schedule.length, places.length))


def _not_empty(bounds: Windows, places: Places, sheet: Sheet) -> Windows:
    """Optional tasks without a place are absent; where they would stand does not matter then."""
    if not places.present:
        return bounds
    empty = (bounds.earliest_start > bounds.latest_start) | (bounds.earliest_end > bounds.latest_end)
    absent = [t for t in np.flatnonzero(empty).tolist() if t in places.present]
    for task in absent:
        sheet.clause([-places.present[task] - 1])
    start, end = bounds.latest_start.copy(), bounds.latest_end.copy()
    start[absent], end[absent] = bounds.earliest_start[absent], bounds.earliest_end[absent]
    return replace(bounds, latest_start=start, latest_end=end)


def _place_free(
    model: Model, bounds: Windows, tasks: list[int], places: Places, sheet: Sheet, hints: Hints
) -> None:
    """Tasks of fixed length that only their window binds: one column of start variables."""
    low, high = bounds.earliest_start[tasks].tolist(), bounds.latest_start[tasks].tolist()
    if any(a > b for a, b in zip(low, high)):
        sheet.never("a task has no place left")
        high = [max(a, b) for a, b in zip(low, high)]
    first = sheet.variables(low, high)
    hints.points(first, Point.START, tasks)
    for variable, (task, length) in enumerate(zip(tasks, model.shortest[tasks].tolist()), first):
        places.start[task], places.end[task], places.length[task] = (variable, 0), (variable, length), (-1, length)
    for variable, task in enumerate(tasks, first) if places.present else ():
        _rest(task, variable, places, sheet)


def _rest(task: int, variable: int, places: Places, sheet: Sheet) -> None:
    """Where an optional task starts that is absent: at its first start."""
    if task in places.present:
        sheet.linear({variable: 1}, sheet.lo[variable], sheet.lo[variable], (-places.present[task] - 1,))


@dataclass
class _Bound:
    """Places the tasks that a calendar, a `within` or a variable length binds."""

    model: Model
    bounds: Windows
    calendars: Calendars
    within: dict[int, Stretches]
    places: Places
    sheet: Sheet
    hints: Hints

    def place(self, tasks: list[int]) -> None:
        """Write the variables of these tasks."""
        starts = Starts(self.model.horizon)
        model = self.model
        pausable, shortest, longest = model.pausable.tolist(), model.shortest.tolist(), model.longest.tolist()
        for task in tasks:
            calendar = self._calendar(task)
            allowed = starts.allowed(calendar, self.within.get(task), shortest[task], pausable[task])
            low, high = int(self.bounds.earliest_start[task]), int(self.bounds.latest_start[task])
            variable = self._start(task, clip(allowed, low, high))
            self.hints.point(variable, Point.START, task)
            self.places.start[task] = (variable, 0)
            self._length(task, shortest[task], longest[task])
            if calendar is not None and pausable[task] and longest[task]:
                self._pausable(task, calendar)
            else:
                self._steady(task, calendar)
            if shortest[task] < longest[task] and task in self.within:
                self._inside(task, self.within[task], self.places.there(task))
            _rest(task, variable, self.places, self.sheet)

    def _start(self, task: int, allowed: list[tuple[int, int]]) -> int:
        if not allowed and task in self.places.present:
            self.sheet.clause([-self.places.present[task] - 1])
            allowed = [(0, 0)]
        return self.sheet.variable_in(allowed)

    def _calendar(self, task: int) -> Calendar | None:
        which = self.calendars.which[task]
        return self.calendars.known[which] if which >= 0 else None

    def _length(self, task: int, shortest: int, longest: int) -> None:
        if shortest == longest:
            self.places.length[task] = (-1, shortest)
            return
        variable = self.sheet.variable(shortest, longest)
        self.hints.point(variable, Point.LENGTH, task)
        self.places.length[task] = (variable, 0)
        if shortest == 0:
            busy = self.places.busy[task] = self.sheet.literal()
            self.sheet.at_least(busy, (variable, 0), 1)
            self.hints.fill(lambda schedule, values: _set(values, busy, int(schedule.length[task] >= 1)))

    def _steady(self, task: int, calendar: Calendar | None) -> None:
        """end = start + length; a task of variable length also lies in one open stretch while it is busy."""
        start, (length, constant) = self.places.start[task], self.places.length[task]
        if length < 0:
            self.places.end[task] = (start[0], constant)
            return
        end = self._end(task)
        self.sheet.linear({end: 1, start[0]: -1, length: -1}, 0, 0, self.places.there(task))
        if calendar is not None:
            self._inside(task, tuple(calendar.open_spans()), self.places.presence(task))

    def _pausable(self, task: int, calendar: Calendar) -> None:
        end = self._end(task)
        start, length = self.places.start[task][0], self.places.length[task]
        self.places.worked[task] = place_pausable(
            task, calendar, (start, end, length), self.places.there(task), self.places.busy.get(task), self.sheet,
            self.hints,
        )

    def _end(self, task: int) -> int:
        low = int(self.bounds.earliest_end[task])
        variable = self.sheet.variable(low, int(self.bounds.latest_end[task]))
        self.hints.point(variable, Point.END, task)
        self.places.end[task] = (variable, 0)
        return variable

    def _inside(self, task: int, stretches: Stretches, when: tuple[int, ...]) -> None:
        """[start, end) lies in one of the stretches, wherever `when` holds."""
        (start, _), (end, plus) = self.places.start[task], self.places.end[task]
        low, high = self.sheet.lo[start], self.sheet.hi[end] + plus
        near = [(a, b) for a, b in stretches if b >= low and a <= high]
        if len(near) == 1:
            self._bind(start, end, plus, near[0], when)
            return
        chosen = [self.sheet.literal() for _ in near]
        self.sheet.clause(chosen, when)
        for literal, stretch in zip(chosen, near):
            self._bind(start, end, plus, stretch, (literal,))

        def fill(schedule: Schedule, values: Values) -> None:
            s, e = int(schedule.start[task]), int(schedule.end[task])
            for literal, (a, b) in zip(chosen, near):
                values[literal] = int(a <= s and e <= b)

        self.hints.fill(fill)

    def _bind(self, start: int, end: int, plus: int, stretch: tuple[int, int], when: tuple[int, ...]) -> None:
        self.sheet.linear({start: 1}, stretch[0], FREE, when)
        self.sheet.linear({end: 1}, -FREE, stretch[1] - plus, when)


def _set(values: Values, variable: int, value: int) -> None:
    values[variable] = value
