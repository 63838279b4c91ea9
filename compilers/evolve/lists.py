"""Lists of tasks in machine code: made from keys, crossed, and changed a little."""

from __future__ import annotations

from schedc.compilers.evolve.bench import CHOICE, EARLY, GENES, LIST, MORE, OPEN, WISH
from schedc.compilers.evolve.compiled import Chance, compiled, draw, share
from schedc.compilers.evolve.image import (
    ARC,
    COUNT,
    DECIDER,
    INTO,
    LATEST,
    LENGTH,
    LONGEST,
    RANK,
    RELEASE,
    SORTED,
    TASK,
    TASKS,
    WAITS,
    WAY,
    WAY_OF,
)
from schedc.models.columns import Ints

NEAR = 0.2          # of the list: how far a task is moved at most (ours)
DIGITS = 11         # bits of a digit at most, so that counts stay in the nearest cache

# columns of the scratch
KEY, SPARE, STAMP = 0, 1, 2


@compiled
def sort_by_key(m: Ints, scratch: Ints, counts: Ints, genes: Ints) -> None:
    """Make the list ascend by the tasks' keys >= 0, ties in topological order: radix sort, linear in the tasks."""
    count, top = m[COUNT], 0
    for task in range(count):
        genes[task, LIST] = m[m[SORTED] + task]
        top = max(top, scratch[task, KEY])
    bits = 6
    while bits < DIGITS and (1 << bits) <= top and (1 << bits) < 2 * count:
        bits += 1
    shift, mask = 0, (1 << bits) - 1
    while shift == 0 or top >> shift > 0:
        for digit in range(mask + 2):
            counts[digit] = 0
        for place in range(count):
            counts[((scratch[genes[place, LIST], KEY] >> shift) & mask) + 1] += 1
        for digit in range(mask):
            counts[digit + 1] += counts[digit]
        for place in range(count):
            digit = (scratch[genes[place, LIST], KEY] >> shift) & mask
            scratch[counts[digit], SPARE] = genes[place, LIST]
            counts[digit] += 1
        for place in range(count):
            genes[place, LIST] = scratch[place, SPARE]
        shift += bits


@compiled
def disturb(m: Ints, chance: Chance, rule: Ints, noise: float, scratch: Ints) -> None:
    """Keys of a rule, disturbed by a share of their range and made to rise along the arcs."""
    low, high = rule[0], rule[0]
    for key in rule:
        low, high = min(low, key), max(high, key)
    width = int(noise * (high - low)) + 1
    for place in range(m[COUNT]):
        task = m[m[SORTED] + place]
        row = TASKS + TASK * task
        key = rule[task] - low + draw(chance, width)
        for k in range(m[row + INTO], m[row + TASK + INTO], ARC):
            if m[TASKS + TASK * m[k] + RANK] < m[row + RANK]:
                key = max(key, scratch[m[k], KEY])
        scratch[task, KEY] = key


@compiled
def copy(source: Ints, target: Ints) -> None:
    """All genes."""
    for task in range(len(source)):
        for column in range(GENES):
            target[task, column] = source[task, column]


@compiled
def inherit(parent: Ints, child: Ints, task: int, at: int) -> None:
    """A task and all its genes."""
    child[at, LIST], child[task, CHOICE] = task, parent[task, CHOICE]
    child[task, WISH], child[task, MORE] = parent[task, WISH], parent[task, MORE]
    child[task, EARLY] = parent[task, EARLY]


@compiled
def cross(mother: Ints, father: Ints, child: Ints, lo: int, hi: int, scratch: Ints, mark: int) -> int:
    """Two-point crossover: the mother's list, in which places lo .. hi are filled with the father's first of what is
    left of her, with their ways (Hartmann 1998); how many tasks have another place than in the mother's."""
    count, at, moved, k = len(child), 0, 0, 0
    while at < lo:
        task = mother[at, LIST]
        scratch[task, STAMP] = mark
        inherit(mother, child, task, at)
        at += 1
    while at < hi:
        task = father[k, LIST]
        k += 1
        if scratch[task, STAMP] != mark:
            scratch[task, STAMP] = mark
            inherit(father, child, task, at)
            moved += int(mother[at, LIST] != task)
            at += 1
    for k in range(lo, count):
        task = mother[k, LIST]
        if scratch[task, STAMP] != mark:
            inherit(mother, child, task, at)
            moved += int(k != at)
            at += 1
    return moved


@compiled
def leads(m: Ints, first: int, second: int) -> bool:
    """Whether an arc leads from one task to another."""
    row = TASKS + TASK * second
    if m[TASKS + TASK * first + RANK] > m[row + RANK]:
        return False
    found = False
    for k in range(m[row + INTO], m[row + TASK + INTO], ARC):
        found |= m[k] == first
    return found


@compiled
def move(m: Ints, genes: Ints, at: int, by: int) -> int:
    """Move the task at a place by so many places, or until an arc is in the way; how far it went."""
    task, begin = genes[at, LIST], at
    while by > 0 and at + 1 < len(genes) and not leads(m, task, genes[at + 1, LIST]):
        genes[at, LIST] = genes[at + 1, LIST]
        at, by = at + 1, by - 1
    while by < 0 and at > 0 and not leads(m, genes[at - 1, LIST], task):
        genes[at, LIST] = genes[at - 1, LIST]
        at, by = at - 1, by + 1
    genes[at, LIST] = task
    return abs(at - begin)


@compiled
def mutate(m: Ints, chance: Chance, genes: Ints, lo: int, hi: int, times: int) -> int:
    """Change so many times what one of the tasks at places lo .. hi-1 has: its place, way, presence or length; how many
    places are not as they were, about."""
    count, moved = len(genes), 0
    far = max(2, int(NEAR * count))
    for _ in range(times):
        at = lo + draw(chance, hi - lo)
        task = genes[at, LIST]
        row = TASKS + TASK * task
        first = m[row + WAY_OF]
        ways, longer = (m[row + TASK + WAY_OF] - first) // WAY, m[first + LONGEST] - m[first + LENGTH]
        other = share(chance) < 0.5
        if m[WAITS] > draw(chance, 100):
            genes[task, EARLY] = waiting(m, chance, row, genes[task, EARLY])
            moved += 1
        elif other and ways > 1:
            genes[task, CHOICE] = OPEN if draw(chance, 3) == 0 else draw(chance, ways)
            moved += 1
        elif other and longer > 0:
            genes[task, MORE] = lengthened(chance, genes[task, MORE], longer)
            moved += 1
        elif other and m[row + DECIDER] >= 0 and draw(chance, 3) == 0:
            genes[m[row + DECIDER], WISH] = 1 - genes[m[row + DECIDER], WISH]
            moved += 1
        else:
            by = 1 + draw(chance, far)
            moved += move(m, genes, at, by if share(chance) < 0.5 else -by)
    return moved


@compiled
def lengthened(chance: Chance, now: int, most: int) -> int:
    """Another length: the least, the greatest, any, or one nearby."""
    kind = draw(chance, 4)
    if kind == 0:
        return 0
    if kind == 1:
        return most
    if kind == 2:
        return draw(chance, most + 1)
    return max(0, min(most, now + draw(chance, 2 * (most // 8) + 3) - most // 8 - 1))


@compiled
def waiting(m: Ints, chance: Chance, row: int, now: int) -> int:
    """Another tick before which a task does not start: none, any in its window, or one nearby."""
    kind, first = draw(chance, 4), m[row + RELEASE]
    wide = max(1, m[row + LATEST] - m[m[row + WAY_OF] + LENGTH] - first + 1)
    if kind == 0:
        return 0
    if kind == 1:
        return first + draw(chance, wide)
    near = 1 << draw(chance, 8)
    return max(0, min(first + wide - 1, max(now, first) + draw(chance, 2 * near + 1) - near))
