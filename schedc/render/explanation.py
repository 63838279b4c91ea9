"""Explanations for people and for tools."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from schedc.explaining import Conflict, Explanation, Link
from schedc.models.axis import TimeAxis
from schedc.models.schedule import Status
from schedc.models.source import Span
from schedc.render.cells import clean, paint, plural
from schedc.render.diagnostics import Sources, render
from schedc.render.diagnostics import to_json as diagnostics_json

SCHEMA = "schedc.explanation/1"
_MARGINALS = 6      # questions that bought nothing and are listed all the same


def text(
    found: Explanation, axis: TimeAxis, sources: Sources | None = None, *, colour: bool = False, columns: int = 100
) -> str:
    """The whole answer; a conflict is one diagnostic with all its sides."""
    if found.conflicts:
        return "\n".join([render([c.diagnostic], sources, colour=colour, columns=columns).rpartition("\n\n")[0] + "\n"
                          for c in found.conflicts]) + "\n" + _closing(found)
    if found.status is not Status.FEASIBLE:
        return "".join(f"{clean(note)}\n" for note in found.notes) + _closing(found)
    return "\n".join(_bound(found, axis, colour)) + "\n" if found.task else _closing(found)


def _closing(found: Explanation) -> str:
    name = clean(found.name)
    if found.status is Status.FEASIBLE:
        return f"{name}: there is a schedule; `--task NAME` tells why a task does not start earlier\n"
    if not found.conflicts:
        return f"{name}: {found.status.value}\n"
    sizes = " and ".join(plural(len(c.items), "part") for c in found.conflicts)
    minimal = "each part confirmed to be needed" if all(c.minimal for c in found.conflicts) else "may not be minimal"
    lines = [f"{name}: no schedule; {plural(len(found.conflicts), 'conflict')} of {sizes}, {minimal}\n"]
    if found.together:
        lines.append(f"each conflict needs its own change, the cheapest are: {'; '.join(map(clean, found.together))}\n")
    return "".join(lines)


def _bound(found: Explanation, axis: TimeAxis, colour: bool) -> list[str]:
    first = found.chain[0] if found.chain else None
    start = axis.tick_text(first.start) if first is not None else ""
    lines = [f"{clean(found.name)}: why `{clean(found.task)}` starts at {start}"]
    lines += _chain(found.chain, axis)
    if found.bottlenecks:
        lines.append(paint("bottlenecks", "bold", colour))
        room = max(len(b.resource) for b in found.bottlenecks)
        lines += [
            f"  {clean(b.resource):<{room}}  {b.load} % in use"
            + (f", the chain waits for it {axis.span_text(b.waited)}" if b.waited else "")
            for b in found.bottlenecks[:_MARGINALS]
        ]
    if found.marginals:
        lines.append(paint("what a little more would buy", "bold", colour))
        for m in found.marginals:
            gained = "nothing found in time" if m.after is None else (
                f"{clean(m.goal)} {m.before} -> {m.after}" if m.gain else "nothing"
            )
            lines.append(f"  {clean(m.text)}: {gained}{'' if m.proved or m.after is None else ' (not proved)'}")
    return lines


def _chain(chain: Sequence[Link], axis: TimeAxis) -> list[str]:
    lines, before = [], ""
    for link in chain:
        head = f"`{clean(link.task)}` at {axis.tick_text(link.start)}" if link.task != before else " and before that"
        where = f" ({clean(link.span.file)}:{link.span.line})" if link.span is not None else ""
        lines.append(f"  {head}: {clean(link.text)}{where}")
        before = link.task
    return lines


def to_json(found: Explanation) -> dict[str, Any]:
    """The answer as plain data (schema ``schedc.explanation/1``)."""
    return {
        "schema": SCHEMA,
        "name": found.name,
        "status": found.status.value,
        "seconds": round(found.seconds, 3),
        "conflicts": [_conflict(c) for c in found.conflicts],
        "together": list(found.together),
        "task": found.task or None,
        "chain": [
            {
                "task": k.task, "start": k.start, "kind": k.kind, "statement": k.statement,
                "span": _span(k.span), "text": k.text, "tasks": list(k.tasks), "until": k.until,
            }
            for k in found.chain
        ],
        "bottlenecks": [
            {"resource": b.resource, "span": _span(b.span), "waited": b.waited, "load": b.load}
            for b in found.bottlenecks
        ],
        "marginals": [
            {
                "text": m.text, "goal": m.goal, "before": m.before, "after": m.after, "gain": m.gain,
                "proved": m.proved,
            }
            for m in found.marginals
        ],
        "notes": list(found.notes),
    }


def items_json(conflict: Conflict) -> list[dict[str, Any]]:
    """The parts of a conflict."""
    return [
        {
            "kind": i.kind, "statement": i.statement, "what": i.what, "member": i.member, "span": _span(i.span),
            "text": i.text,
        }
        for i in conflict.items
    ]


def _conflict(c: Conflict) -> dict[str, Any]:
    return {
        "minimal": c.minimal,
        "parts": items_json(c),
        "because": list(c.because),
        "relaxations": [
            {
                "text": r.text, "kind": r.kind, "statement": r.statement, "member": r.member, "span": _span(r.span),
                "amount": r.amount, "least": r.least, "rank": r.rank,
            }
            for r in c.relaxations
        ],
        "params": [
            {"name": p.name, "span": _span(p.span), "value": p.value, "nearest": p.nearest} for p in c.params
        ],
        "diagnostic": diagnostics_json([c.diagnostic])["diagnostics"][0],
    }


def _span(span: Span | None) -> dict[str, Any] | None:
    return None if span is None else span._asdict()
