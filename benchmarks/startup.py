"""How long ``schedc check`` takes on small files, process and imports included, beside what it cannot do without.

    python benchmarks/startup.py
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median

from harness import ROOT, Record, Results, Run, arguments, measure, schedc, table

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
MIGRATION = ROOT / "examples" / "migration" / "model.sched"
WORDS: dict[str, Callable[[Path], list[str]]] = {
    "check of the migration example": lambda fifty: schedc("check", MIGRATION),
    "check of 50 lines": lambda fifty: schedc("check", fifty),
    "python -c pass": lambda fifty: [sys.executable, "-c", "pass"],
    "import numpy": lambda fifty: [sys.executable, "-c", "import numpy"],
    "import numpy, click": lambda fifty: [sys.executable, "-c", "import numpy, click"],
}


def fifty_lines() -> str:
    """A file of 50 lines that uses most of the language."""
    rest = LINES - HEAD.count("\n")
    pairs = [f"task extra{k} lasts 1 h uses crew\norder extra{k} -> move[*] after 1 h\n" for k in range(rest // 2)]
    return HEAD + "".join(pairs)


def main() -> None:
    """All commands in turn, once to warm the caches and then `--repeats` times."""
    parser = arguments(__doc__ or "")
    parser.add_argument("--repeats", type=int, default=20)
    options = parser.parse_args()
    results = Results("startup", options)
    if not options.summary:
        several(results, options.repeats)
    heads = ("what", "median s", "best s", "worst s", "median s of processor")
    kept = {case: r for case, r in results.records.items() if case in WORDS}
    print(table(heads, [[case, *(r[key] for key in ("median", "best", "worst", "cpu"))] for case, r in kept.items()]))


def several(results: Results, repeats: int) -> None:
    """Wall and processor seconds of each command, the commands in turn so that all see the same machine."""
    if set(WORDS) <= set(results.records):
        return
    with tempfile.TemporaryDirectory() as folder:
        fifty = Path(folder) / "fifty.sched"
        fifty.write_text(fifty_lines())
        commands = {case: words(fifty) for case, words in WORDS.items()}
        rounds = [{case: measure(command) for case, command in commands.items()} for _ in range(repeats + 1)][1:]
    for case in commands:
        runs = [done[case] for done in rounds]
        if any(run.code for run in runs):
            raise SystemExit(runs[0].err)
        results.run(case, lambda runs=runs: figures_of(runs))


def figures_of(runs: list[Run]) -> Record:
    """What is kept of the runs of one command."""
    seconds = sorted(round(run.seconds, 3) for run in runs)
    cpu = round(median(run.cpu for run in runs), 3)
    return {"median": median(seconds), "best": seconds[0], "worst": seconds[-1], "cpu": cpu, "seconds": seconds}


if __name__ == "__main__":
    main()
