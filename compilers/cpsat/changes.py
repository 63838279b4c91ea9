"""Changes of state: the uses of a resource in order, and what must lie between two of them.

Call a resource serial where no two of its uses can stand together: its capacity is 1, or all of its states differ.
d(i, j) is the change from the state of use i to that of j. Three encodings, by resource:

- *stretched*: serial, all states different, one time d for all pairs: a `no_overlap` of the intervals
  [start, end + d). First change: start >= d, but for uses in the first state itself.
- *pairs*: a literal for every two uses in different states (see `precedence`; shared with permutations), which keeps
  d(i, j) one way and d(j, i) the other. It says more than the meaning, which speaks of neighbours only, unless for all
  states d(s, u) <= d(s, t) + (the least length of a use in t) + d(t, u); so it is taken only there, and there on state
  functions and beside permutations.
- *circuit*: a literal x_ij for each two uses says that j is the next after i in order of start, with a depot before
  the first and after the last, and a loop at what is not there. The ends of a segment so far are carried along, as
  last(i) (on a serial resource that is end(i)):

      x_ij and equal states      =>  start(j) >= start(i), last(j) >= last(i)      (serial: start(j) >= end(i))
      x_ij and different states  =>  start(j) >= last(i) + d(i, j)

  It needs no triangle inequality, and the change time is the sum of d(i, j) x_ij: `setup_time`.

On serial resources whose states all differ, [start(i), end(i) + least d(i, .)) do not overlap either; that is said
beside pairs and circuits, since it propagates before any order is known.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import combinations

import numpy as np

from schedc.compilers.conditions import Sum, Terms
from schedc.compilers.cpsat.hints import Hints
from schedc.compilers.cpsat.places import Places
from schedc.compilers.cpsat.precedence import Precedences
from schedc.compilers.cpsat.sheet import FREE, Affine, Sheet
from schedc.models.changes import changing, first_change, in_force
from schedc.models.columns import Ints
from schedc.models.expressions import SetupTime
from schedc.models.model import Model
from schedc.models.statements import Change
from schedc.models.walk import post_order


@dataclass(frozen=True, eq=False)
class Uses:
    """The uses of one resource: rows of `Model.stays`, with the change between each two and before each one."""

    rows: list[int]
    tasks: list[int]
    when: list[tuple[int, ...]]     # the literals under which a use is there
    state: Ints
    between: Ints                   # [use, use]
    first: Ints
    serial: bool
    every: int | None               # the one time for all pairs, where there is one

    @property
    def distinct(self) -> bool:
        """Whether all states differ."""
        return len(np.unique(self.state)) == len(self.state)


@dataclass
class Changes:
    """Writes the changes of a model. circuits: whether to write circuits wherever pairs would do, too."""

    model: Model
    places: Places
    sheet: Sheet
    hints: Hints
    precedences: Precedences
    circuits: bool = False
    spent: Terms = field(default_factory=dict)      # the set-up time, as far as it was asked for
    _both: dict[tuple[int, ...], int] = field(default_factory=dict)

    def write(self) -> None:
        """Every resource in turn."""
        asked = self.circuits or speaks_of_setups(self.model)
        for number, row, _, change in changing(self.model):
            uses = self._uses(number, row, change)
            if uses is None:
                continue
            if not asked and uses.serial and uses.distinct and uses.every is not None:
                self._apart(uses, [uses.every] * len(uses.tasks))
                self._first(uses)
                continue
            if uses.serial and uses.distinct:
                self._apart(uses, [min(uses.between[i, uses.state != s]) if len(uses.state) > 1 else 0
                                   for i, s in enumerate(uses.state)])
            alone = uses.serial and not self.model.permutations     # measured, see benchmarks/encodings.md
            if asked or alone or not _near(uses, self._least(uses)):
                self._circuit(uses)
            else:
                self._pairs(uses)

    @property
    def setup_time(self) -> Sum:
        """The time that all resources spend changing; only where a model speaks of it."""
        return dict(self.spent), 0

    def _uses(self, number: int, row: int, change: Change) -> Uses | None:
        stays = self.model.stays
        rows = np.arange(*np.searchsorted(stays.resource, [number, number + 1]))
        rows = rows[[o < 0 or self.model.options.longest[o] > 0 for o in stays.option[rows].tolist()]]
        if not len(rows):
            return None
        state, n = stays.state[rows], len(rows)
        between = change.between(np.full(n * n, row), np.repeat(state, n), np.tile(state, n)).reshape(n, n)
        tasks = stays.task[rows].tolist()
        when = [
            (*self.places.presence(t), *self._choices(int(stays.option[r]), int(stays.candidate[r])))
            for t, r in zip(tasks, rows.tolist())
        ]
        serial = int(self.model.capacity[number]) <= 1 or len(np.unique(state)) == n
        every = None if len(change.time) else int(change.every[row])
        return Uses(rows.tolist(), tasks, when, state, between, first_change(change, row, state), serial, every)

    def _choices(self, option: int, candidate: int) -> list[int]:
        found = [] if option < 0 else [self.places.mode[option][0]]
        return found if candidate < 0 else [*found, self.places.member[candidate][0]]

    def _least(self, uses: Uses) -> Ints:
        """The least length of each use, at least 1: without a length it is none."""
        stays = self.model.stays
        least = np.maximum(self.model.shortest[uses.tasks], 1)
        for k, r in enumerate(uses.rows):
            if stays.option[r] >= 0:
                least[k] = max(1, int(self.model.options.shortest[stays.option[r]]))
        return least

    # the three encodings

    def _apart(self, uses: Uses, more: list[int]) -> None:
        stays = [
            self.places.stretched(self.sheet, t, int(d), when) for t, d, when in zip(uses.tasks, more, uses.when)
        ]
        self.sheet.no_overlap(stays)

    def _first(self, uses: Uses) -> None:
        for t, least, when in zip(uses.tasks, uses.first.tolist(), uses.when):
            if least:
                self._later((-1, 0), self.places.start[t], least, when)

    def _pairs(self, uses: Uses) -> None:
        self._first(uses)
        for i, j in combinations(range(len(uses.tasks)), 2):
            if uses.state[i] == uses.state[j]:
                continue
            a, b = uses.tasks[i], uses.tasks[j]
            there, back = int(uses.between[i, j]), int(uses.between[j, i])
            when = tuple(dict.fromkeys((*uses.when[i], *uses.when[j])))
            if a == b:
                self.sheet.clause([], when)
            elif when or not self.model.shortest[[a, b]].all():
                literal = self.precedences.loose(a, b)
                self._later(self.places.end[a], self.places.start[b], there, (literal, *when))
                self._later(self.places.end[b], self.places.start[a], back, (-literal - 1, *when))
            else:
                self.precedences.literal(a, b)
                self.precedences.gap(a, b, there)
                self.precedences.gap(b, a, back)

    def _circuit(self, uses: Uses) -> None:
        n, asked = len(uses.tasks), self.spent
        held = [self._one(when) for when in uses.when]
        last = [self.places.end[t] if uses.serial else self._last(t, when) for t, when in zip(uses.tasks, uses.when)]
        arcs: dict[tuple[int, int], int] = {}
        for i in range(-1, n):
            for j in range(-1, n):
                if i != j:
                    arcs[i, j] = self.sheet.literal()
        for (i, j), literal in arcs.items():
            if j >= 0:
                cost = int(uses.first[j] if i < 0 else uses.between[i, j])
                if cost:
                    asked[literal] = asked.get(literal, 0) + cost
                self._step(uses, last, i, j, literal)
        loops = {i: -h - 1 for i, h in enumerate(held) if h is not None}
        if len(loops) == n:
            empty = self.sheet.literal()
            for loop in loops.values():     # no circuit of uses that start together leaves out the depot
                self.sheet.clause([loop], (empty,))
            loops[-1] = empty
        tails = [i + 1 for i, _ in arcs] + [i + 1 for i in loops]
        heads = [j + 1 for _, j in arcs] + [i + 1 for i in loops]
        self.sheet.circuit(tails, heads, [*arcs.values(), *loops.values()])
        self._hint(uses, arcs, last, loops.get(-1))

    def _step(self, uses: Uses, last: list[Affine], i: int, j: int, literal: int) -> None:
        """What holds where use j comes right after use i (-1: before all others)."""
        start = self.places.start[uses.tasks[j]]
        if i < 0:
            self._later((-1, 0), start, int(uses.first[j]), (literal,))
        elif uses.serial or uses.state[i] != uses.state[j]:
            self._later(last[i], start, int(uses.between[i, j]), (literal,))
        else:
            self._later(self.places.start[uses.tasks[i]], start, 0, (literal,))
            self._later(last[i], last[j], 0, (literal,))

    def _last(self, task: int, when: tuple[int, ...]) -> Affine:
        """A variable no earlier than the end of a use."""
        variable = self.sheet.variable(0, self.model.horizon)
        self._later(self.places.end[task], (variable, 0), 0, when)
        return variable, 0

    def _hint(self, uses: Uses, arcs: dict[tuple[int, int], int], last: list[Affine], empty: int | None) -> None:
        rows = np.array(uses.rows)
        stays = self.model.stays.take(rows)

        def fill(schedule: object, values: list[int]) -> None:
            held = np.flatnonzero(in_force(stays, schedule))    # type: ignore[arg-type]
            start, end = schedule.start[stays.task], schedule.end[stays.task]   # type: ignore[attr-defined]
            order = held[np.lexsort((held, stays.state[held], start[held]))].tolist()
            for i, j in zip([-1, *order], [*order, -1]):
                if i != j:
                    values[arcs[i, j]] = 1
            if empty is not None:
                values[empty] = int(not order)
            if not uses.serial:
                before, until = None, 0
                for k in order:
                    until = max(until, int(end[k])) if uses.state[k] == before else int(end[k])
                    before = uses.state[k]
                    values[last[k][0]] = until

        self.hints.exact(fill)

    # helpers

    def _later(self, a: Affine, b: Affine, least: int, when: tuple[int, ...]) -> None:
        """b >= a + least, wherever all literals hold."""
        (x, p), (y, q) = a, b
        terms = {v: c for v, c in ((y, 1), (x, -1)) if v >= 0} if x != y else {}
        if terms:
            self.sheet.linear(terms, least + p - q, FREE, when)
        elif least + p - q > 0:
            self.sheet.clause([], when)

    def _one(self, when: tuple[int, ...]) -> int | None:
        """A literal that holds exactly where all of some do; None where there are none."""
        when = tuple(dict.fromkeys(when))
        if len(when) < 2:
            return when[0] if when else None
        if when not in self._both:
            both = self._both[when] = self.sheet.literal()
            for literal in when:
                self.sheet.clause([literal], (both,))
            self.sheet.clause([both, *(-w - 1 for w in when)])
            self.hints.exact(lambda _, values: values.__setitem__(both, min(values[w] for w in when)))
        return self._both[when]


def _near(uses: Uses, least: Ints) -> bool:
    """Whether a way through another state is never shorter than the direct change."""
    states, place = np.unique(uses.state, return_index=True)
    d = uses.between[np.ix_(place, place)]
    length = np.full(len(states), np.iinfo(np.int64).max)
    np.minimum.at(length, np.searchsorted(states, uses.state), least)
    first = uses.first[place]
    for k in range(len(states)):
        longer = d > d[:, k, None] + length[k] + d[None, k, :]
        late = first > first[k] + length[k] + d[k]
        longer[k, :] = longer[:, k] = late[k] = False
        if longer.any() or late.any():
            return False
    return True


def speaks_of_setups(model: Model) -> bool:
    """Whether a goal or condition asks for the set-up time."""
    roots = [*(s.value for s in model.objective), *(r.condition for r in model.requires)]
    roots += [o.extra for o in model.orders if o.extra is not None]
    return any(isinstance(node, SetupTime) for root in roots for node in post_order(root))

