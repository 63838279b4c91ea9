"""Layered graphs of which no edge is implied by others."""

from __future__ import annotations

import random
from collections.abc import Sequence

Edge = tuple[int, int]


def layered_edges(layer: list[int], most: int, rng: random.Random, first: Sequence[Edge] = ()) -> list[Edge]:
    """Up to `most` edges from lower to higher layers, such that each prefix is its own transitive reduction.

    layer[i]: the layer of node i. The first k edges are the graph of level k: an edge is taken where no path joins its
    ends yet and where it makes none of the earlier ones redundant, so that level k has exactly k edges and none of them
    follows from the others. first: edges that are tried before all others. Fewer than `most` come back where no further
    edge can be added.
    """
    n = len(layer)
    below = [1 << i for i in range(n)]      # bit j of below[i]: there is a path from i to j
    above = [1 << i for i in range(n)]
    edges: list[Edge] = []
    possible = [(i, j) for i in range(n) for j in range(n) if layer[i] < layer[j]]
    rng.shuffle(possible)
    preferred = list(first)
    rng.shuffle(preferred)
    for i, j in dict.fromkeys((*preferred, *possible)):
        if len(edges) == most:
            break
        if below[i] >> j & 1 or any(above[i] >> u & 1 and below[j] >> v & 1 for u, v in edges):
            continue
        edges.append((i, j))
        for u in range(n):
            if above[i] >> u & 1:
                below[u] |= below[j]
        for v in range(n):
            if below[j] >> v & 1:
                above[v] |= above[i]
    return edges


def reachable(n: int, edges: list[Edge]) -> list[int]:
    """Bit j of element i: there is a path from i to j (every node reaches itself). Edges lead to later layers."""
    below = [1 << i for i in range(n)]
    for _ in range(n):
        before = list(below)
        for i, j in edges:
            below[i] |= below[j]
        if below == before:
            break
    return below
