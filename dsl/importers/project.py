"""The resource-constrained project (RCPSP): what `.sm` and `.rcp` files both say, and its text.

Activities j = 1 .. n of durations d_j, demands u_jk on renewable resources k of capacity R_k, arcs (i, j):
S_j >= S_i + d_i; minimise max_j S_j + d_j.
"""

from __future__ import annotations

import numpy as np

from schedc.dsl.importers.draft import Draft, Sheet
from schedc.models.columns import Ints
from schedc.models.records import dataclass


@dataclass(frozen=True, eq=False)
class Project:
    """capacity[K], duration[n], demand[n, K]; arcs[m, 2]: 1-based activity numbers, first before second."""

    capacity: Ints
    duration: Ints
    demand: Ints
    arcs: Ints


def project_draft(title: str, project: Project) -> Draft:
    """The model of a project; a resource that nothing uses is kept, so that r[k] counts as in the file."""
    n, kinds = project.demand.shape
    acts = {"j": np.arange(1, n + 1), "dur": project.duration}
    acts |= {f"r{k + 1}": project.demand[:, k] for k in range(kinds)}
    arcs = np.unique(project.arcs, axis=0)
    sheets = [Sheet("acts", acts, ("j",))]
    statements = []
    if kinds:
        sheets.append(Sheet("pools", {"k": np.arange(1, kinds + 1), "capacity": project.capacity}, ("k",)))
        statements.append("resource r[k in pools] capacity k.capacity")
    demands = ", ".join(f"r[{k}] a.r{k}" for k in range(1, kinds + 1))
    statements.append("task act[a in acts] lasts a.dur" + (f" uses {demands}" if kinds else ""))
    if len(arcs):
        sheets.append(Sheet("arcs", {"i": arcs[:, 0], "j": arcs[:, 1]}, types={"i": "acts", "j": "acts"}))
        statements.append("order act[p.i] -> act[p.j] for p in arcs")
    statements.append("minimize makespan")
    remark = f"{n} activities, {kinds} renewable resources, {len(arcs)} precedence arcs"
    return Draft(title, remark, tuple(sheets), tuple(statements))
