"""`resource`: families, capacities, and the exact scaling of amounts to small integers.

All amounts of one resource family (its capacities, the demands on it, what downtimes leave) are brought to one unit,
multiplied by the least common multiple of their denominators, and divided by their greatest common divisor.
"""

from __future__ import annotations

from dataclasses import field
from fractions import Fraction
from math import gcd, lcm

import numpy as np

from schedc.dsl import tree
from schedc.dsl.arithmetic import mixed
from schedc.dsl.attributes import draft_attributes
from schedc.dsl.clauses import expression, label_of, origin_of, single
from schedc.dsl.evaluate import evaluate
from schedc.dsl.families import members
from schedc.dsl.faults import Fault, TooLarge, later
from schedc.dsl.space import Space
from schedc.dsl.states import ChangeDraft, change_node, draft_change
from schedc.dsl.units import UNITS
from schedc.dsl.values import LARGEST, NUMBER, Type, Value, product, spread
from schedc.dsl.world import Rows, World
from schedc.models.columns import UNLIMITED, Ints, distinct
from schedc.models.diagnostics import Label
from schedc.models.records import dataclass
from schedc.models.source import Origin, Span
from schedc.models.statements import Resources

LATER_CLAUSES = ("private",)


@dataclass(eq=False)
class Amount:
    """A column of amounts of one family, and after `scale` the integers that stand for them."""

    value: Value
    at: Span
    scaled: Ints | None = None


@dataclass(eq=False)
class ResourceDraft:
    """A resource family before its amounts are scaled. `claimed`: whether a capacity was written."""

    rows: Rows
    origin: Origin
    first: int
    capacity: Amount
    claimed: bool
    unlimited: bool = False
    amounts: list[Amount] = field(default_factory=list)
    unit: str = ""
    change: ChangeDraft | None = None
    scale: Fraction = Fraction(1)
    batch: Origin | None = None
    contiguous: Origin | None = None


def draft_resource(world: World, resource: tree.Resource, first: int) -> ResourceDraft:
    """The family and the capacities of a resource statement."""
    name = resource.name.text
    clauses = single(c for c in resource.clauses if isinstance(c, tree.Clause))
    for word in LATER_CLAUSES:
        if word in clauses:
            raise later(f"`{word}` on a resource", clauses[word].span)
    label = label_of(world, (c for c in resource.clauses if isinstance(c, tree.AsLabel)))
    rows = members(world, name, resource.family, resource.name.span)
    _refuse_doubled(world, rows)
    origin = origin_of(resource.span, f"resource {name}", label)
    world.attributes[name] = draft_attributes(
        world, (c for c in resource.clauses if isinstance(c, tree.WithClause)), rows.space
    )
    change = draft_change(world, rows, clauses, label)
    batch = origin_of(clauses["batch"].span, "batch", label) if "batch" in clauses else None
    solid = _contiguous(clauses, label)
    clause = clauses.get("capacity")
    if clause is None:
        one = Value(NUMBER, np.ones((), dtype=np.int64))
        if batch is not None:
            world.findings.warning("W413", f"`{name}` has capacity 1, as none was said: each batch is one task's",
                                   batch.span, fix=f"write `resource {name} capacity …`")
        capacity = Amount(one, resource.name.span)
        return ResourceDraft(rows, origin, first, capacity, False, change=change, batch=batch, contiguous=solid)
    written = expression(clause.values[0], clause.span)
    value = evaluate(world, written, rows.space)
    unlimited = value.type.kind == "unlimited"
    value = Value(NUMBER, value.num) if unlimited else value
    capacity = amount_of(world, value, rows.space, "the capacity", written.span)
    return ResourceDraft(
        rows, origin, first, capacity, True, unlimited, change=change, batch=batch, contiguous=solid
    )


def _contiguous(clauses: dict[str, tree.Clause], label: str | None) -> Origin | None:
    """The address of a `contiguous`. Fault E317 beside what has no meaning for addresses."""
    if "contiguous" not in clauses:
        return None
    at = clauses["contiguous"].span
    for word in ("change", "batch"):
        if word in clauses:
            raise Fault("E317", f"`contiguous` cannot stand beside `{word}`", at, Label(clauses[word].span, "here"))
    return origin_of(at, "contiguous", label)


def _refuse_doubled(world: World, rows: Rows) -> None:
    pair = rows.index.doubled() if rows.dims else None
    if pair is not None:
        raise Fault("E150", f"`{rows.name}` has two members{world.where(rows.space, pair[1])}", rows.at)


def amount_of(world: World, value: Value, space: Space, what: str, at: Span) -> Amount:
    """A checked column of amounts: quantities, none empty, none negative."""
    from schedc.dsl.arithmetic import as_quantity, solid

    value = as_quantity(solid(value, at)) if value.type.kind == "flag" else solid(value, at)
    if value.type.kind != "quantity":
        raise Fault("E250", f"{what} is {value.type}, not an amount", at)
    if value.num.size and int(value.num.min()) < 0:
        row = int(np.argmin(value.num)) if value.num.ndim else 0
        raise Fault("E246", f"{what} is negative: {world.show(value, row)}{world.where(space, row)}", at)
    return Amount(value, at)


def demand_on(world: World, draft: ResourceDraft, amount: Amount) -> Amount:
    """Count an amount among a family's; Fault where its unit is of another kind than the capacity's."""
    asked, held = amount.value.type, draft.capacity.value.type
    if not draft.unlimited and asked != held:
        message = f"the demand is {asked}, but the capacity of `{draft.rows.name}` is {held}"
        fix = mixed("compare", asked, held, amount.at).fix
        raise Fault("E250", message, amount.at, Label(draft.capacity.at, f"the capacity is {held}"), fix=fix)
    draft.amounts.append(amount)
    return amount


def scale(world: World, draft: ResourceDraft) -> None:
    """Give all amounts of a family their integers, and the family its unit and scale."""
    step = scaled_together([*draft.amounts, *([] if draft.unlimited else [draft.capacity])], draft.rows)
    kind = draft.capacity.value.type
    if draft.unlimited:
        draft.capacity.scaled = np.asarray(UNLIMITED, dtype=np.int64)
        kind = draft.amounts[0].value.type if draft.amounts else NUMBER
    draft.unit = shown_unit(kind)
    size = world.base_size(UNITS[draft.unit].size, kind.dims) if draft.unit else Fraction(1)
    draft.scale = step / size


def scaled_together(columns: list[Amount], rows: Rows) -> Fraction:
    """Give columns of amounts the smallest integers that keep their proportions; what 1 of these stands for."""
    multiple, divisor = 1, 0
    for a in columns:
        for den in _different(a.value.den):
            multiple = lcm(multiple, den)
    try:
        if multiple > LARGEST:
            raise TooLarge
        for a in columns:
            a.scaled = product(a.value.num, np.asarray(multiple // a.value.den))
            divisor = gcd(divisor, int(np.gcd.reduce(a.scaled, axis=None)) if a.scaled.size else 0)
    except TooLarge:
        raise Fault("E252", f"the amounts of `{rows.name}` do not fit 64 bits together", rows.at) from None
    divisor = divisor or 1
    for a in columns:
        assert a.scaled is not None
        a.scaled = a.scaled // divisor
    return Fraction(divisor, multiple)


def _different(den: Ints) -> list[int]:
    return [int(den)] if den.ndim == 0 else distinct(den).tolist()


def shown_unit(kind: Type) -> str:
    """The unit to show amounts in: the author's, else one of the same kind."""
    from schedc.dsl.units import base_unit

    if not kind.dims:
        return ""
    return kind.unit if kind.unit in UNITS else base_unit(kind.dims)


def resources_node(world: World, draft: ResourceDraft) -> Resources:
    """The node of a scaled family; Fault for capacities beyond 2^62."""
    assert draft.capacity.scaled is not None
    size = draft.rows.space.rows
    capacity = np.array(spread(draft.capacity.scaled, size))
    if capacity.size and int(capacity.max()) > UNLIMITED:
        raise Fault("E252", f"the capacity of `{draft.rows.name}` does not fit 62 bits", draft.capacity.at)
    family = world.family(draft.rows)
    change = None if draft.change is None else change_node(world, draft.change)
    return Resources(draft.origin, family, draft.first, capacity, draft.unit, draft.scale, change, draft.batch,
                     draft.contiguous)
