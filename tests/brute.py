"""Brute force: every schedule of a tiny model, in dense arrays; the third witness beside a back-end and the judge.

All placements of every task are listed by walking ticks, joined task by task (what breaks capacity, an order or an
`exclusive` is dropped at once), then conditions and objectives are computed for all that remain. The judge must accept
the best of them, with the same objectives; it is also asked about samples of what was kept and what was dropped.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations, product
from typing import Any

import numpy as np
from naive_judge import NaiveJudge

from schedc.models.columns import SpanSets, ints
from schedc.models.expressions import (
    Absolute,
    Compare,
    Extreme,
    Guarded,
    Indicator,
    IntExpr,
    Junction,
    Known,
    Linear,
    Makespan,
    Not,
    Operator,
    Point,
    Product,
    Rank,
    SetupTime,
)
from schedc.models.model import Model
from schedc.models.schedule import Schedule
from schedc.models.verify import verify

LIMIT = 3_000_000       # joined placements that are held at once
CUTS = 2_000           # ways to cut a task into pieces
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

    kept: [task, candidate, (start, end, length, present, variant)].
    """

    objectives: tuple[int, ...] | None
    schedule: Schedule | None
    kept: Any

    @property
    def count(self) -> int:
        """How many schedules keep the model."""
        return int(self.kept.shape[1])

    choices: Choices

    def least(self, value: IntExpr) -> int:
        """The least value of an expression over the schedules that keep the model; there must be one."""
        return int(self.choices.value(value, self.kept)[0].min())


def brute_force(model: Model, limit: int = LIMIT) -> Answer:
    """Raise TooBigError for models that are not tiny, DisagreementError where the judge sees things differently."""
    if len(model.addressed.task):
        raise TooBigError       # addresses are gone through in tests/property/test_addresses_agree.py
    search = _Search(model, limit)
    kept = search.run()
    search.sample(kept)
    if not kept.shape[1]:
        return Answer(None, None, kept, search.choices)
    values = search.objectives(kept)
    signs = [1 if stage.sense == "minimize" else -1 for stage in model.objective]
    keys = [value * sign for value, sign in zip(values, signs)]
    best = int(np.lexsort(keys[::-1])[0]) if keys else 0
    schedule = search.choices.schedule(kept[:, best])
    verdict = verify(model, schedule)
    found = tuple(int(v[best]) for v in values)
    if not verdict.holds or verdict.objectives != found:
        raise DisagreementError(f"brute force finds {found}, the judge says {verdict}")
    return Answer(found, schedule, kept, search.choices)


class _Search:
    """Joined placements are arrays [task, candidate, (start, end, length, present, variant)]."""

    def __init__(self, model: Model, limit: int) -> None:
        self.model, self.limit = model, limit
        self.choices = Choices(model)
        nothing = ints([0] * model.task_count)
        self.naive = NaiveJudge(model, Schedule(nothing, nothing, nothing))
        self.capacity = np.array(self.naive.capacity, dtype=np.int64).reshape(-1, model.horizon)
        self.places = [self.placements(i) for i in range(model.task_count)]

    # ---- single tasks ----

    def placements(self, i: int) -> Any:
        """All (start, end, length) of one task that it may have by itself."""
        family = self.naive.family[i]
        found = [(0, 0, 0, 0, 0)] if family.optional else []
        for v, variant in enumerate(self.choices.variants[i]):
            said, row = variant.said(family, i)
            for s in range(self.model.horizon + 1):
                if variant.pieces is not None:
                    n, e = sum(hi - lo for lo, hi in variant.pieces), s + max([0, *(hi for _, hi in variant.pieces)])
                    kept = _as_begun(family, i - family.first, s, variant.pieces)
                    if kept and e <= self.model.horizon and self.allowed(i, s, e, variant):
                        found.append((s, e, n, 1, v))
                    continue
                for n in range(int(said.shortest[row]), int(said.longest[row]) + 1):
                    e = self.walk(i, s, n) if family.pausable else s + n
                    if e is not None and e <= self.model.horizon and self.allowed(i, s, e, variant):
                        found.append((s, e, n, 1, v))
        places = np.array(found, dtype=np.int64).reshape(-1, 5)
        good = np.ones(len(places), dtype=bool)
        for v, variant in enumerate(self.choices.variants[i]):
            for _, _, lo, hi in self.parts(i, variant, places):
                out = (lo < hi) & ((lo < 0) | (hi > self.model.horizon))
                good &= ~((places[:, 4] == v) & out[:, 0])
        return places[good]

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

    def allowed(self, i: int, s: int, e: int, variant: Variant) -> bool:
        """Release, deadline and `within`, of the task and of its mode."""
        family = self.naive.family[i]
        for said, row in {(family, i - family.first), variant.said(family, i)}:
            if s < said.release[row] or e > said.deadline[row]:
                return False
            windows = [within.spans.of(int(within.which[row])) for within in said.within if within.which[row] >= 0]
            if windows and not any(lo <= s and e <= hi for w in windows for lo, hi in zip(*w)):
                return False
        return True

    def held(self, i: int, places: Any) -> Any:
        """What each placement holds: [placement, resource, tick]."""
        ticks = np.arange(self.model.horizon)
        during = np.zeros((len(places), len(ticks)), dtype=bool)
        for v, variant in enumerate(self.choices.variants[i]):
            mine = places[:, 4] == v
            during[mine] = variant.during(places[mine, :1], places[mine, 1:2], ticks) & (places[mine, 3:4] > 0)
        held = np.zeros((len(places), len(self.capacity), self.model.horizon), dtype=np.int64)
        for v, variant in enumerate(self.choices.variants[i]):
            mine = places[:, 4] == v
            demand = dict(self.naive.demand[i])
            for r, amount in variant.demand.items():
                demand[r] = demand.get(r, 0) + amount
            for r, amount in demand.items():
                kept = self.capacity[r] >= amount if self.naive.family[i].pausable else np.ones(len(ticks), dtype=bool)
                held[mine, r, :] = amount * (during[mine] & kept)
            for r, amount, lo, hi in self.parts(i, variant, places):
                held[mine, r, :] += amount * ((lo[mine] <= ticks) & (ticks < hi[mine]))
        return held

    def parts(self, i: int, variant: Variant, places: Any) -> list[tuple[int, int, Any, Any]]:
        """What is held on parts of each placement: resource, amount, from [placement, 1], until [placement, 1]."""
        family = self.naive.family[i]
        said = [(p, k) for p in family.parts for k in np.flatnonzero(p.row == i - family.first)]
        said += [
            (p, k) for m in family.modes for p in m.parts for k in np.flatnonzero(m.first + p.row == variant.option)
        ]
        far = np.where(places[:, 3:4] > 0, 0, 1 << 30)      # an absent task holds nothing
        return [
            (int(p.resource[k]), int(p.amount[k]), places[:, [int(p.first_point)]] + int(p.first[k]) + far,
             places[:, [int(p.last_point)]] + int(p.last[k])) for p, k in said
        ]

    # ---- joining ----

    def run(self) -> Any:
        """All schedules that keep the model."""
        joined = np.zeros((0, 1, 5), dtype=np.int64)
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
            joined = joined[:, self.stocked(joined)]
            joined = joined[:, self.in_step(joined)]
            joined = joined[:, walked(self.model, self.choices, joined)[0]]
            joined = joined[:, permuted(self.model, joined)]
            joined = joined[:, self.lagged(joined)]
            joined = joined[:, self.required(joined)]
        return joined

    def related(self, joined: Any) -> Any:
        """Whether the orders and `exclusive`s among the tasks joined so far hold; the last one is new."""
        new = len(joined) - 1
        good = np.ones(joined.shape[1], dtype=bool)
        decider = self.naive.family[new].presence
        leader = new if decider is None else int(decider[new - self.naive.family[new].first])
        if leader < new:
            good &= joined[new, :, 3] == joined[leader, :, 3]
        for order in self.model.orders:
            for m, (a, b) in enumerate(zip(order.first.tolist(), order.second.tolist())):
                if max(a, b) == new and order.extra is None:
                    good &= _kept(order, m, joined, 0)
        for x in self.model.exclusives:
            for group in (x.task[x.ptr[k] : x.ptr[k + 1]].tolist() for k in range(len(x.ptr) - 1)):
                for other in group if new in group else ():
                    if other < new:
                        good &= ~self.meet(other, new, joined)
        return good

    def meet(self, i: int, j: int, joined: Any) -> Any:
        """Whether two tasks are worked at one tick, in each candidate."""
        if all(self.naive.family[t].pieces is None for t in (i, j)):
            return _overlap(joined[i], joined[j])
        ticks = np.arange(self.model.horizon)
        worked = []
        for t in (i, j):
            during = np.zeros((joined.shape[1], len(ticks)), dtype=bool)
            for v, variant in enumerate(self.choices.variants[t]):
                mine = (joined[t, :, 4] == v) & (joined[t, :, 3] > 0)
                during[mine] = variant.during(joined[t, mine, :1], joined[t, mine, 1:2], ticks)
            worked.append(during)
        return np.any(worked[0] & worked[1], axis=1)

    def stocked(self, joined: Any) -> Any:
        """Whether every level is within its limits, tick by tick, and every event in the horizon."""
        good = np.ones(joined.shape[1], dtype=bool)
        changes = {s: np.zeros((joined.shape[1], self.model.horizon + 1), dtype=np.int64)
                   for s in range(self.model.stock_count)}
        for t, variants in enumerate(self.choices.variants):
            family = self.naive.family[t]
            for v, variant in enumerate(variants):
                mine = (joined[t, :, 3] > 0) & (joined[t, :, 4] == v)
                said = [(e, k) for e in family.events for k in np.flatnonzero(e.row == t - family.first)]
                said += [(e, k) for m in family.modes for e in m.events
                         for k in np.flatnonzero(m.first + e.row == variant.option)]
                for e, k in said:
                    at = joined[t, :, int(e.point)] + int(e.shift[k])
                    out = (at < 0) | (at > self.model.horizon)
                    good &= ~(mine & out)
                    hit = np.flatnonzero(mine & ~out)
                    np.add.at(changes[int(e.stock[k])], (hit, at[hit]), int(e.amount[k]))
        for family in self.model.stocks:
            for row in range(family.family.size):
                level = int(family.starts[row]) + np.cumsum(changes[family.first + row], axis=1)
                good &= np.all((level >= family.lowest[row]) & (level <= family.highest[row]), axis=1)
        return good

    def in_step(self, joined: Any) -> Any:
        """Whether what shares a tick on a batch resource starts and ends together."""
        good = np.ones(joined.shape[1], dtype=bool)
        for family in self.model.resources:
            for r in range(family.first, family.first + family.family.size) if family.batch is not None else ():
                on = [self.held_by(i, r, joined) for i in range(len(joined))]
                for i in range(len(joined)):
                    for j in range(i):
                        alike = np.all(joined[i, :, :2] == joined[j, :, :2], axis=1)
                        good &= ~(on[i] & on[j] & _overlap(joined[i], joined[j])) | alike
        return good

    def held_by(self, i: int, r: int, joined: Any) -> Any:
        """Whether a present task asks for a resource at all, in each candidate."""
        variants = self.choices.variants[i]
        asks = np.array([r in self.naive.demand[i] or r in variant.demand for variant in variants] or [False])
        return asks[np.minimum(joined[i, :, 4], len(asks) - 1)] & (joined[i, :, 3] > 0)

    def lagged(self, joined: Any) -> Any:
        """Whether the orders hold whose lags depend on choices."""
        good = np.ones(joined.shape[1], dtype=bool)
        for order in self.model.orders:
            if order.extra is not None:
                extra = self.choices.value(order.extra, joined)
                for m in range(len(order.first)):
                    good &= _kept(order, m, joined, extra[m])
        return good

    def required(self, joined: Any) -> Any:
        """Whether every `require` holds."""
        good = np.ones(joined.shape[1], dtype=bool)
        for require in self.model.requires:
            good &= np.all(self.choices.truth(require.condition, joined), axis=0)
        return good

    def objectives(self, joined: Any) -> list[Any]:
        """The value of each stage, for all candidates."""
        return [self.choices.value(stage.value, joined)[0] for stage in self.model.objective]

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
            chosen = np.array([p[rng.integers(len(p))] for p in self.places]).reshape(-1, 5)
            self.ask(chosen, chosen.tobytes() in known)

    def ask(self, chosen: Any, expected: bool) -> None:
        """Raise DisagreementError unless the judge answers as expected."""
        verdict = verify(self.model, self.choices.schedule(chosen))
        if verdict.holds != expected:
            raise DisagreementError(f"{chosen.tolist()}: brute force says {expected}, the judge {verdict}")


def walked(model: Model, choices: Choices, joined: Any) -> tuple[Any, Any]:
    """For each candidate, whether all changes of state have their time, and how much time they take in all."""
    good, total = np.ones(joined.shape[1], dtype=bool), np.zeros(joined.shape[1], dtype=np.int64)
    for family in model.resources:
        for row in range(family.family.size) if family.change is not None else ():
            uses = [
                (t, v, state, *(span or (-1, -1)))
                for t, variants in enumerate(choices.variants) for v, variant in enumerate(variants)
                for r, state in sorted(variant.states) if r == family.first + row
                for span in (variant.pieces if variant.pieces is not None else (None,))
            ]
            if uses:
                fits, spent = _walk(family.change, row, uses, joined)
                good, total = good & fits, total + spent
    return good, total


def _walk(change: Any, row: int, uses: list[tuple[int, ...]], joined: Any) -> tuple[Any, Any]:
    size, far = joined.shape[1], 1 << 40
    task, variant, state, lo, hi = (np.array(column) for column in zip(*uses))
    begins = joined[task, :, 0] + np.maximum(lo, 0)[:, None]
    ends = np.where(hi[:, None] < 0, joined[task, :, 1], joined[task, :, 0] + hi[:, None])
    there = (joined[task, :, 3] > 0) & (joined[task, :, 4] == variant[:, None])
    there &= joined[task, :, 0] < joined[task, :, 1]
    order = np.argsort(np.where(there, begins, far), axis=0, kind="stable")
    cost = np.array([[NaiveJudge.distance(change, row, int(a), int(b)) for b in state] for a in state])
    first = np.array([0 if change.starts[row] < 0 else NaiveJudge.distance(change, row, int(change.starts[row]), int(b))
                      for b in state])
    good, spent = np.ones(size, dtype=bool), np.zeros(size, dtype=np.int64)
    before, until, every = np.full(size, -1), np.zeros(size, dtype=np.int64), np.arange(size)
    for now in order:
        here = there[now, every]
        start, end = begins[now, every], ends[now, every]
        same = (before >= 0) & (state[before] == state[now])
        wanted = np.where(before < 0, first[now], cost[before, now])
        good &= ~here | same | (start >= until + wanted)
        spent += np.where(here & ~same, wanted, 0)
        until = np.where(here, np.where(same, np.maximum(until, end), end), until)
        before = np.where(here, now, before)
    return good, spent


def permuted(model: Model, joined: Any) -> Any:
    """Whether all permutations hold, pair by pair."""
    good = np.ones(joined.shape[1], dtype=bool)
    for p in model.permutations:
        for lo, hi in zip(p.ptr[:-1], p.ptr[1:]):
            for i in range(lo, hi):
                for j in range(lo, hi):
                    a, b, c, d = p.first[i], p.first[j], p.second[i], p.second[j]
                    there = np.all(joined[[a, b, c, d], :, 3] > 0, axis=0)
                    alike = (joined[a, :, 0] < joined[b, :, 0]) == (joined[c, :, 0] < joined[d, :, 0])
                    good &= ~there | alike
    return good


def _kept(order: Any, m: int, joined: Any, extra: Any) -> Any:
    """Whether an arrow holds in each candidate."""
    a, b = int(order.first[m]), int(order.second[m])
    lag = joined[b, :, int(order.second_point)] - joined[a, :, int(order.first_point)] - extra
    absent = (joined[a, :, 3] == 0) | (joined[b, :, 3] == 0)
    return absent | ((order.lo[m] <= lag) & (lag <= order.hi[m]))


def _overlap(a: Any, b: Any) -> Any:
    real = (a[:, 0] < a[:, 1]) & (b[:, 0] < b[:, 1])
    return real & (a[:, 0] < b[:, 1]) & (b[:, 0] < a[:, 1])


# ---- choices ----


@dataclass(frozen=True)
class Variant:
    """One way to choose for a task: its option (-1 without modes) and candidates, and what they ask for."""

    option: int
    members: frozenset[int]
    demand: dict[int, int]
    states: frozenset[tuple[int, int]] = frozenset()        # (resource, state) of the changing ones
    pieces: tuple[tuple[int, int], ...] | None = None       # from, to, counted from the start

    def during(self, start: Any, end: Any, ticks: Any) -> Any:
        """[placement, tick]: whether it is worked."""
        if self.pieces is None:
            return (start <= ticks) & (ticks < end)
        found = np.zeros((len(start), len(ticks)), dtype=bool)
        for lo, hi in self.pieces:
            found |= (start + lo <= ticks) & (ticks < start + hi)
        return found

    def said(self, family: Any, task: int) -> tuple[Any, int]:
        """The statement that says the length, and the row of it that counts."""
        for m in family.modes:
            if m.first <= self.option < m.first + m.size:
                return m, self.option - m.first
        return family, task - family.first


def _cuts(family: Any, row: int, horizon: int) -> list[tuple[tuple[int, int], ...]]:
    """All ways to cut a task of a tiny model into pieces."""
    said = family.pieces
    if horizon > 10:
        raise TooBigError
    found: list[tuple[tuple[int, int], ...]] = []

    def grow(spans: tuple[tuple[int, int], ...], worked: int) -> None:
        if family.shortest[row] <= worked <= family.longest[row]:
            found.append(spans)
        if len(found) > CUTS:
            raise TooBigError
        if len(spans) == said.most[row]:
            return
        since = spans[-1][1] if spans else 0
        for lo in range(since, horizon if spans else 1):
            for size in range(int(said.shortest[row]), int(said.longest[row]) + 1):
                if worked + size <= family.longest[row] and lo + size <= horizon:
                    grow((*spans, (lo, lo + size)), worked + size)

    grow((), 0)
    return found


def _as_begun(family: Any, row: int, start: int, pieces: tuple[tuple[int, int], ...]) -> bool:
    """Whether the pieces are those that the task was begun with, where it was."""
    if family.pieces.fixed is None:
        return True
    began = list(zip(*(column.tolist() for column in family.pieces.fixed.of(row))))
    return not began or [(start + lo, start + hi) for lo, hi in pieces] == began


def _plain_states(family: Any, row: int) -> tuple[dict[int, int], frozenset[tuple[int, int]]]:
    """Nothing that depends on a choice, and the states of the task's uses."""
    states = {
        (int(u.resource[n]), int(u.state[n])) for u in family.uses if u.state is not None
        for n in range(len(u.row)) if int(u.row[n]) == row
    }
    return {}, frozenset(states)


def _variants(family: Any, task: int, horizon: int) -> list[Variant]:
    """All combinations of an option and members of the choices in force."""
    row = task - family.first
    options = [(m, k) for m in family.modes for k in range(m.size) if int(m.row[k]) == row] or [(None, -1)]
    found = []
    if family.pieces is not None:
        plain, states = _plain_states(family, row)
        return [Variant(-1, frozenset(), plain, states, cut) for cut in _cuts(family, row, horizon)]
    for m, k in options:
        places = [(c, row) for c in family.choices] + ([] if m is None else [(c, k) for c in m.choices])
        picks = [
            list(combinations(range(int(c.ptr[j]), int(c.ptr[j + 1])), int(c.count[j])))
            for c, at in places for j in range(len(c.row)) if int(c.row[j]) == at
        ]
        nodes = [c for c, at in places for j in range(len(c.row)) if int(c.row[j]) == at]
        instances = [j for c, at in places for j in range(len(c.row)) if int(c.row[j]) == at]
        for taken in product(*picks):
            demand: dict[int, int] = {}
            if m is not None:
                for uses in m.uses:
                    for at, r, amount in zip(uses.row.tolist(), uses.resource.tolist(), uses.amount.tolist()):
                        if at == k:
                            demand[r] = demand.get(r, 0) + amount
            for c, some in zip(nodes, taken):
                for place in some:
                    demand[int(c.resource[place])] = demand.get(int(c.resource[place]), 0) + 1
            members = frozenset(c.first + place for c, some in zip(nodes, taken) for place in some)
            states = {
                (int(uses.resource[n]), int(uses.state[n]))
                for said, at in [(family, row), *([] if m is None else [(m, k)])] for uses in said.uses
                if uses.state is not None for n in range(len(uses.row)) if int(uses.row[n]) == at
            }
            for c, at, some in zip(nodes, instances, taken):
                states |= {(int(c.resource[place]), int(c.state[at])) for place in some if c.state is not None}
            found.append(Variant(-1 if m is None else m.first + k, members, demand, frozenset(states)))
    return found


class Choices:
    """The variants of all tasks, and the values of expressions over joined placements, [row, candidate]."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.count = model.task_count
        self.variants = [_variants(t, t.first + row, model.horizon) for t in model.tasks for row in range(t.size)]
        self.options = sum(m.size for t in model.tasks for m in t.modes)
        self.candidates = sum(
            len(c.resource) for t in model.tasks for c in (*t.choices, *(c for m in t.modes for c in m.choices))
        )

    def schedule(self, rows: Any) -> Schedule:
        """One candidate, [task, column], as a schedule."""
        start, end, length, present = (ints(rows[:, k].copy()) for k in range(4))
        chosen = [self.variants[t][int(rows[t, 4])] if present[t] else None for t in range(self.count)]
        mode = ints([-1 if v is None else v.option for v in chosen])
        member = np.zeros(self.candidates, dtype=np.bool_)
        for v in chosen:
            member[list(v.members if v is not None else ())] = True
        return Schedule(
            start, end, length, None if present.all() else present > 0, mode if self.options else None,
            member if self.candidates else None, pieces=self._pieces(start, chosen),
        )

    def _pieces(self, start: Any, chosen: list[Variant | None]) -> SpanSets | None:
        if all(t.pieces is None for t in self.model.tasks):
            return None
        spans = [
            [] if v is None or v.pieces is None else [(int(start[t]) + lo, int(start[t]) + hi) for lo, hi in v.pieces]
            for t, v in enumerate(chosen)
        ]
        flat = [span for mine in spans for span in mine]
        ptr = np.cumsum([0, *map(len, spans)])
        return SpanSets(ints(ptr), ints([lo for lo, _ in flat]), ints([hi for _, hi in flat]))

    def _point(self, point: Point, number: int, joined: Any) -> Any:
        if point <= Point.PRESENT:
            return joined[number, :, (0, 1, 2, 3)[point]]
        worth = np.zeros(joined.shape[1], dtype=np.int64)
        for t, variants in enumerate(self.variants):
            for v, variant in enumerate(variants):
                if (variant.option == number) if point is Point.MODE else (number in variant.members):
                    worth += (joined[t, :, 4] == v) & (joined[t, :, 3] > 0)
        return worth

    def value(self, node: Any, joined: Any) -> Any:
        """The integer of each row."""
        if isinstance(node, Makespan):
            return joined[:, :, 1].max(axis=0, initial=0)[None]
        if isinstance(node, SetupTime):
            return walked(self.model, self, joined)[1][None]
        if isinstance(node, Absolute):
            return np.abs(self.value(node.child, joined))
        if isinstance(node, Indicator):
            return self.truth(node.child, joined).astype(np.int64)
        if isinstance(node, Guarded):
            return self.value(node.child, joined) * self.truth(node.when, joined)
        if isinstance(node, Extreme):
            return self._extreme(node, joined)
        if isinstance(node, Rank):
            return self._rank(node, joined)
        if isinstance(node, Product):
            total = np.ones((node.rows, joined.shape[1]), dtype=np.int64)
            child = self.value(node.child, joined)
            for row, child_row in zip(node.row, node.child_row):
                total[row] *= child[child_row]
            return total
        assert isinstance(node, Linear)
        total = np.repeat(node.const[:, None], joined.shape[1], axis=1)
        for row, point, number, coef in zip(node.row, node.point, node.task, node.coef):
            total[row] += coef * self._point(Point(int(point)), int(number), joined)
        for part in node.parts:
            child = self.value(part.child, joined)
            for row, child_row, coef in zip(part.row, part.child_row, part.coef):
                total[row] += coef * child[child_row]
        return total

    def _extreme(self, node: Extreme, joined: Any) -> Any:
        child = self.value(node.child, joined)
        sign = 1 if node.op == "max" else -1
        counted = np.ones((len(node.row), joined.shape[1]), dtype=bool)
        if node.when is not None:
            counted = self.truth(node.when, joined)
        total = np.zeros((node.rows, joined.shape[1]), dtype=np.int64)
        for row in range(node.rows):
            mine = np.flatnonzero(node.row == row)
            if not len(mine):
                continue
            worth = np.where(counted[mine], sign * child[node.child_row[mine]], -(1 << 60))
            total[row] = np.where(counted[mine].any(axis=0), sign * worth.max(axis=0), 0)
        return total

    def _rank(self, node: Rank, joined: Any) -> Any:
        """The least counted value below or at which lie enough of those counted."""
        child, far = self.value(node.child, joined)[node.child_row], 1 << 60
        counted = np.ones(child.shape, dtype=bool) if node.when is None else self.truth(node.when, joined)
        total = np.zeros((node.rows, joined.shape[1]), dtype=np.int64)
        for row in range(node.rows):
            mine = np.flatnonzero(node.row == row)
            best, many = np.full(joined.shape[1], far), counted[mine].sum(axis=0)
            for k in mine:
                below = ((child[mine] <= child[k]) & counted[mine]).sum(axis=0)
                enough = counted[k] & (100 * node.bottom * below >= node.top * many)
                best = np.where(enough, np.minimum(best, child[k]), best)
            total[row] = np.where(many > 0, best, 0)
        return total

    def truth(self, node: Any, joined: Any) -> Any:
        """The truth of each row."""
        if isinstance(node, Known):
            return np.repeat(node.value[:, None], joined.shape[1], axis=1)
        if isinstance(node, Not):
            return ~self.truth(node.child, joined)
        if isinstance(node, Compare):
            return OPERATORS[node.op](self.value(node.left, joined), 0)
        assert isinstance(node, Junction)
        total = np.full((node.rows, joined.shape[1]), node.op == "and")
        for member in node.members:
            child = self.truth(member.child, joined)
            for row, child_row in zip(member.row, member.child_row):
                if node.op == "and":
                    total[row] &= child[child_row]
                else:
                    total[row] |= child[child_row]
        return total
