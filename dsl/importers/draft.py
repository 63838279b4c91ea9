"""What an importer makes of an instance: sheets of cells and the statements over them, and the writing of both.

A sheet of at most `INLINE` cells stands in the text; a longer one becomes a CSV file beside it.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from schedc.dsl.format import format_text
from schedc.models.columns import Ints
from schedc.models.diagnostics import Findings
from schedc.models.files import write_atomically
from schedc.models.records import dataclass

INLINE = 60     # more is not for reading, and a CSV file loads about ten times as fast as rows in the text
_BARE = re.compile(r"(?!none$)[A-Za-z_][A-Za-z_0-9]*|-?[0-9]{1,18}", re.ASCII)


class Instance(NamedTuple):
    """A foreign file. title: for the model; variant: the problem to state, None for the family's own."""

    title: str
    file: str
    text: str
    variant: str | None


@dataclass(frozen=True, eq=False)
class Sheet:
    """A table. columns: by name, all of one length; texts are cells as they are, an empty one is an empty cell.

    types: the column's type where it is neither ``int`` nor, for texts, ``text``.
    """

    name: str
    columns: Mapping[str, Ints | Sequence[str]]
    key: tuple[str, ...] = ()
    types: Mapping[str, str] | None = None

    @property
    def rows(self) -> int:
        """Number of rows."""
        return len(next(iter(self.columns.values())))

    @property
    def inline(self) -> bool:
        """Whether it is short enough to stand in the text."""
        return self.rows * len(self.columns) <= INLINE

    def cells(self) -> Iterator[tuple[int | str, ...]]:
        """Row by row."""
        return zip(*(c.tolist() if isinstance(c, np.ndarray) else c for c in self.columns.values()))

    def type(self, name: str) -> str:
        """A column's type."""
        written = isinstance(self.columns[name], np.ndarray)
        return (self.types or {}).get(name, "int" if written else "text")


@dataclass(frozen=True, eq=False)
class Draft:
    """A model to be written: its title, a remark of some lines on what is in it, its tables and its statements."""

    title: str
    remark: str
    sheets: tuple[Sheet, ...]
    statements: tuple[str, ...]


def write(draft: Draft, out: Path, source: str) -> Path:
    """Write ``model.sched`` and its tables into the folder `out`, made if it is not there; returns the model's path.

    source: what the model is and where it is from, its first line. Each file appears whole or not at all, the model
    last. Raises OSError and FileError.
    """
    out.mkdir(parents=True, exist_ok=True)
    for sheet in draft.sheets:
        if not sheet.inline:
            write_atomically(out / f"{sheet.name}.csv", _csv(sheet).encode())
    tables = [_table(sheet) for sheet in draft.sheets]
    remark = "\n".join(f"# {line}" for line in (source, *draft.remark.split("\n")))
    parts = [f'{remark}\nmodel "{draft.title}"', *tables, "\n".join(draft.statements)]
    path, findings = out / "model.sched", Findings()
    text = format_text("\n\n".join(parts) + "\n", str(path), findings)
    findings.check()
    assert text is not None
    write_atomically(path, text.encode())
    return path


def _csv(sheet: Sheet) -> str:
    if all(isinstance(column, np.ndarray) for column in sheet.columns.values()):
        lines = [",".join(sheet.columns)]
        lines += [",".join(map(str, row)) for row in sheet.cells()]
        return "\n".join(lines) + "\n"
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([tuple(sheet.columns), *sheet.cells()])
    return text.getvalue()


def _table(sheet: Sheet) -> str:
    columns = ", ".join(f"{name}: {sheet.type(name)}" for name in sheet.columns)
    source = "" if sheet.inline else f' from "{sheet.name}.csv"'
    key = f" key {', '.join(sheet.key)}" if sheet.key else ""
    head = f"table {sheet.name}{source}{key} {{ {columns} }}"
    if not sheet.inline:
        return head
    rows = "; ".join(", ".join(_cell(cell) for cell in row) for row in sheet.cells())
    return f"{head} rows {{ {rows} }}"


def _cell(cell: int | str) -> str:
    """A cell of an inline table. A quotation mark has no place in one."""
    if isinstance(cell, int) or _BARE.fullmatch(cell):
        return str(cell)
    return f'"{cell}"' if cell else "none"
