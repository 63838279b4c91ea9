"""Statements about several tasks that no schedule can keep."""

from __future__ import annotations

import numpy as np

from schedc.dsl.check_tasks import Case
from schedc.dsl.phrases import and_more, availability_of, labels_of
from schedc.models.amounts import amount_text
from schedc.models.bounds import Bounds, Conflict
from schedc.models.columns import Ints, distinct
from schedc.models.diagnostics import Label
from schedc.models.expressions import Point
from schedc.models.floor import Supply
from schedc.models.graph import Cycle, cycle
from schedc.models.model import Model
from schedc.models.points import Points
from schedc.models.profile import Steps
from schedc.models.source import NOWHERE
from schedc.models.statements import Exclusive, Order
from schedc.models.story import named, work_text

_MOST_USERS = 400       # up to here every interval between an earliest start and a latest end is tried
_LARGEST = float(1 << 61)


def check_lags(case: Case) -> None:
    """E216: a maximal lag below the minimal one. One diagnostic a statement."""
    for order in case.model.orders:
        rows = np.flatnonzero(order.lo > order.hi)
        if len(rows):
            lo, hi = (case.model.axis.span_text(int(column[rows[0]])) for column in (order.lo, order.hi))
            message = f"{_arrow(case.model, order, int(rows[0]))}: no lag is from {lo} to {hi}{and_more(len(rows))}"
            case.findings.error("E216", message, order.origin.span, fix=f"`after {hi} .. {lo}`")


def _arrow(model: Model, order: Order, row: int) -> str:
    ends = zip((order.first, order.second), (order.first_point, order.second_point), (Point.END, Point.START))
    words = []
    for tasks, point, usual in ends:
        name = model.task_name(int(tasks[row]))
        words.append(f"`{name}`" if point == usual else f"`{point.name.lower()}({name})`")
    return " -> ".join(words)


def find_cycle(points: Points) -> Cycle | None:
    """A cycle of arcs that each make the next task wait: no look at lags that give some of the wait back."""
    waiting = np.flatnonzero(points.weight > 0)
    found = cycle(points.nodes, points.first[waiting], points.second[waiting])
    return None if found is None else Cycle(found.nodes, waiting[found.arcs].tolist())


def tell_cycle(case: Case, conflict: Conflict) -> None:
    """E215: tasks that wait for each other in a circle, by name, with the orders that make them."""
    first, *others = labels_of(conflict.origins) or [Label(NOWHERE)]
    case.findings.error("E215", conflict.reason, first, *others)


def check_exclusives(case: Case, bounds: Bounds) -> None:
    """E218: tasks that must not overlap and cannot help it. One diagnostic a statement."""
    for statement in case.model.exclusives:
        if not _pairs(case, statement, bounds):
            _groups(case, statement, bounds)


def _pairs(case: Case, statement: Exclusive, bounds: Bounds) -> bool:
    """Two tasks of which neither can end before the other has to start."""
    model = case.model
    size = np.diff(statement.ptr)
    heads = statement.ptr[:-1][size == 2]
    a, b = statement.task[heads], statement.task[heads + 1]
    clash = (bounds.earliest_end[a] > bounds.latest_start[b]) & (bounds.earliest_end[b] > bounds.latest_start[a])
    rows = np.flatnonzero(clash & (model.shortest[a] > 0) & (model.shortest[b] > 0))
    if not len(rows):
        return False
    names = named(model, [int(a[rows[0]]), int(b[rows[0]])], 2, " and ")
    places = labels_of(model.task_family(int(t[rows[0]]))[0].origin for t in (a, b))
    message = f"{names} cannot help overlapping{and_more(len(rows), ' pairs')}"
    note = _when(model, bounds, (a, b), int(rows[0]))
    case.findings.error("E218", message, statement.origin.span, *places, note=note)
    return True


def _when(model: Model, bounds: Bounds, pair: tuple[Ints, Ints], row: int) -> str:
    text = model.axis.tick_text
    said = []
    for tasks in pair:
        t = int(tasks[row])
        start, end = text(int(bounds.latest_start[t])), text(int(bounds.earliest_end[t]))
        said.append(f"`{model.task_name(t)}` starts by {start} and ends no earlier than {end}")
    return ", ".join(said)


def _groups(case: Case, statement: Exclusive, bounds: Bounds) -> None:
    """More work in a group than the time from its first start to its last end."""
    if not len(statement.task) or not (np.diff(statement.ptr) > 0).any():
        return
    model, ptr = case.model, statement.ptr[:-1][np.diff(statement.ptr) > 0]
    work = np.add.reduceat(model.shortest[statement.task], ptr)
    first = np.minimum.reduceat(bounds.earliest_start[statement.task], ptr)
    last = np.maximum.reduceat(bounds.latest_end[statement.task], ptr)
    rows = np.flatnonzero(work > last - first)
    if len(rows):
        k, axis = rows[0], model.axis
        message = (
            f"the tasks work {axis.span_text(int(work[k]))} one after the other, and all must stand between "
            f"{axis.tick_text(int(first[k]))} and {axis.tick_text(int(last[k]))}{and_more(len(rows), ' groups')}"
        )
        case.findings.error("E218", message, statement.origin.span)


def check_energy(case: Case, bounds: Bounds) -> None:
    """E219: more work within some interval than a resource can do in it. One diagnostic a resource statement."""
    model, d = case.model, case.model.demands
    energy = d.amount * model.shortest[d.task]
    most = float(model.capacity.max(initial=0)) * (model.horizon + 1)
    if max(most, float((d.amount.astype(np.float64) * model.shortest[d.task]).sum())) > _LARGEST:
        return      # sums might not fit 64 bits
    begins = np.searchsorted(d.resource, np.arange(model.resource_count + 1)).tolist()
    for family in model.resources:
        for r in range(family.first, family.first + family.family.size):
            part = slice(begins[r], begins[r + 1])
            users = d.task[part][energy[part] > 0]
            nominal = Steps(np.zeros(1, dtype=np.int64), model.capacity[r : r + 1])
            supply = Supply(case.profiles.get(r, nominal), model.horizon)
            found = _overfull(supply, bounds, users, energy[part][energy[part] > 0])
            if found is not None:
                _tell_energy(case, r, found)
                break


def _overfull(supply: Supply, bounds: Bounds, users: Ints, energy: Ints) -> tuple[int, int, int, int] | None:
    """(from, to, work that must be done between, what there is), for an interval with too much work."""
    start, end = bounds.earliest_start[users], bounds.latest_end[users]
    last = distinct(end)[::-1] if len(users) <= _MOST_USERS else end.max(keepdims=True)
    order = np.argsort(-start, kind="stable")
    for to in last.tolist():
        inside = order[end[order] <= to]
        work, since = np.cumsum(energy[inside]), start[inside]
        room = supply.before(np.full(len(since), to)) - supply.before(since)
        over = np.flatnonzero(work > room)
        if len(over):
            k = over[-1]
            return int(since[k]), to, int(work[k]), int(room[k])
    return None


def _tell_energy(case: Case, r: int, found: tuple[int, int, int, int]) -> None:
    model, (since, to, work, room) = case.model, found
    axis = model.axis
    family, _ = model.resource_family(r)
    needs, has = work_text(model, r, work), work_text(model, r, room)
    message = (
        f"`{model.resource_name(r)}` has too much to do: tasks need {needs} of it between {axis.tick_text(since)} and "
        f"{axis.tick_text(to)}, and there is {has}"
    )
    capacity = Label(family.origin.span, f"capacity {amount_text(family, int(model.capacity[r]))}")
    users = [t.origin for t in model.tasks if any((u.resource == r).any() for u in t.uses)]
    end = [axis.origin] if to == model.horizon else []
    others = [*labels_of(availability_of(model, [r])), *labels_of(end, "the horizon"), *labels_of(users, "uses it")]
    case.findings.error("E219", message, capacity, *others)
