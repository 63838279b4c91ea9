"""Where a task of fixed length may start, as few segments: ranges of starts over which end - start is constant.

Over an open stretch a task that never pauses has one segment. A pausable one has a new segment wherever its start
leaves an open stretch or its end comes to a gap, at most two for each gap.
"""

from __future__ import annotations

from schedc.compilers.calendars import Calendar

Segment = tuple[int, int, int]      # least start, greatest start, end - start


def segments(allowed: list[tuple[int, int]], length: int, pauses: Calendar | None) -> list[Segment]:
    """The segments of closed, sorted, disjoint ranges of starts. pauses: the calendar of a pausable task."""
    if pauses is None or not length:
        return [(lo, hi, length) for lo, hi in allowed]
    return [segment for lo, hi in allowed for segment in _cut(lo, hi, length, pauses)]


def _cut(lo: int, hi: int, length: int, pauses: Calendar) -> list[Segment]:
    found: list[Segment] = []
    while lo <= hi:
        end = pauses.finish(lo, length)
        room = min(pauses.next_gap(lo) - lo, pauses.next_gap(end - 1) - (end - 1))      # until either meets a gap
        until = min(hi, lo + max(room, 1) - 1)
        found.append((lo, until, end - lo))
        lo = until + 1
    return found
