"""What construction goes on with once first schedules stand, as an improver: random rules, crossing, climbing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from schedc.compilers.construct import Construction
from schedc.models.columns import Ints
from schedc.models.schedule import Schedule


@dataclass
class Bred:
    """A construction with its candidates. Its work is counted by itself; in a second round chance falls differently."""

    construction: Construction
    floor: int | None
    deterministic: bool
    name: str = "construct"

    def step(self, known: Schedule | None, seconds: float, stopped: Callable[[], bool]) -> Schedule | None:
        """The best candidate that the judge accepts."""
        self.construction.cancelled = stopped
        self.construction.improve(None if self.deterministic else seconds, self.floor, known)
        self.construction.seed += 1
        return self.construction.accepted()

    def memory(self) -> Mapping[str, Ints]:
        """Nothing: its candidates are soon made again."""
        return {}

    def recall(self, memory: Mapping[str, Ints]) -> None:
        """Nothing to do."""
