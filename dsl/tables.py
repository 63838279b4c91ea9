"""`table`: inline rows and CSV files to typed columns with keys."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path
from typing import TypeVar

import numpy as np

from schedc.dsl import tree
from schedc.dsl.cells import Cells, ColumnType, column_type, read_column, row_list, shown
from schedc.dsl.faults import Fault, Spoiled, did_you_mean, later, recorded
from schedc.dsl.space import Index, guard_size
from schedc.dsl.values import TEXT, Value, spread
from schedc.dsl.world import TableData, World
from schedc.models.columns import Ints
from schedc.models.diagnostics import Label
from schedc.models.source import Span

T = TypeVar("T")
CHUNK = 65_536


def read_table(world: World, table: tree.Table) -> TableData:
    """The data of a table statement; Fault for whatever is wrong with it."""
    name = table.name.text
    declared = _single(table, "its columns", table.columns) or ()
    key = _single(table, "`key`", table.keys) or ()
    _refuse_doubles(declared)
    _refuse_doubles(key)
    types = {c.name.text: column_type(world, c) for c in declared}
    spans = {c.name.text: c.span for c in declared}
    path = world.data.get(name) or _path(world, table)
    if path is not None:
        read, size = _from_file(table, path, [*types], [k.text for k in key])
        world.read[name] = file_digest(path)
    else:
        read, size = _from_rows(table, declared)
    columns: dict[str, Value] = {}
    places = _inline_places(table) if path is None else {}
    for word, cells in read.items():
        with recorded(world.findings):
            at = spans.get(word, table.name.span)
            kind = types.get(word, ColumnType(TEXT))
            columns[word] = read_column(world, cells, kind, name, word, at, places.get(word))
    if len(columns) < len(read):
        raise Spoiled
    index = _index(world, table, key, columns, size, places)
    return TableData(name, size, columns, tuple(k.text for k in key), index, table.name.span)


def _single(table: tree.Table, what: str, given: Sequence[T]) -> T | None:
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
    rows = _single(table, "`rows`", table.rows)
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


# files


def _path(world: World, table: tree.Table) -> Path | None:
    """The file of a `from`: inside the model's folder, whatever links say; None for inline rows."""
    source = _single(table, "`from`", table.sources)
    if source is None:
        return None
    if not isinstance(source, tree.Text):
        raise Fault("E166", "`from` needs a file name in quotes", source.span)
    if table.rows:
        raise Fault("E163", f"table `{table.name.text}` has both `from` and `rows`", table.name.span)
    if not source.value.lower().endswith(".csv"):
        raise later("a table from anything but CSV", source.span)
    if world.folder is None:
        raise Fault("E166", "a model without a folder cannot read files", source.span,
                    fix="give the file with `--data`")
    if "\0" in source.value:
        raise Fault("E166", "the file name is not valid", source.span)
    try:
        folder = world.folder.resolve()
        path = (folder / source.value).resolve()
    except (OSError, RuntimeError):     # a name beyond what the system takes, links that lead in a circle
        raise Fault("E166", f"cannot read {shown(source.value)}: it leads nowhere", source.span) from None
    if not path.is_relative_to(folder):
        raise Fault("E167", f"`{source.value}` lies outside the model's folder", source.span,
                    fix=f"move it inside, or name it with `--data {table.name.text}=…`")
    return path


def _from_file(
    table: tree.Table, path: Path, declared: list[str], key: list[str]
) -> tuple[dict[str, Cells], int]:
    at = table.sources[0].span if table.sources else table.name.span
    try:
        if path.exists() and not path.is_file():
            raise Fault("E166", f"cannot read `{path.name}`: it is no ordinary file", at)
        with path.open(encoding="utf-8-sig", newline="") as f:
            return _read_csv(table, csv.reader(f, strict=True), path.name, declared, key, at)
    except OSError as e:
        raise Fault("E166", f"cannot read {shown(path.name)}: {(e.strerror or str(e)).lower()}", at) from None
    except UnicodeDecodeError:
        raise Fault("E168", f"`{path.name}` is not UTF-8 text", at) from None
    except csv.Error as e:
        raise Fault("E168", f"`{path.name}` is not CSV: {e}", at) from None


def file_digest(path: Path) -> str:
    """The SHA-256 of a file's bytes, read in pieces; "" for one that has gone."""
    try:
        with path.open("rb") as f:
            return hashlib.file_digest(f, "sha256").hexdigest()
    except OSError:
        return ""


def _read_csv(
    table: tree.Table, reader: object, file: str, declared: list[str], key: list[str], at: Span
) -> tuple[dict[str, Cells], int]:
    assert hasattr(reader, "__iter__")
    rows = iter(reader)
    header = [h.strip() for h in next(rows, [])]
    wanted = list(dict.fromkeys([*key, *declared])) if declared else header
    places = _places(table, header, wanted, file, at)
    codes = [_Codes() for _ in places]
    chunks: list[list[Ints]] = [[] for _ in places]
    done = 0
    while chunk := list(islice(rows, CHUNK)):
        if set(map(len, chunk)) != {len(header)}:
            chunk = _even(chunk, header, file, done, at)
        columns = list(zip(*chunk))
        for known, pieces, place in zip(codes, chunks, places):
            cells = map(known.__getitem__, columns[place] if columns else ())
            pieces.append(np.fromiter(cells, dtype=np.int64, count=len(chunk)))
        done += len(chunk)
        guard_size(done, f"table `{table.name.text}`", at)
    empty = np.zeros(0, dtype=np.int64)
    texts = [_unnulled(list(known), file, at) for known in codes]
    return {w: Cells(np.concatenate([empty, *c]), t) for w, c, t in zip(wanted, chunks, texts)}, done


class _Codes(dict[str, int]):
    """A number for each different text, given when it is first seen."""

    def __missing__(self, text: str) -> int:
        code = self[text] = len(self)
        return code


def _unnulled(texts: list[str], file: str, at: Span) -> list[str]:
    for t in texts:
        if "\0" in t:
            raise Fault("E168", f"`{file}` has a NUL byte in {shown(t)}", at)
    return ["" if t.strip() == "none" else t.strip() for t in texts]


def _even(chunk: list[list[str]], header: list[str], file: str, done: int, at: Span) -> list[list[str]]:
    """The rows without blank lines; Fault for a row with more or fewer cells than the header."""
    for k, row in enumerate(chunk):
        if row and len(row) != len(header):
            raise Fault("E165", f"`{file}`, row {done + k + 1} has {len(row)} cells, the header has {len(header)}", at)
    return [row for row in chunk if row]


def _places(table: tree.Table, header: list[str], wanted: list[str], file: str, at: Span) -> list[int]:
    doubled = next((h for k, h in enumerate(header) if h in header[:k]), None)
    if doubled is not None or not header:
        what = f"names column {shown(doubled)} twice" if doubled is not None else "is empty: it needs a header line"
        raise Fault("E168", f"`{file}` {what}", at)
    sign = next((c for c in ";\t|" if c in header[0]), None) if len(header) == 1 else None
    if sign is not None:
        named = "tabs" if sign == "\t" else f"`{sign}`"
        raise Fault("E168", f"`{file}` parts its cells by {named}, not by commas", at, fix="save it with commas")
    for w in wanted:
        if w not in header:
            raise Fault("E164", f"`{file}` has no column `{w}`", at, Label(table.name.span, "the table"),
                        fix=did_you_mean(w, header), note="its columns: " + ", ".join(shown(h) for h in header[:20]))
    return [header.index(w) for w in wanted]


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
