"""Where tasks stand in a sheet's variables: what every formulation offers to conditions, hints and answers."""

from __future__ import annotations

from typing import Protocol, TypeAlias

from schedc.compilers.conditions import Sum
from schedc.compilers.milp.sheet import Program
from schedc.models.bounds import Bounds
from schedc.models.columns import Ints
from schedc.models.expressions import Point
from schedc.models.schedule import Schedule

Affine: TypeAlias = tuple[int, int]     # (variable, constant) for variable + constant; variable -1: the constant alone


class Places(Protocol):
    """The tasks of a written formulation."""

    def point(self, point: Point, task: int) -> Affine:
        """A task's start, end or length; may write a variable for it that has not been asked for before."""

    def makespan(self, exact: bool) -> Sum:
        """The latest end of any task: at least that, or exactly that."""

    def schedule(self, values: Ints) -> Schedule:
        """What values of the variables say."""

    def hint(self, schedule: Schedule, program: Program) -> tuple[Ints, Ints]:
        """Variables that a schedule settles, and their values there."""

    def narrow(self, bounds: Bounds, program: Program) -> tuple[Ints, Ints] | None:
        """The variables' bounds (low, high) where all tasks keep to narrower windows; None if they cannot."""
