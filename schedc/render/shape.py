"""What all drawings of a schedule share: the stretch of time to show, lanes, loads and colours."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from itertools import pairwise

import numpy as np

from schedc.models.columns import Flags, Ints, SpanSets
from schedc.models.model import Model
from schedc.models.pieces import worked_pieces
from schedc.models.presence import present_in
from schedc.models.profile import Spans, Steps, capacity_profiles, spans_below, spans_enough
from schedc.models.records import dataclass
from schedc.models.schedule import Schedule


@dataclass(frozen=True, eq=False)
class Shape:
    """A schedule seen as a picture."""

    model: Model
    schedule: Schedule

    @cached_property
    def present(self) -> Flags:
        """Which tasks there are to draw."""
        return present_in(self.schedule)

    @cached_property
    def window(self) -> tuple[int, int]:
        """The stretch of ticks to draw: from the first start to the last end, from the origin on if that is near."""
        there = self.present
        if not there.any():
            return 0, max(1, min(self.model.horizon, 100))
        lo, hi = int(self.schedule.start[there].min()), int(self.schedule.end[there].max())
        return (0 if lo <= (hi - lo) // 3 else lo), max(hi, lo + 1)

    @cached_property
    def pieces(self) -> SpanSets:
        """The worked spans of every task."""
        return worked_pieces(self.model, self.schedule)

    @cached_property
    def _profiles(self) -> dict[int, Steps]:
        return capacity_profiles(self.model)

    def holders(self, resource: int) -> tuple[Ints, Ints]:
        """The tasks that use a resource and their amounts, in order of start."""
        demands = self.model.demands
        rows = slice(*np.searchsorted(demands.resource, [resource, resource + 1]).tolist())
        task, amount = demands.task[rows], demands.amount[rows]
        order = np.lexsort((self.schedule.end[task], self.schedule.start[task]))
        order = order[self.present[task[order]]]
        return task[order], amount[order]

    def closed(self, resource: int) -> Spans:
        """Where a resource has no capacity at all."""
        return self._spans(resource, 1, below=True)

    def reduced(self, resource: int) -> Spans:
        """Where a resource has some capacity, but less than its nominal one."""
        full, some = self._spans(resource, int(self.model.capacity[resource]), below=True), self.closed(resource)
        edges = np.unique(np.r_[full.lo, full.hi, some.lo, some.hi])
        keep = [(a, b) for a, b in pairwise(edges.tolist()) if _inside(full, a) and not _inside(some, a)]
        return Spans(np.array([a for a, _ in keep], dtype=np.int64), np.array([b for _, b in keep], dtype=np.int64))

    def available(self, resource: int) -> Spans:
        """Where a resource has some capacity."""
        return self._spans(resource, 1, below=False)

    def _spans(self, resource: int, amount: int, below: bool) -> Spans:
        steps = self._profiles.get(resource)
        if steps is None:
            steps = Steps(np.zeros(1, dtype=np.int64), self.model.capacity[resource : resource + 1])
        return (spans_below if below else spans_enough)(steps, amount, self.model.horizon)

    def load(self, resource: int, edges: Ints) -> Ints:
        """The highest load of a resource in each bin [edges[i], edges[i+1])."""
        task, amount = self.holders(resource)
        start, end = self.schedule.start[task], self.schedule.end[task]
        real = end > start
        times = np.r_[start[real], end[real]]
        change = np.r_[amount[real], -amount[real]]
        order = np.lexsort((change, times))     # at one tick what ends leaves before what starts comes
        times, level = times[order], np.cumsum(change[order])
        last = np.r_[times[1:] != times[:-1], True] if len(times) else np.zeros(0, dtype=np.bool_)
        times, level = np.r_[edges[0] - 1, times[last]], np.r_[0, level[last]]
        grid = np.unique(np.r_[edges[:-1], times[(times >= edges[0]) & (times < edges[-1])]])
        at = level[np.searchsorted(times, grid, side="right") - 1]
        highest: Ints = np.maximum.reduceat(at, np.searchsorted(grid, edges[:-1]))
        return highest

    @cached_property
    def used_resources(self) -> list[int]:
        """The resources that some task holds, in order of declaration."""
        return [int(r) for r in np.unique(self.model.demands.resource)]

    @cached_property
    def groups(self) -> tuple[list[str], Ints]:
        """Names of the colour groups, and the group of every task.

        By family; where one family is nearly everything, by the first index of its members (jobs of a job shop).
        """
        families = [t for t in self.model.tasks if t.size]
        group = np.zeros(self.model.task_count, dtype=np.int64)
        big = next((t for t in families if t.size > 0.8 * self.model.task_count and len(t.family.index) > 1), None)
        names: list[str] = []
        for tasks in families:
            if tasks is big:
                keys = [str(k) for k in tasks.family.index[0].tolist()]
                seen = {k: len(names) + i for i, k in enumerate(dict.fromkeys(keys))}
                group[tasks.first : tasks.first + tasks.size] = [seen[k] for k in keys]
                names += [f"{tasks.family.name}[{k},…]" for k in seen]
            else:
                group[tasks.first : tasks.first + tasks.size] = len(names)
                names.append(tasks.family.name)
        return names, group


def _inside(spans: Spans, tick: int) -> bool:
    at = int(np.searchsorted(spans.lo, tick, side="right")) - 1
    return at >= 0 and tick < spans.hi[at]


def packed(start: Sequence[int], end: Sequence[int], most: int) -> list[int] | None:
    """Rows for intervals given in order of start, so that none overlap within a row; None when `most` do not do.

    First fit, which for intervals in order of start needs the fewest rows.
    """
    free: list[int] = []
    rows = []
    for lo, hi in zip(start, end):
        row = next((i for i, until in enumerate(free) if until <= lo), len(free))
        if row == len(free):
            if row == most:
                return None
            free.append(hi)
        else:
            free[row] = hi
        rows.append(row)
    return rows


def overlap(spans: Spans, edges: Ints) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Which bins [edges[i], edges[i+1]) lie wholly in one of the spans."""
    if not len(spans.lo):
        return np.zeros(len(edges) - 1, dtype=np.bool_)
    at = np.searchsorted(spans.lo, edges[:-1], side="right") - 1
    inside: np.ndarray[tuple[int], np.dtype[np.bool_]] = (at >= 0) & (spans.hi[np.maximum(at, 0)] >= edges[1:])
    return inside
