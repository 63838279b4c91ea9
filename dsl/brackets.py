"""Brackets that do not match, found and mended before parsing so that one of them costs one error and no statement."""

from __future__ import annotations

from dataclasses import field
from typing import Literal

from schedc.dsl.anchors import may_start, surely_starts
from schedc.dsl.lexing import Oddity, Tokens
from schedc.dsl.reporting import Reporter
from schedc.dsl.vocabulary import vocabulary
from schedc.models.diagnostics import Fix, Label
from schedc.models.records import dataclass

DEEPEST = 100

Role = Literal["plain", "cells", "body"]


@dataclass(frozen=True, slots=True)
class _Open:
    """A bracket that is open. role: what may stand inside: no statement word, words as cells, or statements."""

    token: int
    kind: int
    role: Role
    head: int


@dataclass(slots=True)
class _Edits:
    """What to change: signs to put in before a token, tokens to leave out, openers that the end of the text left.

    blamed: openers that have been reported.
    """

    put: dict[int, list[int]] = field(default_factory=dict)
    drop: set[int] = field(default_factory=set)
    blamed: set[int] = field(default_factory=set)
    left: list[_Open] = field(default_factory=list)


def balance(tokens: Tokens, report: Reporter) -> tuple[Tokens, list[int]]:
    """The tokens with matching brackets, and which of them stand where something was mended or could not be read."""
    if _in_order(tokens):
        return tokens, sorted(_beside(tokens, odd.before, odd.span.line) for odd in tokens.oddities)
    quiet = _Scan(tokens, None, frozenset())
    edits = quiet.run()
    unclosed = frozenset(o.token for o in edits.left if o.role == "body")
    edits = _Scan(tokens, report, unclosed).run()
    return _apply(tokens, edits)


def _in_order(tokens: Tokens) -> bool:
    """Whether every bracket matches and none is nested too deeply."""
    closers = vocabulary().closers
    closing = frozenset(closers.values())
    expected: list[int] = []
    for kind in tokens.kinds:
        if kind in closers:
            expected.append(closers[kind])
            if len(expected) > DEEPEST:
                return False
        elif kind in closing and (not expected or expected.pop() != kind):
            return False
    return not expected


class _Scan:
    """One walk over the brackets. unclosed: bodies that the end of the text leaves open; they end by indentation."""

    def __init__(self, tokens: Tokens, report: Reporter | None, unclosed: frozenset[int]) -> None:
        self.tokens, self.report, self.unclosed = tokens, report, unclosed
        self.words = vocabulary()
        self.open: list[_Open] = []
        self.edits = _Edits()
        self.head = 0

    def run(self) -> _Edits:
        closers = self.words.closers
        closing = frozenset(closers.values())
        for i, kind in enumerate(self.tokens.kinds):
            if kind in closers:
                self._enter(i, kind)
            elif kind in closing:
                self._leave(i, kind)
            elif kind in self.words.starters:
                self._starter(i)
            elif kind in self.words.clauses and self.open:
                self._clause(i)
        self.edits.left = list(self.open)
        self._force(0, len(self.tokens.kinds) - 1)
        return self.edits

    def _enter(self, i: int, kind: int) -> None:
        self.open.append(_Open(i, kind, self._role(i, kind), self.head))
        if len(self.open) != DEEPEST + 1:
            return
        self.edits.blamed.add(i)
        if self.report:
            self.report.error("E108", f"brackets are nested more than {DEEPEST} levels deep", self.tokens.span(i))

    def _role(self, i: int, kind: int) -> Role:
        kinds, of = self.tokens.kinds, self.words.of
        if kind != of["{"]:
            return "plain"
        inside = self.open[-1].role if self.open else "body"
        if inside == "body" and kinds[self.head] == of["table"]:
            return "cells"
        return "body" if inside == "body" and surely_starts(self.tokens, i + 1) else "plain"

    def _starter(self, i: int) -> None:
        """A word that may begin a statement closes what no statement can stand in."""
        if not may_start(self.tokens, i):
            return
        keep = len(self.open)
        while keep and self._ends(self.open[keep - 1], i):
            keep -= 1
        self._force(keep, i)
        if not self.open or self.open[-1].role == "body":
            self.head = i

    def _clause(self, i: int) -> None:
        """A clause's word behind a value closes parentheses and indices, `rows {` a table's columns."""
        kinds, opened, braces = self.tokens.kinds, self.open[-1], self.words.of["{"]
        if opened.kind != braces:
            if kinds[i - 1] in self.words.values:
                inner = next((d for d in range(len(self.open), 0, -1) if self.open[d - 1].kind == braces), 0)
                self._force(inner, i)
        elif opened.role == "cells" and kinds[i] == self.words.of["rows"] and kinds[i + 1] == braces:
            self._force(len(self.open) - 1, i)

    def _ends(self, opened: _Open, i: int) -> bool:
        tokens = self.tokens
        if opened.role == "body":
            outside = tokens.columns[i] <= tokens.columns[opened.head]
            return opened.token in self.unclosed and tokens.leads_line(i) and outside
        return surely_starts(tokens, i) and (opened.role == "plain" or tokens.leads_line(i))

    def _leave(self, i: int, kind: int) -> None:
        closers = self.words.closers
        for depth in range(len(self.open) - 1, -1, -1):
            if closers[self.open[depth].kind] == kind:
                self._force(depth + 1, i)
                self.open.pop()
                return
            if self.open[depth].role == "body":
                break
        self.edits.drop.add(i)
        if self.open and self.open[-1].role != "body":
            self._mismatch(self.open.pop(), i)
        elif self.report:
            span = self.tokens.span(i)
            self.report.error("E107", f"`{self.tokens.texts[i]}` closes nothing", span, fix=Fix("remove it", span, ""))

    def _mismatch(self, opened: _Open, i: int) -> None:
        closer = self.words.closers[opened.kind]
        self.edits.put.setdefault(i, []).append(closer)
        if self.report:
            texts, right = self.tokens.texts, self.words.spell(closer)
            self.report.error(
                "E107", f"`{texts[opened.token]}` is closed by `{texts[i]}`", self.tokens.span(i),
                Label(self.tokens.span(opened.token), "opened here"),
                fix=Fix(f"write {right}", self.tokens.span(i), right.strip("`")),
            )

    def _force(self, keep: int, i: int) -> None:
        """Close all but the oldest `keep` brackets before token i; said once, of the outermost."""
        lost = self.open[keep:]
        if not lost:
            return
        del self.open[keep:]
        self.edits.blamed |= {o.token for o in lost}
        self.edits.put.setdefault(i, []).extend(self.words.closers[o.kind] for o in reversed(lost))
        if self.report:
            self._tell(lost, i)

    def _tell(self, lost: list[_Open], i: int) -> None:
        assert self.report
        tokens, first = self.tokens, lost[0].token
        closer = self.words.spell(self.words.closers[lost[0].kind])
        others = () if i == len(tokens.kinds) - 1 else (Label(tokens.span(i), f"expected {closer} before this"),)
        note = f"{len(lost) - 1} more inside it are open, too" if len(lost) > 1 else None
        self.report.error(
            "E106", f"`{tokens.texts[first]}` is never closed", tokens.span(first), *others,
            fix=f"write {closer} where it ends", note=note,
        )


def _apply(tokens: Tokens, edits: _Edits) -> tuple[Tokens, list[int]]:
    """Rebuild the columns; what is put in has no width and stands at the end of the token before."""
    out = Tokens(tokens.file, comments=tokens.comments)
    moved: dict[int, int] = {}
    touched = {*edits.put, *edits.drop, *edits.blamed, *(odd.before for odd in tokens.oddities)}
    for i, row in enumerate(zip(tokens.kinds, tokens.texts, tokens.lines, tokens.columns)):
        if i in touched:
            moved[i] = len(out.kinds)
            for closer in edits.put.get(i, ()):
                out.append(closer, "", out.lines[-1], out.columns[-1] + len(out.texts[-1]))
        if i not in edits.drop:
            out.append(*row)
    out.oddities = [Oddity(odd.text, odd.span, moved[odd.before]) for odd in tokens.oddities]
    suspects = {_beside(out, odd.before, odd.span.line) for odd in out.oddities}
    suspects |= {moved[i] for i in (*edits.put, *edits.blamed)}
    suspects |= {_beside(out, moved[i], tokens.lines[i]) for i in edits.drop}
    return out, sorted(suspects)


def _beside(tokens: Tokens, i: int, line: int) -> int:
    """The token that shares a statement with what stood before token i on a line: the one before it if that can be."""
    return i - 1 if i and tokens.lines[i - 1] == line else i
