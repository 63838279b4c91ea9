"""Graph questions on arrays: cycles, layers, reductions, longest and critical paths.

A graph is a number of nodes and columns of its arcs: first[m] -> second[m], where asked with weight[m]. Parallel arcs
and self-loops are allowed. What ordinary sizes need most is answered by plain loops without any import; what remains
goes to networkx up to ORDINARY nodes and to sparse arrays above. Both give the same answers.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from schedc.models.columns import Flags, Ints, distinct, ragged
from schedc.models.records import dataclass

ORDINARY = 50_000       # nodes; above, networkx takes seconds and hundreds of megabytes
_NARROW = 32            # mean nodes in a layer below which plain lists beat arrays


class Cycle(NamedTuple):
    """Nodes in order around a cycle, and arcs: arcs[k] leads from nodes[k] to nodes[k + 1], the last one back."""

    nodes: list[int]
    arcs: list[int]


class Path(NamedTuple):
    """Nodes along a path, and the arcs between them (one fewer)."""

    nodes: list[int]
    arcs: list[int]


@dataclass(frozen=True, eq=False)
class Dag:
    """An acyclic graph made ready for passes along its arcs. `depth[v]` is the most arcs on a path that ends in v."""

    first: Ints
    second: Ints
    depth: Ints

    @cached_property
    def by_depth(self) -> Ints:
        """Arc numbers such that all arcs into a node stand before all arcs out of it."""
        return np.lexsort((self.second, self.depth[self.second])) if len(self.second) else self.second

    @property
    def _wide(self) -> bool:
        return bool(len(self.second)) and len(self.depth) >= _NARROW * int(self.depth.max())

    @cached_property
    def _columns(self) -> tuple[Ints, Ints, Ints, Ints]:
        """Arcs in order as (first, one second a run, starts of runs, starts of layers among the runs)."""
        first, second = self.first[self.by_depth], self.second[self.by_depth]
        runs = np.flatnonzero(np.r_[True, second[1:] != second[:-1]])
        heads = second[runs]
        layers = np.flatnonzero(np.r_[True, self.depth[heads[1:]] != self.depth[heads[:-1]], True])
        return first, heads, runs, layers

    @cached_property
    def _lists(self) -> tuple[list[int], list[int]]:
        return self.first[self.by_depth].tolist(), self.second[self.by_depth].tolist()

    def longest(self, weight: Ints, base: Ints) -> Ints:
        """The least values with value[v] >= base[v] and value[second] >= value[first] + weight on every arc."""
        if not len(self.second):
            return base.copy()
        return self._by_layers(weight, base) if self._wide else self._by_arcs(weight, base)

    def _by_layers(self, weight: Ints, base: Ints) -> Ints:
        first, heads, runs, layers = self._columns
        weight, value = weight[self.by_depth], base.copy()
        stops = np.r_[runs, len(first)]
        for lo, hi in zip(layers[:-1].tolist(), layers[1:].tolist()):
            a, b = int(stops[lo]), int(stops[hi])
            best = np.maximum.reduceat(value[first[a:b]] + weight[a:b], runs[lo:hi] - a)
            value[heads[lo:hi]] = np.maximum(value[heads[lo:hi]], best)
        return value

    def _by_arcs(self, weight: Ints, base: Ints) -> Ints:
        value = base.tolist()
        for a, b, w in zip(*self._lists, weight[self.by_depth].tolist()):
            reached = value[a] + w
            if reached > value[b]:
                value[b] = reached
        return np.array(value, dtype=np.int64)

    def work(self) -> int:
        """What one pass costs, in about a tenth of a microsecond."""
        return 100 * int(self.depth.max()) + len(self.second) // 8 if self._wide else len(self.second) + len(self.depth)


def dag(nodes: int, first: Ints, second: Ints) -> Dag | None:
    """The graph as a Dag; None if it has a cycle."""
    depth = layers(nodes, first, second)
    return None if depth is None else Dag(first, second, depth)


def layers(nodes: int, first: Ints, second: Ints) -> Ints | None:
    """The most arcs on a path that ends in each node (0 for sources); None if there is a cycle."""
    depth, missing = _depths(nodes, first, second)
    return None if missing.any() else depth


def order(nodes: int, first: Ints, second: Ints) -> Ints | None:
    """All nodes, every arc leading forward; None if there is a cycle."""
    depth = layers(nodes, first, second)
    return None if depth is None else np.argsort(depth, kind="stable")


def _depths(nodes: int, first: Ints, second: Ints) -> tuple[Ints, Flags]:
    """Depths by taking away sources, and the nodes that never become one: those on or behind a cycle."""
    depth = np.zeros(nodes, dtype=np.int64)
    indegree = np.bincount(second, minlength=nodes)
    start, out = _outgoing(nodes, first, second)
    front, taken, layer = np.flatnonzero(indegree == 0), 0, 0
    while len(front):
        depth[front] = layer
        taken += len(front)
        layer += 1
        if nodes < 200 or (layer >= 100 and taken < _NARROW * layer):
            return _depths_by_lists(depth, indegree, start, out, front)
        reached = out[ragged(start[front], start[front + 1])]
        np.subtract.at(indegree, reached, 1)
        front = distinct(reached[indegree[reached] == 0])
    return depth, indegree > 0


def _depths_by_lists(depth: Ints, indegree: Ints, start: Ints, out: Ints, front: Ints) -> tuple[Ints, Flags]:
    deep, waiting, begin, heads = depth.tolist(), indegree.tolist(), start.tolist(), out.tolist()
    queue = front.tolist()
    for a in queue:             # grows while it is read
        below = deep[a] + 1
        for b in heads[begin[a] : begin[a + 1]]:
            waiting[b] -= 1
            if not waiting[b]:  # the last one to arrive is a deepest one
                deep[b] = below
                queue.append(b)
    return np.array(deep, dtype=np.int64), np.array(waiting, dtype=np.int64) > 0


def _outgoing(nodes: int, first: Ints, second: Ints) -> tuple[Ints, Ints]:
    """Heads of the arcs out of each node: out[start[v]:start[v + 1]]."""
    by_first = np.argsort(first, kind="stable")
    start = np.r_[0, np.cumsum(np.bincount(first, minlength=nodes))]
    return start, second[by_first]


def longest_from(nodes: int, first: Ints, second: Ints, weight: Ints, base: Ints) -> Ints:
    """The least values with value[v] >= base[v] and value[second] >= value[first] + weight on every arc.

    The graph may have cycles, but none of positive weight: ValueError then.
    """
    settled = Network(nodes, first, second, weight).settle(base)
    if isinstance(settled, Cycle):
        raise ValueError("a cycle of positive weight")
    return settled


def critical_path(nodes: int, first: Ints, second: Ints, weight: Ints, base: Ints) -> Path:
    """A path that explains the greatest value of `longest_from`: from a node at its base along arcs without slack."""
    if not nodes:
        return Path([], [])
    value = longest_from(nodes, first, second, weight, base)
    tight = np.flatnonzero(value[first] + weight == value[second])
    return _back_to(int(np.argmax(value)), (value == base).tolist(), nodes, tight, first[tight], second[tight])


def _back_to(last: int, target: list[bool], nodes: int, arcs: Ints, first: Ints, second: Ints) -> Path:
    """A path with the fewest arcs from some target node to `last`, which one reaches."""
    begin, numbers = _outgoing(nodes, second, np.arange(len(second)))
    starts, into, tails, names = begin.tolist(), numbers.tolist(), first.tolist(), arcs.tolist()
    via: dict[int, tuple[int, int]] = {last: (-1, -1)}
    queue = [last]
    for b in queue:
        if target[b]:
            return _unrolled(b, via)
        for k in into[starts[b] : starts[b + 1]]:
            if tails[k] not in via:
                via[tails[k]] = (b, names[k])
                queue.append(tails[k])
    raise ValueError("no target reaches the node")


def _unrolled(at: int, via: dict[int, tuple[int, int]]) -> Path:
    path, arcs = [at], []
    while (step := via[at])[0] >= 0:
        at = step[0]
        path.append(at)
        arcs.append(step[1])
    return Path(path, arcs)


def cycle(nodes: int, first: Ints, second: Ints) -> Cycle | None:
    """One cycle, or None. A self-loop is a cycle of one node."""
    if (first < second).all() or (first > second).all():
        return None
    if nodes > ORDINARY:
        return _cycle_at_volume(nodes, first, second)
    _, stuck = _depths(nodes, first, second)
    if not stuck.any():
        return None
    import networkx

    arcs = np.flatnonzero(stuck[first] & stuck[second])
    graph = networkx.MultiDiGraph()
    graph.add_edges_from(zip(first[arcs].tolist(), second[arcs].tolist(), arcs.tolist()))
    found = list(networkx.find_cycle(graph))
    return Cycle([a for a, _, _ in found], [k for _, _, k in found])


def _cycle_at_volume(nodes: int, first: Ints, second: Ints) -> Cycle | None:
    inside = np.flatnonzero(within_components(nodes, first, second))
    if not len(inside):
        return None
    leaving = np.full(nodes, -1)
    leaving[first[inside]] = inside         # one arc out of each node; it stays inside
    follower = second[leaving].tolist()
    at = int(first[inside[0]])
    walk: dict[int, int] = {}
    while at not in walk:
        walk[at] = len(walk)
        at = follower[at]
    members = list(walk)[walk[at] :]
    return Cycle(members, leaving[members].tolist())


def within_components(nodes: int, first: Ints, second: Ints) -> Flags:
    """Which arcs lie on some cycle: those whose ends belong to one strong component."""
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import connected_components

    matrix = csr_matrix((np.ones(len(first), dtype=np.int8), (first, second)), shape=(nodes, nodes))
    _, label = connected_components(matrix, directed=True, connection="strong")
    same: Flags = label[first] == label[second]
    return same


def positive_cycle(nodes: int, first: Ints, second: Ints, weight: Ints) -> Cycle | None:
    """A cycle of positive total weight, or None.

    In a graph of differences, where an arc says value[second] >= value[first] + weight (a maximal lag is an arc back
    with a negative weight), it is a proof that no values exist; without one there are some.
    """
    settled = Network(nodes, first, second, weight).settle(np.zeros(nodes, dtype=np.int64))
    return settled if isinstance(settled, Cycle) else None


class Network:
    """Difference constraints value[second] >= value[first] + weight, cyclic or not, made ready for passes.

    The arcs that are never negative usually form a Dag; a pass goes along that and then once over all others. Without
    a positive cycle no more passes are needed than a longest simple path has arcs of the second kind, plus one.
    """

    def __init__(self, nodes: int, first: Ints, second: Ints, weight: Ints, rank: Ints | None = None) -> None:
        self.nodes, self.first, self.second, self.weight = nodes, first, second, weight
        self.cycle: Cycle | None = None
        self.rank = self._ranked() if rank is None else rank
        forward = self.rank[first] < self.rank[second]
        self._forth, self._back = np.flatnonzero(forward), np.flatnonzero(~forward)
        self._dag = Dag(first[self._forth], second[self._forth], self.rank)

    def _ranked(self) -> Ints:
        """Numbers that rise along the arcs which are not negative, else (with cycles of weight 0) along positive ones.

        With a cycle of positive arcs there are none such; `cycle` is that cycle then.
        """
        for kept in (self.weight >= 0, self.weight > 0):
            rank = _ranked(self.nodes, self.first[kept], self.second[kept])
            if rank is not None:
                return rank
        at = np.flatnonzero(self.weight > 0)
        found = cycle(self.nodes, self.first[at], self.second[at])
        assert found is not None
        self.cycle = Cycle(found.nodes, at[found.arcs].tolist())
        return np.zeros(self.nodes, dtype=np.int64)

    def reversed(self) -> Network:
        """The same constraints read from the other end: every arc turned round."""
        return Network(self.nodes, self.second, self.first, self.weight, self.rank.max(initial=0) - self.rank)

    def work(self) -> int:
        """What one pass costs, in about a tenth of a microsecond."""
        return self._dag.work() + len(self._back) // 8

    def step(self, value: Ints) -> Ints:
        """Values raised by one pass; they are at their least fixpoint when a pass changes nothing."""
        value = self._dag.longest(self.weight[self._forth], value)
        if len(self._back):
            reached = value[self.first[self._back]] + self.weight[self._back]
            np.maximum.at(value, self.second[self._back], reached)
        return value

    def settle(self, base: Ints) -> Ints | Cycle:
        """The least values above a base that satisfy every arc, or a positive cycle."""
        if self.cycle is not None:
            return self.cycle
        value, passes = base, 0
        while True:
            last, value = value, self.step(value)
            if not len(self._back) or np.array_equal(last, value):
                return value
            passes += 1
            if passes & (passes - 1) == 0 and passes >= 4:
                found = self._search(base, passes)
                if found is not None:
                    return found

    def _search(self, base: Ints, passes: int) -> Cycle | None:
        """Repeat some passes while noting for each node the arc that raised it last; a cycle of those is positive.

        (Along such an arc value[second] <= value[first] + weight, with < as soon as its tail is raised again; adding
        up around a cycle when it closes gives a total above 0.)
        """
        value, arc_of = base.tolist(), [-1] * self.nodes
        sequence = np.r_[self._forth[self._dag.by_depth], self._back]
        rows = list(zip(*(c[sequence].tolist() for c in (self.first, self.second, self.weight)), sequence.tolist()))
        for _ in range(passes):
            for a, b, w, k in rows:
                reached = value[a] + w
                if reached > value[b]:
                    value[b] = reached
                    arc_of[b] = k
            found = self._closed(arc_of)
            if found is not None:
                return found
        return None

    def _closed(self, arc_of: list[int]) -> Cycle | None:
        """A cycle of the graph in which every node has at most one arc, the one into it."""
        tail, state = self.first, bytearray(self.nodes)
        for begin in range(self.nodes):
            at, trail = begin, []
            while at >= 0 and not state[at]:
                state[at] = 1
                trail.append(at)
                at = int(tail[arc_of[at]]) if arc_of[at] >= 0 else -1
            if at >= 0 and state[at] == 1:
                around = trail[trail.index(at) :][::-1]
                return Cycle([around[-1], *around[:-1]], [arc_of[v] for v in around])
            for v in trail:
                state[v] = 2
        return None


def _ranked(nodes: int, first: Ints, second: Ints) -> Ints | None:
    """Numbers that rise along every arc: the depth, or where that is long to find the node's own number."""
    if nodes > 1000 and (first < second).all():
        sources = nodes - np.count_nonzero(np.bincount(second, minlength=nodes))
        if sources < _NARROW:
            return np.arange(nodes)
    return layers(nodes, first, second)


def transitive_reduction(nodes: int, first: Ints, second: Ints) -> Ints:
    """The arcs of the one smallest graph with the same paths as an acyclic graph; ValueError with a cycle.

    Of parallel arcs the first one stays.
    """
    plain = layers(nodes, first, second)
    if plain is None:
        raise ValueError("the graph has a cycle")
    _, keep = np.unique(np.stack([first, second]), axis=1, return_index=True)
    keep = np.sort(keep)
    if nodes > ORDINARY:
        return keep[~_implied(nodes, first[keep], second[keep], plain)]
    import networkx

    graph: Any = networkx.DiGraph()
    graph.add_edges_from(zip(first[keep].tolist(), second[keep].tolist()))
    reduced = networkx.transitive_reduction(graph)
    held = [reduced.has_edge(a, b) for a, b in zip(first[keep].tolist(), second[keep].tolist())]
    return keep[np.array(held, dtype=np.bool_)]


def _implied(nodes: int, first: Ints, second: Ints, depth: Ints) -> Flags:
    """Which arcs another path replaces: searched from each tail that has several heads, no deeper than those."""
    start, out = _outgoing(nodes, first, second)
    _, numbers = _outgoing(nodes, first, np.arange(len(first)))
    begin, heads, deep, arcs = start.tolist(), out.tolist(), depth.tolist(), numbers.tolist()
    implied = np.zeros(len(first), dtype=np.bool_)
    for a in np.flatnonzero(np.diff(start) > 1).tolist():
        direct = heads[begin[a] : begin[a + 1]]
        limit = max(deep[b] for b in direct)
        seen: set[int] = set()
        queue = list(direct)
        for b in queue:
            for c in heads[begin[b] : begin[b + 1]]:
                if c not in seen and deep[c] <= limit:
                    seen.add(c)
                    queue.append(c)
        for k, b in zip(arcs[begin[a] : begin[a + 1]], direct):
            implied[k] = b in seen
    return implied
