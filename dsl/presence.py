"""Who decides on the presence of which task, once all tasks and jobs are drafted."""

from __future__ import annotations

import numpy as np

from schedc.dsl import forms
from schedc.dsl.forms import Form
from schedc.dsl.job_clauses import JobDraft, job_rows, owners
from schedc.dsl.tasks import TaskDraft, moment
from schedc.dsl.values import NUMBER
from schedc.dsl.world import World
from schedc.models.columns import UNLIMITED, Ints
from schedc.models.expressions import Compare, Operator, Point
from schedc.models.source import Origin
from schedc.models.statements import Require


def settle(world: World, tasks: list[TaskDraft], jobs: list[JobDraft]) -> list[Require]:
    """Give tasks their deciders, jobs their tasks, and the world what goals and absence need; see `Tasks.presence`.

    All tasks of an optional job that are not optional themselves share one decision, which the first of them makes. An
    optional task in an optional job decides itself, and is only there where the job is: the conditions returned.
    """
    world.jobs = {j.rows.name: job_rows(world, j, tasks) for j in jobs}
    world.task_first = {t.rows.name: t.first for t in tasks}
    _note_flows(world, tasks, jobs)
    if not any(t.optional for t in tasks) and not any(j.optional for j in jobs):
        return []
    optional = {j.rows.name: j for j in jobs if j.optional}
    own = [t for t in tasks if t.optional and t.presence is None]
    leaders: dict[str, Ints] = {}
    for job in optional.values():
        mine = [t for t in tasks if _shares(world, t, optional) == job.rows.name]
        leaders[job.rows.name] = _leaders(job, mine)
    for t in tasks:
        shared = _shares(world, t, optional)
        if shared is not None:
            t.optional, t.presence = True, leaders[shared][owners(optional[shared].rows, t.rows)]
            t.clauses.setdefault("optional", optional[shared].origins["optional"])
    for t in own:
        found = world.repeats.get(t.rows.name)
        if found is not None:       # the first of its repeats decides for all
            t.presence = t.first + np.arange(len(found.index), dtype=np.int64) - found.index
    _note_deciders(world, tasks)
    return _implications(world, own, optional, leaders)


def _shares(world: World, task: TaskDraft, optional: dict[str, JobDraft]) -> str | None:
    """The optional job whose presence is the task's."""
    if task.optional and task.presence is None:
        return None
    return next((name for name in world.groups.around(task.rows.name) if name in optional), None)


def _leaders(job: JobDraft, shared: list[TaskDraft]) -> Ints:
    """The first task of every member of a job that shares its decision; -1 where there is none."""
    found = np.full(job.rows.space.rows, -1, dtype=np.int64)
    for t in reversed(shared):
        numbers = np.arange(t.rows.space.rows, dtype=np.int64)[::-1]
        found[owners(job.rows, t.rows)[numbers]] = t.first + numbers      # of several, the last write is the first task
    return found


def _note_deciders(world: World, tasks: list[TaskDraft]) -> None:
    world.may_miss = True
    parts = [np.zeros(0, dtype=np.int64)]
    for t in tasks:
        n = t.rows.space.rows
        own = t.first + np.arange(n, dtype=np.int64)
        parts.append((own if t.presence is None else t.presence) if t.optional else np.full(n, -1, dtype=np.int64))
    world.deciders = np.concatenate(parts)


def _implications(
    world: World, own: list[TaskDraft], optional: dict[str, JobDraft], leaders: dict[str, Ints]
) -> list[Require]:
    """What is optional inside something optional is only there where that is."""
    found = []
    for t in own:
        mine = t.first + np.arange(t.rows.space.rows, dtype=np.int64) if t.presence is None else t.presence
        found += _implied(world, t, mine, t.clauses.get("optional", t.origin), t.rows.name, optional, leaders)
    for name, job in optional.items():
        mine = leaders[name]
        found += _implied(world, job, mine, job.origins["optional"], name, optional, leaders)
    return found


def _implied(
    world: World, draft: TaskDraft | JobDraft, own: Ints, origin: Origin, name: str, optional: dict[str, JobDraft],
    leaders: dict[str, Ints],
) -> list[Require]:
    outer = next((j for j in world.groups.around(name) if j in optional), None)
    if outer is None:
        return []
    lead = leaders[outer][owners(optional[outer].rows, draft.rows)]
    both = np.flatnonzero((own >= 0) & (lead >= 0))
    if not len(both):
        return []
    every = np.arange(len(both), dtype=np.int64)
    mine, theirs = (_present(every, c[both]) for c in (own, lead))
    return [Require(origin, Compare(Operator.LE, forms.linear(forms.plus(mine, theirs, -1, NUMBER))))]


def _present(row: Ints, task: Ints) -> Form:
    return forms.terms(NUMBER, len(row), row, Point.PRESENT, task)


def _note_flows(world: World, tasks: list[TaskDraft], jobs: list[JobDraft]) -> None:
    """What flow time adds up: jobs and tasks that stand in no job, with their releases."""
    for t in tasks:
        if not world.groups.around(t.rows.name):
            world.flows.append((t.rows.name, t.rows, t.release))
    for job in jobs:
        if not world.groups.around(job.rows.name):
            release = moment(world, job.clauses.get("release"), job.rows.space, -UNLIMITED)
            world.flows.append((job.rows.name, job.rows, release))
