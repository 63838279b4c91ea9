"""Every formulation of the milp back-end means the model: brute force over the judge is the witness."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import numpy as np
import pytest
from brute import TooBigError, brute_force
from cross_check import _distance, _model
from made import Maker
from random_models import random_text

from schedc.compilers.backend import Limits, UnsuitableError
from schedc.compilers.calendars import Calendar
from schedc.compilers.lowered import compile_lowered
from schedc.compilers.milp import Formulation, Milp
from schedc.compilers.milp.encode import encode
from schedc.compilers.milp.segments import segments
from schedc.compilers.plan import plan
from schedc.compilers.windows import windows
from schedc.models.columns import ints
from schedc.models.diagnostics import Findings
from schedc.models.model import Model
from schedc.models.profile import Spans
from schedc.models.schedule import Schedule, Status
from schedc.models.source import NO_ORIGIN
from schedc.models.statements import Stage
from schedc.models.verify import verify

LIMITS = Limits(seconds=60, workers=1)
SEEDS = range(9000, 9040)


def tiny(seed: int) -> Model | None:
    return _model(random_text(seed), Findings())


def agrees(
    model: Model, wanted: tuple[int, ...] | None, formulation: Formulation, hint: Schedule | None = None
) -> bool:
    """Whether the back-end alone says the same as brute force; False where it cannot say the model."""
    try:
        outcome = compile_lowered(model, Milp(formulation)).solve(LIMITS, hint, lambda event: None)
    except UnsuitableError:
        return False
    if wanted is None:
        assert (outcome.status, outcome.schedule) == (Status.INFEASIBLE, None)
        return True
    assert outcome.status is (Status.OPTIMAL if model.objective else Status.FEASIBLE)
    assert outcome.schedule is not None
    verdict = verify(model, outcome.schedule)
    assert verdict.holds and verdict.objectives == wanted
    assert not model.objective or outcome.bounds == wanted
    return True


@pytest.mark.parametrize("formulation", Formulation)
@pytest.mark.parametrize("seed", SEEDS)
def test_random_models(seed: int, formulation: Formulation) -> None:
    model = tiny(seed)
    if model is None:
        pytest.skip("no model")
    try:
        answer = brute_force(model)
    except TooBigError:
        pytest.skip("too big for brute force")
    said = agrees(model, answer.objectives, formulation)
    assert said or formulation is not Formulation.TIME
    if answer.schedule is None or not model.task_count or not said:
        return
    choice = Random(seed)
    any_kept = answer.kept[:, choice.randrange(answer.count)]
    agrees(model, answer.objectives, formulation, Schedule(*(ints(any_kept[:, k].copy()) for k in range(3))))
    near = _distance(model, answer, choice)
    asked = replace(model, objective=(Stage(NO_ORIGIN, "probe", "minimize", near),))
    agrees(asked, (answer.least(near),), formulation)


@pytest.mark.parametrize("formulation", Formulation)
@pytest.mark.parametrize("seed", SEEDS)
def test_no_row_holds_a_variable_twice(seed: int, formulation: Formulation) -> None:
    model = tiny(seed)
    if model is None:
        pytest.skip("no model")
    model = plan(model, Milp.takes).apply().model
    program = encode(model, windows(model), formulation, every_point=True).program
    cells = program.row_of * max(1, program.columns) + program.index
    assert len(np.unique(cells)) == len(cells)
    assert (program.coef != 0).all()


def test_segments_are_the_calendar() -> None:
    chance = Random(5)
    for _ in range(200):
        cuts = sorted(chance.sample(range(1, 30), 2 * chance.randint(1, 3)))
        pauses = Calendar.of(Spans(ints(cuts[::2]), ints(cuts[1::2])), 40)
        length = chance.randint(1, 6)
        last = pauses.latest_start(40, length)
        allowed = [(lo, min(hi - 1, last)) for lo, hi in pauses.open_spans() if lo <= last]
        told = {s: s + shift for lo, hi, shift in segments(allowed, length, pauses) for s in range(lo, hi + 1)}
        assert told == {s: pauses.finish(s, length) for lo, hi in allowed for s in range(lo, hi + 1)}
        assert len(segments(allowed, length, pauses)) <= 3 * (len(pauses.lo) + 1)


def leaving() -> Model:
    """A large task leaves the crew to a small one in its pause."""
    m = Maker(12)
    crew = m.resource("crew", 2)
    m.down(crew, (2, 5), leaving=1)
    m.task("large", 4, uses={crew: 2}, pausable=True)
    m.task("small", 3, uses={crew: 1})
    m.makespan()
    return m.model()


def test_what_continuous_time_cannot_say_is_refused() -> None:
    model = leaving()
    for formulation in (Formulation.DISJUNCTIVE, Formulation.EVENTS):
        with pytest.raises(UnsuitableError, match="leave a resource to others"):
            Milp(formulation).compile(model)
    assert Milp().compile(model).formulation is Formulation.TIME
    assert agrees(model, brute_force(model).objectives, Formulation.TIME)


def long_days(users: int, resources: int, capacity: int) -> Model:
    m = Maker(40_000)
    shared = [m.resource(f"r{k}", capacity) for k in range(resources)]
    for k in range(users):
        m.task(f"t{k}", 3000 + 17 * k, uses=dict.fromkeys(shared, 1))
    m.makespan()
    return m.model()


def test_size_and_shape_choose() -> None:
    assert Milp().compile(long_days(6, 1, 1)).formulation is Formulation.DISJUNCTIVE
    assert Milp().compile(long_days(12, 1, 3)).formulation is Formulation.DISJUNCTIVE
    assert Milp().compile(long_days(12, 6, 3)).formulation is Formulation.EVENTS     # one set of events for all of them
    small = Maker(20)
    small.tasks_of("t", [3] * 4, uses={small.resource("shared", 2): 1})
    assert Milp().compile(small.model()).formulation is Formulation.TIME
