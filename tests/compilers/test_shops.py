"""Searches for pure sequences: what they are made for, what they find, and that they go on where they were."""

from __future__ import annotations

import random
from functools import cache

import numpy as np
import pytest

import schedc
from schedc.compilers.shops import improver
from schedc.compilers.shops.counted import ShopImprover
from schedc.models.model import Model
from schedc.models.verify import verify


def _table(dice: random.Random, jobs: int, machines: int, least: int = 1) -> list[list[int]]:
    return [[dice.randint(least, 9) for _ in range(machines)] for _ in range(jobs)]


def _grid(work: list[list[int]], extra: str = "") -> str:
    rows = "; ".join(f"{j}, {k}, {d}" for j, row in enumerate(work, 1) for k, d in enumerate(row, 1))
    return f"table work key j, k {{ j: int, k: int, d: int }} rows {{ {rows} }}\n{extra}"


def _flow(seed: int, jobs: int, machines: int, rest: str, use: str = "", lag: str = "", capacity: str = "") -> str:
    work = _table(random.Random(seed), jobs, machines)
    chain = f"order op[j, k] -> op[j, k + 1]{lag} for j in 1 .. {jobs}, k in 1 .. {machines - 1}\n"
    return _grid(work) + (
        f"resource machine[k in 1 .. {machines}]{capacity}\n"
        f"task op[j in 1 .. {jobs}, k in 1 .. {machines}] lasts work[j, k].d uses machine[k]{use}\n"
    ) + (chain if machines > 1 else "") + rest.format(n=jobs, m=machines)


_ORDER = "permutation op[*, k], op[*, k + 1] for k in 1 .. {m} - 1\n"


def _due(seed: int, jobs: int) -> str:
    dice = random.Random(seed)
    rows = "; ".join(f"{j}, {dice.randint(5, 25)}, {dice.randint(1, 4)}" for j in range(1, jobs + 1))
    return f"table jobs key j {{ j: int, due: int, weight: int }} rows {{ {rows} }}\n"


def _changes(seed: int, jobs: int, machines: int) -> str:
    dice = random.Random(seed)
    rows = "; ".join(
        f"{k}, {a}, {b}, {dice.randint(0, 6)}"
        for k in range(1, machines + 1) for a in range(1, jobs + 1) for b in range(1, jobs + 1) if a != b
    )
    return f"table swap key k, a, b {{ k: int, a: int, b: int, time: int }} rows {{ {rows} }}\n"


def _job_shop(seed: int, jobs: int, machines: int, goal: str = "minimize makespan\n") -> str:
    dice = random.Random(seed)
    work = _table(dice, jobs, machines)
    text = f"resource machine[k in 1 .. {machines}]\n"
    for j, row in enumerate(work, 1):
        way = dice.sample(range(1, machines + 1), machines)
        text += "".join(f"task a{j}_{k} lasts {d} uses machine[{k}]\n" for k, d in zip(way, row))
        text += f"order {' -> '.join(f'a{j}_{k}' for k in way)}\n"
    return text + goal


def _flexible(seed: int, jobs: int, steps: int, machines: int) -> str:
    dice = random.Random(seed)
    text = f"resource machine[k in 1 .. {machines}]\n"
    for j in range(1, jobs + 1):
        for s in range(1, steps + 1):
            modes = "".join(
                f" mode m{k} {{ lasts {dice.randint(1, 9)} uses machine[{k}] }}"
                for k in sorted(dice.sample(range(1, machines + 1), 2))
            )
            text += f"task a{j}_{s}{modes}\n"
        text += f"order {' -> '.join(f'a{j}_{s}' for s in range(1, steps + 1))}\n"
    return text + "minimize makespan\n"


_TOTAL = "minimize sum(end(op[j, {m}]) for j in 1 .. {n})\n"
_TARDY = "minimize sum(jobs[j].weight * max(0, end(op[j, {m}]) - jobs[j].due) for j in 1 .. {n})\n"
_SPAN = "minimize makespan\n"
_SHOPS = {
    "permutation": ("flow", lambda s: _flow(s, 5, 3, _ORDER + _SPAN)),
    "completion": ("flow", lambda s: _flow(s, 5, 3, _ORDER + _TOTAL)),
    "tardiness": ("flow", lambda s: _due(s, 5) + _flow(s, 5, 3, _ORDER + _TARDY)),
    "setups": ("flow", lambda s: _changes(s, 4, 2) + _flow(s, 4, 2, _ORDER + _SPAN, " at j").replace(
        "machine[k in 1 .. 2]", "machine[k in 1 .. 2] change swap[k, *, *].time")),
    "one machine": ("flow", lambda s: _due(s, 6) + _flow(s, 6, 1, _TARDY)),
    "lags": ("flow", lambda s: _flow(s, 5, 3, _ORDER + _SPAN, lag=" after j")),
    "no-wait": ("tour", lambda s: _flow(s, 6, 3, _SPAN, lag=" after 0 .. 0")),
    "own orders": ("relay", lambda s: _flow(s, 4, 4, _SPAN)),
    "job shop": ("jobs", lambda s: _job_shop(s, 4, 4)),
    "released": ("jobs", lambda s: _job_shop(s, 3, 4).replace("lasts", "release 3 lasts", 1)),
    "pools": ("pools", lambda s: _flow(s, 6, 2, _SPAN, capacity=" capacity 1 + k")),
    "flexible": ("flexible", lambda s: _flexible(s, 4, 3, 3)),
    "parallel": ("flexible", lambda s: _flexible(s, 7, 1, 3).replace("order a", "# a")),
    "members": ("flexible", lambda s: _flexible_members(s)),
}


def _flexible_members(seed: int) -> str:
    dice = random.Random(seed)
    text = "resource machine[k in 1 .. 3]\n"
    text += "".join(f"task a{j} lasts {dice.randint(1, 9)} uses 1 of machine\n" for j in range(1, 7))
    return text + "order a1 -> a2 -> a3\nminimize makespan\n"


@cache
def _model(kind: str, seed: int) -> Model:
    return schedc.loads(_SHOPS[kind][1](seed)).model


def _search(model: Model, seed: int = 1) -> ShopImprover:
    found = improver(model, seed)
    assert isinstance(found, ShopImprover)
    return found


@pytest.mark.parametrize("kind", _SHOPS)
@pytest.mark.parametrize("seed", range(3))
def test_the_judge_accepts_with_the_value_that_the_search_computed(kind: str, seed: int) -> None:
    model = _model(kind, seed)
    search = _search(model)
    assert search.name == _SHOPS[kind][0]
    for _ in range(3):
        schedule = search.step(None, 0.02, lambda: False)
        assert schedule is not None
        verdict = verify(model, schedule)
        assert verdict.holds, verdict.violations
        assert verdict.objectives[0] == search.value
        assert search.value == search.goal.value(schedule.end) + search.goal.shift


@pytest.mark.parametrize("kind", _SHOPS)
def test_a_tiny_shop_is_solved_to_the_optimum(kind: str) -> None:
    model = _model(kind, 5)
    plan = schedc.loads(_SHOPS[kind][1](5)).solve(solver="cpsat", time=10, workers=1)
    assert plan.status == "optimal"
    schedule = _search(model).step(None, 0.2, lambda: False)
    assert schedule is not None
    assert verify(model, schedule).objectives == verify(model, plan.schedule).objectives


@pytest.mark.parametrize("kind", _SHOPS)
def test_a_seed_gives_the_same_schedules(kind: str) -> None:
    first, second = _search(_model(kind, 1), 3), _search(_model(kind, 1), 3)
    for _ in range(2):
        a, b = first.step(None, 0.01, lambda: False), second.step(None, 0.01, lambda: False)
        assert a is not None and b is not None
        assert np.array_equal(a.start, b.start) and np.array_equal(a.end, b.end)


@pytest.mark.parametrize("kind", _SHOPS)
def test_what_is_recalled_goes_on_as_if_nothing_had_happened(kind: str) -> None:
    model = _model(kind, 2)
    first = _search(model, 4)
    first.step(None, 0.01, lambda: False)
    second = _search(model, 9)
    second.recall(first.memory())
    for search in (first, second):
        search.step(None, 0.01, lambda: False)
    one, other = first.memory(), second.memory()
    assert one.keys() == other.keys()
    assert all(np.array_equal(one[name], other[name]) for name in one)


@pytest.mark.parametrize("kind", _SHOPS)
def test_a_known_schedule_is_not_lost(kind: str) -> None:
    model = _model(kind, 7)
    good = _search(model, 1)
    known = good.step(None, 0.1, lambda: False)
    assert known is not None
    again = _search(model, 2)
    schedule = again.step(known, 0.0, lambda: True)
    assert schedule is not None
    assert verify(model, schedule).holds
    assert verify(model, schedule).objectives[0] <= verify(model, known).objectives[0]


def test_a_memory_of_another_search_is_refused() -> None:
    with pytest.raises(ValueError, match="another search"):
        _search(_model("job shop", 1)).recall(_search(_model("no-wait", 1)).memory())
    with pytest.raises(ValueError, match="another search"):
        _search(_model("job shop", 1)).recall({})


def test_the_entry_is_a_function_whatever_was_imported_before() -> None:
    import schedc.compilers.shops as folder

    _search(_model("job shop", 1))
    assert callable(folder.improver) and folder.improver(_model("job shop", 1), 1) is not None


def test_a_search_that_is_stopped_does_nothing() -> None:
    assert _search(_model("job shop", 1)).step(None, 10.0, lambda: True) is None


@pytest.mark.parametrize("line", [
    "require start(op[1, 2]) >= end(op[1, 1]) + 2",
    "downtime machine[1] during 3 .. 5",
    "task more optional lasts 1 uses machine[1]",
    "task late lasts 1 uses machine[1] deadline 9",
    "task wide lasts 1 .. 3 uses machine[1]",
    "task two lasts 1 uses machine[1], machine[2]",
    "order op[2, 2] -> op[1, 1]",
    "order op[1, 1] -> op[1, 3] after 1 .. 5",
    "permutation op[*, 1], op[*, 2]",
])
def test_what_a_shop_does_not_know_is_left_to_others(line: str) -> None:
    text = _flow(1, 3, 3, _SPAN) + f"time for 200\n{line}\n"
    assert improver(schedc.loads(text).model, 1) is None


@pytest.mark.parametrize("goal", [
    "maximize makespan", "minimize end(op[1, 1]) - end(op[2, 1])", "minimize max(0, start(op[1, 1]) - 3) - makespan",
    "minimize abs(start(op[1, 1]) - 5)",
])
def test_goals_that_are_not_regular_are_left_to_others(goal: str) -> None:
    text = _flow(1, 3, 3, f"{goal}\n") + "time for 200\n"
    assert improver(schedc.loads(text).model, 1) is None


def test_a_horizon_that_no_schedule_meets_gives_none() -> None:
    text = _flow(1, 4, 3, _ORDER + _SPAN) + "time for 12\n"
    assert _search(schedc.loads(text).model).step(None, 0.05, lambda: False) is None


@pytest.mark.parametrize("seed", range(2))
def test_stretches_shorten_a_simulated_schedule(seed: int) -> None:
    from schedc.compilers.shops.large import LargeSearch
    from schedc.compilers.shops.recognise import shop_of

    model = schedc.loads(_job_shop(seed, 30, 10)).model
    shop = shop_of(model)
    assert shop is not None
    search = LargeSearch(shop, seed)
    search.advance(12)
    simulated = search.cost
    search.advance(4)
    verdict = verify(model, search.schedule())
    assert simulated is not None and search.cost is not None
    assert verdict.holds and verdict.objectives[0] == search.cost < simulated
