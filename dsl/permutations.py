"""`permutation a[*], b[*]`: families that start in one order, matched by what their `*` stands for."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from schedc.dsl import tree
from schedc.dsl.clauses import label_of, origin_of, tail_space
from schedc.dsl.evaluate import items_of
from schedc.dsl.faults import Fault
from schedc.dsl.lookup import Item
from schedc.dsl.named import tasks_of
from schedc.dsl.space import Space, guard_size
from schedc.dsl.values import Type, Value, spread
from schedc.dsl.world import World
from schedc.models.columns import Ints
from schedc.models.diagnostics import Label
from schedc.models.source import Span
from schedc.models.statements import Permutation

MOST_FAMILIES = 64


class Side(NamedTuple):
    """The members of one family by instance and key, in that order; kinds: the types of the keys."""

    instance: Ints
    task: Ints
    keys: tuple[Ints, ...]
    kinds: tuple[Type, ...]
    at: Span
    show: tuple[Value, ...]


def permutation(world: World, statement: tree.Together) -> list[Permutation]:
    """A node for each two of the families: with an absent task between them, order would not pass from one on."""
    refs = statement.refs
    if len(refs) < 2:
        raise Fault("E298", "`permutation` needs two families or more", statement.span,
                    fix="write `permutation a[*], b[*]`")
    if len(refs) > MOST_FAMILIES:
        raise Fault("E298", f"`permutation` takes {MOST_FAMILIES} families at most", refs[MOST_FAMILIES].span,
                    fix="join them two by two with `for`")
    space = tail_space(world, statement.tail)
    origin = origin_of(statement.span, "permutation", label_of(world, statement.tail.labels))
    sides = [_side(world, ref, space) for ref in refs]
    for other in sides[1:]:
        _refuse_unmatched(world, sides[0], other, space)
    first = sides[0]
    guard_size(len(first.task) * len(refs) * (len(refs) - 1) // 2, "the permutation", statement.span)
    ptr = np.searchsorted(first.instance, np.arange(space.rows + 1))
    return [
        Permutation(origin, ptr, a.task, b.task) for k, a in enumerate(sides) for b in sides[k + 1 :]
    ]


def _side(world: World, ref: tree.Ref, space: Space) -> Side:
    found = tasks_of(world, ref, space)
    rows = world.families[ref.name]
    stars = _stars(items_of(world, ref.index, space), len(rows.dims))
    if not stars:
        raise Fault("E298", f"`{ref.name}` has no order here: it is one task", ref.span,
                    fix=f"write `{ref.name}[*]` for all of a family")
    member = found.child - world.task_first[ref.name]
    shown = tuple(rows.dims[k].spread(rows.space.rows).take(member) for k in stars)
    keys = tuple(np.array(spread(v.num, len(member))) for v in shown)
    order = np.lexsort((*keys[::-1], found.parent))
    return Side(
        found.parent[order], found.child[order], tuple(k[order] for k in keys), tuple(v.type for v in shown),
        ref.span, tuple(v.take(order) for v in shown),
    )


def _stars(items: list[Item] | None, dims: int) -> list[int]:
    """The dimensions that `*` stands for; a single one stands for all."""
    if items is None:
        return []
    stars = [k for k, item in enumerate(items) if item.value is None]
    return list(range(dims)) if stars and len(items) == 1 else stars


def _refuse_unmatched(world: World, a: Side, b: Side, space: Space) -> None:
    """Fault E298 where the indices of two families are not the same in every instance."""
    if a.kinds != b.kinds:
        kinds = (", ".join(map(str, side.kinds)) for side in (a, b))
        raise Fault("E298", "the indices of the two are {} and {}".format(*kinds), b.at, Label(a.at, "the first"))
    mine, theirs = (list(zip(s.instance.tolist(), *(k.tolist() for k in s.keys))) for s in (a, b))
    if mine == theirs:
        return
    for side, others in ((a, set(theirs)), (b, set(mine))):
        for row, key in enumerate(zip(side.instance.tolist(), *(k.tolist() for k in side.keys))):
            if key not in others:
                index = ", ".join(world.show(v, row) for v in side.show)
                where = world.where(space, key[0])
                raise Fault("E298", f"only one of the two has a member [{index}]{where}", side.at,
                            Label((b if side is a else a).at, "not this one"),
                            fix="take the members that both have")
