"""Models at volume: what `schedc check`, `schedc.loads` and the compiler take for a million rows, and for a long text.

    python benchmarks/volume.py

The study makes its data itself: tasks with durations, machines, windows and due dates, two precedence rows a task, as
CSV and as Parquet. Growth is measured at 10,000, 100,000 and 1,000,000 rows. Processor seconds are those of the whole
process with its children, so that other work on the machine counts as little as it can.
"""

from __future__ import annotations

import json
import random
import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from harness import Record, Results, arguments, figures, measure, schedc, table

MODEL = """model "Volume"
time 1 min from 2026-01-05 zone "Europe/Paris" for 400 d
table machines from "machines.{kind}" key id {{ id: text, speed: number }}
table ops from "ops.{kind}" key id
  {{ id: text, machine: machines, work: duration, earliest: instant, until: instant, due: instant }}
table links from "links.{kind}" {{ before: ops, after: ops, lag: duration }}
resource machine[m in machines]
task op[o in ops] lasts o.work uses machine[o.machine] within o.earliest .. o.until due o.due
order op[l.before] -> op[l.after] after l.lag for l in links
minimize tardiness
"""
SHOP = """model "Shop"
table ops from "shop.csv" key job, k {{ job: int, k: int, machine: int, work: int }}
resource machine[m in 1 .. {machines}]
task op[o in ops] lasts o.work uses machine[o.machine]
order op[o.job, o.k - 1] -> op[o] for o in ops where o.k > 1
minimize makespan
"""
IN_PYTHON = """
import json, sys, time, resource
import polars as pl
import schedc
folder, warm = sys.argv[1], schedc.loads("resource r task a lasts 1 uses r")
frames = {name: pl.read_parquet(f"{folder}/{name}.parquet") for name in ("machines", "ops", "links")}
text = open(f"{folder}/parquet.sched").read()
wall, cpu = time.perf_counter(), time.process_time()
schedc.loads(text, data=frames)
print(json.dumps({"seconds": time.perf_counter() - wall, "cpu": time.process_time() - cpu}))
"""
COMPILES = """
import json, sys, time
import schedc
schedc.loads("resource r task a lasts 1 uses r").compile("cpsat")
wall, cpu = time.perf_counter(), time.process_time()
problem = schedc.load(sys.argv[1])
loaded = time.process_time() - cpu
problem.compile("cpsat")
print(json.dumps({"seconds": time.perf_counter() - wall, "cpu": time.process_time() - cpu, "load_cpu": loaded}))
"""
PARSES = """
import json, sys, time
from schedc.dsl.load import load_text
from schedc.dsl.parse import parse
from schedc.models.diagnostics import Findings
text = open(sys.argv[1]).read()
parse(text[:5000], "x", Findings())
cpu = time.process_time()
parse(text, "x", Findings())
parsed = time.process_time() - cpu
cpu = time.process_time()
load_text(text, {}, {}, Findings())
whole = time.process_time() - cpu
print(json.dumps({"seconds": whole, "cpu": whole, "parse_cpu": parsed, "share": parsed / whole}))
"""


def main() -> None:
    """Make the data, and run every case once for each size."""
    parser = arguments(__doc__ or "")
    parser.add_argument("--sizes", type=int, nargs="*", default=[10_000, 100_000, 1_000_000])
    options = parser.parse_args()
    results = Results("volume", options)
    with tempfile.TemporaryDirectory() as name:
        for case, work in () if options.summary else _cases(Path(name), options.sizes):
            results.run(case, work)
    rows = [(case, r.get("seconds", 0.0), r.get("cpu", 0.0), r.get("peak_mib", ""), _per(r), r.get("share", ""))
            for case, r in results.records.items()]
    print(table(("case", "s", "processor s", "peak MiB", "µs of processor a row", "parser's share"), rows))
    if any(r["code"] for r in results.records.values()):
        raise SystemExit("a case failed")


def _per(record: Record) -> object:
    return record["cpu"] / record["rows"] * 1e6 if "rows" in record else ""


def _cases(folder: Path, sizes: list[int]) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for size in sizes:
        at = folder / str(size)
        found += [(f"check {kind}, {size} tasks", partial(_check, at, size, kind)) for kind in ("csv", "parquet")]
        found.append((f"data frames, {size} tasks", partial(_frames, at, size)))
    found.append(("compile a shop of 100,000 operations", partial(_compile, folder)))
    found.append(("check a text of 20,000 tasks", partial(_text, folder)))
    return found


def _check(folder: Path, size: int, kind: str) -> Record:
    made(folder, size)
    run = measure(schedc("check", folder / f"{kind}.sched"))
    # small models of this kind may have a window that cannot be kept, which is an answer too
    code = 0 if run.code in (0, 1) and "E217" in run.err else run.code
    return figures(run) | {"code": code, "rows": size}


def _frames(folder: Path, size: int) -> Record:
    made(folder, size)
    return _inside(IN_PYTHON, folder) | {"rows": size}


def _inside(code: str, *words: object) -> Record:
    """What a piece of Python prints about itself, with the peak of its process."""
    run = measure([sys.executable, "-c", code, *map(str, words)])
    told = json.loads(run.out) if not run.code else {"error": run.err[-500:]}
    return figures(run) | {k: round(v, 3) if isinstance(v, float) else v for k, v in told.items()}


def _compile(folder: Path, jobs: int = 1000, machines: int = 100) -> Record:
    rng = np.random.default_rng(4)
    order = np.argsort(rng.random((jobs, machines)), axis=1) + 1
    job, k = np.divmod(np.arange(jobs * machines), machines)
    frame = {"job": job + 1, "k": k + 1, "machine": order.ravel(), "work": rng.integers(1, 99, jobs * machines)}
    pl.DataFrame(frame).write_csv(folder / "shop.csv")
    (folder / "shop.sched").write_text(SHOP.format(machines=machines))
    return _inside(COMPILES, folder / "shop.sched")


def _text(folder: Path, size: int = 20_000) -> Record:
    random.seed(2)
    lines = ['model "Explicit"', 'time 15 min from 2026-01-05 zone "UTC" for 4000 d']
    lines += [f"resource machine_{k:03d}" for k in range(200)]
    lines += [f"task part_{k:05d} lasts {random.randint(1, 40) * 15} min uses machine_{random.randrange(200):03d} "
              f"deadline {random.randint(700, 3900)} d" for k in range(size)]
    path = folder / "text.sched"
    path.write_text("\n".join([*lines, "minimize makespan", ""]))
    run = measure(schedc("check", path))
    return figures(run) | {k: v for k, v in _inside(PARSES, path).items() if k in ("parse_cpu", "share")}


# the data


def made(folder: Path, size: int) -> None:
    """Machines, operations and links of one size, as CSV and as Parquet; nothing where they stand already."""
    if folder.exists():
        return
    folder.mkdir(parents=True)
    rng = np.random.default_rng(1)
    names = np.array([f"machine-{k:05d}" for k in range(max(10, size // 100))])
    _both(folder, "machines", pl.DataFrame({"id": names, "speed": np.round(rng.uniform(0.5, 2, len(names)), 2)}))
    work = rng.integers(5, 480, size)
    earliest = rng.integers(0, 300 * 1440, size)
    due = _awake(earliest + work + rng.integers(0, 20 * 1440, size), 60)
    until = _awake(earliest + work + rng.integers(1440, 40 * 1440, size), 60)
    earliest = _awake(earliest, -60)
    ids = np.array([f"order-{k:07d}" for k in range(size)])
    _both(folder, "ops", pl.DataFrame({
        "id": ids, "machine": names[rng.integers(0, len(names), size)], "work": _span(work),
        "earliest": _instant(earliest), "until": _instant(until), "due": _instant(due)}))
    before = np.concatenate([np.arange(size - 1)] * 4)
    after = np.minimum(before + rng.integers(1, 20, len(before)), size - 1)
    fits = (before < after) & (until[after] - work[after] >= earliest[before] + work[before] + 65)
    before, after = before[fits][:2 * size], after[fits][:2 * size]
    lag = _span(rng.integers(0, 5, len(before)))
    _both(folder, "links", pl.DataFrame({"before": ids[before], "after": ids[after], "lag": lag}))
    for kind in ("csv", "parquet"):
        (folder / f"{kind}.sched").write_text(MODEL.format(kind=kind))


def _awake(minutes: Any, step: int) -> Any:
    """Instants out of the hour that clocks skip or repeat on two nights of the year."""
    return np.where(minutes // 60 % 24 == 2, minutes + step, minutes)


def _span(minutes: Any) -> pl.Series:
    return pl.Series(minutes * 60_000_000).cast(pl.Duration("us"))


def _instant(minutes: Any) -> pl.Series:
    start = np.datetime64("2026-01-05T00:00", "us")
    return pl.Series(start + (minutes * 60_000_000).astype("timedelta64[us]"))


def _both(folder: Path, name: str, frame: pl.DataFrame) -> None:
    frame.write_parquet(folder / f"{name}.parquet")
    texts = [pl.col(c).dt.strftime("%Y-%m-%d %H:%M") if t == pl.Datetime else
             pl.col(c).dt.total_minutes().cast(pl.String) + " min" if t == pl.Duration else pl.col(c)
             for c, t in frame.schema.items()]
    frame.with_columns(texts).write_csv(folder / f"{name}.csv")


if __name__ == "__main__":
    main()
