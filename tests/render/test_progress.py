"""Progress while a run goes on, and the verdict at its end."""

from __future__ import annotations

import io

import pytest
from golden_files import golden
from made import Maker

from schedc.compilers.backend import Event
from schedc.compilers.result import Result
from schedc.models.columns import ints
from schedc.models.model import Model
from schedc.models.schedule import Schedule
from schedc.models.verify import verify
from schedc.render.progress import LiveLine, PlainLines, Silence, State, progress
from schedc.render.verdict import render, to_json


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_what_suits_a_stream(dated: tuple[Model, Result]) -> None:
    model, _ = dated
    assert isinstance(progress(model, Terminal(), quiet=False), LiveLine)
    assert isinstance(progress(model, io.StringIO(), quiet=False), PlainLines)
    assert isinstance(progress(model, Terminal(), quiet=True), Silence)


def test_what_is_known_is_said(dated: tuple[Model, Result]) -> None:
    state = State(dated[0])
    assert state.words() == ["starting"]
    state.take(Event(0.1, "phase", "x", text="solve"))
    state.take(Event(0.2, "bound", "x", bound=(8,)))
    assert state.words() == ["solve", "bound 2 h"]
    state.take(Event(0.3, "incumbent", "x", objective=(12,), bound=(8,), gap=1 / 3))
    assert state.words() == ["solve", "best 3 h", "bound 2 h", "gap 33 %"]
    state.take(Event(0.4, "incumbent", "x", objective=(9,), gap=1 / 9))
    assert state.words() == ["solve", "best 2 h 15 min", "bound 2 h", "gap 11 %"]


def test_a_model_without_a_goal(dated: tuple[Model, Result]) -> None:
    state = State(Maker(5).model())
    state.take(Event(0.3, "incumbent", "x"))
    assert state.words() == ["starting", "schedule found"]


def test_the_live_line_shows_and_goes(dated: tuple[Model, Result]) -> None:
    stream = Terminal()
    with LiveLine(dated[0], stream) as line:
        line(Event(0.3, "incumbent", "x", objective=(12,), bound=(8,), gap=1 / 3))
        line._live.refresh()
    assert "best 3 h" in stream.getvalue()
    assert stream.getvalue().endswith("\x1b[2K")      # the line is wiped


def test_plain_lines_do_not_flood(dated: tuple[Model, Result]) -> None:
    stream = io.StringIO()
    with PlainLines(dated[0], stream) as lines:
        for k in range(1000):
            lines(Event(k / 1000, "incumbent", "x", objective=(2000 - k,)))
    assert 1 <= stream.getvalue().count("\n") < 100


def test_a_log_that_is_gone_does_not_end_the_run(dated: tuple[Model, Result]) -> None:
    stream = io.StringIO()
    stream.close()
    PlainLines(dated[0], stream)(Event(0.1, "incumbent", "x", objective=(5,)))


@pytest.fixture
def broken() -> tuple[Model, Schedule]:
    m = Maker(20)
    saw = m.resource("saw")
    a = m.task("a", 5, uses={saw: 1}, deadline=9)
    b = m.task("b", 5, uses={saw: 1})
    m.order(a, b)
    m.tasks_of("late", [1] * 30, deadline=3)
    m.makespan()
    start = ints([6, 8, *([10] * 30)])
    length = ints([5, 5, *([1] * 30)])
    return m.model(), Schedule(start, start + length, length)


def test_the_verdict_in_words(broken: tuple[Model, Schedule]) -> None:
    model, schedule = broken
    golden("verdict.txt", render(model, verify(model, schedule)))


def test_the_verdict_as_data(broken: tuple[Model, Schedule]) -> None:
    model, schedule = broken
    verdict = verify(model, schedule)
    data = to_json(model, verdict)
    assert data["holds"] is False and data["count"] == verdict.count == 33
    assert len(data["violations"]) + sum(m["count"] for m in data["more"]) == 33
    assert data["objectives"] == [{"name": "makespan", "sense": "minimize", "value": 13, "unit": "duration"}]
    late = [v for v in data["violations"] if v["kind"] == "deadline"]
    assert late[0]["statement"] == "made.sched:2" and late[0]["member"] == "a" and late[0]["amount"] == 2
