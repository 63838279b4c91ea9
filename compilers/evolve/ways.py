"""The ways in which each task can be done: an option of its mode together with the members that it takes.

A task without choices has one way. Where the members of all crews together can be chosen in few ways, each of them is
one of the ways of the task, the least versatile members first; else a fixed number of them is drawn at random.
"""

from __future__ import annotations

from itertools import combinations, islice, product
from math import comb, prod
from random import Random
from typing import NamedTuple

import numpy as np

from schedc.models.columns import Ints, ragged
from schedc.models.model import Model

MOST = 96       # ways that one option's members make


class Ways(NamedTuple):
    """All ways, task by task: those of task t are ptr[t] .. ptr[t+1]-1.

    option: -1 for a task without modes; length and longest: between what the work may last; release, deadline: the
    way's own; the chosen candidates of way w are member[member_ptr[w]:member_ptr[w+1]].
    """

    ptr: Ints
    task: Ints
    option: Ints
    length: Ints
    longest: Ints
    release: Ints
    deadline: Ints
    member_ptr: Ints
    member: Ints


def ways_of(model: Model, seed: int = 0) -> Ways:
    """The ways of every task."""
    task, option = _options(model)
    count, parts = _crews(model, task, option, seed)
    task, option = np.repeat(task, count), np.repeat(option, count)
    own = option >= 0
    o = model.options

    def column(plain: Ints, by_option: Ints) -> Ints:
        found = plain.copy()
        found[own] = by_option[option[own]]
        return found

    size = np.array([len(p) for p in parts], dtype=np.int64)
    member = np.array([c for p in parts for c in p], dtype=np.int64)
    return Ways(
        np.searchsorted(task, np.arange(model.task_count + 1)), task, option,
        column(model.shortest[task], o.shortest), column(model.longest[task], o.longest),
        column(np.zeros(len(task), dtype=np.int64), o.release),
        column(np.full(len(task), model.horizon), o.deadline), np.r_[0, np.cumsum(size)].astype(np.int64), member,
    )


def _options(model: Model) -> tuple[Ints, Ints]:
    """(task, option) for all options, and (task, -1) for tasks without."""
    count = np.bincount(model.options.task, minlength=model.task_count)
    plain = np.flatnonzero(count == 0)
    task = np.concatenate([plain, model.options.task])
    option = np.concatenate([np.full(len(plain), -1), np.arange(len(model.options.task))])
    order = np.lexsort((option, task))
    return task[order], option[order].astype(np.int64)


def _crews(model: Model, task: Ints, option: Ints, seed: int) -> tuple[Ints, list[tuple[int, ...]]]:
    """How many ways each (task, option) has by its crews, and the candidates that each of them takes."""
    picks = model.picks
    if not len(picks.task):
        return np.ones(len(task), dtype=np.int64), [()] * len(task)
    instances: dict[tuple[int, int], list[int]] = {}
    for k, key in enumerate(zip(picks.task.tolist(), picks.option.tolist())):
        instances.setdefault(key, []).append(k)
    versatile = np.bincount(picks.resource, minlength=model.resource_count)[picks.resource].tolist()
    ptr, wanted, resource = picks.ptr.tolist(), picks.wanted.tolist(), picks.resource.tolist()
    chance = Random(seed)
    count, found = np.ones(len(task), dtype=np.int64), []
    for row, (t, k) in enumerate(zip(task.tolist(), option.tolist())):
        mine = instances.get((t, -1), []) + (instances.get((t, k), []) if k >= 0 else [])
        crews = [(sorted(range(ptr[i], ptr[i + 1]), key=versatile.__getitem__), wanted[i]) for i in mine]
        chosen = _teams(crews, resource, chance)
        count[row] = len(chosen)
        found += chosen
    return count, found


def _teams(crews: list[tuple[list[int], int]], resource: list[int], chance: Random) -> list[tuple[int, ...]]:
    """Different choices of the members of all crews, nobody in two of them where that can be."""
    if not crews:
        return [()]
    if prod(comb(len(candidates), size) for candidates, size in crews) <= MOST:
        every = product(*(combinations(candidates, size) for candidates, size in crews))
        teams = [tuple(c for team in teams for c in team) for teams in every]
    else:
        teams = list(islice(_drawn(crews, resource, chance), MOST))
    apart = [team for team in teams if len({resource[c] for c in team}) == len(team)]
    return list(dict.fromkeys(apart or teams))


def _drawn(crews: list[tuple[list[int], int]], resource: list[int], chance: Random):  # type: ignore[no-untyped-def]
    """Teams at random, each crew from those that the others left, without end."""
    while True:
        taken: set[int] = set()
        team: list[int] = []
        for candidates, size in sorted(crews, key=lambda crew: len(crew[0]) - crew[1]):
            free = [c for c in candidates if resource[c] not in taken] or candidates
            chosen = chance.sample(free, size) if size <= len(free) else chance.sample(candidates, size)
            taken |= {resource[c] for c in chosen}
            team += chosen
        yield tuple(team)


def spread(ptr: Ints, owner: Ints) -> tuple[Ints, Ints]:
    """For rows that belong to owners with ways ptr[o] .. ptr[o+1]-1: the row and the way of every pair."""
    lo, hi = ptr[owner], ptr[owner + 1]
    return np.repeat(np.arange(len(owner)), hi - lo), ragged(lo, hi)
