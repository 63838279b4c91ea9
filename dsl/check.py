"""What can be seen to be impossible before any solver runs, with every side of the story.

`check` finds statements that cannot be kept as they stand: an error of the text. `refute` finds that statements, each
possible by itself, cannot be kept together: the model is proved infeasible, which is an answer. A model with more than
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
    """Add errors E210-E216 for statements that no schedule can keep, and warning W407 for a model without tasks.

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
    else:
        state = Propagation(model, closures=case.closures)
        points, found = state.points, state.positive_cycle()
    if found is not None:
        tell_cycle(case, of_cycle(model, points, found))


def refute(model: Model, findings: Findings) -> None:
    """Add errors E217-E219 where the statements of a model that passed `check` cannot be kept together."""
    if not 0 < model.task_count <= THOROUGH:
        return
    case = Case.of(model, findings)
    state = Propagation(model, closures=case.closures)
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
