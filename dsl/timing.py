"""The `time` statement, and from values to ticks."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from schedc.dsl import tree
from schedc.dsl.arithmetic import mixed, solid
from schedc.dsl.clock import Clock, ClockError
from schedc.dsl.evaluate import evaluate
from schedc.dsl.faults import Fault
from schedc.dsl.literals import clock_fault
from schedc.dsl.space import PLAIN, Space
from schedc.dsl.values import DURATION, INSTANT, NUMBER, Value, spread
from schedc.dsl.world import World
from schedc.models.amounts import decimal_text
from schedc.models.axis import MAX_TICKS
from schedc.models.columns import Ints
from schedc.models.diagnostics import Label
from schedc.models.records import dataclass
from schedc.models.source import NO_ORIGIN, Origin, Span


@dataclass(frozen=True)
class TimeFrame:
    """What the `time` statement says: the written horizon in ticks (None: to be derived), and its address.

    now: where the past ends, with its address; 0 and None where nothing was said.
    """

    horizon: int | None
    origin: Origin
    now: int = 0
    past: Origin | None = None


def set_clock(world: World, time: tree.Time | None) -> None:
    """Give the world its resolution and clock; the values of params must be evaluated (again) after this."""
    if time is None:
        return
    clauses = _clauses(time)
    if time.resolution is not None:
        world.tick_ns = _resolution(world, time.resolution)
    elif "from" in clauses:
        raise Fault("E235", "an origin without a resolution", clauses["from"].span,
                    fix="say what a tick is: `time 15 min from …`")
    origin = clauses["from"].values[0] if "from" in clauses else None
    zone = clauses["zone"].values[0] if "zone" in clauses else None
    if origin is not None and not isinstance(origin, tree.Instant):
        at = origin.span if isinstance(origin, tree.Expr) else clauses["from"].span
        raise Fault("E240", "the origin must be written as an instant", at,
                    fix="write `from 2026-01-05 08:00`")
    name = zone.value if isinstance(zone, tree.Text) else "UTC"
    try:
        world.clock = Clock.make(world.tick_ns, origin.text if origin is not None else None, name)
    except ClockError as e:
        at = zone.span if e.code == "E230" and isinstance(zone, tree.Text) else (origin or time).span
        raise clock_fault(e, at) from None


def _clauses(time: tree.Time) -> dict[str, tree.Clause]:
    found: dict[str, tree.Clause] = {}
    for c in time.clauses:
        if c.keyword in found:
            raise Fault("E163", f"`{c.keyword}` stands twice", c.span, Label(found[c.keyword].span, "first here"))
        found[c.keyword] = c
    return found


def _resolution(world: World, expr: tree.Expr) -> int:
    """Nanoseconds in a tick. While it is evaluated a tick is 1 ns."""
    world.tick_ns = 1
    try:
        value = evaluate(world, expr, PLAIN)
    finally:
        world.tick_ns = None
    if value.type != DURATION:
        raise Fault("E241", f"the resolution is {value.type}, not a duration", expr.span,
                    fix="give it a unit: `time 15 min`")
    size = solid(value, expr.span).at(0)
    if size <= 0 or size.denominator != 1:
        raise Fault("E241", "the resolution must be a positive, whole number of nanoseconds", expr.span)
    return int(size)


def frame(world: World, time: tree.Time | None) -> TimeFrame:
    """The written horizon; Fault where it is not positive or beyond 2^40 ticks."""
    if time is None:
        return TimeFrame(None, NO_ORIGIN)
    clauses = {c.keyword: c for c in time.clauses}
    now, past = _now(world, clauses.get("now"))
    ticks, origin = _horizon(world, clauses.get("for")), Origin(time.span, "time")
    if past is not None and ticks is not None and now >= ticks:
        raise Fault("E331", "`now` lies beyond the horizon, so that nothing can start any more", past.span,
                    Label(clauses["for"].span, "the horizon"), fix="move `now`, or the horizon")
    return TimeFrame(ticks, origin if ticks is None else Origin(clauses["for"].span, "the horizon"), now, past)


def _now(world: World, clause: tree.Clause | None) -> tuple[int, Origin | None]:
    """Where the past ends; Fault where that is before the origin."""
    if clause is None or not isinstance(clause.values[0], tree.Expr):
        return 0, None
    written = clause.values[0]
    value = evaluate(world, written, PLAIN).alone()
    now = int(instants(world, value, PLAIN, "`now`", written.span))
    if now < 0:
        raise Fault("E330", "`now` lies before the origin", written.span, fix="leave it out: nothing is past there")
    return now, Origin(clause.span, "now")


def _horizon(world: World, clause: tree.Clause | None) -> int | None:
    """The written horizon in ticks."""
    if clause is None or not isinstance(clause.values[0], tree.Expr):
        return None
    try:
        value = evaluate(world, clause.values[0], PLAIN).alone()
        ticks = int(durations(world, value, PLAIN, "the horizon", clause.values[0].span))
    except Fault as fault:
        if fault.code not in ("E252", "E242"):
            raise
        ticks = MAX_TICKS + 1
    if ticks > MAX_TICKS:
        raise Fault("E242", "the horizon is beyond 2^40 ticks", clause.span, fix="take a coarser resolution")
    if ticks <= 0:
        raise Fault("E242", "the horizon must be positive", clause.span)
    return ticks


# values to ticks


def durations(world: World, value: Value, space: Space, what: str, at: Span, least: int | None = 0) -> Ints:
    """A duration in ticks, shape () or (rows,); Fault where it is none, no whole number of ticks, or below `least`."""
    if value.type != world.time_type:
        raise _not_time(world, value, what, "a duration", at)
    ticks = _whole(world, solid(value, at), space, what, at)
    if least is not None and ticks.size and int(ticks.min()) < least:
        row = int(np.argmin(ticks)) if ticks.ndim else 0
        raise Fault("E243", f"{what} is negative: {world.show(value, row)}{world.where(space, row)}", at)
    return ticks


def instants(world: World, value: Value, space: Space, what: str, at: Span) -> Ints:
    """An instant in ticks since the origin; a duration counts from the origin. Empty rows hold anything."""
    if value.type not in (INSTANT, world.time_type):
        raise _not_time(world, value, what, "an instant", at)
    return _whole(world, value, space, what, at)


def _not_time(world: World, value: Value, what: str, wanted: str, at: Span) -> Fault:
    if world.tick_ns is None and value.type == INSTANT:
        return mixed("use", value.type, NUMBER, at)
    if value.type == NUMBER:
        number = decimal_text(value.at(0)) if value.num.size else "…"
        fix = f"give it a unit, such as `{number} h`"
        return Fault("E251", f"{what} is a bare number, but {wanted} is needed", at, fix=fix)
    return Fault("E250", f"{what} is {value.type}, but {wanted} is needed", at)


def _whole(world: World, value: Value, space: Space, what: str, at: Span) -> Ints:
    """Whole ticks within reach of the axis; Fault E244 with the two nearest multiples otherwise."""
    if not value.whole:
        rows = np.flatnonzero(spread(value.num % value.den != 0, space.rows))
        if len(rows):
            raise _uneven(world, value, int(rows[0]), space, what, at)
    ticks: Ints = value.num if value.whole else np.asarray(value.num // value.den)
    if ticks.size and max(abs(int(ticks.max())), abs(int(ticks.min()))) > MAX_TICKS:
        raise Fault("E242", f"{what} is beyond 2^40 ticks", at)
    return ticks


def _uneven(world: World, value: Value, row: int, space: Space, what: str, at: Span) -> Fault:
    amount = value.at(row)
    if world.tick_ns is None:
        where = world.where(space, row)
        return Fault("E244", f"{what} is {decimal_text(amount)}, which is no whole number of ticks{where}", at)
    below = amount.numerator // amount.denominator
    near = [world.show(Value(value.type, np.asarray(n, dtype=np.int64))) for n in (below, below + 1)]
    tick, where = world.axis.span_text(1), world.where(space, row)
    message = f"{what} lies between two ticks of {tick}{where}"
    if value.type == DURATION:
        message = f"{what} is {precise(world, amount)}, which is no multiple of the resolution {tick}{where}"
    return Fault("E244", message, at, fix=f"write `{near[0]}` or `{near[1]}`")


def precise(world: World, ticks: Fraction) -> str:
    """A duration that is no whole number of ticks, in the units that say it."""
    from schedc.models.axis import TimeAxis

    ns = ticks * (world.tick_ns or 1)
    return TimeAxis(0, 1).span_text(int(ns)) if ns.denominator == 1 else f"{decimal_text(ns)} ns"
