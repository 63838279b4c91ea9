"""The canonical layout: nothing but white space changes, and laying out twice changes nothing."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from random_texts import random_text

from schedc.dsl import tree
from schedc.dsl.format import format_text
from schedc.dsl.lexing import lex
from schedc.dsl.parse import parse
from schedc.models.diagnostics import Findings
from schedc.models.source import NOWHERE

DESIGN = Path(__file__).parents[3] / "shared" / "design" / "models"


def laid_out(text: str) -> str:
    findings = Findings()
    out = format_text(text, "f.sched", findings)
    assert out is not None, findings.items
    return out


def without_spans(node: object) -> object:
    """A tree as nested tuples, every span the same."""
    if isinstance(node, tuple) and hasattr(node, "end_column"):
        return NOWHERE
    if isinstance(node, tuple):
        return tuple(map(without_spans, node))
    slots = getattr(node, "__slots__", None)
    if slots is None or not type(node).__module__.endswith("dsl.tree"):
        return node
    return (type(node).__name__, *(without_spans(getattr(node, name)) for name in slots))


def parsed(text: str) -> tree.File:
    findings = Findings()
    file = parse(text, "f.sched", findings)
    assert not findings.items
    return file


def check_layout(text: str) -> None:
    out = laid_out(text)
    assert laid_out(out) == out
    before, after = lex(text, "f"), lex(out, "f")
    assert after.texts == before.texts
    assert [c.text for c in after.comments] == [c.text for c in before.comments]
    assert without_spans(parsed(out).statements) == without_spans(parsed(text).statements)
    assert not any(line != line.rstrip() for line in out.split("\n"))
    assert "\n\n\n" not in out and not out.startswith("\n") and not out.endswith("\n\n")


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 2**63))
def test_random_texts(seed: int) -> None:
    check_layout(random_text(Random(seed)))


def test_long_conditions_break_at_their_outermost_words() -> None:
    parts = " and ".join(f"end(task_number_{i}) <= start(other_{i})" for i in range(6))
    lines = laid_out(f"require {parts}").splitlines()
    assert len(lines) > 2
    assert all(len(line) <= 100 for line in lines)
    assert all(line.startswith("    and ") for line in lines[1:])


@pytest.mark.parametrize("path", sorted(DESIGN.glob("*.sched")), ids=lambda p: p.stem)
def test_design_models(path: Path) -> None:
    check_layout(path.read_text())


def test_columns_of_neighbours() -> None:
    text = """
task prep[r in racks] lasts r.load uses crew 1
task move[r in racks] lasts 3 h uses crew 2, crane within 2026-01-06 .. r.due
task cutover lasts 2 h uses crew 4 pausable
"""
    assert laid_out(text) == """\
task prep[r in racks]  lasts r.load  uses crew 1
task move[r in racks]  lasts 3 h     uses crew 2, crane  within 2026-01-06 .. r.due
task cutover           lasts 2 h     uses crew 4         pausable
"""


def test_a_blank_line_or_comment_separates_columns() -> None:
    text = "task a lasts 1\n\ntask long lasts 2\n# note\ntask longer lasts 3\n"
    assert laid_out(text) == "task a  lasts 1\n\ntask long  lasts 2\n# note\ntask longer  lasts 3\n"


def test_long_statements_have_a_clause_a_line() -> None:
    clauses = "optional lasts 1 min .. q.most uses antenna[q.ant],radio[q.sat] pausable"
    text = f"task link[q in requests, n in 1 .. 2] {clauses}"
    assert laid_out(text) == """\
task link[q in requests, n in 1 .. 2]
  optional
  lasts 1 min .. q.most
  uses antenna[q.ant], radio[q.sat]
  pausable
"""


def test_table_rows_in_columns() -> None:
    text = "table t key id{id:text,a:int}rows{a,100,x;bb,2,y;c,3,z;d,-4,w;}"
    assert laid_out(text) == """\
table t key id { id: text, a: int }
  rows {
    a,  100, x;
    bb, 2,   y;
    c,  3,   z;
    d,  -4,  w;
  }
"""


def test_small_tables_stay_on_a_line() -> None:
    assert laid_out("table t key id {id:text} rows {a;b}") == "table t key id { id: text } rows { a; b }\n"


def test_calendars_wrap_at_commas() -> None:
    whens = ", ".join(["Mon..Fri 08:00..12:00"] * 6)
    lines = laid_out(f"calendar c {whens} except 2026-01-06").splitlines()
    assert len(lines) > 1
    assert all(len(line) <= 100 for line in lines)
    assert lines[0].endswith(",")


def test_blocks_and_comments() -> None:
    text = """


# top
job j[r in racks] optional { # head
# first

  task a lasts 1   # one
    # before uses
    uses crew
  # end
}
scenario s { param x = 3 }


# last
"""
    assert laid_out(text) == """\
# top
job j[r in racks]  optional {  # head
  # first

  task a
    lasts 1  # one
    # before uses
    uses crew
  # end
}
scenario s { param x = 3 }

# last
"""


def test_modes_have_lines_of_their_own() -> None:
    assert laid_out("task t mode a { lasts 1 uses m } mode b { lasts 2 }") == """\
task t
  mode a { lasts 1  uses m }
  mode b { lasts 2 }
"""


def test_numbers_names_and_parentheses_are_kept_as_written() -> None:
    text = "require (a  or b) and (`task`*1.50)-(-2)<=0007\n"
    assert laid_out(text) == "require (a or b) and (`task` * 1.50) - (-2) <= 0007\n"


def test_calls_touch_their_arguments_and_amounts_do_not() -> None:
    text = "task t lasts max ( a , b ) uses crew ( 2 + x ) , cpu[i] - 1\norder start ( a ) -> b"
    assert laid_out(text).splitlines() == [
        "task t  lasts max(a, b)  uses crew (2 + x), cpu[i] -1",
        "order start(a) -> b",
    ]


def test_empty_and_comment_only_texts() -> None:
    assert laid_out("") == ""
    assert laid_out("\n\n  # x\n\n\n# y") == "# x\n\n# y\n"


def test_line_ends_and_byte_order_mark() -> None:
    assert laid_out("\ufefftask a lasts 1\r\n\r\n\r\ntask b lasts 2\r\n") == "task a  lasts 1\n\ntask b  lasts 2\n"


def test_a_text_with_errors_is_left_alone() -> None:
    findings = Findings()
    assert format_text("task a lasts\ntask b lasts 3", "f.sched", findings) is None
    assert [d.code for d in findings.items] == ["E111"]
