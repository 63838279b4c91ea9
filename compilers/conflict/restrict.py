"""A model without some of its elements: the same tasks, resources and numbers, with fewer limits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any, TypeVar

import numpy as np

from schedc.compilers.conflict.elements import PARTS, Elements, Kind
from schedc.models.columns import UNLIMITED, Flags, Ints
from schedc.models.expressions import IntExpr, Junction, Linear, Member, Part
from schedc.models.model import Model
from schedc.models.statements import (
    Availability,
    Choice,
    Exclusive,
    Modes,
    Open,
    Order,
    Permutation,
    Relation,
    Require,
    Resources,
    Stocks,
    Tasks,
    Uses,
    Within,
)

Kept = Callable[[Kind, int, int], Flags | None]     # the kept rows of a block, None for all
_T = TypeVar("_T")
_U = TypeVar("_U", Uses, Choice)


def restricted(elements: Elements, kept: Flags, base: Model) -> Model:
    """The model of these elements alone, without goals and without what can be kept at a price.

    base: the model whose columns are taken: the elements' own, or where the horizon is not kept, the longer one.
    """
    blocks = {b.key: kept[b.first : b.first + b.size] for b in elements.blocks}

    def of(kind: Kind, node: int = 0, part: int = 0) -> Flags | None:
        found = blocks.get((kind, node, part))
        return None if found is None or found.all() else found

    most = np.maximum(all_asked(base), 1)
    found = replace(
        base, objective=(), soft=(), qos=(),
        tasks=tuple(_tasks(k, t, of, base.horizon) for k, t in enumerate(base.tasks)),
        resources=tuple(_resources(k, r, of, most) for k, r in enumerate(base.resources)),
        availability=tuple(a for k, s in enumerate(base.availability) if (a := _available(k, s, of)) is not None),
        stocks=tuple(_stocks(k, s, of, base) for k, s in enumerate(base.stocks)),
        relations=tuple(r for k, s in enumerate(base.relations) if (r := _relation(k, s, of)) is not None),
    )
    return found if all(of(Kind.CHANGE, k) is None for k in range(len(base.resources))) else _stateless(found)


def _stateless(model: Model) -> Model:
    """The model without the states of uses of resources that do not change."""
    changing = np.array([r.change is not None for r in model.resources for _ in range(r.family.size)])

    def plain(clauses: tuple[_U, ...]) -> tuple[_U, ...]:
        return tuple(
            c if c.state is None or not len(c.resource) or changing[c.resource[0]] else replace(c, state=None)
            for c in clauses
        )

    def family(t: Tasks) -> Tasks:
        modes = tuple(replace(m, uses=plain(m.uses), choices=plain(m.choices)) for m in t.modes)
        return replace(t, uses=plain(t.uses), choices=plain(t.choices), modes=modes)

    return replace(model, tasks=tuple(family(t) for t in model.tasks))


def picked(node: _T, rows: Flags, size: int) -> _T:
    """A node of columns with some of its rows; columns of another length stay."""
    changed: dict[str, Any] = {}
    for f in fields(node):      # type: ignore[arg-type]
        value = getattr(node, f.name)
        if isinstance(value, np.ndarray) and len(value) == size:
            changed[f.name] = value[rows]
    return replace(node, **changed)     # type: ignore[type-var]


def _some(nodes: tuple[_T, ...], rows: Callable[[int], Flags | None], column: str = "row") -> tuple[_T, ...]:
    """Clauses with the rows that are kept; those without any are left out."""
    found = []
    for j, node in enumerate(nodes):
        keep = rows(j)
        if keep is None:
            found.append(node)
        elif keep.any():
            found.append(picked(node, keep, len(getattr(node, column))))
    return tuple(found)


def _tasks(k: int, t: Tasks, of: Kept, horizon: int) -> Tasks:
    lasts, release, deadline = (of(kind, k, 0) for kind in (Kind.LASTS, Kind.RELEASE, Kind.DEADLINE))
    return replace(
        t,
        shortest=t.shortest if lasts is None else np.where(lasts, t.shortest, 0),
        release=t.release if release is None else np.where(release, t.release, 0),
        deadline=t.deadline if deadline is None else np.where(deadline, t.deadline, horizon),
        within=_windows(t.within, of(Kind.WITHIN, k, 0)),
        uses=_some(t.uses, lambda j: of(Kind.USES, k, j)),
        parts=_some(t.parts, lambda j: of(Kind.PARTS, k, j)),
        events=_some(t.events, lambda j: of(Kind.EVENTS, k, j)),
        modes=tuple(_modes(k, j, m, of, lasts, horizon) for j, m in enumerate(t.modes)),
    )


def _modes(k: int, j: int, m: Modes, of: Kept, lasts: Flags | None, horizon: int) -> Modes:
    at = j * PARTS
    release, deadline = of(Kind.MODE_RELEASE, k, at), of(Kind.MODE_DEADLINE, k, at)
    return replace(
        m,
        shortest=m.shortest if lasts is None else np.where(lasts[m.row], m.shortest, 0),
        release=m.release if release is None else np.where(release, m.release, 0),
        deadline=m.deadline if deadline is None else np.where(deadline, m.deadline, horizon),
        within=_windows(m.within, of(Kind.MODE_WITHIN, k, at)),
        uses=_some(m.uses, lambda i: of(Kind.MODE_USES, k, at + i)),
        parts=_some(m.parts, lambda i: of(Kind.MODE_PARTS, k, at + i)),
        events=_some(m.events, lambda i: of(Kind.MODE_EVENTS, k, at + i)),
    )


def _windows(clauses: tuple[Within, ...], keep: Flags | None) -> tuple[Within, ...]:
    if keep is None:
        return clauses
    found = [replace(w, which=np.where(keep, w.which, -1)) for w in clauses]
    return tuple(w for w in found if (w.which >= 0).any())


def all_asked(model: Model) -> Ints:
    """What is asked of every resource by everybody together."""
    total = np.zeros(model.resource_count, dtype=np.int64)
    np.add.at(total, model.demands.resource, model.demands.amount)
    np.add.at(total, model.option_demands.resource, model.option_demands.amount)
    np.add.at(total, model.picks.resource, 1)
    for t in model.tasks:
        for p in (*t.parts, *(p for m in t.modes for p in m.parts)):
            np.add.at(total, p.resource, p.amount)
    return total


def _resources(k: int, r: Resources, of: Kept, most: Ints) -> Resources:
    keep = of(Kind.CAPACITY, k, 0)
    if keep is not None:
        much = np.maximum(r.capacity, most[r.first : r.first + r.family.size])
        r = replace(r, capacity=np.where(keep, r.capacity, much))
    if of(Kind.CHANGE, k, 0) is not None:
        r = replace(r, change=None)
    if of(Kind.BATCH, k, 0) is not None:
        r = replace(r, batch=None)
    if of(Kind.CONTIGUOUS, k, 0) is not None:
        r = replace(r, contiguous=None)
    return r


def _available(k: int, a: Availability, of: Kept) -> Availability | None:
    keep = of(Kind.OPEN, 0, 0) if isinstance(a, Open) else of(Kind.DOWNTIME, k, 0)
    if keep is None:
        return a
    rows = keep[a.resource] if isinstance(a, Open) else keep
    return picked_rows(a, rows) if rows.any() else None


def picked_rows(a: Availability, rows: Flags) -> Availability:
    """An `open` or `downtime` for some of its resources."""
    if isinstance(a, Open):
        return replace(a, resource=a.resource[rows], which=a.which[rows])
    return replace(a, resource=a.resource[rows], which=a.which[rows], leaving=a.leaving[rows])


def _stocks(k: int, s: Stocks, of: Kept, base: Model) -> Stocks:
    keep = of(Kind.STOCK, k, 0)
    if keep is None:
        return s
    events = base.stock_events
    moved = np.bincount(events.stock, weights=np.abs(events.amount).astype(np.float64), minlength=base.stock_count)
    reach = np.ceil(moved[s.first : s.first + s.family.size]).astype(np.int64) + 1
    lowest = np.where(keep, s.lowest, np.minimum(s.lowest, s.starts - reach))
    return replace(s, lowest=lowest, highest=np.where(keep, s.highest, UNLIMITED))


def _relation(k: int, relation: Relation, of: Kept) -> Relation | None:
    match relation:
        case Order():
            return _order(relation, of(Kind.ORDER, k, 0))
        case Exclusive():
            return _exclusive(relation, of(Kind.EXCLUSIVE, k, 0))
        case Permutation():
            return _permutation(relation, of(Kind.PERMUTATION, k, 0))
        case Require():
            return _require(relation, of(Kind.REQUIRE, k, 0))


def _order(order: Order, keep: Flags | None) -> Order | None:
    if keep is None:
        return order
    if not keep.any():
        return None
    extra = None if order.extra is None else taken(order.extra, np.flatnonzero(keep))
    return replace(picked(replace(order, extra=None), keep, len(keep)), extra=extra)


def taken(value: IntExpr, rows: Ints) -> Linear:
    """Some rows of an expression."""
    n, none = len(rows), np.zeros(0, dtype=np.int64)
    part = Part(np.arange(n), value, rows, np.ones(n, dtype=np.int64))
    return Linear(np.zeros(n, dtype=np.int64), none, none, none, none, (part,))


def _exclusive(relation: Exclusive, keep: Flags | None) -> Exclusive | None:
    if keep is None or not keep.any():
        return relation if keep is None else None
    ptr, inside = _groups(relation.ptr, keep)
    return replace(relation, ptr=ptr, task=relation.task[inside])


def _permutation(relation: Permutation, keep: Flags | None) -> Permutation | None:
    if keep is None or not keep.any():
        return relation if keep is None else None
    ptr, inside = _groups(relation.ptr, keep)
    return replace(relation, ptr=ptr, first=relation.first[inside], second=relation.second[inside])


def _groups(ptr: Ints, keep: Flags) -> tuple[Ints, Flags]:
    """The pointers of some instances, and which entries are theirs."""
    size = np.diff(ptr)
    return np.r_[0, np.cumsum(size[keep])].astype(np.int64), np.repeat(keep, size)


def _require(relation: Require, keep: Flags | None) -> Require | None:
    if keep is None:
        return relation
    rows = np.flatnonzero(keep)
    if not len(rows):
        return None
    members = (Member(np.arange(len(rows)), relation.condition, rows),)
    names = [relation.names[i] for i in rows.tolist()] if relation.names else ()
    return replace(relation, condition=Junction("and", len(rows), members), names=names)
