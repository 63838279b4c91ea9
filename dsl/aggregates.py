"""`sum`, `count`, `min`, `max`, `any`, `all` over data: one pass over the rows of an expansion, by groups."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from schedc.dsl import tree
from schedc.dsl.arithmetic import as_quantity, bounded, solid
from schedc.dsl.evaluate import evaluate, given, items_of, no_condition, only_argument, truth
from schedc.dsl.families import Expansion, expand
from schedc.dsl.faults import Fault, TooLarge
from schedc.dsl.lookup import find_members
from schedc.dsl.space import Space
from schedc.dsl.values import LARGEST, NUMBER, Type, Value, flags, product, spread
from schedc.dsl.world import Elements, World
from schedc.models.columns import Ints, distinct
from schedc.models.source import Span


def aggregate(world: World, call: tree.Call, space: Space) -> Value:
    """An aggregate with `for`, or the `count` of a set."""
    if call.each is None:
        return _without_each(world, call, space)
    if call.name not in ("sum", "count", "min", "max", "any", "all"):
        raise Fault("E264", f"`{call.name}` takes no `for`", call.span)
    inner = expand(world, space, call.each)
    item = only_argument(call)
    if call.name in ("any", "all", "count"):
        return _truths(world, call.name, item, inner, space)
    value = solid(evaluate(world, item, inner.space), item.span)
    if call.name == "sum":
        return summed(value, inner.parent, space.rows, item.span)
    return _extreme(world, call, value, inner.parent, space)


def _without_each(world: World, call: tree.Call, space: Space) -> Value:
    if call.name == "count":
        return count_of(world, only_argument(call), space)
    if call.name == "sum":
        raise Fault("E264", "`sum` needs a `for`", call.span, fix="write `sum(E for x in S)`")
    held = [truth(world, a, space) for a in call.args]
    if not held:
        raise Fault("E264", f"`{call.name}` needs conditions", call.span)
    found = held[0]
    for h in held[1:]:
        found = found & h if call.name == "all" else found | h
    return flags(found)


def count_of(world: World, item: tree.Expr, space: Space) -> Value:
    """`count(S)`: the elements of a set, the rows of a table, the members that `a[i, *]` names."""
    if not isinstance(item, tree.Ref) or item.path or item.name in space.columns:
        raise Fault("E264", "`count` needs a set, or a `for`", item.span)
    rows = world.families.get(item.name)
    if rows is not None:
        counted = find_members(world, rows, items_of(world, item.index, space), space, item.span)
        return Value(NUMBER, np.bincount(counted.parent, minlength=space.rows).astype(np.int64))
    world.used.add(item.name)
    table, found = world.tables.get(item.name), given(world, item)
    if item.index is None and (table is not None or isinstance(found, Elements)):
        size = table.size if table is not None else len(found.value.num) if isinstance(found, Elements) else 0
        return world.constant(NUMBER, size, item.span)
    raise Fault("E260", f"`{item.name}` is no set", item.span)


def _truths(world: World, name: str, item: tree.Expr, inner: Expansion, space: Space) -> Value:
    """any, all, count of a condition; `count(x for …)` of anything else counts the instances."""
    value = solid(evaluate(world, item, inner.space), item.span)
    if value.type.kind != "flag" and name != "count":
        raise no_condition(value.type, item.span)
    holds = spread(value.num != 0 if value.type.kind == "flag" else np.True_, inner.space.rows)
    if name == "all":
        holds = ~holds
    counts = np.bincount(inner.parent[holds], minlength=space.rows).astype(np.int64)
    if name == "count":
        return Value(NUMBER, counts)
    return flags(counts > 0 if name == "any" else counts == 0)


def levelled(value: Value, rows: int, at: Span) -> tuple[Ints, Ints]:
    """All rows over one denominator: (numerators, the denominator); Fault E252 where that leaves 64 bits."""
    with bounded(at):
        if value.den.ndim == 0:
            return spread(value.num, rows), value.den
        den = 1
        for d in distinct(value.den).tolist():
            den = den * d // int(np.gcd(den, d))
            if den > LARGEST:
                raise TooLarge
        common = np.asarray(den, dtype=np.int64)
        return product(spread(value.num, rows), common // value.den), common


def summed(value: Value, parent: Ints, rows: int, at: Span) -> Value:
    """The sum of each group; instants are summed as durations from the origin; 0 for an empty group."""
    value = as_quantity(value)
    if value.type.kind != "quantity":
        raise Fault("E250", f"cannot sum {value.type}", at)
    num, den = levelled(value, len(parent), at)
    with bounded(at):
        from schedc.dsl.arithmetic import reduced

        return reduced(value.type, group_sums(num, parent, rows), den)


def group_sums(num: Ints, parent: Ints, rows: int) -> Ints:
    """Sums by group of a sorted `parent`; TooLarge if one may leave 64 bits."""
    sums = np.zeros(rows, dtype=np.int64)
    if len(num):
        heads = group_heads(parent)
        if float(np.add.reduceat(np.abs(num.astype(np.float64)), heads).max()) > LARGEST * 0.999:
            raise TooLarge
        sums[parent[heads]] = np.add.reduceat(num, heads)
    return sums


def group_heads(parent: Ints) -> NDArray[Any]:
    """Where each group of a sorted column begins."""
    return np.flatnonzero(np.r_[True, parent[1:] != parent[:-1]]) if len(parent) else np.zeros(0, dtype=np.int64)


def _extreme(world: World, call: tree.Call, value: Value, parent: Ints, space: Space) -> Value:
    kind: Type = value.type
    if kind.kind not in ("quantity", "instant"):
        raise Fault("E250", f"{kind} is not a number", call.span)
    num, den = levelled(value, len(parent), call.span)
    sizes = np.bincount(parent, minlength=space.rows)
    if not np.all(sizes):
        row = int(np.argmin(sizes != 0))
        raise Fault("E265", f"`{call.name}` of nothing{world.where(space, row)}", call.span)
    reduce = np.minimum if call.name == "min" else np.maximum
    found = reduce.reduceat(num, group_heads(parent)) if len(num) else num
    from schedc.dsl.arithmetic import reduced

    return reduced(kind, found, den)
