"""A model as somebody would write it for CP-SAT by hand: one interval a task, one constraint a statement, no more.

No propagation of ours, no construction, no hints, the solver's own parameters: what a modeller gets who knows CP-SAT
and writes the textbook model. Only for what such models say; `NotThereError` otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import combinations, pairwise
from typing import Any

import numpy as np
from in_pyjobshop import NotThereError, _dues

from schedc.models.columns import UNLIMITED
from schedc.models.expressions import Makespan, Point
from schedc.models.model import Model
from schedc.models.schedule import Schedule


@dataclass
class ByHand:
    """The CP-SAT model of a model, with the variables of tasks and options."""

    model: Model
    native: Any
    start: list[Any] = field(default_factory=list)
    end: list[Any] = field(default_factory=list)
    chosen: dict[int, Any] = field(default_factory=dict)        # by option

    def schedule(self, solver: Any) -> Schedule:
        """What the solver found."""
        start = np.array([solver.value(s) for s in self.start], dtype=np.int64)
        end = np.array([solver.value(e) for e in self.end], dtype=np.int64)
        mode = None
        if self.chosen:
            mode = np.full(len(start), -1, dtype=np.int64)
            for option, literal in self.chosen.items():
                if solver.value(literal):
                    mode[int(self.model.options.task[option])] = option
        return Schedule(start, end, end - start, mode=mode)


def by_hand(model: Model) -> ByHand:
    """The textbook model. Raises NotThereError for what it does not say."""
    from ortools.sat.python import cp_model

    strange = (model.picks.wanted.size, model.availability, model.requires, model.stocks, model.stays.task.size)
    if any(len(x) if isinstance(x, tuple) else x for x in strange):
        raise NotThereError("members, calendars, requirements, stocks or states")
    if any(t.optional or t.pausable or t.within for t in model.tasks):
        raise NotThereError("optional or pausable tasks, windows")
    written = ByHand(model, cp_model.CpModel())
    use = _tasks(written)
    for resource, intervals in use.items():
        capacity = int(model.capacity[resource])
        if capacity == 1:
            written.native.add_no_overlap([i for i, _ in intervals])
        else:
            written.native.add_cumulative([i for i, _ in intervals], [q for _, q in intervals], capacity)
    for exclusive in model.exclusives:
        for lo, hi in pairwise(exclusive.ptr.tolist()):
            written.native.add_no_overlap([_interval(written, t) for t in exclusive.task[lo:hi].tolist()])
    _orders(written)
    _permutations(written)
    _goal(written)
    return written


def _tasks(written: ByHand) -> dict[int, list[tuple[Any, int]]]:
    model, native = written.model, written.native
    options: dict[int, list[int]] = {}
    for k, task in enumerate(model.options.task.tolist()):
        options.setdefault(task, []).append(k)
    use: dict[int, list[tuple[Any, int]]] = {}
    for t in range(model.task_count):
        written.start.append(native.new_int_var(int(model.release[t]), model.horizon, ""))
        written.end.append(native.new_int_var(0, int(model.deadline[t]), ""))
        if t not in options and model.shortest[t] != model.longest[t]:
            raise NotThereError("variable lengths")
    own = {t: _interval(written, t) for t in range(model.task_count) if t not in options}
    for task, resource, amount in zip(*(c.tolist() for c in model.demands)):
        if task not in own:
            own[task] = native.new_interval_var(
                written.start[task], native.new_int_var(0, model.horizon, ""), written.end[task], ""
            )
        use.setdefault(resource, []).append((own[task], amount))
    _options(written, options, use)
    return use


def _interval(written: ByHand, task: int) -> Any:
    length = int(written.model.shortest[task])
    return written.native.new_interval_var(written.start[task], length, written.end[task], "")


def _options(written: ByHand, options: dict[int, list[int]], use: dict[int, list[tuple[Any, int]]]) -> None:
    model, native = written.model, written.native
    intervals = {}
    for task, some in options.items():
        for k in some:
            written.chosen[k] = native.new_bool_var("")
            length = int(model.options.shortest[k])
            intervals[k] = native.new_optional_interval_var(
                written.start[task], length, written.end[task], written.chosen[k], ""
            )
        native.add_exactly_one([written.chosen[k] for k in some])
    for k, resource, amount in zip(*(c.tolist() for c in model.option_demands)):
        use.setdefault(resource, []).append((intervals[k], amount))


def _orders(written: ByHand) -> None:
    for order in written.model.orders:
        if order.extra is not None:
            raise NotThereError("lags by choice")
        columns = (written.start, written.end)
        first, second = columns[order.first_point], columns[order.second_point]
        for a, b, lo, hi in zip(*(c.tolist() for c in (order.first, order.second, order.lo, order.hi))):
            if lo > -UNLIMITED:
                written.native.add(second[b] - first[a] >= lo)
            if hi < UNLIMITED:
                written.native.add(second[b] - first[a] <= hi)


def _permutations(written: ByHand) -> None:
    """A literal for each pair of jobs, the same on both machines."""
    native, known = written.native, {}
    for p in written.model.permutations:
        for lo, hi in pairwise(p.ptr.tolist()):
            pairs = list(zip(p.first[lo:hi].tolist(), p.second[lo:hi].tolist()))
            for (a, c), (b, d) in combinations(pairs, 2):
                literal = known.get((a, b))
                if literal is None:
                    literal = native.new_bool_var("")
                known[a, b] = known[c, d] = literal
                for x, y in ((a, b), (c, d)):
                    native.add(written.start[y] >= written.end[x]).only_enforce_if(literal)
                    native.add(written.start[x] >= written.end[y]).only_enforce_if(~literal)


def _goal(written: ByHand) -> None:
    model, native = written.model, written.native
    goal = model.objective[0]
    if goal.sense != "minimize" or len(model.objective) > 1:
        raise NotThereError("this goal")
    if isinstance(goal.value, Makespan):
        last = native.new_int_var(0, model.horizon, "")
        native.add_max_equality(last, written.end)
        native.minimize(last)
        return
    terms = []
    for task, (weight, due) in _dues(goal.value).items():
        late = written.end[task]
        if due:
            late = native.new_int_var(0, model.horizon, "")
            native.add(late >= written.end[task] - due)
        terms.append(weight * late)
    native.minimize(sum(terms))


assert Point.START == 0 and Point.END == 1      # `_orders` picks columns by them
