"""Patterson projects (`.rcp`): a stream of whole numbers without labels.

``n K``, K capacities, then for each activity ``duration u_1 .. u_K #successors s_1 ..``, 1-based; lines mean nothing.
"""

from __future__ import annotations

import numpy as np

from schedc.dsl.importers.numbers import Numbers
from schedc.dsl.importers.project import Project
from schedc.models.columns import ints


def read_patterson(file: str, text: str) -> Project:
    """The project of an `.rcp` file. Raises MalformedError."""
    numbers = Numbers(file, text)
    n = numbers.one("the number of activities", 1)
    kinds = numbers.one("the number of resources")
    numbers.room(kinds + n * (kinds + 2), f"{n} activities and {kinds} resources")
    capacity = numbers.many(kinds, "a resource's capacity")
    duration, demand = np.zeros(n, dtype=np.int64), np.zeros((n, kinds), dtype=np.int64)
    arcs: list[tuple[int, int]] = []
    for i in range(n):
        duration[i] = numbers.one(f"the duration of activity {i + 1}")
        demand[i] = numbers.many(kinds, f"a demand of activity {i + 1}")
        count = numbers.one(f"the number of successors of activity {i + 1}", 0, n)
        arcs += [(i + 1, j) for j in numbers.many(count, f"a successor of activity {i + 1}", 1, n).tolist()]
    numbers.done(f"the {n} activities")
    return Project(capacity, duration, demand, ints(np.array(arcs, dtype=np.int64).reshape(-1, 2)))
