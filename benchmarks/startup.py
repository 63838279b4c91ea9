"""How long ``schedc check`` takes on a file of 50 lines, process and imports included.

    python benchmarks/startup.py
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from statistics import median

from harness import Record, Results, arguments, measure, schedc, table

HEAD = """\
model "Fifty lines"
time 15 min from 2026-01-05 08:00 zone "Europe/Paris" for 14 d
param crews = 6
table racks key id { id: text, load: duration, due: instant }
  rows { r1, 2 h, 2026-01-09; r2, 3 h, 2026-01-12; r3, 1 h, 2026-01-14 }
calendar office Mon..Fri 08:00..18:00 except 2026-01-06
resource crew capacity crews
open crew during office
downtime crew during 2026-01-09 .. 2026-01-10 leaving 3
task move[r in racks] lasts r.load uses crew 2 within 2026-01-06 .. r.due
exclusive move[r], move[q] for r, q in racks where r != q
minimize makespan
"""
LINES = 50


def fifty_lines() -> str:
    """A file of 50 lines that uses most of the language."""
    rest = LINES - HEAD.count("\n")
    pairs = [f"task extra{k} lasts 1 h uses crew\norder extra{k} -> move[*] after 1 h\n" for k in range(rest // 2)]
    return HEAD + "".join(pairs)


def main() -> None:
    """One run that warms the caches, then the median of several."""
    parser = arguments(__doc__ or "")
    parser.add_argument("--repeats", type=int, default=11)
    options = parser.parse_args()
    results = Results("startup", options)
    if not options.summary:
        results.run("check of 50 lines", lambda: several(options.repeats))
    record = results.records["check of 50 lines"]
    heads = ("median s", "best s", "worst s", "median s of processor")
    print(table(heads, [[record[key] for key in ("median", "best", "worst", "cpu")]]))


def several(repeats: int) -> Record:
    """Wall seconds of `repeats` runs."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "fifty.sched"
        path.write_text(fifty_lines())
        runs = [measure(schedc("check", path)) for _ in range(repeats + 1)]
    failed = [run.err for run in runs if run.code]
    if failed:
        raise SystemExit(failed[0])
    seconds = sorted(round(run.seconds, 3) for run in runs[1:])
    cpu = round(median(run.cpu for run in runs[1:]), 3)
    return {"median": median(seconds), "best": seconds[0], "worst": seconds[-1], "cpu": cpu, "seconds": seconds}


if __name__ == "__main__":
    main()
