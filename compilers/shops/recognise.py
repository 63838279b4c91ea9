"""Which models are pure sequences on machines: told by their statements alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from schedc.compilers.constructs import Construct, used
from schedc.compilers.shops.goals import goal_of
from schedc.compilers.shops.shop import MOST, Shop
from schedc.models.columns import UNLIMITED, Flags, Ints, distinct
from schedc.models.expressions import Point
from schedc.models.model import Model
from schedc.models.options import choices_of
from schedc.models.statements import Change, Permutation

_KNOWN = frozenset({
    Construct.TASKS, Construct.LENGTH_RANGES, Construct.CAPACITY, Construct.PRECEDENCE, Construct.MAXIMAL_LAGS,
    Construct.EXCLUSIVE, Construct.EXTREME, Construct.MAKESPAN, Construct.GOALS, Construct.MODES, Construct.MEMBERS,
    Construct.CHANGES, Construct.PERMUTATION, Construct.STAGES,
})


def shop_of(model: Model) -> Shop | None:
    """The shop that a model is, or None where it says anything that a shop does not know.

    Tasks use one unit of one machine (chosen or not), their arrows make chains with least lags, or exact ones, and the
    goal is regular. No calendars, windows, deadlines, conditions, stocks, pauses or optional tasks.
    """
    goal = goal_of(model)
    if goal is None or not model.task_count or not _plain(model):
        return None
    options, chains, groups = _options(model), _chains(model), _groups(model)
    if options is None or chains is None or groups is None:
        return None
    task, machine, time, mode, member, state, capacity = options
    before, lag, tight = chains
    ptr = np.searchsorted(task, np.arange(model.task_count + 1))
    most = np.maximum.reduceat(time, ptr[:-1]).sum() + np.maximum(lag, 0).sum() + model.release.max(initial=0)
    if most + goal.tail.max(initial=0) + _setups(model) >= MOST or model.horizon < 0:
        return None
    shop = Shop(
        ptr.astype(np.int64), machine, time, mode, member, state, capacity, before, lag, tight, model.release,
        _changes(model), groups, False, goal, model.horizon, len(model.picks.resource),
        any(t.modes for t in model.tasks),
    )
    if (shop.chain[0] < 0).any():
        return None     # arrows in a circle
    return _ordered(model, shop)


def _plain(model: Model) -> bool:
    """Whether nothing is said but of machines, chains and one order."""
    if not used(model).keys() <= _KNOWN:
        return False
    if model.stocks or model.availability or model.requires or (model.deadline < model.horizon).any():
        return False
    if any(t.optional or t.within or t.events or (t.pausable and t.modes) for t in model.tasks):
        return False
    return not any(m.within or m.events or m.choices or (m.deadline < model.horizon).any() or m.release.any()
                   for t in model.tasks for m in t.modes)


_Options = tuple[Ints, Ints, Ints, Ints, Ints, Ints, Ints]


def _options(model: Model) -> _Options | None:
    """task, machine, time, mode, member, state of every option, by task, and the capacity of every machine."""
    rows = [_plain_options(model), _mode_options(model), _member_options(model)]
    if any(r is None for r in rows):
        return None
    found = np.concatenate([r for r in rows if r is not None], axis=1)
    task, resource, amount = found[0], found[1], found[6]
    order = np.lexsort((np.arange(len(task)), task))
    task, resource, amount = task[order], resource[order], amount[order]
    if len(distinct(task)) != model.task_count or not _one_use(model):
        return None
    capacity = _capacities(model, resource, amount)
    if capacity is None:
        return None
    alone = resource < 0        # a task without a machine has one of its own
    machine = np.where(alone, len(capacity) + task, resource)
    capacity = np.r_[capacity, np.ones(model.task_count if alone.any() else 0, dtype=np.int64)]
    time, mode, member, state = found[2:6, order]
    return task, machine, time, mode, member, state, capacity


def _plain_options(model: Model) -> Ints | None:
    """Tasks whose machine is no choice."""
    some = np.zeros(model.task_count, dtype=np.bool_)
    for t in model.tasks:
        if t.modes or t.choices:
            some[t.first : t.first + t.size] = True
    free = np.flatnonzero(~some)
    if (model.shortest != model.longest)[free].any():
        return None
    demands = model.demands
    state = np.full(model.task_count, -1, dtype=np.int64)
    for t in model.tasks:
        for u in t.uses:
            if u.state is not None:
                state[t.first + u.row] = u.state
    resource, amount = np.full(model.task_count, -1, dtype=np.int64), np.ones(model.task_count, dtype=np.int64)
    resource[demands.task], amount[demands.task] = demands.resource, demands.amount
    none = np.full(len(free), -1, dtype=np.int64)
    return np.stack((free, resource[free], model.shortest[free], none, none, state[free], amount[free]))


def _mode_options(model: Model) -> Ints | None:
    """Options of modes with one use each."""
    parts = [np.zeros((7, 0), dtype=np.int64)]
    for t in model.tasks:
        if t.modes and (t.uses or t.choices or len({m.family.name for m in t.modes}) != len(t.modes)):
            return None
        for m in t.modes:
            resource, amount, state = _mode_uses(m.size, m.uses)
            if (m.shortest != m.longest).any() or (resource == -2).any():
                return None
            number = m.first + np.arange(m.size)
            parts.append(np.stack((
                t.first + m.row, resource, m.shortest, number, np.full(m.size, -1), state, amount,
            )))
    return np.concatenate(parts, axis=1)


def _mode_uses(size: int, uses: tuple[object, ...]) -> tuple[Ints, Ints, Ints]:
    """resource (-1 none, -2 several), amount and state of every option."""
    resource, amount = np.full(size, -1, dtype=np.int64), np.ones(size, dtype=np.int64)
    state = np.full(size, -1, dtype=np.int64)
    for u in uses:
        row, used = u.row, u.resource       # type: ignore[attr-defined]
        resource[row] = np.where(resource[row] == -1, used, -2)
        if len(distinct(row)) < len(row):
            resource[row] = -2
        amount[row] = u.amount      # type: ignore[attr-defined]
        if u.state is not None:     # type: ignore[attr-defined]
            state[row] = u.state    # type: ignore[attr-defined]
    return resource, amount, state


def _member_options(model: Model) -> Ints | None:
    """Tasks that take one of several machines, each for as long."""
    parts = [np.zeros((7, 0), dtype=np.int64)]
    for t, m, c in choices_of(model):
        rigid = bool((t.shortest == t.longest).all())
        if m is not None or t.uses or len(t.choices) > 1 or (c.count != 1).any() or t.modes or not rigid:
            return None
        if len(distinct(c.row)) != t.size or len(c.row) != t.size:
            return None
        row = np.repeat(c.row, np.diff(c.ptr))
        state = np.full(len(row), -1) if c.state is None else np.repeat(c.state, np.diff(c.ptr))
        none, number = np.full(len(row), -1), c.first + np.arange(len(row))
        one = np.ones(len(row), dtype=np.int64)
        parts.append(np.stack((t.first + row, c.resource, t.shortest[row], none, number, state, one)))
    return np.concatenate(parts, axis=1)


def _one_use(model: Model) -> bool:
    """Whether plain tasks use one resource at most."""
    return len(distinct(model.demands.task)) == len(model.demands.task)


def _capacities(model: Model, resource: Ints, amount: Ints) -> Ints | None:
    """How many tasks each resource takes at a time; None where they ask for different amounts that matter."""
    least = np.full(model.resource_count, np.iinfo(np.int64).max)
    most = np.ones(model.resource_count, dtype=np.int64)
    used = resource >= 0
    np.minimum.at(least, resource[used], amount[used])
    np.maximum.at(most, resource[used], amount[used])
    if (most > model.capacity)[resource[used]].any():
        return None
    unary = 2 * least > model.capacity if len(least) else least > 0
    if ((least != most) & ~unary)[resource[used]].any():
        return None
    return np.where(unary, 1, model.capacity // most)


def _chains(model: Model) -> tuple[Ints, Ints, Flags] | None:
    """before, lag and tight of every task, or None where a task has two predecessors or successors."""
    n = model.task_count
    before, after = np.full(n, -1, dtype=np.int64), np.full(n, -1, dtype=np.int64)
    lag, tight = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.bool_)
    rigid = model.shortest == model.longest
    for order in model.orders:
        first, second, lo = order.first, order.second, order.lo.copy()
        exact = order.hi < UNLIMITED
        begun, ended = order.first_point is Point.START, order.second_point is Point.END
        if order.extra is not None or (lo <= -UNLIMITED).any() or (exact & (order.hi != lo)).any():
            return None
        if (begun and not rigid[first].all()) or (ended and not rigid[second].all()):
            return None
        lo -= model.shortest[first] if begun else 0
        lo -= model.shortest[second] if ended else 0
        if len(distinct(first)) < len(first) or len(distinct(second)) < len(second) or (first == second).any():
            return None
        if (before[second] >= 0).any() or (after[first] >= 0).any():
            return None
        before[second], after[first], lag[second], tight[second] = first, second, lo, exact
    return None if (lag < 0).any() else (before, lag, tight)


def _groups(model: Model) -> Ints | None:
    """The group of each task by `exclusive`, -1 without one; None where groups overlap."""
    group, number = np.full(model.task_count, -1, dtype=np.int64), 0
    for x in model.exclusives:
        if (group[x.task] >= 0).any() or len(distinct(x.task)) < len(x.task):
            return None
        group[x.task] = number + np.repeat(np.arange(len(x.ptr) - 1), np.diff(x.ptr))
        number += len(x.ptr) - 1
    return group


def _changes(model: Model) -> dict[int, tuple[Change, int]]:
    return {
        r.first + row: (r.change, row) for r in model.resources if r.change is not None for row in range(r.family.size)
    }


def _setups(model: Model) -> int:
    """The longest change before each task, summed up."""
    from schedc.models.changes import reach_of

    return int(reach_of(model).before.sum()) if _changes(model) else 0


def _ordered(model: Model, shop: Shop) -> Shop | None:
    """The shop with what permutations say; None where they say something else than one order of all machines."""
    if not model.permutations:
        return shop
    flow = flow_of(shop)
    if flow is None or (shop.time == 0).any() or (shop.capacity[shop.machine] != 1).any():
        return None
    above = list(range(flow.shape[1]))
    job, place = shop.chain
    for p in model.permutations:
        for lo, hi in zip(p.ptr[:-1].tolist(), p.ptr[1:].tolist()):
            joined = _joined(p, lo, hi, job, place, len(flow))
            if joined is None:
                return None
            above = _renamed(above, *joined)
    return replace(shop, permutation=True) if len(set(above)) == 1 else None


def _renamed(above: list[int], a: int, b: int) -> list[int]:
    return [above[a] if x == above[b] else x for x in above]


def _joined(p: Permutation, lo: int, hi: int, job: Ints, place: Ints, jobs: int) -> tuple[int, int] | None:
    """The two places of all jobs that an instance joins."""
    first, second = p.first[lo:hi], p.second[lo:hi]
    places = distinct(place[first]), distinct(place[second])
    if (job[first] != job[second]).any() or len(first) != jobs or len(places[0]) != 1 or len(places[1]) != 1:
        return None
    return int(places[0][0]), int(places[1][0])


def flow_of(shop: Shop) -> Ints | None:
    """flow[j, k] = the task of job j on the k-th machine, or None where jobs take different ways or have a choice."""
    job, place = shop.chain
    jobs, steps = int(job.max(initial=-1)) + 1, int(place.max(initial=-1)) + 1
    if not shop.fixed or jobs * steps != shop.tasks or (shop.group >= 0).any():
        return None
    flow = np.empty((jobs, steps), dtype=np.int64)
    flow[job, place] = np.arange(shop.tasks)
    way = shop.machine[flow[0]]
    same = (shop.machine[flow] == way).all() and len(distinct(way)) == steps
    return flow if same else None
