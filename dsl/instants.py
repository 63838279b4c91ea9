"""Instants by columns: `2026-01-05`, `2026-01-05 08:00`, `2026-01-05T08:00:30.5+01:00`, and what data frames hold.

Texts of one width are a matrix of bytes, so that a million of them are read in a few passes over its columns. What is
written otherwise, is no date, or has no single answer on the zone's clock is left to the reader of single cells.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from schedc.dsl.clock import SECOND, Clock
from schedc.models.columns import Flags, Ints

if TYPE_CHECKING:
    import polars as pl

Bytes: TypeAlias = NDArray[np.uint8]
_EPOCH = 719_162        # days from 0001-01-01 to 1970-01-01
_DAY = 86_400
_WIDEST = 35            # nine digits of a second and an offset


def from_texts(clock: Clock, cells: pl.Series) -> tuple[Ints, Flags]:
    """Nanoseconds from the origin to each written instant, and which of them were read. Raises ClockError E235."""
    widths = cells.str.len_bytes().to_numpy()
    found, done = np.zeros(len(cells), dtype=np.int64), np.zeros(len(cells), dtype=np.bool_)
    for width in np.flatnonzero(np.bincount(np.minimum(widths, _WIDEST + 1), minlength=_WIDEST + 2)).tolist():
        if not 10 <= width <= _WIDEST:
            continue
        rows = np.flatnonzero(widths == width)
        part = cells if len(rows) == len(cells) else cells.gather(rows)
        matrix = np.frombuffer(part.str.join("").item().encode(), dtype=np.uint8).reshape(len(rows), width)
        found[rows], done[rows] = _read(clock, matrix)
    return found, done


def _read(clock: Clock, text: Bytes) -> tuple[Ints, Flags]:
    width = text.shape[1]
    if width < 22:
        return _plain(clock, text)
    offset = np.isin(text[:, -6], (43, 45)) & (text[:, -3] == 58)      # + - :
    found, done = np.zeros(len(text), dtype=np.int64), np.zeros(len(text), dtype=np.bool_)
    for rows, read in ((~offset, _plain), (offset, _with_offset)):
        if rows.any():
            found[rows], done[rows] = read(clock, text[rows])
    return found, done


def _plain(clock: Clock, text: Bytes) -> tuple[Ints, Flags]:
    """Instants without an offset."""
    wall, ns, good = _wall(text)
    found, once = clock.elapsed(wall)
    return found + ns, good & once


def _with_offset(clock: Clock, text: Bytes) -> tuple[Ints, Flags]:
    """Instants with an offset that the zone has then; others are left over."""
    wall, ns, good = _wall(text[:, :-6])
    (hours, two), (minutes, too) = _number(text, text.shape[1] - 5, 2), _number(text, text.shape[1] - 2, 2)
    offset = np.where(text[:, -6] == 43, 1, -1) * (hours * 3600 + minutes * 60)
    found, once = clock.elapsed(wall)
    return found + ns, good & once & two & too & clock.has_offset(wall, offset)


def _wall(text: Bytes) -> tuple[Ints, Ints, Flags]:
    """Wall-clock seconds since 0001-01-01, nanoseconds on top, and whether the text is an instant at all."""
    width = text.shape[1]
    (year, a), (month, b), (day, c) = _number(text, 0, 4), _number(text, 5, 2), _number(text, 8, 2)
    good = a & b & c & (text[:, 4] == 45) & (text[:, 7] == 45)
    days, real = _days(year, month, day)
    wall, ns = days * _DAY, np.zeros(len(text), dtype=np.int64)
    good &= real & (width in (10, 16, 19, *range(21, 30)))
    if width >= 16:
        (hour, a), (minute, b) = _number(text, 11, 2), _number(text, 14, 2)
        good &= a & b & (hour < 24) & (minute < 60) & np.isin(text[:, 10], (32, 84)) & (text[:, 13] == 58)
        wall = wall + hour * 3600 + minute * 60
    if width >= 19:
        second, a = _number(text, 17, 2)
        good &= a & (second < 60) & (text[:, 16] == 58)
        wall = wall + second
    if 21 <= width <= 29:
        part, a = _number(text, 20, width - 20)
        good &= a & (text[:, 19] == 46)
        ns = part * 10 ** (29 - width)
    return wall, ns, good


def _number(text: Bytes, at: int, width: int) -> tuple[Ints, Flags]:
    """The digits at a place as a number, and whether they are digits."""
    found, good = np.zeros(len(text), dtype=np.int64), np.ones(len(text), dtype=np.bool_)
    for k in range(at, at + width):
        digit = text[:, k] - np.uint8(48)       # what is no digit wraps to more than 9
        good &= digit <= 9
        found = found * 10 + digit
    return found, good


def _days(year: Ints, month: Ints, day: Ints) -> tuple[Ints, Flags]:
    """Days from 0001-01-01, and whether there is such a date."""
    months = (year - 1970) * 12 + np.clip(month, 1, 12) - 1
    firsts = months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    nexts = (months + 1).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    real = (year >= 1) & (month >= 1) & (month <= 12) & (day >= 1) & (day <= nexts - firsts)
    return firsts + day - 1 + _EPOCH, real


def from_frame(clock: Clock, cells: pl.Series) -> tuple[Ints, Flags]:
    """`from_texts` of a column of dates or of moments, without empty cells; those with a zone are what they are."""
    import polars as pl

    if cells.dtype == pl.Date:
        days = cells.cast(pl.Int64).to_numpy()
        return clock.elapsed((days + _EPOCH) * _DAY)
    zoned = getattr(cells.dtype, "time_zone", None) is not None
    unit = getattr(cells.dtype, "time_unit", "us")
    size = {"ms": 10**6, "us": 10**3, "ns": 1}[unit]
    seconds, part = np.divmod(cells.cast(pl.Int64).to_numpy(), SECOND // size)
    wall = seconds + _EPOCH * _DAY
    found, once = clock.elapsed_utc(wall) if zoned else clock.elapsed(wall)
    return found + part * size, once
