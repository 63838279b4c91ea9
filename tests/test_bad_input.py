"""Bad and absurd input from end to end, as a user gives it: a clear message, the right exit code, never a traceback.

Here are files, texts, tables, settings and options; schedules and what surrounds a run are in test_bad_surroundings.
"""

from __future__ import annotations

import json
import os
import resource
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest
from cli_runs import Told, run_here

MODEL = """\
param n = 3
param kind = "plain"
param days = 1 .. 3
resource crew capacity n
task a[i in days] lasts n uses crew
require kind != "rare"
minimize makespan
"""
TABLE = 'table t from "t.csv" key id { id: text, n: number }\ntask a[p in t] lasts p.n\n'
DEEP = 10_000


Run = Callable[..., Told]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with a small model."""
    (tmp_path / "m.sched").write_text(MODEL)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def told(folder: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command in this process."""

    return lambda *arguments: run_here(capsys, *arguments)


@pytest.fixture
def checked(folder: Path, told: Run) -> Run:
    """Checks a text."""

    def check(text: str | bytes, *more: str) -> Told:
        (folder / "case.sched").write_bytes(text if isinstance(text, bytes) else text.encode())
        return told("check", "case.sched", *more)

    return check


# ---- files ----


@pytest.mark.parametrize(("data", "code", "place"), [
    (b"task a lasts 3\xff\n", "E102", "1:15"),
    (b"task a lasts 3\n\nmodel \"caf\xe9\"\n", "E102", "3:11"),
    ("task a lasts 3".encode("utf-16"), "E102", "1:1"),
    (b"task a\0 lasts 3\n", "E103", "1:7"),
    (b"\x7fELF\x02\x01\x01\0\0\0\0\xff\xfe", "E103", "1:8"),
    (b"PK\x03\x04\x14\0\x06\0", "E103", "1:6"),
])
def test_wrong_bytes(checked: Run, data: bytes, code: str, place: str) -> None:
    found = checked(data)
    assert (found.code, found.codes) == (1, [code]) and f"case.sched:{place}\n" in found.err


@pytest.mark.parametrize("command", ["check FILE", "solve FILE", "fmt FILE", "compile FILE --to json", "verify FILE m"])
def test_a_file_of_100_mib(folder: Path, told: Run, command: str) -> None:
    with (folder / "big.sched").open("wb") as file:
        file.truncate(100 << 20)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    found = told(*command.replace("FILE", "big.sched").split())
    assert (found.code, found.codes) == (1, ["E101"]) and "100.0 MiB" in found.err
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50 << 10


@pytest.mark.parametrize("name", ["missing.sched", ".", "m.sched/x.sched", "x" * 5000, "\udcff.sched", "pipe"])
@pytest.mark.parametrize("command", ["check", "solve", "fmt"])
def test_files_that_are_none(folder: Path, told: Run, name: str, command: str) -> None:
    os.mkfifo(folder / "pipe")
    found = told(command, name)
    assert (found.code, found.codes) == (1, ["E100"])


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission(folder: Path, told: Run) -> None:
    (folder / "m.sched").chmod(0)
    found = told("check", "m.sched")
    assert found.codes == ["E100"] and "permission denied" in found.err


def test_a_file_whose_name_is_no_text(folder: Path, told: Run) -> None:
    (folder / "odd\udcff.sched").write_text(MODEL)
    assert told("compile", "odd\udcff.sched", "--to", "json", "-o", "odd.json").code == 0
    assert json.loads((folder / "odd.json").read_text())["model"]["name"] == "odd?"


# ---- texts ----


@pytest.mark.parametrize("text", [
    "let x = " + "(" * DEEP + "1" + ")" * DEEP,
    "let x = " + "[" * DEEP + "1" + "]" * DEEP,
    "let x = " + "{" * DEEP + "1" + "}" * DEEP,
    "let x = " + "max(" * DEEP + "1" + ")" * DEEP,
    "let x = a" + "[a" * DEEP + "]" * DEEP,
    "job j {" * DEEP + "}" * DEEP,
    "require " + "not " * DEEP + "true",
    "let x = " + "- " * DEEP + "1",
    "let x = " + "if true then 1 else " * DEEP + "2",
    "require " + "true implies " * DEEP + "true",
    "let x = " + "(" * DEEP,
    "let x = " + ")" * DEEP,
], ids=lambda text: text[:20].strip())
@pytest.mark.parametrize("command", ["check", "fmt"])
def test_deep_nesting(folder: Path, told: Run, text: str, command: str) -> None:
    (folder / "deep.sched").write_text(f"{text}\ntask a lasts 3\n")
    found = told(command, "deep.sched")
    assert found.code == 1 and set(found.codes) & {"E106", "E107", "E108"} and len(found.err) < 20_000


@pytest.mark.parametrize(("text", "code"), [
    ("task a lasts 99999999999999999999", "E252"),
    ("let x = 4000000000 * 4000000000\ntask a lasts x / x", "E252"),
    ("let x = -9223372036854775808\ntask a lasts 0 - x", "E252"),
    (f"task a lasts {'9' * 100_000}", "E109"),
    ("resource r capacity 9223372036854775807\ntask a lasts 1 uses r", "E252"),
    ("task a lasts 9223372036854775807", "E242"),
    ("task a lasts 1 release 1099511627777", "E242"),
    ("task a lasts 1\ntask b lasts 1\norder a -> b after 1099511627777", "E242"),
    ("time for 1099511627777\ntask a lasts 1", "E242"),
    ("time 1 ns for 365 d\ntask a lasts 1 ns", "E242"),
    ("time 1 s from 2026-01-05 for 1000000000000 s\ntask a lasts 1 s within 08:00..12:00", "E236"),
    ("task a[i in 1 .. 1000000000000000] lasts 1", "E255"),
    ("task a[i in 1 .. 10000000, j in 1 .. 100000000] lasts 1", "E255"),
    ("task a lasts 1\nrequire start(a) >= i for i, j, k in 1 .. 100000", "E255"),
    ("task a[i in 1 .. 5000] lasts 1\norder a[*] -> a[*] for i in 1 .. 5000", "E255"),
    ("param n = m\nparam m = n\ntask a lasts n", "E152"),
    ("let a = b\nlet b = c\nlet c = a + 1\ntask t lasts a", "E152"),
    ("let s = { x for x in s }\ntask t lasts 1", "E152"),
    ('table a key id { id: text, b: b } rows { x, y }\ntable b key id { id: text, a: a } rows { y, x }\ntask t lasts 1',
     "E152"),
    ("param p = " + " + ".join(["1"] * 20_000) + "\nparam q = 1 / (p - p)\ntask a lasts q", "E253"),
    ('time 1 h from 2026-01-05 zone "Europe/Atlantis" for 1 d\ntask a lasts 1 h', "E230"),
    ('time 1 h from 2026-01-05 zone "../../etc/passwd" for 1 d\ntask a lasts 1 h', "E230"),
    ('time 1 h from 2026-01-05 zone "" for 1 d\ntask a lasts 1 h', "E230"),
    ('time 30 min from 2026-03-29 02:30 zone "Europe/Paris" for 1 d\ntask a lasts 1 h', "E231"),
    ('time 30 min from 2026-10-25 02:30 zone "Europe/Paris" for 1 d\ntask a lasts 1 h', "E232"),
    ('time 1 h from 2026-10-25 zone "Europe/Paris" for 1 d\ntask a lasts 1 h release 2026-10-25 02:00+05:00', "E233"),
    ("time 1 h from 0000-01-01 for 1 d\ntask a lasts 1 h", "E234"),
    ("time 1 h from 2026-02-30 for 1 d\ntask a lasts 1 h", "E234"),
    ('include "../other.sched"\ntask a lasts 1', "E190"),
    ('include "/etc/passwd"\ntask a lasts 1', "E190"),
    ("", None),
    ("# nothing but a comment", None),
])
def test_absurd_texts(checked: Run, text: str, code: str | None) -> None:
    found = checked(text)
    if code is None:
        assert found.code == 0 and "W407" in found.err
    else:
        assert (found.code, found.codes[:1]) == (1, [code]), found.err


def test_both_hours_of_a_doubled_time_can_be_said(checked: Run) -> None:
    text = 'time 30 min from 2026-10-25 zone "Europe/Paris" for 1 d\ntask a lasts 1 h release 2026-10-25 02:30'
    for offset in ("+02:00", "+01:00"):
        assert checked(text + offset).code == 0


# ---- tables ----


@pytest.mark.parametrize(("csv", "code", "words"), [
    (b"", "E168", "is empty"),
    (b"id;n\na;1\n", "E168", "parts its cells by `;`"),
    (b"id\tn\na\t1\n", "E168", "tabs"),
    (b"id,n\na,1\0\n", "E168", "NUL"),
    (b"id,n\n\xff,1\n", "E168", "not UTF-8"),
    (b'id,n\n"a,1\n', "E168", "never closed"),
    (b'id,n\na "b",1\n', "E168", "in the middle of a cell in line 2"),
    (b"id,n\na," + b"9" * 200_000 + b"\n", "E161", "is not a number"),
    (b"id,n\na,1\nb," + b"9" * (40 << 20) + b"\n", "E172", "a line of more than 1 MiB behind row 1"),
    (b"id" * (20 << 20), "E172", "a header"),
    (b"id,n,n\na,1,2\n", "E168", "twice"),
    (b"id,m\na,1\n", "E164", "has no column `n`"),
    (b"id,n\na,1\nb\n", "E165", "row 2 has 1 cells"),
    (b"id,n\na,1,2\n", "E165", "row 1 has 3 cells"),
    (b"id,n\na,nan\nb,inf\nc,-Infinity\n", "E161", "3 rows"),
    (b"id,n\na,1e9\n", "E161", "is not a number"),
    (b"id,n\na,99999999999999999999\n", "E161", "does not fit 64 bits"),
    (b"id,n\na,1099511627777\n", "E242", "2^40"),
    (b"id,n\na,0.5\n", "E244", "no whole number of ticks"),
    (b"id,n\na,-1\n", "E243", "negative: -1 for p = a"),
    (b"id,n\na,\n", "E254", "row 1, column `n` is empty"),
    (b"id,n\na,1\nb,1\na,2\n", "E170", "row 3: key `a` stands already in row 1"),
    (b"id,n\n,1\n", "E169", "row 1: the key `id` is empty"),
])
def test_tables(folder: Path, checked: Run, csv: bytes, code: str, words: str) -> None:
    (folder / "t.csv").write_bytes(csv)
    found = checked(TABLE)
    assert (found.code, found.codes) == (1, [code]) and words in found.err


def test_dangling_keys(folder: Path, checked: Run) -> None:
    (folder / "t.csv").write_text("id,n,next\na,1,b\nb,2,c\n")
    found = checked('table u key id { id: text } rows { a; b }\n' + TABLE.replace("n: number", "n: number, next: u"))
    assert found.codes == ["E161"] and "row 2, column `next`: `c` is no `id` of table `u`" in found.err


@pytest.mark.parametrize(("name", "code"), [
    ("../outside.csv", "E167"), ("sub/../../outside.csv", "E167"), ("/etc/hosts.csv", "E167"), ("link.csv", "E167"),
    ("out/outside.csv", "E167"), ("loop.csv", "E166"), ("missing.csv", "E166"), ("folder.csv", "E166"),
    ("pipe.csv", "E166"), ("x" * 5000 + ".csv", "E166"), ("t.xlsx", "E166"), ("t.ods", "E180"), ("", "E180"),
])
def test_files_of_tables(folder: Path, told: Run, monkeypatch: pytest.MonkeyPatch, name: str, code: str) -> None:
    home = folder / "home"
    home.mkdir()
    monkeypatch.chdir(home)
    (folder / "outside.csv").write_text("id,n\na,1\n")
    (home / "link.csv").symlink_to(folder / "outside.csv")
    (home / "out").symlink_to(folder)
    (home / "loop.csv").symlink_to(home / "loop.csv")
    (home / "folder.csv").mkdir()
    os.mkfifo(home / "pipe.csv")
    (home / "case.sched").write_text(TABLE.replace("t.csv", name))
    found = told("check", "case.sched")
    assert (found.code, found.codes) == (1, [code])


# ---- settings and options ----


@pytest.mark.parametrize(("value", "code"), [
    ("n=", "E157"), ("n=1e9", "E157"), ("n=" + "(" * DEEP, "E157"), ("n=3\nresource q", "E157"),
    ("n=3 private", "E157"), ("n=#", "E157"), ("n=n", "E157"), ("days={}", "E157"),
    ('kind="', "E157"), ("n=\udcff", "E157"),
    ("n=99999999999999999999", "E252"), ("n=m", "E154"), ("n=1/0", "E253"), ("n=makespan", "E263"),
    ("n=start(a)", "E263"), ("n=2 h", "E251"), ("n=2026-01-05", "E235"), ("days=1 .. 1000000000000", "E255"),
    ("n=-1", "E246"), ("n=true", "E250"), ("n=none", "E254"), ("n={1, 2}", "E262"), ("days=4", "E260"),
    ("m=3", "E156"), ("`n`=3", "E156"), ("kind=rare", "E228"),
])
def test_settings(told: Run, value: str, code: str) -> None:
    found = told("check", "m.sched", "--set", value)
    assert (found.code, found.codes[:1]) == (1, [code]), found.err


@pytest.mark.parametrize("arguments", [
    "--time 0", "--time -1", "--time nan", "--time inf", "--time 1e9", "--time ''", "--time '3 parsecs'", "--time",
    "--time " + "9" * 400, "--gap -1", "--gap nan", "--gap 2", "--gap 101%", "--gap %", "--gap inf%", "--gap x",
    "--workers 0", "--workers -3", "--workers x", "--workers 1.5", "--workers 1025", "--workers " + "9" * 30,
    "--seed -1", "--seed 2147483648", "--seed x", "--seed " + "9" * 30, "--solver gurobi", "--solver ''", "--gantt x",
    "--set n", "--set =3", "--set n=3 --set n=4", "--data t", "--data t=", "--data t=.", "-o x", "-o x.exe", "-o .",
    "-o nowhere/x.json", "-o x.json -o x.json", "--events .", "--events nowhere/x", "--frobnicate", "another.sched",
])
def test_options_that_are_refused(folder: Path, told: Run, arguments: str) -> None:
    found = told("solve", "m.sched", *shlex.split(arguments))
    assert found.code == 2 and "Error: " in found.err and len(found.err) < 1000
    assert {path.name for path in folder.iterdir()} == {"m.sched"}


@pytest.mark.parametrize("arguments", [
    "", "check", "solve", "frobnicate", "new", "new ''", "new .", "new m", "new nowhere/x", "explain",
    "compile m.sched", "compile m.sched --to elf", "compile m.sched --to json -o .", "verify m.sched",
    "check m.sched --format xml", "import m.sched",
])
def test_commands_that_are_refused(folder: Path, told: Run, arguments: str) -> None:
    found = told(*shlex.split(arguments))
    assert found.code == 2 and found.err
    assert {path.name for path in folder.iterdir()} == {"m.sched"}
