"""Tabu search on machines and their orders where tasks have a choice of machines.

Beside the moves of `job_tabu`, a task of a longest path goes to another machine, between two tasks there that no path
through its job forbids: behind a if a starts before the job's next task ends, ahead of b if b ends after the job's
previous task starts (after Mastrolilli and Gambardella 2000, with the heads and tails as they stand). It is priced by
the longest path through it. A task does not go back to a machine that it has just left.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from schedc.compilers.shops.compiled import compiled, draw
from schedc.compilers.shops.flow_places import Long, Short
from schedc.compilers.shops.job_graph import Graph, back, forth, length, place
from schedc.compilers.shops.job_tabu import AGE, BEST, COST, STALE, _apply, _ban, _moves, critical


@compiled
def _option_tabu(banned: Short, option: int) -> int:
    """Where the table keeps until when an option must not be taken again."""
    return (option * 31337 + 12345) & (len(banned) - 1)


@compiled
def _elsewhere(
    g: Graph, ptr: Long, machine: Long, time: Long, option: Long, first: Short, x: int, choice: Long, banned: Short,
    state: Long, dice: NDArray[np.uint64],
) -> None:
    """Prices all places of a task on its other machines; choice[10:13]: cost, task, what is right before it (n for
    nothing); choice[13]: the option; choice[14]: how many are as good."""
    n = len(g.order)
    a, b = g.jp[x], g.js[x]
    head = max(np.int64(g.release[x]), np.int64(g.end[a] + g.lag[x]))
    tail = max(np.int64(g.tail[x]), np.int64(g.rest[b] + g.lag[b]))
    since = g.end[a] - g.time[a] if a < n else -1
    until = np.int64(g.end[b]) if b < n else np.int64(1) << 60
    for o in range(ptr[x], ptr[x + 1]):
        if o == option[x]:
            continue
        allowed = banned[_option_tabu(banned, o)] <= state[AGE]
        y, z = n, first[machine[o]]
        while True:
            if z == n or g.end[z] > since:
                early = np.int64(g.end[y]) if y < n else np.int64(0)
                late = np.int64(g.rest[z]) if z < n else np.int64(0)
                cost = max(head, early) + time[o] + max(tail, late)
                if cost <= choice[10] and (allowed or cost < state[BEST]):
                    choice[14] = 1 if cost < choice[10] else choice[14] + 1
                    if choice[14] == 1 or draw(dice, choice[14]) == 0:
                        choice[10], choice[11], choice[12], choice[13] = cost, x, y, o
            if z == n or g.end[z] - g.time[z] >= until:
                break
            y, z = z, g.ms[z]


@compiled
def topological(g: Graph, left: Short) -> bool:
    """Makes the order one of the graph, by counting predecessors; False where there is a cycle."""
    n = len(g.order)
    size = 0
    for x in range(n):
        left[x] = (1 if g.jp[x] < n else 0) + (1 if g.mp[x] < n else 0)
        if left[x] == 0:
            g.order[size], g.at[x] = x, size
            size += 1
    i = 0
    while i < size:
        x = g.order[i]
        i += 1
        for side in range(2):
            y = g.js[x] if side == 0 else g.ms[x]
            if y < n:
                left[y] -= 1
                if left[y] == 0:
                    g.order[size], g.at[y] = y, size
                    size += 1
    return size == n


@compiled
def _ranks(g: Graph, first: Short, m: int) -> None:
    x, k, n = first[m], 0, len(g.order)
    while x < n:
        g.rank[x] = k
        k += 1
        x = g.ms[x]


@compiled
def _insert(g: Graph, first: Short, x: int, m: int, y: int) -> None:
    """Puts a task on a machine right behind y (n: as its first)."""
    n = len(g.order)
    z = first[m] if y == n else g.ms[y]
    g.machine[x], g.mp[x], g.ms[x] = m, y, z
    if y < n:
        g.ms[y] = x
    else:
        first[m] = x
    if z < n:
        g.mp[z] = x
    _ranks(g, first, m)


@compiled
def _remove(g: Graph, first: Short, x: int) -> None:
    n, m = len(g.order), g.machine[x]
    y, z = g.mp[x], g.ms[x]
    if y < n:
        g.ms[y] = z
    else:
        first[m] = z
    if z < n:
        g.mp[z] = y
    _ranks(g, first, m)


@compiled
def _shift(
    g: Graph, machine: Long, time: Long, option: Long, first: Short, left: Short, x: int, y: int, o: int
) -> bool:
    """Gives a task another option, behind y; False, and nothing done, where that closes a cycle."""
    old, by = option[x], g.mp[x]
    _remove(g, first, x)
    _insert(g, first, x, machine[o], y)
    good = topological(g, left)
    if not good:
        _remove(g, first, x)
        _insert(g, first, x, machine[old], by)
        topological(g, left)
    else:
        option[x], g.time[x] = o, time[o]
    forth(g, 0)
    back(g, len(g.order) - 1)
    return good


@compiled
def settle(g: Graph, order: Short, machine: Long, time: Long, option: Long, first: Short, heads: Short) -> int:
    """Takes over an order and options; returns the goal."""
    n = len(order)
    for x in range(n):
        g.machine[x], g.time[x] = machine[option[x]], time[option[x]]
    place(g, order, heads)
    for m in range(len(first)):
        first[m] = n
    for x in range(n):
        if g.mp[x] == n:
            first[g.machine[x]] = x
    return length(g)


@compiled
def wander(
    g: Graph, ptr: Long, machine: Long, time: Long, option: Long, first: Short, left: Short, best: Short,
    chosen: Long, path: Short, heads: Long, choice: Long, banned: Short, state: Long, dice: NDArray[np.uint64],
    tenure: int, limit: int, steps: int,
) -> int:
    """Goes on for so many moves, or until `limit` moves brought nothing better or there is none; returns how many.

    best, chosen: the topological order and the options of the best solution of this run, state[BEST] its cost.
    """
    n = len(g.order)
    for done in range(steps):
        if state[STALE] >= limit:
            return done
        count = critical(g, state[COST], path, dice)
        _moves(g, path, count, heads, choice, banned, state, dice)
        choice[10], choice[14] = np.int64(1) << 60, 0
        for i in range(count):
            _elsewhere(g, ptr, machine, time, option, first, path[i], choice, banned, state, dice)
        if choice[9] == 0 and choice[14] == 0:
            state[STALE] = limit
            return done
        state[AGE] += 1
        state[STALE] += 1
        until = state[AGE] + tenure + draw(dice, 1 + tenure // 2)
        shift = choice[14] > 0 and (choice[4] == 0 or choice[10] < choice[0]
                                    or (choice[10] == choice[0] and draw(dice, 2) == 0))
        if shift:
            x, old = choice[11], option[choice[11]]
            if _shift(g, machine, time, option, first, left, x, choice[12], choice[13]):
                banned[_option_tabu(banned, old)] = until
        else:
            at = 1 if choice[4] > 0 else 6
            a, b, kind = choice[at], choice[at + 1], choice[at + 2]
            _ban(g, a, b, kind, banned, until)
            _apply(g, a, b, kind)
            m = g.machine[a]
            x = a
            while g.mp[x] < n:
                x = g.mp[x]
            first[m] = x
        state[COST] = length(g)
        if state[COST] < state[BEST]:
            state[BEST], state[STALE] = state[COST], 0
            for i in range(n):
                best[i] = g.order[i]
                chosen[i] = option[i]
    return steps
