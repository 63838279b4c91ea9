"""Text to syntax tree."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from schedc.dsl import tree
from schedc.dsl.brackets import balance
from schedc.dsl.lexing import lex
from schedc.dsl.oddities import check_tokens
from schedc.dsl.recover import read_statements
from schedc.dsl.reporting import Reporter
from schedc.models.diagnostics import Findings

_BIG = 1 << 16  # characters from which collecting garbage costs more than it could bring


def parse(text: str, file: str, findings: Findings) -> tree.File:
    """The statements of a text.

    Syntax errors go to `findings`, up to 50 of them; the statements without one are all in the result. Never raises
    for any text. Runs in time and memory linear in the text.
    """
    text = text.removeprefix("\ufeff")
    with _collector_paused(len(text) > _BIG):
        report = Reporter(findings)
        tokens = lex(text, file)
        check_tokens(text, tokens, report)
        tokens, suspects = balance(tokens, report)
        statements = read_statements(tokens, suspects, report)
    return tree.File(tuple(statements), tuple(tokens.comments))


class _Pauses:
    """How many parses want the cyclic garbage collector to rest, and whether it ran before the first."""

    lock = Lock()
    count = 0
    resume = False


@contextmanager
def _collector_paused(wanted: bool) -> Iterator[None]:
    """Keep the cyclic collector from walking a growing tree, which holds no cycles, again and again."""
    if not wanted:
        yield
        return
    with _Pauses.lock:
        if _Pauses.count == 0:
            _Pauses.resume = gc.isenabled()
            gc.disable()
        _Pauses.count += 1
    try:
        yield
    finally:
        with _Pauses.lock:
            _Pauses.count -= 1
            if _Pauses.count == 0 and _Pauses.resume:
                gc.enable()
