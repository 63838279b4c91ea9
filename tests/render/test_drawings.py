"""Gantt charts as text, SVG and HTML."""

from __future__ import annotations

import itertools
from xml.etree import ElementTree

import numpy as np
import pytest
from golden_files import golden
from hypothesis import given
from hypothesis import strategies as st
from made import Maker

from schedc.compilers.result import Result
from schedc.dsl.load import load_text
from schedc.models.axis import TimeAxis
from schedc.models.columns import ints
from schedc.models.diagnostics import Findings
from schedc.models.model import Model
from schedc.models.schedule import Schedule
from schedc.output import task_rows
from schedc.render.cells import width
from schedc.render.gantt import text_gantt
from schedc.render.page import html_page
from schedc.render.scale import marks, tick_of
from schedc.render.shape import Shape, packed
from schedc.render.summary import summary
from schedc.render.svg import svg_gantt

SVG = "{http://www.w3.org/2000/svg}"


def drawn(run: tuple[Model, Result], **how: object) -> str:
    model, result = run
    assert result.schedule is not None
    return text_gantt(model, result.schedule, **how)  # type: ignore[arg-type]


def test_golden(run: tuple[Model, Result], request: pytest.FixtureRequest) -> None:
    kind = request.node.callspec.id
    texts = [drawn(run, by=by, columns=columns) for by in ("task", "resource") for columns in (100, 60)]
    golden(f"gantt_{kind}.txt", "\n".join([*texts, drawn(run, by="task", plain=True, columns=80), summary(*run)]))


@pytest.mark.parametrize("columns", [40, 57, 80, 100, 200])
@pytest.mark.parametrize("by", ["task", "resource"])
def test_it_fits_the_terminal(run: tuple[Model, Result], by: str, columns: int) -> None:
    assert all(width(line) <= columns for line in drawn(run, by=by, columns=columns).splitlines())


def test_plain_is_ascii(run: tuple[Model, Result]) -> None:
    assert drawn(run, by="task", plain=True).isascii() and drawn(run, by="resource", plain=True).isascii()


def test_none_draws_nothing(dated: tuple[Model, Result]) -> None:
    assert drawn(dated, by="none") == ""


def wide(tasks: int, resources: int, axis: TimeAxis | None = None) -> tuple[Model, Schedule]:
    m = Maker(4 * tasks, axis)
    for r in range(resources):
        m.resource(f"r{r}", 1)
    each = tasks // resources
    for r in range(resources):
        m.tasks_of(f"t{r}", [3] * each, uses={r: 1})
    start = ints(np.tile(np.arange(each) * 4, resources))
    return m.model(), Schedule(start, start + 3, ints([3] * len(start)))


@pytest.mark.parametrize("by", ["auto", "task", "resource"])
def test_a_big_schedule_stays_a_page(by: str) -> None:
    model, schedule = wide(20_000, 100)
    lines = text_gantt(model, schedule, by=by).splitlines()  # type: ignore[arg-type]
    assert 10 < len(lines) < 50


def test_the_densest_part_is_shown() -> None:
    m = Maker(10_000)
    m.tasks_of("sparse", [1] * 60)
    m.tasks_of("dense", [1] * 40)
    start = ints([*(100 * k for k in range(60)), *(7_000 + k for k in range(40))])
    text = text_gantt(m.model(), Schedule(start, start + 1, ints([1] * 100)), by="task")
    assert "dense[1]" in text and "dense[40]" in text and "sparse" not in text


def test_a_big_svg_stays_small() -> None:
    model, schedule = wide(50_000, 5)
    text = svg_gantt(model, schedule)
    assert len(text) < 400_000
    ElementTree.fromstring(text)


def test_svg_has_every_task_its_lanes_and_its_closed_time(run: tuple[Model, Result]) -> None:
    model, result = run
    assert result.schedule is not None
    root = ElementTree.fromstring(svg_gantt(model, result.schedule, subtitle="a < b"))
    titles = [t.text or "" for t in root.iter(f"{SVG}title")]
    for name in ("prep[1]", "move[3]", "done"):
        assert any(t.startswith(f"{name}: ") for t in titles)
    texts = {t.text for t in root.iter(f"{SVG}text")}
    assert {"crew", "crane", "tool", "no resource", "a < b", "closed"} <= texts
    assert any("closed" in t and t.startswith("crew") for t in titles)
    assert any("less capacity" in t for t in titles)


def test_bars_do_not_overlap_in_their_row(dated: tuple[Model, Result]) -> None:
    model, result = dated
    assert result.schedule is not None
    root = ElementTree.fromstring(svg_gantt(model, result.schedule))
    bars = [
        (float(r.get("y", 0)), float(r.get("x", 0)), float(r.get("width", 0)))
        for r in root.iter(f"{SVG}rect") if r.get("class") == "b"
    ]
    assert len(bars) == 11      # six tasks, three of them on two resources, and two pieces of the paused one twice
    rows = sorted(bars)
    assert all(a[0] != b[0] or a[1] + a[2] <= b[1] + 0.1 for a, b in itertools.pairwise(rows))


def test_svg_is_deterministic(dated: tuple[Model, Result]) -> None:
    model, result = dated
    assert result.schedule is not None
    assert svg_gantt(model, result.schedule) == svg_gantt(model, result.schedule)


def test_html_is_self_contained(run: tuple[Model, Result]) -> None:
    model, result = run
    page = html_page(model, result, task_rows(model, result.schedule))
    assert page.count("<tr>") == 8 and "<svg" in page
    assert "src=" not in page and "href=" not in page and "<script" not in page


def test_names_are_escaped_everywhere() -> None:
    m = Maker(10)
    r = m.resource("<r>&\x1b[0m")
    m.task("<script>", 3, uses={r: 1})
    model, schedule = m.model(), Schedule(ints([0]), ints([3]), ints([3]))
    for text in (svg_gantt(model, schedule), text_gantt(model, schedule)):
        assert "\x1b" not in text
    assert "<script>" not in svg_gantt(model, schedule)
    ElementTree.fromstring(svg_gantt(model, schedule))


def test_an_empty_model_is_drawn() -> None:
    empty = Schedule(ints([]), ints([]), ints([]))
    assert text_gantt(Maker(5).model(), empty) == ""
    ElementTree.fromstring(svg_gantt(Maker(5).model(), empty))


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(1, 5)), max_size=12))
def test_packing_is_right_and_uses_as_few_rows_as_can_be(jobs: list[tuple[int, int]]) -> None:
    spans = sorted((s, s + d) for s, d in jobs)
    rows = packed([s for s, _ in spans], [e for _, e in spans], 99)
    assert rows is not None
    for row in set(rows):
        mine = [span for span, r in zip(spans, rows) if r == row]
        assert all(a[1] <= b[0] for a, b in itertools.pairwise(mine))
    peak = max((sum(s <= t < e for s, e in spans) for t, _ in spans), default=0)
    assert len(set(rows)) == peak


@given(st.data())
def test_load_is_the_highest_in_each_bin(data: st.DataObject) -> None:
    m = Maker(40)
    r = m.resource("r", 99)
    job = st.tuples(st.integers(0, 30), st.integers(0, 6), st.integers(1, 3))
    jobs = data.draw(st.lists(job, min_size=1, max_size=8))
    for k, (_, length, amount) in enumerate(jobs):
        m.task(f"t{k}", length, uses={r: amount})
    start = ints([s for s, _, _ in jobs])
    length = ints([d for _, d, _ in jobs])
    shape = Shape(m.model(), Schedule(start, start + length, length))
    cuts = data.draw(st.lists(st.integers(1, 39), unique=True, max_size=6))
    edges = ints([0, *sorted(cuts), 40])
    level = [sum(a for s, d, a in jobs if s <= t < s + d) for t in range(40)]
    assert shape.load(r, edges).tolist() == [max(level[a:b]) for a, b in zip(edges.tolist(), edges.tolist()[1:])]


@pytest.mark.parametrize("seconds", [None, 0.001, 1, 60, 900, 86_400, 7 * 86_400])
@pytest.mark.parametrize("span", [1, 7, 90, 1_000, 50_000, 10**7])
@pytest.mark.parametrize("start", [None, "2026-03-28T08:20:00+01:00"])
def test_marks_are_few_even_and_inside(seconds: float | None, span: int, start: str | None) -> None:
    resolution = None if seconds is None else round(seconds * 10**9)
    axis = TimeAxis(span, resolution, start if resolution else None, "Europe/Paris" if start else "UTC")
    found = marks(axis, 0, span, 10)
    assert len(found) <= 14
    assert all(0 <= m.at <= span for m in found)
    assert all(a.at < b.at for a, b in itertools.pairwise(found))
    if span >= 90:
        assert len(found) >= 2


def test_marks_stand_where_the_wall_clock_says() -> None:
    # the clock goes forward on 29 March
    axis = TimeAxis(96 * 3, 900 * 10**9, "2026-03-28T08:00:00+01:00", "Europe/Paris")
    for mark in marks(axis, 0, 96 * 3, 8):
        when = axis.instant(int(mark.at))
        assert when is not None and when.hour % 6 == 0 and when.minute == 0
        assert tick_of(axis, when.replace(tzinfo=None)) == mark.at


def test_what_was_chosen_stands_beside_the_task() -> None:
    text = """resource saw[k in 1 .. 2]  resource hand[p in { "ann", "bob" }]
        task cut  mode on_saw[k in 1 .. 2] { lasts 3 * k uses saw[k] }  uses 1 of hand
        task rest lasts 1  order cut -> rest  minimize makespan"""
    model = load_text(text, {}, {}, Findings())
    assert model is not None
    lines = text_gantt(model, Schedule(
        ints([0, 3]), ints([3, 4]), ints([3, 1]), mode=ints([0, -1]), member=ints([0, 1]) > 0
    )).splitlines()
    assert lines[-2].endswith("0 .. 3  on_saw[1], hand[bob]") and lines[-1].endswith("3 .. 4")
