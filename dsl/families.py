"""Binders: from `r in racks, i in 1 .. r.n where …` to the rows of a space, without ever building what `where` drops.

A condition is split at its `and`s. Each part is applied as soon as its names are bound; a part `f(new) == g(old)` is a
join by key, so that `for c, d in calls where c.agent == d.agent` costs its result and not the square.
"""

from __future__ import annotations

import numpy as np

from schedc.dsl import tree
from schedc.dsl.arithmetic import solid
from schedc.dsl.faults import Fault, did_you_mean
from schedc.dsl.names import references
from schedc.dsl.space import PLAIN, Index, Ragged, Space, guard_size, repeated
from schedc.dsl.values import NUMBER, Type, Value, spread
from schedc.dsl.world import Elements, Rows, TableData, World, key_columns
from schedc.models.columns import Ints
from schedc.models.diagnostics import Fix, Label
from schedc.models.records import dataclass
from schedc.models.source import Span


@dataclass(frozen=True, eq=False)
class Expansion:
    """A space of more instances; parent[k] (sorted) is the instance of the space that was expanded."""

    space: Space
    parent: Ints


def expand(world: World, space: Space, each: tree.Each) -> Expansion:
    """All combinations of the binders that the condition keeps, for each instance of a space."""
    if each.share is not None:
        raise Fault("E354", "a share can stand in the `for` of a constraint alone", each.share.span,
                    fix="write `percentile(p, E for x in S)`")
    parent: Ints = np.arange(space.rows, dtype=np.int64)
    kept: Ints | None
    waiting = _conjuncts(each.where)
    for binder in each.binders:
        _check_binder(world, space, binder)
        space, source, waiting = _bind(world, space, binder, waiting)
        parent = parent[source]
        space, kept, waiting = _filter(world, space, waiting, each)
        parent = parent if kept is None else parent[kept]
    space, kept, _ = _filter(world, space, waiting, None)
    return Expansion(space, parent if kept is None else parent[kept])


def _check_binder(world: World, space: Space, binder: tree.Binder) -> None:
    name = binder.name
    if name in space.columns:
        raise Fault("E153", f"`{name}` is bound twice", binder.span, Label(space.spans[name], "first here"))
    declared = world.declared.get(name)
    if declared is not None:
        raise Fault("E153", f"`{name}` hides a declaration of the same name", binder.span,
                    Label(declared.name.span, "declared here"), fix="choose another name")


def _conjuncts(where: tree.Expr | None) -> list[tree.Expr]:
    if where is None:
        return []
    if isinstance(where, tree.Logic) and where.op == "and":
        return [c for operand in where.operands for c in _conjuncts(operand)]
    return [where]


def _filter(
    world: World, space: Space, waiting: list[tree.Expr], each: tree.Each | None
) -> tuple[Space, Ints | None, list[tree.Expr]]:
    """Apply the conditions whose binders are bound (all of them if `each` is None); in the order written."""
    from schedc.dsl.evaluate import truth

    names = frozenset() if each is None else frozenset(b.name for b in each.binders) - space.columns.keys()
    kept: Ints | None = None
    for k, condition in enumerate(waiting):
        if references(condition) & names:
            return space, kept, waiting[k:]     # later ones may rely on this one
        holds = np.flatnonzero(spread(truth(world, condition, space), space.rows))
        if len(holds) < space.rows:
            space = space.take(holds)
            kept = holds if kept is None else kept[holds]
    return space, kept, []


def _bind(
    world: World, space: Space, binder: tree.Binder, waiting: list[tree.Expr]
) -> tuple[Space, Ints, list[tree.Expr]]:
    if references(binder.values) & space.columns.keys():
        expansion, value = elements(world, binder.values, space)
        return space.take(expansion.parent).bind(binder.name, value.take(expansion.child), binder.span), \
            expansion.parent, waiting
    _, value = elements(world, binder.values, PLAIN)
    joined = _join(world, space, binder, value, waiting)
    if joined is not None:
        return joined
    size = len(value.num)
    guard_size(space.rows * size, "the family", binder.span)
    if space.rows == 1:
        rows = Ragged(np.zeros(size, dtype=np.int64), np.arange(size, dtype=np.int64))
        return space.take(rows.parent).bind(binder.name, value, binder.span), rows.parent, waiting
    rows = repeated(np.full(space.rows, size, dtype=np.int64))
    return space.take(rows.parent).bind(binder.name, value.take(rows.child), binder.span), rows.parent, waiting


# joins


def _join(
    world: World, space: Space, binder: tree.Binder, value: Value, waiting: list[tree.Expr]
) -> tuple[Space, Ints, list[tree.Expr]] | None:
    """Bind by key where the leading conditions are equations between the new binder and the old ones."""
    inner = Space(len(value.num), {binder.name: value}, {binder.name: binder.span})
    pairs: list[tuple[Ints, Ints]] = []
    for condition in waiting:
        pair = _equation(world, space, inner, binder.name, condition)
        if pair is None:
            break
        pairs.append(pair)
    if not pairs:
        return None
    index = Index(tuple(spread(new, inner.rows) for new, _ in pairs), inner.rows)
    rows = index.find_all(tuple(old for _, old in pairs), space.rows, "the family", binder.span)
    bound = space.take(rows.parent).bind(binder.name, value.take(rows.child), binder.span)
    return bound, rows.parent, waiting[len(pairs):]


def _equation(
    world: World, space: Space, inner: Space, name: str, condition: tree.Expr
) -> tuple[Ints, Ints] | None:
    """The key columns of `f(new) == g(old)`, or None where the condition is no such equation."""
    if not isinstance(condition, tree.Comparison) or condition.op != "==":
        return None
    for new, old in ((condition.left, condition.right), (condition.right, condition.left)):
        binders = references(new) - world.declared.keys()
        others = references(old) - world.declared.keys()
        if name in binders and binders <= {name} and others and others <= space.columns.keys():
            return _keys(world, inner, new, space, old)
    return None


def _keys(world: World, inner: Space, new: tree.Expr, space: Space, old: tree.Expr) -> tuple[Ints, Ints] | None:
    from schedc.dsl.evaluate import evaluate

    try:
        a, b = evaluate(world, new, inner), evaluate(world, old, space)
    except Fault:
        return None     # filtering row by row decides whether these rows matter
    if a.type != b.type or a.hollow or b.hollow or not (a.whole and b.whole):
        return None
    return a.num, b.num


# sets


def elements(world: World, values: tree.SetExpr, space: Space) -> tuple[Ragged, Value]:
    """The elements of a set for each instance: entry k of the expansion is element child[k] of the column."""
    if isinstance(values, tree.SetEach):
        return _comprehension(world, values, space)
    if isinstance(values, tree.SetOf):
        return _listed(world, values, space)
    if values.hi is not None:
        return _range(world, values, space)
    value = named_set(world, values.lo)
    guard_size(len(value.num) * space.rows, "the family", values.span)
    return repeated(np.full(space.rows, len(value.num), dtype=np.int64)), value


def named_set(world: World, expr: tree.Expr) -> Value:
    """The elements of a set that stands under a name: a table's rows, or a `let` or `param` of a set."""
    if not isinstance(expr, tree.Ref) or expr.index is not None or expr.path:
        raise Fault("E260", "a set is needed here", expr.span, fix="write `1 .. n`, `{ a, b }` or a table's name")
    world.used.add(expr.name)
    table = world.tables.get(expr.name)
    if table is not None:
        return rows_of(table)
    from schedc.dsl.evaluate import given

    found = given(world, expr)
    if isinstance(found, Elements):
        return found.value
    raise Fault("E260", f"`{expr.name}` is no set", expr.span, fix="write `1 .. n`, `{ a, b }` or a table's name")


def rows_of(table: TableData) -> Value:
    """All rows of a table as members."""
    return Value(Type("member", table=table.name), np.arange(table.size, dtype=np.int64))


def _range(world: World, values: tree.Range, space: Space) -> tuple[Ragged, Value]:
    from schedc.dsl.evaluate import evaluate

    assert values.hi is not None
    lo, hi = (_whole(world, evaluate(world, e, space), e.span, space) for e in (values.lo, values.hi))
    if lo.ndim == 0 and hi.ndim == 0:
        first, count = int(lo), max(0, int(hi) - int(lo) + 1)
        guard_size(count * space.rows, "the range", values.span)
        column = np.arange(first, first + count, dtype=np.int64)
        return repeated(np.full(space.rows, count, dtype=np.int64)), Value(NUMBER, column)
    lo, hi = (spread(c, space.rows) for c in (lo, hi))
    sizes = np.maximum(hi - lo + 1, 0)
    guard_size(int(sizes.sum(dtype=np.float64)), "the range", values.span)
    rows = repeated(sizes)
    places = np.arange(len(rows.parent), dtype=np.int64)
    return Ragged(rows.parent, places), Value(NUMBER, lo[rows.parent] + rows.child)


def _whole(world: World, value: Value, at: Span, space: Space) -> Ints:
    value = solid(value, at)
    if value.type != NUMBER:
        raise Fault("E260", f"a range needs whole numbers, not {value.type}", at)
    if not value.whole:
        row = int(np.argmax(value.den != 1)) if value.den.ndim else 0
        raise Fault("E260", f"a range needs whole numbers, not {world.show(value, row)}{world.where(space, row)}", at)
    if value.num.size and max(abs(int(value.num.max())), abs(int(value.num.min()))) > 1 << 61:
        raise Fault("E252", "the range does not fit 64 bits", at)
    return value.num


def _listed(world: World, values: tree.SetOf, space: Space) -> tuple[Ragged, Value]:
    from schedc.dsl.arithmetic import alike
    from schedc.dsl.evaluate import evaluate

    items = [solid(evaluate(world, i, space), i.span) for i in values.items]
    kind = items[0].type
    for item, written in zip(items, values.items):
        kind = alike(kind, item.type, "put into one set", written.span)
    n, m = space.rows, len(items)
    guard_size(n * m, "the set", values.span)
    num = np.stack([spread(i.num, n) for i in items], axis=1).reshape(-1)
    den = np.stack([spread(i.den, n) for i in items], axis=1).reshape(-1)
    value = Value(kind, num, den if np.any(den != 1) else np.asarray(1, dtype=np.int64))
    parent = np.repeat(np.arange(n, dtype=np.int64), m)
    return _distinct(parent, value)


def _comprehension(world: World, values: tree.SetEach, space: Space) -> tuple[Ragged, Value]:
    from schedc.dsl.evaluate import evaluate

    inner = expand(world, space, values.each)
    value = solid(evaluate(world, values.item, inner.space), values.item.span).spread(inner.space.rows)
    return _distinct(inner.parent, value)


def _distinct(parent: Ints, value: Value) -> tuple[Ragged, Value]:
    """Each element once an instance, at its first place."""
    n = len(parent)
    den = np.ascontiguousarray(spread(value.den, n))
    columns = (parent, value.num) if np.all(den == 1) else (parent, value.num, den)
    keep = np.ones(n, dtype=np.bool_)
    keep[Index(columns, n).repeats()] = False
    places = np.flatnonzero(keep)
    return Ragged(parent[places], np.arange(len(places), dtype=np.int64)), value.take(places)


# declared families

_ALONE = Index((), 0)       # of what is no family


def members(world: World, name: str, each: tree.Each | None, at: Span) -> Rows:
    """The rows of a declared family; Fault where a binder's values cannot index."""
    if each is None:
        return Rows(name, PLAIN, (), _ALONE, at)
    space = expand(world, PLAIN, each).space
    dims = tuple(space.columns[b.name] for b in each.binders)
    for dim, binder in zip(dims, each.binders):
        if not dim.whole or dim.type.kind in ("none", "unlimited"):
            raise Fault("E260", f"`{binder.name}` cannot index a family: its values are no whole numbers", binder.span)
    return Rows(name, space, dims, Index(key_columns(dims, space.rows), space.rows), at)


def whole_name(ref: tree.Ref) -> Span | None:
    """The place of a reference that is nothing but a name, for a fix-it that replaces it."""
    return ref.span if ref.index is None and not ref.path else None


def unknown_name(world: World, ref: tree.Ref, space: Space, extra: tuple[str, ...] = ()) -> Fault:
    """The error for a name that nothing declares."""
    at = whole_name(ref)
    fix = did_you_mean(ref.name, [*space.columns, *world.declared, *extra], at)
    if at is not None and ref.name in world.texts.words:
        fix = Fix(f"a text stands in quotes: `\"{ref.name}\"`", at, f'"{ref.name}"')
    return Fault("E154", f"nothing is called `{ref.name}`", ref.span, fix=fix)
