"""Addresses by several witnesses: every packing there is, CP-SAT, the search from below, and the judge."""

from __future__ import annotations

from itertools import product
from random import Random

import numpy as np
import pytest

from schedc.compilers.backend import Limits
from schedc.compilers.construct.addresses import packed
from schedc.compilers.solve import solve
from schedc.compilers.windows import windows
from schedc.dsl.load import load_text
from schedc.models.columns import ints
from schedc.models.diagnostics import Findings
from schedc.models.model import Model
from schedc.models.schedule import Schedule, Status
from schedc.models.serial import equal, model_from_json, model_to_json
from schedc.models.verify import verify


def _model(seed: int, moving: bool) -> Model | None:
    choice = Random(seed)
    lines = ["time for 6", f"resource memory capacity {choice.randint(3, 6)} contiguous"]
    if moving and choice.random() < 0.5:
        lines.append(f"downtime memory during 1 .. 3 leaving {choice.randint(1, 3)}")
    for k in range(choice.randint(2, 4)):
        start, length = choice.randint(0, 3), choice.randint(1, 3)
        window = f"release {start} deadline {start + length + (choice.randint(0, 1) if moving else 0)}"
        lines.append(f"task t{k} lasts {length} {window} uses memory {choice.randint(1, 3)}")
    lines.append("minimize peak(memory) then minimize makespan")
    findings = Findings()
    model = load_text("\n".join(lines), {}, {}, findings)
    return None if findings.failed else model


def _all(model: Model) -> list[Schedule]:
    """Every schedule within the tasks' windows, at every address."""
    starts = [range(int(a), int(b - d) + 1) for a, b, d in zip(model.release, model.deadline, model.shortest)]
    room = int(model.capacity[0])
    places = [range(room - int(a) + 1) for a in model.addressed.amount]
    return [
        Schedule(ints(s), ints(s) + model.shortest, model.shortest, address=ints(a))
        for s in product(*starts) for a in product(*places)
    ]


def _keeps(model: Model, schedule: Schedule) -> bool:
    """Tick by tick and unit by unit."""
    taken: set[tuple[int, int]] = set()
    low = [(int(a.spans.lo[0]), int(a.spans.hi[0]), int(a.leaving[0])) for a in model.availability]   # type: ignore[union-attr]
    assert schedule.address is not None
    for t, amount, at in zip(model.addressed.task, model.addressed.amount, schedule.address):
        for tick in range(int(schedule.start[t]), int(schedule.end[t])):
            limit = min([int(model.capacity[0]), *(k for a, b, k in low if a <= tick < b)])
            for unit in range(int(at), int(at + amount)):
                if unit >= limit or (tick, unit) in taken:
                    return False
                taken.add((tick, unit))
    return True


@pytest.mark.parametrize("moving", [False, True])
def test_every_witness_says_the_same(moving: bool) -> None:
    seen = 0
    for seed in range(24):
        model = _model(seed, moving)
        if model is None:
            continue
        assert equal(model, model_from_json(model_to_json(model)))
        every = _all(model)[:20_000]
        verdicts = [verify(model, s) for s in every[:: max(1, len(every) // 60)]]
        assert [v.holds for v in verdicts] == [_keeps(model, s) for s in every[:: max(1, len(every) // 60)]]
        good = [s for s in every if _keeps(model, s)]
        if len(every) == 20_000:
            continue
        best = min((verify(model, s).objectives for s in good), default=None)
        result = solve(model, backend="cpsat", limits=Limits(workers=1))
        if best is None:
            assert result.status is Status.INFEASIBLE
            continue
        assert result.status is Status.OPTIMAL and tuple(s.value for s in result.stages) == best
        if not moving:
            *_, last = packed(model, windows(model), None, 0, lambda: False)
            assert verify(model, last).objectives == best
        seen += 1
    assert seen >= 6


def test_a_schedule_without_addresses_is_none() -> None:
    model = _model(1, False)
    assert model is not None
    bare = Schedule(model.release, model.release + model.shortest, model.shortest)
    verdict = verify(model, bare)
    assert {v.kind for v in verdict.violations} >= {"address"} and np.all(model.addressed.amount > 0)
