"""Projects with stocks (RCPSP with consumption and production): a stream of whole numbers as in Patterson's `.rcp`.

``n K L``, K capacities, L levels at the start, then for each activity
``duration u_1 .. u_K c_1 p_1 .. c_L p_L #successors s_1 ..``, 1-based. Activity j takes c_jl from stock l as it starts
and adds p_jl as it ends; no stock falls below 0. What the first and the last activity, which are dummies, take and add
does not count. S_j >= S_i + d_i; minimise the latest end.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from schedc.dsl.importers import parts
from schedc.dsl.importers.draft import Draft, Sheet
from schedc.dsl.importers.numbers import Numbers
from schedc.models.columns import Ints


class Rows(NamedTuple):
    """By activity: duration[n], demand[n, K], taken[n, L], added[n, L]; arcs[m, 2]."""

    duration: Ints
    demand: Ints
    taken: Ints
    added: Ints
    arcs: Ints


def stocks_draft(title: str, file: str, text: str) -> Draft:
    """The model of a project with stocks. Raises MalformedError."""
    numbers = Numbers(file, text)
    n = numbers.one("the number of activities", 1)
    kinds, stores = numbers.one("the number of resources"), numbers.one("the number of stocks")
    numbers.room(kinds + stores + n * (2 + kinds + 2 * stores), f"{n} activities, {kinds} resources, {stores} stocks")
    capacity = numbers.many(kinds, "a resource's capacity")
    level = numbers.many(stores, "the level of a stock at the start")
    rows = _rows(numbers, n, kinds, stores)
    numbers.done(f"the {n} activities")
    remark = (
        f"{n} activities, {kinds} renewable resources, {stores} stocks, {parts.distinct(rows.arcs)} precedence arcs\n"
        "c is taken at the start, p added at the end; what the first and the last activity take and add is left out"
    )
    return parts.join(
        title, remark, parts.renewable(capacity), parts.stocks("s", "stores", "level", level),
        _activities(rows), parts.precedence(rows.arcs), parts.GOAL,
    )


def _rows(numbers: Numbers, n: int, kinds: int, stores: int) -> Rows:
    values = np.zeros((n, 1 + kinds + 2 * stores), dtype=np.int64)
    arcs: list[tuple[int, int]] = []
    for i in range(n):
        values[i] = numbers.many(values.shape[1], f"a number of activity {i + 1}")
        count = numbers.one(f"the number of successors of activity {i + 1}", 0, n)
        arcs += [(i + 1, j) for j in numbers.many(count, f"a successor of activity {i + 1}", 1, n).tolist()]
    moved = values[:, 1 + kinds :]
    moved[[0, -1]] = 0
    return Rows(values[:, 0], values[:, 1 : 1 + kinds], moved[:, 0::2], moved[:, 1::2], np.array(arcs).reshape(-1, 2))


def _activities(rows: Rows) -> parts.Part:
    amounts = (("r", rows.demand), ("c", rows.taken), ("p", rows.added))
    columns = {"j": parts.counted(len(rows.duration)), "dur": rows.duration}
    for name, matrix in amounts:
        columns |= parts.columns(name, matrix)
    clauses = [
        parts.listed(keyword, resource, f"a.{name}", matrix.shape[1])
        for keyword, resource, (name, matrix) in zip(("uses", "takes", "produces"), "rss", amounts)
    ]
    return parts.Part((Sheet("acts", columns, ("j",)),), (f"task act[a in acts] lasts a.dur{''.join(clauses)}",))
