"""Small parts of a model in which a conflict may lie that only a search shows: tasks that conditions bind together.

A region is a task with all tasks that some `require`, `exclusive` or `permutation` names beside it, or all users of one
resource. What is said of others is left out of it.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from schedc.compilers.conflict.elements import Block, Elements, Kind
from schedc.models.columns import Ints
from schedc.models.expressions import Compare, Linear
from schedc.models.statements import Require

_MOST_ROWS = 20_000     # of relations that are looked at
_LARGEST = 40           # tasks of a region
_JOINING = (Kind.REQUIRE, Kind.EXCLUSIVE, Kind.PERMUTATION)


def regions(elements: Elements, numbers: Ints) -> Iterator[Ints]:
    """The elements of each region, those with most conditions a task first, beside all that is said of no task."""
    named, _ = elements.about(np.zeros(0, dtype=np.int64))
    general = numbers[~named[numbers]]
    joined = _joined(elements, numbers)
    found = {frozenset(tasks) for tasks in (*_around(joined), *_users(elements)) if 1 < len(tasks) <= _LARGEST}
    rank = {tasks: -sum(tasks.issuperset(one) for one in joined) / len(tasks) for tasks in found}
    for tasks in sorted(found, key=lambda t: (rank[t], len(t), sorted(t))):
        _, only = elements.about(np.array(sorted(tasks), dtype=np.int64))
        yield np.union1d(general, numbers[named[numbers] & only[numbers]])


def _joined(elements: Elements, numbers: Ints) -> list[tuple[int, ...]]:
    """The tasks of every condition that propagation cannot follow."""
    blocks = [b for b in elements.blocks if b.kind in _JOINING and not _followed(elements, b)]
    if sum(b.size for b in blocks) > _MOST_ROWS:
        return []
    wanted = set(numbers.tolist())
    rows = [elements.tasks(n) for b in blocks for n in range(b.first, b.first + b.size) if n in wanted]
    return [tasks for tasks in rows if 1 < len(tasks) <= _LARGEST]


def _followed(elements: Elements, block: Block) -> bool:
    """Whether a condition is a plain comparison of two instants or fewer in every row."""
    relation = elements.model.relations[block.node]
    if not isinstance(relation, Require) or not isinstance(relation.condition, Compare):
        return False
    left = relation.condition.left
    return isinstance(left, Linear) and not left.parts and bool((np.bincount(left.row, minlength=1) <= 2).all())


def _around(joined: list[tuple[int, ...]]) -> Iterator[set[int]]:
    """Each task with those that such conditions bind to it."""
    beside: dict[int, set[int]] = {}
    for tasks in joined:
        for task in tasks:
            beside.setdefault(task, set()).update(tasks)
    yield from beside.values()


def _users(elements: Elements) -> Iterator[set[int]]:
    """The users of each resource, by plain demands."""
    d = elements.model.demands
    edges = np.searchsorted(d.resource, np.arange(elements.model.resource_count + 1))
    for lo, hi in zip(edges[:-1].tolist(), edges[1:].tolist()):
        if 1 < hi - lo <= _LARGEST:
            yield set(d.task[lo:hi].tolist())
