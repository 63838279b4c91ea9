"""`uses`: demands on resources, of a task or of a mode."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from schedc.dsl import tree
from schedc.dsl.choices import ChoiceDraft, draft_choice
from schedc.dsl.clauses import each_space, given_value, origin_of
from schedc.dsl.evaluate import items_of
from schedc.dsl.faults import Fault, later, recorded
from schedc.dsl.lookup import find_members
from schedc.dsl.named import resource_named
from schedc.dsl.resources import Amount, ResourceDraft, amount_of, demand_on
from schedc.dsl.space import Space
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
    uses: list[UsesDraft]
    choices: list[ChoiceDraft]


def draft_uses(
    world: World, draft: Holder, clause: tree.UsesClause, space: Space, resources: dict[str, ResourceDraft]
) -> None:
    """Add the demands of a `uses` clause to whoever holds them; each wrong one is reported."""
    plain = [d for d in clause.demands if d.count is None]
    for demand in clause.demands:
        if demand.count is not None:
            with recorded(world.findings):
                _refuse_later(demand)
                resource = resource_named(world, demand.ref, resources)
                label = draft.origin.label
                draft.choices.append(draft_choice(world, demand, clause.each, space, resource, label))
    if not plain:
        return
    inner = each_space(world, space, clause.each)
    for demand in plain:
        with recorded(world.findings):
            _refuse_later(demand)
            resource = resource_named(world, demand.ref, resources)
            found = find_members(
                world, resource.rows, items_of(world, demand.ref.index, inner.space), inner.space, demand.ref.span
            )
            amount, said = _amount(world, demand, inner.space)
            _warn_unclaimed(world, resource, amount, demand.span)
            asked = take(draft_states(world, resource.change, demand, inner.space), found.parent)
            row, member = inner.parent[found.parent], found.child
            value = Amount(amount.value.take(found.parent), amount.at)
            keep = said[found.parent] & (spread(value.value.num, len(row)) > 0)
            if not keep.all():
                row, member, asked = row[keep], member[keep], take(asked, np.flatnonzero(keep))
                value.value = value.value.take(np.flatnonzero(keep))
            demand_on(world, resource, value)
            origin = origin_of(demand.span, f"uses {demand.ref.name}", draft.origin.label)
            if resource.change is not None and asked is not None:
                resource.change.asked.append((asked, np.arange(len(row), dtype=np.int64), member))
            number = np.asarray(resource.first + member)
            draft.uses.append(UsesDraft(origin, row, number, value, resource.change, asked))


def _refuse_later(demand: tree.Demand) -> None:
    for parts, word in ((demand.during, "`during` in `uses`"), (demand.growing, "`growing`")):
        if parts:
            raise later(word, demand.span)


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
