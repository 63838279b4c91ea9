"""Every lowering keeps the optimum, gets rid of its source, and takes schedules there and back."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import numpy as np
import pytest
from brute import TooBigError, brute_force
from random_choices import random_choices
from random_everything import random_everything
from random_models import random_text
from random_parts import random_parts

from schedc.compilers.backend import Limits
from schedc.compilers.constructs import CORE, Construct, used
from schedc.compilers.cpsat import CpSat
from schedc.compilers.lowering import LOWERINGS, Lowering, Rewrite
from schedc.compilers.plan import plan
from schedc.dsl.build import build
from schedc.dsl.parse import parse
from schedc.models.diagnostics import Findings
from schedc.models.model import Model
from schedc.models.presence import present_in
from schedc.models.schedule import Schedule, Status
from schedc.models.sound import flaws
from schedc.models.verify import verify

FEW = 60_000        # joined placements
ENOUGH = 12         # models a lowering
CHOICES = {Construct.MODES, Construct.MEMBERS, Construct.CHOICE_LAGS}
MIXED = {Construct.PIECES, Construct.BATCHES}
BARE = frozenset({
    Construct.TASKS, Construct.LENGTH_RANGES, Construct.CAPACITY, Construct.LINEAR, Construct.LOGIC,
    Construct.EXTREME, Construct.INDICATOR, Construct.GOALS, Construct.STAGES,
})


def model_of(seed: int, source: Construct = Construct.TASKS) -> Model | None:
    """A random tiny model, also one that can be seen to be impossible, from where the construct is often met."""
    findings = Findings()
    write = random_choices if source in CHOICES else random_everything if source in MIXED else random_text
    write = random_parts if source is Construct.PARTS else write
    parsed = parse(write(seed), "random.sched", findings)
    return build(parsed, name="random", folder=None, params={}, data={}, digest="", findings=findings)


def optimum(model: Model) -> tuple[int, ...] | None:
    """By CP-SAT, judged; None where it proves that there is no schedule."""
    outcome = CpSat().compile(model).solve(Limits(workers=1, seconds=60))
    if outcome.status is Status.INFEASIBLE:
        return None
    assert outcome.schedule is not None and outcome.status in (Status.OPTIMAL, Status.FEASIBLE)
    verdict = verify(model, outcome.schedule)
    assert verdict.holds, verdict.violations
    return verdict.objectives


def same(a: Schedule, b: Schedule) -> bool:
    """Whether two schedules say the same, pieces included."""
    if (a.pieces is None) != (b.pieces is None) or not np.array_equal(present_in(a), present_in(b)):
        return False
    if a.pieces is not None and b.pieces is not None:
        columns = ((a.pieces.ptr, b.pieces.ptr), (a.pieces.lo, b.pieces.lo), (a.pieces.hi, b.pieces.hi))
        if not all(np.array_equal(x, y) for x, y in columns):
            return False
    return all(
        np.array_equal(getattr(a, column), getattr(b, column))
        for column in ("start", "end", "length", "mode", "member")
    )


def examine(model: Model, lowered_by: str, rewrite: Rewrite, seed: int) -> bool:
    """Compare a model with its lowered one; False where brute force is too much."""
    lowered = rewrite.model
    assert not list(flaws(lowered)), lowered_by
    try:
        answer = brute_force(model, FEW)
    except TooBigError:
        return False
    assert optimum(lowered) == answer.objectives, (lowered_by, seed)
    assert [lowered.task_name(t) for t in range(model.task_count)] == list(model.task_numbers)
    choice = Random(seed)
    picked = [choice.randrange(answer.count) for _ in range(6)] if answer.count and model.task_count else []
    for k in picked:
        schedule = answer.choices.schedule(answer.kept[:, k])
        there = rewrite.down(schedule)
        assert same(rewrite.up(there), schedule), (lowered_by, seed)
        verdict = verify(lowered, there)
        assert verdict.holds, (lowered_by, seed, verdict.violations)
        assert verdict.objectives == verify(model, schedule).objectives
    if picked:      # a schedule that breaks the model may break the lowered one as well, but has a way there and back
        wrong = replace(schedule, start=schedule.start[::-1].copy())
        rewrite.up(rewrite.down(wrong))
    return True


@pytest.mark.parametrize("lowering", LOWERINGS, ids=lambda lowering: lowering.name)
def test_a_lowering_keeps_the_optimum(lowering: Lowering) -> None:
    seen = infeasible = 0
    for seed in range(2000):
        model = model_of(seed, lowering.source)
        if model is None or not (present := used(model).keys()) & {lowering.source} or lowering.refusals(model):
            continue
        rewrite = lowering.apply(model)
        left = used(rewrite.model).keys()
        assert lowering.source not in left, seed
        assert left <= present | lowering.targets, (seed, left - present)
        if examine(model, lowering.name, rewrite, seed):
            seen += 1
            infeasible += optimum(model) is None
        if seen == ENOUGH:
            break
    assert seen == ENOUGH and infeasible < seen


@pytest.mark.parametrize("native", [BARE, CORE - {Construct.PAUSES, Construct.EXCLUSIVE}], ids=["bare", "rich"])
def test_chains_keep_the_optimum(native: frozenset[Construct]) -> None:
    seen = 0
    for seed in range(3000, 5000):
        model = model_of(seed)
        if model is None:
            continue
        planned = plan(model, native)
        if planned.missing or not planned.steps:
            continue
        rewrite = planned.apply()
        assert used(rewrite.model).keys() <= native
        seen += examine(model, "a chain", rewrite, seed)
        if seen == 40:
            break
    assert seen == 40
