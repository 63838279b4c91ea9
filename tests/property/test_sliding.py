"""Sliding windows, by ticks and by events, against their definition: schedules at random, counted window by window."""

from __future__ import annotations

import operator
import random

import numpy as np
import pytest

from schedc.dsl import sliding
from schedc.dsl.load import load_text
from schedc.models.diagnostics import Findings
from schedc.models.model import Model
from schedc.models.schedule import Schedule
from schedc.models.verify import verify

OPS = {"<=": operator.le, ">=": operator.ge, "<": operator.lt, ">": operator.gt, "==": operator.eq, "!=": operator.ne}


def load(text: str) -> tuple[Model | None, tuple[str, ...]]:
    findings = Findings()
    model = load_text(text, {}, {}, findings)
    return model, tuple(d.code for d in findings.in_order() if d.severity == "error")


def random_schedule(dice: random.Random, model: Model, lengths: list[int], optional: bool) -> Schedule:
    there = [not optional or dice.random() < 0.7 for _ in lengths]
    start = [dice.randint(0, model.horizon - n) if p else 0 for n, p in zip(lengths, there)]
    length = [n if p else 0 for n, p in zip(lengths, there)]
    end = [s + n for s, n in zip(start, length)]
    columns = [np.array(c, dtype=np.int64) for c in (start, end, length)]
    return Schedule(*columns, np.array(there) if optional else None)


def allowed(schedule: Schedule, horizon: int, width: int, op: str, limit: int) -> bool:
    """The definition: every window, count by count."""
    there = schedule.present if schedule.present is not None else np.ones(len(schedule.start), dtype=np.bool_)
    starts = [int(s) for s, p in zip(schedule.start, there) if p]
    windows = range(max(0, horizon - width) + 1)
    return all(OPS[op](sum(t <= s < t + width for s in starts), limit) for t in windows)


@pytest.mark.parametrize("events", [False, True], ids=["ticks", "events"])
@pytest.mark.parametrize("seed", range(60))
def test_every_window(seed: int, events: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    dice = random.Random(seed)
    monkeypatch.setattr(sliding, "_fewer_events", lambda *_: events)
    horizon, width = dice.randint(3, 9), dice.randint(1, 10)
    lengths = [dice.randint(0, 2) for _ in range(dice.randint(1, 4))]
    op, limit, optional = dice.choice(list(OPS)), dice.randint(-1, 3), dice.random() < 0.5
    rows = "; ".join(f"{i}, {n}" for i, n in enumerate(lengths))
    family = f"table t key id {{ id: int, work: int }} rows {{ {rows} }} task a[x in t] lasts x.work"
    family += " optional" if optional else ""
    written = f"count(a[*]) {op} {limit}" if dice.random() < 0.7 else f"{limit} {_turned(op)} count(a[*])"
    model, codes = load(f"time for {horizon} {family} require {written} every {width}")
    plain, _ = load(f"time for {horizon} {family}")
    assert plain is not None
    for _ in range(25):
        schedule = random_schedule(dice, plain, lengths, optional)
        expected = allowed(schedule, horizon, width, op, limit)
        if model is None:
            assert codes == ("E228",) and not expected
        else:
            assert verify(model, schedule).holds == expected


def _turned(op: str) -> str:
    return {"<=": ">=", ">=": "<=", "<": ">", ">": "<"}.get(op, op)


def test_windows_of_members_and_conditions_beside() -> None:
    text = ("time for 6 task a[i in 1 .. 2, k in 1 .. 2] lasts 1 task b lasts 1 "
            "require count(a[i, *]) <= 1 or start(b) >= 5 every 3 for i in 1 .. 2")
    model, codes = load(text)
    assert model is not None, codes
    dice = random.Random(1)
    for _ in range(200):
        schedule = random_schedule(dice, model, [1] * 5, False)
        start = schedule.start.tolist()
        expected = start[4] >= 5 or all(abs(start[2 * i] - start[2 * i + 1]) >= 3 for i in (0, 1))
        assert verify(model, schedule).holds == expected


def test_between_decided_instants() -> None:
    model, codes = load("time for 6 task a[i in 1 .. 3] lasts 1 task b lasts 2 "
                        "require count(a[*], start(b), end(b) + 1) == 2")
    assert model is not None, codes
    dice = random.Random(2)
    for _ in range(200):
        schedule = random_schedule(dice, model, [1, 1, 1, 2], False)
        start = schedule.start.tolist()
        expected = sum(start[3] <= s < start[3] + 3 for s in start[:3]) == 2
        assert verify(model, schedule).holds == expected
