"""A whole problem: its time axis and its statements."""

from __future__ import annotations

from bisect import bisect_right
from functools import cached_property
from typing import NamedTuple

import numpy as np

from schedc.models.axis import TimeAxis
from schedc.models.changes import Stays, stays_of
from schedc.models.columns import Flags, Ints
from schedc.models.options import OptionDemands, Options, Picks, option_demands_of, options_of, picks_of
from schedc.models.parts import PartDemands, part_demands_of
from schedc.models.records import dataclass
from schedc.models.statements import (
    Availability,
    Exclusive,
    Measure,
    Order,
    Permutation,
    Relation,
    Require,
    Resources,
    Soft,
    Stage,
    Stocks,
    Tasks,
)
from schedc.models.stocks import StockEvents, stock_events_of


class Demands(NamedTuple):
    """All demands of a model, one row a (task, resource) pair, sorted by resource, then task; amounts > 0."""

    task: Ints
    resource: Ints
    amount: Ints


class Addressed(NamedTuple):
    """The uses that have an address, by number: amount of a contiguous resource, by task; sorted by resource, task."""

    task: Ints
    resource: Ints
    amount: Ints


@dataclass(frozen=True, eq=False)
class Model:
    """A problem. `digest` is the SHA-256 of the source text and its data.

    front: how many of the last goals are the sides of a Pareto front, 0 where none are; where one schedule is asked for
    they count in their order.
    """

    name: str
    axis: TimeAxis
    resources: tuple[Resources, ...] = ()
    availability: tuple[Availability, ...] = ()
    tasks: tuple[Tasks, ...] = ()
    relations: tuple[Relation, ...] = ()
    objective: tuple[Stage, ...] = ()
    digest: str = ""
    stocks: tuple[Stocks, ...] = ()
    soft: tuple[Soft, ...] = ()
    qos: tuple[Measure, ...] = ()
    front: int = 0

    @property
    def horizon(self) -> int:
        """H: every task lies in [0, H)."""
        return self.axis.horizon

    @cached_property
    def task_count(self) -> int:
        """Number of tasks over all families."""
        return sum(t.size for t in self.tasks)

    @cached_property
    def resource_count(self) -> int:
        """Number of resources over all families."""
        return sum(r.family.size for r in self.resources)

    @property
    def stock_count(self) -> int:
        """Number of stocks over all families."""
        return sum(s.family.size for s in self.stocks)

    @property
    def orders(self) -> tuple[Order, ...]:
        """All precedence arrows."""
        return tuple(r for r in self.relations if isinstance(r, Order))

    @property
    def exclusives(self) -> tuple[Exclusive, ...]:
        """All `exclusive` statements."""
        return tuple(r for r in self.relations if isinstance(r, Exclusive))

    @property
    def permutations(self) -> tuple[Permutation, ...]:
        """All `permutation` statements."""
        return tuple(r for r in self.relations if isinstance(r, Permutation))

    @property
    def requires(self) -> tuple[Require, ...]:
        """All `require` statements."""
        return tuple(r for r in self.relations if isinstance(r, Require))

    # columns over all tasks or resources, by global number

    @cached_property
    def shortest(self) -> Ints:
        """Least length of every task."""
        return _joined([t.shortest for t in self.tasks])

    @cached_property
    def longest(self) -> Ints:
        """Greatest length of every task."""
        return _joined([t.longest for t in self.tasks])

    @cached_property
    def release(self) -> Ints:
        """Earliest start of every task as written (0 where nothing was)."""
        return _joined([t.release for t in self.tasks])

    @cached_property
    def deadline(self) -> Ints:
        """Latest end of every task as written (the horizon where nothing was)."""
        return _joined([t.deadline for t in self.tasks])

    @cached_property
    def pausable(self) -> Flags:
        """Whether each task may pause over downtime."""
        parts = [np.full(t.size, t.pausable) for t in self.tasks]
        return np.concatenate(parts) if parts else np.zeros(0, dtype=np.bool_)

    @cached_property
    def capacity(self) -> Ints:
        """Nominal capacity of every resource."""
        return _joined([r.capacity for r in self.resources])

    @cached_property
    def demands(self) -> Demands:
        """Every task's total demand on every resource that it uses."""
        task = _joined([u.row + t.first for t in self.tasks for u in t.uses])
        resource = _joined([u.resource for t in self.tasks for u in t.uses])
        amount = _joined([u.amount for t in self.tasks for u in t.uses])
        order = np.lexsort((task, resource))
        task, resource, amount = task[order], resource[order], amount[order]
        if not len(task):
            return Demands(task, resource, amount)
        heads = np.flatnonzero(np.r_[True, (np.diff(task) != 0) | (np.diff(resource) != 0)])
        return Demands(task[heads], resource[heads], np.add.reduceat(amount, heads))

    # modes and choices

    @cached_property
    def options(self) -> Options:
        """All options of all modes, by number."""
        return options_of(self)

    @cached_property
    def option_demands(self) -> OptionDemands:
        """Every option's total demand on every resource that it uses."""
        return option_demands_of(self)

    @cached_property
    def stock_events(self) -> StockEvents:
        """Everything that is taken from stocks or added to them."""
        return stock_events_of(self)

    @cached_property
    def addressed(self) -> Addressed:
        """The uses of contiguous resources."""
        flags = [np.full(r.family.size, r.contiguous is not None) for r in self.resources]
        known = np.concatenate([np.zeros(0, dtype=np.bool_), *flags])
        if not known.any():
            none = np.zeros(0, dtype=np.int64)
            return Addressed(none, none, none)
        keep = known[self.demands.resource]
        return Addressed(self.demands.task[keep], self.demands.resource[keep], self.demands.amount[keep])

    @cached_property
    def part_demands(self) -> PartDemands:
        """Everything that is held on parts of tasks."""
        return part_demands_of(self)

    @cached_property
    def picks(self) -> Picks:
        """All choices among members, with the candidates by number."""
        return picks_of(self)

    @cached_property
    def stays(self) -> Stays:
        """All uses of resources that change their state."""
        return stays_of(self)

    # names

    def task_family(self, task: int) -> tuple[Tasks, int]:
        """The family of a task and its row in it."""
        family = self.tasks[bisect_right(self._task_firsts, task) - 1]
        return family, task - family.first

    def task_name(self, task: int) -> str:
        """The address of a task, such as ``move[r1]``."""
        family, row = self.task_family(task)
        return family.family.label(row)

    def resource_family(self, resource: int) -> tuple[Resources, int]:
        """The family of a resource and its row in it."""
        family = self.resources[bisect_right(self._resource_firsts, resource) - 1]
        return family, resource - family.first

    def resource_name(self, resource: int) -> str:
        """The address of a resource."""
        family, row = self.resource_family(resource)
        return family.family.label(row)

    def stock_family(self, stock: int) -> tuple[Stocks, int]:
        """The family of a stock and its row in it."""
        family = next(s for s in reversed(self.stocks) if s.first <= stock)
        return family, stock - family.first

    def stock_name(self, stock: int) -> str:
        """The address of a stock."""
        family, row = self.stock_family(stock)
        return family.family.label(row)

    @cached_property
    def task_numbers(self) -> dict[str, int]:
        """Task numbers by address."""
        return {name: t.first + i for t in self.tasks for i, name in enumerate(t.family.labels())}

    # an empty family shares its `first` with the next one; bisect_right then lands on the later, non-empty one

    @cached_property
    def _task_firsts(self) -> list[int]:
        return [t.first for t in self.tasks]

    @cached_property
    def _resource_firsts(self) -> list[int]:
        return [r.first for r in self.resources]


def _joined(parts: list[Ints]) -> Ints:
    return np.concatenate(parts) if parts else np.zeros(0, dtype=np.int64)
