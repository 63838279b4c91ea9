"""Batches as conditions.

Source: batches. Targets: logic, linear. For each two uses of one resource, by tasks i and j,

    end(i) <= start(j)  or  end(j) <= start(i)  or  start(i) = start(j) and end(i) = end(j)

    [or length(i) <= 0, where that is possible]  [or i is absent, where it may be]  [likewise j]

    [or the option or the member of i is not chosen, where the use depends on one]  [likewise j].
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np

from schedc.compilers.constructs import Construct
from schedc.compilers.lowering.base import Lowering, Rewrite
from schedc.compilers.lowering.rebuild import at_most_zero, both, difference, either, equal_to_zero, single
from schedc.models.batches import Batched, batched, pairs
from schedc.models.columns import Flags, Ints, ints
from schedc.models.expressions import Point, Truth
from schedc.models.model import Model
from schedc.models.presence import presence_of
from schedc.models.statements import Require


def _lowered(model: Model) -> Rewrite:
    uses = batched(model)
    rows = [(p.first, p.second) for p in pairs(model, uses)]
    first, second = ints([a for a, _ in rows]), ints([b for _, b in rows])
    made = [
        Require(r.batch, condition) for r in model.resources if r.batch is not None
        for condition in _of(model, uses, first, second, (r.first, r.first + r.family.size))
    ]
    resources = tuple(replace(r, batch=None) for r in model.resources)
    return Rewrite(replace(model, resources=resources, relations=(*model.relations, *made)))


def _of(model: Model, uses: Batched, first: Ints, second: Ints, members: tuple[int, int]) -> Iterator[Truth]:
    """The conditions of one family, those of one shape joined as rows."""
    own = (uses.resource[first] >= members[0]) & (uses.resource[first] < members[1])
    first, second = first[own], second[own]
    shape = np.zeros(len(first), dtype=np.int64)
    for bit, flags in enumerate(_escapes(model, uses, first, second)):
        shape += flags.astype(np.int64) << bit
    for value in np.unique(shape).tolist():
        rows = shape == value
        yield _condition(uses, first[rows], second[rows], value)


def _escapes(model: Model, uses: Batched, first: Ints, second: Ints) -> Iterator[Flags]:
    """By pair, which of the ways out there are: no length, absence, an option, a member, for either side."""
    optional = presence_of(model).optional
    for side in (first, second):
        yield model.shortest[uses.task[side]] == 0
        yield optional[uses.task[side]]
        yield uses.option[side] >= 0
        yield uses.candidate[side] >= 0


def _condition(uses: Batched, first: Ints, second: Ints, shape: int) -> Truth:
    i, j = uses.task[first], uses.task[second]
    options: list[Truth] = [
        at_most_zero(difference(Point.END, i, Point.START, j)), at_most_zero(difference(Point.END, j, Point.START, i)),
        both(*(equal_to_zero(difference(point, i, point, j)) for point in (Point.START, Point.END))),
    ]
    for bit, side in ((0, first), (4, second)):
        columns = (
            (Point.LENGTH, uses.task[side]), (Point.PRESENT, uses.task[side]), (Point.MODE, uses.option[side]),
            (Point.MEMBER, uses.candidate[side]),
        )
        options += [
            at_most_zero(single(point, number)) for k, (point, number) in enumerate(columns) if shape >> (bit + k) & 1
        ]
    return either(*options)


def _adds(model: Model, more: int) -> Mapping[Construct, int]:
    rows = sum(1 for _ in pairs(model, batched(model))) + more
    return {Construct.LOGIC: 2 * rows, Construct.LINEAR: 4 * rows}


BATCHES = Lowering(
    "batches pair by pair", Construct.BATCHES, frozenset({Construct.LOGIC, Construct.LINEAR}),
    "apart, or of one start and one end", _adds, _lowered,
)
