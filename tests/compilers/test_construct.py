"""Construction: the profile against a naive one, and schedules of each construct."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made import Maker

from schedc.compilers.construct import construct
from schedc.compilers.construct import profile as profiles
from schedc.compilers.construct.instance import instance_of, mirrored
from schedc.compilers.construct.profile import NEVER, Profile
from schedc.compilers.measure import costs
from schedc.compilers.windows import windows
from schedc.dsl.load import load_text
from schedc.models.diagnostics import Findings
from schedc.models.expressions import Point
from schedc.models.model import Model
from schedc.models.schedule import Schedule
from schedc.models.verify import verify


def built(model: Model, seed: int = 0) -> Schedule:
    """The constructed schedule; it must hold."""
    found = construct(model, windows(model), seed)
    assert found is not None
    assert verify(model, found).holds
    return found


# the profile

_moves = st.lists(
    st.tuples(st.integers(0, 40), st.integers(1, 12), st.integers(1, 4), st.booleans()), min_size=1, max_size=40
)


def _naive_fit(free: list[int], since: int, length: int, demand: int) -> int:
    return next(s for s in range(since, len(free)) if min(free[s : s + length]) >= demand)


@given(_moves, st.sampled_from([2, 3, 256]))
def test_profile_like_a_list_of_ticks(moves: list[tuple[int, int, int, bool]], chunk: int) -> None:
    """Every fit is the first one, every clash the last one, and what is taken is gone, across chunks too."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(profiles, "_CHUNK", chunk)
        profile, free = Profile([0, 5, 9], [4, 2, 4]), [4] * 5 + [2] * 4 + [4] * 1000
        for since, length, demand, taken in moves:
            start = profile.fit(since, length, demand)
            assert start == _naive_fit(free, since, length, demand)
            low = [t for t in range(since, since + length) if free[t] < demand]
            clash = profile.clash(since, since + length, demand)
            assert (clash < 0) == (not low)
            if low:
                assert low[-1] < clash <= since + length
                assert all(free[t] < demand for t in range(low[-1], clash))
            if taken:
                profile.take(start, start + length, demand)
                free[start : start + length] = [f - demand for f in free[start : start + length]]


def test_profile_without_room() -> None:
    assert Profile([0], [3]).fit(0, 2, 4) == NEVER


# schedules

def test_unit_tasks_fill_the_resource() -> None:
    m = Maker(200)
    m.tasks_of("t", [1] * 1000, uses={m.resource("r", 10): 1})
    m.makespan()
    assert built(m.model()).end.max() == 100


def test_gaps_are_filled_on_a_unary_resource() -> None:
    m = Maker(100)
    saw = m.resource("saw")
    m.open(saw, (0, 5), (7, 12), (20, 30))
    m.tasks_of("t", [5, 4, 1, 3], uses={saw: 1})
    m.makespan()
    assert built(m.model()).end.max() == 23


def test_pausable_tasks_go_round_downtime() -> None:
    m = Maker(100)
    saw, crew = m.resource("saw"), m.resource("crew", 2)
    m.down(saw, (2, 4))
    m.down(crew, (6, 7), leaving=1)
    m.tasks_of("cut", [4, 4], uses={saw: 1, crew: 1}, pausable=True)
    m.task("big", 3, uses={crew: 2}, pausable=True)
    m.makespan()
    assert built(m.model()).end.max() <= 15


def test_orders_on_all_anchors_and_greatest_lags() -> None:
    m = Maker(100)
    saw = m.resource("saw")
    a, b, c, d = m.tasks_of("t", [5, 2, 7, 3], uses={saw: 1})
    m.order(a, b, 1, 3)
    m.order(b, c, 4, None, (Point.START, Point.START))
    m.order(c, d, 0, None, (Point.END, Point.END))
    m.order(a, d, 12, None, (Point.START, Point.END))
    m.makespan()
    built(m.model())


def test_a_greatest_lag_pulls_the_first_task_along() -> None:
    """b can only start at 20, and a must end at most 2 before it."""
    m = Maker(100)
    a, b = m.task("a", 3), m.task("b", 2, release=20)
    m.order(a, b, 0, 2)
    m.makespan()
    assert built(m.model()).end.tolist() == [18, 22]


def test_windows_releases_and_exclusions() -> None:
    m = Maker(60)
    a = m.task("a", 4, within=[[(0, 3), (10, 16)]])
    b = m.task("b", 4, release=9, deadline=40)
    c = m.task("c", 0)
    m.exclusive([a, b, c])
    m.order(a, c)
    m.makespan()
    assert built(m.model()).end.max() == 18       # b at 9 would leave no place for a


def test_the_shortest_of_a_range_is_taken() -> None:
    m = Maker(60)
    m.task("a", (2, 8))
    m.makespan()
    assert built(m.model()).length.tolist() == [2]


def test_nothing_is_returned_that_breaks_a_condition() -> None:
    """A goal that wants everything late is served by the schedule built from the end."""
    m = Maker(50)
    a = m.task("a", 5, uses={m.resource("r"): 1})
    m.goal([(Point.START, a, 1)], minimize=False)
    assert built(m.model()).start.tolist() == [45]


def test_what_does_not_fit_gives_none() -> None:
    m = Maker(5)
    m.tasks_of("t", [3, 3], uses={m.resource("r"): 1})
    model = m.model()
    assert construct(model, windows(model)) is None


def test_cancelled_construction_gives_up() -> None:
    m = Maker(5000)
    m.tasks_of("t", [3] * 1000, uses={m.resource("r"): 1})
    model = m.model()
    assert construct(model, windows(model), cancelled=lambda: True) is None


def test_the_same_seed_builds_the_same() -> None:
    chance = np.random.default_rng(3)
    m = Maker(2000)
    own = [m.resource(f"r{k}") for k in range(4)]
    for j in range(8):
        tasks = [m.task(f"t{j}_{k}", int(chance.integers(1, 20)), uses={own[k]: 1}) for k in chance.permutation(4)]
        m.orders(list(pairwise(tasks)))
    m.makespan()
    model = m.model()
    assert built(model, 5).start.tolist() == built(model, 5).start.tolist()


def test_the_mirror_of_the_mirror_is_the_instance() -> None:
    m = Maker(40)
    saw = m.resource("saw")
    m.down(saw, (3, 6), (20, 25))
    a = m.task("a", 3, uses={saw: 1}, pausable=True, within=[[(1, 9), (12, 30)]])
    b = m.task("b", 4, uses={saw: 1}, release=2)
    m.order(a, b, 1, 9)
    model = m.model()
    first = instance_of(model, windows(model))
    again = mirrored(mirrored(first))
    assert again.profiles == first.profiles
    assert again.ranges == first.ranges
    assert again.within == first.within
    assert again.latest_end == first.latest_end
    assert [c.tolist() for c in again.arcs] == [c.tolist() for c in first.arcs]


SKILLS = """resource person[i in 1 .. 4]
task a  lasts 3  uses 1 of person[i] for i in { 1, 2 }  uses 2 of person[i] for i in 1 .. 3
task b  lasts 2  uses 1 of person[i] for i in { 3, 4 }
minimize makespan
"""


def loaded(text: str) -> Model:
    """The model of a text without errors."""
    findings = Findings()
    model = load_text(text, {}, {}, findings)
    findings.check()
    assert model is not None
    return model


def test_members_are_told_apart() -> None:
    """Three of three people on one task, in the only way that works, and the fourth on the other at once."""
    found = built(loaded(SKILLS))
    assert found.start.tolist() == [0, 0]
    assert found.member is not None and int(found.member.sum()) == 4


def test_each_task_takes_the_mode_in_which_it_ends_first() -> None:
    text = """resource m[i in 1 .. 2]
task t[j in 1 .. 4] mode on[i in 1 .. 2] { lasts 2 * i uses m[i] }
minimize makespan
"""
    found = built(loaded(text))
    assert int(found.end.max()) == 6 and found.mode is not None
    assert sorted(found.length.tolist()) == [2, 2, 2, 4]


def test_weights_and_due_dates_order_the_tasks() -> None:
    """Smith's rule is optimal for weighted completion, earliest due date for the greatest lateness."""
    length, weight = [7, 2, 5, 3, 6, 1, 4, 8, 2], [1, 9, 4, 4, 2, 3, 8, 5, 1]
    rows = "; ".join(f"{j}, {p}, {w}" for j, (p, w) in enumerate(zip(length, weight)))
    text = f"""table jobs key j {{ j: int, dur: int, weight: int }} rows {{ {rows} }}
resource machine
task t[j in jobs] lasts j.dur uses machine
minimize sum(j.weight * end(t[j]) for j in jobs)
"""
    now, best = 0, 0
    for _, p, w in sorted((p / w, p, w) for p, w in zip(length, weight)):
        now += p
        best += w * now
    model = loaded(text)
    assert costs(model, built(model)) == (best,)


def test_tasks_at_fixed_distances_are_placed_together() -> None:
    text = """resource m[k in 1 .. 3]
task op[j in 1 .. 6, k in 1 .. 3] lasts 1 + abs(j - 2 * k) uses m[k]
order op[j, k] -> op[j, k + 1] after 0 .. 0 for j in 1 .. 6, k in 1 .. 2
minimize makespan
"""
    found = built(loaded(text))
    assert np.array_equal(found.end.reshape(6, 3)[:, :-1], found.start.reshape(6, 3)[:, 1:])
