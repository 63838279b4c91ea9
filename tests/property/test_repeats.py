"""Periodic tasks, jitter, sliding windows and counts within a time: CP-SAT against brute force, on texts at random."""

from __future__ import annotations

import random

import pytest
from brute import TooBigError, brute_force

from schedc.compilers.backend import Limits
from schedc.compilers.solve import solve
from schedc.dsl import sliding
from schedc.dsl.load import load_text
from schedc.models.diagnostics import Findings

OPS = ("<=", ">=", "<", ">", "==", "!=")
HOPELESS = {"E212", "E228"}     # what the checker may say of such a text


def random_family(dice: random.Random, horizon: int) -> tuple[str, bool]:
    """Statements of the task family a, and whether it is periodic."""
    optional = " optional" if dice.random() < 0.4 else ""
    if dice.random() < 0.5:
        return f"task a[i in 1 .. {dice.randint(1, 3)}] lasts {dice.randint(0, 2)}{optional}", False
    period = dice.randint(2, 3)
    times = max(1, min(3, horizon // period))
    window = dice.choice(["", f" deadline {period + 1}", f" release 1 deadline {period + 1}"])
    text = f"task a lasts {dice.randint(1, 2)} every {period} times {times}{window}{optional}"
    if dice.random() < 0.5:
        text += f" task b lasts 1 every {period} times {times} order a -> b{dice.choice(['', ' after 0 .. 1'])}"
    if dice.random() < 0.5:
        text += f" require jitter(a) {dice.choice(OPS)} {dice.randint(0, 2)}"
    return text, True


def random_text(dice: random.Random) -> str:
    horizon, op, limit = dice.randint(4, 8), dice.choice(OPS), dice.randint(0, 3)
    family, periodic = random_family(dice, horizon)
    condition = dice.choice([
        "",
        f"require count(a[*]) {op} {limit} every {dice.randint(1, 9)}",
        f"require count(a[*], {dice.randint(0, 3)}, {dice.randint(2, 6)}) {op} {limit}",
        f"task c lasts {dice.randint(1, 2)} require count(a[*], start(c), end(c)) {op} {limit}",
        f"task c lasts 1 require count(a[*]) {op} {limit} or start(c) {dice.choice(OPS)} 2 every {dice.randint(1, 5)}",
    ])
    goals = ["minimize makespan", "maximize sum(start(a[*]))", "maximize count(a[*]) then minimize makespan"]
    goal = dice.choice([*goals, "minimize jitter(a)"] if periodic else goals)
    return f"time for {horizon} {family} {condition} {goal}"


@pytest.mark.parametrize("seed", range(40))
def test_the_solver_agrees_with_brute_force(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    dice = random.Random(seed)
    events = dice.random() < 0.5
    monkeypatch.setattr(sliding, "_fewer_events", lambda *_: events)
    findings = Findings()
    text = random_text(dice)
    model = load_text(text, {}, {}, findings)
    if model is None:
        assert {d.code for d in findings.in_order() if d.severity == "error"} <= HOPELESS, text
        return
    try:
        expected = brute_force(model).objectives
    except TooBigError:
        pytest.skip("too many schedules")
    result = solve(model, backend="cpsat", limits=Limits(seconds=30, workers=1))
    if expected is None:
        assert str(result.status) == "infeasible", text
    else:
        assert str(result.status) == "optimal", text
        assert tuple(stage.value for stage in result.stages) == tuple(expected), text
