"""Runs of a policy: all runs of a batch at once, task after task along the partial order."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from schedc.compilers.simulation.columns import Runs, entries
from schedc.compilers.simulation.draws import Lengths, Matrix, draw, lengths_of
from schedc.compilers.simulation.policy import Policy, policy_of
from schedc.models.columns import UNLIMITED, Flags, Ints
from schedc.models.expressions import Point
from schedc.models.model import Model
from schedc.models.schedule import Schedule
from schedc.models.source import Origin
from schedc.models.verify import verify

CELLS = 4_000_000       # numbers of one matrix in a batch
LEVELS = (Fraction(0), Fraction(1, 4), Fraction(1, 2), Fraction(3, 4), Fraction(1))
_ROUNDS = 1_000         # windows that a task may pass by in one run


@dataclass(frozen=True)
class Kept:
    """In how many runs a statement is kept."""

    keyword: str
    origin: Origin
    member: str
    runs: int


@dataclass(frozen=True)
class Cut:
    """The makespan where every `about` lies in its cut at `level`: between the shortest and the longest lengths."""

    level: Fraction
    least: int
    most: int


@dataclass(frozen=True, eq=False)
class Simulated:
    """What `simulate` found: values[k, run] of the goals, in their integer units, and makespan[run].

    planned: the goals' values in the schedule itself, and its makespan. kept: deadlines, maximal lags, windows and
    conditions, in how many runs each is kept; all_kept: the runs that keep all of them. judged: how many of the first
    runs the judge has seen; broken: in how many of these it found a violation, by its kind. cuts: ranges by level.
    lost: what the policy does not order. varying: how many tasks have a length that varies.
    """

    runs: int
    seed: int
    noise: Fraction
    planned: tuple[int, ...]
    planned_makespan: int
    values: Matrix
    makespan: Ints
    kept: tuple[Kept, ...]
    all_kept: int
    judged: int
    sound: int
    broken: dict[str, int]
    cuts: tuple[Cut, ...]
    lost: tuple[str, ...]
    varying: int


def simulate(
    model: Model, schedule: Schedule, *, runs: int = 10_000, noise: Fraction = Fraction(0), seed: int = 0,
    judged: int = 20, hold: bool = False,
) -> Simulated:
    """Carry out a schedule of the model many times, with the lengths that `about` and noise make.

    hold: no task starts before the schedule says.

    Raises ValueError for a task that is worked in several pieces.
    """
    _refuse_pieces(model, schedule)
    policy, lengths = policy_of(model, schedule, hold), lengths_of(model, schedule)
    random, makespan = np.random.default_rng(seed), np.empty(runs, dtype=np.int64)
    values = np.empty((len(model.objective), runs), dtype=np.int64)
    counts: dict[tuple[str, str], Kept] = {}
    roots = [*(s.value for s in model.objective), *(r.condition for r in model.requires)]
    step = max(1, min(runs, CELLS // max(1, model.task_count, entries(list(roots)))))
    all_kept, verdicts = 0, _Verdicts(model, schedule)
    for first in range(0, runs, step):
        count = min(step, runs - first)
        length = draw(lengths, noise, count, random)
        start, end = play(policy, length)
        makespan[first : first + count] = end.max(axis=0, initial=0)
        seen = Runs(model, schedule, start, end, length)
        for k, stage in enumerate(model.objective):
            values[k, first : first + count] = seen.of(stage.value)[0]
        all_kept += _count(counts, _checks(policy, model, seen, start, end), count)
        for run in range(max(0, min(count, judged - first))):
            verdicts.add(start[:, run], end[:, run], length[:, run])
    plan = Runs(model, schedule, schedule.start[:, None], schedule.end[:, None], schedule.length[:, None])
    fuzzy = lengths.most > lengths.least
    return Simulated(
        runs, seed, noise, tuple(int(plan.of(s.value)[0, 0]) for s in model.objective),
        int(schedule.end.max(initial=0)), values, makespan, tuple(counts.values()), all_kept, verdicts.seen,
        verdicts.sound, verdicts.broken, _cuts(policy, lengths) if fuzzy.any() else (), policy.lost,
        int((fuzzy | ((lengths.planned > 0) & bool(noise))).sum()),
    )


def _refuse_pieces(model: Model, schedule: Schedule) -> None:
    split = [t for t in model.tasks if t.pieces is not None]
    for t in split:
        rows = slice(t.first, t.first + t.size)
        if np.any(schedule.end[rows] - schedule.start[rows] != schedule.length[rows]):
            raise ValueError(f"the schedule works on `{t.family.name}` in several pieces, which cannot be simulated")


# one batch


def play(policy: Policy, length: Matrix) -> tuple[Matrix, Matrix]:
    """Starts and ends of shape (tasks, runs): each task as early as the policy lets it; absent ones at 0."""
    start, end = np.zeros_like(length), np.zeros_like(length)
    arcs, sides = policy.arcs, (start, end)
    bounds = np.searchsorted(arcs.second, np.arange(len(length) + 1)).tolist()
    rows = list(zip(arcs.first.tolist(), arcs.first_point.tolist(), arcs.second_point.tolist(), arcs.lag.tolist()))
    plain = _plain(policy)
    for t in policy.sequence.tolist():
        earliest = np.full(length.shape[1], int(policy.base[t]), dtype=np.int64)
        latest = None
        for first, point, second_point, lag in rows[bounds[t] : bounds[t + 1]]:
            reached = sides[point][first] + lag if lag else sides[point][first]
            if second_point == Point.START:
                np.maximum(earliest, reached, out=earliest)
            else:
                latest = reached if latest is None else np.maximum(latest, reached)
        if latest is not None:
            earliest = np.maximum(earliest, _start_for(policy, t, latest, length[t]))
        if plain[t]:
            start[t] = earliest
            np.add(earliest, length[t], out=end[t])
        else:
            start[t], end[t] = _placed(policy, t, earliest, length[t])
    return start, end


def _plain(policy: Policy) -> list[bool]:
    """Which tasks may stand anywhere."""
    plain = policy.closures.which < 0
    plain[list(policy.windows)] = False
    found: list[bool] = plain.tolist()
    return found


def _start_for(policy: Policy, task: int, end: Ints, length: Ints) -> Ints:
    """The least start with which the task ends no earlier than asked, but for closed time, which `_placed` sees to."""
    which = np.full(len(end), policy.closures.which[task])
    if which[0] < 0 or not policy.model.pausable[task]:
        return end - length
    time = policy.closures.worktime
    start = time.start_of(which, end, length)
    early = time.end_of(which, start, length) < end
    return np.where(early, time.first_open(which, start + 1), start)


def _placed(policy: Policy, task: int, earliest: Ints, length: Ints) -> tuple[Ints, Ints]:
    """The least start from `earliest` on that closed time and windows allow; without one, what closed time allows."""
    start, end = _opened(policy, task, earliest, length)
    groups = policy.windows.get(task, [])
    if not groups:
        return start, end
    place, stop = start, end
    for _ in range(_ROUNDS):
        later = place
        for lo, hi in groups:
            later = np.maximum(later, _in_window(lo, hi, place, stop))
        waiting = (later > place) & (later < UNLIMITED)
        if not waiting.any():
            break
        place = np.where(waiting, later, place)
        moved = _opened(policy, task, place, length)
        place, stop = np.where(waiting, moved[0], place), np.where(waiting, moved[1], stop)
    inside = np.ones(len(place), dtype=np.bool_)
    for lo, hi in groups:
        inside &= _in_window(lo, hi, place, stop) <= place
    return np.where(inside, place, start), np.where(inside, stop, end)


def _in_window(lo: Ints, hi: Ints, start: Ints, end: Ints) -> Ints:
    """start itself where a span takes [start, end), else where the next one begins; UNLIMITED where there is none."""
    begun = np.searchsorted(lo, start, side="right")
    furthest = np.r_[-1, np.maximum.accumulate(hi)][begun]
    ahead = np.r_[lo, UNLIMITED][begun]
    return np.where(furthest >= end, start, ahead)


def _opened(policy: Policy, task: int, earliest: Ints, length: Ints) -> tuple[Ints, Ints]:
    which = np.full(len(earliest), policy.closures.which[task])
    if which[0] < 0:
        return earliest, earliest + length
    time = policy.closures.worktime
    if policy.model.pausable[task]:
        start = np.where(length > 0, time.first_open(which, earliest), earliest)
        return start, time.end_of(which, start, length)
    start = time.next_fit(which, earliest, length)
    return start, start + length


# what is kept


@dataclass(frozen=True, eq=False)
class _Check:
    keyword: str
    origin: Origin
    member: str
    holds: Flags


def _checks(policy: Policy, model: Model, seen: Runs, start: Matrix, end: Matrix) -> list[_Check]:
    """Everything that runs may break, each with the runs that keep it."""
    found = []
    for t in policy.model.tasks:
        rows = np.flatnonzero((t.deadline < model.horizon) & policy.present[t.first : t.first + t.size])
        origin = t.clauses.get("deadline", t.origin)
        found += [_Check("deadline", origin, t.family.label(k), end[t.first + k] <= t.deadline[k])
                  for k in rows.tolist()]
    for o in model.orders:
        rows = np.flatnonzero((o.hi < UNLIMITED) & policy.present[o.first] & policy.present[o.second])
        if len(rows) and o.extra is None:
            points = (start, end)
            apart = points[o.second_point][o.second[rows]] - points[o.first_point][o.first[rows]]
            found.append(_Check("order", o.origin, "", _every(apart <= o.hi[rows, None])))
    for r in model.requires:
        found.append(_Check("require", r.origin, "", _every(seen.of(r.condition) > 0)))
    for task, groups in policy.windows.items():
        for lo, hi in groups:
            family, row = model.task_family(task)
            inside = _in_window(lo, hi, start[task], end[task]) <= start[task]
            found.append(_Check("within", family.within[0].origin if family.within else family.origin,
                                family.family.label(row), inside))
    for at, tick in policy.limits:
        reached = (start, end)[at.point][at.task] + at.shift
        family, row = model.task_family(at.task)
        found.append(_Check("downtime", family.origin, family.family.label(row), reached <= tick))
    if not model.axis.derived:
        found.append(_Check("horizon", model.axis.origin, "", end.max(axis=0, initial=0) <= model.horizon))
    return found


def _every(rows: Flags) -> Flags:
    """The runs in which all rows hold."""
    return np.asarray(rows.all(axis=0), dtype=np.bool_)


def _count(counts: dict[tuple[str, str], Kept], checks: list[_Check], runs: int) -> int:
    """Add up one batch; how many of its runs keep everything."""
    every = np.ones(runs, dtype=np.bool_)
    batch: dict[tuple[str, str], _Check] = {}
    for c in checks:
        every &= c.holds
        key = c.keyword, f"{c.member} {c.origin.span}"
        known = batch.get(key)
        batch[key] = c if known is None else replace(c, holds=known.holds & c.holds)
    for key, c in batch.items():
        before = counts[key].runs if key in counts else 0
        counts[key] = Kept(c.keyword, c.origin, c.member, before + int(c.holds.sum()))
    return int(every.sum())


class _Verdicts:
    """The judge's answers to some runs; lengths may be what they are."""

    def __init__(self, model: Model, schedule: Schedule) -> None:
        self._model = replace(model, tasks=tuple(
            replace(t, shortest=np.zeros_like(t.shortest), longest=np.full_like(t.longest, UNLIMITED), about=None,
                    modes=tuple(replace(m, shortest=np.zeros_like(m.shortest), about=None,
                                        longest=np.full_like(m.longest, UNLIMITED)) for m in t.modes))
            for t in model.tasks))
        self._schedule = schedule
        self.seen = self.sound = 0
        self.broken: dict[str, int] = {}

    def add(self, start: Ints, end: Ints, length: Ints) -> None:
        """Judge one run."""
        run = replace(self._schedule, start=start.copy(), end=end.copy(), length=length.copy(), pieces=None)
        verdict = verify(self._model, run)
        self.seen += 1
        self.sound += verdict.holds
        for kind in sorted({v.kind for v in verdict.violations}):
            self.broken[kind] = self.broken.get(kind, 0) + 1


# fuzzy ranges


def _cuts(policy: Policy, lengths: Lengths) -> tuple[Cut, ...]:
    """The makespan at both ends of every cut: it never falls where lengths rise."""
    columns = []
    for level in LEVELS:
        up, down = level.numerator, level.denominator
        columns.append(lengths.least + -((lengths.least - lengths.planned) * up // down))
        columns.append(lengths.most - (lengths.most - lengths.planned) * up // down)
    both: NDArray[np.int64] = np.stack(columns, axis=1)
    _, end = play(policy, both)
    latest = end.max(axis=0, initial=0).tolist()
    return tuple(Cut(level, latest[2 * k], latest[2 * k + 1]) for k, level in enumerate(LEVELS))
