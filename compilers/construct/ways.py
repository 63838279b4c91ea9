"""Tasks with modes and chosen members in serial generation: each takes what lets it end first.

A way is an option of a task's mode with what it holds, or the plain task where only members are chosen. A crew is a
choice of n members; the people of all crews of a way are told apart by augmenting paths, the least versatile first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from schedc.compilers.construct.profile import NEVER, Profile
from schedc.models.columns import Flags, Ints
from schedc.models.model import Model
from schedc.models.presence import presence_of


class Crew(NamedTuple):
    """One unit of `size` different resources; candidates are (resource, global number), the least versatile first."""

    size: int
    candidates: list[tuple[int, int]]


class Way(NamedTuple):
    """How a task may be done. option: -1 for a task without modes; needs: (resource, amount) beside the crews."""

    option: int
    length: int
    release: int
    deadline: int
    needs: list[tuple[int, int]]
    crews: list[Crew]


class Done(NamedTuple):
    """The way that was chosen: what is held in all, and the numbers of the chosen candidates."""

    option: int
    length: int
    needs: list[tuple[int, int]]
    members: list[int]


def ways_of(model: Model, base: Mapping[int, list[tuple[int, int]]]) -> dict[int, list[Way]]:
    """The ways of every task that is always present, does not pause, and has modes or members to choose.

    base: what each task holds in every way, as (profile, amount).
    """
    loose = presence_of(model).optional | model.pausable
    options = model.options
    own, crews = _held(model.option_demands), _crews(model)
    found: dict[int, list[Way]] = {}
    columns = (options.task, options.shortest, options.release, options.deadline)
    for k, (t, length, release, deadline) in enumerate(zip(*(c.tolist() for c in columns))):
        if not loose[t]:
            needs = [*base.get(t, ()), *own.get(k, ())]
            mine = [*crews.get((t, -1), ()), *crews.get((t, k), ())]
            found.setdefault(t, []).append(Way(k, length, release, deadline, _summed(needs), mine))
    for t, option in crews:
        if option < 0 and t not in found and not loose[t]:
            found[t] = [Way(-1, int(model.shortest[t]), 0, model.horizon, list(base.get(t, ())), crews[t, -1])]
    return found


def _held(columns: Sequence[Ints]) -> dict[int, list[tuple[int, int]]]:
    found: dict[int, list[tuple[int, int]]] = {}
    for owner, resource, amount in zip(*(c.tolist() for c in columns)):
        found.setdefault(owner, []).append((resource, amount))
    return found


def _summed(needs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    total: Counter[int] = Counter()
    for resource, amount in needs:
        total[resource] += amount
    return list(total.items())


def _crews(model: Model) -> dict[tuple[int, int], list[Crew]]:
    picks = model.picks
    versatile = np.bincount(picks.resource, minlength=model.resource_count).tolist()
    resource, ptr = picks.resource.tolist(), picks.ptr.tolist()
    found: dict[tuple[int, int], list[Crew]] = {}
    for k, key in enumerate(zip(picks.task.tolist(), picks.option.tolist())):
        candidates = sorted(((resource[c], c) for c in range(ptr[k], ptr[k + 1])), key=lambda rc: versatile[rc[0]])
        found.setdefault(key, []).append(Crew(int(picks.wanted[k]), candidates))
    return found


@dataclass
class Chooser:
    """Chooses ways while profiles fill."""

    profiles: list[Profile]

    def best(self, ways: Sequence[Way], begin: int, close: int) -> Done | None:
        """The way that ends first when it starts at `begin` or later and ends at `close` or later; None: none fits."""
        found: tuple[int, int] | None = None
        done = None
        for way in ways:
            least = max(begin, close - way.length, way.release)
            start, members = self._fit(way, least)
            rank = start + way.length, way.length
            if start + way.length <= way.deadline and (found is None or rank < found):
                found, done = rank, (way, members)
        if done is None:
            return None
        way, chosen = done
        held = way.needs + [(r, 1) for r, _ in chosen] if way.length else []
        return Done(way.option, way.length, _summed(held), [c for _, c in chosen])

    def _fit(self, way: Way, begin: int) -> tuple[int, list[tuple[int, int]]]:
        """The first start at which a way fits, NEVER without one, and who is in its crews."""
        if way.length == 0:
            return begin, [pair for crew in way.crews for pair in crew.candidates[: crew.size]]
        people = {r for crew in way.crews for r, _ in crew.candidates}
        busy = {r for r, _ in way.needs} & people
        while begin < NEVER:
            tried = begin
            for resource, amount in way.needs:
                begin = self.profiles[resource].fit(begin, way.length, amount)
                if begin >= NEVER:
                    return NEVER, []
            if begin != tried and len(way.needs) > 1:
                continue
            if not way.crews:
                return begin, []
            free = {r: self.profiles[r].fit(begin, way.length, 1) for r in people - busy}
            chosen = matched(way.crews, {r for r, at in free.items() if at <= begin})
            if chosen is not None:
                return begin, chosen
            begin = min((at for at in free.values() if at > begin), default=NEVER)
        return NEVER, []


def matched(crews: Sequence[Crew], free: set[int]) -> list[tuple[int, int]] | None:
    """Different free members for all places of the crews, None where there are too few (Kuhn's augmenting paths)."""
    places = [crew for crew in crews for _ in range(crew.size)]
    holder: dict[int, int] = {}
    number: dict[tuple[int, int], int] = {}

    def seat(place: int, seen: set[int]) -> bool:
        for resource, candidate in places[place].candidates:
            if resource in free and resource not in seen:
                seen.add(resource)
                if resource not in holder or seat(holder[resource], seen):
                    holder[resource] = place
                    number[resource, place] = candidate
                    return True
        return False

    for place in sorted(range(len(places)), key=lambda p: len(places[p].candidates)):
        if not seat(place, set()):
            return None
    return [(resource, number[resource, place]) for resource, place in holder.items()]


def chosen_columns(model: Model, done: dict[int, Done]) -> tuple[Ints | None, Flags | None]:
    """The columns `mode` and `member` of a schedule without optional tasks."""
    optional = presence_of(model).optional
    mode = np.full(model.task_count, -1, dtype=np.int64)
    member = np.zeros(len(model.picks.resource), dtype=np.bool_)
    for task, way in done.items():
        if optional[task]:
            continue
        mode[task] = way.option
        member[way.members] = True
    return mode if len(model.options.task) else None, member if len(member) else None
