"""60 planted conflicts of 2 to 6 statements among 50 to 500 others, on both exact back-ends: see `planted`.

    python benchmarks/conflicts.py [--time 30] [--alone] [--limit N] [--summary]

For each: whether the planted lines or another minimal set were found, whether every part was confirmed, the seconds
until then, and how many relaxations were found in the rest of the time, each of them run again from its change.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Iterator

import harness
from planted import KINDS, Planted, planted

from schedc.compilers.backend import Limits
from schedc.compilers.conflict import Core, smallest
from schedc.dsl.load import Source
from schedc.explaining.case import Case
from schedc.explaining.changes import changes_of
from schedc.explaining.relax import relaxations
from schedc.models.diagnostics import Findings

SIZES = (50, 100, 200, 300, 500)
CASES = 60


def cases() -> Iterator[tuple[str, Planted]]:
    """All of them, with their names."""
    for k in range(CASES):
        kind, size = KINDS[k % len(KINDS)], SIZES[k % len(SIZES)]
        yield f"{kind}-{size}-{k}", planted(k, size, kind)


def study(wanted: Planted, backend: str, options: argparse.Namespace) -> harness.Record:
    """One case by one back-end."""
    source = Source(wanted.text, "planted.sched", None, "planted", {}, {})
    model = source.checked(Findings())
    assert model is not None
    began, cpu = time.perf_counter(), time.process_time()
    case = Case.of(model, source, backend, Limits(options.time, workers=options.workers))
    core = smallest(case.oracle, case.all)
    record: harness.Record = {
        "statements": wanted.text.count("\n"), "elements": len(case.all),
        "seconds": round(time.perf_counter() - began, 3), "cpu": round(time.process_time() - cpu, 3),
        "runs": case.oracle.asked, "propagations": case.oracle.propagated,
    }
    if core is None:
        return record | {"found": False}
    lines = {o.span.line for n in core.numbers.tolist() for o in case.elements.origins(n)}
    record |= {"found": True, "minimal": core.minimal, "planted": lines == wanted.lines, "parts": len(core.numbers),
               "lines": len(lines)}
    return record if options.alone else record | _relaxed(case, core, began, cpu)


def _relaxed(case: Case, core: Core, began: float, cpu: float) -> harness.Record:
    """The relaxations, each of those with an amount run again."""
    found = relaxations(case, core, [])
    record = {
        "relaxations": len(found), "with_relaxations": round(time.perf_counter() - began, 3),
        "with_relaxations_cpu": round(time.process_time() - cpu, 3),
    }
    case.oracle.began = time.monotonic()        # the second runs are not part of the answer
    changes = {c.words(r.amount or 1): c for r in found for c in changes_of(case, core.numbers)
               if c.words(r.amount or 1) == r.text}
    again = [r for r in found if r.text in changes]
    held = 0
    for r in again:
        changed = changes[r.text].apply(r.amount or 1)
        held += changed is not None and case.changed(case.all, changed).feasible
    return record | {"run_again": len(again), "held": held}


def summary(results: harness.Results) -> None:
    """What the record shows, by back-end."""
    for backend in ("cpsat", "milp"):
        mine = [r for name, r in results.records.items() if name.endswith(backend)]
        if not mine:
            continue
        found = [r for r in mine if r["found"]]
        seconds, cpu = ([r[key] for r in mine] for key in ("seconds", "cpu"))
        print(
            f"{backend}: {len(found)} of {len(mine)} found, {sum(r['minimal'] for r in found)} confirmed minimal, "
            f"{sum(r['planted'] for r in found)} exactly the planted lines; median {statistics.median(seconds):.2f} s "
            f"(processor {statistics.median(cpu):.2f} s), longest {max(seconds):.2f} s"
        )
        relaxed = [r for r in found if "relaxations" in r]
        if relaxed:
            keys = ("with_relaxations", "with_relaxations_cpu")
            whole = [statistics.median([r[key] for r in relaxed]) for key in keys]
            print(
                f"  relaxations {sum(r['relaxations'] for r in relaxed)}, run again "
                f"{sum(r['run_again'] for r in relaxed)}, held {sum(r['held'] for r in relaxed)}; with them median "
                f"{whole[0]:.2f} s (processor {whole[1]:.2f} s)"
            )


def main() -> None:
    """Run the study."""
    parser = harness.arguments(__doc__ or "", seconds=30.0)
    parser.add_argument("--alone", action="store_true", help="conflicts without relaxations")
    options = parser.parse_args()
    results = harness.Results("conflicts_alone" if options.alone else "conflicts", options)
    if not options.summary:
        for name, wanted in list(cases())[: options.limit]:
            for backend in ("cpsat", "milp"):
                results.run(f"{name}-{backend}", lambda w=wanted, b=backend: study(w, b, options))
    summary(results)


if __name__ == "__main__":
    main()
