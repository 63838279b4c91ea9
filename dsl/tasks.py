"""`task`: families and clauses. What depends on the horizon waits in drafts."""

from __future__ import annotations

from dataclasses import field

import numpy as np

from schedc.dsl import tree
from schedc.dsl.calendars import Fixed, Shared, When, span_sets, when_of
from schedc.dsl.clauses import each_space, expression, given_value, label_of, origin_of, single
from schedc.dsl.evaluate import evaluate, items_of
from schedc.dsl.families import members, whole_name
from schedc.dsl.faults import Fault, Spoiled, did_you_mean, later, recorded
from schedc.dsl.lookup import find_members
from schedc.dsl.resources import Amount, ResourceDraft, amount_of, demand_on
from schedc.dsl.space import Space
from schedc.dsl.timing import durations, instants
from schedc.dsl.values import NUMBER, Value, spread
from schedc.dsl.world import Rows, World
from schedc.models.columns import UNLIMITED, Flags, Ints
from schedc.models.diagnostics import Findings, Fix, Label
from schedc.models.records import dataclass
from schedc.models.source import Origin, Span
from schedc.models.statements import Tasks, Uses, Within


@dataclass(frozen=True, eq=False)
class UsesDraft:
    """One demand before its amounts are scaled: row[k] asks for amount[k] of resource[k]."""

    origin: Origin
    row: Ints
    resource: Ints
    amount: Amount


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


LATER_CLAUSES = ("optional", "due", "splittable", "every", "lasts about")


def task_rows(world: World, task: tree.Task) -> Rows:
    """The family of a task statement; Fault E150 for two members of one index."""
    rows = members(world, task.name.text, task.family, task.name.span)
    pair = rows.index.doubled() if rows.dims else None
    if pair is not None:
        raise Fault("E150", f"`{rows.name}` has two members{world.where(rows.space, pair[1])}", rows.at)
    return rows


def draft_task(
    world: World, task: tree.Task, first: int, resources: dict[str, ResourceDraft]
) -> TaskDraft:
    """All clauses of a task statement; each wrong clause is reported."""
    rows = world.families[task.name.text]
    clauses = _plain_clauses(task)
    label = label_of(world, (c for c in task.clauses if isinstance(c, tree.AsLabel)))
    space, n = rows.space, rows.space.rows
    draft = TaskDraft(
        rows, origin_of(task.span, f"task {rows.name}", label), first, np.zeros(n, dtype=np.int64),
        np.zeros(n, dtype=np.int64), np.full(n, -UNLIMITED), np.full(n, UNLIMITED), "pausable" in clauses,
        {"name": origin_of(task.name.span, f"task {task.name.text}", label),
         **{k: origin_of(c.span, k, label) for k, c in clauses.items()}},
    )
    with recorded(world.findings):
        draft.shortest, draft.longest = _lasts(world, task, clauses.get("lasts"), space)
    with recorded(world.findings):
        draft.release = _moment(world, clauses.get("release"), space, -UNLIMITED)
    with recorded(world.findings):
        draft.deadline = _moment(world, clauses.get("deadline"), space, UNLIMITED)
    for c in task.clauses:
        with recorded(world.findings):
            if isinstance(c, tree.UsesClause):
                _uses(world, draft, c, space, resources)
            elif isinstance(c, tree.WithinClause):
                _within(world, draft, c, space)
    return draft


def _plain_clauses(task: tree.Task) -> dict[str, tree.Clause]:
    for c in task.clauses:
        if isinstance(c, (tree.StockClause, tree.ModeClause, tree.WithClause)):
            word = "mode" if isinstance(c, tree.ModeClause) else "with"
            raise later(f"`{c.keyword if isinstance(c, tree.StockClause) else word}`", c.span)
    plain = single(c for c in task.clauses if isinstance(c, tree.Clause))
    for keyword, c in plain.items():
        if keyword in LATER_CLAUSES:
            raise later(f"`{keyword}` on a task", c.span)
        if c.soft is not None:
            raise later("`else penalty`", c.soft.span)
    return plain


# length and dates


def _lasts(world: World, task: tree.Task, clause: tree.Clause | None, space: Space) -> tuple[Ints, Ints]:
    n = space.rows
    if clause is None:
        raise Fault("E247", f"task `{task.name.text}` has no length", task.name.span, fix="add `lasts …`")
    written = clause.values[0]
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


def _length(world: World, expr: tree.Expr, space: Space) -> Ints:
    return durations(world, evaluate(world, expr, space), space, "the length", expr.span)


def _moment(world: World, clause: tree.Clause | None, space: Space, otherwise: int) -> Ints:
    """A release or a deadline, `otherwise` where it is not said."""
    if clause is None:
        return np.full(space.rows, otherwise, dtype=np.int64)
    written = expression(clause.values[0], clause.span)
    value, said = given_value(world, written, space)
    if not said.any():
        return np.full(space.rows, otherwise, dtype=np.int64)
    ticks = instants(world, value, space, f"the {clause.keyword}", written.span)
    return np.where(said, ticks, otherwise)


# uses and within


def _uses(
    world: World, draft: TaskDraft, clause: tree.UsesClause, space: Space, resources: dict[str, ResourceDraft]
) -> None:
    inner = each_space(world, space, clause.each)
    for demand in clause.demands:
        with recorded(world.findings):
            _refuse_later(demand)
            resource = resource_named(world, demand.ref, resources)
            found = find_members(
                world, resource.rows, items_of(world, demand.ref.index, inner.space), inner.space, demand.ref.span
            )
            amount, said = _amount(world, demand, inner.space)
            _warn_unclaimed(world, resource, amount, demand.span)
            row, member = inner.parent[found.parent], found.child
            value = Amount(amount.value.take(found.parent), amount.at)
            keep = said[found.parent] & (spread(value.value.num, len(row)) > 0)
            if not keep.all():
                row, member = row[keep], member[keep]
                value.value = value.value.take(np.flatnonzero(keep))
            demand_on(world, resource, value)
            origin = origin_of(demand.span, f"uses {demand.ref.name}", draft.origin.label)
            draft.uses.append(UsesDraft(origin, row, np.asarray(resource.first + member), value))


def _refuse_later(demand: tree.Demand) -> None:
    if demand.count is not None:
        raise later("`n of r`", demand.span)
    for parts, word in ((demand.at, "`at`"), (demand.during, "`during` in `uses`"), (demand.growing, "`growing`")):
        if parts:
            raise later(word, demand.span)


def resource_named(world: World, ref: tree.Ref, resources: dict[str, ResourceDraft]) -> ResourceDraft:
    """The resource family of a reference; Fault if the name is none, Spoiled if its own statement is wrong."""
    world.used.add(ref.name)
    draft = resources.get(ref.name)
    if draft is not None:
        if ref.path:
            raise later(f"`{ref.name}.{ref.path[0].word}`", ref.span)
        return draft
    raise other_kind(world, ref, tree.Resource, "resource")


def other_kind(world: World, ref: tree.Ref, wanted: type, word: str) -> Fault | Spoiled:
    """The error for a name that is no task, resource …; Spoiled if it is one whose statement is wrong."""
    declared = world.declared.get(ref.name)
    if isinstance(declared, wanted) or ref.name in world.refused:
        return Spoiled()
    names = [n for n, s in world.declared.items() if isinstance(s, wanted)]
    if declared is not None:
        return Fault("E262", f"`{ref.name}` is no {word}", ref.span, Label(declared.name.span, "declared here"))
    fix = did_you_mean(ref.name, names, whole_name(ref))
    return Fault("E154", f"there is no {word} `{ref.name}`", ref.span, fix=fix)


def _amount(world: World, demand: tree.Demand, space: Space) -> tuple[Amount, Flags]:
    if demand.amount is None:
        return Amount(Value(NUMBER, np.ones((), dtype=np.int64)), demand.ref.span), np.ones(space.rows, dtype=np.bool_)
    if isinstance(demand.amount, tree.Ref) and isinstance(world.declared.get(demand.amount.name), tree.Resource):
        raise _no_comma(demand.ref, demand.amount)
    value, said = given_value(world, demand.amount, space)
    return amount_of(world, value, space, "the demand", demand.amount.span), said


def _no_comma(first: tree.Ref, second: tree.Ref) -> Fault:
    """`uses saw lift`: the second resource reads as an amount of the first."""
    end = Span(first.span.file, *first.span[3:], *first.span[3:])
    return Fault("E262", f"`{second.name}` is a resource, not an amount of `{first.name}`", second.span,
                 fix=Fix("put a `,` between them", end, ","))


def _warn_unclaimed(world: World, resource: ResourceDraft, amount: Amount, at: Span) -> None:
    value = amount.value
    if not resource.claimed and value.type == NUMBER and value.num.size and bool(np.any(value.num > value.den)):
        world.findings.warning(
            "W401", f"`{resource.rows.name}` has capacity 1, as none was said, and this asks for more", at,
            Label(resource.rows.at, "declared here"), fix=f"write `resource {resource.rows.name} capacity …`",
        )


def _within(world: World, draft: TaskDraft, clause: tree.WithinClause, space: Space) -> None:
    if clause.soft is not None:
        raise later("`else penalty`", clause.soft.span)
    when = when_of(world, clause.when, space, clause.span)
    draft.within.append((origin_of(clause.span, "within", draft.origin.label), when))


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
        tuple(_within_node(draft, origin, when, horizon, cut) for origin, when in draft.within), draft.clauses,
    )


def _warn_cut(cut: Findings, draft: TaskDraft, keyword: str, count: int) -> None:
    if count:
        of = f" of {count} members" if count > 1 else ""
        cut.warning("W402", f"the {keyword}{of} lies beyond the horizon and is cut there", draft.clauses[keyword].span)


def uses_node(draft: UsesDraft) -> Uses:
    """The node of a demand whose amounts are scaled."""
    assert draft.amount.scaled is not None
    amount = np.array(spread(draft.amount.scaled, len(draft.row)))
    return Uses(draft.origin, draft.row, draft.resource, amount)


def _within_node(draft: TaskDraft, origin: Origin, when: When, horizon: int, cut: Findings | None) -> Within:
    spans, which = span_sets(when, horizon)
    if cut is not None and isinstance(when, Fixed) and np.any(when.said & (when.hi > horizon) & (when.hi < UNLIMITED)):
        cut.warning("W402", "the window reaches beyond the horizon and is cut there", origin.span)
    if which is None:
        assert isinstance(when, Shared)
        which = np.zeros(draft.rows.space.rows, dtype=np.int64)
    return Within(origin, which, spans)
