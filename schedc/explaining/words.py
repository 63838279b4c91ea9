"""What elements say, in the words of the file."""

from __future__ import annotations

from collections.abc import Iterable

from schedc.compilers.conflict import Block, Elements, Kind
from schedc.models.amounts import amount_text
from schedc.models.columns import UNLIMITED
from schedc.models.conflict import Item
from schedc.models.expressions import Point
from schedc.models.model import Model
from schedc.models.source import Origin
from schedc.models.statements import Downtime, Exclusive, Open, Order, Permutation, Require

_SPANS = 2


def item_of(elements: Elements, number: int) -> Item:
    """An element as data."""
    origin, *more = elements.origins(number) or (elements.model.axis.origin,)
    return Item(
        elements.block(number).kind.value, origin.address, origin.what, member_of(elements, number), origin.span,
        said(elements, number), tuple(o.span for o in more),
    )


def member_of(elements: Elements, number: int) -> str:
    """Whose clause an element is, which arrow, which resource; "" for the horizon."""
    block, model = elements.block(number), elements.model
    row = number - block.first
    match block.kind:
        case Kind.HORIZON:
            return ""
        case Kind.ORDER:
            order = model.relations[block.node]
            assert isinstance(order, Order)
            return arrow(model, order, row)
        case Kind.REQUIRE:
            relation = model.relations[block.node]
            assert isinstance(relation, Require)
            return relation.member(row)
        case Kind.EXCLUSIVE | Kind.PERMUTATION:
            return ", ".join(model.task_name(t) for t in elements.tasks(number)[:4])
        case Kind.STOCK:
            return model.stocks[block.node].family.label(row)
        case Kind.CHANGE | Kind.BATCH | Kind.CONTIGUOUS:
            return model.resources[block.node].family.name
        case Kind.CAPACITY | Kind.OPEN | Kind.DOWNTIME:
            return model.resource_name(elements.resource(number))
        case _:
            return model.task_name(elements.tasks(number)[0])


def arrow(model: Model, order: Order, row: int) -> str:
    """An arrow as one writes it."""
    usual = (Point.END, Point.START)
    ends = zip((order.first, order.second), (order.first_point, order.second_point), usual)
    names = []
    for task, point, plain in ends:
        name = model.task_name(int(task[row]))
        names.append(name if point == plain else f"{point.name.lower()}({name})")
    return " -> ".join(names)


def said(elements: Elements, number: int) -> str:
    """What an element says, without whose it is."""
    block, model, axis = elements.block(number), elements.model, elements.model.axis
    row = number - block.first
    match block.kind:
        case Kind.LASTS:
            return f"lasts {axis.span_text(int(model.tasks[block.node].shortest[row]))}"
        case Kind.RELEASE:
            return f"from {axis.tick_text(int(model.tasks[block.node].release[row]))}"
        case Kind.DEADLINE:
            return f"by {axis.tick_text(int(model.tasks[block.node].deadline[row]))}"
        case Kind.WITHIN:
            family = model.tasks[block.node]
            parts = [s for w in family.within if w.which[row] >= 0 for s in zip(*w.spans.of(int(w.which[row])))]
            return _spans(model, [(int(a), int(b)) for a, b in parts])
        case Kind.USES | Kind.MODE_USES | Kind.PARTS | Kind.MODE_PARTS | Kind.CAPACITY:
            return _amounts(elements, block, number)
        case Kind.OPEN:
            return _opened(model, row)
        case Kind.DOWNTIME:
            return _down(model, block, row)
        case Kind.STOCK:
            return _levels(model, block, row)
        case Kind.HORIZON:
            return f"until {axis.tick_text(model.horizon)}"
        case _:
            return _relation(model, block, row)


def _amounts(elements: Elements, block: Block, number: int) -> str:
    model, r = elements.model, elements.resource(number)
    family, inside = model.resource_family(r)
    if block.kind is Kind.CAPACITY:
        return f"capacity {amount_text(family, int(family.capacity[inside]))}"
    amount = int(elements.demand(number).amount[number - block.first])
    part = " for a part" if block.kind in (Kind.PARTS, Kind.MODE_PARTS) else ""
    return f"{amount_text(family, amount)} of {model.resource_name(r)}{part}"


def _opened(model: Model, resource: int) -> str:
    spans: list[tuple[int, int]] = []
    for a in model.availability:
        if isinstance(a, Open):
            for which in a.which[a.resource == resource].tolist():
                spans += [(int(lo), int(hi)) for lo, hi in zip(*a.spans.of(which))]
    return "open " + _spans(model, sorted(spans)) if spans else "never open"


def _down(model: Model, block: Block, row: int) -> str:
    a = model.availability[block.node]
    assert isinstance(a, Downtime)
    spans = [(int(lo), int(hi)) for lo, hi in zip(*a.spans.of(int(a.which[row])))]
    left = int(a.leaving[row])
    family, _ = model.resource_family(int(a.resource[row]))
    leaving = f", leaving {amount_text(family, left)}" if left else ""
    return f"down {_spans(model, spans)}{leaving}"


def _levels(model: Model, block: Block, row: int) -> str:
    s = model.stocks[block.node]
    low, high = amount_text(s, int(s.lowest[row])), int(s.highest[row])
    return f"holds {low} .. {'unlimited' if high >= UNLIMITED else amount_text(s, high)}"


def _relation(model: Model, block: Block, row: int) -> str:
    if block.kind is Kind.ORDER:
        order = model.relations[block.node]
        assert isinstance(order, Order)
        return lag_text(model, order, row)
    if block.kind in (Kind.EXCLUSIVE, Kind.PERMUTATION):
        relation = model.relations[block.node]
        assert isinstance(relation, Exclusive | Permutation)
        return "never at the same time" if block.kind is Kind.EXCLUSIVE else "the same order of start"
    return {
        Kind.CHANGE: "one state at a time", Kind.BATCH: "a batch at a time",
        Kind.CONTIGUOUS: "each use in one piece", Kind.MODE_RELEASE: "release of its mode",
        Kind.MODE_DEADLINE: "deadline of its mode", Kind.MODE_WITHIN: "windows of its mode",
        Kind.EVENTS: "changes a level", Kind.MODE_EVENTS: "changes a level",
    }.get(block.kind, "must hold")


def lag_text(model: Model, order: Order, row: int) -> str:
    """The lag of an arrow."""
    lo, hi, text = int(order.lo[row]), int(order.hi[row]), model.axis.span_text
    if hi >= UNLIMITED:
        return f"after {text(lo)}" if lo else "one after the other"
    return f"after {text(lo)} .. {text(hi)}" if lo > -UNLIMITED else f"at most {text(hi)} later"


def _spans(model: Model, spans: list[tuple[int, int]]) -> str:
    text = model.axis.tick_text
    shown = ", ".join(f"{text(lo)} .. {text(hi)}" for lo, hi in spans[:_SPANS])
    return shown + (f" and {len(spans) - _SPANS} more" if len(spans) > _SPANS else "") if spans else "never"


def listed(names: Iterable[str], most: int = 4) -> str:
    """Names with quotes, the rest counted."""
    found = list(dict.fromkeys(names))
    quoted = [f"`{n}`" for n in found[:most]]
    if len(found) > most:
        return f"{', '.join(quoted)} and {len(found) - most} more"
    return " and ".join([", ".join(quoted[:-1]), quoted[-1]]) if len(quoted) > 1 else "".join(quoted)


def origin_of(elements: Elements, number: int) -> Origin:
    """The first statement of an element."""
    return next(iter(elements.origins(number)), elements.model.axis.origin)
