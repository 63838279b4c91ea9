"""Where a statement may begin: what recovery holds on to when the text around is broken."""

from __future__ import annotations

from schedc.dsl.lexing import Tokens
from schedc.dsl.vocabulary import vocabulary


def may_start(tokens: Tokens, i: int) -> bool:
    """Whether token i is a statement's first word by its neighbours, not a word used as a column, cell or attribute."""
    words = vocabulary()
    kinds, of = tokens.kinds, words.of
    kind = kinds[i]
    if kind not in words.starters:
        return False
    before = kinds[i - 1] if i else words.end
    behind = kinds[i + 1]
    headed = behind in words.heads[kind]
    if (before == of["."] and not (headed and tokens.leads_line(i))) or (before == of["key"] and not headed):
        return False
    if kind in (of["minimize"], of["maximize"]) and before in (of["then"], of["pareto"], of[","]):
        return False
    return behind not in (of[","], of["="], of[":"], of[";"], of["}"], of["{"])


def surely_starts(tokens: Tokens, i: int) -> bool:
    """Whether also what follows token i looks like that statement, or, where anything may follow, it leads a line."""
    if not may_start(tokens, i):
        return False
    heads = vocabulary().heads[tokens.kinds[i]]
    return tokens.kinds[i + 1] in heads if heads else tokens.leads_line(i)


def starts_here(tokens: Tokens, i: int) -> bool:
    """Whether to go on reading at token i after an error."""
    return may_start(tokens, i) and (tokens.leads_line(i) or surely_starts(tokens, i))
