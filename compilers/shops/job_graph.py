"""The graph of a job shop: orders of machines, heads and tails, and moves in it.

Node n (the number of tasks) stands for "none". A solution is a topological order of the graph; each machine takes its
tasks in that order. Moves keep the order topological, in the part of it between the two tasks concerned, as Nowicki and
Smutnicki (2005) do; in passing it shows exactly whether a move would close a cycle.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from schedc.compilers.shops.compiled import compiled, draw
from schedc.compilers.shops.flow_places import Short


class Graph(NamedTuple):
    """time, lag (before a task), release and tail (behind it) by task; jp, js, mp, ms: neighbours in job and machine.

    end[t]: earliest end; rest[t]: from the start of t to the end of all at least. order, at: a topological order and
    its inverse; rank[t]: the place of t on its machine. last: the last tasks of all jobs. mark, spare: work space.
    """

    time: Short
    lag: Short
    release: Short
    tail: Short
    machine: Short
    jp: Short
    js: Short
    mp: Short
    ms: Short
    end: Short
    rest: Short
    order: Short
    at: Short
    rank: Short
    last: Short
    mark: Short
    spare: Short


@compiled
def forth(g: Graph, frm: int) -> None:
    """Earliest ends from a place of the order on."""
    end = g.end
    for i in range(frm, len(g.order)):
        x = g.order[i]
        h = max(g.release[x], end[g.jp[x]] + g.lag[x], end[g.mp[x]])
        end[x] = h + g.time[x]


@compiled
def back(g: Graph, frm: int) -> None:
    """Rests from a place of the order down to its beginning."""
    rest = g.rest
    for i in range(frm, -1, -1):
        x = g.order[i]
        y = g.js[x]
        rest[x] = g.time[x] + max(g.tail[x], rest[y] + g.lag[y], rest[g.ms[x]])


@compiled
def length(g: Graph) -> int:
    """The goal: the latest end with its tail."""
    most = 0
    for i in range(len(g.last)):
        x = g.last[i]
        most = max(most, g.end[x] + g.tail[x])
    return most


@compiled
def place(g: Graph, order: Short, heads: Short) -> None:
    """Takes over a topological order; heads[m] is work space for the last task of every machine."""
    n = len(order)
    for m in range(len(heads)):
        heads[m] = n
    for i in range(n):
        x = order[i]
        g.order[i], g.at[x] = x, i
        m = g.machine[x]
        y = heads[m]
        g.mp[x], g.ms[x] = y, n
        g.rank[x] = 0
        if y < n:
            g.ms[y], g.rank[x] = x, g.rank[y] + 1
        heads[m] = x
    forth(g, 0)
    back(g, n - 1)


@compiled
def _cut(g: Graph, x: int) -> None:
    a, b, n = g.mp[x], g.ms[x], len(g.order)
    if a < n:
        g.ms[a] = b
    if b < n:
        g.mp[b] = a


@compiled
def _link(g: Graph, x: int, a: int, b: int) -> None:
    n = len(g.order)
    g.mp[x], g.ms[x] = a, b
    if a < n:
        g.ms[a] = x
    if b < n:
        g.mp[b] = x


@compiled
def _renumber(g: Graph, x: int, last: int, k: int) -> None:
    """Ranks k, k + 1, ... along a machine from x to `last`."""
    while True:
        g.rank[x] = k
        if x == last:
            break
        x = g.ms[x]
        k += 1


@compiled
def _write(g: Graph, part: Short, count: int, frm: int) -> None:
    for i in range(count):
        x = part[i]
        g.order[frm + i], g.at[x] = x, frm + i


@compiled
def behind(g: Graph, u: int, v: int) -> bool:
    """Moves u right behind v, which comes later on its machine; False, and nothing done, where that closes a cycle.

    What follows from u, within the part of the order from u to v, goes behind v; if v is among it, there is a cycle.
    """
    n = len(g.order)
    g.mark[n + 1] += 1
    stamp, lo, hi = g.mark[n + 1], g.at[u], g.at[v]
    early, late = g.spare[0], g.spare[1]
    kept, moved = 0, 1
    g.mark[u], late[0] = stamp, u
    for i in range(lo + 1, hi + 1):
        x = g.order[i]
        y = g.mp[x]
        if g.mark[g.jp[x]] == stamp or (y != u and g.mark[y] == stamp):
            if x == v:
                return False
            g.mark[x], late[moved] = stamp, x
            moved += 1
        else:
            early[kept] = x
            kept += 1
    _write(g, early, kept, lo)
    _write(g, late, moved, lo + kept)
    first = g.ms[u]
    _cut(g, u)
    _link(g, u, v, g.ms[v])
    _renumber(g, first, u, g.rank[u])
    return True


@compiled
def ahead(g: Graph, v: int, u: int) -> bool:
    """Moves v right before u, which comes earlier on its machine; otherwise as `behind`."""
    n = len(g.order)
    g.mark[n + 1] += 1
    stamp, lo, hi = g.mark[n + 1], g.at[u], g.at[v]
    early, late = g.spare[0], g.spare[1]
    kept, moved = hi - lo, hi - lo      # both are filled from their ends
    g.mark[v], early[moved] = stamp, v
    for i in range(hi - 1, lo - 1, -1):
        x = g.order[i]
        y = g.ms[x]
        if g.mark[g.js[x]] == stamp or (y != v and g.mark[y] == stamp):
            if x == u:
                return False
            moved -= 1
            g.mark[x], early[moved] = stamp, x
        else:
            late[kept] = x
            kept -= 1
    size = hi - lo + 1
    _write(g, early[moved:size], size - moved, lo)
    _write(g, late[kept + 1 : size], size - kept - 1, lo + size - moved)
    last = g.mp[v]
    _cut(g, v)
    _link(g, v, g.mp[u], u)
    _renumber(g, v, last, g.rank[u])
    return True


@compiled
def blend(g: Graph, goal: Short, share: float, dice: NDArray[np.uint64]) -> int:
    """Swaps neighbours on machines that the order `goal` (by task: its place) has the other way round, at random, until
    about this share of all such pairs is swapped; returns how many. Heads and tails are not brought up to date."""
    n = len(g.order)
    apart = distance(g, goal)
    swaps, misses = 0, 0
    while swaps < apart * share and misses < 50 * n:
        x = draw(dice, n)
        y = g.ms[x]
        if y < n and goal[y] < goal[x] and behind(g, x, y):
            swaps += 1
        else:
            misses += 1
    return swaps


@compiled
def distance(g: Graph, goal: Short) -> int:
    """The pairs on machines that stand the other way round in another order (by task: its place)."""
    n, total = len(g.order), 0
    for x in range(n):
        y = g.ms[x]
        while y < n:
            if goal[y] < goal[x]:
                total += 1
            y = g.ms[y]
    return total
