"""A back-end behind lowerings: expressions by the author's names, and schedules that the judge has the last word on."""

from __future__ import annotations

from dataclasses import replace

import pyomo.environ as pyomo
import pytest
from cross_check import cross_check
from random_choices import random_choices

import schedc
from schedc.compilers.backend import Event, Limits
from schedc.compilers.lowered import LoweredCompiled, compile_lowered
from schedc.compilers.milp import Milp
from schedc.compilers.solve import solve
from schedc.models.schedule import Schedule, Status

TEXT = """\
time for 20
resource saw
task t mode slow { lasts 5 uses saw } mode fast { lasts 3 uses saw within 4 .. 9 }
task u lasts 2 uses saw
order t -> u after 0 .. 3
minimize makespan
"""


def lowered() -> LoweredCompiled:
    compiled = compile_lowered(schedc.loads(TEXT).model, Milp())
    assert isinstance(compiled, LoweredCompiled)
    return compiled


def test_expressions_are_of_the_authors_tasks() -> None:
    compiled = lowered()
    assert [*compiled.start] == [*compiled.end] == ["t", "u"] and len(compiled.length) == 2
    native = compiled.native
    native.short = pyomo.Constraint(expr=compiled.length["t"] <= 4)
    native.apart = pyomo.Constraint(expr=compiled.start["u"] >= compiled.end["t"] + 1)
    found = compiled.solve(Limits(workers=1), None, lambda event: None).schedule
    assert found is not None
    assert (found.start.tolist(), found.end.tolist(), found.length.tolist()) == ([4, 8], [7, 10], [3, 2])


def test_what_the_judge_rejects_is_dropped_with_its_proofs() -> None:
    compiled, heard = lowered(), list[Event]()

    def early(schedule: Schedule) -> Schedule:
        found = compiled.rewrite.up(schedule)
        return replace(found, start=found.start - 100, end=found.end - 100)

    wrong = replace(compiled, rewrite=replace(compiled.rewrite, up=early))
    outcome = wrong.solve(Limits(workers=1), None, heard.append)
    assert (outcome.status, outcome.schedule, outcome.bounds) == (Status.UNKNOWN, None, (None,))
    assert "lowered" in outcome.reason and all(event.schedule is None for event in heard)


def test_windows_of_a_mode_hold_beside_its_tasks() -> None:
    text = TEXT.replace("fast { lasts 3", "fast { lasts 3 .. 5").replace("task t mode", "task t within 6 .. 12 mode")
    model = schedc.loads(text.replace("slow { lasts 5", "slow { lasts 7")).model
    result = solve(model, backend="milp", limits=Limits(workers=1))
    assert result.status is Status.OPTIMAL and result.schedule is not None
    assert (result.schedule.start[0], result.schedule.end[0]) == (6, 9)


@pytest.mark.parametrize("seed", [5000007, 5000090])
def test_choices_whose_windows_conflict(seed: int) -> None:
    assert cross_check(random_choices(seed)) == "infeasible"
