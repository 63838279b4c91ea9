"""Static memory allocation: a CSV file of buffers, ``id,lower,upper,size`` in any order of columns.

Buffer b lives in [lower, upper) at one address a_b for all its life; buffers that live at the same time do not share
addresses. Height: minimise max_b a_b + size_b. Fit: find addresses with a_b + size_b <= capacity, which stands in the
file's name, as in `A.1048576.csv`.
"""

from __future__ import annotations

import re

import numpy as np

from schedc.dsl.importers.draft import Draft, Instance, Sheet
from schedc.dsl.importers.numbers import MOST, WHOLE, MalformedError
from schedc.models.columns import Ints
from schedc.models.source import Span

VARIANTS = ("height", "fit", "fit=K")
_COLUMNS = ("id", "lower", "upper", "size")
_NAME = re.compile(r"[^\"\x00-\x1f\x7f]{1,200}")


def memory_draft(instance: Instance) -> Draft:
    """The model of the buffers in a CSV file. Raises MalformedError."""
    rows = [(line, text.split(",")) for line, text in enumerate(instance.text.split("\n"), start=1) if text.strip()]
    order = _header(instance, rows)
    rows = rows[1:]
    if not rows:
        raise MalformedError("E144", "no buffer follows the names of the columns", Span(instance.file, 1, 1, 1, 1))
    for line, cells in rows:
        if len(cells) != len(_COLUMNS):
            raise _wrong(instance, line, f"{len(cells)} cells, not {len(_COLUMNS)}")
    lines = [line for line, _ in rows]
    ids, *amounts = ([cells[order.index(name)].strip() for _, cells in rows] for name in _COLUMNS)
    lower, upper, size = (_amounts(instance, lines, cells, name) for cells, name in zip(amounts, _COLUMNS[1:]))
    _check(instance, lines, ids, lower, upper)
    whole = all(WHOLE.fullmatch(cell) for cell in ids)
    names = np.array(ids, dtype=np.int64) if whole else ids
    columns = {"id": names, "lower": lower, "upper": upper, "size": size}
    return _draft(instance, Sheet("buffers", columns, ("id",)))


def _draft(instance: Instance, buffers: Sheet) -> Draft:
    variant = instance.variant or "height"
    task = "task buffer[b in buffers] lasts b.upper - b.lower within b.lower .. b.upper uses memory b.size"
    remark = f"{buffers.rows} buffers, each alive from lower to upper"
    if variant == "height":
        memory = ("let total = sum(b.size for b in buffers)", "resource memory capacity total contiguous")
        statements = (*memory, task, "minimize peak(memory)")
        return Draft(instance.title, f"{remark}: the least height that holds them", (buffers,), statements)
    capacity = variant.partition("=")[2] or _capacity(instance)
    fit = (f"resource memory capacity {capacity} contiguous", task)
    return Draft(instance.title, f"{remark}: do they fit", (buffers,), fit)


def _capacity(instance: Instance) -> str:
    found = re.search(r"\.([1-9][0-9]{0,11})$", instance.title, re.ASCII)
    if found is None:
        message = "the file's name gives no capacity, which `fit` without a number needs"
        raise MalformedError("E142", message, Span(instance.file, 1, 1, 1, 1))
    return found[1]


def _header(instance: Instance, rows: list[tuple[int, list[str]]]) -> list[str]:
    """The names of the columns in the file's order."""
    names = [cell.strip() for cell in rows[0][1]] if rows else []
    if sorted(names) != sorted(_COLUMNS):
        line = rows[0][0] if rows else 1
        raise _wrong(instance, line, f"the first line does not name the columns {', '.join(_COLUMNS)}")
    return names


def _amounts(instance: Instance, lines: list[int], cells: list[str], name: str) -> Ints:
    bad = next((row for row, cell in enumerate(cells) if not WHOLE.fullmatch(cell)), None)
    if bad is not None:
        raise _wrong(instance, lines[bad], f"`{cells[bad][:24]}` is no whole number for `{name}`")
    values = np.array(cells, dtype=np.int64)
    outside = np.flatnonzero((values < 0) | (values > MOST))
    if len(outside):
        row = int(outside[0])
        raise _wrong(instance, lines[row], f"`{name}` is {values[row]}, not between 0 and {MOST}")
    return values


def _check(instance: Instance, lines: list[int], ids: list[str], lower: Ints, upper: Ints) -> None:
    seen: set[str] = set()
    for line, name in zip(lines, ids):
        if not _NAME.fullmatch(name):
            raise _wrong(instance, line, "the name of a buffer is empty, too long, or holds what no name may")
        if name in seen:
            raise _wrong(instance, line, f"a second buffer `{name[:24]}`")
        seen.add(name)
    for row in np.flatnonzero(lower >= upper)[:1].tolist():
        raise _wrong(instance, lines[row], f"the buffer is alive from {lower[row]} to {upper[row]}, which is never")


def _wrong(instance: Instance, line: int, message: str) -> MalformedError:
    return MalformedError("E143", message, Span(instance.file, line, 1, line, 2))
