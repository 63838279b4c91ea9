"""Explaining a model without a schedule: conflicts, what would end them, and one diagnostic for each."""

from __future__ import annotations

from schedc.compilers.conflict import Core, disjoint_cores, smallest
from schedc.explaining.because import because
from schedc.explaining.case import Case
from schedc.explaining.diagnose import diagnostic_of
from schedc.explaining.params import advised
from schedc.explaining.relax import relaxations
from schedc.explaining.report import Conflict
from schedc.explaining.words import item_of
from schedc.models.conflict import Item


def conflicts(case: Case) -> list[Conflict]:
    """Disjoint conflicts of an infeasible model, each with what would end it; none where time ran out first."""
    cores = list(disjoint_cores(case.oracle, case.all))
    return [_conflict(case, core, [c for c in cores if c is not core]) for core in cores]


def minimal_conflict(case: Case) -> list[Item]:
    """One conflict's elements alone."""
    core = smallest(case.oracle, case.all)
    return items_of(case, core) if core is not None and core.minimal else []


def items_of(case: Case, core: Core) -> list[Item]:
    """The elements of a core as data."""
    return [item_of(case.elements, n) for n in core.numbers.tolist()]


def _conflict(case: Case, core: Core, others: list[Core]) -> Conflict:
    items = tuple(items_of(case, core))
    story = because(case.oracle.model_of(case.elements.flags(core.numbers)))
    advice = tuple(relaxations(case, core, others))
    places = [span for item in items for span in (item.span, *item.more)]
    params = () if others else tuple(advised(case, places))
    told = diagnostic_of(items, core.minimal, story, advice, params)
    return Conflict(items, core.minimal, story, advice, params, told)


def together(found: list[Conflict]) -> tuple[str, ...]:
    """Of several conflicts the cheapest relaxation each, where there is one for every conflict."""
    if len(found) < 2 or not all(c.relaxations for c in found):
        return ()
    return tuple(c.relaxations[0].text for c in found)
