"""Constructs of all kinds beside each other: brute force, the back-ends by each of their ways, and the two judges."""

from __future__ import annotations

from collections import Counter
from random import Random

import numpy as np
import pytest
from cross_check import cross_check
from naive_judge import Finding, naive_verdict
from random_everything import random_everything

from schedc.dsl.load import load_text
from schedc.models.columns import SpanSets, ints
from schedc.models.diagnostics import Findings
from schedc.models.model import Model
from schedc.models.schedule import Schedule
from schedc.models.verify import verify


@pytest.mark.parametrize("part", range(6))
def test_the_back_ends_agree_with_brute_force(part: int) -> None:
    outcomes = Counter(cross_check(random_everything(20 * part + k)) for k in range(12))
    assert set(outcomes) <= {"optimal", "feasible", "infeasible", "refused", "too big"}
    assert outcomes["optimal"]


def anywhere(model: Model, random: Random) -> Schedule:
    """A schedule of tasks and pieces at any place, right or not; what is chosen is chosen at random."""
    n, split = model.task_count, [t.pieces is not None for t in model.tasks for _ in range(t.size)]
    length = [random.randint(int(a), int(b)) for a, b in zip(model.shortest, model.longest)]
    start = [random.randint(0, max(0, model.horizon - d)) for d in length]
    end = [s + d for s, d in zip(start, length)]
    present = ints([random.random() < 0.8 or not t.optional for t in model.tasks for _ in range(t.size)]) > 0
    options = [[m.first + k for m in t.modes for k in range(m.size) if m.row[k] == row]
               for t in model.tasks for row in range(t.size)]
    mode = ints([random.choice(mine) if mine else -1 for mine in options])
    member = ints([random.random() < 0.6 for _ in range(len(model.picks.resource))]) > 0
    spans = [cut(start[t], length[t], random) if split[t] else [] for t in range(n)]
    for t, mine in enumerate(spans):
        if mine and random.random() < 0.8:
            start[t], end[t], length[t] = mine[0][0], mine[-1][1], sum(hi - lo for lo, hi in mine)
    flat = [span for mine in spans for span in mine]
    pieces = SpanSets(ints(np.cumsum([0, *map(len, spans)])), ints([a for a, _ in flat]), ints([b for _, b in flat]))
    return Schedule(
        ints(start), ints(end), ints(length), present, mode if n else None, member if len(member) else None,
        pieces=pieces if any(split) and random.random() < 0.9 else None,
    )


def cut(start: int, length: int, random: Random) -> list[tuple[int, int]]:
    """Pieces that need not be right."""
    found, at = [], start
    while length > 0:
        size = random.randint(1, length)
        found.append((at, at + size))
        at, length = at + size + random.choice((0, 0, 1, 2, -1)), length - size
    return found


def test_the_judge_agrees_with_the_second_opinion() -> None:
    kinds: Counter[str] = Counter()
    for seed in range(700):
        findings = Findings()
        model = load_text(random_everything(seed), {}, {}, findings)
        if model is None or findings.failed:
            continue
        random = Random(seed)
        for _ in range(4):
            schedule = anywhere(model, random)
            expected, objectives = naive_verdict(model, schedule)
            verdict = verify(model, schedule)
            found: Counter[Finding] = Counter()
            for v in verdict.violations:
                member = v.tasks[-1] if v.kind == "exclusive" else v.member
                found[v.kind, v.origin.address, member, 0 if v.kind == "require" else v.amount, v.at] += 1
            assert (found, list(verdict.objectives)) == (expected, objectives), seed
            kinds.update(v.kind for v in verdict.violations)
    assert kinds["pieces"] > 100 and kinds["batch"] > 50
