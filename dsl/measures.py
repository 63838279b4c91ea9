"""Numbers and quantities by columns: `12`, `-0.25`, `2 h 30 min`, `20 EUR/h`, and what data frames hold.

Every function says which cells it read; the others are left to the reader of single cells.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from schedc.dsl.cells import BadCell, bare_duration, quantity
from schedc.dsl.faults import TooLarge
from schedc.dsl.units import UNITS
from schedc.dsl.values import LARGEST, product, total
from schedc.dsl.world import ColumnType, World
from schedc.models.columns import Flags, Ints

if TYPE_CHECKING:
    import polars as pl

_MOST_UNITS = 1000      # different units in a column; what has more holds something else
_MOST_PARTS = 7         # of one quantity
_SAFE = 1 << 53         # up to where every integer is a float
_POINT = r"^-?[0-9]+\.[0-9]{1,15}$"


def whole_numbers(cells: pl.Series) -> tuple[Ints, Flags]:
    """Texts of digits as integers, and which of the cells are."""
    import polars as pl

    found = cells.cast(pl.Int64, strict=False)
    done = (found.cast(pl.String) == cells).fill_null(False).to_numpy()
    if not done.all():      # zeros in front; no `+`, which a number of the language does not have
        done = done | (cells.str.contains(r"^-?[0-9]+$") & found.is_not_null()).fill_null(False).to_numpy()
    return found.fill_null(0).to_numpy(), done


def numbers(cells: pl.Series) -> tuple[Ints, Ints | None, Flags]:
    """Decimals as num/den (None for 1), and which of the cells are."""
    num, done = whole_numbers(cells)
    rest = np.flatnonzero(~done)
    if not len(rest):
        return num, None, done
    part = cells.gather(rest)
    digits, good = whole_numbers(part.str.replace(".", "", literal=True).fill_null(""))
    good &= part.str.contains(_POINT).fill_null(False).to_numpy()
    if not good.any():
        return num, None, done
    ends, points = part.str.len_bytes().fill_null(0), part.str.find(".", literal=True).fill_null(0)
    places = ends.to_numpy().astype(np.int64) - points.to_numpy().astype(np.int64) - 1
    num, done, den = np.array(num), np.array(done), np.ones(len(num), dtype=np.int64)
    num[rest[good]], den[rest[good]] = digits[good], 10 ** places[good]
    done[rest[good]] = True
    return num, den, done


def floats(cells: pl.Series) -> tuple[Ints, Ints | None, Flags]:
    """Integers, and floats as the shortest decimals that stand for them: num/den (None for 1), and which were read."""
    import polars as pl

    if not cells.dtype.is_float():
        found = cells.cast(pl.Int64, strict=False)
        return found.fill_null(0).to_numpy(), None, found.is_not_null().to_numpy()
    x = cells.to_numpy()
    num, den, done = np.zeros(len(x), dtype=np.int64), np.ones(len(x), dtype=np.int64), np.zeros(len(x), dtype=np.bool_)
    rest = np.flatnonzero(np.isfinite(x) & (np.abs(x) < _SAFE))
    for places in range(16):
        if not len(rest):
            break
        scaled = np.rint(x[rest] * 10.0**places)
        good = (scaled / 10.0**places == x[rest]) & (np.abs(scaled) < _SAFE)
        num[rest[good]], den[rest[good]], done[rest[good]] = scaled[good].astype(np.int64), 10**places, True
        rest = rest[~good]
    return num, den if np.any(den != 1) else None, done


def quantities(world: World, cells: pl.Series, kind: ColumnType) -> tuple[Ints, Ints | None, Flags]:
    """Amounts and durations in base units: num/den (None for 1), and which of the cells were read."""
    import polars as pl

    if cells.dtype == pl.Duration:
        unit = UNITS[getattr(cells.dtype, "time_unit", "us")]
        return _times(cells.cast(pl.Int64).to_numpy(), None, world.base_size(unit.size, unit.dims))
    if cells.dtype != pl.String:
        num, den, done = floats(cells)
        if bare_duration(world, kind):
            return num, den, np.zeros(len(num), dtype=np.bool_)
        num, den, fits = _times(num, den, kind.factor)
        return num, den, done & fits
    return _Sums(world, kind).read(cells)


def _times(num: Ints, den: Ints | None, factor: Fraction) -> tuple[Ints, Ints | None, Flags]:
    """A column times a factor; none of it where a row leaves 64 bits."""
    try:
        if factor.denominator > LARGEST:
            raise TooLarge
        under = np.ones(1, dtype=np.int64) if den is None else den
        num, under = (product(c, np.asarray(f, dtype=np.int64)) for c, f in
                      ((num, min(factor.numerator, LARGEST)), (under, factor.denominator)))
        if factor.numerator > LARGEST:
            raise TooLarge
    except TooLarge:
        return np.zeros_like(num), None, np.zeros(len(num), dtype=np.bool_)
    done = np.ones(len(num), dtype=np.bool_)
    return num, None if factor.denominator == 1 and den is None else np.broadcast_to(under, len(num)), done


class _Sums:
    """Reads sums of parts with units."""

    def __init__(self, world: World, kind: ColumnType) -> None:
        self._world, self._kind = world, kind
        self._known: dict[str, Fraction | None] = {}

    def read(self, cells: pl.Series) -> tuple[Ints, Ints | None, Flags]:
        """num/den (None for 1) of all cells, and which were read."""
        found = self._spaced(cells)
        rest = np.flatnonzero(~found[2])
        if not len(rest):
            return found
        # a unit may stand right behind its number, and blanks may be many
        part = cells.gather(rest).str.replace_all(r"([0-9])([A-Za-zµ_])", "$1 $2").str.replace_all(r"\s+", " ")
        more = self._spaced(part)
        return _merged(found, rest, more)

    def _spaced(self, cells: pl.Series) -> tuple[Ints, Ints | None, Flags]:
        """`-2 h 30 min`, with one blank between all."""
        minus = cells.str.starts_with("-").to_numpy()
        if not minus.any():
            return self._parts(cells)
        num, den, done = self._parts(cells.str.strip_prefix("-"))
        return np.where(minus, -num, num), den, done

    def _parts(self, cells: pl.Series) -> tuple[Ints, Ints | None, Flags]:
        rows: Ints = np.arange(len(cells))
        num, done = np.zeros(len(cells), dtype=np.int64), np.ones(len(cells), dtype=np.bool_)
        den: Ints | None = None
        rest = cells
        for k in range(_MOST_PARTS):
            count, unit, rest = rest.str.splitn(" ", 3).struct.unnest().get_columns()
            more = rest.is_not_null().to_numpy()
            part = self._part(count, unit, k == 0, more)
            done[rows] &= part[2]
            num, den, fits = _added(num, den, rows, part[0], part[1])
            done &= fits
            rows, rest = rows[more], rest.drop_nulls()
            if not len(rows):
                return num, den, done
        done[rows] = False
        return num, den, done

    def _part(self, count: pl.Series, unit: pl.Series, first: bool, more: Flags) -> tuple[Ints, Ints | None, Flags]:
        """One number and its unit a cell; a bare number only where it is all there is."""
        num, den, done = numbers(count)
        done = done & ~count.str.starts_with("-").fill_null(True).to_numpy()
        names = unit.unique().to_list()
        if len(names) > _MOST_UNITS:
            return num, den, np.zeros(len(num), dtype=np.bool_)
        good = np.zeros(len(num), dtype=np.bool_)
        out, under = np.zeros(len(num), dtype=np.int64), np.ones(len(num), dtype=np.int64)
        for name in names:
            factor = self._factor(name) if name is not None or first else None
            if factor is None:
                continue
            here = np.flatnonzero((unit.is_null() if name is None else unit == name).fill_null(False).to_numpy())
            if name is not None and "/" in name:
                here = here[~more[here]] if first else here[:0]
            part, below, fits = _times(num[here], None if den is None else den[here], factor)
            out[here], good[here] = part, done[here] & fits
            under[here] = 1 if below is None else below
        return out, None if np.all(under == 1) else under, good

    def _factor(self, name: str | None) -> Fraction | None:
        """What one of a unit is in base units; None for none of the column's kind."""
        if name is None:
            return None if bare_duration(self._world, self._kind) else self._kind.factor
        if name not in self._known:
            try:
                self._known[name] = Fraction(quantity(self._world, f"1 {name}", self._kind))
            except BadCell:
                self._known[name] = None
        return self._known[name]


def _added(
    num: Ints, den: Ints | None, rows: Ints, more: Ints, under: Ints | None
) -> tuple[Ints, Ints | None, bool]:
    """num/den with more/under added in some rows, and whether that fits."""
    try:
        if den is None and under is None:
            num[rows] = total(num[rows], more)
            return num, None, True
        den = np.ones(len(num), dtype=np.int64) if den is None else den
        under = np.ones(len(rows), dtype=np.int64) if under is None else under
        sums, below = total(product(num[rows], under), product(more, den[rows])), product(den[rows], under)
        g = np.maximum(np.gcd(sums, below), 1)
        num[rows], den[rows] = sums // g, below // g
        return num, den, True
    except TooLarge:
        return num, den, False


def _merged(
    found: tuple[Ints, Ints | None, Flags], rows: Ints, more: tuple[Ints, Ints | None, Flags]
) -> tuple[Ints, Ints | None, Flags]:
    num, den, done = np.array(found[0]), found[1], np.array(found[2])
    num[rows], done[rows] = more[0], more[2]
    if den is None and more[1] is None:
        return num, None, done
    den = np.ones(len(num), dtype=np.int64) if den is None else np.array(den)
    den[rows] = 1 if more[1] is None else more[1]
    return num, den, done
