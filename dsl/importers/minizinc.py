"""MiniZinc data files (`.dzn`): assignments of whole numbers, flags, and lists and tables of them.

``name = 3;``, ``name = [1, 2];``, ``name = [| 1, 0, | 0, 1 |];``, ``name = array2d(1..2, 1..2, [1, 0, 0, 1]);``; a
comma may end a list or a row; `%` begins a remark. What else is assigned (sets, say) is passed over until asked for.
"""

from __future__ import annotations

import re

import numpy as np

from schedc.dsl.importers.numbers import MalformedError, Numbers, place
from schedc.models.columns import Ints
from schedc.models.source import Span

_REMARK = re.compile(r"%[^\n]*")
_ASSIGNMENT = re.compile(r"\b([A-Za-z_][A-Za-z_0-9]*+)\s*+=([^;=]*+);")
_SHAPED = re.compile(r"\s*array[1-6]d\s*\(([^\[\]]*),\s*\[([^\[\]]*)\]\s*\)\s*")
_LIST = re.compile(r"\s*\[([^\[\]]*)\]\s*")
_WORDS = re.compile(r"\btrue\b|\bfalse\b|[,|]")
_NUMERAL = {"true": "1   ", "false": "0    "}


class Assignments:
    """The assignments of a file, read when they are asked for. Every method raises MalformedError."""

    def __init__(self, file: str, text: str) -> None:
        self.file, self.text = file, _REMARK.sub(lambda found: " " * len(found[0]), text)
        self.found: dict[str, tuple[int, int]] = {}
        behind = 0
        for match in _ASSIGNMENT.finditer(self.text):
            self._blank(behind, match.start())
            if match[1] in self.found:
                raise self._wrong("E143", f"`{match[1]}` is given twice", match.start(1), match.end(1))
            self.found[match[1]] = match.span(2)
            behind = match.end()
        self._blank(behind, len(self.text))

    def number(self, name: str, lowest: int = 0) -> int:
        """A single number."""
        numbers = Numbers(self.file, self.text, *self._span(name))
        value = numbers.one(f"`{name}`", lowest)
        numbers.done(f"`{name}`")
        return value

    def column(self, name: str, size: int, lowest: int, highest: int) -> Ints:
        """A list of `size` numbers between the limits."""
        numbers = self._numbers(name)
        if len(numbers) < size:
            lo, hi = self._span(name)
            raise self._wrong("E144", f"`{name}` has {len(numbers)} numbers, not {size}", lo, hi)
        values = numbers.many(size, f"a number of `{name}`", lowest, highest)
        numbers.done(f"the {size} numbers of `{name}`")
        return values

    def table(self, name: str, rows: int, width: int, highest: int) -> Ints:
        """rows x width numbers from 0 to `highest`."""
        return self.column(name, rows * width, 0, highest).reshape(rows, width)

    def wrong(self, name: str, message: str) -> MalformedError:
        """What to raise for the value of a name."""
        return self._wrong("E143", message, *self._span(name))

    def _numbers(self, name: str) -> Numbers:
        lo, hi = self._span(name)
        inside = _SHAPED.fullmatch(self.text, lo, hi) or _LIST.fullmatch(self.text, lo, hi)
        if inside is None:
            raise self._wrong("E143", f"`{name}` is no list", lo, hi)
        start, end = inside.span(inside.re.groups)
        blanked = _WORDS.sub(lambda found: _NUMERAL.get(found[0], " "), self.text[start:end])
        return Numbers(self.file, self.text[:start] + blanked + self.text[end:], start, end)

    def _span(self, name: str) -> tuple[int, int]:
        if name not in self.found:
            raise MalformedError("E144", f"nothing gives `{name}`", Span(self.file, 1, 1, 1, 1))
        return self.found[name]

    def _blank(self, lo: int, hi: int) -> None:
        rest = self.text[lo:hi].strip()
        if rest:
            start = lo + self.text[lo:hi].index(rest)
            cut = hi == len(self.text)
            message = "the text ends within an assignment" if cut else "here is no assignment `name = value;`"
            raise self._wrong("E144" if cut else "E143", message, start, start + 1)

    def _wrong(self, code: str, message: str, lo: int, hi: int) -> MalformedError:
        """The span is the first line of text[lo:hi] that holds something."""
        part = self.text[lo:hi]
        lo += len(part) - len(part.lstrip())
        line = self.text.find("\n", lo, hi)
        return MalformedError(code, message, place(self.file, self.text, lo, max(hi if line < 0 else line, lo + 1)))


def pairs(matrix: Ints) -> tuple[Ints, Ints]:
    """The places of a matrix that are not 0, as rows and columns from 1."""
    row, column = np.nonzero(matrix)
    return row + 1, column + 1
