"""Complete hints: the value of every variable in a given schedule.

Whoever adds variables to a sheet also says here what they are worth in a schedule, so that CP-SAT starts from a full
solution and need not complete one.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from schedc.compilers.measure import Measures
from schedc.models.columns import Ints
from schedc.models.expressions import IntExpr, Point, Truth
from schedc.models.model import Model
from schedc.models.schedule import Schedule

Values = list[int]
Fill = Callable[[Schedule, Values], None]


class Hints:
    """Recipes by variable, in the order in which they were added (a later one may read earlier values)."""

    def __init__(self, model: Model | None = None) -> None:
        self._model = model
        placed = (Point.START, Point.END, Point.LENGTH)
        self._points: dict[Point, tuple[list[int], list[int]]] = {point: ([], []) for point in placed}
        self._fills: list[Fill] = []
        self._exact: list[Fill] = []
        self._stand: Callable[[Schedule, Values], Schedule] | None = None
        self._nodes: list[tuple[int, IntExpr | Truth, int, bool, bool]] = []

    def point(self, variable: int, point: Point, task: int) -> None:
        """The variable is a task's start, end or length."""
        variables, tasks = self._points[point]
        variables.append(variable)
        tasks.append(task)

    def points(self, first: int, point: Point, tasks: list[int]) -> None:
        """Consecutive variables are a point of these tasks."""
        variables, known = self._points[point]
        variables.extend(range(first, first + len(tasks)))
        known.extend(tasks)

    def fill(self, fill: Fill) -> None:
        """A function that writes the values of some variables."""
        self._fills.append(fill)

    def exact(self, fill: Fill) -> None:
        """The same for values that are 0 where a task is absent; others see it at its first place."""
        self._exact.append(fill)

    def stand(self, stand: Callable[[Schedule, Values], Schedule]) -> None:
        """What gives absent tasks a place, and writes who is present."""
        self._stand = stand

    def integer(self, variable: int, node: IntExpr, row: int, sign: int = 1) -> None:
        """The variable is worth sign times a row of an integer node."""
        self._nodes.append((variable, node, row, False, sign < 0))

    def truth(self, variable: int, node: Truth, row: int, holds: bool) -> None:
        """The 0/1 variable says whether a row of a truth node has the value `holds`."""
        self._nodes.append((variable, node, row, True, not holds))

    def values(self, count: int, schedule: Schedule) -> Values:
        """All `count` variables in this schedule; those that nobody spoke for are 0."""
        found: Values = [0] * count
        placed = schedule if self._stand is None else self._stand(schedule, found)
        columns: dict[Point, Ints] = {
            Point.START: placed.start, Point.END: placed.end, Point.LENGTH: placed.length,
        }
        for point, (variables, tasks) in self._points.items():
            for variable, value in zip(variables, columns[point][np.array(tasks, dtype=np.int64)].tolist()):
                found[variable] = value
        for fill in self._fills:
            fill(placed, found)
        for fill in self._exact:
            fill(schedule, found)
        self._measure(schedule, found)
        return found

    def _measure(self, schedule: Schedule, found: Values) -> None:
        measures = Measures(schedule, self._model)
        for variable, node, row, logical, turned in self._nodes:
            if logical:
                value = int(measures.truth(node)[row])      # type: ignore[arg-type]
                found[variable] = 1 - value if turned else value
            else:
                value = int(measures.value(node)[row])      # type: ignore[arg-type]
                found[variable] = -value if turned else value
