"""Flow shops in one order of jobs: what every place of a job is worth, many places at once.

For the makespan alone Taillard's acceleration (1990): with the heads e of what stands before a place and the tails q of
what stands behind it, one pass over the machines prices all k + 1 places together. Everything else that is regular
(weighted completion and tardiness, set-ups, lags, release dates) is simulated for blocks of LANES places at a time: all
of them take the same job next, so that the machine code runs as wide as the processor's registers.
"""

from __future__ import annotations

from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from schedc.compilers.shops.compiled import compiled

LANES = 64
Short: TypeAlias = NDArray[Any]      # int32; entries are told no type, since their arithmetic is the machine's
Long: TypeAlias = NDArray[Any]       # int64


class Flow(NamedTuple):
    """n jobs on m machines: p[n, m] and its transpose pm; lag[n, m] before each operation; release[n].

    setup[m, n, n] and opening[m, n], with no entries where there are none. kind 0: the greatest C + tail; kind 1: the
    sum of weight * C + tardy * max(0, C - due). fast: 1 where only durations count and the goal is the makespan.
    """

    p: Short
    pm: Short
    lag: Short
    release: Short
    setup: Short
    opening: Short
    tail: Long
    weight: Long
    tardy: Long
    due: Long
    kind: int
    fast: int


class Room(NamedTuple):
    """Work space: heads e and tails q by machine and place (q counts from the end), values by place and by prefix."""

    e: Short
    q: Short
    f: Short
    worst: Short
    c: Short
    up: Short
    value: Long
    base: Long


def room_for(n: int, m: int) -> Room:
    """Work space for n jobs on m machines."""
    grid = np.zeros((2, m + 1, n + 2), dtype=np.int32)
    line = np.zeros((2, n + 2), dtype=np.int32)
    block = np.zeros((m + 1, LANES), dtype=np.int32)
    long = np.zeros((2, n + 2 + LANES), dtype=np.int64)
    return Room(grid[0], grid[1], line[0], line[1], block, np.zeros(LANES, dtype=np.int32), long[0], long[1])


@compiled
def heads(pm: Short, seq: Long, k: int, frm: int, e: Short) -> None:
    """e[i + 1, s]: when machine i is done with the first s jobs, for s > frm; four machines at a time.

    Row 0 of e stays 0, and so does column 0.
    """
    m = pm.shape[0]
    i = 0
    while i + 3 < m:
        a, b, c, d = e[i + 1, frm], e[i + 2, frm], e[i + 3, frm], e[i + 4, frm]
        for s in range(frm, k):
            j = seq[s]
            a = np.int32(max(a, e[i, s + 1]) + pm[i, j])
            b = np.int32(max(b, a) + pm[i + 1, j])
            c = np.int32(max(c, b) + pm[i + 2, j])
            d = np.int32(max(d, c) + pm[i + 3, j])
            e[i + 1, s + 1], e[i + 2, s + 1], e[i + 3, s + 1], e[i + 4, s + 1] = a, b, c, d
        i += 4
    while i < m:
        a = e[i + 1, frm]
        for s in range(frm, k):
            a = np.int32(max(a, e[i, s + 1]) + pm[i, seq[s]])
            e[i + 1, s + 1] = a
        i += 1


@compiled
def tails(pm: Short, seq: Long, k: int, frm: int, q: Short) -> None:
    """q[i, t]: from the start of the last t jobs on machine i to the end of all, for t > frm; row m stays 0."""
    m = pm.shape[0]
    i = m
    while i - 4 >= 0:
        a, b, c, d = q[i - 1, frm], q[i - 2, frm], q[i - 3, frm], q[i - 4, frm]
        for t in range(frm, k):
            j = seq[k - 1 - t]
            a = np.int32(max(a, q[i, t + 1]) + pm[i - 1, j])
            b = np.int32(max(b, a) + pm[i - 2, j])
            c = np.int32(max(c, b) + pm[i - 3, j])
            d = np.int32(max(d, c) + pm[i - 4, j])
            q[i - 1, t + 1], q[i - 2, t + 1], q[i - 3, t + 1], q[i - 4, t + 1] = a, b, c, d
        i -= 4
    while i > 0:
        a = q[i - 1, frm]
        for t in range(frm, k):
            a = np.int32(max(a, q[i, t + 1]) + pm[i - 1, seq[k - 1 - t]])
            q[i - 1, t + 1] = a
        i -= 1


@compiled
def _all_places(p: Short, room: Room, k: int) -> None:
    """worst[s]: the makespan with a job of durations p before the job at place s."""
    f, worst = room.f, room.worst
    for s in range(k + 1):
        f[s] = 0
        worst[s] = 0
    for i in range(len(p)):
        d, e, q = p[i], room.e[i + 1], room.q[i]
        for s in range(k + 1):
            a, b = e[s], f[s]
            c = np.int32((a if a > b else b) + d)
            f[s] = c
            t = np.int32(c + q[np.uint64(k - s)])
            w = worst[s]
            worst[s] = t if t > w else w


@compiled
def _idle(flow: Flow, room: Room, seq: Long, k: int, job: int, s: int) -> int:
    """The idle time that a place makes on the machines behind it (Fernandez-Viagas and Framinan 2014)."""
    p, e = flow.p, room.e
    m = p.shape[1]
    total = 0
    f = e[1, s] + p[job, 0]
    if s == k:
        for i in range(1, m):
            begin = max(e[i + 1, s], f)
            total += begin - e[i + 1, s]
            f = begin + p[job, i]
        return total
    after = seq[s]
    g = f + p[after, 0]
    for i in range(1, m):
        f = max(e[i + 1, s], f) + p[job, i]
        total += f - e[i + 1, s + 1] + p[after, i] - p[job, i] + max(0, g - f)
        g = max(g, f) + p[after, i]
    return total


@compiled
def _fast_place(flow: Flow, room: Room, seq: Long, k: int, job: int, known: Long) -> tuple[int, int]:
    """The least makespan and its place; of equal places the one with the least idle time."""
    heads(flow.pm, seq, k, known[0], room.e)
    tails(flow.pm, seq, k, known[1], room.q)
    known[0] = k
    known[1] = k
    _all_places(flow.p[job], room, k)
    worst = room.worst
    least = worst[0]
    for s in range(1, k + 1):
        least = min(least, worst[s])
    place, idle, first = -1, 0, True
    for s in range(k + 1):
        if worst[s] == least:
            if first:
                place, first = s, False
                idle = -1
            else:
                if idle < 0:
                    idle = _idle(flow, room, seq, k, job, place)
                other = _idle(flow, room, seq, k, job, s)
                if other < idle:
                    place, idle = s, other
    return np.int64(least), place       # type: ignore[return-value]


@compiled
def worth(flow: Flow, job: int, end: int, so_far: int) -> int:
    """The goal with one more job that ends then."""
    if flow.kind == 0:
        return max(so_far, end + flow.tail[job])
    return so_far + flow.weight[job] * end + flow.tardy[job] * max(0, end - flow.due[job])


@compiled
def prefixes(flow: Flow, seq: Long, k: int, frm: int, room: Room) -> None:
    """e[i + 1, s] and base[s], the goal of the first s jobs, for s > frm, with all that a flow may say."""
    e, base = room.e, room.base
    m = flow.p.shape[1]
    setups = len(flow.setup) > 0
    for s in range(frm, k):
        j = seq[s]
        c: Any = np.int64(flow.release[j])
        for i in range(m):
            b = np.int64(e[i + 1, s])
            if setups:
                b += flow.setup[i, seq[s - 1], j] if s > 0 else flow.opening[i, j]
            c = max(b, c + flow.lag[j, i]) + flow.p[j, i]
            e[i + 1, s + 1] = c
        base[s + 1] = worth(flow, j, c, base[s])


@compiled
def _enter(flow: Flow, room: Room, job: int, before: int, s: int, lane: int) -> None:
    """Lane takes the job right behind the first s jobs."""
    setups = len(flow.setup) > 0
    c: Any = np.int64(flow.release[job])
    for i in range(flow.p.shape[1]):
        b = np.int64(room.e[i + 1, s])
        if setups:
            b += flow.setup[i, before, job] if s > 0 else flow.opening[i, job]
        c = max(b, c + flow.lag[job, i]) + flow.p[job, i]
        room.c[i, lane] = c
    room.value[s] = worth(flow, job, c, room.base[s])


@compiled
def _follow(flow: Flow, room: Room, job: int, after: int, s: int, lane: int) -> None:
    """The lane that has just taken `job` takes the next one."""
    setups = len(flow.setup) > 0
    c: Any = np.int64(flow.release[after])
    for i in range(flow.p.shape[1]):
        b = np.int64(room.c[i, lane])
        if setups:
            b += flow.setup[i, job, after]
        c = max(b, c + flow.lag[after, i]) + flow.p[after, i]
        room.c[i, lane] = c
    room.value[s] = worth(flow, after, c, room.value[s])


@compiled
def _advance(flow: Flow, room: Room, before: int, job: int, lo: int, lanes: int) -> None:
    """The first lanes of the block that begins at place lo take one more job, all of them the same."""
    setups = len(flow.setup) > 0
    up, block = room.up, room.c
    begin = flow.release[job]
    for x in range(LANES):
        up[x] = begin
    for i in range(flow.p.shape[1]):
        d, g = flow.p[job, i], flow.lag[job, i]
        h = flow.setup[i, before, job] if setups else np.int32(0)
        for x in range(LANES):
            a, b = np.int32(block[i, x] + h), np.int32(up[x] + g)
            c = np.int32((a if a > b else b) + d)
            block[i, x] = c
            up[x] = c
    value = room.value
    if flow.kind == 0:
        for x in range(lanes):
            value[lo + x] = max(value[lo + x], up[x] + flow.tail[job])
        return
    w, t, due = flow.weight[job], flow.tardy[job], flow.due[job]
    for x in range(lanes):
        end = np.int64(up[x])
        value[lo + x] += w * end + t * max(np.int64(0), end - due)


@compiled
def _any_place(flow: Flow, room: Room, seq: Long, k: int, job: int, known: Long) -> tuple[int, int]:
    """The least goal and a place with it, whatever the goal; which of equal ones changes from job to job."""
    prefixes(flow, seq, k, known[0], room)
    known[0] = k
    for lo in range(0, k + 1, LANES):
        hi = min(lo + LANES, k + 1)
        for s in range(lo, k + 1):
            before = seq[s - 1] if s > 0 else 0
            if s < k and s > lo:
                _advance(flow, room, before, seq[s], lo, min(s, hi) - lo)
            if s < hi:
                _enter(flow, room, job, before, s, s - lo)
                if s < k:
                    _follow(flow, room, job, seq[s], s, s - lo)
    value = room.value
    place = 0
    for s in range(1, k + 1):
        if value[s] < value[place] or (value[s] == value[place] and (s + job) & 1):
            place = s
    return value[place], place


@compiled
def best_place(flow: Flow, room: Room, seq: Long, k: int, job: int, known: Long) -> tuple[int, int]:
    """The goal of the k jobs of seq and `job` at its best place, and the place.

    known[0]: jobs of seq whose heads stand in e, known[1]: jobs from the end whose tails stand in q; both become k.
    """
    if flow.fast:
        return _fast_place(flow, room, seq, k, job, known)
    return _any_place(flow, room, seq, k, job, known)


@compiled
def total(flow: Flow, room: Room, seq: Long, k: int, known: Long) -> int:
    """The goal of the k jobs of seq."""
    if flow.fast:
        heads(flow.pm, seq, k, known[0], room.e)
        known[0] = k
        return np.int64(room.e[flow.p.shape[1], k])     # type: ignore[return-value]
    prefixes(flow, seq, k, known[0], room)
    known[0] = k
    return room.base[k]
