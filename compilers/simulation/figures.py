"""Distributions of what many runs came to."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from schedc.models.columns import Ints
from schedc.models.records import dataclass

PERCENTILES = (1, 5, 25, 50, 75, 90, 95, 99)
BINS = 30


@dataclass(frozen=True)
class Distribution:
    """mean and sd (of the runs, divisor n), least, most, nearest-rank percentiles by number, and a histogram: counts[k]
    runs lie in edges[k] <= value < edges[k + 1]. All in the goal's integer units."""

    mean: Fraction
    sd: float
    least: int
    most: int
    percentiles: tuple[tuple[int, int], ...]
    edges: tuple[int, ...]
    counts: tuple[int, ...]


def distribution(values: Ints) -> Distribution:
    """The distribution of at least one value."""
    ordered = np.sort(values)
    n, least, most = len(ordered), int(ordered[0]), int(ordered[-1])
    mean = Fraction(sum(ordered.tolist()), n)
    sd = float(np.sqrt(np.mean((ordered - float(mean)) ** 2)))
    ranks = tuple((p, int(ordered[-(-p * n // 100) - 1])) for p in PERCENTILES)
    width = max(1, -(-(most - least + 1) // BINS))
    edges = tuple(range(least, most + width + 1, width))
    counts = np.diff(np.searchsorted(ordered, np.array(edges))).tolist()
    return Distribution(mean, sd, least, most, ranks, edges, tuple(counts))
