"""When how much of a resource is there: the steps of every distinct calendar, by counting spans."""

from __future__ import annotations

import numpy as np

from schedc.models.columns import UNLIMITED, Flags, Ints, SpanSets
from schedc.models.model import Model
from schedc.models.records import dataclass
from schedc.models.statements import Open
from schedc.models.verify.sets import cover, pointers, ranges, tails, upto


@dataclass(frozen=True)
class Calendars:
    """What `open` and `downtime` leave of each resource.

    of[r]: the calendar of resource r; calendar c leaves limit[i] from tick at[i] on, ptr[c] <= i < ptr[c+1], the first
    of them at tick 0. The capacity of r is the lesser of that and of its nominal capacity. Calendar 0 limits nothing.
    rows[r]: the (statement, row) pairs that name r.
    """

    of: Ints
    ptr: Ints
    at: Ints
    limit: Ints
    rows: dict[int, tuple[tuple[int, int], ...]]

    def __len__(self) -> int:
        return len(self.ptr) - 1

    def limit_at(self, calendar: Ints, tick: Ints) -> Ints:
        """What the calendars leave at these ticks (at least 0)."""
        return self.limit[upto(self.ptr, self.at, calendar, tick) - 1]


def calendars(model: Model) -> Calendars:
    """Group the resources by the spans that apply to them, then lay each group's spans on the axis once."""
    rows = _rows(model)
    of = np.zeros(model.resource_count, dtype=np.int64)
    keys: dict[tuple[object, ...], int] = {(): 0}
    example: list[tuple[tuple[int, int], ...]] = [()]
    for r, mine in rows.items():
        key = tuple(_key(model, s, k) for s, k in mine)
        if key not in keys:
            keys[key] = len(keys)
            example.append(mine)
        of[r] = keys[key]
    ptr, at, limit = _steps(model, example)
    return Calendars(of, ptr, at, limit, rows)


def _rows(model: Model) -> dict[int, tuple[tuple[int, int], ...]]:
    found: dict[int, list[tuple[int, int]]] = {}
    for s, statement in enumerate(model.availability):
        for k, r in enumerate(statement.resource.tolist()):
            found.setdefault(r, []).append((s, k))
    return {r: tuple(mine) for r, mine in found.items()}


def _key(model: Model, s: int, k: int) -> tuple[int, int, int]:
    statement = model.availability[s]
    return s, int(statement.which[k]), -1 if isinstance(statement, Open) else int(statement.leaving[k])


def _steps(model: Model, calendars: list[tuple[tuple[int, int], ...]]) -> tuple[Ints, Ints, Ints]:
    size = len(calendars)
    owner, lo, hi, left = _spans(model, calendars)
    every = np.arange(size)
    marks, at = np.r_[every, owner, owner], np.r_[np.zeros(size, dtype=np.int64), lo, hi]
    order = np.lexsort((at, marks))
    marks, at = marks[order], at[order]
    last = tails(marks, at)
    marks, at = marks[last], at[last]
    limit = np.full(len(at), UNLIMITED, dtype=np.int64)
    opened = left < 0
    for leaving in np.unique(left[~opened])[::-1].tolist():
        down = left == leaving
        limit[_covered(marks, at, size, owner[down], lo[down], hi[down])] = leaving
    has_open = np.zeros(size, dtype=np.bool_)
    has_open[[c for c, mine in enumerate(calendars) if any(_is_open(model, s) for s, _ in mine)]] = True
    limit[has_open[marks] & ~_covered(marks, at, size, owner[opened], lo[opened], hi[opened])] = 0
    return pointers(marks, size), at, limit


def _covered(marks: Ints, at: Ints, size: int, owner: Ints, lo: Ints, hi: Ints) -> Flags:
    if not len(lo):
        return np.zeros(len(at), dtype=np.bool_)
    steps = cover(size, owner, lo, hi)
    p = upto(steps.ptr, steps.at, marks, at)
    covered: Flags = (p > steps.ptr[marks]) & (steps.depth[p - 1] > 0)
    return covered


def _is_open(model: Model, s: int) -> bool:
    return isinstance(model.availability[s], Open)


def _spans(model: Model, calendars: list[tuple[tuple[int, int], ...]]) -> tuple[Ints, Ints, Ints, Ints]:
    """All spans of all calendars within the horizon: calendar, lo, hi, and what is left (-1 for an `open`)."""
    entries = [(s, c, *_key(model, s, k)[1:]) for c, mine in enumerate(calendars) for s, k in mine]
    parts = []
    table = np.array(sorted(entries), dtype=np.int64).reshape(-1, 4)
    for s in np.unique(table[:, 0]).tolist():
        of_s = table[table[:, 0] == s]
        parts.append(_expanded(model.availability[s].spans, of_s[:, 1], of_s[:, 2], of_s[:, 3]))
    if not parts:
        none = np.zeros(0, dtype=np.int64)
        return none, none, none, none
    owner, lo, hi, left = (np.concatenate(column) for column in zip(*parts))
    lo, hi = np.clip(lo, 0, model.horizon), np.clip(hi, 0, model.horizon)
    keep = lo < hi
    return owner[keep], lo[keep], hi[keep], left[keep]


def _expanded(spans: SpanSets, calendar: Ints, which: Ints, left: Ints) -> tuple[Ints, Ints, Ints, Ints]:
    entry, position = ranges(spans.ptr[which], spans.ptr[which + 1])
    return calendar[entry], spans.lo[position], spans.hi[position], left[entry]
