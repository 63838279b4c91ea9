"""The words that end a run."""

from __future__ import annotations

from schedc.compilers.result import Result, StageResult
from schedc.models.model import Model
from schedc.models.schedule import Status
from schedc.models.statements import Stage
from schedc.render.cells import clean, paint, plural
from schedc.render.figures import shown_gap, shown_seconds, shown_value
from schedc.render.services import service_lines

_STYLE = {Status.OPTIMAL: "good", Status.FEASIBLE: "good", Status.INFEASIBLE: "error", Status.UNKNOWN: "warning"}


def headline(model: Model, result: Result) -> str:
    """One line for a picture: status and objectives."""
    values = [
        f"{_goal(stage)} {shown_value(stage, reached.value, model.axis)}"
        for stage, reached in zip(model.objective, result.stages)
        if reached.value is not None
    ]
    return ", ".join([result.status.value, *values])


def summary(model: Model, result: Result, *, colour: bool = False) -> str:
    """Status, objectives with bound and gap in human units, time, who solved it, verified or not."""
    status = paint(result.status.value, _STYLE[result.status], colour)
    verified = ", verified" if result.verdict is not None and result.verdict.holds else ""
    stopped = ", interrupted" if result.interrupted else ""
    by = f" by {result.backend}" if result.backend else ""
    lines = [f"{clean(model.name)}: {status}{verified} in {shown_seconds(result.wall)}{by}{stopped}"]
    if result.reason and result.reason not in result.chosen_because:
        lines.append(f"  {clean(result.reason)}")
    if result.chosen_because:
        lines.append(f"  solver {clean(result.chosen_because)}")
    rows = [_row(model, s, r) for s, r in zip(model.objective, result.stages)] if result.schedule else []
    room = max((len(name) for name, *_ in rows), default=0)
    lines += [f"  {name:<{room}}  {'   '.join(words)}" for name, *words in rows]
    lines += service_lines(model, result.verdict) if result.verdict is not None else []
    horizon = model.axis.span_text(model.horizon) + ("" if model.axis.resolution_ns else " ticks")
    lines.append(f"  {plural(model.task_count, 'task')}, {plural(model.resource_count, 'resource')}, horizon {horizon}")
    return "\n".join(lines) + "\n"


def _row(model: Model, stage: Stage, reached: StageResult) -> list[str]:
    assert reached.value is not None
    words = [_goal(stage), shown_value(stage, reached.value, model.axis)]
    if stage.name == "makespan" and model.axis.start is not None:
        words.append(f"until {model.axis.tick_text(reached.value)}")
    if reached.bound is not None and reached.bound != reached.value:
        words += [f"bound {shown_value(stage, reached.bound, model.axis)}", f"gap {shown_gap(reached.gap)}"]
    elif reached.bound is not None:
        words.append("proved optimal")
    return words


def _goal(stage: Stage) -> str:
    return clean(stage.name) if stage.sense == "minimize" else f"{clean(stage.name)} (maximized)"
