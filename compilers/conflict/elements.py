"""What can be taken out of a model piece by piece: every clause and statement that limits its schedules.

A block is one clause or statement, an element one row of it: a member, an arrow, an instance. Elements are numbered
through all blocks, so that a set of them is one column of flags. What only widens the choice (modes, candidates,
optional tasks) is no element, it is always there. All `open` statements of one resource are one element, for without
one of them there would be less open time, not more; so are all `within` of a task.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

import numpy as np

from schedc.models.columns import Flags, Ints
from schedc.models.expressions import Extreme, Junction, Linear, Point
from schedc.models.model import Model
from schedc.models.records import dataclass
from schedc.models.source import Origin
from schedc.models.statements import (
    Downtime,
    Events,
    Exclusive,
    Open,
    Order,
    Parts,
    Permutation,
    Relation,
    Require,
    Tasks,
    Uses,
)
from schedc.models.walk import Node, children, post_order

Key = tuple[str, int, int]


class Kind(StrEnum):
    """What an element says."""

    LASTS = "lasts"
    USES = "uses"
    PARTS = "parts"
    EVENTS = "events"
    RELEASE = "release"
    DEADLINE = "deadline"
    WITHIN = "within"
    MODE_USES = "mode uses"
    MODE_PARTS = "mode parts"
    MODE_EVENTS = "mode events"
    MODE_RELEASE = "mode release"
    MODE_DEADLINE = "mode deadline"
    MODE_WITHIN = "mode within"
    CAPACITY = "capacity"
    CHANGE = "change"
    BATCH = "batch"
    CONTIGUOUS = "contiguous"
    OPEN = "open"
    DOWNTIME = "downtime"
    STOCK = "stock"
    ORDER = "order"
    EXCLUSIVE = "exclusive"
    PERMUTATION = "permutation"
    REQUIRE = "require"
    HORIZON = "horizon"


@dataclass(frozen=True, eq=False)
class Block:
    """A clause or statement: `size` elements, numbered from `first`.

    node, part: where it stands in the model: the number of the family, statement or relation, and of the clause in it.
    live: which of its rows limit anything. origins: its address; several where statements are one element.
    """

    kind: Kind
    node: int
    part: int
    origins: tuple[Origin, ...]
    first: int
    live: Flags

    @property
    def size(self) -> int:
        """Number of elements."""
        return len(self.live)

    @property
    def key(self) -> Key:
        """Where it stands in the model."""
        return self.kind, self.node, self.part


@dataclass(frozen=True, eq=False)
class Elements:
    """All blocks of a model, in order of number."""

    model: Model
    blocks: tuple[Block, ...]

    @property
    def count(self) -> int:
        """Number of elements, whether they limit anything or not."""
        return self.blocks[-1].first + self.blocks[-1].size if self.blocks else 0

    def live(self) -> Ints:
        """The numbers of the elements that limit something."""
        flags = [b.live for b in self.blocks]
        return np.flatnonzero(np.concatenate(flags)) if flags else np.zeros(0, dtype=np.int64)

    def block(self, number: int) -> Block:
        """The block of an element."""
        firsts = [b.first for b in self.blocks]
        return self.blocks[int(np.searchsorted(firsts, number, side="right")) - 1]

    def flags(self, numbers: Ints) -> Flags:
        """A set as flags; what limits nothing is always in it."""
        kept = np.ones(self.count, dtype=np.bool_)
        kept[self.live()] = False
        kept[numbers] = True
        return kept

    def origins(self, number: int) -> tuple[Origin, ...]:
        """The statements of an element: one, or all that it unites."""
        block = self.block(number)
        if block.kind is Kind.OPEN:
            resource = number - block.first
            opens = [a for a in self.model.availability if isinstance(a, Open)]
            return tuple(a.origin for a in opens if (a.resource == resource).any())
        if block.kind is Kind.WITHIN:
            family = self.model.tasks[block.node]
            return tuple(w.origin for w in family.within if w.which[number - block.first] >= 0)
        return block.origins

    def tasks(self, number: int) -> tuple[int, ...]:
        """The tasks that an element names: of a clause its own, of a relation all of the row."""
        block, model = self.block(number), self.model
        row = number - block.first
        if block.kind in _OF_TASKS:
            return (model.tasks[block.node].first + _member(model, block, row),)
        if block.kind in _RELATIONS:
            return tuple(_named(model.relations[block.node], row, model.task_count))
        return ()

    def about(self, tasks: Ints) -> tuple[Flags, Flags]:
        """By element: whether it names any task, and whether it names none but these."""
        inside = np.zeros(self.model.task_count, dtype=np.bool_)
        inside[tasks] = True
        named, only = np.zeros(self.count, dtype=np.bool_), np.zeros(self.count, dtype=np.bool_)
        for b in self.blocks:
            part = slice(b.first, b.first + b.size)
            if b.kind in _OF_TASKS:
                named[part], only[part] = True, inside[_owners(self.model, b)]
            elif b.kind is Kind.ORDER:
                order = self.model.relations[b.node]
                assert isinstance(order, Order)
                named[part], only[part] = True, inside[order.first] & inside[order.second]
            elif b.kind in _RELATIONS and b.size > _MOST_ROWS:
                named[part], only[part] = True, True        # too many to be looked at one by one
            elif b.kind in _RELATIONS:
                rows = [self.tasks(b.first + k) for k in range(b.size)]
                named[part], only[part] = [bool(r) for r in rows], [bool(inside[list(r)].all()) for r in rows]
        return named, only

    def demand(self, number: int) -> Uses | Parts:
        """The clause of an element that is a demand; the element's row counts in it."""
        return clauses_of(self.model, self.block(number))[self.block(number).part % PARTS]     # type: ignore[return-value]

    def resource(self, number: int) -> int:
        """The resource that an element speaks of, -1 for none."""
        block, model = self.block(number), self.model
        row = number - block.first
        match block.kind:
            case Kind.USES | Kind.PARTS | Kind.MODE_USES | Kind.MODE_PARTS:
                return int(self.demand(number).resource[row])
            case Kind.CAPACITY | Kind.CHANGE | Kind.BATCH | Kind.CONTIGUOUS:
                return model.resources[block.node].first + row
            case Kind.OPEN:
                return row
            case Kind.DOWNTIME:
                return int(model.availability[block.node].resource[row])
            case _:
                return -1


_OF_TASKS = frozenset({
    Kind.LASTS, Kind.USES, Kind.PARTS, Kind.EVENTS, Kind.RELEASE, Kind.DEADLINE, Kind.WITHIN, Kind.MODE_USES,
    Kind.MODE_PARTS, Kind.MODE_EVENTS, Kind.MODE_RELEASE, Kind.MODE_DEADLINE, Kind.MODE_WITHIN,
})
_RELATIONS = frozenset({Kind.ORDER, Kind.EXCLUSIVE, Kind.PERMUTATION, Kind.REQUIRE})
_CLAUSES = frozenset({
    Kind.USES, Kind.PARTS, Kind.EVENTS, Kind.MODE_USES, Kind.MODE_PARTS, Kind.MODE_EVENTS,
})
_OF_MODES = frozenset({
    Kind.MODE_USES, Kind.MODE_PARTS, Kind.MODE_EVENTS, Kind.MODE_RELEASE, Kind.MODE_DEADLINE, Kind.MODE_WITHIN,
})
_MOST_ROWS = 5_000
PARTS = 1000    # clauses of one kind in one mode, at most; `part` of a mode's clause is mode * PARTS + clause


def clauses_of(model: Model, block: Block) -> tuple[Uses | Parts | Events, ...]:
    """The clauses among which a block of demands or events stands."""
    t = model.tasks[block.node]
    holder = t.modes[block.part // PARTS] if block.kind in _OF_MODES else t
    if block.kind in (Kind.USES, Kind.MODE_USES):
        return holder.uses
    return holder.parts if block.kind in (Kind.PARTS, Kind.MODE_PARTS) else holder.events


def _member(model: Model, block: Block, row: int) -> int:
    """The row of the task family that an element of it is about."""
    t = model.tasks[block.node]
    if block.kind in _CLAUSES:
        row = int(clauses_of(model, block)[block.part % PARTS].row[row])
    return int(t.modes[block.part // PARTS].row[row]) if block.kind in _OF_MODES else row


def _owners(model: Model, block: Block) -> Ints:
    """The tasks that the elements of a clause's block are about."""
    t, rows = model.tasks[block.node], np.arange(block.size)
    if block.kind in _CLAUSES:
        rows = clauses_of(model, block)[block.part % PARTS].row
    return t.first + (t.modes[block.part // PARTS].row[rows] if block.kind in _OF_MODES else rows)


def _named(relation: Relation, row: int, tasks: int) -> list[int]:
    if isinstance(relation, Order):
        return [int(relation.first[row]), int(relation.second[row])]
    if isinstance(relation, Exclusive):
        return [int(t) for t in relation.task[relation.ptr[row] : relation.ptr[row + 1]]]
    if isinstance(relation, Permutation):
        part = slice(int(relation.ptr[row]), int(relation.ptr[row + 1]))
        return [int(t) for t in (*relation.first[part], *relation.second[part])]
    return sorted(spoken_of(relation, row)) if isinstance(relation, Require) else []


def spoken_of(relation: Require, row: int) -> set[int]:
    """The tasks whose start, end, length or presence one row of a condition names."""
    found: set[int] = set()
    stack: list[tuple[Node, Ints]] = [(relation.condition, np.array([row]))]
    while stack:
        node, rows = stack.pop()
        if not len(rows):
            continue
        if isinstance(node, Linear):
            mine = np.isin(node.row, rows) & (node.point <= Point.PRESENT)
            found.update(node.task[mine].tolist())
            stack += [(p.child, p.child_row[np.isin(p.row, rows)]) for p in node.parts]
        elif isinstance(node, Junction):
            stack += [(m.child, m.child_row[np.isin(m.row, rows)]) for m in node.members]
        elif isinstance(node, Extreme):
            stack.append((node.child, node.child_row[np.isin(node.row, rows)]))
        else:
            stack += [(child, rows) for child in children(node)]
    return found


def elements_of(model: Model, longer: Model | None = None) -> Elements:
    """All elements. longer: the same model with a later horizon, without which the horizon is no element."""
    wide = longer or model
    blocks: list[Block] = []
    number = 0
    for kind, node, part, origins, live in _found(model, wide):
        blocks.append(Block(kind, node, part, origins, number, live))
        number += len(live)
    if longer is not None:
        blocks.append(Block(Kind.HORIZON, 0, 0, (model.axis.origin,), number, np.ones(1, dtype=np.bool_)))
    return Elements(model, tuple(blocks))


_Found = Iterator[tuple[Kind, int, int, tuple[Origin, ...], Flags]]


def _found(model: Model, wide: Model) -> _Found:
    addressing = _addressing(model)
    held = np.array([r.contiguous is not None and addressing for r in model.resources for _ in range(r.family.size)])
    for k, (t, w) in enumerate(zip(model.tasks, wide.tasks)):
        yield from _clauses(k, t, w, wide.horizon, held)
        yield from _options(k, t, w, wide.horizon)
    for k, r in enumerate(model.resources):
        yield Kind.CAPACITY, k, 0, (r.origin,), _all(r.family.size)
        if r.change is not None:
            yield Kind.CHANGE, k, 0, (r.change.origin,), _all(1)
        if r.batch is not None:
            yield Kind.BATCH, k, 0, (r.batch,), _all(1)
        if r.contiguous is not None and not addressing:
            yield Kind.CONTIGUOUS, k, 0, (r.contiguous,), _all(1)
    yield Kind.OPEN, 0, 0, (), _opened(model)
    for k, a in enumerate(model.availability):
        if isinstance(a, Downtime):
            yield Kind.DOWNTIME, k, 0, (a.origin,), _all(len(a.resource))
    for k, s in enumerate(model.stocks):
        yield Kind.STOCK, k, 0, (s.origin,), _all(s.family.size)
    for k, relation in enumerate(model.relations):
        kind, rows = _relation(relation)
        yield kind, k, 0, (relation.origin,), _all(rows)


def _addressing(model: Model) -> bool:
    """Whether a condition speaks of addresses: these are numbered by uses, which must then all stay."""
    return any(
        isinstance(node, Linear) and bool((node.point == Point.ADDRESS).any())
        for r in model.requires for node in post_order(r.condition)
    )


def _clauses(k: int, t: Tasks, wide: Tasks, horizon: int, held: Flags) -> _Found:
    def at(word: str) -> tuple[Origin, ...]:
        return (t.clauses.get(word, t.origin),)

    yield Kind.LASTS, k, 0, at("lasts"), t.shortest > 0
    yield Kind.RELEASE, k, 0, at("release"), t.release > 0
    yield Kind.DEADLINE, k, 0, at("deadline"), wide.deadline < horizon
    if t.within:
        said = np.zeros(t.size, dtype=np.bool_)
        for w in t.within:
            said |= w.which >= 0
        yield Kind.WITHIN, k, 0, tuple(w.origin for w in t.within), said
    for j, u in enumerate(t.uses):
        yield Kind.USES, k, j, (u.origin,), ~held[u.resource]
    for j, p in enumerate(t.parts):
        yield Kind.PARTS, k, j, (p.origin,), _all(len(p.row))
    for j, e in enumerate(t.events):
        yield Kind.EVENTS, k, j, (e.origin,), _all(len(e.row))


def _options(k: int, t: Tasks, wide: Tasks, horizon: int) -> _Found:
    for j, (m, w) in enumerate(zip(t.modes, wide.modes)):
        at = j * PARTS
        yield Kind.MODE_RELEASE, k, at, (m.clauses.get("release", m.origin),), m.release > 0
        yield Kind.MODE_DEADLINE, k, at, (m.clauses.get("deadline", m.origin),), w.deadline < horizon
        if m.within:
            said = np.zeros(m.size, dtype=np.bool_)
            for clause in m.within:
                said |= clause.which >= 0
            yield Kind.MODE_WITHIN, k, at, tuple(c.origin for c in m.within), said
        for i, u in enumerate(m.uses):
            yield Kind.MODE_USES, k, at + i, (u.origin,), _all(len(u.row))
        for i, p in enumerate(m.parts):
            yield Kind.MODE_PARTS, k, at + i, (p.origin,), _all(len(p.row))
        for i, e in enumerate(m.events):
            yield Kind.MODE_EVENTS, k, at + i, (e.origin,), _all(len(e.row))


def _opened(model: Model) -> Flags:
    found = np.zeros(model.resource_count, dtype=np.bool_)
    for a in model.availability:
        if isinstance(a, Open):
            found[a.resource] = True
    return found


def _relation(relation: Relation) -> tuple[Kind, int]:
    match relation:
        case Order():
            return Kind.ORDER, len(relation.lo)
        case Exclusive():
            return Kind.EXCLUSIVE, len(relation.ptr) - 1
        case Permutation():
            return Kind.PERMUTATION, len(relation.ptr) - 1
        case Require():
            return Kind.REQUIRE, relation.condition.rows


def _all(size: int) -> Flags:
    return np.ones(size, dtype=np.bool_)

