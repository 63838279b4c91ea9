"""What becomes of statements that name absent tasks.

An instance that names an absent task outside any aggregate is satisfied; in an aggregate the term that names it is
skipped. So a *scope*, the instances of a statement or the terms of an aggregate, notes whatever its rows name, and says
afterwards in which rows all of that is there. A space carries its scope along, whichever of its rows are looked at.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from schedc.dsl import forms
from schedc.dsl.forms import Form
from schedc.dsl.space import Scope, Space
from schedc.dsl.truths import gathered, opposite
from schedc.dsl.values import FLAG, NUMBER
from schedc.dsl.world import World
from schedc.models.columns import Flags, Ints, distinct
from schedc.models.expressions import Compare, Guarded, Indicator, Junction, Linear, Member, Operator, Point, Truth

NONE: Ints = np.zeros(0, dtype=np.int64)


def scoped(world: World, space: Space) -> tuple[Space, Scope]:
    """The same rows as instances of a new scope."""
    scope = Scope(space.rows)
    if not world.may_miss:
        return space, scope
    return replace(space, scope=scope, group=np.arange(space.rows, dtype=np.int64)), scope


def deciders(world: World, task: Ints) -> Ints:
    """For each task the one whose presence decides on its own, -1 where it is there for certain."""
    return world.deciders[task] if world.may_miss else np.full(len(task), -1, dtype=np.int64)


def note(world: World, scope: Scope, row: Ints, task: Ints) -> None:
    """Row row[k] of a scope names task[k]."""
    decider = deciders(world, task)
    may = decider >= 0
    if may.any():
        scope.pairs.append((row[may], decider[may]))


def name_tasks(world: World, space: Space, row: Ints, task: Ints) -> None:
    """Row row[k] of a space names task[k]."""
    if space.scope is not None and space.group is not None:
        note(world, space.scope, space.group[row], task)


def adopt(space: Space, scope: Scope, parent: Ints) -> None:
    """Row parent[k] of a space speaks of all that row k of a scope does."""
    if space.scope is None or space.group is None:
        return
    at = space.group[parent]
    space.scope.pairs += [(at[row], decider) for row, decider in scope.pairs]
    space.scope.truths += [(at[row], some) for row, some in scope.truths]


def name_some(space: Space, row: Ints, some: Truth) -> None:
    """Row row[k] of a space speaks of something that is there where row k of `some` holds."""
    if space.scope is not None and space.group is not None and len(row):
        space.scope.truths.append((space.group[row], some))


def deciders_of(scope: Scope) -> tuple[Ints, Ints]:
    """What must be present for a row to count, as different (row, decider) pairs in order of rows."""
    if not scope.pairs:
        return NONE, NONE
    row, decider = (np.concatenate(c) for c in zip(*scope.pairs))
    size = int(decider.max()) + 1
    keys = distinct(row * size + decider)
    return keys // size, keys % size


def presence(decider: Ints, op: Operator) -> Compare:
    """One row each: GE where the task is present, LE where it is absent."""
    n = len(decider)
    every, ones = np.arange(n, dtype=np.int64), np.ones(n, dtype=np.int64)
    const = -ones if op is Operator.GE else np.zeros(n, dtype=np.int64)
    return Compare(op, Linear(const, every, ones * Point.PRESENT, decider, ones))


def there(scope: Scope) -> Truth | None:
    """Whether all that a row names is there, one row an instance; None where nothing may be absent."""
    row, decider = deciders_of(scope)
    if len(row) == scope.rows == len(distinct(row)) and not scope.truths:
        return presence(decider, Operator.GE)
    members = _members(row, decider, Operator.GE)
    members += [Member(rows, some, np.arange(len(rows), dtype=np.int64)) for rows, some in scope.truths]
    return Junction("and", scope.rows, tuple(members)) if members else None


def satisfied(scope: Scope, condition: Truth) -> Truth:
    """The condition, or something that a row names is absent."""
    row, decider = deciders_of(scope)
    found = _members(row, decider, Operator.LE)
    found += [Member(rows, opposite(some), np.arange(len(rows), dtype=np.int64)) for rows, some in scope.truths]
    if not found:
        return condition
    every = np.arange(scope.rows, dtype=np.int64)
    return Junction("or", scope.rows, (Member(every, condition, every), *found))


def _members(row: Ints, decider: Ints, op: Operator) -> list[Member]:
    if not len(row):
        return []
    different = distinct(decider)
    return [Member(row, presence(different, op), np.searchsorted(different, decider))]


# aggregates


def counted_where(scope: Scope, held: Truth) -> Truth:
    """The condition, and all that its row names is there."""
    guard = there(scope)
    if guard is None:
        return held
    every = np.arange(held.rows, dtype=np.int64)
    return Junction("and", held.rows, (Member(every, held, every), Member(every, guard, every)))




def skipped(world: World, scope: Scope, form: Form) -> Form:
    """The form where all that its row names is there, else 0."""
    guard = there(scope)
    if guard is None:
        return form
    plain = _without_guard(world, scope, form)
    if plain is not None:
        return plain
    whole = forms.levelled(form)
    every = np.arange(form.rows, dtype=np.int64)
    return forms.node(form.type, form.rows, Guarded(forms.linear(whole), guard), every, every, whole.den)


def _without_guard(world: World, scope: Scope, form: Form) -> Form | None:
    """Where each row names tasks of one decision and nothing else: points of absent tasks are 0 anyway."""
    row, decider = deciders_of(scope)
    if scope.truths or form.parts or len(distinct(row)) < len(row):
        return None
    of_row = np.full(form.rows, -1, dtype=np.int64)
    of_row[row] = decider
    wanted = of_row[form.row]
    guarded = wanted >= 0
    if np.any(form.point[guarded] > Point.PRESENT):
        return None
    if np.any(deciders(world, form.task[guarded]) != wanted[guarded]):
        return None
    const = np.where(of_row < 0, form.const, 0)
    size = len(row)
    merged = np.r_[form.row, row]
    order = np.argsort(merged, kind="stable")
    point, task, coef = (
        np.r_[a, b][order] for a, b in (
            (form.point, np.full(size, int(Point.PRESENT))), (form.task, decider), (form.coef, form.const[row]),
        )
    )
    return replace(form, const=const, row=merged[order], point=point, task=task, coef=coef)


def certain_rows(scope: Scope) -> Flags:
    """The rows that name nothing that may be absent."""
    sure = np.ones(scope.rows, dtype=np.bool_)
    for row, _ in scope.pairs:
        sure[row] = False
    for row, _ in scope.truths:
        sure[row] = False
    return sure


def some_of(parent: Ints, rows: int, when: Truth, sure: Flags) -> tuple[Ints, Truth]:
    """The groups without a row that counts for certain, and whether any row of them does."""
    held = np.zeros(rows, dtype=np.bool_)
    held[parent[sure]] = True
    doubtful = np.flatnonzero(~held)
    place = np.full(rows, -1, dtype=np.int64)
    place[doubtful] = np.arange(len(doubtful))
    mine = np.flatnonzero(place[parent] >= 0)
    return doubtful, Junction("or", len(doubtful), (Member(place[parent[mine]], when, mine),))


# present(x)


def presence_form(world: World, rows: int, row: Ints, task: Ints) -> Form:
    """1 where any of the tasks of a row is present; row is sorted."""
    decider = deciders(world, task)
    sure = np.zeros(rows, dtype=np.bool_)
    sure[row[decider < 0]] = True
    keep = ~sure[row]
    pairs = np.unique(np.stack([row[keep], decider[keep]]), axis=1)
    single = np.bincount(pairs[0], minlength=rows) == 1
    alone = single[pairs[0]]
    form = forms.terms(FLAG, rows, pairs[0][alone], Point.PRESENT, pairs[1][alone])
    form = replace(form, const=sure.astype(np.int64))
    if alone.all():
        return form
    several = distinct(pairs[0][~alone])
    some = gathered("or", len(several), np.searchsorted(several, pairs[0][~alone]),
                    presence(pairs[1][~alone], Operator.GE))
    one = np.asarray(1, dtype=np.int64)
    more = forms.node(NUMBER, rows, Indicator(some), np.arange(len(several), dtype=np.int64), several, one)
    return replace(forms.plus(form, more, 1, FLAG), type=FLAG)
