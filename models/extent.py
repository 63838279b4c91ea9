"""Between which values an expression over choices can lie."""

from __future__ import annotations

import numpy as np

from schedc.models.columns import Ints
from schedc.models.expressions import Absolute, Extreme, Guarded, Indicator, IntExpr, Linear, Point, Rank


def extent(node: IntExpr) -> tuple[Ints, Ints]:
    """(least, greatest) of every row, each choice taken by itself. Raises ValueError where instants stand in it."""
    match node:
        case Linear():
            return _linear(node)
        case Indicator():
            return np.zeros(node.rows, dtype=np.int64), np.ones(node.rows, dtype=np.int64)
        case Guarded():
            low, high = extent(node.child)
            return np.minimum(low, 0), np.maximum(high, 0)
        case Absolute():
            low, high = extent(node.child)
            return np.maximum(np.maximum(low, -high), 0), np.maximum(-low, high)
        case Extreme():
            return _extreme(node)
        case Rank():
            return _extreme(Extreme("min", node.rows, node.row, node.child, node.child_row, node.when))[0], _extreme(
                Extreme("max", node.rows, node.row, node.child, node.child_row, node.when))[1]
    raise ValueError("an expression over instants")


def _linear(node: Linear) -> tuple[Ints, Ints]:
    if np.any((node.point < Point.PRESENT) | (node.point > Point.MEMBER)):
        raise ValueError("an expression over instants")
    low, high = node.const.copy(), node.const.copy()
    np.add.at(low, node.row, np.minimum(node.coef, 0))
    np.add.at(high, node.row, np.maximum(node.coef, 0))
    for part in node.parts:
        a, b = extent(part.child)
        a, b = a[part.child_row] * part.coef, b[part.child_row] * part.coef
        np.add.at(low, part.row, np.minimum(a, b))
        np.add.at(high, part.row, np.maximum(a, b))
    return low, high


def _extreme(node: Extreme) -> tuple[Ints, Ints]:
    low, high = (side[node.child_row] for side in extent(node.child))
    fold = np.maximum if node.op == "max" else np.minimum
    worst = np.iinfo(np.int64).min if node.op == "max" else np.iinfo(np.int64).max
    found = []
    for side in (low, high):
        total = np.full(node.rows, worst, dtype=np.int64)
        fold.at(total, node.row, side)
        found.append(np.where(np.bincount(node.row, minlength=node.rows) > 0, total, 0))
    if node.when is not None:
        return np.minimum(low.min(initial=0), 0) + 0 * found[0], np.maximum(high.max(initial=0), 0) + 0 * found[1]
    return found[0], found[1]
