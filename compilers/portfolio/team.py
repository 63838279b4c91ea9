"""Who takes part in a run: the exact back-end that suits the model, and every improver that is made for it."""

from __future__ import annotations

from collections.abc import Callable

from schedc.compilers.backend import UnsuitableError
from schedc.compilers.choose import Choice, choose
from schedc.compilers.construct import Construction
from schedc.compilers.cpsat.compiled import CompiledCpSat
from schedc.compilers.improve import Improver
from schedc.compilers.portfolio.arms import Arm, made
from schedc.compilers.portfolio.bred import Bred
from schedc.compilers.portfolio.lns import Lns
from schedc.compilers.record import Record
from schedc.models.model import Model

_LARGE = 100_000        # tasks and demands beyond which no exact back-end is built while improvers have a schedule
_PARTS = 20_000         # the same for neighbourhoods, for each of which the whole model is read again


def size_of(model: Model) -> int:
    """Tasks and demands."""
    return model.task_count + len(model.demands.task) + len(model.option_demands.option)


def exact(record: Record) -> Choice | None:
    """The back-end that bids highest and can; None where the model is too large for any while there is a schedule.

    Raises UnsuitableError where none can.
    """
    if size_of(record.model) > _LARGE and record.best is not None:
        raise UnsuitableError(f"the model is too large for an exact search beside the others (over {_LARGE:,} rows)")
    return choose(record.model)


def improvers(record: Record, construction: Construction | None, chosen: Callable[[], Choice | None]) -> list[Arm]:
    """The arms of a run; without a goal there is nothing to improve."""
    model, limits = record.model, record.limits
    if not model.objective:
        return []
    found = made(model, limits.seed, limits.deterministic, record.left_out)
    if construction is not None and not found:
        found.append(Arm(Bred(construction, record.floor, limits.deterministic)))
    lns = _lns(record, chosen)
    return [*found, Arm(lns)] if lns is not None else found


def _lns(record: Record, chosen: Callable[[], Choice | None]) -> Improver | None:
    """Neighbourhoods, where CP-SAT holds the model as it is written."""
    if size_of(record.model) > _PARTS:
        return None
    choice = chosen()
    compiled = None if choice is None else choice.compiled
    if not isinstance(compiled, CompiledCpSat) or compiled.encoded.sheet.impossible is not None:
        return None
    limits = record.limits
    return Lns(record.model, compiled.encoded, compiled.native, limits.seed, limits.deterministic)
