"""The outline of a text for the formatter: which tokens make which statement, clause, row or call, and the comments.

The formatter only decides what stands between tokens. It never makes a token, so it cannot change what a text means.
"""

from __future__ import annotations

from dataclasses import field
from typing import Any

from schedc.dsl.automaton import Machine
from schedc.dsl.lexing import Tokens, lex
from schedc.dsl.shape import Shaper
from schedc.dsl.shape_expressions import Make, Values
from schedc.dsl.tree import Comment
from schedc.models.records import dataclass

STATEMENTS = frozenset(
    (
        "model", "include", "time", "param", "let", "table", "calendar", "resource", "stock", "open", "downtime",
        "task", "job", "order", "exclusive", "permutation", "require", "qos", "objective", "pareto", "scenario",
    )
)
CLAUSES = frozenset(
    (
        "lasts", "lasts_about", "uses", "takes", "produces", "mode", "optional", "release", "deadline", "due", "within",
        "pausable", "splittable", "every", "with", "label", "each", "soft", "r_capacity", "r_contiguous", "r_batch",
        "r_change", "r_starts", "r_private", "s_holds", "s_starts", "s_private",
    )
)
PARTS = frozenset(("t_from", "t_zone", "t_for", "t_now", "tb_from", "tb_in", "tb_key", "tb_cols", "tb_rows"))
_INNER = frozenset(("row", "call", "point", "neg", "negative", "set_each", "family", "demand", "change", "mode"))
_KEPT = STATEMENTS | CLAUSES | PARTS | _INNER


@dataclass(slots=True)
class Unit:
    """A stretch of tokens, both ends included, that one rule made, and the units inside it in order."""

    shape: str
    first: int
    last: int
    inside: list[Unit] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of a statement that stays on one line if it can. gap: blanks before it when it shares a line."""

    first: int
    last: int
    gap: int
    unit: Unit | None = None


@dataclass(frozen=True, slots=True)
class Outline:
    """A whole text. gaps: the comments between token i - 1 and token i, by i."""

    tokens: Tokens
    statements: list[Unit]
    gaps: dict[int, list[Comment]]


class _Recorder(Shaper):
    """Notes the stretch of every rule of interest on the way."""

    def __init__(self, tokens: Tokens) -> None:
        super().__init__(tokens)
        self.open: list[Unit] = []

    def maker(self, shape: str) -> Make:
        make = super().maker(shape)
        if shape not in _KEPT:
            return make

        def note(values: Values, first: int, last: int) -> Any:
            unit = Unit(shape, first, last)
            inside = len(self.open)
            while inside and self.open[inside - 1].first >= first:
                inside -= 1
            unit.inside = self.open[inside:]
            self.open[inside:] = [unit]
            return make(values, first, last)

        return note


def outline(text: str, file: str) -> Outline:
    """The outline of a text without errors."""
    tokens = lex(text, file)
    recorder = _Recorder(tokens)
    Machine(tokens, recorder).run(0)
    return Outline(tokens, recorder.open, _gaps(tokens))


def _gaps(tokens: Tokens) -> dict[int, list[Comment]]:
    gaps: dict[int, list[Comment]] = {}
    i = 0
    for comment in tokens.comments:
        place = (comment.span.line, comment.span.column)
        while i < len(tokens.kinds) - 1 and (tokens.lines[i], tokens.columns[i]) < place:
            i += 1
        gaps.setdefault(i, []).append(comment)
    return gaps
