"""Uses of contiguous resources: where they may stand, their numbers, and the highest address in use.

peak(r) = max over the users with a length of address + amount, 0 where there is none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from schedc.dsl import forms, tree
from schedc.dsl.faults import Fault
from schedc.dsl.forms import Form
from schedc.dsl.resources import ResourceDraft, scale
from schedc.dsl.space import Space
from schedc.dsl.units import UNITS
from schedc.dsl.values import spread
from schedc.dsl.world import World
from schedc.models.columns import Ints, ragged
from schedc.models.diagnostics import Label
from schedc.models.expressions import Compare, Extreme, Linear, Operator, Point

if TYPE_CHECKING:
    from schedc.dsl.demands import Holder
    from schedc.dsl.loads import Users


def guard_address(world: World, draft: Holder, demand: tree.Demand, resource: ResourceDraft) -> None:
    """Fault E317 where a use of a contiguous resource cannot stand."""
    from schedc.dsl.tasks import TaskDraft

    assert resource.contiguous is not None
    why = ""
    if demand.count is not None:
        why = "chosen members have no address"
    elif demand.during or demand.growing:
        why = "a use keeps one address and one amount from start to end"
    elif not isinstance(draft, TaskDraft):
        why = "an address does not depend on a mode"
    elif draft.pausable or draft.split is not None:
        why = "a task that is interrupted cannot keep its address"
    if why:
        raise Fault("E317", f"`{resource.rows.name}` is contiguous: {why}", demand.span,
                    Label(resource.contiguous.span, "here"))


def guard_once(world: World, draft: Holder, row: Ints, resource: Ints, demand: tree.Demand) -> None:
    """Fault E316 for a second use of one contiguous resource by one task."""
    known = [(u.row, u.resource, u.origin) for u in draft.uses]
    pairs = list(zip(row.tolist(), resource.tolist()))
    if len(set(pairs)) < len(pairs):
        raise Fault("E316", f"a task uses `{demand.ref.name}` twice, which is contiguous", demand.span,
                    fix="write one use of all that it needs")
    for rows, numbers, origin in known:
        if set(pairs) & set(zip(rows.tolist(), numbers.tolist())):
            raise Fault("E316", f"a task uses `{demand.ref.name}` twice, which is contiguous", demand.span,
                        Label(origin.span, "first here"), fix="write one use of all that it needs")


def _numbers(world: World) -> tuple[Ints, Ints]:
    """The (resource, task) of every use that has an address, in order of its number."""
    spans = [(r.first, r.first + r.rows.space.rows) for r in world.resources.values() if r.contiguous is not None]
    none = np.zeros(0, dtype=np.int64)
    found = [none], [none]
    for draft in world.drafts.values():
        for u in draft.uses:
            for lo, hi in spans:
                mine = (u.resource >= lo) & (u.resource < hi)
                found[0].append(u.resource[mine])
                found[1].append(draft.first + u.row[mine])
    resource, task = (np.concatenate(c) for c in found)
    order = np.lexsort((task, resource))
    return resource[order], task[order]


def highest_form(world: World, draft: ResourceDraft, users: Users, row: Ints, space: Space) -> Form:
    """`peak(r)` of a contiguous resource in each row of a space; row: the number of the resource."""
    scale(world, draft)
    size = world.base_size(UNITS[draft.unit].size, users.kind.dims) if draft.unit else 1
    step = draft.scale * size      # what 1 of an address stands for
    resource, task = _numbers(world)
    lo, hi = (np.searchsorted(resource, row, side=side) for side in ("left", "right"))
    owner, number = np.repeat(np.arange(space.rows, dtype=np.int64), hi - lo), ragged(lo, hi)
    n, every = len(number), np.arange(len(number), dtype=np.int64)
    amount = _amounts(world, users, resource[number], task[number], step.numerator, step.denominator)
    child = Linear(amount, every, np.full(n, int(Point.ADDRESS)), number, np.ones(n, dtype=np.int64))
    ones = np.ones(n, dtype=np.int64)
    long = Linear(-ones, every, np.full(n, int(Point.LENGTH)), task[number], ones)
    node = Extreme("max", space.rows, owner, child, every, Compare(Operator.GE, long))
    rows = np.arange(space.rows, dtype=np.int64)
    found = forms.node(users.kind, space.rows, node, rows, rows, np.asarray(1, dtype=np.int64))
    return forms.scaled(found, np.asarray(step.numerator), np.asarray(step.denominator))


def _amounts(world: World, users: Users, resource: Ints, task: Ints, top: int, bottom: int) -> Ints:
    """The amounts of these uses, in steps of top / bottom."""
    order = np.lexsort((users.task, users.resource))
    keys = users.resource[order], users.task[order]
    size = int(max(task.max(initial=0), users.task.max(initial=0))) + 1
    at = order[np.searchsorted(keys[0] * size + keys[1], resource * size + task)]
    num, den = spread(users.num, len(users.resource))[at], spread(users.den, len(users.resource))[at]
    return np.asarray(num * bottom // (den * top))
