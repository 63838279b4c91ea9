"""Bad and extreme input: a diagnostic each, no traceback, no time or memory out of proportion."""

from __future__ import annotations

import gc
import os
import threading
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schedc.dsl import tree
from schedc.dsl.parse import parse
from schedc.dsl.read import MOST_BYTES, read_source
from schedc.models.diagnostics import Diagnostic, Findings


def errors(text: str) -> list[Diagnostic]:
    findings = Findings()
    parse(text, "f.sched", findings)
    return list(findings.in_order())


def reading(path: Path) -> tuple[str | None, list[Diagnostic]]:
    findings = Findings()
    return read_source(path, findings), findings.items


# ---- files ----


def test_a_plain_file(tmp_path: Path) -> None:
    path = tmp_path / "a.sched"
    path.write_bytes(b"\xef\xbb\xbftask a\r\n  lasts 3\r")
    assert reading(path) == ("task a\n  lasts 3\n", [])


def test_a_missing_file_with_a_similar_one(tmp_path: Path) -> None:
    (tmp_path / "factory.sched").write_text("")
    text, (found,) = reading(tmp_path / "factry.sched")
    assert (text, found.code, found.message) == (None, "E100", "there is no such file")
    assert "factory.sched" in found.fixes[0].text


@pytest.mark.parametrize("name", ["a\0b.sched", "x" * 5000, "a.sched/b.sched"])
def test_names_that_cannot_be(tmp_path: Path, name: str) -> None:
    (tmp_path / "a.sched").write_text("")
    text, (found,) = reading(tmp_path / name)
    assert (text, found.code) == (None, "E100")


def test_a_folder_and_a_pipe(tmp_path: Path) -> None:
    assert [d.message for d in reading(tmp_path)[1]] == ["this is a folder, not a file"]
    os.mkfifo(tmp_path / "pipe")
    assert [d.message for d in reading(tmp_path / "pipe")[1]] == ["this is not a regular file"]


def test_a_file_without_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.sched"
    path.write_text("")

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    text, (found,) = reading(path)
    assert (text, found.code, found.message) == (None, "E100", "the file cannot be read: permission denied")


def test_a_huge_file_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "a.sched"
    with path.open("wb") as file:
        file.truncate(100 << 20)
    text, (found,) = reading(path)
    assert (text, found.code) == (None, "E101")
    assert "100.0 MiB" in found.message


def test_a_file_that_grows_while_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.sched"
    path.write_bytes(b" " * (MOST_BYTES + 10))
    status = os.stat_result((0o100644, 0, 0, 0, 0, 0, 5, 0, 0, 0))
    monkeypatch.setattr(Path, "stat", lambda self: status)
    text, (found,) = reading(path)
    assert (text, found.code) == (None, "E101")


@pytest.mark.parametrize(
    ("data", "code", "line", "column", "note"),
    [
        (b"task a\nt\xc3\xa9\xff", "E102", 2, 3, "at byte offset 10"),
        (b"\xc3", "E102", 1, 1, "at byte offset 0"),
        (b"\xef\xbb\xbfa\xff", "E102", 1, 3, "at byte offset 4"),
        (b"task a\n b\0c", "E103", 2, 3, "at byte offset 9"),
        ("task a".encode("utf-16"), "E102", 1, 1, None),
        (b"\x7fELF\x02\x01\x01\0\0\xff", "E103", 1, 8, "at byte offset 7"),
    ],
)
def test_wrong_bytes(tmp_path: Path, data: bytes, code: str, line: int, column: int, note: str | None) -> None:
    path = tmp_path / "a.sched"
    path.write_bytes(data)
    text, (found,) = reading(path)
    span = found.primary.span
    assert (text, found.code, span.line, span.column) == (None, code, line, column)
    assert found.notes == (() if note is None else (note,))


# ---- nesting ----

DEEP = 10_000

NESTS = {
    "parentheses": "require " + "(" * DEEP + "a" + ")" * DEEP,
    "open parentheses": "require " + "(" * DEEP + "a",
    "closing parentheses": "require a" + ")" * DEEP,
    "indices": "require " + "a[" * DEEP + "1" + "]" * DEEP,
    "calls": "require " + "f(" * DEEP + "1" + ")" * DEEP,
    "sets": "let x = " + "{" * DEEP,
    "jobs": "job j { " * DEEP + "}" * DEEP,
    "open jobs": "job j { " * DEEP,
    "scenarios": "scenario s { " * DEEP + "}" * DEEP,
    "modes": "task t " + "mode m { " * DEEP + "}" * DEEP,
    "minus": "require " + "- " * DEEP + "a",
    "not": "require " + "not " * DEEP + "a",
    "if": "require " + "if a then b else " * DEEP + "c",
    "if in conditions": "require " + "if " * DEEP + "a" + " then b else c" * DEEP,
    "implies": "require " + "a implies " * DEEP + "b",
    "mixed": "require " + "not - (" * DEEP + "a" + ")" * DEEP,
    "open and closed by others": "require " + "([{" * DEEP + "}" * DEEP,
}


@pytest.mark.parametrize("text", NESTS.values(), ids=NESTS.keys())
def test_deep_nesting(text: str) -> None:
    found = errors(f"{text}\ntask behind lasts 3\n")
    assert found
    assert {d.code for d in found} <= {"E106", "E107", "E108", "E110", "E111", "E119"}
    assert len(found) <= 51


@pytest.mark.parametrize("text", [NESTS["minus"], NESTS["indices"], NESTS["implies"], NESTS["parentheses"]])
def test_deep_nesting_is_named_and_the_next_statement_survives(text: str) -> None:
    findings = Findings()
    file = parse(f"{text}\ntask behind lasts 3\n", "f.sched", findings)
    assert [d.code for d in findings.items] == ["E108"]
    assert isinstance(file.statements[-1], tree.Task)


@pytest.mark.parametrize(
    "text",
    ["(" * 100 + "a" + ")" * 100, "- " * 100 + "a", "not " * 99 + "(a == b)", "a[" * 100 + "1" + "]" * 100],
    ids=["parentheses", "minus", "not", "indices"],
)
def test_a_hundred_levels_are_fine(text: str) -> None:
    assert errors(f"require {text}") == []


def test_long_chains_are_flat() -> None:
    sums = parse("require " + " + ".join(f"x{i}" for i in range(10_000)), "f", Findings()).statements[0]
    assert isinstance(sums, tree.Require)
    assert isinstance(sums.condition, tree.Arithmetic)
    assert len(sums.condition.rest) == 9_999
    for op in (" and ", " or ", " * ", " - "):
        assert errors("require " + op.join(["a"] * 10_000)) == []
    assert errors("require a" + ".b" * 10_000) == []
    assert errors("order a" + " -> b" * 10_000) == []


# ---- tokens ----


def test_numbers_have_at_most_forty_digits() -> None:
    assert errors(f"param x = {'9' * 40}") == []
    (found,) = errors(f"param x = {'9' * 41}")
    assert (found.code, found.primary.span) == ("E109", ("f.sched", 1, 11, 1, 52))
    assert [d.code for d in errors(f"param x = {'9' * 100_000} + 0.{'1' * 100_000}")] == ["E109", "E109"]


def test_not_more_than_fifty_errors() -> None:
    findings = Findings()
    file = parse("task a lasts 1\n" + "task b lasts\n" * 1000, "f.sched", findings)
    assert len(findings.items) == 51
    assert [d.code for d in findings.items].count("E119") == 1
    assert len(file.statements) == 1


def test_garbage_of_a_megabyte() -> None:
    found = errors("@?" * 500_000)
    assert [d.code for d in found] == ["E104"]
    found = errors("@ ? " * 100_000)
    assert len(found) == 51


def test_a_surrogate_and_control_characters_are_shown_safely() -> None:
    messages = [d.message for d in errors("\ud800 \x1b \x00")]
    assert messages == [f"`\\u{{{c}}}` is no sign of the language" for c in ("d800", "1b", "0")]


WORDS = [*"[](){},;:=.`\"\n3-abh", "==", "->", "..", "task", "job", "in", "for", "uses", "lasts", "mode", "rows"]


@settings(max_examples=500, deadline=None)
@given(st.text(max_size=80))
def test_no_text_raises(text: str) -> None:
    errors(text)


@settings(max_examples=500, deadline=None)
@given(st.lists(st.sampled_from(WORDS)))
def test_no_heap_of_words_raises(words: list[str]) -> None:
    errors(" ".join(words))


def test_the_garbage_collector_runs_on_afterwards() -> None:
    big = "task a lasts 1\n" * 6000
    threads = [threading.Thread(target=errors, args=(big,)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert gc.isenabled()
    gc.disable()
    try:
        errors(big)
        assert not gc.isenabled()
    finally:
        gc.enable()
