"""The starts and ends of all tasks as the nodes of a graph of differences.

A task of one length that never pauses has one node, its start, and its end stands `longest` ticks behind it; every
other task has a second node for its end. An arc says value[second] >= value[first] + weight.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np

from schedc.models.columns import UNLIMITED, Flags, Ints
from schedc.models.differences import Gaps, gaps_of
from schedc.models.expressions import Point
from schedc.models.graph import Cycle, Network
from schedc.models.model import Model
from schedc.models.records import dataclass
from schedc.models.statements import Order

OWN = -1        # the relation of an arc between a task's own start and end


@dataclass(frozen=True, eq=False)
class Points:
    """Arcs with where they come from: row `row[k]` of relation `relation[k]`, or task `row[k]` itself (OWN).

    Node t < tasks is the start of task t; end_node[t] and end_shift[t] give its end.
    """

    tasks: int
    nodes: int
    end_node: Ints
    end_shift: Ints
    first: Ints
    second: Ints
    weight: Ints
    relation: Ints
    row: Ints

    @property
    def rigid(self) -> Flags:
        """Which tasks have one node."""
        rigid: Flags = self.end_node == np.arange(self.tasks)
        return rigid

    @cached_property
    def task_of(self) -> Ints:
        """The task of every node."""
        task: Ints = np.r_[np.arange(self.tasks), np.flatnonzero(~self.rigid)]
        return task

    def kept_by(self, start: Ints, end: Ints) -> bool:
        """Whether a schedule satisfies every arc."""
        value = np.r_[start, end[~self.rigid]]
        return bool((value[self.second] >= value[self.first] + self.weight).all())

    def positive_cycle(self) -> Cycle | None:
        """Lags and lengths that contradict each other whatever the instants."""
        settled = self.forth.settle(np.zeros(self.nodes, dtype=np.int64))
        return settled if isinstance(settled, Cycle) else None

    @cached_property
    def forth(self) -> Network:
        """For earliest values."""
        return Network(self.nodes, self.first, self.second, self.weight)

    @cached_property
    def back(self) -> Network:
        """For latest values, as distances before a common late instant."""
        return self.forth.reversed()


def points_of(model: Model, conditions: bool = False) -> Points:
    """The points of a model's tasks with the arcs of its orders and lengths, and of `require` if that is wanted."""
    tasks = np.arange(model.task_count)
    rigid = ~model.pausable & (model.shortest == model.longest)
    loose = np.flatnonzero(~rigid)
    end_node, nodes = tasks.copy(), len(tasks) + len(loose)
    end_node[loose] = np.arange(len(tasks), nodes)
    shift = np.where(rigid, model.longest, 0)
    parts = [_lengths(model, loose, end_node)]
    parts += [_lags(k, r, end_node, shift) for k, r in enumerate(model.relations) if isinstance(r, Order)]
    if conditions and model.requires:
        parts.append(_required(gaps_of(model), end_node, shift))
    return Points(len(tasks), nodes, end_node, shift, *(np.concatenate(column) for column in zip(*parts)))


_Arcs = tuple[Ints, Ints, Ints, Ints, Ints]


def _lengths(model: Model, loose: Ints, end_node: Ints) -> _Arcs:
    """shortest <= end - start, and end - start <= longest where nothing pauses."""
    firm = loose[~model.pausable[loose]]
    first, second = np.r_[loose, end_node[firm]], np.r_[end_node[loose], firm]
    weight, row = np.r_[model.shortest[loose], -model.longest[firm]], np.r_[loose, firm]
    return first, second, weight, np.full(len(row), OWN), row


def _required(gaps: Gaps, end_node: Ints, shift: Ints) -> _Arcs:
    """The arcs of conditions on two instants."""
    from_end, to_end = gaps.point_a == Point.END, gaps.point_b == Point.END
    first, second = np.where(from_end, end_node[gaps.a], gaps.a), np.where(to_end, end_node[gaps.b], gaps.b)
    weight = gaps.least + np.where(from_end, shift[gaps.a], 0) - np.where(to_end, shift[gaps.b], 0)
    return first, second, weight, gaps.relation, gaps.row


def _lags(number: int, order: Order, end_node: Ints, shift: Ints) -> _Arcs:
    """The arcs of one order: its minimal lags forth and its maximal lags back."""
    a, b = (
        (end_node[t], shift[t]) if point is Point.END else (t, np.zeros(len(t), dtype=np.int64))
        for t, point in ((order.first, order.first_point), (order.second, order.second_point))
    )
    lo, hi = np.flatnonzero(order.lo > -UNLIMITED), np.flatnonzero(order.hi < UNLIMITED)
    first, second = np.r_[a[0][lo], b[0][hi]], np.r_[b[0][lo], a[0][hi]]
    weight = np.r_[(order.lo + a[1] - b[1])[lo], (b[1] - a[1] - order.hi)[hi]]
    return first, second, weight, np.full(len(first), number), np.r_[lo, hi]
