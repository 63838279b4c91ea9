"""`with name = E`: what tasks, modes and resources have beside what the language gives a meaning to."""

from __future__ import annotations

from collections.abc import Iterable

from schedc.dsl import tree
from schedc.dsl.clauses import given_value
from schedc.dsl.faults import Fault, recorded
from schedc.dsl.space import Space
from schedc.dsl.values import Value
from schedc.dsl.world import World
from schedc.models.diagnostics import Label
from schedc.models.records import dataclass
from schedc.models.source import Span

TAKEN = ("start", "end", "length", "present")


@dataclass(frozen=True, eq=False)
class Attribute:
    """One attribute of a family: a value for each row of its space, 0 where nothing is said."""

    value: Value
    at: Span


def draft_attributes(world: World, clauses: Iterable[tree.WithClause], space: Space) -> dict[str, Attribute]:
    """The attributes of a statement's `with` clauses; each wrong one is reported."""
    found: dict[str, Attribute] = {}
    for clause in clauses:
        for name, written in clause.items:
            with recorded(world.findings):
                if name.text in found:
                    raise Fault("E163", f"`{name.text}` stands twice", name.span,
                                Label(found[name.text].at, "first here"))
                if name.text in TAKEN:
                    raise Fault("E151", f"`{name.text}` is a known name and cannot be an attribute", name.span,
                                fix="choose another name")
                from schedc.dsl.lowering import decides

                if decides(world, written) or _speaks_of_itself(world, written, space):
                    raise Fault("E338", f"the attribute `{name.text}` depends on decisions", written.span,
                                fix="attributes are data: write what is decided as a measure, `qos … = …`")
                found[name.text] = Attribute(given_value(world, written, space)[0], name.span)
    return found


def _speaks_of_itself(world: World, written: tree.Expr, space: Space) -> bool:
    """Whether `start`, `end` or `length` stand for the task's own."""
    from schedc.dsl.names import references

    return any(n in TAKEN and n not in world.declared and n not in space.columns for n in references(written))
