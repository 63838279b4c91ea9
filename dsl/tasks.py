"""`task`: families and clauses. What depends on the horizon waits in drafts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field, replace
from typing import TYPE_CHECKING, Protocol

import numpy as np

from schedc.dsl import tree
from schedc.dsl.attributes import Attribute, draft_attributes
from schedc.dsl.calendars import Fixed, Shared, When, span_sets, when_of
from schedc.dsl.choices import ChoiceDraft, choice_node
from schedc.dsl.clauses import expression, given_value, label_of, origin_of, single
from schedc.dsl.demands import Holder, UsesDraft, draft_uses, uses_node
from schedc.dsl.dues import draft_due
from schedc.dsl.evaluate import evaluate
from schedc.dsl.families import members
from schedc.dsl.faults import Fault, recorded
from schedc.dsl.parts import PartsDraft, parts_node
from schedc.dsl.periodic import every_of, shifted, shifts, window, with_repeats
from schedc.dsl.pieces import PiecesDraft, draft_pieces
from schedc.dsl.resources import ResourceDraft
from schedc.dsl.soft_clauses import parted, soft_dates, soft_spans, soft_within
from schedc.dsl.space import Space
from schedc.dsl.stocks import Changer, EventsDraft, draft_events, events_node
from schedc.dsl.timing import durations, instants
from schedc.dsl.values import spread
from schedc.dsl.world import Rows, World
from schedc.models.columns import UNLIMITED, Ints
from schedc.models.diagnostics import Findings
from schedc.models.records import dataclass
from schedc.models.source import Origin
from schedc.models.statements import About, Pieces, Tasks, Within

if TYPE_CHECKING:
    from schedc.dsl.modes import ModeDraft


@dataclass(eq=False)
class TaskDraft:
    """A task family before there is a horizon. release and deadline are -UNLIMITED and UNLIMITED where not said."""

    rows: Rows
    origin: Origin
    first: int
    shortest: Ints
    longest: Ints
    release: Ints
    deadline: Ints
    pausable: bool
    clauses: dict[str, Origin]
    uses: list[UsesDraft] = field(default_factory=list)
    within: list[tuple[Origin, When]] = field(default_factory=list)
    choices: list[ChoiceDraft] = field(default_factory=list)
    events: list[EventsDraft] = field(default_factory=list)
    attributes: dict[str, Attribute] = field(default_factory=dict)
    modes: list[ModeDraft] = field(default_factory=list)
    optional: bool = False
    presence: Ints | None = None
    spoiled: bool = False
    sized: bool = True      # whether its own clauses say how long it lasts
    parts: list[PartsDraft] = field(default_factory=list)
    split: PiecesDraft | None = None
    pieces: Pieces | None = None
    about: About | None = None


def task_rows(world: World, task: tree.Task) -> Rows:
    """The family of a task statement; Fault E150 for two members of one index."""
    every = every_of(task)
    rows = members(world, task.name.text, task.family, task.name.span)
    rows = rows if every is None else with_repeats(world, rows, every)
    pair = rows.index.doubled() if rows.dims else None
    if pair is not None:
        raise Fault("E150", f"`{rows.name}` has two members{world.where(rows.space, pair[1])}", rows.at)
    return rows


def draft_task(
    world: World, task: tree.Task, first: int, resources: dict[str, ResourceDraft]
) -> TaskDraft:
    """All clauses of a task statement; each wrong clause is reported."""
    rows = world.families[task.name.text]
    clauses, loose = parted(_plain_clauses(task))
    label = label_of(world, (c for c in task.clauses if isinstance(c, tree.AsLabel)))
    space, n = rows.space, rows.space.rows
    draft = TaskDraft(
        rows, origin_of(task.span, f"task {rows.name}", label), first, np.zeros(n, dtype=np.int64),
        np.zeros(n, dtype=np.int64), np.full(n, -UNLIMITED), np.full(n, UNLIMITED), "pausable" in clauses,
        {"name": origin_of(task.name.span, f"task {task.name.text}", label),
         **{k: origin_of(c.span, k, label) for k, c in clauses.items()}},
    )
    draft.optional, draft.sized = "optional" in clauses, "lasts" in clauses
    with recorded(world.findings):
        draft.shortest, draft.longest = _lasts(world, task, clauses.get("lasts"), space)
        draft.about = about(world, clauses.get("lasts"), space, label)
    with recorded(world.findings):
        draft.release = moment(world, clauses.get("release"), space, -UNLIMITED)
    with recorded(world.findings):
        draft.deadline = moment(world, clauses.get("deadline"), space, UNLIMITED)
    shift = _repeat(world, draft)
    if "splittable" in clauses:
        with recorded(world.findings):
            draft.split = draft_pieces(world, clauses["splittable"], space)
    if "due" in clauses:
        with recorded(world.findings):
            draft_due(world, rows, clauses["due"])
    gather(world, draft, task.clauses, space, resources, label, shift)
    _soften(world, draft, task, loose, shift, label)
    return draft


def _soften(
    world: World, draft: TaskDraft, task: tree.Task, loose: dict[str, tree.Clause], shift: Ints, label: str | None
) -> None:
    """Note the soft clauses of a task; what a soft one says, no default says beside it."""
    if "release" in loose:
        draft.release = np.full_like(draft.release, -UNLIMITED)
    if "deadline" in loose:
        draft.deadline = np.full_like(draft.deadline, UNLIMITED)
    number = draft.first + np.arange(draft.rows.space.rows, dtype=np.int64)
    soft_dates(world, loose, draft.rows.space, shift, label, number)
    with recorded(world.findings):
        last = soft_within(task.clauses)
        if last is not None:
            soft_spans(world, last, draft.within, draft.rows.space, label, number)


class Gatherer(Holder, Changer, Protocol):
    """What clauses add up in: the draft of a task or of a mode."""

    within: list[tuple[Origin, When]]
    attributes: dict[str, Attribute]


def gather(
    world: World,
    draft: Gatherer,
    clauses: Sequence[tree.TaskClause],
    space: Space,
    resources: dict[str, ResourceDraft],
    label: str | None,
    shift: Ints,
) -> None:
    """The clauses that add up, of a task or of a mode; each wrong one is reported."""
    for c in clauses:
        with recorded(world.findings):
            if isinstance(c, tree.UsesClause):
                draft_uses(world, draft, c, space, resources)
            elif isinstance(c, tree.StockClause):
                draft_events(world, draft, c, space)
            elif isinstance(c, tree.WithinClause):
                draft.within.append(within(world, c, space, label, shift))
    draft.attributes = draft_attributes(world, (c for c in clauses if isinstance(c, tree.WithClause)), space)


def _repeat(world: World, draft: TaskDraft) -> Ints:
    """Where each member's windows count from; releases and deadlines are counted from there."""
    found = world.repeats.get(draft.rows.name)
    if found is not None:
        draft.release, draft.deadline = window(found, draft.release, draft.deadline)
        for keyword in ("release", "deadline"):
            draft.clauses.setdefault(keyword, draft.clauses["every"])
    return shifts(world, draft.rows.name, draft.rows.space.rows)


def _plain_clauses(task: tree.Task) -> dict[str, tree.Clause]:
    return single(unfuzzed(c) for c in task.clauses if isinstance(c, tree.Clause))


def unfuzzed(clause: tree.Clause) -> tree.Clause:
    """`lasts about` as a `lasts` with three values."""
    return replace(clause, keyword="lasts") if clause.keyword == "lasts about" else clause


# length and dates


def _lasts(world: World, task: tree.Task, clause: tree.Clause | None, space: Space) -> tuple[Ints, Ints]:
    if clause is not None:
        return lengths(world, clause, space)
    if not any(isinstance(c, tree.ModeClause) for c in task.clauses):
        raise Fault("E247", f"task `{task.name.text}` has no length", task.name.span, fix="add `lasts …`")
    return np.zeros(space.rows, dtype=np.int64), np.zeros(space.rows, dtype=np.int64)     # its modes say it


def lengths(world: World, clause: tree.Clause, space: Space) -> tuple[Ints, Ints]:
    """The least and the greatest length that a `lasts` says; the likely one twice for `about`."""
    n, written = space.rows, clause.values[len(clause.values) // 2]
    lo, hi = (written.lo, written.hi) if isinstance(written, tree.Range) else (written, None)
    if lo is None or isinstance(lo, tree.Map):
        raise Fault("E264", "a duration is needed here", clause.span)
    shortest = _length(world, lo, space)
    if hi is None:
        return np.array(spread(shortest, n)), np.array(spread(shortest, n))
    longest = _length(world, hi, space)
    crossed = np.flatnonzero(spread(shortest > longest, n))
    if len(crossed):
        where = world.where(space, int(crossed[0]))
        raise Fault("E248", f"the shortest length is more than the longest{where}", clause.span,
                    fix="write the lesser one first")
    return np.array(spread(shortest, n)), np.array(spread(longest, n))


def about(world: World, clause: tree.Clause | None, space: Space, label: str | None) -> About | None:
    """What a `lasts about` says beside the likely length. Fault E370 where the three are out of order."""
    if clause is None or len(clause.values) != 3:
        return None
    least, likely, most = (
        np.array(spread(_length(world, expression(v, clause.span), space), space.rows)) for v in clause.values
    )
    wrong = np.flatnonzero((least > likely) | (likely > most))
    if len(wrong):
        raise Fault("E370", f"the likely length does not lie between the other two{world.where(space, int(wrong[0]))}",
                    clause.span, fix="write the least one first and the greatest one last")
    return About(origin_of(clause.span, "lasts about", label), least, most)


def _length(world: World, expr: tree.Expr, space: Space) -> Ints:
    return durations(world, evaluate(world, expr, space), space, "the length", expr.span)


def moment(world: World, clause: tree.Clause | None, space: Space, otherwise: int) -> Ints:
    """A release or a deadline, `otherwise` where it is not said."""
    if clause is None:
        return np.full(space.rows, otherwise, dtype=np.int64)
    written = expression(clause.values[0], clause.span)
    value, said = given_value(world, written, space)
    if not said.any():
        return np.full(space.rows, otherwise, dtype=np.int64)
    ticks = instants(world, value, space, f"the {clause.keyword}", written.span)
    return np.where(said, ticks, otherwise)


def within(
    world: World, clause: tree.WithinClause, space: Space, label: str | None, shift: Ints | None = None
) -> tuple[Origin, When]:
    """One `within`, before there is a horizon; its written spans count from `shift` ticks."""
    when = when_of(world, clause.when, space, clause.span)
    return origin_of(clause.span, "within", label), when if shift is None else shifted(when, shift)


# with a horizon


def tasks_node(world: World, draft: TaskDraft, horizon: int, cut: Findings | None) -> Tasks:
    """The node for one horizon; where `cut` is given, dates beyond the horizon are warned about."""
    late = draft.deadline[(draft.deadline > horizon) & (draft.deadline < UNLIMITED)]
    if cut is not None:
        _warn_cut(cut, draft, "deadline", len(late))
        _warn_cut(cut, draft, "release", int(np.count_nonzero(draft.release > horizon)))
    return Tasks(
        draft.origin, world.family(draft.rows), draft.first, draft.shortest, draft.longest,
        np.clip(draft.release, 0, horizon), np.minimum(draft.deadline, horizon), draft.pausable,
        tuple(uses_node(u) for u in draft.uses),
        tuple(within_node(draft.rows.space.rows, origin, when, horizon, cut) for origin, when in draft.within),
        draft.clauses, draft.optional, draft.presence, choices=tuple(choice_node(c) for c in draft.choices),
        events=tuple(events_node(e) for e in draft.events), parts=tuple(parts_node(p) for p in draft.parts),
        pieces=draft.pieces, about=draft.about,
    )


def _warn_cut(cut: Findings, draft: TaskDraft, keyword: str, count: int) -> None:
    if count:
        of = f" of {count} members" if count > 1 else ""
        cut.warning("W402", f"the {keyword}{of} lies beyond the horizon and is cut there", draft.clauses[keyword].span)


def within_node(rows: int, origin: Origin, when: When, horizon: int, cut: Findings | None) -> Within:
    """The node of one `within` of so many rows."""
    spans, which = span_sets(when, horizon)
    if cut is not None and isinstance(when, Fixed) and np.any(when.said & (when.hi > horizon) & (when.hi < UNLIMITED)):
        cut.warning("W402", "the window reaches beyond the horizon and is cut there", origin.span)
    if which is None:
        assert isinstance(when, Shared)
        which = np.zeros(rows, dtype=np.int64)
    return Within(origin, which, spans)
