"""`uses r q during A .. B` and `uses r q growing g per d`: demands on parts of tasks.

A growing demand is ceil(q + i g / d) in the tick that begins i ticks after the start, so it is q, held from start to
end, and on top of it what is added: let k run over the whole numbers from ceil(q) to the greatest demand less 1. The
demand passes k at the first i with q + i g / d > k, that is i = floor((k - q) d / g) + 1, and from there, to the end,
one more is held. Where the task is shorter that part is empty. Whole numbers are those of the unit in which g is
written, and where q is none, the first part begins with the task.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from schedc.dsl import tree
from schedc.dsl.arithmetic import mixed
from schedc.dsl.clauses import origin_of
from schedc.dsl.evaluate import evaluate
from schedc.dsl.faults import Fault
from schedc.dsl.resources import Amount, ResourceDraft, amount_of, demand_on, shown_unit
from schedc.dsl.space import Ragged, Space, guard_size
from schedc.dsl.timing import durations
from schedc.dsl.units import UNITS
from schedc.dsl.values import Value, fractions, spread
from schedc.dsl.world import World
from schedc.models.columns import Ints
from schedc.models.diagnostics import Label
from schedc.models.expressions import Point
from schedc.models.records import dataclass
from schedc.models.source import Origin, Span
from schedc.models.statements import Parts

_POINTS = "a part of a task begins and ends at `start` or `end`, or some time after or before"


@dataclass(frozen=True, eq=False)
class PartsDraft:
    """A demand on a part before its amounts are scaled: amount[k] of resource[k] on [first_point + first[k],
    last_point + last[k]) of row[k]."""

    origin: Origin
    row: Ints
    resource: Ints
    amount: Amount
    first_point: Point
    first: Ints
    last_point: Point
    last: Ints


def guard_parts(demand: tree.Demand, resource: ResourceDraft, pausable: bool) -> None:
    """Fault E311 where a demand on a part cannot stand, E163 for two of a kind."""
    word = "`during`" if demand.during else "`growing`"
    twice = (*demand.during[1:], *(g for g, _ in demand.growing[1:]))
    if twice or (demand.during and demand.growing):
        at = twice[0].span if twice else demand.growing[0][0].span
        raise Fault("E163", "a demand has one `during` or one `growing`", at, fix="write a demand for each")
    if pausable:
        raise Fault("E311", f"{word} cannot stand on a task that is `pausable`: it would not say what is held in its "
                    "pauses", demand.span)
    if resource.change is not None or demand.at:
        raise Fault("E311", f"{word} cannot stand on a resource that changes its state", demand.span)
    if resource.batch is not None:
        raise Fault("E311", f"{word} cannot stand on a resource that works in batches", demand.span)
    if demand.count is not None:
        raise Fault("E311", f"{word} cannot stand on chosen members: they are held from start to end", demand.span,
                    fix="name the member, in a mode for each")


def draft_part(
    world: World, demand: tree.Demand, resource: ResourceDraft, space: Space, found: Ragged, parent: Ints,
    amount: Value, lengths: tuple[Ints, Ints] | None, label: str | None,
) -> PartsDraft:
    """A `during`: found.child are the members, parent the holder's rows, amount the amounts, one each.

    Fault E312 where a part ends before it begins, whatever length the holder has of `lengths` (None: not known yet).
    """
    written = demand.during[0]
    assert written.hi is not None and not isinstance(written.lo, tree.Map)
    (first_point, first), (last_point, last) = (_point(world, e, space) for e in (written.lo, written.hi))
    first, last = (spread(c, space.rows)[found.parent] for c in (first, last))
    long = int(last_point) - int(first_point)
    most = last - first
    if long and lengths is not None:
        most = most + (lengths[1][parent] if long > 0 else -lengths[0][parent])
    known = not long or lengths is not None
    crossed = np.flatnonzero((most < 0) & known)
    if len(crossed):
        where = world.where(space, int(found.parent[crossed[0]]))
        raise Fault("E312", f"the part ends before it begins{where}", written.span,
                    fix="write the earlier instant first")
    keep = np.flatnonzero((spread(amount.num, len(parent)) > 0) & ((most > 0) | (not known)))
    value = demand_on(world, resource, Amount(amount.take(keep), _at(demand)))
    origin = origin_of(demand.span, f"uses {demand.ref.name}", label)
    return PartsDraft(
        origin, parent[keep], np.asarray(resource.first + found.child[keep]), value, first_point, first[keep],
        last_point, last[keep],
    )


def _at(demand: tree.Demand) -> Span:
    return demand.ref.span if demand.amount is None else demand.amount.span


def _point(world: World, expr: tree.Expr, space: Space) -> tuple[Point, Ints]:
    first, rest = (expr.first, expr.rest) if isinstance(expr, tree.Arithmetic) else (expr, ())
    if not isinstance(first, tree.Ref) or first.name not in ("start", "end") or first.index or first.path:
        raise Fault("E313", _POINTS, expr.span, fix="write `during start - 1 h .. end`")
    shift = np.zeros((), dtype=np.int64)
    for op, operand in rest:
        if op not in "+-":
            raise Fault("E313", _POINTS, expr.span)
        ticks = durations(world, evaluate(world, operand, space), space, "the time between", operand.span, None)
        shift = shift + ticks if op == "+" else shift - ticks
    return (Point.START if first.name == "start" else Point.END), shift


# growing demands


def draft_growing(
    world: World, demand: tree.Demand, resource: ResourceDraft, space: Space, found: Ragged, parent: Ints,
    amount: Value, longest: Ints, label: str | None,
) -> PartsDraft:
    """What a `growing` adds to its first amount. longest: the greatest length of each of the holder's rows."""
    gain_said, per_said = demand.growing[0]
    gain = amount_of(world, evaluate(world, gain_said, space), space, "the growth", gain_said.span).value
    if gain.type != amount.type:
        raise Fault("E250", f"the demand is {amount.type}, and grows by {gain.type}", gain_said.span,
                    Label(_at(demand), f"this is {amount.type}"), fix=mixed("compare", gain.type, amount.type,
                                                                            gain_said.span).fix)
    per = spread(durations(world, evaluate(world, per_said, space), space, "the time", per_said.span), space.rows)
    if len(per) and int(per.min()) == 0:
        where = world.where(space, int(np.argmin(per)))
        raise Fault("E314", f"a demand that grows in no time at all{where}", per_said.span)
    unit = world.base_size(UNITS[shown_unit(gain.type)].size, gain.type.dims) if gain.type.dims else Fraction(1)
    pick, after, more = _steps(amount, gain, per, found, longest[parent], unit, demand.span)
    value = demand_on(world, resource, Amount(fractions(amount.type, more), _at(demand)))
    origin = origin_of(demand.span, f"uses {demand.ref.name}", label)
    return PartsDraft(
        origin, parent[pick], np.asarray(resource.first + found.child[pick]), value, Point.START, after, Point.END,
        np.zeros(len(pick), dtype=np.int64),
    )


def _steps(
    amount: Value, gain: Value, per: Ints, found: Ragged, longest: Ints, unit: Fraction, at: Span
) -> tuple[Ints, Ints, list[Fraction]]:
    """Where the demands of the members grow: which one, after how many ticks, by how much (in base units)."""
    picks: list[int] = []
    after: list[int] = []
    more: list[Fraction] = []
    known: dict[tuple[Any, ...], tuple[list[int], list[Fraction]]] = {}
    columns = (spread(gain.num, len(per)), spread(gain.den, len(per)))
    start = (spread(amount.num, len(longest)), spread(amount.den, len(longest)))
    for k, (row, length) in enumerate(zip(found.parent.tolist(), longest.tolist())):
        g = Fraction(int(columns[0][row]), int(columns[1][row])) / unit / int(per[row])
        q = Fraction(int(start[0][k]), int(start[1][k])) / unit
        if (q, g, length) not in known:
            known[q, g, length] = _growth(q, g, length, unit, at)
        ticks, sizes = known[q, g, length]
        guard_size(len(after) + len(ticks), "the steps of growing demands", at)
        picks += [k] * len(ticks)
        after += ticks
        more += sizes
    return np.asarray(picks, dtype=np.int64), np.asarray(after, dtype=np.int64), more


def _growth(q: Fraction, g: Fraction, length: int, unit: Fraction, at: Span) -> tuple[list[int], list[Fraction]]:
    """After how many ticks a demand of q units that grows by g a tick becomes greater, and by how much."""
    ticks, sizes, held = [], [], q
    if -(-q.numerator // q.denominator) > q and length > 0:
        held = Fraction(-(-q.numerator // q.denominator))
        ticks.append(0)
        sizes.append((held - q) * unit)
    most = held if length <= 0 else q + (length - 1) * g
    guard_size(min(int(most - held) + 1, length) if g else 0, "a growing demand", at)
    while g and (next_ := int((held - q) / g) + 1) < length:
        reached = q + next_ * g
        now = Fraction(-(-reached.numerator // reached.denominator))
        ticks.append(next_)
        sizes.append((now - held) * unit)
        held = now
    return ticks, sizes


def parts_node(draft: PartsDraft) -> Parts:
    """The node of a demand whose amounts are scaled."""
    n = len(draft.row)
    scaled = draft.amount.scaled if n else np.zeros(0, dtype=np.int64)
    assert scaled is not None
    return Parts(
        draft.origin, draft.row, draft.resource, np.array(spread(scaled, n)), draft.first_point,
        np.array(draft.first, dtype=np.int64), draft.last_point, np.array(draft.last, dtype=np.int64),
    )
