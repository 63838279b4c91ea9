"""Small models made directly as nodes, for tests that need no text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from schedc.models.axis import TimeAxis
from schedc.models.columns import UNLIMITED, Family, SpanSets, ints
from schedc.models.expressions import Linear, Makespan, Point
from schedc.models.model import Model
from schedc.models.source import Origin, Span
from schedc.models.statements import (
    Availability,
    Downtime,
    Exclusive,
    Open,
    Order,
    Relation,
    Resources,
    Stage,
    Tasks,
    Uses,
    Within,
)

FILE = "made.sched"
Times = Sequence[tuple[int, int]]


def at(line: int, what: str, label: str | None = None) -> Origin:
    """An origin on a line of its own."""
    return Origin(Span(FILE, line, 1, line, 10), what, label)


def spans(*sets: Times) -> SpanSets:
    """Span sets from lists of pairs."""
    flat = [pair for one in sets for pair in one]
    return SpanSets(ints(np.cumsum([0, *map(len, sets)])), ints(lo for lo, _ in flat), ints(hi for _, hi in flat))


def family(name: str, size: int) -> Family:
    """A name alone, or a family indexed from 1."""
    return Family(name, 1) if size == 0 else Family(name, size, (np.arange(1, size + 1),))


@dataclass
class Maker:
    """Collects statements; every call writes one, on the next line. `model()` gives the model.

    m = Maker(20); saw = m.resource("saw", 1); cut = m.task("cut", 6, uses={saw: 1}); m.order(cut, glue)
    """

    horizon: int
    axis: TimeAxis | None = None
    resources: list[Resources] = field(default_factory=list)
    availability: list[Availability] = field(default_factory=list)
    tasks: list[Tasks] = field(default_factory=list)
    relations: list[Relation] = field(default_factory=list)
    objective: list[Stage] = field(default_factory=list)
    line: int = 0

    def _at(self, what: str) -> Origin:
        self.line += 1
        return at(self.line, what)

    def resource(self, name: str, capacity: int = 1) -> int:
        """One resource; its number."""
        first = len(self.resources)
        self.resources.append(Resources(self._at(f"resource {name}"), Family(name, 1), first, ints([capacity])))
        return first

    def open(self, resource: int, *times: tuple[int, int]) -> Open:
        """`open resource during times`."""
        node = Open(self._at("open"), ints([resource]), ints([0]), spans(times))
        self.availability.append(node)
        return node

    def down(self, resource: int, *times: tuple[int, int], leaving: int = 0) -> Downtime:
        """`downtime resource during times leaving k`."""
        node = Downtime(self._at("downtime"), ints([resource]), ints([0]), spans(times), ints([leaving]))
        self.availability.append(node)
        return node

    def task(
        self,
        name: str,
        lasts: int | tuple[int, int] = 1,
        *,
        uses: Mapping[int, int] | None = None,
        release: int | None = None,
        deadline: int | None = None,
        pausable: bool = False,
        within: Iterable[Times] = (),
    ) -> int:
        """One task; its number. Each item of `within` is one clause's spans."""
        return self.tasks_of(
            name, [lasts], uses=uses, release=release, deadline=deadline, pausable=pausable, within=within, single=True
        )[0]

    def tasks_of(
        self,
        name: str,
        lasts: Sequence[int | tuple[int, int]],
        *,
        uses: Mapping[int, int] | None = None,
        release: int | None = None,
        deadline: int | None = None,
        pausable: bool = False,
        within: Iterable[Times] = (),
        single: bool = False,
    ) -> list[int]:
        """A family of tasks that share their clauses; the members' numbers."""
        size, first = len(lasts), sum(t.size for t in self.tasks)
        both = [(d, d) if isinstance(d, int) else d for d in lasts]
        origin = self._at(f"task {name}")
        said = {"lasts": True, "release": release is not None, "deadline": deadline is not None, "pausable": pausable}
        clauses = {word: at(origin.span.line, word) for word, written in said.items() if written}
        self.tasks.append(Tasks(
            origin, family(name, 0 if single else size), first, ints(lo for lo, _ in both), ints(hi for _, hi in both),
            ints([release or 0] * size), ints([self.horizon if deadline is None else deadline] * size), pausable,
            tuple(
                Uses(at(origin.span.line, f"uses {r}"), np.arange(size), ints([r] * size), ints([q] * size))
                for r, q in (uses or {}).items() if q
            ),
            tuple(Within(at(origin.span.line, "within"), ints([0] * size), spans(times)) for times in within),
            clauses,
        ))
        return list(range(first, first + size))

    def order(
        self,
        first: int,
        second: int,
        lo: int | None = 0,
        hi: int | None = None,
        points: tuple[Point, Point] = (Point.END, Point.START),
    ) -> Order:
        """One arrow with its lags; None does not limit."""
        return self.orders([(first, second)], lo, hi, points)

    def orders(
        self,
        pairs: Sequence[tuple[int, int]],
        lo: int | None = 0,
        hi: int | None = None,
        points: tuple[Point, Point] = (Point.END, Point.START),
    ) -> Order:
        """One statement with an arrow for each pair."""
        size = len(pairs)
        node = Order(
            self._at("order"), ints(a for a, _ in pairs), ints(b for _, b in pairs), points[0], points[1],
            ints([-UNLIMITED if lo is None else lo] * size), ints([UNLIMITED if hi is None else hi] * size),
        )
        self.relations.append(node)
        return node

    def exclusive(self, *groups: Sequence[int]) -> Exclusive:
        """`exclusive` with an instance for each group."""
        ptr = ints(np.cumsum([0, *map(len, groups)]))
        node = Exclusive(self._at("exclusive"), ptr, ints(t for group in groups for t in group))
        self.relations.append(node)
        return node

    def makespan(self) -> None:
        """`minimize makespan`."""
        self.objective.append(Stage(self._at("minimize"), "makespan", "minimize", Makespan(), unit="duration"))

    def goal(self, terms: Sequence[tuple[Point, int, int]], minimize: bool = True) -> None:
        """A linear goal: the sum of coef * point(task) over (point, task, coef)."""
        value = Linear(
            ints([0]), ints([0] * len(terms)), ints(p for p, _, _ in terms), ints(t for _, t, _ in terms),
            ints(c for _, _, c in terms),
        )
        self.objective.append(Stage(self._at("goal"), "goal", "minimize" if minimize else "maximize", value))

    def model(self) -> Model:
        """The model of all statements so far."""
        return Model(
            "made", self.axis or TimeAxis(self.horizon), tuple(self.resources), tuple(self.availability),
            tuple(self.tasks), tuple(self.relations), tuple(self.objective),
        )
