"""Solving a written program: stage after stage, each one held at its value while the next is improved.

A schedule is known before HiGHS runs in most cases. For a makespan nothing is then asked but a shorter one: windows are
propagated anew for an end one tick earlier, and where that, or HiGHS within those windows, finds nothing, the known
schedule is proved optimal. Every incumbent is rounded, repaired and judged before anyone hears of it, and counts by the
judge's figures. A bound of HiGHS counts only where `numbers.trusted` says so.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

from schedc.compilers.backend import Event, Limits, OnEvent, Outcome
from schedc.compilers.measure import costs, objective_values
from schedc.compilers.milp.encode import Encoded
from schedc.compilers.milp.engine import Answer, Loaded, News, run
from schedc.compilers.milp.numbers import proved, trusted
from schedc.compilers.milp.repair import whole_values
from schedc.compilers.result import relative_gap
from schedc.compilers.windows import windows
from schedc.models.expressions import Makespan
from schedc.models.model import Model
from schedc.models.schedule import Schedule, Status

_SHARE = 0.75       # of the time left, for a stage that others follow
_SHAKY = "the coefficients span a range in which HiGHS's tolerances prove nothing"


@dataclass
class Search:
    """One solve. own: the program is as it was written, nobody added to the native model."""

    model: Model
    encoded: Encoded
    loaded: Loaded
    own: bool
    limits: Limits
    on_event: OnEvent
    began: float = field(default_factory=time.monotonic)
    best: Schedule | None = None
    best_costs: tuple[int, ...] = ()
    bounds: list[int | None] = field(default_factory=list)      # of the stages' costs
    reason: str = ""
    cancelled: bool = False
    cutoff: int | None = None       # only costs of the first stage below this are asked for at the moment

    def __post_init__(self) -> None:
        self.bounds = [None] * len(self.model.objective)
        self.sure = trusted(self.encoded.program, self.encoded.goals)

    def run(self, hint: Schedule | None) -> Outcome:
        """All stages; with a hint that the judge accepts nothing worse than it is looked for."""
        if hint is not None:
            self._take_hint(hint)
        if not self.encoded.goals:
            return self._outcome(self._search({}, 0, 0).status, False)
        proved_all = True
        for stage, (terms, constant) in enumerate(self.encoded.goals):
            status = self._stage(stage)
            if self.best is None:
                return self._outcome(status, False)
            proved_all = proved_all and self.bounds[stage] == self.best_costs[stage]
            if self.cancelled or self._seconds_left() == 0:
                proved_all = proved_all and stage == len(self.encoded.goals) - 1
                break
            if terms and stage < len(self.encoded.goals) - 1:
                self.loaded.at_most(terms, self.best_costs[stage] - constant)
        return self._outcome(Status.FEASIBLE, proved_all)

    def _outcome(self, status: Status, proved_all: bool) -> Outcome:
        import highspy
        from pyomo.version import version

        highs = highspy.Highs
        versions = {"highspy": highs.version(self.loaded.highs), "pyomo": version}
        if self.best is None and status is not Status.INFEASIBLE:
            status = Status.UNKNOWN
        if self.best is not None:
            status = Status.OPTIMAL if proved_all else Status.FEASIBLE
        reason = self.reason or ("no schedule exists" if status is Status.INFEASIBLE else "")
        return Outcome(status, self.best, self._shown_bounds(), reason, self.cancelled, versions)

    # one stage

    def _stage(self, stage: int) -> Status:
        terms, constant = self.encoded.goals[stage]
        if not terms:
            self._raise_bound(stage, constant)
        if self._known(stage):
            return Status.FEASIBLE
        if stage == 0 and self.own and self.best is not None and self._makespan():
            return self._shorter(terms, constant)
        return self._search(terms, constant, stage).status

    def _known(self, stage: int) -> bool:
        return self.best is not None and self.bounds[stage] == self.best_costs[stage]

    def _makespan(self) -> bool:
        goal = self.model.objective[0]
        return isinstance(goal.value, Makespan) and goal.sense == "minimize"

    def _shorter(self, terms: dict[int, int], constant: int) -> Status:
        """Look for a schedule that ends before the best one."""
        limit, program = self.best_costs[0], self.encoded.program
        tighter = windows(self.model, limit - 1)
        narrowed = None if tighter.conflict is not None else self.encoded.places.narrow(tighter, program)
        if narrowed is None:
            self._raise_bound(0, limit)
            return Status.FEASIBLE
        self.loaded.narrow(*narrowed)
        self.cutoff = limit
        answer = self._search(terms, constant, 0)
        self.cutoff = None
        self.loaded.narrow(program.low, program.high)
        if answer.status is Status.INFEASIBLE and self.sure:
            self._raise_bound(0, limit)
        return Status.FEASIBLE

    def _search(self, terms: dict[int, int], constant: int, stage: int) -> Answer:
        self.loaded.minimize(terms)
        if self.best is not None and self.cutoff is None:
            self.loaded.suggest(*self.encoded.places.hint(self.best, self.encoded.program))
        answer = run(self.loaded, self.limits, self._budget(stage), lambda news: self._listen(news, stage, constant))
        self.cancelled, self.reason = self.cancelled or answer.cancelled, answer.reason
        if answer.values is not None:
            self._improve(answer.values)
        self._listen(News("bound", bound=answer.bound), stage, constant)
        if self.best is None and answer.status is Status.INFEASIBLE and not (self.own and self.sure):
            self.reason = _SHAKY
            return Answer(Status.UNKNOWN, cancelled=answer.cancelled)
        return answer

    def _budget(self, stage: int) -> float | None:
        left = self._seconds_left()
        last = stage >= len(self.encoded.goals) - 1
        return left if left is None or last or self.limits.deterministic else left * _SHARE

    def _seconds_left(self) -> float | None:
        if self.limits.seconds is None or self.limits.deterministic:
            return self.limits.seconds
        return max(0.0, self.limits.seconds - (time.monotonic() - self.began))

    # news

    def _listen(self, news: News, stage: int, constant: int) -> None:
        if news.kind == "solution":
            self._improve(news.values)
            return
        found = proved(news.bound)
        counts = found is not None and self.sure and bool(self.encoded.goals) and bool(self.encoded.goals[stage][0])
        if found is not None and counts and self._raise_bound(stage, self._within_cutoff(found + constant)):
            self._emit("bound", None)

    def _within_cutoff(self, bound: int) -> int:
        return bound if self.cutoff is None else min(bound, self.cutoff)

    def _improve(self, values: Any) -> None:
        schedule = self.encoded.places.schedule(whole_values(self.encoded.program, values))
        found = costs(self.model, schedule)
        if (self.best is None or found < self.best_costs) and self._judged(schedule):
            self.best, self.best_costs = schedule, found
            if any(bound is not None and bound > cost for bound, cost in zip(self.bounds[:1], found)):
                self.sure, self.bounds = False, [None] * len(self.bounds)
            self._emit("incumbent", schedule)

    def _raise_bound(self, stage: int, cost: int) -> bool:
        """Keep a bound that is better; one that a judged schedule refutes is none, and nothing of the run counts."""
        known = self.bounds[stage]
        if known is not None and cost <= known:
            return False
        if self.best is not None and cost > self.best_costs[stage]:
            self.sure = False
            return False
        self.bounds[stage] = cost
        return True

    def _shown_bounds(self) -> tuple[int | None, ...]:
        stages = zip(self.model.objective, self.bounds)
        return tuple(-b if b is not None and s.sense == "maximize" else b for s, b in stages)

    def _emit(self, kind: Any, schedule: Schedule | None) -> None:
        objective = () if self.best is None else objective_values(self.model, self.best)
        known = tuple(b for b in self._shown_bounds() if b is not None)
        gap = relative_gap(objective[len(known) - 1], known[-1]) if objective and known else None
        self.on_event(Event(time.monotonic() - self.began, kind, "milp", objective, known, gap, "", schedule))

    # schedules

    def _judged(self, schedule: Schedule) -> bool:
        from schedc.models.verify import verify

        return verify(self.model, schedule).holds

    def _take_hint(self, hint: Schedule) -> None:
        if self.own and self._judged(hint):
            self.best, self.best_costs = hint, costs(self.model, hint)
