"""Negations pushed down to comparisons, and `!=` as a choice.

Source: negation. Targets: linear, unequal, logic. By De Morgan's laws and the operators' complements,

    not (a and b) = (not a) or (not b);   not (x <= 0) = x > 0;   not (x == 0) = x != 0;   not (not a) = a.

Source: unequal. Targets: linear, logic. Over integers x != 0 is x < 0 or x > 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from schedc.compilers.constructs import Construct
from schedc.compilers.lowering.base import Lowering, Rewrite, rows_of
from schedc.compilers.lowering.rebuild import either, map_nodes
from schedc.models.expressions import Compare, Junction, Known, Not, Operator, Truth
from schedc.models.model import Model
from schedc.models.walk import Node

NEGATED = {
    Operator.EQ: Operator.NE, Operator.NE: Operator.EQ, Operator.LE: Operator.GT,
    Operator.GT: Operator.LE, Operator.LT: Operator.GE, Operator.GE: Operator.LT,
}


class _Negations:
    """Rebuilds nodes, children first; the opposite of a truth node is made once, when it is asked for."""

    def __init__(self) -> None:
        self._opposites: dict[int, tuple[Truth, Truth]] = {}

    def change(self, node: Node) -> Node:
        """The node without a `not`; what is below it is free of them already."""
        return self.opposite(node.child) if isinstance(node, Not) else node

    def opposite(self, root: Truth) -> Truth:
        """A node that holds where this one, which has no `not`, does not."""
        stack = [root]
        while stack:
            node = stack[-1]
            waiting = [m.child for m in node.members if id(m.child) not in self._opposites] if (
                isinstance(node, Junction)
            ) else []
            if waiting:
                stack.extend(waiting)
            else:
                self._opposites[id(node)] = (node, self._turned(stack.pop()))
        return self._opposites[id(root)][1]

    def _turned(self, node: Truth) -> Truth:
        match node:
            case Known():
                return Known(~node.value)
            case Compare():
                return Compare(NEGATED[node.op], node.left)
            case Junction():
                members = tuple(replace(m, child=self._opposites[id(m.child)][1]) for m in node.members)
                return Junction("or" if node.op == "and" else "and", node.rows, members)
            case Not():
                return node.child


def _normal_form(model: Model) -> Rewrite:
    return Rewrite(map_nodes(model, _Negations().change))


def _choice(node: Node) -> Node:
    if not (isinstance(node, Compare) and node.op is Operator.NE):
        return node
    return either(Compare(Operator.LT, node.left), Compare(Operator.GT, node.left))


def _negation_rows(model: Model, more: int) -> Mapping[Construct, int]:
    return {Construct.LINEAR: rows_of(Construct.NEGATION, model) + more}


def _unequal_rows(model: Model, more: int) -> Mapping[Construct, int]:
    rows = rows_of(Construct.UNEQUAL, model) + more
    return {Construct.LOGIC: rows, Construct.LINEAR: 2 * rows}


NEGATION = Lowering(
    "negation normal form", Construct.NEGATION,
    frozenset({Construct.LINEAR, Construct.UNEQUAL, Construct.LOGIC}), "not (x <= 0) is x > 0, and De Morgan",
    _negation_rows, _normal_form,
)
UNEQUAL = Lowering(
    "unequal as a choice", Construct.UNEQUAL, frozenset({Construct.LINEAR, Construct.LOGIC}),
    "x < 0 or x > 0", _unequal_rows, lambda model: Rewrite(map_nodes(model, _choice)),
)
