"""Model build plus compile time against PyJobShop: from instance data to a CP-SAT model that is ready to solve.

    python benchmarks/build_time.py

Ours begins with the `.sched` text and its tables on disk and is split into load and compile; PyJobShop's begins with
the instance's numbers in memory. Both run in one process, alternately, once to warm up and then `REPEATS` times; the
median of these counts.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from harness import Instance, Record, Results, arguments, evenly, instances, measure, schedc, table
from versus_pyjobshop import SETS, pyjobshop_builder

REPEATS = 5


def main() -> None:
    """Measure what is not measured yet, then print the ratios."""
    parser = arguments(__doc__ or "")
    parser.add_argument("--per-set", type=int, default=20, help="instances of each set")
    options = parser.parse_args()
    results = Results("build_time", options)
    known = [i for family, name in SETS for i in evenly(instances(options.data, family, name), options.per_set)]
    for instance in () if options.summary else known[: options.limit]:
        results.run(instance.name, lambda instance=instance: both(instance))
    print(summary(known, results.records))


def both(instance: Instance) -> Record:
    """Medians of both tools on one instance, in seconds."""
    from pyjobshop.solvers.ortools import CPModel

    from schedc.compilers.solve import compile_model
    from schedc.dsl.load import load_path
    from schedc.models.diagnostics import Findings

    theirs = pyjobshop_builder(instance.family, instance.path)
    loads, compiles, builds = [], [], []
    with tempfile.TemporaryDirectory() as folder:
        measure(schedc("import", instance.path, "-o", folder, "--format", instance.family))
        for _ in range(REPEATS + 1):
            spent, model = timed(lambda: load_path(Path(folder) / "model.sched", {}, {}, Findings()))
            assert model is not None
            loads.append(spent)
            compiles.append(timed(lambda model=model: compile_model(model, "cpsat"))[0])
            builds.append(timed(lambda: CPModel(theirs()))[0])
    load, compiled, build = (median(part[1:]) for part in (loads, compiles, builds))
    return {"load": round(load, 5), "compile": round(compiled, 5), "pyjobshop": round(build, 5)}


def timed(work: Callable[[], object]) -> tuple[float, object]:
    """Wall seconds of a call, and its result."""
    began = time.perf_counter()
    result = work()
    return time.perf_counter() - began, result


def summary(known: list[Instance], records: dict[str, Record]) -> str:
    """Medians and the ratio of sums, by set."""
    rows = []
    for _, name in SETS:
        part = [records[i.name] for i in known if i.name.startswith(f"{name}/") and i.name in records]
        if part:
            sums = {key: sum(r[key] for r in part) for key in ("load", "compile", "pyjobshop")}
            medians = [f"{1000 * median(r[key] for r in part):.1f}" for key in sums]
            ratios = [f"{part_sum / sums['pyjobshop']:.2f}" for part_sum in (
                sums["load"] + sums["compile"], sums["compile"])]
            rows.append((name, len(part), *medians, *ratios))
    heads = ("set", "instances", "load ms", "compile ms", "PyJobShop ms", "(load + compile) ratio", "compile ratio")
    return table(heads, rows)


if __name__ == "__main__":
    main()
