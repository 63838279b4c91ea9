"""Which tasks follow one another whatever happens: those need no capacity constraint among themselves."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from itertools import pairwise

from schedc.compilers.windows import Windows
from schedc.models.expressions import Point
from schedc.models.model import Model

_CLOSURE_LIMIT = 4000       # tasks up to which reachability is worth a bit set each


class Chains:
    """Precedence by zero or positive lags from ends to starts, closed transitively for models of ordinary size."""

    def __init__(self, model: Model, bounds: Windows) -> None:
        self._model = model
        self._earliest = bounds.earliest_start.tolist()
        self._latest_end = bounds.latest_end.tolist()

    def serial(self, tasks: Sequence[int]) -> bool:
        """Whether no two of the tasks can ever overlap, since each ends before the next starts."""
        order = sorted(tasks, key=lambda t: (self._earliest[t], self._rank[t]))
        return all(self.before(a, b) for a, b in pairwise(order))

    def before(self, first: int, second: int) -> bool:
        """Whether `first` ends by the start of `second` in every schedule, as far as is known."""
        if self._latest_end[first] <= self._earliest[second] or second in self._successors.get(first, ()):
            return True
        return self._model.task_count <= _CLOSURE_LIMIT and bool(self._reach[first] >> second & 1)

    def last(self) -> list[int]:
        """Tasks one of which ends last in every schedule: those that none follows, and those on cycles."""
        count, followed = self._model.task_count, self._successors
        acyclic = set(self._sorted) if followed else set(range(count))
        return [t for t in range(count) if t not in acyclic or not followed.get(t)]

    @cached_property
    def _successors(self) -> dict[int, set[int]]:
        found: dict[int, set[int]] = {}
        for order in self._model.orders:
            if order.first_point is Point.END and order.second_point is Point.START:
                keep = order.lo >= 0
                for a, b in zip(order.first[keep].tolist(), order.second[keep].tolist()):
                    found.setdefault(a, set()).add(b)
        return found

    @cached_property
    def _sorted(self) -> list[int]:
        """Tasks in topological order; those on a cycle are left out."""
        waiting = [0] * self._model.task_count
        for successors in self._successors.values():
            for b in successors:
                waiting[b] += 1
        ready = [t for t, n in enumerate(waiting) if n == 0]
        for t in ready:
            for b in self._successors.get(t, ()):
                waiting[b] -= 1
                if waiting[b] == 0:
                    ready.append(b)
        return ready

    @cached_property
    def _rank(self) -> list[int]:
        rank = [self._model.task_count] * self._model.task_count
        for position, task in enumerate(self._sorted):
            rank[task] = position
        return rank

    @cached_property
    def _reach(self) -> list[int]:
        """For each task the set of tasks after it, as bits."""
        reach = [0] * self._model.task_count
        for task in reversed(self._sorted):
            for b in self._successors.get(task, ()):
                reach[task] |= reach[b] | 1 << b
        return reach
