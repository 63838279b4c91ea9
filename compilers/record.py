"""What is known while a run goes on: the best judged schedule, bounds, events, and the time of each phase."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from schedc.compilers.backend import Event, Limits, OnEvent, Outcome
from schedc.compilers.checkpoint import Saver
from schedc.compilers.measure import costs
from schedc.compilers.result import InternalError, Result, StageResult, relative_gap
from schedc.models.model import Model
from schedc.models.schedule import Schedule, Status
from schedc.models.verify import Verdict, verify

T = TypeVar("T")


@dataclass
class Record:
    """The state of one run. `floor`: a proven lower bound of a first stage that minimises the makespan."""

    model: Model
    limits: Limits
    on_event: OnEvent
    best: Schedule | None = None
    verdict: Verdict | None = None
    source: str = ""
    status: Status = Status.UNKNOWN
    floor: int | None = None
    bounds: tuple[int | None, ...] = ()
    reason: str = ""
    interrupted: bool = False
    chosen_because: str = ""
    saver: Saver | None = None      # who keeps the best schedule in a file
    trace: list[Event] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)
    began: float = field(default_factory=time.monotonic)

    def phase(self, name: str, work: Callable[[], T]) -> T:
        """Do one part of the run and book its time, interrupted or not; parts within it are booked by themselves."""
        self.emit(Event(self.now(), "phase", "schedc", text=name))
        start, booked = time.monotonic(), sum(self.seconds.values())
        try:
            return work()
        finally:
            within = sum(self.seconds.values()) - booked
            self.seconds[name] = self.seconds.get(name, 0.0) + time.monotonic() - start - within

    def now(self) -> float:
        """Seconds since the run began."""
        return time.monotonic() - self.began

    def remaining(self) -> Limits:
        """The limits for what is still to come. Deterministic runs do not look at the clock."""
        if self.limits.seconds is None or self.limits.deterministic:
            return self.limits
        return replace(self.limits, seconds=max(0.0, self.limits.seconds - self.now()))

    def stopped(self) -> bool:
        """Whether the run was cancelled or its time is over."""
        if self.limits.cancel.is_set():
            self.interrupted = True
            self.reason = self.reason or "cancelled"
            return True
        if self.remaining().seconds == 0:
            self.reason = self.reason or "the time is over"
            return True
        return False

    def emit(self, event: Event) -> None:
        """Keep and hand on an event; the trace does not keep schedules."""
        self.trace.append(replace(event, schedule=None))
        self.on_event(event)

    def note_choice(self, backend: str, because: str) -> None:
        """Which back-end runs, and where nobody asked for it, why."""
        self.chosen_because = f"{backend}: {because}" if because else ""
        self.emit(Event(self.now(), "phase", "schedc", text=f"solver {self.chosen_because or backend}"))

    def complain(self, text: str) -> None:
        """Something went wrong that the run can do without."""
        self.emit(Event(self.now(), "phase", "schedc", text=text))

    def left_out(self, who: str, problem: BaseException) -> None:
        """A search that raised: nothing is lost by it, but it is told."""
        text = f"{who} failed and is left out: {type(problem).__name__}: {problem}"
        self.emit(Event(self.now(), "phase", who, text=text))

    # schedules

    def consider(self, schedule: Schedule, source: str) -> bool:
        """Judge a schedule of ours or the caller's; keep it if it holds and is better than the best so far."""
        verdict = verify(self.model, schedule)
        if not verdict.holds:
            return False
        if self.best is None or costs(self.model, schedule) < costs(self.model, self.best):
            self._keep(schedule, verdict, source)
            self.emit(self._incumbent(source))
        return True

    def _keep(self, schedule: Schedule, verdict: Verdict, source: str) -> None:
        self.best, self.verdict, self.source = schedule, verdict, source
        self.status = Status.FEASIBLE
        if self.saver is not None:
            self.saver.best(schedule)

    def _incumbent(self, source: str) -> Event:
        assert self.verdict is not None
        values = self.verdict.objectives
        bound = tuple(b for b in self.bounds[:1] if b is not None)
        gap = relative_gap(values[0], bound[0]) if values and bound else None
        return Event(self.now(), "incumbent", source, values, bound, gap, "", self.best)

    def forward(self, event: Event) -> None:
        """An event of the back-end: its schedules are judged first, its clock becomes this run's."""
        if event.schedule is not None:
            verdict = self._judged(event.schedule, event.source)
            if self.best is None or costs(self.model, event.schedule) <= costs(self.model, self.best):
                self._keep(event.schedule, verdict, event.source)
        self.emit(replace(event, t=self.now()))

    def learn(self, event: Event, trusted: bool) -> bool:
        """An event of a back-end beside which others search; whether it says anything new.

        A schedule is judged, and news only if it is the best. trusted: whether the bound of a single goal counts before
        the back-end has ended.
        """
        before, known = self.best, self.bounds
        if event.schedule is not None:
            self._judged(event.schedule, event.source)
            if self.best is None or costs(self.model, event.schedule) < costs(self.model, self.best):
                self.consider(event.schedule, event.source)
        elif event.event == "bound" and event.bound and trusted and len(self.model.objective) == 1:
            self._merge_bounds(event.bound)
            if self.bounds != known:
                self.emit(self._bounded(event.source))
        return self.best is not before or self.bounds != known

    def _judged(self, schedule: Schedule, source: str) -> Verdict:
        verdict = verify(self.model, schedule)
        if not verdict.holds:
            raise InternalError(f"{source} gave a schedule that the judge rejects: {verdict.violations[0].message}")
        return verdict

    # proofs

    def note_floor(self, floor: int) -> None:
        """A lower bound of the makespan, before any search."""
        self.floor = floor
        self.bounds = (floor, *[None] * (len(self.model.objective) - 1))
        self.emit(Event(self.now(), "bound", "propagate", bound=(floor,)))

    def infeasible(self, reason: str) -> None:
        """Nothing can be scheduled."""
        self.status, self.reason, self.source = Status.INFEASIBLE, reason, "propagate"

    def settled(self) -> bool:
        """Whether the search may end: it is proved, without a goal, or every goal as near its bound as was asked."""
        if self.status in (Status.OPTIMAL, Status.INFEASIBLE):
            return True
        if self.best is None or self.verdict is None:
            return False
        values = self.verdict.objectives
        if not values:
            return True
        self._not_beyond(values[0])
        gaps = [relative_gap(value, bound) for value, bound in zip(values, self.bounds)]
        if gaps == [0.0]:
            self.status = Status.OPTIMAL
            return True
        return any(gaps) and all(gap is not None and gap <= self.limits.gap for gap in gaps)

    def _not_beyond(self, value: int) -> None:
        bound = self.bounds[0] if self.bounds else None
        if bound is not None and self._looser(value, bound):
            raise InternalError(f"a judged schedule of value {value} refutes the bound {bound}")

    def _looser(self, one: int, other: int) -> bool:
        """Whether one bound of the first stage says less than another."""
        return one > other if self.model.objective[0].sense == "maximize" else one < other

    def accept(self, outcome: Outcome, source: str) -> None:
        """Take over what a back-end answered, after the judge has seen it."""
        self.versions.update(outcome.versions)
        self.interrupted = self.interrupted or outcome.interrupted
        self._merge_bounds(outcome.bounds)
        if outcome.schedule is not None:
            verdict = self._judged(outcome.schedule, source)
            if self.best is None or costs(self.model, outcome.schedule) <= costs(self.model, self.best):
                self._keep(outcome.schedule, verdict, source)
        elif outcome.status is Status.INFEASIBLE:
            if self.best is not None:
                raise InternalError(f"{source} calls the model infeasible, but a judged schedule exists")
            self.status, self.source = Status.INFEASIBLE, source
        self.reason = outcome.reason if self.best is None else self.reason
        if outcome.status is Status.OPTIMAL and self.best is not None:
            self._confirm(outcome, source)

    def _confirm(self, outcome: Outcome, source: str) -> None:
        assert self.best is not None
        if outcome.schedule is None or costs(self.model, outcome.schedule) != costs(self.model, self.best):
            raise InternalError(f"{source} calls optimal what a judged schedule beats")
        self.status = Status.OPTIMAL

    def _merge_bounds(self, found: Sequence[int | None]) -> None:
        """The first stage keeps its best bound; those of later stages hold for the values of their own run."""
        bounds = list(found or (None,) * len(self.model.objective))
        known = self.bounds[0] if self.bounds else None
        if known is not None and (bounds[0] is None or self._looser(bounds[0], known)):
            bounds[0] = known
        self.bounds = tuple(bounds)
        if self.floor is not None:
            self.floor = bounds[0]

    def _bounded(self, source: str) -> Event:
        values = () if self.verdict is None else self.verdict.objectives
        bound = tuple(b for b in self.bounds if b is not None)
        gap = relative_gap(values[0], bound[0]) if values and bound else None
        return Event(self.now(), "bound", source, values, bound, gap)

    def result(self) -> Result:
        """The run's result, announced by an `end` event."""
        if self.saver is not None:
            self.saver.write()
        values = self.verdict.objectives if self.verdict is not None else (None,) * len(self.model.objective)
        bounds = self.bounds or (None,) * len(self.model.objective)
        stages = tuple(
            StageResult(s.name, s.sense, value, bound) for s, value, bound in zip(self.model.objective, values, bounds)
        )
        reached = tuple(v for v in values if v is not None)
        known = tuple(b for b in bounds if b is not None)
        gap = stages[0].gap if stages else None
        self.emit(Event(self.now(), "end", "schedc", reached, known, gap, self.status.value))
        return Result(
            self.status, self.best, self.verdict, stages, self.source, self.reason if self.best is None else "",
            tuple(self.trace), self.seconds, self.versions, self.limits.seed, self.interrupted,
            self.chosen_because,
        )
