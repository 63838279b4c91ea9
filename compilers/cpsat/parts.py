"""Demands on parts of tasks: an interval [A, B) for each, which the capacity counts like any other.

A and B are the task's start s or end e plus constants. Where the length of the part is a constant d > 0, the interval
is [A, A + d); where it may be 0 or less, it is there exactly where a literal says that B - A >= 1. A part lies in the
horizon wherever it is there, and is kept out of times at which the resource has less (`Extras.keep_out`).
"""

from __future__ import annotations

from schedc.compilers.cpsat.hints import Hints, Values
from schedc.compilers.cpsat.options import Extra
from schedc.compilers.cpsat.places import Places
from schedc.compilers.cpsat.sheet import FREE, Affine, Sheet
from schedc.models.expressions import Point
from schedc.models.model import Model
from schedc.models.parts import lengths_of, reach
from schedc.models.schedule import Schedule


def add_parts(extras: dict[int, list[Extra]], model: Model, places: Places, sheet: Sheet, hints: Hints) -> None:
    """Write the intervals of all parts, and add them to what is held of each resource."""
    parts = model.part_demands
    if not len(parts.task):
        return
    shortest, longest = lengths_of(model, parts)
    least, most = reach(parts, shortest, longest)
    rows = zip(*(c.tolist() for c in (*parts, shortest, longest, least, most)))
    for task, option, resource, amount, a, first, b, last, low, high, thin, wide in rows:
        if wide <= 0:
            continue
        when = places.there(task) if option < 0 else (places.mode[option][0],)
        ends = _end(places, task, low, high)
        begin, finish = ((places.start[task], ends)[point] for point in (a, b))
        span = (begin[0], begin[1] + first), (finish[0], finish[1] + last)
        if thin < wide:
            extra = _varying(model, (task, amount), span, thin, when, sheet, hints, (a, first, b, last))
        else:
            extra = _steady(model, (task, amount), span[0], wide, when, sheet)
        extras.setdefault(resource, []).append(extra)


def _end(places: Places, task: int, shortest: int, longest: int) -> Affine:
    """The end of a task, or where its option has a fixed length its start and that."""
    start = places.start[task]
    return (start[0], start[1] + shortest) if shortest == longest else places.end[task]


def _within(model: Model, begin: Affine, finish: Affine, when: tuple[int, ...], sheet: Sheet) -> None:
    """0 <= begin and finish <= H."""
    for (variable, constant), lo, hi in ((begin, 0, FREE), (finish, -FREE, model.horizon)):
        if variable < 0:
            if not lo <= constant <= hi:
                sheet.clause([], when)
        elif sheet.lo[variable] + constant < lo or sheet.hi[variable] + constant > hi:
            sheet.linear({variable: 1}, max(lo - constant, -FREE), min(hi - constant, FREE), when)


def _steady(
    model: Model, asked: tuple[int, int], begin: Affine, length: int, when: tuple[int, ...], sheet: Sheet
) -> Extra:
    finish = begin[0], begin[1] + length
    _within(model, begin, finish, when, sheet)
    return Extra(*asked, sheet.interval(begin, (-1, length), finish, when), begin, length, when, False, True)


def _varying(
    model: Model, asked: tuple[int, int], span: tuple[Affine, Affine], thin: int, when: tuple[int, ...], sheet: Sheet,
    hints: Hints, said: tuple[int, int, int, int],
) -> Extra:
    """A part whose length varies; `said` are its points and shifts."""
    (v, p), (w, q) = span
    low, high = thin, sheet.hi[w] + q - sheet.lo[v] - p
    size = sheet.variable(max(low, 0), max(high, low, 0))
    busy = () if low >= 1 else (sheet.literal(),)
    terms = {w: 1, v: -1} if v != w else {}
    inside = (*when, *busy)
    sheet.linear({**terms, size: -1}, p - q, p - q, inside)
    for literal in busy:
        sheet.linear(terms, 1 + p - q, FREE, (*when, literal))
        sheet.linear(terms, -FREE, p - q, (*when, -literal - 1))
    _within(model, span[0], span[1], inside, sheet)
    task, (a, first, b, last) = asked[0], said

    def fill(schedule: Schedule, values: Values) -> None:
        points = schedule.start, schedule.end
        long = int(points[b][task]) + last - int(points[a][task]) - first
        values[size] = max(long, low, 0)
        for literal in busy:
            values[literal] = int(long >= 1)

    hints.fill(fill)
    interval = sheet.interval(span[0], (size, 0), span[1], inside)
    return Extra(*asked, interval, span[0], -1, inside, False, True)


assert (Point.START, Point.END) == (0, 1)       # the columns of points index (start, end)
