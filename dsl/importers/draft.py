"""What an importer makes of an instance: sheets of whole numbers and the statements over them, and the writing of both.

A sheet of at most `INLINE` cells stands in the text; a longer one becomes a CSV file beside it.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from schedc.dsl.format import format_text
from schedc.models.columns import Ints
from schedc.models.diagnostics import Findings

INLINE = 200     # text is for reading; a CSV file loads about ten times as fast as rows in the text


@dataclass(frozen=True, eq=False)
class Sheet:
    """A table. columns: by name, all of one length; types: the column's type where it is not ``int``."""

    name: str
    columns: dict[str, Ints]
    key: tuple[str, ...] = ()
    types: dict[str, str] | None = None

    @property
    def rows(self) -> int:
        """Number of rows."""
        return len(next(iter(self.columns.values())))

    @property
    def inline(self) -> bool:
        """Whether it is short enough to stand in the text."""
        return self.rows * len(self.columns) <= INLINE

    def cells(self) -> Iterator[tuple[int, ...]]:
        """Row by row."""
        return zip(*(column.tolist() for column in self.columns.values()))


@dataclass(frozen=True, eq=False)
class Draft:
    """A model to be written: its title, a remark on where it comes from, its tables and its statements."""

    title: str
    remark: str
    sheets: tuple[Sheet, ...]
    statements: tuple[str, ...]


def write(draft: Draft, out: Path) -> Path:
    """Write ``model.sched`` and its tables into the folder `out`, made if it is not there; returns the model's path.

    Each file appears whole or not at all, the model last. Raises OSError.
    """
    out.mkdir(parents=True, exist_ok=True)
    for sheet in draft.sheets:
        if not sheet.inline:
            _replace(out / f"{sheet.name}.csv", _csv(sheet))
    tables = [_table(sheet) for sheet in draft.sheets]
    parts = [f'# {draft.remark}\nmodel "{draft.title}"', *tables, "\n".join(draft.statements)]
    path, findings = out / "model.sched", Findings()
    text = format_text("\n\n".join(parts) + "\n", str(path), findings)
    findings.check()
    assert text is not None
    _replace(path, text)
    return path


def _replace(path: Path, text: str) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _csv(sheet: Sheet) -> str:
    lines = [",".join(sheet.columns)]
    lines += [",".join(map(str, row)) for row in sheet.cells()]
    return "\n".join(lines) + "\n"


def _table(sheet: Sheet) -> str:
    types = sheet.types or {}
    columns = ", ".join(f"{name}: {types.get(name, 'int')}" for name in sheet.columns)
    source = "" if sheet.inline else f' from "{sheet.name}.csv"'
    key = f" key {', '.join(sheet.key)}" if sheet.key else ""
    head = f"table {sheet.name}{source}{key} {{ {columns} }}"
    if not sheet.inline:
        return head
    rows = "; ".join(", ".join(map(str, row)) for row in sheet.cells())
    return f"{head} rows {{ {rows} }}"
