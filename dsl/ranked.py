"""`percentile(p, E for …)`, `product(E for …)` and `freshness(S)` over decisions."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from schedc.dsl import forms, tree
from schedc.dsl.absence import certain_rows, name_some, scoped, skipped, some_of, there
from schedc.dsl.arithmetic import bounded
from schedc.dsl.families import expand
from schedc.dsl.faults import Fault, TooLarge
from schedc.dsl.forms import Form
from schedc.dsl.members import Named, named, point_form, present_form
from schedc.dsl.shares import percent_of
from schedc.dsl.space import Space, all_pairs
from schedc.dsl.truths import known, together
from schedc.dsl.values import LARGEST, NUMBER, ONE, Value
from schedc.dsl.world import World
from schedc.models.columns import Ints
from schedc.models.expressions import Compare, Extreme, Operator, Product, Rank, Truth

NAMES = ("percentile", "product", "freshness")


def ranked_form(world: World, call: tree.Call, space: Space) -> Form:
    """One of the three, in each row of a space."""
    made = {"percentile": _percentile, "product": _product, "freshness": _freshness}
    with bounded(call.span):
        return made[call.name](world, call, space)


def _percentile(world: World, call: tree.Call, space: Space) -> Form:
    """The nearest rank among the terms that name nothing absent; without any, what its instance says is nothing."""
    from schedc.dsl.lowering import form_of

    if call.each is None or len(call.args) != 2:
        raise Fault("E264", "`percentile` needs a number of percent, a value and a `for`", call.span,
                    fix="write `percentile(95, E for x in S)`")
    percent = percent_of(world, call.args[0])
    inner = expand(world, space, call.each)
    terms, scope = scoped(world, inner.space)
    form = forms.levelled(form_of(world, call.args[1], terms))
    sizes = np.bincount(inner.parent, minlength=space.rows)
    if not np.all(sizes):
        raise Fault("E359", f"a percentile over an empty set{world.where(space, int(np.argmin(sizes != 0)))}",
                    call.span)
    when = there(scope)
    if when is not None:
        name_some(space, *some_of(inner.parent, space.rows, when, certain_rows(scope)))
    rows = np.arange(space.rows, dtype=np.int64)
    every = np.arange(form.rows, dtype=np.int64)
    node = Rank(percent.numerator, percent.denominator, space.rows, inner.parent, forms.linear(form), every, when)
    return forms.node(form.type, space.rows, node, rows, rows, form.den)


def _product(world: World, call: tree.Call, space: Space) -> Form:
    """The product of the terms; one that names something absent counts 1. Exact: numerators over one denominator."""
    from schedc.dsl.lowering import form_of, quantity

    if call.each is None or len(call.args) != 1:
        raise Fault("E264", "`product` needs a value and a `for`", call.span, fix="write `product(E for x in S)`")
    inner = expand(world, space, call.each)
    terms, scope = scoped(world, inner.space)
    form = form_of(world, call.args[0], terms)
    if quantity(form.type, call.span) != NUMBER:
        raise Fault("E250", f"a product is of numbers, not of {form.type}", call.span)
    one = forms.data(Value(NUMBER, ONE), form.rows)
    beyond = skipped(world, scope, forms.plus(replace(form, type=NUMBER), one, -1, NUMBER))
    form = _primitive(forms.levelled(forms.plus(beyond, one, 1, NUMBER)))
    most = int(np.bincount(inner.parent, minlength=space.rows).max(initial=0))
    den = int(form.den)
    if den ** most > LARGEST:
        raise TooLarge
    rows, node = np.arange(space.rows, dtype=np.int64), forms.linear(form)
    sizes = np.bincount(inner.parent, minlength=space.rows)
    every = np.arange(form.rows, dtype=np.int64)
    found = forms.node(NUMBER, space.rows, Product(space.rows, inner.parent, node, every), rows, rows, ONE)
    dens = np.array([den ** int(n) for n in sizes], dtype=np.int64)
    return replace(found, den=dens)


def _primitive(form: Form) -> Form:
    """Over the least denominator that all rows have in common."""
    numbers = [form.const, form.coef, *(p.coef for p in form.parts)]
    shared = int(np.gcd.reduce(np.concatenate([np.abs(c) for c in numbers] + [np.atleast_1d(form.den)])))
    parts = tuple(replace(p, coef=p.coef // shared) for p in form.parts)
    return replace(form, const=form.const // shared, coef=form.coef // shared, den=form.den // shared, parts=parts)


def _freshness(world: World, call: tree.Call, space: Space) -> Form:
    """The longest time between an end and the next one, of the members that are present; 0 with fewer than two ends.

    max over i of  min over j with end(j) > end(i) of  end(j) - end(i).
    """
    ref = call.args[0] if len(call.args) == 1 and call.each is None else None
    if not isinstance(ref, tree.Ref):
        raise Fault("E264", "`freshness` needs the members of a family", call.span, fix="write `freshness(a[*])`")
    members = named(world, ref, space)
    instance, i, j = all_pairs(members.parent, members.parent, space.rows, call.span)
    apart = i != j
    instance, i, j = instance[apart], i[apart], j[apart]
    end, _ = point_form(world, "end", members)
    ages = forms.plus(forms.repeated_rows(end, j), forms.repeated_rows(end, i), -1, world.time_type)
    if not len(i):
        return forms.data(Value(world.time_type, np.zeros((), dtype=np.int64)), space.rows)
    when = _later(world, members, ages, i, j)
    node = Extreme("min", members.rows, i, forms.linear(ages), np.arange(len(i), dtype=np.int64), when)
    every, rows = np.arange(members.rows, dtype=np.int64), np.arange(space.rows, dtype=np.int64)
    sure = known(np.ones((), dtype=np.bool_), members.rows)
    oldest = Extreme("max", space.rows, members.parent, node, every, sure)
    return forms.node(world.time_type, space.rows, oldest, rows, rows, ONE)


def _later(world: World, members: Named, ages: Form, i: Ints, j: Ints) -> Truth:
    """Whether both members of a pair are there, and the second ends later."""
    every = np.arange(len(i), dtype=np.int64)
    found: list[tuple[Ints, Truth]] = [(every, Compare(Operator.GT, forms.linear(ages)))]
    there_ = present_form(world, members)
    if not there_.known:
        least = forms.data(Value(NUMBER, ONE), len(i))
        for side in (i, j):
            held = forms.plus(replace(forms.repeated_rows(there_, side), type=NUMBER), least, -1, NUMBER)
            found.append((every, Compare(Operator.GE, forms.linear(held))))
    return together("and", len(i), found)
