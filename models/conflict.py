"""One part of a conflict, as an address in the text."""

from __future__ import annotations

from schedc.models.records import dataclass
from schedc.models.source import Span


@dataclass(frozen=True, slots=True)
class Item:
    """A clause, arrow or statement that plays a part in a conflict.

    statement: its label, or file:line; member: whose clause or which arrow it is ("" where there is one); text: what it
    says, in a few words; more: further statements that are one element with it.
    """

    kind: str
    statement: str
    what: str
    member: str
    span: Span
    text: str
    more: tuple[Span, ...] = ()
