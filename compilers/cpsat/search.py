"""Solving a compiled model: stage after stage, each one held at its value while the next is improved."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

from schedc.compilers.backend import Event, Limits, OnEvent, Outcome
from schedc.compilers.conditions import Sum
from schedc.compilers.cpsat.encode import Encoded
from schedc.compilers.cpsat.engine import Answer, News, run
from schedc.compilers.cpsat.parameters import paired, parameters, raises_bound
from schedc.compilers.cpsat.reading import schedule_of
from schedc.compilers.cpsat.sheet import linear_text, objective_text
from schedc.compilers.measure import costs, objective_values
from schedc.compilers.result import relative_gap
from schedc.models.model import Model
from schedc.models.schedule import Schedule, Status

_SHARE = 0.75       # of the time left, for a stage that others follow


@dataclass
class Search:
    """One solve. `proto` is a private copy of the native model; `trusted`: nobody added to it."""

    model: Model
    encoded: Encoded
    proto: Any
    trusted: bool
    limits: Limits
    on_event: OnEvent
    began: float = field(default_factory=time.monotonic)
    best: Schedule | None = None
    best_costs: tuple[int, ...] = ()
    values: list[int] | None = None
    bounds: list[int | None] = field(default_factory=list)

    def run(self, hint: Schedule | None) -> Outcome:
        """All stages; with a hint that the judge accepts nothing worse than it is looked for."""
        self.bounds = [None] * len(self.model.objective)
        if hint is not None:
            self._take_hint(hint)
        if not self.encoded.goals:
            return self._outcome(self._stage(0, None), Status.FEASIBLE)
        proved = True
        answer = Answer(Status.UNKNOWN, None, None)
        for stage, goal in enumerate(self.encoded.goals):
            answer = self._stage(stage, goal)
            if answer.values is None:       # the best, if any, is the hint: nothing was proved of it
                proved = False
                break
            proved = proved and self._note_bound(stage, answer)
            self.proto.merge_text_format(linear_text(goal[0], self.best_costs[stage] - goal[1]))
            if answer.cancelled or self._seconds_left() == 0:
                proved = proved and stage == len(self.encoded.goals) - 1
                break
        return self._outcome(answer, Status.OPTIMAL if proved else Status.FEASIBLE)

    def _outcome(self, answer: Answer, status: Status) -> Outcome:
        """With a schedule this status; without one whatever the solver proved."""
        from ortools import __version__

        versions = {"ortools": __version__}
        if self.best is None:
            status = answer.status
            reason = answer.reason or ("no schedule exists" if status is Status.INFEASIBLE else "")
            return Outcome(status, None, tuple(self.bounds), reason, answer.cancelled, versions)
        return Outcome(status, self.best, tuple(self.bounds), answer.reason, answer.cancelled, versions)

    # one stage

    def _stage(self, stage: int, goal: Sum | None) -> Answer:
        self.proto.clear_objective()
        if goal is not None and goal[0]:
            self.proto.merge_text_format(objective_text(goal[0]))
        raising = goal is not None and raises_bound(self.model.objective[stage])
        if raising and self.best is None and paired(self.limits):
            first = self._search(stage, {"stop_after_first_solution": True}, raising=False)
            if self.best is None or self._seconds_left() == 0 or first.cancelled or first.status is Status.OPTIMAL:
                return first
        return self._search(stage, {}, raising)

    def _search(self, stage: int, more: dict[str, Any], raising: bool) -> Answer:
        self._set_hint()
        chosen = parameters(self.limits, self._budget(stage), raising) | more
        places = self.encoded.places
        if places.present or places.mode or places.member:
            chosen["symmetry_level"] = 0    # OR-Tools 9.15 aborts in the presolve of some such models
        answer = run(self.proto, chosen, self.limits, lambda news: self._listen(news, stage))
        if answer.values is not None:       # presolve may find it without telling the callback
            self._improve(answer.values)
        return answer

    def _budget(self, stage: int) -> float | None:
        left = self._seconds_left()
        if left is None or self.limits.deterministic or stage == len(self.encoded.goals) - 1:
            return left
        return left * _SHARE

    def _seconds_left(self) -> float | None:
        """Wall seconds left; in deterministic mode the clock is the solver's own and every stage has all of it."""
        if self.limits.seconds is None or self.limits.deterministic:
            return self.limits.seconds
        return max(0.0, self.limits.seconds - (time.monotonic() - self.began))

    def _listen(self, news: News, stage: int) -> None:
        if news.kind == "solution":
            self._improve(news.values)
        elif news.bound is not None:
            self._raise_bound(stage, news.bound)

    def _improve(self, values: list[int]) -> None:
        schedule = schedule_of(self.model, self.encoded.places, values)
        found = costs(self.model, schedule)
        if self.best is None or found < self.best_costs:
            self.best, self.best_costs, self.values = schedule, found, values
            self._emit("incumbent", schedule)

    def _raise_bound(self, stage: int, bound: int) -> None:
        proved = bound + self.encoded.goals[stage][1]
        known = self._cost_bound(stage)
        if known is None or proved > known:
            self._set_bound(stage, proved)
            self._emit("bound", None)

    def _note_bound(self, stage: int, answer: Answer) -> bool:
        """Keep the final bound of a stage; whether it proves the stage. A refuted bound is forgotten."""
        value = self.best_costs[stage]
        terms, constant = self.encoded.goals[stage]
        bound = constant if not terms else None if answer.bound is None else answer.bound + constant
        earlier = self._cost_bound(stage)
        if bound is None or (earlier is not None and earlier > bound):
            bound = earlier
        if bound is not None and bound > value:
            bound = None
        self._set_bound(stage, bound)
        return bound == value

    def _cost_bound(self, stage: int) -> int | None:
        bound = self.bounds[stage]
        return -bound if bound is not None and self.model.objective[stage].sense == "maximize" else bound

    def _set_bound(self, stage: int, cost: int | None) -> None:
        turned = cost is not None and self.model.objective[stage].sense == "maximize"
        self.bounds[stage] = -cost if turned and cost is not None else cost

    def _emit(self, kind: Any, schedule: Schedule | None) -> None:
        objective = () if self.best is None else objective_values(self.model, self.best)
        known = [b for b in self.bounds if b is not None]
        gap = relative_gap(objective[len(known) - 1], known[-1]) if objective and known else None
        now = time.monotonic() - self.began
        self.on_event(Event(now, kind, "cpsat", objective, tuple(known), gap, "", schedule))

    # schedules and variables

    def _take_hint(self, hint: Schedule) -> None:
        self.values = self.encoded.hints.values(len(self.encoded.sheet.lo), hint)
        if self.trusted and self._judged(hint):
            self.best, self.best_costs = hint, costs(self.model, hint)
            if self.encoded.goals:
                terms, constant = self.encoded.goals[0]
                self.proto.merge_text_format(linear_text(terms, self.best_costs[0] - constant))

    def _judged(self, hint: Schedule) -> bool:
        from schedc.models.verify import verify

        return verify(self.model, hint).holds

    def _set_hint(self) -> None:
        self.proto.clear_solution_hint()
        if self.values is not None:
            text = f"solution_hint{{vars:{list(range(len(self.values)))} values:{self.values}}}"
            self.proto.merge_text_format(text)
