"""All families, several solvers, one command: judged results, gaps over time, performance profiles, a report.

    python benchmarks/bench.py --per-set 1 --time 60              # about half an hour for schedc alone
    python benchmarks/bench.py --time 60 --solvers schedc cpsat pyjobshop hand --only jsp
    python benchmarks/bench.py --report                           # only write the report of what is known

Each case runs in a process of its own, from the instance file to the judged schedule; a run that was cut off goes on
where it stopped. Solvers: ``schedc`` is what a plain run takes (the portfolio), ``cpsat`` our model with CP-SAT alone,
``pyjobshop`` the same model in PyJobShop, ``hand`` the textbook CP-SAT model of `by_hand`. The results go to
``results/bench.jsonl`` and ``.csv``, the report to ``results/bench/``: Markdown, HTML, and plots where matplotlib is.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

from bench_report import write_report
from families import Family, drawn
from harness import Instance, Record, Results, arguments, figures, measure, schedc

SOLVERS = ("schedc", "cpsat", "milp", "pyjobshop", "hand")
_VARIANTS = "bounds_variants.csv"
SETS = (
    Family("rcpsp", ("j30",)), Family("rcpsp", ("j60",)), Family("rcpsp", ("j120",)), Family("rcpsp", ("rg300",)),
    Family("jsp", ("ta",)), Family("jsp", ("dmu",)), Family("jsp", ("swv",)),
    Family("jsp", ("dct",)), Family("jsp", ("tai",)), Family("jsp", ("bel",)),
    Family("fjsp", ("hurink_vdata", "behnke_geiger")), Family("fjsp", ("brandimarte", "dauzere_paulli")),
    Family("mrcpsp", ("mmlib50",)), Family("mrcpsp", ("mmlib100",)),
    Family("flowshop", ("taillard",), "PFSP"), Family("flowshop", ("vfr_large",), "PFSP"),
    Family("flowshop", ("taillard",), "NPFSP", _VARIANTS), Family("flowshop", ("vfr_large",), "NPFSP", _VARIANTS),
    Family("flowshop_sdst", ("ssd_block1", "ssd_block2", "ssd_block3", "ssd_block4")),
    Family("flowshop", ("taillard",), "TCT-PFSP", _VARIANTS), Family("flowshop", ("vfr_large",), "TCT-PFSP", _VARIANTS),
    Family("flowshop_tardiness", ("tt_pfsp",)),
    Family("flowshop", ("taillard",), "NW-PFSP", _VARIANTS), Family("flowshop", ("vfr_large",), "NW-PFSP", _VARIANTS),
    Family("hybrid_flowshop", ("ruiz",)), Family("single_machine", ("wt100",)),
)


def main() -> None:
    """Run what is not known yet and write the report; or (with ``--one``) one solver on one file."""
    parser = arguments(__doc__ or "")
    parser.add_argument("--per-set", type=int, default=1, help="instances of each row of the table, spread evenly")
    parser.add_argument("--only", nargs="*", help="formats or sets to run")
    parser.add_argument("--solvers", nargs="*", choices=SOLVERS, default=["schedc"])
    parser.add_argument("--seeds", type=int, default=1, help="runs of each case, with seeds 0, 1, ...")
    parser.add_argument("--report", action="store_true", help="run nothing, write the report of what is known")
    parser.add_argument("--one", nargs=3, metavar=("SOLVER", "SEED", "FILE"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        solver, seed, file = options.one
        print(json.dumps(run_one(solver, int(seed), Path(file), options.time, options.workers)))
        return
    results = Results("bench", options)
    known = {f: drawn(f, options.data, options.per_set) for f in SETS if wanted(f, options.only)}
    cases = [
        (f, i, solver, seed) for f, some in known.items() for i in some
        for solver in options.solvers for seed in range(options.seeds)
    ][: options.limit]
    for f, i, solver, seed in () if options.report or options.summary else cases:
        work = partial(in_process, solver, seed, f, i, options.time, options.workers)
        results.run(name_of(f, i, solver, seed), lambda work=work, f=f, i=i, s=solver: {     # type: ignore[misc]
            "row": row_name(f), "variant": f.variant, "format": f.format, "instance": i.name, "solver": s,
            "best_known": i.best, **work(),
        })
    records = [r for r in results.records.values() if "row" in r]
    _write_csv(results.path.with_suffix(".csv"), records)
    print(write_report(results.path.with_suffix(""), records, options.data, options.time, options.workers))


def wanted(family: Family, only: list[str] | None) -> bool:
    """Whether a row of the table is asked for, by its format, a set or its variant."""
    return not only or bool({family.format, family.variant, *family.sets} & set(only))


def row_name(family: Family) -> str:
    """How a row of the table is called."""
    return " ".join(filter(None, (family.format, family.variant, "+".join(family.sets))))


def name_of(family: Family, instance: Instance, solver: str, seed: int) -> str:
    """The name of a case."""
    return f"{family.name} {instance.name} {solver} {seed}"


def in_process(solver: str, seed: int, family: Family, instance: Instance, seconds: float, workers: int) -> Record:
    """Run one solver on one instance in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        words = ["--variant", family.variant] if family.variant else []
        imported = measure(schedc("import", instance.path, "-o", folder, "--format", family.format, *words))
        if imported.code:
            return {"code": imported.code, "error": imported.err.strip()[-500:]}
        file = str(Path(folder) / "model.sched")
        limits = ["--time", str(seconds), "--workers", str(workers)]
        run = measure([sys.executable, __file__, *limits, "--one", solver, str(seed), file], 3 * seconds + 300)
    if run.code:
        return {"code": run.code, "error": run.err.strip()[-500:]}
    return dict(json.loads(run.out)) | figures(run)


def run_one(solver: str, seed: int, file: Path, seconds: float, workers: int) -> Record:
    """Load, solve and judge."""
    from schedc.dsl.load import load_path
    from schedc.models.diagnostics import Findings

    began = time.perf_counter()
    findings = Findings()
    model = load_path(file, {}, {}, findings)
    findings.check()
    loaded = {"load": round(time.perf_counter() - began, 3), "tasks": model.task_count}
    run = {"pyjobshop": _pyjobshop, "hand": _by_hand}.get(solver)
    if run is None:
        return loaded | _ours(model, "auto" if solver == "schedc" else solver, seed, seconds, workers)
    from in_pyjobshop import NotThereError

    try:
        return loaded | run(model, seed, seconds, workers)
    except NotThereError as why:
        return loaded | {"absent": str(why)}


def _ours(model, solver: str, seed: int, seconds: float, workers: int) -> Record:  # type: ignore[no-untyped-def]
    from schedc.compilers.backend import Limits
    from schedc.compilers.solve import solve

    result = solve(model, backend=solver, limits=Limits(seconds=seconds, workers=workers, seed=seed))
    trace = [(round(e.t, 2), e.objective[0], e.source) for e in result.trace if e.event == "incumbent" and e.objective]
    stage = result.stages[0]
    return {
        "objective": stage.value, "bound": stage.bound, "status": str(result.status),
        "judged": result.schedule is None or bool(result.verdict and result.verdict.holds), "by": result.backend,
        "phases": {phase: round(spent, 2) for phase, spent in result.seconds.items()},
        "trace": [list(point) for point in trace],
    }


def _by_hand(model, seed: int, seconds: float, workers: int) -> Record:  # type: ignore[no-untyped-def]
    from by_hand import by_hand
    from ortools.sat.python import cp_model

    class Watch(cp_model.CpSolverSolutionCallback):     # type: ignore[misc]
        def on_solution_callback(self) -> None:
            trace.append([round(time.perf_counter() - began, 2), round(self.objective_value), "hand"])

    trace: list[list[object]] = []
    began = time.perf_counter()
    written, solver = by_hand(model), cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = max(0.1, seconds - (time.perf_counter() - began))
    solver.parameters.num_workers, solver.parameters.random_seed = workers, seed
    status = solver.solve(written.native, Watch())
    found = status in (cp_model.OPTIMAL, cp_model.FEASIBLE)
    said = solver.status_name(status).lower()
    return {"status": said, "trace": trace, **_judged(model, written.schedule(solver) if found else None)}


def _pyjobshop(model, seed: int, seconds: float, workers: int) -> Record:  # type: ignore[no-untyped-def]
    from in_pyjobshop import _without_modes, pyjobshop_model

    theirs = pyjobshop_model(model)
    result = theirs.solve(time_limit=seconds, num_workers=workers, display=False, random_seed=seed)
    status = result.status.value.lower()
    if result.objective == float("inf"):
        return {"status": status, **_judged(model, None)}
    return {"status": status, **_judged(model, _translated(model, result.best.tasks, len(_without_modes(model))))}


def _translated(model, tasks, plain: int):  # type: ignore[no-untyped-def]
    """PyJobShop's tasks as a schedule of ours; its modes are ours with those of tasks without options before them."""
    import numpy as np

    from schedc.models.schedule import Schedule

    start, end = (np.array([getattr(t, word) for t in tasks], dtype=np.int64) for word in ("start", "end"))
    mode = None
    if len(model.options.task):
        mode = np.array([t.mode - plain if t.mode >= plain else -1 for t in tasks], dtype=np.int64)
    return Schedule(start, end, end - start, mode=mode)


def _judged(model, schedule) -> Record:  # type: ignore[no-untyped-def]
    """The judge's word on a schedule of somebody else's."""
    from schedc.models.verify import verify

    if schedule is None:
        return {"objective": None, "judged": True}
    verdict = verify(model, schedule)
    value = verdict.objectives[0] if verdict.holds else None
    return {"objective": value, "judged": verdict.holds}


def _write_csv(path: Path, records: list[Record]) -> None:
    heads = ("row", "instance", "solver", "status", "objective", "bound", "best_known", "judged", "seconds", "cpu",
             "peak_mib", "tasks", "by", "absent", "error")
    with path.open("w", newline="", encoding="utf-8") as file:
        out = csv.DictWriter(file, heads, extrasaction="ignore")
        out.writeheader()
        out.writerows(records)


if __name__ == "__main__":
    main()
