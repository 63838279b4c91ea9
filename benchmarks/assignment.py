"""Assignment with costs: made models, solved by the milp back-end and by CP-SAT; who proves the cheapest, and when?

    python benchmarks/assignment.py [--time 60] [--fresh]

Each task is done on one of the machines, for a cost and a work that depend on both; the work on a machine has a limit.
Nothing contends in time. Costs are 10 .. 50, works 5 .. 25, and a machine may do 0.8 times the average of all work over
the machines (type C of Chu and Beasley 1997, "A genetic algorithm for the generalised assignment problem"). The models
are written to `.sched` texts and run as `schedc solve` runs them, from loading on.
"""

from __future__ import annotations

import tempfile
import time
from functools import partial
from itertools import product
from pathlib import Path
from random import Random

from harness import Record, Results, arguments, table

SIZES = ((50, 5), (100, 10), (200, 20))     # tasks, machines
SEEDS = (1, 2, 3)
SOLVERS = ("milp", "cpsat")


def text(tasks: int, machines: int, seed: int) -> str:
    """A model as a user would write it."""
    chance = Random(seed)
    cells = [(t, m, chance.randint(5, 25), chance.randint(10, 50))
             for t in range(1, tasks + 1) for m in range(1, machines + 1)]
    budget = int(0.8 * sum(work for _, _, work, _ in cells) / machines**2)
    rows = ";\n".join(f"  {t}, {m}, {work}, {cost}" for t, m, work, cost in cells)
    return f"""param tasks = {tasks}
param machines = {machines}
param budget = {budget}
table on_machine key t, m {{ t: int, m: int, work: int, cost: int }} rows {{
{rows}
}}
task errand[t in 1 .. tasks]
  mode on[m in 1 .. machines] {{ lasts on_machine[t, m].work  with cost = on_machine[t, m].cost }}
require sum(on_machine[t, m].work * present(errand[t].on[m]) for t in 1 .. tasks) <= budget  for m in 1 .. machines
minimize cost
"""


def solved(tasks: int, machines: int, seed: int, solver: str, seconds: float, workers: int) -> Record:
    """One model by one back-end."""
    import schedc

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "assignment.sched"
        path.write_text(text(tasks, machines, seed))
        problem = schedc.load(path)
        began = time.perf_counter()
        plan = problem.solve(time=seconds, workers=workers, solver=solver)
        took = time.perf_counter() - began
    goal = plan.objectives[0] if plan.objectives else None
    return {
        "status": str(plan.status), "cost": goal and int(goal.value), "bound": goal and goal.bound,
        "seconds": round(took, 2), "by": plan.result.backend, "why": plan.result.chosen_because,
    }


def main() -> None:
    """Solve what is not solved yet, then print the figures."""
    options = arguments(__doc__ or "").parse_args()
    results = Results("assignment", options)
    rows: list[list[str]] = []
    for number, ((tasks, machines), seed) in enumerate(product(SIZES, SEEDS)):
        for solver in SOLVERS[:: -1 if number % 2 else 1]:
            case = f"{tasks}x{machines} seed {seed} {solver}"
            if not options.summary:
                results.run(case, partial(solved, tasks, machines, seed, solver, options.time, options.workers))
            record = results.records.get(case, {})
            rows.append([case, *(str(record.get(k)) for k in ("status", "cost", "bound", "seconds", "by"))])
    print(table(["model and solver", "status", "cost", "bound", "seconds", "by"], rows))


if __name__ == "__main__":
    main()
