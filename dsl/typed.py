"""Columns of files and data frames to typed columns of values, a column at a time.

What cells mostly look like is read in a few passes over the whole column. A cell that no such pass takes is read alone,
each different text once, by the same reader as the cells of inline tables (`cells`), which alone decides what is wrong.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from schedc.dsl import instants
from schedc.dsl.cells import bad_cells, beyond, dangling, read_texts
from schedc.dsl.clock import ClockError
from schedc.dsl.faults import Fault, TooLarge
from schedc.dsl.literals import clock_fault
from schedc.dsl.measures import floats, numbers, quantities, whole_numbers
from schedc.dsl.units import NUMBER as NO_DIMS
from schedc.dsl.units import TIME
from schedc.dsl.values import LARGEST, ONE, Value, product, top
from schedc.dsl.world import ColumnType, World
from schedc.models.columns import Flags, Ints, distinct
from schedc.models.records import dataclass
from schedc.models.source import Span

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True, eq=False)
class Parsed:
    """Cells as far as they were read: num/den (den None for 1), and which were."""

    num: Ints
    den: Ints | None
    done: Flags


@dataclass(frozen=True)
class Place:
    """What messages call a column: its table, its name, and where it is declared."""

    table: str
    name: str
    at: Span


def read_series(world: World, cells: pl.Series, kind: ColumnType, place: Place) -> Value:
    """The typed column of a source's cells. Fault E161 for cells of another type, E174 for cells that are no values."""
    if kind.table is not None:
        return _reference(world, cells, kind, place)
    cells = _plain(cells, kind, place)
    if cells.dtype.is_(_string()):
        cells = cells.str.strip_chars()
        empty = (cells.is_null() | (cells == "") | (cells == "none")).fill_null(True).to_numpy()
    else:
        empty = cells.is_null().to_numpy()
    if not empty.any():
        return _filled(world, cells, kind, place, None)
    rows = np.flatnonzero(~empty)
    part = _filled(world, cells.gather(rows), kind, place, rows)
    num, den = np.zeros(len(empty), dtype=np.int64), part.den
    num[rows] = part.num
    if den.ndim:
        den = np.ones(len(empty), dtype=np.int64)
        den[rows] = part.den
    return Value(part.type, num, den, empty)


def _string() -> type[pl.String]:
    import polars as pl

    return pl.String


def _plain(cells: pl.Series, kind: ColumnType, place: Place) -> pl.Series:
    """Cells of a kind that is read by columns: as they are where that is their type, else as texts."""
    import polars as pl

    dtype = cells.dtype
    if dtype.is_nested() or dtype in (pl.Object, pl.Binary):
        what = "bytes" if dtype == pl.Binary else "lists or objects"
        raise Fault("E174", f"{place.table}, column `{place.name}` holds {what}", place.at,
                    fix="bring it into a column of plain values")
    if dtype.is_float():
        cells = cells.cast(pl.Float64)
    native = {
        "quantity": dtype.is_integer() or dtype.is_float() or (dtype == pl.Duration and kind.kind.dims == TIME),
        "instant": dtype in (pl.Date, pl.Datetime), "flag": dtype == pl.Boolean, "text": False,
    }[kind.kind.kind]
    if native or dtype == pl.String:
        return cells
    if dtype.is_float():
        whole = cells.is_null() | (cells.round() == cells) & (cells.abs() < 1 << 53)
        return cells.cast(pl.Int64 if whole.all() else pl.String).cast(pl.String)
    if dtype == pl.Duration:
        return _duration_texts(cells)
    return cells.cast(pl.String)


def _duration_texts(cells: pl.Series) -> pl.Series:
    import polars as pl

    unit = getattr(cells.dtype, "time_unit", "us")
    return (cells.cast(pl.Int64).cast(pl.String) + f" {unit}").cast(pl.String)


def _filled(world: World, cells: pl.Series, kind: ColumnType, place: Place, rows: Ints | None) -> Value:
    """A column without empty cells; rows: the table's row of each cell, None for all of them."""
    if kind.kind.kind == "text":
        return Value(kind.kind, world.texts.column(cells))
    parsed = _parsed(world, cells, kind, place)
    left = np.flatnonzero(~parsed.done)
    num, den = parsed.num, parsed.den
    if len(left):
        num, den = _one_by_one(world, cells.gather(left), kind, place, left, rows, num, den)
    return levelled(kind, num, den, place)


def _one_by_one(
    world: World, cells: pl.Series, kind: ColumnType, place: Place, left: Ints, rows: Ints | None,
    num: Ints, den: Ints | None,
) -> tuple[Ints, Ints | None]:
    """Read what is left over, each different text once, into the columns."""
    texts = _texts(cells)
    codes: dict[str, int] = {}
    code = np.fromiter((codes.setdefault(t, len(codes)) for t in texts), dtype=np.int64, count=len(texts))
    values, bad = read_texts(world, list(codes), kind, place.at)
    if bad:
        wrong = np.flatnonzero(np.isin(code, list(bad)))
        at = left[wrong] if rows is None else rows[left[wrong]]
        why = bad[int(code[wrong[0]])]
        raise bad_cells(at, lambda k: texts[int(wrong[k])], why, place.table, place.name, place.at)
    if any(abs(v.numerator) > LARGEST or v.denominator > LARGEST for v in values):
        raise beyond(place.table, place.name, place.at)
    num = np.array(num)
    num[left] = np.array([v.numerator for v in values], dtype=np.int64)[code]
    if den is not None or any(v.denominator != 1 for v in values):
        den = np.ones(len(num), dtype=np.int64) if den is None else np.array(den)
        den[left] = np.array([v.denominator for v in values], dtype=np.int64)[code]
    return num, den


def _texts(cells: pl.Series) -> list[str]:
    import polars as pl

    if cells.dtype.is_float():
        return list(map(repr, cells.to_list()))
    return cells.cast(pl.String).to_list()


def levelled(kind: ColumnType, num: Ints, den: Ints | None, place: Place) -> Value:
    """num/den as a value, over one denominator where that fits 64 bits; in lowest terms, so that values are equal
    exactly if their columns are."""
    if den is None:
        return Value(kind.kind, num)
    if len(den) and np.all(den == den[0]):
        one = int(den[0])
        shared = int(np.gcd.reduce(num % one, initial=one))
        return Value(kind.kind, num // shared, np.asarray(one // shared, dtype=np.int64) if one > shared else ONE)
    g = np.gcd(num, den)
    num, den = num // g, den // g
    common = int(np.lcm.reduce(distinct(den).astype(object), initial=1))
    if common == 1:
        return Value(kind.kind, num)
    try:
        if common > LARGEST or top(num) > LARGEST:
            raise TooLarge
        return Value(kind.kind, product(num, common // den), np.asarray(common, dtype=np.int64))
    except TooLarge:
        return Value(kind.kind, num, den)


# by kind


def _parsed(world: World, cells: pl.Series, kind: ColumnType, place: Place) -> Parsed:
    import polars as pl

    text = cells.dtype == pl.String
    if kind.kind.kind == "flag":
        return _flags(cells) if text else Parsed(cells.cast(pl.Int64).to_numpy(), None, _all(cells))
    if kind.kind.kind == "instant":
        return _instants(world, cells, place, instants.from_texts if text else instants.from_frame)
    if kind.kind.dims == NO_DIMS:
        if text:
            return Parsed(*_with_ones(whole_numbers(cells))) if kind.whole else Parsed(*numbers(cells))
        num, den, done = floats(cells)
        return Parsed(num, den, done & (den == 1) if kind.whole and den is not None else done)
    return Parsed(*quantities(world, cells, kind))


def _with_ones(found: tuple[Ints, Flags]) -> tuple[Ints, None, Flags]:
    return found[0], None, found[1]


def _all(cells: pl.Series) -> Flags:
    return np.ones(len(cells), dtype=np.bool_)


def _flags(cells: pl.Series) -> Parsed:
    low = cells.str.to_lowercase()
    yes, no = (low.is_in(words).to_numpy() for words in (["true", "yes", "1", "t"], ["false", "no", "0", "f"]))
    return Parsed(yes.astype(np.int64), None, yes | no)


def _instants(
    world: World, cells: pl.Series, place: Place, read: Callable[..., tuple[Ints, Flags]]
) -> Parsed:
    """Instants in ticks since the origin."""
    try:
        ns, done = read(world.clock, cells)
    except ClockError as e:
        raise clock_fault(e, place.at) from None
    tick = world.tick_ns or 1
    ns = np.where(done, ns, 0)
    return Parsed(ns // tick, None, done) if not np.any(ns % tick) else Parsed(ns, np.full(len(ns), tick), done)


def _reference(world: World, cells: pl.Series, kind: ColumnType, place: Place) -> Value:
    """Rows of another table by their keys."""
    table = kind.table
    assert table is not None and table.index is not None
    key = read_series(world, cells, table.types[table.key[0]], place)
    whole = key.den == 1 if key.den.ndim == 0 else key.den == np.int64(1)
    if key.den.ndim == 0 and not whole:
        whole = key.num % key.den == 0
        key = Value(key.type, key.num // key.den, ONE, key.empty)
    found = np.where(whole, table.index.find((key.num,)), -1)
    missing = found < 0 if key.empty is None else (found < 0) & ~key.empty
    rows = np.flatnonzero(missing)
    if len(rows):
        texts = _texts(cells.gather(rows[:100]))
        raise bad_cells(rows, lambda k: texts[k], dangling(table), place.table, place.name, place.at)
    return Value(kind.kind, found if key.empty is None else np.where(key.empty, 0, found), empty=key.empty)
