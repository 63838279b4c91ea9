"""Every family of instances: schedc from its `.sched` text beside PyJobShop where that supports the family.

    python benchmarks/families.py --time 60             # needs: pip install pyjobshop==0.0.9
    python benchmarks/families.py --time 10 --per-family 2 --only fjsp openshop

Evenly spread instances of each family, both tools with the same OR-Tools, time and workers, in processes of their own,
the first alternating. PyJobShop gets the model that we load (`in_pyjobshop`), so that reading files counts for neither.
The gap is to the best known value; a family that one of the tools cannot state shows the other alone.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
import tempfile
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from statistics import mean
from typing import NamedTuple

from harness import Instance, Record, Results, arguments, evenly, figures, instances, measure, schedc, table

TOOLS = ("schedc", "pyjobshop")


class Family(NamedTuple):
    """A format with the variant to state, the sets to draw from, and the file and column that hold its best values."""

    format: str
    sets: tuple[str, ...]
    variant: str = ""
    bounds: str = "bounds.csv"

    @property
    def name(self) -> str:
        """The format with its variant."""
        return f"{self.format} {self.variant}".strip()


FAMILIES = (
    Family("fjsp", ("brandimarte", "dauzere_paulli", "hurink_edata", "hurink_vdata", "behnke_geiger")),
    Family("openshop", ("brucker", "gueret_prins", "taillard")),
    Family("parallel_machines", ("pmp",)),
    Family("single_machine", ("wt40", "wt50", "wt100")),
    Family("single_machine", ("wtsds",)),
    Family("single_machine", ("cdd_sch20", "cdd_sch50"), "h=0.4", "bounds_common_due_date.csv"),
    Family("hybrid_flowshop", ("ruiz",)),
    Family("flowshop", ("taillard", "vfr_small"), "PFSP"),
    Family("flowshop", ("taillard", "vfr_small"), "NPFSP", "bounds_variants.csv"),
    Family("flowshop", ("taillard", "vfr_small"), "NW-PFSP", "bounds_variants.csv"),
    Family("flowshop", ("taillard", "vfr_small"), "TCT-PFSP", "bounds_variants.csv"),
    Family("flowshop_sdst", ("ssd_block1", "ssd_block2", "ssd_block3", "ssd_block4")),
    Family("flowshop_tardiness", ("tt_pfsp",)),
    Family("mrcpsp", ("psplib_j20", "psplib_j30", "mmlib50", "mmlib100")),
    Family("mspsp", ("set1a", "set1b", "set2a")),
    Family("rcmpsp", ("mplib1_set3",)),
    Family("rcpsp_max", ("ubo50", "ubo100", "c", "j30")),
    Family("dag", ("wfcommons",)),
    Family("memory_allocation", ("minimalloc",)),
)


def main() -> None:
    """Run what is not known yet, or (with ``--one``) one tool on one file, whose record is printed."""
    parser = arguments(__doc__ or "")
    parser.add_argument("--per-family", type=int, default=20, help="instances of each family")
    parser.add_argument("--only", nargs="*", help="formats to run")
    parser.add_argument("--tool", choices=TOOLS, help="run one of the tools only")
    parser.add_argument("--one", nargs=2, metavar=("TOOL", "FILE"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        tool, file = options.one
        solve = by_schedc if tool == "schedc" else by_pyjobshop
        print(json.dumps(solve(Path(file), options.time, options.workers)))
        return
    results = Results("families", options)
    chosen = [f for f in FAMILIES if not options.only or f.format in options.only]
    known = {family: drawn(family, options.data, options.per_family) for family in chosen}
    cases = [(f, i) for f, some in known.items() for i in some][: options.limit]
    for number, (family, instance) in enumerate(() if options.summary else cases):
        for tool in TOOLS[:: -1 if number % 2 else 1]:
            if options.tool in (None, tool):
                work = partial(in_process, tool, family, instance, options.time, options.workers)
                results.run(case(family, instance, tool), work)
    print(summary(known, results.records))


def case(family: Family, instance: Instance, tool: str) -> str:
    """The name of a case."""
    return f"{family.name} {instance.name} {tool}"


def drawn(family: Family, data: Path, count: int) -> list[Instance]:
    """Instances spread evenly over the family's sets, with the best values of its variant."""
    best = dict(_best(family, data))
    found = []
    for k, folder in enumerate(family.sets):
        share = count * (k + 1) // len(family.sets) - count * k // len(family.sets)
        known = [i for i in instances(data, family.format, folder) if i.name in best] or instances(
            data, family.format, folder
        )
        found += [Instance(i.family, i.name, i.path, best.get(i.name), i.optimal) for i in evenly(known, share)]
    return found


def _best(family: Family, data: Path) -> Iterator[tuple[str, int]]:
    """(instance, best known value) of the family's variant."""
    with (data / family.format / family.bounds).open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            fits = row.get("variant", family.variant) == family.variant and row.get("h", "") in ("", family.variant[2:])
            if fits and row["upper_bound"]:
                yield row["instance"], int(row["upper_bound"])


def in_process(tool: str, family: Family, instance: Instance, seconds: float, workers: int) -> Record:
    """Run one tool on one instance in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        words = ["--variant", family.variant] if family.variant else []
        imported = measure(schedc("import", instance.path, "-o", folder, "--format", family.format, *words))
        if imported.code:
            return {"code": imported.code, "error": imported.err.strip()[-500:]}
        file = str(Path(folder) / "model.sched")
        limits = ["--time", str(seconds), "--workers", str(workers)]
        run = measure([sys.executable, __file__, *limits, "--one", tool, file], 3 * seconds + 120)
    if run.code:
        return {"code": run.code, "error": run.err.strip()[-500:]}
    return dict(json.loads(run.out)) | figures(run)


def by_schedc(file: Path, seconds: float, workers: int) -> Record:
    """Solve a `.sched` file, whatever solver is chosen."""
    from schedc.compilers.backend import Limits
    from schedc.compilers.solve import solve

    result = solve(_loaded(file), backend="cpsat", limits=Limits(seconds=seconds, workers=workers))
    if not result.stages:
        return {"objective": None, "bound": None, "status": str(result.status)}
    stage = result.stages[0]
    phases = {phase: round(spent, 3) for phase, spent in result.seconds.items()}
    return {"objective": stage.value, "bound": stage.bound, "status": str(result.status), "phases": phases}


def by_pyjobshop(file: Path, seconds: float, workers: int) -> Record:
    """Translate and solve the same model with PyJobShop."""
    from in_pyjobshop import NotThereError, pyjobshop_model

    try:
        theirs = pyjobshop_model(_loaded(file))
    except NotThereError as why:
        return {"absent": str(why)}
    began = time.perf_counter()
    result = theirs.solve(time_limit=seconds, num_workers=workers, display=False)
    return {
        "objective": int(result.objective) if result.objective < float("inf") else None,
        "bound": result.lower_bound,
        "status": result.status.value.lower(),
        "solve": round(time.perf_counter() - began, 3),
    }


def _loaded(file: Path):  # type: ignore[no-untyped-def]     # a model; imports wait until they are needed
    from schedc.dsl.load import load_path
    from schedc.models.diagnostics import Findings

    findings = Findings()
    model = load_path(file, {}, {}, findings)
    findings.check()
    return model


def summary(known: dict[Family, list[Instance]], records: dict[str, Record]) -> str:
    """Mean gaps to the best known value by family."""
    rows = [row for family, some in known.items() if (row := _row(family, some, records))]
    heads = (
        "family", "instances", "mean gap schedc", "mean gap PyJobShop", "schedc better / equal / worse",
        "proved schedc / PyJobShop", "no schedule schedc / PyJobShop",
    )
    return table(heads, rows)


def _row(family: Family, some: list[Instance], records: dict[str, Record]) -> list[object]:
    pairs = [tuple(records.get(case(family, i, tool), {}) for tool in TOOLS) for i in some]
    run = [(i, a, b) for i, (a, b) in zip(some, pairs) if a or b]
    both = [(i, a, b) for i, a, b in run if a.get("objective") is not None and b.get("objective") is not None]
    if not run:
        return []
    shown = both or [(i, a, b) for i, a, b in run if a.get("objective") is not None]
    signs = [(a["objective"] > b["objective"]) - (a["objective"] < b["objective"]) for _, a, b in both]
    sides = [a for _, a, _ in run], [b for *_, b in run]
    proved = [sum(r.get("status") == "optimal" for r in side) for side in sides]
    none = [
        sum(("objective" in r and r["objective"] is None and r["status"] != "infeasible") or "error" in r for r in side)
        for side in sides
    ]
    there = not any("absent" in b for *_, b in run)
    return [
        f"{family.name} ({', '.join(family.sets)})", len(shown), _gap([(i, a) for i, a, _ in shown]),
        _gap([(i, b) for i, _, b in both]) if there else "cannot state it",
        f"{signs.count(-1)} / {signs.count(0)} / {signs.count(1)}" if both else "",
        " / ".join(map(str, proved)), " / ".join(map(str, none)),
    ]


def _gap(side: list[tuple[Instance, Record]]) -> str:
    """The mean relative gap; a best value of 0 counts as a gap of 0 where it is reached, else of 1."""
    gaps = [(r["objective"] - i.best) / (i.best or r["objective"] or 1) for i, r in side if i.best is not None]
    return f"{mean(gaps):.2%}" if gaps else "no values known"


if __name__ == "__main__":
    main()
