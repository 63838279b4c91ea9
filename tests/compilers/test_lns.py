"""Neighbourhoods: what is kept is kept by the incumbent, and what is found holds and is better."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from random import Random

import numpy as np
import pytest
from made import Maker
from random_choices import random_choices
from random_everything import random_everything
from random_models import random_text
from random_sequences import random_sequences

from schedc.compilers.backend import Limits
from schedc.compilers.cpsat import CpSat
from schedc.compilers.measure import costs
from schedc.compilers.plan import plan
from schedc.compilers.portfolio.kept import arcs_of
from schedc.compilers.portfolio.lns import Lns
from schedc.compilers.portfolio.neighbourhoods import DRAWS, Scene
from schedc.dsl.build import build
from schedc.dsl.parse import parse
from schedc.models.diagnostics import Findings
from schedc.models.model import Model
from schedc.models.presence import present_in
from schedc.models.schedule import Schedule, Status
from schedc.models.verify import verify

KINDS = (random_text, random_choices, random_sequences, random_everything)


def model_of(seed: int) -> Model | None:
    """A random tiny model with a goal that CP-SAT takes as it is."""
    findings = Findings()
    parsed = parse(KINDS[seed % len(KINDS)](seed), "random.sched", findings)
    model = build(parsed, name="random", folder=None, params={}, data={}, digest="", findings=findings)
    if model is None or findings.failed or not model.objective or plan(model, CpSat().takes).missing:
        return None
    return model


def first_schedule(model: Model) -> Schedule | None:
    """Any schedule."""
    outcome = CpSat().compile(replace(model, objective=())).solve(Limits(workers=1, deterministic=True, seconds=1))
    return outcome.schedule if outcome.status is not Status.INFEASIBLE else None


def improver(model: Model, seed: int = 0) -> Lns:
    compiled = CpSat().compile(model)
    return Lns(model, compiled.encoded, compiled.native, seed, True)


def shop(jobs: int, machines: int) -> Model:
    """A job shop."""
    chance = Random(3)
    m = Maker(2000)
    held = [m.resource(f"m{k}") for k in range(machines)]
    for j in range(jobs):
        route = [m.task(f"t{j}_{k}", chance.randint(1, 30), uses={held[k]: 1})
                 for k in chance.sample(range(machines), machines)]
        for a, b in pairwise(route):
            m.order(a, b)
    m.makespan()
    return m.model()


@pytest.mark.parametrize("block", range(4))
def test_on_random_models_what_is_found_holds_and_is_no_worse(block: int) -> None:
    tried = 0
    for seed in range(1000 * block, 1000 * block + 24):
        model = model_of(seed)
        known = None if model is None else first_schedule(model)
        if model is None or known is None or not verify(model, known).holds:
            continue
        found = improver(model, seed).step(known, 0.3, lambda: False)
        assert found is not None
        assert verify(model, found).holds, seed
        assert costs(model, found) <= costs(model, known), seed
        tried += 1
    assert tried >= 3


def test_it_improves_a_job_shop_and_repeats() -> None:
    model = shop(6, 4)
    known = first_schedule(model)
    one, two = (improver(model, 7).step(known, 1.0, lambda: False) for _ in range(2))
    assert known is not None and one is not None and two is not None
    assert costs(model, one) < costs(model, known)
    assert np.array_equal(one.start, two.start)


def test_without_a_schedule_or_once_stopped_it_does_nothing() -> None:
    model = shop(3, 2)
    known = first_schedule(model)
    assert improver(model).step(None, 1.0, lambda: False) is None
    stopped = improver(model)
    assert stopped.step(known, 1.0, lambda: True) is known and stopped.rounds == 0


def test_the_incumbent_keeps_the_order_that_is_read_off_it() -> None:
    seen = 0
    for seed in range(40):
        model = model_of(seed)
        known = None if model is None else first_schedule(model)
        if model is None or known is None:
            continue
        apart, starts = arcs_of(model, known, np.ones(model.task_count, dtype=np.bool_))
        there = present_in(known)
        for a, b in apart:
            assert known.end[a] <= known.start[b] and there[a] and there[b]
        for a, b in starts:
            assert known.start[a] <= known.start[b]
        seen += bool(apart)
    assert seen >= 3


def test_chains_of_a_resource_with_room_for_two() -> None:
    m = Maker(20)
    crew = m.resource("crew", 2)
    m.tasks_of("work", [2, 2, 2, 2], uses={crew: 1})
    known = Schedule(np.array([0, 0, 2, 2]), np.array([2, 2, 4, 4]), np.array([2, 2, 2, 2]))
    apart, _ = arcs_of(m.model(), known, np.ones(4, dtype=np.bool_))
    assert len(apart) == 2 and {b for _, b in apart} == {2, 3} and {a for a, _ in apart} == {0, 1}


@pytest.mark.parametrize("name", DRAWS)
def test_draws_have_the_size_that_was_asked_for(name: str) -> None:
    model = shop(5, 4)
    known = first_schedule(model)
    assert known is not None
    scene, chance = Scene(model, known), np.random.default_rng(1)
    for size in (1, 5, 20, 40):
        freed = DRAWS[name](scene, size, chance)
        assert freed.dtype == np.bool_ and 1 <= freed.sum() <= min(size, model.task_count)


def test_memory_there_and_back() -> None:
    model = shop(4, 3)
    known = first_schedule(model)
    one, two = improver(model), improver(model)
    one.step(known, 0.5, lambda: False)
    two.recall(one.memory())
    assert {k: v.tolist() for k, v in two.memory().items()} == {k: v.tolist() for k, v in one.memory().items()}
    with pytest.raises(ValueError, match="not a memory"):
        two.recall({})
