"""Random tiny models and schedules for them, as nodes of every shape, whether or not a text makes it."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
from hypothesis import strategies as st
from naive_judge import NaiveJudge

from schedc.models.axis import TimeAxis
from schedc.models.columns import UNLIMITED, Family, SpanSets, ints
from schedc.models.expressions import (
    Absolute,
    Compare,
    Extreme,
    Indicator,
    Junction,
    Known,
    Linear,
    Makespan,
    Member,
    Not,
    Operator,
    Part,
    Point,
    Product,
    Rank,
)
from schedc.models.model import Model
from schedc.models.schedule import Schedule
from schedc.models.source import Origin, Span
from schedc.models.statements import (
    Downtime,
    Exclusive,
    Open,
    Order,
    Require,
    Resources,
    Stage,
    Tasks,
    Uses,
    Within,
)

Draw = Any


class Maker:
    """Draws one model; each statement stands on a line of its own."""

    def __init__(self, draw: Draw) -> None:
        self.draw = draw
        self.line = 0
        self.h = self.pick(1, 12)

    def pick(self, lo: int, hi: int) -> int:
        """An integer, both ends included."""
        return self.draw(st.integers(lo, hi))

    def among(self, *values: Any) -> Any:
        """One of these."""
        return self.draw(st.sampled_from(values))

    def column(self, size: int, lo: int, hi: int) -> Any:
        """A column of integers."""
        return ints([self.pick(lo, hi) for _ in range(size)])

    def origin(self, what: str) -> Origin:
        """A new line's address."""
        self.line += 1
        return Origin(Span("m.sched", self.line, 1, self.line, 2), what)

    def family(self, name: str, size: int) -> Family:
        """A single name, or one over integers or words."""
        kind = self.among("single", "numbers", "words", "pairs")
        if kind == "single" and size == 1:
            return Family(name, 1)
        if kind == "words":
            return Family(name, size, (np.array(["x", "y", "z"][:size], dtype=object),))
        index = (ints(range(size)),) if kind != "pairs" else (ints(range(size)), ints(range(5, 5 + size)))
        return Family(name, size, index)

    def spans(self) -> SpanSets:
        """Between one and three sets of spans, which may be empty or reach beyond the horizon."""
        ptr, lo, hi = [0], [], []
        for _ in range(self.pick(1, 3)):
            at = self.pick(-3, self.h)
            for _ in range(self.pick(0, 3)):
                lo.append(at)
                hi.append(at + self.pick(1, 4))
                at = hi[-1] + self.pick(1, 3)
            ptr.append(len(lo))
        return SpanSets(ints(ptr), ints(lo), ints(hi))

    def resources(self) -> tuple[Resources, ...]:
        """Up to two families."""
        made, first = [], 0
        for k in range(self.pick(0, 2)):
            family = self.family(f"r{k}", self.pick(0, 2))
            scale = self.among(Fraction(1), Fraction(1, 4), Fraction(5))
            made.append(Resources(self.origin("resource"), family, first, self.column(family.size, 0, 4), "kg", scale))
            first += family.size
        return tuple(made)

    def availability(self, resources: int) -> tuple[Any, ...]:
        """Up to three statements; one may name a resource twice."""
        made: list[Any] = []
        for _ in range(self.pick(0, 3) if resources else 0):
            size = self.pick(1, 3)
            spans = self.spans()
            which = self.column(size, 0, len(spans) - 1)
            resource = self.column(size, 0, resources - 1)
            if self.pick(0, 2) == 0:
                made.append(Open(self.origin("open"), resource, which, spans))
            else:
                made.append(Downtime(self.origin("downtime"), resource, which, spans, self.column(size, 0, 4)))
        return tuple(made)

    def tasks(self, resources: int) -> tuple[Tasks, ...]:
        """Up to three families of up to three tasks."""
        made, first = [], 0
        for k in range(self.pick(0, 3)):
            family = self.family(f"t{k}", self.pick(0, 3))
            made.append(self.family_of_tasks(family, first, resources))
            first += family.size
        return tuple(made)

    def family_of_tasks(self, family: Family, first: int, resources: int) -> Tasks:
        """One `task` statement with clauses."""
        n, origin = family.size, self.origin("task")
        shortest = self.column(n, 0, 3)
        longest = shortest + self.column(n, 0, self.among(0, 2))
        release = self.column(n, 0, self.among(0, 0, self.h // 2))
        deadline = np.maximum(self.h - self.column(n, 0, self.among(0, 0, self.h // 2)), 0)
        uses = tuple(
            self.uses(n, resources) for _ in range(self.pick(0, 2) if n and resources else 0)
        )
        within = []
        for _ in range(self.among(0, 0, 0, 1, 2)):
            spans = self.spans()
            within.append(Within(self.origin("within"), self.column(n, -1, len(spans) - 1), spans))
        clauses = {k: self.origin(k) for k in ("lasts", "release", "deadline", "pausable") if self.pick(0, 1)}
        pausable = bool(self.pick(0, 1))
        return Tasks(
            origin, family, first, shortest, longest, release, deadline, pausable, uses, tuple(within), clauses
        )

    def uses(self, tasks: int, resources: int) -> Uses:
        """Demands of some members, which may repeat."""
        size = self.pick(1, 3)
        row, resource = self.column(size, 0, tasks - 1), self.column(size, 0, resources - 1)
        return Uses(self.origin("uses"), row, resource, self.column(size, 1, 3))

    def relations(self, tasks: int) -> tuple[Any, ...]:
        """Up to three statements."""
        kinds = [self.order, self.exclusive, self.require]
        return tuple(self.among(*kinds)(tasks) for _ in range(self.pick(0, 3) if tasks else 0))

    def order(self, tasks: int) -> Order:
        """Arrows between any tasks, with any limits."""
        size = self.pick(1, 3)
        lo = self.column(size, -6, 4)
        hi = lo + self.column(size, -1, 6)
        if self.pick(0, 1):
            lo = np.where(self.column(size, 0, 1) > 0, lo, -UNLIMITED)
        if self.pick(0, 1):
            hi = np.where(self.column(size, 0, 1) > 0, hi, UNLIMITED)
        first, second = self.column(size, 0, tasks - 1), self.column(size, 0, tasks - 1)
        points = self.among(Point.START, Point.END), self.among(Point.START, Point.END)
        return Order(self.origin("order"), first, second, *points, lo, hi)

    def exclusive(self, tasks: int) -> Exclusive:
        """One to three instances of different tasks."""
        sets = [self.draw(st.sets(st.integers(0, tasks - 1), max_size=4)) for _ in range(self.pick(1, 3))]
        ptr = np.cumsum([0, *map(len, sets)])
        order = [self.draw(st.permutations(sorted(s))) for s in sets]
        return Exclusive(self.origin("exclusive"), ints(ptr), ints([t for s in order for t in s]))

    def require(self, tasks: int) -> Require:
        """A condition of one to three rows."""
        rows = self.pick(1, 3)
        names = tuple(f"i = {k}" for k in range(rows)) if rows > 1 else ()
        return Require(self.origin("require"), self.truth(rows, tasks, 3), names)

    def truth(self, rows: int, tasks: int, depth: int) -> Any:
        """A truth node."""
        kind = self.among("compare", "known", "not", "junction") if depth else "compare"
        if kind == "known":
            return Known(self.column(rows, 0, 1) > 0)
        if kind == "not":
            return Not(self.truth(rows, tasks, depth - 1))
        if kind == "junction":
            return self.junction(rows, tasks, depth)
        return Compare(self.among(*Operator), self.value(rows, tasks, depth - 1))

    def junction(self, rows: int, tasks: int, depth: int) -> Junction:
        """Operands from up to two children, in any number a row."""
        members = []
        for _ in range(self.pick(0, 2)):
            child = self.truth(self.pick(1, 2), tasks, depth - 1)
            size = self.pick(0, 4)
            members.append(Member(self.column(size, 0, rows - 1), child, self.column(size, 0, child.rows - 1)))
        return Junction(self.among("and", "or"), rows, tuple(members))

    def value(self, rows: int, tasks: int, depth: int) -> Any:
        """An integer node."""
        kinds = ("linear", "linear", "extreme", "absolute", "indicator", "makespan", "rank", "product")
        kind = self.among(*kinds) if depth > 0 else "linear"
        if kind in ("rank", "product"):
            return self.ranked(kind, rows, tasks, depth)
        if kind == "extreme":
            child = self.value(self.pick(1, 3), tasks, depth - 1)
            row = np.sort(np.r_[np.arange(rows), self.column(self.pick(0, 3), 0, rows - 1)])
            return Extreme(self.among("max", "min"), rows, row, child, self.column(len(row), 0, child.rows - 1))
        if kind == "absolute":
            return Absolute(self.value(rows, tasks, depth - 1))
        if kind == "indicator":
            return Indicator(self.truth(rows, tasks, depth - 1))
        if kind == "makespan" and rows == 1:
            return Makespan()
        return self.linear(rows, tasks, depth)

    def ranked(self, kind: str, rows: int, tasks: int, depth: int) -> Rank | Product:
        """A percentile of entries that may not count, or a product, in any number a row."""
        child = self.value(self.pick(1, 3), tasks, depth - 1)
        row = np.sort(self.column(self.pick(0, 4), 0, rows - 1))
        child_row = self.column(len(row), 0, child.rows - 1)
        if kind == "product":
            return Product(rows, row, child, child_row)
        when = self.truth(len(row), tasks, 0) if self.pick(0, 1) and len(row) else None
        bottom = self.pick(1, 3)
        return Rank(self.pick(1, 100 * bottom), bottom, rows, row, child, child_row, when)

    def linear(self, rows: int, tasks: int, depth: int) -> Linear:
        """Terms and parts."""
        size = self.pick(0, 4) if tasks else 0
        parts = []
        for _ in range(self.pick(0, 1) if depth > 0 else 0):
            child = self.value(self.pick(1, 2), tasks, depth - 1)
            m = self.pick(1, 3)
            row, child_row = self.column(m, 0, rows - 1), self.column(m, 0, child.rows - 1)
            parts.append(Part(row, child, child_row, self.column(m, -2, 2)))
        return Linear(
            self.column(rows, -8, 8), np.sort(self.column(size, 0, rows - 1)), self.column(size, 0, 2),
            self.column(size, 0, max(tasks - 1, 0)), self.column(size, -2, 2), tuple(parts),
        )

    def model(self) -> Model:
        """All of it."""
        resources = self.resources()
        n = sum(r.family.size for r in resources)
        availability, tasks = self.availability(n), self.tasks(n)
        count = sum(t.size for t in tasks)
        stages = tuple(
            Stage(self.origin("goal"), f"g{k}", self.among("minimize", "maximize"), self.value(1, count, 2))
            for k in range(self.pick(0, 2))
        )
        axis = TimeAxis(self.h, origin=self.origin("time"))
        return Model("m", axis, resources, availability, tasks, self.relations(count), stages)


@st.composite
def models(draw: Draw) -> Model:
    """Any tiny model."""
    return Maker(draw).model()


@st.composite
def schedules(draw: Draw, model: Model) -> Schedule:
    """A schedule of a model that is more or less right: tasks end where they should unless broken on purpose."""
    nobody = ints([0] * model.task_count)
    judge = NaiveJudge(model, Schedule(nobody, nobody, nobody))
    rows = []
    for i in range(model.task_count):
        n = draw(st.integers(int(model.shortest[i]), int(model.longest[i])))
        s = draw(st.integers(min(int(model.release[i]), model.horizon), max(model.horizon - n, model.horizon // 2)))
        e = _end(judge, i, s, n) if model.pausable[i] else s + n
        if draw(st.integers(0, 11)) == 0:
            s, e, n = (draw(st.integers(-4, model.horizon + 4)) for _ in range(3))
        rows.append((s, e, n))
    return Schedule(*(ints(column) for column in (zip(*rows) if rows else ((), (), ()))))


def _end(judge: NaiveJudge, task: int, start: int, length: int) -> int:
    at = start
    while length:
        length -= not judge.paused(task, at)
        at += 1
    return at


@st.composite
def cases(draw: Draw) -> tuple[Model, Schedule]:
    """A model with a schedule."""
    model = draw(models())
    return model, draw(schedules(model))
