"""What is written out as a value: quantities with units, instants."""

from __future__ import annotations

from fractions import Fraction

from schedc.dsl import tree
from schedc.dsl.clock import ClockError
from schedc.dsl.faults import Fault, did_you_mean, nearest
from schedc.dsl.units import UNITS, Dims, Unit, dims_text, joined, meant
from schedc.dsl.values import INSTANT, Type, Value
from schedc.dsl.world import World
from schedc.models.diagnostics import Fix
from schedc.models.source import Span

# What may follow a number and is no unit; misspelt, it reads as one
_CLAUSES = ("pausable", "release", "deadline", "within", "uses", "lasts", "capacity", "leaving", "after", "every")


def unit_named(world: World, word: str, at: Span) -> Unit:
    """The unit of a name; Fault E256 with what was probably meant."""
    unit = UNITS.get(word)
    if unit is not None:
        return unit
    found = meant(word)
    if found is not None:
        raise Fault("E256", f"there is no unit `{word}`", at, fix=f"did you mean `{found}`")
    fix = did_you_mean(word, UNITS)
    shown = "ns us ms s min h d w, B kB MB GB KiB MiB GiB bit, bps Mbps Gbps, W kW kWh, EUR USD, g kg t, m km, l"
    raise Fault("E256", f"there is no unit `{word}`", at, fix=fix, note=f"some of the units: {shown}")


def quantity_value(world: World, q: tree.Quantity) -> Value:
    """`2 h 30 min`, `20 Gbps`, `20 EUR/h`: the sum of its parts, which must be of one dimension."""
    key = (world.tick_ns, q.per, *[(number.text, word) for number, word in q.parts])
    known = world.quantities.get(key)
    if known is None:
        amount, dims, unit = quantity_amount(world, q)
        known = world.quantities[key] = world.constant(Type("quantity", dims, unit=unit), amount, q.span)
    return known


def quantity_amount(world: World, q: tree.Quantity) -> tuple[Fraction, Dims, str]:
    """A quantity in base units (ticks for time), its dimension, and the first unit as written."""
    total, dims = Fraction(0), None
    for number, word in q.parts:
        if word not in UNITS:
            raise _unknown(world, q, number, word)
        unit = UNITS[word]
        if dims is not None and unit.dims != dims:
            raise Fault("E250", f"cannot add {dims_text(dims)} and {dims_text(unit.dims)}", q.span)
        dims = unit.dims
        total += number.value * unit.size
    assert dims is not None
    shown = q.parts[0][1]
    if q.per is not None:
        per = unit_named(world, q.per, q.span)
        total, dims, shown = total / per.size, joined(dims, per.dims, -1), ""
    if world.tick_ns is None and dims == UNITS["s"].dims:
        raise Fault("E251", f"`{_text(q)}` is a duration, but the model counts plain ticks", q.span,
                    fix="say what a tick is: `time 1 min`")
    return world.base_size(total, dims), dims, shown


def _text(q: tree.Quantity) -> str:
    return " ".join(f"{number.text} {word}" for number, word in q.parts) + (f"/{q.per}" if q.per else "")


def _unknown(world: World, q: tree.Quantity, number: tree.Number, word: str) -> Fault:
    """An unknown unit; one that is the name of a resource is a missing comma."""
    if isinstance(world.declared.get(word), tree.Resource):
        at = number.span
        return Fault("E256", f"`{word}` is a resource, not a unit", q.span,
                     fix=Fix("a comma is missing", at, f"{number.text},"))
    found = meant(word)
    if found is None:
        clause = nearest(word, _CLAUSES) if len(word) > 3 and word == q.parts[-1][1] else None
        if clause is not None:
            fix = Fix(f"did you mean the clause `{clause}`", q.span, _text(q).removesuffix(word) + clause)
            return Fault("E256", f"there is no unit `{word}`", q.span, fix=fix)
        return _fault_of(world, word, q.span)
    fix = Fix(f"did you mean `{number.text} {found}`")
    if len(q.parts) == 1 and q.per is None:
        fix = Fix(fix.text, q.span, f"{number.text} {found}")
    return Fault("E256", f"there is no unit `{word}`", q.span, fix=fix)


def _fault_of(world: World, word: str, at: Span) -> Fault:
    try:
        unit_named(world, word, at)
    except Fault as fault:
        return fault
    raise AssertionError(word)


def instant_value(world: World, written: tree.Instant) -> Value:
    """An instant in ticks since the origin, exact."""
    return world.constant(INSTANT, instant_ticks(world, written.text, written.span), written.span)


def instant_ticks(world: World, text: str, at: Span) -> Fraction:
    """A written instant in ticks since the origin; Fault with the clock's code."""
    if world.tick_ns is None:
        raise Fault("E235", f"`{text}` is an instant, but the model counts plain ticks", at,
                    fix="say what a tick is and where tick 0 stands: `time 1 h from 2026-01-05`")
    return ticks_of(world, lambda: world.clock.instant(text), at)


def ticks_of(world: World, ask: object, at: Span) -> Fraction:
    """An answer of the clock, from nanoseconds to ticks; its errors get their place."""
    assert callable(ask)
    try:
        return Fraction(ask(), world.tick_ns or 1)
    except ClockError as e:
        raise clock_fault(e, at) from None


def clock_fault(e: ClockError, at: Span) -> Fault:
    """A clock's error at its place in the text."""
    return Fault(e.code, e.message, at, fix=e.fix)


