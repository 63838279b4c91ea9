"""The terminals of the grammar by what they are for; numbers throughout, as tokens have them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from schedc.dsl.grammar import END, Grammar, load_grammar
from schedc.models.records import dataclass

NAMED = {
    "NAME": "a name",
    "NUMBER": "a number",
    "STRING": "a text in quotes",
    "INSTANT": "a date",
    "CLOCK": "a time of day",
    END: "the end of the text",
}



DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_IN_EXPRESSIONS = ("for", "in", "where", "of", "if", "then", "else", "and", "or", "not", "implies", "true", "false")


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Terminal numbers.

    of: text to terminal, for words and signs. texts: the other way round. starters: the words that begin a statement.
    heads: per starter, what may stand directly behind it; empty where nearly anything may.
    never: no terminal at all, a token that fits nowhere. closers: opening brackets to closing ones.
    clauses: words that never stand inside parentheses or an index. values: what a value may end in.
    literals: names, numbers, texts, dates and times of day.
    """

    of: Mapping[str, int]
    texts: Mapping[int, str]
    name: int
    number: int
    string: int
    instant: int
    clock: int
    end: int
    never: int
    starters: frozenset[int]
    keywords: frozenset[int]
    heads: Mapping[int, frozenset[int]]
    closers: Mapping[int, int]
    clauses: frozenset[int]
    values: frozenset[int]
    days: frozenset[int]
    literals: frozenset[int]

    def spell(self, kind: int) -> str:
        """A terminal in the reader's words."""
        return self.texts[kind]


@cache
def vocabulary() -> Vocabulary:
    """The vocabulary of the language."""
    grammar = load_grammar()
    of = {text: kind for kind, text in grammar.literals.items()}
    starters = frozenset(k for k, to in grammar.states[grammar.start].items() if k < grammar.terminals and to >= 0)
    keywords = frozenset(grammar.keywords.values())
    ends = ("NAME", "NUMBER", "STRING", "INSTANT", "CLOCK")
    named = {grammar.terminal(name): words for name, words in NAMED.items()}
    return Vocabulary(
        of=of,
        texts={**named, **{kind: f"`{text}`" for text, kind in of.items()}},
        name=grammar.terminal("NAME"),
        number=grammar.terminal("NUMBER"),
        string=grammar.terminal("STRING"),
        instant=grammar.terminal("INSTANT"),
        clock=grammar.terminal("CLOCK"),
        end=grammar.terminal(END),
        never=grammar.terminal("WS"),
        starters=starters,
        keywords=keywords,
        heads={kind: _head(grammar, kind) for kind in starters},
        closers={of["("]: of[")"], of["["]: of["]"], of["{"]: of["}"]},
        clauses=keywords - starters - {of[word] for word in _IN_EXPRESSIONS},
        values=frozenset(map(grammar.terminal, ends)) | {of[")"], of["]"], of["}"]},
        literals=frozenset(map(grammar.terminal, ends)),
        days=frozenset(of[day] for day in DAYS),
    )


def _head(grammar: Grammar, starter: int) -> frozenset[int]:
    """The terminals behind a statement's first word; empty where they are too many to tell anything."""
    state = grammar.states[grammar.states[grammar.start][starter]]
    follow = frozenset(kind for kind in state if kind < grammar.terminals)
    return follow if len(follow) <= 2 else frozenset()
