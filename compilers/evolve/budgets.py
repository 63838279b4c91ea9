"""What budgets have left while ways are chosen, in machine code."""

from __future__ import annotations

from schedc.compilers.evolve.bench import CHOICE
from schedc.compilers.evolve.compiled import compiled
from schedc.compilers.evolve.image import BUDGET, BUDGETS, COUNT, LEFT, SLACK, TASK, TASKS, WAY, WAY_OF
from schedc.models.columns import Ints


@compiled
def count_budgets(m: Ints, work: Ints, genes: Ints) -> None:
    """What budgets have left beside the ways that the genes name."""
    for k in range(m[BUDGETS]):
        work[m[SLACK] + k] = m[m[LEFT] + k]
    for task in range(m[COUNT]):
        row = TASKS + TASK * task
        single = m[row + TASK + WAY_OF] - m[row + WAY_OF] == WAY
        if genes[task, CHOICE] >= 0 or single:
            spend(m, work, m[row + WAY_OF] + WAY * max(0, genes[task, CHOICE]))


@compiled
def spend(m: Ints, work: Ints, way: int) -> None:
    """Take what a way costs."""
    for k in range(m[BUDGETS]):
        work[m[SLACK] + k] -= m[m[way + BUDGET] + k]


@compiled
def too_dear(m: Ints, work: Ints, way: int) -> int:
    """By how much a way exceeds what budgets have left."""
    total = 0
    for k in range(m[BUDGETS]):
        total += max(0, m[m[way + BUDGET] + k] - max(0, work[m[SLACK] + k]))
    return total
