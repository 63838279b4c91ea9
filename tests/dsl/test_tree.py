"""The nodes of the syntax tree as values."""

from __future__ import annotations

import copy
import pickle
from fractions import Fraction

import pytest

from schedc.dsl import tree
from schedc.dsl.parse import parse
from schedc.models.diagnostics import Findings
from schedc.models.source import NOWHERE, Span


def number(value: int, span: Span = NOWHERE) -> tree.Number:
    return tree.Number(Fraction(value), str(value), span)


def test_nodes_are_equal_by_kind_and_fields() -> None:
    assert number(3) == number(3)
    assert number(3) != number(4)
    assert number(3) != number(3, Span("f", 1, 1, 1, 2))
    assert tree.Star(NOWHERE) != tree.Comment("", NOWHERE)
    assert tree.Instant("x", NOWHERE) != tree.Clock("x", NOWHERE)
    assert number(3) != 3
    assert len({number(3), number(3), number(4)}) == 2


def test_nodes_never_change() -> None:
    with pytest.raises(AttributeError):
        number(3).value = Fraction(4)  # type: ignore[misc]
    with pytest.raises(AttributeError):
        number(3).other = 4  # type: ignore[attr-defined]
    with pytest.raises(AttributeError):
        del number(3).value
    with pytest.raises(TypeError):
        tree.Number(Fraction(3), "3")  # type: ignore[call-arg]


def test_nodes_are_made_by_position_or_name_and_matched() -> None:
    made = tree.Clock(span=NOWHERE, text="08:00")
    assert made == tree.Clock("08:00", NOWHERE)
    match made:
        case tree.Clock(text, _):
            assert text == "08:00"
        case _:
            raise AssertionError


def test_nodes_print_copy_and_pickle() -> None:
    file = parse("task a[r in s] lasts max(1 h, -x) # c", "f.sched", Findings())
    assert copy.deepcopy(file) == pickle.loads(pickle.dumps(file)) == file
    assert hash(copy.copy(file)) == hash(file)
    assert repr(tree.Clock("08:00", NOWHERE)) == f"Clock(text='08:00', span={NOWHERE!r})"


def test_properties_of_nodes() -> None:
    assert tree.Instant("2026-01-05", NOWHERE).bare_date
    assert not tree.Instant("2026-01-05 08:00", NOWHERE).bare_date
