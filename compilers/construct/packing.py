"""The search for addresses from below (see `addresses`), in machine code; only imported inside functions."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from schedc.compilers.shops.compiled import compiled

_FAR = np.int64(1) << 60

Column = NDArray[Any]


@compiled
def pack(
    first: Column, last: Column, amount: Column, limit: int, rank: Column, branches: int, address: Column
) -> int:
    """1 where addresses were found, -1 where this search has tried all it would, 0 where it ran out of branches.

    Use i holds amount[i] at the ticks first[i] .. last[i]-1; rank: which use goes first among those at one height.
    """
    n, ticks = len(first), 0
    for i in range(n):
        ticks = max(ticks, last[i])
    height, left = np.zeros((n + 1, ticks), np.int64), np.zeros(ticks, np.int64)
    for i in range(n):
        left[first[i] : last[i]] += amount[i]
    placed, own, least = np.zeros(n, np.bool_), np.zeros(n, np.int64), np.zeros(ticks, np.int64)
    options, count, tried = np.zeros((n + 1, n), np.int64), np.zeros(n + 1, np.int64), np.zeros(n + 1, np.int64)
    base, before, chosen = np.zeros(n + 1, np.int64), np.full(n + 1, -1), np.full(n + 1, -1)
    depth, fresh = 0, True
    while True:
        if fresh:
            if depth == n:
                return 1
            branches -= 1
            if branches < 0:
                return 0
            count[depth], tried[depth] = 0, 0
            if _open(first, last, amount, limit, placed, height[depth], left, base[depth], own, least):
                count[depth] = _choose(amount, rank, placed, base[depth], before[depth], own, options[depth])
        if tried[depth] == count[depth]:
            if depth == 0:
                return -1
            depth -= 1
            _take_back(first, last, amount, placed, left, chosen[depth])
            fresh = False
            continue
        i = options[depth, tried[depth]]
        tried[depth] += 1
        at = _put(first, last, amount, placed, height, left, depth, i)
        fresh = _fits(first, last, limit, height[depth + 1], left, i)
        if not fresh:
            _take_back(first, last, amount, placed, left, i)
            continue
        address[i] = at
        base[depth + 1], before[depth + 1], chosen[depth] = at, rank[i], i
        depth += 1


@compiled
def _open(
    first: Column, last: Column, amount: Column, limit: int, placed: Column, height: Column, left: Column, base: int,
    own: Column, least: Column,
) -> bool:
    """Write the height under each use that is still to be placed, and raise those that none of them can reach; whether
    everything may still fit."""
    least[:] = _FAR
    for i in range(len(first)):
        if placed[i]:
            continue
        under = np.int64(0)
        for s in range(first[i], last[i]):
            under = height[s] if height[s] > under else under
        own[i] = under
        under = np.int64(base) if base > under else under
        if under + amount[i] > limit:
            return False
        for s in range(first[i], last[i]):
            least[s] = min(least[s], under)
    for s in range(len(height)):
        if left[s] > 0:
            height[s] = max(height[s], least[s])
            if height[s] + left[s] > limit:
                return False
    return True


@compiled
def _choose(
    amount: Column, rank: Column, placed: Column, base: int, before: int, own: Column, options: Column
) -> int:
    """The uses that may come next, the lowest first; how many."""
    n, top = len(amount), _FAR
    for i in range(n):
        if not placed[i]:
            top = min(top, max(own[i], base) + amount[i])
    found = np.zeros(n, np.int64)
    keys = np.zeros(n, np.int64)
    count = 0
    for i in range(n):
        if not placed[i] and base <= own[i] < top and (own[i] > base or rank[i] > before):
            found[count], keys[count] = i, own[i] * n + rank[i]
            count += 1
    order = np.argsort(keys[:count])
    for k in range(count):
        options[k] = found[order[k]]
    return count


@compiled
def _put(
    first: Column, last: Column, amount: Column, placed: Column, height: Column, left: Column, depth: int, use: int
) -> int:
    """Place a use on what lies below it; its address."""
    height[depth + 1] = height[depth]
    at = np.int64(0)
    for s in range(first[use], last[use]):
        at = max(at, height[depth, s])
    height[depth + 1, first[use] : last[use]] = at + amount[use]
    left[first[use] : last[use]] -= amount[use]
    placed[use] = True
    return at       # type: ignore[return-value]


@compiled
def _fits(first: Column, last: Column, limit: int, height: Column, left: Column, use: int) -> bool:
    """Whether at the ticks of a use everything may still fit."""
    a, b = first[use], last[use]
    return np.max(height[a:b] + left[a:b]) <= limit     # type: ignore[no-any-return]


@compiled
def _take_back(first: Column, last: Column, amount: Column, placed: Column, left: Column, use: int) -> None:
    left[first[use] : last[use]] += amount[use]
    placed[use] = False
