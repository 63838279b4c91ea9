"""`else penalty N [per U]`: what a constraint may be broken for.

A soft constraint becomes a column of violations, one an instance and never below 0, that holds where it is 0; what each
is charged; and its part of `penalties`, the sum of all charges. What is charged is N for each violation, or N / U times
the violation. With a share one charge is made, on the violation at its nearest rank.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

import numpy as np

from schedc.dsl import arithmetic as calc
from schedc.dsl import forms, tree
from schedc.dsl.absence import skipped, there
from schedc.dsl.arithmetic import as_quantity, bounded, solid
from schedc.dsl.evaluate import evaluate
from schedc.dsl.faults import Fault
from schedc.dsl.forms import Form
from schedc.dsl.lowering import counted, decides, quantity
from schedc.dsl.resources import shown_unit
from schedc.dsl.shares import enough
from schedc.dsl.space import Scope, Space
from schedc.dsl.units import TIME, UNITS, base_unit
from schedc.dsl.values import NUMBER, Type, Value, spread
from schedc.dsl.world import World
from schedc.models.columns import Ints, Names
from schedc.models.expressions import Compare, Linear, Operator, Rank, Truth
from schedc.models.records import dataclass
from schedc.models.source import Origin, Span
from schedc.models.statements import Require, Soft

ONE: Ints = np.asarray(1, dtype=np.int64)


@dataclass(frozen=True, eq=False)
class Broken:
    """By how much each instance of a statement is broken; an instance is one row of the scope.

    violation: never below 0, whatever is absent. measured: whether it has a size, or only says that it is broken. held:
    where an instance holds, if that is said more simply than by violation <= 0.
    """

    violation: Form
    scope: Scope
    measured: bool = True
    held: Truth | None = None


@dataclass(frozen=True, eq=False)
class SoftDraft:
    """A soft constraint and its part of `penalties`."""

    node: Soft
    charge: Form
    at: Span


def concluded(
    world: World, tail: tree.Tail, origin: Origin, keyword: str, broken: Broken, space: Space, percent: Fraction | None
) -> list[Require]:
    """What a statement with a share or a penalty becomes: a condition on the share, or a soft constraint."""
    if not broken.scope.rows:
        world.findings.warning("W416", "the share or penalty is of no instance", origin.span)
        return []
    if tail.soft:
        if len(tail.soft) > 1:
            raise Fault("E163", "`else penalty` stands twice", tail.soft[1].span)
        soften(world, tail.soft[0], origin, keyword, broken, space, percent)
        return []
    assert percent is not None
    held = broken.held
    if held is None:
        held = Compare(Operator.LE, forms.linear(forms.levelled(broken.violation)))
    with bounded(origin.span):
        return [Require(origin, enough(world, percent, broken.scope, held, origin.span))]


def soften(
    world: World, soft: tree.Soft, origin: Origin, keyword: str, broken: Broken, space: Space,
    percent: Fraction | None = None,
) -> None:
    """Note a soft constraint in `world.soft`."""
    with bounded(soft.span):
        violation = forms.levelled(skipped(world, broken.scope, broken.violation))
        weight, money = _weight(world, soft, broken, space, percent)
        weight = _levelled(weight, space.rows)
        counts = there(broken.scope)
        node = forms.linear(violation)
        scale, unit = shown(world, violation.type, Fraction(1, int(violation.den)))
        per = soft.per is not None
        charged = node if percent is None else _ranked(node, counts, percent)
        charge = _charge(charged, violation, weight, per)
        price = Fraction(1, int(weight.den)) / (int(violation.den) if per else 1)
        price, name = shown(world, money, price)
    names: Sequence[str] = ()
    if space.columns:
        names = Names(space.rows, lambda row: world.binding(space, row))
    column = np.array(spread(weight.num, space.rows))
    world.soft.append(SoftDraft(
        Soft(origin, keyword, node, column, per, price, name, counts, percent, scale, unit, names),
        replace(charge, type=money), soft.span,
    ))


def _weight(
    world: World, soft: tree.Soft, broken: Broken, space: Space, percent: Fraction | None
) -> tuple[Value, Type]:
    """What an instance is charged, or a unit of its violation; and what kind of value that is."""
    amount = _data(world, soft.amount, space, "a penalty")
    if amount.type.dims == TIME or np.any(amount.num < 0):
        what = "a duration" if amount.type.dims == TIME else "negative"
        raise Fault("E352", f"a penalty is a number or an amount, not {what}", soft.amount.span)
    money = amount.type
    if soft.per is not None:
        unit = _data(world, soft.per, space, "the unit of a penalty")
        if not broken.measured:
            raise Fault("E353", "a condition of this form holds or not: its violation has no size", soft.per.span,
                        fix="leave out `per …`, or write one comparison with `<=`, `>=` or `==`")
        if unit.type != quantity(broken.violation.type, soft.per.span):
            kind = quantity(broken.violation.type, soft.per.span)
            raise Fault("E351", f"the violation is {kind}, and the penalty is per {unit.type}", soft.per.span,
                        fix=f"give a unit that counts {kind}")
        if np.any(unit.num <= 0):
            raise Fault("E352", "a penalty is per a positive amount", soft.per.span)
        amount = calc.divide(amount, unit, soft.span)
    if percent is not None and len(np.unique(amount.num)) + len(np.unique(amount.den)) > 2:
        raise Fault("E355", "a share is charged once, but the penalty differs by instance", soft.amount.span)
    return amount, money


def _data(world: World, written: tree.Expr, space: Space, what: str) -> Value:
    if decides(world, written):
        raise Fault("E263", f"{what} is data, and cannot depend on decisions", written.span)
    value = as_quantity(solid(evaluate(world, written, space), written.span))
    if value.type.kind != "quantity":
        raise Fault("E352", f"{what} is a number or an amount, not {value.type}", written.span)
    return value


def _levelled(value: Value, rows: int) -> Value:
    from schedc.dsl.aggregates import levelled
    from schedc.models.source import NOWHERE

    num, den = levelled(value, rows, NOWHERE)
    return Value(value.type, num, den)


def _ranked(node: Linear, counts: Truth | None, percent: Fraction) -> Rank:
    every = np.arange(node.rows, dtype=np.int64)
    return Rank(percent.numerator, percent.denominator, 1, np.zeros_like(every), node, every, counts)


def _charge(node: Linear | Rank, violation: Form, weight: Value, per: bool) -> Form:
    """The part of a soft constraint of `penalties`, one row."""
    every, rows = np.arange(node.rows, dtype=np.int64), node.rows
    whole = forms.node(NUMBER, rows, node, every, every, ONE)
    if not per:
        whole = counted(Compare(Operator.GT, forms.linear(whole)), every, rows)
    num = np.array(spread(weight.num, violation.rows))[:rows]
    den = np.asarray(int(weight.den) * (int(violation.den) if per else 1), dtype=np.int64)
    return forms.summed(forms.scaled(whole, num, den), np.zeros(rows, dtype=np.int64), 1)


def shown(world: World, kind: Type, scale: Fraction) -> tuple[Fraction, str]:
    """The scale in the unit that people see: ticks for times, the author's unit for amounts."""
    if kind.kind == "instant" or kind.dims == TIME:
        return scale, "duration"
    unit = shown_unit(kind) if kind.kind == "quantity" else ""
    if unit in UNITS and (kind.unit in UNITS or dict(kind.dims).get("time") != -1):
        return scale / world.base_size(UNITS[unit].size, kind.dims), unit
    return _by_the_hour(world, kind, scale)


def _by_the_hour(world: World, kind: Type, scale: Fraction) -> tuple[Fraction, str]:
    """Rates are shown by the hour: ``1/h``, ``EUR/h``."""
    rest = tuple((name, power) for name, power in kind.dims if name != "time")
    unit = base_unit(rest) if rest else "1"
    if dict(kind.dims).get("time") != -1 or not unit:
        return scale, ""
    size = Fraction(1) if unit == "1" else UNITS[unit].size
    return scale / world.base_size(size / UNITS["h"].size, kind.dims), f"{unit}/h"


# penalties


def penalties_form(world: World, at: Span) -> Form:
    """The sum of all charges, one row. Fault E356 where nothing is soft, E350 where they are of several kinds."""
    if not world.soft:
        raise Fault("E356", "`penalties` of nothing: no constraint is soft", at,
                    fix="add `else penalty …` to one")
    first = world.soft[0]
    total = first.charge
    for draft in world.soft[1:]:
        if draft.charge.type != first.charge.type:
            from schedc.models.diagnostics import Label

            raise Fault("E350", f"penalties of {first.charge.type} and of {draft.charge.type} do not add up",
                        draft.at, Label(first.at, str(first.charge.type)))
        with bounded(at):
            total = forms.plus(total, draft.charge, 1, first.charge.type)
    return total


# violations


def beyond(form: Form) -> Form:
    """max(0, form), row by row."""
    zero = np.zeros(form.rows, dtype=np.int64)
    kind = NUMBER if form.type.kind == "flag" else form.type
    nothing = Form(kind, zero, ONE, forms.NONE, forms.NONE, forms.NONE, forms.NONE)
    return forms.extreme("max", [replace(form, type=kind), nothing])


def whole_scope(world: World, rows: int) -> Scope:
    """Instances that nothing absent satisfies."""
    return Scope(rows)


def gathered_pairs(world: World, form: Form, scope: Scope, parent: Ints, rows: int, measured: bool = True) -> Broken:
    """Instances that are broken as much as their parts are together; they count if any part does."""
    from schedc.dsl.absence import certain_rows, some_of

    total = forms.summed(skipped(world, scope, form), parent, rows)
    whole, when = Scope(rows), there(scope)
    if when is not None:
        doubtful, some = some_of(parent, rows, when, certain_rows(scope))
        if len(doubtful):
            whole.truths.append((doubtful, some))
    else:
        empty = np.bincount(parent, minlength=rows) == 0
        if empty.any():
            from schedc.dsl.truths import known

            at = np.flatnonzero(empty)
            whole.truths.append((at, known(np.zeros((), dtype=np.bool_), len(at))))
    return Broken(total, whole, measured)
