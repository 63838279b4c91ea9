"""What `explain` answers for small models worked out by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

import schedc
from schedc.explaining import Conflict, Explanation
from schedc.models.diagnostics import SchedcError

SAW = """\
time for 10
resource saw
task a[i in 1 .. 3] lasts 4 uses saw
"""
TWO = """\
time for 20
task a lasts 5 deadline 4
task b lasts 6 release 16
task c lasts 2
"""
PARAMS = """\
param crews = 1
param spare = 3
resource crew capacity crews
resource other capacity spare
task a[i in 1 .. 4] lasts 5 uses crew deadline 10
task b lasts spare uses other 2
"""
DATED = """\
time 1 h from 2026-01-05 zone "UTC" for 5 d
calendar day Mon..Fri 08:00..16:00
resource crew capacity 2
open crew during day
task work[i in 1 .. 3] lasts 8 h uses crew
task last lasts 1 h deadline 2026-01-06 09:00
order work[*] -> last
"""


def explained(tmp_path: Path, text: str, **more: object) -> Explanation:
    path = tmp_path / "shop.sched"
    path.write_text(text)
    return schedc.explain(path, time=60, workers=1, **more)  # type: ignore[arg-type]


def only(found: Explanation) -> Conflict:
    assert found.status == "infeasible" and len(found.conflicts) == 1
    return found.conflicts[0]


@pytest.mark.parametrize("solver", ["cpsat", "milp"])
def test_capacity_and_horizon(tmp_path: Path, solver: str) -> None:
    conflict = only(explained(tmp_path, SAW, solver=solver))
    assert conflict.minimal
    kinds = sorted(i.kind for i in conflict.items)
    assert kinds == ["capacity", "horizon", *["lasts"] * 3, *["uses"] * 3]
    said = [(r.kind, r.amount) for r in conflict.relaxations]
    assert said == [("horizon", 2), ("capacity", 1), ("lasts", 2)]
    assert all(r.least for r in conflict.relaxations)
    assert conflict.relaxations[0].text == "the horizon + 2, to 12"
    assert {label.span.line for label in (conflict.diagnostic.primary, *conflict.diagnostic.others)} == {1, 2, 3}


def test_what_stands_alone_is_its_own_conflict(tmp_path: Path) -> None:
    found = explained(tmp_path, TWO)
    first, second = found.conflicts
    assert sorted(i.kind for i in first.items) == ["deadline", "lasts"]
    assert sorted(i.kind for i in second.items) == ["horizon", "lasts", "release"]
    assert [r.text for r in first.relaxations] == ["deadline of `a` + 1, to 5", "`a` 1 shorter, 4"]
    assert second.relaxations[0].amount == 2
    assert len(found.together) == 2


def test_params_that_a_conflict_leans_on(tmp_path: Path) -> None:
    conflict = only(explained(tmp_path, PARAMS))
    assert [(p.name, p.value, p.nearest) for p in conflict.params] == [("crews", "1", "2")]
    assert only(explained(tmp_path, PARAMS, crews=1)).params[0].nearest == "2"
    stuck = PARAMS.replace("capacity crews", "capacity crews - crews + 1")
    assert [(p.name, p.nearest) for p in only(explained(tmp_path, stuck)).params] == [("crews", None)]


def test_more_on_one_day(tmp_path: Path) -> None:
    texts = [r.text for r in only(explained(tmp_path, DATED)).relaxations]
    assert "1 more of `crew`, capacity 3" in texts and "1 more of `crew` on 2026-01-05" in texts
    assert "deadline of `last` + 8 h, to 2026-01-06 17:00" in texts


def test_the_story_is_told_in_order(tmp_path: Path) -> None:
    text = "time for 30\ntask a lasts 4 release 3\ntask b lasts 5 deadline 11\norder a -> b after 1\n"
    because = only(explained(tmp_path, text)).because
    assert because == (
        "`a` starts at the earliest 3, because of `release` (line 2)",
        "`b` starts at the earliest 8, because of `order` (line 4)",
        "`b` starts at the latest 6, because of `lasts` (line 3) and `deadline` (line 3)",
        "`b` cannot start before 8 and must start by 6",
    )


def test_statements_that_no_schedule_can_keep_are_explained(tmp_path: Path) -> None:
    text = "time for 30\nresource saw\nopen saw during 0 .. 4\nopen saw during 6 .. 9\ntask cut lasts 6 uses saw\n"
    with pytest.raises(SchedcError):
        schedc.loads(text)
    conflict = only(explained(tmp_path, text))
    assert [(r.kind, r.amount) for r in conflict.relaxations[:2]] == [("open", 2), ("open", 3)]
    assert {r.text for r in conflict.relaxations} >= {
        "`saw` open from 4 to 6 too", "`saw` open 3 longer from 9, until 12", "`cut` made `pausable`",
        "`cut` 2 shorter, 4",
    }


def test_other_errors_of_a_file_are_raised(tmp_path: Path) -> None:
    with pytest.raises(SchedcError):
        explained(tmp_path, "task a lasts 3 uses nobody\n")


def test_no_time_at_all(tmp_path: Path) -> None:
    found = explained(tmp_path, SAW)
    assert found.status == "infeasible"
    path = tmp_path / "shop.sched"
    late = schedc.explain(path, time=0.000_001)
    assert late.conflicts == () or not late.conflicts[0].minimal


def test_a_model_at_hand_and_one_that_can_be_kept(tmp_path: Path) -> None:
    problem = schedc.loads("time for 12\nresource saw\ntask a[i in 1 .. 3] lasts 4 uses saw\n")
    assert schedc.explain(problem).status == "feasible" and problem.explain().conflicts == ()
    tight = schedc.Problem(schedc.loads(SAW).model).explain(workers=1)      # without its text: no horizon to move
    assert [r.kind for r in only(tight).relaxations] == ["capacity", "lasts"]


CHAIN = """\
time for 40
resource saw
resource crew
open crew during 0 .. 6
open crew during 10 .. 40
task cut lasts 5 uses saw
task trim lasts 3 uses saw release 5
task fit lasts 4 uses crew
task free lasts 1
order trim -> fit
minimize makespan
"""


def test_what_binds_a_task(tmp_path: Path) -> None:
    found = explained(tmp_path, CHAIN, task="fit")
    assert [(k.task, k.start, k.kind) for k in found.chain] == [
        ("fit", 10, "calendar"), ("fit", 10, "order"), ("trim", 5, "capacity"), ("cut", 0, "origin"),
    ] or [k.kind for k in found.chain][:2] == ["calendar", "order"]
    assert found.chain[0].text == "`crew` is closed before 10"
    assert {b.resource for b in found.bottlenecks} == {"saw", "crew"}
    bought = {m.text: m.gain for m in found.marginals}
    assert bought["`crew` open 4 longer from 6"] == 2      # `fit` from 8 on
    assert all(m.proved for m in found.marginals)


def test_a_schedule_of_the_callers(tmp_path: Path) -> None:
    problem = schedc.loads(CHAIN)
    model = problem.model
    numbers = [model.task_numbers[name] for name in ("cut", "trim", "fit", "free")]
    plan = problem.solve(time=20, workers=1)
    start, end = plan.schedule.start.copy(), plan.schedule.end.copy()
    for task, at, size in zip(numbers, (0, 5, 12, 30), (5, 3, 4, 1)):
        start[task], end[task] = at, at + size
    late = schedc.models.schedule.Schedule(start, end, plan.schedule.length)
    found = problem.explain(task="free", schedule=late, workers=1)
    assert [(k.kind, k.until) for k in found.chain] == [("free", 0)]
    assert problem.explain(task="fit", schedule=late, workers=1).chain[0].text == (
        "nothing keeps it: alone it could start 2 earlier"
    )
    start[numbers[1]] = 4
    with pytest.raises(ValueError, match="breaks the model"):
        problem.explain(task="fit", schedule=schedc.models.schedule.Schedule(start, end, plan.schedule.length))
    with pytest.raises(KeyError):
        problem.explain(task="nobody")


def test_an_infeasible_plan_names_its_conflict(tmp_path: Path) -> None:
    plan = schedc.loads(SAW).solve(time=60, workers=1)
    assert plan.status == "infeasible" and len(plan.result.conflict) == 8
    assert {part["kind"] for part in plan.to_dict()["conflict"]} == {"capacity", "horizon", "lasts", "uses"}
    assert schedc.loads(SAW).solve(deterministic=True).result.conflict == ()
