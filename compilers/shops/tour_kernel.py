"""Shortest tours through cities with different distances there and back, by iterated local search.

The move is the exchange of two neighbouring parts of the tour, the one exchange of three arcs that turns nothing round
(Kanellakis and Papadimitriou 1980): x -> x', y -> y', z -> z' in this cyclic order become x -> y', z -> x', y -> z'. It
is looked for among near neighbours from cities whose surroundings changed. A tour is shaken by a random exchange of
small parts, repaired, and given up if it became longer by more than chance allows (Martin, Otto and Felten 1991).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from schedc.compilers.shops.compiled import chance, compiled, draw
from schedc.compilers.shops.flow_places import Long, Short

COST, BEST, STATE = range(3)


@compiled
def tour_cost(far: Short, tour: Short) -> int:
    """The length of a tour."""
    n, total = len(tour), 0
    for i in range(n):
        total += far[tour[i], tour[(i + 1) % n]]
    return total


@compiled
def _exchange(tour: Short, at: Short, spare: Short, i: int, j: int, k: int) -> None:
    """Exchanges the parts i+1 .. j and j+1 .. k of the tour, places counted round."""
    n = len(tour)
    first, second = (j - i + n) % n, (k - j + n) % n
    rest = n - first - second
    if rest < first and rest < second:
        # the same tour: exchange the rest with the shorter of the two
        if first < second:
            i, j, k, first, second = k, i, j, rest, first
        else:
            i, j, k, first, second = j, k, i, second, rest
    elif rest < first:
        i, j, k, first, second = j, k, i, second, rest
    elif rest < second:
        i, j, k, first, second = k, i, j, rest, first
    for s in range(first):
        spare[s] = tour[(i + 1 + s) % n]
    p = (i + 1) % n
    q = (j + 1) % n
    for _ in range(second):
        x = tour[q]
        tour[p], at[x] = x, p
        p = p + 1 if p + 1 < n else 0
        q = q + 1 if q + 1 < n else 0
    for s in range(first):
        x = spare[s]
        tour[p], at[x] = x, p
        p = p + 1 if p + 1 < n else 0


@compiled
def _push(queue: Short, waits: Short, size: int, x: int) -> int:
    if waits[x]:
        return size
    waits[x] = 1
    queue[size] = x
    return size + 1


@compiled
def _repair(
    far: Short, out: Short, into: Short, tour: Short, at: Short, spare: Short, queue: Short, waits: Short, size: int
) -> int:
    """Improves from the cities in the queue until none is left; returns the change of length."""
    n, near, change = len(tour), out.shape[1], 0
    while size > 0:
        size -= 1
        x = queue[size]
        waits[x] = 0
        i = at[x]
        x2 = tour[(i + 1) % n]
        now = far[x, x2]
        gain, bj, bk = 0, -1, -1
        for a in range(near):
            y2 = out[x, a]
            first = now - far[x, y2]
            if first <= 0:
                break
            j = at[y2] - 1 if at[y2] > 0 else n - 1
            if j == i:
                continue
            y = tour[j]
            second = first + far[y, y2]
            span = j - i if j > i else j - i + n
            for b in range(near):
                z = into[x2, b]
                third = second - far[z, x2]
                if third <= 0:
                    break
                k = at[z]
                if (k - i if k >= i else k - i + n) <= span or k == i:
                    continue
                z2 = tour[(k + 1) % n]
                total = third + far[z, z2] - far[y, z2]
                if total > gain:
                    gain, bj, bk = total, j, k
        if gain > 0:
            y, y2, z, z2 = tour[bj], tour[(bj + 1) % n], tour[bk], tour[(bk + 1) % n]
            _exchange(tour, at, spare, i, bj, bk)
            change -= gain
            for city in (x2, y, y2, z, z2, x):
                size = _push(queue, waits, size, city)
    return change


@compiled
def _shake(
    far: Short, tour: Short, at: Short, spare: Short, queue: Short, waits: Short, dice: NDArray[np.uint64]
) -> tuple[int, int]:
    """Exchanges two short neighbouring parts at random; returns the change of length and how many cities wait."""
    n = len(tour)
    most = max(1, min(30, (n - 1) // 3))
    i = draw(dice, n)
    j = (i + 1 + draw(dice, most)) % n
    k = (j + 1 + draw(dice, most)) % n
    x, x2, y, y2 = tour[i], tour[(i + 1) % n], tour[j], tour[(j + 1) % n]
    z, z2 = tour[k], tour[(k + 1) % n]
    change = far[x, y2] + far[z, x2] + far[y, z2] - far[x, x2] - far[y, y2] - far[z, z2]
    _exchange(tour, at, spare, i, j, k)
    size = 0
    for city in (x, x2, y, y2, z, z2):
        size = _push(queue, waits, size, city)
    return change, size


@compiled
def travel(
    far: Short, out: Short, into: Short, tour: Short, at: Short, now: Short, best: Short, spare: Short, queue: Short,
    waits: Short, state: Long, dice: NDArray[np.uint64], heat: float, steps: int,
) -> None:
    """Goes on for so many shakes. now, state[COST]: the tour accepted last; best, state[BEST]: the best of all."""
    n = len(tour)
    for _ in range(steps):
        if n < 4:
            return
        change, size = _shake(far, tour, at, spare, queue, waits, dice)
        change += _repair(far, out, into, tour, at, spare, queue, waits, size)
        if change <= 0 or chance(dice) < np.exp(-change / heat):
            state[COST] += change
            now[:] = tour
            if state[COST] < state[BEST]:
                state[BEST] = state[COST]
                best[:] = tour
        else:
            for i in range(n):
                tour[i] = now[i]
                at[now[i]] = i


@compiled
def settle(
    far: Short, out: Short, into: Short, tour: Short, at: Short, spare: Short, queue: Short, waits: Short
) -> None:
    """Places from the tour, and local search from every city."""
    n, size = len(tour), 0
    for i in range(n):
        at[tour[i]] = i
        waits[i] = 0
    for i in range(n - 1, -1, -1):
        size = _push(queue, waits, size, tour[i])
    if n > 3:
        _repair(far, out, into, tour, at, spare, queue, waits, size)
