"""From a model to a CP-SAT model: each construct in its own file, put together here."""

from __future__ import annotations

from dataclasses import dataclass

from schedc.compilers.calendars import task_calendars
from schedc.compilers.conditions import Side, Sum
from schedc.compilers.cpsat.addresses import write_addresses
from schedc.compilers.cpsat.batches import Batches
from schedc.compilers.cpsat.capacity import Capacities
from schedc.compilers.cpsat.chains import Chains
from schedc.compilers.cpsat.changes import Changes
from schedc.compilers.cpsat.conditions import Conditions
from schedc.compilers.cpsat.crews import write_crews
from schedc.compilers.cpsat.hints import Hints
from schedc.compilers.cpsat.lags import write_choice_lags
from schedc.compilers.cpsat.options import place_options
from schedc.compilers.cpsat.places import Places, place
from schedc.compilers.cpsat.precedence import Precedences, write_permutations
from schedc.compilers.cpsat.relations import write_exclusives, write_orders
from schedc.compilers.cpsat.sheet import Sheet
from schedc.compilers.cpsat.stocks import Levels
from schedc.compilers.windows import Windows, makespan_floor
from schedc.models.expressions import Makespan
from schedc.models.model import Model
from schedc.models.presence import certain


@dataclass(frozen=True)
class Encoding:
    """Choices among encodings that mean the same. compress: see `capacity`; reservoir: see `stocks`."""

    compress: bool = True
    circuits: bool = False
    reservoir: bool = False


@dataclass(frozen=True)
class Encoded:
    """A written sheet; goals: for each stage the sum to be minimised (a maximised value is negated)."""

    sheet: Sheet
    places: Places
    hints: Hints
    goals: tuple[Sum, ...]


def encode(model: Model, bounds: Windows, encoding: Encoding) -> Encoded:
    """Write a whole model. Raises BeyondRangeError."""
    sheet, hints = Sheet(), Hints(model)
    sure = certain(model)
    calendars, chains = task_calendars(model), Chains(sure, bounds)
    places = place(model, bounds, calendars, sheet, hints)
    place_options(model, places, sheet, hints)
    write_orders(model, calendars, places, sheet)
    Capacities(model, calendars, chains, places, sheet, hints, encoding.compress).write()
    Batches(model, places, sheet, hints).write()
    write_addresses(model, calendars, bounds, places, sheet, hints)
    write_crews(model, places, sheet)
    Levels(model, places, sheet, hints, encoding.reservoir).write()
    write_exclusives(model, calendars, chains, places, sheet)
    changes = _sequences(model, places, sheet, hints, encoding)
    floor = makespan_floor(model, bounds) if _has_makespan(model) and bounds.conflict is None else 0
    conditions = Conditions(places, sheet, hints, chains.last(), floor, changes.setup_time)
    write_choice_lags(model, places, conditions)
    for statement in model.requires:
        conditions.require(statement.condition)
    goals = tuple(_goal(conditions, model, k) for k in range(len(model.objective)))
    if bounds.conflict is not None:
        sheet.never(bounds.conflict)
    return Encoded(sheet, places, hints, goals)


def _sequences(model: Model, places: Places, sheet: Sheet, hints: Hints, encoding: Encoding) -> Changes:
    """Permutations and changes of state, which share literals."""
    precedences = Precedences(model, places, sheet, hints)
    write_permutations(model, precedences)
    changes = Changes(model, places, sheet, hints, precedences, encoding.circuits)
    changes.write()
    precedences.write()
    return changes


def _has_makespan(model: Model) -> bool:
    return any(isinstance(stage.value, Makespan) for stage in model.objective)


def _goal(conditions: Conditions, model: Model, stage: int) -> Sum:
    goal = model.objective[stage]
    if goal.sense == "minimize":
        value = conditions.value(goal.value, 0, Side.ABOVE)
        conditions.range(value)
        return value
    terms, constant = conditions.value(goal.value, 0, Side.BELOW)
    conditions.range((terms, constant))
    return {v: -c for v, c in terms.items()}, -constant
