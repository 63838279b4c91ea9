"""From HiGHS's floats to integers that keep every row, or to nothing.

Rounding does it nearly always. Where a large M lets a row be missed by a fraction that rounding makes whole, the
choices (0/1 variables) are kept as rounded and all other variables computed anew, as small as can be: with the choices
made, the rows are differences between points in time, and the least solution is that of longest paths. It is found by
raising lower bounds until no row asks for more.
"""

from __future__ import annotations

import numpy as np

from schedc.compilers.milp.sheet import FREE, Program
from schedc.models.columns import Ints

_ROUNDS = 10_000


def whole_values(program: Program, values: np.ndarray[tuple[int], np.dtype[np.float64]]) -> Ints:
    """Integers for all variables, as near as they come; the caller finds out whether they are any good."""
    rounded = np.clip(np.rint(values), program.low, program.high).astype(np.int64)
    return rounded if program.kept(rounded) else least(program, rounded)


def least(program: Program, rounded: Ints) -> Ints:
    """The choices as they are, and everything else as small as the rows allow."""
    chosen = (program.low >= 0) & (program.high <= 1) & program.whole
    low, high = (np.where(chosen, rounded, limit) for limit in (program.low, program.high))
    for _ in range(_ROUNDS):
        raised = _raised(program, low, high)
        if np.array_equal(raised, low):
            break
        low = np.minimum(raised, high)
    return low


def _raised(program: Program, low: Ints, high: Ints) -> Ints:
    """Lower bounds that the rows imply: each term's least value where all others take their greatest."""
    row, index, coef = program.row_of, program.index, program.coef
    up, down = coef * high[index], coef * low[index]
    most, least_sum = np.zeros(program.rows, dtype=np.int64), np.zeros(program.rows, dtype=np.int64)
    np.add.at(most, row, np.maximum(up, down))
    np.add.at(least_sum, row, np.minimum(up, down))
    found = low.copy()
    # coef > 0: coef * x >= lo - (the most of the others); coef < 0: coef * x <= hi - (the least of the others)
    below = (coef > 0) & (program.lo[row] > -FREE)
    need = program.lo[row] - most[row] + np.maximum(up, down)
    np.maximum.at(found, index[below], -(-need[below] // coef[below]))
    above = (coef < 0) & (program.hi[row] < FREE)
    room = program.hi[row] - least_sum[row] + np.minimum(up, down)
    np.maximum.at(found, index[above], -(room[above] // -coef[above]))
    return found
