"""The judge and the tick-by-tick second opinion say the same of any model and schedule."""

from __future__ import annotations

from collections import Counter

from hypothesis import HealthCheck, given, settings
from naive_judge import Finding, naive_verdict
from random_cases import cases

from schedc.models.model import Model
from schedc.models.schedule import Schedule
from schedc.models.verify import Verdict, verify


@settings(max_examples=1000, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
@given(cases())
def test_the_judge_agrees_with_the_second_opinion(case: tuple[Model, Schedule]) -> None:
    model, schedule = case
    found, objectives = naive_verdict(model, schedule)
    verdict = verify(model, schedule)
    assert verdict.more == ()
    assert _findings(verdict) == found
    assert list(verdict.objectives) == objectives
    assert verdict.holds == (not found)


def _findings(verdict: Verdict) -> Counter[Finding]:
    found: Counter[Finding] = Counter()
    for v in verdict.violations:
        assert v.amount > 0
        member = v.tasks[-1] if v.kind == "exclusive" else v.member
        found[v.kind, v.origin.address, member, 0 if v.kind == "require" else v.amount, v.at] += 1
    return found
