"""Whether a model keeps what its nodes' docstrings promise: columns of one length, numbers that exist, sorted spans."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from schedc.models.axis import MAX_TICKS
from schedc.models.changes import unsound_changes
from schedc.models.columns import Family, Ints, SpanSets, distinct
from schedc.models.expressions import (
    Extreme,
    Guarded,
    Junction,
    Linear,
    Makespan,
    Point,
    Product,
    Rank,
    SetupTime,
    Truth,
)
from schedc.models.model import Model
from schedc.models.statements import (
    About,
    Choice,
    Downtime,
    Exclusive,
    Modes,
    Order,
    Permutation,
    Stocks,
    Tasks,
    Uses,
    Within,
)
from schedc.models.walk import Node, post_order

MOST_ROWS = 1 << 28     # a statement with more instances than this could not be held


def flaws(model: Model) -> Iterator[str]:
    """What is wrong with a model, in words; nothing for a sound one. Those after the first may follow from it."""
    if not 0 < model.horizon <= MAX_TICKS:
        yield f"a horizon of {model.horizon} ticks"
    yield from _numbering(model)
    yield from _choosing(model)
    yield from _presences(model)
    yield from unsound_changes(model)
    yield from _contiguous(model)
    for number, s in enumerate(model.availability):
        where = f"availability {number}"
        columns = [s.resource, s.which] + ([s.leaving] if isinstance(s, Downtime) else [])
        yield from _same_length(where, *columns)
        yield from _spans(where, s.spans)
        yield from _numbers(where, s.resource, model.resource_count)
        yield from _numbers(where, s.which, len(s.spans))
        if isinstance(s, Downtime):
            yield from _numbers(where, s.leaving, None)
    for stock in model.stocks:
        yield from _stock(stock)
    for t in model.tasks:
        yield from _tasks(t, model.resource_count)
        yield from _events(f"task {t.family.name}", t, model.stock_count)
        yield from _parts(f"task {t.family.name}", t, model.resource_count)
        yield from _pieces(f"task {t.family.name}", t)
    sizes = _sizes(model)
    for number, relation in enumerate(model.relations):
        where = f"relation {number}"
        if isinstance(relation, Order):
            yield from _order(where, relation, model.task_count)
            if relation.extra is not None:
                yield from _expression(where, relation.extra, sizes)
                if relation.extra.rows != len(relation.lo):
                    yield f"{where}: {relation.extra.rows} lags by choice for {len(relation.lo)} arrows"
        elif isinstance(relation, Exclusive):
            yield from _exclusive(where, relation, model.task_count)
        elif isinstance(relation, Permutation):
            yield from _permutation(where, relation, model.task_count)
        else:
            yield from _expression(where, relation.condition, sizes)
            if relation.names and len(relation.names) != relation.condition.rows:
                yield f"{where}: {len(relation.names)} names for {relation.condition.rows} rows"
    yield from _reported(model, sizes)
    for number, stage in enumerate(model.objective):
        yield from _expression(f"goal {number}", stage.value, sizes)
        if stage.value.rows != 1:
            yield f"goal {number}: {stage.value.rows} values"
        if stage.scale <= 0:
            yield f"goal {number}: a scale of {stage.scale}"


def _reported(model: Model, sizes: tuple[int, ...]) -> Iterator[str]:
    """Soft constraints and measures."""
    for number, soft in enumerate(model.soft):
        where, rows = f"soft constraint {number}", soft.violation.rows
        yield from _expression(where, soft.violation, sizes)
        yield from _size(where, rows, soft.weight)
        yield from _counted(where, soft.counted, rows, sizes)
        if soft.names and len(soft.names) != rows:
            yield f"{where}: {len(soft.names)} names for {rows} instances"
        if soft.percent is not None and not 0 < soft.percent <= 100:
            yield f"{where}: a share of {soft.percent} percent"
        if soft.scale <= 0 or soft.price <= 0 or np.any(soft.weight < 0):
            yield f"{where}: a scale, a price or a weight that is not positive"
    for number, measure in enumerate(model.qos):
        where, rows = f"measure {number}", measure.family.size
        yield from _family(where, measure.family)
        for node in (measure.value, *(() if measure.over is None else (measure.over,))):
            yield from _expression(where, node, sizes)
            if node.rows != rows:
                yield f"{where}: {node.rows} values for {rows} members"
        yield from _counted(where, measure.counted, rows, sizes)
        if measure.classes and len(measure.classes) != rows:
            yield f"{where}: {len(measure.classes)} classes for {rows} members"
        for contract in measure.contracts:
            yield from _same_length(where, contract.row, contract.limit)
            yield from _numbers(where, contract.row, rows)
            if contract.below < 1 or (contract.percent is not None and not 0 < contract.percent <= 100):
                yield f"{where}: a contract of {contract.percent} percent, over {contract.below}"


def _counted(where: str, counted: Truth | None, rows: int, sizes: tuple[int, ...]) -> Iterator[str]:
    if counted is not None:
        yield from _expression(where, counted, sizes)
        if counted.rows != rows:
            yield f"{where}: {counted.rows} guards for {rows} instances"


def _sizes(model: Model) -> tuple[int, ...]:
    """How many things each kind of `Point` may speak of."""
    options = sum(m.size for t in model.tasks for m in t.modes)
    own = [c for t in model.tasks for c in t.choices]
    candidates = sum(len(c.resource) for c in (*own, *(c for t in model.tasks for m in t.modes for c in m.choices)))
    return (*[model.task_count] * 4, options, candidates, sum(map(len, _addressed(model))))


def _addressed(model: Model) -> list[Ints]:
    """The numbers of the resources of all uses of contiguous ones."""
    spans = [(r.first, r.first + r.family.size) for r in model.resources if r.contiguous is not None]
    return [u.resource[(u.resource >= a) & (u.resource < b)] for t in model.tasks for u in t.uses for a, b in spans]


def _contiguous(model: Model) -> Iterator[str]:
    """Only plain uses of tasks that never pause, one a task and resource."""
    for r in model.resources:
        if r.contiguous is None:
            continue
        where = f"resource {r.family.name}"
        for t in model.tasks:
            own = [(u.row[mine], u.resource[mine]) for u in t.uses
                   for mine in [(u.resource >= r.first) & (u.resource < r.first + r.family.size)]]
            pairs = [p for rows, numbers in own for p in zip(rows.tolist(), numbers.tolist())]
            if len(set(pairs)) < len(pairs) or (pairs and t.pausable):
                yield f"{where}: two addresses of one task, or one of a task that pauses"
            more = [*(c.resource for c in t.choices), *(p.resource for p in t.parts)]
            for m in t.modes:
                more += [*(u.resource for u in m.uses), *(c.resource for c in m.choices)]
                more += [p.resource for p in m.parts]
            if any(np.any((x >= r.first) & (x < r.first + r.family.size)) for x in more):
                yield f"{where}: an address that depends on a choice, or of a part"


def _numbering(model: Model) -> Iterator[str]:
    for what, families in (("resource", model.resources), ("stock", model.stocks), ("task", model.tasks)):
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


def _stock(s: Stocks) -> Iterator[str]:
    where = f"stock {s.family.name}"
    yield from _size(where, s.family.size, s.lowest, s.highest, s.starts)
    if len(s.lowest) == len(s.highest) and np.any(s.lowest > s.highest):
        yield f"{where}: an empty range of levels"
    if s.scale <= 0:
        yield f"{where}: a scale of {s.scale}"


def _events(where: str, t: Tasks, stocks: int) -> Iterator[str]:
    for rows, events in ((t.size, t.events), *((m.size, m.events) for m in t.modes)):
        for e in events:
            yield from _same_length(where, e.row, e.stock, e.amount, e.shift)
            yield from _numbers(where, e.row, rows)
            yield from _numbers(where, e.stock, stocks)
            if np.any(e.amount == 0) or e.point not in (Point.START, Point.END):
                yield f"{where}: an event of nothing, or at neither a start nor an end"


def _parts(where: str, t: Tasks, resources: int) -> Iterator[str]:
    for rows, parts in ((t.size, t.parts), *((m.size, m.parts) for m in t.modes)):
        for p in parts:
            yield from _same_length(where, p.row, p.resource, p.amount, p.first, p.last)
            yield from _numbers(where, p.row, rows)
            yield from _numbers(where, p.resource, resources)
            if np.any(p.amount <= 0) or {p.first_point, p.last_point} - {Point.START, Point.END}:
                yield f"{where}: a part of nothing, or between what are neither starts nor ends"
        if parts and t.pausable:
            yield f"{where}: pauses and parts together"


def _presences(model: Model) -> Iterator[str]:
    """Deciders are optional tasks that decide themselves."""
    optional = np.concatenate([np.zeros(0, dtype=np.bool_), *(np.full(t.size, t.optional) for t in model.tasks)])
    own = np.arange(model.task_count)
    said = [(t, t.presence) for t in model.tasks if t.presence is not None]
    for t, deciders in said:
        where = f"task {t.family.name}"
        yield from _size(where, t.size, deciders)
        yield from _numbers(where, deciders, model.task_count)
        if not t.optional and not np.array_equal(deciders, own[t.first : t.first + t.size]):
            yield f"{where}: a presence that others decide, and it is not optional"
            return
    if any(len(d) != t.size or np.any((d < 0) | (d >= model.task_count)) for t, d in said):
        return
    decider = own.copy()
    for t, deciders in said:
        decider[t.first : t.first + t.size] = deciders
    if np.any(decider[decider] != decider) or np.any(optional & ~optional[decider]):
        yield "a task that decides on others without deciding on itself"


def _family(where: str, family: Family) -> Iterator[str]:
    if family.size < 0 or (not family.index and family.size != 1):
        yield f"{where}: {family.size} members"
    yield from _size(where, family.size, *family.index)


def _tasks(t: Tasks, resources: int) -> Iterator[str]:
    where = f"task {t.family.name}"
    n = t.size
    columns = (t.shortest, t.longest, t.release, t.deadline, *(w.which for w in t.within))
    yield from _size(where, n, *columns)
    for c in t.choices:
        yield from _choice(where, c, n, resources)
    for m in t.modes:
        yield from _modes(f"{where}, mode {m.family.name}", m, n, resources)
    if t.pausable and (t.modes or t.choices):
        yield f"{where}: pauses and choices together"
    if all(len(c) == n for c in columns) and np.any((t.shortest < 0) | (t.longest < t.shortest)):
        yield f"{where}: lengths that are negative or an empty range"
    yield from _clauses(where, n, resources, t.uses, t.within)
    yield from _about(where, n, t.about)


def _about(where: str, rows: int, about: About | None) -> Iterator[str]:
    if about is not None:
        yield from _size(where, rows, about.least, about.most)
        if len(about.least) == len(about.most) and np.any((about.least < 0) | (about.most < about.least)):
            yield f"{where}: `about` that is negative or an empty range"


def _clauses(
    where: str, rows: int, resources: int, uses: tuple[Uses, ...], windows: tuple[Within, ...]
) -> Iterator[str]:
    for u in uses:
        yield from _same_length(where, u.row, u.resource, u.amount)
        yield from _numbers(where, u.row, rows)
        yield from _numbers(where, u.resource, resources)
        if np.any(u.amount <= 0):
            yield f"{where}: an amount that is not positive"
    for w in windows:
        yield from _spans(where, w.spans)
        yield from _numbers(where, w.which + 1, len(w.spans) + 1)


def _modes(where: str, m: Modes, tasks: int, resources: int) -> Iterator[str]:
    yield from _size(where, m.size, m.shortest, m.longest, m.release, m.deadline, *m.family.index)
    yield from _size(where, m.size, *(w.which for w in m.within))
    yield from _numbers(where, m.row, tasks)
    if m.family.size != m.size or np.any(np.diff(m.row) < 0):
        yield f"{where}: options out of order, or without a name"
    if len(m.shortest) == len(m.longest) and np.any((m.shortest < 0) | (m.longest < m.shortest)):
        yield f"{where}: lengths that are negative or an empty range"
    yield from _clauses(where, m.size, resources, m.uses, m.within)
    yield from _about(where, m.size, m.about)
    for c in m.choices:
        yield from _choice(where, c, m.size, resources)


def _choice(where: str, c: Choice, rows: int, resources: int) -> Iterator[str]:
    yield from _same_length(where, c.row, c.count, c.ptr[1:])
    yield from _numbers(where, c.row, rows)
    yield from _numbers(where, c.resource, resources)
    yield from _pointers(where, c.ptr, len(c.resource))
    sizes = np.diff(c.ptr)
    if len(sizes) == len(c.count) and np.any((c.count < 1) | (c.count > sizes)):
        yield f"{where}: a choice of more members than there are"
    owner = np.searchsorted(c.ptr, np.arange(len(c.resource)), side="right")
    order = np.lexsort((c.resource, owner))
    if np.any((np.diff(owner[order]) == 0) & (np.diff(c.resource[order]) == 0)):
        yield f"{where}: a candidate twice in one choice"


def _choosing(model: Model) -> Iterator[str]:
    """Options and candidates numbered one after the other; every task with modes has an option."""
    option = candidate = 0
    for t in model.tasks:
        where = f"task {t.family.name}"
        for m in t.modes:
            if m.first != option:
                yield f"{where}: the first option is {m.first}, not {option}"
            option += m.size
        for c in (*t.choices, *(c for m in t.modes for c in m.choices)):
            if c.first != candidate:
                yield f"{where}: the first candidate is {c.first}, not {candidate}"
            candidate += len(c.resource)
        rows = [m.row for m in t.modes]
        if rows and len(distinct(np.concatenate(rows))) < t.size:
            yield f"{where}: a task without any of its modes"


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


def _permutation(where: str, p: Permutation, tasks: int) -> Iterator[str]:
    yield from _pointers(where, p.ptr, len(p.first))
    yield from _same_length(where, p.first, p.second)
    owner = np.searchsorted(p.ptr, np.arange(len(p.first)), side="right")
    for side in (p.first, p.second):
        yield from _numbers(where, side, tasks)
        order = np.lexsort((side, owner[: len(side)]))
        if np.any((np.diff(owner[order]) == 0) & (np.diff(side[order]) == 0)):
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


def _expression(where: str, root: Node, sizes: tuple[int, ...]) -> Iterator[str]:
    for node in post_order(root):
        yield from _node(where, node, sizes)


def _node(where: str, node: Node, sizes: tuple[int, ...]) -> Iterator[str]:
    if not 0 <= node.rows <= MOST_ROWS:
        yield f"{where}: an expression of {node.rows} rows"
        return
    match node:
        case Linear():
            yield from _linear(where, node, sizes)
        case Extreme():
            yield from _links(where, node.rows, node.row, node.child.rows, node.child_row)
            if node.when is not None and node.when.rows != len(node.row):
                yield f"{where}: {node.when.rows} guards for {len(node.row)} entries"
            whole = node.when is not None or np.array_equal(distinct(node.row), np.arange(node.rows))
            if not whole or np.any(np.diff(node.row) < 0):
                yield f"{where}: a {node.op} whose rows are not sorted or not all there"
        case Rank() | Product():
            yield from _ranked(where, node)
        case Guarded():
            if node.when.rows != node.rows:
                yield f"{where}: {node.when.rows} guards for {node.rows} rows"
        case Junction():
            for m in node.members:
                yield from _links(where, node.rows, m.row, m.child.rows, m.child_row)
        case Makespan() | SetupTime():
            if node.rows != 1:
                yield f"{where}: a {'makespan' if isinstance(node, Makespan) else 'set-up time'} of {node.rows} rows"


def _ranked(where: str, node: Rank | Product) -> Iterator[str]:
    yield from _links(where, node.rows, node.row, node.child.rows, node.child_row)
    if np.any(np.diff(node.row) < 0):
        yield f"{where}: a {'rank' if isinstance(node, Rank) else 'product'} whose rows are not sorted"
    if isinstance(node, Rank):
        if node.when is not None and node.when.rows != len(node.row):
            yield f"{where}: {node.when.rows} guards for {len(node.row)} entries"
        if node.bottom < 1 or not 0 < node.top <= 100 * node.bottom:
            yield f"{where}: a rank of {node.top}/{node.bottom} percent"


def _linear(where: str, node: Linear, sizes: tuple[int, ...]) -> Iterator[str]:
    yield from _same_length(where, node.row, node.point, node.task, node.coef)
    yield from _numbers(where, node.row, node.rows)
    yield from _numbers(where, node.point, len(sizes))
    for kind in np.unique(np.clip(node.point, 0, len(sizes) - 1)).tolist():
        yield from _numbers(where, node.task[node.point == kind], sizes[kind])
    if np.any(np.diff(node.row) < 0):
        yield f"{where}: rows out of order"
    for part in node.parts:
        yield from _links(where, node.rows, part.row, part.child.rows, part.child_row)
        yield from _same_length(where, part.row, part.coef)


def _links(where: str, rows: int, row: Ints, child_rows: int, child_row: Ints) -> Iterator[str]:
    yield from _same_length(where, row, child_row)
    yield from _numbers(where, row, rows)
    yield from _numbers(where, child_row, child_rows)


def _pieces(where: str, t: Tasks) -> Iterator[str]:
    p = t.pieces
    if p is None:
        return
    yield from _size(where, t.size, p.most, p.shortest, p.longest)
    if t.pausable or t.modes or t.choices or t.parts:
        yield f"{where}: pieces beside pauses, choices or parts"
    if len(p.most) == len(p.shortest) == len(p.longest) == t.size and np.any(
        (p.most < 0) | (p.shortest < 1) | (p.longest < p.shortest)
    ):
        yield f"{where}: pieces without a length, or fewer than none"
    if p.fixed is not None and len(p.fixed) != t.size:
        yield f"{where}: {len(p.fixed)} sets of pieces for {t.size} tasks"
