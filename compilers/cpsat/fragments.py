"""The stay of a pausable task on a resource that it leaves to others in some of its pauses.

With the cuts [c_j, d_j) in which it holds nothing, its stay falls into pieces j between d_(j-1) and c_j. Since it
starts and ends on worked ticks, S_j <=> start >= d_(j-1) and E_j <=> end > d_(j-1) say where it begins and ends, and
piece j is

    present <=> E_j and not S_(j+1);  from start if S_j, else from d_(j-1);  to c_j if E_(j+1), else to end.
"""

from __future__ import annotations

from schedc.compilers.cpsat.hints import Hints, Values
from schedc.compilers.cpsat.places import Places
from schedc.compilers.cpsat.sheet import Sheet
from schedc.models.schedule import Schedule

Cuts = list[tuple[int, int]]


def fragments(task: int, cuts: Cuts, places: Places, sheet: Sheet, hints: Hints) -> list[int]:
    """The optional intervals of a task's stay; one plain interval where its window meets no cut."""
    start, end = places.start[task][0], places.end[task][0]
    low, high = sheet.lo[start], sheet.hi[end]
    near = [(a, b) for a, b in cuts if a < high and b > low]
    if not near:
        return [places.interval(sheet, task)]
    begun = [_reaches(sheet, hints, start, b, task, False) for _, b in near]
    ended = [_reaches(sheet, hints, end, b + 1, task, True) for _, b in near]
    found = []
    for j in range(len(near) + 1):
        opening = (begun[j - 1], ended[j - 1], near[j - 1][1]) if j else None
        closing = (begun[j], ended[j], near[j][0]) if j < len(near) else None
        found.append(_piece(task, opening, closing, places, sheet, hints))
    return found


def _reaches(sheet: Sheet, hints: Hints, variable: int, value: int, task: int, of_end: bool) -> int:
    """literal <=> variable >= value, where the variable is the task's start or end."""
    literal = sheet.literal()
    sheet.at_least(literal, (variable, 0), value)

    def fill(schedule: Schedule, values: Values) -> None:
        values[literal] = int((schedule.end if of_end else schedule.start)[task] >= value)

    hints.fill(fill)
    return literal


_Edge = tuple[int, int, int]


def _piece(
    task: int, opening: _Edge | None, closing: _Edge | None, places: Places, sheet: Sheet, hints: Hints
) -> int:
    """The piece between two cuts. An edge: literals of a start and of an end beyond the cut, and the piece's side."""
    start, end = places.start[task][0], places.end[task][0]
    begin = opening[2] if opening else sheet.lo[start]
    close = closing[2] if closing else sheet.hi[end]
    present = sheet.literal()
    first, last = sheet.variable(min(begin, close), close), sheet.variable(begin, max(begin, close))
    size = sheet.variable(0, max(0, close - begin))
    conditions = list(places.presence(task))
    if opening:
        conditions.append(opening[1])
        _choose(sheet, present, opening[0], first, start, begin)
    else:
        sheet.linear({first: 1, start: -1}, 0, 0, [present])
    if closing:
        conditions.append(-closing[0] - 1)
        _choose(sheet, present, -closing[1] - 1, last, end, close)
    else:
        sheet.linear({last: 1, end: -1}, 0, 0, [present])
    sheet.linear({last: 1, first: -1, size: -1}, 0, 0, [present])
    sheet.clause([present], conditions)
    for condition in conditions:
        sheet.clause([condition], [present])

    def fill(schedule: Schedule, values: Values) -> None:
        s, e = int(schedule.start[task]), int(schedule.end[task])
        there = all(values[c] if c >= 0 else 1 - values[-c - 1] for c in conditions)
        values[present] = int(there)
        values[first] = max(s, begin) if there else min(begin, close)
        values[last] = min(e, close) if there else max(begin, close)
        values[size] = values[last] - values[first]

    hints.fill(fill)
    return sheet.interval((first, 0), (size, 0), (last, 0), [present])


def _choose(sheet: Sheet, present: int, literal: int, variable: int, point: int, edge: int) -> None:
    """While present: variable = point if the literal holds, else the edge."""
    sheet.linear({variable: 1, point: -1}, 0, 0, [present, literal])
    sheet.linear({variable: 1}, edge, edge, [present, -literal - 1])
