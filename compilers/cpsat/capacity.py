"""Capacity: at every tick the demands held on a resource sum to at most its capacity then.

Which of these applies is decided by resource (q: demands of its busy users, C: its greatest capacity):

- nothing, where no set of users can exceed any level of the capacity, or where no two users can ever overlap;
- one `no_overlap`, where any two users exceed C: it also holds at every lower level, because a user that does not fit
  a level is either kept out by its start domain or pauses there;
- else one `cumulative` of capacity C. A stretch of capacity k < C is a fixed interval of demand C - k, but only where
  k >= the least q: below that nobody holds anything. Whoever is astride such a stretch pauses in it, hence also holds
  the tick before it, where the capacity counts already.

Where all users are pausable and share one calendar, both constraints stand on the axis of the calendar's open ticks,
on which lengths are constant. Two such tasks overlap in time exactly when they overlap there: both work the tick before
every gap that they share.

A pausable user with demand q of a resource that at times has capacity k, least demand <= k < q, leaves it to smaller
ones in its pauses. There its stay is cut at the stretches below q into fragments [max(start, a), min(end, b)).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from schedc.compilers.calendars import Calendar, Calendars
from schedc.compilers.cpsat.chains import Chains
from schedc.compilers.cpsat.fragments import fragments
from schedc.compilers.cpsat.hints import Hints
from schedc.compilers.cpsat.options import Extra, Extras
from schedc.compilers.cpsat.parts import add_parts
from schedc.compilers.cpsat.places import Places
from schedc.compilers.cpsat.sheet import Sheet
from schedc.models.model import Model
from schedc.models.profile import Steps, spans_below


@dataclass(frozen=True)
class Users:
    """Who can hold a resource, their demands, and the capacity: levels[i] on [at[i], at[i + 1])."""

    tasks: list[int]
    demands: list[int]      # those of the tasks, then those of `extras`
    at: list[int]
    levels: list[int]
    extras: Sequence[Extra] = ()

    @property
    def owners(self) -> list[int]:
        """Whose demands these are; a task as often as it may have several at once."""
        modes = dict.fromkeys(e.task for e in self.extras if e.option)
        return [*self.tasks, *modes, *(e.task for e in self.extras if not e.option)]


@dataclass
class Capacities:
    """Writes the capacity constraints of a model.

    compress: whether resources of pausable tasks may stand on the axis of open ticks (else always in real time).
    """

    model: Model
    calendars: Calendars
    chains: Chains
    places: Places
    sheet: Sheet
    hints: Hints
    compress: bool = True

    def write(self) -> None:
        """Every resource in turn."""
        task, resource, amount = self.model.demands
        busy = self.model.longest[task] > 0
        task, resource, amount = task[busy], resource[busy], amount[busy]
        choices = Extras(self.model, self.calendars, self.places, self.sheet, self.hints)
        extras = choices.by_resource()
        add_parts(extras, self.model, self.places, self.sheet, self.hints)
        for r in np.union1d(resource, np.array(list(extras), dtype=np.int64)).tolist():
            part = slice(*np.searchsorted(resource, [r, r + 1]).tolist())
            users = self._users(r, task[part].tolist(), amount[part].tolist(), extras.get(r, ()))
            choices.keep_out(r, users.extras)
            beside = any(e.part for e in users.extras)      # these need not lie where their tasks do
            if not _never_exceeded(users) and (beside or not self.chains.serial(users.owners)):
                self._resource(users)

    def _users(self, resource: int, tasks: list[int], demands: list[int], extras: Sequence[Extra]) -> Users:
        demands = [*demands, *(e.demand for e in extras)]
        steps = self.calendars.profiles.get(resource)
        if steps is None:
            return Users(tasks, demands, [0], [int(self.model.capacity[resource])], extras)
        return Users(tasks, demands, steps.at.tolist(), steps.capacity.tolist(), extras)

    def _resource(self, users: Users) -> None:
        top, (least, second) = max(users.levels), sorted(users.demands)[:2]
        calendar = self._common_calendar(users.tasks) if self.compress and not users.extras else None
        if least + second > top:
            self.sheet.no_overlap(self._stays(users, calendar, None))
            return
        demands: list[int] = []
        stays = self._stays(users, calendar, demands)
        for lo, hi, level in _dips(users, calendar, self.model.horizon):
            stays.append(self.sheet.interval((-1, lo), (-1, hi - lo), (-1, hi)))
            demands.append(top - level)
        self.sheet.cumulative(stays, demands, top)

    def _common_calendar(self, tasks: Sequence[int]) -> Calendar | None:
        return common_calendar(tasks, self.calendars, self.places)

    def _stays(self, users: Users, calendar: Calendar | None, demands: list[int] | None) -> list[int]:
        """The intervals in which the users hold the resource; appends the demand of each."""
        found: list[int] = []
        for task, demand in zip(users.tasks, users.demands):
            parts = [worked_interval(task, self.places, self.sheet)] if calendar else self._stay(task, demand, users)
            found.extend(parts)
            if demands is not None:
                demands.extend([demand] * len(parts))
        if demands is not None:
            demands.extend(e.demand for e in users.extras)
        return [*found, *(e.interval for e in users.extras)]

    def _stay(self, task: int, demand: int, users: Users) -> list[int]:
        if task in self.places.worked:
            cuts = _cuts(users, demand, self.model.horizon)
            if cuts:
                return fragments(task, cuts, self.places, self.sheet, self.hints)
        return [self.places.interval(self.sheet, task)]


def common_calendar(tasks: Sequence[int], calendars: Calendars, places: Places) -> Calendar | None:
    """The calendar that all the tasks share and pause by, or None."""
    which = calendars.which[tasks[0]]
    if which < 0 or any(calendars.which[t] != which or t not in places.worked for t in tasks):
        return None
    return calendars.known[which]


def worked_interval(task: int, places: Places, sheet: Sheet) -> int:
    """The interval of a pausable task on the axis of its calendar's open ticks."""
    first, last = places.worked[task]
    return sheet.interval(first, places.length[task], last, places.presence(task))


def _never_exceeded(users: Users) -> bool:
    """Whether at every level those who fit it one by one fit it all together."""
    order = sorted(users.demands)
    total, position, room = 0, 0, True
    for level in sorted(set(users.levels)):
        while position < len(order) and order[position] <= level:
            total += order[position]
            position += 1
        room = room and total <= level
    return room


def _dips(users: Users, calendar: Calendar | None, horizon: int) -> list[tuple[int, int, int]]:
    """(lo, hi, level) of the stretches with least demand <= level < greatest level, on the axis in use."""
    top, least, found = max(users.levels), min(users.demands), []
    for lo, hi, level in zip(users.at, [*users.at[1:], horizon], users.levels):
        if calendar is not None:
            lo, hi = calendar.worked(lo), calendar.worked(hi)
        if least <= level < top and lo < hi:
            found.append((lo, hi, level))
    return found


def _cuts(users: Users, demand: int, horizon: int) -> list[tuple[int, int]]:
    """The maximal stretches below this demand in which a smaller one still fits somewhere."""
    least = min(users.demands)
    below = spans_below(Steps(np.array(users.at), np.array(users.levels)), demand, horizon)
    usable = [(lo, hi) for lo, hi, level in _dips(users, None, horizon) if level < demand and level >= least]
    return [(a, b) for a, b in zip(below.lo.tolist(), below.hi.tolist()) if any(a <= lo < b for lo, _ in usable)]
