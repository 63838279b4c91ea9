"""What searches that share one incumbent agree on.

A portfolio runs several improvers in turn or side by side. Each is told the best schedule known, works for a while and
hands back what it found; the portfolio judges it, keeps the better one and rewards who found it. An improver sees the
unlowered model, keeps its own memory (a population, tabu lists) between steps, and never has to be right: the judge
decides what a schedule is worth.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from schedc.models.columns import Ints
from schedc.models.model import Model
from schedc.models.schedule import Schedule


class Improver(Protocol):
    """One way to make schedules better, with a memory.

    name: as in events and traces, lower case. A step has to look at `stopped` at least ten times a second, and to
    release the interpreter's lock while it works (compiled code), so that a solver can run beside it.
    """

    name: str

    def step(self, known: Schedule | None, seconds: float, stopped: Callable[[], bool]) -> Schedule | None:
        """The best schedule found within about so many seconds, better than `known` or not; None where there is none.

        The portfolio calls it from one thread at a time, not always the same. An improver that stands still costs its
        slices and gets fewer of them; one that raises is left out of the rest of the run, and nothing is lost by it.
        """
        ...

    def memory(self) -> Mapping[str, Ints]:
        """Integer columns from which `recall` makes the same search go on; for checkpoints."""
        ...

    def recall(self, memory: Mapping[str, Ints]) -> None:
        """Go on from what `memory` gave, of the same model. Raises ValueError where it does not fit."""
        ...


class Maker(Protocol):
    """What a folder of improvers exports as `improver`."""

    def __call__(self, model: Model, seed: int, deterministic: bool = False) -> Improver | None:
        """An improver for a model and a seed, or None for a model that it is not made for.

        deterministic: no step may look at a clock; a second then stands for about what a core does in it, as a fixed
        number of decodes or moves.
        """
        ...
