"""A model of ours as PyJobShop's data: what both can say of tasks, modes, resources, orders and goals.

The translation reads columns, so building it counts no parsing. PyJobShop has no choice of several members, no levels
that rise and no states over several machines: `NotThereError` says which construct stands in the way.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise
from typing import Any

import numpy as np

from schedc.models.changes import changing
from schedc.models.columns import UNLIMITED
from schedc.models.expressions import Extreme, IntExpr, Linear, Makespan, Point
from schedc.models.model import Model
from schedc.models.statements import Order

_ADD = {Point.START: "start", Point.END: "end"}


class NotThereError(Exception):
    """PyJobShop cannot say this."""


def pyjobshop_model(model: Model) -> Any:
    """The model with PyJobShop's own calls. Raises NotThereError."""
    from pyjobshop import Model as Theirs

    if len(model.picks.wanted) or any(t.optional or t.pausable for t in model.tasks) or model.requires:
        raise NotThereError("chosen members, optional or pausable tasks, requirements")
    if (model.shortest != model.longest)[_without_modes(model)].any():
        raise NotThereError("variable lengths")
    theirs = Theirs()
    holders = _resources(model, theirs)
    tasks = _tasks(model, theirs)
    _modes(model, theirs, tasks, holders)
    for order in model.orders:
        _order(order, theirs, tasks)
    machines = {t: holders[r] for t, r in zip(*(c.tolist() for c in model.demands[:2]))}
    for p in model.permutations:
        for a, b in pairwise(p.ptr.tolist()):
            first, second = p.first[a:b].tolist(), p.second[a:b].tolist()
            theirs.add_same_sequence(
                machines[first[0]], machines[second[0]], [tasks[t] for t in first], [tasks[t] for t in second]
            )
    _changes(model, theirs, tasks, holders)
    return theirs


def _without_modes(model: Model) -> list[int]:
    return sorted(set(range(model.task_count)) - set(model.options.task.tolist()))


def _resources(model: Model, theirs: Any) -> list[Any]:
    """Machines where one task at a time fits and asks for one unit, else renewables; a machine a group beside them."""
    if model.availability:
        raise NotThereError("calendars")
    most = [0] * model.resource_count
    for column in (model.demands, model.option_demands):
        for r, q in zip(column.resource.tolist(), column.amount.tolist()):
            most[r] = max(most[r], q)
    return [
        theirs.add_machine() if c == 1 and q <= 1 else theirs.add_renewable(c)
        for c, q in zip(model.capacity.tolist(), most)
    ]


def _tasks(model: Model, theirs: Any) -> list[Any]:
    goal = model.objective[0].value if model.objective else Makespan()
    due = {} if isinstance(goal, Makespan) else _dues(goal)
    jobs: dict[int, Any] = {}
    for t, (weight, date) in due.items():
        jobs[t] = theirs.add_job(weight=weight, due_date=date)
    if not isinstance(goal, Makespan):
        late = any(date for _, date in due.values())
        theirs.set_objective(**({"weight_total_tardiness": 1} if late else {"weight_total_flow_time": 1}))
    dates = zip(model.release.tolist(), model.deadline.tolist())
    return [
        theirs.add_task(
            job=jobs.get(t), earliest_start=release, **({"latest_end": deadline} if deadline < model.horizon else {})
        )
        for t, (release, deadline) in enumerate(dates)
    ]


def _dues(goal: IntExpr) -> dict[int, tuple[int, int]]:
    """(weight, due date) by task of a sum of w max(0, end - d), or of w end with d = 0."""
    found: dict[int, tuple[int, int]] = {}
    if not isinstance(goal, Linear):
        raise NotThereError("this goal")
    for point, task, coef in zip(goal.point.tolist(), goal.task.tolist(), goal.coef.tolist()):
        if point != Point.END or coef <= 0 or task in found:
            raise NotThereError("this goal")
        found[task] = coef, 0
    for part in goal.parts:
        for child_row, coef in zip(part.child_row.tolist(), part.coef.tolist()):
            found.update(_late(part.child, child_row, coef, found))
    return found


def _late(node: IntExpr, row: int, weight: int, known: dict[int, Any]) -> dict[int, tuple[int, int]]:
    if isinstance(node, Linear) and len(node.parts) == 1 and not len(node.row) and not node.const.any():
        part = node.parts[0]
        at = part.row.tolist().index(row)
        return _late(part.child, int(part.child_row[at]), weight * int(part.coef[at]), known)
    if not isinstance(node, Extreme) or node.op != "max" or not isinstance(node.child, Linear) or weight < 0:
        raise NotThereError("this goal")
    rows = node.child_row[node.row == row].tolist()
    terms = [(k, i) for i, k in enumerate(node.child.row.tolist()) if k in rows]
    if len(terms) != 1 or len(rows) != 2:
        raise NotThereError("this goal")
    at, place = terms[0]
    task, point, coef = (int(c[place]) for c in (node.child.task, node.child.point, node.child.coef))
    if point != Point.END or coef != 1 or task in known:
        raise NotThereError("this goal")
    return {task: (weight, -int(node.child.const[at]))}


def _modes(model: Model, theirs: Any, tasks: list[Any], holders: list[Any]) -> None:
    always: dict[int, list[tuple[Any, int]]] = defaultdict(list)
    own: dict[int, list[tuple[Any, int]]] = defaultdict(list)
    for t, r, q in zip(*(c.tolist() for c in model.demands)):
        always[t].append((holders[r], q))
    for e in model.exclusives:
        for a, b in pairwise(e.ptr.tolist()):
            machine = theirs.add_machine()
            for t in e.task[a:b].tolist():
                always[t].append((machine, 1))
    for k, r, q in zip(*(c.tolist() for c in model.option_demands)):
        own[k].append((holders[r], q))
    _budgets(model, theirs, own)
    lasting = list(zip(model.options.task.tolist(), model.options.shortest.tolist()))
    for t in _without_modes(model):
        _mode(theirs, tasks[t], int(model.shortest[t]), always[t])
    for k, (t, length) in enumerate(lasting):
        _mode(theirs, tasks[t], length, always[t] + own[k])


def _mode(theirs: Any, task: Any, length: int, held: list[tuple[Any, int]]) -> None:
    held = held if length else [(r, q) for r, q in held if type(r).__name__ == "Consumable"]
    theirs.add_mode(task, [r for r, _ in held], length, [0 if type(r).__name__ == "Machine" else q for r, q in held])


def _budgets(model: Model, theirs: Any, own: dict[int, list[tuple[Any, int]]]) -> None:
    """Stocks from which modes only take, without an end to it: consumables."""
    events = model.stock_events
    stocks: dict[int, Any] = {}
    for s in model.stocks:
        for k in range(s.family.size):
            stocks[s.first + k] = theirs.add_consumable(int(s.starts[k] - s.lowest[k]))
    for stock, amount, option in zip(events.stock.tolist(), events.amount.tolist(), events.option.tolist()):
        if amount > 0 or option < 0:
            raise NotThereError("stocks that rise, or change whatever is chosen")
        own[option].append((stocks[stock], -amount))


def _order(order: Order, theirs: Any, tasks: list[Any]) -> None:
    if order.extra is not None:
        raise NotThereError("lags by choice")
    a, b = _ADD[order.first_point], _ADD[order.second_point]
    forth, back = getattr(theirs, f"add_{a}_before_{b}"), getattr(theirs, f"add_{b}_before_{a}")
    for i, j, lo, hi in zip(*(c.tolist() for c in (order.first, order.second, order.lo, order.hi))):
        if lo > -UNLIMITED:
            forth(tasks[i], tasks[j], delay=lo)
        if hi < UNLIMITED:
            back(tasks[j], tasks[i], delay=-hi)


def _changes(model: Model, theirs: Any, tasks: list[Any], holders: list[Any]) -> None:
    """Set-ups between any two uses of a machine; there is none before the first use."""
    stays = model.stays
    for r, row, _, change in changing(model):
        if change.starts[row] >= 0:
            raise NotThereError("a first set-up")
        mine = stays.resource == r
        users, state = stays.task[mine].tolist(), stays.state[mine]
        for a, own in zip(users, state):
            between = change.between(np.full(len(users), row), np.full(len(users), own), state)
            for b, needed in zip(users, between.tolist()):
                if a != b and needed:
                    theirs.add_setup_time(holders[r], tasks[a], tasks[b], needed)
