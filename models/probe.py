"""Destructive lower bounds of the makespan: ask for less until it is not refuted (Klein and Scholl 1999)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schedc.models.facts import Facts
from schedc.models.model import Model

if TYPE_CHECKING:
    from schedc.models.bounds import Bounds

_TASKS = 3000           # above, one propagation takes too long for many of them
_CELLS = 120_000_000    # of arrays over all probes: a second or two, the same on every machine


def raised(model: Model, bounds: Bounds, floor: int, facts: Facts) -> int:
    """The greatest makespan found that no schedule is below, from a floor that is one.

    Steps grow while what they ask for is refuted, then shrink. What is done is bounded by work, never by the clock.
    """
    if model.task_count > _TASKS:
        return floor
    left, step, growing = _CELLS, 1, True
    while left > 0 and step and floor + step - 1 <= model.horizon:
        refuted, cells = _refuted(model, bounds, floor + step - 1, facts, left)
        left -= cells
        if refuted:
            floor += step
        growing = growing and refuted
        step = 2 * step if growing else step // 2
    return floor


def _refuted(model: Model, bounds: Bounds, until: int, facts: Facts, cells: int) -> tuple[bool, int]:
    """Whether no schedule ends by an instant, as far as propagation sees, and the work that it took."""
    from schedc.models.bounds import Propagation
    from schedc.models.tighten import CELLS, tighten

    state = Propagation(model, until, facts=facts, known=bounds)
    return tighten(state, min(cells, CELLS)) is not None, state.cells
