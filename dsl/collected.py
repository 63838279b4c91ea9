"""`sum`, `min`, `max`, `count` over decisions: terms by columns, of which those that name absent tasks are skipped."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import numpy as np

from schedc.dsl import arithmetic as calc
from schedc.dsl import forms, tree
from schedc.dsl.absence import adopt, certain_rows, name_some, scoped, skipped, some_of, there
from schedc.dsl.arithmetic import bounded
from schedc.dsl.evaluate import only_argument
from schedc.dsl.families import expand
from schedc.dsl.faults import Fault
from schedc.dsl.forms import Form
from schedc.dsl.members import POINTS, named, point_form, present_form
from schedc.dsl.space import Scope, Space
from schedc.dsl.values import NUMBER
from schedc.dsl.world import World
from schedc.models.columns import Ints
from schedc.models.expressions import Extreme, Truth

Op = Literal["min", "max"]


def aggregate(world: World, call: tree.Call, space: Space) -> Form:
    """`sum`, `min`, `max` over a `for`, over `f(a[*])`, or of several values."""
    from schedc.dsl.lowering import form_of, quantity

    op: Op = "min" if call.name == "min" else "max"
    starred = None if call.each is not None else _starred(world, call, space)
    if starred is not None:
        form, parent, scope = starred
    elif call.each is not None:
        inner = expand(world, space, call.each)
        terms, scope = scoped(world, inner.space)
        form, parent = form_of(world, only_argument(call), terms), inner.parent
    elif call.name == "sum":
        raise Fault("E264", "`sum` needs a `for`", call.span, fix="write `sum(E for x in S)`")
    else:
        return _listed(world, call, op, space)
    with bounded(call.span):
        if call.name == "sum":
            result = forms.summed(skipped(world, scope, form), parent, space.rows)
            return replace(result, type=quantity(form.type, call.span))
        return _extreme(world, call, op, form, parent, scope, space)


def _starred(world: World, call: tree.Call, space: Space) -> tuple[Form, Ints, Scope] | None:
    """The rows of `max(end(a[*]))`, and what they name."""
    argument = call.args[0] if len(call.args) == 1 else None
    if not isinstance(argument, tree.Call) or argument.name not in (*POINTS, "present"):
        return None
    ref = argument.args[0] if len(argument.args) == 1 else None
    if not isinstance(ref, tree.Ref) or not any(isinstance(i, tree.Star) for i in ref.index or ()):
        return None
    members = named(world, ref, space)
    if argument.name == "present":
        return present_form(world, members), members.parent, Scope(members.rows)
    form, scope = point_form(world, argument.name, members)
    return form, members.parent, scope


def _listed(world: World, call: tree.Call, op: Op, space: Space) -> Form:
    from schedc.dsl.lowering import form_of

    if not call.args:
        raise Fault("E264", f"`{call.name}` needs values", call.span)
    terms = [scoped(world, space) for _ in call.args]
    inner = [form_of(world, a, mine) for a, (mine, _) in zip(call.args, terms)]
    n, k = space.rows, len(inner)
    if k == 1:
        adopt(space, terms[0][1], np.arange(n, dtype=np.int64))
        return inner[0]
    kind = inner[0].type
    for f, written in zip(inner[1:], call.args[1:]):
        kind = calc.alike(kind, f.type, "compare", written.span)
    with bounded(call.span):
        both = forms.stacked(inner, kind)
        row = np.repeat(np.arange(n, dtype=np.int64), k)
        child_row = np.tile(np.arange(k, dtype=np.int64), n) * n + row
        when = _noted(space, _interleaved([scope for _, scope in terms]), row)
        node = Extreme(op, n, row, forms.linear(both), child_row, when)
        return forms.node(kind, n, node, np.arange(n, dtype=np.int64), np.arange(n, dtype=np.int64), both.den)


def _interleaved(scopes: list[Scope]) -> Scope:
    """Row i of the scope number k as row i * len(scopes) + k of one."""
    size = len(scopes)
    whole = Scope(scopes[0].rows * size)
    for k, scope in enumerate(scopes):
        whole.pairs += [(row * size + k, decider) for row, decider in scope.pairs]
        whole.truths += [(row * size + k, some) for row, some in scope.truths]
    return whole


def _noted(space: Space, entries: Scope, parent: Ints) -> Truth | None:
    """Which entries count; without any that does, what their instance says is nothing."""
    when = there(entries)
    if when is not None:
        name_some(space, *some_of(parent, space.rows, when, certain_rows(entries)))
    return when


def _extreme(
    world: World, call: tree.Call, op: Op, inner: Form, parent: Ints, entries: Scope, space: Space
) -> Form:
    sizes = np.bincount(parent, minlength=space.rows)
    if not np.all(sizes):
        raise Fault("E265", f"`{call.name}` of nothing{world.where(space, int(np.argmin(sizes != 0)))}", call.span)
    when = _noted(space, entries, parent)
    inner = forms.levelled(inner)
    rows = np.arange(space.rows, dtype=np.int64)
    node = Extreme(op, space.rows, parent, forms.linear(inner), np.arange(inner.rows, dtype=np.int64), when)
    return forms.node(inner.type, space.rows, node, rows, rows, inner.den)


def counts_members(world: World, call: tree.Call) -> bool:
    """Whether a call is `count(S, a, b)`, or `count(a[*])` of tasks or jobs that may be absent or windows count."""
    if call.name != "count" or call.each is not None or len(call.args) != 1:
        return call.name == "count" and call.each is None and len(call.args) == 3
    item = call.args[0]
    if not isinstance(item, tree.Ref) or item.path or not (world.may_miss or world.sliding):
        return False
    return item.name in world.task_first or item.name in world.jobs


def present_count(world: World, ref: tree.Ref, space: Space) -> Form:
    """How many of the members that a reference names are present."""
    members = named(world, ref, space)
    return replace(forms.summed(present_form(world, members), members.parent, space.rows), type=NUMBER)
