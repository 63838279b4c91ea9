"""Who of two tasks comes first, as literals, and permutations.

For tasks a, b that can never stand at the same time a literal o says the order, with a gap that may be asked for on
either side:

    o  =>  start(b) >= end(a) + gap(a, b);      not o  =>  start(a) >= end(b) + gap(b, a).

A `permutation` of families whose tasks exclude each other pairwise is no constraint at all: the pairs of both families
have one literal. In a flow shop all machines then share n (n - 1) / 2 literals. Elsewhere starts may be equal, and
each ordered pair i, j has a literal l that is worth start(i) < start(j) in both families,

    l  =>  start(j) >= start(i) + 1;            not l  =>  start(j) <= start(i).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import combinations, pairwise

import numpy as np

from schedc.compilers.cpsat.hints import Hints, Values
from schedc.compilers.cpsat.places import Places
from schedc.compilers.cpsat.sheet import FREE, Sheet
from schedc.models.expressions import Point
from schedc.models.model import Model
from schedc.models.schedule import Schedule

Pair = tuple[int, int]


@dataclass
class Precedences:
    """Literals of pairs of tasks that exclude each other, and the gaps that they keep; written once, at the end."""

    model: Model
    places: Places
    sheet: Sheet
    hints: Hints
    literals: dict[Pair, int] = field(default_factory=dict)     # by (lesser, greater task): the lesser comes first
    gaps: dict[Pair, int] = field(default_factory=dict)         # by (earlier, later)
    _clubs: dict[int, set[int]] | None = None

    def literal(self, a: int, b: int) -> int:
        """The literal that a comes before b."""
        if a > b:
            return -self.literal(b, a) - 1
        if (a, b) not in self.literals:
            self.literals[a, b] = self.loose(a, b)
        return self.literals[a, b]

    def loose(self, a: int, b: int) -> int:
        """A new literal that nothing is said of; in hints, whether a starts before b."""
        literal = self.sheet.literal()
        self.hints.exact(lambda s, values: _set(values, literal, int(s.start[a] < s.start[b])))
        return literal

    def same(self, a: int, b: int, c: int, d: int) -> None:
        """a comes before b exactly when c comes before d."""
        one, other = (a, b), (c, d)
        if not (self._known(*one) or self._known(*other)):
            self.literal(*one)
        for (x, y), (u, v) in ((one, other), (other, one)):
            if self._known(x, y) and not self._known(u, v):
                literal = self.literal(x, y)
                self.literals[min(u, v), max(u, v)] = literal if u < v else -literal - 1
                return
        p, q = self.literal(*one), self.literal(*other)
        if p != q:
            self.sheet.clause([q], (p,))
            self.sheet.clause([p], (q,))

    def _known(self, a: int, b: int) -> bool:
        return (min(a, b), max(a, b)) in self.literals

    def gap(self, a: int, b: int, least: int) -> None:
        """Where a comes before b, at least so many ticks lie between."""
        self.gaps[a, b] = max(least, self.gaps.get((a, b), 0))

    def write(self) -> None:
        """Tie all literals to the tasks."""
        for (a, b), literal in self.literals.items():
            self._after(a, b, literal)
            self._after(b, a, -literal - 1)

    def _after(self, a: int, b: int, literal: int) -> None:
        (x, p), (y, q) = self.places.end[a], self.places.start[b]
        least = self.gaps.get((a, b), 0) + p - q
        terms = {y: 1, x: -1} if x != y else {}
        if terms:
            self.sheet.linear(terms, least, FREE, (literal,))
        elif least > 0:
            self.sheet.clause([], (literal,))

    def apart(self, a: int, b: int) -> bool:
        """Whether two tasks, both always there and of some length, can never stand at the same time."""
        if self._clubs is None:
            self._clubs = _clubs(self.model, self.places)
        return not self._clubs.get(a, _NOBODY).isdisjoint(self._clubs.get(b, _NOBODY))


_NOBODY: set[int] = set()


def _clubs(model: Model, places: Places) -> dict[int, set[int]]:
    """By task: the resources of which only one user fits at a time, and the `exclusive`s, that it is in for certain."""
    sure = model.shortest > 0
    sure[list(places.present)] = False
    found: dict[int, set[int]] = {}
    task, resource, amount = model.demands
    keep = sure[task]
    task, resource, amount = task[keep], resource[keep], amount[keep]
    for r in np.unique(resource).tolist():
        mine = slice(*np.searchsorted(resource, [r, r + 1]).tolist())
        least = np.sort(amount[mine])[:2]
        if len(least) > 1 and int(least.sum()) > int(model.capacity[r]):
            for t in task[mine].tolist():
                found.setdefault(t, set()).add(r)
    number = -1
    for x in model.exclusives:
        for lo, hi in pairwise(x.ptr.tolist()):
            for t in x.task[lo:hi].tolist():
                if sure[t]:
                    found.setdefault(t, set()).add(number)
            number -= 1
    return found


def write_permutations(model: Model, precedences: Precedences) -> None:
    """Every instance of every permutation."""
    for p in model.permutations:
        first, second = p.first.tolist(), p.second.tolist()
        for lo, hi in pairwise(p.ptr.tolist()):
            _instance([(first[k], second[k]) for k in range(lo, hi)], precedences)


def _instance(pairs: list[Pair], precedences: Precedences) -> None:
    starts = _Starts(precedences)
    for (a, c), (b, d) in combinations(pairs, 2):
        if a == c and b == d:
            continue
        if precedences.apart(a, b) and precedences.apart(c, d):
            precedences.same(a, b, c, d)
        else:
            starts.tie(a, b, c, d)
            starts.tie(b, a, d, c)


@dataclass(frozen=True)
class _Starts:
    """Orders of starts that may be equal."""

    precedences: Precedences

    def tie(self, a: int, b: int, c: int, d: int) -> None:
        """start(a) < start(b) exactly when start(c) < start(d), where all four are present."""
        p = self.precedences
        literal = p.sheet.literal()
        p.hints.exact(lambda s, values: _set(values, literal, _earlier(s, a, b, c, d)))
        when = p.places.there(a, b, c, d)
        for x, y in ((a, b), (c, d)):
            self._differ(x, y, 1, (literal, *when))
            self._differ(y, x, 0, (-literal - 1, *when))

    def _differ(self, a: int, b: int, least: int, when: Iterable[int]) -> None:
        """start(b) >= start(a) + least."""
        p = self.precedences
        (x, c), (y, d) = (p.places.of(Point.START)[t] for t in (a, b))
        terms = {y: 1, x: -1} if x != y else {}
        if terms:
            p.sheet.linear(terms, least + c - d, FREE, tuple(when))
        elif least + c - d > 0:
            p.sheet.clause([], tuple(when))


def _earlier(schedule: Schedule, a: int, b: int, c: int, d: int) -> int:
    present = schedule.present
    here = present is None or bool(present[a] and present[b])
    return int(schedule.start[a] < schedule.start[b]) if here else int(schedule.start[c] < schedule.start[d])


def _set(values: Values, variable: int, value: int) -> None:
    values[variable] = value
