"""What of an incumbent is kept while the rest is searched again: a partial order, or the places themselves.

The order of a resource with capacity C in a schedule is read off chains, C of them: a user of q units joins q chains
whose last members have ended, those that ended last first, and comes after each of them (chaining; Policella, Cesta,
Oddi and Smith 2007). Chains of kept tasks only ever forbid schedules, never allow any, since the model's own
constraints all stay; so where capacity changes over time, or users pause, a task that finds too few chains free joins
fewer. Tasks of one `exclusive`, and those that change one stock, come one after another by their starts.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from schedc.models.columns import Flags, Ints
from schedc.models.model import Model
from schedc.models.presence import present_in
from schedc.models.schedule import Schedule

Arc = tuple[int, int]
_MOST_CHAINS = 200      # of one resource; larger capacities are scaled down to so many


def uses_in(model: Model, schedule: Schedule) -> tuple[Ints, Ints, Ints]:
    """Who holds what in a schedule: columns task, resource and amount, sorted by resource."""
    there = present_in(schedule)
    own = model.demands
    keep = there[own.task] & (schedule.length[own.task] > 0)
    parts = [np.stack([own.task[keep], own.resource[keep], own.amount[keep]])]
    if schedule.mode is not None:
        options, further = model.options.task, model.option_demands
        chosen = schedule.mode[options[further.option]] == further.option
        task = options[further.option[chosen]]
        parts.append(np.stack([task, further.resource[chosen], further.amount[chosen]]))
    if schedule.member is not None:
        picks, taken = model.picks, np.flatnonzero(schedule.member)
        parts.append(np.stack([picks.task[picks.owner[taken]], picks.resource[taken], np.ones_like(taken)]))
    task, resource, amount = np.concatenate(parts, axis=1)
    order = np.lexsort((schedule.start[task], resource))
    return task[order], resource[order], amount[order]


def arcs_of(model: Model, schedule: Schedule, kept: Flags) -> tuple[list[Arc], list[Arc]]:
    """(a before b) pairs of kept tasks that the schedule keeps: end(a) <= start(b), and start(a) <= start(b)."""
    apart: list[Arc] = []
    task, resource, amount = uses_in(model, schedule)
    use = kept[task]
    task, resource, amount = task[use], resource[use], amount[use]
    heads = np.flatnonzero(np.r_[True, np.diff(resource) != 0][: len(resource)]).tolist()
    for lo, hi in pairwise([*heads, len(resource)]):
        capacity = int(model.capacity[resource[lo]])
        apart.extend(_chained(task[lo:hi].tolist(), amount[lo:hi].tolist(), capacity, schedule))
    for group in _groups(model):
        mine = group[kept[group] & (schedule.length[group] > 0)]
        apart.extend(pairwise(mine[np.argsort(schedule.start[mine], kind="stable")].tolist()))
    return list(dict.fromkeys(apart)), _stocked(model, schedule, kept)


def _chained(tasks: list[int], amounts: list[int], capacity: int, schedule: Schedule) -> Iterator[Arc]:
    """The arcs of one resource; tasks by their starts."""
    if capacity > _MOST_CHAINS:
        amounts = [-(-a * _MOST_CHAINS // capacity) for a in amounts]
        capacity = _MOST_CHAINS
    start, end = schedule.start, schedule.end
    chains: list[tuple[int, int]] = [(0, -1)] * capacity       # (end, task), sorted
    for task, amount in zip(tasks, amounts):
        begin = int(start[task])
        free = sum(1 for instant, _ in chains if instant <= begin)
        taken = chains[max(0, free - amount):free]
        yield from ((other, task) for other in dict.fromkeys(t for _, t in taken) if other >= 0)
        chains[max(0, free - amount):free] = [(int(end[task]), task)] * len(taken)
        chains.sort()


def _groups(model: Model) -> Iterator[Ints]:
    for exclusive in model.exclusives:
        for lo, hi in pairwise(exclusive.ptr.tolist()):
            yield exclusive.task[lo:hi]


def _stocked(model: Model, schedule: Schedule, kept: Flags) -> list[Arc]:
    """The order of starts of those that change a stock."""
    if not model.stocks:
        return []
    events = model.stock_events
    found: list[Arc] = []
    use = kept[events.task] & present_in(schedule)[events.task]
    stock, task = events.stock[use], events.task[use]
    for number in np.unique(stock).tolist():
        mine = np.unique(task[stock == number])
        found.extend(pairwise(mine[np.argsort(schedule.start[mine], kind="stable")].tolist()))
    return list(dict.fromkeys(found))
