"""`due … weight …`, and the goals that belong to it: tardiness, earliness, lateness and flow time."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from schedc.dsl import forms, tree
from schedc.dsl.arithmetic import as_quantity, bounded, solid
from schedc.dsl.clauses import expression, given_value
from schedc.dsl.faults import Fault
from schedc.dsl.forms import Form
from schedc.dsl.members import Named, point_form, present_form
from schedc.dsl.periodic import shifts
from schedc.dsl.timing import instants
from schedc.dsl.truths import gathered
from schedc.dsl.values import NUMBER, Value, spread
from schedc.dsl.world import Due, Rows, World
from schedc.models.columns import UNLIMITED, Ints, ragged
from schedc.models.expressions import Compare, Extreme, Operator, Truth
from schedc.models.source import Span

GOALS = ("tardiness", "earliness", "lateness", "flow_time")


def draft_due(world: World, rows: Rows, clause: tree.Clause) -> None:
    """Note the due dates of a task family or job. Members without one, or with an empty one, have none."""
    written = expression(clause.values[0], clause.span)
    value, said = given_value(world, written, rows.space)
    weight = _weight(world, rows, clause)
    if said.any():
        ticks = instants(world, value, rows.space, "the due date", written.span)
        row = np.flatnonzero(said)
        shift = shifts(world, rows.name, rows.space.rows)
        world.dues.append(Due(rows.name, row, (spread(ticks, rows.space.rows) + shift)[row], weight.take(row)))


def _weight(world: World, rows: Rows, clause: tree.Clause) -> Value:
    one = np.ones((), dtype=np.int64)
    if clause.values[1] is None:
        return Value(NUMBER, one)
    written = expression(clause.values[1], clause.span)
    value, said = given_value(world, written, rows.space)
    if not said.any():
        return Value(NUMBER, one)
    value = as_quantity(solid(value, written.span))
    if value.type.kind != "quantity" or value.type.dims:
        raise Fault("E250", f"a weight is a number, not {value.type}", written.span)
    num = np.where(said, value.num, value.den)
    below = np.flatnonzero(spread(num < 0, rows.space.rows))
    if len(below):
        raise Fault("E246", f"the weight is negative{world.where(rows.space, int(below[0]))}", written.span)
    return Value(value.type, num, value.den)


# goals


def goal_form(world: World, name: str, rows: int, at: Span) -> Form:
    """One of the known goals, the same in every row."""
    with bounded(at):
        if name == "flow_time":
            found = _flow_time(world, at)
        elif name == "lateness":
            found = _lateness(world, at)
        else:
            found = _beyond(world, 1 if name == "tardiness" else -1, name, at)
    return forms.repeated_rows(found, np.zeros(rows, dtype=np.int64))


def _members(world: World, name: str, row: Ints) -> Named:
    """Members of a task family or job by their rows, one each."""
    every = np.arange(len(row), dtype=np.int64)
    job = world.jobs.get(name)
    if job is None:
        return Named(every, every, world.task_first[name] + row)
    lo, hi = job.ptr[row], job.ptr[row + 1]
    return Named(every, np.repeat(every, hi - lo), job.task[ragged(lo, hi)], True)


def _since(world: World, members: Named, ticks: Ints) -> tuple[Form, Form]:
    """end - ticks of each member, 0 where it is absent; and whether it is present."""
    end, _ = point_form(world, "end", members)
    present = present_form(world, members)
    begun = forms.scaled(present, ticks, np.asarray(1, dtype=np.int64))
    return forms.plus(replace(end, type=world.time_type), begun, -1, world.time_type), present


def _total(world: World, parts: list[Form]) -> Form:
    found = parts[0]
    for part in parts[1:]:
        found = forms.plus(found, part, 1, world.time_type)
    return replace(found, type=world.time_type)


def _weighted(form: Form, weight: Value) -> Form:
    """The sum over all rows, each times its weight."""
    whole = forms.scaled(form, spread(weight.num, form.rows), spread(weight.den, form.rows))
    return forms.summed(whole, np.zeros(form.rows, dtype=np.int64), 1)


def _beyond(world: World, sign: int, name: str, at: Span) -> Form:
    """The weighted sum of max(0, sign * (end - due))."""
    parts = []
    for due in _dues(world, name, at):
        late, _ = _since(world, _members(world, due.name, due.row), due.ticks)
        n, one = late.rows, np.asarray(1, dtype=np.int64)
        turned = forms.scaled(late, np.asarray(sign, dtype=np.int64), one)
        nothing = forms.data(Value(world.time_type, np.zeros((), dtype=np.int64)), n)
        both = forms.linear(forms.stacked([turned, nothing], world.time_type))
        every = np.arange(n, dtype=np.int64)
        row = np.repeat(every, 2)
        node = Extreme("max", n, row, both, row + np.tile([0, n], n))
        parts.append(_weighted(forms.node(world.time_type, n, node, every, every, one), due.weight))
    return _total(world, parts)


def _lateness(world: World, at: Span) -> Form:
    """The greatest end - due of what is present; 0 without any."""
    found = [_since(world, _members(world, d.name, d.row), d.ticks) for d in _dues(world, "lateness", at)]
    late = _stacked([late for late, _ in found], world)
    present = _stacked([there for _, there in found], world)
    every, one = np.arange(late.rows, dtype=np.int64), np.asarray(1, dtype=np.int64)
    when: Truth | None = None
    if not present.known:
        least = forms.data(Value(NUMBER, np.ones((), dtype=np.int64)), late.rows)
        held = Compare(Operator.GE, forms.linear(forms.plus(present, least, -1, NUMBER)))
        when = gathered("and", late.rows, every, held)
    zero = np.zeros(late.rows, dtype=np.int64)
    node = Extreme("max", 1, zero, forms.linear(late), every, when)
    return forms.node(world.time_type, 1, node, np.zeros(1, dtype=np.int64), np.zeros(1, dtype=np.int64), one)


def _stacked(parts: list[Form], world: World) -> Form:
    """Forms of any number of rows, one below the other."""
    total = sum(p.rows for p in parts)
    found, first = None, 0
    for part in parts:
        at = np.arange(first, first + part.rows, dtype=np.int64)
        placed = forms.placed(part, at, total)
        found = placed if found is None else forms.plus(found, placed, 1, world.time_type)
        first += part.rows
    assert found is not None
    return found


def _dues(world: World, name: str, at: Span) -> list[Due]:
    if not world.dues:
        raise Fault("E283", f"`{name}` of nothing: no task and no job has a due date", at, fix="add `due …` to them")
    return world.dues


def _flow_time(world: World, at: Span) -> Form:
    """The weighted sum of end - release over all jobs and all tasks outside of jobs."""
    weights = {due.name: due for due in world.dues}
    parts = []
    for name, rows, release in world.flows:
        n = rows.space.rows
        if not n:
            continue
        since, _ = _since(world, _members(world, name, np.arange(n, dtype=np.int64)), _begun(release))
        parts.append(_weighted(since, _weights(weights.get(name), n)))
    if not parts:
        raise Fault("E283", "`flow_time` of nothing: there is no task", at)
    return _total(world, parts)


def _begun(release: Ints) -> Ints:
    return np.where(release > -UNLIMITED, release, 0)


def _weights(due: Due | None, rows: int) -> Value:
    """The weights that stand with due dates; 1 elsewhere."""
    num, den = np.ones(rows, dtype=np.int64), np.ones(rows, dtype=np.int64)
    if due is not None:
        num[due.row], den[due.row] = due.weight.num, due.weight.den
    return Value(NUMBER, num, den)
