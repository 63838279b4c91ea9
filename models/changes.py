"""Uses of resources that change their state, by columns over a whole model."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from schedc.models.columns import Flags, Ints, ints
from schedc.models.options import choices_of
from schedc.models.schedule import Schedule
from schedc.models.statements import Change, Choice, Resources, Uses

if TYPE_CHECKING:
    from schedc.models.model import Model


class Stays(NamedTuple):
    """Every use of a resource with `change`, sorted by resource: by the task, in a state.

    option, candidate: the number of what must be chosen for it, -1 where nothing must.
    """

    task: Ints
    resource: Ints
    state: Ints
    option: Ints
    candidate: Ints

    def take(self, rows: Ints | Flags) -> Stays:
        """Some of them."""
        return Stays(*(column[rows] for column in self))


def stays_of(model: Model) -> Stays:
    """The uses of all changing resources, by tasks that can have a length; equal ones once."""
    parts = [ints([])] * 5
    rows = [np.stack(parts)]
    if any(r.change is not None for r in model.resources):
        rows += [np.stack(columns) for columns in _uses(model)]
    found = np.concatenate(rows, axis=1)
    found = found[:, model.longest[found[0]] > 0]
    if found.shape[1]:
        found = np.unique(found[[1, 0, 2, 3, 4]], axis=1)[[1, 0, 2, 3, 4]]
    return Stays(*found)


def _uses(model: Model) -> Iterator[tuple[Ints, Ints, Ints, Ints, Ints]]:
    for t in model.tasks:
        places = [(u, t.first + u.row, np.full(len(u.row), -1)) for u in t.uses]
        places += [(u, t.first + m.row[u.row], m.first + u.row) for m in t.modes for u in m.uses]
        for u, task, option in places:
            if u.state is not None:
                yield task, u.resource, u.state, option, np.full(len(task), -1)
    for t, m, c in choices_of(model):
        if c.state is not None:
            size = np.diff(c.ptr)
            row = np.repeat(c.row, size)
            task = t.first + (row if m is None else m.row[row])
            option = np.full(len(row), -1) if m is None else m.first + row
            yield task, c.resource, np.repeat(c.state, size), option, c.first + np.arange(len(row))


def in_force(stays: Stays, schedule: Schedule) -> Flags:
    """Which uses a schedule holds: of present tasks with a length, and chosen."""
    held: Flags = schedule.end[stays.task] > schedule.start[stays.task]
    if schedule.present is not None:
        held &= schedule.present[stays.task]
    if schedule.mode is not None:
        held &= (stays.option < 0) | (schedule.mode[stays.task] == stays.option)
    if len(stays.task) and schedule.member is not None and len(schedule.member):
        held &= (stays.candidate < 0) | schedule.member[stays.candidate]
    return held


def changing(model: Model) -> Iterator[tuple[int, int, Resources, Change]]:
    """Every resource with `change`: its number, its row, its family and the change."""
    for r in model.resources:
        if r.change is not None:
            for row in range(r.family.size):
                yield r.first + row, row, r, r.change


def first_change(change: Change, row: int, state: Ints) -> Ints:
    """How long a resource needs before its first use in each of these states."""
    start = int(change.starts[row])
    if start < 0:
        return np.zeros(len(state), dtype=np.int64)
    return change.between(np.full(len(state), row), np.full(len(state), start), state)


def setup_time(model: Model, schedule: Schedule) -> int:
    """The time that all resources spend changing in a schedule that keeps the model."""
    stays = model.stays
    stays = stays.take(in_force(stays, schedule))
    order = np.lexsort((schedule.start[stays.task], stays.resource))
    stays = stays.take(order)
    total = 0
    for number, row, _, change in changing(model):
        lo, hi = np.searchsorted(stays.resource, [number, number + 1])
        state = stays.state[lo:hi]
        if len(state):
            total += int(first_change(change, row, state[:1]).sum())
            total += int(change.between(np.full(len(state) - 1, row), state[:-1], state[1:]).sum())
    return total


class Reach(NamedTuple):
    """By task: the longest change that may stand right before one of its uses, the first included, and right after."""

    before: Ints
    after: Ints


def reach_of(model: Model) -> Reach:
    """The longest changes around every task."""
    before, after = np.zeros(model.task_count, dtype=np.int64), np.zeros(model.task_count, dtype=np.int64)
    stays = model.stays
    for number, row, _, change in changing(model):
        lo, hi = np.searchsorted(stays.resource, [number, number + 1])
        state, task = stays.state[lo:hi], stays.task[lo:hi]
        if len(state):
            used, place = np.unique(state, return_inverse=True)
            into, out = _extremes(change, row, used)
            np.maximum.at(before, task, np.maximum(into[place], first_change(change, row, state)))
            np.maximum.at(after, task, out[place])
    return Reach(before, after)


def _extremes(change: Change, row: int, used: Ints) -> tuple[Ints, Ints]:
    """The longest change into each of these states from another of them, and out of each."""
    n = len(used)
    if not len(change.time):
        whole = np.full(n, int(change.every[row]) if n > 1 else 0)
        return whole, whole
    matrix = change.between(np.full(n * n, row), np.repeat(used, n), np.tile(used, n)).reshape(n, n)
    return matrix.max(axis=0), matrix.max(axis=1)


# what a model promises


def unsound_changes(model: Model) -> Iterator[str]:
    """What is wrong with the changes of a model and the states of its uses, in words."""
    known = np.zeros(model.resource_count, dtype=np.bool_)
    for r in model.resources:
        if r.change is not None:
            known[r.first : r.first + r.family.size] = True
            yield from _unsound(f"resource {r.family.name}", r, r.change, model.task_count)
    holders: list[Uses | Choice] = []
    for t in model.tasks:
        holders += [*t.uses, *t.choices]
        for m in t.modes:
            holders += [*m.uses, *m.choices]
    for u in holders:
        if not len(u.resource) or u.resource.min() < 0 or u.resource.max() >= len(known):
            continue
        where = f"uses at {u.origin.address}"
        if not np.all(known[u.resource] == (u.state is not None)):
            yield f"{where}: states of a resource that does not change, or a change without a state"
        elif u.state is not None:
            family, _ = model.resource_family(int(u.resource[0]))
            change = family.change
            if change is None or len(u.state) != len(u.row):
                yield f"{where}: {len(u.state)} states for {len(u.row)} uses"
            elif len(u.state):
                limit = len(change.names) + (0 if len(change.time) else model.task_count)
                if u.state.min() < 0 or u.state.max() >= limit:
                    yield f"{where}: a state that does not exist"


def _unsound(where: str, r: Resources, change: Change, tasks: int) -> Iterator[str]:
    size, n = r.family.size, len(change.names)
    if any(len(column) != size for column in (change.every, change.which, change.starts)):
        yield f"{where}: columns of a change that are not one a member"
        return
    if len(change.time) and (len(change.time) % (n * n) or not np.all(
        (change.which >= 0) & (change.which < len(change.time) // (n * n))
    )):
        yield f"{where}: a table of changes that does not fit its states"
    if np.any(change.every < 0) or np.any(change.time < -1):
        yield f"{where}: a negative change"
    if np.any((change.starts < -1) | (change.starts >= max(n, 1))):
        yield f"{where}: starts in a state that does not exist"
