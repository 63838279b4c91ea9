"""Diagnostics for people and for tools."""

from __future__ import annotations

import re
from pathlib import Path

from golden_files import golden

from schedc.models.diagnostics import Findings, Fix, Label
from schedc.models.source import NOWHERE, Span
from schedc.render.cells import width
from schedc.render.diagnostics import MOST, Sources, render, to_json

SHOP = "\n".join([
    'model "Shop"', "", "", "", "open saw during day", "", "", "", "", "", "", "task cut   lasts 6 h   uses saw",
    "\ttask\tnaïve 日本 lasts 4 h", "let cafe\u0301 = 3", "x" * 300 + " wrong " + "y" * 300, "end \x1b[31mred\u202e",
])


def at(line: int, first: int, last: int, file: str = "shop.sched") -> Span:
    return Span(file, line, first, line, last)


def story() -> Findings:
    findings = Findings()
    findings.warning("W401", "a very long line", Label(at(15, 302, 307), "here"))
    findings.error(
        "E214",
        "`cut` can never run: needs 6 h of saw in one piece, the longest open stretch is 4 h",
        Label(at(12, 6, 9), "6 h"),
        Label(at(5, 1, 20), "08:00..12:00, 13:00..17:00"),
        fix="add `pausable`, or extend `calendar day`",
    )
    wide, tab = Label(at(13, 13, 15), "two wide ones"), Label(at(13, 2, 6), "tab")
    findings.error("E101", "tabs and wide characters", wide, tab)
    findings.error("E102", "combining marks", at(14, 5, 10), note="the mark takes no room")
    findings.error("E103", "over several lines", Label(Span("shop.sched", 5, 1, 12, 9), "all of it"))
    findings.error("E104", "control characters \x1b[2J", at(16, 5, 6), Label(at(3, 2, 4, "gone.csv"), "no such file"))
    findings.error("E105", "after the end", at(99, 1, 2))
    findings.error("E106", "an empty span", at(5, 6, 6))
    findings.error("E107", "from nowhere", NOWHERE)
    return findings


def test_golden() -> None:
    golden("diagnostics.txt", render(story().items, Sources({"shop.sched": SHOP}), columns=80))


def test_the_reference_layout() -> None:
    findings = Findings()
    findings.items = [d for d in story().items if d.code == "E214"]
    assert render(findings.items, Sources({"shop.sched": SHOP})) == """\
error[E214]: `cut` can never run: needs 6 h of saw in one piece, the longest open stretch is 4 h
  --> shop.sched:12:6
   |
12 | task cut   lasts 6 h   uses saw
   |      ^^^ 6 h
 5 | open saw during day
   | ------------------- 08:00..12:00, 13:00..17:00
   = fix: add `pausable`, or extend `calendar day`

1 error
"""


def test_colours_change_nothing_else() -> None:
    sources = Sources({"shop.sched": SHOP})
    painted = render(story().items, sources, colour=True)
    bare = re.sub(r"\x1b\[[0-9;]*m", "", painted)
    assert painted != bare
    assert [line.rstrip() for line in bare.splitlines()] == render(story().items, sources).splitlines()


def test_nothing_of_a_file_reaches_the_terminal_as_control() -> None:
    text = render(story().items, Sources({"shop.sched": SHOP}))
    assert "\x1b" not in text and "\u202e" not in text


def test_long_lines_are_cut_around_the_mark() -> None:
    line = "a" * 5_000 + "日" * 40 + "TARGET" + "b" * 5_000
    findings = Findings()
    findings.error("E101", "far right", at(1, 5_041, 5_047))
    text = render(findings.items, Sources({"shop.sched": line}), columns=70)
    shown, marks = (row for row in text.splitlines() if row.startswith(("1 |", "  | ")))
    assert width(shown) <= 70 and "…" in shown
    column = width(shown[: shown.index("TARGET")])
    assert marks == " " * 2 + "|" + " " * (column - 3) + "^^^^^^"


def test_a_very_long_file_name_or_missing_source_is_tolerated(tmp_path: Path) -> None:
    findings = Findings()
    findings.error("E101", "no such file", Label(Span(str(tmp_path / "no.sched"), 3, 1, 3, 2), "label"))
    findings.error("E102", "a folder", Span(str(tmp_path), 1, 1, 1, 1))
    findings.error("E103", "not a path", Span("\0", 1, 1, 1, 1))
    text = render(findings.items)
    assert "label" in text and "3 errors" in text


def test_sources_are_read_from_disk_with_any_line_ends(tmp_path: Path) -> None:
    path = tmp_path / "a.sched"
    path.write_bytes(b"\xef\xbb\xbfone\r\ntwo\xff\r\n")
    sources = Sources(folder=tmp_path)
    assert (sources.line("a.sched", 1), sources.line("a.sched", 2)) == ("one", "two\ufffd")
    assert sources.line("a.sched", 9) is None


def test_many_findings_are_counted() -> None:
    findings = Findings()
    for k in range(MOST + 50):
        findings.error("E101", f"wrong {k}", at(k + 1, 1, 2))
    text = render(findings.items, Sources({"shop.sched": ""}))
    assert "and 50 more" in text and f"{MOST + 50} errors" in text
    assert text.count("error[E101]") == MOST


def test_json_holds_everything() -> None:
    findings = Findings()
    primary, other, fix = Label(at(9, 1, 2), "l"), Label(at(3, 2, 4), "o"), Fix("f", at(9, 1, 2), "r")
    findings.error("E104", "b", primary, other, fix=fix, note="n")
    findings.warning("W400", "a", at(2, 1, 2))
    data = to_json(findings.items)
    assert (data["errors"], data["warnings"]) == (1, 1)
    assert [d["code"] for d in data["diagnostics"]] == ["W400", "E104"]
    span = {"file": "shop.sched", "line": 9, "column": 1, "end_line": 9, "end_column": 2}
    assert data["diagnostics"][1] == {
        "code": "E104", "severity": "error", "message": "b", "span": span, "label": "l",
        "others": [{"span": {**span, "line": 3, "end_line": 3, "column": 2, "end_column": 4}, "label": "o"}],
        "fixes": [{"text": "f", "span": span, "replacement": "r"}], "notes": ["n"],
    }


def test_no_findings_no_text() -> None:
    assert render([]) == ""
