"""Lags of an `order`: data, or data with what choices add."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from schedc.dsl import forms, tree
from schedc.dsl.arithmetic import bounded
from schedc.dsl.clauses import given_value
from schedc.dsl.faults import Fault
from schedc.dsl.forms import Form
from schedc.dsl.lowering import decides, form_of
from schedc.dsl.space import Space
from schedc.dsl.timing import durations
from schedc.dsl.values import spread
from schedc.dsl.world import World
from schedc.models.columns import UNLIMITED, Flags, Ints
from schedc.models.expressions import IntExpr, Linear, Makespan, Point
from schedc.models.extent import extent
from schedc.models.records import dataclass
from schedc.models.source import Span
from schedc.models.walk import post_order

NO_LIMIT = np.asarray(UNLIMITED, dtype=np.int64)
EVERYWHERE: Flags = np.asarray(True)
NOWHERE: Flags = np.asarray(False)


@dataclass(frozen=True, eq=False)
class Limit:
    """One end of a lag in each instance: ticks, and beside them what choices add (None: nothing)."""

    ticks: Ints
    extra: Linear | None = None


def lag_limits(world: World, lag: tree.Range | None, space: Space) -> tuple[Limit, Limit]:
    """The least and the greatest lag. Where choices count, the ticks of the least one are the least that it can be and
    those of the greatest one the most, so that what the choices add is never negative there and never positive here."""
    if lag is None:
        return Limit(np.asarray(0, dtype=np.int64)), Limit(NO_LIMIT)
    lo, lo_said = _limit(world, lag.lo, space, 1)
    hi, hi_said = (Limit(NO_LIMIT), NOWHERE) if lag.hi is None else _limit(world, lag.hi, space, -1)
    if not np.all(lo_said | hi_said):       # nothing is said there: as without `after`
        lo = replace(lo, ticks=np.where(lo_said | hi_said, lo.ticks, 0))
    if lo.extra is None and hi.extra is None:
        crossed = np.flatnonzero(spread(lo.ticks > hi.ticks, space.rows))
        if len(crossed):
            where = world.where(space, int(crossed[0]))
            raise Fault("E248", f"the least lag is more than the greatest{where}", lag.span,
                        fix="write the lesser one first")
    return lo, hi


def _limit(world: World, expr: tree.Expr, space: Space, sign: int) -> tuple[Limit, Flags]:
    """One end of a lag in ticks, and where it is said; `unlimited`, `-unlimited` and an empty cell do not limit."""
    below = isinstance(expr, tree.Negative)
    inner = expr.operand if isinstance(expr, tree.Negative) else expr
    if isinstance(inner, tree.Ref) and inner.name == "unlimited" and "unlimited" not in space.columns:
        return Limit(np.asarray(-UNLIMITED if below else UNLIMITED, dtype=np.int64)), EVERYWHERE
    if decides(world, expr):
        return _chosen(world, form_of(world, expr, space), expr.span, sign), EVERYWHERE
    value, where = given_value(world, expr, space)
    ticks = durations(world, value, space, "the lag", expr.span, least=None)
    return Limit(ticks if where.all() else np.where(where, ticks, -sign * UNLIMITED)), where


def _chosen(world: World, form: Form, at: Span, sign: int) -> Limit:
    """A lag that depends on choices. Fault for one that depends on instants, or is no whole number of ticks."""
    if form.type != world.time_type:
        raise Fault("E250", f"the lag is {form.type}, not {world.time_type}", at)
    with bounded(at):
        form = forms.levelled(form)
        node = forms.linear(form)
    _refuse_instants(node, at)
    den = int(form.den)
    if any(np.any(c % den) for c in (node.const, node.coef, *(p.coef for p in node.parts))):
        raise Fault("E244", "a lag that choices decide is no multiple of the resolution", at)
    parts = tuple(type(p)(p.row, p.child, p.child_row, p.coef // den) for p in node.parts)
    node = Linear(node.const // den, node.row, node.point, node.task, node.coef // den, parts)
    low, high = extent(node)
    ticks = low if sign > 0 else high
    return Limit(ticks, Linear(node.const - ticks, node.row, node.point, node.task, node.coef, node.parts))


def _refuse_instants(root: IntExpr, at: Span) -> None:
    for node in post_order(root):
        if isinstance(node, Makespan) or (isinstance(node, Linear) and np.any(node.point < Point.PRESENT)):
            raise Fault("E278", "a lag may depend on data and on choices, not on instants or lengths", at,
                        fix="write it as `require start(b) - end(a) >= …`")
