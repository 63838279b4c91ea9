"""Parquet: only the wanted columns are read, and how many rows there are is known before."""

from __future__ import annotations

from pathlib import Path

from schedc.dsl.sources.request import Request, Sheet


def read_parquet(path: Path, request: Request) -> Sheet:
    """The wanted columns of a file, of their own types."""
    import polars as pl

    request.guard_bytes(path)
    with path.open("rb") as file:
        if file.read(4) != b"PAR1":
            raise request.fault("E168", "is not Parquet")
    scan = request.guarded("Parquet", lambda: pl.scan_parquet(path, glob=False))
    wanted = request.pick(request.guarded("Parquet", lambda: scan.collect_schema().names()))
    size = int(request.guarded("Parquet", lambda: scan.select(pl.len()).collect().item()))
    request.guard(size)
    frame = request.guarded("Parquet", lambda: scan.select(wanted).collect())
    return Sheet({name: frame[name] for name in wanted}, size)
