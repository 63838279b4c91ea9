"""Uses of resources that work in batches, by columns over a whole model."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from schedc.models.columns import Ints, ints
from schedc.models.options import choices_of
from schedc.models.statements import Modes, Tasks, Uses

if TYPE_CHECKING:
    from schedc.models.model import Model


class Batched(NamedTuple):
    """Every use of a resource with `batch` by a task that can have a length, sorted by resource, then task.

    option, candidate: the number of what must be chosen for it, -1 where nothing must. amount: what it asks for.
    """

    resource: Ints
    task: Ints
    option: Ints
    candidate: Ints
    amount: Ints


class Together(NamedTuple):
    """Two uses of one batch resource by different tasks: row numbers of `Batched`.

    joint: whether both fit the resource at one time; where they do not, its capacity keeps them apart.
    """

    first: int
    second: int
    joint: bool


def batched(model: Model) -> Batched:
    """The uses of all batch resources."""
    parts = [np.stack([ints([])] * 5)]
    if any(r.batch is not None for r in model.resources):
        parts += [np.stack(columns) for columns in _uses(model)]
    found = np.concatenate(parts, axis=1)
    keep = _of_batches(model)[found[0]] & (model.longest[found[1]] > 0)
    found = found[:, keep]
    return Batched(*found[:, np.lexsort(found[::-1])])


def pairs(model: Model, found: Batched) -> Iterator[Together]:
    """The pairs of uses that might share a tick, resource by resource."""
    heads = np.flatnonzero(np.diff(found.resource, prepend=-1))
    for lo, hi in zip(heads.tolist(), [*heads[1:].tolist(), len(found.resource)]):
        capacity = int(model.capacity[found.resource[lo]])
        task, amount = found.task.tolist(), found.amount.tolist()
        for i, j in combinations(range(lo, hi), 2):
            if task[i] != task[j]:
                yield Together(i, j, amount[i] + amount[j] <= capacity)


def one_by_one(model: Model) -> Model:
    """The model in which every plain use of a batch resource asks for all of it: what is kept then was kept before."""
    if all(r.batch is None for r in model.resources):
        return model
    alone = np.where(_of_batches(model), model.capacity, 0)
    return replace(model, tasks=tuple(_alone(t, alone) for t in model.tasks))


def _alone(t: Tasks, alone: Ints) -> Tasks:
    modes = tuple(replace(m, uses=tuple(_whole(u, alone) for u in m.uses)) for m in t.modes)
    return replace(t, uses=tuple(_whole(u, alone) for u in t.uses), modes=modes)


def _whole(uses: Uses, alone: Ints) -> Uses:
    return replace(uses, amount=np.maximum(uses.amount, alone[uses.resource]))


def _of_batches(model: Model) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Whether each resource works in batches."""
    parts = [np.full(r.family.size, r.batch is not None) for r in model.resources]
    return np.concatenate([np.zeros(0, dtype=np.bool_), *parts])


def _uses(model: Model) -> Iterator[tuple[Ints, Ints, Ints, Ints, Ints]]:
    for t in model.tasks:
        holders: list[Modes | None] = [None, *t.modes]
        for m in holders:
            for u in (t if m is None else m).uses:
                none = np.full(len(u.row), -1)
                task, option = (t.first + u.row, none) if m is None else (t.first + m.row[u.row], m.first + u.row)
                yield u.resource, task, option, none, u.amount
    for t, m, c in choices_of(model):
        row = np.repeat(c.row, np.diff(c.ptr))
        task, option = (t.first + row, np.full(len(row), -1)) if m is None else (t.first + m.row[row], m.first + row)
        yield c.resource, task, option, c.first + np.arange(len(row)), np.ones(len(row), dtype=np.int64)
