"""Texts with mistakes in them, marked where they stand: from docs/errors.md and tests/golden/wrong.

A comment of carets under a line marks what a finding points at: ``#    ^^^^``. A ``#`` in the first column stands for
its first caret, so ``#^^`` marks the first three columns.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "errors.md"
GOLDEN = ROOT / "tests" / "golden" / "wrong"

_BLOCK = re.compile(r"^## ([EW]\d{3}) .*$|^```sched (wrong|right)(?: also ([EW]\d{3}))?\n((?s:.*?))^```$", re.MULTILINE)
_STUCK = re.compile(r"^```sched (stuck|mended)\n((?s:.*?))^```$", re.MULTILINE)
_MARKS = re.compile(r"#[ ^]*\^")


class Place(NamedTuple):
    """What a finding points at: columns [column, end) of a line, from 1."""

    line: int
    column: int
    end: int


class Case(NamedTuple):
    """A text, the code that it gives, another code that it may give as well, and where the first one points."""

    name: str
    code: str
    also: str | None
    text: str
    places: tuple[Place, ...]

    def __str__(self) -> str:
        return self.name


def places_in(text: str) -> tuple[Place, ...]:
    """All marked places, in order."""
    found, line = [], 0
    for number, content in enumerate(text.splitlines(), start=1):
        if not _MARKS.fullmatch(content):
            line = number
            continue
        for carets in re.finditer(r"\^+", content):
            column = 1 if carets.start() == 1 else carets.start() + 1
            found.append(Place(line, column, carets.end() + 1))
    return tuple(found)


def on_the_page() -> tuple[list[Case], list[Case], list[str]]:
    """The wrong texts of docs/errors.md, the right ones, and the codes of its sections in order."""
    wrong: list[Case] = []
    right: list[Case] = []
    codes: list[str] = []
    for block in _BLOCK.finditer(PAGE.read_text()):
        heading, kind, also, text = block.groups()
        if heading is not None:
            codes.append(heading)
        elif codes:
            kept = wrong if kind == "wrong" else right
            kept.append(Case(f"{codes[-1]}-{len(kept)}", codes[-1], also, text, places_in(text)))
    return wrong, right, codes


def stuck_on_the_page() -> tuple[list[str], list[str]]:
    """The texts of docs/errors.md that cannot be kept as a whole, and the mended ones."""
    found = _STUCK.findall(PAGE.read_text())
    return [text for kind, text in found if kind == "stuck"], [text for kind, text in found if kind == "mended"]


def in_files() -> list[Case]:
    """The wrong texts of tests/golden/wrong; the first line of each is ``# expect: CODE``."""
    cases = []
    for path in sorted(GOLDEN.glob("*.sched")):
        text = path.read_text()
        mark, code = text.splitlines()[0].split(": ")
        assert mark == "# expect"
        cases.append(Case(path.stem, code, None, text, places_in(text)))
    return cases
