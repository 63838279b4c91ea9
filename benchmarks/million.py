"""A page of text that declares a million tasks: wall time and peak memory of ``schedc check``.

    python benchmarks/million.py
"""

from __future__ import annotations

import tempfile
from functools import partial
from pathlib import Path
from statistics import median

from harness import Record, Results, arguments, figures, measure, schedc, table

MODEL = """\
model "A million tasks"
# lines of steps: each step follows the one that stands `lines` before it

param steps = {n}
param lines = 1000

resource crew  capacity 40
resource crane capacity 8

task step[i in 1 .. steps] lasts 2 uses crew 3, crane
order step[i] -> step[i + lines] after 1 for i in 1 .. steps - lines
minimize makespan
"""


def main() -> None:
    """Check the model a few times."""
    parser = arguments(__doc__ or "")
    parser.add_argument("--tasks", type=int, default=1_000_000)
    parser.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args()
    results = Results("million", options)
    cases = [f"{options.tasks} tasks, run {k}" for k in range(1, options.repeats + 1)]
    for case in [] if options.summary else cases:
        results.run(case, partial(check, options.tasks))
    records = [results.records[case] for case in cases if case in results.records]
    if records:
        seconds, cpu = (median(r[key] for r in records) for key in ("seconds", "cpu"))
        peak = max(r["peak_mib"] for r in records)
        print(table(("tasks", "median s", "of processor", "peak MiB"), [(options.tasks, seconds, cpu, peak)]))
    if any(r["code"] for r in records):
        raise SystemExit("a check failed")


def check(tasks: int) -> Record:
    """One run of ``schedc check``."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "million.sched"
        path.write_text(MODEL.format(n=tasks))
        run = measure(schedc("check", path))
    return figures(run) | ({"error": run.err[-500:]} if run.code else {})


if __name__ == "__main__":
    main()
