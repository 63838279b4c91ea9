"""Finding members by index: `a[i+1]`, `table[key]`, `a[i, *]`; by columns."""

from __future__ import annotations

import numpy as np

from schedc.dsl.arithmetic import solid
from schedc.dsl.faults import Fault
from schedc.dsl.space import Index, Ragged, Space, guard_size, repeated
from schedc.dsl.values import Type, Value, spread
from schedc.dsl.world import Rows, TableData, World
from schedc.models.columns import Ints
from schedc.models.diagnostics import Label
from schedc.models.records import dataclass
from schedc.models.source import Span


@dataclass(frozen=True, eq=False)
class Item:
    """One evaluated index, with its place; `value` is None for `*`."""

    value: Value | None
    at: Span


def code_of(world: World, item: Value, kind: Type, at: Span) -> Ints:
    """The key integers of a column of values for a dimension of type `kind`; -1 for a table row that does not exist.

    A value that is no whole number matches nothing: the caller finds no member.
    """
    item = solid(item, at)
    if kind.kind == "member" and item.type.kind in ("text", "quantity"):
        table = world.tables[kind.table]
        if table.index is not None and len(table.key) == 1:
            return table.index.find((code_of(world, item, table.columns[table.key[0]].type, at),))
    if item.type != kind:
        key = world.tables[kind.table].key if kind.kind == "member" else ()
        fix = f"give all of its key: {', '.join(key)}" if len(key) > 1 else None
        raise Fault("E258", f"the index is {item.type}, but {kind} is needed", at, fix=fix)
    return np.where(item.den == 1, item.num, -(1 << 62)) if not item.whole else item.num


def width(world: World, kind: Type) -> int:
    """How many indices may stand for one dimension: the columns of a table's key."""
    return len(world.tables[kind.table].key) if kind.kind == "member" else 1


def keys_of(
    world: World, kinds: list[Type], items: list[Item], name: str, at: Span
) -> list[Ints | None]:
    """The key integers of every dimension (None for `*`).

    A row of a table with a composite key may be given by its keys.
    """
    keys: list[Ints | None] = []
    rest = list(items)
    whole = len(items) == sum(width(world, k) for k in kinds)
    for kind in kinds:
        need = width(world, kind)
        composite = need > 1 and len(rest) >= need and _part_of_key(rest[0], kind, whole)
        if not rest:
            break
        if composite:
            key = rest[:need]
            every = all(item.value is None for item in key)
            keys.append(None if every else _row_of(world, world.tables[kind.table], key, at))
            rest = rest[need:]
            continue
        item = rest.pop(0)
        keys.append(None if item.value is None else code_of(world, item.value, kind, item.at))
    if len(keys) < len(kinds) or rest:
        want = sum(width(world, k) for k in kinds)
        raise Fault("E257", f"`{name}` takes {_count(want)}, not {len(items)}", at)
    return keys


def _part_of_key(item: Item, kind: Type, whole: bool) -> bool:
    """Whether an index is the first of a table's key, and not a row; whole: there is one for each key column of all."""
    return whole if item.value is None else item.value.type != kind


def _count(n: int) -> str:
    return "1 index" if n == 1 else f"{n} indices"


def _apart(table: TableData) -> str:
    binders = ", ".join(f"{column} in …" for column in table.key)
    return f"give the family an index for each column, as in `[{binders}]`"


def _row_of(world: World, table: TableData, items: list[Item], at: Span) -> Ints:
    assert table.index is not None
    codes = []
    for item, column in zip(items, table.key):
        if item.value is None:
            raise Fault("E258", f"`*` cannot stand for a part of the key of `{table.name}`", item.at, fix=_apart(table))
        codes.append(code_of(world, item.value, table.columns[column].type, item.at))
    return table.index.find(tuple(codes))


def find_row(world: World, table: TableData, items: list[Item], space: Space, at: Span) -> Ints:
    """The row of a table for each instance; Fault E259 naming the first key that does not exist."""
    if table.index is None:
        raise Fault("E257", f"table `{table.name}` has no key", at, Label(table.at, "declared here"))
    if len(items) == 1 and items[0].value is not None and items[0].value.type == Type("member", table=table.name):
        return items[0].value.num
    if len(items) != len(table.key):
        raise Fault("E257", f"table `{table.name}` has a key of {len(table.key)} columns, not {len(items)}", at)
    found = _row_of(world, table, items, at)
    _refuse_missing(world, found, table.name, items, space, at, table.at)
    return found


def find_member(world: World, rows: Rows, items: list[Item] | None, space: Space, at: Span) -> Ints:
    """The member of a family for each instance, shape () or (rows,); Fault where there is none, or `*` stands in it."""
    if not rows.dims:
        if items:
            raise Fault("E257", f"`{rows.name}` has no members to index", at, Label(rows.at, "declared here"))
        return np.asarray(0, dtype=np.int64)
    if items is None:
        raise Fault("E257", f"`{rows.name}` is a family: which member is meant", at, Label(rows.at, "declared here"),
                    fix=f"write `{rows.name}[...]`, or `{rows.name}[*]` for all")
    keys = keys_of(world, [d.type for d in rows.dims], items, rows.name, at)
    plain = [k for k in keys if k is not None]
    if len(plain) < len(keys):
        raise Fault("E258", f"one member of `{rows.name}` is needed here, not all", at)
    found = rows.index.find(tuple(plain))
    _refuse_missing(world, found, rows.name, items, space, at, rows.at)
    return found


def find_members(world: World, rows: Rows, items: list[Item] | None, space: Space, at: Span) -> Ragged:
    """The members that a reference names in each instance: one, or several where `*` stands in it."""
    if rows.dims and items is not None and any(i.value is None for i in items):
        return _starred(world, rows, items, space, at)
    found = spread(find_member(world, rows, items, space, at), space.rows)
    return Ragged(np.arange(space.rows, dtype=np.int64), found)


def _starred(world: World, rows: Rows, items: list[Item], space: Space, at: Span) -> Ragged:
    if len(items) == 1 and len(rows.dims) > 1:      # `a[*]` is every member, whatever the dimensions
        items = items * len(rows.dims)
    keys = keys_of(world, [d.type for d in rows.dims], items, rows.name, at)
    fixed = [(d, k) for d, k in zip(rows.dims, keys) if k is not None]
    n = rows.space.rows
    if not fixed:
        guard_size(n * space.rows, f"`{rows.name}[*]`", at)
        return repeated(np.full(space.rows, n, dtype=np.int64))
    part = Index(tuple(spread(d.num, n) for d, _ in fixed), n)
    return part.find_all(tuple(k for _, k in fixed), space.rows, f"`{rows.name}[…]`", at)


def _refuse_missing(
    world: World, found: Ints, name: str, items: list[Item], space: Space, at: Span, declared: Span
) -> None:
    missing = np.flatnonzero(found < 0)
    if not len(missing):
        return
    row = int(missing[0])
    key = ",".join(world.show(i.value, row) for i in items if i.value is not None)
    what = f"`{name}[{key}]`"
    more = f" (and {len(missing) - 1} more)" if len(missing) > 1 else ""
    raise Fault("E259", f"there is no {what}{world.where(space, row)}{more}", at, Label(declared, "declared here"))
