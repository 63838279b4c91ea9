"""Very many unit tasks on one resource of capacity 10: the whole command, and CP-SAT alone beside it.

    python benchmarks/many_units.py
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from functools import partial
from pathlib import Path

from harness import Record, Results, arguments, figures, measure, outcome, schedc, table

SIZES = (10_000, 100_000)
MODEL = """\
resource desk capacity 10
task call[i in 1 .. {n}] lasts 1 uses desk
"""
GOALS = {"satisfaction": "", "makespan": "minimize makespan\n"}


def main() -> None:
    """Solve each size with and without a goal, and let CP-SAT try alone."""
    parser = arguments(__doc__ or "")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--alone", type=int, metavar="N", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.alone:
        print(json.dumps(cpsat_alone(options.alone, options.time, options.workers)))
        return
    results = Results("many_units", options)
    cases = {f"{n} {goal}": partial(by_schedc, n, goal, options) for n in options.sizes for goal in GOALS}
    cases |= {f"{n} CP-SAT alone": partial(alone, n, options) for n in options.sizes}
    for case, work in list(cases.items())[: 0 if options.summary else options.limit]:
        results.run(case, work)
    print(summary({case: results.records[case] for case in cases if case in results.records}))


def by_schedc(n: int, goal: str, options: argparse.Namespace) -> Record:
    """The wall time of ``schedc solve`` from start to exit."""
    with tempfile.TemporaryDirectory() as folder:
        model, out = Path(folder) / "model.sched", Path(folder) / "out.json"
        model.write_text(MODEL.format(n=n) + GOALS[goal])
        words = ("--time", f"{options.time}s", "--workers", options.workers, "-o", out, "--quiet")
        run = measure(schedc("solve", model, *words))
        return figures(run) | (outcome(json.loads(out.read_text())) if out.exists() else {"error": run.err[-500:]})


def alone(n: int, options: argparse.Namespace) -> Record:
    """CP-SAT in a process of its own; killed where it does not heed its own limit."""
    words = [sys.executable, __file__, "--time", str(options.time), "--workers", str(options.workers)]
    run = measure([*words, "--alone", str(n)], seconds=3 * options.time + 30)
    return figures(run) | (json.loads(run.out) if run.code == 0 else {"status": "killed"})


def cpsat_alone(n: int, seconds: float, workers: int) -> Record:
    """The textbook model, no hint: n unit intervals under one cumulative, horizon n, least makespan."""
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    starts = [model.new_int_var(0, n - 1, "") for _ in range(n)]
    spans = [model.new_fixed_size_interval_var(start, 1, "") for start in starts]
    model.add_cumulative(spans, [1] * n, 10)
    makespan = model.new_int_var(0, n, "")
    model.add_max_equality(makespan, [start + 1 for start in starts])
    model.minimize(makespan)
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = seconds
    solver.parameters.num_workers = workers
    status = solver.solve(model)
    found = status in (cp_model.OPTIMAL, cp_model.FEASIBLE)
    return {"status": solver.status_name(status).lower(), "objective": int(solver.objective_value) if found else None}


def summary(records: dict[str, Record]) -> str:
    """A row a case."""
    names = ("status", "objective", "verified", "seconds", "cpu", "peak_mib")
    return table(("case", *names), [(case, *(r.get(name, "") for name in names)) for case, r in records.items()])


if __name__ == "__main__":
    main()
