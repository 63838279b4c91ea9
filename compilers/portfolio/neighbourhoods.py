"""Which tasks are searched again: sets of a wanted size, drawn around an incumbent.

Each draws by chance: a window of time; what stands on a few resources, within a window; a set that is closed under
precedence and neighbourhood on resources around one task; tasks of the longest chain, or those that cost the goal
most, with what stands near them; and any tasks at all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from schedc.compilers.construct.pulls import pulls_of
from schedc.compilers.construct.rules import Keys
from schedc.compilers.portfolio.kept import Arc, arcs_of, uses_in
from schedc.models.columns import Flags, Ints
from schedc.models.model import Model
from schedc.models.presence import present_in
from schedc.models.schedule import Schedule

Chance = np.random.Generator


@dataclass
class Scene:
    """An incumbent as neighbourhoods see it; `near`: by task those before and after it in its order."""

    model: Model
    schedule: Schedule
    middle: Ints = field(init=False)
    near: list[list[int]] = field(init=False)
    arcs: list[Arc] = field(init=False)

    def __post_init__(self) -> None:
        schedule, model = self.schedule, self.model
        self.middle = schedule.start + schedule.end
        absent = ~present_in(schedule)
        if absent.any():        # anywhere between its dates
            self.middle = np.where(absent, model.release + np.minimum(model.deadline, schedule.end.max()), self.middle)
        apart, starts = arcs_of(model, schedule, np.ones(model.task_count, dtype=np.bool_))
        self.arcs = [*apart, *starts]
        for order in model.orders:
            self.arcs.extend(zip(order.first.tolist(), order.second.tolist()))
        self.near = [[] for _ in range(model.task_count)]
        for a, b in self.arcs:
            self.near[a].append(b)
            self.near[b].append(a)


Draw = Callable[[Scene, int, Chance], Flags]


def window(scene: Scene, size: int, chance: Chance) -> Flags:
    """The tasks nearest in time to one of them."""
    return _nearest(scene.middle, scene.middle[int(chance.integers(len(scene.middle)))], size)


def resources(scene: Scene, size: int, chance: Chance) -> Flags:
    """What stands on a few resources, as near in time to one task as the size asks."""
    task, resource, _ = uses_in(scene.model, scene.schedule)
    if not len(task):
        return window(scene, size, chance)
    count = len(scene.middle)
    order = chance.permutation(np.unique(resource))
    some = order[: int(chance.integers(1, 1 + max(1, len(order) // 2)))]
    users = np.unique(task[np.isin(resource, some)])
    pivot = scene.middle[int(chance.choice(users))]
    return _flags(users[np.argsort(np.abs(scene.middle[users] - pivot), kind="stable")][:size], count)


def related(scene: Scene, size: int, chance: Chance) -> Flags:
    """What is reached first from one task along its order, both ways, branches at random."""
    return _grown(scene, [int(chance.integers(len(scene.middle)))], size, chance)


def costly(scene: Scene, size: int, chance: Chance) -> Flags:
    """Around tasks that the goal is worse for, or else those of the longest chain, with a half of random neighbours."""
    weight = _cost(scene)
    seeds = min(int(np.count_nonzero(weight)), max(1, size // 4))
    chosen = chance.choice(len(weight), size=seeds, replace=False, p=weight / weight.sum())
    return _grown(scene, chosen.tolist(), size, chance)


def anywhere(scene: Scene, size: int, chance: Chance) -> Flags:
    """Any tasks."""
    count = len(scene.middle)
    return _flags(chance.choice(count, size=min(size, count), replace=False), count)


DRAWS: Mapping[str, Draw] = {
    "window": window, "resources": resources, "related": related, "costly": costly, "anywhere": anywhere,
}


def _nearest(middle: Ints, pivot: int, size: int) -> Flags:
    return _flags(np.argsort(np.abs(middle - pivot), kind="stable")[:size], len(middle))


def _flags(tasks: Ints, count: int) -> Flags:
    found = np.zeros(count, dtype=np.bool_)
    found[tasks] = True
    return found


def _grown(scene: Scene, seeds: list[int], size: int, chance: Chance) -> Flags:
    found, edge = _flags(np.array(seeds), len(scene.middle)), list(seeds)
    have = len(seeds)
    while edge and have < size:
        at = int(chance.integers(len(edge)))
        edge[at], edge[-1] = edge[-1], edge[at]
        for task in scene.near[edge.pop()]:
            if not found[task] and have < size:
                found[task] = True
                edge.append(task)
                have += 1
    return found


def _cost(scene: Scene) -> Keys:
    """By task: w max(0, end - d) of its pull; without any such, 1 on the longest chain to the last end."""
    pulls, schedule = pulls_of(scene.model), scene.schedule
    cost: Keys = pulls.weight * np.maximum(0, schedule.end - pulls.due) * present_in(schedule)
    if cost.any():
        cost /= cost.max()
        return cost
    return _critical(scene).astype(np.float64)


def _critical(scene: Scene) -> Flags:
    """The tasks from which tight pairs lead to the last end, and those that end last."""
    start, end = scene.schedule.start, scene.schedule.end
    found: Flags = end == end.max()
    tight = [(a, b) for a, b in scene.arcs if end[a] == start[b]]
    before: dict[int, list[int]] = {}
    for a, b in tight:
        before.setdefault(b, []).append(a)
    edge = np.flatnonzero(found).tolist()
    while edge:
        for task in before.get(edge.pop(), ()):
            if not found[task]:
                found[task] = True
                edge.append(task)
    return found


