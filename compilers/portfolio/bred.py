"""Construction as an improver: first schedules where there was no time for them before, then random rules, crossing,
climbing."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from schedc.compilers.construct import Construction
from schedc.models.columns import Ints
from schedc.models.schedule import Schedule


class Bred:
    """A construction with its candidates; its work is counted by itself. In each further step chance falls differently.

    begin: begins the construction where that was not done yet.
    """

    name = "construct"

    def __init__(
        self, construction: Construction | None, begin: Callable[[], Construction | None], floor: int | None,
        deterministic: bool,
    ) -> None:
        self._construction, self._begin = construction, begin
        self._floor, self._deterministic = floor, deterministic

    def step(self, known: Schedule | None, seconds: float, stopped: Callable[[], bool]) -> Schedule | None:
        """The best candidate that the judge accepts. A first schedule is looked for until it is there."""
        if self._construction is None:
            self._construction = self._begin()
            if self._construction is None:
                return None
            self._construction.cancelled = stopped
            self._construction.first(None, self._floor)
            return self._construction.accepted()
        self._construction.cancelled = stopped
        self._construction.improve(None if self._deterministic else seconds, self._floor, known)
        self._construction.seed += 1
        return self._construction.accepted()

    def memory(self) -> Mapping[str, Ints]:
        """Nothing: its candidates are soon made again."""
        return {}

    def recall(self, memory: Mapping[str, Ints]) -> None:
        """Nothing to do."""
