"""A shop: tasks in chains, each on one machine of some, in flat columns."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from schedc.models.columns import Flags, Ints
from schedc.models.schedule import Schedule
from schedc.models.statements import Change

MOST = 1 << 30      # a schedule with one task after the other ends before this, so that 32 bits hold every instant


@dataclass(frozen=True, eq=False)
class Goal:
    """What is minimised, over the ends C of tasks.

    Of kind "max": the greatest C[t] + tail[t] over tasks with counts[t]; of kind "sum": the sum of
    weight[t] * C[t] + tardy[t] * max(0, C[t] - due[t]). Less `shift`, this is the model's first goal.
    """

    kind: str
    counts: Flags
    tail: Ints
    weight: Ints
    tardy: Ints
    due: Ints
    shift: int = 0

    def value(self, end: Ints) -> int:
        """What a schedule with these ends is worth."""
        if self.kind == "max":
            return int((end + self.tail)[self.counts].max(initial=0))
        return int((self.weight * end + self.tardy * np.maximum(0, end - self.due)).sum())


@dataclass(frozen=True, eq=False)
class Shop:
    """Tasks t = 0 .. n-1, each with the options ptr[t] .. ptr[t+1]-1: machine[o] for time[o] ticks.

    mode[o], member[o]: the numbers of the option and the candidate in the model, -1 where there is none.
    capacity[i]: how many tasks machine i takes at a time. before[t]: the task of the same chain right before t, -1 for
    the first; lag[t] ticks at least lie between the end of that and the start of t, exactly so many where tight[t].
    release[t]: earliest start. change[i]: the set-ups of machine i and its row there; state[o] is the option's state.
    group[t]: tasks of one group never overlap, -1 without one. permutation: all machines take the chains in one order.
    """

    ptr: Ints
    machine: Ints
    time: Ints
    mode: Ints
    member: Ints
    state: Ints
    capacity: Ints
    before: Ints
    lag: Ints
    tight: Flags
    release: Ints
    change: dict[int, tuple[Change, int]]
    group: Ints
    permutation: bool
    goal: Goal
    horizon: int
    members: int        # candidates in the model
    modes: bool         # whether the model has modes

    @property
    def tasks(self) -> int:
        """n."""
        return len(self.before)

    @cached_property
    def after(self) -> Ints:
        """The task of the same chain right after each, -1 for the last."""
        after = np.full(self.tasks, -1, dtype=np.int64)
        rows = np.flatnonzero(self.before >= 0)
        after[self.before[rows]] = rows
        return after

    @cached_property
    def chain(self) -> tuple[Ints, Ints]:
        """Of every task the number of its chain, by first tasks, and its place there."""
        job, place = np.full(self.tasks, -1, dtype=np.int64), np.zeros(self.tasks, dtype=np.int64)
        now, number, step = np.flatnonzero(self.before < 0), np.arange(int((self.before < 0).sum())), 0
        while len(now):
            job[now], place[now] = number, step
            now = self.after[now]
            number, now, step = number[now >= 0], now[now >= 0], step + 1
        return job, place

    @cached_property
    def fixed(self) -> bool:
        """Whether every task has one option."""
        return len(self.machine) == self.tasks

    def gap(self, machine: int, first: Ints, second: Ints) -> Ints:
        """The set-up between options of a machine."""
        if machine not in self.change:
            return np.zeros(len(first), dtype=np.int64)
        change, row = self.change[machine]
        return change.between(np.full(len(first), row), self.state[first], self.state[second])

    def opening(self, machine: int, option: Ints) -> Ints:
        """The set-up before the first task of a machine."""
        if machine not in self.change:
            return np.zeros(len(option), dtype=np.int64)
        change, row = self.change[machine]
        begin = int(change.starts[row])
        if begin < 0:
            return np.zeros(len(option), dtype=np.int64)
        return change.between(np.full(len(option), row), np.full(len(option), begin), self.state[option])

    def schedule(self, start: Ints, option: Ints | None = None) -> Schedule:
        """The model's schedule with these starts and chosen options."""
        chosen = self.ptr[:-1] if option is None else option
        length = self.time[chosen]
        mode = self.mode[chosen] if self.modes else None
        member = None
        if self.members:
            member = np.zeros(self.members, dtype=np.bool_)
            taken = self.member[chosen]
            member[taken[taken >= 0]] = True
        return Schedule(start.astype(np.int64), start + length, length.copy(), None, mode, member)

    def options_of(self, schedule: Schedule) -> Ints:
        """The options that a schedule has chosen."""
        if self.fixed:
            return self.ptr[:-1].copy()
        task = np.repeat(np.arange(self.tasks), np.diff(self.ptr))
        chosen = np.ones(len(self.machine), dtype=np.bool_)
        if schedule.mode is not None:
            chosen &= (self.mode < 0) | (schedule.mode[task] == self.mode)
        if schedule.member is not None:
            chosen &= (self.member < 0) | schedule.member[self.member]
        found = self.ptr[:-1].copy()
        rows = np.flatnonzero(chosen)[::-1]
        found[task[rows]] = rows
        return found
