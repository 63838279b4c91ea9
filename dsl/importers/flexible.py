"""The flexible job shop as a model.

Each operation takes one of its alternatives a: p_a on machine M_a, with workers also worker W_a. Operations of a job
follow each other (or the arcs say who follows whom); those of one machine, and of one worker, do not overlap. With
set-ups, machine i needs s_iuv between consecutive operations u, v, and nothing before its first. Minimise the makespan.
"""

from __future__ import annotations

import numpy as np

from schedc.dsl.importers.choices import Choices, read_choices
from schedc.dsl.importers.draft import Draft, Sheet
from schedc.dsl.importers.grid import setups_table
from schedc.models.columns import Ints, ints


def flexible_draft(title: str, file: str, text: str) -> Draft:
    """The model of an `.fjs`, `.fjsw` or `.fajs` file. Raises MalformedError."""
    choices = read_choices(file, text)
    return _graph(title, choices) if file.lower().endswith(".fajs") else _jobs(title, choices)


def _jobs(title: str, c: Choices) -> Draft:
    n, longest = len(c.lengths), int(c.lengths.max())
    level = bool((c.lengths == longest).all())
    j, last, before = (f"j in 1 .. {n}", longest, longest - 1) if level else ("j in jobs", "j.ops", "j.ops - 1")
    job = np.repeat(np.arange(1, n + 1), c.lengths)
    place = np.arange(len(job)) - np.repeat(np.cumsum(c.lengths) - c.lengths, c.lengths) + 1
    columns, key = {"j": job[c.op], "k": place[c.op]}, ("j", "k")
    sheets = [] if level else [Sheet("jobs", {"j": ints(range(1, n + 1)), "ops": c.lengths}, ("j",))]
    alternatives = _alternatives(c, columns, key, {} if level else {"j": "jobs"})
    statements = [
        *_resources(c),
        f"task op[{j}, k in 1 .. {last}] {_mode(c, 'a.j == j and a.k == k')}",
        *([f"order op[j, k] -> op[j, k + 1] for {j}, k in 1 .. {before}"] if longest > 1 else []),
        "minimize makespan",
    ]
    remark = f"{n} jobs, {_counts(c)}; k counts the operations of job j"
    if c.setup is not None:
        sheets.append(setups_table(c.setup, ("machine", "before", "after")))
        remark += "\nsetup[i, u, v] is what machine i needs between u and v, which number the operations of all jobs"
    return Draft(title, remark, (*sheets, alternatives), tuple(statements))


def _graph(title: str, c: Choices) -> Draft:
    alternatives = _alternatives(c, {"k": c.op + 1}, ("k",), {})
    arcs = np.unique(c.arcs, axis=0) + 1
    sheets = (alternatives, *([Sheet("arcs", {"before": arcs[:, 0], "after": arcs[:, 1]})] if len(arcs) else []))
    statements = (
        *_resources(c),
        f"task op[k in 1 .. {c.lengths[0]}] {_mode(c, 'a.k == k')}",
        *(["order op[p.before] -> op[p.after] for p in arcs"] if len(arcs) else []),
        "minimize makespan",
    )
    remark = f"{_counts(c)}, {len(arcs)} arcs; op[k] and machine[i] are the file's k - 1 and i - 1"
    return Draft(title, remark, sheets, statements)


def _counts(c: Choices) -> str:
    workers = f" and {c.workers} workers" if c.workers else ""
    return f"{c.machines} machines{workers}, {c.lengths.sum()} operations with {len(c.op)} alternatives"


def _alternatives(c: Choices, index: dict[str, Ints], key: tuple[str, ...], types: dict[str, str]) -> Sheet:
    places = {"machine": c.machine} | ({"worker": c.worker} if c.workers else {})
    states = {} if c.setup is None else {"state": c.op + 1}
    return Sheet("alternatives", {**index, **places, "dur": c.duration, **states}, (*key, *places), types)


def _resources(c: Choices) -> list[str]:
    change = "" if c.setup is None else " change setup[i, *, *].time"
    crew = [f"resource worker[w in 1 .. {c.workers}]"] if c.workers else []
    return [f"resource machine[i in 1 .. {c.machines}]{change}", *crew]


def _mode(c: Choices, where: str) -> str:
    name, crew = ("team", ", worker[a.worker]") if c.workers else ("place", "")
    state = "" if c.setup is None else " at a.state"
    return f"mode {name}[a in alternatives where {where}] {{ lasts a.dur uses machine[a.machine]{state}{crew} }}"
