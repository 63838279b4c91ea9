"""Where something stands in a source text, and what statement it belongs to."""

from __future__ import annotations

from typing import NamedTuple

from schedc.models.records import dataclass


class Span(NamedTuple):
    """A stretch of one file: lines and columns count from 1, the end column is exclusive."""

    file: str
    line: int
    column: int
    end_line: int
    end_column: int

    def to(self, other: Span) -> Span:
        """The span from where this one starts to where `other` ends."""
        return Span(self.file, self.line, self.column, other.end_line, other.end_column)


NOWHERE = Span("<nowhere>", 1, 1, 1, 1)


@dataclass(frozen=True, slots=True)
class Origin:
    """The address of a statement or clause; it travels unchanged from text to verdict.

    what: the construct in the author's words, such as ``task move`` or ``uses crew``.
    label: the author's own label (``as curfew``), None where there is none.
    """

    span: Span
    what: str
    label: str | None = None

    @property
    def address(self) -> str:
        """The label, or else `file:line`."""
        return self.label if self.label is not None else f"{self.span.file}:{self.span.line}"


NO_ORIGIN = Origin(NOWHERE, "the model")
