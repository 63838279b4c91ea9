"""|x| = max(x, -x).

Source: absolute. Targets: extreme. A column of n absolute values becomes a column of n greatest values of two.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from schedc.compilers.constructs import Construct
from schedc.compilers.lowering.base import Lowering, Rewrite, rows_of
from schedc.compilers.lowering.rebuild import map_nodes
from schedc.models.columns import ints
from schedc.models.expressions import Absolute, Extreme, Linear, Part
from schedc.models.model import Model
from schedc.models.walk import Node


def lower(node: Node) -> Node:
    """The node itself unless it is an absolute value."""
    if not isinstance(node, Absolute):
        return node
    twice = np.arange(2 * node.rows)
    none = np.zeros(0, dtype=np.int64)
    sides = Part(twice, node.child, twice // 2, np.tile(ints([1, -1]), node.rows))
    both = Linear(np.zeros(2 * node.rows, dtype=np.int64), none, none, none, none, (sides,))
    return Extreme("max", node.rows, twice // 2, both, twice)


def _adds(model: Model, more: int) -> Mapping[Construct, int]:
    return {Construct.EXTREME: rows_of(Construct.ABSOLUTE, model) + more}


ABSOLUTE = Lowering(
    "absolute as the greater of two", Construct.ABSOLUTE, frozenset({Construct.EXTREME}), "|x| = max(x, -x)",
    _adds, lambda model: Rewrite(map_nodes(model, lower)),
)
