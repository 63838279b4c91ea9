"""Graph questions against networkx and plain relaxation, on both sides of the size where the method changes."""

from __future__ import annotations

from collections.abc import Iterator

import networkx
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from schedc.models import graph
from schedc.models.columns import Ints, ints

Arcs = list[tuple[int, int]]
ARCS = st.integers(1, 9).flatmap(
    lambda n: st.tuples(st.just(n), st.lists(st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)), max_size=20))
)
WEIGHTED = st.integers(1, 7).flatmap(
    lambda n: st.tuples(
        st.just(n),
        st.lists(st.tuples(st.integers(0, n - 1), st.integers(0, n - 1), st.integers(-4, 4)), max_size=14),
        st.lists(st.integers(-5, 5), min_size=n, max_size=n),
    )
)


@pytest.fixture(params=["ordinary", "volume"], autouse=True)
def size(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    if request.param == "volume":
        monkeypatch.setattr(graph, "ORDINARY", 0)
    yield


def columns(arcs: list[tuple[int, ...]] | Arcs) -> tuple[Ints, ...]:
    width = len(arcs[0]) if arcs else 3
    return tuple(ints(a[k] for a in arcs) for k in range(width))[:width]


def relaxed(nodes: int, arcs: list[tuple[int, int, int]], base: list[int]) -> list[int] | None:
    """The fixpoint by repeated relaxation; None if it does not stop."""
    value = list(base)
    for _ in range(nodes + 1):
        before = list(value)
        for a, b, w in arcs:
            value[b] = max(value[b], value[a] + w)
        if value == before:
            return value
    return None


@given(ARCS)
def test_a_cycle_is_one_and_is_found(case: tuple[int, Arcs]) -> None:
    nodes, arcs = case
    first, second = columns(arcs)[:2]
    found = graph.cycle(nodes, first, second)
    plain = networkx.MultiDiGraph(arcs)
    assert (found is None) == networkx.is_directed_acyclic_graph(plain)
    assert (graph.order(nodes, first, second) is None) == (found is not None)
    if found is not None:
        assert len(set(found.nodes)) == len(found.nodes) == len(found.arcs)
        assert first[found.arcs].tolist() == found.nodes
        assert second[found.arcs].tolist() == found.nodes[1:] + found.nodes[:1]


@given(ARCS)
def test_layers_are_longest_arc_counts(case: tuple[int, Arcs]) -> None:
    nodes, arcs = case
    first, second = columns(arcs)[:2]
    depth = graph.layers(nodes, first, second)
    want = relaxed(nodes, [(a, b, 1) for a, b in arcs], [0] * nodes)
    assert (None if depth is None else depth.tolist()) == want
    ordered = graph.order(nodes, first, second)
    if ordered is not None:
        place = np.argsort(ordered)
        assert sorted(ordered.tolist()) == list(range(nodes))
        assert (place[first] < place[second]).all()


@given(WEIGHTED)
def test_longest_values_and_positive_cycles(case: tuple[int, list[tuple[int, int, int]], list[int]]) -> None:
    nodes, arcs, base = case
    first, second, weight = columns(arcs)
    want = relaxed(nodes, arcs, base)
    found = graph.positive_cycle(nodes, first, second, weight)
    assert (found is None) == (want is not None)
    if want is not None:
        assert graph.longest_from(nodes, first, second, weight, ints(base)).tolist() == want
        return
    assert found is not None
    assert weight[found.arcs].sum() > 0
    assert first[found.arcs].tolist() == found.nodes
    assert second[found.arcs].tolist() == found.nodes[1:] + found.nodes[:1]
    with pytest.raises(ValueError, match="positive"):
        graph.longest_from(nodes, first, second, weight, ints(base))


@given(WEIGHTED)
def test_a_critical_path_adds_up(case: tuple[int, list[tuple[int, int, int]], list[int]]) -> None:
    nodes, arcs, base = case
    assume(relaxed(nodes, arcs, base) is not None)
    first, second, weight = columns(arcs)
    path = graph.critical_path(nodes, first, second, weight, ints(base))
    assert first[path.arcs].tolist() == path.nodes[:-1]
    assert second[path.arcs].tolist() == path.nodes[1:]
    greatest = graph.longest_from(nodes, first, second, weight, ints(base)).max()
    assert base[path.nodes[0]] + weight[path.arcs].sum() == greatest


@given(ARCS)
def test_reduction_keeps_the_paths_with_the_fewest_arcs(case: tuple[int, Arcs]) -> None:
    nodes, arcs = case
    first, second = columns([(min(a, b), max(a, b)) for a, b in arcs if a != b])[:2]
    kept = graph.transitive_reduction(nodes, first, second)
    whole = networkx.DiGraph(list(zip(first.tolist(), second.tolist())))
    want = networkx.transitive_reduction(whole)
    assert sorted(zip(first[kept].tolist(), second[kept].tolist())) == sorted(want.edges)


def test_reduction_refuses_a_cycle() -> None:
    with pytest.raises(ValueError, match="cycle"):
        graph.transitive_reduction(2, ints([0, 1]), ints([1, 0]))


def wide_case(nodes: int, arcs: int, seed: int) -> tuple[Ints, Ints, Ints]:
    """A shallow graph: ten ranks, arcs between neighbours."""
    rng = np.random.default_rng(seed)
    rank = rng.integers(0, 9, arcs)
    width = nodes // 10
    first, second = rank * width + rng.integers(0, width, arcs), (rank + 1) * width + rng.integers(0, width, arcs)
    name = rng.permutation(nodes)
    return name[first], name[second], rng.integers(-3, 9, arcs)


@pytest.mark.parametrize("seed", range(3))
def test_wide_graphs_by_layers_as_by_arcs(seed: int) -> None:
    first, second, weight = wide_case(1000, 3000, seed)
    plain = graph.dag(1000, first, second)
    base = np.random.default_rng(seed).integers(-50, 50, 1000)
    assert plain is not None and plain._wide
    assert np.array_equal(plain.longest(weight, base), plain._by_arcs(weight, base))
    want = relaxed(1000, list(zip(first.tolist(), second.tolist(), weight.tolist())), base.tolist())
    assert plain.longest(weight, base).tolist() == want


def test_narrow_graphs_of_some_size() -> None:
    nodes = 5000
    first, second = np.arange(nodes - 1), np.arange(1, nodes)
    name = np.random.default_rng(1).permutation(nodes)
    for a, b in ((first, second), (name[first], name[second])):
        depth = graph.layers(nodes, a, b)
        assert depth is not None and sorted(depth.tolist()) == list(range(nodes))
        value = graph.longest_from(nodes, a, b, np.full(nodes - 1, 3), np.zeros(nodes, dtype=np.int64))
        assert value.max() == 3 * (nodes - 1)
        found = graph.cycle(nodes, np.r_[a, b[-1]], np.r_[b, a[0]])
        assert found is not None and len(found.nodes) == nodes


def test_a_long_maximal_lag_is_consistent_or_names_its_cycle() -> None:
    nodes = 3000
    first, second = np.r_[np.arange(nodes - 1), nodes - 1], np.r_[np.arange(1, nodes), 0]
    fits = np.r_[np.full(nodes - 1, 2), -2 * (nodes - 1)]
    assert graph.positive_cycle(nodes, first, second, fits) is None
    fits[-1] += 1
    found = graph.positive_cycle(nodes, first, second, fits)
    assert found is not None and len(found.nodes) == nodes


def test_nothing_at_all() -> None:
    none = ints([])
    assert graph.cycle(0, none, none) is None
    assert graph.positive_cycle(3, none, none, none) is None
    assert graph.critical_path(0, none, none, none, none).nodes == []
    assert len(graph.transitive_reduction(2, none, none)) == 0
