"""Repair: the nearest schedule after a change, against brute force and against solving anew."""

from __future__ import annotations

import itertools
import random

import numpy as np
import pytest

import schedc
from schedc.comparison import Fate, compare
from schedc.models.nearby import CHANGED, SHIFTED
from schedc.models.schedule import Schedule
from schedc.models.verify import verify
from schedc.repair import RepairError


def text(lasts: list[int], horizon: int, down: tuple[int, int] | None, chain: bool) -> str:
    """A saw for all and a chain or not."""
    lines = [f"time for {horizon}", "resource saw", "resource crew capacity 2"]
    if down is not None:
        lines.append(f"downtime saw during {down[0]} .. {down[1]}")
    lines += [f"task t{k} lasts {n} uses {'saw' if k % 2 else 'crew 1, saw'}" for k, n in enumerate(lasts)]
    if chain:
        lines.append("order t0 -> t1")
    return "\n".join([*lines, "minimize makespan"])


def nearest(model: schedc.Model, old: list[int]) -> tuple[int, int]:
    """Fewest changed tasks, then the least shift, over all schedules: by trying them."""
    best = (10**9, 10**9)
    n = model.task_count
    for starts in itertools.product(range(model.horizon), repeat=n):
        key = sum(a != b for a, b in zip(starts, old)), sum(abs(a - b) for a, b in zip(starts, old))
        if key < best:
            start = np.array(starts, dtype=np.int64)
            if verify(model, Schedule(start, start + model.shortest, model.shortest)).holds:
                best = key
    return best


@pytest.mark.parametrize("seed", range(12))
def test_the_fewest_changes_as_by_brute_force(seed: int) -> None:
    rng = random.Random(seed)
    lasts = [rng.randint(1, 3) for _ in range(3)]
    before = schedc.loads(text(lasts, 10, None, False)).solve(time=10)
    low = rng.randint(0, 4)
    changed = schedc.loads(text(lasts, 11, (low, low + rng.randint(1, 3)), rng.random() < 0.5))
    done = changed.repair(before, time=20)
    assert done.plan.status == "optimal"
    assert done.comparison is not None
    old = [before[f"t{k}"].start for k in range(3)]
    found = {o.name: o.value for o in done.plan.objectives}
    assert (found[CHANGED], found[SHIFTED]) == nearest(changed.model, old)
    assert len(done.comparison.changes) == found[CHANGED]
    anew = compare(before.to_dict(), changed.solve(time=10).to_dict())
    assert len(done.comparison.changes) <= len(anew.changes)


def test_the_past_stays_and_weights_count() -> None:
    before = schedc.loads("time for 12\nresource saw\ntask a lasts 3 uses saw\ntask b lasts 3 uses saw\norder a -> b\n"
                          "minimize makespan").solve()
    late = schedc.loads("time for 12\nresource saw\ndowntime saw during 4 .. 6\ntask a lasts 3 uses saw\n"
                        "task b lasts 3 uses saw\norder a -> b\nminimize makespan")
    done = late.repair(before, now=2)
    assert done.plan["a"].start == 0
    assert done.plan["b"].start == 6
    assert [c.fate for c in done.comparison.changes] == [Fate.MOVED]        # type: ignore[union-attr]
    heavy = schedc.loads("time for 4\nresource saw\ntask a lasts 2 uses saw\ntask b lasts 2 uses saw\ntask c lasts 0\n"
                         "require end(a) <= 2 or end(b) <= 2\nrequire start(a) != 0")
    old = {"tasks": [{"name": n, "start": s, "end": s + d} for n, s, d in (("a", 0, 2), ("b", 2, 2), ("c", 0, 0))]}
    assert heavy.repair(old, weights={"a": 5}).plan["a"].start == 2


def test_tasks_that_come_and_go() -> None:
    before = schedc.loads("time for 9\nresource saw\ntask a lasts 3 uses saw\ntask gone lasts 1 uses saw\n"
                          "minimize makespan").solve()
    after = schedc.loads("time for 9\nresource saw\ntask a lasts 3 uses saw\ntask new lasts 2 uses saw\n"
                         "minimize makespan")
    done = after.repair(before)
    fates = {c.name: c.fate for c in done.comparison.changes}       # type: ignore[union-attr]
    assert fates == {"gone": Fate.GONE, "new": Fate.NEW}


def test_optional_tasks_and_modes_count_as_changes() -> None:
    base = ("time for 7\nresource saw\nresource press\ntask a optional lasts 2 uses saw\ntask b lasts 2 uses saw\n"
            "task c mode slow { lasts 3 uses saw } mode fast { lasts 1 uses press }\n")
    old = {"tasks": [{"name": "a", "start": 0, "end": 2}, {"name": "b", "start": 2, "end": 4},
                     {"name": "c", "start": 0, "end": 1, "mode": "fast"}]}
    assert schedc.loads(base).repair(old).comparison.same       # type: ignore[union-attr]
    closed = schedc.loads(base + "downtime press during 0 .. 7\n")
    done = closed.repair(old)
    assert (done.plan["c"].mode, done.plan["c"].start) == ("slow", 4)
    assert [c.name for c in done.comparison.changes] == ["c"]       # type: ignore[union-attr]
    assert {o.name: o.value for o in done.plan.objectives}[CHANGED] == 1
    short = schedc.loads((base + "downtime press during 0 .. 6\n").replace("for 7", "for 6"))
    assert {o.name: o.value for o in short.repair(old).plan.objectives}[CHANGED] == 3   # a is left out, b and c move


@pytest.mark.parametrize("prefer", ["fewest", "smallest", "goals"])
def test_what_is_preferred_comes_first(prefer: str) -> None:
    problem = schedc.loads("time for 20\nresource saw\ntask a lasts 3 uses saw\ntask b lasts 3 uses saw\n"
                           "require start(b) >= 1 and start(b) <= 4\nminimize makespan")
    old = {"tasks": [{"name": "a", "start": 10, "end": 13}, {"name": "b", "start": 0, "end": 3}]}
    plan = problem.repair(old, prefer=prefer).plan
    nearness = next(o.name for o in plan.objectives if o.name != "makespan")
    assert nearness == (SHIFTED if prefer == "smallest" else CHANGED)
    assert plan["a"].start == (10 if prefer != "goals" else 0 if plan["b"].start >= 3 else plan["a"].start)
    assert plan.objectives[0].value == {"fewest": 1, "smallest": 1, "goals": 6}[prefer]


def test_wrong_weights_and_strangers_are_told() -> None:
    problem = schedc.loads("time for 5\ntask alpha lasts 1")
    plan = problem.solve()
    with pytest.raises(RepairError, match="did you mean `alpha`"):
        problem.repair(plan, weights={"alpa": 2})
    with pytest.raises(RepairError, match="whole number"):
        problem.repair(plan, weights={"alpha": -1})
    with pytest.raises(RepairError, match="names no task"):
        problem.repair({"tasks": [{"name": "x", "start": 0, "end": 1}]})
    with pytest.raises(RepairError, match="outside the horizon"):
        problem.repair(plan, now=9)
    with pytest.raises(RepairError, match="expected an integer tick"):
        problem.repair({"tasks": [{"name": "alpha", "start": "soon", "end": 1}]})
