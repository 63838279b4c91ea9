"""`now`: what an earlier schedule started before it stays, and nothing else starts before it."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import numpy as np
import pytest
from brute import TooBigError, brute_force
from random_everything import random_everything

import schedc
from schedc.compilers.backend import Limits
from schedc.compilers.solve import solve
from schedc.dsl.load import load_text
from schedc.models.diagnostics import Findings
from schedc.models.model import Model
from schedc.models.past import begun, with_past
from schedc.models.presence import present_in
from schedc.models.schedule import Schedule, Status
from schedc.models.verify import verify

SHOP = """
time for 30 now 4
resource saw
task cut[i in 1 .. 3] lasts 3 uses saw
task rush lasts 2 uses saw due 6 weight 5
minimize tardiness then makespan
"""


def placed(**starts: int) -> dict[str, object]:
    """A document that places tasks of length 3."""
    tasks = [{"name": f"cut[{name[1:]}]", "present": True, "start": s, "end": s + 3} for name, s in starts.items()]
    return {"schema": "schedc.schedule/1", "tasks": tasks}


def test_without_an_earlier_schedule_nothing_starts_before() -> None:
    plan = schedc.loads(SHOP).solve(workers=1)
    assert [goal.value for goal in plan.objectives] == [0, 15] and plan["rush"].start == 4


def test_what_has_begun_stays() -> None:
    problem = schedc.loads(SHOP)
    old = placed(c1=0, c2=3, c3=6)
    plan = problem.solve(workers=1, hint=old)
    assert plan.status == "optimal"
    assert [plan[name].start for name in ("cut[1]", "cut[2]", "rush", "cut[3]")] == [0, 3, 6, 8]
    assert not problem.verify(plan.to_dict()).holds      # nobody told it of the earlier schedule
    assert problem.continued(old).verify(plan.to_dict()).holds


def test_a_past_that_breaks_a_statement_leaves_no_schedule() -> None:
    plan = schedc.loads(SHOP).solve(workers=1, hint=placed(c1=0, c2=1))
    assert plan.status == "infeasible"


def test_dates_of_what_has_begun_ask_for_nothing() -> None:
    text = SHOP.replace("uses saw\ntask rush", "uses saw release i deadline 5 + 3 * i\ntask rush")
    plan = schedc.loads(text).solve(workers=1, hint=placed(c1=0, c2=3))
    assert plan.status == "optimal" and plan["cut[1]"].start == 0


@pytest.mark.parametrize("part", range(4))
def test_brute_force_agrees(part: int) -> None:
    compared = 0
    for seed in range(100 * part, 100 * part + 30):
        random, findings = Random(seed), Findings()
        model = load_text(random_everything(seed), {}, {}, findings)
        if model is None or findings.failed or model.axis.now:
            continue
        try:
            every = brute_force(model, 200_000)
            if not every.count:
                continue
            old = every.choices.schedule(every.kept[:, random.randrange(every.count)])
            now = random.randint(1, model.horizon - 1)
            late = tuple(replace(t, release=np.maximum(t.release, now)) for t in model.tasks)
            later = replace(model, tasks=late, axis=replace(model.axis, now=now))
            model = with_past(later, old)
            answer = brute_force(model, 200_000)
        except TooBigError:
            continue
        kept = [k for k in range(every.count) if stays(later, every.choices.schedule(every.kept[:, k]), old)]
        best = [every.choices.value(s.value, every.kept[:, kept])[0] for s in model.objective]
        keys = [v if s.sense == "minimize" else -v for v, s in zip(best, model.objective)]
        first = int(np.lexsort(keys[::-1])[0]) if keys else 0
        assert answer.objectives == tuple(int(v[first]) for v in best), seed
        found = solve(model, limits=Limits(workers=1, seconds=60), hint=old)
        assert found.status in (Status.OPTIMAL, Status.FEASIBLE) and found.schedule is not None
        assert tuple(s.value for s in found.stages) == answer.objectives
        assert verify(model, found.schedule).holds and stays(later, found.schedule, old)
        compared += 1
    assert compared > 8


def stays(model: Model, new: Schedule, old: Schedule) -> bool:
    """Whether a schedule leaves the past of another as it is and starts nothing else before `now`."""
    fixed, picks = begun(model, old), model.picks
    pairs = [(new.start, old.start), (new.end, old.end), (new.length, old.length)]
    pairs += [(new.mode, old.mode)] if new.mode is not None and old.mode is not None else []
    same = bool(present_in(new)[fixed].all()) and all(np.array_equal(a[fixed], b[fixed]) for a, b in pairs)
    if new.member is not None and old.member is not None:
        mine = fixed[picks.task[picks.owner]]
        same = same and np.array_equal(new.member[mine], old.member[mine])
    late = present_in(new) & ~fixed
    return same and bool((new.start[late] >= model.axis.now).all())
