"""Better schedules from good ones: orders of start are crossed, generated anew and pushed both ways.

A population of activity lists under two-point crossover and a small mutation, each child decoded by serial generation
and double justification (Hartmann 1998; Valls, Ballestín and Quintanilla 2008). The sizes and rates are ours.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from schedc.compilers.construct.rules import Keys
from schedc.models.columns import Ints

POPULATION = 40
_MUTATED = 0.05     # of the tasks, on average
_SHIFT = 0.1        # of the list, how far a mutated task moves on average


def breed(
    parents: Callable[[], Sequence[Ints]], grow: Callable[[Keys], None], done: Callable[[], bool], seed: int
) -> None:
    """Hand keys of children to `grow`, until `done`. parents: the population's start columns, the best first."""
    generator = np.random.default_rng(seed)
    while not done():
        pool = parents()
        if not pool:
            return
        grow(_mutated(_crossed(_chosen(pool, generator), _chosen(pool, generator), generator), generator))


def _chosen(pool: Sequence[Ints], generator: np.random.Generator) -> Ints:
    """The better of two at random."""
    return pool[int(generator.integers(len(pool), size=2).min())]


def _crossed(mother: Ints, father: Ints, generator: np.random.Generator) -> Keys:
    """The mother's order, in which a stretch of between a quarter and three quarters follows the father's."""
    count = len(mother)
    order = np.argsort(mother, kind="stable")
    width = int(generator.integers(count // 4, 3 * count // 4 + 1))
    begin = int(generator.integers(0, count - width + 1))
    stretch = order[begin : begin + width]
    order[begin : begin + width] = stretch[np.argsort(father[stretch], kind="stable")]
    keys = np.empty(count, dtype=np.float64)
    keys[order] = np.arange(count)
    return keys


def _mutated(keys: Keys, generator: np.random.Generator) -> Keys:
    moved = generator.random(len(keys)) < _MUTATED
    keys[moved] += generator.normal(0.0, _SHIFT * len(keys), int(moved.sum()))
    return keys
