"""`uses n of r`: choices of different members of a resource family, by columns.

A binder of the clause's `for` that stands in the member's index ranges over the candidates; every other one makes a
choice of its own: `uses n.people of person[m.i] for n in needs, m in mastery where m.s == n.s` chooses once a need.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from schedc.dsl import tree
from schedc.dsl.arithmetic import as_quantity
from schedc.dsl.clauses import each_space, given_value, origin_of
from schedc.dsl.evaluate import items_of
from schedc.dsl.families import Expansion
from schedc.dsl.faults import Fault
from schedc.dsl.lookup import find_members
from schedc.dsl.names import references
from schedc.dsl.resources import Amount, ResourceDraft
from schedc.dsl.space import Ragged, Space, repeated
from schedc.dsl.states import Asked, ChangeDraft, draft_states, numbered
from schedc.dsl.values import NUMBER, Value, spread
from schedc.dsl.world import World
from schedc.models.columns import Ints, distinct
from schedc.models.diagnostics import Label
from schedc.models.records import dataclass
from schedc.models.source import Origin
from schedc.models.statements import Choice


@dataclass(eq=False)
class ChoiceDraft:
    """Choices before their candidates are numbered. resource: global numbers; family: what they are members of."""

    origin: Origin
    family: str
    row: Ints
    count: Ints
    ptr: Ints
    resource: Ints
    unit: Amount
    first: int = 0
    change: ChangeDraft | None = None
    asked: Asked | None = None


def draft_choice(
    world: World, demand: tree.Demand, each: tree.Each | None, space: Space, resource: ResourceDraft, label: str | None
) -> ChoiceDraft:
    """The choices of one demand in every row of a space. Fault where there are too few candidates for one."""
    if demand.amount is not None:
        raise Fault("E274", "a chosen member is held with one unit", demand.amount.span, fix="leave the amount out")
    if not resource.rows.dims:
        raise Fault("E274", f"`{resource.rows.name}` has no members to choose from", demand.ref.span,
                    Label(resource.rows.at, "declared here"), fix="make it a family, as in `resource r[i in 1 .. 3]`")
    outer, inner = _parted(demand, each, space)
    groups = each_space(world, space, outer)
    count = _count(world, demand, groups.space)
    asked = np.flatnonzero(count > 0)
    groups = Expansion(groups.space.take(asked), groups.parent[asked])
    found = _candidates(world, demand, each_space(world, groups.space, inner), resource)
    sizes = np.bincount(found.parent, minlength=groups.space.rows)
    _refuse_few(world, demand, groups.space, sizes, count[asked])
    unit = _unit(resource, demand)
    ptr = np.r_[0, np.cumsum(sizes)].astype(np.int64)
    origin = origin_of(demand.span, f"uses of {demand.ref.name}", label)
    name = resource.rows.name
    number = resource.first + found.child
    states = draft_states(world, resource.change, demand, groups.space)
    if resource.change is not None and states is not None:
        resource.change.asked.append((states, found.parent, found.child))
    return ChoiceDraft(
        origin, name, groups.parent, count[asked], ptr, number, unit, change=resource.change, asked=states
    )


def _parted(
    demand: tree.Demand, each: tree.Each | None, space: Space
) -> tuple[tree.Each | None, tree.Each | None]:
    """The binders that make choices, and those that range over the candidates of one; each with its conditions."""
    if each is None:
        return None, None
    named = references(demand.ref.index)
    late: set[str] = set()
    for binder in each.binders:
        if binder.name in named or references(binder.values) & late:
            late.add(binder.name)
    outer = tuple(b for b in each.binders if b.name not in late)
    inner = tuple(b for b in each.binders if b.name in late)
    early: list[tree.Expr] = []
    rest: list[tree.Expr] = []
    for condition in _conjuncts(each.where):
        (rest if references(condition) & late or not outer else early).append(condition)
    return _joined(each, outer, early), _joined(each, inner, rest)


def _conjuncts(where: tree.Expr | None) -> list[tree.Expr]:
    if isinstance(where, tree.Logic) and where.op == "and":
        return [c for operand in where.operands for c in _conjuncts(operand)]
    return [] if where is None else [where]


def _joined(each: tree.Each, binders: tuple[tree.Binder, ...], conditions: list[tree.Expr]) -> tree.Each | None:
    if not binders and not conditions:
        return None
    where = conditions[0] if len(conditions) == 1 else None
    if len(conditions) > 1:
        where = tree.Logic("and", tuple(conditions), conditions[0].span.to(conditions[-1].span))
    return replace(each, binders=binders, where=where)


def _count(world: World, demand: tree.Demand, space: Space) -> Ints:
    """How many members each choice takes; 0 where nothing is said."""
    assert demand.count is not None
    at = demand.count.span
    value, said = given_value(world, demand.count, space)
    value = as_quantity(value)
    count = spread(value.num, space.rows)
    if value.type != NUMBER or not value.whole or (count.size and int(count.min()) < 0):
        raise Fault("E274", "the number of members to choose is no whole number", at)
    return np.where(said, count, 0)


def _candidates(world: World, demand: tree.Demand, inner: Expansion, resource: ResourceDraft) -> Ragged:
    """The different members that each choice may take, in order."""
    rows = resource.rows
    if demand.ref.index is None:
        every = repeated(np.full(inner.space.rows, rows.space.rows, dtype=np.int64))
        found = Ragged(inner.parent[every.parent], every.child)
    else:
        items = items_of(world, demand.ref.index, inner.space)
        named = find_members(world, rows, items, inner.space, demand.ref.span)
        found = Ragged(inner.parent[named.parent], named.child)
    size = max(rows.space.rows, 1)
    keys = distinct(found.parent * size + found.child)
    return Ragged(keys // size, keys % size)


def _refuse_few(world: World, demand: tree.Demand, space: Space, sizes: Ints, count: Ints) -> None:
    few = np.flatnonzero(sizes < count)
    if len(few):
        k = int(few[0])
        has = f"there {'is' if sizes[k] == 1 else 'are'} {int(sizes[k]) or 'none'} to choose from"
        more = f" (and {len(few) - 1} more)" if len(few) > 1 else ""
        message = f"{int(count[k])} different members of `{demand.ref.name}` are asked for, and {has}"
        raise Fault("E275", f"{message}{world.where(space, k)}{more}", demand.span)


def _unit(resource: ResourceDraft, demand: tree.Demand) -> Amount:
    """One unit of the family, counted among its amounts. Fault where its amounts are no plain numbers."""
    held = resource.capacity.value
    if not resource.unlimited and (held.type != NUMBER or not held.whole):
        raise Fault("E274", f"members of `{resource.rows.name}` are chosen by whole units, its capacity is {held.type}",
                    demand.span, Label(resource.capacity.at, "the capacity"), fix="write capacities as whole numbers")
    unit = Amount(Value(NUMBER, np.ones((), dtype=np.int64)), demand.span)
    resource.amounts.append(unit)
    return unit


def choice_node(draft: ChoiceDraft) -> Choice:
    """The node of a numbered choice. Fault where one unit of the family is no whole amount."""
    scaled = draft.unit.scaled
    if scaled is not None and int(np.max(scaled, initial=1)) != 1:
        raise Fault("E274", f"members of `{draft.family}` are chosen by whole units, other demands ask for parts",
                    draft.origin.span)
    state = None if draft.change is None or draft.asked is None else numbered(draft.change, draft.asked)
    return Choice(draft.origin, draft.first, draft.row, draft.count, draft.ptr, draft.resource, state)
