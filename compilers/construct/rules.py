"""Priority rules: keys by task, the least first."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from schedc.compilers.construct.instance import Instance
from schedc.compilers.construct.serial import Links
from schedc.compilers.windows import Windows

Keys = NDArray[np.float64]

_COUNTED = 3000     # tasks up to which all successors are counted


def fixed_rules(instance: Instance, links: Links, bounds: Windows) -> Iterator[tuple[str, Keys]]:
    """The rules without chance, the best on average first.

    Latest start, latest end (Davis and Patterson 1975), least slack, greatest rank weight (own and direct successors'
    length), most successors.
    """
    yield "latest start", bounds.latest_start.astype(np.float64)
    yield "latest end", bounds.latest_end.astype(np.float64)
    yield "slack", (bounds.latest_start - bounds.earliest_start).astype(np.float64)
    yield "rank weight", -_rank_weight(instance, links)
    yield "earliest start", bounds.earliest_start.astype(np.float64)
    if len(instance.length) <= _COUNTED:
        yield "successors", -_successors(links)


def random_rules(bounds: Windows, generator: np.random.Generator) -> Iterator[tuple[str, Keys]]:
    """Latest start, disturbed more and more and from the beginning again."""
    base = bounds.latest_start.astype(np.float64)
    spread = float(np.ptp(base)) if len(base) else 0.0
    while True:
        for share in (0.05, 0.1, 0.2, 0.4):
            yield "random", base + generator.random(len(base)) * spread * share


def _rank_weight(instance: Instance, links: Links) -> Keys:
    length = instance.length
    weights = [length[t] + sum(length[s] for s in after) for t, after in enumerate(links.after)]
    return np.array(weights, dtype=np.float64)


def _successors(links: Links) -> Keys:
    """How many tasks follow each one, directly or not."""
    reach = [0] * len(links.after)
    for task in reversed(links.in_order()):
        for successor in links.after[task]:
            reach[task] |= reach[successor] | 1 << successor
    return np.array([bits.bit_count() for bits in reach], dtype=np.float64)
