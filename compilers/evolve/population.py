"""The individuals of a search in machine code, and what is known of them."""

from __future__ import annotations

from typing import NamedTuple

from schedc.compilers.evolve.compiled import Chance, compiled, draw
from schedc.models.columns import Ints

# the note of a population: individuals, wanted individuals, the best one, those made from rules, children, children
# since one entered, restarts, credits of crossing and of changing, whether a guest waits in the last row
SIZE, WANTED, BEST, MADE, CHILDREN, STALE, ANEW, CROSSING, CHANGING, GUEST = range(10)
RULES = -1      # the operator of first individuals, and of those that are decoded again
# then what `fuzzy` keeps: children judged fuzzily, decoded again, the mean rank error and the threshold in thousandths,
# whether it is used now, children in this window, placements at its beginning, what both kinds of windows won for a
# million placements, how many there were, and by likeness how much worse than expected children are, in thousandths
GUESSES, DOUBTS, ERROR, THRESHOLD, USED, WINDOW, SINCE, WON, WITH, WITHOUT, WINDOWS, DRIFT = range(10, 22)
BUCKETS = 16
NOTE = DRIFT + BUCKETS

# traits: expected mutations in thousandths, hash of the schedule, likeness to what was really evaluated in thousandths
RATE, HASH, LIKENESS = range(3)
TRAITS = 3


class Population(NamedTuple):
    """genes[i], cost[i] (penalty, then goals), traits[i] of individual i; the last two rows are for children. best:
    what is placed in the best schedule."""

    genes: Ints
    cost: Ints
    traits: Ints
    best: Ints
    note: Ints


@compiled
def less(cost: Ints, one: int, other: int) -> bool:
    """Whether one individual is better than another."""
    for k in range(cost.shape[1]):
        if cost[one, k] != cost[other, k]:
            return cost[one, k] < cost[other, k]
    return False


@compiled
def pick(q: Population, chance: Chance) -> int:
    """The better of two individuals at random."""
    i, j = draw(chance, q.note[SIZE]), draw(chance, q.note[SIZE])
    return j if less(q.cost, j, i) else i
