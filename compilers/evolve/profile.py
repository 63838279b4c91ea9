"""What is left of a capacity over time, in machine code: as words by tick, or as linked segments.

Words hold what is free of all resources at one tick, a set bit above each field: after subtracting a packed demand
these bits are still set exactly where all of it was free (several comparisons in one, Fisher and Dietz 1999).

Segments of all resources lie in one arena. Row k is (at, free, next, previous); neighbours with equal free capacity are
joined. A joined one is DEAD and points to the one that took it in. hint[b] is some segment that begins no later than
bucket b of its resource's time does, so that a tick is found by walking through one bucket.
"""

from __future__ import annotations

from schedc.compilers.evolve.compiled import compiled
from schedc.models.columns import Ints

NEVER = 1 << 60
DEAD = -(1 << 60)
AT, FREE, NEXT, BEFORE = 0, 1, 2, 3
SIZE = 4        # where a bench's note says how many segments there are


@compiled
def fit_words(work: Ints, at: int, guard: int, begin: int, length: int, word: int) -> int:
    """The first start >= begin from which the demand is free throughout, NEVER if none; tick t is at work[at + t]."""
    known, last = begin, len(work) - at - length        # ticks from begin up to known are free
    while begin <= last:
        tick = begin + length - 1
        while tick >= known and ((work[at + tick] - word) & guard) == guard:
            tick -= 1
        if tick < known:
            return begin
        known = begin + length
        begin = tick + 1
    return NEVER


@compiled
def find(segment: Ints, hint: Ints, base: int, width: int, tick: int) -> int:
    """The segment that holds a tick."""
    bucket = base + tick // width
    c = bucket
    while hint[c] < 0:
        c -= 1
    k = hint[c]
    while segment[k, FREE] == DEAD:
        k = segment[k, NEXT]
    if c == bucket and bucket > base and hint[bucket - 1] >= 0:     # the neighbour may know better
        j = hint[bucket - 1]
        while segment[j, FREE] == DEAD:
            j = segment[j, NEXT]
        if segment[j, AT] > segment[k, AT]:
            k = j
    begin = (bucket - base) * width
    while segment[k, NEXT] >= 0 and segment[segment[k, NEXT], AT] <= begin:
        k = segment[k, NEXT]
    hint[bucket] = k
    while segment[k, NEXT] >= 0 and segment[segment[k, NEXT], AT] <= tick:
        k = segment[k, NEXT]
    return k


@compiled
def fit_segments(segment: Ints, k: int, begin: int, length: int, demand: int) -> int:
    """The first start >= begin, a tick of segment k, from which the demand is free throughout; NEVER if none."""
    while True:
        while segment[k, FREE] < demand:
            k = segment[k, NEXT]
            if k < 0:
                return NEVER
            begin = segment[k, AT]
        j = segment[k, NEXT]
        while j >= 0 and segment[j, AT] < begin + length and segment[j, FREE] >= demand:
            j = segment[j, NEXT]
        if j < 0 or segment[j, AT] >= begin + length:
            return begin
        k = j


@compiled
def clash(segment: Ints, k: int, hi: int, demand: int) -> int:
    """Where the last stretch before hi with less than the demand ends, from segment k on (at most at hi); -1: none."""
    found = -1
    while k >= 0 and segment[k, AT] < hi:
        j = segment[k, NEXT]
        if segment[k, FREE] < demand:
            found = hi if j < 0 else min(hi, segment[j, AT])
        k = j
    return found


@compiled
def split(segment: Ints, k: int, tick: int, note: Ints) -> int:
    """Make a segment begin at a tick of segment k; which one."""
    if segment[k, AT] == tick:
        return k
    new, after = note[SIZE], segment[k, NEXT]
    note[SIZE] += 1
    segment[new, AT], segment[new, FREE], segment[new, NEXT], segment[new, BEFORE] = tick, segment[k, FREE], after, k
    segment[k, NEXT] = new
    if after >= 0:
        segment[after, BEFORE] = new
    return new


@compiled
def join(segment: Ints, k: int) -> None:
    """Join a segment to the one before it where both have the same left."""
    before = segment[k, BEFORE]
    if before >= 0 and segment[before, FREE] == segment[k, FREE]:
        after = segment[k, NEXT]
        segment[before, NEXT] = after
        if after >= 0:
            segment[after, BEFORE] = before
        segment[k, FREE], segment[k, NEXT] = DEAD, before


@compiled
def take(segment: Ints, k: int, lo: int, hi: int, demand: int, note: Ints) -> None:
    """Take a demand away on [lo, hi), lo in segment k; it makes two segments at most."""
    first = split(segment, k, lo, note)
    k = first
    while k >= 0 and segment[k, AT] < hi:
        after = segment[k, NEXT]
        if after < 0 or segment[after, AT] > hi:
            after = split(segment, k, hi, note)
        segment[k, FREE] -= demand
        k = after
    if k >= 0:
        join(segment, k)
    join(segment, first)
