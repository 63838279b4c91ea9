"""`table`: from rows in the text, files, databases and data frames to typed columns with keys."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np

from schedc.dsl import tree
from schedc.dsl.cells import Cells, column_type, read_column, row_list
from schedc.dsl.faults import Fault, Spoiled, did_you_mean, recorded
from schedc.dsl.space import Index
from schedc.dsl.values import TEXT, Value, spread
from schedc.dsl.world import ColumnType, TableData, World
from schedc.models.diagnostics import Label
from schedc.models.source import Span

T = TypeVar("T")


def read_table(world: World, table: tree.Table) -> TableData:
    """The data of a table statement; Fault for whatever is wrong with it."""
    name = table.name.text
    declared = single(table, "its columns", table.columns) or ()
    key = single(table, "`key`", table.keys) or ()
    _refuse_doubles(declared)
    _refuse_doubles(key)
    types = {c.name.text: column_type(world, c) for c in declared}
    spans = {c.name.text: c.span for c in declared}
    if name in world.data or table.sources or table.inside:
        columns, size = _from_outside(world, table, types, spans, [k.text for k in key])
        places: Places = {}
    else:
        columns, size = _from_inside(world, table, declared, types, spans)
        places = _inline_places(table)
    index = _index(world, table, key, columns, size, places)
    types = {word: types.get(word, ColumnType(TEXT)) for word in columns}
    return TableData(name, size, columns, tuple(k.text for k in key), index, table.name.span, types)


def _from_outside(
    world: World, table: tree.Table, types: dict[str, ColumnType], spans: dict[str, Span], key: list[str]
) -> tuple[dict[str, Value], int]:
    """The columns of a file, a query or a data frame, and the number of rows."""
    from schedc.dsl.digests import table_digest
    from schedc.dsl.sources.choose import sheet_of
    from schedc.dsl.typed import Place, read_series

    name = table.name.text
    wanted = tuple(dict.fromkeys([*key, *types])) if types else ()
    label, sheet = sheet_of(world, table, wanted)
    columns: dict[str, Value] = {}
    words = list(sheet.columns)
    for word in words:
        with recorded(world.findings):
            kind, at = types.get(word, ColumnType(TEXT)), spans.get(word, table.name.span)
            # a column that was read is let go, so that never all of them are there twice
            columns[word] = read_series(world, sheet.columns.pop(word), kind, Place(label, word, at))
    if len(columns) < len(words):
        raise Spoiled
    world.read[name] = table_digest(world, columns, sheet.size)
    return columns, sheet.size


def _from_inside(
    world: World, table: tree.Table, declared: Sequence[tree.Column], types: dict[str, ColumnType],
    spans: dict[str, Span],
) -> tuple[dict[str, Value], int]:
    """The columns of rows in the text, and the number of rows."""
    read, size = _from_rows(table, declared)
    places, name = _inline_places(table), table.name.text
    columns: dict[str, Value] = {}
    for word, cells in read.items():
        with recorded(world.findings):
            columns[word] = read_column(world, cells, types[word], f"table `{name}`", word, spans[word], places[word])
    if len(columns) < len(read):
        raise Spoiled
    return columns, size


def single(table: tree.Table, what: str, given: Sequence[T]) -> T | None:
    """The one clause of a kind; Fault E163 for a second one."""
    if len(given) > 1:
        raise Fault("E163", f"table `{table.name.text}` gives {what} twice", table.name.span)
    return given[0] if given else None


def _refuse_doubles(names: Sequence[tree.Name | tree.Column]) -> None:
    first: dict[str, Span] = {}
    for n in names:
        word = n.text if isinstance(n, tree.Name) else n.name.text
        if word in first:
            raise Fault("E150", f"column `{word}` stands twice", n.span, Label(first[word], "first here"))
        first[word] = n.span


# inline rows

Places = dict[str, Callable[[int], Span]]       # for a column of an inline table, where each row's cell stands


def _inline_places(table: tree.Table) -> Places:
    rows = table.rows[0]

    def of(column: int) -> Callable[[int], Span]:
        return lambda row: rows[row].cells[column].span

    return {c.name.text: of(k) for k, c in enumerate(table.columns[0])}


def _from_rows(table: tree.Table, declared: Sequence[tree.Column]) -> tuple[dict[str, Cells], int]:
    if not declared:
        raise Fault("E164", f"table `{table.name.text}` has no columns", table.name.span,
                    fix="write `{ id: text, … }` before `rows`")
    rows = single(table, "`rows`", table.rows)
    if rows is None:
        raise Fault("E164", f"table `{table.name.text}` has neither `from` nor `rows`", table.name.span,
                    fix="write `rows { …; … }`, or `from \"rows.csv\"`")
    for r in rows:
        if len(r.cells) != len(declared):
            raise Fault("E165", f"a row of {len(r.cells)} cells in a table of {len(declared)} columns", r.span,
                        Label(table.name.span, "the table"))
    texts = [[cell_text(c) for c in r.cells] for r in rows]
    columns = list(zip(*texts)) if texts else [()] * len(declared)
    return {c.name.text: coded(column) for c, column in zip(declared, columns)}, len(rows)


def cell_text(cell: tree.Cell) -> str:
    """A cell of an inline table as the text that a file would hold; `none` is empty."""
    match cell:
        case tree.Text():
            return "" if cell.bare and cell.value == "none" else cell.value
        case tree.Quantity():
            words = " ".join(f"{n.text} {unit}" for n, unit in cell.parts)
            return f"{words}/{cell.per}" if cell.per else words
        case _:
            return cell.text


def coded(column: Sequence[str]) -> Cells:
    """A column of texts with each different text once."""
    codes: dict[str, int] = {}
    found = np.fromiter((codes.setdefault(t, len(codes)) for t in column), dtype=np.int64, count=len(column))
    return Cells(found, list(codes))


# keys


def _index(
    world: World, table: tree.Table, key: Sequence[tree.Name], columns: dict[str, Value], size: int, places: Places
) -> Index | None:
    """The index over the key columns; Fault for a doubled or an empty key."""
    if not key:
        return None
    name = table.name.text
    for k in key:
        column = columns.get(k.text)
        if column is None:
            raise Fault("E155", f"table `{name}` has no column `{k.text}`", k.span, fix=did_you_mean(k.text, columns),
                        note="its columns: " + ", ".join([*columns][:20]))
        if column.hollow and column.empty is not None:
            row = int(np.argmax(column.empty))
            at = places[k.text](row) if places else k.span
            raise Fault("E169", f"table `{name}`, row {row + 1}: the key `{k.text}` is empty", at)
        if not column.whole:
            row = int(np.argmax(spread(column.num % column.den, size) != 0))
            at = places[k.text](row) if places else k.span
            message = f"table `{name}`, row {row + 1}: the key `{k.text}` is {world.show(column, row)}, no whole number"
            raise Fault("E169", message, at)
    index = Index(tuple(spread(columns[k.text].num, size) for k in key), size)
    _refuse_repeats(world, name, key, columns, index, places.get(key[0].text))
    return index


def _refuse_repeats(
    world: World, name: str, key: Sequence[tree.Name], columns: dict[str, Value], index: Index,
    place: Callable[[int], Span] | None,
) -> None:
    again = index.repeats()
    if not len(again):
        return

    def text(row: int) -> str:
        return ",".join(world.show(columns[k.text], row) for k in key)

    row = int(again[0])
    first = int(index.find(tuple(columns[k.text].take(again[:1]).num for k in key))[0])
    at, others = (place(row), [Label(place(first), "first here")]) if place else (key[0].span, [])
    raise Fault("E170", f"table `{name}`, row {row + 1}: key `{text(row)}` stands already in row {first + 1}",
                at, *others, note=row_list(again, text))
