"""`open` and `downtime`: availability of resources, expanded for each horizon."""

from __future__ import annotations

import numpy as np

from schedc.dsl import tree
from schedc.dsl.calendars import When, span_sets, when_of
from schedc.dsl.clauses import given_value, label_of, origin_of, tail_space
from schedc.dsl.evaluate import items_of
from schedc.dsl.faults import recorded
from schedc.dsl.lookup import find_members
from schedc.dsl.named import resource_named
from schedc.dsl.resources import Amount, ResourceDraft, amount_of, demand_on
from schedc.dsl.space import Space
from schedc.dsl.values import Value, spread
from schedc.dsl.world import World
from schedc.models.columns import Ints
from schedc.models.records import dataclass
from schedc.models.source import Origin
from schedc.models.statements import Downtime, Open


@dataclass(frozen=True, eq=False)
class AvailabilityDraft:
    """An `open` or `downtime`: resource[k] during the span of instance row[k]; leaving is None for `open` and for 0."""

    origin: Origin
    keyword: str
    resource: Ints
    row: Ints
    when: When
    leaving: tuple[tuple[Amount, int], ...]     # amounts with the number of resources that each is for


def draft_availability(
    world: World, statement: tree.Availability, resources: dict[str, ResourceDraft]
) -> AvailabilityDraft:
    """What an `open` or `downtime` says, before there is a horizon."""
    space = tail_space(world, statement.tail)
    label = label_of(world, statement.tail.labels)
    names = ", ".join(dict.fromkeys(r.name for r in statement.refs))
    when = when_of(world, statement.when, space, statement.span)
    found, rows, leaving = [], [], []
    for ref in statement.refs:
        with recorded(world.findings):
            draft = resource_named(world, ref, resources)
            members = find_members(world, draft.rows, items_of(world, ref.index, space), space, ref.span)
            found.append(draft.first + members.child)
            rows.append(members.parent)
            if statement.leaving is not None:
                leaving.append((_left(world, statement.leaving, draft, space, members.parent), len(members.parent)))
    none = np.zeros(0, dtype=np.int64)
    origin = origin_of(statement.span, f"{statement.keyword} {names}", label)
    return AvailabilityDraft(
        origin, statement.keyword, np.concatenate([none, *found]), np.concatenate([none, *rows]), when, tuple(leaving)
    )


def _left(world: World, written: tree.Expr, draft: ResourceDraft, space: Space, parent: Ints) -> Amount:
    value, said = given_value(world, written, space)
    amount = amount_of(world, value, space, "what is left", written.span)
    if not said.all():
        amount.value = Value(amount.value.type, np.where(said, amount.value.num, 0), amount.value.den)
    amount.value = amount.value.take(parent)
    return demand_on(world, draft, amount)


def availability_node(draft: AvailabilityDraft, horizon: int) -> Open | Downtime:
    """The node for one horizon."""
    spans, which = span_sets(draft.when, horizon)
    if which is None:
        which = np.zeros(int(draft.row.max()) + 1 if len(draft.row) else 0, dtype=np.int64)
    which = which[draft.row]
    keep = np.flatnonzero(which >= 0)
    resource, which = draft.resource[keep], which[keep]
    if draft.keyword == "open":
        return Open(draft.origin, resource, which, spans)
    left = np.zeros(len(draft.resource), dtype=np.int64)
    if draft.leaving:
        left = np.concatenate([spread(a.scaled, n) for a, n in draft.leaving])
    return Downtime(draft.origin, resource, which, spans, left[keep])
