"""`stock`, `takes` and `produces`: levels, and the events that change them.

All amounts of one stock family are brought to one unit and to integers together, as those of a resource are.
"""

from __future__ import annotations

from dataclasses import field
from fractions import Fraction
from typing import Protocol

import numpy as np

from schedc.dsl import tree
from schedc.dsl.arithmetic import as_quantity, mixed, solid
from schedc.dsl.clauses import each_space, expression, given_value, label_of, origin_of, single
from schedc.dsl.evaluate import evaluate, items_of
from schedc.dsl.families import members
from schedc.dsl.faults import Fault, later, recorded
from schedc.dsl.lookup import find_members
from schedc.dsl.named import other_kind
from schedc.dsl.resources import Amount, amount_of, scaled_together, shown_unit
from schedc.dsl.space import Space
from schedc.dsl.timing import durations
from schedc.dsl.units import UNITS
from schedc.dsl.values import NUMBER, Type, Value, spread
from schedc.dsl.world import Rows, World
from schedc.models.columns import UNLIMITED, Ints
from schedc.models.diagnostics import Label
from schedc.models.expressions import Point
from schedc.models.records import dataclass
from schedc.models.source import Origin, Span
from schedc.models.statements import Events, Stocks


@dataclass(eq=False)
class StockDraft:
    """A stock family before its amounts are scaled. highest: None where nothing limits it.

    kind, kind_at: what its amounts are and who said so first; None where nobody has yet.
    """

    rows: Rows
    origin: Origin
    first: int
    lowest: Amount
    highest: Amount | None
    starts: Amount
    kind: Type | None = None
    kind_at: Span | None = None
    amounts: list[Amount] = field(default_factory=list)
    scale: Fraction = Fraction(1)


@dataclass(frozen=True, eq=False)
class EventsDraft:
    """One change of a `takes` or `produces` before amounts are scaled: amount[k] of stock[k], sign says which way."""

    origin: Origin
    stocks: StockDraft
    row: Ints
    stock: Ints
    amount: Amount
    sign: int
    point: Point
    shift: Ints


class Changer(Protocol):
    """What can have events: the draft of a task or of a mode."""

    origin: Origin
    events: list[EventsDraft]


def draft_stock(world: World, stock: tree.Stock, first: int) -> StockDraft:
    """The family, the limits and the first level of a stock statement."""
    name = stock.name.text
    clauses = single(c for c in stock.clauses if isinstance(c, tree.Clause))
    if "private" in clauses:
        raise later("`private` on a stock", clauses["private"].span)
    label = label_of(world, (c for c in stock.clauses if isinstance(c, tree.AsLabel)))
    rows = members(world, name, stock.family, stock.name.span)
    pair = rows.index.doubled() if rows.dims else None
    if pair is not None:
        raise Fault("E150", f"`{rows.name}` has two members{world.where(rows.space, pair[1])}", rows.at)
    zero = Amount(Value(NUMBER, np.zeros((), dtype=np.int64)), stock.name.span)
    draft = StockDraft(rows, origin_of(stock.span, f"stock {name}", label), first, zero, None, zero)
    if "holds" in clauses:
        low, high = _limits(clauses["holds"])
        draft.lowest = _level(world, draft, evaluate(world, low, rows.space), "the least level", low.span)
        most = evaluate(world, high, rows.space)
        if most.type.kind != "unlimited":
            draft.highest = _level(world, draft, most, "the greatest level", high.span)
    if "starts" in clauses:
        written = expression(clauses["starts"].values[0], clauses["starts"].span)
        draft.starts = _level(world, draft, evaluate(world, written, rows.space), "the first level", written.span)
    return draft


def _limits(holds: tree.Clause) -> tuple[tree.Expr, tree.Expr]:
    written = holds.values[0]
    if not isinstance(written, tree.Range) or written.hi is None or isinstance(written.lo, tree.Map):
        raise Fault("E264", "a least and a greatest level are needed here", holds.span, fix="write `holds 0 .. 10`")
    return written.lo, written.hi


def _level(world: World, draft: StockDraft, value: Value, what: str, at: Span) -> Amount:
    """A level, which may be negative."""
    value = as_quantity(solid(value, at)) if value.type.kind == "flag" else solid(value, at)
    if value.type.kind != "quantity":
        raise Fault("E250", f"{what} is {value.type}, not an amount", at)
    return _counted(draft, Amount(value, at), what)


def _counted(draft: StockDraft, amount: Amount, what: str) -> Amount:
    """Count an amount among a stock's; Fault where its unit is of another kind than the first one's."""
    kind = amount.value.type
    if draft.kind is None or draft.kind_at is None:
        draft.kind, draft.kind_at = kind, amount.at
    elif kind != draft.kind:
        raise Fault("E250", f"{what} is {kind}, but `{draft.rows.name}` holds {draft.kind}", amount.at,
                    Label(draft.kind_at, f"this is {draft.kind}"),
                    fix=mixed("compare", kind, draft.kind, amount.at).fix)
    draft.amounts.append(amount)
    return amount


# events


def draft_events(world: World, draft: Changer, clause: tree.StockClause, space: Space) -> None:
    """Add what a `takes` or `produces` says to whoever changes stocks; each wrong part is reported."""
    inner = each_space(world, space, clause.each)
    sign = -1 if clause.keyword == "takes" else 1
    for change in clause.changes:
        with recorded(world.findings):
            stocks = stock_named(world, change.ref)
            found = find_members(
                world, stocks.rows, items_of(world, change.ref.index, inner.space), inner.space, change.ref.span
            )
            value, said = given_value(world, change.amount, inner.space)
            what = "what is taken" if sign < 0 else "what is produced"
            amount = amount_of(world, value, inner.space, what, change.amount.span)
            point, shift = _instant(world, change.at, sign, inner.space)
            row, member = inner.parent[found.parent], found.child
            keep = np.flatnonzero(said[found.parent] & (spread(value.num, inner.space.rows)[found.parent] > 0))
            amount = Amount(amount.value.take(found.parent).take(keep), amount.at)
            if len(keep):
                _counted(stocks, amount, what)
            shift = spread(shift, inner.space.rows)[found.parent]
            origin = origin_of(change.span, f"{clause.keyword} {change.ref.name}", draft.origin.label)
            draft.events.append(
                EventsDraft(origin, stocks, row[keep], stocks.first + member[keep], amount, sign, point, shift[keep])
            )


def stock_named(world: World, ref: tree.Ref) -> StockDraft:
    """The stock family of a reference; Fault if the name is none, Spoiled if its own statement is wrong."""
    world.used.add(ref.name)
    draft = world.stocks.get(ref.name)
    if draft is None:
        raise other_kind(world, ref, tree.Stock, "stock")
    if ref.path:
        raise Fault("E257", f"`{ref.name}` has no columns", ref.span)
    return draft


def _instant(world: World, at: tree.Expr | None, sign: int, space: Space) -> tuple[Point, Ints]:
    """The point of an event and the ticks after it: taken at the start, produced at the end, unless said."""
    first, rest = (at.first, at.rest) if isinstance(at, tree.Arithmetic) else (at, ())
    shift = np.zeros((), dtype=np.int64)
    if at is None:
        return (Point.START if sign < 0 else Point.END), shift
    if not isinstance(first, tree.Ref) or first.name not in ("start", "end") or first.index or first.path:
        raise Fault("E310", "an event is at `start` or `end`, or some time after or before", at.span,
                    fix="write `at end`, or `at start + 2 h`")
    for op, operand in rest:
        if op not in "+-":
            raise Fault("E310", "an event is at `start` or `end`, or some time after or before", at.span)
        ticks = durations(world, evaluate(world, operand, space), space, "the time between", operand.span)
        shift = shift + ticks if op == "+" else shift - ticks
    return (Point.START if first.name == "start" else Point.END), shift


# with scaled amounts


def scale_stock(world: World, draft: StockDraft) -> None:
    """Give all amounts of a stock their integers. Fault E248 for limits that cross, E252 beyond 62 bits."""
    rows = draft.rows.space.rows
    zero = np.zeros((), dtype=np.int64)
    for amount in (draft.lowest, draft.starts):
        amount.scaled = zero
    draft.scale = scaled_together(draft.amounts, draft.rows)
    columns = [a for a in (draft.lowest, draft.highest, draft.starts) if a is not None]
    for amount in columns:
        assert amount.scaled is not None
        if amount.scaled.size and int(np.abs(amount.scaled).max()) > UNLIMITED // 2:
            raise Fault("E252", f"the levels of `{draft.rows.name}` do not fit 62 bits", amount.at)
    if draft.highest is not None and draft.highest.scaled is not None and draft.lowest.scaled is not None:
        crossed = np.flatnonzero(spread(draft.lowest.scaled > draft.highest.scaled, rows))
        if len(crossed):
            where = world.where(draft.rows.space, int(crossed[0]))
            raise Fault("E248", f"the least level is more than the greatest{where}", draft.highest.at,
                        fix="write the lesser one first")


def stocks_node(world: World, draft: StockDraft) -> Stocks:
    """The node of a scaled family."""
    n = draft.rows.space.rows
    kind = draft.kind or NUMBER
    unit = shown_unit(kind)
    size = world.base_size(UNITS[unit].size, kind.dims) if unit else Fraction(1)
    assert draft.lowest.scaled is not None and draft.starts.scaled is not None
    highest = np.asarray(UNLIMITED) if draft.highest is None else draft.highest.scaled
    lowest, most, starts = (np.array(spread(c, n), dtype=np.int64) for c in (
        draft.lowest.scaled, highest, draft.starts.scaled))
    return Stocks(draft.origin, world.family(draft.rows), draft.first, lowest, most, starts, unit, draft.scale / size)


def events_node(draft: EventsDraft) -> Events:
    """The node of an event whose amounts are scaled."""
    n = len(draft.row)
    scaled = draft.amount.scaled if n else np.zeros(0, dtype=np.int64)
    assert scaled is not None
    amount = np.array(spread(scaled, n), dtype=np.int64) * draft.sign
    return Events(draft.origin, draft.row, draft.stock, amount, draft.point, np.array(draft.shift, dtype=np.int64))
