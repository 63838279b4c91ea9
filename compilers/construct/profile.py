"""What is left of a capacity over time, while tasks are placed."""

from __future__ import annotations

from bisect import bisect_left, bisect_right

NEVER = 1 << 62
_CHUNK = 256


class Profile:
    """Free capacity as a step function, cut into chunks of segments so that full stretches are skipped as a whole.

    Segment k of a chunk holds free[k] from at[k] to the next segment's beginning; the last one never ends. Neighbours
    with equal free capacity are merged. `peaks` holds upper bounds of the free capacity in each chunk, tightened when
    a search finds them too high. Capacity only ever shrinks, so the earliest place for a demand and a length only ever
    moves later and is remembered.
    """

    __slots__ = ("_at", "_free", "_heads", "_known", "_peaks")

    def __init__(self, at: list[int], free: list[int]) -> None:
        cuts = range(0, len(at), _CHUNK)
        self._at = [at[k : k + _CHUNK] for k in cuts]
        self._free = [free[k : k + _CHUNK] for k in cuts]
        self._heads = [chunk[0] for chunk in self._at]
        self._peaks = [max(chunk) for chunk in self._free]
        self._known: dict[tuple[int, int], int] = {}

    def fit(self, since: int, length: int, demand: int) -> int:
        """The first start >= since of a stretch of this length (> 0) with the demand free throughout; NEVER if none."""
        known = self._known.get((length, demand), 0)
        if since > known:
            return self._search(since, length, demand)
        found = self._known[length, demand] = self._search(known, length, demand)
        return found

    def _search(self, start: int, length: int, demand: int) -> int:
        c = bisect_right(self._heads, start) - 1
        at, free = self._at[c], self._free[c]
        k = bisect_right(at, start) - 1
        while True:
            if free[k] < demand:
                c, k = self._roomy(c, k, demand)
                if c < 0:
                    return NEVER
                at, free = self._at[c], self._free[c]
                start = at[k]
            end = start + length
            while free[k] >= demand:
                k += 1
                if k == len(at):
                    c, k = c + 1, 0
                    if c == len(self._at):
                        return start
                    at, free = self._at[c], self._free[c]
                if at[k] >= end:
                    return start

    def _roomy(self, c: int, k: int, demand: int) -> tuple[int, int]:
        """The first segment after (c, k) with the demand free; (-1, 0) if there is none."""
        k += 1
        chunks = len(self._free)
        while c < chunks:
            if self._peaks[c] >= demand:
                free = self._free[c]
                for place, left in enumerate(free[k:] if k else free, k):
                    if left >= demand:
                        return c, place
                if k == 0:
                    self._peaks[c] = max(free)
            c, k = c + 1, 0
        return -1, 0

    def clash(self, lo: int, hi: int, demand: int) -> int:
        """Where the last segment in [lo, hi) with less than the demand ends (at most at hi); -1 if there is none."""
        c = bisect_left(self._heads, hi) - 1
        k = bisect_left(self._at[c], hi) - 1
        end = hi
        while True:
            begin = self._at[c][k]
            if self._free[c][k] < demand:
                return end
            if begin <= lo:
                return -1
            end = begin
            k -= 1
            if k < 0:
                c -= 1
                k = len(self._at[c]) - 1

    def take(self, lo: int, hi: int, demand: int) -> None:
        """Take the demand away on [lo, hi), where it must be free."""
        self._cut(hi)
        c, k = self._cut(lo)
        first = c, k
        at, free = self._at[c], self._free[c]
        while at[k] < hi:
            free[k] -= demand
            k += 1
            if k == len(at):
                c, k = c + 1, 0
                if c == len(self._at):
                    break
                at, free = self._at[c], self._free[c]
        else:
            self._merge(c, k)
        self._merge(*first)

    def _cut(self, tick: int) -> tuple[int, int]:
        """Make a segment begin at a tick; its place."""
        c = bisect_right(self._heads, tick) - 1
        at = self._at[c]
        k = bisect_right(at, tick) - 1
        if at[k] == tick:
            return c, k
        free = self._free[c]
        at.insert(k + 1, tick)
        free.insert(k + 1, free[k])
        if len(at) <= 2 * _CHUNK:
            return c, k + 1
        self._split(c)
        return (c, k + 1) if k + 1 < _CHUNK else (c + 1, k + 1 - _CHUNK)

    def _split(self, c: int) -> None:
        at, free = self._at[c], self._free[c]
        self._at[c : c + 1] = [at[:_CHUNK], at[_CHUNK:]]
        self._free[c : c + 1] = [free[:_CHUNK], free[_CHUNK:]]
        self._heads.insert(c + 1, at[_CHUNK])
        self._peaks.insert(c + 1, self._peaks[c])

    def _merge(self, c: int, k: int) -> None:
        """Join a segment to the one before it in its chunk where both have the same left."""
        free = self._free[c]
        if k and free[k] == free[k - 1]:
            del free[k], self._at[c][k]
