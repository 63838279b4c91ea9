"""Who takes part in a run: the exact back-end that suits the model, and every improver that is made for it."""

from __future__ import annotations

from schedc.compilers.backend import UnsuitableError
from schedc.compilers.choose import Choice, choose
from schedc.compilers.construct import Construction
from schedc.compilers.cpsat.compiled import CompiledCpSat
from schedc.compilers.portfolio.arms import Arm, arms_for
from schedc.compilers.portfolio.bred import Bred
from schedc.compilers.portfolio.lns import Lns
from schedc.compilers.record import Record
from schedc.models.model import Model

_LARGE = 100_000        # tasks and demands beyond which no exact back-end is built while improvers have a schedule
_PARTS = 20_000         # the same for neighbourhoods, for each of which the whole model is read again


def size_of(model: Model) -> int:
    """Tasks and demands."""
    return model.task_count + len(model.demands.task) + len(model.option_demands.option)


def exact(record: Record) -> Choice:
    """The back-end that bids highest and can.

    Raises UnsuitableError where none can, and where the model is too large to be written while there is a schedule.
    """
    if size_of(record.model) > _LARGE and record.best is not None:
        raise UnsuitableError(f"the model is too large for an exact search beside the others (over {_LARGE:,} rows)")
    return choose(record.model)


def improvers(record: Record) -> list[Arm]:
    """The arms at the begin of a run; without a goal there is nothing to improve."""
    model, limits = record.model, record.limits
    return arms_for(model, limits.seed, limits.deterministic) if model.objective else []


def neighbourhoods(record: Record, choice: Choice) -> list[Arm]:
    """The arm that uses CP-SAT's model, where CP-SAT holds the model as it is written."""
    model, compiled, limits = record.model, choice.compiled, record.limits
    if not isinstance(compiled, CompiledCpSat) or size_of(model) > _PARTS or not model.objective:
        return []
    if compiled.encoded.sheet.impossible is not None:
        return []
    search = Lns(model, compiled.encoded, compiled.native, limits.seed, limits.deterministic)
    return [Arm(search.name, lambda: search)]


def breeding(record: Record, construction: Construction | None) -> list[Arm]:
    """Construction that goes on."""
    if construction is None or not record.model.objective:
        return []
    bred = Bred(construction, record.floor, record.limits.deterministic)
    return [Arm(bred.name, lambda: bred)]
