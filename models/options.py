"""Modes and choices by columns over a whole model, and a model with what a schedule chose put in their place.

Options are numbered as `Modes.first` says, candidates as `Choice.first` does: task family after task family, in each
the choices of the task itself before those of its modes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from schedc.models.columns import UNLIMITED, Flags, Ints
from schedc.models.extent import extent
from schedc.models.schedule import Schedule
from schedc.models.statements import Choice, Modes, Order, Parts, Tasks, Uses

if TYPE_CHECKING:
    from schedc.models.model import Model

NONE = np.zeros(0, dtype=np.int64)


class Options(NamedTuple):
    """Every option of every task, by its number: whose it is and what it says of that task's length and dates."""

    task: Ints
    shortest: Ints
    longest: Ints
    release: Ints
    deadline: Ints


class OptionDemands(NamedTuple):
    """What options ask for where they are chosen: one row an (option, resource) pair, sorted by resource and option."""

    option: Ints
    resource: Ints
    amount: Ints


class Picks(NamedTuple):
    """Every `uses n of r`: instance i takes wanted[i] of the candidates ptr[i] .. ptr[i+1]-1, each of them resource[c].

    option[i]: the option that it stands in, -1 where it is the task's own; owner[c]: the instance of a candidate.
    """

    task: Ints
    option: Ints
    wanted: Ints
    ptr: Ints
    owner: Ints
    resource: Ints


def options_of(model: Model) -> Options:
    """All options of a model."""
    modes = [(t.first + m.row, m.shortest, m.longest, m.release, m.deadline) for t in model.tasks for m in t.modes]
    return Options(*(_joined(column) for column in zip(*modes))) if modes else Options(NONE, NONE, NONE, NONE, NONE)


def option_demands_of(model: Model) -> OptionDemands:
    """The demands of all options, equal pairs added up."""
    uses = [(m.first + u.row, u.resource, u.amount) for t in model.tasks for m in t.modes for u in m.uses]
    if not uses:
        return OptionDemands(NONE, NONE, NONE)
    option, resource, amount = (_joined(column) for column in zip(*uses))
    order = np.lexsort((option, resource))
    option, resource, amount = option[order], resource[order], amount[order]
    heads = np.flatnonzero(np.r_[True, (np.diff(option) != 0) | (np.diff(resource) != 0)][: len(option)])
    return OptionDemands(option[heads], resource[heads], np.add.reduceat(amount, heads) if len(heads) else amount)


def choices_of(model: Model) -> Iterator[tuple[Tasks, Modes | None, Choice]]:
    """Every choice in order of its candidates' numbers, with the task family and the mode that it stands in."""
    for t in model.tasks:
        for c in t.choices:
            yield t, None, c
        for m in t.modes:
            for c in m.choices:
                yield t, m, c


def picks_of(model: Model) -> Picks:
    """All choices of a model."""
    task, option, count, size, resource = [NONE], [NONE], [NONE], [NONE], [NONE]
    for t, m, c in choices_of(model):
        task.append(t.first + (c.row if m is None else m.row[c.row]))
        option.append(np.full(len(c.row), -1) if m is None else m.first + c.row)
        count.append(c.count)
        size.append(np.diff(c.ptr))
        resource.append(c.resource)
    sizes = np.concatenate(size)
    ptr = np.r_[0, np.cumsum(sizes)].astype(np.int64)
    owner = np.repeat(np.arange(len(sizes)), sizes)
    return Picks(_joined(task), _joined(option), _joined(count), ptr, owner, _joined(resource))


def _joined(parts: Sequence[Ints]) -> Ints:
    return np.concatenate(parts)


def option_name(model: Model, option: int) -> str:
    """How an option is called: ``m1``, ``via[p3]``."""
    for t in model.tasks:
        for m in t.modes:
            if m.first <= option < m.first + m.size:
                return m.family.label(option - m.first)
    raise IndexError(option)


def option_names(model: Model) -> list[str]:
    """The names of all options, by number."""
    return [m.family.label(k) for t in model.tasks for m in t.modes for k in range(m.size)]


def chosen_names(model: Model, schedule: Schedule) -> dict[int, list[str]]:
    """What a schedule chose, by task: the mode's name first, then the chosen members."""
    found: dict[int, list[str]] = {}
    if schedule.mode is not None:
        names = option_names(model)
        for task in np.flatnonzero(schedule.mode >= 0).tolist():
            found[task] = [names[schedule.mode[task]]]
    if schedule.member is not None:
        picks = model.picks
        for candidate in np.flatnonzero(schedule.member).tolist():
            task = int(picks.task[picks.owner[candidate]])
            found.setdefault(task, []).append(model.resource_name(int(picks.resource[candidate])))
    return found


def settled(model: Model, schedule: Schedule) -> Model:
    """The model with what the schedule chose as plain demands; without modes and choices nothing is to be done.

    For showing a schedule: lengths, dates and windows of the chosen modes are not looked at.
    """
    if not any(t.modes or t.choices for t in model.tasks):
        return model
    chosen = np.zeros(len(model.options.task), dtype=np.bool_)
    if schedule.mode is not None:
        chosen[schedule.mode[schedule.mode >= 0]] = True
    member = schedule.member if schedule.member is not None else np.zeros(len(model.picks.resource), dtype=np.bool_)
    return replace(model, tasks=tuple(_settled_family(t, chosen, member) for t in model.tasks))


def _settled_family(t: Tasks, chosen: Flags, member: Flags) -> Tasks:
    uses = [*t.uses, *(_members(c, c.row, member) for c in t.choices)]
    parts = list(t.parts)
    for m in t.modes:
        for u in m.uses:
            keep = chosen[m.first + u.row]
            state = None if u.state is None else u.state[keep]
            uses.append(Uses(u.origin, m.row[u.row[keep]], u.resource[keep], u.amount[keep], state))
        uses += [_members(c, m.row[c.row], member) for c in m.choices]
        parts += [_part_of_task(p, m, chosen) for p in m.parts]
    return replace(t, uses=tuple(u for u in uses if len(u.row)), modes=(), choices=(), parts=tuple(parts))


def _part_of_task(part: Parts, modes: Modes, chosen: Flags) -> Parts:
    """What the chosen options hold on parts, as the task's own."""
    keep = chosen[modes.first + part.row]
    return replace(
        part, row=modes.row[part.row[keep]], resource=part.resource[keep], amount=part.amount[keep],
        first=part.first[keep], last=part.last[keep],
    )


def _members(choice: Choice, row: Ints, member: Flags) -> Uses:
    """The chosen candidates as demands of one unit."""
    keep = np.flatnonzero(member[choice.first : choice.first + len(choice.resource)])
    owner = np.searchsorted(choice.ptr, keep, side="right") - 1
    state = None if choice.state is None else choice.state[owner]
    return Uses(choice.origin, row[owner], choice.resource[keep], np.ones(len(keep), dtype=np.int64), state)


def first_choices(model: Model) -> tuple[Model, Ints | None, Flags | None]:
    """A model without choices, in which every task has its shortest option and every choice its first candidates, and
    what was chosen: the columns `mode` and `member` of its schedules. Lags by choice are at their longest."""
    options, picks = model.options, model.picks
    mode = np.full(model.task_count, -1, dtype=np.int64)
    order = np.lexsort((np.arange(len(options.task)), options.shortest, options.task))
    heads = order[np.r_[True, np.diff(options.task[order]) != 0][: len(order)]]
    mode[options.task[heads]] = heads
    rank = np.arange(len(picks.resource)) - picks.ptr[:-1][picks.owner]
    force = (picks.option < 0) | (mode[picks.task] == picks.option)
    member: Flags = (rank < picks.wanted[picks.owner]) & force[picks.owner]
    some = len(options.task) > 0, len(picks.resource) > 0
    return fixed(model, mode, member), mode if some[0] else None, member if some[1] else None


def fixed(model: Model, mode: Ints, member: Flags) -> Model:
    """The model without choices in which these are made: an option of every task with modes, at its shortest, and
    candidates. Lags by choice are at their longest."""
    nothing = np.zeros(model.task_count, dtype=np.int64)
    plain = settled(model, Schedule(nothing, nothing, nothing, None, mode, member))
    families = tuple(_shortest_of(t, now, mode) for t, now in zip(model.tasks, plain.tasks))
    relations = tuple(_longest_lag(r) if isinstance(r, Order) else r for r in plain.relations)
    return replace(plain, tasks=families, relations=relations)


def _shortest_of(t: Tasks, plain: Tasks, mode: Ints) -> Tasks:
    """What the chosen options say of lengths, dates and windows."""
    if not t.modes:
        return plain
    shortest, release, deadline = plain.shortest.copy(), plain.release.copy(), plain.deadline.copy()
    windows = list(t.within)
    for m in t.modes:
        rows = np.flatnonzero(mode[t.first + m.row] == m.first + np.arange(m.size))
        at = m.row[rows]
        shortest[at] = m.shortest[rows]
        release[at], deadline[at] = np.maximum(release[at], m.release[rows]), np.minimum(deadline[at], m.deadline[rows])
        for w in m.within:
            which = np.full(t.size, -1, dtype=np.int64)
            which[at] = w.which[rows]
            windows.append(replace(w, which=which))
    dated = replace(plain, shortest=shortest, longest=shortest, within=tuple(windows))
    return replace(dated, release=release, deadline=deadline)


def _longest_lag(order: Order) -> Order:
    """An arrow at the longest lags that choices can make of it."""
    if order.extra is None:
        return order
    low, high = extent(order.extra)
    lo = np.where(order.lo > -UNLIMITED, order.lo + high, order.lo)
    return replace(order, lo=lo, hi=np.where(order.hi < UNLIMITED, order.hi + low, order.hi), extra=None)


def longest_lags(model: Model) -> Model:
    """The model with every lag by choice at its longest."""
    if all(order.extra is None for order in model.orders):
        return model
    return replace(model, relations=tuple(_longest_lag(r) if isinstance(r, Order) else r for r in model.relations))
