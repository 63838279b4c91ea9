"""Text as terminal cells: how wide it is, where it may be cut, and what must never reach a terminal."""

from __future__ import annotations

import unicodedata

_RESET = "\x1b[0m"
_STYLES = {
    "error": "\x1b[1;31m",
    "warning": "\x1b[1;33m",
    "bold": "\x1b[1m",
    "frame": "\x1b[1;34m",
    "second": "\x1b[34m",
    "good": "\x1b[1;32m",
    "dim": "\x1b[2m",
}
_BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c")
TAB = 4


def paint(text: str, style: str, colour: bool) -> str:
    """The text in a style's colours, or as it is where colours are off."""
    return f"{_STYLES[style]}{text}{_RESET}" if colour and text else text


def clean(text: str) -> str:
    """One line that is safe to print: control and direction characters of a file become a replacement character."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_visible(c) for c in text)


def _visible(c: str) -> str:
    if c in "\t\n\r\v\f\x85\u2028\u2029":
        return " "
    if c in _BIDI or unicodedata.category(c) in ("Cc", "Cs"):
        return "\ufffd"
    return c


def width_of(c: str) -> int:
    """Cells that one character takes: 0 for combining marks, 2 for wide ones."""
    if c.isascii():
        return 1
    if unicodedata.combining(c) or unicodedata.category(c) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(c) in ("W", "F") else 1


def width(text: str) -> int:
    """Cells that a text takes."""
    return len(text) if text.isascii() else sum(map(width_of, text))


def cut(text: str, room: int) -> str:
    """The text, or as much of it as fits in `room` cells with an ellipsis."""
    if width(text) <= room:
        return text
    taken, kept = 0, []
    for c in text:
        taken += width_of(c)
        if taken > room - 1:
            break
        kept.append(c)
    return "".join(kept) + "…" if room > 0 else ""


def pad(text: str, room: int, right: bool = False) -> str:
    """The text cut and filled with blanks to exactly `room` cells."""
    text = cut(text, room)
    fill = " " * (room - width(text))
    return fill + text if right else text + fill


def plural(count: int, noun: str) -> str:
    """``1 task``, ``2 tasks``."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
