"""Tasks that exclude each other, in two ways.

Source: exclusive. For every pair i, j of a group that may overlap (neither is of length 0 for certain, and their
windows meet), with targets logic and linear,

    end(i) <= start(j)  or  end(j) <= start(i)  [or length(i) <= 0, where that is possible]  [likewise j].

Or, with target capacity: a new resource of capacity 1 for each group, of which every task of the group demands 1. A
task of length 0 holds nothing there either, and as the resource is always open, pauses are held.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise

import numpy as np

from schedc.compilers.constructs import Construct
from schedc.compilers.lowering.base import Lowering, Rewrite, rows_of
from schedc.compilers.lowering.rebuild import at_most_zero, difference, either, single
from schedc.compilers.windows import windows
from schedc.models.columns import Family, Ints, distinct, ints
from schedc.models.expressions import Point, Truth
from schedc.models.model import Model
from schedc.models.statements import Exclusive, Relation, Require, Resources, Tasks, Uses

# ---- by pairs ----


def _pairs(exclusive: Exclusive, busy: Ints) -> tuple[Ints, Ints]:
    """Every pair of busy tasks of a group, once, as two columns."""
    lows, highs = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.int64)]
    for head, tail in pairwise(exclusive.ptr.tolist()):
        group = exclusive.task[head:tail]
        group = distinct(group[busy[group] > 0])
        i, j = np.triu_indices(len(group), 1)
        lows.append(group[i])
        highs.append(group[j])
    low, high = np.concatenate(lows), np.concatenate(highs)
    if not len(low):
        return low, high
    size = len(busy)
    code = distinct(low * size + high)
    return code // size, code % size


def _apart(model: Model, i: Ints, j: Ints) -> Truth:
    """Row by row: the two tasks do not overlap."""
    options: list[Truth] = [
        at_most_zero(difference(Point.END, i, Point.START, j)),
        at_most_zero(difference(Point.END, j, Point.START, i)),
    ]
    options += [at_most_zero(single(Point.LENGTH, side)) for side in (i, j) if (model.shortest[side] == 0).any()]
    return either(*options)


def _to_logic(model: Model) -> Rewrite:
    bounds = windows(model)
    made: list[Relation] = []
    for relation in model.relations:
        if not isinstance(relation, Exclusive):
            made.append(relation)
            continue
        i, j = _pairs(relation, model.longest)
        early, late = bounds.earliest_start, bounds.latest_end
        meet = (late[i] > early[j]) & (late[j] > early[i])
        i, j = i[meet], j[meet]
        if len(i):
            made.append(Require(relation.origin, _apart(model, i, j)))
    return Rewrite(replace(model, relations=tuple(made)))


def _logic_rows(model: Model, more: int) -> Mapping[Construct, int]:
    sizes = np.concatenate([np.diff(x.ptr) for x in model.exclusives] or [np.zeros(0, dtype=np.int64)])
    pairs = int((sizes * (sizes - 1) // 2).sum()) + more
    return {Construct.LOGIC: pairs, Construct.LINEAR: 2 * pairs}


PAIRS = Lowering(
    "exclusive pair by pair", Construct.EXCLUSIVE, frozenset({Construct.LOGIC, Construct.LINEAR}),
    "end(i) <= start(j) or end(j) <= start(i)", _logic_rows, _to_logic,
)

# ---- by capacity ----


def _to_capacity(model: Model) -> Rewrite:
    resources, first = list(model.resources), model.resource_count
    added: list[tuple[Exclusive, Ints, Ints]] = []      # statement, tasks, their resource
    for exclusive in model.exclusives:
        sizes = np.diff(exclusive.ptr)
        groups = np.flatnonzero(sizes > 1)
        rank = np.full(len(sizes), -1, dtype=np.int64)
        rank[groups] = np.arange(len(groups))
        owner = rank[np.repeat(np.arange(len(sizes)), sizes)]
        kept = owner >= 0
        name = f"{exclusive.origin.what} #{len(added) + 1}"     # no author's name has a blank
        family = Family(name, len(groups), (np.arange(len(groups)),))
        resources.append(Resources(exclusive.origin, family, first, np.ones(len(groups), dtype=np.int64)))
        added.append((exclusive, exclusive.task[kept], first + owner[kept]))
        first += len(groups)
    tasks = tuple(_with_uses(t, added) for t in model.tasks)
    relations = tuple(r for r in model.relations if not isinstance(r, Exclusive))
    return Rewrite(replace(model, resources=tuple(resources), tasks=tasks, relations=relations))


def _with_uses(t: Tasks, added: list[tuple[Exclusive, Ints, Ints]]) -> Tasks:
    uses = list(t.uses)
    for exclusive, task, resource in added:
        own = (task >= t.first) & (task < t.first + t.size)
        if own.any():
            rows = task[own] - t.first
            uses.append(Uses(exclusive.origin, rows, resource[own], ints([1] * len(rows))))
    return replace(t, uses=tuple(uses))


def _capacity_rows(model: Model, more: int) -> Mapping[Construct, int]:
    return {Construct.CAPACITY: rows_of(Construct.EXCLUSIVE, model) + more}


UNARY = Lowering(
    "exclusive as a resource of one", Construct.EXCLUSIVE, frozenset({Construct.CAPACITY}),
    "every task of a group holds 1 of a resource of capacity 1", _capacity_rows, _to_capacity,
)
