"""`change`, `starts` and `at`: the states of resources, and how long it takes to go from one to another.

States are integers of one type while they are read (a text's code, a number, a table's row); when all are known those
of a resource family are numbered from 0.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import field

import numpy as np

from schedc.dsl import tree
from schedc.dsl.arithmetic import solid
from schedc.dsl.clauses import expression, given_value, origin_of
from schedc.dsl.distances import Distances, distances
from schedc.dsl.evaluate import evaluate
from schedc.dsl.faults import Fault
from schedc.dsl.lookup import code_of
from schedc.dsl.space import Space
from schedc.dsl.timing import durations
from schedc.dsl.values import TEXT, Type, Value, spread
from schedc.dsl.world import Rows, World
from schedc.models.columns import Flags, Ints, distinct
from schedc.models.diagnostics import Label
from schedc.models.records import dataclass
from schedc.models.source import Origin, Span
from schedc.models.statements import Change

_KINDS = ("text", "member", "flag")


@dataclass(eq=False)
class Asked:
    """The states of the uses of one demand: code[k] where said[k], else the task's own, which is task[k].

    resource[k]: the row of a member in its family; a use of several candidates has an entry for each.
    """

    at: Span
    code: Ints
    said: Flags
    task: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))


@dataclass(eq=False)
class ChangeDraft:
    """The `change` of a resource family: one time for all pairs (every[member]), or a time by pairs."""

    name: str
    origin: Origin
    at: Span
    size: int
    every: Ints | None = None
    pairs: Distances | None = None
    kind: Type | None = None
    kind_at: Span | None = None
    starts: Ints | None = None
    starts_at: Span | None = None
    asked: list[tuple[Asked, Ints, Ints]] = field(default_factory=list)     # with (entry, member) of what may be held

    def codes(self) -> Ints:
        """All states, ascending."""
        parts = [np.zeros(0, dtype=np.int64), *(a.code[a.said] for a, _, _ in self.asked)]
        parts += [] if self.starts is None else [self.starts]
        parts += [] if self.pairs is None else [self.pairs.before, self.pairs.after]
        return distinct(np.concatenate(parts))


def draft_change(
    world: World, rows: Rows, clauses: dict[str, tree.Clause], label: str | None
) -> ChangeDraft | None:
    """The `change` and `starts` clauses of a resource; None without a `change`."""
    clause = clauses.get("change")
    if clause is None:
        if "starts" in clauses:
            raise Fault("E295", f"`{rows.name}` has no states to start in", clauses["starts"].span,
                        fix="add `change …`, which says how long a change of state takes")
        return None
    draft = ChangeDraft(rows.name, origin_of(clause.span, f"change of {rows.name}", label), clause.span,
                        rows.space.rows)
    written = clause.values[0]
    if written is None or isinstance(written, tree.Range):
        raise Fault("E264", "a duration, or a table of them by pairs of states, is needed here", clause.span)
    draft.pairs = distances(world, written, rows.space)
    if draft.pairs is None:
        at = expression(written, clause.span)
        value = evaluate(world, at, rows.space)
        draft.every = np.array(spread(durations(world, value, rows.space, "the change", at.span), draft.size))
    else:
        draft.kind, draft.kind_at = draft.pairs.kind, clause.span
    if "starts" in clauses:
        first = expression(clauses["starts"].values[0], clauses["starts"].span)
        draft.starts_at = first.span
        codes = _codes(world, draft, evaluate(world, first, rows.space), first.span)
        draft.starts = np.array(spread(codes, draft.size))
    return draft


def _codes(world: World, draft: ChangeDraft, value: Value, at: Span) -> Ints:
    """The states that values stand for; all of a resource are of one kind."""
    if draft.kind is None:
        if value.type.kind not in _KINDS and not (value.type.kind == "quantity" and not value.type.dims):
            raise Fault("E250", f"a state is a text, a whole number or a row of a table, not {value.type}", at)
        draft.kind, draft.kind_at = value.type, at
    if value.type != draft.kind and not (draft.kind.kind == "member" and value.type.kind in ("text", "quantity")):
        assert draft.kind_at is not None
        raise Fault("E250", f"the state is {value.type}, but those of `{draft.name}` are {draft.kind}", at,
                    Label(draft.kind_at, f"{draft.kind}"))
    value = solid(value, at)
    if draft.kind.kind != "member" and not value.whole:
        raise Fault("E250", "a state is a text, a whole number or a row of a table, not a fraction", at)
    codes = code_of(world, value, draft.kind, at)
    if draft.kind.kind == "member" and bool(np.any(codes < 0)):
        row = int(np.flatnonzero(spread(codes < 0, max(codes.size, 1)))[0])
        raise Fault("E259", f"there is no row {world.show(value, row)} in `{draft.kind.table}`", at)
    return codes


def draft_states(world: World, change: ChangeDraft | None, demand: tree.Demand, space: Space) -> Asked | None:
    """The states that a demand asks for, one a row of the space; None on a resource that does not change."""
    if change is None:
        if demand.at:
            raise Fault("E295", f"`{demand.ref.name}` has no states: nothing says how long a change takes",
                        demand.at[0].span, fix=f"add `change …` to `resource {demand.ref.name}`, `change 0` if no time")
        return None
    if len(demand.at) > 1:
        raise Fault("E163", "`at` stands twice", demand.at[1].span, Label(demand.at[0].span, "first here"))
    if not demand.at:
        nothing = np.zeros(space.rows, dtype=np.int64)
        asked = Asked(demand.span, nothing, np.zeros(space.rows, dtype=np.bool_))
    else:
        at = demand.at[0].span
        value, said = given_value(world, demand.at[0], space)
        codes = np.zeros(space.rows, dtype=np.int64)
        keep = np.flatnonzero(said)
        if len(keep):
            codes[keep] = _codes(world, change, value.take(keep), at)
        asked = Asked(at, codes, said)
    if change.pairs is not None and not asked.said.all():
        raise Fault("E295", f"the changes of `{change.name}` are said by pairs of states, and this use has none",
                    asked.at, Label(change.at, "by pairs"), fix="say the state: `uses … at …`")
    return asked


def take(asked: Asked | None, rows: Ints) -> Asked | None:
    """The states of some rows."""
    return None if asked is None else Asked(asked.at, asked.code[rows], asked.said[rows])


# numbers


def numbered(change: ChangeDraft, asked: Asked) -> Ints:
    """The states of uses as numbers of their family."""
    codes = change.codes()
    place = np.searchsorted(codes, asked.code)
    return np.where(asked.said, place, len(codes) + asked.task) if len(asked.code) else place


def change_node(world: World, change: ChangeDraft) -> Change:
    """The node of a change all of whose uses are known."""
    codes = change.codes()
    assert change.kind is not None or not len(codes)
    kind = change.kind or TEXT
    names = tuple(world.show(Value(kind, np.asarray(c))) for c in codes)
    none = np.full(change.size, -1, dtype=np.int64)
    starts = none if change.starts is None else np.searchsorted(codes, change.starts)
    if change.pairs is None:
        assert change.every is not None
        return Change(change.origin, names, change.every, none, np.zeros(0, dtype=np.int64), starts)
    time = _matrices(change.pairs, codes)
    return Change(change.origin, names, np.zeros(change.size, dtype=np.int64), change.pairs.which, time, starts)


def _matrices(pairs: Distances, codes: Ints) -> Ints:
    """time[(matrix * n + a) * n + b], -1 where nothing is said."""
    n = len(codes)
    time = np.full(max(1, int(pairs.which.max(initial=-1)) + 1) * n * n, -1, dtype=np.int64)
    a, b = np.searchsorted(codes, pairs.before), np.searchsorted(codes, pairs.after)
    time[(pairs.matrix * n + a) * n + b] = pairs.ticks
    return time


# holes


def check_changes(world: World, changes: Iterable[ChangeDraft]) -> None:
    """Report changes by pairs that leave out one that may be needed, and tasks in two states at once."""
    for change in changes:
        if change.pairs is not None and change.size:
            _check_holes(world, change)


def _check_holes(world: World, change: ChangeDraft) -> None:
    assert change.pairs is not None
    codes = change.codes()
    n = len(codes)
    known = _matrices(change.pairs, codes).reshape(-1, n, n) >= 0
    used = np.zeros((change.size, n), dtype=np.bool_)
    for asked, entry, member in change.asked:
        used[member, np.searchsorted(codes, asked.code[entry])] = True
    for row in range(change.size):
        mine = np.flatnonzero(used[row])
        holes = ~known[int(change.pairs.which[row])][np.ix_(mine, mine)] & ~np.eye(len(mine), dtype=np.bool_)
        found = [(int(mine[a]), int(mine[b])) for a, b in np.argwhere(holes)]
        if change.starts is not None:
            s = int(np.searchsorted(codes, change.starts[row]))
            found += [(s, int(b)) for b in mine if b != s and not known[int(change.pairs.which[row]), s, b]]
        if found:
            _report_holes(world, change, row, codes, found)
            return


def _report_holes(world: World, change: ChangeDraft, row: int, codes: Ints, found: list[tuple[int, int]]) -> None:
    assert change.kind is not None
    a, b = (world.show(Value(change.kind, np.asarray(codes[k]))) for k in found[0])
    more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
    of = change.name if change.size == 1 else f"{change.name}, member {row + 1}"
    uses = [Label(asked.at, "states that it may be in") for asked, _, _ in change.asked[:1]]
    world.findings.error("E296", f"nothing says how long `{of}` takes from {a} to {b}{more}", change.at, *uses,
                         fix="add the pair; a change that takes no time is 0")
