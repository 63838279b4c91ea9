"""The judge's verdict for people and for tools."""

from __future__ import annotations

from typing import Any

from schedc.models.model import Model
from schedc.models.source import NOWHERE
from schedc.models.verify import Verdict, Violation
from schedc.render.cells import clean, paint, plural
from schedc.render.figures import number, shown_value
from schedc.render.services import qos_data, service_lines, soft_data

SCHEMA = "schedc.verdict/1"


def render(model: Model, verdict: Verdict, *, colour: bool = False) -> str:
    """Every violation with its address and amount, then the objective values and the judgement."""
    lines = []
    for violation in verdict.violations:
        head = paint(f"broken[{violation.kind}]", "error", colour)
        lines.append(head + paint(f": {clean(violation.message)}", "bold", colour))
        lines.append(f"  --> {_place(violation)}")
    lines += [
        f"... and {plural(more.count, 'more violation')} of {more.kind} at {clean(more.origin.address)}"
        for more in verdict.more
    ]
    lines += [
        f"{clean(stage.name)}: {shown_value(stage, value, model.axis)}"
        for stage, value in zip(model.objective, verdict.objectives)
    ]
    lines += service_lines(model, verdict)
    if verdict.holds:
        lines.append(paint("the schedule keeps the model", "good", colour))
    else:
        words = f"{plural(verdict.count, 'violation')}: the schedule breaks the model"
        lines.append(paint(words, "error", colour))
    return "\n".join(lines) + "\n"


def _place(violation: Violation) -> str:
    span = violation.origin.span
    words = [] if span.file == NOWHERE.file else [f"{clean(span.file)}:{span.line}:{span.column}"]
    words.append(clean(violation.origin.what))
    if violation.origin.label is not None:
        words.append(f"as {clean(violation.origin.label)}")
    if violation.member:
        words.append(clean(violation.member))
    return ", ".join(words)


def to_json(model: Model, verdict: Verdict) -> dict[str, Any]:
    """The verdict as plain data (schema ``schedc.verdict/1``)."""
    return {
        "schema": SCHEMA,
        "holds": verdict.holds,
        "count": verdict.count,
        "objectives": [
            {"name": s.name, "sense": s.sense, "value": number(v * s.scale), "unit": s.unit}
            for s, v in zip(model.objective, verdict.objectives)
        ],
        "violations": [
            {
                "kind": v.kind,
                "statement": v.origin.address,
                "what": v.origin.what,
                "span": v.origin.span._asdict(),
                "member": v.member,
                "message": v.message,
                "amount": v.amount,
                "at": v.at,
                "tasks": list(v.tasks),
            }
            for v in verdict.violations
        ],
        "qos": qos_data(verdict),
        "soft": soft_data(verdict),
        "more": [{"kind": m.kind, "statement": m.origin.address, "count": m.count} for m in verdict.more],
    }
