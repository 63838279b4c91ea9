"""The disjunctive formulation: which of two tasks that cannot overlap comes first.

For a pair i, j that together ask for more than there ever is,

    y = 1:  end(i) <= start(j)          y = 0:  end(j) <= start(i)

with the large M of each row the least that the propagated windows allow (Manne 1960, "On the job-shop scheduling
problem"; Balas 1969). A pair whose windows leave one order only needs no variable, one that cannot meet no row.

Where more than two fit a resource, its users, the stretches of lower capacity as fixed tasks of demand C - k, a source
and a sink exchange the C units as flows (Artigues, Michelon and Reusser 2003, "Insertion techniques for static and
dynamic resource-constrained project scheduling"):

    flow into i = flow out of i = demand of i (where it is busy),    flow i -> j <= min of both demands * y_ij,
    y_ij = 1:  end(i) <= start(j).

Size grows with the square of a resource's users and not at all with the horizon.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np

from schedc.compilers.conditions import Terms
from schedc.compilers.milp.places import Affine
from schedc.compilers.milp.sheet import FREE
from schedc.compilers.milp.spanned import Spanned
from schedc.models.columns import Ints
from schedc.models.model import Model
from schedc.models.profile import Steps, capacity_profiles


@dataclass(frozen=True)
class Block:
    """Something that holds a resource: a task, or (task -1) a fixed stretch of lower capacity."""

    task: int
    demand: int
    start: Affine
    end: Affine


@dataclass
class Sequence:
    """Writes capacities and exclusions over tasks in continuous time.

    before[i, j]: a literal that says i ends before j starts, None where that cannot be.
    """

    spanned: Spanned
    before: dict[tuple[int, int], int | None] = field(default_factory=dict)

    def write(self) -> None:
        """Pairs first, then the flows of resources that hold more than one of them at a time."""
        for i, j in forced_pairs(self.spanned.model):
            self.pair(i, j)
        for blocks, capacity in shared(self.spanned):
            self._flows(blocks, capacity)

    def pair(self, i: int, j: int) -> None:
        """No overlap of two tasks."""
        if (i, j) in self.before or (j, i) in self.before:
            return
        bounds, apart, end, start = self.spanned.bounds, self.spanned.apart, self.spanned.end, self.spanned.start
        busy = (*self.spanned.presence(i), *self.spanned.presence(j))
        forth = bounds.earliest_end[i] <= bounds.latest_start[j]
        back = bounds.earliest_end[j] <= bounds.latest_start[i]
        first: tuple[int, ...] = ()
        second: tuple[int, ...] = ()
        always = None if forth == back else self.spanned.sheet.variable(1, 1)
        self.before[i, j], self.before[j, i] = (always, None) if forth else (None, always)
        if forth and back:
            literal = self.spanned.sheet.literal()
            self.before[i, j], self.before[j, i] = literal, -literal - 1
            first, second = (literal,), (-literal - 1,)
        if forth:
            apart(end[i], start[j], 0, FREE, (*first, *busy))
        if back:
            apart(end[j], start[i], 0, FREE, (*second, *busy))
        if not forth and not back:
            self.spanned.sheet.clause([], busy)

    def _flows(self, blocks: list[Block], capacity: int) -> None:
        """One resource's units, handed from user to user."""
        sheet = self.spanned.sheet
        into: list[Terms] = [{} for _ in blocks]
        out: list[Terms] = [{} for _ in blocks]
        source: Terms = {}
        sink: Terms = {}
        for k, block in enumerate(blocks):
            for total, own in ((source, into[k]), (sink, out[k])):
                flow = sheet.variable(0, block.demand, whole=False)
                total[flow] = own[flow] = 1
        for (k, a), (m, b) in combinations(enumerate(blocks), 2):
            for x, y, p, q in ((k, m, a, b), (m, k, b, a)):
                literal = self._ordered(p, q)
                if literal is not None:
                    most = min(p.demand, q.demand)
                    flow = sheet.variable(0, most, whole=False)
                    out[x][flow] = into[y][flow] = 1
                    sheet.linear({flow: 1}, -FREE, 0, (-literal - 1,))
        sheet.linear(source, -FREE, capacity)
        for k, block in enumerate(blocks):
            for side in (into[k], out[k]):
                busy = self.spanned.presence(block.task) if block.task >= 0 else ()
                terms = {**side, **dict.fromkeys(busy, -block.demand)}
                sheet.linear(terms, 0 if busy else block.demand, 0 if busy else block.demand)

    def _ordered(self, p: Block, q: Block) -> int | None:
        """A literal under which p ends before q starts; None where that cannot be."""
        sheet, key = self.spanned.sheet, (p.task, q.task)
        tasks = p.task >= 0 and q.task >= 0
        if tasks and key in self.before:
            return self.before[key]
        span = {v: s for (v, _), s in ((q.start, 1), (p.end, -1)) if v >= 0} if q.start[0] != p.end[0] else {}
        if sheet.range((span, q.start[1] - p.end[1]))[1] < 0:
            literal = None
        else:
            literal = sheet.literal()
            self.spanned.apart(p.end, q.start, 0, FREE, (literal,))
        if tasks:
            self.before[key] = literal
        return literal


def forced_pairs(model: Model) -> Iterator[tuple[int, int]]:
    """Pairs of tasks that together ask for more than a resource ever has."""
    profiles = capacity_profiles(model)
    for resource, tasks, demands in users(model):
        top = int(model.capacity[resource] if resource not in profiles else profiles[resource].capacity.max())
        order = np.argsort(-demands, kind="stable")
        tasks, demands = tasks[order], demands[order]
        for k in range(len(tasks) - 1):
            count = int(np.searchsorted(-demands[k + 1 :], -(top - demands[k]), side="left"))
            for other in tasks[k + 1 : k + 1 + count].tolist():
                yield int(tasks[k]), other


def users(model: Model) -> Iterator[tuple[int, Ints, Ints]]:
    """Each resource with the tasks of some length that demand it, and how much."""
    task, resource, amount = model.demands
    busy = model.longest[task] > 0
    task, resource, amount = task[busy], resource[busy], amount[busy]
    heads = np.flatnonzero(np.r_[True, np.diff(resource) != 0]).tolist() if len(task) else []
    for head, tail in zip(heads, [*heads[1:], len(task)]):
        yield int(resource[head]), task[head:tail], amount[head:tail]


def shared(spanned: Spanned) -> Iterator[tuple[list[Block], int]]:
    """The resources that several users can hold at once, with who holds them, and their greatest capacity."""
    model, profiles = spanned.model, spanned.calendars.profiles
    for resource, tasks, demands in users(model):
        top, dips = _dips(model, profiles.get(resource), resource, int(demands.min()))
        lowest = min([k for _, _, k in dips], default=top)
        ordered = np.sort(demands)
        if len(tasks) < 2 or int(demands.sum()) <= lowest or (ordered[:2].sum() > top):
            continue
        blocks = [Block(t, d, spanned.start[t], spanned.end[t]) for t, d in zip(tasks.tolist(), demands.tolist())]
        blocks += [Block(-1, top - k, (-1, a), (-1, b)) for a, b, k in dips]
        yield blocks, top


def leaves(model: Model) -> bool:
    """Whether a task leaves a resource to others in its pauses: that cannot be said in continuous time."""
    profiles = capacity_profiles(model)
    if not profiles or not model.pausable.any():
        return False
    for resource, tasks, demands in users(model):
        if resource in profiles and len(tasks) > 1:
            _, dips = _dips(model, profiles[resource], resource, int(demands.min()))
            pausing = demands[model.pausable[tasks]]
            if dips and len(pausing) and int(pausing.max()) > min(k for _, _, k in dips):
                return True
    return False


def _dips(model: Model, steps: Steps | None, resource: int, least: int) -> tuple[int, list[tuple[int, int, int]]]:
    """The greatest capacity, and (lo, hi, capacity) of the stretches of less in which someone fits."""
    if steps is None:
        return int(model.capacity[resource]), []
    at, levels = steps.at.tolist(), steps.capacity.tolist()
    top = max(levels)
    return top, [(a, b, k) for a, b, k in zip(at, [*at[1:], model.horizon], levels) if least <= k < top and a < b]
