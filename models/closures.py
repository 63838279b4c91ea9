"""When each task's resources cannot take it: the closed ticks that tasks must avoid, or pause over.

Tasks that ask the same of the same calendars share one set of spans, so there are few sets however many tasks.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np

from schedc.models.columns import Ints, SpanSets, distinct
from schedc.models.model import Model
from schedc.models.profile import Spans, Steps, capacity_profiles, spans_below, union
from schedc.models.records import dataclass
from schedc.models.worktime import Worktime


@dataclass(frozen=True, eq=False)
class Closures:
    """closed spans of task n: set which[n] of `spans`, none if -1.

    A tick is closed for a task if some resource has less capacity then than the task demands of it. A task that is
    not pausable and works at least one tick runs between closed spans; a pausable one pauses over exactly those.
    """

    which: Ints
    spans: SpanSets
    horizon: int

    @cached_property
    def worktime(self) -> Worktime:
        """Arithmetic on the closed spans."""
        return Worktime(self.spans, self.horizon)


def closed_times(model: Model) -> Closures:
    """The closed ticks of every task; a demand above the nominal capacity closes the whole horizon."""
    steps, task, code = _codes(model)
    which = np.full(model.task_count, -1, dtype=np.int64)
    order = np.lexsort((code, task))
    task, code = task[order], code[order]
    heads = np.flatnonzero(np.r_[len(task) > 0, task[1:] != task[:-1]])
    count = np.diff(np.r_[heads, len(task)])
    known: list[Spans] = []
    for place in range(int(count.max()) if len(count) else 0):
        # tasks with a further code: the class so far and the code together make the new class
        more = count > place
        tasks, codes = task[heads[more]], code[heads[more] + place]
        pairs, number = _numbered((which[tasks] + 1) * len(steps) + codes)
        which[tasks] = len(known) + number
        before, last = pairs // len(steps) - 1, pairs % len(steps)
        known += [_joined(known, b, steps[k], model.horizon) for b, k in zip(before.tolist(), last.tolist())]
    return _compact(which, known, model.horizon)


def _numbered(keys: Ints) -> tuple[Ints, Ints]:
    """The different keys in order, and the number of each row's key among them."""
    most = int(keys.max(initial=0))
    if most > 4 * len(keys) + 1000:
        different, number = np.unique(keys, return_inverse=True)
        return different, number.reshape(-1)
    seen = np.zeros(most + 1, dtype=np.bool_)       # far quicker than sorting a million equal keys
    seen[keys] = True
    return np.flatnonzero(seen), (np.cumsum(seen) - 1)[keys]


def _codes(model: Model) -> tuple[list[tuple[Steps, int]], Ints, Ints]:
    """The demands that some tick cannot meet, as (task, code); steps[code] is a step function and a demand."""
    d, profiles = model.demands, capacity_profiles(model)
    steps: list[tuple[Steps, int]] = []
    tasks, codes = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.int64)]
    known: dict[tuple[int, int], int] = {}
    lasting = model.longest[d.task] > 0
    for r in _restless(model, profiles):
        part = slice(*np.searchsorted(d.resource, [r, r + 1]).tolist())
        task, amount = d.task[part][lasting[part]], d.amount[part][lasting[part]]
        own = profiles.get(r) or Steps(np.zeros(1, dtype=np.int64), model.capacity[r : r + 1])
        levels = distinct(own.capacity)
        rank = np.searchsorted(levels, amount)      # how many of the capacities are too small
        for k in distinct(rank[rank > 0]).tolist():
            key = (id(own) if r in profiles else -1 - r, k)     # resources with equal calendars share one object
            if key not in known:
                known[key] = len(steps)
                steps.append((own, int(levels[k - 1]) + 1))
            tasks.append(task[rank == k])
            codes.append(np.full(len(tasks[-1]), known[key]))
    return steps, np.concatenate(tasks), np.concatenate(codes)


def _restless(model: Model, profiles: dict[int, Steps]) -> list[int]:
    """The resources that are at some time short of some demand."""
    d = model.demands
    over = distinct(d.resource[d.amount > model.capacity[d.resource]]).tolist()
    return sorted(profiles.keys() | set(over))


def _joined(known: list[Spans], before: int, code: tuple[Steps, int], horizon: int) -> Spans:
    own = spans_below(*code, horizon)
    return own if before < 0 else union([known[before], own])


def _compact(which: Ints, known: list[Spans], horizon: int) -> Closures:
    """Keep the sets that some task refers to, and of those the ones that are not empty."""
    full = np.array([len(s.lo) > 0 for s in known] + [False])
    which = np.where(full[which], which, -1)
    used = distinct(which[which >= 0])
    renamed = np.full(len(known) + 1, -1, dtype=np.int64)
    renamed[used] = np.arange(len(used))
    parts = [known[k] for k in used.tolist()]
    none = np.zeros(0, dtype=np.int64)
    ptr = np.cumsum([0, *(len(s.lo) for s in parts)]).astype(np.int64)
    lo, hi = np.concatenate([none, *(s.lo for s in parts)]), np.concatenate([none, *(s.hi for s in parts)])
    return Closures(renamed[which], SpanSets(ptr, lo, hi), horizon)
