"""How long changes take by pairs of states: `{ a -> b: v, … }`, a table's column, or a `let` over pairs."""

from __future__ import annotations

import numpy as np

from schedc.dsl import tree
from schedc.dsl.arithmetic import solid
from schedc.dsl.evaluate import cells, evaluate, items_of
from schedc.dsl.faults import Fault
from schedc.dsl.lookup import Item, code_of
from schedc.dsl.space import Index, Ragged, Space, guard_size, repeated
from schedc.dsl.timing import durations
from schedc.dsl.values import Type, Value, spread
from schedc.dsl.world import Column, World
from schedc.models.columns import Ints
from schedc.models.diagnostics import Label
from schedc.models.records import dataclass
from schedc.models.source import Span


@dataclass(frozen=True, eq=False)
class Distances:
    """In matrix `matrix[k]`, a change from before[k] to after[k] takes ticks[k]; which[m]: the matrix of member m."""

    kind: Type
    which: Ints
    matrix: Ints
    before: Ints
    after: Ints
    ticks: Ints


def distances(world: World, written: tree.Expr | tree.Map, space: Space) -> Distances | None:
    """The times by pairs that an expression stands for; None where it is one time. Fault where they make no sense."""
    if isinstance(written, tree.Map):
        found = _from_map(world, written, space)
    elif isinstance(written, tree.Ref) and written.name not in space.columns and _is_whole(written):
        if written.name in world.tables:
            found = _from_table(world, written, space)
        elif isinstance(world.values.get(written.name), Column):
            found = _from_let(world, written, space)
        else:
            return None
    else:
        return None
    _refuse_odd(world, found, written.span)
    return found


def _is_whole(ref: tree.Ref) -> bool:
    return ref.index is None or any(isinstance(i, tree.Star) for i in ref.index)


def _refuse_odd(world: World, d: Distances, at: Span) -> None:
    """Pairs that stand twice, and changes from a state to itself."""
    own = np.flatnonzero((d.before == d.after) & (d.ticks != 0))
    if len(own):
        a = world.show(Value(d.kind, np.asarray(d.before[own[0]])))
        raise Fault("E297", f"a change from {a} to {a} takes time: a state does not change to itself", at,
                    fix="leave the pair out, or make it 0")
    order = np.lexsort((d.after, d.before, d.matrix))
    same = np.flatnonzero(
        (np.diff(d.matrix[order]) == 0) & (np.diff(d.before[order]) == 0) & (np.diff(d.after[order]) == 0)
    )
    if len(same):
        k = order[same[0]]
        first, second = (world.show(Value(d.kind, np.asarray(side[k]))) for side in (d.before, d.after))
        raise Fault("E297", f"the change from {first} to {second} stands twice", at)


def _from_map(world: World, written: tree.Map, space: Space) -> Distances:
    n = max(space.rows, 0)
    every = np.arange(n, dtype=np.int64)
    kind: Type | None = None
    sides: list[tuple[Ints, Ints, Ints]] = []
    for a, b, v in written.arcs:
        codes = []
        for side in (a, b):
            value = solid(evaluate(world, side, space), side.span)
            kind = kind or value.type
            if value.type != kind or not value.whole:
                raise Fault("E250", f"the state is {value.type}, but the first one is {kind}", side.span,
                            Label(written.arcs[0][0].span, f"{kind}"))
            codes.append(np.array(spread(code_of(world, value, kind, side.span), n)))
        ticks = durations(world, evaluate(world, v, space), space, "the change", v.span)
        sides.append((codes[0], codes[1], np.array(spread(ticks, n))))
    assert kind is not None
    before, after, ticks = (np.concatenate(column) for column in zip(*sides))
    return Distances(kind, every, np.tile(every, len(sides)), before, after, ticks)


def _from_table(world: World, ref: tree.Ref, space: Space) -> Distances:
    table = world.tables[ref.name]
    world.used.add(ref.name)
    if len(ref.path) != 1 or ref.path[0].word not in table.columns:
        fix = f"write `{ref.name}.column`"
        raise Fault("E262", f"a column of `{ref.name}` is needed here", ref.span, Label(table.at, "declared here"),
                    fix=fix)
    rows = np.arange(table.size, dtype=np.int64)
    value = cells(table.name, ref.path[0].word, table.columns[ref.path[0].word], Value(Type("member"), rows))
    keys = [(table.columns[k].type, np.array(spread(table.columns[k].num, table.size))) for k in table.key]
    return _from_keys(world, ref, keys, value, table.size, space)


def _from_let(world: World, ref: tree.Ref, space: Space) -> Distances:
    column = world.values[ref.name]
    assert isinstance(column, Column)
    world.used.add(ref.name)
    n = column.rows.space.rows
    keys = [(d.type, np.array(spread(d.num, n))) for d in column.rows.dims]
    return _from_keys(world, ref, keys, column.value, n, space)


def _from_keys(
    world: World, ref: tree.Ref, keys: list[tuple[Type, Ints]], value: Value, rows: int, space: Space
) -> Distances:
    """The pairs of the two open keys, by member where others are fixed."""
    items = items_of(world, ref.index, space)
    if items is None:
        items = [Item(None, ref.span)] * len(keys)
    open_ = [k for k, item in enumerate(items) if item.value is None]
    if len(items) != len(keys) or len(open_) != 2:
        raise Fault("E257", f"a change needs pairs of states: two keys of `{ref.name}` left open, and it has "
                    f"{len(keys)}", ref.span, fix=f"write `{ref.name}[…, *, *]` with what else its key has")
    (kind, before), (other, after) = keys[open_[0]], keys[open_[1]]
    if kind != other:
        raise Fault("E250", f"states are {kind} and {other} in `{ref.name}`", ref.span)
    kept = np.arange(rows, dtype=np.int64) if value.empty is None else np.flatnonzero(~spread(value.empty, rows))
    ticks = np.array(spread(durations(world, value.take(kept), Space(len(kept)), "a change", ref.span), len(kept)))
    fixed = [k for k, item in enumerate(items) if item.value is not None]
    if not fixed:
        found, which = Ragged(np.zeros(len(kept), dtype=np.int64), np.arange(len(kept))), np.zeros(space.rows, np.int64)
    else:
        found = _joined(world, keys, items, fixed, kept, space, ref)
        which = np.arange(space.rows, dtype=np.int64)
    row = kept[found.child]
    return Distances(kind, which, found.parent, before[row], after[row], ticks[found.child])


def _joined(
    world: World, keys: list[tuple[Type, Ints]], items: list[Item], fixed: list[int], kept: Ints, space: Space,
    ref: tree.Ref,
) -> Ragged:
    wanted = []
    for k in fixed:
        value = items[k].value
        assert value is not None
        wanted.append(code_of(world, value, keys[k][0], items[k].at))
    index = Index(tuple(keys[k][1][kept] for k in fixed), len(kept))
    if not len(kept):
        return repeated(np.zeros(space.rows, dtype=np.int64))
    guard_size(len(kept), f"`{ref.name}`", ref.span)
    return index.find_all(tuple(wanted), space.rows, f"`{ref.name}[…]`", ref.span)
