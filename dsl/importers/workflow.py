"""Task graphs: workflows on identical cores, and tasks whose time depends on the machine, with delays between machines.

JSON with ``tasks`` [[runtime in seconds, cores], ..] and ``edges`` [[from, to, bytes], ..] (WfCommons, condensed) is
stated on 8 identical cores, with runtimes rounded to milliseconds and transfers that take no time. JSON with
``computation_cost`` [[time on machine 1, ..], ..] and ``edges`` [[from, to, delay between machines], ..] is HEFT's
problem; so are the job files that soc.py reads. Tasks count from 0.

Mathematics: S_j >= S_i + p_i(m_i) + c_ij [m_i != m_j] for edges (i, j); a machine does one task at a time; minimise the
latest end.
"""

from __future__ import annotations

import json

import numpy as np

from schedc.dsl.importers import parts
from schedc.dsl.importers.draft import Draft, Sheet
from schedc.dsl.importers.graphs import Costs, costs_draft
from schedc.dsl.importers.numbers import MOST, MalformedError, place
from schedc.dsl.importers.soc import soc_draft
from schedc.models.columns import Ints
from schedc.models.source import Span

CORES = 8
_DEEPEST = 100


def graph_draft(title: str, file: str, text: str) -> Draft:
    """The model of a task graph; what the file holds tells which. Raises MalformedError."""
    if not text.lstrip().startswith("{"):
        return soc_draft(title, file, text)
    graph = Graph(file, _parsed(file, text))
    if "computation_cost" in graph.data:
        return costs_draft(title, graph.costs())
    return _workflow(title, *graph.tasks())


def _parsed(file: str, text: str) -> dict[str, object]:
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        cut = not text[error.pos :].strip()
        at = min(error.pos, max(len(text.rstrip()) - 1, 0))
        message = "the text ends within the JSON" if cut else f"no JSON here: {error.msg[:1].lower()}{error.msg[1:]}"
        raise MalformedError("E144" if cut else "E143", message, place(file, text, at, at + 1)) from None
    except (RecursionError, ValueError):
        raise MalformedError("E143", "the JSON is too deep or has absurd numbers", _top(file)) from None
    assert isinstance(data, dict)
    return data


class Graph:
    """A JSON object that holds a task graph. Its methods raise MalformedError."""

    def __init__(self, file: str, data: dict[str, object]) -> None:
        self.file, self.data = file, data

    def tasks(self) -> tuple[Ints, Ints, Ints]:
        """Milliseconds and cores of each task, and edges[m, 2]."""
        rows = self._rows("tasks", 2)
        ms = [round(1000 * self._number(row[0], f"tasks[{i}][0]")) for i, row in enumerate(rows)]
        cores = [self._count(row[1], f"tasks[{i}][1]") for i, row in enumerate(rows)]
        return np.array(ms, dtype=np.int64), np.array(cores, dtype=np.int64), self._edges(len(rows))[:, :2]

    def costs(self) -> Costs:
        """Times on machines and delays between them."""
        rows = self._list(self.data["computation_cost"], "computation_cost")
        if not rows:
            raise self._wrong("`computation_cost` is empty")
        width = len(self._list(rows[0], "computation_cost[0]"))
        times = [self._times(row, f"computation_cost[{i}]", width) for i, row in enumerate(rows)]
        time = np.array(times, dtype=np.int64).reshape(len(rows), width)
        return Costs(time, np.ones(width, dtype=np.int64), self._edges(len(rows)))

    def _times(self, row: object, where: str, width: int) -> list[int]:
        values = self._list(row, where)
        if len(values) != width or not width:
            raise self._wrong(f"`{where}` has {len(values)} times, where the first task has {width}")
        return [self._count(value, f"{where}[{m}]") for m, value in enumerate(values)]

    def _edges(self, n: int) -> Ints:
        """edges[m, 3]: from, to, and bytes or delay."""
        rows = self._rows("edges", 3)
        edges = [[self._count(value, f"edges[{k}][{c}]") for c, value in enumerate(row)] for k, row in enumerate(rows)]
        found = np.array(edges, dtype=np.int64).reshape(-1, 3)
        bad = np.flatnonzero((found[:, :2] >= n).any(axis=1))
        if len(bad):
            raise self._wrong(f"`edges[{bad[0]}]` joins tasks {rows[int(bad[0])][:2]}, of tasks 0 to {n - 1}")
        return found

    def _rows(self, name: str, width: int) -> list[list[object]]:
        if name not in self.data:
            raise MalformedError("E144", f"the object has no `{name}`", _top(self.file))
        rows = [self._list(row, f"{name}[{i}]") for i, row in enumerate(self._list(self.data[name], name))]
        if not rows and name != "edges":
            raise self._wrong(f"`{name}` is empty")
        odd = next((i for i, row in enumerate(rows) if len(row) != width), None)
        if odd is not None:
            raise self._wrong(f"`{name}[{odd}]` has {len(rows[odd])} entries, not {width}")
        return rows

    def _list(self, value: object, where: str) -> list[object]:
        if not isinstance(value, list):
            raise self._wrong(f"`{where}` is no list")
        return value

    def _number(self, value: object, where: str) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= MOST / 1000:
            raise self._wrong(f"`{where}` is no number between 0 and {MOST // 1000}")
        return value

    def _count(self, value: object, where: str) -> int:
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= MOST:
            raise self._wrong(f"`{where}` is no number between 0 and {MOST}")
        if value != int(value):
            raise self._wrong(f"`{where}` is {value}, no whole number")
        return int(value)

    def _wrong(self, message: str) -> MalformedError:
        return MalformedError("E143", message, _top(self.file))


def _workflow(title: str, ms: Ints, cores: Ints, edges: Ints) -> Draft:
    widest = int(cores.max(initial=1))
    alike = widest == 1 and bool(cores.all())
    columns = {"id": parts.counted(len(ms), 0), "ms": ms} | ({} if alike else {"cores": cores})
    edges = np.unique(edges, axis=0)
    remark = (
        f"{len(ms)} tasks, {len(edges)} edges, {max(CORES, widest)} identical cores\n"
        "a tick is a millisecond; transfers take no time"
    )
    machine = parts.Part((), (f"param cores = {max(CORES, widest)}", "resource machine[i in 1 .. 1] capacity cores"))
    tasks = parts.Part(
        (Sheet("tasks", columns, ("id",)),),
        (f"task `task`[t in tasks] lasts t.ms uses machine[1]{'' if alike else ' t.cores'}",),
    )
    return parts.join(title, remark, machine, tasks, _order(edges), parts.GOAL)


def _order(edges: Ints) -> parts.Part:
    if not len(edges):
        return parts.Part()
    sheet = Sheet("edges", {"i": edges[:, 0], "j": edges[:, 1]}, types={"i": "tasks", "j": "tasks"})
    return parts.Part((sheet,), ("order `task`[e.i] -> `task`[e.j] for e in edges",))


def _top(file: str) -> Span:
    return Span(file, 1, 1, 1, 1)
