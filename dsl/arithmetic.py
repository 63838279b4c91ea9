"""Exact arithmetic and comparison of value columns, with the rules of dimensions.

instant - instant is a duration, instant +- duration an instant; a duration where an instant is expected counts from
the origin; truth values are 1 and 0; everything else that mixes kinds is an error that names both sides.
Every operation raises Fault: E250 mixed kinds, E252 beyond 64 bits, E253 division by zero, E254 an empty cell.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Literal

import numpy as np

from schedc.dsl.faults import Fault, TooLarge
from schedc.dsl.units import TIME, joined
from schedc.dsl.values import DURATION, FLAG, INSTANT, NUMBER, ONE, Type, Value, flags, product, total
from schedc.models.columns import Flags, Ints
from schedc.models.source import Span

Relation = Literal["==", "!=", "<=", ">=", "<", ">"]
COMPARE: dict[str, Callable[[Ints, Ints], Flags]] = {
    "==": np.equal, "!=": np.not_equal, "<=": np.less_equal, ">=": np.greater_equal, "<": np.less, ">": np.greater,
}


@contextmanager
def bounded(at: Span) -> Iterator[None]:
    """Turn a result beyond 64 bits into an error at a place."""
    try:
        yield
    except TooLarge:
        raise Fault("E252", "the result does not fit 64 bits", at) from None


def solid(value: Value, at: Span) -> Value:
    """The value itself; Fault E254 naming table, row and column if it is empty somewhere."""
    if not value.hollow:
        return value
    if value.source is None:
        raise Fault("E254", "the value is empty", at)
    assert value.empty is not None
    row = value.source.row if value.source.row.ndim == 0 else value.source.row[int(np.argmax(value.empty))]
    where = f"table `{value.source.table}`, row {int(row) + 1}, column `{value.source.column}`"
    raise Fault("E254", f"{where} is empty", at, fix="test it first: `if x == none then ... else ...`")


def as_quantity(value: Value) -> Value:
    """Truth values as 0 and 1, instants as durations from the origin; anything else as it is."""
    if value.type.kind == "flag":
        return Value(NUMBER, value.num, value.den, value.empty, value.source)
    if value.type.kind == "instant":
        return Value(DURATION, value.num, value.den, value.empty, value.source)
    return value


def mixed(verb: str, a: Type, b: Type, at: Span) -> Fault:
    """The error for two kinds that do not go together; bare numbers beside durations get their own advice."""
    fix = None
    timed, bare = {DURATION, INSTANT}, NUMBER
    if (a in timed and b == bare) or (b in timed and a == bare):
        fix = "give the number a unit, such as `2 h`"
    elif a.kind == b.kind == "quantity" and bare in (a, b):
        fix = "give the number a unit"
    return Fault("E250", f"cannot {verb} {a} and {b}", at, fix=fix)


def sum_type(a: Type, b: Type, sign: int, at: Span) -> Type:
    """The type of a + b (a - b with sign -1)."""
    kinds = (a.kind, b.kind)
    if kinds == ("quantity", "quantity") and a.dims == b.dims:
        return a if a.unit or not b.unit else b
    if kinds == ("instant", "instant") and sign < 0:
        return DURATION
    if a.kind == "instant" and b == DURATION:
        return INSTANT
    if a == DURATION and b.kind == "instant" and sign > 0:
        return INSTANT
    raise mixed("add" if sign > 0 else "subtract", a, b, at)


def add(a: Value, b: Value, sign: int, at: Span) -> Value:
    """a + b, or a - b with sign -1."""
    a, b = _plain(a, at), _plain(b, at)
    kind = sum_type(a.type, b.type, sign, at)
    with bounded(at):
        x, y, den = common(a, b)
        return reduced(kind, total(x, y, sign), den)


def common(a: Value, b: Value) -> tuple[Ints, Ints, Ints]:
    """Both numerators over one denominator a row, and it; TooLarge."""
    if a.den is b.den or (a.den.ndim == b.den.ndim == 0 and a.den == b.den):
        return a.num, b.num, a.den
    g = np.gcd(a.den, b.den)
    return product(a.num, b.den // g), product(b.num, a.den // g), product(a.den, b.den // g)


def reduced(kind: Type, num: Ints, den: Ints) -> Value:
    """num/den in lowest terms, over one common denominator where all rows have the same."""
    if den.ndim and den.size and bool(np.all(den == den[0])):
        den = np.asarray(den[0])
    if den.ndim == 0:
        if den == 1:
            return Value(kind, num, ONE)
        g = np.gcd(np.gcd.reduce(num, axis=None) if num.size else 0, den)
        return Value(kind, np.asarray(num // g), np.asarray(den // g))
    g = np.gcd(num, den)
    num, den = np.asarray(num // g), np.asarray(den // g)
    return Value(kind, num, ONE if bool(np.all(den == 1)) else den)


def multiply(a: Value, b: Value, at: Span) -> Value:
    """a * b."""
    a, b = _factor(a, at), _factor(b, at)
    kind = product_type(a.type, b.type, 1)
    with bounded(at):
        return reduced(kind, product(a.num, b.num), product(a.den, b.den))


def divide(a: Value, b: Value, at: Span, where: Callable[[int], str] = lambda row: "") -> Value:
    """a / b, exactly; `where` names a row for the message on a division by zero."""
    a, b = _factor(a, at), _factor(b, at)
    kind = product_type(a.type, b.type, -1)
    zero = np.flatnonzero(b.num == 0)
    if len(zero):
        raise Fault("E253", "division by zero" + where(int(zero[0])), at)
    with bounded(at):
        sign = np.sign(b.num)
        return reduced(kind, product(product(a.num, b.den), sign), product(a.den, np.abs(b.num)))


def product_type(a: Type, b: Type, sign: int) -> Type:
    """The type of a * b (a / b with sign -1)."""
    dims = joined(a.dims, b.dims, sign)
    unit = a.unit if dims == a.dims else b.unit if dims == b.dims and sign > 0 else ""
    return Type("quantity", dims, unit=unit)


def negated(a: Value, at: Span) -> Value:
    """-a."""
    a = _factor(a, at)
    return Value(a.type, -a.num, a.den)


def _plain(value: Value, at: Span) -> Value:
    value = solid(value, at)
    if value.type == FLAG:
        return as_quantity(value)
    if value.type.kind not in ("quantity", "instant"):
        raise Fault("E250", f"{value.type} is not a number", at)
    return value


def _factor(value: Value, at: Span) -> Value:
    return as_quantity(_plain(value, at))


# comparison


def alike(a: Type, b: Type, verb: str, at: Span) -> Type:
    """The type of two values that are compared or chosen from; Fault E250 where they do not go together."""
    if a == b:
        return a if a.unit else b
    pair = {a, b}
    if pair == {INSTANT, DURATION}:
        return INSTANT
    if pair == {FLAG, NUMBER}:
        return NUMBER
    raise mixed(verb, a, b, at)


def compare(op: str, a: Value, b: Value, at: Span, ranks: Callable[[], Ints]) -> Value:
    """a op b as a column of truth values; `ranks` is the alphabetical order of the texts, asked for only if needed."""
    a, b = solid(a, at), solid(b, at)
    kind = alike(a.type, b.type, "compare", at)
    ordered = op not in ("==", "!=")
    if ordered and kind.kind in ("member", "flag"):
        raise Fault("E250", f"{kind} has no order", at)
    if ordered and kind.kind == "text":
        order = ranks()
        return flags(COMPARE[op](order[a.num], order[b.num]))
    with bounded(at):
        x, y, _ = common(a, b)
        return flags(COMPARE[op](x, y))


def extreme(op: Literal["min", "max"], a: Value, b: Value, at: Span) -> Value:
    """The lesser (or greater) of two values, row by row."""
    a, b = _plain(a, at), _plain(b, at)
    kind = alike(a.type, b.type, "compare", at)
    with bounded(at):
        x, y, den = common(a, b)
        return reduced(kind, np.minimum(x, y) if op == "min" else np.maximum(x, y), den)


def absolute(a: Value, at: Span) -> Value:
    """|a|."""
    a = _factor(a, at)
    return Value(a.type, np.abs(a.num), a.den)


def rounded(a: Value, up: bool, at: Span) -> Value:
    """A number to the next integer, a duration to the next whole tick."""
    a = _plain(a, at)
    if a.type.kind == "instant" or (a.type.dims and a.type.dims != TIME):
        raise Fault("E250", f"cannot round {a.type}", at, fix="divide by a unit first")
    return Value(a.type, np.asarray(-(-a.num // a.den) if up else a.num // a.den))


def chosen(pick: Flags, a: Value, b: Value, at: Span) -> Value:
    """a where `pick`, else b; empty cells stay empty."""
    if a.type.kind == "none" or b.type.kind == "none":
        kind = b.type if a.type.kind == "none" else a.type
    else:
        kind = alike(a.type, b.type, "choose between", at)
    with bounded(at):
        x, y, den = common(a, b)
    empty = None
    if a.hollow or b.hollow:
        empty = np.where(pick, _mask(a), _mask(b))
    return Value(kind, np.where(pick, x, y), den, empty, a.source if a.hollow else b.source)


def _mask(a: Value) -> Flags:
    return np.zeros((), dtype=np.bool_) if a.empty is None else a.empty
