"""Wrong texts: the code, the place, the words, and what survives around the error."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from random_texts import random_tokens

from schedc.dsl import tree
from schedc.dsl.codes import CODES
from schedc.dsl.parse import parse
from schedc.models.diagnostics import Diagnostic, Findings


def read(text: str) -> tuple[list[Diagnostic], list[str]]:
    """The errors, and the statements that survive by kind and name."""
    findings = Findings()
    file = parse(text, "f.sched", findings)
    return list(findings.in_order()), [described(s) for s in file.statements]


def described(statement: tree.Statement) -> str:
    name = getattr(statement, "name", None)
    return type(statement).__name__.lower() + (f" {name.text}" if name else "")


def mended(text: str, found: Diagnostic) -> str:
    """The text after its first fix was applied."""
    fix = found.fixes[0]
    assert fix.span is not None
    assert fix.replacement is not None
    lines = text.split("\n")
    assert fix.span.line == fix.span.end_line
    line = lines[fix.span.line - 1]
    lines[fix.span.line - 1] = line[: fix.span.column - 1] + fix.replacement + line[fix.span.end_column - 1 :]
    return "\n".join(lines)


class Wrong(NamedTuple):
    """One wrong text. at: `line:column-column` of the only error. fixed: whether its fix makes the text right."""

    text: str
    code: str
    at: str
    says: str
    survive: Sequence[str] = ()
    fixed: bool = False


WRONG = [
    # a word of the language as a name
    Wrong("task batch lasts 3 h", "E112", "1:6-11", "`batch` is a word of the language, not a name", [], True),
    Wrong("task order lasts 3\ntask a",
          "E112", "1:6-11", "`order` is a word of the language, not a name", ["task a"], True),
    Wrong("task a uses open", "E112", "1:13-17", "`open` is a word of the language, not a name", [], True),
    Wrong("task a[in in s] lasts 1", "E112", "1:8-10", "`in` is a word of the language, not a name", [], True),
    # no statement
    Wrong("tsak a lasts 3\ntask b", "E113", "1:1-5", "`tsak` begins no statement", ["task b"], True),
    Wrong("Task a lasts 3", "E113", "1:1-5", "`Task` begins no statement", [], True),
    Wrong("resource crew\ntsak b\ntask c",
          "E113", "2:1-5", "`tsak` begins no statement", ["resource crew", "task c"], True),
    Wrong("task a uses crew 2\ntsak b\ntask c",
          "E113", "2:1-5", "`tsak` begins no statement", ["task a", "task c"], True),
    Wrong("task a uses crew\ntsak b\ntask c",
          "E113", "2:1-5", "`tsak` begins no statement", ["task a", "task c"], True),
    Wrong("machine m\ntask c", "E113", "1:1-8", "`machine` begins no statement", ["task c"], True),
    Wrong("maximise x", "E113", "1:1-9", "`maximise` begins no statement", [], True),
    Wrong("foo\nbar\ntask c", "E113", "1:1-4", "`foo` begins no statement", ["task c"]),
    Wrong("uses crew 2\ntask a", "E113", "1:1-5", "`uses` begins a clause, not a statement", ["task a"]),
    # misspelt clauses and days
    Wrong("task a lsats 3 uses b\ntask c", "E114", "1:8-13", "`lsats` is no clause here", ["task c"], True),
    Wrong("task a\n  last 3 h\ntask c", "E114", "2:3-7", "`last` is no clause here", ["task c"], True),
    Wrong("task a duration 3 h", "E114", "1:8-16", "`duration` is no clause here", [], True),
    Wrong("resource r capacty 4", "E114", "1:12-19", "`capacty` is no clause here", [], True),
    Wrong("calendar c Mn..Fri 08:00..12:00", "E114", "1:12-14", "`Mn` is no day", [], True),
    # ends too early
    Wrong("task a lasts\ntask b",
          "E111", "1:8-13", "expected a value after `lasts`, but `task` begins the next statement",
          ["task b"]),
    Wrong("task a uses", "E111", "1:8-12", "expected a value after `uses`, but the text ends"),
    Wrong("resource r capacity", "E111", "1:12-20", "expected a value after `capacity`, but the text ends"),
    Wrong("require r.\ntask b", "E111", "1:10-11", "expected a word after `.`, but `task` begins the next statement",
          ["task b"]),
    Wrong("minimize makespan and", "E111", "1:19-22", "expected a value after `and`, but the text ends"),
    Wrong("task a as\ntask b", "E111", "1:8-10",
          "expected a name or a text in quotes after `as`, but `task` begins the next statement", ["task b"]),
    # not expected
    Wrong("task lasts 3 h", "E110", "1:6-11", "expected a name after `task`, found `lasts`"),
    Wrong("order a, b", "E110", "1:8-9", "expected `->` after `a`, found `,`"),
    Wrong("open crew Mon..Fri 08:00..12:00", "E110", "1:11-14", "expected `during` between `crew` and `Mon`", [], True),
    Wrong("task a[r in s] lasts r.[x]", "E110", "1:24-25", "expected a word after `.`, found `[`"),
    # commas
    Wrong("require max(a b) <= 3", "E115", "1:15-16", "expected `,` between `a` and `b`", [], True),
    Wrong("table t { id: text name: text }", "E115", "1:20-24", "expected `,` between `text` and `name`", [], True),
    Wrong("table t { id: text } rows { a b; c }", "E115", "1:31-32", "expected `,` between `a` and `b`", [], True),
    Wrong("task a uses crew 2, crane 1 lift 2", "E123", "1:34-35", "`2` has no unit"),
    Wrong("task a lasts 3 h 30", "E123", "1:18-20", "`30` has no unit"),
    # signs
    Wrong("require end(a) = 3\ntask a", "E116", "1:16-17", "`=` compares nothing", ["task a"], True),
    Wrong("param x == 3", "E116", "1:9-11", "`==` defines nothing", [], True),
    Wrong("require a => b", "E116", "1:11-13", "`=>` is no comparison"),
    Wrong("require a =< b", "E116", "1:11-13", "`=<` is no comparison", [], True),
    Wrong("require a <> b", "E116", "1:11-13", "`<>` is no comparison", [], True),
    Wrong("require 1 <= a <= 3", "E116", "1:16-18", "comparisons do not chain"),
    Wrong("order a - > b", "E116", "1:9-12", "`- >` is no arrow", [], True),
    Wrong("task a lasts 3;\ntask b", "E117", "1:15-16", "statements do not end in `;`", ["task a", "task b"], True),
    Wrong("task a lasts 3 // b\ntask b", "E118", "1:16-18", "`//` begins no comment", ["task b"], True),
    # characters
    Wrong("require a && b", "E104", "1:11-13", "`&&` is no sign of the language", [], True),
    Wrong("require a ≤ b", "E104", "1:11-12", "`≤` is no sign of the language", [], True),
    Wrong("model 'x'\ntask b", "E104", "1:7-8", "`'` is no quotation mark here", ["task b"]),
    Wrong("task größe\ntask b", "E104", "1:8-10", "`öß` is no sign of the language", ["task b"]),
    Wrong('model "x\ntask b', "E105", "1:7-9", "the text in quotes has no end on its line", ["modelname", "task b"]),
    Wrong("task `x y\ntask b",
          "E105", "1:6-10", "the name in backticks has no end on its line", ["task x y", "task b"]),
    Wrong("task ``\ntask b", "E105", "1:6-8", "a name in backticks is empty", ["task b"]),
    # numbers, dates and times of day
    Wrong("time 1 h from 2026-1-5", "E121", "1:15-23", "`2026-1-5` is a subtraction, not a date", ["time"], True),
    Wrong("time 1 h from 2026-01-05T08:00", "E121", "1:25-28", "date and time are divided by a blank", [], True),
    Wrong("calendar c Mon 8:00..12:00", "E121", "1:16-20", "a time of day needs two digits for the hour", [], True),
    Wrong("param x = .5", "E122", "1:11-13", "`.5` is no number", [], True),
    Wrong("param x = 1e6 + 1", "E122", "1:11-14", "`1e6` is no number", ["param x"]),
    # brackets
    Wrong("require (end(a) + 3 <= 4\ntask a", "E106", "1:9-10", "`(` is never closed", ["require", "task a"]),
    Wrong("task b[r in s lasts 3\ntask c", "E106", "1:7-8", "`[` is never closed", ["task b", "task c"]),
    Wrong("require f(g(a <= 4\ntask a", "E106", "1:10-11", "`(` is never closed", ["require", "task a"]),
    Wrong("require (", "E106", "1:9-10", "`(` is never closed"),
    Wrong("let x = { a for a in b\nlet y = 3", "E106", "1:9-10", "`{` is never closed", ["let x", "let y"]),
    Wrong("table t { a: int\n rows { 3 }\ntask c", "E106", "1:9-10", "`{` is never closed", ["table t", "task c"]),
    Wrong("table t { a: int } rows { 3; task\ntask c", "E106", "1:25-26", "`{` is never closed", ["table t", "task c"]),
    Wrong("job j {\n  task a\ntask b\norder a -> b",
          "E106", "1:7-8", "`{` is never closed", ["job j", "task b", "order"]),
    Wrong("task t mode m { lasts 1\ntask c", "E106", "1:15-16", "`{` is never closed", ["task t", "task c"]),
    Wrong("scenario s { param x = 3", "E106", "1:12-13", "`{` is never closed", ["scenario s"]),
    Wrong("task a lasts 3)\ntask b", "E107", "1:15-16", "`)` closes nothing", ["task a", "task b"], True),
    Wrong("task a lasts (3]\ntask b", "E107", "1:16-17", "`(` is closed by `]`", ["task a", "task b"], True),
    Wrong("}\ntask b", "E107", "1:1-2", "`}` closes nothing", ["task b"], True),
]


@pytest.mark.parametrize("wrong", WRONG, ids=lambda w: w.text.replace("\n", "⏎"))
def test_one_error(wrong: Wrong) -> None:
    errors, survive = read(wrong.text)
    (found,) = errors
    span = found.primary.span
    assert found.message == wrong.says
    assert (found.code, f"{span.line}:{span.column}-{span.end_column}") == (wrong.code, wrong.at)
    assert span.line == span.end_line
    assert survive == list(wrong.survive)
    if wrong.fixed:
        assert read(mended(wrong.text, found))[0] == []


def test_several_errors_in_one_run() -> None:
    errors, survive = read(
        "model 'x'\nresource crew capacty 3\ntask a lasts 3 h uses crew\ntask batch lasts 2\n"
        "order a -> (b\nrequire end(a) = 3\ntask z lasts 1\n"
    )
    assert [d.code for d in errors] == ["E104", "E114", "E112", "E106", "E116"]
    assert survive == ["task a", "task z"]


def test_errors_inside_a_job_spare_its_neighbours() -> None:
    errors, survive = read("job j {\n  task a lsats 3\n  task b lasts 2\n}\ntask c")
    assert [d.code for d in errors] == ["E114"]
    assert survive == ["job j", "task c"]
    file = parse("job j {\n  task a lsats 3\n  task b lasts 2\n}\ntask c", "f", Findings())
    job = file.statements[0]
    assert isinstance(job, tree.Job)
    assert [described(s) for s in job.body] == ["task b"]


def test_words_as_columns_and_cells_are_no_statements() -> None:
    table = "table t key task { task: text, order: text, open: text } rows { task, order, open; model, time, let }"
    errors, survive = read(f"{table}\ntask a lsats 3")
    assert [d.code for d in errors] == ["E114"]
    assert survive == ["table t"]


def test_the_statement_of_an_error_on_a_later_line_is_shown() -> None:
    ((found,), _) = read("task a\n  uses crew 2,\n  pausable")
    assert [(label.span.line, label.text) for label in found.others] == [(1, "in this statement")]


def test_both_ends_of_a_bracket_story_are_shown() -> None:
    ((found,), _) = read("require (a\ntask b")
    assert [(label.span.line, label.text) for label in found.others] == [(2, "expected `)` before this")]
    ((found,), _) = read("require (a]")
    assert [(label.span.column, label.text) for label in found.others] == [(9, "opened here")]


def test_every_code_is_listed() -> None:
    assert {wrong.code for wrong in WRONG} <= set(CODES)


def test_messages_are_lower_case_without_full_stop() -> None:
    for wrong in WRONG:
        for found in read(wrong.text)[0]:
            assert not found.message.endswith(".")
            assert found.message[0] == "`" or found.message[0].islower()


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 2**63))
def test_statements_around_a_harmed_one_survive(seed: int) -> None:
    random = Random(seed)
    tokens = random_tokens(random, "statement", 30)
    at = random.randint(1, len(tokens))
    tokens[at : at + 1] = random.choice([[], ["capacity"], ["->"], [","], ["="], ["3"]])
    errors, survive = read("resource first capacity 2\n" + " ".join(tokens) + "\nresource last_one capacity 3\n")
    assert survive[0] == "resource first"
    if not any(d.code == "E106" for d in errors):
        assert survive[-1] == "resource last_one"
