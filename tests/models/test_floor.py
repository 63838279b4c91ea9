"""The makespan's lower bound against brute force, and worked examples."""

from __future__ import annotations

from itertools import combinations

import pytest
from brute import TooBigError, brute_force
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from made import Maker

from schedc.models.bounds import Bounds, propagate
from schedc.models.floor import makespan_lower_bound, one_machine
from schedc.models.model import Model

H = 9


@st.composite
def models(draw: st.DrawFn) -> Model:
    m = Maker(H)
    resources = [m.resource(f"r{k}", draw(st.integers(1, 3))) for k in range(2)]
    for r in resources:
        lo = draw(st.integers(0, 3))
        if draw(st.booleans()):
            m.open(r, (lo, lo + 2), (lo + 3, H))
        if draw(st.booleans()):
            m.down(r, (lo, lo + 2), leaving=1)
    tasks = [
        m.task(
            f"t{k}", draw(st.sampled_from([0, 1, 2, 3, (1, 2)])), uses={r: draw(st.integers(0, 2)) for r in resources},
            release=draw(st.sampled_from([None, None, 1, 3])), pausable=draw(st.booleans()),
        )
        for k in range(draw(st.integers(1, 4)))
    ]
    if len(tasks) > 1 and draw(st.booleans()):
        m.order(tasks[0], tasks[1], lo=draw(st.integers(-1, 2)), hi=draw(st.sampled_from([None, 3])))
    if len(tasks) > 2 and draw(st.booleans()):
        m.exclusive(tasks)
    m.makespan()
    return m.model()


@settings(max_examples=60)
@given(models())
def test_it_is_a_lower_bound(model: Model) -> None:
    bounds = propagate(model)
    assume(isinstance(bounds, Bounds))
    assert isinstance(bounds, Bounds)
    try:
        answer = brute_force(model)
    except TooBigError:
        return
    if answer.objectives is not None:
        plain = makespan_lower_bound(model, bounds)
        assert plain <= makespan_lower_bound(model, bounds, probing=True) <= answer.objectives[0]


@given(st.lists(st.tuples(st.integers(0, 8), st.integers(0, 5), st.integers(0, 8)), max_size=6))
def test_one_machine_is_the_best_set(tasks: list[tuple[int, int, int]]) -> None:
    busy = [t for t in tasks if t[1]]
    sets = [c for size in range(1, len(busy) + 1) for c in combinations(busy, size)]
    want = max((min(h for h, _, _ in c) + sum(p for _, p, _ in c) + min(q for _, _, q in c) for c in sets), default=0)
    assert one_machine(*([t[k] for t in tasks] for k in range(3))) == want


def floor_of(m: Maker) -> int:
    model = m.model()
    bounds = propagate(model)
    assert isinstance(bounds, Bounds)
    return makespan_lower_bound(model, bounds)


def test_energy_over_a_calendar() -> None:
    m = Maker(100)
    crew = m.resource("crew", 3)
    m.open(crew, (10, 20), (30, 40), (50, 60))
    m.tasks_of("t", [2] * 20, uses={crew: 1})
    assert floor_of(m) == 34                    # 40 units at 3 a tick: 30 by 20, the rest in four more


def test_tails_count() -> None:
    m = Maker(100)
    saw = m.resource("saw")
    cuts = m.tasks_of("cut", [5] * 4, uses={saw: 1})
    dry = m.task("dry", 7)
    m.orders([(c, dry) for c in cuts], lo=2)
    assert floor_of(m) == 29


def test_exclusive_groups_count() -> None:
    m = Maker(100)
    tasks = m.tasks_of("t", [5, 6, 7], release=3)
    m.exclusive(tasks)
    assert floor_of(m) == 21


def test_tasks_that_need_more_than_half_never_meet() -> None:
    m = Maker(100)
    crew = m.resource("crew", 5)
    m.tasks_of("t", [4] * 5, uses={crew: 3})
    assert floor_of(m) == 20


@pytest.mark.parametrize("pausable", [False, True])
def test_no_tasks_and_no_work(pausable: bool) -> None:
    m = Maker(10)
    assert floor_of(m) == 0
    m.task("t", 0, release=4, pausable=pausable)
    assert floor_of(m) == 4
