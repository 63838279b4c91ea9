"""Random tiny texts with goals in order, with tolerances, and with fronts; and what brute force makes of them."""

from __future__ import annotations

from random import Random
from typing import Any

import numpy as np
from brute import Answer

from schedc.models.model import Model


def front_text(rng: Random) -> str:
    """A text with a `pareto` of two or three goals."""
    goals = _goals(rng, rng.choice((2, 2, 3)))
    return _body(rng) + "pareto " + ", ".join(goals)


def ordered_text(rng: Random) -> str:
    """A text with two or three goals in order, most with a tolerance."""
    goals = _goals(rng, rng.choice((2, 3)))
    slack = [rng.choice((" within 1", " within 20 %", " within 0", " within 2", "")) for _ in goals]
    return _body(rng) + " then ".join(g + s for g, s in zip(goals, slack))


def _body(rng: Random) -> str:
    n = rng.randint(2, 3)
    capacity = rng.randint(1, 2)
    lines = [f"time for {rng.randint(6, 7)}", f"resource r capacity {capacity}"]
    for k in range(n):
        clauses = f" due {rng.randint(1, 5)}" + (f" weight {rng.randint(1, 3)}" if rng.random() < 0.5 else "")
        kind = rng.random()
        if kind < 0.4:
            fast, slow = rng.randint(1, 2), rng.randint(2, 3)
            dear = rng.randint(2, 5)
            lines.append(f"task t{k}{clauses} mode f {{ lasts {fast} uses r {capacity} with cost = {dear} }} "
                         f"mode s {{ lasts {slow} uses r with cost = {rng.randint(0, 1)} }}")
        elif kind < 0.6:
            length, cost = rng.randint(1, 2), rng.randint(0, 4)
            lines.append(f"task t{k} optional{clauses} lasts {length} uses r with cost = {cost}")
        else:
            lines.append(f"task t{k}{clauses} lasts {rng.randint(1, 3)} uses r with cost = 1")
    if rng.random() < 0.3:
        lines.append(f"order t0 -> t1 after {rng.randint(0, 2)}")
    if rng.random() < 0.3:
        lines.append(f"require end(t0) <= {rng.randint(1, 3)} else penalty 2 per 1")
    return "\n".join(lines) + "\n"


def _goals(rng: Random, count: int) -> list[str]:
    known = ["minimize makespan", "minimize cost", "minimize tardiness", "maximize start(t0)", "minimize end(t1)",
             "minimize max(start(t1), end(t0))", "minimize peak(r)", "maximize present(t0) + present(t1) - end(t1)",
             "minimize 2 * makespan + 3 * cost"]
    return rng.sample(known, count)


def costs(model: Model, answer: Answer) -> Any:
    """[goal, schedule]: the costs of all schedules that keep the model; less is better."""
    rows = [answer.choices.value(stage.value, answer.kept)[0] for stage in model.objective]
    return np.array([r if s.sense == "minimize" else -r for r, s in zip(rows, model.objective)])


def efficient(table: Any) -> set[tuple[int, ...]]:
    """The columns that no other dominates."""
    columns = {tuple(map(int, c)) for c in table.T}
    return {c for c in columns if not any(d != c and all(x <= y for x, y in zip(d, c)) for d in columns)}


def lexicographic(model: Model, table: Any) -> tuple[int, ...]:
    """The least costs goal by goal, each later one among the schedules that leave the earlier their tolerances."""
    kept = np.ones(table.shape[1], dtype=bool)
    for stage, row in zip(model.objective, table):
        best = int(row[kept].min())
        shown = best if stage.sense == "minimize" else -best
        last = stage is model.objective[-1]
        kept &= row <= best + (0 if last else stage.allowance(shown))
    return tuple(map(int, table[:, kept].min(axis=1)))
