"""What a model is made of, as far as a back-end may or may not take it.

A construct is finer than a statement: one `task` may bring length ranges, pauses and windows. To add one: a member of
`Construct` with its meaning, and a row in `_STATEMENTS` (found in columns) or in `_NODES` (found in expressions).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from schedc.models.batches import batched
from schedc.models.closures import closed_times
from schedc.models.columns import UNLIMITED
from schedc.models.expressions import (
    Absolute,
    Compare,
    Extreme,
    Guarded,
    Indicator,
    Junction,
    Known,
    Makespan,
    Not,
    Operator,
    Product,
    Rank,
    SetupTime,
)
from schedc.models.model import Model
from schedc.models.options import choices_of
from schedc.models.source import Origin
from schedc.models.walk import Node, post_order


class Construct(StrEnum):
    """One thing that a back-end takes as it is, or that a lowering rewrites."""

    TASKS = "tasks"                         # release <= start, end = start + length <= deadline
    LENGTH_RANGES = "length ranges"         # shortest < longest
    PAUSES = "pauses"                       # pausable tasks that some resource is at times short for
    WINDOWS = "windows"                     # `within`
    CAPACITY = "capacity"                   # demands on resources
    AVAILABILITY = "availability"           # `open` and `downtime` of resources in use
    PRECEDENCE = "precedence"               # minimal lags
    MAXIMAL_LAGS = "maximal lags"
    EXCLUSIVE = "exclusive"
    LINEAR = "linear"                       # comparisons of sums of points: <= >= < > ==
    UNEQUAL = "unequal"                     # comparisons with !=
    LOGIC = "logic"                         # junctions, and truths of data
    NEGATION = "negation"                   # `not` over decisions
    EXTREME = "extreme"                     # min and max
    ABSOLUTE = "absolute"
    INDICATOR = "indicator"                 # a truth as a number
    MAKESPAN = "makespan"
    GOALS = "goals"                         # minimize or maximize a sum of points
    OPTIONAL = "optional tasks"             # tasks that may be absent
    GUARDED = "guarded values"              # terms that count only where a truth holds
    PERCENTILE = "percentiles"              # the nearest rank among values, and shares of penalties
    PRODUCT = "products"                    # products of what was chosen
    MODES = "modes"                         # `mode`: one option of several
    MEMBERS = "chosen members"              # `uses n of r`
    CHOICE_LAGS = "lags by choice"          # limits of an `order` to which choices add
    STOCKS = "stocks"                       # levels that tasks take from and add to
    PARTS = "parts of tasks"                # demands that are held on a part of a task
    CONTIGUOUS = "contiguous"               # uses at addresses
    CHANGES = "changes of state"            # uses of resources with `change`
    SETUP_TIME = "set-up time"
    PIECES = "pieces"                       # `splittable`: tasks that are worked in pieces
    BATCHES = "batches"                     # `batch`: overlapping uses start and end together
    PERMUTATION = "permutation"
    STAGES = "stages"                       # several goals, in order of weight


# the first language's constructs, for back-ends to name; a new construct is in no back-end's set by itself
CORE = frozenset({
    Construct.TASKS, Construct.LENGTH_RANGES, Construct.PAUSES, Construct.WINDOWS, Construct.CAPACITY,
    Construct.AVAILABILITY, Construct.PRECEDENCE, Construct.MAXIMAL_LAGS, Construct.EXCLUSIVE, Construct.LINEAR,
    Construct.UNEQUAL, Construct.LOGIC, Construct.NEGATION, Construct.EXTREME, Construct.ABSOLUTE, Construct.INDICATOR,
    Construct.MAKESPAN, Construct.GOALS, Construct.STAGES,
})


@dataclass(frozen=True)
class Site:
    """Where a construct stands: a statement's or clause's address, and how many members or rows of it there are."""

    origin: Origin
    rows: int


def used(model: Model) -> dict[Construct, list[Site]]:
    """The constructs of a model in the order of `Construct`, each with its statements; only those that are there."""
    found: dict[Construct, list[Site]] = {construct: list(sites(model)) for construct, sites in _STATEMENTS.items()}
    for origin, root in _roots(model):
        counts: dict[Construct, int] = {}
        for node in post_order(root):
            construct = construct_of(node)
            if construct is not None:
                counts[construct] = counts.get(construct, 0) + node.rows
        for construct, rows in counts.items():
            found.setdefault(construct, []).append(Site(origin, rows))
    return {c: [s for s in found[c] if s.rows] for c in Construct if any(s.rows for s in found.get(c, ()))}


def construct_of(node: Node) -> Construct | None:
    """The construct that a node of an expression brings; None for plain sums."""
    if isinstance(node, Compare) and node.op is Operator.NE:
        return Construct.UNEQUAL
    if isinstance(node, Extreme) and node.when is not None:
        return Construct.GUARDED
    return _NODES.get(type(node))


_NODES: dict[type, Construct] = {
    Compare: Construct.LINEAR,
    Junction: Construct.LOGIC,
    Known: Construct.LOGIC,
    Not: Construct.NEGATION,
    Extreme: Construct.EXTREME,
    Guarded: Construct.GUARDED,
    Absolute: Construct.ABSOLUTE,
    Rank: Construct.PERCENTILE,
    Product: Construct.PRODUCT,
    Indicator: Construct.INDICATOR,
    Makespan: Construct.MAKESPAN,
    SetupTime: Construct.SETUP_TIME,
}


def _roots(model: Model) -> Iterator[tuple[Origin, Node]]:
    for require in model.requires:
        yield require.origin, require.condition
    for stage in model.objective:
        yield stage.origin, stage.value
    for order in model.orders:
        if order.extra is not None:
            yield order.origin, order.extra


def _tasks(model: Model) -> Iterator[Site]:
    return (Site(t.origin, t.size) for t in model.tasks)


def _length_ranges(model: Model) -> Iterator[Site]:
    for t in model.tasks:
        yield Site(t.clauses.get("lasts", t.origin), int(np.count_nonzero(t.shortest < t.longest)))


def _pauses(model: Model) -> Iterator[Site]:
    if not model.pausable.any():
        return
    short = closed_times(model).which >= 0
    for t in model.tasks:
        if t.pausable:
            rows = t.size if t.modes or t.choices else int(np.count_nonzero(short[t.first : t.first + t.size]))
            yield Site(t.clauses.get("pausable", t.origin), rows)


def _chosen(model: Model) -> bool:
    return any(t.modes or t.choices for t in model.tasks)


def _windows(model: Model) -> Iterator[Site]:
    return (Site(w.origin, int(np.count_nonzero(w.which >= 0))) for t in model.tasks for w in t.within)


def _capacity(model: Model) -> Iterator[Site]:
    return (Site(u.origin, len(u.row)) for t in model.tasks for u in t.uses)


def _availability(model: Model) -> Iterator[Site]:
    in_use = np.zeros(model.resource_count, dtype=np.bool_)
    in_use[model.demands.resource] = True
    in_use[model.part_demands.resource] = True
    if _chosen(model):
        in_use[:] = True        # options and candidates may be of any resource
    return (Site(a.origin, int(np.count_nonzero(in_use[a.resource]))) for a in model.availability)


def _precedence(model: Model) -> Iterator[Site]:
    return (Site(o.origin, int(np.count_nonzero(o.lo > -UNLIMITED))) for o in model.orders)


def _maximal_lags(model: Model) -> Iterator[Site]:
    return (Site(o.origin, int(np.count_nonzero(o.hi < UNLIMITED))) for o in model.orders)


def _exclusive(model: Model) -> Iterator[Site]:
    for x in model.exclusives:
        sizes = np.diff(x.ptr)
        yield Site(x.origin, int(sizes[sizes > 1].sum()))


def _optional(model: Model) -> Iterator[Site]:
    return (Site(t.origin, t.size) for t in model.tasks if t.optional)


def _modes(model: Model) -> Iterator[Site]:
    return (Site(m.origin, m.size) for t in model.tasks for m in t.modes)


def _members(model: Model) -> Iterator[Site]:
    return (Site(c.origin, len(c.row)) for _, _, c in choices_of(model))


def _choice_lags(model: Model) -> Iterator[Site]:
    return (Site(o.origin, 0 if o.extra is None else len(o.first)) for o in model.orders)


def _stocks(model: Model) -> Iterator[Site]:
    return (Site(s.origin, s.family.size) for s in model.stocks)


def _parts(model: Model) -> Iterator[Site]:
    return (Site(p.origin, len(p.row)) for t in model.tasks for p in (*t.parts, *(p for m in t.modes for p in m.parts)))


def _contiguous(model: Model) -> Iterator[Site]:
    for r in model.resources:
        if r.contiguous is not None:
            lo, hi = np.searchsorted(model.addressed.resource, [r.first, r.first + r.family.size])
            yield Site(r.contiguous, int(hi - lo))


def _changes(model: Model) -> Iterator[Site]:
    for r in model.resources:
        if r.change is not None:
            lo, hi = np.searchsorted(model.stays.resource, [r.first, r.first + r.family.size])
            yield Site(r.change.origin, int(hi - lo))


def _pieces(model: Model) -> Iterator[Site]:
    return (Site(t.pieces.origin, int(t.pieces.most.sum())) for t in model.tasks if t.pieces is not None)


def _batches(model: Model) -> Iterator[Site]:
    found = batched(model)
    for r in model.resources:
        if r.batch is not None:
            lo, hi = np.searchsorted(found.resource, [r.first, r.first + r.family.size])
            yield Site(r.batch, int(hi - lo))


def _permutations(model: Model) -> Iterator[Site]:
    return (Site(p.origin, len(p.first)) for p in model.permutations)


def _goals(model: Model) -> Iterator[Site]:
    return (Site(stage.origin, 1) for stage in model.objective)


def _stages(model: Model) -> Iterator[Site]:
    return (Site(stage.origin, 1) for stage in model.objective[1:])


_STATEMENTS: dict[Construct, Callable[[Model], Iterator[Site]]] = {
    Construct.TASKS: _tasks,
    Construct.LENGTH_RANGES: _length_ranges,
    Construct.PAUSES: _pauses,
    Construct.WINDOWS: _windows,
    Construct.CAPACITY: _capacity,
    Construct.AVAILABILITY: _availability,
    Construct.PRECEDENCE: _precedence,
    Construct.MAXIMAL_LAGS: _maximal_lags,
    Construct.EXCLUSIVE: _exclusive,
    Construct.OPTIONAL: _optional,
    Construct.MODES: _modes,
    Construct.MEMBERS: _members,
    Construct.CHOICE_LAGS: _choice_lags,
    Construct.STOCKS: _stocks,
    Construct.PARTS: _parts,
    Construct.CONTIGUOUS: _contiguous,
    Construct.CHANGES: _changes,
    Construct.PIECES: _pieces,
    Construct.BATCHES: _batches,
    Construct.PERMUTATION: _permutations,
    Construct.GOALS: _goals,
    Construct.STAGES: _stages,
}
