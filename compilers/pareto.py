"""Pareto fronts: all values that several goals can have together, none of which another beats in every goal.

*Complete*. Let P be the values found so far. The next schedule is one of least f1 + f2 + … among those that no p in P
is at least as good as in every goal, which is the ε-constraint method with all limits of a point in one disjunction,

    f1 < p1  or  f2 < p2  or  …        for every p in P.

It is efficient: what dominates it would be admitted as well, and its sum would be less. Where a least sum is not proved
in its share of the time, the schedules of least f1, then f2, … are asked for, which are efficient for the same reason.
Since the admitted schedules only get fewer, the sum (or f1) never falls from one to the next, and that bound is stated.
Once no schedule is admitted any more, every schedule is matched or beaten by a found one, and the front of P is the
whole front, whether or not single points were proved. (Haimes, Lasdon and Wismer 1971; Sylva and Crema 2004.)

*Approximate*. Where a point is not proved in its share of the time, further points are asked for in other directions:
a goal alone, then weighted sums of the goals, each over the range that it has on the front so far. All schedules that
these runs find on their way are looked at; what is dominated in the end is left out.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import product

import numpy as np

from schedc.compilers.backend import Backend, Event, Limits, OnEvent
from schedc.compilers.measure import costs
from schedc.compilers.result import InternalError, Result
from schedc.compilers.solve import solve
from schedc.compilers.tolerance import at_most
from schedc.models.columns import ints
from schedc.models.expressions import Compare, Junction, Linear, Member, Operator, Part
from schedc.models.model import Model
from schedc.models.schedule import Schedule, Status
from schedc.models.statements import Require, Stage
from schedc.models.verify import Verdict, verify

_SHARE = 0.2            # of the time left, for one point while the front may still become complete
_FINEST = 6             # how finely directions are spread between the goals
_HEARD = 200            # incumbents of a run that are looked at
_AHEAD = 8              # directions for which time is kept
_LEAST_SLICE = 1.0      # seconds

OnPoint = Callable[[int], None]


class NoFrontError(ValueError):
    """A front is asked of a model that has no `pareto`."""


@dataclass(frozen=True, eq=False)
class Point:
    """A schedule on the front, judged. values: of the sides, in their integer units; proved: known to be efficient."""

    schedule: Schedule
    verdict: Verdict
    values: tuple[int, ...]
    proved: bool


@dataclass(frozen=True, eq=False)
class Front:
    """The points by the values of their sides. complete: there are no others; runs: how often a solver was asked.

    status: INFEASIBLE where there is no schedule at all, UNKNOWN where none was found. least: a proven bound of each
    side alone, None where there is none.
    """

    sides: tuple[Stage, ...]
    points: tuple[Point, ...]
    complete: bool
    status: Status
    least: tuple[int | None, ...]
    runs: int
    seconds: float
    reason: str = ""
    interrupted: bool = False


def front(
    model: Model, *, backend: str | Backend = "cpsat", limits: Limits | None = None, on_point: OnPoint | None = None,
    on_event: OnEvent | None = None,
) -> Front:
    """The front of a model with `pareto`, complete if the limits allow.

    Goals before the sides (the penalties) are held at their best. on_point hears how many points there are after each.
    Raises NoFrontError, KeyError for an unknown back-end, InternalError where an answer is rejected.
    """
    if not model.front:
        raise NoFrontError("the model has no `pareto` and so no front")
    return _Search(model, backend, limits or Limits(), on_point or (lambda _: None), on_event or (lambda _: None)).run()


@dataclass
class _Search:
    """One front in the making. found: costs of the sides (less is better) with their schedules."""

    model: Model
    backend: str | Backend
    limits: Limits
    on_point: OnPoint
    on_event: OnEvent
    began: float = field(default_factory=time.monotonic)
    found: list[tuple[tuple[int, ...], Schedule, bool]] = field(default_factory=list)
    runs: int = 0
    interrupted: bool = False
    reason: str = ""
    heard: list[Schedule] = field(default_factory=list)
    leading: bool = False

    def __post_init__(self) -> None:
        self.sides = self.model.objective[-self.model.front:]
        self.least: list[int | None] = [None] * len(self.sides)
        self.base = replace(self.model, objective=(), front=0, soft=(), qos=())

    def run(self) -> Front:
        complete, status = False, Status.UNKNOWN
        lead = self.model.objective[: -self.model.front]
        if lead:
            self.leading = True
            first = self._solve(replace(self.base, objective=lead), None)
            self.leading = False
            if first.schedule is None:
                return self._front(False, first.status)
            held = tuple(at_most(s, r.value or 0) for s, r in zip(lead, first.stages))
            self.base = replace(self.base, relations=(*self.base.relations, *held))
        complete, status = self._exactly()
        if not complete:
            self._roughly()
        if complete and not self.found:
            status = Status.INFEASIBLE
        return self._front(complete, Status.OPTIMAL if complete and self.found else status)

    def _front(self, complete: bool, status: Status) -> Front:
        points = []
        for values, schedule, proved in sorted(self._efficient(), key=lambda p: p[0]):
            verdict = verify(self.model, schedule)
            if not verdict.holds:
                raise InternalError(f"a point that the judge rejects: {verdict.violations[0].message}")
            shown = tuple(v if s.sense == "minimize" else -v for s, v in zip(self.sides, values))
            points.append(Point(schedule, verdict, shown, proved or complete))
        if self.found and status is not Status.OPTIMAL:
            status = Status.FEASIBLE
        if complete and points:
            self.least = [min(values[k] for values, _, _ in self.found) for k in range(len(self.sides))]
        least = tuple(
            None if b is None else b if s.sense == "minimize" else -b for s, b in zip(self.sides, self.least)
        )
        return Front(self.sides, tuple(points), complete, status, least, self.runs,
                     time.monotonic() - self.began, "" if points else self.reason, self.interrupted)

    # points

    def _exactly(self) -> tuple[bool, Status]:
        """Points until there are no more: by their sums while these are proved, then goal by goal while that is."""
        whole = self._sum([1] * len(self.sides))
        for goals, bounded, share in ((whole,), whole, _SHARE / 2), (self.sides, self.sides[0], _SHARE):
            last: int | None = None
            while not self._over():
                result = self._solve(self._asked(goals, bounded, last), self._slice(share))
                if result.status is Status.INFEASIBLE:
                    return True, Status.INFEASIBLE
                if result.schedule is None:
                    break
                if result.status is not Status.OPTIMAL:
                    self._keep(result.schedule, False)
                    break
                values = self._add(result.schedule, True)
                last = sum(values) if bounded is whole else values[0]
        return False, Status.FEASIBLE if self.found else Status.UNKNOWN

    def _roughly(self) -> None:
        """Points in different directions until the time is over."""
        directions = list(_directions(len(self.sides)))
        for k, weights in enumerate(directions):
            if self._over():
                return
            alone = weights.count(0) == len(weights) - 1
            goals = self._turned(weights) if alone else (self._weighted(weights),)
            asked = replace(self.base, objective=goals)
            result = self._solve(asked, self._slice(1 / min(len(directions) - k, _AHEAD)), constructing=True)
            if result.schedule is not None:
                self._keep(result.schedule, result.status is Status.OPTIMAL)

    def _turned(self, weights: tuple[int, ...]) -> tuple[Stage, ...]:
        first = next(k for k, w in enumerate(weights) if w)
        return (self.sides[first], *(s for k, s in enumerate(self.sides) if k != first))

    def _weighted(self, weights: tuple[int, ...]) -> Stage:
        """The sum of the goals, each times its weight over the range of its values so far."""
        values = np.array([p[0] for p in self.found], dtype=np.float64)
        wide = np.maximum(values.max(axis=0) - values.min(axis=0), 1.0)
        scale = float(wide.max())
        return self._sum([max(1, round(100 * w * scale / r)) if w else 1 for w, r in zip(weights, wide.tolist())])

    def _sum(self, coef: Sequence[int]) -> Stage:
        """The sum of the goals' costs, each times a positive number."""
        signs = [1 if s.sense == "minimize" else -1 for s in self.sides]
        parts = tuple(
            Part(ints([0]), s.value, ints([0]), ints([c * sign])) for s, c, sign in zip(self.sides, coef, signs)
        )
        none = np.zeros(0, dtype=np.int64)
        return Stage(self.sides[0].origin, "direction", "minimize", Linear(ints([0]), none, none, none, none, parts))

    def _asked(self, goals: tuple[Stage, ...], first: Stage | None = None, last: int | None = None) -> Model:
        """The model with these goals, of schedules that no found one matches; `first` costs `last` or more."""
        more: list[Require] = [self._unmatched()] if self.found else []
        if first is not None and last is not None:
            turned = replace(first, sense="maximize" if first.sense == "minimize" else "minimize")
            more.append(at_most(turned, last if first.sense == "minimize" else -last))
        return replace(self.base, objective=goals, relations=(*self.base.relations, *more))

    def _unmatched(self) -> Require:
        """One row a found point: some side is better than it."""
        n, none = len(self.found), np.zeros(0, dtype=np.int64)
        every = np.arange(n, dtype=np.int64)
        members = []
        for k, side in enumerate(self.sides):
            sign = 1 if side.sense == "minimize" else -1
            part = Part(every, side.value, np.zeros(n, dtype=np.int64), np.full(n, sign, dtype=np.int64))
            const = ints([1 - p[0][k] for p in self.found])
            members.append(Member(every, Compare(Operator.LE, Linear(const, none, none, none, none, (part,))), every))
        return Require(self.sides[0].origin, Junction("or", n, tuple(members)))

    def _add(self, schedule: Schedule, proved: bool) -> tuple[int, ...]:
        """A schedule that no found one matches, by the conditions under which it was asked for."""
        values = costs(replace(self.model, objective=self.sides), schedule)
        if any(all(a <= b for a, b in zip(p[0], values)) for p in self.found):
            raise InternalError("a point of the front is matched by an earlier one")
        self.found.append((values, schedule, proved))
        self.on_point(len(self.found))
        return values

    def _keep(self, schedule: Schedule, proved: bool) -> None:
        """A schedule that may be matched by a found one."""
        values = costs(replace(self.model, objective=self.sides), schedule)
        if not any(all(a <= b for a, b in zip(p[0], values)) for p in self.found):
            self.found = [p for p in self.found if not all(a <= b for a, b in zip(values, p[0]))]
            self.found.append((values, schedule, proved))
            self.on_point(len(self.found))

    def _efficient(self) -> list[tuple[tuple[int, ...], Schedule, bool]]:
        """The points that no other one dominates."""
        return [
            p for p in self.found
            if not any(q[0] != p[0] and all(a <= b for a, b in zip(q[0], p[0])) for q in self.found)
        ]

    # runs

    def _solve(self, model: Model, seconds: float | None, constructing: bool = False) -> Result:
        self.runs += 1
        self.heard = []
        limits = self.limits if seconds is None else replace(self.limits, seconds=seconds)
        quick = model.task_count < 200
        near = self.found[-1][1] if self.found and not constructing else None
        result = solve(
            model, backend=self.backend, limits=limits, hint=near, on_event=self._hear,
            constructing=constructing or not quick,
        )
        if not self.leading and result.status not in (Status.OPTIMAL, Status.INFEASIBLE):
            for schedule in self.heard:     # of a run that was not finished also what came before its best
                self._keep(schedule, False)
        self.interrupted = self.interrupted or result.interrupted
        self.reason = result.reason
        return result

    def _hear(self, event: Event) -> None:
        if event.event == "incumbent" and event.schedule is not None:
            self.heard = [*self.heard[1 - _HEARD:], event.schedule]
        self.on_event(event)

    def _left(self) -> float | None:
        if self.limits.seconds is None:
            return None
        return self.limits.seconds - (time.monotonic() - self.began)

    def _slice(self, share: float) -> float | None:
        left = self._left()
        return None if left is None else min(max(left * share, _LEAST_SLICE), max(left, 0.05))

    def _over(self) -> bool:
        left = self._left()
        return self.interrupted or self.limits.cancel.is_set() or (left is not None and left <= 0)


def _directions(sides: int) -> Iterator[tuple[int, ...]]:
    """Every side alone, then weights that add up to 2, 3, … without those seen before."""
    seen: set[tuple[int, ...]] = set()
    for total in range(1, _FINEST + 1):
        for weights in product(range(total + 1), repeat=sides):
            shared = int(np.gcd.reduce(weights)) if any(weights) else 0
            if sum(weights) == total and shared:
                weights = tuple(w // shared for w in weights)
                if weights not in seen:
                    seen.add(weights)
                    yield weights
