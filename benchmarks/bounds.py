"""What propagation proves before any search: floors of the makespan, how they compare, and what they cost.

    python benchmarks/bounds.py

Each instance is loaded and propagated; "plain" is the floor by paths, energy and one-machine schedules, "probed" the
one that is raised by refutation. The constructed schedule is looked for as in a run of --time seconds. Beside them a
made shop of 100,000 tasks and the page of text with a million, for the time alone. Seconds are the processor's.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import mean
from typing import Any

from harness import Instance, Record, Results, arguments, evenly, instances, measure, schedc, table
from million import MODEL

SETS = (("rcpsp", "j30"), ("rcpsp", "j60"), ("rcpsp", "j120"), ("jsp", "ta"))
SHOP = """\
param jobs = {n}
resource machine[k in 1 .. 100]
let shift[j in 1 .. jobs, k in 1 .. 10] = j + 7 * k
task cut[j in 1 .. jobs, k in 1 .. 10] lasts 1 + j - 9 * floor(j / 9)
  uses machine[1 + shift[j, k] - 100 * floor(shift[j, k] / 100)]
order cut[j, k] -> cut[j, k + 1] for j in 1 .. jobs, k in 1 .. 9
minimize makespan
"""
MADE = {"a shop of 100,000": SHOP.format(n=10_000), "a million": MODEL.format(n=1_000_000)}


def main() -> None:
    """Measure what is not measured yet, then print the tables."""
    parser = arguments(__doc__ or "", seconds=20.0)
    parser.add_argument("--per-set", type=int, default=48, help="instances of each set")
    options = parser.parse_args()
    results = Results("bounds", options)
    known = [i for family, name in SETS for i in evenly(instances(options.data, family, name), options.per_set)]
    if not options.summary:
        for instance in known[: options.limit]:
            results.run(instance.name, partial(floors, instance, options.time))
        for name, text in MADE.items():
            results.run(name, partial(made, text))
    print(summary(known, results.records))
    done = [(name, results.records[name]) for name in MADE if name in results.records]
    rows = [(name, *(record[key] for key in ("propagate", "floor"))) for name, record in done]
    print(table(("made model", "propagate s", "floor s"), rows))


def floors(instance: Instance, seconds: float) -> Record:
    """Both floors and the constructed makespan of one instance, with the seconds that each took."""
    with tempfile.TemporaryDirectory() as folder:
        measure(schedc("import", instance.path, "-o", folder, "--format", instance.family))
        return examined(Path(folder) / "model.sched", seconds) | {"best": instance.best}


def made(text: str) -> Record:
    """The same of a text, without a schedule."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "made.sched"
        path.write_text(text)
        return examined(path, None)


def examined(path: Path, seconds: float | None) -> Record:
    """Floors of a model; the constructed makespan where seconds are given for it."""
    from schedc.compilers.construct import construct
    from schedc.compilers.windows import windows
    from schedc.dsl.load import load_path
    from schedc.models.diagnostics import Findings
    from schedc.models.floor import makespan_lower_bound

    model = load_path(path, {}, {}, Findings())
    assert model is not None
    bounds, propagating = timed(lambda: windows(model))
    plain, _ = timed(lambda: makespan_lower_bound(model, bounds))
    probed, probing = timed(lambda: makespan_lower_bound(model, bounds, probing=True))
    record = {"plain": plain, "probed": probed, "propagate": round(propagating, 4), "floor": round(probing, 4)}
    if seconds is not None:
        found = construct(model, bounds, 0, 0.15 * seconds, probed)
        record["constructed"] = None if found is None else int(found.end.max())
    return record


def timed(work: Callable[[], Any]) -> tuple[Any, float]:
    """A result and its processor seconds."""
    began = time.process_time()
    result = work()
    return result, time.process_time() - began


def summary(known: list[Instance], records: dict[str, Record]) -> str:
    """A row a set: mean gaps to the best known, where a floor meets it or the constructed schedule, seconds."""
    rows = []
    for _, name in SETS:
        part = [records[i.name] for i in known if i.name.startswith(f"{name}/") and i.name in records]
        part = [r for r in part if r["best"]]
        if part:
            gaps = [f"{mean((r['best'] - r[key]) / r['best'] for r in part):.2%}" for key in ("plain", "probed")]
            met = [sum(r[key] == r["constructed"] for r in part) for key in ("plain", "probed")]
            spent = [f"{mean(r[key] for r in part):.3f}" for key in ("propagate", "floor")]
            rows.append((name, len(part), *gaps, *met, *spent))
    heads = (
        "set", "instances", "gap of plain floor", "of probed", "plain = constructed", "probed = constructed",
        "propagate s", "floor s",
    )
    return table(heads, rows)


if __name__ == "__main__":
    main()
