"""Task graphs in JSON: workflows on identical cores, and tasks whose time depends on the machine.

- ``tasks`` [[runtime in seconds, cores], ..] and ``edges`` [[from, to, bytes], ..]: a condensed workflow, tasks from 0.
- ``workflow`` {``specification`` {``tasks`` [{id, parents}, ..]}, ``execution`` {``tasks`` [{id, runtimeInSeconds,
  coreCount}, ..]}}: WfCommons' own format (from 1.5 on).
- ``computation_cost`` [[time on machine 1, ..], ..] and ``edges`` [[from, to, delay between machines], ..]: HEFT's
  problem, tasks from 0; so are the job files that soc.py reads.

Workflows are stated on 8 identical cores, with runtimes rounded to milliseconds and transfers that take no time:
S_j >= S_i + p_i, at most 8 cores busy at a time, minimise the latest end. For HEFT's problem see graphs.py.
"""

from __future__ import annotations

import re
from typing import NamedTuple

import numpy as np

from schedc.dsl.importers import parts
from schedc.dsl.importers.draft import Draft, Sheet
from schedc.dsl.importers.graphs import Costs, costs_draft
from schedc.dsl.importers.jsondata import Part, parsed
from schedc.dsl.importers.numbers import MOST
from schedc.dsl.importers.soc import soc_draft
from schedc.models.columns import Ints, ints

CORES = 8


class Workflow(NamedTuple):
    """ids[n], ms[n]: milliseconds, cores[n]; edges[m, 2]: from, to, as places in these lists."""

    ids: Ints | list[str]
    ms: Ints
    cores: Ints
    edges: Ints


def graph_draft(title: str, file: str, text: str) -> Draft:
    """The model of a task graph; what the file holds tells which. Raises MalformedError."""
    if not re.match(r"\s*\{", text):
        return soc_draft(title, file, text)
    data = parsed(file, text)
    if "computation_cost" in data:
        return costs_draft(title, _costs(data))
    return _draft(title, _traced(data.of("workflow")) if "workflow" in data else _condensed(data))


def _condensed(data: Part) -> Workflow:
    rows = [row.items(2) for row in _some(data.of("tasks"))]
    ms = ints(_milliseconds(runtime) for runtime, _ in rows)
    return Workflow(parts.counted(len(rows), 0), ms, ints(c.whole() for _, c in rows), _edges(data, len(rows))[:, :2])


def _traced(workflow: Part) -> Workflow:
    tasks = _some(workflow.of("specification").of("tasks"))
    ids = [task.of("id").text() for task in tasks]
    place = {name: i for i, name in enumerate(ids)}
    if len(place) < len(ids):
        twice = next(i for i, name in enumerate(ids) if place[name] != i)
        raise tasks[twice].of("id").wrong(f"is `{ids[twice]}`, as that of a later task")
    runs = {run.of("id").text(): run for run in workflow.of("execution").of("tasks").items()}
    missing = next((i for i, name in enumerate(ids) if name not in runs), None)
    if missing is not None:
        raise tasks[missing].of("id").wrong(f"is `{ids[missing]}`, of which no execution is told")
    edges = []
    for j, task in enumerate(tasks):
        for parent in task.of("parents").items():
            if parent.text() not in place:
                raise parent.wrong("is no task's id")
            edges.append((place[parent.text()], j))
    ms = ints(_milliseconds(runs[name].of("runtimeInSeconds")) for name in ids)
    cores = ints(runs[name].of("coreCount").whole() if "coreCount" in runs[name] else 1 for name in ids)
    return Workflow(ids, ms, cores, np.array(edges, dtype=np.int64).reshape(-1, 2))


def _costs(data: Part) -> Costs:
    rows = _some(data.of("computation_cost"))
    width = len(_some(rows[0]))
    time = ints(value.whole() for row in rows for value in row.items(width)).reshape(len(rows), width)
    return Costs(time, np.ones(width, dtype=np.int64), _edges(data, len(rows)))


def _some(part: Part) -> list[Part]:
    found = part.items()
    if not found:
        raise part.wrong("is empty")
    return found


def _milliseconds(part: Part) -> int:
    return round(1000 * part.number(MOST // 1000))


def _edges(data: Part, n: int) -> Ints:
    """edges[m, 3]: from, to, and bytes or delay."""
    rows = data.of("edges").items()
    found = ints(value.whole() for row in rows for value in row.items(3)).reshape(-1, 3)
    bad = np.flatnonzero((found[:, :2] >= n).any(axis=1))
    if len(bad):
        i, j = found[bad[0], :2].tolist()
        raise rows[int(bad[0])].wrong(f"joins tasks {i} and {j}, of tasks 0 to {n - 1}")
    return found


def _draft(title: str, flow: Workflow) -> Draft:
    widest = max(CORES, int(flow.cores.max()))
    single = bool((flow.cores == 1).all())
    columns = {"id": flow.ids, "ms": flow.ms} | ({} if single else {"cores": flow.cores})
    remark = (
        f"{len(flow.ms)} tasks, {parts.distinct(flow.edges)} edges, {widest} identical cores\n"
        "a tick is a millisecond; transfers take no time"
    )
    machine = parts.Part((), (f"param cores = {widest}", "resource machine[i in 1 .. 1] capacity cores"))
    task = f"task `task`[t in tasks] lasts t.ms uses machine[1]{'' if single else ' t.cores'}"
    tasks = parts.Part((Sheet("tasks", columns, ("id",)),), (task,))
    return parts.join(title, remark, machine, tasks, _order(flow), parts.GOAL)


def _order(flow: Workflow) -> parts.Part:
    if not len(flow.edges):
        return parts.Part()
    first, second = np.unique(flow.edges, axis=0).T
    ends = {"i": first, "j": second} if isinstance(flow.ids, np.ndarray) else {
        "i": [flow.ids[k] for k in first.tolist()], "j": [flow.ids[k] for k in second.tolist()]
    }
    sheet = Sheet("edges", ends, types={"i": "tasks", "j": "tasks"})
    return parts.Part((sheet,), ("order `task`[e.i] -> `task`[e.j] for e in edges",))
