"""Tabu search on the orders of machines, for the makespan and other latest ends.

The neighbourhood is N7 of Zhang, Li, Guan and Rao (2007): a task of a critical block goes to one of the block's ends,
or one of its ends into it, where tails or heads show that no cycle can arise (Balas and Vazacopoulos 1998, whose
estimate prices a move in the length of the block). Tabu is what would turn a pair of tasks back that was turned lately
(after Nowicki and Smutnicki 1996); pairs are kept in a table without regard to collisions, so that a wrong refusal is
possible and harmless.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from schedc.compilers.shops.compiled import compiled, draw
from schedc.compilers.shops.flow_places import Long, Short
from schedc.compilers.shops.job_graph import Graph, ahead, back, behind, forth, length

AGE, STALE, COST, BEST, RUN, STATE = range(6)
_STRIDE = 7919


@compiled
def _pair(banned: Short, first: int, second: int) -> int:
    """Where the table keeps until when `first` must not go before `second` again; pairs may share a place."""
    return (first * _STRIDE + second) & (len(banned) - 1)


@compiled
def critical(g: Graph, most: int, path: Short, dice: NDArray[np.uint64]) -> int:
    """One longest path at random, from its end; returns its length in tasks."""
    n = len(g.order)
    x, seen = n, 0
    for i in range(len(g.last)):
        y = g.last[i]
        if g.end[y] + g.tail[y] == most:
            seen += 1
            if draw(dice, seen) == 0:
                x = y
    count = 0
    while x < n:
        path[count] = x
        count += 1
        begin = g.end[x] - g.time[x]
        a, b = g.jp[x], g.mp[x]
        by_job = a < n and g.end[a] + g.lag[x] == begin
        by_machine = b < n and g.end[b] == begin
        if by_job and by_machine:
            x = a if draw(dice, 2) == 0 else b
        elif by_machine:
            x = b
        elif by_job:
            x = a
        else:
            x = n
    return count


@compiled
def _price_behind(g: Graph, u: int, v: int, heads: Long, banned: Short) -> tuple[int, int]:
    """The longest path through the tasks from u to v if u goes right behind v, and until when that is tabu."""
    end = np.int64(g.end[g.mp[u]])
    until: Any = 0
    x = g.ms[u]
    k = 0
    while True:
        begin = max(np.int64(g.release[x]), g.end[g.jp[x]] + g.lag[x], end)
        heads[k] = begin
        end = begin + g.time[x]
        until = max(until, np.int64(banned[_pair(banned, x, u)]))
        k += 1
        if x == v:
            break
        x = g.ms[x]
    begin = max(np.int64(g.release[u]), g.end[g.jp[u]] + g.lag[u], end)
    y = g.js[u]
    rest = g.time[u] + max(np.int64(g.tail[u]), g.rest[y] + g.lag[y], g.rest[g.ms[v]])
    most = begin + rest
    x = v
    while x != u:
        k -= 1
        y = g.js[x]
        rest = g.time[x] + max(np.int64(g.tail[x]), g.rest[y] + g.lag[y], rest)
        most = max(most, heads[k] + rest)
        x = g.mp[x]
    return most, until


@compiled
def _price_ahead(g: Graph, v: int, u: int, heads: Long, banned: Short) -> tuple[int, int]:
    """The same if v goes right before u."""
    until: Any = 0
    begin = max(np.int64(g.release[v]), g.end[g.jp[v]] + g.lag[v], np.int64(g.end[g.mp[u]]))
    first = begin
    end = begin + g.time[v]
    x = u
    k = 0
    while x != v:
        begin = max(np.int64(g.release[x]), g.end[g.jp[x]] + g.lag[x], end)
        heads[k] = begin
        end = begin + g.time[x]
        k += 1
        until = max(until, np.int64(banned[_pair(banned, v, x)]))
        x = g.ms[x]
    rest = np.int64(g.rest[g.ms[v]])
    most = np.int64(0)
    x = g.mp[v]
    while True:
        k -= 1
        y = g.js[x]
        rest = g.time[x] + max(np.int64(g.tail[x]), g.rest[y] + g.lag[y], rest)
        most = max(most, heads[k] + rest)
        if x == u:
            break
        x = g.mp[x]
    y = g.js[v]
    rest = g.time[v] + max(np.int64(g.tail[v]), g.rest[y] + g.lag[y], rest)
    return max(most, first + rest), until


@compiled
def _ban(g: Graph, a: int, b: int, kind: int, banned: Short, until: int) -> None:
    """Forbids that a goes back over what it is about to pass on its way to b."""
    x = b
    while x != a:
        if kind == 0:
            banned[_pair(banned, a, x)] = until
            x = g.mp[x]
        else:
            banned[_pair(banned, x, a)] = until
            x = g.ms[x]


@compiled
def _consider(
    cost: int, until: int, a: int, b: int, kind: int, choice: Long, state: Long, dice: NDArray[np.uint64]
) -> None:
    """Keeps the best move that is allowed, and a random one of all for when none is.

    choice: cost, task, task, kind and how many as good; then the same for the random one.
    """
    if until <= state[AGE] or cost < state[BEST]:
        if cost < choice[0]:
            choice[0], choice[1], choice[2], choice[3], choice[4] = cost, a, b, kind, 1
        elif cost == choice[0]:
            choice[4] += 1
            if draw(dice, choice[4]) == 0:
                choice[1], choice[2], choice[3] = a, b, kind
    choice[9] += 1
    if draw(dice, choice[9]) == 0:
        choice[6], choice[7], choice[8] = a, b, kind


@compiled
def _block(
    g: Graph, block: Short, size: int, heads: Long, choice: Long, banned: Short, state: Long,
    dice: NDArray[np.uint64],
) -> None:
    """All moves of one critical block, given from its last task to its first: each task behind the last and ahead of
    the first, the first behind each and the last ahead of each."""
    first, last = block[size - 1], block[0]
    for i in range(size):
        x = block[i]
        inner = x != first and x != last
        for way in range(4):
            kind = way & 1
            a, b = x, last if kind == 0 else first
            if way > 1:
                a, b = (first if kind == 0 else last), x
            if (way > 1 and not inner) or a == b or (size == 2 and kind == 1):
                continue
            if kind == 0:
                if g.rest[b] < g.rest[g.js[a]]:
                    continue
                cost, until = _price_behind(g, a, b, heads, banned)
            else:
                if g.end[b] < g.end[g.jp[a]]:
                    continue
                cost, until = _price_ahead(g, a, b, heads, banned)
            _consider(cost, until, a, b, kind, choice, state, dice)


@compiled
def _moves(
    g: Graph, path: Short, count: int, heads: Long, choice: Long, banned: Short, state: Long, dice: NDArray[np.uint64]
) -> None:
    """The moves of all blocks of a longest path."""
    choice[0], choice[4], choice[9] = np.int64(1) << 60, 0, 0
    lo = 0
    while lo < count:
        hi = lo + 1
        while hi < count and g.machine[path[hi]] == g.machine[path[lo]] and g.mp[path[hi - 1]] == path[hi]:
            hi += 1
        if hi - lo > 1:
            _block(g, path[lo:hi], hi - lo, heads, choice, banned, state, dice)
        lo = hi


@compiled
def _apply(g: Graph, a: int, b: int, kind: int) -> bool:
    """Makes a move and brings heads and tails up to date."""
    lo, hi = min(g.at[a], g.at[b]), max(g.at[a], g.at[b])
    if not (behind(g, a, b) if kind == 0 else ahead(g, a, b)):
        return False
    forth(g, lo)
    back(g, hi)
    return True


@compiled
def tabu(
    g: Graph, best: Short, path: Short, heads: Long, choice: Long, banned: Short, state: Long,
    dice: NDArray[np.uint64], tenure: int, limit: int, steps: int,
) -> int:
    """Goes on for so many moves, or until `limit` moves brought nothing better or there is none; returns how many.

    best: the topological order of the best solution of this run, state[BEST] its cost.
    """
    n = len(g.order)
    for done in range(steps):
        if state[STALE] >= limit:
            return done
        count = critical(g, state[COST], path, dice)
        _moves(g, path, count, heads, choice, banned, state, dice)
        if choice[9] == 0:
            state[STALE] = limit
            return done
        at = 1 if choice[4] > 0 else 6
        a, b, kind = choice[at], choice[at + 1], choice[at + 2]
        state[AGE] += 1
        state[STALE] += 1
        _ban(g, a, b, kind, banned, state[AGE] + tenure + draw(dice, 1 + tenure // 2))
        if not _apply(g, a, b, kind):
            continue
        state[COST] = length(g)
        if state[COST] < state[BEST]:
            state[BEST], state[STALE] = state[COST], 0
            for i in range(n):
                best[i] = g.order[i]
    return steps
