"""Whole numbers in foreign text, each of which knows its place when something is wrong with it."""

from __future__ import annotations

import re
import stat
from itertools import islice
from pathlib import Path

import numpy as np

from schedc.models.columns import Ints
from schedc.models.source import Span

MOST_BYTES = 256 * 2**20
MOST = 2**40        # a duration or an amount beyond it belongs to no benchmark, and sums of many still fit 64 bits

_WORD = re.compile(r"\S+")
_REMARK = re.compile(r"^[ \t]*#.*$", re.MULTILINE)
WHOLE = re.compile(r"-?[0-9]{1,18}", re.ASCII)


class MalformedError(Exception):
    """An instance is not what its format says: a diagnostic's code, message and place, raised inside importers only."""

    def __init__(self, code: str, message: str, span: Span) -> None:
        self.code, self.message, self.span = code, message, span
        super().__init__(message)


def read_instance(path: Path) -> str:
    """The text of an instance file. Raises MalformedError where there is none to be had."""
    nowhere = Span(str(path), 1, 1, 1, 1)
    try:
        status = path.stat()
        if not (stat.S_ISREG(status.st_mode) or stat.S_ISDIR(status.st_mode)):
            raise MalformedError("E140", "this is no ordinary file", nowhere)
        if status.st_size > MOST_BYTES:
            raise MalformedError("E140", f"the file is larger than {MOST_BYTES >> 20} MiB", nowhere)
        data = path.read_bytes()
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise MalformedError("E140", f"cannot read the file: {reason}", nowhere) from None
    if b"\0" in data:
        raise MalformedError("E140", "the file is binary, not text", nowhere)
    return data.decode("utf-8-sig", errors="replace").replace("\r\n", "\n")


class Numbers:
    """The whole numbers in text[lo:hi], taken one after the other. Every method raises MalformedError."""

    def __init__(self, file: str, text: str, lo: int = 0, hi: int | None = None) -> None:
        self.file, self.text, self.lo, self.hi = file, text, lo, len(text) if hi is None else hi
        self.at = 0
        words = _WORD.findall(text, self.lo, self.hi)
        bad = next((i for i, word in enumerate(words) if not WHOLE.fullmatch(word)), None)
        if bad is not None:
            raise self.wrong(bad, f"`{_short(words[bad])}` is not a whole number")
        self.values: Ints = np.array([int(word) for word in words], dtype=np.int64)

    def __len__(self) -> int:
        return len(self.values)

    def one(self, what: str, lowest: int = 0, highest: int = MOST) -> int:
        """The next number, which is `what`."""
        return int(self.many(1, what, lowest, highest)[0])

    def many(self, count: int, what: str, lowest: int = 0, highest: int = MOST) -> Ints:
        """The next `count` numbers, each a `what` between the limits."""
        if self.at + count > len(self.values):
            raise MalformedError("E144", f"the text ends where {what} should follow", self._end())
        part = self.taken(np.arange(self.at, self.at + count), what, lowest, highest)
        self.at += count
        return part

    def taken(self, at: Ints, what: str, lowest: int, highest: int) -> Ints:
        """The numbers at these indices, each a `what` between the limits."""
        part = self.values[at]
        outside = np.flatnonzero((part < lowest) | (part > highest))
        if len(outside):
            row = int(outside[0])
            raise self.wrong(int(at[row]), f"{what} is {part[row]}, not between {lowest} and {highest}")
        return part

    def room(self, count: int, what: str) -> None:
        """At least `count` numbers, which `what` need, are still to come: asked before making columns of that size."""
        if self.at + count > len(self.values):
            raise MalformedError("E144", f"the text ends too early: {what} need {count} more numbers", self._end())

    def done(self, what: str) -> None:
        """Nothing may be left after `what`."""
        if self.at < len(self.values):
            raise self.wrong(self.at, f"more numbers after {what}: {self.values[self.at]}")

    def last(self, message: str) -> MalformedError:
        """What to raise for the number that was taken last."""
        return self.wrong(self.at - 1, message)

    def wrong(self, index: int, message: str) -> MalformedError:
        """What to raise for a number by its index."""
        word = next(islice(_WORD.finditer(self.text, self.lo, self.hi), index, None))
        return MalformedError("E143", message, place(self.file, self.text, word.start(), word.end()))

    def _end(self) -> Span:
        stop = self.lo + len(self.text[self.lo : self.hi].rstrip())
        return place(self.file, self.text, max(stop - 1, 0), stop)


def blank_remarks(text: str) -> str:
    """The text with blanks for the lines that start with ``#``, so that all places stay."""
    return _REMARK.sub(lambda found: " " * len(found[0]), text)


def place(file: str, text: str, start: int, end: int) -> Span:
    """The span of text[start:end], which lies on one line."""
    line = text.count("\n", 0, start) + 1
    first = text.rfind("\n", 0, start) + 1
    return Span(file, line, start - first + 1, line, max(end, start + 1) - first + 1)


def _short(word: str) -> str:
    return word if len(word) <= 24 else word[:21] + "..."
