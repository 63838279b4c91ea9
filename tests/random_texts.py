"""Random texts of the language, derived from the grammar's own productions: whatever parses can come out."""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from random import Random

from lark import Lark
from lark.grammar import NonTerminal, Rule, Symbol
from lark.lexer import PatternStr

from schedc.dsl.grammar import GRAMMAR_FILE

SAMPLES = {
    "NAME": ("a", "b", "crew", "racks", "r", "`two words`", "`task`", "_x9"),
    "NUMBER": ("0", "1", "3", "15", "0.25", "2026"),
    "STRING": ('"x"', '""', '"not # a comment"', '"a { b"'),
    "INSTANT": ("2026-01-05", "2026-01-05 08:00", "2026-01-05 08:00:30", "2026-10-25 02:30+02:00"),
    "CLOCK": ("08:00", "17:30:15"),
}


@cache
def strict_lark() -> Lark:
    """The grammar as Lark reads it, refusing any conflict."""
    return Lark(GRAMMAR_FILE.read_text(), parser="lalr", lexer="basic", strict=True)


@cache
def _productions() -> tuple[dict[str, list[Rule]], dict[str, int], dict[str, str]]:
    lark = strict_lark()
    rules: dict[str, list[Rule]] = defaultdict(list)
    for rule in lark.rules:
        rules[rule.origin.name].append(rule)
    heights: dict[str, int] = {}
    while len(heights) < len(rules):
        for name, options in rules.items():
            known = [h for h in (_height(rule, heights) for rule in options) if h is not None]
            if known and name not in heights:
                heights[name] = 1 + min(known)
    fixed = {t.name: t.pattern.value for t in lark.terminals if isinstance(t.pattern, PatternStr)}
    return rules, heights, fixed


def _height(rule: Rule, heights: dict[str, int]) -> int | None:
    inner = [heights.get(s.name) for s in rule.expansion if isinstance(s, NonTerminal)]
    return None if None in inner else max((h for h in inner if h is not None), default=0)


def random_tokens(random: Random, start: str = "start", budget: int = 60) -> list[str]:
    """A random derivation; when the budget of expansions is spent, every symbol takes its shortest way out."""
    rules, heights, fixed = _productions()
    out: list[str] = []
    todo: list[Symbol] = [NonTerminal(start)]
    while todo:
        symbol = todo.pop()
        if not isinstance(symbol, NonTerminal):
            out.append(fixed.get(symbol.name) or random.choice(SAMPLES[symbol.name]))
            continue
        options = rules[symbol.name]
        if budget <= 0:
            options = [r for r in options if _height(r, heights) == heights[symbol.name] - 1]
        budget -= 1
        todo += reversed(random.choice(options).expansion)
    return out


def random_text(random: Random, statements: int = 4, comments: bool = True) -> str:
    """Some random statements with random white space and, if wanted, comments between any two tokens."""
    gaps = [" "] * 12 + ["  ", "\n", "\n  ", "\n\n\n", "\t"]
    gaps += [" # c\n", "\n# own\n", " # c\n\n  # own # x\n\n"] if comments else []
    out = []
    for _ in range(random.randint(0, statements)):
        for token in random_tokens(random, "statement", random.randint(5, 80)):
            out += [token, random.choice(gaps)]
        out.append(random.choice(["\n", "\n", " ", "\n\n"]))
    return "".join(out)
