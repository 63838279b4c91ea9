"""Brute force: every schedule of a tiny model, in dense arrays; the third witness beside a back-end and the judge.

All placements of every task are listed by walking ticks, joined task by task (what breaks capacity, an order or an
`exclusive` is dropped at once), then conditions and objectives are computed for all that remain. The judge must accept
the best of them, with the same objectives; it is also asked about samples of what was kept and what was dropped.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from naive_judge import NaiveJudge

from schedc.models.columns import ints
from schedc.models.expressions import (
    Absolute,
    Compare,
    Extreme,
    Indicator,
    IntExpr,
    Junction,
    Known,
    Linear,
    Makespan,
    Not,
    Operator,
    Point,
)
from schedc.models.model import Model
from schedc.models.schedule import Schedule
from schedc.models.verify import verify

LIMIT = 3_000_000       # joined placements that are held at once
SAMPLES = 6             # schedules that the judge is asked about besides the best
OPERATORS: dict[Operator, Any] = {
    Operator.EQ: np.equal, Operator.NE: np.not_equal, Operator.LE: np.less_equal,
    Operator.GE: np.greater_equal, Operator.LT: np.less, Operator.GT: np.greater,
}


class TooBigError(Exception):
    """The model has more placements than brute force can hold."""


class DisagreementError(AssertionError):
    """The judge and brute force do not say the same of a schedule."""


@dataclass(frozen=True)
class Answer:
    """The best objectives (None: infeasible) with a schedule that has them, and all schedules that keep the model.

    kept: [task, candidate, (start, end, length)].
    """

    objectives: tuple[int, ...] | None
    schedule: Schedule | None
    kept: Any

    @property
    def count(self) -> int:
        """How many schedules keep the model."""
        return int(self.kept.shape[1])

    def least(self, value: IntExpr) -> int:
        """The least value of an expression over the schedules that keep the model; there must be one."""
        return int(_value(value, self.kept)[0].min())


def brute_force(model: Model, limit: int = LIMIT) -> Answer:
    """Raise TooBigError for models that are not tiny, DisagreementError where the judge sees things differently."""
    search = _Search(model, limit)
    kept = search.run()
    search.sample(kept)
    if not kept.shape[1]:
        return Answer(None, None, kept)
    values = search.objectives(kept)
    signs = [1 if stage.sense == "minimize" else -1 for stage in model.objective]
    keys = [value * sign for value, sign in zip(values, signs)]
    best = int(np.lexsort(keys[::-1])[0]) if keys else 0
    schedule = _schedule(kept[:, best])
    verdict = verify(model, schedule)
    found = tuple(int(v[best]) for v in values)
    if not verdict.holds or verdict.objectives != found:
        raise DisagreementError(f"brute force finds {found}, the judge says {verdict}")
    return Answer(found, schedule, kept)


class _Search:
    """Joined placements are arrays [task, candidate, (start, end, length)]."""

    def __init__(self, model: Model, limit: int) -> None:
        self.model, self.limit = model, limit
        nothing = ints([0] * model.task_count)
        self.naive = NaiveJudge(model, Schedule(nothing, nothing, nothing))
        self.capacity = np.array(self.naive.capacity, dtype=np.int64).reshape(-1, model.horizon)
        self.places = [self.placements(i) for i in range(model.task_count)]

    # ---- single tasks ----

    def placements(self, i: int) -> Any:
        """All (start, end, length) of one task that it may have by itself."""
        family = self.naive.family[i]
        row = i - family.first
        found = []
        for s in range(self.model.horizon + 1):
            for n in range(int(family.shortest[row]), int(family.longest[row]) + 1):
                e = self.walk(i, s, n) if family.pausable else s + n
                if e is not None and e <= self.model.horizon and self.allowed(i, s, e):
                    found.append((s, e, n))
        return np.array(found, dtype=np.int64).reshape(-1, 3)

    def walk(self, i: int, start: int, length: int) -> int | None:
        """The end of a pausable task, tick by tick; None where it cannot start or never ends."""
        if length == 0:
            return start
        if self.naive.paused(i, start):
            return None
        at = start
        while length and at < self.model.horizon:
            length -= not self.naive.paused(i, at)
            at += 1
        return None if length else at

    def allowed(self, i: int, s: int, e: int) -> bool:
        """Release, deadline and `within`."""
        family = self.naive.family[i]
        row = i - family.first
        if s < family.release[row] or e > family.deadline[row]:
            return False
        windows = [within.spans.of(int(within.which[row])) for within in family.within if within.which[row] >= 0]
        return not windows or any(lo <= s and e <= hi for w in windows for lo, hi in zip(*w))

    def held(self, i: int, places: Any) -> Any:
        """What each placement holds: [placement, resource, tick]."""
        ticks = np.arange(self.model.horizon)
        during = (places[:, :1] <= ticks) & (ticks < places[:, 1:2])
        held = np.zeros((len(places), len(self.capacity), self.model.horizon), dtype=np.int64)
        for r, amount in self.naive.demand[i].items():
            kept = self.capacity[r] >= amount if self.naive.family[i].pausable else np.ones(len(ticks), dtype=bool)
            held[:, r, :] = amount * (during & kept)
        return held

    # ---- joining ----

    def run(self) -> Any:
        """All schedules that keep the model."""
        joined = np.zeros((0, 1, 3), dtype=np.int64)
        load = np.zeros((1, *self.capacity.shape), dtype=np.int64)
        for i, places in enumerate(self.places):
            if joined.shape[1] * len(places) * max(1, self.capacity.size // 16) > self.limit:
                raise TooBigError
            a, b = (x.reshape(-1) for x in np.indices((joined.shape[1], len(places))))
            load = load[a] + self.held(i, places)[b]
            joined = np.concatenate([joined[:, a], places[None, b]])
            good = np.all(load <= self.capacity, axis=(1, 2)) & self.related(joined)
            joined, load = joined[:, good], load[good]
        if joined.shape[1]:
            joined = joined[:, self.required(joined)]
        return joined

    def related(self, joined: Any) -> Any:
        """Whether the orders and `exclusive`s among the tasks joined so far hold; the last one is new."""
        new = len(joined) - 1
        good = np.ones(joined.shape[1], dtype=bool)
        for order in self.model.orders:
            for m, (a, b) in enumerate(zip(order.first.tolist(), order.second.tolist())):
                if max(a, b) == new:
                    lag = joined[b, :, int(order.second_point)] - joined[a, :, int(order.first_point)]
                    good &= (order.lo[m] <= lag) & (lag <= order.hi[m])
        for x in self.model.exclusives:
            for group in (x.task[x.ptr[k] : x.ptr[k + 1]].tolist() for k in range(len(x.ptr) - 1)):
                for other in group if new in group else ():
                    if other < new:
                        good &= ~_overlap(joined[other], joined[new])
        return good

    def required(self, joined: Any) -> Any:
        """Whether every `require` holds."""
        good = np.ones(joined.shape[1], dtype=bool)
        for require in self.model.requires:
            good &= np.all(_truth(require.condition, joined), axis=0)
        return good

    def objectives(self, joined: Any) -> list[Any]:
        """The value of each stage, for all candidates."""
        return [_value(stage.value, joined)[0] for stage in self.model.objective]

    # ---- the judge on samples ----

    def sample(self, kept: Any) -> None:
        """Ask the judge about some kept schedules and some random ones, dropped or not."""
        rng = np.random.default_rng(0)
        for k in rng.integers(kept.shape[1], size=SAMPLES) if kept.shape[1] else ():
            self.ask(kept[:, k], True)
        known = {kept[:, k].tobytes() for k in range(kept.shape[1])} if kept.shape[1] < 20_000 else None
        if known is None or not all(map(len, self.places)):
            return
        for _ in range(SAMPLES):
            chosen = np.array([p[rng.integers(len(p))] for p in self.places]).reshape(-1, 3)
            self.ask(chosen, chosen.tobytes() in known)

    def ask(self, chosen: Any, expected: bool) -> None:
        """Raise DisagreementError unless the judge answers as expected."""
        verdict = verify(self.model, _schedule(chosen))
        if verdict.holds != expected:
            raise DisagreementError(f"{chosen.tolist()}: brute force says {expected}, the judge {verdict}")


def _schedule(rows: Any) -> Schedule:
    return Schedule(*(ints(rows[:, k].copy()) for k in range(3)))


def _overlap(a: Any, b: Any) -> Any:
    real = (a[:, 0] < a[:, 1]) & (b[:, 0] < b[:, 1])
    return real & (a[:, 0] < b[:, 1]) & (b[:, 0] < a[:, 1])


# ---- expressions, [row, candidate] ----


def _value(node: Any, joined: Any) -> Any:
    if isinstance(node, Makespan):
        return joined[:, :, 1].max(axis=0, initial=0)[None]
    if isinstance(node, Absolute):
        return np.abs(_value(node.child, joined))
    if isinstance(node, Indicator):
        return _truth(node.child, joined).astype(np.int64)
    if isinstance(node, Extreme):
        child = _value(node.child, joined)
        pick = np.max if node.op == "max" else np.min
        return np.stack([pick(child[node.child_row[node.row == row]], axis=0) for row in range(node.rows)])
    assert isinstance(node, Linear)
    column = {Point.START: 0, Point.END: 1, Point.LENGTH: 2}
    total = np.repeat(node.const[:, None], joined.shape[1], axis=1)
    for row, point, task, coef in zip(node.row, node.point, node.task, node.coef):
        total[row] += coef * joined[task, :, column[Point(int(point))]]
    for part in node.parts:
        child = _value(part.child, joined)
        for row, child_row, coef in zip(part.row, part.child_row, part.coef):
            total[row] += coef * child[child_row]
    return total


def _truth(node: Any, joined: Any) -> Any:
    if isinstance(node, Known):
        return np.repeat(node.value[:, None], joined.shape[1], axis=1)
    if isinstance(node, Not):
        return ~_truth(node.child, joined)
    if isinstance(node, Compare):
        return OPERATORS[node.op](_value(node.left, joined), 0)
    assert isinstance(node, Junction)
    total = np.full((node.rows, joined.shape[1]), node.op == "and")
    for member in node.members:
        child = _truth(member.child, joined)
        for row, child_row in zip(member.row, member.child_row):
            if node.op == "and":
                total[row] &= child[child_row]
            else:
                total[row] |= child[child_row]
    return total
