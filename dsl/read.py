"""Files to text: every way in which a file can fail to be one, as a diagnostic, and never reading too much."""

from __future__ import annotations

import codecs
import stat
from itertools import islice
from pathlib import Path

from schedc.models.diagnostics import Findings, Label
from schedc.models.source import Span

MOST_BYTES = 16 << 20
_MIB = 1 << 20


def read_source(path: Path, findings: Findings) -> str | None:
    """The text of a `.sched` file with plain line ends and no byte-order mark; None and a finding where there is none.

    A file of more than 16 MiB is refused unread.
    """
    top = Span(str(path), 1, 1, 1, 1)
    try:
        data = _read_bytes(path, top, findings)
    except FileNotFoundError:
        findings.error("E100", "there is no such file", top, fix=_similar(path))
        return None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        findings.error("E100", f"the file cannot be read: {reason.lower()}", top)
        return None
    return None if data is None else decode(data, str(path), findings)


def _read_bytes(path: Path, top: Span, findings: Findings) -> bytes | None:
    status = path.stat()
    if stat.S_ISDIR(status.st_mode):
        findings.error("E100", "this is a folder, not a file", top)
        return None
    if not stat.S_ISREG(status.st_mode):
        findings.error("E100", "this is not a regular file", top)
        return None
    if status.st_size <= MOST_BYTES:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
        if len(data) <= MOST_BYTES:
            return data
    size = max(status.st_size, MOST_BYTES + 1) / _MIB
    findings.error(
        "E101", f"the text has {size:.1f} MiB, more than {MOST_BYTES // _MIB} MiB", top,
        fix="put the volume into tables: `table t from \"t.csv\" …`",
    )
    return None


def _similar(path: Path) -> str | None:
    from difflib import get_close_matches

    try:
        names = [p.name for p in islice(path.parent.iterdir(), 1000) if p.suffix == ".sched"]
    except OSError:
        return None
    near = get_close_matches(path.name, names, n=1)
    return f"did you mean `{path.parent / near[0]}`" if near else None


def decode(data: bytes, file: str, findings: Findings) -> str | None:
    """Bytes to text; None and a finding where they are no UTF-8 text."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        findings.error("E102", "the text is UTF-16, not UTF-8", Span(file, 1, 1, 1, 1), fix="save it as UTF-8")
        return None
    zero = data.find(0)
    if zero >= 0:
        findings.error("E103", "the text holds a NUL byte", _place(data, zero, file), note=f"at byte offset {zero}")
        return None
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        _wrong_byte(data, error.start, file, findings)
        return None
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def _wrong_byte(data: bytes, at: int, file: str, findings: Findings) -> None:
    span = _place(data, at, file)
    message = f"byte 0x{data[at]:02x} is not UTF-8"
    findings.error("E102", message, Label(span), fix="save the file as UTF-8", note=f"at byte offset {at}")


def _place(data: bytes, at: int, file: str) -> Span:
    """Where a byte stands, in lines and characters."""
    line = data.count(b"\n", 0, at) + 1
    begin = data.rfind(b"\n", 0, at) + 1
    column = len(data[begin:at].decode("utf-8", "replace")) + 1
    return Span(file, line, column, line, column + 1)
