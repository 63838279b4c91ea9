"""What can be seen to be impossible before any solver runs, with every side of the story.

Single tasks first; what concerns several tasks is looked at only when those have a place each. A model with more than
THOROUGH tasks gets the cheap checks alone: those by columns, and the search for cycles.
"""

from __future__ import annotations

from schedc.dsl.check_relations import check_energy, check_exclusives, check_lags, find_cycle, tell_cycle
from schedc.dsl.check_tasks import Case, check_tasks
from schedc.dsl.phrases import labels_of
from schedc.models.bounds import Conflict, Propagation
from schedc.models.diagnostics import Findings, Label
from schedc.models.graph import Cycle
from schedc.models.model import Model
from schedc.models.points import points_of
from schedc.models.source import NO_ORIGIN, NOWHERE
from schedc.models.story import of_cycle, of_empty_window

THOROUGH = 200_000


def check(model: Model, findings: Findings) -> None:
    """Add errors E210-E219 for what no schedule can keep, and warning W407 for a model without tasks.

    One diagnostic a statement, about its first such member. Finding nothing does not make the model feasible.
    """
    if not model.task_count:
        _warn_empty(model, findings)
        return
    case = Case.of(model, findings)
    check_tasks(case)
    check_lags(case)
    if any((t.shortest > t.longest).any() for t in model.tasks) or any((o.lo > o.hi).any() for o in model.orders):
        return      # these would be found again as cycles
    if model.task_count > THOROUGH:
        points = points_of(model)
        found = find_cycle(points)
        if found is not None:
            tell_cycle(case, of_cycle(model, points, found))
        return
    _check_together(case)


def _check_together(case: Case) -> None:
    """Cycles; then, if all is well so far, empty windows, exclusives and energy."""
    state = Propagation(case.model, closures=case.closures)
    cycle = state.positive_cycle()
    if cycle is not None:
        tell_cycle(case, of_cycle(case.model, state.points, cycle))
        return
    if case.doomed.any():
        return
    stopped = state.run()
    assert not isinstance(stopped, Cycle)
    if stopped is None:
        check_exclusives(case, state.bounds())
        check_energy(case, state.bounds())
        return
    _tell_conflict(case, of_empty_window(state, stopped))


def _tell_conflict(case: Case, conflict: Conflict) -> None:
    """E217: clauses that together leave a task no place."""
    family, _ = case.model.task_family(conflict.tasks[0])
    origins = [o for o in conflict.origins if o.span != family.origin.span]
    others = [label for o in dict.fromkeys(origins) for label in labels_of([o], o.what)]
    case.findings.error("E217", conflict.reason, Label(family.origin.span), *others[:8])


def _warn_empty(model: Model, findings: Findings) -> None:
    places = [model.axis.origin, *(t.origin for t in model.tasks), *(r.origin for r in model.resources)]
    at = next((o.span for o in places if o is not NO_ORIGIN), NOWHERE)
    findings.warning("W407", "there is nothing to schedule", at)
