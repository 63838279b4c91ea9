"""Priority rules from which the first lists are made: keys by task, the least first."""

from __future__ import annotations

import numpy as np

from schedc.compilers.evolve.arrays import Arrays
from schedc.models.columns import Ints


def rules_of(a: Arrays) -> Ints:
    """One rule a row: latest end and latest start from the tails of the arcs, slack, most work behind."""
    least = np.minimum.reduceat(a.way[:, 0], a.way_ptr[:-1])
    tail, head = _tails(a, least)
    latest = -tail
    found = [latest, latest - least, latest - least - head, -_followers(a)]
    return np.stack(found).astype(np.int64)


def _tails(a: Arrays, least: Ints) -> tuple[Ints, Ints]:
    """The longest path behind each task's end, and the one before its start."""
    count = len(least)
    owner = np.repeat(np.arange(count), np.diff(a.into_ptr))
    leading = a.rank[a.into[:, 0]] < a.rank[owner]
    into = a.into[leading]
    rows = np.stack([into[:, 0], owner[leading], into[:, 1], into[:, 2], into[:, 3]], axis=1)
    head, tail = a.release.tolist(), [0] * count
    length, order = least.tolist(), np.argsort(a.rank[rows[:, 1]], kind="stable")
    arcs = rows[order].tolist()
    for i, j, from_end, to_end, lag in arcs:
        at = head[i] + (length[i] if from_end else 0) + lag - (length[j] if to_end else 0)
        if at > head[j]:
            head[j] = at
    by_first = sorted(arcs, key=lambda row: -int(a.rank[row[0]]))
    for i, j, from_end, to_end, lag in by_first:
        behind = tail[j] + (0 if to_end else length[j]) + lag - (0 if from_end else length[i])
        if behind > tail[i]:
            tail[i] = behind
    return np.array(tail, dtype=np.int64), np.array(head, dtype=np.int64)


def _followers(a: Arrays) -> Ints:
    """Own and direct successors' demand times length, roughly: how many arcs lead on."""
    return np.bincount(a.into[:, 0], minlength=len(a.release)).astype(np.int64)
