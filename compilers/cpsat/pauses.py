"""A pausable task by mapping elapsed to worked time.

With the calendar's gaps k of size g_k and U_k open ticks before them (see `calendars`), u the number of the open tick
on which the task starts and v = u + length:

    start = u + sum of g_k [u >= U_k]        end = v + sum of g_k [v >= U_k + 1]

One 0/1 variable a gap and a side that the windows leave open, none a tick. Each of them is tied to u or v and to the
start or end, which jump over the gap at that moment:

    [u >= U_k] <=> start >= hi_k, and otherwise start <= lo_k - 1
    [v >= U_k + 1] <=> end >= hi_k + 1, and otherwise end <= lo_k
"""

from __future__ import annotations

from bisect import bisect_right

from schedc.compilers.calendars import Calendar
from schedc.compilers.cpsat.hints import Hints, Values
from schedc.compilers.cpsat.sheet import FREE, Affine, Sheet
from schedc.models.schedule import Schedule


def place_pausable(
    task: int, calendar: Calendar, points: tuple[int, int, Affine], there: tuple[int, ...], busy: int | None,
    sheet: Sheet, hints: Hints,
) -> tuple[Affine, Affine]:
    """Tie start, end (variables) and length of a task of length > 0, or of length >= 0 with the literal `busy`.

    `there`: literals under which the task is present. Returns u and v.
    """
    start, end, length = points
    when = there if busy is None else (*there, busy)
    first = _worked_start(task, calendar, start, when, sheet, hints)
    last = _worked_end(task, first, length, sheet, hints)
    _tie(calendar, (start, 0), (first, 0), 0, when, sheet, hints)
    _tie(calendar, (end, 0), last, 1, when, sheet, hints)
    if busy is not None:      # of length 0: it ends where it starts, and may lie in a gap
        sheet.linear({end: 1, start: -1}, 0, 0, [*there, -busy - 1])
    return (first, 0), last


def _worked_start(
    task: int, calendar: Calendar, start: int, when: tuple[int, ...], sheet: Sheet, hints: Hints
) -> int:
    low, high = calendar.worked(sheet.lo[start]), calendar.worked(sheet.hi[start])
    variable = sheet.variable(low, high)

    def fill(schedule: Schedule, values: Values) -> None:
        values[variable] = calendar.worked(int(schedule.start[task]))

    hints.fill(fill)
    return variable


def _worked_end(task: int, first: int, length: Affine, sheet: Sheet, hints: Hints) -> Affine:
    size, constant = length
    if size < 0:
        return first, constant
    variable = sheet.variable(sheet.lo[first] + sheet.lo[size], sheet.hi[first] + sheet.hi[size])
    sheet.linear({variable: 1, first: -1, size: -1}, 0, 0)

    def fill(schedule: Schedule, values: Values) -> None:
        values[variable] = values[first] + values[size]

    hints.fill(fill)
    return variable, 0


def _tie(
    calendar: Calendar, point: Affine, worked: Affine, late: int, when: tuple[int, ...], sheet: Sheet, hints: Hints
) -> None:
    """point = worked + the gaps passed; `late` is 1 for an end, which passes a gap one open tick later."""
    variable, constant = worked
    low, high = sheet.lo[variable] + constant, sheet.hi[variable] + constant
    terms = {point[0]: 1, variable: -1}
    first = bisect_right(calendar.before, low - late)       # the gaps before it are passed for certain
    literals: list[tuple[int, int]] = []
    for k in range(first, bisect_right(calendar.before, high - late)):
        literal, threshold = sheet.literal(), calendar.before[k] + late - constant
        lo, hi = calendar.lo[k], calendar.hi[k]
        literals.append((literal, threshold))
        terms[literal] = lo - hi
        _jump(sheet, literal, (variable, threshold), (point[0], lo + late - 1, hi + late), when)
    passed = constant + calendar.shift[first]
    sheet.linear(terms, passed, passed, when)

    def fill(schedule: Schedule, values: Values) -> None:
        for literal, threshold in literals:
            values[literal] = int(values[variable] >= threshold)

    hints.fill(fill)


def _jump(
    sheet: Sheet, literal: int, worked: tuple[int, int], point: tuple[int, int, int], when: tuple[int, ...]
) -> None:
    """literal <=> worked >= threshold; with it the point is at least `after`, without it at most `until`."""
    variable, threshold = worked
    where, until, after = point
    sheet.linear({variable: 1}, threshold, FREE, [literal])
    sheet.linear({variable: 1}, -FREE, threshold - 1, [-literal - 1])
    sheet.linear({where: 1}, after, FREE, [literal, *when])
    sheet.linear({where: 1}, -FREE, until, [-literal - 1, *when])
