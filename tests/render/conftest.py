"""A small run to draw: two resources, calendars, pauses, a milestone."""

from __future__ import annotations

import pytest
from made import Maker

from schedc.compilers.result import Result, StageResult
from schedc.models.axis import TimeAxis
from schedc.models.columns import ints
from schedc.models.model import Model
from schedc.models.pieces import worked_pieces
from schedc.models.schedule import Schedule, Status
from schedc.models.verify import verify


def shop(dated: bool) -> tuple[Model, Schedule]:
    """Three tasks prepared by a crew that sleeps at night, then moved by one crane that is down for a while."""
    quarter = 900 * 10**9
    axis = TimeAxis(384, quarter, "2026-01-05T08:00:00+01:00", "Europe/Paris") if dated else TimeAxis(384)
    m = Maker(384, axis)
    crew, crane, tool = m.resource("crew", 3), m.resource("crane"), m.resource("tool", 2)
    m.open(crew, (0, 40), (96, 136), (192, 232))
    m.down(crane, (20, 30))
    m.down(crew, (100, 110), leaving=1)
    prep = m.tasks_of("prep", [8, 10, 12], uses={crew: 1, tool: 1}, pausable=True)
    move = m.tasks_of("move", [4, 4, 6], uses={crane: 1})
    done = m.task("done", 0)
    for p, k in zip(prep, move):
        m.order(p, k)
    for k in move:
        m.order(k, done)
    m.makespan()
    start, end = ints([0, 8, 36, 8, 30, 104, 110]), ints([8, 18, 104, 12, 34, 110, 110])
    model = m.model()
    pieces = worked_pieces(model, Schedule(start, end, end - start))
    length = ints([int((pieces.of(t)[1] - pieces.of(t)[0]).sum()) for t in range(7)])
    return model, Schedule(start, end, length)


def as_run(model: Model, schedule: Schedule) -> Result:
    """A schedule with its verdict, as a back-end's run would return it."""
    verdict = verify(model, schedule)
    assert verdict.holds, verdict.violations
    stages = tuple(
        StageResult(s.name, s.sense, v, v - 6) for s, v in zip(model.objective, verdict.objectives)
    )
    return Result(Status.FEASIBLE, schedule, verdict, stages, "cpsat", seconds={"solve": 1.5}, versions={"x": "1"})


@pytest.fixture(params=[True, False], ids=["dated", "ticks"])
def run(request: pytest.FixtureRequest) -> tuple[Model, Result]:
    """The shop on a calendar and in plain ticks."""
    model, schedule = shop(request.param)
    return model, as_run(model, schedule)


@pytest.fixture
def dated() -> tuple[Model, Result]:
    """The shop on a calendar."""
    model, schedule = shop(True)
    return model, as_run(model, schedule)
