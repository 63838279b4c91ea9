"""`batch`: what stands on a resource at one time starts and ends as one."""

from __future__ import annotations

import numpy as np

from schedc.models.statements import Resources
from schedc.models.verify.case import Case
from schedc.models.verify.demands import Totals
from schedc.models.verify.verdict import Violation


def judge_batches(case: Case, demands: Totals) -> None:
    """Walk the users of each batch resource in order of start, end and number.

    Each is broken that starts while the latest-ending of those before it runs, unless the two start and end together;
    by the ticks between their starts and those between their ends.
    """
    for r in case.model.resources:
        if r.batch is None:
            continue
        broken: list[tuple[int, int, int]] = []
        for member in range(r.first, r.first + r.family.size):
            lo, hi = np.searchsorted(demands.resource, [member, member + 1])
            broken += [(member, *pair) for pair in _out_of_step(case, demands.task[lo:hi].tolist())]

        def tell(k: int, r: Resources = r, broken: list[tuple[int, int, int]] = broken) -> Violation:
            return _violation(case, r, *broken[k])

        case.report("batch", r.batch, np.arange(len(broken)), tell)


def _out_of_step(case: Case, tasks: list[int]) -> list[tuple[int, int]]:
    """(earlier, later) of each task that shares a tick with one that it does not start and end with."""
    stands = sorted((int(case.start[t]), int(case.end[t]), t) for t in tasks if case.end[t] > case.start[t])
    found, last = [], None
    for place in stands:
        if last is not None and place[0] < last[1] and place[:2] != last[:2]:
            found.append((last[2], place[2]))
        if last is None or place[1] > last[1]:
            last = place
    return found


def _violation(case: Case, r: Resources, member: int, earlier: int, later: int) -> Violation:
    assert r.batch is not None
    names = case.names(np.array([earlier, later]))
    spans = [f"from {case.when(case.start[t])} to {case.when(case.end[t])}" for t in (earlier, later)]
    name = case.model.resource_name(member)
    message = f"`{names[1]}` is on `{name}` {spans[1]} beside `{names[0]}`, which is there {spans[0]}"
    amount = abs(int(case.start[later] - case.start[earlier])) + abs(int(case.end[later] - case.end[earlier]))
    return Violation("batch", r.batch, name, message, amount, int(case.start[later]), names)
