"""What speaks of choices beside `on(t)`: `present(t.m)`, `chosen(t, r[m])`, attributes and `cost`, as forms."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from schedc.dsl import arithmetic as calc
from schedc.dsl import forms, tree
from schedc.dsl.absence import deciders
from schedc.dsl.aggregates import levelled
from schedc.dsl.arithmetic import solid
from schedc.dsl.evaluate import items_of
from schedc.dsl.faults import Fault, Spoiled, did_you_mean
from schedc.dsl.forms import Form
from schedc.dsl.lookup import find_member, keys_of
from schedc.dsl.names import parts
from schedc.dsl.outcomes import Outcomes, one, one_task, task_of, weighed
from schedc.dsl.space import Ragged, Space
from schedc.dsl.values import NUMBER, Type, Value, product, spread
from schedc.dsl.world import World
from schedc.models.columns import Ints, ragged
from schedc.models.diagnostics import Label
from schedc.models.expressions import Compare, Indicator, Linear, Operator, Point
from schedc.models.source import Span

if TYPE_CHECKING:
    from schedc.dsl.tasks import TaskDraft

NAMED = ("on", "present", "chosen")


# present(t.m), chosen(t, r[m])


def mode_form(world: World, call: tree.Call, space: Space) -> Form:
    """`present(t.m)`, `present(t[i].m[k])`: 1 where that mode is the task's."""
    ref = task_of(call, 1)
    step = ref.path[0]
    draft, member = one_task(world, ref, space)
    mode = next((m for m in draft.modes if m.name == step.word), None)
    if mode is None or len(ref.path) > 1:
        names = [m.name for m in draft.modes]
        raise Fault("E154", f"`{ref.name}` has no mode `{step.word}`", step.span, Label(draft.rows.at, "declared here"),
                    fix=did_you_mean(step.word, names))
    items = items_of(world, step.index, space) or []
    keys = keys_of(world, [d.type for d in mode.dims], items, mode.name, step.span)
    plain = [k for k in keys if k is not None]
    if len(plain) < len(keys):
        raise Fault("E258", f"one option of `{mode.name}` is needed here, not all", step.span)
    found = spread(mode.index.find((member, *plain)), space.rows)
    missing = np.flatnonzero(found < 0)
    if len(missing):
        more = f" (and {len(missing) - 1} more)" if len(missing) > 1 else ""
        raise Fault("E259", f"there is no such option of `{mode.name}`{world.where(space, int(missing[0]))}{more}",
                    step.span, Label(mode.at, "declared here"))
    every = np.arange(space.rows, dtype=np.int64)
    return forms.terms(Type("flag"), space.rows, every, Point.MODE, mode.first + found)


def member_form(world: World, call: tree.Call, space: Space) -> Form:
    """`chosen(t, r[m])`: 1 where some `uses n of r` of the task has taken the member, in itself or in its mode."""
    ref, other = task_of(call, 2), call.args[1]
    draft, task = one_task(world, ref, space)
    if not isinstance(other, tree.Ref) or other.name not in world.resource_first:
        raise Fault("E262", "a member of a resource is needed here", other.span,
                    fix="write it with its resource, as in `chosen(t, r[m])`")
    world.used.add(other.name)
    found = find_member(world, world.families[other.name], items_of(world, other.index, space), space, other.span)
    wanted = world.resource_first[other.name] + spread(found, space.rows)
    held = _held_by(draft, task, wanted)
    number = np.asarray(held.child, dtype=np.int64)
    form = forms.terms(NUMBER, space.rows, held.parent, Point.MEMBER, number)
    if len(np.unique(held.parent)) == len(held.parent):
        return form
    every, unit = np.arange(space.rows, dtype=np.int64), np.asarray(1, dtype=np.int64)
    some = Compare(Operator.GE, forms.linear(forms.plus(form, forms.data(one(), form.rows), -1, NUMBER)))
    return forms.node(NUMBER, space.rows, Indicator(some), every, every, unit)


def _held_by(draft: TaskDraft, task: Ints, resource: Ints) -> Ragged:
    """The candidates by which each instance's task can take its resource."""
    choices = [(c, c.row) for c in draft.choices] + [(c, m.row[c.row]) for m in draft.modes for c in m.choices]
    if not choices:
        return Ragged(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64))
    member = np.concatenate([np.repeat(row, np.diff(c.ptr)) for c, row in choices])
    candidate = np.concatenate([c.resource for c, _ in choices])
    number = np.concatenate([c.first + np.arange(len(c.resource)) for c, _ in choices])
    size = int(max(candidate.max(initial=0), resource.max(initial=0))) + 1
    keys, wanted = member * size + candidate, task * size + resource
    order = np.argsort(keys, kind="stable")
    lo, hi = (np.searchsorted(keys[order], wanted, side=s) for s in ("left", "right"))
    return Ragged(np.repeat(np.arange(len(wanted)), hi - lo), number[order[ragged(lo, hi)]])


# attributes and cost


def attribute_form(world: World, ref: tree.Ref, space: Space) -> Form:
    """`t.name`: the task's own value and that of its chosen mode, added up; 0 where the task is absent."""
    draft, member = one_task(world, ref, space)
    step = ref.path[0]
    if len(ref.path) > 1 or step.index is not None:
        raise Fault("E257", f"`.{step.word}` is a value and has no index or column", ref.path[-1].span)
    found = _attribute(world, draft, step.word, step.span)
    return forms.repeated_rows(found, member) if found is not None else _missing(world, draft, step)


def _missing(world: World, draft: TaskDraft, step: tree.Step) -> Form:
    known = {*draft.attributes, *(n for m in draft.modes for n in m.attributes)}
    written = (p for p in parts(world.declared.get(draft.rows.name)) if isinstance(p, tree.WithClause))
    if draft.spoiled or any(name.text == step.word for clause in written for name, _ in clause.items):
        raise Spoiled       # what is wrong has been said where it stands
    raise Fault("E155", f"`{draft.rows.name}` has no attribute `{step.word}`", step.span,
                Label(draft.rows.at, "declared here"), fix=did_you_mean(step.word, known) or "add `with … = …` to it")


def _attribute(world: World, draft: TaskDraft, name: str, at: Span) -> Form | None:
    """One row a member; None where neither the task nor any mode of it has the attribute."""
    n = draft.rows.space.rows
    parts = []
    own = draft.attributes.get(name)
    if own is not None:
        parts.append(_own_attribute(world, draft, own.value, at))
    for m in draft.modes:
        if name in m.attributes:
            order = np.argsort(m.row, kind="stable")
            number = (m.first + np.arange(len(m.row)))[order]
            value = m.attributes[name].value.spread(len(m.row)).take(order)
            parts.append(weighed(Outcomes(n, m.row[order], np.full(len(order), Point.MODE), number, value), at))
    if not parts:
        return None
    total = parts[0]
    for part in parts[1:]:
        kind = calc.alike(total.type, part.type, "add", at)
        total = forms.plus(total, part, 1, kind)
    return total


def _own_attribute(world: World, draft: TaskDraft, value: Value, at: Span) -> Form:
    """The task's own value where it is present."""
    n = draft.rows.space.rows
    value = calc.as_quantity(solid(value, at))
    decider = deciders(world, draft.first + np.arange(n, dtype=np.int64))
    may = np.flatnonzero(decider >= 0)
    if not len(may):
        return forms.data(value, n)
    num, den = levelled(value, n, at)
    point = np.full(len(may), Point.PRESENT)
    return Form(value.type, np.where(decider < 0, num, 0), den, may, point, decider[may], num[may])


def cost_form(world: World, ref: tree.Ref, space: Space) -> Form:
    """`cost`: the attribute `cost` of all present tasks and chosen modes, added up."""
    found = None
    for draft in world.drafts.values():
        mine = _attribute(world, draft, "cost", ref.span)
        if mine is None:
            continue
        whole = forms.summed(mine, np.zeros(mine.rows, dtype=np.int64), 1)
        found = whole if found is None else forms.plus(
            found, whole, 1, calc.alike(found.type, whole.type, "add", ref.span)
        )
    if found is None:
        raise Fault("E277", "no task and no mode has a cost", ref.span, fix="add `with cost = …` to them")
    return forms.repeated_rows(found, np.zeros(space.rows, dtype=np.int64))


def scaled_flags(form: Form) -> Linear:
    """A form of truth values beside 1: at least 0 where it holds."""
    return forms.linear(Form(
        NUMBER, form.const - product(form.den, np.ones(form.rows, dtype=np.int64)), form.den, form.row, form.point,
        form.task, form.coef, form.parts,
    ))
