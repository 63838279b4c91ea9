"""Orders by several witnesses: brute force, every encoding of CP-SAT, the judge and the second opinion."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from random import Random

import pytest
from brute import TooBigError, brute_force
from cross_check import LIMITS, cross_check
from naive_judge import Finding, naive_verdict
from random_sequences import random_sequences

from schedc.compilers.construct import construct
from schedc.compilers.cpsat.compiled import CpSat
from schedc.compilers.cpsat.encode import Encoding
from schedc.compilers.solve import solve
from schedc.compilers.windows import windows
from schedc.dsl.load import load_text
from schedc.models.changes import setup_time
from schedc.models.columns import ints
from schedc.models.diagnostics import Findings
from schedc.models.expressions import SetupTime
from schedc.models.model import Model
from schedc.models.schedule import Schedule
from schedc.models.source import NO_ORIGIN
from schedc.models.statements import Stage
from schedc.models.verify import verify


def loaded(seed: int) -> Model | None:
    """The model of a random text; None where it is refused as impossible."""
    findings = Findings()
    model = load_text(random_sequences(seed), {}, {}, findings)
    return None if findings.failed else model


@pytest.mark.parametrize("batch", range(6))
def test_the_back_end_agrees_with_brute_force(batch: int) -> None:
    outcomes = Counter(cross_check(random_sequences(20 * batch + k)) for k in range(20))
    assert set(outcomes) <= {"optimal", "feasible", "infeasible", "refused", "too big"}
    assert outcomes["optimal"]


@pytest.mark.parametrize("batch", range(2))
def test_circuits_say_the_same(batch: int) -> None:
    compared = 0
    for seed in range(500 + 20 * batch, 520 + 20 * batch):
        model = loaded(seed)
        try:
            answer = None if model is None else brute_force(model).objectives
        except TooBigError:
            continue
        if model is None or not model.objective:
            continue
        found = solve(model, backend=CpSat(Encoding(circuits=True)), limits=LIMITS, constructing=False)
        assert (tuple(s.value for s in found.stages) if found.schedule is not None else None) == answer, seed
        compared += 1
    assert compared


def anywhere(model: Model, random: Random) -> Schedule:
    """A schedule of tasks of some length at any place, right or not; what is chosen is chosen at random."""
    n = model.task_count
    length = [random.randint(int(a), int(b)) for a, b in zip(model.shortest, model.longest)]
    start = [random.randint(0, max(0, model.horizon - d)) for d in length]
    present = ints([random.random() < 0.8 or not t.optional for t in model.tasks for _ in range(t.size)]) > 0
    options = [[m.first + k for m in t.modes for k in range(m.size) if m.row[k] == row]
               for t in model.tasks for row in range(t.size)]
    mode = ints([random.choice(mine) if mine else -1 for mine in options])
    member = ints([random.random() < 0.6 for _ in range(len(model.picks.resource))]) > 0
    end = [s + d for s, d in zip(start, length)]
    return Schedule(
        ints(start), ints(end), ints(length), present, mode if n else None, member if len(member) else None
    )


def test_the_judge_agrees_with_the_second_opinion() -> None:
    kinds: Counter[str] = Counter()
    for seed in range(400):
        model = loaded(seed)
        if model is None:
            continue
        model = replace(model, objective=(*model.objective, Stage(NO_ORIGIN, "setup_time", "minimize", SetupTime())))
        random = Random(seed)
        for _ in range(5):
            schedule = anywhere(model, random)
            expected, objectives = naive_verdict(model, schedule)
            verdict = verify(model, schedule)
            found: Counter[Finding] = Counter()
            for v in verdict.violations:
                member = v.tasks[-1] if v.kind == "exclusive" else v.member
                found[v.kind, v.origin.address, member, 0 if v.kind == "require" else v.amount, v.at] += 1
            assert (found, list(verdict.objectives)) == (expected, objectives), seed
            kinds.update(v.kind for v in verdict.violations)
    assert kinds["change"] > 100 and kinds["permutation"] > 100


def test_serial_generation_keeps_orders() -> None:
    made = 0
    for seed in range(300):
        model = loaded(seed)
        if model is None or any(t.modes or t.choices for t in model.tasks):
            continue
        bounds = windows(model)
        schedule = construct(model, bounds, seconds=5) if bounds.conflict is None else None
        if schedule is not None:
            verdict = verify(replace(model, objective=(Stage(NO_ORIGIN, "s", "minimize", SetupTime()),)), schedule)
            assert verdict.holds and verdict.objectives == (setup_time(model, schedule),)
            made += 1
    assert made > 50
