"""Capacity over time as step functions, for the compilers (the judge has its own way)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from schedc.models.columns import Ints, SpanSets, distinct
from schedc.models.model import Model
from schedc.models.statements import Downtime, Open


class Steps(NamedTuple):
    """capacity[i] holds on [at[i], at[i+1]), the last one to the horizon; at[0] is 0, neighbours differ."""

    at: Ints
    capacity: Ints


class Spans(NamedTuple):
    """Disjoint half-open spans in order."""

    lo: Ints
    hi: Ints


def capacity_profiles(model: Model) -> dict[int, Steps]:
    """The step functions of the resources that some `open` or `downtime` names, by resource number.

    A resource that is not in the answer has its nominal capacity throughout.
    """
    opened: dict[int, list[tuple[SpanSets, int]]] = {}
    closed: dict[int, list[tuple[SpanSets, int, int]]] = {}
    for s in model.availability:
        for k, (r, which) in enumerate(zip(s.resource.tolist(), s.which.tolist())):
            if isinstance(s, Open):
                opened.setdefault(r, []).append((s.spans, which))
            else:
                assert isinstance(s, Downtime)
                closed.setdefault(r, []).append((s.spans, which, int(s.leaving[k])))
    memo: dict[tuple[object, ...], Steps] = {}
    found = {}
    for r in sorted(opened.keys() | closed.keys()):
        nominal = int(model.capacity[r])
        ups, downs = opened.get(r, []), closed.get(r, [])
        key = (nominal, *((id(s), w) for s, w in ups), None, *((id(s), w, k) for s, w, k in downs))
        if key not in memo:
            memo[key] = _steps(nominal, model.horizon, ups, downs)
        found[r] = memo[key]
    return found


def _steps(
    nominal: int, horizon: int, opened: list[tuple[SpanSets, int]], closed: list[tuple[SpanSets, int, int]]
) -> Steps:
    ups = [s.of(which) for s, which in opened]
    downs = [(*s.of(which), left) for s, which, left in closed]
    at = distinct(np.concatenate([[0], *(np.concatenate(u) for u in ups), *(np.r_[lo, hi] for lo, hi, _ in downs)]))
    at = at[(at >= 0) & (at < horizon)].astype(np.int64)
    capacity = np.full(len(at), nominal, dtype=np.int64)
    if ups:
        is_open = np.zeros(len(at), dtype=np.bool_)
        for lo, hi in ups:
            is_open |= _covered(at, lo, hi)
        capacity[~is_open] = 0
    for lo, hi, left in downs:
        down = _covered(at, lo, hi)
        capacity[down] = np.minimum(capacity[down], left)
    keep = np.r_[True, np.diff(capacity) != 0]
    return Steps(at[keep], capacity[keep])


def _covered(at: Ints, lo: Ints, hi: Ints) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Which of the points lie in one of the disjoint, sorted spans."""
    if not len(lo):
        return np.zeros(len(at), dtype=np.bool_)
    before = np.searchsorted(lo, at, side="right") - 1
    covered: np.ndarray[tuple[int], np.dtype[np.bool_]] = (before >= 0) & (at < hi[np.maximum(before, 0)])
    return covered


def spans_below(steps: Steps, demand: int, horizon: int) -> Spans:
    """The maximal spans at which the capacity is below a demand: where a pausable task with it pauses."""
    return _runs(steps.at, steps.capacity < demand, horizon)


def spans_enough(steps: Steps, demand: int, horizon: int) -> Spans:
    """The maximal spans at which the capacity suffices for a demand."""
    return _runs(steps.at, steps.capacity >= demand, horizon)


def _runs(at: Ints, holds: np.ndarray[tuple[int], np.dtype[np.bool_]], horizon: int) -> Spans:
    edges = np.diff(np.r_[False, holds, False].astype(np.int8))
    bounds = np.r_[at, horizon]
    return Spans(bounds[np.flatnonzero(edges == 1)], bounds[np.flatnonzero(edges == -1)])


def union(parts: list[Spans]) -> Spans:
    """The union of several lists of spans, touching ones joined."""
    lo = np.concatenate([p.lo for p in parts]) if parts else np.zeros(0, dtype=np.int64)
    hi = np.concatenate([p.hi for p in parts]) if parts else np.zeros(0, dtype=np.int64)
    if not len(lo):
        return Spans(lo, hi)
    order = np.argsort(lo, kind="stable")
    lo, hi = lo[order], np.maximum.accumulate(hi[order])
    heads = np.r_[True, lo[1:] > hi[:-1]]
    return Spans(lo[heads], hi[np.r_[heads[1:], True]])
