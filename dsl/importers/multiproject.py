"""Several projects that share their resources (RCMPSP): MPLIB's `.rcmp`.

Numbers of projects P and of resources K, K capacities; for each project ``#activities release``, K flags for the
resources that it may use, and for each activity ``duration u_1 .. u_K #successors p:j ..``, 1-based. An activity starts
at its project's release or later; S_j >= S_i + d_i; minimise the latest end of all.
"""

from __future__ import annotations

import re
from typing import NamedTuple

import numpy as np

from schedc.dsl.importers import parts
from schedc.dsl.importers.draft import Draft, Sheet
from schedc.dsl.importers.numbers import Numbers
from schedc.models.columns import Ints

_PAIR = re.compile(r"(?<![^\s])([0-9]+):(?=[0-9]+(?:\s|$))")


class Projects(NamedTuple):
    """size[P], release[P]; work[n, 1 + K]: durations and demands of all activities; arcs[m, 4]: p, i, q, j."""

    size: Ints
    release: Ints
    work: Ints
    arcs: Ints


def multiproject_draft(title: str, file: str, text: str) -> Draft:
    """The model of an `.rcmp` file. Raises MalformedError."""
    pairs = len(_PAIR.findall(text))
    numbers = Numbers(file, _PAIR.sub(r"\1 ", text))
    count = numbers.one("the number of projects", 1)
    kinds = numbers.one("the number of resources")
    numbers.room(kinds + count * (2 + kinds), f"{count} projects and {kinds} resources")
    capacity = numbers.many(kinds, "a resource's capacity")
    projects = _projects(numbers, count, kinds)
    if pairs != len(projects.arcs):
        raise numbers.last(f"the file has {len(projects.arcs)} successors, but {pairs} pairs `project:activity`")
    remark = (
        f"{count} projects, {len(projects.work)} activities, {kinds} shared renewable resources, "
        f"{parts.distinct(projects.arcs)} precedence arcs\nact[p, j] is activity j of project p"
    )
    pieces = parts.renewable(capacity), _activities(projects), _order(projects.arcs), parts.GOAL
    return parts.join(title, remark, *pieces)


def _projects(numbers: Numbers, count: int, kinds: int) -> Projects:
    sizes, releases, arcs = [], [], []
    blocks = [np.zeros((0, 1 + kinds), dtype=np.int64)]
    for p in range(1, count + 1):
        sizes.append(numbers.one(f"the number of activities of project {p}", 1))
        releases.append(numbers.one(f"the release of project {p}"))
        used = numbers.many(kinds, f"a flag for a resource of project {p}", 0, 1)
        numbers.room(sizes[-1] * (2 + kinds), f"the {sizes[-1]} activities of project {p}")
        block = np.zeros((sizes[-1], 1 + kinds), dtype=np.int64)
        for j in range(1, sizes[-1] + 1):
            what = f"activity {j} of project {p}"
            block[j - 1] = numbers.many(1 + kinds, f"the duration or a demand of {what}")
            if (block[j - 1, 1:] > 0)[used == 0].any():
                raise numbers.last(f"{what} uses a resource that its project does not have")
            found = numbers.many(2 * numbers.one(f"the number of successors of {what}"), f"a successor of {what}", 1)
            arcs += [(p, j, q, i, numbers.at) for q, i in found.reshape(-1, 2).tolist()]
        blocks.append(block)
    numbers.done(f"the {count} projects")
    return Projects(np.array(sizes), np.array(releases), np.concatenate(blocks), _arcs(numbers, np.array(sizes), arcs))


def _arcs(numbers: Numbers, size: Ints, rows: list[tuple[int, int, int, int, int]]) -> Ints:
    """p, i, q, j of each arc, whose second activity must exist; a row ends in the place behind its line."""
    arcs = np.array(rows, dtype=np.int64).reshape(-1, 5)
    known = size[np.minimum(arcs[:, 2], len(size)) - 1] * (arcs[:, 2] <= len(size))
    bad = np.flatnonzero(arcs[:, 3] > known)
    if len(bad):
        p, i, q, j, behind = arcs[bad[0]].tolist()
        raise numbers.wrong(behind - 1, f"activity {i} of project {p} has the successor {q}:{j}, which does not exist")
    return arcs[:, :4]


def _activities(projects: Projects) -> parts.Part:
    sizes = projects.size
    p = np.repeat(parts.counted(len(sizes)), sizes)
    j = np.arange(len(p)) - np.repeat(np.cumsum(sizes) - sizes, sizes) + 1
    owners = Sheet("projects", {"p": parts.counted(len(sizes)), "release": projects.release}, ("p",))
    columns = {"p": p, "j": j, "dur": projects.work[:, 0], **parts.columns("r", projects.work[:, 1:])}
    acts = Sheet("acts", columns, ("p", "j"), {"p": "projects"})
    uses = parts.listed("uses", "r", "a.r", projects.work.shape[1] - 1)
    return parts.Part((owners, acts), (f"task act[a in acts] lasts a.dur{uses} release a.p.release",))


def _order(arcs: Ints) -> parts.Part:
    if not len(arcs):
        return parts.Part()
    arcs = np.unique(arcs, axis=0)
    sheet = Sheet("arcs", dict(zip(("p", "i", "q", "j"), arcs.T)))
    return parts.Part((sheet,), ("order act[e.p, e.i] -> act[e.q, e.j] for e in arcs",))
