"""Numbers of one statement that lie too far apart for solvers which count in floats.

Such a solver takes a condition for kept that is missed by a millionth, and a choice for made that is half a millionth
short. Where coefficients lie further apart than WIDEST, the small ones are then lost beside the large ones.
"""

from __future__ import annotations

import numpy as np

from schedc.models.columns import Ints
from schedc.models.diagnostics import Findings
from schedc.models.expressions import Linear
from schedc.models.model import Model
from schedc.models.source import Origin
from schedc.models.walk import Node, post_order

WIDEST = 10**6      # the greatest coefficient by the least one


def warn_ranges(model: Model, findings: Findings) -> None:
    """W409 for each condition and goal with coefficients further apart than WIDEST in one of its rows."""
    roots: list[tuple[Origin, Node]] = [(s.origin, s.condition) for s in model.requires]
    roots += [(s.origin, s.value) for s in model.objective]
    for origin, root in roots:
        found = max((_widest(node) for node in post_order(root) if isinstance(node, Linear)), default=(0, 1, 1))
        if found[0] > WIDEST:
            findings.warning(
                "W409", f"coefficients from {found[1]} to {found[2]} in one sum: a solver that counts in floats, such "
                "as milp, proves nothing of it", origin.span,
                fix="state the large amounts in a larger unit, or the small ones in fewer digits",
            )


def _widest(node: Linear) -> tuple[int, int, int]:
    """The ratio, the least and the greatest coefficient (by size) of the row in which they are furthest apart."""
    row = np.concatenate([node.row, *(part.row for part in node.parts)])
    size: Ints = np.abs(np.concatenate([node.coef, *(part.coef for part in node.parts)]))
    row, size = row[size > 0], size[size > 0]
    if not len(row):
        return 0, 1, 1
    least = np.full(node.rows, np.iinfo(np.int64).max)
    most = np.zeros(node.rows, dtype=np.int64)
    np.minimum.at(least, row, size)
    np.maximum.at(most, row, size)
    at = int(np.argmax(most // least))
    return int(most[at] // least[at]), int(least[at]), int(most[at])
