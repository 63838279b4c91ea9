"""What a goal asks of single tasks: weights and due dates, read off its expression.

A goal is followed from its root down to the terms over starts and ends. Where it grows with the end of task j by w_j
for each tick beyond d_j, (w_j, d_j) is the task's pull; sums add weights, the operands of a maximum are taken one by
one. Pulls steer priority rules and nothing else, so what is not understood may be left out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from schedc.compilers.construct.instance import Instance
from schedc.compilers.construct.rules import Keys
from schedc.compilers.construct.serial import Links
from schedc.models.expressions import Absolute, Compare, Extreme, Guarded, Indicator, IntExpr, Linear, Point, Truth
from schedc.models.model import Model

_ROUNDS = 64        # nodes below one another at most
_LOOKS = (0.5, 1.0, 2.0, 4.0)       # look-ahead parameters of the apparent tardiness cost
_MOST = 3000        # tasks up to which that rule, quadratic in them, is asked


@dataclass(frozen=True, eq=False)
class Pulls:
    """By task: weight w >= 0 and due date d of its end; w = 0 where nothing pulls."""

    weight: Keys
    due: Keys

    @property
    def some(self) -> bool:
        """Whether any task is pulled."""
        return bool((self.weight > 0).any())


def pulls_of(model: Model) -> Pulls:
    """The pulls of the first goal."""
    weight, due = np.zeros(model.task_count), np.full(model.task_count, float(model.horizon))
    found = Pulls(weight, due)
    if model.objective:
        goal = model.objective[0]
        _follow(goal.value, np.array([1.0 if goal.sense == "minimize" else -1.0]), model, found, _ROUNDS)
    return found


def _follow(node: IntExpr | Truth, weight: Keys, model: Model, found: Pulls, rounds: int) -> None:
    """Add what a node brings whose rows count `weight`."""
    if rounds == 0 or not weight.any():
        return
    match node:
        case Linear():
            _linear(node, weight, model, found)
            for part in node.parts:
                below = np.zeros(part.child.rows)
                np.add.at(below, part.child_row, weight[part.row] * part.coef)
                _follow(part.child, below, model, found, rounds - 1)
        case Extreme():
            below = np.zeros(node.child.rows)
            np.add.at(below, node.child_row, weight[node.row])
            _follow(node.child, below, model, found, rounds - 1)
        case Guarded() | Absolute() | Indicator():
            _follow(node.child, weight, model, found, rounds - 1)
        case Compare():
            _follow(node.left, weight if node.op in (">", ">=") else -weight, model, found, rounds - 1)


def _linear(node: Linear, weight: Keys, model: Model, found: Pulls) -> None:
    gain = weight[node.row] * node.coef
    use = (gain > 0) & (node.coef != 0) & np.isin(node.point, (Point.START, Point.END))
    task, coef, row = node.task[use], node.coef[use], node.row[use]
    begins = node.point[use] == Point.START
    due = -node.const[row] / coef + np.where(begins, model.shortest[task], 0)
    np.add.at(found.weight, task, gain[use])
    np.minimum.at(found.due, task, np.maximum(due, 0))


def inherited(pulls: Pulls, instance: Instance, links: Links) -> Pulls:
    """Tasks take on what pulls those that follow them: the sum of weights, the least due date less the way to it."""
    weight, due = pulls.weight.tolist(), pulls.due.tolist()
    for task in reversed(links.in_order()):
        for successor in links.after[task]:
            if weight[successor] > 0:
                weight[task] = weight[task] + weight[successor] / max(1, len(links.into[successor]))
                due[task] = min(due[task], due[successor] - instance.length[successor])
    return Pulls(np.array(weight), np.array(due))


def pulled_rules(pulls: Pulls, instance: Instance) -> list[Keys]:
    """Earliest due date; greatest weight by length; apparent tardiness cost (Vepsalainen and Morton 1987)."""
    length = np.maximum(np.array(instance.length, dtype=np.float64), 1e-3)
    least = 1e-9 * max(1.0, float(pulls.weight.max(initial=0)))
    keys = [pulls.due - length * 1e-3, length / (pulls.weight + least), pulls.due - length]
    if len(length) <= _MOST:
        pace = _pace(instance)
        keys += [_apparent(pulls, length, pace, look) for look in _LOOKS]
    return keys


def _pace(instance: Instance) -> float:
    """How fast time passes on the busiest resource, by tick of work."""
    work = [0.0] * len(instance.profiles)
    for length, needs in zip(instance.length, instance.needs):
        for need in needs:
            work[need.where] += length * need.demand / max(1, max(instance.profiles[need.where][1]))
    return max(work, default=0.0) / max(1, sum(instance.length)) or 1.0


def _apparent(pulls: Pulls, length: Keys, pace: float, look: float) -> Keys:
    """Ranks in a list from which the task of greatest w/p exp(-slack / (k mean p)) is taken again and again."""
    count = len(length)
    keys, left = np.zeros(count), np.ones(count, dtype=np.bool_)
    worth = (pulls.weight + 1e-9) / length
    scale, now = look * float(length.mean()), 0.0
    for rank in range(count):
        slack = np.maximum(pulls.due - length - now, 0.0)
        index = np.where(left, np.log(worth) - slack / scale, -np.inf)
        task = int(index.argmax())
        keys[task], left[task] = rank, False
        now += length[task] * pace
    return keys
