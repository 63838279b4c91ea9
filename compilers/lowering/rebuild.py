"""Building nodes anew: expressions from changed children, and the small ones that lowerings need."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any, cast

import numpy as np

from schedc.models.columns import Ints, ints
from schedc.models.expressions import (
    Compare,
    IntExpr,
    Junction,
    Linear,
    Member,
    Operator,
    Point,
    Truth,
)
from schedc.models.model import Model
from schedc.models.statements import Order, Relation, Require
from schedc.models.walk import Node, children, post_order

Change = Callable[[Node], Node]


def map_nodes(model: Model, change: Change) -> Model:
    """The model with every node of its conditions, lags and goals changed, children first; equal nodes stay shared."""
    memo: dict[int, tuple[Node, Node]] = {}     # the old node is kept so that its id stays its own
    relations = tuple(_changed(r, change, memo) for r in model.relations)
    objective = tuple(replace(s, value=cast(IntExpr, _mapped(s.value, change, memo))) for s in model.objective)
    return replace(model, relations=relations, objective=objective)


def _changed(relation: Relation, change: Change, memo: dict[int, tuple[Node, Node]]) -> Relation:
    if isinstance(relation, Require):
        return replace(relation, condition=cast(Truth, _mapped(relation.condition, change, memo)))
    if isinstance(relation, Order) and relation.extra is not None:
        return replace(relation, extra=cast(IntExpr, _mapped(relation.extra, change, memo)))
    return relation


def _mapped(root: Node, change: Change, memo: dict[int, tuple[Node, Node]]) -> Node:
    for node in post_order(root):
        if id(node) not in memo:
            below = tuple(memo[id(child)][1] for child in children(node))
            memo[id(node)] = (node, change(with_children(node, below)))
    return memo[id(root)][1]


def with_children(node: Node, below: tuple[Node, ...]) -> Node:
    """The node over other children, in the order of `walk.children`; itself where they are its own."""
    if all(a is b for a, b in zip(children(node), below)):
        return node
    match node:
        case Linear():
            parts = tuple(replace(p, child=cast(IntExpr, c)) for p, c in zip(node.parts, below))
            return replace(node, parts=parts)
        case Junction():
            members = tuple(replace(m, child=cast(Truth, c)) for m, c in zip(node.members, below))
            return replace(node, members=members)
        case _:
            new = {id(child): c for child, c in zip(children(node), below)}
            values: dict[str, Any] = {f.name: getattr(node, f.name) for f in fields(node)}
            made: Node = type(node)(**{name: new.get(id(v), v) for name, v in values.items()})
            return made


def difference(point: Point, task: Ints, less_point: Point, less: Ints, const: Ints | int = 0) -> Linear:
    """value[i] = point(task[i]) - less_point(less[i]) + const[i]."""
    n = len(task)
    return Linear(
        np.broadcast_to(np.asarray(const, dtype=np.int64), n).copy(),
        np.repeat(np.arange(n), 2),
        np.tile(ints([point, less_point]), n),
        np.stack([task, less], axis=1).reshape(-1),
        np.tile(ints([1, -1]), n),
    )


def single(point: Point, task: Ints, const: Ints | int = 0) -> Linear:
    """value[i] = point(task[i]) + const[i]."""
    n = len(task)
    constants = np.broadcast_to(np.asarray(const, dtype=np.int64), n).copy()
    return Linear(constants, np.arange(n), np.full(n, int(point)), np.asarray(task), np.ones(n, dtype=np.int64))


def at_most_zero(left: IntExpr) -> Compare:
    """Holds where left[i] <= 0."""
    return Compare(Operator.LE, left)


def at_least_zero(left: IntExpr) -> Compare:
    """Holds where left[i] >= 0."""
    return Compare(Operator.GE, left)


def equal_to_zero(left: IntExpr) -> Compare:
    """Holds where left[i] == 0."""
    return Compare(Operator.EQ, left)


def either(*options: Truth) -> Junction:
    """Row by row: one of the options holds. All have the same number of rows."""
    return rowwise("or", options)


def both(*options: Truth) -> Junction:
    """Row by row: all of the options hold."""
    return rowwise("and", options)


def rowwise(op: str, options: tuple[Truth, ...]) -> Junction:
    """A junction whose row i joins the rows i of the options."""
    rows = np.arange(options[0].rows)
    members = tuple(Member(rows, option, rows) for option in options)
    return Junction("and" if op == "and" else "or", options[0].rows, members)
