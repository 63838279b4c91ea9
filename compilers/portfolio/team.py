"""Who takes part in a run: the exact back-end that suits the model, and every improver that is made for it."""

from __future__ import annotations

from schedc.compilers.choose import Choice
from schedc.compilers.construct import Construction, begin
from schedc.compilers.cpsat.compiled import CompiledCpSat
from schedc.compilers.portfolio.arms import Arm, arms_for
from schedc.compilers.portfolio.bred import Bred
from schedc.compilers.portfolio.lns import Lns
from schedc.compilers.record import Record
from schedc.compilers.windows import Windows
from schedc.models.model import Model

PUT_OFF = 150_000       # tasks beyond which construction, which places them one by one, is one arm among the others
_LARGE = 100_000        # tasks and demands beyond which no exact back-end is built while there are improvers
_PARTS = 20_000         # the same for neighbourhoods, for each of which the whole model is read again


def size_of(model: Model) -> int:
    """Tasks and demands."""
    return model.task_count + len(model.demands.task) + len(model.option_demands.option)


def is_large(model: Model) -> bool:
    """Whether an exact back-end is the last resort."""
    return size_of(model) > _LARGE


def improvers(record: Record, bounds: Windows) -> list[Arm]:
    """The arms at the begin of a run; without a goal there is nothing to improve."""
    model, limits = record.model, record.limits
    if not model.objective:
        return []
    put_off = breeding(record, None, bounds) if model.task_count > PUT_OFF else []
    return [*arms_for(model, limits.seed, limits.deterministic), *put_off]


def neighbourhoods(record: Record, choice: Choice) -> list[Arm]:
    """The arm that uses CP-SAT's model, where CP-SAT holds the model as it is written."""
    model, compiled, limits = record.model, choice.compiled, record.limits
    if not isinstance(compiled, CompiledCpSat) or size_of(model) > _PARTS or not model.objective:
        return []
    if compiled.encoded.sheet.impossible is not None:
        return []
    search = Lns(model, compiled.encoded, compiled.native, limits.seed, limits.deterministic)
    return [Arm(search.name, lambda: search)]


def breeding(record: Record, construction: Construction | None, bounds: Windows) -> list[Arm]:
    """Construction that goes on, or that was put off."""
    model, limits = record.model, record.limits
    if not model.objective or (construction is None and model.task_count <= PUT_OFF):
        return []
    bred = Bred(construction, lambda: begin(model, bounds, limits.seed), record.floor, limits.deterministic)
    return [Arm(bred.name, lambda: bred)]
