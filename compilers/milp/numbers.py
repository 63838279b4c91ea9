"""What HiGHS's floats prove about integers.

HiGHS takes a row for kept that is missed by 1e-6 and a number for whole that is off by as much. Two rules follow.

- A 0/1 variable with coefficient 10^6 in a row may hide a whole unit. Where a coefficient is larger than TRUSTED, no
  bound and no "infeasible" of HiGHS is passed on; schedules still are, since the judge sees each of them.
- An objective of integers has an integer optimum, so a float bound b proves ceil(b - SLACK), with a slack far above the
  errors of HiGHS's bounds and far below 1.
"""

from __future__ import annotations

import math

import numpy as np

from schedc.compilers.conditions import Sum
from schedc.compilers.milp.sheet import Program

TRUSTED = 10**6     # the greatest coefficient for which a proof of HiGHS counts
SLACK = 1e-3
ABSOLUTE_GAP = 0.9  # HiGHS may stop this far below an incumbent: no better integer lies between


def trusted(program: Program, goals: tuple[Sum, ...]) -> bool:
    """Whether the coefficients are small enough for HiGHS's tolerances to prove anything."""
    return largest(program, goals) <= TRUSTED


def largest(program: Program, goals: tuple[Sum, ...]) -> int:
    """The greatest coefficient, by size."""
    rows = int(np.abs(program.coef).max(initial=0))
    return max([rows, *(abs(c) for terms, _ in goals for c in terms.values())])


def proved(bound: float) -> int | None:
    """The integer that a float lower bound proves, None where it proves nothing."""
    if not math.isfinite(bound) or abs(bound) > 1e12:
        return None
    return math.ceil(bound - SLACK - 1e-9 * abs(bound))
