"""Steps: a point in time as 0/1 variables "it has come by then".

For the values v_0 < … < v_m that a point P can take, the column of steps x_k = [P <= v_k], 0 <= k < m, is monotone
(x_k <= x_(k+1)), x_m = 1 is left out, and P = v_m - sum of (v_(k+1) - v_k) x_k. With pulses y_k = x_k - x_(k-1) this is
the usual time-indexed form: the two are images of one another under a unimodular map, so their relaxations are equally
strong (Artigues 2017, "On the strength of time-indexed formulations for the resource-constrained project scheduling
problem"), but a step occurs in far fewer rows, with far fewer terms, and branching on it halves a window.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from schedc.compilers.milp.sheet import Sheet
from schedc.models.columns import Ints, ints

NOT_YET, BY_THEN = -1, -2       # in place of a column: the step is 0, or 1, for certain


@dataclass(frozen=True, eq=False)
class Ladder:
    """The steps of one point: values in order, and the column of the first step (there is one fewer than values)."""

    values: Ints
    first: int

    @property
    def steps(self) -> int:
        """Number of 0/1 variables."""
        return len(self.values) - 1

    def at(self, ticks: Ints) -> Ints:
        """The columns of [P <= t]; NOT_YET or BY_THEN where that is certain."""
        k = np.searchsorted(self.values, ticks, side="right")
        known = np.where(k == 0, NOT_YET, BY_THEN)
        return np.where((k > 0) & (k < len(self.values)), self.first + k - 1, known)

    def moved(self, values: Ints) -> Ladder:
        """The ladder of a rising function of this point: the same steps, other values."""
        return Ladder(values, self.first)

    def read(self, values: Ints) -> int:
        """The point's value where the variables have these (0/1) values."""
        return int(self.values[self.steps - int(values[self.first : self.first + self.steps].sum())])

    def write(self, value: int, values: Ints) -> None:
        """Set the steps' variables to say this value."""
        values[self.first : self.first + self.steps] = self.values[:-1] >= value


def ladder(sheet: Sheet, values: Ints) -> Ladder:
    """New steps for a point with these values, in order; none makes the sheet impossible."""
    if not len(values):
        sheet.never("a task has no place left")
        values = ints([0])
    first = sheet.literals(len(values) - 1)
    columns = np.arange(first, first + len(values) - 1)
    sheet.pairs(columns[:-1], columns[1:])
    return Ladder(values, first)


def total(steps: Ladder, values: Ints, sheet: Sheet) -> int:
    """A variable for a function of the point that does not fall: values[k] where the point is steps.values[k]."""
    variable = sheet.variable(int(values[0]), int(values[-1]), whole=False)
    rise = np.diff(values)
    terms = {steps.first + k: int(d) for k, d in enumerate(rise.tolist()) if d}
    sheet.linear({variable: 1, **terms}, int(values[-1]), int(values[-1]))
    return variable


def follow(sheet: Sheet, second: Ladder, first: Ladder, lag: int) -> None:
    """second >= first + lag, disaggregated by ticks: [second <= t] <= [first <= t - lag] for all t.

    This is the precedence cut of Christofides, Alvarez-Valdés and Tamarit (1987), "Project scheduling with resource
    constraints: a branch and bound approach", in steps. A tick whose right side is also that of a later tick says
    nothing of its own.
    """
    right = first.at(second.values - lag)
    keep = np.r_[right[1:] != right[:-1], True] & (right != BY_THEN)
    left = np.r_[np.arange(second.first, second.first + second.steps), BY_THEN][keep]
    right = right[keep]
    both = (left >= 0) & (right >= 0)
    sheet.pairs(left[both], right[both])
    sheet.fix(right[(left == BY_THEN) & (right >= 0)].tolist(), 1)
    sheet.fix(left[(left >= 0) & (right == NOT_YET)].tolist(), 0)
    if ((left == BY_THEN) & (right == NOT_YET)).any():
        sheet.never("an order asks for the impossible")
