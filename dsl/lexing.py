"""Text to tokens: one pass with one regular expression that is put together from the grammar's own terminals."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache

from schedc.dsl.grammar import END, Grammar, load_grammar
from schedc.dsl.tree import Comment
from schedc.models.source import Span


@dataclass(frozen=True, slots=True)
class Oddity:
    """A stretch of text that is no token; `text` runs from `column` of `line`."""

    text: str
    line: int
    column: int


@dataclass(slots=True)
class Tokens:
    """The tokens of one text as columns; the last one is always the end of the text, of width 0.

    kinds: terminal numbers. texts: as written. lines, columns: where each starts, counted from 1.
    oddities: what could not be read, already left out of the columns.
    """

    file: str
    kinds: list[int] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    columns: list[int] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)
    oddities: list[Oddity] = field(default_factory=list)

    def span(self, first: int, last: int | None = None) -> Span:
        """The span from token `first` to token `last`, which is `first` itself unless given."""
        end = first if last is None else last
        line, column = self.lines[end], self.columns[end]
        return Span(self.file, self.lines[first], self.columns[first], line, column + len(self.texts[end]))

    def leads_line(self, i: int) -> bool:
        """Whether token i is the first of its line."""
        return i == 0 or self.lines[i - 1] != self.lines[i]


@dataclass(frozen=True, slots=True)
class Scanner:
    """The compiled lexer of a grammar. kinds: regular-expression group to terminal, by group number."""

    match: re.Pattern[str]
    kinds: dict[int, int]
    name: int
    space: int
    comment: int
    keywords: dict[str, int]
    end: int


@cache
def scanner() -> Scanner:
    """The lexer of the language."""
    return _compile(load_grammar())


def _compile(grammar: Grammar) -> Scanner:
    pattern = re.compile("|".join(f"(?P<t{t}>{text})" for t, text in grammar.patterns))
    kinds = {group: int(name[1:]) for name, group in pattern.groupindex.items()}
    name, space, comment, end = (grammar.terminal(t) for t in ("NAME", "WS", "COMMENT", END))
    return Scanner(pattern, kinds, name, space, comment, grammar.keywords, end)


def lex(text: str, file: str) -> Tokens:
    """All tokens of a text; whatever is no token is put aside in `oddities`, never raised."""
    lexer = scanner()
    tokens = Tokens(file)
    kinds, texts, lines, columns = tokens.kinds, tokens.texts, tokens.lines, tokens.columns
    of_group, keywords = lexer.kinds, lexer.keywords
    name, space, comment = lexer.name, lexer.space, lexer.comment
    line, line_start, done = 1, 0, 0
    for found in lexer.match.finditer(text):
        start, end = found.span()
        if start != done:
            tokens.oddities.append(Oddity(text[done:start], line, done - line_start + 1))
        done = end
        kind = of_group[found.lastindex or 0]
        word = found.group()
        if kind == space:
            breaks = word.count("\n")
            if breaks:
                line += breaks
                line_start = start + word.rindex("\n") + 1
            continue
        column = start - line_start + 1
        if kind == comment:
            tokens.comments.append(Comment(word.rstrip(), Span(file, line, column, line, column + len(word.rstrip()))))
            continue
        kinds.append(keywords.get(word, kind) if kind == name else kind)
        texts.append(word)
        lines.append(line)
        columns.append(column)
    if done != len(text):
        tokens.oddities.append(Oddity(text[done:], line, done - line_start + 1))
    kinds.append(lexer.end)
    texts.append("")
    lines.append(line)
    columns.append(len(text) - line_start + 1)
    return tokens
