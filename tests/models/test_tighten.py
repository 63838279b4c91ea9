"""What propagation makes of shared resources: never too much, by brute force, and what each rule is good for."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest
from made import Maker
from soundness import sound, text_model, tight_model

from schedc.models.bounds import Bounds, Conflict, propagate
from schedc.models.columns import Ints, ints
from schedc.models.disjunctive import FAR, Side, narrow
from schedc.models.expressions import Compare, Junction, Linear, Member, Operator, Point, Truth
from schedc.models.floor import makespan_lower_bound
from schedc.models.groups import CLIQUE
from schedc.models.statements import Require
from schedc.models.trees import sweep


@pytest.mark.parametrize("batch", range(6))
def test_no_schedule_is_cut_off_and_no_floor_too_high(batch: int) -> None:
    seen = {sound(tight_model(30 * batch + k)) for k in range(30)}
    seen |= {sound(model) for k in range(20) if (model := text_model(1000 + 20 * batch + k)) is not None}
    assert {"feasible", "refuted"} <= seen <= {"feasible", "infeasible", "refuted", "too big"}


def bounds_of(m: Maker, until: int | None = None) -> Bounds:
    found = propagate(m.model(), until=until)
    assert isinstance(found, Bounds)
    return found


def conflict_of(m: Maker, until: int | None = None) -> Conflict:
    found = propagate(m.model(), until=until)
    assert isinstance(found, Conflict)
    return found


# ---- groups ----


@pytest.mark.parametrize("seed", range(40))
def test_trees_say_what_arrays_say(seed: int) -> None:
    choice = Random(seed)
    size = choice.randint(2, 12)
    est = ints(choice.randint(0, 12) for _ in range(size))
    work = ints(choice.randint(1, 5) for _ in range(size))
    lct = est + work + ints(choice.randint(0, 3 * size) for _ in range(size))
    side = Side(est, lct, est + work + choice.randint(0, 1), lct - work, work)
    found = narrow(Side(*(column[None] for column in side)))
    new_est, _, over = sweep(*(column.tolist() for column in side))
    assert (found.overfull is None) == (over is None)
    if found.overfull is not None:
        assert over is not None
        since, to, total = over
        inside = (est >= since) & (lct <= to)
        assert work[inside].sum() >= total > to - since
        return
    late, early, _ = sweep(*((-column).tolist() for column in (lct, est, side.lst, side.ect)), work.tolist())
    assert found.est[0].tolist() == np.maximum(new_est, -np.array(early)).tolist()
    forth = sweep(*(column.tolist() for column in side))[1]
    assert found.lct[0].tolist() == np.minimum(forth, -np.array(late)).tolist()


def test_padding_has_no_say() -> None:
    est, lct, work = ints([0, 1, FAR]), ints([4, 9, FAR]), ints([4, 3, 0])
    found = narrow(Side(*(c[None] for c in (est, lct, ints([4, 4, -FAR]), ints([0, 6, FAR]), work))))
    assert found.est[0].tolist() == [0, 4, FAR]


def test_a_task_that_cannot_be_between_comes_last() -> None:
    m = Maker(40)
    press = m.resource("press")
    a = m.task("a", 4, uses={press: 1}, deadline=12)
    b = m.task("b", 5, uses={press: 1}, deadline=12)
    c = m.task("c", 4, uses={press: 1})
    found = bounds_of(m)
    assert found.earliest_start[[a, b, c]].tolist() == [0, 0, 9]       # edge finding: a and b fill what is before 12


def test_a_large_group_is_done_too() -> None:
    m = Maker(4000)
    press = m.resource("press")
    m.tasks_of("first", [3] * 400, uses={press: 1}, deadline=1202)
    last = m.task("last", 3, uses={press: 1})
    assert bounds_of(m).earliest_start[last] == 1200


def test_pauses_count_on_the_axis_of_open_time() -> None:
    m = Maker(60)
    press = m.resource("press")
    m.open(press, (0, 10), (20, 30), (40, 50))
    for k in range(2):
        m.task(f"a{k}", 6, uses={press: 1}, pausable=True, deadline=23)
    late = m.task("late", 4, uses={press: 1}, pausable=True)
    assert bounds_of(m).earliest_start[late] == 22      # twelve open ticks are gone by then


def test_who_may_work_in_a_pause_is_no_part_of_the_group() -> None:
    m = Maker(8)
    crew = m.resource("crew", 5)
    m.down(crew, (3, 6), leaving=3)
    m.task("long", 5, uses={crew: 4}, pausable=True, deadline=8)
    m.task("short", 3, uses={crew: 3})
    assert sound(m.model()) == "feasible"
    assert bounds_of(m, until=8).latest_end.tolist() == [8, 8]


def test_groups_over_several_resources() -> None:
    m = Maker(30)
    crew, crane, saw = (m.resource(name, 2) for name in ("crew", "crane", "saw"))
    a = m.task("a", 4, uses={crew: 2, crane: 1})
    b = m.task("b", 5, uses={crane: 2, saw: 1})
    c = m.task("c", 6, uses={saw: 2, crew: 1})
    found = conflict_of(m, until=14)
    assert found.overload is not None and found.overload.group == CLIQUE
    assert set(found.tasks) == {a, b, c}
    names = "`a`, `b` and `c`"
    assert found.reason == f"no two of the tasks fit together: {names} must work 15 between 0 and 14, and that is 14"


# ---- capacity ----


def test_a_task_avoids_what_is_held_for_certain() -> None:
    m = Maker(20)
    crew = m.resource("crew", 3)
    m.task("fixed", 5, uses={crew: 2}, release=2, deadline=8)        # holds two of them from 3 to 7
    other = m.task("other", 4, uses={crew: 2}, release=1)
    assert bounds_of(m).earliest_start[other] == 7


def test_what_is_held_for_certain_is_too_much() -> None:
    m = Maker(20)
    crew = m.resource("crew", 5)
    for k in range(3):
        m.task(f"t{k}", 5, uses={crew: 2}, release=2, deadline=8)
    found = conflict_of(m)
    assert found.overload is not None and found.overload.need > found.overload.room
    assert found.reason.startswith("`crew` has too much to do: `t0`, `t1` and `t2` need ")
    assert {"resource crew", "uses 0", "release", "deadline"} <= {o.what for o in found.origins}


def test_energy_moves_ends() -> None:
    m = Maker(20)
    crew = m.resource("crew", 2)
    m.tasks_of("t", [3] * 4, uses={crew: 1}, deadline=7)
    late = m.task("late", 6, uses={crew: 1})
    # until 7 there are 14 units, the four take 12: two ticks are left for the fourth, which does four behind
    assert bounds_of(m).earliest_end[late] == 11


def test_energy_over_a_calendar() -> None:
    m = Maker(40)
    crew = m.resource("crew", 4)
    m.open(crew, (0, 8), (16, 24))
    m.tasks_of("t", [4] * 9, uses={crew: 2}, release=1, deadline=23, pausable=True)
    found = conflict_of(m)
    assert "`crew` has too much to do" in found.reason
    assert found.overload is not None and (found.overload.need, found.overload.room) == (72, 56)


# ---- conditions ----


def require(m: Maker, *terms: tuple[Point, int, int], const: int = 0, op: Operator = Operator.LE) -> Truth:
    """`sum of coef * point(task) + const op 0`, as a statement of the model."""
    left = Linear(
        ints([const]), ints([0] * len(terms)), ints(p for p, _, _ in terms), ints(t for _, t, _ in terms),
        ints(c for _, _, c in terms),
    )
    m.relations.append(Require(m._at("require"), Compare(op, left)))
    return m.relations[-1].condition


@pytest.mark.parametrize(
    ("coef", "const", "op", "window"),
    [
        (1, -7, Operator.LE, (0, 7)), (1, -7, Operator.LT, (0, 6)), (2, -7, Operator.LE, (0, 3)),
        (1, -7, Operator.GE, (7, 17)), (2, -7, Operator.GT, (4, 17)), (-2, 7, Operator.LE, (4, 17)),
        (-2, 7, Operator.GE, (0, 3)), (1, -7, Operator.EQ, (7, 7)), (1, -7, Operator.NE, (0, 17)),
    ],
)
def test_conditions_on_one_start(coef: int, const: int, op: Operator, window: tuple[int, int]) -> None:
    m = Maker(20)
    t = m.task("t", 3)
    require(m, (Point.START, t, coef), const=const, op=op)
    found = bounds_of(m)
    assert (found.earliest_start[t], found.latest_start[t]) == window
    assert (found.earliest_end[t], found.latest_end[t]) == (window[0] + 3, window[1] + 3)


@pytest.mark.parametrize(("coef", "const", "op", "start"), [
    (1, 2, Operator.LE, 6), (-1, -2, Operator.GE, 6), (2, 3, Operator.LE, 6), (1, 2, Operator.LT, 7),
    (1, 2, Operator.EQ, 6),
])
def test_conditions_on_two_instants(coef: int, const: int, op: Operator, start: int) -> None:
    m = Maker(20)
    a, b = m.task("a", (3, 5), release=1), m.task("b", 2)
    require(m, (Point.END, a, coef), (Point.START, b, -coef), const=const, op=op)
    found = bounds_of(m)
    assert found.earliest_start[b] == start
    assert found.latest_end[a] == 20 - 2 - (start - 4)


def test_only_conditions_that_hold_by_themselves_count() -> None:
    m = Maker(20)
    t = m.task("t", 3)
    early, late = require(m, (Point.START, t, 1), const=-2), require(m, (Point.START, t, -1), const=9)
    one, none = ints([0]), ints([0])
    members = (Member(one, early, none), Member(one, late, none))
    m.relations[:] = [Require(m._at("require"), Junction("or", 1, members))]
    assert bounds_of(m).latest_start[t] == 17
    m.relations[:] = [Require(m._at("require"), Junction("and", 1, members))]
    found = conflict_of(m)
    assert found.reason == "`t` cannot start before 9 and must start by 2"
    assert m.relations[0].origin in found.origins


# ---- floors ----


def test_a_floor_by_refutation() -> None:
    m = Maker(30)
    crew, crane, saw = (m.resource(name, 2) for name in ("crew", "crane", "saw"))
    for k, (one, two) in enumerate(((crew, crane), (crane, saw), (saw, crew))):
        m.task(f"t{k}", 4 + k, uses={one: 2, two: 1})
    model, bounds = m.model(), bounds_of(m)
    assert makespan_lower_bound(model, bounds) == 9         # each resource by itself
    assert makespan_lower_bound(model, bounds, probing=True) == 15
    assert makespan_lower_bound(model, bounds) == 15        # remembered


def test_an_incumbent_closes_windows() -> None:
    m = Maker(500)
    press = m.resource("press")
    tasks = m.tasks_of("t", [5] * 6, uses={press: 1})
    last = m.task("last", 4)
    m.orders([(t, last) for t in tasks])
    found = bounds_of(m, until=34)
    assert (found.latest_end[last], found.latest_end[tasks].max()) == (34, 30)
    assert isinstance(propagate(m.model(), until=33), Conflict)


def widths(found: Bounds) -> Ints:
    """Room for each start."""
    return found.latest_start - found.earliest_start


def test_asking_for_less_never_widens() -> None:
    model = tight_model(7)
    all_ = propagate(model)
    if isinstance(all_, Bounds):
        for until in range(model.horizon, 0, -1):
            asked = propagate(model, until=until)
            if isinstance(asked, Conflict):
                break
            assert (widths(asked) <= widths(all_)).all()
