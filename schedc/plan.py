"""What solving returns to Python: the schedule by name, its figures, and its files and pictures."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from functools import cached_property
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from schedc import output
from schedc.compilers.result import Result
from schedc.models.model import Model
from schedc.models.options import settled
from schedc.models.presence import present_in
from schedc.models.schedule import Schedule, Status
from schedc.models.verify import ServiceFigure, SoftFigure, Verdict

if TYPE_CHECKING:
    import pandas as pd


class NoScheduleError(LookupError):
    """A schedule was asked of a plan that has none; the message says why."""


@dataclass(frozen=True, slots=True)
class Use:
    """What a task holds of one resource, in the author's unit."""

    resource: str
    amount: int | float


@dataclass(frozen=True, slots=True)
class Placement:
    """Where one task stands: ticks, [start, end) with pauses.

    length: worked ticks; pieces: the worked spans; instant: start and end as wall-clock times (None without an origin).
    A task that is not present has 0 for all ticks, and nothing else.
    """

    name: str
    start: int
    end: int
    length: int
    pieces: tuple[tuple[int, int], ...]
    uses: tuple[Use, ...]
    instant: tuple[datetime, datetime] | None
    present: bool = True
    mode: str | None = None


@dataclass(frozen=True, slots=True)
class Objective:
    """One goal: its value and proven bound in the author's units, and the gap between them (None: not known)."""

    name: str
    sense: str
    value: int | float | None
    bound: int | float | None
    gap: float | None
    unit: str


@dataclass(frozen=True, eq=False)
class Plan:
    """The end of a run: a judged schedule, or why there is none.

    `plan["move[r1]"]` is a task's Placement; iteration gives the tasks' names in order of declaration.
    """

    model: Model
    result: Result

    @property
    def status(self) -> Status:
        """What the run has shown; compares equal to its text, such as ``"optimal"``."""
        return self.result.status

    @property
    def reason(self) -> str:
        """For an infeasible or unknown outcome, a few words."""
        return self.result.reason

    @property
    def interrupted(self) -> bool:
        """Whether the run was cancelled; the plan is the best so far."""
        return self.result.interrupted

    @property
    def verdict(self) -> Verdict | None:
        """The judge's verdict on the schedule; None without a schedule."""
        return self.result.verdict

    @property
    def seconds(self) -> float:
        """Wall time of the run."""
        return self.result.wall

    @property
    def solver(self) -> str:
        """Who found the schedule or gave the proof."""
        return self.result.backend

    @property
    def schedule(self) -> Schedule:
        """The schedule as columns. Raises NoScheduleError where there is none."""
        if self.result.schedule is None:
            why = f": {self.reason}" if self.reason else ""
            raise NoScheduleError(f"there is no schedule, the status is {self.status.value}{why}")
        return self.result.schedule

    @cached_property
    def objectives(self) -> tuple[Objective, ...]:
        """The goals in order of weight."""
        return tuple(
            Objective(
                r.name, r.sense, _scaled(r.value, s.scale), _scaled(r.bound, s.scale), r.gap,
                "ticks" if s.unit == "duration" else s.unit,
            )
            for s, r in zip(self.model.objective, self.result.stages)
        )

    @property
    def soft(self) -> tuple[SoftFigure, ...]:
        """Every soft constraint: its violation and its penalty; empty without a schedule."""
        return () if self.verdict is None else self.verdict.soft

    @property
    def qos(self) -> tuple[ServiceFigure, ...]:
        """Every measure by class, beside its contracts; empty without a schedule."""
        return () if self.verdict is None else self.verdict.qos

    # the schedule by name

    def __getitem__(self, name: str) -> Placement:
        """One task's placement. Raises KeyError for a name that the model does not have, NoScheduleError."""
        schedule = self.schedule
        task = self.model.task_numbers.get(name)
        if task is None:
            near = difflib.get_close_matches(str(name), self.model.task_numbers, 1)
            raise KeyError(f"no task {name!r}" + (f"; did you mean {near[0]!r}?" if near else ""))
        start, end = int(schedule.start[task]), int(schedule.end[task])
        if not present_in(schedule)[task]:
            return Placement(name, start, end, 0, (), (), None, False)
        lo, hi = self._pieces.of(task)
        uses = tuple(Use(resource, amount) for resource, amount in self._uses(task))
        return Placement(
            name, start, end, int(schedule.length[task]), tuple(zip(lo.tolist(), hi.tolist())), uses,
            self._instants(start, end), mode=output.mode_names(self.model, schedule)(task),
        )

    def __contains__(self, name: object) -> bool:
        return name in self.model.task_numbers

    def __iter__(self) -> Iterator[str]:
        return output.task_names(self.model)

    def __len__(self) -> int:
        return self.model.task_count

    def _instants(self, start: int, end: int) -> tuple[datetime, datetime] | None:
        first, last = self.model.axis.instant(start), self.model.axis.instant(end)
        return None if first is None or last is None else (first, last)

    @cached_property
    def _pieces(self) -> Any:
        from schedc.models.pieces import worked_pieces

        return worked_pieces(self.model, self.schedule)

    @cached_property
    def _uses(self) -> Any:
        return output.demand_rows(settled(self.model, self.schedule))

    # out of the plan

    def to_frame(self) -> pd.DataFrame:
        """One row a task: name, present, start, end, length, mode, resource; start_at, end_at where dates are known.

        Ticks of an absent task are 0, its dates are missing.
        """
        import pandas as pd

        schedule, uses = self.schedule, self._uses
        present = present_in(schedule)
        columns: dict[str, Any] = {
            "name": list(self),
            "present": present,
            "start": schedule.start,
            "end": schedule.end,
            "length": schedule.length,
            "mode": list(map(output.mode_names(self.model, schedule), range(len(self)))),
            "resource": [";".join(r for r, _ in uses(k)) if there else "" for k, there in enumerate(present.tolist())],
        }
        instant = output.instants(self.model)
        if instant is not None:
            zone = self.model.axis.zone
            for name, ticks in (("start_at", schedule.start), ("end_at", schedule.end)):
                column = pd.to_datetime([instant(t) for t in ticks.tolist()], utc=True, format="ISO8601")
                columns[name] = column.tz_convert(zone).where(present)
        return pd.DataFrame(columns)

    def to_dict(self) -> dict[str, Any]:
        """What schedule.json holds, as plain data."""
        return output.as_data(self.model, self.result)

    def to_json(self) -> str:
        """schedule.json (schema ``schedc.schedule/1``) as text."""
        return b"".join(output.json_chunks(self.model, self.result)).decode()

    def save(self, path: str | PathLike[str]) -> None:
        """Write to a file by its suffix (.json, .csv, .svg, .html), whole or not at all.

        Raises NoScheduleError for a picture or table of no schedule, `output.OutputError` for an unknown suffix,
        `files.FileError` where the file cannot be written.
        """
        target = Path(path)
        if output.suffix_of(target) in output.NEEDS_SCHEDULE:
            _ = self.schedule
        output.write(target, self.model, self.result)

    def gantt(self, by: str = "auto", columns: int = 100) -> str:
        """The schedule as lines of text, by `task`, by `resource`, or as `auto` chooses."""
        from schedc.render.gantt import text_gantt

        if by not in ("auto", "task", "resource"):
            raise ValueError(f"by must be auto, task or resource, not {by!r}")
        return text_gantt(self.model, self.schedule, by=by, columns=columns)  # type: ignore[arg-type]

    def svg(self) -> str:
        """The schedule as an SVG picture."""
        from schedc.render.summary import headline
        from schedc.render.svg import svg_gantt

        return svg_gantt(self.model, self.schedule, subtitle=headline(self.model, self.result))

    def summary(self) -> str:
        """Status, objectives and time in a few lines."""
        from schedc.render.summary import summary

        return summary(self.model, self.result)

    def _repr_html_(self) -> str:
        return self.svg() if self.result.schedule is not None else f"<pre>{self.summary()}</pre>"

    def __repr__(self) -> str:
        goals = ", ".join(f"{o.name}={o.value}" for o in self.objectives)
        return f"<Plan {self.status.value}{' ' + goals if goals else ''}, {len(self)} tasks>"


def _scaled(value: int | None, scale: Fraction) -> int | float | None:
    from schedc.render.figures import number

    return None if value is None else number(value * scale)
