"""Does propagation cut off a schedule that keeps the model? Brute force over the judge's tiny models is the witness.

    python tests/soundness.py 5000 [first seed]

Every feasible schedule must lie in the windows, those that end by some instant in the windows asked for with it; a
conflict must be one; and the floor of the makespan must not be above the least one.
"""

from __future__ import annotations

import sys
from collections import Counter
from random import Random
from typing import Any

import numpy as np
from brute import TooBigError, brute_force
from made import Maker
from random_models import random_text

from schedc.dsl.build import build
from schedc.dsl.parse import parse
from schedc.models.bounds import Bounds, Conflict, propagate
from schedc.models.diagnostics import Findings
from schedc.models.floor import makespan_lower_bound
from schedc.models.model import Model

FEW = 400_000


def sound(model: Model, limit: int = FEW) -> str:
    """What came of a model: "too big", "infeasible", "refuted", or "feasible". AssertionError where a cut is wrong."""
    try:
        kept = brute_force(model, limit).kept
    except TooBigError:
        return "too big"
    found = propagate(model)
    _within(found, kept)
    ends = kept[:, :, 1].max(axis=0, initial=0)
    best = int(ends.min(initial=model.horizon + 1))
    if isinstance(found, Conflict):
        assert found.reason and found.tasks
        return "refuted"
    if not kept.shape[1]:
        return "infeasible"
    assert makespan_lower_bound(model, found, probing=True) <= best
    for until in range(max(best - 2, 0), best + 2):
        asked = propagate(model, until=until)
        _within(asked, kept[:, ends <= until])
    return "feasible"


def _within(found: Bounds | Conflict, kept: Any) -> None:
    """Every schedule lies in the windows."""
    if isinstance(found, Conflict):
        assert not kept.shape[1], found.reason
        return
    start, end = kept[:, :, 0], kept[:, :, 1]
    assert (found.earliest_start[:, None] <= start).all() and (start <= found.latest_start[:, None]).all()
    assert (found.earliest_end[:, None] <= end).all() and (end <= found.latest_end[:, None]).all()


def text_model(seed: int) -> Model | None:
    """A model of every construct of the core; None where data alone makes it impossible."""
    findings = Findings()
    parsed = parse(random_text(seed), "random.sched", findings)
    return build(parsed, name="random", folder=None, params={}, data={}, digest="", findings=findings)


def tight_model(seed: int) -> Model:
    """A model with little room: several tasks on a resource or two, with calendars, groups and orders."""
    choice = Random(seed)
    pick = choice.randint
    m = Maker(pick(6, 10))
    resources = [m.resource(f"r{k}", pick(1, 4)) for k in range(pick(1, 2))]
    for r in resources:
        if pick(0, 2) == 0:
            lo = pick(1, 5)
            m.down(r, (lo, lo + pick(1, 2)), leaving=pick(0, 2))
        if pick(0, 4) == 0:
            lo = pick(2, 5)
            m.open(r, (0, lo), (lo + 1, m.horizon))
    tasks = [_task(m, f"t{k}", resources, choice) for k in range(pick(2, 5))]
    for _ in range(pick(0, 2)):
        a, b = choice.sample(tasks, 2)
        m.order(min(a, b), max(a, b), lo=choice.choice([0, 0, 1, -1]), hi=choice.choice([None, None, 2]))
    if pick(0, 2) == 0:
        m.exclusive(choice.sample(tasks, pick(2, len(tasks))))
    m.makespan()
    return m.model()


def _task(m: Maker, name: str, resources: list[int], choice: Random) -> int:
    size = choice.randint(1, 4)
    lasts = (size, size + 1) if choice.random() < 0.15 else size
    release = choice.choice([None, None, choice.randint(0, 5)])
    deadline = choice.choice([None, None, choice.randint(4, m.horizon)])
    uses = {r: choice.randint(0, int(m.resources[r].capacity[0])) for r in resources}
    return m.task(name, lasts, uses=uses, release=release, deadline=deadline, pausable=choice.random() < 0.25)


def main() -> None:
    """Try many, half of them of each kind, and count what came of them."""
    count, first = int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0
    seen: Counter[str] = Counter()
    for seed in range(first, first + count):
        model = tight_model(seed) if seed % 2 else text_model(seed)
        if model is not None:
            try:
                seen[f"{'tight' if seed % 2 else 'text'} {sound(model)}"] += 1
            except AssertionError as error:
                raise SystemExit(f"seed {seed}: {error!r}") from error
    print(dict(sorted(seen.items())))


if __name__ == "__main__":
    np.seterr(all="raise")
    main()
