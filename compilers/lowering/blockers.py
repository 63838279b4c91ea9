"""Times of less capacity as tasks that stand there.

Source: availability. Targets: tasks, capacity, extreme. For a resource of nominal capacity C and a maximal span [a, b)
at which its capacity is k < C, a task that is fixed at [a, b) and demands C - k of it: the others have k left then. A
task that demands more than k cannot be there, as before, and one of length 0 can. A span at which k suffices for all
demands together needs no such task. The makespan is written out over the author's tasks first, so that these do not
count.

A task that pauses would have its calendar changed: those are lowered before.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from schedc.compilers.constructs import Construct, used
from schedc.compilers.lowering import makespan
from schedc.compilers.lowering.base import Lowering, Refusal, Rewrite
from schedc.compilers.lowering.extend import extended
from schedc.models.columns import Family, Ints, ints
from schedc.models.model import Model
from schedc.models.profile import capacity_profiles
from schedc.models.source import Origin
from schedc.models.statements import Tasks, Uses


@dataclass(frozen=True, eq=False)
class _Dips:
    """Where a resource has less than its capacity: [lo[i], hi[i]) lacks[i]."""

    resource: int
    lo: Ints
    hi: Ints
    lacks: Ints


def _dips(model: Model) -> list[_Dips]:
    demand = np.zeros(model.resource_count, dtype=np.int64)
    np.add.at(demand, model.demands.resource, model.demands.amount)
    found = []
    for r, steps in capacity_profiles(model).items():
        nominal = int(model.capacity[r])
        edges = np.r_[steps.at, model.horizon]
        low = np.flatnonzero((steps.capacity < nominal) & (steps.capacity < demand[r]))
        if len(low):
            found.append(_Dips(r, edges[low], edges[low + 1], nominal - steps.capacity[low]))
    return found


def _to_blockers(model: Model) -> Rewrite:
    model = makespan.lowered(model)
    families, first = [], model.task_count
    for dips in _dips(model):
        families.append(_blockers(model, dips, first))
        first += len(dips.lo)
    return extended(model, tuple(families), availability=())


def _blockers(model: Model, dips: _Dips, first: int) -> Tasks:
    n, origin = len(dips.lo), _origin(model, dips.resource)
    family = Family(f"{origin.what} of {model.resource_name(dips.resource)}", n, (np.arange(n),))
    uses = Uses(origin, np.arange(n), ints([dips.resource] * n), dips.lacks)
    size = dips.hi - dips.lo
    return Tasks(origin, family, first, size, size, dips.lo, dips.hi, uses=(uses,))


def _origin(model: Model, resource: int) -> Origin:
    return next(a.origin for a in model.availability if (a.resource == resource).any())


def _adds(model: Model, more: int) -> Mapping[Construct, int]:
    rows = sum(len(dips.lo) for dips in _dips(model)) + more
    extreme = 1 if Construct.MAKESPAN in used(model) else 0
    return {Construct.TASKS: rows, Construct.CAPACITY: rows, Construct.EXTREME: extreme}


def _refuses(model: Model) -> list[Refusal]:
    return [Refusal(site, "the tasks pause") for site in used(model).get(Construct.PAUSES, ())]


BLOCKERS = Lowering(
    "availability as fixed tasks", Construct.AVAILABILITY,
    frozenset({Construct.TASKS, Construct.CAPACITY, Construct.EXTREME}),
    "a task at every span of less capacity holds what is missing", _adds, _to_blockers, _refuses,
    not_beside=frozenset({Construct.MODES, Construct.MEMBERS, Construct.PARTS}),
)
