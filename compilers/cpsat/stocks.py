"""Stocks: after all events of a tick the level lies within its limits.

Let P be all that can be produced and T all that can be taken, in amounts and with absence counted. With t(e) the tick
of event e, the level keeps its least value exactly when at every tick

    sum of a(e) over takers with t(e) <= t  +  sum of a(e) over producers with t(e) > t  <=  starts - lowest + P,

which is one `cumulative`: a taker holds a(e) on [t(e), H + 1), a producer on [0, t(e)), or throughout where it does not
happen. The greatest value is the same with the two sorts exchanged. A limit to which only one sort of events leads is
a sum over what happens at all. CP-SAT's own `reservoir` says both limits at once by a literal a pair of events; which
of the two is written was measured (`benchmarks/encodings.md`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from schedc.compilers.cpsat.hints import Hints, Values
from schedc.compilers.cpsat.places import Places
from schedc.compilers.cpsat.sheet import FREE, LARGEST, Affine, BeyondRangeError, Sheet
from schedc.models.columns import UNLIMITED
from schedc.models.expressions import Point
from schedc.models.model import Model
from schedc.models.schedule import Schedule


class Event(NamedTuple):
    """At tick `at` the level changes by `amount`, where all literals of `when` are true."""

    at: Affine
    amount: int
    when: tuple[int, ...]


@dataclass
class Levels:
    """Writes the limits of all stocks. native: whether by CP-SAT's own `reservoir` wherever events go both ways."""

    model: Model
    places: Places
    sheet: Sheet
    hints: Hints
    native: bool = False

    def write(self) -> None:
        """Every stock in turn."""
        found: dict[int, list[Event]] = {}
        for stock, task, option, point, shift, amount in zip(*(c.tolist() for c in self.model.stock_events)):
            variable, constant = self.places.of(Point(point))[task]
            when = self.places.there(task) if option < 0 else (self.places.mode[option][0],)
            at = self._inside((variable, constant + shift), when)
            found.setdefault(stock, []).append(Event(at, amount, when))
        for family in self.model.stocks:
            limits = zip(family.lowest.tolist(), family.highest.tolist(), family.starts.tolist())
            for row, (lowest, highest, starts) in enumerate(limits):
                self._stock(found.get(family.first + row, []), lowest, highest, starts)

    def _inside(self, at: Affine, when: tuple[int, ...]) -> Affine:
        """The tick of an event, which lies in the horizon where it happens; elsewhere it is any tick there."""
        variable, constant = at
        h = self.model.horizon
        low, high = (constant, constant) if variable < 0 else (
            self.sheet.lo[variable] + constant, self.sheet.hi[variable] + constant)
        if low >= 0 and high <= h:
            return at
        if variable < 0:
            self.sheet.clause([-w - 1 for w in when])
            return (-1, min(max(constant, 0), h))
        tick = self.sheet.variable(0, h)
        self.sheet.linear({tick: 1, variable: -1}, constant, constant, when)

        def fill(_: Schedule, values: Values) -> None:
            values[tick] = min(max(values[variable] + constant, 0), h)

        self.hints.fill(fill)
        return (tick, 0)

    def _stock(self, events: list[Event], lowest: int, highest: int, starts: int) -> None:
        if sum(abs(e.amount) for e in events) + max(abs(lowest), abs(starts)) > LARGEST:
            raise BeyondRangeError("the amounts of a stock are beyond the solver's 64-bit range")
        taken = any(e.amount < 0 for e in events)
        produced = any(e.amount > 0 for e in events)
        if self.native and taken and produced:
            self._reservoir(events, lowest, highest, starts)
            return
        self._at_least(events, starts - lowest)
        if highest < UNLIMITED:
            self._at_least([e._replace(amount=-e.amount) for e in events], highest - starts)

    def _at_least(self, events: list[Event], room: int) -> None:
        """What is taken and not yet made good never exceeds `room`, which may be negative."""
        takers, producers = [e for e in events if e.amount < 0], [e for e in events if e.amount > 0]
        if room + sum(e.amount for e in takers) >= 0:
            return      # all of it may be taken
        if not producers and room >= 0:
            self._sum(takers, room)
            return
        h, capacity = self.model.horizon, room + sum(e.amount for e in producers)
        if capacity < 0:
            self.sheet.never("a level that no order of events can keep")
            return
        stays, demands = [], []
        for e in takers:
            stays.append(self.sheet.stay_from(e.at, h + 1, e.when))
            demands.append(-e.amount)
        for e in producers:
            stays.append(self.sheet.interval((-1, 0), e.at, e.at, e.when))
            demands.append(e.amount)
            for literal in e.when:      # there is one at most
                stays.append(self.sheet.interval((-1, 0), (-1, h + 1), (-1, h + 1), (-literal - 1,)))
                demands.append(e.amount)
        self.sheet.cumulative(stays, demands, capacity)

    def _sum(self, takers: list[Event], room: int) -> None:
        """A budget."""
        terms: dict[int, int] = {}
        for e in takers:
            if not e.when:
                room += e.amount
            for literal in e.when:
                terms[literal] = terms.get(literal, 0) - e.amount
        if terms or room < 0:
            self.sheet.linear(terms, -FREE, room)

    def _reservoir(self, events: list[Event], lowest: int, highest: int, starts: int) -> None:
        base = int(np.clip(starts, lowest, highest))
        fixed = [Event((-1, 0), starts - base, ())] if starts != base else []
        limit = highest - base if highest < UNLIMITED else sum(max(e.amount, 0) for e in [*events, *fixed])
        self.sheet.reservoir([*fixed, *events], lowest - base, limit)
