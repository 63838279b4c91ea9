"""What the planner decided, as a table for people and as data for tools."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from schedc.compilers.constructs import Construct
from schedc.compilers.plan import Option, Plan, Step
from schedc.models.source import Origin
from schedc.render.cells import clean, plural


class Line(NamedTuple):
    """One statement or clause of the author's: what is taken as it is, what is rewritten, what nobody takes."""

    origin: Origin
    native: tuple[Construct, ...]
    rewritten: tuple[Construct, ...]
    missing: tuple[Construct, ...]


def lines(plan: Plan) -> list[Line]:
    """Every statement that brings a construct, in the order of the text."""
    found: dict[Origin, tuple[list[Construct], list[Construct], list[Construct]]] = {}
    sorted_in = (
        [(c, sites) for c, sites in plan.native.items()],
        [(s.construct, s.sites) for s in plan.steps],
        [(m.construct, m.sites) for m in plan.missing],
    )
    for place, entries in enumerate(sorted_in):
        for construct, sites in entries:
            for site in sites:
                kinds = found.setdefault(site.origin, ([], [], []))[place]
                if construct not in kinds:
                    kinds.append(construct)
    order = sorted(found, key=lambda origin: (origin.span.file, origin.span.line, origin.span.column))
    return [Line(origin, *(tuple(kinds) for kinds in found[origin])) for origin in order]


def chain(plan: Plan, step: Step) -> list[str]:
    """The lowering of a step, and those that its targets need in turn."""
    names = [step.chosen.lowering.name]
    for later in plan.steps:
        if later.construct in step.chosen.lowering.targets:
            names += [name for name in chain(plan, later) if name not in names]
    return names


def plan_data(plan: Plan, solver: str, because: str) -> dict[str, Any]:
    """The plan as plain data. Costs are rows of what the solver takes."""
    return {
        "solver": solver,
        "chosen_because": because,
        "statements": [
            {
                "address": line.origin.address, "statement": line.origin.what, "native": [*line.native],
                "rewritten": [*line.rewritten], "missing": [*line.missing],
            }
            for line in lines(plan)
        ],
        "lowerings": [
            {
                "construct": step.construct, "rows": sum(site.rows for site in step.sites),
                "chain": chain(plan, step), "formula": step.chosen.lowering.brief, "cost": step.chosen.cost,
                "lost": [{"name": o.lowering.name, "cost": o.cost, "why": o.why} for o in step.lost],
            }
            for step in plan.steps
        ],
        "missing": [
            {"construct": m.construct, "why": m.why, "addresses": [site.origin.address for site in m.sites]}
            for m in plan.missing
        ],
    }


def plan_text(plan: Plan, solver: str, because: str, *, columns: int = 100, colour: bool = False) -> str:
    """Two tables: what becomes of each statement, and by which chain each construct is rewritten."""
    head = f"{clean(plan.model.name)} for {solver}" + (f" ({because})" if because else "")
    count = [plural(len(plan.native), "construct") + " as they are", f"{len(plan.steps)} rewritten"]
    if plan.missing:
        count.append(f"{len(plan.missing)} that it cannot take")
    parts = [f"{head}: {', '.join(count)}\n\n", _statements(plan, columns, colour)]
    if plan.steps:
        parts += ["\n", _chains(plan, columns, colour)]
    parts += [f"\ncannot take {clean(m.message)}" for m in plan.missing]
    return "".join(parts).rstrip() + "\n"


def _statements(plan: Plan, columns: int, colour: bool) -> str:
    rows = []
    for line in lines(plan):
        fate = [*line.rewritten, *(f"{c}: not here" for c in line.missing)]
        rows.append((_where(line.origin), line.origin.what, ", ".join(line.native), ", ".join(fate)))
    return _table(("where", "statement", "as it is", "rewritten"), rows, columns, colour)


def _where(origin: Origin) -> str:
    """The address without folders, which a column has no room for."""
    return origin.label or f"{Path(origin.span.file).name}:{origin.span.line}"


def _chains(plan: Plan, columns: int, colour: bool) -> str:
    rows = []
    for step in plan.steps:
        how = " -> ".join(chain(plan, step))
        rows.append((step.construct, f"{how}\n{step.chosen.lowering.brief}", str(step.chosen.cost), _lost(step.lost)))
    return _table(("construct", "rewritten by", "cost", "instead of"), rows, columns, colour)


def _lost(options: tuple[Option, ...]) -> str:
    return "\n".join(f"{o.lowering.name}: {o.why or o.cost}" for o in options)


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]], columns: int, colour: bool) -> str:
    from io import StringIO

    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for name in head:
        table.add_column(name, justify="right" if name == "cost" else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text("\n".join(clean(part) for part in cell.split("\n"))) for cell in row))
    out = StringIO()
    Console(file=out, width=columns, color_system="standard" if colour else None, force_terminal=colour).print(table)
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines()) + "\n"
