"""Schedules of very large job shops by simulation: each free machine takes the most urgent task that waits."""

from __future__ import annotations

from typing import Any

import numpy as np

from schedc.compilers.shops.compiled import compiled
from schedc.compilers.shops.flow_places import Long, Short
from schedc.compilers.shops.job_graph import Graph


@compiled
def _push(heap: Long, size: int, key: int) -> int:
    i = size
    while i > 0:
        up = (i - 1) >> 1
        if heap[up] <= key:
            break
        heap[i] = heap[up]
        i = up
    heap[i] = key
    return size + 1


@compiled
def _pop(heap: Long, size: int) -> int:
    """Takes the least key out; the heap then has one entry less."""
    least = heap[0]
    key = heap[size - 1]
    size -= 1
    i = 0
    while True:
        down = 2 * i + 1
        if down >= size:
            break
        if down + 1 < size and heap[down + 1] < heap[down]:
            down += 1
        if heap[down] >= key:
            break
        heap[i] = heap[down]
        i = down
    heap[i] = key
    return least


@compiled
def _wait(x: int, m: int, queue: Short, after: Short, touched: Short, marks: Short, count: int) -> int:
    """A task begins to wait for its machine, which is to be looked at."""
    after[x], queue[m] = queue[m], x
    if not marks[m]:
        marks[m] = 1
        touched[count] = m
        count += 1
    return count


@compiled
def _urgent(m: int, none: int, urgency: Long, queue: Short, after: Short) -> int:
    """Takes the most urgent task out of a queue."""
    x = queue[m]
    best, before_best, y = x, none, x
    while after[y] < none:
        z = after[y]
        if urgency[z] > urgency[best] or (urgency[z] == urgency[best] and z < best):
            best, before_best = z, y
        y = z
    if before_best == none:
        queue[m] = after[best]
    else:
        after[before_best] = after[best]
    return best


@compiled
def simulate(
    g: Graph, firsts: Short, urgency: Long, order: Short, heap: Long, queue: Short, after: Short, busy: Short,
    touched: Short, marks: Short,
) -> int:
    """Fills `order` with the tasks by start, which is topological; returns the makespan.

    An event is time * 2^32 + 2 * task + kind: kind 0, the task is done; kind 1, it arrives. The rest is work space.
    """
    n, size, placed = len(g.order), 0, 0
    most: Any = 0
    for m in range(len(queue)):
        queue[m], busy[m], marks[m] = n, 0, 0
    for j in range(len(firsts)):
        x = firsts[j]
        begin: Any = np.int64(g.release[x])
        size = _push(heap, size, (begin << 32) + 2 * x + 1)
    while size > 0:
        now, count = heap[0] >> 32, 0
        while size > 0 and heap[0] >> 32 == now:
            event = _pop(heap, size)
            size -= 1
            x = (event & 0xFFFFFFFF) >> 1
            if event & 1:
                count = _wait(x, g.machine[x], queue, after, touched, marks, count)
                continue
            m = g.machine[x]
            busy[m] = 0
            if not marks[m]:
                marks[m] = 1
                touched[count] = m
                count += 1
            y = g.js[x]
            if y < n:
                when = max(now + g.lag[y], np.int64(g.release[y]))
                size = _push(heap, size, (when << 32) + 2 * np.int64(y) + 1)
        for i in range(count):
            m = touched[i]
            marks[m] = 0
            if not busy[m] and queue[m] < n:
                x = _urgent(m, n, urgency, queue, after)
                busy[m] = 1
                order[placed] = x
                placed += 1
                most = max(most, now + g.time[x])
                size = _push(heap, size, ((now + g.time[x]) << 32) + 2 * np.int64(x))
    return most


@compiled
def cut_out(g: Graph, lo: int, hi: int, local: Short, sub: Graph, reach: Short) -> tuple[int, int]:
    """Writes the tasks at places lo .. hi-1 of the order as a shop of their own: how many there are, and how many of
    them somebody outside waits for (they stand in sub.last).

    What comes before gives their releases, what comes behind their tails; the same machine's next task from outside
    waits for all of its tasks inside. local[n + 1] is work space that stays full of -1, reach[machines] stays 0.
    """
    n, w = len(g.order), hi - lo
    for i in range(w):
        local[g.order[lo + i]] = i
    ends = 0
    for i in range(w - 1, -1, -1):
        x = g.order[lo + i]
        m, a, b = g.machine[x], g.jp[x], g.js[x]
        after = g.ms[x]
        if after < n and local[after] < 0:
            reach[m] = g.rest[after]
        tail = max(g.tail[x], reach[m])
        outside = b == n or local[b] < 0
        if b < n and outside:
            tail = max(tail, g.rest[b] + g.lag[b])
        sub.time[i], sub.machine[i], sub.tail[i] = g.time[x], m, tail
        sub.lag[i] = g.lag[x] if a < n and local[a] >= 0 else 0
        sub.jp[i] = local[a] if a < n and local[a] >= 0 else w
        sub.js[i] = w if outside else local[b]
        if outside or tail > 0:
            sub.last[ends] = i
            ends += 1
    for i in range(w):
        reach[g.machine[g.order[lo + i]]] = 0
    for i in range(w):
        x = g.order[lo + i]
        m, a, before = g.machine[x], g.jp[x], g.mp[x]
        if before < n and local[before] < 0:
            reach[m] = g.end[before]
        begin = max(g.release[x], reach[m])
        if a < n and local[a] < 0:
            begin = max(begin, g.end[a] + g.lag[x])
        sub.release[i], sub.order[i] = begin, i
    for i in range(w):
        x = g.order[lo + i]
        reach[g.machine[x]] = 0
    for i in range(w):
        local[g.order[lo + i]] = -1
    return w, ends


@compiled
def put_back(g: Graph, lo: int, best: Short, w: int, spare: Short) -> None:
    """Orders the tasks from place lo on as `best` orders those of the shop that was cut out."""
    for i in range(w):
        spare[i] = g.order[lo + best[i]]
    for i in range(w):
        g.order[lo + i] = spare[i]
