"""What the tasks ask of the resources, and when a pausable task must pause."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from schedc.models.columns import UNLIMITED, Flags, Ints
from schedc.models.model import Model
from schedc.models.records import dataclass
from schedc.models.statements import Tasks
from schedc.models.verify.availability import Calendars
from schedc.models.verify.case import Case, held
from schedc.models.verify.sets import Unions, pairs, ranges, unions

NEVER_ENOUGH = UNLIMITED + 1    # a demand above any limit


class Totals(NamedTuple):
    """Each task's whole demand on each resource, sorted by resource, then task; amounts > 0.

    amount is int64, or of Python integers where sums could pass 64 bits.
    """

    task: Ints
    resource: Ints
    amount: Ints


def totals(case: Case) -> Totals:
    """Add up the demands of every `uses`: those of tasks and of chosen modes, and one unit for each member taken."""
    uses = [(u.row + t.first, u.resource, u.amount) for t in case.model.tasks for u in t.uses]
    uses += [demand for t in case.model.tasks if t.modes or t.choices for demand in _chosen(case, t)]
    if not uses:
        none = np.zeros(0, dtype=np.int64)
        return Totals(none, none, none)
    task, resource, amount = (np.concatenate(column) for column in zip(*uses))
    if float(np.sum(np.abs(amount), dtype=np.float64)) > UNLIMITED / 2:
        amount = amount.astype(object)
    kept = amount > 0
    task, resource, amount = task[kept], resource[kept], amount[kept]
    order = np.lexsort((task, resource))
    task, resource, amount = task[order], resource[order], amount[order]
    fresh = np.r_[True, (task[1:] != task[:-1]) | (resource[1:] != resource[:-1])][: len(task)]
    heads = np.flatnonzero(fresh)
    sums = np.add.reduceat(amount, heads) if len(heads) else amount
    return Totals(task[heads], resource[heads], sums)


def _chosen(case: Case, t: Tasks) -> Iterator[tuple[Ints, Ints, Ints]]:
    """What the modes and members of a family's tasks ask for: task, resource, amount."""
    for m in t.modes:
        chosen = held(case.present, case.mode, t, m)
        for u in m.uses:
            keep = chosen[u.row]
            yield t.first + m.row[u.row[keep]], u.resource[keep], u.amount[keep]
    places = [(c, c.row) for c in t.choices] + [(c, m.row[c.row]) for m in t.modes for c in m.choices]
    for choice, row in places:
        taken = np.flatnonzero(case.member[choice.first : choice.first + len(choice.resource)])
        owner = np.repeat(row, np.diff(choice.ptr))[taken]
        yield t.first + owner, choice.resource[taken], np.ones(len(taken), dtype=np.int64)


class Lows(NamedTuple):
    """The ticks at which demands find less than they ask for: demand row d has the spans of list of[d]."""

    of: Ints
    spans: Unions

    def any(self, rows: Ints) -> Flags:
        """Whether a demand ever finds less than it asks for."""
        which = self.of[rows]
        found: Flags = self.spans.ptr[which + 1] > self.spans.ptr[which]
        return found


def lows(model: Model, times: Calendars, demands: Totals, rows: Ints) -> Lows:
    """One list for each distinct (calendar, amount) of the demands `rows`; the others have list 0, which is empty."""
    calendar = times.of[demands.resource[rows]]
    asked = np.where(demands.amount[rows] <= model.capacity[demands.resource[rows]], demands.amount[rows], NEVER_ENOUGH)
    asked = asked.astype(np.int64)
    calendar, asked, number = pairs(calendar, asked)
    of = np.zeros(len(demands.task), dtype=np.int64)
    of[rows] = number + 1
    owner, step = ranges(times.ptr[calendar], times.ptr[calendar + 1])
    until = np.r_[times.at[1:], model.horizon]
    until[times.ptr[1:] - 1] = model.horizon
    low = times.limit[step] < asked[owner]
    owner, step = owner[low], step[low]
    return Lows(of, unions(len(asked) + 1, owner + 1, times.at[step], until[step]))


@dataclass(frozen=True)
class Pauses:
    """When pausable tasks pause: task t has the spans of list of[t] (list 0, empty, for all others)."""

    of: Ints
    spans: Unions

    def ticks_between(self, tasks: Ints, lo: Ints, hi: Ints) -> Ints:
        """Paused ticks of each task in [lo, hi)."""
        which = self.of[tasks]
        return self.spans.ticks_before(which, hi) - self.spans.ticks_before(which, lo)

    def around(self, tasks: Ints, tick: Ints) -> tuple[Ints, Ints]:
        """The pause that holds a tick, as (lo, hi); empty where the task works then."""
        return self.spans.span_at(self.of[tasks], tick)


def pauses(tasks: int, demands: Totals, low: Lows, rows: Ints) -> Pauses:
    """Unite the low spans of each task's demands; tasks with the same lists share one union."""
    rows = rows[low.any(rows)]
    task, which, _ = pairs(demands.task[rows], low.of[rows])
    heads = np.flatnonzero(np.r_[True, task[1:] != task[:-1]][: len(task)])
    rank = np.arange(len(task)) - np.repeat(heads, np.diff(np.r_[heads, len(task)]))
    of = np.zeros(tasks, dtype=np.int64)
    parent, added = [np.zeros(1, dtype=np.int64)], [np.zeros(1, dtype=np.int64)]
    # a set of lists gets its number from the number of the set without its last list, and that list
    for j in range(int(rank.max(initial=-1)) + 1):
        at_j = rank == j
        sets, members, number = pairs(of[task[at_j]], which[at_j])
        of[task[at_j]] = number + sum(map(len, parent))
        parent.append(sets)
        added.append(members)
    owner, member = _members(np.concatenate(parent), np.concatenate(added))
    entry, span = ranges(low.spans.ptr[member], low.spans.ptr[member + 1])
    return Pauses(of, unions(sum(map(len, parent)), owner[entry], low.spans.lo[span], low.spans.hi[span]))


def _members(parent: Ints, added: Ints) -> tuple[Ints, Ints]:
    """All (set, list) pairs: a set holds the list that was added to it and what its ancestors hold."""
    owner = np.arange(len(parent))
    at, owners, lists = owner, [], []
    while np.any(at > 0):
        owner, at = owner[at > 0], at[at > 0]
        owners.append(owner)
        lists.append(added[at])
        at = parent[at]
    none = np.zeros(0, dtype=np.int64)
    return np.concatenate([none, *owners]), np.concatenate([none, *lists])
