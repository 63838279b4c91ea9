"""Tables: inline, from CSV files, and what can be wrong with them."""

from __future__ import annotations

from pathlib import Path

import pytest

HEAD = 'table t from "t.csv" key id '
USE = ' task a[r in t] lasts 1  time for 9'


def csv(folder: Path, text: str, name: str = "t.csv") -> Path:
    (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_inline_rows_of_every_type(values):
    found = values("""
        time 15 min from 2026-01-05 zone "Europe/Paris"
        table m key id { id: int } rows { 7; 9 }
        table t key id { id: text, n: int, x: number, f: bool, d: duration, at: instant, size: amount Gbps, on: m }
          rows { a, 1, 0.25, true, 1 h 30 min, 2026-01-06, 20 Gbps, 9;
                 "b c", -2, -1.5, false, 45 min, 2026-01-06 10:00, 500 Mbps, 7;
                 c, none, none, none, none, none, none, none }
        let n[r in t] = r.n  let x[r in t] = r.x  let f[r in t] = r.f  let d[r in t] = r.d  let when[r in t] = r.at
        let size[r in t] = r.size  let on[r in t] = r.on  let gone[r in t] = r.on == none
    """)
    assert found["n"] == ["1", "-2", "none"]
    assert found["x"] == ["0.25", "-1.5", "none"]
    assert found["f"] == ["true", "false", "none"]
    assert found["d"] == ["1 h 30 min", "45 min", "none"]
    assert found["when"] == ["2026-01-06 00:00", "2026-01-06 10:00", "none"]
    assert found["size"] == ["20 Gbps", "0.5 Gbps", "none"]
    assert found["on"] == ["9", "7", "none"]
    assert found["gone"] == ["false", "false", "true"]


def test_a_csv_file(built, tmp_path):
    csv(tmp_path, 'id,n,"size, total",d\n"a ""x""",3,20,2 h\nb,4, 5 Gbps ,30 min\n')
    model = built(
        "time 30 min for 2 d\n" + HEAD + "{ id, n: int, d: duration }\n"
        "task a[r in t] lasts r.d uses p r.n  resource p capacity 5", tmp_path,
    ).model
    assert model.tasks[0].family.labels() == ['a[a "x"]', "a[b]"]
    assert model.tasks[0].shortest.tolist() == [4, 1]
    assert model.tasks[0].uses[0].amount.tolist() == [3, 4]


def test_a_key_need_not_be_declared(built, tmp_path):
    csv(tmp_path, "x,id\n1,k1\n2,k2\n")
    model = built(HEAD + "{ x: int } task a[r in t] lasts r.x  time for 9", tmp_path).model
    assert model.tasks[0].family.labels() == ["a[k1]", "a[k2]"]


def test_blank_lines_and_a_byte_order_mark(built, tmp_path):
    (tmp_path / "t.csv").write_bytes(b"\xef\xbb\xbfid,x\r\n\r\na,1\r\n\r\nb,2\r\n")
    model = built(HEAD + "{ x: int } task a[r in t] lasts r.x  time for 9", tmp_path).model
    assert model.tasks[0].shortest.tolist() == [1, 2]


def test_composite_keys_name_their_members(built):
    model = built("""
        table op key job, k { job: int, k: int, work: int } rows { 1, 1, 5; 1, 2, 6; 2, 1, 7 }
        task op_[o in op] lasts o.work
        order op_[1, 1] -> op_[1, 2]
        order op_[o.job, o.k - 1] -> op_[o] for o in op where o.k > 1
        time for 99
    """).model
    assert model.tasks[0].family.labels() == ["op_[1,1]", "op_[1,2]", "op_[2,1]"]
    assert [(o.first.tolist(), o.second.tolist()) for o in model.orders] == [([0], [1]), ([0], [1])]


@pytest.mark.parametrize(("columns", "rows", "code", "says"), [
    ("{ id: int }", "id\n1.5\n", "E161", "`1.5` is not a whole number"),
    ("{ id: int }", "id\n1_000\n", "E161", "`1_000`"),
    ("{ id: int }", "id\n٣\n", "E161", "is not a whole number"),
    ("{ id: int }", "id\n99999999999999999999\n", "E161", "64 bits"),
    ("{ n: number }", "id,n\na,nan\n", "E161", "`nan` is not a number"),
    ("{ n: number }", "id,n\na,inf\n", "E161", "`inf` is not a number"),
    ("{ n: number }", "id,n\na,1e5\n", "E161", "`1e5` is not a number"),
    ("{ n: bool }", "id,n\na,maybe\n", "E161", "is not `true` or `false`"),
    ("{ n: duration }", "id,n\na,3 h\n", "E161", "is not a"),
    ("{ n: amount GB }", "id,n\na,3 h\n", "E161", "is not an amount of data"),
    ("{ n: amount GB }", "id,n\na,3 Gbps\n", "E161", "is an amount of data/time, not an amount of data"),
    ("{ n: amount GB }", "id,n\na,GB\n", "E161", "is not an amount of data"),
    ("{ n: int }", "id,m\na,1\n", "E164", "has no column `n`"),
    ("{ n: int }", "id,n\na,1\nb\n", "E165", "row 2 has 1 cells, the header has 2"),
    ("{ n: int }", "id,n\na,1,4\n", "E165", "row 1 has 3 cells"),
    ("{ n: int }", "", "E168", "is empty"),
    ("{ n: int }", "id,n,id\na,1,b\n", "E168", "twice"),
    ("{ n: text }", "id,n\na,x\0y\n", "E168", "NUL"),
    ("{ n: int }", "id,n\n,1\n", "E169", "row 1: the key `id` is empty"),
    ("{ id: number }", "id\n0.5\n", "E169", "the key `id` is 0.5, no whole number"),
    ("{ n: int }", "id,n\na,1\nb,1\na,2\n", "E170", "row 3: key `a` stands already in row 1"),
    ("{ n: foo }", "id,n\na,1\n", "E160", "no type `foo`"),
    ("{ n: int, n: text }", "id,n\na,1\n", "E150", "`n` stands twice"),
])
def test_wrong_files(built, tmp_path, columns, rows, code, says):
    assert says in built(HEAD + columns + USE, csv(tmp_path, rows)).only(code).message


def test_bytes_that_are_no_text(built, tmp_path):
    (tmp_path / "t.csv").write_bytes(b"id,n\na,\xff\xfe\n")
    built(HEAD + "{ n: text }" + USE, tmp_path).only("E168")


def test_dangling_references_are_listed_with_their_total(built):
    rows = "; ".join(f"{i}, x{i}" for i in range(30))
    found = built("table u key id { id: text } rows { x3 }\n"
                  "table t key id { id: int, to: u } rows { " + rows + " }\n" + USE)
    diagnostic = found.only("E161")
    assert "row 1, column `to`: `x0` is no `id` of table `u`" in diagnostic.message
    assert "29 rows" in diagnostic.notes[0] and "and 9 more" in diagnostic.notes[0]
    assert found.marked(diagnostic) == "x0"


def test_all_wrong_columns_are_reported_at_once(built, tmp_path):
    csv(tmp_path, "id,n,m\na,x,1\nb,2,y\n")
    assert built(HEAD + "{ n: int, m: int }" + USE, tmp_path).codes == ["E161", "E161"]


def test_a_missing_file(built, tmp_path):
    assert "no such file" in built(HEAD + "{ id }" + USE, tmp_path).only("E166").message


def test_a_folder_is_no_table(built, tmp_path):
    (tmp_path / "t.csv").mkdir()
    built(HEAD + "{ id }" + USE, tmp_path).only("E166")


def test_files_stay_in_the_models_folder(built, tmp_path):
    inside = tmp_path / "in"
    inside.mkdir()
    csv(tmp_path, "id\na\n")
    built('table t from "../t.csv" key id { id }' + USE, inside).only("E167")
    (inside / "t.csv").symlink_to(tmp_path / "t.csv")
    built(HEAD + "{ id }" + USE, inside).only("E167")
    built(f'table t from "{tmp_path}/t.csv" key id {{ id }}' + USE, inside).only("E167")


def test_other_data_may_lie_anywhere(built, tmp_path):
    inside = tmp_path / "in"
    inside.mkdir()
    csv(tmp_path, "id\nb\n", "other.csv")
    made = built(HEAD + "{ id }" + USE, inside, data={"t": tmp_path / "other.csv"})
    assert made.model.tasks[0].family.labels() == ["a[b]"]
    built(HEAD + "{ id }" + USE, inside, data={"t": tmp_path / "other.csv", "u": tmp_path}).only("E171")


def test_data_may_replace_inline_rows(built, tmp_path):
    csv(tmp_path, "id\nz\n")
    made = built("table t key id { id: text } rows { a; b }" + USE, None, data={"t": tmp_path / "t.csv"})
    assert made.model.tasks[0].family.labels() == ["a[z]"]


def test_the_digest_covers_what_was_read(built, tmp_path):
    def digest(rows: str, params: dict[str, int]) -> str:
        text = HEAD + "{ id } param n = 1 task a[r in t] lasts n  time for 9"
        return str(built(text, csv(tmp_path, rows), params).model.digest)

    one = digest("id\na\n", {})
    assert one == digest("id\na\n", {})
    assert len({one, digest("id\nb\n", {}), digest("id\na\n", {"n": 2}), digest("id\na\n", {"n": 3})}) == 4
    assert built("task a lasts 1  time for 9").model.digest == "0" * 64


@pytest.mark.parametrize(("text", "code"), [
    ("table t key id { id: text, n: int } rows { a, 1, 2 }", "E165"),
    ("table t key id { id: text } key id rows { a }", "E163"),
    ("table t key nope { id: text } rows { a }", "E155"),
    ("table t key id { id: text }", "E164"),
    ("table t key id rows { a }", "E164"),
    ('table t from "t.ods" key id { id: text }', "E180"),
    ('table t from "select * from t" key id { id: text }', "E180"),
    ('table t from "t.csv" in here key id { id: text }', "E173"),
    ('table t in here key id { id: text }', "E164"),
    ('table t from "t.json" in here in there key id { id: text }', "E163"),
    ('table t from "select 1" in here key id { id: text } rows { a }', "E163"),
    ('table t from "t.csv" key id { id: text } rows { a }', "E163"),
    ("table t key id { id: text private } rows { a }", "E190"),
    ("table t key id { id: int Gbps } rows { 1 }", "E160"),
    ("table u { a: int } rows { 1 } table t key id { id: u } rows { 1 }", "E160"),
])
def test_wrong_statements(built, tmp_path, text, code):
    assert code in built(text + USE, tmp_path).codes


@pytest.mark.parametrize(("use", "code", "says"), [
    ("lasts r.m", "E155", "no column `m`"),
    ("lasts r.n", "E254", "table `t`, row 2, column `n` is empty"),
    ("lasts 1 + r.n", "E254", "row 2"),
    ("lasts t", "E262", "is a table"),
    ('lasts t["z"].n', "E259", 't[z]'),
    ("lasts r.n.m", "E257", "has no columns"),
])
def test_wrong_uses(built, use, code, says):
    text = "table t key id { id: text, n: int } rows { a, 1; b, none; c, 3 } task x[r in t] " + use
    assert says in built(text + " time for 9").only(code).message
