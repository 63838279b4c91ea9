"""Energy: what tasks must do of a resource within some time, against what it delivers there.

A task that starts by lst, ends no earlier than ect and works p does within [a, b) at least
min(p, w(a, b), w(a, ect), w(lst, b)) (nothing where that is negative), where w counts ticks that it can work at. If
these times the demands exceed what the resource delivers in [a, b), there is no schedule. If less is left beside the
others than a task needs when it starts as early as it can, it does the rest behind b, and its end moves (Baptiste, Le
Pape and Nuijten 2001); the mirror image moves starts.

Resources with up to DENSE users have a and b at starts and ends of windows; above, only whole tasks count, for some b.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from schedc.models.bounds import Overload, Propagation
from schedc.models.columns import Ints, distinct
from schedc.models.floor import Supply
from schedc.models.groups import Pool

DENSE = 160             # users; the work grows with the cube
_FINE = 64              # users up to which latest starts and earliest ends count as a and b too
_WIDE = 4_000_000       # users times instants b of the coarse check
_TIGHT = 4000           # intervals with the least slack that move tasks


class _Case(NamedTuple):
    """A pool's users: windows, work, demands, and worked ticks before each instant (w[i, k] for at[k])."""

    pool: Pool
    supply: Supply
    es: Ints
    ls: Ints
    ee: Ints
    le: Ints
    work: Ints


def by_energy(state: Propagation) -> bool | Overload:
    """Tighten windows by the energy of all resources; whether any moved."""
    moved = False
    for pool in state.facts.pools:
        t = pool.tasks
        columns = state.earliest_start, state.latest_start, state.earliest_end, state.latest_end, state.model.shortest
        supply = Supply(pool.steps, state.model.horizon)
        case = _Case(pool, supply, *(column[t] for column in columns))
        if not _close(case):
            continue
        found = _dense(state, case) if len(t) <= DENSE else _coarse(state, case)
        if isinstance(found, Overload):
            return found
        moved = moved or found
    return moved


def _close(case: _Case) -> bool:
    """Whether any interval can be overfull with tasks that must lie in it."""
    room = case.supply.before(case.le.min(keepdims=True)) - case.supply.before(case.es.max(keepdims=True))
    return int((case.work * case.pool.demand).sum()) > max(int(room[0]), 0)


def _coarse(state: Propagation, case: _Case) -> bool | Overload:
    """Whole tasks only, that must end by some b."""
    count = max(1, min(400, _WIDE // len(case.le)))
    last = distinct(case.le)
    last = last[np.linspace(0, len(last) - 1, min(count, len(last))).astype(np.int64)]
    order = np.argsort(-case.es, kind="stable")
    energy = (case.work * case.pool.demand)[order]
    le, es = case.le[order], case.es[order]
    state.cells += 4 * len(last) * len(order)
    for to in last.tolist():
        done = np.where(le <= to, energy, 0).cumsum()
        room = case.supply.before(np.array([to])) - case.supply.before(es)
        over = np.flatnonzero((done > room) & (le <= to))
        if len(over):
            k = int(over[-1])
            inside = case.pool.tasks[order[: k + 1][le[: k + 1] <= to]]
            return Overload(case.pool.resource, inside, int(es[k]), to, int(done[k]), int(room[k]))
    return False


def _dense(state: Propagation, case: _Case) -> bool | Overload:
    fine = len(case.work) <= _FINE
    a = distinct(np.r_[case.es, case.ls] if fine else case.es)
    b = distinct(np.r_[case.le, case.ee] if fine else case.le)
    a, b = np.clip(a, 0, state.model.horizon), np.clip(b, 0, state.model.horizon)
    state.cells += 6 * len(a) * len(b) * len(case.work)
    w = _Worked(state, case)
    wa, wb = w.before(a), w.before(b)
    least = _least(w, case, wa[:, :, None], wb[:, None, :])
    need = (least * case.pool.demand[:, None, None]).sum(axis=0)
    room = case.supply.before(b)[None, :] - case.supply.before(a)[:, None]
    slack = np.where(b[None, :] > a[:, None], room - need, 1 << 60)
    over = np.argwhere(slack < 0)
    if len(over):
        j, k = over[0].tolist()
        inside = case.pool.tasks[least[:, j, k] > 0]
        return Overload(case.pool.resource, inside, int(a[j]), int(b[k]), int(need[j, k]), int(room[j, k]))
    j, k = np.nonzero(slack < int((case.pool.demand * case.work).max()))
    if len(j) > _TIGHT:
        kept = np.argpartition(slack[j, k], _TIGHT)[:_TIGHT]
        j, k = j[kept], k[kept]
    return _move(state, case, w, least[:, j, k], slack[j, k], (a[j], b[k], wa[:, j], wb[:, k])) if len(j) else False


def _move(
    state: Propagation, case: _Case, w: _Worked, least: Ints, slack: Ints, at: tuple[Ints, Ints, Ints, Ints]
) -> bool:
    """Tasks that cannot do all they would in [a, b), starting early or ending late, do the rest outside."""
    a, b, wa, wb = at
    demand = case.pool.demand[:, None]
    room = slack[None, :] // demand + least      # floor((slack + demand * least) / demand)
    work = case.work[:, None]
    early = np.maximum(work - np.maximum(wa - w.es[:, None], 0), 0) - room     # the rest behind b
    late = np.maximum(work - np.maximum(w.le[:, None] - wb, 0), 0) - room      # the rest before a
    state.cells += 8 * early.size
    end = np.where(early > 0, b[None, :] + early, -1).max(axis=1)
    start = np.where(late > 0, a[None, :] - late, 1 << 60).min(axis=1)
    moved = state.end_after(case.pool.tasks, end, case.pool.resource)
    return state.start_by(case.pool.tasks, start, case.pool.resource) or moved


def _least(w: _Worked, case: _Case, wa: Ints, wb: Ints) -> Ints:
    """What each task does at least within each [a, b). Shape [user, a, b]."""
    shape = (-1, 1, 1)
    left: Ints = np.minimum(wb - wa, case.work.reshape(shape))
    np.minimum(left, w.ee.reshape(shape) - wa, out=left)
    np.minimum(left, wb - w.ls.reshape(shape), out=left)
    np.maximum(left, 0, out=left)
    return left


class _Worked:
    """Ticks that each user can work at before instants; plain instants where no user is ever kept from work."""

    def __init__(self, state: Propagation, case: _Case) -> None:
        self._which = state.closures.which[case.pool.tasks]
        self._time = state.closures.worktime if (self._which >= 0).any() else None
        self.es, self.ls, self.ee, self.le = (self._own(c) for c in (case.es, case.ls, case.ee, case.le))

    def _own(self, t: Ints) -> Ints:
        return t if self._time is None else self._time.worked(self._which, t)

    def before(self, at: Ints) -> Ints:
        """Shape [user, instant]."""
        users = len(self._which)
        if self._time is None:
            return np.broadcast_to(at, (users, len(at)))
        which = np.repeat(self._which, len(at))
        return self._time.worked(which, np.tile(at, users)).reshape(users, len(at))
