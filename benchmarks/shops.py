"""The searches for pure sequences alone: what each finds on one core without a solver beside it.

    python benchmarks/shops.py --time 30 --per-family 4
    python benchmarks/shops.py --only jsp --time 60

Evenly spread instances of each family; seconds are the processor's, compilation to machine code not counted, seed 1.
Every schedule is judged, and its objective must be the one that the search computed. The gap is to the best value
known.
"""

from __future__ import annotations

import tempfile
import time
from functools import partial
from pathlib import Path
from statistics import mean

from families import Family, drawn
from harness import Instance, Record, Results, arguments, measure, schedc, table

_VARIANTS = "bounds_variants.csv"
FAMILIES = (
    Family("jsp", ("ta",)),
    Family("jsp", ("dmu",)),
    Family("jsp", ("swv",)),
    Family("jsp", ("tai",)),
    Family("fjsp", ("brandimarte", "dauzere_paulli", "hurink_edata", "hurink_vdata", "behnke_geiger")),
    Family("flowshop", ("taillard",), "PFSP"),
    Family("flowshop", ("vfr_large",), "PFSP"),
    Family("flowshop", ("taillard",), "NPFSP", _VARIANTS),
    Family("flowshop", ("vfr_large",), "NPFSP", _VARIANTS),
    Family("flowshop", ("taillard",), "TCT-PFSP", _VARIANTS),
    Family("flowshop", ("vfr_large",), "TCT-PFSP", _VARIANTS),
    Family("flowshop", ("taillard",), "NW-PFSP", _VARIANTS),
    Family("flowshop", ("vfr_large",), "NW-PFSP", _VARIANTS),
    Family("flowshop_sdst", ("ssd_block1", "ssd_block2", "ssd_block3", "ssd_block4")),
    Family("flowshop_tardiness", ("tt_pfsp",)),
    Family("hybrid_flowshop", ("ruiz",)),
    Family("single_machine", ("wt100",)),
    Family("parallel_machines", ("pmp",)),
)


def main() -> None:
    """Run what is not known yet, then print the table."""
    parser = arguments(__doc__ or "", seconds=30.0)
    parser.add_argument("--per-family", type=int, default=4, help="instances of each family")
    parser.add_argument("--only", nargs="*", help="formats to run")
    options = parser.parse_args()
    options.workers = 1
    results = Results("shops", options)
    chosen = [f for f in FAMILIES if not options.only or f.format in options.only]
    cases = [(f, i) for f in chosen for i in drawn(f, options.data, options.per_family)]
    for family, instance in () if options.summary else cases[: options.limit]:
        results.run(case(family, instance), partial(searched, family, instance, options.time))
    rows = []
    for family in chosen:
        of = [(i, results.records.get(case(family, i), {})) for f, i in cases if f is family]
        gaps = [100 * (r["objective"] / i.best - 1) for i, r in of if i.best and r.get("objective") is not None]
        if gaps:
            name = f"{family.name} {'/'.join(family.sets)}"
            rows.append((name, len(gaps), f"{mean(gaps):.2f} %", f"{max(gaps):.2f} %"))
    print(table(("family", "instances", "mean gap", "worst"), rows))


def case(family: Family, instance: Instance) -> str:
    """The name of a case."""
    return f"{family.name} {instance.name}"


def searched(family: Family, instance: Instance, seconds: float) -> Record:
    """What the search finds in so many processor seconds."""
    from schedc.compilers.shops import improver
    from schedc.models.verify import verify

    with tempfile.TemporaryDirectory() as folder:
        words = ["--variant", family.variant] if family.variant else []
        measure(schedc("import", instance.path, "-o", folder, "--format", family.format, *words))
        model = load(Path(folder) / "model.sched")
    for warm in (improver(model, 1), improver(model, 1)):      # the first one compiles
        search = warm
        if search is None:
            return {"objective": None}
        schedule = search.step(None, 0.001, lambda: False)
    began = time.process_time()
    while time.process_time() - began < seconds:
        schedule = search.step(None, min(1.0, seconds / 10), lambda: False) or schedule
    verdict = verify(model, schedule)
    value = getattr(search, "value", None)
    return {"objective": verdict.objectives[0] * int(model.objective[0].scale), "search": search.name,
            "verified": verdict.holds and verdict.objectives[0] == value}


def load(path: Path):  # type: ignore[no-untyped-def]
    """The model of a file."""
    import schedc as front

    return front.load(path).model


if __name__ == "__main__":
    main()
