"""Python values to a column."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from schedc.dsl.cells import shown
from schedc.dsl.sources.request import Request

if TYPE_CHECKING:
    import polars as pl

_PLAIN = (str, int, float, bool, Decimal, date, time, timedelta)


def column_of(values: Sequence[Any], request: Request, name: str) -> pl.Series:
    """Values of one kind as a column of it, of several kinds as texts; None is empty. Fault E174 for lists and such."""
    import polars as pl

    kinds: set[type] = set(map(type, values)) - {type(None)}
    if len(kinds) <= 1 and kinds <= {str, int, float, bool, date, datetime, timedelta}:
        try:
            return pl.Series(name, values, dtype=_dtype(kinds))
        except (OverflowError, pl.exceptions.PolarsError, TypeError, ValueError):
            pass        # integers beyond 64 bits, half characters: the cells are looked at one by one
    for kind in kinds:
        if not issubclass(kind, _PLAIN):
            raise nested(values, kind, request, name)
    return pl.Series(name, [None if v is None else text_of(v) for v in values], dtype=pl.String)


def _dtype(kinds: set[type]) -> Any:
    """The type of a column of one kind (of texts where there is none); None where Polars finds it out."""
    import polars as pl

    known: list[tuple[type, Any]] = [(str, pl.String), (int, pl.Int64), (float, pl.Float64), (bool, pl.Boolean)]
    return next((dtype for kind, dtype in known if kind in kinds), None) if kinds else pl.String


def text_of(value: Any) -> str:
    """A value as a cell of a file would show it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, timedelta):
        return f"{value // timedelta(microseconds=1)} us"
    if isinstance(value, float):
        return repr(value)
    return str(value).encode("utf-8", "replace").decode()


def nested(values: Sequence[Any], kind: type, request: Request, name: str) -> Exception:
    """The error for a cell that is no plain value."""
    row = next(k for k, v in enumerate(values) if isinstance(v, kind))
    what = {"dict": "an object", "list": "a list", "bytes": "bytes"}.get(kind.__name__, f"a {kind.__name__}")
    return request.fault("E174", f"has {what} in row {row + 1}, column {shown(name)}",
                         fix="bring it into columns of plain values")
