"""The clauses of jobs: what they say to every task inside, and what to the whole span."""

from __future__ import annotations

import numpy as np

from schedc.dsl import forms, tree
from schedc.dsl.absence import satisfied
from schedc.dsl.calendars import Fixed, When, span_sets
from schedc.dsl.clauses import label_of, origin_of, single
from schedc.dsl.dues import draft_due
from schedc.dsl.families import members
from schedc.dsl.faults import Fault, recorded
from schedc.dsl.forms import Form
from schedc.dsl.members import Named, point_form
from schedc.dsl.soft_clauses import parted, soft_dates, soft_spans, soft_within
from schedc.dsl.space import guard_size
from schedc.dsl.tasks import TaskDraft, moment, within
from schedc.dsl.values import NUMBER, Value, spread
from schedc.dsl.world import JobRows, Rows, World
from schedc.models.columns import UNLIMITED, Ints, Names, ragged
from schedc.models.expressions import Compare, Junction, Member, Operator
from schedc.models.records import dataclass
from schedc.models.source import Origin
from schedc.models.statements import Require

ALLOWED = ("release", "deadline", "due", "optional")


@dataclass(eq=False)
class JobDraft:
    """A job before there is a horizon. spans: its `within` clauses, of which one span must hold the whole job.

    loose: its soft clauses of one value.
    """

    job: tree.Job
    rows: Rows
    clauses: dict[str, tree.Clause]
    origins: dict[str, Origin]
    spans: list[tuple[Origin, When]]
    loose: dict[str, tree.Clause]
    label: str | None

    @property
    def optional(self) -> bool:
        """Whether its members may be absent."""
        return "optional" in self.clauses


def draft_job(world: World, job: tree.Job) -> JobDraft:
    """The clauses of a job statement; its family is known afterwards. Fault for a clause that jobs do not have."""
    rows = members(world, job.name.text, job.family, job.name.span)
    pair = rows.index.doubled() if rows.dims else None
    if pair is not None:
        raise Fault("E150", f"`{rows.name}` has two members{world.where(rows.space, pair[1])}", rows.at)
    world.families[rows.name] = rows
    label = label_of(world, (c for c in job.clauses if isinstance(c, tree.AsLabel)))
    clauses = single(c for c in job.clauses if isinstance(c, tree.Clause))
    for c in job.clauses:
        _refuse(c)
    hard, loose = parted(clauses)
    origins = {k: origin_of(c.span, k, label) for k, c in hard.items()}
    return JobDraft(job, rows, hard, origins, [], loose, label)


def _refuse(clause: object) -> None:
    if isinstance(clause, tree.WithClause):
        raise Fault("E282", "a job has no `with`", clause.span,
                    fix="say it of the tasks inside, or write a `let` over the family")
    if isinstance(clause, tree.Clause) and clause.keyword in ALLOWED:
        return
    if isinstance(clause, (tree.Clause, tree.UsesClause, tree.StockClause, tree.ModeClause)):
        words = {tree.UsesClause: "uses", tree.ModeClause: "mode"}
        word = words.get(type(clause)) or clause.keyword    # type: ignore[union-attr]
        fix = "a job is as long as its tasks need: write `require length(…)`" if word == "lasts" else \
            "say it of the tasks inside"
        raise Fault("E282", f"a job has no `{word}`", clause.span, fix=fix)


def draft_spans(world: World, draft: JobDraft) -> None:
    """`within` and `due` of a job, once calendars and values are known."""
    for c in draft.job.clauses:
        with recorded(world.findings):
            if isinstance(c, tree.WithinClause):
                draft.spans.append(within(world, c, draft.rows.space, None))
    due = draft.clauses.get("due")
    if due is not None:
        with recorded(world.findings):
            draft_due(world, draft.rows, due)
    row = np.arange(draft.rows.space.rows, dtype=np.int64)
    soft_dates(world, draft.loose, draft.rows.space, np.zeros_like(row), draft.label, row, draft.rows.name)
    with recorded(world.findings):
        last = soft_within(draft.job.clauses)
        if last is not None:
            soft_spans(world, last, draft.spans, draft.rows.space, draft.label, row, draft.rows.name)


# what tasks inherit


def inherit(world: World, task: TaskDraft, jobs: dict[str, JobDraft]) -> None:
    """The windows of the jobs around a task family hold for its members too."""
    space = task.rows.space
    for name in world.groups.around(task.rows.name):
        job = jobs.get(name)
        if job is None:
            continue
        release = moment(world, job.clauses.get("release"), space, -UNLIMITED)
        deadline = moment(world, job.clauses.get("deadline"), space, UNLIMITED)
        if len(job.spans) == 1 and isinstance(job.spans[0][1], Fixed):
            release, deadline = _narrowed(job, task.rows, job.spans[0][1], release, deadline)
        for keyword, ticks in (("release", release), ("deadline", deadline)):
            origin = job.origins.get(keyword) or (job.spans[0][0] if job.spans else None)
            if origin is not None and np.any(np.abs(ticks) < UNLIMITED):
                task.clauses.setdefault(keyword, origin)
        task.release, task.deadline = np.maximum(task.release, release), np.minimum(task.deadline, deadline)


def _narrowed(job: JobDraft, rows: Rows, when: Fixed, release: Ints, deadline: Ints) -> tuple[Ints, Ints]:
    """A single span of each job as the window of its tasks."""
    at = owners(job.rows, rows)
    return (np.maximum(release, np.where(when.said, when.lo, -UNLIMITED)[at]),
            np.minimum(deadline, np.where(when.said, when.hi, UNLIMITED)[at]))


def owners(job: Rows, inside: Rows) -> Ints:
    """The job's member that each member of a family inside belongs to."""
    n = inside.space.rows
    if not job.dims:
        return np.zeros(n, dtype=np.int64)
    return job.index.find(tuple(spread(d.num, n) for d in inside.dims[: len(job.dims)]))


def job_rows(world: World, job: JobDraft, tasks: list[TaskDraft]) -> JobRows:
    """The tasks of every member of a job."""
    names = set(world.groups.tasks_of(job.rows.name, (t.rows.name for t in tasks)))
    mine = [t for t in tasks if t.rows.name in names]
    none = np.zeros(0, dtype=np.int64)
    owner = np.concatenate([none, *(owners(job.rows, t.rows) for t in mine)])
    task = np.concatenate([none, *(t.first + np.arange(t.rows.space.rows) for t in mine)])
    order = np.lexsort((task, owner))
    sizes = np.bincount(owner, minlength=job.rows.space.rows)
    return JobRows(job.rows, np.r_[0, np.cumsum(sizes)].astype(np.int64), task[order])


# the whole span in one of several


def span_statements(world: World, jobs: list[JobDraft], horizon: int) -> list[Require]:
    """For every job with a choice of spans: it lies in one of them as a whole."""
    return [_in_one_span(world, job, horizon) for job in jobs if _chooses(job)]


def _chooses(job: JobDraft) -> bool:
    return len(job.spans) > 1 or any(not isinstance(when, Fixed) for _, when in job.spans)


def _in_one_span(world: World, job: JobDraft, horizon: int) -> Require:
    """Some span [lo, hi) of the job's clauses with lo <= start and end <= hi."""
    n, said = job.rows.space.rows, np.zeros(job.rows.space.rows, dtype=np.bool_)
    owner, lo, hi = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.int64)]
    for _, when in job.spans:
        spans, which = span_sets(when, horizon)
        which = np.zeros(n, dtype=np.int64) if which is None else which
        rows = np.flatnonzero(which >= 0)
        said[rows] = True
        first, last = spans.ptr[which[rows]], spans.ptr[which[rows] + 1]
        guard_size(int((last - first).sum()), "the spans", job.spans[0][0].span)
        at = ragged(first, last)
        owner, lo, hi = [*owner, np.repeat(rows, last - first)], [*lo, spans.lo[at]], [*hi, spans.hi[at]]
    return _required(world, job, np.flatnonzero(said), *(np.concatenate(c) for c in (owner, lo, hi)))


def _required(world: World, job: JobDraft, said: Ints, owner: Ints, lo: Ints, hi: Ints) -> Require:
    known = world.jobs[job.rows.name]
    tasks = ragged(known.ptr[said], known.ptr[said + 1])
    of = np.repeat(np.arange(len(said)), known.ptr[said + 1] - known.ptr[said])
    whole = Named(np.arange(len(said)), of, known.task[tasks], True)
    place = np.searchsorted(said, owner)
    order = np.argsort(place, kind="stable")
    place, lo, hi = place[order], lo[order], hi[order]
    (start, scope), (end, _) = point_form(world, "start", whole), point_form(world, "end", whole)
    inside = _joined(_beside(start, place, lo, Operator.GE), _beside(end, place, hi, Operator.LE))
    every = np.arange(len(place), dtype=np.int64)
    condition = satisfied(scope, Junction("or", len(said), (Member(place, inside, every),)))
    space = job.rows.space.take(said)
    names = Names(len(said), lambda row: world.binding(space, row)) if space.columns else ()
    return Require(job.spans[0][0], condition, names)


def _beside(form: Form, place: Ints, ticks: Ints, op: Operator) -> Compare:
    """The rows `place` of a form, beside instants."""
    limit = forms.data(Value(form.type, ticks), len(place))
    return Compare(op, forms.linear(forms.plus(forms.repeated_rows(form, place), limit, -1, NUMBER)))


def _joined(a: Compare, b: Compare) -> Junction:
    every = np.arange(a.rows, dtype=np.int64)
    return Junction("and", a.rows, (Member(every, a, every), Member(every, b, every)))
