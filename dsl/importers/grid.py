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


def matrix(name: str, column: str, values: Ints, index: tuple[str, ...], types: dict[str, str] | None = None) -> Sheet:
    """A table of a value for each combination of indices counted from 1, a row a combination."""
    places = np.indices(values.shape).reshape(values.ndim, -1) + 1
    return Sheet(name, {**dict(zip(index, places)), column: values.ravel()}, index, types)


def work_table(work: Ints, second: str = "k", types: dict[str, str] | None = None) -> Sheet:
    """``work[j, k].dur``: how long job j is on machine k."""
    return matrix("work", "dur", work, ("j", second), types)
