"""What statements say of absent tasks, one condition at a time; and absent tasks from Python and back."""

from __future__ import annotations

import json

import numpy as np
import pytest

import schedc
from schedc.models.columns import ints
from schedc.models.schedule import Schedule
from schedc.models.verify import verify
from schedc.reading import read_schedule

TASKS = """
time for 20
task a lasts 2 optional
task b lasts 3 optional
task c lasts 1
job j optional { task x lasts 1  task y lasts 2 }
"""
# a at 4 .. 6, b absent, c at 7 .. 8, j absent
THERE = Schedule(ints([4, 0, 7, 0, 0]), ints([6, 0, 8, 0, 0]), ints([2, 0, 1, 0, 0]),
                 np.array([True, False, True, False, False]))


@pytest.mark.parametrize(("condition", "holds"), [
    ("start(b) >= 9", True), ("not (start(b) >= 0)", True), ("start(a) >= 5", False),
    ("start(a) >= 5 or end(b) <= 1", True),                         # the statement names b
    ("start(b) >= 0 and start(a) >= 5", True),
    ("present(b)", False), ("not present(b)", True), ("present(a) and not present(b)", True),
    ("present(b) and start(b) >= 0", True),                         # decided for the statement, present or not
    ("present(a) == present(b)", False), ("present(a) implies present(b)", False), ("present(c)", True),
    ("max(end(a), end(b)) == 6", True), ("max(end(a), end(b)) >= 7", False), ("min(start(a), start(b)) == 4", True),
    ("max(end(b), end(j)) >= 19", True),                            # nobody is left
    ("max(end(b), end(c)) - end(a) == 2", True),
    ("all(end(b) <= 0, end(a) <= 6)", True), ("any(end(b) <= 9, end(a) <= 5)", False),
    ("count(j) == 0", True), ("count(j.x) + count(a) == 1", True),
    ("start(j) >= 19", True), ("present(j)", False), ("length(j) + 2 * present(a) >= 9", True),
    ("abs(start(a) - start(c)) == 3", True), ("abs(start(a) - start(b)) == 99", True),
])
def test_conditions(condition: str, holds: bool) -> None:
    model = schedc.loads(f"{TASKS}require {condition}").model
    assert model is not None
    verdict = verify(model, THERE)
    assert verdict.holds == holds, verdict.violations


def test_who_may_be_absent_is_judged() -> None:
    model = schedc.loads(TASKS).model
    assert model is not None
    alone = Schedule(THERE.start, THERE.end, THERE.length, np.array([True, False, False, False, True]))
    assert {(v.kind, v.member) for v in verify(model, alone).violations if v.kind == "presence"} == {
        ("presence", "c"), ("presence", "j.y"),
    }


def test_absent_tasks_in_a_plan_and_read_back() -> None:
    problem = schedc.loads(f"{TASKS}require present(a)\nminimize count(b) + present(j)")
    plan = problem.solve(time=20, workers=1)
    assert plan["a"].present and not plan["b"].present
    assert (plan["j.y"].present, plan["j.y"].uses, plan["j.y"].instant) == (False, (), None)
    document = json.loads(plan.to_json())
    rows = {row["name"]: row for row in document["tasks"]}
    assert (rows["b"]["present"], rows["b"]["start"]) == (False, None)
    again = read_schedule(plan.model, document).schedule
    assert again.present is not None and again.present.tolist() == [True, False, True, False, False]
    assert verify(plan.model, again).holds
