"""Tasks of which no two overlap: what their windows must be (edge finding, not-last, detectable precedences).

Let ect(S) = max over subsets W of S of est(W) + p(W), the earliest end of a set S of tasks, est the earliest start of
the first one and p the work. For tasks i, j of a group, with earliest and latest starts and ends est, lst, ect, lct:

- no schedule exists if for some j ect({k: lct(k) <= lct(j)}) > lct(j);
- detectable precedences: all k with lst(k) < ect(i) come before i: est(i) >= ect({those});
- edge finding: if ect(S + i) > lct(j) for S = {k: lct(k) <= lct(j)} without i, then i comes after all of S:
  est(i) >= ect(S);
- not last: if ect(N) > lst(i) for N = {k != i: lst(k) < lct(i)}, then i is not after all of N: lct(i) <= max lst(N).

The mirror image gives the other sides. (Vilim, Bartak and Cepek 2005; Vilim 2004.) Groups of up to DENSE tasks are done
with one array of rows i and columns k for many groups at once; a larger one by trees over the tasks in order of est
whose nodes hold the work below and ect, in O(n log n).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from schedc.models.columns import Flags, Ints
from schedc.models.records import dataclass
from schedc.models.trees import sweep

DENSE = 256             # tasks
_CELLS = 1 << 20        # of one array
FAR = 1 << 56           # beyond all instants, and no sum of it overflows


class Side(NamedTuple):
    """Columns [group, member] of one direction of time."""

    est: Ints
    lct: Ints
    ect: Ints
    lst: Ints
    work: Ints

    def mirrored(self) -> Side:
        """The same with time running backwards."""
        return Side(-self.lct, -self.est, -self.lst, -self.ect, self.work)

    def rows(self, rows: Ints) -> Side:
        """Some of the groups."""
        return Side(*(column[rows] for column in self))


class Overfull(NamedTuple):
    """A group (its row), and [since, to) into which `work` ticks of its tasks must go."""

    row: int
    since: int
    to: int
    work: int


@dataclass
class Found:
    """New earliest starts and latest ends [group, member], or a group that is overfull."""

    est: Ints
    lct: Ints
    overfull: Overfull | None = None
    cells: int = 0


def worth(side: Side) -> Flags:
    """Which groups any of the rules could say something of."""
    real = side.work > 0
    first = np.where(real, side.est, FAR).min(axis=1)
    last = np.where(real, side.lst, FAR).min(axis=1)
    end = np.where(real, side.ect, -FAR).max(axis=1)
    worth: Flags = (first + side.work.sum(axis=1) > last) | (end > last)
    turned = side.mirrored()
    last = np.where(real, turned.lst, FAR).min(axis=1)
    first = np.where(real, turned.est, FAR).min(axis=1)
    worth |= first + side.work.sum(axis=1) > last
    return worth


def narrow(side: Side) -> Found:
    """All rules for groups of one width; a member of work 0 is padding."""
    found = Found(side.est.copy(), side.lct.copy())
    groups, width = side.work.shape
    if width > DENSE:
        return _by_trees(side, found)
    step = max(1, _CELLS // (width * width))
    for lo in range(0, groups, step):
        rows = np.arange(lo, min(lo + step, groups))
        part = side.rows(rows)
        est, lct, over = _forward(part)
        found.cells += 6 * len(rows) * width * width
        if over is not None:
            return Found(found.est, found.lct, over._replace(row=lo + over.row), found.cells)
        late, early, _ = _forward(part.mirrored())
        found.est[rows] = np.maximum(est, -early)
        found.lct[rows] = np.minimum(lct, -late)
    return found


def _forward(side: Side) -> tuple[Ints, Ints, Overfull | None]:
    """New est by precedences and edges, new lct by not-last, of groups in arrays."""
    order = np.argsort(side.est, axis=1, kind="stable")
    s = Side(*(np.take_along_axis(column, order, axis=1) for column in side))
    real = s.work > 0
    est, lct = s.est.copy(), s.lct.copy()
    other = real[:, None, :] & ~np.eye(s.work.shape[1], dtype=np.bool_)
    np.maximum(est, _ect(other & (s.lst[:, None, :] < s.ect[:, :, None]), s)[0].max(axis=2), out=est)
    near = other & (s.lst[:, None, :] < s.lct[:, :, None])
    last = _ect(near, s)[0].max(axis=2) > s.lst
    most = np.where(near, s.lst[:, None, :], -FAR).max(axis=2)
    lct = np.where(last & real, np.minimum(lct, most), lct)
    within = real[:, None, :] & (s.lct[:, None, :] <= s.lct[:, :, None])
    ends, behind = _ect(within, s)
    full = ends.max(axis=2)
    over = (full > s.lct) & real
    if over.any():
        return est, lct, _overfull(s, over, ends, within)
    before = np.maximum.accumulate(ends, axis=2)
    with_i = np.maximum(before, s.est[:, None, :] + behind) + s.work[:, None, :]
    edge = ~within & real[:, None, :] & real[:, :, None] & (with_i > s.lct[:, :, None])
    np.maximum(est, np.where(edge, full[:, :, None], -FAR).max(axis=1), out=est)
    back = np.argsort(order, axis=1, kind="stable")
    return np.take_along_axis(est, back, axis=1), np.take_along_axis(lct, back, axis=1), None


def _ect(inside: Flags, s: Side) -> tuple[Ints, Ints]:
    """est(k) + the work from k on, for the members inside (else -FAR); and the work from k on. Shape [g, row, k]."""
    work = np.where(inside, s.work[:, None, :], 0)
    behind = work[:, :, ::-1].cumsum(axis=2)[:, :, ::-1]
    return np.where(inside, s.est[:, None, :] + behind, -FAR), behind


def _overfull(s: Side, over: Flags, ends: Ints, within: Flags) -> Overfull:
    g, row = (int(x[0]) for x in np.nonzero(over))
    k = int(np.argmax(ends[g, row]))
    return Overfull(g, int(s.est[g, k]), int(s.lct[g, row]), int(s.work[g, k:][within[g, row, k:]].sum()))


def _by_trees(side: Side, found: Found) -> Found:
    for row in range(len(side.work)):
        real = np.flatnonzero(side.work[row] > 0)
        own = [column[row, real] for column in side]
        est, lct, over = sweep(*_lists(own))
        found.cells += 400 * len(real)
        if over is not None:
            return Found(found.est, found.lct, Overfull(row, *over), found.cells)
        late, early, _ = sweep(*_lists([-own[1], -own[0], -own[3], -own[2], own[4]]))
        found.est[row, real] = np.maximum(np.array(est), -np.array(early))
        found.lct[row, real] = np.minimum(np.array(lct), -np.array(late))
    return found


def _lists(columns: Sequence[Ints]) -> list[list[int]]:
    return [column.tolist() for column in columns]
