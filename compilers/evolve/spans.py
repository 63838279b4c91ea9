"""Calendars and stretches in machine code: rows (lo, hi, open ticks before lo) of a block, from place lo up to hi."""

from __future__ import annotations

from schedc.compilers.evolve.compiled import compiled
from schedc.models.columns import Ints


@compiled
def above(block: Ints, lo: int, hi: int, column: int, value: int) -> int:
    """The place of the first row whose entry in an ascending column is above a value; hi if there is none."""
    few, many = 0, (hi - lo) // 3
    while few < many:
        middle = (few + many) // 2
        if block[lo + 3 * middle + column] > value:
            many = middle
        else:
            few = middle + 1
    return lo + 3 * few


@compiled
def worked(block: Ints, lo: int, hi: int, tick: int) -> int:
    """The number of open ticks in [0, tick)."""
    k = above(block, lo, hi, 0, tick) - 3
    if k < lo:
        return tick
    return block[k + 2] if tick < block[k + 1] else tick - block[k + 1] + block[k + 2]


@compiled
def instant(block: Ints, lo: int, hi: int, number: int) -> int:
    """Where the open tick of this number lies."""
    k = above(block, lo, hi, 2, number) - 3
    return number if k < lo else number + block[k + 1] - block[k + 2]


@compiled
def opening(block: Ints, lo: int, hi: int, tick: int) -> int:
    """The first open tick at or after a tick."""
    k = above(block, lo, hi, 0, tick) - 3
    return block[k + 1] if k >= lo and tick < block[k + 1] else tick


@compiled
def finish(block: Ints, lo: int, hi: int, begin: int, length: int) -> int:
    """The end of a task of this length > 0 that pauses and begins on an open tick."""
    return instant(block, lo, hi, worked(block, lo, hi, begin) + length - 1) + 1
