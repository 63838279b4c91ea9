"""schedc beside PyJobShop: the same instances, OR-Tools, time and workers; objective, bound, and time to build.

    python benchmarks/versus_pyjobshop.py               # needs: pip install pyjobshop==0.0.9

Each instance is solved by both, one after the other in processes of their own, the first alternating. "Build" is the
time until CP-SAT's model stands: for schedc from the `.sched` text (loading, propagation, the model), for PyJobShop
from instance data that is already parsed. Both build a model of two tasks before the clock starts, so that imports
count for neither. schedc's first schedule is search and counts as solving: its 60 s hold everything but loading,
PyJobShop's hold CP-SAT's search alone.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from functools import partial
from importlib.metadata import version
from pathlib import Path
from statistics import mean, median

from harness import Instance, Record, Results, arguments, evenly, figures, instances, measure, schedc, table

SETS = (("rcpsp", "j60"), ("rcpsp", "j120"), ("jsp", "ta"))
TOOLS = ("schedc", "pyjobshop")


WARM = """table t key k { k: int, d: int } rows { 1, 1; 2, 2 }
resource r task a[k in t] lasts k.d uses r order a[1] -> a[2] minimize makespan"""


def main() -> None:
    """Run what is not known yet, or (with ``--one``) one tool on one file, whose record is printed."""
    parser = arguments(__doc__ or "")
    parser.add_argument("--per-set", type=int, default=20, help="instances of each set")
    parser.add_argument("--one", nargs=3, metavar=("TOOL", "FAMILY", "FILE"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        tool, family, file = options.one
        solve = by_schedc if tool == "schedc" else by_pyjobshop
        print(json.dumps(solve(family, Path(file), options.time, options.workers)))
        return
    results = Results("versus_pyjobshop", options)
    known = [i for family, name in SETS for i in evenly(instances(options.data, family, name), options.per_set)]
    known = known[: options.limit]
    for number, instance in enumerate(() if options.summary else known):
        for tool in TOOLS[:: -1 if number % 2 else 1]:
            results.run(f"{instance.name} {tool}", partial(in_process, tool, instance, options.time, options.workers))
    print(summary(known, results.records))


def in_process(tool: str, instance: Instance, seconds: float, workers: int) -> Record:
    """Run one tool on one instance in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        file = instance.path
        if tool == "schedc":
            measure(schedc("import", instance.path, "-o", folder, "--format", instance.family))
            file = Path(folder) / "model.sched"
        words = [sys.executable, __file__, "--time", str(seconds), "--workers", str(workers), "--one", tool]
        run = measure([*words, instance.family, str(file)])
    if run.code:
        return {"code": run.code, "error": run.err.strip()[-500:]}
    return dict(json.loads(run.out)) | figures(run)


def by_schedc(family: str, file: Path, seconds: float, workers: int) -> Record:
    """Load, compile and solve a `.sched` file."""
    from schedc.compilers.backend import Limits
    from schedc.compilers.solve import compile_model, solve
    from schedc.dsl.load import load_path, load_text
    from schedc.models.diagnostics import Findings

    findings = Findings()
    two = load_text(WARM, {}, {}, findings)
    assert two is not None
    compile_model(two, "cpsat")
    began = time.perf_counter()
    model = load_path(file, {}, {}, findings)
    findings.check()
    assert model is not None
    loaded = time.perf_counter() - began
    result = solve(model, backend="cpsat", limits=Limits(seconds=seconds, workers=workers))
    compiled = sum(result.seconds.get(phase, 0.0) for phase in ("propagate", "build"))
    return {
        "objective": result.stages[0].value,
        "bound": result.stages[0].bound,
        "status": str(result.status),
        "load": loaded,
        "compile": compiled,
        "build": loaded + compiled,
        "phases": {phase: round(spent, 4) for phase, spent in result.seconds.items()},
    }


def by_pyjobshop(family: str, file: Path, seconds: float, workers: int) -> Record:
    """Build and solve the same instance with PyJobShop."""
    from pyjobshop.solvers.ortools import CPModel

    build = pyjobshop_builder(family, file)
    CPModel(_shop(file, "1 2\n0 1 1 2\n")())
    began = time.perf_counter()
    compiled = CPModel(build())
    ready = time.perf_counter()
    result = compiled.solve(time_limit=seconds, num_workers=workers)
    return {
        "objective": result.objective if result.objective < float("inf") else None,
        "bound": result.lower_bound,
        "status": result.status.value.lower(),
        "build": ready - began,
        "solve": time.perf_counter() - ready,
        "version": version("pyjobshop"),
    }


def pyjobshop_builder(family: str, file: Path):  # type: ignore[no-untyped-def]
    """What makes PyJobShop's data of an instance whose numbers are in memory."""
    from schedc.dsl.importers.numbers import read_instance

    text = read_instance(file)
    return _project(file, text) if family == "rcpsp" else _shop(file, text)


def _project(file: Path, text: str):  # type: ignore[no-untyped-def]  # PyJobShop has no types to name here
    from pyjobshop import Model

    from schedc.dsl.importers.psplib import read_psplib

    project = read_psplib(str(file), text)
    capacity, duration = project.capacity.tolist(), project.duration.tolist()
    demand, arcs = project.demand.tolist(), project.arcs.tolist()

    def build():  # type: ignore[no-untyped-def]
        model = Model()
        resources = [model.add_renewable(c) for c in capacity]
        tasks = [model.add_task() for _ in duration]
        for task, length, row in zip(tasks, duration, demand):
            model.add_mode(task, resources, length, row)
        for i, j in arcs:
            model.add_end_before_start(tasks[i - 1], tasks[j - 1])
        return model.data()

    return build


def _shop(file: Path, text: str):  # type: ignore[no-untyped-def]
    from pyjobshop import Model

    from schedc.dsl.importers.jobshop import jobshop_draft

    columns = jobshop_draft(file.stem, str(file), text).sheets[0].columns
    rows = list(zip(*(columns[name].tolist() for name in ("j", "machine", "dur"))))

    def build():  # type: ignore[no-untyped-def]
        model = Model()
        machines = [model.add_machine() for _ in range(max(machine for _, machine, _ in rows))]
        tasks = [model.add_task() for _ in rows]
        for task, (_, machine, length) in zip(tasks, rows):
            model.add_mode(task, machines[machine - 1], length)
        for k in range(1, len(rows)):
            if rows[k - 1][0] == rows[k][0]:
                model.add_end_before_start(tasks[k - 1], tasks[k])
        return model.data()

    return build


def summary(known: list[Instance], records: dict[str, Record]) -> str:
    """Mean gaps to the best known value, and build times, by set."""
    rows = []
    for name in (*(name for _, name in SETS), ""):
        part = [i for i in known if i.name.startswith(f"{name}/" if name else "") and i.best]
        ours, theirs = ([records.get(f"{i.name} {tool}", {}) for i in part] for tool in TOOLS)
        both = [(i, a, b) for i, a, b in zip(part, ours, theirs) if a.get("objective") and b.get("objective")]
        if both:
            rows.append((name or "all", *_figures(both), f"{_without(ours)} / {_without(theirs)}"))
    heads = (
        "set", "instances", "mean gap schedc", "mean gap PyJobShop", "schedc better / equal / worse", "proved schedc",
        "proved PyJobShop", "build s schedc (load + compile)", "build s PyJobShop", "ratio",
        "no schedule: schedc / PyJobShop",
    )
    return table(heads, rows)


def _without(records: list[Record]) -> int:
    return sum("objective" in record and record["objective"] is None for record in records)


def _figures(both: list[tuple[Instance, Record, Record]]) -> tuple[object, ...]:
    ours, theirs = [a for _, a, _ in both], [b for _, _, b in both]
    best = [i.best or 1 for i, _, _ in both]
    gaps = [mean((r["objective"] - b) / b for r, b in zip(side, best)) for side in (ours, theirs)]
    signs = [(a["objective"] > b["objective"]) - (a["objective"] < b["objective"]) for a, b in zip(ours, theirs)]
    load, compiled = (median(a[part] for a in ours) for part in ("load", "compile"))
    builds = [sum(r["build"] for r in side) for side in (ours, theirs)]
    return (
        len(both), f"{gaps[0]:.3%}", f"{gaps[1]:.3%}", f"{signs.count(-1)} / {signs.count(0)} / {signs.count(1)}",
        sum(a["status"] == "optimal" for a in ours), sum(b["status"] == "optimal" for b in theirs),
        f"{load + compiled:.3f} ({load:.3f} + {compiled:.3f})", median(b["build"] for b in theirs),
        builds[0] / builds[1],
    )


if __name__ == "__main__":
    main()
