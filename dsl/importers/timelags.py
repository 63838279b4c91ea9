"""Projects with minimal and maximal time lags (RCPSP/max): ProGen/max's `.sch`.

``n K 0 0``; n + 2 lines, activities 0 .. n + 1, ``j 1 #successors s_1 .. [d_1] ..``: S_s >= S_j + d, where a negative d
is a maximal lag; n + 2 lines ``j 1 duration u_1 .. u_K``; K capacities. Minimise the latest end.
"""

from __future__ import annotations

import numpy as np

from schedc.dsl.importers import parts
from schedc.dsl.importers.draft import Draft, Sheet
from schedc.dsl.importers.numbers import MOST, Numbers
from schedc.dsl.importers.psplib import expect
from schedc.models.columns import Ints

_BRACKETS = str.maketrans("[]", "  ")


def timelags_draft(title: str, file: str, text: str) -> Draft:
    """The model of a `.sch` file. Raises MalformedError."""
    numbers = Numbers(file, text.translate(_BRACKETS))
    n = numbers.one("the number of activities", 1) + 2
    kinds = numbers.one("the number of resources")
    numbers.many(2, "the number of resources of kinds that the family does not have", 0, 0)
    numbers.room(n * (6 + kinds) + kinds, f"{n} activities and {kinds} resources")
    lags = _lags(numbers, n)
    work = _work(numbers, n, kinds)
    capacity = numbers.many(kinds, "a resource's capacity")
    numbers.done(f"the capacities of {kinds} resources")
    remark = (
        f"{n} activities from 0 on, {kinds} renewable resources, {len(lags)} time lags between starts, "
        f"{int((lags[:, 2] < 0).sum())} of them maximal (negative)"
    )
    acts = Sheet("acts", {"j": parts.counted(n, 0), "dur": work[:, 0], **parts.columns("r", work[:, 1:])}, ("j",))
    tasks = parts.Part((acts,), (f"task act[a in acts] lasts a.dur{parts.listed('uses', 'r', 'a.r', kinds)}",))
    return parts.join(title, remark, parts.renewable(capacity), tasks, _order(lags), parts.GOAL)


def _lags(numbers: Numbers, n: int) -> Ints:
    """Three columns: S_(second) >= S_(first) + third."""
    blocks = [np.zeros((0, 3), dtype=np.int64)]
    for job in range(n):
        expect(numbers, job, "activity")
        expect(numbers, 1, "the number of modes")
        count = numbers.one(f"the number of successors of activity {job}", 0)
        numbers.room(2 * count, f"the {count} successors of activity {job}")
        block = np.full((count, 3), job)
        block[:, 1] = numbers.many(count, f"a successor of activity {job}", 0, n - 1)
        block[:, 2] = numbers.many(count, f"a time lag from activity {job}", -MOST, MOST)
        blocks.append(block)
    return np.concatenate(blocks)


def _work(numbers: Numbers, n: int, kinds: int) -> Ints:
    rows = np.zeros((n, 1 + kinds), dtype=np.int64)
    for job in range(n):
        expect(numbers, job, "activity")
        expect(numbers, 1, "mode")
        rows[job] = numbers.many(1 + kinds, f"the duration or a demand of activity {job}")
    return rows


def _order(lags: Ints) -> parts.Part:
    if not len(lags):
        return parts.Part()
    columns = {"i": lags[:, 0], "j": lags[:, 1], "least": lags[:, 2]}
    sheet = Sheet("lags", columns, types={"i": "acts", "j": "acts"})
    return parts.Part((sheet,), ("order start(act[p.i]) -> start(act[p.j]) after p.least for p in lags",))
