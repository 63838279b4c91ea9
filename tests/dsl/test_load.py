"""Files and texts to checked models."""

from __future__ import annotations

import hashlib

from schedc.dsl.codes import IMPOSSIBLE
from schedc.dsl.load import load_path, load_text
from schedc.models.diagnostics import Findings

TEXT = "time for 9\ntable t from \"t.csv\" key id { n: int }\ntask a[r in t] lasts r.n\n"


def test_a_file_reads_its_tables_beside_it(tmp_path):
    (tmp_path / "shop.sched").write_text(TEXT)
    (tmp_path / "t.csv").write_text("id,n\nx,3\n")
    findings = Findings()
    model = load_path(tmp_path / "shop.sched", {}, {}, findings)
    assert model is not None and not findings.items
    assert (model.name, model.task_numbers, model.shortest.tolist()) == ("shop", {"a[x]": 0}, [3])
    assert model.tasks[0].origin.address.endswith("shop.sched:3")


def test_a_text_has_no_folder():
    findings = Findings()
    assert load_text(TEXT, {}, {}, findings) is None
    assert [d.code for d in findings.items] == ["E166"]


def test_the_digest_of_a_text_is_that_of_its_bytes():
    text = "time for 9  task a lasts 1  # süß"
    model = load_text(text, {}, {}, Findings(), name="x")
    assert model is not None
    assert (model.name, model.digest) == ("x", hashlib.sha256(text.encode()).hexdigest())


def test_syntax_errors_stop_before_meaning():
    findings = Findings()
    assert load_text("task a lasts\ntask b lasts nope", {}, {}, findings) is None
    assert findings.failed and all(d.code < "E150" for d in findings.items)


def test_a_horizon_is_derived():
    model = load_text("resource r  task a[i in 1 .. 3] lasts i uses r  minimize makespan", {}, {}, Findings())
    assert model is not None and model.axis.derived and model.horizon >= 6


def test_an_error_leaves_no_model():
    findings = Findings()
    assert load_text("time for 9  resource r  task a lasts -2 uses r", {}, {}, findings) is None
    assert findings.errors == {"E243"}


def test_a_statement_that_no_schedule_can_keep_leaves_a_model():
    findings = Findings()
    assert load_text("time for 9  resource r  task a lasts 12 uses r", {}, {}, findings) is not None
    assert findings.errors <= IMPOSSIBLE and findings.failed


def test_a_missing_file(tmp_path):
    findings = Findings()
    assert load_path(tmp_path / "none.sched", {}, {}, findings) is None
    assert [d.code for d in findings.items] == ["E100"]
