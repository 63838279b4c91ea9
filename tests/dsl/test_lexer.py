"""Tokens: the traps of the language's lexical rules, and agreement with Lark's own lexer."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lark.exceptions import UnexpectedCharacters
from random_texts import random_text, strict_lark

from schedc.dsl.grammar import load_grammar
from schedc.dsl.lexing import lex


def kinds(text: str) -> list[str]:
    symbols = load_grammar().symbols
    return [symbols[kind] for kind in lex(text, "f").kinds[:-1]]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-01-05", ["INSTANT"]),
        ("2026-01-05 08:00", ["INSTANT"]),
        ("2026-01-05 08:00:30.5", ["INSTANT"]),
        ("2026-10-25 02:30+02:00", ["INSTANT"]),
        ("2026 - 01 - 05", ["NUMBER", "MINUS", "NUMBER", "MINUS", "NUMBER"]),
        ("08:00", ["CLOCK"]),
        ("08:00..12:00", ["CLOCK", "__ANON_0", "CLOCK"]),
        ("1..3", ["NUMBER", "__ANON_0", "NUMBER"]),
        ("0.25", ["NUMBER"]),
        ("3h", ["NUMBER", "NAME"]),
        ("a->b", ["NAME", "__ANON_1", "NAME"]),
        ("a<=b", ["NAME", "__ANON_4", "NAME"]),
        ("a==b", ["NAME", "__ANON_2", "NAME"]),
        ("-3", ["MINUS", "NUMBER"]),
    ],
)
def test_signs_and_numbers(text: str, expected: list[str]) -> None:
    assert kinds(text) == expected


@pytest.mark.parametrize("word", ["joba", "tasks", "Monday", "inside", "note", "order_", "_task", "Task", "endings"])
def test_a_longer_word_is_a_name(word: str) -> None:
    assert kinds(word) == ["NAME"]


def test_words_of_the_language() -> None:
    assert kinds("job a task order Mon in") == ["JOB", "NAME", "TASK", "ORDER", "MON", "IN"]


def test_backticks_make_names_of_words() -> None:
    assert kinds("`task` `two words`") == ["NAME", "NAME"]


def test_texts_hold_comment_signs_and_words() -> None:
    tokens = lex('"a # b" # task "c"', "f")
    assert tokens.texts == ['"a # b"', ""]
    assert [c.text for c in tokens.comments] == ['# task "c"']


def test_lines_and_columns_count_from_one() -> None:
    tokens = lex('model "x"  # é\n\n  task `é` lasts\t3\n', "f")
    where = list(zip(tokens.texts, tokens.lines, tokens.columns))
    assert where == [
        ("model", 1, 1), ('"x"', 1, 7), ("task", 3, 3), ("`é`", 3, 8), ("lasts", 3, 12), ("3", 3, 18), ("", 4, 1),
    ]
    assert tokens.comments[0].span == ("f", 1, 12, 1, 15)


def test_oddities_are_put_aside() -> None:
    tokens = lex('a @@ b ? "open', "f")
    assert tokens.texts == ["a", "b", '"open"', ""]
    assert [(o.text, o.span.column, o.before) for o in tokens.oddities] == [("@@", 3, 1), ("?", 8, 2), ('"open', 10, 2)]


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 2**63))
def test_random_texts_as_lark_reads_them(seed: int) -> None:
    assert_as_lark(random_text(Random(seed)))


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet='0123456789-:. +TabtaskjobMonin`"#\n<>=!(){}[],;*/%_', max_size=40))
def test_any_text_as_lark_reads_it(text: str) -> None:
    assert_as_lark(text)


def assert_as_lark(text: str) -> None:
    try:
        expected = [(t.type, str(t), t.line, t.column) for t in strict_lark().lex(text)]
    except UnexpectedCharacters:
        assert lex(text, "f").oddities
        return
    tokens = lex(text, "f")
    names = [load_grammar().symbols[kind] for kind in tokens.kinds]
    found = list(zip(names, tokens.texts, tokens.lines, tokens.columns))
    assert found[:-1] == expected
    assert not tokens.oddities
