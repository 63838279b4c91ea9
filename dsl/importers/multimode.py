"""Multi-mode projects (MRCPSP): PSPLIB's and MMLIB's `.mm` files, labelled sections as in `.sm`.

Activity j is done in exactly one of its modes m: it then lasts d_jm, holds u_jmk of each renewable resource k, whose
capacity is R_k, and takes v_jml from each nonrenewable l, of which N_l is there. S_j >= S_i + d_i for arcs (i, j);
minimise the latest end.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from schedc.dsl.importers import parts
from schedc.dsl.importers.draft import Draft, Sheet
from schedc.dsl.importers.numbers import Numbers
from schedc.dsl.importers.psplib import (
    HEADINGS,
    expect,
    job_count,
    read_relations,
    refuse_resources,
    resource_count,
    section,
)
from schedc.models.columns import Ints

MOST_MODES = 1000


class Options(NamedTuple):
    """All modes of all activities, sorted by both: job[M], mode[M] from 1, duration[M], demand[M, K], taken[M, L]."""

    job: Ints
    mode: Ints
    duration: Ints
    demand: Ints
    taken: Ints


def multimode_draft(title: str, file: str, text: str) -> Draft:
    """The model of a `.mm` file. Raises MalformedError."""
    n = job_count(file, text)
    kinds, budgets = resource_count(file, text, "renewable"), resource_count(file, text, "nonrenewable")
    refuse_resources(file, text, "doubly constrained", "the family has none")
    relations, requests, availabilities = HEADINGS
    modes, arcs = read_relations(section(file, text, relations), n, MOST_MODES)
    options = _options(section(file, text, requests), modes, kinds, budgets)
    amounts = section(file, text, availabilities)
    capacity, budget = amounts.many(kinds, "a resource's capacity"), amounts.many(budgets, "a resource's budget")
    amounts.done(f"the capacities of {kinds} and the budgets of {budgets} resources")
    remark = (
        f"{n} activities, {len(options.job)} modes, {kinds} renewable and {budgets} nonrenewable resources, "
        f"{parts.distinct(arcs)} precedence arcs"
    )
    return parts.join(
        title, remark, parts.renewable(capacity), parts.stocks("n", "budgets", "amount", budget),
        _activities(modes, options), parts.precedence(arcs), parts.GOAL,
    )


def _options(requests: Numbers, modes: Ints, kinds: int, budgets: int) -> Options:
    size, width = int(modes.sum()), 1 + kinds + budgets
    requests.room(len(modes) + size * (1 + width), f"the requests of {size} modes")
    rows = np.zeros((size, width), dtype=np.int64)
    row = 0
    for job, count in enumerate(modes.tolist(), start=1):
        expect(requests, job, "job")
        for mode in range(1, count + 1):
            expect(requests, mode, f"of job {job} mode")
            rows[row] = requests.many(width, f"a number of mode {mode} of job {job}")
            row += 1
    requests.done(f"the requests of {len(modes)} jobs")
    owner = np.repeat(parts.counted(len(modes)), modes)
    place = np.arange(size) - np.repeat(np.cumsum(modes) - modes, modes) + 1
    return Options(owner, place, rows[:, 0], rows[:, 1 : 1 + kinds], rows[:, 1 + kinds :])


def _activities(modes: Ints, options: Options) -> parts.Part:
    """A row an activity, its modes side by side: the empty cells of a mode that it lacks leave the mode out."""
    kinds, budgets = options.demand.shape[1], options.taken.shape[1]
    columns: dict[str, Ints | list[str]] = {"j": parts.counted(len(modes))}
    lines = []
    values = {"dur": options.duration, **parts.columns("r", options.demand), **parts.columns("n", options.taken)}
    for mode in range(1, int(modes.max()) + 1):
        chosen = options.mode == mode
        for name, column in values.items():
            columns[f"m{mode}_{name}"] = _spread(column[chosen], options.job[chosen], len(modes))
        uses = parts.listed("uses", "r", f"a.m{mode}_r", kinds) + parts.listed("takes", "n", f"a.m{mode}_n", budgets)
        lines.append(f"mode m{mode} {{ lasts a.m{mode}_dur{uses} }}")
    sheet = Sheet("acts", columns, ("j",), types=dict.fromkeys(columns, "int"))
    return parts.Part((sheet,), ("\n".join(["task act[a in acts]", *lines]),))


def _spread(values: Ints, job: Ints, n: int) -> Ints | list[str]:
    if len(job) == n:
        return values
    cells = [""] * n
    for j, value in zip(job.tolist(), values.tolist()):
        cells[j - 1] = str(value)
    return cells
