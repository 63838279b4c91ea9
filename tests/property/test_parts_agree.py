"""Parts of tasks by several witnesses: brute force, the back-ends, the judge and the tick-by-tick second opinion."""

from __future__ import annotations

from collections import Counter
from random import Random

import numpy as np
import pytest
from cross_check import cross_check, cross_check_horizon
from naive_judge import naive_verdict
from random_models import Clock, Timeless
from random_parts import random_parts

from schedc.dsl.load import load_text
from schedc.models.columns import ints
from schedc.models.diagnostics import Findings
from schedc.models.model import Model
from schedc.models.schedule import Schedule
from schedc.models.verify import verify


def loaded(seed: int) -> Model | None:
    """The model of a random text; None where it is refused as impossible."""
    findings = Findings()
    model = load_text(random_parts(seed), {}, {}, findings)
    return None if findings.failed else model


@pytest.mark.parametrize("batch", range(3))
def test_the_back_end_agrees_with_brute_force(batch: int) -> None:
    outcomes = Counter(cross_check(random_parts(20 * batch + k)) for k in range(20))
    assert set(outcomes) <= {"optimal", "feasible", "infeasible", "refused", "too big"}
    assert outcomes["optimal"]


@pytest.mark.parametrize("batch", range(2))
def test_more_ticks_do_not_help(batch: int) -> None:
    texts = [random_parts(12 * batch + k, timed=False) for k in range(12)]
    outcomes = Counter(cross_check_horizon(Timeless(Clock(), text)) for text in texts)
    assert set(outcomes) <= {"derived", "infeasible", "underived", "too big"}
    assert outcomes["derived"]


@pytest.mark.parametrize("batch", range(10))
def test_the_judge_agrees_with_the_second_opinion(batch: int) -> None:
    kinds: Counter[str] = Counter()
    for seed in range(30 * batch, 30 * batch + 30):
        model = loaded(seed)
        if model is None:
            continue
        schedule = _any(model, Random(seed))
        found, objectives = naive_verdict(model, schedule)
        verdict = verify(model, schedule)
        told = Counter(
            (v.kind, v.origin.address, v.member, 0 if v.kind == "require" else v.amount, v.at)
            for v in verdict.violations
        )
        assert told == found, random_parts(seed)
        assert list(verdict.objectives) == objectives
        kinds.update(v.kind for v in verdict.violations)
    assert kinds["horizon"] and kinds["capacity"]


def _any(model: Model, choice: Random) -> Schedule:
    """Any starts, a little out of the horizon at times, and any options."""
    n = model.task_count
    length = [choice.randint(int(a), int(b)) for a, b in zip(model.shortest, model.longest)]
    start = [choice.randint(-(choice.random() < 0.1), model.horizon - d + (choice.random() < 0.1)) for d in length]
    present = np.array([not t.optional or choice.random() < 0.6 for t in model.tasks for _ in range(t.size)])
    options = [np.flatnonzero(model.options.task == t).tolist() for t in range(n)]
    mode = ints([choice.choice(k) if k and p else -1 for k, p in zip(options, present)])
    begin, lasts = np.where(present, ints(start), 0), np.where(present, ints(length), 0)
    return Schedule(begin, begin + lasts, lasts, present, mode if len(model.options.task) else None)
