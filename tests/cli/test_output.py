"""schedule.json and CSV, and reading schedules back strictly."""

from __future__ import annotations

import copy
import csv
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made import Maker

from schedc.compilers.result import Result, StageResult
from schedc.models.axis import TimeAxis
from schedc.models.columns import ints
from schedc.models.files import FileError
from schedc.models.model import Model
from schedc.models.schedule import Schedule, Status
from schedc.models.verify import verify
from schedc.output import OutputError, as_data, check_output, content, csv_chunks, json_chunks, write
from schedc.reading import ScheduleError, load_document, parse_document, read_hint, read_schedule


def shop() -> tuple[Model, Result]:
    """A pausable task over a gap, and one that follows it."""
    m = Maker(100, TimeAxis(100, 900 * 10**9, "2026-01-05T08:00:00+01:00", "Europe/Paris"))
    crew, crane = m.resource("crew", 4), m.resource("crane")
    m.open(crew, (0, 10), (20, 60))
    dig = m.tasks_of("dig", [6, 8], uses={crew: 2}, pausable=True)
    lift = m.task("lift", (3, 5), uses={crew: 1, crane: 1})
    m.order(dig[1], lift)
    m.makespan()
    model = m.model()
    schedule = Schedule(ints([0, 5, 23]), ints([6, 23, 26]), ints([6, 8, 3]))
    verdict = verify(model, schedule)
    assert verdict.holds, verdict.violations
    stages = (StageResult("makespan", "minimize", 26, 24),)
    return model, Result(Status.FEASIBLE, schedule, verdict, stages, "cpsat", seconds={"solve": 1.0}, seed=3)


def document() -> dict[str, Any]:
    model, result = shop()
    found: dict[str, Any] = json.loads(b"".join(json_chunks(model, result)))
    return found


def test_schedule_json() -> None:
    data = document()
    assert data["schema"] == "schedc.schedule/1"
    assert data["model"] == {"name": "made", "sha256": ""}
    assert data["status"] == "feasible" and data["verified"] is True
    assert data["objectives"] == [
        {"name": "makespan", "sense": "minimize", "value": 26, "bound": 24, "gap": 2 / 26, "unit": "duration"}
    ]
    assert data["time"] == {"resolution_seconds": 900, "origin": "2026-01-05T08:00:00+01:00", "zone": "Europe/Paris"}
    assert data["tasks"][1] == {
        "name": "dig[2]", "present": True, "start": 5, "end": 23, "mode": None, "pieces": [[5, 10], [20, 23]],
        "uses": [{"resource": "crew", "amount": 2, "address": None}],
        "instant": ["2026-01-05T09:15:00+01:00", "2026-01-05T13:45:00+01:00"],
    }
    assert data["solver"]["name"] == "cpsat" and data["solver"]["seed"] == 3 and data["solver"]["wall_seconds"] == 1.0


def test_streamed_and_plain_data_agree() -> None:
    model, result = shop()
    assert as_data(model, result) == document()


def test_a_run_without_a_schedule() -> None:
    model, _ = shop()
    stages = (StageResult("makespan", "minimize", None, None),)
    result = Result(Status.INFEASIBLE, None, None, stages, "cpsat", "no room")
    data = json.loads(b"".join(json_chunks(model, result)))
    assert (data["status"], data["tasks"], data["verified"], data["reason"]) == ("infeasible", [], False, "no room")
    with pytest.raises(ScheduleError, match=r"the file holds no schedule \(status \"infeasible\"\)"):
        read_schedule(model, data)


def test_a_model_in_ticks_has_no_time() -> None:
    m = Maker(5)
    m.task("a", 0)
    result = Result(Status.FEASIBLE, Schedule(ints([0]), ints([0]), ints([0])), None, (), "x")
    data = as_data(m.model(), result)
    assert "time" not in data and data["tasks"][0]["pieces"] == [] and "instant" not in data["tasks"][0]


def test_csv() -> None:
    model, result = shop()
    rows = list(csv.reader(io.StringIO(b"".join(csv_chunks(model, result)).decode())))
    assert rows == [
        ["name", "present", "start", "end", "mode", "resource"],
        ["dig[1]", "true", "0", "6", "", "crew"],
        ["dig[2]", "true", "5", "23", "", "crew"],
        ["lift", "true", "23", "26", "", "crew;crane"],
    ]


def test_csv_of_many_tasks_is_whole() -> None:
    m = Maker(100_000)
    m.tasks_of("t", [1] * 25_000)
    start = ints(np.arange(25_000))
    result = Result(Status.FEASIBLE, Schedule(start, start + 1, ints([1] * 25_000)), None, (), "x")
    rows = list(csv.reader(io.StringIO(b"".join(csv_chunks(m.model(), result)).decode())))
    assert len(rows) == 25_001 and rows[-1][:4] == ["t[25000]", "true", "24999", "25000"]


@pytest.mark.parametrize("name", ["a.json", "a.csv", "a.svg", "a.html", "A.JSON"])
def test_formats_by_suffix(tmp_path: Path, name: str) -> None:
    model, result = shop()
    check_output(tmp_path / name)
    write(tmp_path / name, model, result)
    assert (tmp_path / name).read_bytes() == b"".join(content(tmp_path / name, model, result))


@pytest.mark.parametrize("name", ["a.ics", "a.png", "a.parquet", "a", ".json"])
def test_unknown_formats(tmp_path: Path, name: str) -> None:
    with pytest.raises(OutputError, match=r"known are \.json, \.csv, \.svg, \.html"):
        check_output(tmp_path / name)


# reading


def test_round_trip() -> None:
    model, result = shop()
    reading = read_schedule(model, document())
    assert result.schedule is not None
    for ours, theirs in zip(
        (result.schedule.start, result.schedule.end, result.schedule.length),
        (reading.schedule.start, reading.schedule.end, reading.schedule.length),
    ):
        assert ours.tolist() == theirs.tolist()
    assert reading.claims == () and reading.notes == ()


def test_only_names_starts_and_ends_are_needed() -> None:
    model, _ = shop()
    tasks = [{"name": n, "start": s, "end": e} for n, s, e in (("lift", 23, 26), ("dig[2]", 5, 23), ("dig[1]", 0, 6))]
    reading = read_schedule(model, {"tasks": tasks})
    assert reading.schedule.length.tolist() == [6, 8, 3]
    assert verify(model, reading.schedule).holds


@pytest.mark.parametrize(("path", "value", "message"), [
    (("schema",), "schedc.schedule/2", "schema: expected `schedc.schedule/1`"),
    (("tasks",), {}, "tasks: expected a list, found an object"),
    (("tasks",), None, "tasks: expected a list, found nothing"),
    (("time", "resolution_seconds"), 60, "time.resolution_seconds: the model's is 900, found 60"),
    (("time", "origin"), "2026-01-06", "time.origin: the model's is 2026-01-05T08:00:00+01:00"),
    (("time",), 3, "time: expected an object"),
    (("tasks", 0), 7, "tasks[0]: expected an object, found a number"),
    (("tasks", 0, "name"), 7, "tasks[0].name: expected text"),
    (("tasks", 0, "name"), "dig[9]", "the model has no such task; did you mean"),
    (("tasks", 0, "name"), "dig[2]", "tasks[1] `dig[2]`: stands twice"),
    (("tasks", 0, "name"), "lift", "tasks: `dig[1]` is missing"),
    (("tasks", 0, "start"), 1.0, "expected an integer tick, found 1.0"),
    (("tasks", 0, "start"), True, "expected an integer tick, found true"),
    (("tasks", 0, "start"), "0", 'expected an integer tick, found "0"'),
    (("tasks", 0, "start"), None, "expected an integer tick, found nothing"),
    (("tasks", 0, "end"), 1 << 70, "beyond 61 bits"),
    (("tasks", 0, "present"), False, "the task is not optional, found false"),
    (("tasks", 0, "present"), 1, "expected true or false, found 1"),
    (("tasks", 0, "mode"), "fast", "the task has no modes"),
    (("tasks", 0, "pieces"), [[0, 3], [2, 6]], "expected spans in order from 0 to 6"),
    (("tasks", 0, "pieces"), [[0, 5]], "expected spans in order from 0 to 6"),
    (("tasks", 0, "pieces"), [], "expected spans in order from 0 to 6"),
    (("tasks", 0, "pieces"), [[0, 6.0]], "expected a list of [start, end] integer pairs"),
    (("tasks", 0, "pieces"), [[0, 6, 7]], "expected a list of [start, end] integer pairs"),
])
def test_what_is_wrong_is_named(path: tuple[str | int, ...], value: object, message: str) -> None:
    data: Any = document()
    at = data
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = value
    with pytest.raises(ScheduleError) as caught:
        read_schedule(shop()[0], data)
    assert message in str(caught.value)


@pytest.mark.parametrize("data", [None, [], 3, "text", {}, {"tasks": 1}, {"tasks": []}])
def test_no_schedule_at_all(data: object) -> None:
    with pytest.raises(ScheduleError):
        read_schedule(shop()[0], data)


def test_all_problems_are_named_at_once_but_not_a_million() -> None:
    m = Maker(10)
    m.tasks_of("t", [1] * 500)
    with pytest.raises(ScheduleError) as caught:
        read_schedule(m.model(), {"tasks": [{"name": "t[1]", "start": 0, "end": 1}]})
    assert len(caught.value.problems) == 21 and caught.value.problems[-1] == "and 479 more problems"


def test_pieces_elsewhere_than_the_model_pauses_break_it() -> None:
    model, _ = shop()
    data = document()
    data["tasks"][1]["pieces"] = [[5, 8], [18, 23]]
    reading = read_schedule(model, data)
    (claim,) = reading.claims
    assert (claim.kind, claim.member, claim.amount) == ("pause", "dig[2]", 2)
    data["tasks"][1]["pieces"] = [[5, 8], [20, 23]]
    assert not verify(model, read_schedule(model, data).schedule).holds


def test_touching_pieces_are_one() -> None:
    data = document()
    data["tasks"][1]["pieces"] = [[5, 7], [7, 10], [20, 23]]
    assert read_schedule(shop()[0], data).claims == ()


def test_ticks_outside_the_horizon_are_for_the_judge() -> None:
    model, _ = shop()
    for start, end in ((-5, 3), (95, 200), (1 << 60, 1 << 60), (-(1 << 60), 1 << 60), (9, 3), (150, 120)):
        data = document()
        data["tasks"][1].update(start=start, end=end)
        del data["tasks"][1]["pieces"]
        verdict = verify(model, read_schedule(model, data).schedule)
        assert not verdict.holds


def test_another_version_of_the_model_is_noted() -> None:
    model, result = shop()
    other = copy.copy(model)
    object.__setattr__(other, "digest", "a" * 64)
    data = as_data(model, result)
    data["model"]["sha256"] = "b" * 64
    assert read_schedule(other, data).notes == ("the schedule was made for another version of the model or its data",)


@pytest.mark.parametrize("text", [
    "", "{", "[1,]", '{"a": NaN}', '{"a": Infinity}', '{"tasks": [], "tasks": []}', "1" * 5000, "[" * 100_000, "\0",
    '{"tasks": "' + "x" * 100,
])
def test_what_is_not_json(text: str) -> None:
    with pytest.raises(ScheduleError, match=r"not JSON|not a schedule"):
        parse_document(text)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="cannot read"):
        load_document(tmp_path / "no.json")
    (tmp_path / "bytes.json").write_bytes(b"\xff\xfe{}")
    with pytest.raises(ScheduleError, match="not UTF-8"):
        load_document(tmp_path / "bytes.json")
    (tmp_path / "infinite.json").write_text('{"tasks": [], "time": {"resolution_seconds": 1e999}}')
    with pytest.raises(ScheduleError):
        read_schedule(shop()[0], load_document(tmp_path / "infinite.json"))


KEYS = ("tasks", "name", "start", "end", "pieces", "time", "present", "mode", "schema", "model", "uses", "instant")
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(KEYS), inner
    ),
    max_leaves=12,
)


@given(_JSON)
def test_nothing_but_a_schedule_error_comes_of_any_json(data: object) -> None:
    with pytest.raises(ScheduleError):
        read_schedule(shop()[0], data)


@given(st.integers(0, 2), st.sampled_from(KEYS), _JSON)
def test_nothing_but_a_schedule_error_comes_of_a_field(row: int, key: str, value: object) -> None:
    data = document()
    data["tasks"][row][key] = value
    try:
        verify(shop()[0], read_schedule(shop()[0], data).schedule)
    except ScheduleError as error:
        assert error.problems


def test_a_hint_may_be_of_another_version() -> None:
    model, _ = shop()
    tasks = [{"name": "dig[2]", "start": 5, "end": 23}, {"name": "gone", "start": 1, "end": 2}]
    hint, notes = read_hint(model, {"tasks": tasks})
    assert hint is not None and notes == ["the hint leaves out 2 tasks"]
    assert hint.start.tolist() == [0, 5, 0] and hint.end.tolist() == [6, 23, 3]
    assert read_hint(model, {"tasks": tasks[1:]}) == (None, ["the hint names no task of this model"])
    with pytest.raises(ScheduleError):
        read_hint(model, {"tasks": [{"name": "lift", "start": 0.5, "end": 3}]})
