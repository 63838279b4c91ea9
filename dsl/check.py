"""What can be seen to be impossible before any solver runs, with every side of the story.

`check` finds statements that cannot be kept as they stand: an error of the text. `refute` finds that statements, each
possible by itself, cannot be kept together: the model is proved infeasible, which is an answer. A model with more than
THOROUGH tasks gets the cheap checks alone: those by columns, and the search for cycles.
"""

from __future__ import annotations

from schedc.dsl.check_options import check_options
from schedc.dsl.check_parts import check_parts
from schedc.dsl.check_relations import check_energy, check_exclusives, check_lags, find_cycle, tell_cycle
from schedc.dsl.check_stocks import check_stocks
from schedc.dsl.check_tasks import Case, check_tasks
from schedc.dsl.phrases import clause, labels_of
from schedc.dsl.ranges import warn_ranges
from schedc.models.bounds import Conflict, Propagation
from schedc.models.diagnostics import Findings, Label
from schedc.models.model import Model
from schedc.models.points import points_of
from schedc.models.presence import certain
from schedc.models.source import NO_ORIGIN, NOWHERE
from schedc.models.story import of_cycle, told
from schedc.models.tighten import Stopped, tighten

THOROUGH = 200_000


def check(model: Model, findings: Findings) -> None:
    """Add errors E210-E216, E220, E221 and E315 for what no schedule can keep; W407 for a model without tasks,
    W409 for coefficients too far apart. With a `now` errors wait for `refute`, as an earlier schedule may cure them.

    One diagnostic a statement, about its first such member. Finding nothing does not make the model feasible; nothing
    is an error that leaving out optional tasks cures.
    """
    if not model.task_count:
        _warn_empty(model, findings)
        return
    warn_ranges(model, findings)
    if not model.axis.now:      # else an earlier schedule may cure it: `refute` tells
        _check_each(certain(model), findings)


def _check_each(model: Model, findings: Findings) -> None:
    case = Case.of(model, findings)
    check_tasks(case)
    check_options(case)
    check_lags(case)
    check_stocks(model, findings)
    check_parts(model, findings)
    if any((t.shortest > t.longest).any() for t in model.tasks) or any((o.lo > o.hi).any() for o in model.orders):
        return      # these would be found again as cycles
    points = points_of(model)
    found = find_cycle(points) if model.task_count > THOROUGH else points.positive_cycle()
    if found is not None:
        tell_cycle(case, of_cycle(model, points, found))


def refute(model: Model, findings: Findings) -> None:
    """Add errors E217-E219 where the statements of a model that passed `check` cannot be kept together.

    Where one statement shows it by itself, each such statement has its error; else one tells what propagation found.
    """
    if model.axis.now and model.task_count:
        _check_each(certain(model), findings)
        if findings.failed:
            return
    if not 0 < model.task_count <= THOROUGH:
        return
    case = Case.of(certain(model), findings)
    state = Propagation(case.model, closures=case.closures)
    stopped: Stopped | None = state.run()
    if stopped is None:
        known = len(findings.items)
        check_exclusives(case, state.bounds())
        check_energy(case, state.bounds())
        if len(findings.items) > known:
            return
        stopped = tighten(state)
    if stopped is not None:
        _tell_conflict(case, told(state, stopped))
    else:
        state.facts.propagated = state.bounds()     # who solves the model need not do it again


def _tell_conflict(case: Case, conflict: Conflict) -> None:
    """E217: clauses that together leave a task no place; E218, E219: what tasks share has no room for all of them."""
    family = case.model.task_family(conflict.tasks[0])[0]
    code, at = "E217", clause(family, "name")
    if conflict.overload is not None:
        code, at = "E218" if conflict.overload.group < 0 else "E219", conflict.origins[0]
    said = {at.span, family.origin.span} if code == "E217" else {at.span}
    origins = [o for o in conflict.origins if o.span not in said]
    others = [label for o in dict.fromkeys(origins) for label in labels_of([o], o.what)]
    case.findings.error(code, conflict.reason, Label(at.span), *others[:8])


def _warn_empty(model: Model, findings: Findings) -> None:
    places = [model.axis.origin, *(t.origin for t in model.tasks), *(r.origin for r in model.resources)]
    at = next((o.span for o in places if o is not NO_ORIGIN), NOWHERE)
    findings.warning("W407", "there is nothing to schedule", at)
