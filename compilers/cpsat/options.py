"""Modes and choices of members.

Each option k of a task has a literal x_k, and exactly one of a task's is true where the task is present. All options
share the task's start s and end e: an option of fixed length d holds its resources in the optional interval [s, s + d),
one of variable length in [s, e). The task's length is the sum of d_k x_k. A choice of n members has a literal for each
candidate, n of which are true where the choice is in force, and an optional interval for each.

Choices among members that have no other users are also said all at once: n units of what they have together, which
propagates where single candidates do not yet.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from schedc.compilers.calendars import Calendars
from schedc.compilers.cpsat.hints import Hints, Values
from schedc.compilers.cpsat.places import Places
from schedc.compilers.cpsat.sheet import FREE, Affine, Sheet
from schedc.compilers.starts import Stretches, option_stretches
from schedc.models.model import Model
from schedc.models.profile import spans_below, spans_enough
from schedc.models.schedule import Schedule


class Extra(NamedTuple):
    """A demand that is held where all of `when` are true, in an interval; of `length` ticks, -1 where that varies.

    option: whether no other option of the task holds at the same time; part: whether it is held on a part of the task.
    """

    task: int
    demand: int
    interval: int
    start: Affine
    length: int
    when: tuple[int, ...]
    option: bool
    part: bool = False


def place_options(model: Model, places: Places, sheet: Sheet, hints: Hints) -> None:
    """Write the literals of all options and candidates, and what options say of lengths, dates and windows."""
    if len(model.options.task):
        _place_modes(model, places, sheet, hints)
    if len(model.picks.wanted):
        _place_members(model, places, sheet, hints)


def _place_modes(model: Model, places: Places, sheet: Sheet, hints: Hints) -> None:
    options = model.options
    tasks, shortest, longest = options.task.tolist(), options.shortest.tolist(), options.longest.tolist()
    first = sheet.variables([0] * len(tasks), [1] * len(tasks))
    places.mode = [(first + k, 0) for k in range(len(tasks))]
    hints.fill(_mode_filler(first, len(tasks)))
    for task, mine in _grouped(options.task):
        literals = [first + k for k in mine]
        sheet.exactly_one([*literals, *(-p - 1 for p in places.there(task))])
        _tie_length(task, [(first + k, shortest[k], longest[k]) for k in mine], places, sheet)
    dates = zip(tasks, options.release.tolist(), options.deadline.tolist())
    for literal, (task, release, deadline) in enumerate(dates, first):
        (start, _), (end, plus) = places.start[task], places.end[task]
        if release > sheet.lo[start]:
            sheet.linear({start: 1}, release, FREE, (literal,))
        if deadline < sheet.hi[end] + plus:
            sheet.linear({end: 1}, -FREE, deadline - plus, (literal,))
    for k, stretches in option_stretches(model).items():
        _inside(tasks[k], first + k, stretches, places, sheet, hints)


def _mode_filler(first: int, count: int) -> Callable[[Schedule, Values], None]:
    def fill(schedule: Schedule, values: Values) -> None:
        chosen = set() if schedule.mode is None else set(schedule.mode.tolist())
        values[first : first + count] = [int(k in chosen) for k in range(count)]

    return fill


def _grouped(owner: np.ndarray[tuple[int], np.dtype[np.int64]]) -> list[tuple[int, list[int]]]:
    """The places of each value of a column."""
    order = np.argsort(owner, kind="stable")
    heads = np.flatnonzero(np.r_[True, np.diff(owner[order]) != 0])
    return [(int(owner[g[0]]), g.tolist()) for g in np.split(order, heads[1:])]


def _tie_length(task: int, options: list[tuple[int, int, int]], places: Places, sheet: Sheet) -> None:
    """The task's length is that of its option; options are (literal, shortest, longest)."""
    length, constant = places.length[task]
    if length < 0:
        return
    if all(lo == hi for _, lo, hi in options):
        terms = {length: 1, **{literal: -lo for literal, lo, _ in options if lo}}
        sheet.linear(terms, -constant, -constant, places.there(task))
        return
    for literal, lo, hi in options:
        sheet.linear({length: 1}, lo - constant, hi - constant, (literal,))


def _inside(task: int, literal: int, stretches: Stretches, places: Places, sheet: Sheet, hints: Hints) -> None:
    """[start, end) lies in one of the stretches where the option is chosen."""
    (start, _), (end, plus) = places.start[task], places.end[task]
    low, high = sheet.lo[start], sheet.hi[end] + plus
    near = [(a, b) for a, b in stretches if b >= low and a <= high]
    chosen = [literal] if len(near) == 1 else [sheet.literal() for _ in near]
    if len(near) != 1:
        sheet.clause(chosen, (literal,))
    for one, (a, b) in zip(chosen, near):
        sheet.linear({start: 1}, a, FREE, (one,))
        sheet.linear({end: 1}, -FREE, b - plus, (one,))

    def fill(schedule: Schedule, values: Values) -> None:
        s, e = int(schedule.start[task]), int(schedule.end[task])
        for one, (a, b) in zip(chosen, near):
            values[one] = int(a <= s and e <= b)

    if len(near) > 1:
        hints.fill(fill)


def _place_members(model: Model, places: Places, sheet: Sheet, hints: Hints) -> None:
    picks = model.picks
    size = len(picks.resource)
    first = sheet.variables([0] * size, [1] * size)
    places.member = [(first + c, 0) for c in range(size)]
    ptr = picks.ptr.tolist()
    for k, (task, option, count) in enumerate(zip(picks.task.tolist(), picks.option.tolist(), picks.wanted.tolist())):
        literals = list(range(first + ptr[k], first + ptr[k + 1]))
        force = (places.mode[option][0],) if option >= 0 else places.there(task)
        terms = {**dict.fromkeys(literals, 1), **dict.fromkeys(force, -count)}
        if count == 1:
            sheet.exactly_one([*literals, *(-f - 1 for f in force)])
        else:
            sheet.linear(terms, 0 if force else count, 0 if force else count)

    def fill(schedule: Schedule, values: Values) -> None:
        if schedule.member is not None:
            values[first : first + size] = schedule.member.astype(np.int64).tolist()

    hints.fill(fill)


# what options and members hold


@dataclass
class Extras:
    """The intervals in which options and chosen members hold resources; one for each option, one for each candidate."""

    model: Model
    calendars: Calendars
    places: Places
    sheet: Sheet
    hints: Hints

    def by_resource(self) -> dict[int, list[Extra]]:
        """All demands that depend on choices, by resource."""
        found: dict[int, list[Extra]] = {}
        options, demands, picks = self.model.options, self.model.option_demands, self.model.picks
        held: dict[int, Extra | None] = {}
        task, shortest, longest = options.task.tolist(), options.shortest.tolist(), options.longest.tolist()
        for k, resource, amount in zip(*(column.tolist() for column in demands)):
            if k not in held:
                held[k] = self._extra(task[k], self.places.mode[k][0], (shortest[k], longest[k]), True)
            extra = held[k]
            if extra is not None:
                found.setdefault(resource, []).append(extra._replace(demand=amount))
        for c, (pick, resource) in enumerate(zip(picks.owner.tolist(), picks.resource.tolist())):
            t, k = int(picks.task[pick]), int(picks.option[pick])
            span = (shortest[k], longest[k]) if k >= 0 else (int(self.model.shortest[t]), int(self.model.longest[t]))
            extra = self._extra(t, self.places.member[c][0], span, False)
            if extra is not None:
                found.setdefault(resource, []).append(extra)
        return found

    def _extra(self, task: int, literal: int, span: tuple[int, int], option: bool) -> Extra | None:
        """One unit held by a task where a literal is true; None where it has no length then."""
        shortest, longest = span
        if longest == 0:
            return None
        start, when = self.places.start[task], literal
        if shortest == longest:
            interval = self.sheet.interval(start, (-1, shortest), (start[0], start[1] + shortest), (literal,))
            return Extra(task, 1, interval, start, shortest, (literal,), option)
        if shortest == 0:
            when = self._both(literal, self.places.busy[task])
        interval = self.sheet.interval(start, self.places.length[task], self.places.end[task], (when,))
        return Extra(task, 1, interval, start, -1, (when,), option)

    def _both(self, a: int, b: int) -> int:
        """A literal that is true exactly where two others are."""
        both = self.sheet.literal()
        self.sheet.clause([a], (both,))
        self.sheet.clause([b], (both,))
        self.sheet.clause([both, -a - 1, -b - 1])
        self.hints.fill(lambda _, values: values.__setitem__(both, values[a] & values[b]))
        return both

    def keep_out(self, resource: int, extras: Sequence[Extra]) -> None:
        """Nobody holds a resource while it has less than what is asked for."""
        steps = self.calendars.profiles.get(resource)
        horizon = self.model.horizon
        if steps is None:
            for e in extras:
                if e.demand > int(self.model.capacity[resource]):
                    self.sheet.clause([-x - 1 for x in e.when])
            return
        dips: dict[int, list[int]] = {}
        for e in extras:
            if e.length >= 0:
                open_ = spans_enough(steps, e.demand, horizon)
                ranges = [(a, b - e.length) for a, b in zip(open_.lo.tolist(), open_.hi.tolist()) if b - a >= e.length]
                self._start_in(e.start, ranges, e.when)
                continue
            if e.demand not in dips:
                low = spans_below(steps, e.demand, horizon)
                dips[e.demand] = [
                    self.sheet.interval((-1, a), (-1, b - a), (-1, b)) for a, b in zip(low.lo.tolist(), low.hi.tolist())
                ]
            if dips[e.demand]:
                self.sheet.no_overlap([e.interval, *dips[e.demand]])

    def _start_in(self, start: Affine, ranges: list[tuple[int, int]], when: tuple[int, ...]) -> None:
        variable, constant = start
        if variable >= 0:
            self.sheet.linear_in({variable: 1}, [(a - constant, b - constant) for a, b in ranges], when)
        elif not any(a <= constant <= b for a, b in ranges):
            self.sheet.clause([], when)
