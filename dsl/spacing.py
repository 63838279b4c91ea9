"""How much white space stands before each token when it shares a line with the one before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from schedc.dsl.lexing import Tokens
from schedc.dsl.outline import Unit
from schedc.dsl.vocabulary import vocabulary

WIDTH = 100  # of a line


def spaces(tokens: Tokens, statements: Iterable[Unit]) -> list[int]:
    """Per token 0 or 1."""
    words = vocabulary()
    of, kinds = words.of, tokens.kinds
    open_tight = {of["("], of["["], of["."]}
    close_tight = {of[")"], of["]"], of["."], of[","], of[";"], of[":"], of["["]}
    out = [1] * len(kinds)
    for i in range(1, len(kinds)):
        if kinds[i] in close_tight or kinds[i - 1] in open_tight:
            out[i] = 0
    for i, kind in enumerate(kinds):
        if kind == of[".."] and _short_range(tokens, i):
            out[i] = out[i + 1] = 0
    for i in _tight(tokens, statements):
        out[i] = 0
    return out


def _short_range(tokens: Tokens, i: int) -> bool:
    """`Mon..Fri`, `08:00..12:00`."""
    words = vocabulary()
    ends = words.days | {words.clock}
    return tokens.kinds[i - 1] in ends and tokens.kinds[i + 1] in ends


def _tight(tokens: Tokens, statements: Iterable[Unit]) -> Iterator[int]:
    """Tokens that touch the one before because of what they are part of."""
    words = vocabulary()
    bracket, slash = words.of["("], words.of["/"]
    todo = list(statements)
    while todo:
        unit = todo.pop()
        todo += unit.inside
        called = unit.shape in ("call", "point") and tokens.kinds[unit.first + 1] == bracket
        if called or unit.shape in ("neg", "negative"):
            yield unit.first + 1
        elif unit.shape in ("tb_cols", "row"):
            for i in range(unit.first, unit.last):
                if tokens.kinds[i] == slash:
                    yield from (i, i + 1)
