"""Flow shops whose stages are pools of machines, by annealing over the order in which jobs enter the first stage.

A schedule is made of an order by list scheduling: the first stage takes the jobs in this order, each later one as they
arrive, always on the machine that is free first. Annealing (Kirkpatrick, Gelatt and Vecchi 1983) moves one job in the
order or exchanges two.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from schedc.compilers.shops.compiled import chance, compiled, draw
from schedc.compilers.shops.flow_places import Flow, Long, worth

COST, BEST, LEFT, LENGTH, WAY, BEST_WAY, CYCLE, TRIAL, STATE = range(9)


@compiled
def decode(
    flow: Flow, pools: Long, order: Long, ready: Long, row: Long, free: Long, begin: Long, backwards: bool,
) -> int:
    """The goal of an order; begin[j, k] becomes the start of job j in stage k.

    backwards: the last stage is the first, and begin counts from the end of all.
    """
    n, m = flow.p.shape
    for s in range(n):
        row[s] = order[s]
        ready[order[s]] = 0 if backwards else flow.release[order[s]]
    for step in range(m):
        k = m - 1 - step if backwards else step
        if step > 0:
            for s in range(1, n):
                x = row[s]
                r, t = ready[x], s
                while t > 0 and ready[row[t - 1]] > r:
                    row[t] = row[t - 1]
                    t -= 1
                row[t] = x
        c = pools[k]
        for i in range(c):
            free[i] = 0
        for s in range(n):
            x = row[s]
            lag = np.int64(0)
            if backwards and step > 0:
                lag = np.int64(flow.lag[x, k + 1])
            elif not backwards:
                lag = np.int64(flow.lag[x, k])
            first = 0
            for i in range(1, c):
                if free[i] < free[first]:
                    first = i
            start = max(free[first], ready[x] + lag)
            begin[x, k] = start
            free[first] = start + flow.p[x, k]
            ready[x] = free[first]
    total: Any = 0
    for j in range(n):
        total = max(total, ready[j]) if backwards else worth(flow, j, ready[j], total)
    return total


@compiled
def anneal(
    flow: Flow, pools: Long, order: Long, best: Long, ready: Long, row: Long, free: Long, begin: Long, state: Long,
    dice: NDArray[np.uint64], hot: float, cold: float, steps: int,
) -> None:
    """Goes on for so many moves. order, state[COST]: where it stands; best, state[BEST]: the best of all.

    state[LEFT]: moves left of a cycle of state[LENGTH]; the temperature falls from hot to cold over a cycle.
    """
    n = len(order)
    for _ in range(steps):
        if n < 2 or state[LEFT] <= 0:
            return
        heat = cold * (hot / cold) ** (state[LEFT] / state[LENGTH])
        state[LEFT] -= 1
        a, b = draw(dice, n), draw(dice, n - 1)
        b += 1 if b >= a else 0
        swap = draw(dice, 3) == 0
        _move(order, a, b, swap)
        cost = decode(flow, pools, order, ready, row, free, begin, state[WAY] == 1)
        worse = cost - state[COST]
        if worse <= 0 or chance(dice) < np.exp(-worse / heat):
            state[COST] = cost
            state[TRIAL] = min(state[TRIAL], cost)
            if cost < state[BEST]:
                state[BEST], state[BEST_WAY] = cost, state[WAY]
                best[:] = order
        elif swap:
            _move(order, a, b, swap)
        else:
            _move(order, b, a, swap)


@compiled
def _move(order: Long, a: int, b: int, swap: bool) -> None:
    """Exchanges two places, or takes what is at place a to place b."""
    x = order[a]
    if swap:
        order[a], order[b] = order[b], x
        return
    step = 1 if b > a else -1
    while a != b:
        order[a] = order[a + step]
        a += step
    order[b] = x
