"""`uses`: demands on resources, of a task or of a mode."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from schedc.dsl import tree
from schedc.dsl.addresses import guard_address, guard_once
from schedc.dsl.choices import ChoiceDraft, draft_choice
from schedc.dsl.clauses import each_space, given_value, origin_of
from schedc.dsl.evaluate import items_of
from schedc.dsl.families import Expansion
from schedc.dsl.faults import Fault, recorded
from schedc.dsl.lookup import find_members
from schedc.dsl.named import resource_named
from schedc.dsl.parts import PartsDraft, draft_growing, draft_part, guard_parts
from schedc.dsl.resources import Amount, ResourceDraft, amount_of, demand_on
from schedc.dsl.space import Ragged, Space
from schedc.dsl.states import Asked, ChangeDraft, draft_states, numbered, take
from schedc.dsl.values import NUMBER, Value, spread
from schedc.dsl.world import World
from schedc.models.columns import Flags, Ints
from schedc.models.diagnostics import Fix, Label
from schedc.models.records import dataclass
from schedc.models.source import Origin, Span
from schedc.models.statements import Uses


@dataclass(frozen=True, eq=False)
class UsesDraft:
    """One demand before its amounts are scaled: row[k] asks for amount[k] of resource[k]."""

    origin: Origin
    row: Ints
    resource: Ints
    amount: Amount
    change: ChangeDraft | None = None
    asked: Asked | None = None


class Holder(Protocol):
    """What can hold resources: the draft of a task or of a mode."""

    origin: Origin
    shortest: Ints
    longest: Ints
    pausable: bool
    sized: bool
    uses: list[UsesDraft]
    parts: list[PartsDraft]
    choices: list[ChoiceDraft]


def draft_uses(
    world: World, draft: Holder, clause: tree.UsesClause, space: Space, resources: dict[str, ResourceDraft]
) -> None:
    """Add the demands of a `uses` clause to whoever holds them; each wrong one is reported."""
    plain = [d for d in clause.demands if d.count is None]
    for demand in clause.demands:
        if demand.count is not None:
            with recorded(world.findings):
                resource = resource_named(world, demand.ref, resources)
                label = draft.origin.label
                if demand.during or demand.growing:
                    guard_parts(demand, resource, draft.pausable)
                if resource.contiguous is not None:
                    guard_address(world, draft, demand, resource)
                draft.choices.append(draft_choice(world, demand, clause.each, space, resource, label))
    if not plain:
        return
    inner = each_space(world, space, clause.each)
    for demand in plain:
        with recorded(world.findings):
            _draft_plain(world, draft, demand, inner, resource_named(world, demand.ref, resources))


def _draft_plain(
    world: World, draft: Holder, demand: tree.Demand, inner: Expansion, resource: ResourceDraft
) -> None:
    """One demand that names its members, on a part of the task or on the whole."""
    found = find_members(
        world, resource.rows, items_of(world, demand.ref.index, inner.space), inner.space, demand.ref.span
    )
    if resource.contiguous is not None:
        guard_address(world, draft, demand, resource)
    amount, said = _amount(world, demand, inner.space)
    _warn_unclaimed(world, resource, amount, demand.span)
    row, value = inner.parent[found.parent], amount.value.take(found.parent)
    if demand.during or demand.growing:
        guard_parts(demand, resource, draft.pausable)
        keep = np.flatnonzero(said[found.parent])
        found, row, value = Ragged(found.parent[keep], found.child[keep]), row[keep], value.take(keep)
        said = np.ones(inner.space.rows, dtype=np.bool_)
        add = _draft_part if demand.during else _draft_growing
        draft.parts.append(add(world, draft, demand, resource, inner.space, found, row, value))
        if demand.during:
            return
    asked = take(draft_states(world, resource.change, demand, inner.space), found.parent)
    kept = said[found.parent] & (spread(value.num, len(row)) > 0)
    member, keep = found.child, np.flatnonzero(kept)
    if not kept.all():
        row, member, asked, value = row[keep], member[keep], take(asked, keep), value.take(keep)
    scaled = demand_on(world, resource, Amount(value, amount.at))
    if resource.contiguous is not None:
        guard_once(world, draft, row, np.asarray(resource.first + member), demand)
    origin = origin_of(demand.span, f"uses {demand.ref.name}", draft.origin.label)
    if resource.change is not None and asked is not None:
        resource.change.asked.append((asked, np.arange(len(row), dtype=np.int64), member))
    number = np.asarray(resource.first + member)
    draft.uses.append(UsesDraft(origin, row, number, scaled, resource.change, asked))


def _draft_part(
    world: World, draft: Holder, demand: tree.Demand, resource: ResourceDraft, space: Space, found: Ragged, row: Ints,
    value: Value,
) -> PartsDraft:
    lengths = (draft.shortest, draft.longest) if draft.sized else None
    return draft_part(world, demand, resource, space, found, row, value, lengths, draft.origin.label)


def _draft_growing(
    world: World, draft: Holder, demand: tree.Demand, resource: ResourceDraft, space: Space, found: Ragged, row: Ints,
    value: Value,
) -> PartsDraft:
    if not draft.sized:
        raise Fault("E311", "`growing` needs to know how long the task lasts, which its modes say", demand.span,
                    fix="write it in each mode")
    return draft_growing(world, demand, resource, space, found, row, value, draft.longest, draft.origin.label)


def _amount(world: World, demand: tree.Demand, space: Space) -> tuple[Amount, Flags]:
    if demand.amount is None:
        return Amount(Value(NUMBER, np.ones((), dtype=np.int64)), demand.ref.span), np.ones(space.rows, dtype=np.bool_)
    if isinstance(demand.amount, tree.Ref) and isinstance(world.declared.get(demand.amount.name), tree.Resource):
        raise _no_comma(demand.ref, demand.amount)
    value, said = given_value(world, demand.amount, space)
    return amount_of(world, value, space, "the demand", demand.amount.span), said


def _no_comma(first: tree.Ref, second: tree.Ref) -> Fault:
    """`uses saw lift`: the second resource reads as an amount of the first."""
    end = Span(first.span.file, *first.span[3:], *first.span[3:])
    return Fault("E262", f"`{second.name}` is a resource, not an amount of `{first.name}`", second.span,
                 fix=Fix("put a `,` between them", end, ","))


def _warn_unclaimed(world: World, resource: ResourceDraft, amount: Amount, at: Span) -> None:
    value = amount.value
    if not resource.claimed and value.type == NUMBER and value.num.size and bool(np.any(value.num > value.den)):
        world.findings.warning(
            "W401", f"`{resource.rows.name}` has capacity 1, as none was said, and this asks for more", at,
            Label(resource.rows.at, "declared here"), fix=f"write `resource {resource.rows.name} capacity …`",
        )


def uses_node(draft: UsesDraft) -> Uses:
    """The node of a demand whose amounts are scaled."""
    assert draft.amount.scaled is not None
    amount = np.array(spread(draft.amount.scaled, len(draft.row)))
    state = None if draft.change is None or draft.asked is None else numbered(draft.change, draft.asked)
    return Uses(draft.origin, draft.row, draft.resource, amount, state)
