"""Batches: uses of one resource that share a tick start and end together.

For each two uses i, j that both fit at one time, three literals of which one holds where both are there:

    i before j  =>  end(i) <= start(j);     j before i  =>  end(j) <= start(i);
    together    =>  start(i) = start(j), end(i) = end(j).

Two that never fit at one time are kept apart by the capacity; where one of them may pause, by the first two literals.
"""

from __future__ import annotations

from dataclasses import dataclass

from schedc.compilers.cpsat.hints import Hints, Values
from schedc.compilers.cpsat.places import Places
from schedc.compilers.cpsat.sheet import FREE, Affine, Sheet
from schedc.models.batches import Batched, Together, batched, pairs
from schedc.models.model import Model
from schedc.models.schedule import Schedule


@dataclass(frozen=True)
class Batches:
    """Writes the batches of a model."""

    model: Model
    places: Places
    sheet: Sheet
    hints: Hints

    def write(self) -> None:
        """Every two uses of every batch resource."""
        uses = batched(self.model)
        when = [self._when(uses, k) for k in range(len(uses.task))]
        for pair in pairs(self.model, uses):
            a, b = int(uses.task[pair.first]), int(uses.task[pair.second])
            if pair.joint or self.model.pausable[[a, b]].any():
                both = tuple(dict.fromkeys((*when[pair.first], *when[pair.second])))
                self._pair(pair, a, b, both)

    def _when(self, uses: Batched, row: int) -> tuple[int, ...]:
        """The literals under which a use is there and has a length."""
        option, candidate = int(uses.option[row]), int(uses.candidate[row])
        found = self.places.presence(int(uses.task[row]))
        found += () if option < 0 else (self.places.mode[option][0],)
        return found if candidate < 0 else (*found, self.places.member[candidate][0])

    def _pair(self, pair: Together, a: int, b: int, when: tuple[int, ...]) -> None:
        start, end = self.places.start, self.places.end
        forth, back = self.sheet.literal(), self.sheet.literal()
        ways = [forth, back]
        self._later(end[a], start[b], (forth, *when))
        self._later(end[b], start[a], (back, *when))
        if pair.joint:
            same = self.sheet.literal()
            ways.append(same)
            self._equal(start[a], start[b], (same, *when))
            self._equal(end[a], end[b], (same, *when))
        self.sheet.clause(ways, when)
        self.hints.fill(lambda s, values: _hint(s, values, a, b, ways))

    def _later(self, one: Affine, other: Affine, when: tuple[int, ...]) -> None:
        """other >= one."""
        self._difference(one, other, 0, FREE, when)

    def _equal(self, one: Affine, other: Affine, when: tuple[int, ...]) -> None:
        self._difference(one, other, 0, 0, when)

    def _difference(self, one: Affine, other: Affine, lo: int, hi: int, when: tuple[int, ...]) -> None:
        (x, p), (y, q) = one, other
        terms = {v: c for v, c in ((y, 1), (x, -1)) if v >= 0} if x != y else {}
        most = hi if hi == FREE else hi + p - q
        if terms:
            self.sheet.linear(terms, lo + p - q, most, when)
        elif not lo <= q - p <= hi:
            self.sheet.clause([], when)


def _hint(s: Schedule, values: Values, a: int, b: int, ways: list[int]) -> None:
    values[ways[0]] = int(s.end[a] <= s.start[b])
    values[ways[1]] = int(not values[ways[0]] and s.end[b] <= s.start[a])
    if len(ways) > 2:
        values[ways[2]] = int(not values[ways[0]] and not values[ways[1]])
