"""`change` and `permutation`: the order in which tasks stand, use by use and pair by pair."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

import numpy as np

from schedc.models.columns import Flags, Ints
from schedc.models.statements import Change, Choice, Modes, Permutation, Resources, Uses
from schedc.models.verify.case import Case, held
from schedc.models.verify.pieces import split
from schedc.models.verify.verdict import Violation


class Visit(NamedTuple):
    """A use of a resource in a state."""

    start: int
    task: int
    state: int
    end: int


def judge_changes(case: Case) -> int:
    """Judge every resource that changes its state; the time that all of them spend changing.

    The visits of a resource are walked in order of start (of task number where they start together). A new segment
    begins with each visit in another state than the one before; it is broken by what is missing between the last end
    in the old segment and its own start.
    """
    families = [r for r in case.model.resources if r.change is not None]
    if not families:
        return 0
    visits = _visits(case)
    return sum(_judge_family(case, r, r.change, visits) for r in families if r.change is not None)


def _visits(case: Case) -> dict[int, set[Visit]]:
    """The visits by resource."""
    found: dict[int, set[Visit]] = {}
    start, end = case.start.tolist(), case.end.tolist()
    pieces = {
        t: list(zip(*(column.tolist() for column in case.pieces.of(t))))
        for t in np.flatnonzero(split(case.model)).tolist()
    }
    for task, resource, state in _held(case):
        if end[task] > start[task]:
            for lo, hi in pieces.get(task, [(start[task], end[task])]):
                found.setdefault(resource, set()).add(Visit(lo, task, state, hi))
    return found


def _held(case: Case) -> Iterator[tuple[int, int, int]]:
    """(task, resource, state) of every use in force."""
    for t in case.model.tasks:
        modes: list[Modes | None] = [None, *t.modes]
        for m in modes:
            force = held(case.present, case.mode, t, m)
            mine: list[Uses | Choice] = [*(t if m is None else m).uses, *(t if m is None else m).choices]
            for u in mine:
                if u.state is not None:
                    yield from _one_clause(case, t.first, u, u.row if m is None else m.row[u.row], force[u.row])


def _one_clause(case: Case, first: int, u: Uses | Choice, row: Ints, force: Flags) -> Iterator[tuple[int, int, int]]:
    assert u.state is not None
    if isinstance(u, Uses):
        keep = np.flatnonzero(force)
        columns = first + row[keep], u.resource[keep], u.state[keep]
    else:
        taken = np.flatnonzero(case.member[u.first : u.first + len(u.resource)])
        owner = np.searchsorted(u.ptr, taken, side="right") - 1
        columns = first + row[owner], u.resource[taken], u.state[owner]
    yield from zip(*(column.tolist() for column in columns))


def _judge_family(case: Case, r: Resources, change: Change, visits: dict[int, set[Visit]]) -> int:
    total = 0
    broken: list[_Broken] = []
    for row in range(r.family.size):
        spent, wrong = _walk(r.first + row, change, row, sorted(visits.get(r.first + row, ())))
        total += spent
        broken += wrong

    def tell(k: int) -> Violation:
        resource, before, visit, ready = broken[k]
        return _violation(case, change, resource, before, visit, ready)

    case.report("change", change.origin, np.arange(len(broken)), tell)
    return total


_Broken = tuple[int, Visit | None, Visit, int]


def _walk(resource: int, change: Change, row: int, visits: list[Visit]) -> tuple[int, list[_Broken]]:
    """The time spent on changes, and the visits that come too early: behind which, and when they might start."""
    spent = 0
    broken: list[_Broken] = []
    last: Visit | None = None
    state, until = int(change.starts[row]), 0
    for visit in visits:
        if state >= 0 and visit.state != state:
            wanted = _distance(change, row, state, visit.state)
            spent += wanted
            if visit.start < until + wanted:
                broken.append((resource, last, visit, until + wanted))
        if visit.state != state or last is None or visit.end > until:
            last, until = visit, visit.end
        state = visit.state
    return spent, broken


def _distance(change: Change, row: int, before: int, after: int) -> int:
    if not len(change.time):
        return int(change.every[row])
    n = len(change.names)
    return int(change.time.reshape(-1, n, n)[int(change.which[row]), before, after])


def _violation(
    case: Case, change: Change, resource: int, before: Visit | None, visit: Visit, ready: int
) -> Violation:
    name, task = case.model.resource_name(resource), case.model.task_name(visit.task)
    tasks: tuple[str, ...] = (task,)
    behind = "from its first state"
    if before is not None:
        tasks = (case.model.task_name(before.task), task)
        behind = f"after `{tasks[0]}`"
    message = (
        f"`{task}` starts at {case.when(visit.start)}, but `{name}` is there for it only at {case.when(ready)}, "
        f"when it has changed {behind}"
    )
    return Violation("change", change.origin, name, message, ready - visit.start, visit.start, tasks)


# ---- permutation ----


def judge_permutations(case: Case) -> None:
    """In each instance, the order of the first family's starts is that of the second's.

    The pairs are walked in order of the first start. A pair is broken that, though it starts later than another in the
    first family, does not in the second; or starts with it in the one and not in the other.
    """
    for p in case.model.permutations:
        broken: list[tuple[int, int]] = []
        for lo, hi in zip(p.ptr[:-1].tolist(), p.ptr[1:].tolist()):
            broken += _inversions(case, p, lo, hi)

        def tell(k: int, p: Permutation = p, broken: list[tuple[int, int]] = broken) -> Violation:
            return _out_of_order(case, p, *broken[k])

        case.report("permutation", p.origin, np.arange(len(broken)), tell)


def _inversions(case: Case, p: Permutation, lo: int, hi: int) -> Iterator[tuple[int, int]]:
    """For each place of an instance that is out of order: an earlier place of the walk that shows it, and itself."""
    places = sorted(
        (int(case.start[p.first[k]]), int(case.start[p.second[k]]), k) for k in range(lo, hi)
        if case.present[p.first[k]] and case.present[p.second[k]]
    )
    latest: tuple[int, int] | None = None       # the greatest second start so far, and minus the place that has it
    for _, together in groupby(places, key=itemgetter(0)):
        group = list(together)
        for _, other, k in group:
            if latest is not None and latest[0] >= other:
                yield -latest[1], k
            elif other != group[0][1]:
                yield group[0][2], k
        last = max((other, -k) for _, other, k in group)
        latest = last if latest is None else max(latest, last)


def _out_of_order(case: Case, p: Permutation, earlier: int, k: int) -> Violation:
    a, b = case.model.task_name(int(p.first[k])), case.model.task_name(int(p.second[k]))
    c, d = case.model.task_name(int(p.first[earlier])), case.model.task_name(int(p.second[earlier]))
    at, other = int(case.start[p.second[k]]), int(case.start[p.second[earlier]])
    together = case.start[p.first[k]] == case.start[p.first[earlier]]
    said = f"starts with `{c}`" if together else f"starts after `{c}`"
    message = f"`{a}` {said}, but `{b}` starts at {case.when(at)} and `{d}` at {case.when(other)}"
    amount = abs(at - other) + (0 if together else 1)
    return Violation("permutation", p.origin, f"{c}, {a}", message, amount, at, (c, a, d, b))
