"""Tables given from Python: data frames of Polars, pandas and Arrow, and columns by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from schedc.dsl.sources.columns import column_of
from schedc.dsl.sources.request import Request, Sheet

if TYPE_CHECKING:
    import polars as pl


def read_given(value: object, request: Request) -> Sheet:
    """The wanted columns of a value. Fault E179 for what is no table."""
    import polars as pl

    if isinstance(value, pl.LazyFrame):
        value = request.guarded("a table", value.collect)
    if isinstance(value, Mapping):
        return _columns(value, request)
    if isinstance(value, list) and value and all(isinstance(row, Mapping) for row in value):
        wanted = request.pick(list(dict.fromkeys(str(k) for row in value for k in row)))
        return Sheet({n: column_of([row.get(n) for row in value], request, n) for n in wanted}, len(value))
    return _sheet(_frame(value, request), request)


def _sheet(frame: pl.DataFrame, request: Request) -> Sheet:
    request.guard(frame.height)
    return Sheet({name: frame[name] for name in request.pick(frame.columns)}, frame.height)


def _frame(value: object, request: Request) -> pl.DataFrame:
    """A data frame as one of Polars."""
    import polars as pl

    if isinstance(value, pl.DataFrame):
        return value
    if type(value).__module__.partition(".")[0] == "pandas" and hasattr(value, "columns"):
        return _from_pandas(value, request)
    if hasattr(value, "__arrow_c_stream__"):
        return request.guarded("a table", lambda: pl.DataFrame(value))
    what = type(value).__name__
    raise request.fault("E179", f"was given a value of type {what}, which is no table",
                        fix="give a path, a data frame, or a dictionary of columns")


def _from_pandas(frame: Any, request: Request) -> pl.DataFrame:
    """A data frame of pandas, column by column; what pandas calls missing is empty."""
    import polars as pl

    names = [str(name) for name in frame.columns]
    request.pick(names)
    columns = []
    for place, name in enumerate(names):
        if request.wanted and name not in request.wanted:
            continue
        column = frame.iloc[:, place]
        try:
            columns.append(pl.Series(name, pl.from_pandas(column), strict=False))
        except (ImportError, pl.exceptions.PolarsError, TypeError, ValueError, OverflowError):
            missing = column.isna().to_numpy()
            values = [None if gone else v for gone, v in zip(missing.tolist(), column.tolist())]
            columns.append(column_of(values, request, name))
    return pl.DataFrame(columns)


def _columns(value: Mapping[Any, Any], request: Request) -> Sheet:
    wanted = request.pick([str(k) for k in value])
    found = {name: _column(value[name], request, name) for name in wanted}
    sizes = {name: len(column) for name, column in found.items()}
    if len(set(sizes.values())) > 1:
        listed = ", ".join(f"`{n}` {size}" for n, size in sizes.items())
        raise request.fault("E178", f"has columns of different lengths: {listed}")
    size = next(iter(sizes.values()), 0)
    request.guard(size)
    return Sheet(found, size)


def _column(values: Any, request: Request, name: str) -> pl.Series:
    """One column: of Polars, NumPy, pandas or Arrow, or any sequence."""
    import numpy as np
    import polars as pl

    if isinstance(values, pl.Series):
        return values
    if isinstance(values, np.ndarray) and values.ndim == 1 and values.dtype.kind in "iufbMmU":
        if values.dtype.kind in "Mm" and np.datetime_data(values.dtype)[0] not in ("ms", "us", "ns", "D"):
            values = values.astype(f"{values.dtype.kind}8[us]")
        if not values.dtype.isnative:
            values = values.astype(values.dtype.newbyteorder("="))
        return request.guarded("a column", lambda: pl.Series(name, values))
    if hasattr(values, "__arrow_c_stream__") or hasattr(values, "__arrow_c_array__"):
        return request.guarded("a column", lambda: pl.Series(name, values))
    if isinstance(values, (str, bytes)) or not hasattr(values, "__iter__"):
        raise request.fault("E179", f"has a {type(values).__name__} as its column `{name}`",
                            fix="give a list of cells")
    return column_of([v.item() if isinstance(v, np.generic) else v for v in values], request, name)
