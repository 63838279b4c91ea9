"""A back-end behind the lowerings that a model needs for it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from schedc.compilers.backend import Backend, Compiled, Event, Limits, OnEvent, Outcome, UnsuitableError
from schedc.compilers.lowering import Rewrite
from schedc.compilers.plan import Missing, plan
from schedc.models.model import Model
from schedc.models.schedule import Schedule


class MissingError(UnsuitableError):
    """A back-end takes some constructs of a model neither as they are nor by a lowering."""

    def __init__(self, backend: str, missing: tuple[Missing, ...]) -> None:
        self.missing = missing
        super().__init__(f"the solver {backend} does not take {'; '.join(m.message for m in missing)}")


@dataclass(frozen=True, eq=False)
class LoweredCompiled:
    """A compiled lowered model that is given, and answers with, schedules of the author's."""

    inner: Compiled
    rewrite: Rewrite

    @property
    def native(self) -> Any:
        """The solver's own object, of the lowered model."""
        return self.inner.native

    def solve(self, limits: Limits, hint: Schedule | None, on_event: OnEvent) -> Outcome:
        """As the back-end's; bounds and objectives are the author's already, since lowerings keep every stage."""

        def lifted(event: Event) -> None:
            schedule = event.schedule
            on_event(event if schedule is None else replace(event, schedule=self.rewrite.up(schedule)))

        begin = None if hint is None else self.rewrite.down(hint)
        outcome = self.inner.solve(limits, begin, lifted)
        return outcome if outcome.schedule is None else replace(outcome, schedule=self.rewrite.up(outcome.schedule))

    def write(self, path: Path, form: str) -> None:
        """As the back-end's."""
        self.inner.write(path, form)


def compile_lowered(model: Model, backend: Backend) -> Compiled:
    """A model in a back-end's terms, lowered as far as it needs.

    Raises MissingError for a construct without a chain, UnsuitableError where the back-end cannot hold the model.
    """
    planned = plan(model, backend.takes)
    if planned.missing:
        raise MissingError(backend.name, planned.missing)
    if not planned.steps:
        return backend.compile(model)
    rewrite = planned.apply()
    return LoweredCompiled(backend.compile(rewrite.model), rewrite)
