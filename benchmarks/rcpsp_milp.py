"""PSPLIB j30 by the milp back-end: what is proved, by whom, and is a bound ever wrong?

    python benchmarks/rcpsp_milp.py [--formulation time|disjunctive|events]

One instance of each parameter set (j30X_1). Propagation, the constructed first schedule and HiGHS run as they do in
`schedc solve --solver milp`; a proof is counted for HiGHS only where the others leave the instance open.
"""

from __future__ import annotations

import tempfile
import time
from functools import partial
from pathlib import Path

from harness import Instance, Record, Results, arguments, instances, measure, schedc, table


def main() -> None:
    """Solve what is not solved yet, then print the figures."""
    parser = arguments(__doc__ or "")
    parser.add_argument("--formulation", choices=["time", "disjunctive", "events"], help="the same for all instances")
    options = parser.parse_args()
    study = "rcpsp_milp" if options.formulation is None else f"rcpsp_milp_{options.formulation}"
    results = Results(study, options)
    known = [i for i in instances(options.data, "rcpsp", "j30") if i.name.endswith("_1")][: options.limit]
    if not options.summary:
        for instance in known:
            work = partial(solved, instance, options.time, options.workers, options.formulation)
            results.run(instance.name, work)
    print(summary(known, results.records))


def solved(instance: Instance, seconds: float, workers: int, formulation: str | None) -> Record:
    """Import and solve one instance; `by` says who proved it."""
    import schedc as package

    with tempfile.TemporaryDirectory() as folder:
        imported = measure(schedc("import", instance.path, "-o", folder, "--format", "rcpsp"))
        if imported.code:
            return {"code": imported.code, "error": imported.err.strip()[-500:]}
        problem = package.load(Path(folder) / "model.sched")
        began = time.perf_counter()
        plan = problem.solve(time=seconds, workers=workers, solver="milp", formulation=formulation)
        took = time.perf_counter() - began
    searched = "solve" in plan.result.seconds
    proved = plan.status == "optimal"
    goal = plan.objectives[0]
    return {
        "status": str(plan.status), "objective": goal.value, "bound": goal.bound, "seconds": round(took, 3),
        "by": ("highs" if searched else "before") if proved else "",
        "verified": plan.verdict is not None and plan.verdict.holds,
    }


def summary(known: list[Instance], records: dict[str, Record]) -> str:
    """One row of figures, and a line for each instance with a wrong bound or an open end."""
    pairs = [(instance, records[instance.name]) for instance in known if instance.name in records]
    before = [i for i, r in pairs if r.get("by") == "before"]
    highs = [i for i, r in pairs if r.get("by") == "highs"]
    wrong = [i for i, r in pairs if i.best is not None and (r.get("bound") or 0) > i.best]
    listed = [i for i, r in pairs if r.get("objective") == i.best]
    share = round(100 * (len(before) + len(highs)) / max(1, len(pairs)))
    heads = ("instances", "proved before HiGHS", "proved by HiGHS", "proved %", "at the listed optimum", "wrong bounds")
    row = (len(pairs), len(before), len(highs), share, len(listed), len(wrong))
    lines = [f"wrong bound: {i.name}: {r}" for i, r in pairs if i in wrong]
    lines += [f"open: {i.name}: {r.get('bound')} .. {r.get('objective')}" for i, r in pairs if not r.get("by")]
    return "\n".join([table(heads, [row]), *lines])


if __name__ == "__main__":
    main()
