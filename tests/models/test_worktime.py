"""Working-time arithmetic against counting tick by tick."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made import spans

from schedc.models.columns import SpanSets, ints
from schedc.models.worktime import Worktime

H = 24
SETS = st.lists(st.sets(st.integers(0, H - 1)), min_size=1, max_size=4)
ROWS = st.lists(st.tuples(st.integers(-1, 3), st.integers(0, H), st.integers(0, 9)), min_size=1, max_size=12)


def runs(ticks: set[int]) -> list[tuple[int, int]]:
    edges = [t for t in range(H + 1) if (t in ticks) != (t - 1 in ticks)]
    return list(zip(edges[::2], edges[1::2]))


def worktime(sets: list[set[int]]) -> Worktime:
    return Worktime(spans(*map(runs, sets)), H)


def closed_in(sets: list[set[int]], which: int) -> set[int]:
    return sets[which] if which >= 0 else set()


def asked(sets: list[set[int]], rows: list[tuple[int, int, int]]) -> tuple[list[set[int]], tuple[np.ndarray, ...]]:
    rows = [(w if w < len(sets) else -1, t, d) for w, t, d in rows]
    return [closed_in(sets, w) for w, _, _ in rows], tuple(ints(c) for c in zip(*rows))


@given(SETS, ROWS)
def test_pausable_arithmetic(sets: list[set[int]], rows: list[tuple[int, int, int]]) -> None:
    closed, (which, t, length) = asked(sets, rows)
    w = worktime(sets)
    later = [[x for x in range(200) if x not in c] for c in closed]
    assert w.worked(which, t).tolist() == [sum(x < at for x in o) for o, at in zip(later, t)]
    assert w.tick(which, length).tolist() == [o[k] for o, k in zip(later, length)]
    assert w.first_open(which, t).tolist() == [min(x for x in o if x >= at) for o, at in zip(later, t)]
    ends = [[x for x in o if x >= at][d - 1] + 1 if d else at for o, at, d in zip(later, t, length)]
    assert w.end_of(which, t, length).tolist() == ends
    before = [[x for x in range(-99, 200) if x not in c] for c in closed]
    starts = [[x for x in o if x < at][-d] if d else at for o, at, d in zip(before, t, length)]
    assert w.start_of(which, t, length).tolist() == starts


@given(SETS, ROWS)
def test_places_in_one_piece(sets: list[set[int]], rows: list[tuple[int, int, int]]) -> None:
    closed, (which, t, length) = asked(sets, rows)
    w = worktime(sets)
    fits = [min(s for s in range(at, 200) if not c & set(range(s, s + d))) for c, at, d in zip(closed, t, length)]
    assert w.next_fit(which, t, length).tolist() == fits
    last = [max(e for e in range(-99, at + 1) if not c & set(range(e - d, e))) for c, at, d in zip(closed, t, length)]
    assert w.last_fit(which, t, length).tolist() == last


@given(SETS)
def test_whole_sets(sets: list[set[int]]) -> None:
    w = worktime(sets)
    want = [max((hi - lo for lo, hi in runs(set(range(H)) - c)), default=0) for c in [*sets, set()]]
    assert w.longest_open.tolist() == want
    assert w.open_ticks.tolist() == [H - len(c) for c in [*sets, set()]]


def test_lengths_beyond_the_horizon() -> None:
    w = worktime([{3, 4}])
    one, far = ints([0]), ints([1 << 40])
    assert w.next_fit(one, ints([0]), far).tolist() == [5]
    assert w.end_of(one, ints([0]), far).tolist() == [(1 << 40) + 2]
    assert w.start_of(one, ints([H]), far).tolist() == [H - 2 - (1 << 40)]
    assert w.next_fit(one, far, ints([3])).tolist() == far.tolist()


def test_many_short_gaps_are_jumped_over() -> None:
    short = [(k, k + 1) for k in range(2, 4000, 2)]
    w = Worktime(spans([(0, 1)], short, []), 5000)
    which, t = ints([1, 1, 1, 0, 2]), ints([3, 3, 4500, 0, 7])
    assert w.next_fit(which, t, ints([2, 1, 2, 2, 2])).tolist() == [3999, 3, 4500, 1, 7]
    assert w.last_fit(which[:2], ints([3999, 3990]), ints([2, 1])).tolist() == [2, 3990]


def test_no_sets_at_all() -> None:
    w = Worktime(SpanSets(ints([0]), ints([]), ints([])), 10)
    which, t, length = ints([-1, -1]), ints([0, 4]), ints([3, 0])
    assert w.end_of(which, t, length).tolist() == [3, 4]
    assert w.start_of(which, t, length).tolist() == [-3, 4]
    assert w.next_fit(which, t, length).tolist() == w.last_fit(which, t, length).tolist() == [0, 4]


def test_longest_horizons_fit() -> None:
    far = 1 << 40
    w = Worktime(spans(*[[(10, far - 5)]] * 1000), far)
    assert w.end_of(ints([999]), ints([8]), ints([4])).tolist() == [far - 3]
    assert w.next_fit(ints([500]), ints([8]), ints([4])).tolist() == [far - 5]
    with pytest.raises(ValueError, match="too many"):
        Worktime(SpanSets(np.zeros((1 << 21) + 1, dtype=np.int64), ints([]), ints([])), far)
