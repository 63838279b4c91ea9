"""Whether a model keeps what its nodes' docstrings promise: columns of one length, numbers that exist, sorted spans."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from schedc.models.axis import MAX_TICKS
from schedc.models.columns import Family, Ints, SpanSets, distinct
from schedc.models.expressions import Extreme, Junction, Linear, Makespan
from schedc.models.model import Model
from schedc.models.statements import Downtime, Exclusive, Order, Tasks
from schedc.models.walk import Node, post_order

MOST_ROWS = 1 << 28     # a statement with more instances than this could not be held


def flaws(model: Model) -> Iterator[str]:
    """What is wrong with a model, in words; nothing for a sound one. Those after the first may follow from it."""
    if not 0 < model.horizon <= MAX_TICKS:
        yield f"a horizon of {model.horizon} ticks"
    yield from _numbering(model)
    for number, s in enumerate(model.availability):
        where = f"availability {number}"
        columns = [s.resource, s.which] + ([s.leaving] if isinstance(s, Downtime) else [])
        yield from _same_length(where, *columns)
        yield from _spans(where, s.spans)
        yield from _numbers(where, s.resource, model.resource_count)
        yield from _numbers(where, s.which, len(s.spans))
        if isinstance(s, Downtime):
            yield from _numbers(where, s.leaving, None)
    for t in model.tasks:
        yield from _tasks(t, model.resource_count)
    for number, relation in enumerate(model.relations):
        where = f"relation {number}"
        if isinstance(relation, Order):
            yield from _order(where, relation, model.task_count)
        elif isinstance(relation, Exclusive):
            yield from _exclusive(where, relation, model.task_count)
        else:
            yield from _expression(where, relation.condition, model.task_count)
            if relation.names and len(relation.names) != relation.condition.rows:
                yield f"{where}: {len(relation.names)} names for {relation.condition.rows} rows"
    for number, stage in enumerate(model.objective):
        yield from _expression(f"goal {number}", stage.value, model.task_count)
        if stage.value.rows != 1:
            yield f"goal {number}: {stage.value.rows} values"
        if stage.scale <= 0:
            yield f"goal {number}: a scale of {stage.scale}"


def _numbering(model: Model) -> Iterator[str]:
    for what, families in (("resource", model.resources), ("task", model.tasks)):
        first = 0
        for node in families:
            where = f"{what} {node.family.name}"
            yield from _family(where, node.family)
            if node.first != first:
                yield f"{where}: first is {node.first}, not {first}"
            first += node.family.size
    for r in model.resources:
        where = f"resource {r.family.name}"
        yield from _size(where, r.family.size, r.capacity)
        yield from _numbers(where, r.capacity, None)
        if r.scale <= 0:
            yield f"{where}: a scale of {r.scale}"


def _family(where: str, family: Family) -> Iterator[str]:
    if family.size < 0 or (not family.index and family.size != 1):
        yield f"{where}: {family.size} members"
    yield from _size(where, family.size, *family.index)


def _tasks(t: Tasks, resources: int) -> Iterator[str]:
    where = f"task {t.family.name}"
    n = t.size
    columns = (t.shortest, t.longest, t.release, t.deadline, *(w.which for w in t.within))
    yield from _size(where, n, *columns)
    if all(len(c) == n for c in columns) and np.any((t.shortest < 0) | (t.longest < t.shortest)):
        yield f"{where}: lengths that are negative or an empty range"
    for u in t.uses:
        yield from _same_length(where, u.row, u.resource, u.amount)
        yield from _numbers(where, u.row, n)
        yield from _numbers(where, u.resource, resources)
        if np.any(u.amount <= 0):
            yield f"{where}: an amount that is not positive"
    for w in t.within:
        yield from _spans(where, w.spans)
        yield from _numbers(where, w.which + 1, len(w.spans) + 1)


def _order(where: str, order: Order, tasks: int) -> Iterator[str]:
    yield from _same_length(where, order.first, order.second, order.lo, order.hi)
    yield from _numbers(where, order.first, tasks)
    yield from _numbers(where, order.second, tasks)
    for point in (order.first_point, order.second_point):
        if point > 1:
            yield f"{where}: an arrow at a task's length"


def _exclusive(where: str, exclusive: Exclusive, tasks: int) -> Iterator[str]:
    yield from _pointers(where, exclusive.ptr, len(exclusive.task))
    yield from _numbers(where, exclusive.task, tasks)
    owner = np.searchsorted(exclusive.ptr, np.arange(len(exclusive.task)), side="right")
    order = np.lexsort((exclusive.task, owner))
    if np.any((np.diff(owner[order]) == 0) & (np.diff(exclusive.task[order]) == 0)):
        yield f"{where}: a task twice in one instance"


def _spans(where: str, spans: SpanSets) -> Iterator[str]:
    yield from _pointers(where, spans.ptr, len(spans.lo))
    if len(spans.lo) != len(spans.hi):
        yield f"{where}: {len(spans.lo)} beginnings and {len(spans.hi)} ends of spans"
        return
    if np.any(spans.lo >= spans.hi):
        yield f"{where}: an empty span"
    heads = np.zeros(len(spans.lo) + 1, dtype=np.bool_)
    heads[np.clip(spans.ptr, 0, len(spans.lo))] = True
    if np.any((spans.lo[1:] <= spans.hi[:-1]) & ~heads[1:-1]):
        yield f"{where}: spans that overlap, touch or stand out of order"


def _pointers(where: str, ptr: Ints, size: int) -> Iterator[str]:
    if not len(ptr) or ptr[0] != 0 or ptr[-1] != size or np.any(ptr[1:] < ptr[:-1]):
        yield f"{where}: pointers that do not part {size} entries"


def _size(where: str, size: int, *columns: np.ndarray[Any, np.dtype[Any]]) -> Iterator[str]:
    for column in columns:
        if len(column) != size:
            yield f"{where}: a column of {len(column)} for {size} members"


def _same_length(where: str, first: Ints, *others: Ints) -> Iterator[str]:
    if any(len(other) != len(first) for other in others):
        yield f"{where}: columns of different lengths"


def _numbers(where: str, column: Ints, limit: int | None) -> Iterator[str]:
    if len(column) and (column.min() < 0 or (limit is not None and column.max() >= limit)):
        yield f"{where}: {column.min()} .. {column.max()} where 0 .. {'' if limit is None else limit - 1} stand"


# ---- expressions ----


def _expression(where: str, root: Node, tasks: int) -> Iterator[str]:
    for node in post_order(root):
        yield from _node(where, node, tasks)


def _node(where: str, node: Node, tasks: int) -> Iterator[str]:
    if not 0 <= node.rows <= MOST_ROWS:
        yield f"{where}: an expression of {node.rows} rows"
        return
    match node:
        case Linear():
            yield from _linear(where, node, tasks)
        case Extreme():
            yield from _links(where, node.rows, node.row, node.child.rows, node.child_row)
            if not np.array_equal(distinct(node.row), np.arange(node.rows)) or np.any(np.diff(node.row) < 0):
                yield f"{where}: a {node.op} whose rows are not sorted or not all there"
        case Junction():
            for m in node.members:
                yield from _links(where, node.rows, m.row, m.child.rows, m.child_row)
        case Makespan():
            if node.rows != 1:
                yield f"{where}: a makespan of {node.rows} rows"


def _linear(where: str, node: Linear, tasks: int) -> Iterator[str]:
    yield from _same_length(where, node.row, node.point, node.task, node.coef)
    yield from _numbers(where, node.row, node.rows)
    yield from _numbers(where, node.point, 3)
    yield from _numbers(where, node.task, tasks)
    if np.any(np.diff(node.row) < 0):
        yield f"{where}: rows out of order"
    for part in node.parts:
        yield from _links(where, node.rows, part.row, part.child.rows, part.child_row)
        yield from _same_length(where, part.row, part.coef)


def _links(where: str, rows: int, row: Ints, child_rows: int, child_row: Ints) -> Iterator[str]:
    yield from _same_length(where, row, child_row)
    yield from _numbers(where, row, rows)
    yield from _numbers(where, child_row, child_rows)
