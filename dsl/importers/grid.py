"""What the shops of n jobs on m machines share: ``n m`` and then a duration for each job and machine."""

from __future__ import annotations

import numpy as np

from schedc.dsl.importers.draft import Sheet
from schedc.dsl.importers.numbers import Numbers
from schedc.models.columns import Ints


def size(numbers: Numbers, second: str = "machines") -> tuple[int, int]:
    """The numbers of jobs and of machines (or what else is second). Raises MalformedError."""
    return numbers.one("the number of jobs", 1), numbers.one(f"the number of {second}", 1)


def durations(numbers: Numbers, n: int, m: int, lowest: int = 0) -> Ints:
    """p[n, m], row by row, and nothing behind it. Raises MalformedError."""
    what = f"the durations of {n} jobs on {m} machines"
    numbers.room(n * m, what)
    work = numbers.many(n * m, "a duration", lowest).reshape(n, m)
    numbers.done(what)
    return work


def work_table(work: Ints, second: str = "k", types: dict[str, str] | None = None) -> Sheet:
    """``work[j, k].dur``: how long job j is on machine k."""
    index = ("j", second)
    return Sheet("work", {**_places(work, index), "dur": work.ravel()}, index, types)


def setups_table(setup: Ints, index: tuple[str, str, str]) -> Sheet:
    """``setup[i, a, b].time``: what machine i needs from a to b, which are different; all count from 1."""
    columns = {**_places(setup, index), "time": setup.ravel()}
    apart = columns[index[1]] != columns[index[2]]
    return Sheet("setup", {name: column[apart] for name, column in columns.items()}, index)


def _places(values: Ints, index: tuple[str, ...]) -> dict[str, Ints]:
    """For each value, row by row, its indices, which count from 1."""
    return dict(zip(index, np.indices(values.shape).reshape(values.ndim, -1) + 1))
