"""Importers: what they write for small instances, and that malformed ones end in diagnostics at the right place."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from schedc.dsl.importers import detect, formats, import_file
from schedc.dsl.load import load_path
from schedc.models.diagnostics import Diagnostic, Findings

Import = Callable[..., tuple[str | None, tuple[Diagnostic, ...]]]

SM = """\
************************************************************************
file with basedata            : none
************************************************************************
projects                      :  1
jobs (incl. supersource/sink ):  5
horizon                       :  12
RESOURCES
  - renewable                 :  2   R
  - nonrenewable              :  0   N
  - doubly constrained        :  0   D
************************************************************************
PRECEDENCE RELATIONS:
jobnr.    #modes  #successors   successors
   1        1          2           2   3
   2        1          1           4
   3        1          1           5
   4        1          1           5
   5        1          0
************************************************************************
REQUESTS/DURATIONS:
jobnr. mode duration  R 1  R 2
------------------------------------------------------------------------
  1      1     0       0    0
  2      1     3       2    0
  3      1     4       1    1
  4      1     2       0    3
  5      1     0       0    0
************************************************************************
RESOURCEAVAILABILITIES:
  R 1  R 2
    2    3
************************************************************************
"""
RCP = """
5 2
2 3

0 0 0 2 2 3
3 2 0 1 4
4 1 1 1
 5
2 0 3 1 5
0 0 0 0
"""
JSP = """\
# two jobs on two machines
2 2
0 3 1 2
1 4 0 1
"""
PROJECT_TEXT = """\
# resource-constrained project from five.sm
# 5 activities, 2 renewable resources, 5 precedence arcs
model "five"

table acts key j { j: int, dur: int, r1: int, r2: int }
  rows {
    1, 0, 0, 0;
    2, 3, 2, 0;
    3, 4, 1, 1;
    4, 2, 0, 3;
    5, 0, 0, 0
  }

table pools key k { k: int, capacity: int } rows { 1, 2; 2, 3 }

table arcs { i: acts, j: acts }
  rows {
    1, 2;
    1, 3;
    2, 4;
    3, 5;
    4, 5
  }

resource r[k in pools]  capacity k.capacity
task act[a in acts]  lasts a.dur  uses r[1] a.r1, r[2] a.r2
order act[p.i] -> act[p.j]  for p in arcs
minimize makespan
"""
JSP_TEXT = """\
# job shop from tiny.txt
# 2 jobs, 2 machines, 4 operations; k counts the operations of job j
model "tiny"

table ops key j, k { j: int, k: int, machine: int, dur: int }
  rows {
    1, 1, 1, 3;
    1, 2, 2, 2;
    2, 1, 2, 4;
    2, 2, 1, 1
  }

resource machine[i in 1 .. 2]
task op[o in ops]  lasts o.dur  uses machine[o.machine]
order op[o.j, o.k] -> op[o.j, o.k + 1]  for o in ops where o.k < 2
minimize makespan
"""


@pytest.fixture
def run(tmp_path: Path) -> Import:
    """Import a text under a file name; the model's text and the findings."""

    def go(name: str, text: str | bytes, **options: str) -> tuple[str | None, tuple[Diagnostic, ...]]:
        path, findings = tmp_path / name, Findings()
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        chosen = {"format": options.get("format"), "variant": options.get("variant")}
        out = import_file(path, tmp_path / "out", **chosen, findings=findings)
        assert (out is None) == findings.failed
        return (out.read_text() if out else None), findings.in_order()

    return go


def test_psplib(run: Import) -> None:
    assert run("five.sm", SM)[0] == PROJECT_TEXT


def test_patterson_says_the_same_whatever_its_lines(run: Import) -> None:
    expected = PROJECT_TEXT.replace("five.sm", "five.rcp")
    assert run("five.rcp", RCP)[0] == expected
    assert run("five.rcp", " ".join(RCP.split()))[0] == expected


def test_job_shop(run: Import) -> None:
    assert run("tiny.txt", JSP, format="jsp")[0] == JSP_TEXT


def test_jobs_of_different_lengths(run: Import) -> None:
    text = run("bel.txt", "3 2\n0 5 4 1 0 2\n1 3\n1 6 0 4\n", format="jsp")[0]
    assert "# 3 jobs, 5 machines, 6 operations" in text
    rows = [line.strip(" ;").split(", ") for line in text.splitlines() if line.startswith("    ")]
    assert ["".join(row) for row in rows] == ["11152", "12511", "13120", "21230", "31261", "32140"]
    assert "for o in ops where o.left > 0" in text


def test_a_closing_pair_of_minus_ones_is_no_operation(run: Import) -> None:
    assert run("tiny.txt", "2 2\n0 3 1 2 -1 -1\n1 4 0 1 -1 -1\n", format="jsp")[0] == JSP_TEXT


def test_large_instances_go_to_tables(run: Import, tmp_path: Path) -> None:
    jobs = "\n".join("0 3 1 2" for _ in range(1500))
    text = run("big.txt", f"1500 2\n{jobs}\n", format="jsp")[0]
    assert 'table ops from "ops.csv" key j, k { j: int, k: int, machine: int, dur: int }\n' in text
    lines = (tmp_path / "out/ops.csv").read_text().splitlines()
    assert lines[:3] == ["j,k,machine,dur", "1,1,1,3", "1,2,2,2"] and len(lines) == 3001
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == ["model.sched", "ops.csv"]


def test_a_second_import_replaces_the_first(run: Import) -> None:
    run("five.sm", SM)
    assert run("tiny.txt", JSP, format="jsp")[0] == JSP_TEXT


def test_formats_and_their_suffixes() -> None:
    assert {"rcpsp", "jsp"} <= set(formats())
    assert [detect(Path(n)) for n in ("a.sm", "a.SM", "b.rcp", "c.txt", "d")] == ["rcpsp"] * 3 + [None] * 2


CUT = SM[: SM.index("  4      1     2")]
BAD = [
    ("empty.sm", "", "E144", 1, "number of jobs"),
    ("cut.sm", CUT, "E144", 25, "the requests of 5 jobs need 25 more numbers"),
    ("none.sm", SM.replace("RESOURCEAVAILABILITIES:", "NOTHING:"), "E144", 1, "RESOURCEAVAILABILITIES"),
    ("word.sm", SM.replace("3       2    0", "3       x    0"), "E143", 24, "`x` is not a whole number"),
    ("jump.sm", SM.replace("   3        1          1", "   7        1          1"), "E143", 16, "job 7 where job 3"),
    ("modes.sm", SM.replace("   2        1          1", "   2        2          1"), "E143", 15, "job 2 has 2 modes"),
    ("budget.sm", SM.replace("nonrenewable              :  0", "nonrenewable :  2"), "E143", 9, "multi"),
    ("minus.sm", SM.replace("3       2    0", "-3       2    0"), "E143", 24, "a duration is -3"),
    ("far.sm", SM.replace("1           4", "1           9"), "E143", 15, "a successor is 9, not between 1 and 5"),
    ("more.sm", SM.replace("    2    3\n", "    2    3   4\n"), "E143", 31, "more numbers after"),
    ("many.sm", SM.replace("sink ):  5", "sink ):  999999999999"), "E144", 18, "job 6"),
    ("kinds.sm", SM.replace("- renewable                 :  2", "- renewable  :  999999999"), "E144", 27, "need"),
    ("cut.rcp", RCP[:-4], "E144", 10, "a demand of activity 5 should follow"),
    ("huge.rcp", "1000000 1000000 1 2", "E144", 1, "1000000 activities and 1000000 resources"),
    ("left.rcp", RCP + "7\n", "E143", 11, "more numbers after the 5 activities"),
    ("float.rcp", RCP.replace("4 1 1 1", "4.5 1 1 1"), "E143", 7, "`4.5` is not a whole number"),
    ("long.rcp", RCP.replace("4 1 1 1", "9" * 30 + " 1 1 1"), "E143", 7, "is not a whole number"),
    ("binary.rcp", b"\x00\x01\x02", "E140", 1, "binary"),
    ("latin.rcp", b"5 2 \xe9", "E143", 1, "not a whole number"),
    ("tiny.txt", JSP, "E141", 1, "does not tell the format"),
]
BAD_SHOPS = [
    ("", "E144", 1, "the number of jobs should follow"),
    ("2 2\n0 3 1 2\n", "E144", 2, "the line of job 2, of 2,"),
    ("2 2\n0 3 1 2\n1 4 0\n", "E143", 3, "the last operation of job 2 has a machine and no duration"),
    ("2 2\n0 3 1 2\n1 4\n", "E144", 3, "operation 2 of job 2, of 2,"),
    ("2 2\n0 3 1 2\n1 4 0 1\n0 1 1 1\n", "E143", 4, "another job after the 2"),
    ("2 2 9\n0 3 1 2\n1 4 0 1\n", "E143", 1, "the first line holds more"),
    ("2 2\n0 3 1 2\n1 4 -2 1\n", "E143", 3, "a machine is -2"),
    ("2 2\n0 3 1 -2\n1 4 0 1\n", "E143", 2, "a duration is -2"),
    ("2 2\n0 3 one 2\n1 4 0 1\n", "E143", 2, "`one` is not"),
]


@pytest.mark.parametrize(("name", "text", "code", "line", "says"), BAD, ids=[case[0] for case in BAD])
def test_malformed_files(run: Import, name: str, text: str | bytes, code: str, line: int, says: str) -> None:
    _, (found,) = run(name, text)
    assert (found.code, found.primary.span.line) == (code, line)
    assert says in found.message


@pytest.mark.parametrize(("text", "code", "line", "says"), BAD_SHOPS)
def test_malformed_job_shops(run: Import, text: str, code: str, line: int, says: str) -> None:
    _, (found,) = run("shop.txt", text, format="jsp")
    assert (found.code, found.primary.span.line) == (code, line)
    assert says in found.message


def test_the_span_is_the_word(run: Import) -> None:
    _, (found,) = run("word.rcp", "1 0\n0   abc 0")
    assert found.primary.span[1:] == (2, 5, 2, 8)


def test_unknown_format_and_variant(run: Import) -> None:
    _, (found,) = run("five.sm", SM, format="rcsp")
    assert found.code == "E141" and found.fixes[0].text == "did you mean `rcpsp`"
    _, (found,) = run("tiny.txt", JSP, format="jsp", variant="preemptive")
    assert found.code == "E142" and "no variant `preemptive`" in found.message


def test_a_missing_file_and_a_folder_that_is_none(tmp_path: Path) -> None:
    findings = Findings()
    assert import_file(tmp_path / "no.sm", tmp_path / "o", format=None, variant=None, findings=findings) is None
    (tmp_path / "five.sm").write_text(SM)
    (tmp_path / "o").write_text("a file")
    assert import_file(tmp_path / "five.sm", tmp_path / "o", format=None, variant=None, findings=findings) is None
    assert [d.code for d in findings.items] == ["E140", "E145"]
    assert (tmp_path / "o").read_text() == "a file"


WOUNDS = ("", "-", "x", " 9 ", "\n", "99999999999999999999")


@pytest.mark.parametrize(("text", "format"), [(SM, "rcpsp"), (RCP, "rcpsp"), (JSP, "jsp")])
def test_damaged_instances_never_raise(tmp_path: Path, text: str, format: str) -> None:
    rng, path, refused = random.Random(7), tmp_path / "hurt", 0
    for _ in range(300):
        at = rng.randrange(len(text))
        path.write_text(text[:at] + rng.choice(WOUNDS) + text[at + rng.randrange(9) :])
        findings = Findings()
        import_file(path, tmp_path / "o", format=format, variant=None, findings=findings)
        refused += findings.failed
    assert refused > 50


DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
SETS = sorted(path for family in ("rcpsp", "jsp") for path in (DATA / family / "instances").glob("*"))


@pytest.mark.skipif(not SETS, reason="the benchmark instances are not there")
@pytest.mark.parametrize("folder", SETS, ids=[f"{path.parts[-3]}-{path.name}" for path in SETS])
def test_public_instances(folder: Path, tmp_path: Path) -> None:
    """Some instances of a set import and load, with the tasks that the remark counts."""
    paths = sorted(folder.iterdir(), key=lambda path: path.stat().st_size)
    for path in paths[:: max(len(paths) // 3, 1)]:
        findings = Findings()
        model = import_file(path, tmp_path / path.stem, format=folder.parts[-3], variant=None, findings=findings)
        assert model is not None and not findings.items
        loaded = load_path(model, {}, {}, findings)
        counted = re.search(r"(\d+) (?:activities|operations)", model.read_text())
        assert loaded is not None and counted is not None and loaded.task_count == int(counted[1])
