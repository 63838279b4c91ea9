"""Text to tokens: one pass with one regular expression that is put together from the grammar's own terminals."""

from __future__ import annotations

import re
from dataclasses import field
from functools import cache

from schedc.dsl.grammar import END, Grammar, load_grammar
from schedc.dsl.tree import Comment
from schedc.models.records import dataclass
from schedc.models.source import Span

_new = tuple.__new__


MOST_ODDITIES = 100  # more are not kept: nobody reads them, and a binary file has millions

# Behind every pattern of the grammar: a string or quoted name that its line does not close, a run of characters that
# start no token anywhere, or any one character
_ODD = r'``|"[^"\n]*|`[^`\n]*|[^\sA-Za-z0-9_"`#()\[\]{}.,:;=<>+*/%!-]+|.'


@dataclass(frozen=True, slots=True)
class Oddity:
    """A stretch of text that is no token, as written; `before` is the number of the token that follows it."""

    text: str
    span: Span
    before: int


@dataclass(slots=True)
class Tokens:
    """The tokens of one text as columns; the last one is always the end of the text, of width 0.

    kinds: terminal numbers. texts: as written. lines, columns: where each starts, counted from 1.
    oddities: what could not be read; it is left out of the columns, except that an open string or quoted name also
    stands there as if it were closed.
    """

    file: str
    kinds: list[int] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    columns: list[int] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)
    oddities: list[Oddity] = field(default_factory=list)

    def append(self, kind: int, text: str, line: int, column: int) -> None:
        """Add a token."""
        self.kinds.append(kind)
        self.texts.append(text)
        self.lines.append(line)
        self.columns.append(column)

    def span(self, first: int, last: int | None = None) -> Span:
        """The span from token `first` to token `last`, which is `first` itself unless given."""
        end = first if last is None else last
        line, column = self.lines[end], self.columns[end]
        # one for nearly every node of the tree, so without the detour through Span.__new__
        return _new(Span, (self.file, self.lines[first], self.columns[first], line, column + len(self.texts[end])))

    def touches(self, i: int) -> bool:
        """Whether token i stands directly behind the one before it."""
        if i == 0 or self.lines[i] != self.lines[i - 1]:
            return False
        return self.columns[i] == self.columns[i - 1] + len(self.texts[i - 1])

    def leads_line(self, i: int) -> bool:
        """Whether token i is the first of its line."""
        return i == 0 or self.lines[i - 1] != self.lines[i]


@dataclass(frozen=True, slots=True)
class Scanner:
    """The compiled lexer of a grammar. kinds: number of a group to its terminal, -1 for what is no token."""

    match: re.Pattern[str]
    kinds: dict[int, int]
    name: int
    string: int
    space: int
    comment: int
    keywords: dict[str, int]
    end: int


@cache
def scanner() -> Scanner:
    """The lexer of the language."""
    return _compile(load_grammar())


def _compile(grammar: Grammar) -> Scanner:
    pattern = re.compile("|".join(f"(?P<t{t}>{text})" for t, text in grammar.patterns) + f"|(?P<odd>{_ODD})")
    kinds = {group: -1 if name == "odd" else int(name[1:]) for name, group in pattern.groupindex.items()}
    name, string, space, comment, end = (grammar.terminal(t) for t in ("NAME", "STRING", "WS", "COMMENT", END))
    return Scanner(pattern, kinds, name, string, space, comment, grammar.keywords, end)


def lex(text: str, file: str) -> Tokens:
    """All tokens of a text; whatever is no token is put aside in `oddities`, never raised."""
    lexer = scanner()
    tokens = Tokens(file)
    kinds, texts, lines, columns = tokens.kinds, tokens.texts, tokens.lines, tokens.columns
    of_group, keywords = lexer.kinds, lexer.keywords
    name, space, comment = lexer.name, lexer.space, lexer.comment
    line, line_start = 1, 0
    for found in lexer.match.finditer(text):
        kind = of_group[found.lastindex or 0]
        word = found.group()
        if kind == space:
            breaks = word.count("\n")
            if breaks:
                line += breaks
                line_start = found.start() + word.rindex("\n") + 1
            continue
        column = found.start() - line_start + 1
        if kind == comment:
            word = word.rstrip()
            tokens.comments.append(Comment(word, Span(file, line, column, line, column + len(word))))
            continue
        if kind < 0:
            _put_aside(tokens, word, Span(file, line, column, line, column + len(word)))
            if word[0] not in "\"`" or word == "``":
                continue
            kind = lexer.string if word[0] == '"' else name
            word += word[0]
        kinds.append(keywords.get(word, kind) if kind == name else kind)
        texts.append(word)
        lines.append(line)
        columns.append(column)
    tokens.append(lexer.end, "", line, len(text) - line_start + 1)
    return tokens


def _put_aside(tokens: Tokens, word: str, span: Span) -> None:
    if len(tokens.oddities) < MOST_ODDITIES:
        tokens.oddities.append(Oddity(word, span, len(tokens.kinds)))
