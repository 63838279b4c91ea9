"""`level(s, t)`: what a stock holds at an instant, once all events of that tick are netted.

level(s, t) = starts + the sum over its events of amount * [the event happens, at a tick <= t].
"""

from __future__ import annotations

from math import lcm

import numpy as np

from schedc.dsl import forms, tree
from schedc.dsl.absence import NONE, deciders, presence
from schedc.dsl.arithmetic import bounded
from schedc.dsl.evaluate import items_of
from schedc.dsl.faults import Fault, TooLarge
from schedc.dsl.forms import Form
from schedc.dsl.lookup import find_members
from schedc.dsl.space import Space
from schedc.dsl.stocks import EventsDraft, StockDraft, stock_named
from schedc.dsl.values import INSTANT, LARGEST, NUMBER, Value, product, spread
from schedc.dsl.world import World
from schedc.models.columns import Ints, distinct, ragged
from schedc.models.expressions import Compare, Indicator, Junction, Linear, Member, Operator, Part, Point, Truth
from schedc.models.records import dataclass


@dataclass(frozen=True, eq=False)
class _Events:
    """All events of a family, sorted by stock (its row); amounts over one denominator; option: -1 for a task's own."""

    stock: Ints
    task: Ints
    option: Ints
    point: Ints
    shift: Ints
    amount: Ints


def level_form(world: World, call: tree.Call, space: Space) -> Form:
    """`level(s, t)` in each row of a space."""
    from schedc.dsl.lowering import form_of

    if len(call.args) != 2 or call.each is not None or not isinstance(call.args[0], tree.Ref):
        raise Fault("E264", "`level` needs a stock and an instant", call.span, fix="write `level(tank, 12)`")
    ref = call.args[0]
    if any(isinstance(i, tree.Star) for i in ref.index or ()):
        raise Fault("E258", "one stock is needed here, not all", ref.span)
    stocks = stock_named(world, ref)
    row = find_members(world, stocks.rows, items_of(world, ref.index, space), space, ref.span).child
    when = form_of(world, call.args[1], space)
    if when.type not in (INSTANT, world.time_type):
        raise Fault("E250", f"the second value of `level` is {when.type}, not an instant", call.args[1].span)
    with bounded(call.span):
        den = _common(stocks)
        events = _collected(world, stocks, den)
        starts = stocks.starts.value
        first = product(starts.num, np.asarray(den // starts.den))
        const = np.array(spread(first, stocks.rows.space.rows))[row]
        heads = np.searchsorted(events.stock, np.arange(stocks.rows.space.rows + 1))
        lo, hi = heads[row], heads[row + 1]
        owner = np.repeat(np.arange(space.rows, dtype=np.int64), hi - lo)
        pick = ragged(lo, hi)
        kind, common = stocks.kind or NUMBER, np.asarray(den, dtype=np.int64)
        if not len(pick):
            return forms.data(Value(kind, const, common), space.rows)
        child = Indicator(_happened(world, events, pick, forms.repeated_rows(when, owner)))
        part = Part(owner, child, np.arange(len(pick), dtype=np.int64), events.amount[pick])
        return Form(kind, const, common, NONE, NONE, NONE, NONE, (part,))


def _common(stocks: StockDraft) -> int:
    """One denominator for all amounts of a family."""
    dens = [distinct(np.atleast_1d(a.value.den)).tolist() for a in (*stocks.amounts, stocks.starts)]
    den = lcm(*(d for column in dens for d in column))
    if den > LARGEST:
        raise TooLarge
    return den


def _collected(world: World, stocks: StockDraft, den: int) -> _Events:
    found = []
    for draft in world.drafts.values():
        found += [
            _columns(e, draft.first + e.row, np.full(len(e.row), -1), den) for e in draft.events if e.stocks is stocks
        ]
        found += [
            _columns(e, draft.first + mode.row[e.row], mode.first + e.row, den)
            for mode in draft.modes for e in mode.events if e.stocks is stocks
        ]
    columns = [np.concatenate([NONE, *c]) for c in zip(*found)] if found else [NONE] * 6
    order = np.argsort(columns[0], kind="stable")
    return _Events(*(c[order] for c in columns))


def _columns(e: EventsDraft, task: Ints, option: Ints, den: int) -> tuple[Ints, ...]:
    n, value = len(e.row), e.amount.value
    amount = np.array(spread(product(value.num, np.asarray(den // value.den)), n)) if n else NONE
    return e.stock - e.stocks.first, task, option, np.full(n, int(e.point)), np.asarray(e.shift), amount * e.sign


def _happened(world: World, events: _Events, pick: Ints, when: Form) -> Truth:
    """Whether each picked event happens, and not after the instant of its row of `when`."""
    n = len(pick)
    every, ones = np.arange(n, dtype=np.int64), np.ones(n, dtype=np.int64)
    at = Form(when.type, events.shift[pick], np.asarray(1), every, events.point[pick], events.task[pick], ones)
    truth: Truth = Compare(Operator.GE, forms.linear(forms.levelled(forms.plus(when, at, -1, when.type))))
    members = [Member(every, truth, every)]
    decider, option = deciders(world, events.task[pick]), events.option[pick]
    loose, chosen = np.flatnonzero((decider >= 0) & (option < 0)), np.flatnonzero(option >= 0)
    if len(loose):
        rows = np.arange(len(loose), dtype=np.int64)
        members.append(Member(loose, presence(decider[loose], Operator.GE), rows))
    if len(chosen):
        rows, k = np.arange(len(chosen), dtype=np.int64), len(chosen)
        one = np.ones(k, dtype=np.int64)
        picked = Linear(-one, rows, one * Point.MODE, option[chosen], one)
        members.append(Member(chosen, Compare(Operator.GE, picked), rows))
    return truth if len(members) == 1 else Junction("and", n, tuple(members))
