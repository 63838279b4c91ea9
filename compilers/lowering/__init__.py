"""The table of lowerings: what can be rewritten in terms of what, one file a family with its mathematics.

To add one: a file with a docstring (source, targets, formula) that defines a `Lowering`, its name in `LOWERINGS`, and
nothing else: the property test takes its models from the table. Several lowerings of one construct are alternatives.
"""

from __future__ import annotations

from collections.abc import Iterable
from graphlib import CycleError, TopologicalSorter

from schedc.compilers.constructs import Construct
from schedc.compilers.lowering.absolute import ABSOLUTE
from schedc.compilers.lowering.arrows import BACKWARD, COMPARED
from schedc.compilers.lowering.base import Lowering, Refusal, Rewrite
from schedc.compilers.lowering.batches import BATCHES
from schedc.compilers.lowering.blockers import BLOCKERS
from schedc.compilers.lowering.choice_lags import CHOICE_LAGS
from schedc.compilers.lowering.exclusive import PAIRS, UNARY
from schedc.compilers.lowering.makespan import MAKESPAN
from schedc.compilers.lowering.members import MEMBERS
from schedc.compilers.lowering.modes import MODES
from schedc.compilers.lowering.negation import NEGATION, UNEQUAL
from schedc.compilers.lowering.parts import PARTS
from schedc.compilers.lowering.pieces import PIECES
from schedc.compilers.lowering.stretched import STRETCHED
from schedc.compilers.lowering.within import WITHIN

__all__ = ["LOWERINGS", "ORDER", "Lowering", "Refusal", "Rewrite", "TableError", "in_order"]

LOWERINGS: tuple[Lowering, ...] = (
    PIECES, BATCHES, PARTS, MEMBERS, CHOICE_LAGS, MODES, STRETCHED, BLOCKERS, WITHIN, UNARY, PAIRS, BACKWARD, COMPARED,
    MAKESPAN, ABSOLUTE, NEGATION, UNEQUAL,
)


class TableError(Exception):
    """The lowerings go round in a circle; the message names the constructs on it."""


def in_order(lowerings: Iterable[Lowering]) -> tuple[Construct, ...]:
    """All constructs, each before those that its lowerings aim at, and behind those that they are not made for.

    Raises TableError where there is a cycle.
    """
    sorter: TopologicalSorter[Construct] = TopologicalSorter()
    for construct in Construct:
        sorter.add(construct)
    for lowering in lowerings:
        for target in sorted(lowering.targets):
            sorter.add(target, lowering.source)
        sorter.add(lowering.source, *sorted(lowering.not_beside))
    try:
        return tuple(sorter.static_order())
    except CycleError as problem:
        raise TableError(f"the lowerings go round in a circle: {' -> '.join(problem.args[1])}") from problem


ORDER = in_order(LOWERINGS)
