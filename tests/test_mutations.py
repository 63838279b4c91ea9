"""A few of the mutations that tests/fuzz.py makes by the thousand: a diagnostic or a model, never an exception."""

from __future__ import annotations

import pytest
from fuzz import mutated, texts, try_text


@pytest.mark.parametrize("first", range(0, 150, 25))
def test_mutated_texts(first: int) -> None:
    for seed in range(first, first + 25):
        try:
            try_text(mutated(seed))
        except Exception as problem:
            raise AssertionError(f"python tests/fuzz.py --show {seed}") from problem


def test_the_texts_themselves() -> None:
    assert len(texts()) > 300
    for text in texts():
        try_text(text)


def test_mutations_are_repeatable_and_many() -> None:
    assert mutated(7) == mutated(7)
    assert len({mutated(seed) for seed in range(150)}) > 140
