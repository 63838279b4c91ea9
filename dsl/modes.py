"""`mode m[fam] { … }`: the options of tasks, of which a present task has exactly one.

The family's binders may depend on the task's. A mode whose `lasts` is empty for some member is no mode of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field

import numpy as np

from schedc.dsl import tree
from schedc.dsl.attributes import Attribute
from schedc.dsl.calendars import When
from schedc.dsl.choices import ChoiceDraft, choice_node
from schedc.dsl.clauses import each_space, given_value, origin_of, single
from schedc.dsl.demands import UsesDraft, uses_node
from schedc.dsl.families import Expansion
from schedc.dsl.faults import Fault, recorded
from schedc.dsl.parts import PartsDraft, parts_node
from schedc.dsl.periodic import moved, shifts
from schedc.dsl.resources import ResourceDraft
from schedc.dsl.soft_clauses import parted, soft_dates, soft_spans, soft_within
from schedc.dsl.space import Index, Space
from schedc.dsl.stocks import EventsDraft, events_node
from schedc.dsl.tasks import TaskDraft, about, gather, lengths, moment, unfuzzed, within_node
from schedc.dsl.values import Value
from schedc.dsl.world import World, key_columns
from schedc.models.columns import UNLIMITED, Family, Ints
from schedc.models.diagnostics import Findings, Label
from schedc.models.records import dataclass
from schedc.models.source import Origin, Span
from schedc.models.statements import About, Modes

REFUSED = {
    "optional": "whether a task is there is not decided by its mode",
    "pausable": "whether a task pauses does not depend on its mode",
    "splittable": "whether a task is split does not depend on its mode",
    "every": "a task repeats in all of its modes alike",
    "due": "a due date belongs to the task",
}


@dataclass(eq=False)
class ModeDraft:
    """One `mode` before there is a horizon: option k belongs to member row[k] of its task, its number is first + k.

    dims: the columns of the binders; index finds an option by its member and these.
    """

    name: str
    at: Span
    origin: Origin
    space: Space
    row: Ints
    dims: tuple[Value, ...]
    index: Index
    first: int
    shortest: Ints
    longest: Ints
    release: Ints
    deadline: Ints
    clauses: dict[str, Origin]
    attributes: dict[str, Attribute] = field(default_factory=dict)
    uses: list[UsesDraft] = field(default_factory=list)
    choices: list[ChoiceDraft] = field(default_factory=list)
    events: list[EventsDraft] = field(default_factory=list)
    within: list[tuple[Origin, When]] = field(default_factory=list)
    parts: list[PartsDraft] = field(default_factory=list)
    pausable: bool = False
    sized: bool = True
    about: About | None = None


def draft_modes(
    world: World, task: tree.Task, draft: TaskDraft, resources: dict[str, ResourceDraft], first: int
) -> list[ModeDraft]:
    """All modes of a task statement; the lengths of the task become the least and the greatest of its modes'."""
    found: list[ModeDraft] = []
    names: dict[str, Span] = {}
    for clause in task.clauses:
        if not isinstance(clause, tree.ModeClause):
            continue
        with recorded(world.findings):
            earlier = names.setdefault(clause.name.text, clause.name.span)
            if earlier != clause.name.span:
                raise Fault("E150", f"`{task.name.text}` has two modes `{clause.name.text}`", clause.name.span,
                            Label(earlier, "first here"))
            found.append(_draft_mode(world, clause, draft, resources, first))
            first += len(found[-1].row)
    if found and not world.findings.failed:
        _settle_lengths(world, task, draft, found)
    return found


def _draft_mode(
    world: World, clause: tree.ModeClause, draft: TaskDraft, resources: dict[str, ResourceDraft], first: int
) -> ModeDraft:
    label = draft.origin.label
    plain, loose = parted(_plain_clauses(clause))
    lasts = plain.get("lasts")
    if lasts is not None and "lasts" in draft.clauses:
        raise Fault("E271", f"the length stands in the task and in its mode `{clause.name.text}`", lasts.span,
                    Label(draft.clauses["lasts"].span, "also here"), fix="say it in one of the two places")
    if lasts is None and "lasts" not in draft.clauses:
        raise Fault("E247", f"mode `{clause.name.text}` has no length", clause.name.span,
                    fix="add `lasts …` to it, or to its task")
    options = _options(world, clause, draft, lasts)
    space, row = options.space, options.parent
    shift = shifts(world, draft.rows.name, draft.rows.space.rows)[row]
    binders = () if clause.family is None else clause.family.binders
    dims = tuple(space.columns[b.name] for b in binders)
    mode = ModeDraft(
        clause.name.text, clause.name.span, origin_of(clause.span, f"mode {clause.name.text}", label), space, row,
        dims, _index(row, dims, binders), first, draft.shortest[row], draft.longest[row],
        moved(moment(world, plain.get("release"), space, -UNLIMITED), shift),
        moved(moment(world, plain.get("deadline"), space, UNLIMITED), shift),
        {k: origin_of(c.span, k, label) for k, c in plain.items()},
    )
    pair = mode.index.doubled() if dims else None
    if pair is not None:
        raise Fault("E150", f"`{mode.name}` has two options{world.where(space, pair[1])}", clause.name.span)
    if lasts is not None:
        mode.shortest, mode.longest = lengths(world, lasts, space)
        mode.about = about(world, lasts, space, label)
    mode.pausable = draft.pausable
    gather(world, mode, clause.clauses, space, resources, label, shift)
    _soften(world, draft, mode, clause, loose, shift)
    return mode


def _soften(
    world: World, draft: TaskDraft, mode: ModeDraft, clause: tree.ModeClause, loose: dict[str, tree.Clause], shift: Ints
) -> None:
    """Note the soft clauses of a mode, which count where it is chosen."""
    task, label = draft.first + mode.row, draft.origin.label
    option = mode.first + np.arange(len(mode.row), dtype=np.int64)
    soft_dates(world, loose, mode.space, shift, label, task, option=option)
    last = soft_within(clause.clauses)
    if last is not None:
        soft_spans(world, last, mode.within, mode.space, label, task, option=option)


def _index(row: Ints, dims: tuple[Value, ...], binders: Sequence[tree.Binder]) -> Index:
    for dim, binder in zip(dims, binders):
        if not dim.whole or dim.type.kind in ("none", "unlimited"):
            raise Fault("E260", f"`{binder.name}` cannot index a family: its values are no whole numbers", binder.span)
    return Index((row, *key_columns(dims, len(row))), len(row))


def _plain_clauses(mode: tree.ModeClause) -> dict[str, tree.Clause]:
    for c in mode.clauses:
        if isinstance(c, tree.ModeClause):
            raise Fault("E270", "a mode cannot stand in a mode: a task has one of its modes", c.name.span,
                        fix="write both in the task, or one with two binders")
        if isinstance(c, tree.AsLabel):
            raise Fault("E270", "a label cannot stand in a mode: it is of its task's statement", c.span)
    plain = single(unfuzzed(c) for c in mode.clauses if isinstance(c, tree.Clause))
    for keyword, c in plain.items():
        if keyword in REFUSED:
            raise Fault("E270", f"`{keyword}` cannot stand in a mode: {REFUSED[keyword]}", c.span,
                        fix="write it in the task")
    return plain


def _options(
    world: World, clause: tree.ModeClause, draft: TaskDraft, lasts: tree.Clause | None
) -> Expansion:
    """The options of all members: one for each combination of the binders for which a length is said."""
    found = each_space(world, draft.rows.space, clause.family)
    written = () if lasts is None else lasts.values
    first = written[0] if written else None
    bounds = (first.lo, first.hi) if isinstance(first, tree.Range) else written if len(written) == 3 else ()
    for bound in bounds:
        if bound is not None and not isinstance(bound, (tree.Map, tree.Range)):
            _, said = given_value(world, bound, found.space)
            keep = np.flatnonzero(said)
            if len(keep) < found.space.rows:
                found = Expansion(found.space.take(keep), found.parent[keep])
    return found


def _settle_lengths(world: World, task: tree.Task, draft: TaskDraft, modes: list[ModeDraft]) -> None:
    """The hull of the options' lengths. Fault E272 for a member without any option."""
    n = draft.rows.space.rows
    count = sum(np.bincount(m.row, minlength=n) for m in modes)
    bare = np.flatnonzero(count == 0)
    if len(bare):
        more = f" (and {len(bare) - 1} more)" if len(bare) > 1 else ""
        where = world.where(draft.rows.space, int(bare[0]))
        world.findings.error("E272", f"`{task.name.text}` has no mode at all{where}{more}", modes[0].at)
        return
    draft.shortest, draft.longest = np.full(n, UNLIMITED), np.full(n, -1, dtype=np.int64)
    for m in modes:
        np.minimum.at(draft.shortest, m.row, m.shortest)
        np.maximum.at(draft.longest, m.row, m.longest)


def number_candidates(draft: TaskDraft, modes: list[ModeDraft], first: int) -> int:
    """Give the candidates of a task's choices their global numbers, from `first` on; the number after the last."""
    for choice in (*draft.choices, *(c for m in modes for c in m.choices)):
        choice.first = first
        first += len(choice.resource)
    return first


def own_states(draft: TaskDraft) -> None:
    """Tell all uses of resources that change their state whose they are: their states may be their tasks."""
    own: list[UsesDraft | ChoiceDraft] = [*draft.uses, *draft.choices]
    places = [(u, u.row) for u in own]
    for m in draft.modes:
        own = [*m.uses, *m.choices]
        places += [(u, m.row[u.row]) for u in own]
    for u, row in places:
        if u.asked is not None:
            u.asked.task = draft.first + row


# with a horizon


def modes_node(world: World, draft: ModeDraft, horizon: int, cut: Findings | None) -> Modes:
    """The node for one horizon."""
    for keyword in ("release", "deadline"):
        column = draft.release if keyword == "release" else draft.deadline
        late = int(np.count_nonzero((column > horizon) & (column < UNLIMITED)))
        if late and cut is not None:
            of = f" of {late} options" if late > 1 else ""
            cut.warning("W402", f"the {keyword}{of} lies beyond the horizon and is cut there",
                        draft.clauses[keyword].span)
    n = len(draft.row)
    return Modes(
        draft.origin, _family(world, draft), draft.first, draft.row, draft.shortest, draft.longest,
        np.clip(draft.release, 0, horizon), np.minimum(draft.deadline, horizon),
        tuple(uses_node(u) for u in draft.uses), tuple(choice_node(c) for c in draft.choices),
        tuple(within_node(n, origin, when, horizon, cut) for origin, when in draft.within), draft.clauses,
        tuple(events_node(e) for e in draft.events), tuple(parts_node(p) for p in draft.parts), draft.about,
    )


def _family(world: World, draft: ModeDraft) -> Family:
    columns = tuple(c for dim in draft.dims for c in world.shown(dim.spread(len(draft.row))))
    return Family(draft.name, len(draft.row), columns)
