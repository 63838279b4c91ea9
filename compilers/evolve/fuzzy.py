"""Fuzzy fitness in machine code: what a child is worth, guessed from its parents instead of decoded.

After Evolutionary task scheduling with fuzzy fitness evaluation (arXiv 2408.13500), whose formulas were not at hand;
all constants here are ours. A child's likeness to a parent comes from the operators' own bookkeeping: one less the
share of tasks whose place or way was changed; a parent that is itself only guessed passes its own likeness on. The
guess lies between the parents' costs, weighted by the shares of genes, and is worsened by how much children of that
likeness came out worse than that so far. A child at or above the threshold is not decoded unless its guess is among
the better half: nothing guessed is ever the best, nor stays among the elite. Now and then a guessed individual is
decoded; the mean error of its rank moves the threshold. Windows of children with and without guesses take turns, and
when those with them have won less for the work the guessing stops until the population is made anew.
"""

from __future__ import annotations

from schedc.compilers.evolve.compiled import Chance, compiled, draw
from schedc.compilers.evolve.lists import copy
from schedc.compilers.evolve.population import (
    BEST,
    BUCKETS,
    CHILDREN,
    DOUBTS,
    DRIFT,
    ERROR,
    GUESSES,
    LIKENESS,
    SINCE,
    SIZE,
    THRESHOLD,
    TRAITS,
    USED,
    WINDOW,
    WINDOWS,
    WITH,
    WITHOUT,
    WON,
    Population,
    less,
)
from schedc.models.columns import Ints

AT_FIRST, LEAST, MOST = 850, 600, 1001      # thresholds of likeness, in thousandths; the last one lets nobody through
LENGTH = 400        # children in a window
TRIALS = 8          # windows after which it is decided
BAD, GOOD = 300, 150    # mean rank errors in thousandths of the population, above and below which the threshold moves
REAL = 1000         # the likeness of what was decoded


@compiled
def guess(q: Population, one: int, two: int, likeness: int, part: int) -> None:
    """Write the guess and the likeness of the child in the last row; part: the second one's share, in thousandths."""
    last = len(q.genes) - 1
    if q.cost[one, 0] != q.cost[two, 0]:
        likeness = 0
    known = min(q.traits[one, LIKENESS], q.traits[two, LIKENESS]) if part > 0 else q.traits[one, LIKENESS]
    likeness = likeness * known // 1000
    q.traits[last, LIKENESS] = likeness
    q.cost[last, 0] = q.cost[one, 0]
    for k in range(1, q.cost.shape[1]):
        q.cost[last, k] = q.cost[one, k] + (q.cost[two, k] - q.cost[one, k]) * part // 1000
    if q.cost.shape[1] > 1:
        q.cost[last, 1] += q.note[DRIFT + min(BUCKETS - 1, likeness * BUCKETS // 1001)] // 1000


@compiled
def guessed(q: Population) -> bool:
    """Whether the child is left at its guess; it is then an individual if it seems better than the worst."""
    last, worst, better = len(q.genes) - 1, q.note[SIZE] - 1, 0
    if q.note[USED] == 0 or q.traits[last, LIKENESS] < q.note[THRESHOLD]:
        return False
    for i in range(q.note[SIZE]):
        better += int(less(q.cost, i, last))
        if less(q.cost, worst, i):
            worst = i
    if 2 * better < q.note[SIZE] or worst == q.note[BEST]:
        return False
    q.note[GUESSES] += 1
    if less(q.cost, last, worst):
        replace(q, worst, last)
    return True


@compiled
def replace(q: Population, place: int, by: int) -> None:
    """Put one row of the population in the place of another."""
    copy(q.genes[by], q.genes[place])
    for k in range(q.cost.shape[1]):
        q.cost[place, k] = q.cost[by, k]
    for k in range(TRAITS):
        q.traits[place, k] = q.traits[by, k]


@compiled
def doubted(q: Population, chance: Chance) -> int:
    """A guessed individual that is to be decoded now, put in the last row: one among the better half always, any other
    now and then; -1 for none."""
    last = len(q.genes) - 1
    if q.note[GUESSES] == 0:
        return -1
    i = draw(chance, q.note[SIZE])
    if q.traits[i, LIKENESS] >= REAL or i == q.note[BEST]:
        return -1
    better = 0
    for j in range(q.note[SIZE]):
        better += int(less(q.cost, j, i))
    if 2 * better >= q.note[SIZE] and draw(chance, 4) > 0:
        return -1
    replace(q, last, i)
    return i


@compiled
def learn_rank(q: Population, place: int, expected: int) -> None:
    """Compare the rank of a decoded individual with that of its guess."""
    last = len(q.genes) - 1
    wrong = 0
    if place < q.note[SIZE] and q.traits[last, LIKENESS] < REAL and q.cost.shape[1] > 1:
        for i in range(q.note[SIZE]):
            wrong += int((q.cost[i, 1] < expected) != (q.cost[i, 1] < q.cost[last, 1]))
        wrong = 1000 * wrong // q.note[SIZE]
        q.note[DOUBTS] += 1
        q.note[ERROR] += (wrong - q.note[ERROR]) // 16
        if q.note[ERROR] > BAD:
            q.note[THRESHOLD] = min(MOST, q.note[THRESHOLD] + 5)
        elif q.note[ERROR] < GOOD:
            q.note[THRESHOLD] = max(LEAST, q.note[THRESHOLD] - 5)
    q.traits[last, LIKENESS] = REAL


@compiled
def learn_drift(q: Population, expected: int) -> None:
    """Remember how much worse than its guess a child of its likeness is."""
    last = len(q.genes) - 1
    if q.cost.shape[1] > 1 and q.cost[last, 0] == 0:
        at = DRIFT + min(BUCKETS - 1, q.traits[last, LIKENESS] * BUCKETS // 1001)
        q.note[at] += 1000 * (q.cost[last, 1] - expected) // 64
    q.traits[last, LIKENESS] = REAL


@compiled
def compare(q: Population, won: bool, placements: int) -> None:
    """Keep windows with and without guesses apart, and stop guessing where it does not pay."""
    note: Ints = q.note
    note[WON] += int(won)
    note[WINDOW] += 1
    if note[WINDOWS] >= TRIALS or note[WINDOW] < LENGTH:
        return
    spent = placements - note[SINCE] if placements > note[SINCE] else placements
    side = WITH if note[USED] == 1 else WITHOUT
    note[side] += 1_000_000 * note[WON] // max(1, spent)
    note[WINDOWS] += 1
    note[WINDOW], note[WON], note[SINCE] = 0, 0, placements
    note[USED] = 1 - note[USED]
    if note[WINDOWS] >= TRIALS:
        note[USED] = int(note[WITH] > note[WITHOUT])


@compiled
def begin_guessing(q: Population) -> None:
    """As at first: nothing is known of how well guesses do."""
    note: Ints = q.note
    note[WINDOWS], note[WITH], note[WITHOUT], note[WINDOW], note[WON], note[USED] = 0, 0, 0, 0, 0, 0
    note[THRESHOLD] = AT_FIRST if note[CHILDREN] == 0 else max(LEAST, min(note[THRESHOLD], AT_FIRST))
