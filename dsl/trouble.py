"""A syntax error in the making: the token that does not fit with its surroundings, and the words found for it."""

from __future__ import annotations

from functools import cached_property

from schedc.dsl.automaton import Machine
from schedc.dsl.reporting import Reporter
from schedc.dsl.vocabulary import Vocabulary, vocabulary
from schedc.models.diagnostics import Fix, Label
from schedc.models.records import dataclass
from schedc.models.source import Span


@dataclass(frozen=True, slots=True)
class Trouble:
    """An explained error, and how to read on.

    boundary: the token that was meant to begin the next statement, 0 where there is none. past: 1 where the wrong
    token itself cannot begin a statement. skip: the token is superfluous, everything else may stay.
    """

    code: str
    message: str
    at: Span
    others: tuple[Label, ...] = ()
    fix: Fix | str | None = None
    note: str | None = None
    boundary: int = 0
    past: int = 0
    skip: bool = False

    def tell(self, report: Reporter) -> None:
        """Report it."""
        report.error(self.code, self.message, self.at, *self.others, fix=self.fix, note=self.note)


class Case:
    """The wrong token and its surroundings."""

    def __init__(self, machine: Machine, begin: int, wrong: int) -> None:
        self.machine, self.tokens, self.begin, self.wrong = machine, machine.tokens, begin, wrong
        self.words: Vocabulary = vocabulary()
        self.kind, self.text, self.span = self.tokens.kinds[wrong], self.tokens.texts[wrong], self.tokens.span(wrong)
        self.before = self.tokens.kinds[wrong - 1] if wrong else -1
        self.behind = self.tokens.kinds[wrong + 1] if wrong + 1 < len(self.tokens.kinds) else self.words.end

    def shift(self, *kinds: int) -> bool:
        """Whether the tokens could come next, one after the other."""
        states: list[int] | None = list(self.machine.stack.states)
        for kind in kinds:
            states = self.machine.after(states, kind) if states is not None else None
        return states is not None

    @cached_property
    def expected(self) -> frozenset[int]:
        """The terminals that could have come instead."""
        return frozenset(kind for kind in self.words.texts if self.shift(kind))

    @cached_property
    def statement_over(self) -> bool:
        """Whether the statement could have ended before the wrong token."""
        after = self.machine.after(self.machine.stack.states, self.words.of["task"])
        return after is not None and after[-1] == self.machine.task_state

    def is_(self, *texts: str) -> bool:
        """Whether the wrong token is one of these words or signs."""
        return self.kind in {self.words.of[t] for t in texts}

    def wants(self, text: str) -> bool:
        """Whether a word or sign could have come instead."""
        return self.words.of[text] in self.expected

    def aside(self, at: Span | None = None) -> tuple[Label, ...]:
        """The statement's first word, where that is on another line than what is wrong."""
        first = self.tokens.span(self.begin)
        known = self.tokens.kinds[self.begin] in self.words.starters and self.begin < self.wrong
        return (Label(first, "in this statement"),) if known and first.line != (at or self.span).line else ()
