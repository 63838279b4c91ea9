"""Edges of open and of closed time that may move: each open stretch a little longer, each downtime a little shorter."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from schedc.explaining.case import Case
from schedc.models.columns import SpanSets
from schedc.models.model import Model
from schedc.models.profile import Spans, union
from schedc.models.statements import Downtime, Open

_MOST = 40      # edges of one calendar that are tried


@dataclass(frozen=True, eq=False)
class Edge:
    """An edge that may move by 1 .. most ticks."""

    most: int
    apply: Callable[[int], Model]
    words: Callable[[int], str]


def open_spans(model: Model, resource: int) -> Spans:
    """When a resource is open by its `open` statements."""
    found = [
        Spans(*a.spans.of(which)) for a in model.availability if isinstance(a, Open)
        for which in a.which[a.resource == resource].tolist()
    ]
    return union(found)


def gaps(model: Model, resource: int) -> list[tuple[int, int]]:
    """When it is not, within the horizon."""
    spans = open_spans(model, resource)
    lo, hi = np.r_[0, spans.hi], np.r_[spans.lo, model.horizon]
    return [(int(a), int(b)) for a, b in zip(lo, hi) if a < b]


def opened(model: Model, resource: int, lo: int, hi: int) -> Model:
    """The model in which a resource is open in [lo, hi) too."""
    for k, a in enumerate(model.availability):
        if isinstance(a, Open) and (a.resource == resource).any():
            more = SpanSets(
                np.r_[a.spans.ptr, a.spans.ptr[-1] + 1].astype(np.int64), np.r_[a.spans.lo, lo], np.r_[a.spans.hi, hi]
            )
            row = np.r_[a.resource, resource], np.r_[a.which, len(a.spans)]
            changed = replace(a, resource=row[0], which=row[1], spans=more)
            return replace(model, availability=(*model.availability[:k], changed, *model.availability[k + 1 :]))
    return model


def closings(case: Case, resource: int) -> Iterator[Edge]:
    """Every gap between a resource's open times, made smaller from its left and from its right."""
    model = case.model
    ever = len(open_spans(model, resource).lo) > 0
    for lo, hi in gaps(model, resource)[: _MOST // 2]:
        if lo > 0 or not ever:
            yield _later(model, resource, lo, hi)
        if hi < model.horizon:
            yield _earlier(model, resource, lo, hi)


def _later(model: Model, resource: int, lo: int, hi: int) -> Edge:
    name, axis = model.resource_name(resource), model.axis
    def words(x: int) -> str:
        if lo + x == hi:
            return _all_open(model, resource, lo, hi)
        return f"`{name}` open {axis.span_text(x)} longer from {axis.tick_text(lo)}, until {axis.tick_text(lo + x)}"

    return Edge(hi - lo, lambda x: opened(model, resource, lo, lo + x), words)


def _earlier(model: Model, resource: int, lo: int, hi: int) -> Edge:
    name, axis = model.resource_name(resource), model.axis
    def words(x: int) -> str:
        if lo + x == hi:
            return _all_open(model, resource, lo, hi)
        return f"`{name}` open {axis.span_text(x)} before {axis.tick_text(hi)}, from {axis.tick_text(hi - x)}"

    return Edge(hi - lo, lambda x: opened(model, resource, hi - x, hi), words)


def _all_open(model: Model, resource: int, lo: int, hi: int) -> str:
    text = model.axis.tick_text
    return f"`{model.resource_name(resource)}` open from {text(lo)} to {text(hi)} too"


def shortened(model: Model, k: int, row: int, span: int, begin: int, end: int) -> Model:
    """The model with one span of a row of a downtime cut to [begin, end), or gone where that is empty."""
    a = model.availability[k]
    assert isinstance(a, Downtime)
    lo, hi = (column.copy() for column in a.spans.of(int(a.which[row])))
    lo[span], hi[span] = begin, end
    keep = lo < hi
    spans = SpanSets(
        np.r_[a.spans.ptr, a.spans.ptr[-1] + keep.sum()].astype(np.int64),
        np.r_[a.spans.lo, lo[keep]], np.r_[a.spans.hi, hi[keep]],
    )
    which = a.which.copy()
    which[row] = len(a.spans)
    changed = replace(a, which=which, spans=spans)
    return replace(model, availability=(*model.availability[:k], changed, *model.availability[k + 1 :]))


def downtimes(case: Case, k: int, row: int) -> Iterator[Edge]:
    """Every span of a downtime, ending earlier or beginning later."""
    model = case.model
    a = model.availability[k]
    assert isinstance(a, Downtime)
    spans = list(zip(*(column.tolist() for column in a.spans.of(int(a.which[row])))))
    for span, (lo, hi) in enumerate(spans[: _MOST // 2]):
        if hi < model.horizon:
            yield _ended(model, k, row, span, lo, hi)
        if lo > 0:
            yield _begun(model, k, row, span, lo, hi)


def _ended(model: Model, k: int, row: int, span: int, lo: int, hi: int) -> Edge:
    name, axis = model.resource_name(int(model.availability[k].resource[row])), model.axis
    def words(x: int) -> str:
        if lo + x == hi:
            return f"no downtime of `{name}` from {axis.tick_text(lo)} to {axis.tick_text(hi)}"
        return f"downtime of `{name}` ends {axis.span_text(x)} earlier, at {axis.tick_text(hi - x)}"

    return Edge(hi - lo, lambda x: shortened(model, k, row, span, lo, hi - x), words)


def _begun(model: Model, k: int, row: int, span: int, lo: int, hi: int) -> Edge:
    name, axis = model.resource_name(int(model.availability[k].resource[row])), model.axis
    def words(x: int) -> str:
        if lo + x == hi:
            return f"no downtime of `{name}` from {axis.tick_text(lo)} to {axis.tick_text(hi)}"
        return f"downtime of `{name}` begins {axis.span_text(x)} later, at {axis.tick_text(lo + x)}"

    return Edge(hi - lo, lambda x: shortened(model, k, row, span, lo + x, hi), words)
