"""Resources that change their state, in machine code: when they are ready, and what a use makes of them."""

from __future__ import annotations

from schedc.compilers.evolve.bench import SETUP_TIME, Bench
from schedc.compilers.evolve.compiled import compiled
from schedc.compilers.evolve.image import CHANGE, SETUP, STATES, STAY, STAYS, WAY
from schedc.models.columns import Ints


@compiled
def ready(m: Ints, work: Ints, setup: int, state: int) -> int:
    """When a changing resource, whose uses are never put before one that stands, can be in a state."""
    row, own = m[SETUP] + CHANGE * setup, m[STATES] + 3 * setup
    now, n = work[own], m[row + 1]
    if now == state:
        return work[own + 2]
    return m[m[row] + n * n + state] if now < 0 else work[own + 1] + m[m[row] + now * n + state]


@compiled
def changed(m: Ints, work: Ints, way: int, begin: int) -> int:
    """When all changing resources of a way can be in its states."""
    k = m[way + STAY]
    while k < m[way + WAY + STAY]:
        begin = max(begin, ready(m, work, m[k], m[k + 1]))
        k += STAYS
    return begin


@compiled
def occupy(m: Ints, b: Bench, way: int, end: int) -> None:
    """Uses of changing resources were placed."""
    work, k = b.work, m[way + STAY]
    while k < m[way + WAY + STAY]:
        setup, state = m[k], m[k + 1]
        row, own = m[SETUP] + CHANGE * setup, m[STATES] + 3 * setup
        now, n = work[own], m[row + 1]
        if now == state:
            work[own + 1] = max(work[own + 1], end)
        else:
            work[own + 2] = ready(m, work, setup, state)
            b.note[SETUP_TIME] += m[m[row] + n * n + state] if now < 0 else m[m[row] + now * n + state]
            work[own], work[own + 1] = state, end
        k += STAYS
