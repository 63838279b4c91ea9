"""Diagnostics for people (source lines with carets) and for tools (JSON)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from itertools import islice
from pathlib import Path
from typing import Any

from schedc.models.diagnostics import Diagnostic, Label, Severity
from schedc.models.records import dataclass
from schedc.models.source import NOWHERE, Span
from schedc.render.cells import TAB, clean, paint, plural, width, width_of

SCHEMA = "schedc.diagnostics/1"
MOST = 100                  # findings written out; a wrong column of a table can have a million
_LONGEST_FILE = 64 << 20    # a source beyond this is not read again only to show a line
_AROUND = 2_000             # characters on either side of a mark that are looked at in a very long line


@dataclass
class Sources:
    """The texts that spans point into: given ones first, else read from disk; a missing one shows no line."""

    texts: Mapping[str, str] = field(default_factory=dict)
    folder: Path | None = None
    _lines: dict[str, list[str]] = field(default_factory=dict)

    def line(self, file: str, number: int) -> str | None:
        """One line of a file without its end, None where it cannot be shown."""
        if file not in self._lines:
            self._lines[file] = self._read(file)
        lines = self._lines[file]
        return lines[number - 1] if 0 < number <= len(lines) else None

    def _read(self, file: str) -> list[str]:
        text = self.texts.get(file)
        if text is None:
            path = Path(file) if self.folder is None else self.folder / file
            try:
                if path.stat().st_size > _LONGEST_FILE or not path.is_file():
                    return []
                text = path.read_bytes().decode("utf-8-sig", errors="replace")
            except (OSError, ValueError):
                return []
        return [line.removesuffix("\r") for line in text.split("\n")]


def render(
    diagnostics: Sequence[Diagnostic], sources: Sources | None = None, *, colour: bool = False, columns: int = 100
) -> str:
    """All findings in order of place, each with its lines, and a closing count; "" where there are none.

    columns: the width to which long source lines are cut.
    """
    if not diagnostics:
        return ""
    sources = sources or Sources()
    ordered = sorted(diagnostics, key=lambda d: (d.primary.span, d.code))
    blocks = [_block(d, sources, colour, columns) for d in islice(ordered, MOST)]
    if len(ordered) > MOST:
        blocks.append(f"... and {len(ordered) - MOST:,} more\n")
    return "\n".join(blocks) + "\n" + counts(ordered, colour) + "\n"


def counts(diagnostics: Iterable[Diagnostic], colour: bool = False) -> str:
    """The closing line: ``2 errors, 1 warning``."""
    severities = [d.severity for d in diagnostics]
    words = [
        paint(plural(n, severity.value), severity.value, colour)
        for severity in Severity
        if (n := severities.count(severity))
    ]
    return ", ".join(words)


def to_json(diagnostics: Sequence[Diagnostic]) -> dict[str, Any]:
    """The findings as plain data (schema ``schedc.diagnostics/1``), in order of place."""
    ordered = sorted(diagnostics, key=lambda d: (d.primary.span, d.code))
    return {
        "schema": SCHEMA,
        "errors": sum(d.severity is Severity.ERROR for d in ordered),
        "warnings": sum(d.severity is Severity.WARNING for d in ordered),
        "diagnostics": [_as_data(d) for d in ordered],
    }


def _as_data(d: Diagnostic) -> dict[str, Any]:
    return {
        "code": d.code,
        "severity": d.severity.value,
        "message": d.message,
        "span": d.primary.span._asdict(),
        "label": d.primary.text,
        "others": [{"span": o.span._asdict(), "label": o.text} for o in d.others],
        "fixes": [
            {"text": f.text, "span": f.span._asdict() if f.span else None, "replacement": f.replacement}
            for f in d.fixes
        ],
        "notes": list(d.notes),
    }


def _block(d: Diagnostic, sources: Sources, colour: bool, columns: int) -> str:
    head = paint(f"{d.severity.value}[{d.code}]", d.severity.value, colour)
    out = [head + paint(f": {clean(d.message)}", "bold", colour)]
    shown = [label for label in (d.primary, *d.others) if label.span.file != NOWHERE.file]
    gutter = max((len(str(label.span.line)) for label in shown), default=1)
    margin = " " * gutter
    bar = paint(f"{margin} |", "frame", colour)
    file = None
    for group in _by_line(shown):
        span = group[0].span
        if span.file != file:
            arrow = "-->" if file is None else ":::"
            out.append(paint(f"{margin}{arrow} ", "frame", colour) + f"{clean(span.file)}:{span.line}:{span.column}")
            out += [bar] if file is None else []
            file = span.file
        out += _excerpt(group, d.primary, sources, gutter, colour, columns)
    tail = [*(("fix", f.text) for f in d.fixes), *(("note", n) for n in d.notes)]
    for word, text in tail:
        out.append(paint(f"{margin} = ", "frame", colour) + paint(word, "bold", colour) + f": {clean(text)}")
    return "\n".join(out) + "\n"


def _by_line(labels: Iterable[Label]) -> list[list[Label]]:
    groups: dict[tuple[str, int], list[Label]] = {}
    for label in labels:
        groups.setdefault((label.span.file, label.span.line), []).append(label)
    return list(groups.values())


def _excerpt(
    group: list[Label], primary: Label, sources: Sources, gutter: int, colour: bool, columns: int
) -> list[str]:
    """One source line and below it a row of marks for each of its labels."""
    span = group[0].span
    text = sources.line(span.file, span.line)
    bar = paint(f"{' ' * gutter} | ", "frame", colour)
    if text is None:
        return [bar + clean(label.text) for label in group if label.text]
    window = _Window.over(text, group, max(columns - gutter - 3, 20))
    rows = [paint(f"{span.line:>{gutter}} | ", "frame", colour) + window.text]
    for label in group:
        first = label is primary
        at, marks = window.marks(label.span, "^" if first else "-")
        words = _words(label)
        style = "error" if first else "second"
        rows.append(f"{bar}{' ' * at}" + paint(f"{marks} {words}".rstrip(), style, colour))
    return [row.rstrip() if not colour else row for row in rows]


def _words(label: Label) -> str:
    words = clean(label.text)
    if label.span.end_line > label.span.line:
        words = f"{words} (to line {label.span.end_line})".lstrip()
    return words


@dataclass(frozen=True)
class _Window:
    """The part of a source line that is shown, as cells.

    first: the character (from 0) that `text` begins with; edges[i]: the cell of character first + i, counted from
    the left of `text`.
    """

    text: str
    first: int
    edges: list[int]

    @classmethod
    def over(cls, line: str, group: list[Label], room: int) -> _Window:
        """The whole line where it fits, else the part around the group's first mark, with ellipses."""
        focus = min(label.span.column for label in group) - 1
        low = max(0, focus - _AROUND)
        part = line[low : focus + _AROUND]
        shown, edges = _expand(part)
        if low == 0 and len(part) == len(line) and edges[-1] <= room:
            return cls("".join(shown), 0, edges)
        at = edges[min(focus - low, len(part))]
        left = 0 if at < room * 2 // 3 and low == 0 else max(0, at - room // 3)
        begin = next((i for i, e in enumerate(edges) if e >= left), len(part))
        stop = next((i for i, e in enumerate(edges) if e > edges[begin] + room - 2), len(part) + 1) - 1
        before = "…" if begin + low else ""
        after = "…" if stop < len(part) or low + len(part) < len(line) else ""
        offset = edges[begin] - len(before)
        moved = [e - offset for e in edges[begin : stop + 1]]
        return cls(before + "".join(shown[begin:stop]) + after, low + begin, moved)

    def marks(self, span: Span, mark: str) -> tuple[int, str]:
        """Where a span's marks begin and the marks; at least one, cut at the window's ends."""
        last = len(self.edges) - 1
        begin = min(max(span.column - 1 - self.first, 0), last)
        stop = last if span.end_line > span.line else min(max(span.end_column - 1 - self.first, begin), last)
        at = self.edges[begin]
        return at, mark * max(1, self.edges[stop] - at)


def _expand(text: str) -> tuple[list[str], list[int]]:
    """The characters with tabs blown up, and the cell at which each begins (one more for the end)."""
    shown: list[str] = []
    edges = [0]
    for c in text:
        at = edges[-1]
        seen = " " * (TAB - at % TAB) if c == "\t" else clean(c)
        shown.append(seen)
        edges.append(at + (width_of(seen) if len(seen) == 1 else width(seen)))
    return shown, edges
