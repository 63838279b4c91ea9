"""`splittable`: how a task may be worked in pieces."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from schedc.dsl import tree
from schedc.dsl.clauses import given_value
from schedc.dsl.evaluate import evaluate
from schedc.dsl.faults import Fault, later
from schedc.dsl.resources import ResourceDraft
from schedc.dsl.space import Space
from schedc.dsl.timing import durations
from schedc.dsl.values import LARGEST, NUMBER, spread
from schedc.dsl.world import World
from schedc.models.columns import UNLIMITED, Ints
from schedc.models.diagnostics import Label
from schedc.models.records import dataclass
from schedc.models.source import Origin
from schedc.models.statements import Pieces

if TYPE_CHECKING:
    from schedc.dsl.tasks import TaskDraft

MOST = 5_000_000        # pieces of a statement


@dataclass(frozen=True, eq=False)
class PiecesDraft:
    """What the clause says by member: how many pieces at most (UNLIMITED where not said) and how long each."""

    clause: tree.Clause
    most: Ints
    shortest: Ints
    longest: Ints


def draft_pieces(world: World, clause: tree.Clause, space: Space) -> PiecesDraft:
    """The clause with its values; Fault for counts and lengths that are none."""
    into, piece = clause.values
    most = np.full(space.rows, UNLIMITED)
    if isinstance(into, tree.Expr):
        most = _count(world, into, space)
    shortest, longest = np.ones(space.rows, dtype=np.int64), np.full(space.rows, UNLIMITED)
    if piece is not None:
        shortest, longest = _lengths(world, clause, piece, space)
    return PiecesDraft(clause, most, shortest, longest)


def _count(world: World, into: tree.Expr, space: Space) -> Ints:
    value, said = given_value(world, into, space)
    if value.type != NUMBER:
        raise Fault("E333", f"the number of pieces is {value.type}, not a number", into.span)
    count, whole = spread(value.num, space.rows), spread(value.num % value.den == 0, space.rows)
    bad = np.flatnonzero(said & (~whole | (count < 1)))
    if len(bad):
        where = world.where(space, int(bad[0]))
        shown = world.show(value, int(bad[0]))
        raise Fault("E333", f"{shown} is no number of pieces{where}: it is whole, and at least 1", into.span)
    return np.where(said, np.minimum(count, LARGEST), UNLIMITED)


def _lengths(
    world: World, clause: tree.Clause, piece: tree.Expr | tree.Range | tree.Map, space: Space
) -> tuple[Ints, Ints]:
    lo, hi = (piece.lo, piece.hi) if isinstance(piece, tree.Range) else (piece, None)
    if not isinstance(lo, tree.Expr):
        raise Fault("E264", "a duration is needed here", clause.span)
    shortest = spread(durations(world, evaluate(world, lo, space), space, "the length of a piece", lo.span), space.rows)
    if hi is None:
        longest = np.array(shortest)
    else:
        value = evaluate(world, hi, space)
        longest = np.full(space.rows, UNLIMITED)
        if value.type.kind != "unlimited":
            longest = np.array(spread(durations(world, value, space, "the length of a piece", hi.span), space.rows))
    empty = np.flatnonzero(longest < np.maximum(shortest, 1))
    if len(empty):
        where = world.where(space, int(empty[0]))
        raise Fault("E334", f"no piece can be so long{where}", lo.span,
                    fix="write the lesser length first; a piece lasts a tick at least")
    return np.maximum(shortest, 1), longest


def settle_pieces(world: World, draft: TaskDraft, said: PiecesDraft, resources: dict[str, ResourceDraft]) -> Pieces:
    """The node of a task whose clauses are all drafted; Fault for what does not go with pieces."""
    clause = said.clause
    _beside(draft, clause, resources)
    longest = np.minimum(said.longest, np.maximum(draft.longest, said.shortest))
    most = np.minimum(said.most, draft.longest // said.shortest)
    if float(most.sum(dtype=np.float64)) > MOST:
        raise Fault("E255", f"the task may come in {int(most.sum(dtype=np.float64))} pieces", clause.span,
                    fix="say `into …`, or how long a piece is at least")
    _possible(world, draft, most, said.shortest, longest, clause)
    if np.all(most <= 1) and len(most):
        world.findings.warning("W414", "the task comes in one piece in any case", clause.span, fix="leave it out")
    return Pieces(Origin(clause.span, "splittable", draft.origin.label), most, said.shortest, longest)


def _beside(draft: TaskDraft, clause: tree.Clause, resources: dict[str, ResourceDraft]) -> None:
    if draft.pausable:
        raise Fault("E332", "a task is `pausable` or `splittable`, not both", clause.span,
                    Label(draft.clauses["pausable"].span, "and here"), fix="pieces may stand around closed times, too")
    if draft.parts:
        raise Fault("E332", "a demand on a part of the task does not go with `splittable`", clause.span,
                    Label(draft.parts[0].origin.span, "a part"))
    if draft.modes or draft.choices:
        raise later(f"{'modes' if draft.modes else '`n of r`'} on a task that is `splittable`", clause.span)
    for u in draft.uses:
        for r in resources.values():
            first, last = r.first, r.first + r.rows.space.rows
            if r.batch is not None and np.any((u.resource >= first) & (u.resource < last)):
                raise Fault("E332", "what is in a batch stays in it: the task cannot be `splittable`", clause.span,
                            Label(u.origin.span, "in a batch"), Label(r.batch.span, "here"))


def _possible(world: World, draft: TaskDraft, most: Ints, shortest: Ints, longest: Ints, clause: tree.Clause) -> None:
    """Fault where no number of pieces adds up to a length that the task may have."""
    need = -(-draft.shortest // longest)        # so many at least for the least length
    fits = (need <= most) & (need * shortest <= draft.longest)
    bad = np.flatnonzero(~fits)
    if len(bad):
        where = world.where(draft.rows.space, int(bad[0]))
        lasts = draft.clauses.get("lasts")
        others = () if lasts is None else (Label(lasts.span, "in all"),)
        raise Fault("E335", f"no pieces of these lengths add up to the length of the task{where}", clause.span, *others)
