"""Excel workbooks (.xlsx): the first sheet, or the one that `in` names.

A workbook is a ZIP archive, and what it holds may be a million times its own size. So everything in it is unpacked
once, in pieces that are thrown away, with a limit on what comes out; and the cells of the sheets are looked at, since
a single cell in the last row and column would make the reader lay out all cells before it.
"""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any, BinaryIO

from schedc.dsl.cells import shown
from schedc.dsl.sources.request import Request, Sheet

_MOST_INFLATED = 1 << 30
_MOST_CELLS = 30_000_000
_MOST_ENTRIES = 10_000
_PIECE = 1 << 20
_CELL = re.compile(rb'<(?:c|row)\b[^>]*? ?\br="([A-Z]{0,4})([0-9]{1,9})"')
_DEFLATED = 8


def read_excel(path: Path, request: Request) -> Sheet:
    """The wanted columns of a sheet below its header line, of their own types."""
    request.guard_bytes(path)
    _check_archive(path, request)
    if find_spec("fastexcel") is None:
        raise request.fault("E177", "needs the package `fastexcel`", fix="pip install 'schedc[excel]'")
    import fastexcel
    import polars as pl

    book: Any = request.guarded("an Excel workbook", lambda: _tried(lambda: fastexcel.read_excel(str(path))))
    names = list(book.sheet_names)
    name = request.inside or (names[0] if names else None)
    if name is None or name not in names:
        note = "its sheets: " + ", ".join(shown(n) for n in names[:20])
        raise request.fault("E173", f"has no sheet {shown(name or '')}", note=note)
    sheet: Any = request.guarded("an Excel workbook", lambda: _tried(
        lambda: book.load_sheet(name, schema_sample_rows=None, dtype_coercion="coerce")))
    request.guard(sheet.height)
    header = [str(c.name).strip() for c in sheet.selected_columns]
    wanted = request.pick(header)
    frame = request.guarded("an Excel workbook", lambda: pl.DataFrame(sheet.to_polars()))
    found = {n: frame.get_columns()[header.index(n)] for n in wanted}
    return Sheet(found, frame.height)


def _tried(read: Any) -> Any:
    try:
        return read()
    except Exception as problem:        # every error of the package is of a class of its own
        raise ValueError(str(problem)) from None


# the archive


def _check_archive(path: Path, request: Request) -> None:
    """Fault E172 for a workbook that unpacks to far more than a sheet can hold."""
    try:
        with zipfile.ZipFile(path) as archive, path.open("rb") as file:
            entries = archive.infolist()
            if len(entries) > _MOST_ENTRIES:
                raise request.fault("E172", f"holds {len(entries)} files")
            left = _MOST_INFLATED
            for entry in entries:
                left -= _inflated(file, entry, left, request)
    except (zipfile.BadZipFile, zlib.error, struct.error, NotImplementedError, OverflowError):
        raise request.fault("E168", "is not an Excel workbook") from None


def _inflated(file: BinaryIO, entry: zipfile.ZipInfo, left: int, request: Request) -> int:
    """How many bytes an entry really has, whatever the archive says."""
    size, corner = 0, _Corner(request) if "/worksheets/" in entry.filename else None
    for piece in _pieces(file, entry):
        size += len(piece)
        if size > left:
            raise request.fault("E172", f"unpacks to more than {_MOST_INFLATED >> 30} GiB")
        if corner is not None:
            corner.look(piece)
    return size


def _pieces(file: BinaryIO, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """What an entry unpacks to, a piece at a time: read from the archive itself, to the end of the packed bytes."""
    file.seek(entry.header_offset)
    head = struct.unpack("<4s5H3L2H", file.read(30))
    if head[0] != b"PK\3\4" or entry.compress_type not in (0, _DEFLATED):
        raise zipfile.BadZipFile
    file.seek(head[9] + head[10], 1)
    packed, rest = zlib.decompressobj(-15), entry.compress_size
    while rest > 0 and (data := file.read(min(_PIECE, rest))):
        rest -= len(data)
        if entry.compress_type != _DEFLATED:
            yield data
            continue
        while data:
            piece = packed.decompress(data, _PIECE)
            yield piece
            data = packed.unconsumed_tail if piece else b""


class _Corner:
    """The last row and column that a sheet names."""

    def __init__(self, request: Request) -> None:
        self._request, self._tail = request, b""
        self._row = self._column = 1

    def look(self, piece: bytes) -> None:
        """Look at the next piece. Fault E172 where the cells before the last one are too many."""
        text = self._tail + piece
        places = set(_CELL.findall(text))
        self._tail = text[-64:]
        self._row = max(self._row, max((int(row) for _, row in places), default=1))
        self._column = max(self._column, max((_number(c) for c in {c for c, _ in places}), default=1))
        if self._row * self._column > _MOST_CELLS:
            message = f"has a sheet of {self._row} rows and {self._column} columns"
            raise self._request.fault("E172", message, note=f"a sheet may have {_MOST_CELLS} cells")


def _number(letters: bytes) -> int:
    """The number of a column: A is 1, AA is 27."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
