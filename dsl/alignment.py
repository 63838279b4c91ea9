"""Columns: neighbouring statements of one kind, and the rows of an inline table, one under the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from schedc.dsl.outline import Segment, Unit
from schedc.dsl.spacing import WIDTH

if TYPE_CHECKING:
    from schedc.dsl.layout import Layout

MOST_PADDING = 24  # beyond this a column looks torn
MOST_CELL = 40

Row = tuple[Unit, list[Segment] | None]


def align_statements(layout: Layout, rows: Sequence[Row], indent: int) -> None:
    """Put the clauses of neighbouring one-line statements of one kind into columns if that stays within the width."""
    for group in _neighbours(layout, rows):
        pads = _pads(layout, group)
        widths = [layout.width(g[0].first, g[-1].last) + sum(p) for g, p in zip(group, pads)]
        if indent + max(widths) <= WIDTH:
            for segments, row in zip(group, pads):
                for segment, pad in zip(segments[1:], row):
                    layout.space[segment.first] += pad


def _neighbours(layout: Layout, rows: Sequence[Row]) -> Iterator[list[list[Segment]]]:
    """Runs of one-line statements with the same first word and nothing between them."""
    group: list[list[Segment]] = []
    shape = ""
    for unit, segments in rows:
        if group and (segments is None or unit.shape != shape or _apart(layout, unit.first)):
            yield group
            group = []
        if segments is not None:
            group.append(segments)
            shape = unit.shape
    if group:
        yield group


def _apart(layout: Layout, i: int) -> bool:
    """Whether a blank line or a comment of its own stands before token i."""
    tokens = layout.tokens
    if tokens.lines[i] - tokens.lines[i - 1] > 1:
        return True
    return any(c.span.line != tokens.lines[i - 1] for c in layout.gaps.get(i, ()))


def _pads(layout: Layout, group: Sequence[Sequence[Segment]]) -> list[list[int]]:
    """Extra blanks before each segment but the first, per statement.

    A column goes on as long as all statements that reach it begin it with the same word.
    """
    pads: list[list[int]] = [[0] * (len(segments) - 1) for segments in group]
    active = [i for i, segments in enumerate(group) if len(segments) > 1]
    column = 0
    while len(active) > 1:
        widths = {i: layout.width(group[i][column].first, group[i][column].last) for i in active}
        widest = max(widths.values())
        if widest - min(widths.values()) > MOST_PADDING:
            break
        for i in active:
            pads[i][column] = widest - widths[i]
        column += 1
        words = {layout.tokens.kinds[group[i][column].first] for i in active}
        active = [i for i in active if len(group[i]) > column + 1]
        if len(words) > 1:
            break
    return pads


def align_rows(layout: Layout, rows: Sequence[Unit], indent: int) -> None:
    """Put the cells of a table's rows into columns; too wide a column is left ragged, and so is all behind it."""
    cells = [list(_cells(layout, row)) for row in rows]
    if any(layout.has_comment(row.first, row.last) for row in rows):
        return
    size = max((len(row) for row in cells), default=0)
    total = indent
    for column in range(size - 1):
        widths = [layout.width(*row[column]) for row in cells if len(row) > column + 1]
        widest = max(widths, default=0)
        total += widest + 1
        if widest > MOST_CELL or total > WIDTH:
            return
        for row in cells:
            if len(row) > column + 1:
                first, last = row[column]
                layout.space[row[column + 1][0]] += widest - layout.width(first, last)


def _cells(layout: Layout, row: Unit) -> Iterator[tuple[int, int]]:
    """First and last token of each cell, its comma included."""
    comma = layout.words.of[","]
    kinds = layout.tokens.kinds[row.first : row.last + 1]
    at = row.first
    for is_comma, run in groupby(range(row.first, row.last + 1), lambda i: kinds[i - row.first] == comma):
        if is_comma:
            end = next(run)
            yield at, end
            at = end + 1
    yield at, row.last
