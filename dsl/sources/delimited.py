"""CSV: the shape of the text is looked at byte by byte, in columns of bytes, before Polars takes it apart.

Polars fills short rows up and takes much for granted; here a row with too few or too many cells, an open quote, a NUL
byte or a line without end are errors with their place. Memory is that of the file and of a few columns.
"""

from __future__ import annotations

import codecs
import csv
from io import BufferedReader
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from schedc.dsl.cells import shown
from schedc.dsl.faults import Fault
from schedc.dsl.sources.request import MOST_TEXT, Request, Sheet
from schedc.models.columns import Flags, Ints

if TYPE_CHECKING:
    import polars as pl

_PIECE = 1 << 24
_QUOTE, _LINE, _RETURN = 34, 10, 13


def read_delimited(path: Path, request: Request, sign: str = ",") -> Sheet:
    """The wanted columns of a file with a header line, every cell as text."""
    request.guard_bytes(path)
    with path.open("rb") as file:
        header, lines = _header(file, request, sign)
        body = file.read()
    return parse_delimited(header, body, request, sign, lines)


def parse_delimited(header: list[str], body: bytes, request: Request, sign: str = ",", lines: int = 1) -> Sheet:
    """The wanted columns of the rows below a header that took so many lines."""
    wanted = request.pick(header)
    _check_bytes(body, request, lines)
    blank = _Shape(request, sign, len(header), lines).blank(body)
    request.guard(int(len(blank) - blank.sum()))
    places = [header.index(name) for name in wanted]
    if blank.all():
        return Sheet({name: _nothing() for name in wanted}, 0)
    blank = blank[int(np.argmin(blank)):]     # Polars counts columns in the first line
    cells = request.guarded("CSV", lambda: _cells(body.lstrip(b"\r\n"), sign, len(header), places))
    if len(cells[0]) != len(blank):
        raise request.fault("E168", f"has {len(blank)} lines, but {len(cells[0])} rows: its quotes are odd")
    if blank.any():
        kept = np.flatnonzero(~blank)
        cells = [column.gather(kept) for column in cells]
    return Sheet(dict(zip(wanted, cells)), len(cells[0]))


def _nothing() -> pl.Series:
    import polars as pl

    return pl.Series([], dtype=pl.String)


def _cells(body: bytes, sign: str, width: int, places: list[int]) -> list[pl.Series]:
    import polars as pl

    frame = pl.read_csv(
        body, has_header=False, schema=dict.fromkeys(map(str, range(width)), pl.String), separator=sign,
        columns=sorted(places), quote_char='"', raise_if_empty=False,
    )
    return [frame[str(p)] for p in places]


# the header


def _header(file: BufferedReader, request: Request, sign: str) -> tuple[list[str], int]:
    """The names in the first line, which may hold quoted line ends, and how many lines that took."""
    text, lines = b"", 0
    while True:
        line = file.readline(MOST_TEXT + 1)
        text += line
        lines += 1
        if len(text) > MOST_TEXT:
            raise request.fault("E172", f"has a header of more than {MOST_TEXT >> 20} MiB")
        if not line or text.count(b'"') % 2 == 0:
            break
    return header_of(text, request, sign), lines


def header_of(text: bytes, request: Request, sign: str = ",") -> list[str]:
    """The names in a header line. Fault E168 where there are none."""
    if b"\r" in text.rstrip(b"\r\n"):
        raise request.fault("E168", "ends its lines by carriage returns alone", fix="save it with line feeds")
    if b"\0" in text:
        raise request.fault("E168", "has a NUL byte in line 1")
    try:
        words = next(csv.reader([text.decode("utf-8-sig").rstrip("\r\n")], delimiter=sign, strict=True), [])
    except UnicodeDecodeError:
        raise request.fault("E168", "is not UTF-8 text", fix="save it as UTF-8") from None
    except csv.Error as problem:
        raise request.fault("E168", f"is not CSV: {problem}") from None
    names = [w.strip() for w in words]
    if not any(names):
        raise request.fault("E168", "is empty: it needs a header line")
    _refuse_other_sign(names, request)
    return names


def _refuse_other_sign(names: list[str], request: Request) -> None:
    sign = next((c for c in ";\t|" if c in names[0]), None) if len(names) == 1 else None
    if sign is not None:
        named = "tabs" if sign == "\t" else f"`{sign}`"
        raise request.fault("E168", f"parts its cells by {named}, not by commas", fix="save it with commas")


# the bytes


def _check_bytes(body: bytes, request: Request, lines: int) -> None:
    """Fault E168 for NUL bytes and what is no UTF-8."""
    zero = body.find(b"\0")
    if zero >= 0:
        raise request.fault("E168", f"has a NUL byte in line {_line_of(body, zero, lines)}")
    if body.isascii():
        return
    decoder, view = codecs.getincrementaldecoder("utf-8")(), memoryview(body)
    for lo in range(0, len(body), _PIECE):
        try:
            decoder.decode(view[lo:lo + _PIECE], lo + _PIECE >= len(body))
        except UnicodeDecodeError as problem:
            at = min(lo + problem.start, len(body) - 1)
            message = f"is not UTF-8 text: byte 0x{body[at]:02x} in line {_line_of(body, at, lines)}"
            raise request.fault("E168", message, fix="save it as UTF-8") from None


def _line_of(body: bytes, at: int, lines: int) -> int:
    return body.count(b"\n", 0, at) + lines + 1


# its shape


class _Shape:
    """Walks over a body in pieces and finds where its lines end and how many cells each of them has."""

    def __init__(self, request: Request, sign: str, width: int, lines: int) -> None:
        self._request, self._sign, self._width, self._lines = request, ord(sign), width, lines
        self._blank: list[Flags] = []
        self._inside = False    # quotes at the beginning of the piece
        self._begin = 0         # of the line that is open there
        self._cells = 0         # signs in that line so far
        self._done = 0          # rows that are not blank

    def blank(self, body: bytes) -> Flags:
        """Which lines of the body are blank; a line ends outside of quotes.

        Fault E165 for a row of another width, E168 for odd quotes, E172 for a long line.
        """
        data = np.frombuffer(body, dtype=np.uint8)
        for lo in range(0, len(data), _PIECE):
            self._piece(data, lo, min(lo + _PIECE, len(data)))
        if self._inside:
            raise self._request.fault("E168", "has a quote that is never closed")
        if self._begin < len(data):
            self._end(data, np.array([len(data)]), np.array([self._cells]))
        return np.concatenate([np.zeros(0, dtype=np.bool_), *self._blank])

    def _piece(self, data: NDArray[np.uint8], lo: int, hi: int) -> None:
        piece = data[lo:hi]
        signs, ends = np.flatnonzero(piece == self._sign), np.flatnonzero(piece == _LINE)
        quotes = np.flatnonzero(piece == _QUOTE)
        if len(quotes) or self._inside:
            self._check_quotes(data, quotes + lo)
            signs, ends = (at[self._outside(quotes, at)] for at in (signs, ends))
            self._inside ^= bool(len(quotes) % 2)
        before = np.searchsorted(signs, ends)
        counts = np.diff(np.r_[0, before])
        if len(ends):
            counts[0] += self._cells
            self._end(data, ends + lo, counts)
            self._cells, self._begin = len(signs) - int(before[-1]), int(ends[-1]) + lo + 1
        else:
            self._cells += len(signs)
        if hi - self._begin > MOST_TEXT and hi < len(data):
            self._refuse_long()

    def _outside(self, quotes: Ints, at: Ints) -> Flags:
        return np.asarray((np.searchsorted(quotes, at) % 2 == 1) == self._inside)

    def _check_quotes(self, data: NDArray[np.uint8], quotes: Ints) -> None:
        """Quotes open behind a sign or a line end and close before one; two of them within quotes are one."""
        opens = np.arange(len(quotes)) % 2 == int(self._inside)
        before = data[np.maximum(quotes - 1, 0)]
        after = data[np.minimum(quotes + 1, len(data) - 1)]
        edge = [self._sign, _LINE, _RETURN, _QUOTE]
        good = np.where(opens, np.isin(before, edge) | (quotes == 0), np.isin(after, edge) | (quotes == len(data) - 1))
        wrong = np.flatnonzero(~good)
        if len(wrong):
            line = _line_of(data.tobytes(), int(quotes[wrong[0]]), self._lines)
            raise self._request.fault("E168", f"has a quote in the middle of a cell in line {line}",
                                      fix="put the whole cell in quotes, and double those inside")

    def _end(self, data: NDArray[np.uint8], ends: Ints, counts: Ints) -> None:
        """Take lines that end at these places and have so many signs."""
        begins = np.r_[self._begin, ends[:-1] + 1]
        long = np.flatnonzero(ends - begins > MOST_TEXT)
        if len(long):
            self._done += int(long[0])
            self._refuse_long()
        blank = (ends == begins) | ((ends == begins + 1) & (data[np.minimum(begins, len(data) - 1)] == _RETURN))
        wrong = np.flatnonzero(~blank & (counts != self._width - 1))
        if len(wrong):
            k = int(wrong[0])
            row = self._done + int(np.count_nonzero(~blank[:k])) + 1
            raise self._uneven(row, int(counts[k]) + 1)
        self._blank.append(blank)
        self._done += int(np.count_nonzero(~blank))

    def _uneven(self, row: int, cells: int) -> Fault:
        message = f"{shown(self._request.source)}, row {row} has {cells} cells, the header has {self._width}"
        return Fault("E165", message, self._request.at)

    def _refuse_long(self) -> None:
        raise self._request.fault("E172", f"has a line of more than {MOST_TEXT >> 20} MiB behind row {self._done}")
