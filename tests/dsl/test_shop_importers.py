"""Importers of shops and machines: their texts for small instances, and that damaged ones end in diagnostics."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from schedc.dsl.format import format_text
from schedc.dsl.importers import import_file
from schedc.dsl.load import load_path
from schedc.models.diagnostics import Diagnostic, Findings

Found = tuple[Diagnostic, ...]
Import = Callable[..., tuple[str, Found]]

JSP = "2 2\n0 3 1 2\n1 4 0 1\n"
FJS = "2 3 1.5\n2 2 1 5 3 4  1 2 7\n1 2 2 3 3 6\n"
FJS_SETUPS = "2 2\n1 2 1 5 2 4\n1 1 2 3\n\n0 1\n2 0\n\n0 3\n4 0\n"
FJSW = "1 2 2\n2 2 1 2 1 5 2 6 2 1 2 7  1 2 1 1 3\n"
FAJS = "# three operations\n3 2 2\n0 2\n1 2\n1 0 4\n2 0 3 1 5\n1 1 6\n"
FLOW = "3 2\n4 1\n2 5\n3 3\n"
ZERO = "2 2\n4 0\n2 5\n"
SETUPS = "2\n2\n4 1\n2 5\n0 7\n8 0\n0 1\n2 0\n"
TARDY = "2\n2\n6 9\n4 1\n2 5\n"
HYBRID = "2\n2\n2 3\n4 1\n2 5\n"
OPEN = "2 2\n4 1\n2 5\n"
WT = "3\n4 2 5\n1 2 3\n6 7 8\n"
CDD = "4\n4 1 2\n2 3 4\n5 6 7\n1 1 1\n"
SDS = """\
Problem Instance: 1
Problem Size: 2
Begin Generator Parameters
Tau: 0.3
End Generator Parameters
Process Times:
4
2
Weights:
1
0
Duedates:
6
9
Setup Times:
-1\t0\t3
-1\t1\t5
0\t1\t1
1\t0\t2
End Problem Specification
"""
CSV = "id,lower,upper,size\nb1,0,3,4\nb2,2,9,5\n"


@pytest.fixture
def run(tmp_path: Path) -> Import:
    """Import a text under a file name; the model's text, or "", and the findings."""

    def go(name: str, text: str, format: str | None = None, variant: str | None = None) -> tuple[str, Found]:
        path, findings = tmp_path / name, Findings()
        path.write_text(text)
        out = import_file(path, tmp_path / "out", format=format, variant=variant, findings=findings)
        assert (out is None) == findings.failed
        written = out.read_text() if out else ""
        assert format_text(written, name, Findings()) == written
        return written, findings.in_order()

    return go


def statements(written: str) -> str:
    """What stands behind the tables."""
    return written[max(written.rfind("\n\n"), 0) :].strip("\n")


def rows(written: str, table: str) -> list[str]:
    """The rows of an inline table, without blanks."""
    body = re.search(rf"table {table}\b.*?rows \{{(.*?)\}}", written, re.DOTALL)
    assert body is not None
    return [re.sub(r"\s", "", row) for row in body[1].split(";")]


def test_blocking_job_shop(run: Import) -> None:
    assert statements(run("tiny.jsp", JSP, variant="blocking")[0]) == """\
let total = sum(o.dur for o in ops)
time for total
resource machine[i in 1 .. 2]
task op[o in ops]  lasts o.dur .. (if o.k < 2 then total else o.dur)  uses machine[o.machine]
order op[o.j, o.k] -> op[o.j, o.k + 1] after 0 .. 0  for o in ops where o.k < 2
minimize makespan"""


def test_job_shop_with_operators(run: Import) -> None:
    written = statements(run("tiny.jsp", JSP, variant="operators=3")[0])
    assert "resource operators  capacity 3\n" in written
    assert "task op[o in ops]  lasts o.dur  uses machine[o.machine], operators\n" in written


def test_flexible_job_shop(run: Import) -> None:
    written = run("tiny.fjs", FJS)[0]
    assert written.startswith("# flexible job shop from tiny.fjs\n# 2 jobs, 3 machines, 3 operations with 5 ")
    assert rows(written, "jobs") == ["1,2", "2,1"]
    assert rows(written, "alternatives") == ["1,1,1,5", "1,1,3,4", "1,2,2,7", "2,1,2,3", "2,1,3,6"]
    assert statements(written) == """\
resource machine[i in 1 .. 3]
task op[j in jobs, k in 1 .. j.ops]
  mode place[a in alternatives where a.j == j and a.k == k] { lasts a.dur  uses machine[a.machine] }
order op[j, k] -> op[j, k + 1]  for j in jobs, k in 1 .. j.ops - 1
minimize makespan"""


def test_flexible_jobs_of_one_length_need_no_table(run: Import) -> None:
    written = run("level.fjs", "2 2\n2 1 1 5 1 2 4 2 1 2 3 1 1 2\n")[0]
    assert "table jobs" not in written
    assert "task op[j in 1 .. 2, k in 1 .. 2]" in written
    assert "order op[j, k] -> op[j, k + 1]  for j in 1 .. 2, k in 1 .. 1" in written


def test_of_two_alternatives_on_one_machine_the_shorter_stays(run: Import) -> None:
    assert rows(run("twice.fjs", "1 2\n1 3 1 5 2 9 1 4\n")[0], "alternatives") == ["1,1,1,4", "1,1,2,9"]


def test_flexible_job_shop_with_setups(run: Import) -> None:
    written = run("setups.fjs", FJS_SETUPS)[0]
    assert rows(written, "setup") == ["1,1,2,1", "1,2,1,2", "2,1,2,3", "2,2,1,4"]
    assert rows(written, "alternatives") == ["1,1,1,5,1", "1,1,2,4,1", "2,1,2,3,2"]
    assert "resource machine[i in 1 .. 2]  change setup[i, *, *].time\n" in written
    assert "uses machine[a.machine] at a.state" in written


def test_flexible_job_shop_with_workers(run: Import) -> None:
    written = run("crew.fjsw", FJSW)[0]
    assert rows(written, "alternatives") == ["1,1,1,1,5", "1,1,1,2,6", "1,1,2,2,7", "1,2,2,1,3"]
    assert "resource worker[w in 1 .. 2]\n" in written
    assert "uses machine[a.machine], worker[a.worker]" in written


def test_flexible_shop_with_arcs(run: Import) -> None:
    written = run("graph.fajs", FAJS)[0]
    assert rows(written, "alternatives") == ["1,1,4", "2,1,3", "2,2,5", "3,2,6"]
    assert rows(written, "arcs") == ["1,3", "2,3"]
    assert "task op[k in 1 .. 3]\n" in written
    assert "order op[p.before] -> op[p.after]  for p in arcs\n" in written


FLOW_TEXT = """\
resource machine[k in 1 .. 2]
task op[j in 1 .. 3, k in 1 .. 2]  lasts work[j, k].dur  uses machine[k]
order op[j, k] -> op[j, k + 1]  for j in 1 .. 3, k in 1 .. 1
permutation op[*, k], op[*, k + 1]  for k in 1 .. 1
minimize makespan"""


def test_permutation_flow_shop(run: Import) -> None:
    written = run("tiny.txt", FLOW, "flowshop")[0]
    assert written.startswith("# flow shop from tiny.txt\n# 3 jobs, 2 machines, 6 operations;")
    assert rows(written, "work") == ["1,1,4", "1,2,1", "2,1,2", "2,2,5", "3,1,3", "3,2,3"]
    assert statements(written) == FLOW_TEXT
    assert run("tiny.txt", FLOW, "flowshop", "PFSP")[0] == written


def test_variants_of_flow_shops(run: Import) -> None:
    variants = ("NPFSP", "NW-PFSP", "TCT-PFSP")
    text = {variant: statements(run("tiny.txt", FLOW, "flowshop", variant)[0]) for variant in variants}
    without = "\n".join(line for line in FLOW_TEXT.split("\n") if not line.startswith("permutation"))
    assert text["NPFSP"] == without
    assert text["NW-PFSP"] == without.replace("op[j, k + 1]  for", "op[j, k + 1] after 0 .. 0  for")
    assert text["TCT-PFSP"] == FLOW_TEXT.replace("makespan", "sum(end(op[j, 2]) for j in 1 .. 3)")


@pytest.mark.parametrize("variant", ["PFSP", "NW-PFSP", "TCT-PFSP"])
def test_where_a_duration_is_zero_the_order_is_said_in_full(run: Import, variant: str) -> None:
    written = run("zero.txt", ZERO, "flowshop", variant)[0]
    assert "permutation" not in written
    assert "require all(end(op[i, k]) <= start(op[j, k]) for k in 1 .. 2)\n" in written
    assert "for i, j in 1 .. 2 where i < j" in written and "\ntime for total\n" in written


def test_one_machine_or_one_job_needs_no_order(run: Import) -> None:
    assert statements(run("one.txt", "3 1\n4\n2\n5\n", "flowshop")[0]).split("\n")[2:] == ["minimize makespan"]
    assert "permutation" not in run("one.txt", "1 2\n4 2\n", "flowshop")[0]


def test_flow_shop_with_setups(run: Import) -> None:
    written = run("tiny.txt", SETUPS, "flowshop_sdst")[0]
    assert rows(written, "setup") == ["1,1,2,7", "1,2,1,8", "2,1,2,1", "2,2,1,2"]
    assert "resource machine[k in 1 .. 2]  change setup[k, *, *].time\n" in written
    assert "uses machine[k] at j\n" in written and "permutation op[*, k]" in written


def test_flow_shop_with_due_dates(run: Import) -> None:
    written = run("tiny.txt", TARDY, "flowshop_tardiness")[0]
    assert rows(written, "jobs") == ["1,6", "2,9"]
    assert written.endswith("minimize sum(max(0, end(op[j, 2]) - j.due) for j in jobs)\n")


def test_hybrid_flow_shop(run: Import) -> None:
    written = run("tiny.txt", HYBRID, "hybrid_flowshop")[0]
    assert rows(written, "stages") == ["1,2", "2,3"]
    assert "resource machine[k in stages]  capacity k.machines\n" in written
    alike = run("tiny.txt", HYBRID.replace("2 3", "3 3"), "hybrid_flowshop")[0]
    assert "stages {" not in alike and "resource machine[k in 1 .. 2]  capacity 3\n" in alike


def test_open_shop(run: Import) -> None:
    assert statements(run("tiny.txt", OPEN, "openshop")[0]) == """\
resource machine[k in 1 .. 2]
task op[j in 1 .. 2, k in 1 .. 2]  lasts work[j, k].dur  uses machine[k]
exclusive op[j, *]  for j in 1 .. 2
minimize makespan"""


def test_parallel_machines(run: Import) -> None:
    assert statements(run("tiny.txt", OPEN, "parallel_machines")[0]) == """\
resource machine[i in 1 .. 2]
task `job`[j in 1 .. 2]
  mode place[i in 1 .. 2] { lasts work[j, i].dur  uses machine[i] }
minimize makespan"""


def test_weighted_tardiness(run: Import) -> None:
    written = run("tiny.txt", WT, "single_machine")[0]
    assert rows(written, "jobs") == ["1,4,1,6", "2,2,2,7", "3,5,3,8"]
    assert statements(written) == """\
resource machine[i in 1 .. 1]
task `job`[j in jobs]  lasts j.dur  uses machine[1]  due j.due weight j.weight
minimize tardiness"""


def test_weighted_tardiness_with_setups(run: Import) -> None:
    written = run("tiny.instance", SDS, "single_machine")[0]
    assert rows(written, "jobs") == ["1,4,1,6", "2,2,0,9"]
    assert rows(written, "setup") == ["0,1,3", "0,2,5", "1,2,1", "2,1,2"]
    assert "resource machine[i in 1 .. 1]  change setup.time  starts 0\n" in written
    assert "uses machine[1] at j.j  due j.due weight j.weight\n" in written


def test_common_due_date(run: Import) -> None:
    written = run("tiny.txt", CDD, "single_machine", "h=0.6")[0]
    assert rows(written, "jobs") == ["1,4,1,2", "2,2,3,4", "3,5,6,7", "4,1,1,1"]
    assert "param h = 0.6\n" in written and "let d = floor(h * total)\n" in written
    assert run("tiny.txt", CDD, "single_machine")[0] == written.replace("h = 0.6", "h = 0.4")


def test_three_jobs_may_be_meant_either_way(run: Import) -> None:
    assert "tardiness" in run("tiny.txt", WT, "single_machine")[0]
    assert rows(run("tiny.txt", WT, "single_machine", "h=1")[0], "jobs") == ["1,4,2,5", "2,1,2,3", "3,6,7,8"]


def test_memory(run: Import) -> None:
    written = run("tiny.16.csv", CSV, "memory_allocation")[0]
    assert rows(written, "buffers") == ["b1,0,3,4", "b2,2,9,5"]
    assert statements(written) == """\
let total = sum(b.size for b in buffers)
resource memory  capacity total  contiguous
task buffer[b in buffers]  lasts b.upper - b.lower  within b.lower .. b.upper  uses memory b.size
minimize peak(memory)"""


def test_memory_within_a_capacity(run: Import) -> None:
    fits = run("tiny.16.csv", CSV, "memory_allocation", "fit")[0]
    assert "resource memory  capacity 16  contiguous\n" in fits and "minimize" not in fits
    assert "capacity 12 " in run("tiny.16.csv", CSV, "memory_allocation", "fit=12")[0]
    mixed = run("tiny.csv", "size,id,upper,lower\n4,7,3,0\n5,-1,9,2\n", "memory_allocation")[0]
    assert rows(mixed, "buffers") == ["7,0,3,4", "-1,2,9,5"] and "id: int" in mixed


BAD = [
    ("fjsp", "a.fjs", "", "E144", 1, "the number of jobs"),
    ("fjsp", "a.fjs", "2 3 1 9\n", "E143", 1, "more numbers after the counts of the first line"),
    ("fjsp", "a.fjs", "2\n3\n", "E144", 1, "the number of machines"),
    ("fjsp", "a.fjs", FJS[:-4], "E144", 3, "the alternatives need 4 more numbers"),
    ("fjsp", "a.fjs", "999999999999 3\n1 1 1 1\n", "E144", 2, "need"),
    ("fjsp", "a.fjs", FJS.replace("2 2 1 5", "2 0 1 5"), "E143", 2, "the number of alternatives is 0"),
    ("fjsp", "a.fjs", FJS.replace("3 4", "4 4"), "E143", 2, "a machine is 4, not between 1 and 3"),
    ("fjsp", "a.fjs", FJS.replace("2 7", "2 -7"), "E143", 2, "a duration is -7"),
    ("fjsp", "a.fjs", FJS + "1 2\n", "E144", 4, "3 blocks of 3 x 3 set-ups need 27"),
    ("fjsp", "a.fjs", FJS_SETUPS + "8\n", "E143", 10, "more numbers after the set-ups"),
    ("fjsp", "a.fjs", FJS.replace("5", "5.5"), "E143", 2, "`5.5` is not a whole number"),
    ("fjsp", "a.fjsw", FJS, "E143", 1, "`1.5` is not a whole number"),
    ("fjsp", "a.fjsw", FJSW.replace("2 6", "3 6"), "E143", 2, "a worker is 3, not between 1 and 2"),
    ("fjsp", "a.fjsw", FJSW + "4\n", "E143", 3, "more numbers after the operations"),
    ("fjsp", "a.fajs", FAJS.replace("1 2\n", "1 3\n"), "E143", 4, "an operation of an arc is 3"),
    ("fjsp", "a.fajs", FAJS[:-3], "E144", 7, "the alternatives need 2"),
    ("flowshop", "a.txt", "3 2\n4 1\n2 5\n3\n", "E144", 4, "the durations of 3 jobs on 2 machines need 6"),
    ("flowshop", "a.txt", FLOW + "1\n", "E143", 5, "more numbers after the durations"),
    ("flowshop", "a.txt", JSP, "E143", 3, "more numbers after the durations of 2 jobs on 2 machines: 1"),
    ("flowshop", "a.txt", "999999 999999\n1\n", "E144", 2, "need 999998000001 more numbers"),
    ("flowshop", "a.txt", "0 2\n", "E143", 1, "the number of jobs is 0"),
    ("flowshop_sdst", "a.txt", SETUPS[:-4], "E144", 7, "the durations and set-ups of 2 jobs on 2 machines need 12"),
    ("flowshop_sdst", "a.txt", FLOW, "E144", 4, "need 24 more"),
    ("flowshop_sdst", "a.txt", SETUPS.replace("4 1", "4 0"), "E143", 3, "a duration is 0"),
    ("flowshop_tardiness", "a.txt", TARDY.replace("6 9", "6"), "E144", 5, "the due dates and durations"),
    ("hybrid_flowshop", "a.txt", HYBRID.replace("2 3", "2 0"), "E143", 3, "the number of machines of a stage is 0"),
    ("hybrid_flowshop", "a.txt", "2\n2\n2 3\n4 1\n2\n", "E144", 5, "the machines of 2 stages"),
    ("openshop", "a.txt", "2 2\n4 x\n2 5\n", "E143", 2, "`x` is not a whole number"),
    ("parallel_machines", "a.txt", "2 2\n4 1\n2\n", "E144", 3, "need 4 more"),
    ("single_machine", "a.txt", WT[:-4], "E144", 4, "the durations, weights and due dates of 3 jobs need 9"),
    ("single_machine", "a.txt", WT + "5", "E143", 5, "more numbers after the due dates"),
    ("single_machine", "a.txt", CDD[:-4], "E144", 5, "4 lines of a duration and two penalties"),
    ("single_machine", "a.txt", SDS.replace("Weights:", "Loads:"), "E144", 1, "`Weights:` is missing"),
    ("single_machine", "a.txt", SDS.replace("Size: 2", "Size: 3"), "E144", 8, "a number below `Process Times:`"),
    ("single_machine", "a.txt", SDS[: SDS.index("1\t0\t2")], "E144", 18, "the set-ups of 2 jobs need 12"),
    ("single_machine", "a.txt", SDS.replace("1\t0\t2", "0\t1\t2"), "E143", 19, "a second set-up from 0 to 1"),
    ("single_machine", "a.txt", SDS.replace("1\t0\t2", "1\t1\t2"), "E144", 19, "the other 1 of the set-ups"),
    ("single_machine", "a.txt", SDS.replace("1\t0\t2", "1\t9\t2"), "E143", 19, "a job is 9"),
    ("memory_allocation", "a.csv", "", "E143", 1, "does not name the columns"),
    ("memory_allocation", "a.csv", "id,lower,upper,size\n", "E144", 1, "no buffer"),
    ("memory_allocation", "a.csv", CSV.replace("size", "weight"), "E143", 1, "the columns id, lower, upper, size"),
    ("memory_allocation", "a.csv", CSV.replace("b2,2,9,5", "b2,2,9"), "E143", 3, "3 cells, not 4"),
    ("memory_allocation", "a.csv", CSV.replace("b2,2", "b2,2.5"), "E143", 3, "`2.5` is no whole number for `lower`"),
    ("memory_allocation", "a.csv", CSV.replace("b2,2", "b1,2"), "E143", 3, "a second buffer `b1`"),
    ("memory_allocation", "a.csv", CSV.replace("b2,2", "b2,9"), "E143", 3, "which is never"),
    ("memory_allocation", "a.csv", CSV.replace("b2", 'b"2'), "E143", 3, "holds what no name may"),
    ("memory_allocation", "a.csv", CSV.replace("9,5", "9,-5"), "E143", 3, "`size` is -5"),
]


@pytest.mark.parametrize(("form", "name", "text", "code", "line", "says"), BAD)
def test_malformed(run: Import, form: str, name: str, text: str, code: str, line: int, says: str) -> None:
    _, (found,) = run(name, text, form)
    assert (found.code, found.primary.span.line) == (code, line), found.message
    assert says in found.message


@pytest.mark.parametrize(
    ("form", "variant", "text"),
    [
        ("jsp", "operators=0", JSP), ("jsp", "operators=", JSP), ("jsp", "operators=x", JSP),
        ("flowshop", "pfsp", FLOW), ("flowshop", "PFSP=1", FLOW),
        ("single_machine", "h=x", CDD), ("single_machine", "h=0.4", "2\n4 2\n1 2\n6 7\n"),
        ("single_machine", "tardiness", CDD), ("memory_allocation", "fit", CSV), ("openshop", "blocking", OPEN),
    ],
)  # fmt: skip
def test_variants_that_do_not_fit(run: Import, form: str, variant: str, text: str) -> None:
    _, (found,) = run("plain.txt", text, form, variant)
    assert found.code == "E142"


WOUNDS = ("", "-", "x", " 9 ", "\n", "99999999999999999999", '"', ",")
WHOLE_TEXTS = [
    ("fjsp", "a.fjs", FJS), ("fjsp", "a.fjs", FJS_SETUPS), ("fjsp", "a.fjsw", FJSW), ("fjsp", "a.fajs", FAJS),
    ("flowshop", "a.txt", FLOW), ("flowshop_sdst", "a.txt", SETUPS), ("flowshop_tardiness", "a.txt", TARDY),
    ("hybrid_flowshop", "a.txt", HYBRID), ("openshop", "a.txt", OPEN), ("parallel_machines", "a.txt", OPEN),
    ("single_machine", "a.txt", WT), ("single_machine", "a.txt", CDD), ("single_machine", "a.txt", SDS),
    ("memory_allocation", "a.csv", CSV),
]  # fmt: skip


@pytest.mark.parametrize(("form", "name", "text"), WHOLE_TEXTS)
def test_damaged_instances_never_raise(tmp_path: Path, form: str, name: str, text: str) -> None:
    rng, path, refused = random.Random(11), tmp_path / name, 0
    for _ in range(100):
        at = rng.randrange(len(text))
        path.write_text(text[:at] + rng.choice(WOUNDS) + text[at + rng.randrange(9) :])
        findings = Findings()
        out = import_file(path, tmp_path / "o", format=form, variant=None, findings=findings)
        assert (out is None) == findings.failed
        refused += findings.failed
    assert refused > 20


LOADS = [
    ("jsp", "a.jsp", None, JSP, 4), ("jsp", "a.jsp", "blocking", JSP, 4), ("jsp", "a.jsp", "operators=2", JSP, 4),
    ("fjsp", "a.fjs", None, FJS, 3), ("fjsp", "a.fjs", None, FJS_SETUPS, 2), ("fjsp", "a.fjsw", None, FJSW, 2),
    ("fjsp", "a.fajs", None, FAJS, 3), ("fjsp", "a.fjs", None, "\ufeff" + FJS.replace("\n", "\r\n"), 3),
    ("flowshop", "a.txt", "PFSP", FLOW, 6), ("flowshop", "a.txt", "NPFSP", FLOW, 6),
    ("flowshop", "a.txt", "NW-PFSP", FLOW, 6), ("flowshop", "a.txt", "TCT-PFSP", FLOW, 6),
    ("flowshop", "a.txt", "PFSP", ZERO, 4), ("flowshop", "a.txt", "NW-PFSP", ZERO, 4),
    ("flowshop", "a.txt", "TCT-PFSP", ZERO, 4), ("flowshop", "a.txt", "PFSP", "1 2\n4 2\n", 2),
    ("flowshop_sdst", "a.txt", None, SETUPS, 4), ("flowshop_tardiness", "a.txt", None, TARDY, 4),
    ("hybrid_flowshop", "a.txt", None, HYBRID, 4), ("openshop", "a.txt", None, OPEN, 4),
    ("parallel_machines", "a.txt", None, OPEN, 2), ("single_machine", "a.txt", None, WT, 3),
    ("single_machine", "a.txt", "h=0.2", CDD, 4), ("single_machine", "a.txt", None, SDS, 2),
    ("memory_allocation", "a.9.csv", "height", CSV, 2), ("memory_allocation", "a.9.csv", "fit", CSV, 2),
    ("memory_allocation", "a.9.csv", None, CSV.replace("b1", "first buffer"), 2),
]  # fmt: skip


@pytest.mark.parametrize(("form", "name", "variant", "text", "tasks"), LOADS)
def test_what_is_written_loads(
    tmp_path: Path, form: str, name: str, variant: str | None, text: str, tasks: int
) -> None:
    """The model has the tasks of the file, or a construct is refused by name: there is no other finding."""
    (tmp_path / name).write_text(text)
    findings = Findings()
    out = import_file(tmp_path / name, tmp_path / "o", format=form, variant=variant, findings=findings)
    assert out is not None
    model = load_path(out, {}, {}, findings)
    assert {found.code for found in findings.items} <= {"E190"}
    assert findings.failed or (model is not None and model.task_count == tasks)


DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
PRESENT = pytest.mark.skipif(not DATA.is_dir(), reason="the benchmark instances are not there")
COUNTED = [
    ("fjsp", "brandimarte/mk01.fjs", None, "10 jobs, 6 machines, 55 operations with 115 alternatives"),
    ("fjsp", "sdst_fattahi/Fattahi_setup_01.fjs", None, "2 jobs, 2 machines, 4 operations with 8 alternatives"),
    ("fjsp", "fajsp_bffmor/DAFJS01.fajs", None, "5 machines, 26 operations with 82 alternatives, 26 arcs"),
    ("fjsp", "fjsp_w/BrandimarteMk1.fjsw", None, "10 jobs, 6 machines and 9 workers, 55 operations with 552 "),
    ("flowshop", "taillard/ta001.txt", "PFSP", "20 jobs, 5 machines, 100 operations"),
    ("flowshop_sdst", "ssd_block1/ta001.txt", None, "20 jobs, 5 machines, 100 operations"),
    ("flowshop_tardiness", "tt_pfsp/001.txt", None, "50 jobs, 10 machines, 500 operations"),
    ("hybrid_flowshop", "ruiz/0001.txt", None, "50 jobs, 5 stages, 250 operations, 15 machines"),
    ("openshop", "brucker/j3-per0-1.txt", None, "3 jobs, 3 machines, 9 operations"),
    ("parallel_machines", "pmp/0001.txt", None, "100 jobs, each on one of 10 machines"),
    ("single_machine", "wt40/wt40_001.txt", None, "40 jobs: total weighted tardiness"),
    ("single_machine", "wtsds/wt_sds_1.instance", None, "60 jobs: total weighted tardiness, with set-ups"),
    ("single_machine", "cdd_sch10/sch10_k01.txt", "h=0.2", "10 jobs: total weighted earliness and tardiness"),
    ("memory_allocation", "minimalloc/A.1048576.csv", "fit", "154 buffers"),
    ("jsp", "ft/ft06.txt", "blocking", "6 jobs, 6 machines, 36 operations"),
]


@PRESENT
@pytest.mark.parametrize(("form", "path", "variant", "says"), COUNTED)
def test_counts_of_public_instances(tmp_path: Path, form: str, path: str, variant: str | None, says: str) -> None:
    findings = Findings()
    file = DATA / form / "instances" / path
    out = import_file(file, tmp_path, format=form, variant=variant, findings=findings)
    assert out is not None and not findings.items
    assert out.read_text().split("\n")[1].startswith("# " + says)
