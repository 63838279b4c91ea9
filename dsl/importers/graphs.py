"""Task graphs on different machines: a task's time depends on its machine, an edge delays only between two machines."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from schedc.dsl.importers import parts
from schedc.dsl.importers.draft import Draft, Sheet
from schedc.models.columns import Ints


class Costs(NamedTuple):
    """time[n, m]: of task i on machine k, -1 where it cannot run there; capacity[m].

    edges[e, 3]: from, to (both from 0), and the delay where the two run on different machines.
    """

    time: Ints
    capacity: Ints
    edges: Ints


def costs_draft(title: str, costs: Costs, more: str = "") -> Draft:
    """The model of a task graph on different machines. more: a further line of the remark."""
    n, m = costs.time.shape
    remark = f"{n} tasks, {m} machines, {len(costs.edges)} edges with a delay between different machines{more}"
    return parts.join(title, remark, _machines(costs.capacity), _tasks(costs.time), _order(costs.edges), parts.GOAL)


def _machines(capacity: Ints) -> parts.Part:
    if (capacity == 1).all():
        return parts.Part((), (f"resource machine[m in 1 .. {len(capacity)}]",))
    sheet = Sheet("machines", {"m": parts.counted(len(capacity)), "capacity": capacity}, ("m",))
    return parts.Part((sheet,), ("resource machine[m in machines] capacity m.capacity",))


def _tasks(time: Ints) -> parts.Part:
    n, m = time.shape
    task, machine = np.indices((n, m))
    values = time.ravel()
    able = values >= 0
    cells = values if able.all() else [str(v) if v >= 0 else "" for v in values.tolist()]
    where = "" if able.all() else " where cost[t, m].time != none"
    types = {"t": "tasks", "time": "int"}
    tasks = Sheet("tasks", {"id": parts.counted(n, 0)}, ("id",))
    cost = Sheet("cost", {"t": task.ravel(), "m": machine.ravel() + 1, "time": cells}, ("t", "m"), types)
    place = f"mode place[m in 1 .. {m}{where}] {{ lasts cost[t, m].time uses machine[m] }}"
    return parts.Part((tasks, cost), (f"task `task`[t in tasks] {place}",))


def _order(edges: Ints) -> parts.Part:
    if not len(edges):
        return parts.Part()
    columns = {"i": edges[:, 0], "j": edges[:, 1], "delay": edges[:, 2]}
    sheet = Sheet("edges", columns, types={"i": "tasks", "j": "tasks"})
    lag = "e.delay * (on(`task`[e.i]) != on(`task`[e.j]))"
    return parts.Part((sheet,), (f"order `task`[e.i] -> `task`[e.j] after {lag} for e in edges",))
