"""Tasks that may as well stand at their earliest place: where nothing asks when they are, only whether they are.

With these, an assignment has one 0/1 variable an option and no others: the pure assignment form. A task is one of them
if its length is fixed, no arrow and no `exclusive` names it, no condition and no goal asks for its start or end, and
every resource that it uses has room for all of its users at once, at every tick. A makespan may be asked for where it
is only pushed down. A task so moved breaks nothing, so no status and no optimum changes.
"""

from __future__ import annotations

import numpy as np

from schedc.models.columns import Flags
from schedc.models.expressions import Linear, Makespan, Point
from schedc.models.model import Model
from schedc.models.profile import capacity_profiles
from schedc.models.walk import Node, post_order


def timeless(model: Model) -> Flags:
    """Which tasks those are."""
    free: Flags = model.shortest == model.longest
    if _wants_late(model):
        return np.zeros(model.task_count, dtype=np.bool_)
    for order in model.orders:
        free[order.first] = free[order.second] = False
    for exclusive in model.exclusives:
        free[exclusive.task] = False
    for root in _roots(model):
        for node in post_order(root):
            if isinstance(node, Linear):
                free[node.task[np.isin(node.point, (Point.START, Point.END))]] = False
    task, resource, _ = model.demands
    free[task[~_roomy(model)[resource]]] = False
    return free


def _roots(model: Model) -> list[Node]:
    return [*(r.condition for r in model.requires), *(s.value for s in model.objective)]


def _wants_late(model: Model) -> bool:
    """Whether a makespan stands anywhere but as a goal to be made small."""
    goals = [s for s in model.objective if not (isinstance(s.value, Makespan) and s.sense == "minimize")]
    roots: list[Node] = [*(r.condition for r in model.requires), *(s.value for s in goals)]
    return any(isinstance(node, Makespan) for root in roots for node in post_order(root))


def _roomy(model: Model) -> Flags:
    """Resources that hold all of their users at once whenever any one of them may be there."""
    _, resource, amount = model.demands
    total = np.bincount(resource, weights=amount, minlength=model.resource_count)
    roomy: Flags = total <= model.capacity
    roomy[list(capacity_profiles(model))] = False
    return roomy
