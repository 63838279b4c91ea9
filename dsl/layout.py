"""Where the lines of a laid-out text begin: which statement fits on one, and where the others break.

Every decision rests on the tokens alone, on which of them a comment follows, and on blank lines between statements.
None rests on how lines were broken before, so that laying out twice changes nothing.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import pairwise

from schedc.dsl.alignment import align_rows, align_statements
from schedc.dsl.outline import CLAUSES, PARTS, STATEMENTS, Outline, Segment, Unit
from schedc.dsl.spacing import WIDTH, spaces
from schedc.dsl.vocabulary import vocabulary

STEP = 2
FURTHER = 4

# Statements whose clauses stand apart by two blanks; in the others one is enough
_APART = frozenset(
    ("resource", "stock", "open", "downtime", "task", "job", "order", "exclusive", "permutation", "require")
)
# Statements whose clauses, once they break, have a line each; the others fill their lines
_LISTED = frozenset(("resource", "stock", "task", "job", "table"))

# Words that begin a part of a statement without a rule of their own
_WORDS = {
    "open": ("during",), "downtime": ("during", "leaving"), "require": ("every",), "qos": ("by",),
    "objective": ("then",), "calendar": ("except",),
}
# Where a long stretch breaks, best places first: words to break before
_MOST_ROWS = 3  # of an inline table on one line
_SOFT = (("for", "where", "->", "then", "else", "implies"), ("or",), ("and",), ("+", "-"))


class Layout:
    """The decisions for one outline.

    begins: the tokens that begin a line, and how far it is indented. space: blanks before each other token.
    statements: the tokens that begin a statement. ends: the closing braces of blocks.
    """

    def __init__(self, outline: Outline) -> None:
        self.tokens, self.gaps = outline.tokens, outline.gaps
        self.words = vocabulary()
        self.space = spaces(outline.tokens, outline.statements)
        self.begins: dict[int, int] = {}
        self.statements: set[int] = set()
        self.ends: set[int] = set()
        self._commented = sorted(outline.gaps)
        self._soft = _soft_places()
        self._block(outline.statements, 0)

    def text(self, first: int, last: int) -> str:
        """Tokens on one line."""
        texts, space = self.tokens.texts, self.space
        return texts[first] + "".join(" " * space[i] + texts[i] for i in range(first + 1, last + 1))

    def width(self, first: int, last: int) -> int:
        """How wide tokens are on one line."""
        texts, space = self.tokens.texts, self.space
        return sum(len(texts[i]) + space[i] for i in range(first, last + 1)) - space[first]

    def has_comment(self, first: int, last: int) -> bool:
        """Whether a comment stands between the tokens of a stretch."""
        at = bisect_right(self._commented, first)
        return at < len(self._commented) and self._commented[at] <= last

    # ---- statements ----

    def _block(self, units: Sequence[Unit], indent: int) -> None:
        rows: list[tuple[Unit, list[Segment] | None]] = []
        for unit in units:
            self.begins[unit.first] = indent
            self.statements.add(unit.first)
            rows.append((unit, self._statement(unit, indent)))
        align_statements(self, rows, indent)

    def _statement(self, unit: Unit, indent: int) -> list[Segment] | None:
        """Lay a statement out; its segments if it is on one line."""
        if unit.shape in ("job", "scenario"):
            self._holder(unit, indent)
            return None
        segments = self._segments(unit, unit.last)
        if self._fits(unit, indent):
            return segments
        self._break(segments, indent, unit.shape in _LISTED)
        return None

    def _segments(self, unit: Unit, last: int) -> list[Segment]:
        """The pieces of a statement up to token `last`, and the blanks between them."""
        gap = 2 if unit.shape in _APART or unit.shape == "mode" else 1
        inside = [u for u in unit.inside if u.last <= last]
        whole = {u.first: u for u in inside if u.shape in CLAUSES or u.shape in PARTS}
        kinds = {self.words.of[w] for w in _WORDS.get(unit.shape, ())}
        cuts = {*whole, *(i for i in self._between(unit.first, last, inside) if self.tokens.kinds[i] in kinds)}
        starts = [unit.first, *sorted(cuts - {unit.first}), last + 1]
        segments = [Segment(a, b - 1, gap, whole.get(a)) for a, b in pairwise(starts)]
        for segment in segments[1:]:
            self.space[segment.first] = gap
        return segments

    def _between(self, first: int, last: int, inside: Sequence[Unit]) -> Iterator[int]:
        """The tokens that are in no unit inside."""
        at = first
        for unit in inside:
            yield from range(at, unit.first)
            at = unit.last + 1
        yield from range(at, last + 1)

    def _fits(self, unit: Unit, indent: int) -> bool:
        if any(u.shape == "mode" for u in unit.inside):
            return False
        for inner in unit.inside:
            rows = [u for u in inner.inside if u.shape == "row"]
            if len(rows) > _MOST_ROWS and any(u.first < u.last for u in rows):
                return False
        return self._short(unit, indent)

    def _short(self, unit: Unit, indent: int) -> bool:
        return not self.has_comment(unit.first, unit.last) and indent + self.width(unit.first, unit.last) <= WIDTH

    def _break(self, segments: Sequence[Segment], indent: int, listed: bool) -> None:
        """Break a statement between its segments; what leads to a table's rows stays together if it can."""
        last = 0
        while last + 1 < len(segments) and self._leads(segments[0], segments[last + 1], indent):
            last += 1
        self._stretch(segments[0].first, segments[last].last, indent)
        begin = 0
        for segment in segments[last + 1 :]:
            joins = begin and indent + STEP + self.width(begin, segment.last) <= WIDTH
            if listed or not joins or self.has_comment(begin, segment.last):
                begin = segment.first
                self.begins[begin] = indent + STEP
                self._segment(segment, indent + STEP)

    def _leads(self, head: Segment, segment: Segment, indent: int) -> bool:
        part = segment.unit is not None and segment.unit.shape in PARTS - {"tb_rows"}
        fits = indent + self.width(head.first, segment.last) <= WIDTH
        return part and fits and not self.has_comment(head.first, segment.last)

    def _segment(self, segment: Segment, indent: int) -> None:
        unit = segment.unit
        if unit and unit.shape == "mode":
            self._mode(unit, indent)
        elif unit and unit.shape == "tb_rows":
            self._rows(unit, indent)
        else:
            self._stretch(segment.first, segment.last, indent)

    # ---- blocks ----

    def _holder(self, unit: Unit, indent: int) -> None:
        """`job … { … }` and `scenario … { … }`; a scenario of one small statement fits on a line."""
        body = [u for u in unit.inside if u.shape in STATEMENTS]
        brace = self._brace(unit)
        if unit.shape == "scenario" and len(body) == 1 and body[0].shape not in ("job", "scenario"):
            self._segments(body[0], body[0].last)
            if self._fits(body[0], 0) and self._short(unit, indent):
                return
        self._head(unit, brace, indent)
        self._block(body, indent + STEP)
        self._end(unit.last, indent)

    def _head(self, unit: Unit, brace: int, indent: int) -> None:
        """What stands before the brace of a block, brace included."""
        segments = self._segments(unit, brace)
        modes = any(u.shape == "mode" for u in unit.inside)
        if modes or self.has_comment(unit.first, brace) or indent + self.width(unit.first, brace) > WIDTH:
            self._break(segments, indent, True)

    def _end(self, brace: int, indent: int) -> None:
        self.begins[brace] = indent
        self.ends.add(brace)

    def _brace(self, unit: Unit) -> int:
        """The token that opens a block: the last brace outside of what is before the body."""
        inside = [u for u in unit.inside if u.shape not in STATEMENTS]
        if unit.shape == "mode":
            inside = [u for u in inside if u.shape == "family"]
        body = next((u.first for u in unit.inside if u.shape in STATEMENTS), unit.last)
        braces = (i for i in self._between(unit.first, body, [u for u in inside if u.last < body]))
        return next(i for i in braces if self.tokens.kinds[i] == self.words.of["{"])

    def _mode(self, unit: Unit, indent: int) -> None:
        brace = self._brace(unit)
        clauses = [s for s in self._segments(unit, unit.last)[1:] if s.unit and s.first > brace]
        for segment in clauses[:1]:
            self.space[segment.first] = 1
        if self._short(unit, indent):
            return
        self._stretch(unit.first, brace, indent)
        for segment in clauses:
            self.begins[segment.first] = indent + STEP
            end = segment.unit.last if segment.unit else segment.last
            self._segment(Segment(segment.first, end, 2, segment.unit), indent + STEP)
        self._end(unit.last, indent)

    def _rows(self, unit: Unit, indent: int) -> None:
        rows = [u for u in unit.inside if u.shape == "row"]
        for row in rows:
            self.begins[row.first] = indent + STEP
        self._end(unit.last, indent)
        align_rows(self, rows, indent + STEP)

    # ---- long stretches ----

    def _stretch(self, first: int, last: int, indent: int) -> None:
        """Break a piece that is too long at its best places, filling each line."""
        todo = [(first, last, indent)]
        while todo:
            begin, end, left = todo.pop()
            if left + self.width(begin, end) <= WIDTH:
                continue
            further = indent + FURTHER
            lines = list(self._filled(begin, end, left, further, self._places(begin, end)))
            for start, _ in lines[1:]:
                self.begins[start] = further
            if len(lines) > 1:
                todo += [(a, b, left if a == begin else further) for a, b in lines]

    def _filled(self, begin: int, end: int, left: int, further: int, places: list[int]) -> Iterator[tuple[int, int]]:
        """Lines as full as can be, broken at `places` only."""
        start, at, used = begin, begin, left
        for place in [*places, end + 1]:
            wide = self.width(at, place - 1) + (self.space[at] if at != start else 0)
            if at != start and used + wide > WIDTH:
                yield start, at - 1
                start, used = at, further
                wide = self.width(at, place - 1)
            used += wide
            at = place
        yield start, end

    def _places(self, begin: int, end: int) -> list[int]:
        """Where to break a stretch: the best kind of place on the outermost level of brackets that has one."""
        found: dict[tuple[int, int], list[int]] = {}
        closers, depth, kinds = self.words.closers, 0, self.tokens.kinds
        closing = frozenset(closers.values())
        for i in range(begin, end + 1):
            depth -= kinds[i] in closing
            rank = self._rank(i) if i > begin else None
            if rank is not None:
                found.setdefault((depth, rank), []).append(i)
            depth += kinds[i] in closers
        return found[min(found)] if found else []

    def _rank(self, i: int) -> int | None:
        kinds = self.tokens.kinds
        if kinds[i - 1] == self.words.of[","]:
            return 0
        unary = kinds[i] == self.words.of["-"] and self.space[i + 1] == 0
        if self.space[i] == 0 or unary:
            return None
        return self._soft.get(kinds[i])


def _soft_places() -> dict[int, int]:
    of = vocabulary().of
    return {of[text]: rank for rank, texts in enumerate(_SOFT) for text in texts}
