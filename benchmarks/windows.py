"""Sliding windows by ticks and by events: see `encodings.md`. One line a model and encoding.

    python benchmarks/windows.py [--seconds 20]
"""

from __future__ import annotations

import argparse
import time

import schedc
from schedc.dsl import sliding

ROSTER = """time for 28
task s[n in 1 .. 8, d in 0 .. 27] lasts 1 release d deadline d + 1 optional
require count(s[n, *]) <= 5 every 7 for n in 1 .. 8
require sum(present(s[n, d]) for n in 1 .. 8) >= 4 for d in 0 .. 27
require not (present(s[n, d]) and present(s[n, d + 1]))
  for n in 1 .. 8, d in 0 .. 26 where (n + d) / 7 == floor((n + d) / 7)
maximize count(s[*])
"""


def spots(count: int, horizon: int, most: int, width: int) -> str:
    """At most so many starts in each window."""
    return (f"time for {horizon}\nresource r\ntask a[i in 1 .. {count}] lasts 1 uses r\n"
            f"require count(a[*]) <= {most} every {width}\nminimize makespan\n")


def visits(count: int, horizon: int, width: int) -> str:
    """At least one start in each window."""
    return (f"time for {horizon}\nresource r\ntask a[i in 1 .. {count}] lasts 2 uses r\n"
            f"require count(a[*]) >= 1 every {width}\nminimize sum(start(a[*]))\n")


MODELS = {
    "roster": ROSTER, "20 spots": spots(20, 60, 4, 10), "12 spots": spots(12, 400, 2, 60),
    "10 visits": visits(10, 100, 12), "8 visits": visits(8, 400, 60),
}


def main() -> None:
    """Solve every model with both encodings."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=20)
    seconds = parser.parse_args().seconds
    for name, text in MODELS.items():
        for events in (False, True):
            sliding._fewer_events = lambda *_, wanted=events: wanted   # type: ignore[assignment]
            problem, begun = schedc.loads(text), time.perf_counter()
            plan = problem.solve(time=seconds, workers=1, solver="cpsat")
            found = [(goal.value, goal.bound) for goal in plan.objectives]
            print(name, "events" if events else "ticks", plan.status, found, f"{time.perf_counter() - begun:.1f} s")


if __name__ == "__main__":
    main()
