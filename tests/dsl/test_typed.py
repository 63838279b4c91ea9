"""Cells read by columns are what the reader of single cells makes of them, right or wrong."""

from __future__ import annotations

import random

import polars as pl
import pytest

from schedc.dsl.cells import Cells, read_column
from schedc.dsl.clock import Clock
from schedc.dsl.faults import Fault
from schedc.dsl.typed import Place, read_series
from schedc.dsl.units import UNITS
from schedc.dsl.values import DURATION, FLAG, INSTANT, NUMBER, TEXT, Type
from schedc.dsl.world import ColumnType, World
from schedc.models.diagnostics import Findings
from schedc.models.source import NOWHERE

GB = UNITS["GB"]
KINDS = {
    "int": ColumnType(NUMBER, whole=True), "number": ColumnType(NUMBER), "text": ColumnType(TEXT),
    "bool": ColumnType(FLAG), "duration": ColumnType(DURATION), "instant": ColumnType(INSTANT),
    "amount": ColumnType(Type("quantity", GB.dims, unit="GB"), factor=GB.size),
}
CELLS = {
    "int": ["3", "-4", "007", "-0", "9223372036854775807", "99999999999999999999", "+5", "1.0", "", "none", "x", "1_0"],
    "number": ["3", "-0.25", "1.50", "00.5", "-12.3456789", ".5", "5.", "1e3", "0.1234567890123456789", "", "1.5.2"],
    "text": ["a", "b c", "", "none", "ä", "a,b"],
    "bool": ["true", "FALSE", "yes", "no", "1", "0", "t", "f", "", "maybe"],
    "duration": ["90 min", "1 h 30 min", "2h", "1  h", "-30 min", "PT2H30M", "0.5 h", "1.5 d 2 h", "30", "3 GB",
                 "h", "", "1 h -30 min", "1 w 1 d 1 h 1 min 1 s 1 ms 1 us 1 ns", "1 h 5", "1 min/h", "9" * 19 + " w"],
    "instant": ["2026-01-05", "2026-03-29 02:30", "2026-10-25 02:30", "2026-10-25 02:30+01:00", "2026-01-05T08:00",
                "2026-01-05 08:00:30", "2026-01-05 08:00:30.25", "2026-02-29", "2026-13-01", "2026-01-05 24:00",
                "2026-07-01 08:00+02:00", "2026-07-01 08:00+01:00", "2026-1-5 008:00", "", "0000-01-01", "9999-12-31",
                "2026-07-01 08:00:00.123456789+02:00", "2026-07-01 08:00:00+02", "2026-01-05Z", "tomorrow at 8am!"],
    "amount": ["3", "0.5", "500 MB", "1 GB 24 MB", "4.5GB", "3 Gbps", "-2 GB", "2 GB/h", "", "GB", "1 GiB"],
}


def fresh() -> World:
    world = World(Findings(), {})
    world.tick_ns = 60 * 10**9
    world.clock = Clock.make(world.tick_ns, "2026-01-05", "Europe/Paris")
    return world


def read(by_column: bool, texts: list[str], kind: str) -> object:
    """Every row of a column as people see it, or the words of what is wrong."""
    world = fresh()
    try:
        if by_column:
            value = read_series(world, pl.Series(texts, dtype=pl.String), KINDS[kind], Place("table `t`", "c", NOWHERE))
        else:
            plain = ["" if t == "none" else t for t in texts]
            codes = {t: k for k, t in enumerate(dict.fromkeys(plain))}
            cells = Cells(pl.Series([codes[t] for t in plain], dtype=pl.Int64).to_numpy(), list(codes))
            value = read_column(world, cells, KINDS[kind], "table `t`", "c", NOWHERE)
        empty = [bool(value.empty is not None and value.empty[k]) for k in range(len(texts))]
        return [None if gone else world.show(value, k) if kind == "text" else value.at(k)
                for k, gone in enumerate(empty)]
    except Fault as fault:
        return fault.code, fault.message, fault.note


@pytest.mark.parametrize("kind", KINDS)
def test_columns_and_single_cells_agree(kind: str) -> None:
    random.seed(kind)
    alone = [read(False, [cell], kind) for cell in CELLS[kind]]
    good = [cell for cell, found in zip(CELLS[kind], alone) if isinstance(found, list)]
    for cell, found in zip(CELLS[kind], alone):
        assert read(True, [cell], kind) == found, cell
    for _ in range(60):
        texts = random.choices(good if random.random() < 0.6 else CELLS[kind], k=random.randrange(1, 12))
        assert read(True, texts, kind) == read(False, texts, kind), texts


def test_the_first_twenty_wrong_cells_are_named_with_their_total() -> None:
    found = read(True, ["x"] + [f"y{k}" for k in range(29)], "int")
    assert isinstance(found, tuple) and found[0] == "E161"
    assert found[1] == "table `t`, row 1, column `c`: `x` is not a whole number"
    assert found[2].startswith("30 rows: 1 (`x`), 2 (`y0`)") and found[2].endswith("and 10 more")
