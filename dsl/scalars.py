"""The params of a text that hold one number, duration, instant, amount or truth, and how to write other values."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from schedc.dsl import tree
from schedc.dsl.build import values_of
from schedc.dsl.load import Source
from schedc.dsl.names import parts
from schedc.dsl.units import UNITS
from schedc.dsl.values import DURATION, FLAG, INSTANT, NUMBER, Value
from schedc.models.amounts import decimal_text
from schedc.models.axis import TimeAxis
from schedc.models.diagnostics import Findings
from schedc.models.records import dataclass
from schedc.models.source import Span


@dataclass(frozen=True)
class Scalar:
    """A param. value counts ticks for durations and instants, the author's unit for amounts."""

    name: str
    span: Span
    kind: str
    value: Fraction
    unit: str
    axis: TimeAxis

    def text(self, value: Fraction) -> str:
        """Another value as the language writes it."""
        if self.kind == "flag":
            return "true" if value else "false"
        if self.kind == "duration":
            return self.axis.span_text(int(value))
        if self.kind == "instant":
            return self.axis.tick_text(int(value))
        return f"{decimal_text(value)} {self.unit}".rstrip()

    @property
    def step(self) -> Fraction:
        """The least difference that is tried: 1, or the last written place."""
        return Fraction(1, self.value.denominator)


def scalars(source: Source) -> dict[str, Scalar]:
    """The params with one value that can be moved."""
    world = values_of(source.file_tree, source.folder, source.params, source.data, Findings())
    found: dict[str, Scalar] = {}
    for name, statement in world.declared.items():
        value = world.values.get(name)
        if not isinstance(statement, tree.Param) or not isinstance(value, Value) or value.num.shape != ():
            continue
        kind = _kind(value)
        if kind is not None:
            unit = value.type.unit if kind == "amount" else ""
            size = world.base_size(UNITS[unit].size, value.type.dims) if unit else Fraction(1)
            found[name] = Scalar(name, statement.name.span, kind, value.at(0) / size, unit, world.axis)
    return found


def _kind(value: Value) -> str | None:
    if value.type == NUMBER:
        return "number"
    if value.type == DURATION:
        return "duration"
    if value.type == INSTANT:
        return "instant"
    if value.type == FLAG:
        return "flag"
    return "amount" if value.type.kind == "quantity" and value.type.unit in UNITS else None


def leaning_on(source: Source, spans: Iterable[Span]) -> set[str]:
    """The params that statements at some places depend on, through whatever they name."""
    file = source.file_tree
    wanted = list(spans)
    declared = {s.name.text: s for s in parts(file.statements) if hasattr(s, "name") and hasattr(s.name, "text")}
    names: set[str] = set()
    for node in parts(file.statements):
        if isinstance(node, tree.Ref) and any(_inside(node.span, span) for span in wanted):
            names.add(node.name)
    pending, seen = list(names), set(names)
    while pending:
        statement = declared.get(pending.pop())
        if isinstance(statement, tree.Let | tree.Calendar | tree.Param):
            new = {p.name for p in parts(statement) if isinstance(p, tree.Ref)} - seen
            seen |= new
            pending += new
    return {name for name in seen if isinstance(declared.get(name), tree.Param)}


def _inside(inner: Span, outer: Span) -> bool:
    if inner.file != outer.file:
        return False
    return (outer.line, outer.column) <= (inner.line, inner.column) and (
        (inner.end_line, inner.end_column) <= (outer.end_line, outer.end_column)
    )
