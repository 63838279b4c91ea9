"""Steps: a point in time as 0/1 variables "it has come by then".

For the values v_0 < … < v_m that a point P can take, the column of steps x_k = [P <= v_k], 0 <= k < m, is monotone
(x_k <= x_(k+1)), x_m = 1 is left out, and P = v_m - sum of (v_(k+1) - v_k) x_k. With pulses y_k = x_k - x_(k-1) this is
the usual time-indexed form: the two are images of one another under a unimodular map, so their relaxations are equally
strong (Artigues 2017, "On the strength of time-indexed formulations for the resource-constrained project scheduling
problem"), but a step occurs in far fewer rows, with far fewer terms, and branching on it halves a window.

Where a task may be absent, a 0/1 variable p for its presence takes the place of x_m = 1: every step is at most p, and
P = v_m p - sum of (v_(k+1) - v_k) x_k is 0 for an absent task, without any large M.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from schedc.compilers.milp.sheet import FREE, Sheet
from schedc.models.columns import Ints, ints

NOT_YET, BY_THEN = -1, -2       # in place of a column: the step is 0, or 1, for certain


@dataclass(frozen=True, eq=False)
class Ladder:
    """The steps of one point: values in order, and the column of the first step (there is one fewer than values).

    presence: the variable in place of the last step, None where that is 1 for certain.
    """

    values: Ints
    first: int
    presence: int | None = None

    @property
    def steps(self) -> int:
        """Number of 0/1 variables."""
        return len(self.values) - 1

    def at(self, ticks: Ints) -> Ints:
        """The columns of [present and P <= t]; NOT_YET or BY_THEN where that is certain."""
        k = np.searchsorted(self.values, ticks, side="right")
        known = np.where(k == 0, NOT_YET, BY_THEN if self.presence is None else self.presence)
        return np.where((k > 0) & (k < len(self.values)), self.first + k - 1, known)

    def moved(self, values: Ints) -> Ladder:
        """The ladder of a rising function of this point: the same steps, other values."""
        return Ladder(values, self.first, self.presence)

    def there(self, values: Ints) -> bool:
        """Whether the task is present where the variables have these values."""
        return self.presence is None or bool(values[self.presence])

    def read(self, values: Ints) -> int:
        """The point's value where the variables have these (0/1) values."""
        if not self.there(values):
            return 0
        return int(self.values[self.steps - int(values[self.first : self.first + self.steps].sum())])

    def write(self, value: int, values: Ints) -> None:
        """Set the steps' variables to say this value."""
        values[self.first : self.first + self.steps] = self.values[:-1] >= value


def ladder(sheet: Sheet, values: Ints, presence: int | None = None) -> Ladder:
    """New steps for a point with these values, in order; without any the task is absent, or the sheet impossible."""
    if not len(values):
        values = ints([0])
        if presence is None:
            sheet.never("a task has no place left")
        else:
            sheet.fix([presence], 0)
    first = sheet.literals(len(values) - 1)
    columns = np.arange(first, first + len(values) - 1)
    if presence is not None:
        columns = np.r_[columns, presence]
    sheet.pairs(columns[:-1], columns[1:])
    return Ladder(values, first, presence)


def total(steps: Ladder, values: Ints, sheet: Sheet) -> int:
    """A variable for a function of the point that does not fall: values[k] where the point is steps.values[k].

    It is 0 for an absent task.
    """
    top, loose = int(values[-1]), steps.presence is not None
    variable = sheet.variable(min(int(values[0]), 0) if loose else int(values[0]), max(top, 0) if loose else top, False)
    rise = np.diff(values)
    terms = {steps.first + k: int(d) for k, d in enumerate(rise.tolist()) if d}
    if steps.presence is not None:
        terms[steps.presence] = -top
        top = 0
    sheet.row({variable: 1, **terms}, top, top)
    return variable


def follow(sheet: Sheet, second: Ladder, first: Ladder, lag: int) -> None:
    """second >= first + lag, disaggregated by ticks: [second <= t] <= [first <= t - lag] for all t.

    This is the precedence cut of Christofides, Alvarez-Valdés and Tamarit (1987), "Project scheduling with resource
    constraints: a branch and bound approach", in steps. A tick whose right side is also that of a later tick says
    nothing of its own. Where the first may be absent without the second, 1 - p stands on the right side as well.
    """
    right = first.at(second.values - lag)
    keep = np.r_[right[1:] != right[:-1], True] & (right != BY_THEN)
    last = BY_THEN if second.presence is None else second.presence
    left = np.r_[np.arange(second.first, second.first + second.steps), last][keep]
    right = right[keep]
    if first.presence is not None and first.presence != second.presence:
        _where_present(sheet, left, right, first.presence)
        return
    both = (left >= 0) & (right >= 0)
    sheet.pairs(left[both], right[both])
    sheet.fix(right[(left == BY_THEN) & (right >= 0)].tolist(), 1)
    sheet.fix(left[(left >= 0) & (right == NOT_YET)].tolist(), 0)
    if ((left == BY_THEN) & (right == NOT_YET)).any():
        sheet.never("an order asks for the impossible")


def _where_present(sheet: Sheet, left: Ints, right: Ints, presence: int) -> None:
    """left <= right + 1 - presence, element by element."""
    for a, b in zip(left.tolist(), right.tolist()):
        if b == presence:
            continue
        terms = {presence: 1}
        if a >= 0:
            terms[a] = 1
        if b >= 0:
            terms[b] = -1
        sheet.row(terms, -FREE, 1 - (a == BY_THEN))
