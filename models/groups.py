"""Which tasks share what: groups of which no two tasks overlap, and resources that several hold at a time.

Two tasks never overlap if some resource has never enough for both, if an `exclusive` names both, or if one follows the
other. From [start, end) follows the same for pausable tasks, unless one of them may run in a pause of the other: where
the capacity of the resource is at some time enough for one and too little for the other, the latter is left out.
"""

from __future__ import annotations

import numpy as np

from schedc.models.columns import Flags, Ints, SpanSets
from schedc.models.model import Model
from schedc.models.points import Points
from schedc.models.profile import Steps, spans_below
from schedc.models.records import dataclass
from schedc.models.statements import Exclusive
from schedc.models.worktime import Worktime

CLIQUE = (1 << 40) + 1  # the number of a group that no single statement makes
_CLIQUES = 400          # tasks up to which groups over several resources are put together
_ROWS = 400_000         # members of all groups; further groups are left out
_LARGEST = float(1 << 61)


@dataclass(frozen=True, eq=False)
class Clutch:
    """Tasks of which no two overlap.

    group: a resource's number, -1 - k for relation k, or CLIQUE. time: the ticks at which any of them can work, where
    that is not always: each then spends its least length at least on those ticks, its first and last one included.
    """

    group: int
    tasks: Ints
    time: Worktime | None = None


@dataclass(frozen=True, eq=False)
class Pool:
    """Who holds a resource while working, with what demand, and its capacity."""

    resource: int
    tasks: Ints
    demand: Ints
    steps: Steps
    spans: bool     # whether each holds its demand at every tick of [start, end) at which the least demand fits at all


def _nominal(model: Model, r: int) -> Steps:
    return Steps(np.zeros(1, dtype=np.int64), model.capacity[r : r + 1])


def _users(model: Model, sure: Flags, profiles: dict[int, Steps]) -> list[tuple[int, Ints, Ints, Steps]]:
    """(resource, tasks, demands, capacity) of every resource with two users or more."""
    d = model.demands
    rows = np.flatnonzero(sure[d.task])
    task, resource, amount = d.task[rows], d.resource[rows], d.amount[rows]
    heads = np.flatnonzero(np.diff(resource, prepend=-1))
    stops = np.r_[heads[1:], len(task)] if len(heads) else heads
    found = []
    for lo, hi in zip(heads.tolist(), stops.tolist()):
        if hi - lo > 1:
            r = int(resource[lo])
            found.append((r, task[lo:hi], amount[lo:hi], profiles.get(r) or _nominal(model, r)))
    return found


def pools_of(model: Model, sure: Flags, profiles: dict[int, Steps]) -> tuple[Pool, ...]:
    """The resources on which two tasks may meet, while sums over them fit 64 bits."""
    d = model.demands
    most = float(model.capacity.max(initial=0)) * (model.horizon + 1)
    if max(most, float((d.amount.astype(np.float64) * model.shortest[d.task]).sum())) > _LARGEST:
        return ()
    found = []
    for r, tasks, demand, steps in _users(model, sure, profiles):
        least = np.sort(demand)[:2].sum()
        if least > steps.capacity.max():
            continue        # one at a time: a clutch
        found.append(Pool(r, tasks, demand, steps, not _straddled(model, tasks, demand, steps)))
    return tuple(found)


def _straddled(model: Model, tasks: Ints, demand: Ints, steps: Steps) -> bool:
    """Whether some task may pause at a tick that leaves enough for another."""
    pausing = demand[model.pausable[tasks]]
    return bool(len(pausing)) and bool(((steps.capacity >= demand.min()) & (steps.capacity < pausing.max())).any())


def clutches_of(model: Model, sure: Flags, profiles: dict[int, Steps], points: Points) -> tuple[Clutch, ...]:
    """All groups of two tasks or more; none after the first of them are _ROWS members."""
    found, rows = [], 0
    for clutch in _every(model, sure, profiles, points):
        rows += len(clutch.tasks)
        if rows > _ROWS:
            break
        found.append(clutch)
    return tuple(found)


def _every(model: Model, sure: Flags, profiles: dict[int, Steps], points: Points) -> list[Clutch]:
    found = []
    for r, tasks, demand, steps in _users(model, sure, profiles):
        single = _alone(model, r, tasks, demand, steps)
        if single is not None:
            found.append(single)
    for k, e in enumerate(model.relations):
        if isinstance(e, Exclusive):
            for a, b in zip(e.ptr[:-1].tolist(), e.ptr[1:].tolist()):
                group = e.task[a:b]
                group = group[sure[group]]
                if len(group) > 1:
                    found.append(Clutch(-1 - k, group))
    if model.task_count <= _CLIQUES:
        found += _cliques(model, sure, profiles, points)
    return found


def _alone(model: Model, r: int, tasks: Ints, demand: Ints, steps: Steps) -> Clutch | None:
    """Those that need more than half of the most there ever is, and one more that does not fit beside any of them."""
    top = int(steps.capacity.max())
    big = 2 * demand > top
    if big.any() and not big.all():
        rest = np.flatnonzero(~big)
        one = rest[np.argmax(demand[rest])]
        big[one] = demand[one] + demand[big].min() > top
    tasks, demand = tasks[big], demand[big]
    if len(tasks) > 1 and _straddled(model, tasks, demand, steps):
        kept = ~model.pausable[tasks]
        tasks, demand = tasks[kept], demand[kept]
    if len(tasks) < 2:
        return None
    shut = spans_below(steps, int(demand.min()), model.horizon)
    if not len(shut.lo):
        return Clutch(r, tasks)
    return Clutch(r, tasks, Worktime(SpanSets(np.array([0, len(shut.lo)]), shut.lo, shut.hi), model.horizon))


def _cliques(model: Model, sure: Flags, profiles: dict[int, Steps], points: Points) -> list[Clutch]:
    """Groups over several resources and orders, by greed: longest tasks first, each task in one group at least."""
    apart, followed = _apart(model, sure, profiles), _followed(model, points)
    if not apart.any():
        return []
    any_order: Flags = apart | followed | followed.T
    np.fill_diagonal(any_order, False)
    order = np.argsort(-model.shortest, kind="stable")
    meets: Flags = np.logical_or.reduce(apart, axis=1)
    order = order[(sure & meets)[order]]
    seen: set[tuple[int, ...]] = set()
    for seed in order.tolist():
        members, room = [seed], any_order[seed] & sure
        while room.any():
            nearest = order[room[order]]
            if not len(nearest):
                break
            members.append(int(nearest[0]))
            room = room & any_order[nearest[0]]
        if len(members) > 1:
            seen.add(tuple(sorted(members)))
    return [Clutch(CLIQUE, np.array(members, dtype=np.int64)) for members in sorted(seen)]


def _apart(model: Model, sure: Flags, profiles: dict[int, Steps]) -> Flags:
    """Which pairs of tasks that never pause do not fit together on some resource, or exclude each other."""
    apart = np.zeros((model.task_count, model.task_count), dtype=np.bool_)
    for _, tasks, demand, steps in _users(model, sure & ~model.pausable, profiles):
        apart[np.ix_(tasks, tasks)] |= demand[:, None] + demand > steps.capacity.max()
    for e in model.exclusives:
        for a, b in zip(e.ptr[:-1].tolist(), e.ptr[1:].tolist()):
            group = e.task[a:b]
            group = group[sure[group]]
            apart[np.ix_(group, group)] = True
    np.fill_diagonal(apart, False)
    return apart


def _followed(model: Model, points: Points) -> Flags:
    """followed[a, b]: b starts no earlier than a ends, by a path of arcs."""
    count = points.nodes
    far = np.iinfo(np.int64).min // 4
    if (np.abs(points.weight) > (1 << 50)).any():
        return np.zeros((model.task_count, model.task_count), dtype=np.bool_)
    reach = np.full((model.task_count, count), far)
    np.fill_diagonal(reach, 0)
    order = np.lexsort((points.second, points.forth.rank[points.second]))
    forward = points.forth.rank[points.first[order]] < points.forth.rank[points.second[order]]
    for a, b, w in zip(*(c[order][forward].tolist() for c in (points.first, points.second, points.weight))):
        np.maximum(reach[:, b], reach[:, a] + w, out=reach[:, b])
    after: Flags = reach[:, : model.task_count] >= model.longest[:, None]
    after &= (~model.pausable & points.rigid)[:, None]
    np.fill_diagonal(after, False)
    return after
