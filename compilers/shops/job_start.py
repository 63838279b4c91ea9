"""First schedules of job shops by rules with chance."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from schedc.compilers.shops.compiled import chance, compiled
from schedc.compilers.shops.flow_places import Long, Short
from schedc.compilers.shops.job_graph import Graph


@compiled
def active(
    g: Graph, firsts: Short, work: Long, order: Short, free: Long, ready: Long, now: Short, noise: float, delay: float,
    dice: NDArray[np.uint64],
) -> None:
    """Fills `order` with a topological order of an active schedule (Giffler and Thompson 1960).

    Of the tasks that could begin on the machine of the one that would end first, not later than `delay` of the way
    from its start to its end, the one with the most work left in its job (work[t], this task included) is taken, times
    a random factor of up to 1 + noise. firsts: the first tasks of all jobs; free, ready and now are work space.
    """
    n, jobs = len(g.order), len(firsts)
    for m in range(len(free)):
        free[m] = 0
    for j in range(jobs):
        now[j] = firsts[j]
        ready[j] = g.release[firsts[j]]
    for i in range(n):
        least, begin, machine = np.int64(1) << 60, np.int64(0), 0
        for j in range(jobs):
            x = now[j]
            if x < n:
                start = max(ready[j], free[g.machine[x]])
                if start + g.time[x] < least:
                    least, begin, machine = start + g.time[x], start, g.machine[x]
        limit = begin + delay * (least - begin)
        chosen, top = -1, -1.0
        for j in range(jobs):
            x = now[j]
            if x < n and g.machine[x] == machine and max(ready[j], free[machine]) <= limit:
                value = (work[x] + 1) * (1.0 + noise * chance(dice))
                if value > top:
                    chosen, top = j, value
        x = now[chosen]
        end = max(ready[chosen], free[machine]) + g.time[x]
        order[i], free[machine] = x, end
        y = g.js[x]
        now[chosen] = y
        ready[chosen] = max(end + g.lag[y], np.int64(g.release[y])) if y < n else 0
