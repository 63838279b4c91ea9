"""Importers of projects and task graphs: what they write, what they count, and that malformed files end in findings."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable
from pathlib import Path

import pytest

import schedc
from schedc.dsl.format import format_text
from schedc.dsl.importers import detect, import_file
from schedc.dsl.load import load_path
from schedc.models.diagnostics import Diagnostic, Findings

Import = Callable[..., tuple[str, tuple[Diagnostic, ...]]]

MM = """\
jobs (incl. supersource/sink ):  4
RESOURCES
  - renewable                 :  1   R
  - nonrenewable              :  2   N
  - doubly constrained        :  0   D
****************************************
PRECEDENCE RELATIONS:
jobnr.    #modes  #successors   successors
   1        1          2           2   3
   2        2          1           4
   3        2          1           4
   4        1          0
****************************************
REQUESTS/DURATIONS:
jobnr. mode duration  R 1  N 1  N 2
----------------------------------------
  1      1     0       0    0    0
  2      1     4       2    5    0
         2     9       1    0    7
  3      1     5       2    7    1
         2     7       0    2    3
  4      1     0       0    0    0
****************************************
RESOURCEAVAILABILITIES:
  R 1  N 1  N 2
    2    9    8
****************************************
"""
MMLIB = (
    MM.replace("jobs (", "jobs  (").replace("REQUESTS/DURATIONS:", "REQUESTS/DURATIONS")
    .replace("RESOURCEAVAILABILITIES:", "\n RESOURCE AVAILABILITIES ").replace("  - ", "- ")
)
MM_TEXT = """\
# multi-mode project from two.mm
# 4 activities, 6 modes, 1 renewable and 2 nonrenewable resources, 4 precedence arcs
model "two"

table pools key k { k: int, capacity: int } rows { 1, 2 }

table budgets key k { k: int, amount: int } rows { 1, 9; 2, 8 }

table acts key j
  { j: int, m1_dur: int, m1_r1: int, m1_n1: int, m1_n2: int, m2_dur: int, m2_r1: int, m2_n1: int,
      m2_n2: int }
  rows {
    1, 0, 0, 0, 0, none, none, none, none;
    2, 4, 2, 5, 0, 9,    1,    0,    7;
    3, 5, 2, 7, 1, 7,    0,    2,    3;
    4, 0, 0, 0, 0, none, none, none, none
  }

table arcs { i: acts, j: acts }
  rows {
    1, 2;
    1, 3;
    2, 4;
    3, 4
  }

resource r[k in pools]  capacity k.capacity
stock n[k in budgets]  starts k.amount
task act[a in acts]
  mode m1 { lasts a.m1_dur  uses r[1] a.m1_r1  takes n[1] a.m1_n1, n[2] a.m1_n2 }
  mode m2 { lasts a.m2_dur  uses r[1] a.m2_r1  takes n[1] a.m2_n1, n[2] a.m2_n2 }
order act[p.i] -> act[p.j]  for p in arcs
minimize makespan
"""
SCH = """\
2\t1\t0\t0
0\t1\t2\t1\t2\t[0]\t[0]
1\t1\t2\t3\t2\t[3]\t[2]
2\t1\t2\t3\t1\t[4]\t[-6]
3\t1\t0
0\t1\t0\t0
1\t1\t3\t2
2\t1\t4\t1
3\t1\t0\t0
2
"""
SCH_TEXT = """\
# project with time lags from lags.sch
# 4 activities from 0 on, 1 renewable resources, 6 time lags between starts, 1 of them maximal (negative)
model "lags"

table pools key k { k: int, capacity: int } rows { 1, 2 }

table acts key j { j: int, dur: int, r1: int }
  rows {
    0, 0, 0;
    1, 3, 2;
    2, 4, 1;
    3, 0, 0
  }

table lags { i: acts, j: acts, least: int }
  rows {
    0, 1, 0;
    0, 2, 0;
    1, 3, 3;
    1, 2, 2;
    2, 3, 4;
    2, 1, -6
  }

resource r[k in pools]  capacity k.capacity
task act[a in acts]  lasts a.dur  uses r[1] a.r1
order start(act[p.i]) -> start(act[p.j]) after p.least  for p in lags
minimize makespan
"""
CPR = """\
4 1 2
3 5 0
0 1  9 9 8 8  2 2 3
2 1  4 0 0 6  1 4
3 2  1 2 3 0  1 4
0 0  7 7 7 7  0
"""
CPR_LINES = """\
    1, 0, 1, 0, 0, 0, 0;
    2, 2, 1, 4, 0, 0, 6;
    3, 3, 2, 1, 3, 2, 0;
    4, 0, 0, 0, 0, 0, 0
"""
RCMP = """\
2 1
4

3 0
1
0 0 1 1:2
2 3 2 1:3 2:2
0 0 0

2 5
1
1 4 1 2:2
3 1 0
"""
DZN = """\
% two skills
mint = 3;
nActs = 4;
dur = [0,3,2,0];
nSkills = 2;
sreq = [| 0,0,
 | 2,1,
 | 0,1,
 | 0,0, |];
nResources = 3;
mastery = [| true,false,
 | true,true,
 | true,false |];
nPrecs = 3;
pred = [1,1,2];
succ = [2,3,4];
nUnrels = 1; unpred = [2]; unsucc = [3];
USEFUL_RES = [{},{1,2},{2},{}];
"""
FLOW = {"name": "flow", "tasks": [[1.5, 1], [0.0004, 1], [2, 1]], "edges": [[0, 1, 7], [0, 2, 0], [0, 1, 9]]}
HEFT = {"computation_cost": [[3, 5], [4, 2], [6, 6]], "edges": [[0, 1, 4], [0, 2, 0]]}
TRACE = {"workflow": {
    "specification": {"tasks": [{"id": "b", "parents": ["a"]}, {"id": "a", "parents": []}]},
    "execution": {"tasks": [
        {"id": "a", "runtimeInSeconds": 0.25, "coreCount": 2.0}, {"id": "b", "runtimeInSeconds": 3},
    ]},
}}
JOB = """\
# a job
job_name small
add_new_tasks 2
fft 0
fft HEAD
fft earliest_start 0 deadline 2
sum 1 0   # waits for 0
sum TAIL
comm_vol 0 1 5
"""
CHIP = """\
add_new_resource CPU P1 0 1 2 performance
opp 600 900
fft 14 14
sum 3.0 1
add_new_resource ACC P2 1 2 1 performance
fft 4 20
add_new_resource MEM M1 2 1 1 none
None 0 0
comm_band 0 0 100
comm_band 0 2 2
comm_band 2 1 2
"""


@pytest.fixture
def run(tmp_path: Path) -> Import:
    """Import a text under a file name; the model's text, empty for none, and the findings. The text is canonical."""
    (tmp_path / "in").mkdir()

    def go(name: str, text: str, format: str | None = None) -> tuple[str, tuple[Diagnostic, ...]]:
        path, findings = tmp_path / "in" / name, Findings()
        path.write_text(text)
        out = import_file(path, tmp_path / "out", format=format, variant=None, findings=findings)
        assert (out is None) == findings.failed
        model = out.read_text() if out else ""
        assert format_text(model, "model.sched", findings) == model
        return model, findings.in_order()

    return go


def test_modes(run: Import) -> None:
    assert run("two.mm", MM)[0] == MM_TEXT
    assert run("two.mm", MMLIB)[0] == MM_TEXT


def test_time_lags(run: Import) -> None:
    assert run("lags.sch", SCH)[0] == SCH_TEXT


def test_stocks(run: Import) -> None:
    model, _ = run("s.rcp", CPR, "rcpsp_cpr")
    assert "# 4 activities, 1 renewable resources, 2 stocks, 4 precedence arcs\n" in model
    assert "{ j: int, dur: int, r1: int, c1: int, c2: int, p1: int, p2: int }" in model and CPR_LINES in model
    assert "table stores key k { k: int, level: int } rows { 1, 5; 2, 0 }" in model
    assert "stock s[k in stores]  starts k.level\n" in model
    assert "takes s[1] a.c1, s[2] a.c2" in model and "produces s[1] a.p1, s[2] a.p2" in model


def test_several_projects(run: Import) -> None:
    model, _ = run("p.rcmp", RCMP)
    assert "# 2 projects, 5 activities, 1 shared renewable resources, 4 precedence arcs\n" in model
    assert "    1, 1, 0, 0;\n    1, 2, 2, 3;\n    1, 3, 0, 0;\n    2, 1, 1, 4;\n    2, 2, 3, 1\n" in model
    assert "    1, 1, 1, 2;\n    1, 2, 1, 3;\n    1, 2, 2, 2;\n    2, 1, 2, 2\n" in model
    assert "rows { 1, 0; 2, 5 }" in model and "release a.p.release\n" in model
    assert "order act[e.p, e.i] -> act[e.q, e.j]  for e in arcs\n" in model


def test_skills(run: Import) -> None:
    model, _ = run("k.dzn", DZN)
    assert "# 4 activities, 3 people, 2 skills, 3 needs, 3 precedence arcs\n" in model
    assert "table mastery { i: int, s: int }\n  rows {\n    1, 1;\n    2, 1;\n    2, 2;\n    3, 1\n  }\n" in model
    assert "table needs { j: acts, s: int, people: int } rows { 2, 1, 2; 2, 2, 1; 3, 2, 1 }" in model
    assert "resource person[i in 1 .. 3]\n" in model
    shaped = DZN.replace("[| true,false,\n | true,true,\n | true,false |]",
                         "array2d(1..3, 1..2, [true,false,true,true,true,false])")
    assert shaped != DZN and run("k.dzn", shaped)[0] == model


def test_workflow(run: Import) -> None:
    model, _ = run("flow.json", json.dumps(FLOW), "dag")
    assert "# 3 tasks, 2 edges, 8 identical cores\n" in model
    assert "table tasks key id { id: int, ms: int } rows { 0, 1500; 1, 0; 2, 2000 }" in model
    assert "table edges { i: tasks, j: tasks } rows { 0, 1; 0, 2 }" in model
    assert "param cores = 8\nresource machine[i in 1 .. 1]  capacity cores\n" in model
    assert "task `task`[t in tasks]  lasts t.ms  uses machine[1]\n" in model
    wide = {**FLOW, "tasks": [[1, 12], [1, 1], [1, 1]]}
    model, _ = run("flow.json", json.dumps(wide), "dag")
    assert "param cores = 12\n" in model and "uses machine[1] t.cores\n" in model


def test_a_traced_workflow(run: Import) -> None:
    model, _ = run("trace.json", json.dumps(TRACE), "dag")
    assert "table tasks key id { id: text, ms: int, cores: int } rows { b, 3000, 1; a, 250, 2 }" in model
    assert "table edges { i: tasks, j: tasks } rows { a, b }" in model


COSTS = "table cost key t, m {{ t: tasks, m: int, time: int }}\n  rows {{\n{}\n  }}\n"


def test_different_machines(run: Import) -> None:
    model, _ = run("heft.json", json.dumps(HEFT), "dag")
    assert COSTS.format("    0, 1, 3;\n    0, 2, 5;\n    1, 1, 4;\n    1, 2, 2;\n    2, 1, 6;\n    2, 2, 6") in model
    assert "mode place[m in 1 .. 2] { lasts cost[t, m].time  uses machine[m] }" in model
    assert "rows { 0, 1, 4; 0, 2, 0 }" in model
    assert "after e.delay * (on(`task`[e.i]) != on(`task`[e.j]))" in model


def test_a_chip_beside_the_job(run: Import) -> None:
    run("chip.txt", CHIP, "dag")
    model, _ = run("job.txt", JOB, "dag")
    assert COSTS.format("    0, 1, 14;\n    0, 2, 4;\n    1, 1, 3;\n    1, 2, none") in model
    assert "rows { 0, 1, 5 }" in model     # half of it to the memory a tick, and half of it back
    assert "mode place[m in 1 .. 2 where cost[t, m].time != none]" in model
    assert "table machines key m { m: int, capacity: int } rows { 1, 1; 2, 2 }" in model
    assert "# machines are the resources 0, 1 of chip.txt;" in model


def test_delays_are_rounded_up(run: Import) -> None:
    run("chip.txt", CHIP.replace("2 2\n", "2 3\n").replace("1 2\n", "1 3\n").replace("M1 2 3", "M1 2 1"), "dag")
    model, _ = run("job.txt", JOB, "dag")
    assert "rows { 0, 1, 4 }" in model


def test_what_names_tell() -> None:
    names = ["a.mm", "a.MM", "b.sch", "c.rcmp", "d.dzn", "e.json"]
    assert [detect(Path(name)) for name in names] == ["mrcpsp", "mrcpsp", "rcpsp_max", "rcmpsp", "mspsp", None]


def test_the_other_format_of_a_name(run: Import) -> None:
    _, (found,) = run("s.rcp", CPR)
    assert found.code == "E143" and found.notes == ("read as rcpsp",)
    assert found.fixes[0].text == "say `--format rcpsp_cpr` if it is one"


TEXTS = {
    "mrcpsp": ("t.mm", MM), "rcpsp_max": ("t.sch", SCH), "rcpsp_cpr": ("t.rcp", CPR), "rcmpsp": ("t.rcmp", RCMP),
    "mspsp": ("t.dzn", DZN), "dag": ("t.json", json.dumps(FLOW)), "heft": ("t.json", json.dumps(HEFT)),
    "trace": ("t.json", json.dumps(TRACE)),
    "job": ("t.txt", JOB),
}
GRAPHS = ("heft", "trace", "job")
BAD = [
    ("mrcpsp", "", "", "E144", 1, "no line gives the number of jobs"),
    ("mrcpsp", "  2      1     4", "  2      3     4", "E143", 18, "of job 2 mode 3 where of job 2 mode 1 should"),
    ("mrcpsp", "3      1     5       2    7", "3      1     5       2", "E144", 22, "the requests of 6 modes need"),
    ("mrcpsp", "doubly constrained        :  0", "doubly constrained : 2", "E143", 5, "doubly constrained"),
    ("mrcpsp", "   2        2          1", "   2        5000       1", "E143", 10, "job 2 has 5000 modes"),
    ("mrcpsp", "   2        2          1", "   2        1000       1", "E144", 22, "the requests of 1004 modes need"),
    ("mrcpsp", "5       2    7    1", "5       2    7   1 4", "E143", 20, "mode 4 where of job 3 mode 2"),
    ("mrcpsp", "    2    9    8", "    2    9", "E144", 26, "a resource's budget should follow"),
    ("rcpsp_max", "[2]", "[x]", "E143", 3, "`x` is not a whole number"),
    ("rcpsp_max", "\t0\t0\n0\t1\t2", "\t0\t1\n0\t1\t2", "E143", 1, "is 1, not between 0 and 0"),
    ("rcpsp_max", "1\t1\t2\t3\t2", "1\t2\t2\t3\t2", "E143", 3, "number of modes 2 where"),
    ("rcpsp_max", "3\t1\t0\n0", "3\t1\t9\n0", "E144", 10, "the 9 successors of activity 3 need"),
    ("rcpsp_max", "3\t2\t[3]", "4\t2\t[3]", "E143", 3, "a successor of activity 1 is 4, not between 0 and 3"),
    ("rcpsp_cpr", "\n0 0  7 7 7 7  0", "", "E144", 5, "4 activities, 1 resources, 2 stocks need 31 more"),
    ("rcpsp_cpr", "4 1 2\n", "4 1\n", "E144", 6, "4 activities, 1 resources, 3 stocks"),
    ("rcpsp_cpr", "4 0 0 6", "4 0 0 -6", "E143", 4, "a number of activity 2 is -6"),
    ("rcmpsp", "2:2\n0", "2:3\n0", "E143", 7, "the successor 2:3, which does not exist"),
    ("rcmpsp", "1:3 2:2", "1:3 7:2", "E143", 7, "the successor 7:2, which does not exist"),
    ("rcmpsp", "1:3 2:2", "1 3 2 2", "E143", 13, "4 successors, but 2 pairs"),
    ("rcmpsp", "1:3", "1:", "E143", 7, "`1:` is not a whole number"),
    ("rcmpsp", "3 0\n1\n", "3 0\n0\n", "E143", 7, "activity 2 of project 1 uses a resource"),
    ("rcmpsp", "2 1\n4", "9999999 9999999\n4", "E144", 13, "9999999 projects and 9999999 resources"),
    ("mspsp", "nSkills = 2;\n", "", "E144", 1, "nothing gives `nSkills`"),
    ("mspsp", "dur = [0,3,2,0]", "dur = [0,3,2]", "E144", 4, "`dur` has 3 numbers, not 4"),
    ("mspsp", "dur = [0,3,2,0]", "dur = [0,3,2,0,1]", "E143", 4, "more numbers after the 4 numbers of `dur`"),
    ("mspsp", "dur = [0,3,2,0]", "dur = {0,3}", "E143", 4, "`dur` is no list"),
    ("mspsp", "succ = [2,3,4]", "succ = [2,3,5]", "E143", 16, "a number of `succ` is 5, not between 1 and 4"),
    ("mspsp", "| true,true", "| true,maybe", "E143", 12, "`maybe` is not a whole number"),
    ("mspsp", "nActs = 4;", "nActs = 4; nActs = 4;", "E143", 3, "`nActs` is given twice"),
    ("mspsp", "nResources = 3;", "nResources 3;", "E143", 10, "no assignment"),
    ("mspsp", "USEFUL_RES = [{},{1,2},{2},{}];\n", "USEFUL_RES = [{},{1", "E144", 18, "ends within an assignment"),
    ("mspsp", " | 0,1,", " | 0,2,", "E143", 6, "an activity needs 2 people with skill 2, which 1 have"),
    ("rcmpsp", "2 5\n1\n1 4 1 2:2\n3 1 0", "0 5\n1", "E143", 10, "the number of activities of project 2 is 0"),
    ("dag", "[[1.5, 1], [0.0004, 1], [2, 1]]", "[]", "E143", 1, "`tasks` is empty"),
    ("heft", "[[3, 5], [4, 2], [6, 6]]", "[]", "E143", 1, "`computation_cost` is empty"),
    ("heft", "[3, 5]", "[]", "E143", 1, "`computation_cost[0]` is empty"),
    ("dag", "[1.5, 1]", "[1.5]", "E143", 1, "`tasks[0]` has 1 entries, not 2"),
    ("dag", "1.5", '"1.5"', "E143", 1, "`tasks[0][0]` is no number"),
    ("dag", "1.5", "NaN", "E143", 1, "`tasks[0][0]` is no number"),
    ("dag", "1.5", "1e999", "E143", 1, "`tasks[0][0]` is no number"),
    ("dag", "1.5", "true", "E143", 1, "`tasks[0][0]` is no number"),
    ("dag", "1.5", "9" * 5000, "E143", 1, "absurd numbers"),
    ("dag", "1.5", "[" * 100_000, "E143", 1, "too deep"),
    ("dag", "[0, 1, 7]", "[0, 3, 7]", "E143", 1, "`edges[0]` joins tasks 0 and 3, of tasks 0 to 2"),
    ("dag", '"edges"', '"arcs"', "E144", 1, "the object has no `edges`"),
    ("dag", "9]]}", "9]", "E144", 1, "the text ends within the JSON"),
    ("dag", '"tasks":', '"tasks"', "E143", 1, "no JSON here"),
    ("heft", "[4, 2]", "[4]", "E143", 1, "`computation_cost[1]` has 1 entries, not 2"),
    ("heft", "[4, 2]", "[4, 2.5]", "E143", 1, "`computation_cost[1][1]` is 2.5, no whole number"),
    ("trace", '"parents": ["a"]', '"parents": ["c"]', "E143", 1, "specification.tasks[0].parents[0]` is no task's id"),
    ("trace", '"id": "b", "p', '"id": "a", "p', "E143", 1, "tasks[0].id` is `a`, as that of a later task"),
    ("trace", '"id": "b", "r', '"id": "c", "r', "E143", 1, "tasks[0].id` is `b`, of which no execution is told"),
    ("trace", '"runtimeInSeconds": 3', '"runtime": 3', "E144", 1, "execution.tasks[1]` has no `runtimeInSeconds`"),
    ("trace", '"id": "b", "p', '"id": "a\\"", "p', "E143", 1, "is `none` or has a"),
    ("job", "", "hello\n", "E144", 1, "the file has no `add_new_tasks`"),
    ("job", "", CHIP, "E144", 1, "the file describes a chip: import a job beside it"),
    ("job", "sum 1 0 ", "sum 1 2 ", "E143", 7, "a predecessor is `2`"),
    ("job", "sum 1 0 ", "sum 0 0 ", "E143", 7, "task 0 is given twice"),
    ("job", "tasks 2", "tasks 3", "E144", 9, "no line gives task 2, of 3"),
    ("job", "fft 0\n", "dct 0\n", "E143", 4, "nothing in `chip.txt` can run `dct`"),
    ("job", "start 0", "start 4", "E143", 6, "an earliest start other than 0"),
    ("job", "comm_vol 0 1 5", "comm_vol 1 0 5", "E143", 9, "a volume from task 1 to task 0, which does not wait"),
    ("job", "comm_vol 0 1 5", "comm_vol 0 1", "E144", 9, "the line ends before two tasks and a volume"),
]


@pytest.mark.parametrize(("family", "old", "new", "code", "line", "says"), BAD)
def test_malformed_files(run: Import, family: str, old: str, new: str, code: str, line: int, says: str) -> None:
    name, text = TEXTS[family]
    run("chip.txt", CHIP, "dag")
    assert old in text
    wrong = text.replace(old, new, 1) if old else new
    _, (found,) = run(name, wrong, "dag" if family in GRAPHS else family)
    assert (found.code, found.primary.span.line) == (code, line)
    assert says in found.message


BAD_CHIPS = [
    ("comm_band 2 1 2", "comm_band 2 1 4", "E143", 11, "delays that depend on the pair"),
    ("comm_band 2 1 2\n", "", "E144", 10, "no `comm_band` between resource 1 and the memory"),
    ("MEM M1", "CPU M1", "E144", 11, "0 memories"),
    ("P2 1 2", "P2 0 2", "E143", 5, "resource 0 is given twice"),
    ("sum 3.0", "sum 3.5", "E143", 4, "the time of `sum` is `3.5`, no whole number"),
    ("add_new_resource CPU P1 0 1 2 performance\n", "", "E143", 2, "stands before the first `add_new_resource`"),
]


@pytest.mark.parametrize(("old", "new", "code", "line", "says"), BAD_CHIPS)
def test_malformed_chips(run: Import, old: str, new: str, code: str, line: int, says: str) -> None:
    run("chip.txt", CHIP.replace(old, new), "dag")
    _, (found,) = run("job.txt", JOB, "dag")
    assert (found.code, found.primary.span.line, Path(found.primary.span.file).name) == (code, line, "chip.txt")
    assert says in found.message


def test_one_chip_and_no_more(run: Import) -> None:
    _, (found,) = run("job.txt", JOB, "dag")
    assert found.code == "E144" and "no `.txt` file beside this one describes the chip" in found.message
    run("one.txt", CHIP, "dag")
    run("two.txt", CHIP, "dag")
    _, (found,) = run("job.txt", JOB, "dag")
    assert "several files beside this one describe a chip: one.txt, two.txt" in found.message


WOUNDS = ("", "-", "x", " 9 ", "\n", "99999999999999999999", "[", "]", ":", ";", "{", '"', "%", "=")


@pytest.mark.parametrize("family", TEXTS)
def test_damaged_instances_never_raise(tmp_path: Path, family: str) -> None:
    name, text = TEXTS[family]
    rng, path, refused = random.Random(7), tmp_path / name, 0
    (tmp_path / "chip.txt").write_text(CHIP)
    for _ in range(200):
        at = rng.randrange(len(text))
        path.write_text(text[:at] + rng.choice(WOUNDS) + text[at + rng.randrange(9) :])
        findings = Findings()
        form = "dag" if family in GRAPHS else family
        import_file(path, tmp_path / "o", format=form, variant=None, findings=findings)
        refused += findings.failed
        assert all(d.primary.span.file in (str(path), str(tmp_path / "chip.txt")) for d in findings.items)
    assert refused > 30


@pytest.mark.parametrize("family", TEXTS)
@pytest.mark.parametrize("other", TEXTS)
def test_files_of_other_families_are_refused(tmp_path: Path, family: str, other: str) -> None:
    same = {"dag", *GRAPHS}
    if family == other or {family, other} <= same:
        return
    path, findings = tmp_path / TEXTS[other][0], Findings()
    path.write_text(TEXTS[other][1])
    form = "dag" if family in same else family
    assert import_file(path, tmp_path / "o", format=form, variant=None, findings=findings) is None
    assert [d.code[:3] for d in findings.items] == ["E14"]


DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
COUNTED = [
    ("mrcpsp/instances/psplib_j10/j1010_10.mm", "12 activities, 32 modes, 2 renewable and 2 nonrenewable resources"),
    ("mrcpsp/instances/mmlibplus_sample/Jall244_1.mm", "52 activities, 452 modes, 2 renewable and 4 nonrenewable"),
    ("rcpsp_max/instances/j10/psp103.sch", "12 activities from 0 on, 5 renewable resources, 43 time lags"),
    ("rcpsp_cpr/instances/ksd15_d_consprod/ConsProd_j3040_6.rcp", "17 activities, 4 renewable resources, 3 stocks, 36"),
    ("rcmpsp/instances/mplib1_set3/MPLIB1_Set3_740.txt", "24 projects, 1488 activities, 4 shared renewable resources"),
    ("mspsp/instances/set1a/set1a_sf1_nc1.5_n20_m30_03.dzn", "22 activities, 30 people, 4 skills, 80 needs, 31 prec"),
    ("dag/instances/heft_example/topcuoglu10.json", "10 tasks, 3 machines, 15 edges"),
    ("dag/instances/ds3_top/job_Top10.txt", "10 tasks, 3 machines, 15 edges"),
    ("dag/instances/wfcommons/fetchngs-dirt02-001.json", "43 tasks, 28 edges, 8 identical cores"),
]


@pytest.mark.skipif(not DATA.is_dir(), reason="the benchmark instances are not there")
@pytest.mark.parametrize(("name", "counts"), COUNTED)
def test_counts_by_hand(tmp_path: Path, name: str, counts: str) -> None:
    findings = Findings()
    path = import_file(DATA / name, tmp_path, format=name.split("/")[0], variant=None, findings=findings)
    assert path is not None and f"\n# {counts}" in path.read_text()
    tasks = int(re.findall(r"(\d+) (?:activities|tasks)", counts)[0])
    table = tmp_path / ("acts.csv" if "act" in counts else "tasks.csv")
    assert not table.exists() or len(table.read_text().splitlines()) == tasks + 1


PLAIN = [name for name, _ in COUNTED if not name.startswith(("mrcpsp", "rcpsp_cpr"))]


@pytest.mark.skipif(not DATA.is_dir(), reason="the benchmark instances are not there")
@pytest.mark.parametrize("name", PLAIN)
def test_imported_models_load(tmp_path: Path, name: str) -> None:
    findings = Findings()
    path = import_file(DATA / name, tmp_path, format=name.split("/")[0], variant=None, findings=findings)
    assert path is not None
    model = load_path(path, {}, {}, findings)
    tasks = int(re.findall(r"(\d+) (?:activities|tasks)", path.read_text())[0])
    assert model is not None and model.task_count == tasks and not findings.items


OPTIMA = {
    "rcpsp_max": 7,     # the resource puts 2 behind 1: 3 + 4
    "rcmpsp": 9,        # project 2 begins at 5, and its two activities follow each other: 1 + 3
    "mspsp": 5,         # only person 2 has the skill that both need: 3 + 2
    "dag": 3500,
    "heft": 9,          # 0 and 1 on machine 1, 2 on machine 2
    "job": 12,          # 4 on the accelerator, 5 to the memory and back, 3 on the processor; 14 + 3 on that alone
}


@pytest.mark.parametrize(("family", "best"), OPTIMA.items())
def test_small_models_have_their_optima(tmp_path: Path, family: str, best: int) -> None:
    path, findings = tmp_path / TEXTS[family][0], Findings()
    path.write_text(TEXTS[family][1])
    (tmp_path / "chip.txt").write_text(CHIP)
    form = "dag" if family in GRAPHS else family
    written = import_file(path, tmp_path / "out", format=form, variant=None, findings=findings)
    assert written is not None and not findings.items
    result = schedc.load(written).solve(time="30s")
    assert (str(result.status), result.objectives[0].value) == ("optimal", best)
