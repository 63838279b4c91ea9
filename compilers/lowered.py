"""A back-end behind the lowerings that a model needs for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from schedc.compilers.backend import Backend, Compiled, Event, Limits, OnEvent, Outcome, UnsuitableError
from schedc.compilers.lowering import Rewrite
from schedc.compilers.plan import Missing, plan
from schedc.models.model import Model
from schedc.models.schedule import Schedule, Status
from schedc.models.verify import verify

_ASTRAY = "a schedule of the lowered model does not keep the model as it was written, so nothing of the run counts"


class MissingError(UnsuitableError):
    """A back-end takes some constructs of a model neither as they are nor by a lowering."""

    def __init__(self, backend: str, missing: tuple[Missing, ...]) -> None:
        self.missing = missing
        super().__init__(f"the solver {backend} does not take {'; '.join(m.message for m in missing)}")


@dataclass(frozen=True, eq=False)
class LoweredCompiled:
    """A compiled lowered model that is given, and answers with, schedules of the author's.

    `start`, `end`, `length` give the back-end's expressions by the author's task names, where it has such.
    """

    model: Model
    inner: Compiled
    rewrite: Rewrite

    @property
    def start(self) -> Mapping[str, Any]:
        """Expressions of the starts; 0 for an absent task."""
        return _Sums(self, "start")

    @property
    def end(self) -> Mapping[str, Any]:
        """Expressions of the ends; 0 for an absent task."""
        return _Sums(self, "end")

    @property
    def length(self) -> Mapping[str, Any]:
        """Expressions of the lengths; 0 for an absent task."""
        return _Sums(self, "length")

    @property
    def native(self) -> Any:
        """The solver's own object, of the lowered model."""
        return self.inner.native

    def solve(self, limits: Limits, hint: Schedule | None, on_event: OnEvent) -> Outcome:
        """As the back-end's; bounds and objectives are the author's already, since lowerings keep every stage.

        A schedule that the judge rejects once it is the author's is dropped, and with it whatever the run proved.
        """
        kept: list[Schedule] = []

        def lifted(event: Event) -> None:
            if event.schedule is None:
                on_event(event)
            elif (schedule := self._up(event.schedule)) is not None:
                kept.append(schedule)
                on_event(replace(event, schedule=schedule))

        begin = None if hint is None else self.rewrite.down(hint)
        outcome = self.inner.solve(limits, begin, lifted)
        if outcome.schedule is None:
            return outcome
        best = self._up(outcome.schedule)
        if best is not None:
            return replace(outcome, schedule=best)
        status = Status.FEASIBLE if kept else Status.UNKNOWN
        nothing = (None,) * len(self.model.objective)
        return replace(
            outcome, status=status, schedule=kept[-1] if kept else None, bounds=nothing, reason=_ASTRAY
        )

    def _up(self, schedule: Schedule) -> Schedule | None:
        """As the author's; None where the judge rejects it."""
        found = self.rewrite.up(schedule)
        return found if verify(self.model, found).holds else None

    def write(self, path: Path, form: str) -> None:
        """As the back-end's."""
        self.inner.write(path, form)


class _Sums(Mapping[str, Any]):
    """Of each of the author's tasks the sum over what the lowerings made of it."""

    def __init__(self, owner: LoweredCompiled, point: str) -> None:
        self._owner, self._point = owner, point

    def __getitem__(self, name: str) -> Any:
        owner = self._owner
        of: Mapping[str, Any] = getattr(owner.inner, self._point)
        parts = owner.rewrite.parts(owner.model.task_numbers[name])
        return sum(of[owner.rewrite.model.task_name(part)] for part in parts)

    def __iter__(self) -> Iterator[str]:
        return iter(self._owner.model.task_numbers)

    def __len__(self) -> int:
        return self._owner.model.task_count


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
    return LoweredCompiled(model, backend.compile(rewrite.model), rewrite)
