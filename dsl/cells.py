"""From cells to typed columns. A cell is its text, from a file or from the tree; each different text is read once."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from fractions import Fraction

import numpy as np

from schedc.dsl import tree
from schedc.dsl.faults import Fault, TooLarge, did_you_mean
from schedc.dsl.literals import instant_ticks, quantity_amount, unit_named
from schedc.dsl.units import NUMBER as NO_DIMS
from schedc.dsl.units import Dims, dims_text, joined
from schedc.dsl.values import FLAG, INSTANT, LARGEST, NUMBER, TEXT, Type, Value, fractions
from schedc.dsl.world import ColumnType, TableData, World
from schedc.models.columns import Ints
from schedc.models.diagnostics import Label
from schedc.models.records import dataclass
from schedc.models.source import Span

MOST_SHOWN = 20


class BadCell(Exception):     # noqa: N818 - a finding, no failure of the program
    """A cell that is not of its column's type; the text says what it is not."""


@dataclass(frozen=True, eq=False)
class Cells:
    """A column as read: the number of a text for each row, and the texts; "" is an empty cell."""

    codes: Ints
    texts: list[str]


_TYPES = ("int", "number", "text", "bool", "flag", "duration", "instant", "amount")
_ELSEWHERE = {
    "integer": "int", "long": "int", "float": "number", "double": "number", "decimal": "number", "numeric": "number",
    "str": "text", "string": "text", "varchar": "text", "boolean": "bool", "date": "instant", "datetime": "instant",
    "timestamp": "instant", "timedelta": "duration", "interval": "duration", "quantity": "amount",
}


def column_type(world: World, column: tree.Column) -> ColumnType:
    """What a column's type words mean."""
    if column.private:
        raise Fault("E190", "`private` is not implemented yet", column.span)
    if not column.type:
        return ColumnType(TEXT)
    word, at = column.type[0].text, column.type[0].span
    unit = column.type[1] if len(column.type) > 1 else None
    if unit is not None and word != "amount":
        raise Fault("E160", f"the type `{word}` has no unit", unit.span, fix="write `amount U` for an amount")
    if word == "amount":
        return _amount_type(world, column, unit)
    simple = {"int": ColumnType(NUMBER, whole=True), "number": ColumnType(NUMBER), "text": ColumnType(TEXT),
              "bool": ColumnType(FLAG), "flag": ColumnType(FLAG), "duration": ColumnType(world.time_type),
              "instant": ColumnType(INSTANT if world.tick_ns is not None else NUMBER)}
    if word in simple:
        return simple[word]
    table = world.tables.get(word)
    if table is None:
        raise _no_type(world, word, at)
    if len(table.key) != 1:
        raise Fault("E160", f"table `{word}` has no single key to refer to", at, Label(table.at, "declared here"))
    world.used.add(word)
    return ColumnType(Type("member", table=word), table=table)


def _no_type(world: World, word: str, at: Span) -> Fault:
    from schedc.dsl.faults import Spoiled

    if isinstance(world.declared.get(word), tree.Table):
        raise Spoiled
    tables = [n for n, s in world.declared.items() if isinstance(s, tree.Table)]
    meant = _ELSEWHERE.get(word.lower())
    fix = did_you_mean(meant or word, [meant] if meant else [*_TYPES, *tables], at)
    return Fault("E160", f"there is no type `{word}`", at, fix=fix,
                 note="the types are int, number, text, bool, duration, instant, amount U, and the names of tables")


def _amount_type(world: World, column: tree.Column, unit: tree.Name | None) -> ColumnType:
    if unit is None:
        return ColumnType(NUMBER)
    size, dims = unit_named(world, unit.text, unit.span)
    shown = unit.text
    if column.per is not None:
        per = unit_named(world, column.per.text, column.per.span)
        size, dims, shown = size / per.size, joined(dims, per.dims, -1), ""
    return ColumnType(Type("quantity", dims, unit=shown), factor=world.base_size(size, dims))


# reading


def read_column(
    world: World, cells: Cells, column: ColumnType, table: str, name: str, at: Span,
    place: Callable[[int], Span] | None = None,
) -> Value:
    """The typed column; Fault E161 listing the rows of all cells that are not of the type.

    table: the table as messages call it; at: where the column is declared; place: where the cell of a row stands, if
    that is in the text.
    """
    values, bad = read_texts(world, cells.texts, column, at)
    if bad:
        rows = np.flatnonzero(np.isin(cells.codes, list(bad)))
        codes = cells.codes[rows]
        first = bad[int(codes[0])]
        raise bad_cells(rows, lambda k: cells.texts[int(codes[k])], first, table, name, at, place)
    empty = np.array([not t for t in cells.texts], dtype=np.bool_)[cells.codes] if "" in cells.texts else None
    if all(type(v) is int for v in values):
        return Value(column.kind, _ints(values)[cells.codes], empty=empty)
    try:
        found = fractions(column.kind, [Fraction(v) for v in values])
    except TooLarge:
        raise beyond(table, name, at) from None
    found = found.take(cells.codes)
    return Value(found.type, found.num, found.den, empty)


def read_texts(
    world: World, texts: Sequence[str], column: ColumnType, at: Span
) -> tuple[list[Fraction | int], dict[int, str]]:
    """The values of different texts, 0 for an empty one; and what is wrong with those that are not of the type."""
    read = reader(world, column, at)
    values: list[Fraction | int] = []
    bad: dict[int, str] = {}
    for code, text in enumerate(texts):
        try:
            values.append(read(text) if text else 0)
        except BadCell as e:
            bad[code] = str(e)
            values.append(0)
    return values, bad


def beyond(table: str, name: str, at: Span) -> Fault:
    """The error for a column whose numbers do not fit."""
    return Fault("E252", f"column `{name}` of {table} has numbers beyond 64 bits", at)


def _ints(values: list[Fraction | int]) -> Ints:
    return np.asarray(values, dtype=np.int64) if values else np.zeros(0, dtype=np.int64)


def bad_cells(
    rows: Ints, text: Callable[[int], str], why: str, table: str, name: str, at: Span,
    place: Callable[[int], Span] | None = None,
) -> Fault:
    """The error for cells that are not of their type: text(k) is the cell in rows[k], `why` what is wrong with rows[0].

    The first 20 are named, with the total.
    """
    message = f"{table}, row {int(rows[0]) + 1}, column `{name}`: {shown(text(0))} {why}"
    note = row_list(rows, lambda k: shown(text(k)))
    if place is None:
        return Fault("E161", message, at, note=note)
    return Fault("E161", message, place(int(rows[0])), Label(at, "its column"), note=note)


def shown(text: str) -> str:
    """A cell's text, cut where it is long."""
    clean = "".join(c if c.isprintable() else "�" for c in text[:60])
    return f"`{clean}…`" if len(text) > 60 else f"`{clean}`"


def row_list(rows: Ints, text: Callable[[int], str]) -> str | None:
    """`3 rows: 3 (x), 5 (y) … and 12 more`, where text(k) belongs to rows[k]; None for a single one."""
    if len(rows) < 2:
        return None
    listed = ", ".join(f"{row + 1} ({text(k)})" for k, row in enumerate(rows[:MOST_SHOWN].tolist()))
    more = f" and {len(rows) - MOST_SHOWN} more" if len(rows) > MOST_SHOWN else ""
    return f"{len(rows)} rows: {listed}{more}"


def reader(world: World, column: ColumnType, at: Span) -> Callable[[str], Fraction | int]:
    """What reads one text as a value of a type; it raises BadCell."""
    kind = column.kind
    if column.table is not None:
        return _reference_reader(world, column.table, at)
    if kind == TEXT:
        return world.texts.code
    if kind == FLAG:
        return _flag
    if kind.kind == "instant":
        return lambda text: _instant(world, text, at)
    if kind.dims == NO_DIMS:
        return _whole if column.whole else number
    return lambda text: quantity(world, text, column)


def _reference_reader(world: World, table: TableData, at: Span) -> Callable[[str], int]:
    key = reader(world, table.types[table.key[0]], at)
    index = table.index
    assert index is not None

    def read(text: str) -> int:
        value = Fraction(key(text))
        row = int(index.find((np.asarray(value.numerator, dtype=np.int64),))) if value.denominator == 1 else -1
        if row < 0:
            raise BadCell(dangling(table))
        return row

    return read


def dangling(table: TableData) -> str:
    """What is wrong with a cell that refers to no row."""
    return f"is no `{table.key[0]}` of table `{table.name}`"


_NUMBER = re.compile(r"-?[0-9]{1,40}(\.[0-9]{1,40})?", re.ASCII)


def _whole(text: str) -> int:
    if not _NUMBER.fullmatch(text) or "." in text:
        raise BadCell("is not a whole number")
    return _fitting(int(text))


def number(text: str) -> Fraction | int:
    """An exact decimal."""
    if not _NUMBER.fullmatch(text):
        raise BadCell("is not a number")
    value = Fraction(text) if "." in text else int(text)
    _fitting(int(value))
    return value.numerator if value.denominator == 1 else value


def _fitting(value: int) -> int:
    if abs(value) > LARGEST:
        raise BadCell("does not fit 64 bits")
    return value


def _flag(text: str) -> int:
    value = {"true": 1, "false": 0, "yes": 1, "no": 0, "1": 1, "0": 0, "t": 1, "f": 0}.get(text.lower())
    if value is None:
        raise BadCell("is not `true` or `false`")
    return value


_OFFSET = re.compile(r"(.*:[0-9.]+)(Z|[+-][0-9]{2})", re.ASCII)


def _instant(world: World, text: str, at: Span) -> Fraction | int:
    short = _OFFSET.fullmatch(text)     # as databases and JSON write them
    if short is not None:
        text = short[1] + ("+00:00" if short[2] == "Z" else f"{short[2]}:00")
    try:
        value = instant_ticks(world, text.replace("T", " ", 1), at)
    except Fault as e:
        raise BadCell(f"is not an instant: {e.message}") from None
    return _plain(value)


_PART = re.compile(r"\s*([0-9]{1,40}(?:\.[0-9]{1,40})?)\s*([A-Za-zµ_][A-Za-z0-9_]*)")


def bare_duration(world: World, column: ColumnType) -> bool:
    """Whether a bare number in the column lacks its unit."""
    return column.factor == 1 and column.kind == world.time_type


_ISO = re.compile(r"P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?", re.ASCII)


def _from_iso(text: str) -> str:
    """An ISO 8601 duration (`PT2H30M`) in the language's units; any other text as it is."""
    match = _ISO.fullmatch(text) if text.startswith("P") else None
    if match is None:
        return text
    return " ".join(f"{n} {unit}" for n, unit in zip(match.groups(), ("w", "d", "h", "min", "s")) if n) or text


def quantity(world: World, text: str, column: ColumnType) -> Fraction | int:
    """`2 h 30 min`, `PT2H30M`, `-3 EUR`, `20 EUR/h`; a bare number is in the column's unit, but is not a duration."""
    dims = column.kind.dims
    text = _from_iso(text)
    if _NUMBER.fullmatch(text):
        if bare_duration(world, column):
            raise BadCell("has no unit")
        return _plain(_fitted(Fraction(text) * column.factor))
    sign, body = (-1, text[1:]) if text.startswith("-") else (1, text)
    body, _, per = body.partition("/")
    parts = []
    place = 0
    while place < len(body.rstrip()):
        match = _PART.match(body, place)
        if match is None:
            raise BadCell(f"is not {dims_text(dims)}")
        parts.append((tree.Number(Fraction(match[1]), match[1], _NOWHERE), match[2]))
        place = match.end()
    return _plain(_fitted(sign * _measured(world, parts, per.strip() or None, dims)))


def _measured(world: World, parts: list[tuple[tree.Number, str]], per: str | None, dims: Dims) -> Fraction:
    if not parts:
        raise BadCell(f"is not {dims_text(dims)}")
    try:
        value, found, _ = quantity_amount(world, tree.Quantity(tuple(parts), per, _NOWHERE))
    except Fault as e:
        raise BadCell(f"is not {dims_text(dims)}: {e.message}") from None
    if found != dims:
        raise BadCell(f"is {dims_text(found)}, not {dims_text(dims)}")
    return value


def _fitted(value: Fraction) -> Fraction:
    _fitting(int(value))
    return value


def _plain(value: Fraction) -> Fraction | int:
    return value.numerator if value.denominator == 1 else value


_NOWHERE = Span("", 1, 1, 1, 1)
