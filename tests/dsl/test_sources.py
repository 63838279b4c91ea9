"""Tables from CSV, JSON, Parquet, Excel, SQLite and PostgreSQL: one content is one model, whatever holds it."""

from __future__ import annotations

import csv
import io
import json
import os
import random
import shutil
import sqlite3
import subprocess
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from schedc.dsl.faults import Fault
from schedc.dsl.load import load_path
from schedc.dsl.sources import delimited, excel
from schedc.dsl.sources.request import Request
from schedc.models.diagnostics import Findings
from schedc.models.model import Model
from schedc.models.source import NOWHERE

COLUMNS = ("{ id: text, n: int, share: number, urgent: bool, work: duration, ready: instant, size: amount GB, "
           "on: machine }")
MODEL = """time 15 min from 2026-01-05 zone "Europe/Paris" for 20 d
table machine key id { id: int } rows { 7; 9 }
table t %s key id %s
resource r[m in machine] capacity 99
task a[x in t] lasts x.work release x.ready uses r[x.on] x.n
require start(a[x]) >= floor(x.share) * 15 min + (if x.size > 3 GB then 15 min else 0 min) for x in t where x.urgent
minimize makespan
"""
ROWS: list[dict[str, Any]] = [
    {"id": "p1", "n": 3, "share": "0.25", "urgent": True, "work": "90 min", "ready": "2026-01-06", "size": "4.5 GB",
     "on": 7},
    {"id": "p 2", "n": 1, "share": "2", "urgent": False, "work": "2 h 15 min", "ready": "2026-01-07 10:30",
     "size": "500 MB", "on": 9},
    {"id": "p,\"3", "n": 2, "share": "-1.5", "urgent": True, "work": "45 min", "ready": "2026-01-08 00:00",
     "size": "2 GB", "on": 9},
]


def csv_text(rows: list[dict[str, Any]], sign: str = ",") -> str:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=sign, lineterminator="\n")
    writer.writerow(rows[0])
    writer.writerows([["true" if v is True else "false" if v is False else v for v in r.values()] for r in rows])
    return out.getvalue()


Checked = Callable[..., tuple[Model | None, Findings]]


@pytest.fixture
def checked(tmp_path: Path) -> Checked:
    """The model with its table from a source, and what was found."""

    def make(source: str, columns: str = COLUMNS) -> tuple[Model | None, Findings]:
        path = tmp_path / "m.sched"
        path.write_text(MODEL % (source, columns))
        findings = Findings()
        return load_path(path, {}, {}, findings), findings

    return make


@pytest.fixture
def plain(checked: Checked, tmp_path: Path) -> Model:
    """The model from CSV."""
    (tmp_path / "t.csv").write_text(csv_text(ROWS))
    model, findings = checked('from "t.csv"')
    assert model is not None and not findings.items
    assert model.shortest.tolist() == [6, 9, 3] and model.release.tolist() == [96, 96 * 2 + 42, 96 * 3]
    return model


def same(model: Model | None, findings: Findings, other: Model) -> None:
    assert model is not None, findings.items
    assert model.digest == other.digest
    assert [t.shortest.tolist() for t in model.tasks] == [t.shortest.tolist() for t in other.tasks]
    assert model.release.tolist() == other.release.tolist()
    assert model.demands.amount.tolist() == other.demands.amount.tolist()
    assert len(model.requires) == len(other.requires)


# ---- files ----


def test_every_kind_of_file_gives_the_same_model(checked: Checked, plain: Model, tmp_path: Path) -> None:
    (tmp_path / "t.tsv").write_text(csv_text(ROWS, "\t"))
    (tmp_path / "t.json").write_text(json.dumps(ROWS))
    (tmp_path / "whole.json").write_text(json.dumps({"made": "today", "parts": ROWS}))
    (tmp_path / "columns.json").write_text(json.dumps({k: [r[k] for r in ROWS] for k in ROWS[0]}))
    (tmp_path / "t.ndjson").write_text("\n".join(json.dumps(r) for r in ROWS) + "\n\n")
    pl.DataFrame(ROWS).write_parquet(tmp_path / "t.parquet")
    sources = ['from "t.tsv"', 'from "t.json"', 'from "whole.json" in parts', 'from "columns.json"', 'from "t.ndjson"',
               'from "t.parquet"']
    for source in sources:
        same(*checked(source), plain)


def test_columns_of_their_own_types(checked: Checked, plain: Model, tmp_path: Path) -> None:
    frame = pl.read_csv(tmp_path / "t.csv").with_columns(
        share=pl.Series([0.25, 2.0, -1.5]), n=pl.Series([3, 1, 2], dtype=pl.UInt8),
        work=(pl.Series([90, 135, 45]) * 60_000).cast(pl.Duration("ms")),
        ready=pl.Series(["2026-01-06T00:00", "2026-01-07T10:30", "2026-01-08T00:00"]).str.to_datetime("%Y-%m-%dT%H:%M"),
        size=pl.Series(["4.5", "0.5", "2"]).cast(pl.Decimal(10, 3)), id=pl.Series(["p1", "p 2", "p,\"3"]).cast(
            pl.Categorical),
    )
    frame.write_parquet(tmp_path / "u.parquet")
    same(*checked('from "u.parquet"'), plain)
    zoned = frame.with_columns(pl.col("ready").dt.replace_time_zone("Europe/Paris").dt.convert_time_zone("Asia/Tokyo"))
    zoned.write_parquet(tmp_path / "z.parquet")
    same(*checked('from "z.parquet"'), plain)


def test_workbooks(checked: Checked, plain: Model, tmp_path: Path) -> None:
    pytest.importorskip("fastexcel")
    writer = pytest.importorskip("xlsxwriter")
    book = writer.Workbook(tmp_path / "t.xlsx")
    book.add_worksheet("Notes").write(0, 0, "nothing")
    sheet = book.add_worksheet("The parts")
    for r, row in enumerate([list(ROWS[0]), *[list(row.values()) for row in ROWS]]):
        for c, cell in enumerate(row):
            sheet.write(r, c, cell)
    book.close()
    same(*checked('from "t.xlsx" in `The parts`'), plain)
    assert checked('from "t.xlsx" in March')[1].errors == {"E173"}
    assert checked('from "t.xlsx"')[1].errors == {"E164"}


def test_where_a_package_is_missing(checked: Checked, plain: Model, tmp_path: Path,
                                    monkeypatch: pytest.MonkeyPatch) -> None:
    with zipfile.ZipFile(tmp_path / "t.xlsx", "w") as archive:
        archive.writestr("a", "b")
    monkeypatch.setattr(excel, "find_spec", lambda name: None)
    found = checked('from "t.xlsx"')[1].items
    assert [d.code for d in found] == ["E177"] and "schedc[excel]" in str(found[0].fixes)


def test_workbooks_that_were_made_to_hurt(checked: Checked, tmp_path: Path) -> None:
    for name, entry, content in (
        ("bomb", "xl/worksheets/sheet1.xml", b" " * (1100 << 20)),
        ("corner", "xl/worksheets/sheet1.xml", b'<row r="1"><c r="XFD1048576"><v>1</v></c></row>'),
    ):
        with zipfile.ZipFile(tmp_path / f"{name}.xlsx", "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            archive.writestr(entry, content)
        assert checked(f'from "{name}.xlsx"')[1].errors == {"E172"}, name
    (tmp_path / "text.xlsx").write_text("id,n\n")
    assert checked('from "text.xlsx"')[1].errors == {"E168"}


@pytest.mark.parametrize(("name", "content", "code"), [
    ("a.json", "{", "E168"), ("a.json", '"x"', "E178"), ("a.json", '{"a": 1}', "E178"), ("a.json", "[1]", "E178"),
    ("a.json", '{"id": [1], "n": []}', "E178"), ("a.json", '[{"id": "a"}]', "E164"), ("a.json", "[" * 99_999, "E168"),
    ("a.json", '[{"id": [1], "n": 1}]', "E174"), ("a.json", '[{"id": "x", "n": 1.5}]', "E161"),
    ("a.json", '[{"id": "x", "n": 99999999999999999999}]', "E161"), ("a.json", '[{"id": "x", "n": NaN}]', "E161"),
    ("a.ndjson", '{"id": "x", "n": 1}\n{', "E168"), ("a.ndjson", '{"id": "x", "n": 1}, {"id": "y"}', "E168"),
    ("a.parquet", "PAR1", "E168"), ("a.parquet", "PAR1" + "x" * 99 + "PAR1", "E168"), ("a.parquet", "", "E168"),
])
def test_wrong_files(checked: Checked, tmp_path: Path, name: str, content: str, code: str) -> None:
    (tmp_path / name).write_text(content)
    found = checked(f'from "{name}"', "{ id: text, n: int }")[1].items
    assert found[0].code == code, found


def test_numbers_in_json_keep_every_digit(tmp_path: Path) -> None:
    (tmp_path / "t.json").write_text('[{"id": 1, "x": 0.12345678901234567}]')
    (tmp_path / "m.sched").write_text('table t from "t.json" key id { id: int, x: number }\n'
                                      "task a[r in t] lasts r.x * 100000000000000000")
    model = load_path(tmp_path / "m.sched", {}, {}, Findings())
    assert model is None    # beyond 2^40 ticks, but exactly so
    (tmp_path / "m.sched").write_text('table t from "t.json" key id { id: int, x: number }\n'
                                      "task a[r in t] lasts (r.x - 0.12345678901234566) * 100000000000000000")
    model = load_path(tmp_path / "m.sched", {}, {}, Findings())
    assert model is not None and model.shortest.tolist() == [1]


# ---- CSV against the standard library ----


def test_csv_is_read_as_the_standard_library_reads_it(tmp_path: Path) -> None:
    random.seed(5)
    path, agreed = tmp_path / "x.csv", 0
    for _ in range(1500):
        text = "a,b\n" + "".join(random.choices(['"', ",", "\n", "x", "yy", '""', "1,2\n", '"p,q",3\n', "\r\n"],
                                                k=random.randrange(12)))
        path.write_bytes(text.encode())
        read = _read(path)
        if read is None:
            continue
        with path.open(newline="") as file:
            rows = [row for row in csv.reader(file) if row]
        assert read == [[cell or None for cell in row] for row in rows[1:]], repr(text)
        agreed += 1
    assert agreed > 300


def _read(path: Path) -> list[list[str | None]] | None:
    """The rows of a file by our reader with three sizes of pieces, which must agree; None where it refuses the file."""
    answers: list[list[list[str | None]] | None] = []
    for piece in (1 << 24, 3, 1):
        delimited._PIECE, kept = piece, delimited._PIECE
        try:
            sheet = delimited.read_delimited(path, Request("t", NOWHERE, "x.csv", NOWHERE))
            columns = [column.to_list() for column in sheet.columns.values()]
            answers.append([[cell or None for cell in row] for row in zip(*columns)])
        except Fault as fault:
            assert fault.code in ("E165", "E168")
            answers.append(None)
        finally:
            delimited._PIECE = kept
    assert answers[0] == answers[1] == answers[2]
    return answers[0]


# ---- databases ----


def test_sqlite(checked: Checked, plain: Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with sqlite3.connect(tmp_path / "plant.db") as db:
        db.execute("create table t (id, n, share, urgent, work, ready, size, \"on\", extra)")
        db.executemany("insert into t values (?, ?, ?, ?, ?, ?, ?, ?, null)", [tuple(r.values()) for r in ROWS])
        db.execute("create view v as select * from t order by rowid")
    monkeypatch.setenv("PLANT", f"sqlite:///{tmp_path}/plant.db")
    same(*checked('from "select * from t order by rowid" in PLANT'), plain)
    (tmp_path / "parts.sql").write_text("-- all of them\nselect *\nfrom v\n")
    same(*checked('from "parts.sql" in PLANT'), plain)
    for query in ("select nothing from t", "delete from t", "drop view v", "select 1; select 2", "create table u (a)"):
        assert checked(f'from "{query}" in PLANT')[1].errors == {"E176"}, query
    assert checked('from "select id from t" in PLANT')[1].errors == {"E164"}
    assert sqlite3.connect(tmp_path / "plant.db").execute("select count(*) from t").fetchone() == (3,)


def test_connections_are_never_shown(checked: Checked, monkeypatch: pytest.MonkeyPatch) -> None:
    for address, code in (("", "E175"), ("mysql://me:hush@faraway/db", "E175"), ("sqlite:///no/hush.db", "E176"),
                          ("postgresql://me:hush@127.0.0.1:1/db", "E176"), ("postgresql://me:hush@[bad/db", "E176"),
                          ("hush", "E175"), ("postgresql:hush hush", "E176")):
        monkeypatch.setenv("PLANT", address)
        found = checked('from "select 1" in PLANT')[1].items
        assert [d.code for d in found] == [code], address
        assert "hush" not in repr(found) and "faraway" not in repr(found)


BINARIES = [Path("/usr/lib/postgresql/15/bin"), Path("/usr/local/bin"), Path("/usr/bin")]


@pytest.fixture(scope="module")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a PostgreSQL server that runs as somebody without rights for as long as the tests."""
    pytest.importorskip("psycopg")
    home = next((b for b in BINARIES if (b / "initdb").exists() and (b / "postgres").exists()), None)
    if home is None:
        pytest.skip("no PostgreSQL")
    folder = Path("/tmp").resolve() / f"schedc-postgres-{os.getpid()}"
    folder.mkdir(mode=0o700)
    user = "nobody" if os.getuid() == 0 else None
    if user is not None:
        shutil.chown(folder, user)
    (folder / "password").write_text("hush")
    (folder / "password").chmod(0o644)

    def call(*words: str) -> None:
        subprocess.run([str(home / words[0]), *words[1:]], user=user, check=True, capture_output=True, cwd=folder)

    port = str(20_000 + os.getpid() % 20_000)
    try:
        call("initdb", "-D", f"{folder}/data", "-U", "planner", "--auth=scram-sha-256", f"--pwfile={folder}/password",
             "--no-sync", "-E", "UTF8", "--locale=C")
        call("pg_ctl", "-D", f"{folder}/data", "-w", "-t", "60", "-l", f"{folder}/log", "-o",
             f"-F -p {port} -k {folder} -c listen_addresses=127.0.0.1", "start")
        yield f"postgresql://planner:hush@127.0.0.1:{port}/postgres"
        call("pg_ctl", "-D", f"{folder}/data", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def test_postgres(checked: Checked, plain: Model, postgres: str, monkeypatch: pytest.MonkeyPatch) -> None:
    import psycopg

    with psycopg.connect(postgres) as db:
        db.execute("create table t (id text, n int, share numeric, urgent bool, work interval, ready timestamptz, "
                   'size text, "on" int, extra jsonb)')
        db.execute("set timezone = 'Europe/Paris'")
        for row in ROWS:
            db.execute("insert into t values (%s, %s, %s, %s, %s, %s, %s, %s)", tuple(row.values()))
    monkeypatch.setenv("PLANT", postgres)
    same(*checked('from "select * from t order by ready;" in PLANT'), plain)
    for query in ("select nothing from t", "delete from t returning *", "select 1) to program 'true' --",
                  "select 1) to '/tmp/x' --", "select 1; select 2", "with d as (delete from t returning *) select 1 n"):
        found = checked(f'from "{query}" in PLANT')[1].items
        assert [d.code for d in found] == ["E176"], query
        assert "hush" not in repr(found)
    monkeypatch.setenv("PLANT", postgres.replace("hush", "hash"))
    found = checked('from "select * from t" in PLANT')[1].items
    assert "the password is wrong" in found[0].message and "hash" not in repr(found)
