"""What is wrong with single tokens: characters and numbers that cannot be, dates that would read as subtractions."""

from __future__ import annotations

import re

from schedc.dsl.lexing import Oddity, Tokens
from schedc.dsl.reporting import Reporter
from schedc.dsl.vocabulary import vocabulary
from schedc.models.diagnostics import Fix

MOST_DIGITS = 40
_EXPONENT = re.compile(r"[0-9][eE]-?[0-9]")
_LOOSE_DATE = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}")

# What the language writes for signs of mathematics, of other languages and of word processors
_INSTEAD = {
    "&&": "and", "&": "and", "||": "or", "|": "or", "!": "not", "≤": "<=", "≥": ">=", "≠": "!=", "→": "->", "–": "-",
    "—": "-", "−": "-", "×": "*", "·": "*", "÷": "/", "…": "..", "∈": "in", "∧": "and", "∨": "or", "¬": "not",
    "⇒": "implies", "€": "EUR", "$": "USD",
}
_QUOTES = "'‘’“”„«»"


def check_tokens(text: str, tokens: Tokens, report: Reporter) -> None:
    """Report what no parser needs to see to know it is wrong."""
    quoted = 0
    for odd in tokens.oddities:
        if odd.text[0] in _QUOTES and odd.span.line == quoted:
            continue  # the other end of the same text
        quoted = odd.span.line if odd.text[0] in _QUOTES else 0
        _odd(odd, report)
    if _LOOSE_DATE.search(text):
        _dates(tokens, report)
    if _EXPONENT.search(text):
        _exponents(tokens, report)
    number = vocabulary().number
    for i, kind in enumerate(tokens.kinds):
        if kind == number and len(tokens.texts[i]) > MOST_DIGITS:
            _long_number(tokens, i, report)


def _odd(odd: Oddity, report: Reporter) -> None:
    if odd.text.startswith('"'):
        report.error("E105", "the text in quotes has no end on its line", odd.span, fix='write the closing `"`')
    elif odd.text == "``":
        report.error("E105", "a name in backticks is empty", odd.span, fix="write a name between them")
    elif odd.text.startswith("`"):
        report.error("E105", "the name in backticks has no end on its line", odd.span, fix="write the closing backtick")
    elif odd.text[0] in _QUOTES:
        report.error("E104", f"{_shown(odd.text)} is no quotation mark here", odd.span, fix='write texts in `"`')
    elif odd.text in _INSTEAD:
        instead = _INSTEAD[odd.text]
        fix = Fix(f"write `{instead}`", odd.span, instead)
        report.error("E104", f"{_shown(odd.text)} is no sign of the language", odd.span, fix=fix)
    else:
        report.error("E104", f"{_shown(odd.text)} is no sign of the language", odd.span, fix=_advice(odd.text))


def _advice(text: str) -> str | None:
    if text.isalpha():
        return "write names of other than ASCII letters in backticks"
    return None


def _shown(text: str) -> str:
    """The characters as they can be printed safely, shortened."""
    short = text if len(text) <= 12 else text[:12] + "…"
    visible = "".join(c if c.isprintable() else f"\\u{{{ord(c):x}}}" for c in short)
    return f"`{visible}`"


def _long_number(tokens: Tokens, i: int, report: Reporter) -> None:
    digits = len(tokens.texts[i])
    note = f"numbers have at most {MOST_DIGITS} digits"
    report.error("E109", f"a number of {digits} digits", tokens.span(i), note=note)
    tokens.texts[i] = "0"


def _exponents(tokens: Tokens, report: Reporter) -> None:
    """`1e6` is a number and a unit to the grammar."""
    words, kinds, texts = vocabulary(), tokens.kinds, tokens.texts
    for i in range(len(kinds) - 1):
        joined = kinds[i] == words.number and kinds[i + 1] == words.name and tokens.touches(i + 1)
        if joined and re.fullmatch(r"[eE][0-9]*", texts[i + 1]):
            span, written = tokens.span(i, i + 1), texts[i] + texts[i + 1]
            report.error("E122", f"`{written}` is no number", span, fix="write all digits")
            tokens.oddities.append(Oddity(written, span, i + 1))


def _dates(tokens: Tokens, report: Reporter) -> None:
    """`2026-1-5` is three numbers and two minus signs to the grammar."""
    words, kinds = vocabulary(), tokens.kinds
    minus, number = words.of["-"], words.number
    pattern = [number, minus, number, minus, number]
    for i in range(len(kinds) - 5):
        if kinds[i] == number and kinds[i : i + 5] == pattern and _is_date(tokens, i):
            year, month, day = tokens.texts[i], tokens.texts[i + 2], tokens.texts[i + 4]
            span = tokens.span(i, i + 4)
            right = f"{year}-{int(month):02}-{int(day):02}"
            fix = Fix(f"write `{right}`, or blanks around the minus signs", span, right)
            report.error("E121", f"`{year}-{month}-{day}` is a subtraction, not a date", span, fix=fix)


def _is_date(tokens: Tokens, i: int) -> bool:
    written = "".join(tokens.texts[i : i + 5])
    width = tokens.columns[i + 4] + len(tokens.texts[i + 4]) - tokens.columns[i]
    return tokens.lines[i] == tokens.lines[i + 4] and width == len(written) and bool(_LOOSE_DATE.fullmatch(written))
