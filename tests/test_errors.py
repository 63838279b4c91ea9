"""Every error and warning from outside: docs/errors.md and tests/golden/wrong are the test.

Each wrong text gives its code at its place through the command line and no traceback, each right text loads without a
finding, every code is raised, listed and documented, and messages read as they should.
"""

from __future__ import annotations

import ast
import json
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from made import Maker
from wrong_texts import ROOT, Case, Place, in_files, on_the_page, places_in, stuck_on_the_page

from schedc.cli.entry import run
from schedc.dsl.check import check, refute
from schedc.dsl.codes import CODES
from schedc.dsl.load import load_text
from schedc.models.diagnostics import Diagnostic, Findings

WRONG, RIGHT, SECTIONS = on_the_page()
FILES = in_files()
ALL = [*WRONG, *FILES]

EXPLAINED = {"E410"}        # only `explain` says these

# Only models that a program made can have these: in a text other codes come before them
MADE: dict[str, Callable[[Maker], object]] = {
    "E211": lambda m: m.task("cut", (5, 3)),
    "E216": lambda m: m.order(m.task("dig", 1), m.task("pour", 1), lo=4, hi=1),
}
# Only Python values, or a Python without a package, can have these: the test that shows each
ELSEWHERE = {"E177": "tests/dsl/test_sources.py", "E179": "tests/dsl/test_given.py"}
PARTS = 'table parts from "parts.csv" key id { id: text, work: int }\ntask cut[p in parts] lasts p.work\n'
SHOP = "param crews = 2\nresource crew capacity crews\n" + PARTS + "require start(cut[p]) >= 0 for p in parts\n"
FT = "3 2\n0 3  1 2\n1 4  0 1\n"


def _check(text: str | bytes, *more: str, csv: str | None = "id,work\nlid,3\n") -> Callable[[Path], list[str]]:
    """Checks a text with a table beside it."""

    def prepare(folder: Path) -> list[str]:
        (folder / "shop.sched").write_bytes(text if isinstance(text, bytes) else text.encode())
        if csv is not None:
            (folder / "parts.csv").write_text(csv)
        return ["check", str(folder / "shop.sched"), *more]

    return prepare


def _table(name: str, content: str, more: str = "") -> Callable[[Path], list[str]]:
    """Checks a text with a table in a file of another kind beside it."""

    def prepare(folder: Path) -> list[str]:
        (folder / name).write_text(content)
        return _check(SHOP.replace('"parts.csv"', f'"{name}"{more}'), csv=None)(folder)

    return prepare


def _asked(folder: Path) -> list[str]:
    """Checks a text whose table asks a database that is not there."""
    os.environ["SCHEDC_TEST_NO_DATABASE"] = f"sqlite:///{folder}/none.db"
    query = '"select id, work from parts" in SCHEDC_TEST_NO_DATABASE'
    return _check(SHOP.replace('"parts.csv"', query), csv=None)(folder)


def _import(text: str, name: str, *more: str, out: str = "model") -> Callable[[Path], list[str]]:
    """Imports an instance."""

    def prepare(folder: Path) -> list[str]:
        (folder / name).write_text(text)
        return ["import", str(folder / name), "-o", str(folder / out), *more]

    return prepare


# What needs more than a text: files, tables beside it, settings from outside, instances to import
OUTSIDE: dict[str, Callable[[Path], list[str]]] = {
    "E100": lambda folder: ["check", str(folder / "missing.sched")],
    "E101": _check(b"#" * (17 << 20)),
    "E102": _check(b'model "M\xf6bel"\n'),
    "E103": _check(b'model "Workshop"\0\0\0\n'),
    "E140": lambda folder: ["import", str(folder / "missing.sm"), "-o", str(folder / "model")],
    "E141": _import(FT, "notes.txt"),
    "E142": _import(FT, "ft.txt", "--format", "jsp", "--variant", "preemptive"),
    "E143": _import("3 x\n", "ft.txt", "--format", "jsp"),
    "E144": _import(FT, "ft.txt", "--format", "jsp"),
    "E145": _import(FT + "0 1  1 5\n", "ft.txt", "--format", "jsp", out="ft.txt"),
    "E156": _check(SHOP, "--set", "crew=3"),
    "E157": _check(SHOP, "--set", "crews=2 +"),
    "E166": _check(SHOP, csv=None),
    "E167": _check(SHOP.replace("parts.csv", "../parts.csv")),
    "E168": _check(SHOP, csv="id,work,id\nlid,3,4\n"),
    "E371": _check(SHOP + "scenario rain { param crews = 1 }\n", "--scenario", "rainn"),
    "E171": _check(SHOP, "--data", "pieces=today.csv"),
    "E172": _check(SHOP, csv="id,work\n" + "lid" * (1 << 20) + ",3\n"),
    "E174": _table("parts.json", '[{"id": "lid", "work": [3]}]'),
    "E176": _asked,
    "E178": _table("parts.json", '{"id": "lid", "work": 3}'),
}


def checked(text: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, list[dict[str, object]]]:
    """Exit code and findings of `schedc check` in a folder without tables."""
    path = folder / "case.sched"
    path.write_text(text)
    code = run(["check", "--format", "json", str(path)])
    told = capsys.readouterr()
    assert told.err == ""
    return code, json.loads(told.out)["diagnostics"]


def found_in(text: str) -> tuple[Diagnostic, ...]:
    """All findings of a text."""
    findings = Findings()
    model = load_text(text, {}, {}, findings, folder=Path("/nowhere"))
    if model is not None and not findings.failed:
        refute(model, findings)
    return findings.in_order()


# ---- the texts ----


@pytest.mark.parametrize("case", ALL, ids=str)
def test_wrong_texts_give_their_code_at_their_place(
    case: Case, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, found = checked(case.text, tmp_path, capsys)
    assert code == (1 if "E" in f"{case.code}{case.also}" else 0)
    spans = [d["span"] for d in found if d["code"] == case.code]
    assert [Place(s["line"], s["column"], s["end_column"]) for s in spans] == list(case.places)
    assert all(s["line"] == s["end_line"] for s in spans)
    assert {d["code"] for d in found} == {code for code in (case.code, case.also) if code}


@pytest.mark.parametrize("case", RIGHT, ids=str)
def test_right_texts_have_no_findings(case: Case, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert checked(case.text, tmp_path, capsys) == (0, [])


@pytest.mark.parametrize("code", OUTSIDE)
def test_what_needs_more_than_a_text(code: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(OUTSIDE[code](tmp_path)) == 1
    told = capsys.readouterr()
    assert told.out == "" and re.findall(r"^error\[(.*?)\]", told.err, re.MULTILINE) == [code]


@pytest.mark.parametrize("code", MADE)
def test_what_only_a_program_can_make(code: str) -> None:
    made = Maker(20)
    MADE[code](made)
    findings = Findings()
    check(made.model(), findings)
    assert [d.code for d in findings.items] == [code]


def test_what_only_an_explanation_says(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stuck, mended = stuck_on_the_page()
    for text, code in (*((t, 3) for t in stuck), *((t, 0) for t in mended)):
        path = tmp_path / "case.sched"
        path.write_text(text)
        assert run(["explain", "--format", "json", str(path)]) == code
        found = [c["diagnostic"] for c in json.loads(capsys.readouterr().out)["conflicts"]]
        spans = [d["span"] for d in found]
        marked = list(places_in(text)) if code else []
        assert [Place(s["line"], s["column"], s["end_column"]) for s in spans] == marked
        assert [d["code"] for d in found] == ["E410"] * bool(code)
    assert len(stuck) == len(mended) == 1


def test_there_are_enough_of_them() -> None:
    assert len(ALL) >= 200 and len(RIGHT) == len(WRONG)
    assert all(case.places for case in ALL)
    named = OUTSIDE.keys() | MADE.keys() | ELSEWHERE.keys() | EXPLAINED
    assert {case.code for case in WRONG} | named == CODES.keys()
    assert all(code in (ROOT / path).read_text() for code, path in ELSEWHERE.items())
    assert [case.code for case in WRONG] == [case.code for case in RIGHT]


def test_findings_are_shown_with_their_place(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for case in ALL:
        (tmp_path / f"{case}.sched").write_text(case.text)
    assert run(["check", *(str(tmp_path / f"{case}.sched") for case in ALL)]) == 1
    told = capsys.readouterr().err
    assert told.count("\n") > 100 and "internal" not in told


# ---- fixes ----


@pytest.mark.parametrize("case", ALL, ids=str)
def test_fixes_that_a_tool_can_apply_mend_what_they_are_for(case: Case) -> None:
    for d in found_in(case.text):
        for fix in d.fixes:
            if fix.span is not None and fix.replacement is not None:
                mended = found_in(_applied(case.text, fix.span, fix.replacement))
                assert (d.code, d.message) not in {(m.code, m.message) for m in mended}, d.message


def _applied(text: str, span: tuple[str, int, int, int, int], replacement: str) -> str:
    _, line, column, end_line, end = span
    assert line == end_line
    lines = text.splitlines()
    lines[line - 1] = lines[line - 1][: column - 1] + replacement + lines[line - 1][end - 1 :]
    return "\n".join(lines) + "\n"


# ---- codes ----


def sources() -> Iterator[Path]:
    """All of our own modules."""
    for room in ("dsl", "models", "compilers", "schedc/cli", "schedc/explaining", "schedc/render"):
        yield from sorted((ROOT / room).rglob("*.py"))
    yield from sorted((ROOT / "schedc").glob("*.py"))


def test_every_code_is_documented_once_in_order() -> None:
    assert sorted(SECTIONS) == sorted(CODES) and len(set(SECTIONS)) == len(SECTIONS)
    errors = [code for code in SECTIONS if code.startswith("E")]
    assert errors == sorted(errors) and [*errors, *sorted(set(SECTIONS) - set(errors))] == SECTIONS


def test_every_code_that_is_raised_is_listed_and_the_other_way_round() -> None:
    raised = {
        code
        for path in sources()
        if path.name != "codes.py"
        for code in re.findall(r'"([EW][0-9]{3})"', path.read_text())
    }
    assert raised == CODES.keys()


def test_links_on_the_page_lead_somewhere() -> None:
    for name in ("errors.md", "language.md", "guide.md"):
        text = (ROOT / "docs" / name).read_text()
        for file, anchor in re.findall(r"\]\(([\w./]*)#([\w-]+)\)", text):
            assert anchor in anchors((ROOT / "docs" / (file or name)).read_text()), anchor


def anchors(text: str) -> set[str]:
    """The anchors of a page's headings."""
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


# ---- words ----


def messages(path: Path) -> Iterator[tuple[str, str]]:
    """First and last words of what is written out behind a code in a module: messages."""
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.Call):
            continue
        for code, said in zip(node.args, node.args[1:]):
            if isinstance(code, ast.Constant) and re.fullmatch(r"[EW]\d{3}", str(code.value)):
                parts = said.values if isinstance(said, ast.JoinedStr) else [said]
                first, last = parts[0], parts[-1]
                yield (
                    first.value if isinstance(first, ast.Constant) else "",
                    last.value if isinstance(last, ast.Constant) else "",
                )


def test_messages_in_the_sources_are_lower_case_without_full_stop() -> None:
    said = [words for path in sources() for words in messages(path)]
    assert len(said) > 150
    for first, last in said:
        assert not first[:1].isupper() and not last.rstrip().endswith((".", "!", "?", ":")), (first, last)


def test_messages_and_fixes_as_they_are_read() -> None:
    for case in ALL:
        for d in found_in(case.text):
            for words in (d.message, *(fix.text for fix in d.fixes), *d.notes):
                assert words and not words[0].isupper() and words.count("`") % 2 == 0, words
                assert not words.endswith((".", "!", "?")) and "\n" not in words, words
