"""Bounds against every placement of tiny models, listed tick by tick, and worked examples."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st
from made import Maker

from schedc.models.bounds import Bounds, Conflict, propagate
from schedc.models.columns import UNLIMITED
from schedc.models.expressions import Point
from schedc.models.model import Model
from schedc.models.statements import Downtime, Open

H = 10
Placement = tuple[int, int]
TIMES = st.lists(st.tuples(st.integers(0, H - 1), st.integers(1, 6)), max_size=3).map(
    lambda pairs: apart([(lo, min(lo + size, H)) for lo, size in pairs])
)


def apart(pairs: list[Placement]) -> list[Placement]:
    """The spans that ticks make."""
    ticks = {t for lo, hi in pairs for t in range(lo, hi)}
    edges = [t for t in range(H + 2) if (t in ticks) != (t - 1 in ticks)]
    return list(zip(edges[::2], edges[1::2]))


def capacity(model: Model, r: int, t: int) -> int:
    """What a resource has at a tick, read straight from the statements."""
    opened = [s for s in model.availability if isinstance(s, Open) and r in s.resource.tolist()]
    inside = [any(lo <= t < hi for lo, hi in zip(s.spans.lo, s.spans.hi)) for s in opened]
    left = int(model.capacity[r]) if not opened or any(inside) else 0
    for s in model.availability:
        down = isinstance(s, Downtime) and r in s.resource.tolist()
        if down and any(lo <= t < hi for lo, hi in zip(s.spans.lo, s.spans.hi)):
            left = min(left, int(s.leaving[0]))
    return left


def placements(model: Model, t: int) -> list[Placement]:
    """Every (start, end) of a task by the clauses that speak of it alone."""
    family, row = model.task_family(t)
    uses = [(int(u.resource[k]), int(u.amount[k])) for u in family.uses for k in np.flatnonzero(u.row == row)]
    shut = [any(capacity(model, r, x) < q for r, q in uses) for x in range(H)]
    found = []
    for start, end in product(range(H + 1), repeat=2):
        if start > end or start < model.release[t] or end > model.deadline[t]:
            continue
        pauses = sum(shut[start:end])
        if pauses and (not family.pausable or shut[start] or shut[end - 1]):
            continue
        if not model.shortest[t] <= end - start - pauses <= model.longest[t]:
            continue
        sets = [w.spans.of(int(w.which[row])) for w in family.within if w.which[row] >= 0]
        if sets and not any(lo <= start and end <= hi for los, his in sets for lo, hi in zip(los, his)):
            continue
        found.append((start, end))
    return found


def feasible(model: Model) -> list[tuple[Placement, ...]]:
    """Every way to place all tasks that keeps the orders and the capacities."""
    kept = []
    demand, levels = demands(model), [[capacity(model, r, x) for x in range(H)] for r in range(model.resource_count)]
    for ways in product(*(placements(model, t) for t in range(model.task_count))):
        lags = (
            (int(lo), ways[b][o.second_point] - ways[a][o.first_point], int(hi))
            for o in model.orders for a, b, lo, hi in zip(o.first, o.second, o.lo, o.hi)
        )
        if all(lo <= lag <= hi for lo, lag, hi in lags) and all(
            sum(q for (s, e), q in zip(ways, demand[r]) if s <= x < e and q <= level) <= level
            for r, row in enumerate(levels) for x, level in enumerate(row)
        ):
            kept.append(ways)
    return kept


def demands(model: Model) -> list[list[int]]:
    """By resource and task."""
    found = [[0] * model.task_count for _ in range(model.resource_count)]
    for t, r, q in zip(*model.demands):
        found[r][t] += int(q)
    return found


@st.composite
def models(draw: st.DrawFn, tasks: int = 3, plain: bool = False) -> Model:
    m = Maker(H)
    resources = [m.resource(f"r{k}", draw(st.integers(1, 3))) for k in range(2)]
    for r in resources:
        if draw(st.booleans()):
            m.open(r, *draw(TIMES))
        if draw(st.booleans()):
            m.down(r, *draw(TIMES), leaving=draw(st.integers(0, 2)))
    for k in range(draw(st.integers(1, tasks))):
        lo = draw(st.integers(0, 4))
        lasts = (lo, lo if plain else lo + draw(st.sampled_from([0, 0, 1, 3])))
        m.task(
            f"t{k}", lasts, uses={r: draw(st.integers(0, 3)) for r in resources},
            release=draw(st.sampled_from([None, None, 1, 4])), deadline=draw(st.sampled_from([None, None, 9, 5])),
            pausable=draw(st.booleans()), within=draw(st.lists(TIMES, max_size=0 if plain else 2)),
        )
    count = len(m.tasks)
    for _ in range(draw(st.integers(0, 3)) if not plain else 0):
        points = draw(st.tuples(*[st.sampled_from([Point.START, Point.END])] * 2))
        lo = draw(st.sampled_from([None, 0, 0, 1, 3, -2]))
        m.order(
            draw(st.integers(0, count - 1)), draw(st.integers(0, count - 1)), lo,
            draw(st.sampled_from([None, None, 0, 4, -1])), points,
        )
    return m.model()


@settings(max_examples=250)
@given(models())
def test_no_feasible_schedule_is_cut(model: Model) -> None:
    ways = feasible(model)
    found = propagate(model)
    event(f"feasible {bool(ways)}, {type(found).__name__}")
    if isinstance(found, Conflict):
        assert not ways
        assert found.reason and found.origins and found.tasks
        return
    assert found.exact
    for way in ways:
        for t, (start, end) in enumerate(way):
            assert found.earliest_start[t] <= start <= found.latest_start[t]
            assert found.earliest_end[t] <= end <= found.latest_end[t]


@settings(max_examples=200)
@given(models(tasks=1, plain=True))
def test_one_task_of_one_length_is_bounded_exactly(model: Model) -> None:
    ways = placements(model, 0)
    found = propagate(model)
    assert isinstance(found, Conflict) == (not ways)
    if isinstance(found, Bounds):
        starts, ends = zip(*ways)
        assert (found.earliest_start[0], found.latest_start[0]) == (min(starts), max(starts))
        assert (found.earliest_end[0], found.latest_end[0]) == (min(ends), max(ends))


@given(models(), st.integers(0, H))
def test_an_earlier_end_of_all_is_kept_to(model: Model, until: int) -> None:
    ways = [w for w in feasible(model) if all(end <= until for _, end in w)]
    found = propagate(model, until=until)
    if isinstance(found, Conflict):
        assert not ways
        return
    assert (found.latest_end <= until).all()
    for way in ways:
        assert all(found.earliest_start[t] <= s and e <= found.latest_end[t] for t, (s, e) in enumerate(way))


def bounds_of(m: Maker) -> Bounds:
    found = propagate(m.model())
    assert isinstance(found, Bounds)
    return found


def test_chains_across_a_night() -> None:
    m = Maker(48)
    saw = m.resource("saw")
    m.open(saw, (8, 12), (13, 17), (32, 36), (37, 41))
    a = m.task("a", 3, uses={saw: 1})
    b = m.task("b", 4, uses={saw: 1})
    c = m.task("c", 6, uses={saw: 1}, pausable=True)
    m.order(a, b)
    m.order(b, c, lo=1)
    found = bounds_of(m)
    assert found.earliest_start.tolist() == [8, 13, 32]
    assert found.earliest_end.tolist() == [11, 17, 39]
    assert found.latest_end.tolist() == [12, 17, 41]


def test_maximal_lags_push_back() -> None:
    m = Maker(100)
    a, b, c = m.task("a", 5), m.task("b", 2, release=40), m.task("c", (1, 9))
    m.order(a, b, lo=0, hi=3)
    m.order(c, b, lo=0, hi=0)
    found = bounds_of(m)
    assert found.earliest_start.tolist() == [32, 40, 31]
    assert found.latest_end.tolist() == [98, 100, 98]


def test_a_conflict_tells_its_story() -> None:
    m = Maker(20)
    a, b = m.task("a", 6, release=3), m.task("b", 4, deadline=12)
    arrow = m.order(a, b, lo=1)
    found = propagate(m.model())
    assert isinstance(found, Conflict)
    assert found.reason == "`b` cannot start before 10 and must start by 8"
    assert arrow.origin in found.origins
    assert {o.what for o in found.origins} >= {"release", "deadline", "order"}
    assert found.tasks[:1] == (b,)


def test_a_cycle_of_lags_is_a_conflict_by_its_members() -> None:
    m = Maker(20)
    a, b, c = m.task("a", 1), m.task("b", (0, 2)), m.task("c", 3)
    origins = {m.order(a, b).origin, m.order(b, c).origin, m.order(c, a).origin}
    m.order(a, c, lo=None, hi=30)
    found = propagate(m.model())
    assert isinstance(found, Conflict)
    assert set(found.tasks) <= {a, b, c} and set(found.origins) <= origins | {t.clauses["lasts"] for t in m.tasks}
    assert "waits for itself" in found.reason


def test_a_demand_above_capacity_has_no_place() -> None:
    m = Maker(20)
    crew = m.resource("crew", 2)
    m.task("a", 1, uses={crew: 3})
    found = propagate(m.model())
    assert isinstance(found, Conflict) and "no place" in found.reason


def test_unlimited_lags_do_not_count() -> None:
    m = Maker(20)
    a, b = m.task("a", 1), m.task("b", 1)
    m.order(a, b, lo=None, hi=None)
    assert m.model().orders[0].hi[0] == UNLIMITED
    assert bounds_of(m).earliest_start.tolist() == [0, 0]


@pytest.mark.parametrize("pausable", [False, True])
def test_many_tasks_in_one_family(pausable: bool) -> None:
    m = Maker(5000)
    crew = m.resource("crew", 10)
    m.open(crew, *[(24 * d + 8, 24 * d + 17) for d in range(200)])
    tasks = m.tasks_of("t", [3] * 2000, uses={crew: 1}, pausable=pausable)
    m.orders(list(zip(tasks[:-20], tasks[20:])))
    found = bounds_of(m)
    per_day = 9 if pausable else 3 * 3
    last = 24 * (99 * 3 // per_day) + 8 + 99 * 3 % per_day
    assert found.exact
    assert found.earliest_start[-1] == last
    assert (np.diff(found.earliest_start[::20]) > 0).all()
