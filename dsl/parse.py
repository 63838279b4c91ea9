"""Text to syntax tree."""

from __future__ import annotations

from schedc.dsl import tree
from schedc.dsl.automaton import Machine, DepthError
from schedc.dsl.lexing import lex
from schedc.models.diagnostics import Findings


def parse(text: str, file: str, findings: Findings) -> tree.File:
    """The statements of a text; syntax errors go to `findings` and the statements around them survive."""
    tokens = lex(text.removeprefix("\ufeff"), file)
    machine = Machine(tokens)
    try:
        wrong = machine.run(0)
    except DepthError as trouble:
        findings.error("E108", "nested more than 100 levels deep", tokens.span(trouble.first, trouble.last))
        return tree.File((), tuple(tokens.comments))
    if wrong is not None:
        findings.error("E100", f"`{tokens.texts[wrong]}` is not expected here", tokens.span(wrong))
        return tree.File((), tuple(tokens.comments))
    return tree.File(tuple(machine.stack.values[0]), tuple(tokens.comments))
