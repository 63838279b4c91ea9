"""Calendars and spans: what `during`, `within` and `calendar` say, evaluated once, and expanded for each horizon."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from schedc.dsl import tree
from schedc.dsl.clock import ClockError
from schedc.dsl.evaluate import evaluate
from schedc.dsl.faults import Fault, Spoiled, did_you_mean, recorded
from schedc.dsl.literals import clock_fault, ticks_of
from schedc.dsl.space import PLAIN, Space
from schedc.dsl.timing import durations, instants
from schedc.dsl.values import NONE, spread
from schedc.dsl.world import World
from schedc.models.columns import UNLIMITED, Flags, Ints, SpanSets, distinct
from schedc.models.diagnostics import Label
from schedc.models.profile import Spans, union
from schedc.models.records import dataclass
from schedc.models.source import Span

Expansion = Callable[[int], Spans]      # the spans of [0, horizon), in ticks


@dataclass(frozen=True, eq=False)
class Fixed:
    """One span an instance: [lo, hi) in ticks since the origin; `said` marks the instances for which there is one."""

    lo: Ints
    hi: Ints
    said: Flags


@dataclass(frozen=True, eq=False)
class Shared:
    """The same set of spans for every instance."""

    spans: Expansion


When = Fixed | Shared


def when_of(world: World, when: tree.When, space: Space, at: Span) -> When:
    """What a `during`, a `within` or a part of a calendar says in each instance of a space."""
    if isinstance(when, tree.Weekly):
        return Shared(_weekly(world, when.first, when.last, when.hours, at))
    if isinstance(when, tree.Recurring):
        return Shared(_recurring(world, when, space, at))
    if isinstance(when.lo, tree.Clock) or isinstance(when.hi, tree.Clock):
        return Shared(_weekly(world, 0, 6, when, at))
    if when.hi is None:
        return _single(world, when.lo, space)
    return _between(world, when.lo, when.hi, space, when.span)


def _single(world: World, written: tree.Expr, space: Space) -> When:
    """A bare date, or a calendar's name."""
    if isinstance(written, tree.Instant) and written.bare_date:
        lo = instants(world, evaluate(world, written, space), space, "the date", written.span)
        after = ticks_of(world, lambda: world.clock.day_after(written.text), written.span)
        value = world.constant(world.time_type, after, written.span)
        hi = instants(world, value, space, "the end of the day", written.span)
        rows = space.rows
        return Fixed(spread(lo, rows), spread(hi, rows), np.ones(rows, dtype=np.bool_))
    if isinstance(written, tree.Ref) and written.name not in space.columns and not (written.index or written.path):
        return Shared(calendar_named(world, written))
    raise Fault("E245", "a span is needed here", written.span, fix="write `a .. b`, a bare date or a calendar's name")


def _between(world: World, lo: tree.Expr, hi: tree.Expr, space: Space, at: Span) -> Fixed:
    a, a_said = _end(world, lo, space, -UNLIMITED)
    b, b_said = _end(world, hi, space, UNLIMITED)
    crossed = np.flatnonzero(a_said & b_said & (a > b))
    if len(crossed):
        raise Fault("E245", f"the span ends before it begins{world.where(space, int(crossed[0]))}", at)
    return Fixed(a, b, a_said | b_said)


def _end(world: World, expr: tree.Expr, space: Space, otherwise: int) -> tuple[Ints, Flags]:
    """One end of a span, open where it is empty; and where it is not."""
    value = evaluate(world, expr, space)
    if value.type == NONE or (value.type.kind == "unlimited" and otherwise > 0):
        return np.full(space.rows, otherwise, dtype=np.int64), np.full(space.rows, value.type != NONE)
    said = np.ones(space.rows, dtype=np.bool_) if value.empty is None else ~spread(value.empty, space.rows)
    ticks = spread(instants(world, value, space, "the instant", expr.span), space.rows)
    return np.where(said, ticks, otherwise), said


# patterns


def _seconds(clock: tree.Expr | None, at: Span) -> int:
    if not isinstance(clock, tree.Clock):
        raise Fault("E245", "a time of day is needed on both sides", at, fix="write `08:00 .. 12:00`")
    hour, minute, *second = clock.text.split(":")
    if second and "." in second[0]:
        raise Fault("E234", f"`{clock.text}` is finer than a second", clock.span)
    h, m, s = int(hour), int(minute), int(second[0]) if second else 0
    if h > 24 or m > 59 or s > 59 or h * 3600 + m * 60 + s > 86_400:
        raise Fault("E234", f"there is no time of day `{clock.text}`", clock.span)
    return h * 3600 + m * 60 + s


def _weekly(world: World, first: int, last: int, hours: tree.Range, at: Span) -> Expansion:
    lo, hi = _seconds(hours.lo, hours.span), _seconds(hours.hi, hours.span)
    if world.tick_ns is None or world.clock.origin is None:
        raise Fault("E235", "calendar hours need an origin", at,
                    fix="say where tick 0 stands: `time 1 h from 2026-01-05`")
    ns = world.tick_ns
    return lambda horizon: _ticks(world, lambda: world.clock.weekly(first, last, lo, hi, horizon * ns), at)


def _recurring(world: World, when: tree.Recurring, space: Space, at: Span) -> Expansion:
    if when.first.hi is None:
        raise Fault("E245", "a recurring span needs both ends", when.first.span, fix="write `0 h .. 2 h every 6 h`")
    if space is not PLAIN and space.rows != 1:
        space = _same_everywhere(world, when, space)
    lo, hi = (
        int(instants(world, evaluate(world, e, PLAIN).alone(), PLAIN, "the end of the span", e.span))
        for e in (when.first.lo, when.first.hi)
    )
    every = int(durations(world, evaluate(world, when.every, PLAIN).alone(), PLAIN, "the period", when.every.span))
    if hi <= lo:
        raise Fault("E236", "the recurring span ends before it begins, or is empty", when.first.span)
    if every <= 0:
        raise Fault("E236", "the period of a recurring span must be positive", when.every.span)
    return lambda horizon: _recurred(world, lo, hi, every, horizon, at)


def _recurred(world: World, lo: int, hi: int, every: int, horizon: int, at: Span) -> Spans:
    try:
        return world.clock.recurring(lo, hi, every, horizon)    # exact in any unit: it only adds multiples of `every`
    except ClockError as e:
        raise clock_fault(e, at) from None


def _same_everywhere(world: World, when: tree.Recurring, space: Space) -> Space:
    from schedc.dsl.names import references

    if references(when) & space.columns.keys():
        raise Fault("E245", "a recurring span cannot differ from member to member", when.span)
    return PLAIN


def _ticks(world: World, ask: Callable[[], Spans], at: Span) -> Spans:
    """The clock's spans in ticks; Fault E238 where an edge is no multiple of the resolution."""
    try:
        spans = ask()
    except ClockError as e:
        raise clock_fault(e, at) from None
    ns = world.tick_ns or 1
    for edge in (spans.lo, spans.hi):
        uneven = np.flatnonzero(edge % ns)
        if len(uneven):
            off = world.show_ns(int(edge[uneven[0]]))
            raise Fault("E238", f"the calendar has an edge at {off}, which is no multiple of the resolution", at,
                        fix="take a finer resolution, or move the origin")
    return Spans(spans.lo // ns, spans.hi // ns)


# calendars


def calendar_named(world: World, ref: tree.Ref) -> Expansion:
    """The spans of a declared calendar; Fault if the name is none."""
    world.used.add(ref.name)
    declared = world.declared.get(ref.name)
    if isinstance(declared, tree.Calendar):
        if ref.name in world.calendars_open:
            raise Fault("E152", f"calendar `{ref.name}` is defined in terms of itself", declared.name.span,
                        Label(ref.span, "through this"))
        read_calendar(world, ref.name)
        known = world.calendars[ref.name]
        if known is None:
            raise Spoiled
        return known
    names = [n for n, s in world.declared.items() if isinstance(s, tree.Calendar)]
    raise Fault("E245", f"`{ref.name}` is no calendar", ref.span, fix=did_you_mean(ref.name, names, ref.span))


def read_calendar(world: World, name: str) -> None:
    """Give a declared calendar its spans, once; None if its statement is wrong."""
    statement = world.declared.get(name)
    if not isinstance(statement, tree.Calendar) or name in world.calendars:
        return
    world.calendars_open.add(name)
    world.calendars[name] = None
    with recorded(world.findings):
        world.calendars[name] = calendar_spans(world, statement)
    world.calendars_open.discard(name)


def calendar_spans(world: World, calendar: tree.Calendar) -> Expansion:
    """The union of a calendar's parts without its exceptions, maximal runs in order."""
    parts = [_everywhere(when_of(world, w, PLAIN, w.span)) for w in calendar.whens]
    gone = [_everywhere(when_of(world, w, PLAIN, w.span)) for w in calendar.excepts]
    return lambda horizon: without(union([p(horizon) for p in parts]), union([g(horizon) for g in gone]))


def _everywhere(when: When) -> Expansion:
    if isinstance(when, Shared):
        return when.spans
    return lambda horizon: clipped(Spans(when.lo, when.hi), horizon)


def clipped(spans: Spans, horizon: int) -> Spans:
    """The part within [0, horizon)."""
    lo, hi = np.maximum(spans.lo, 0), np.minimum(spans.hi, horizon)
    keep = lo < hi
    return Spans(lo[keep], hi[keep])


def without(spans: Spans, gone: Spans) -> Spans:
    """The spans less those that are gone; both disjoint and in order."""
    if not len(gone.lo) or not len(spans.lo):
        return spans
    at = distinct(np.concatenate([spans.lo, spans.hi, gone.lo, gone.hi]))
    held = _covers(spans, at) & ~_covers(gone, at)
    edges = np.diff(np.concatenate([[0], held.astype(np.int8), [0]]))
    return Spans(at[np.flatnonzero(edges == 1)], at[np.flatnonzero(edges == -1)])


def _covers(spans: Spans, at: Ints) -> Flags:
    place = np.searchsorted(spans.lo, at, side="right") - 1
    return (place >= 0) & (at < spans.hi[np.maximum(place, 0)])


def span_sets(when: When, horizon: int) -> tuple[SpanSets, Ints | None]:
    """The sets of a `when` within a horizon, and the set of each instance (None: all have set 0)."""
    if isinstance(when, Shared):
        spans = when.spans(horizon)
        return SpanSets(np.array([0, len(spans.lo)], dtype=np.int64), spans.lo, spans.hi), None
    lo, hi = np.maximum(when.lo, 0), np.minimum(when.hi, horizon)
    keep = when.said & (lo < hi)
    ptr = np.concatenate([[0], np.cumsum(keep)]).astype(np.int64)
    which = np.where(when.said, np.arange(len(lo), dtype=np.int64), -1)
    return SpanSets(ptr, lo[keep], hi[keep]), which

