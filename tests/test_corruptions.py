"""Answers spoilt in one known way are blamed for it, and right ones for nothing."""

from __future__ import annotations

import json

import pytest
from corruptions import KINDS, Spoilt, spoilt

from schedc.challenge import grade, witness_document


def complaint(case: Spoilt) -> str:
    """What is wrong with what the judge says of a case; "" where nothing is."""
    if not grade(case.challenge, json.dumps(witness_document(case.challenge))).score.feasible:
        return "the right answer is blamed"
    score = grade(case.challenge, case.answer).score
    if score.feasible:
        return "nothing was found"
    if case.flaw is not None and (case.flaw, case.task) not in {(r.flaw, r.task) for r in score.remarks}:
        return f"no remark {case.flaw} on {case.task}: {score.remarks}"
    if case.flaw is None and score.remarks:
        return f"remarks without a flaw: {score.remarks}"
    if case.violation and not any(
        v.kind == case.violation and case.member in ("", v.member) and case.statement in v.origin.what
        and case.amount in (None, v.amount) for v in score.verdict.violations
    ):
        return f"no {case.violation} of {case.member} by {case.amount}: {score.verdict.violations}"
    return ""


@pytest.mark.parametrize("batch", range(4))
def test_spoilt_answers_are_blamed_for_what_is_wrong(batch: int) -> None:
    seen = set()
    for seed in range(batch * 55, batch * 55 + 55):
        case = spoilt(seed)
        seen.add(case.kind)
        assert not complaint(case), (seed, case.kind, complaint(case))
    assert len(seen) >= len(KINDS) - 1
