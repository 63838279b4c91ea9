"""What a generation costs as models grow: processor time by task, and the slope in log-log scale (bar: at most 1.1).

    python benchmarks/decode.py

Projects of four resources, about three arcs a task, lengths 1 .. 50, a horizon that grows with the tasks, so that words
by tick are out of the question; lists by latest start, each decoded by the segments' decoder alone.
"""

from __future__ import annotations

import time
from math import log

import numpy as np
from harness import Results, arguments, table

import schedc
from schedc.compilers.evolve.improver import Evolve
from schedc.models.columns import Ints

SIZES = (1_000, 3_000, 10_000, 30_000, 100_000, 300_000, 1_000_000)
MOST = 1.1


def main() -> None:
    """Decode every size a few times."""
    options = arguments(__doc__ or "").parse_args()
    results = Results("decode", options)
    sizes = SIZES[: options.limit]
    if not options.summary:
        for size in sizes:
            results.run(f"{size} tasks", lambda size=size: measured(size))  # type: ignore[misc]
    rows = [r for r in results.records.values() if "tasks" in r]
    print(table(("tasks", "microseconds a task"), [(r["tasks"], r["microseconds"]) for r in rows]))
    x, y = ([log(v) for v in column] for column in zip(*((r["tasks"], r["tasks"] * r["microseconds"]) for r in rows)))
    print(f"slope {np.polyfit(x, y, 1)[0]:.3f}, at most {MOST} wanted")


def measured(size: int) -> dict[str, float]:
    """Processor time of a generation, over as many as take about two seconds."""
    search = Evolve(project(size), 1, True)
    block: Ints = search._t.m
    assert block[3] == 0, "the decoder by words was taken"
    search._run(1)      # compile, and the first individual
    began, done = time.process_time(), 0
    while time.process_time() - began < 2.0:
        done += search._run(size)
    return {"tasks": size, "microseconds": 1e6 * (time.process_time() - began) / done}


def project(size: int) -> schedc.Model:
    """A random project, the same one every time."""
    chance = np.random.default_rng(size)
    window = 60
    near = [np.maximum(0, np.arange(size) - chance.integers(1, window, size)) for _ in range(3)]
    arcs = np.unique(np.concatenate([np.stack([f, np.arange(size)], axis=1) for f in near]), axis=0)
    arcs = arcs[arcs[:, 0] < arcs[:, 1]]
    return built(chance.integers(1, 51, size), chance.integers(1, 5, (size, 4)), arcs, 10)


def built(length: Ints, demand: Ints, arcs: Ints, capacity: int) -> schedc.Model:
    """The model of columns."""
    import tempfile
    from pathlib import Path

    size = len(length)
    with tempfile.TemporaryDirectory() as folder:
        acts = np.column_stack([np.arange(size), length, demand])
        for name, head, rows in (("acts", "j,d,r1,r2,r3,r4", acts), ("arcs", "i,j", arcs)):
            np.savetxt(Path(folder) / f"{name}.csv", rows, fmt="%d", delimiter=",", header=head, comments="")
        text = f"""
table acts from "acts.csv" key j {{ j: int, d: int, r1: int, r2: int, r3: int, r4: int }}
table arcs from "arcs.csv" {{ i: acts, j: acts }}
resource r[k in 1 .. 4] capacity {capacity}
task t[a in acts] lasts a.d uses r[1] a.r1, r[2] a.r2, r[3] a.r3, r[4] a.r4
order t[p.i] -> t[p.j] for p in arcs
minimize makespan
time for {int(length.sum()) * 4}
"""
        path = Path(folder) / "m.sched"
        path.write_text(text)
        return schedc.load(path).model


if __name__ == "__main__":
    main()
