"""What references to tasks and jobs name, member by member, and their points as forms."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import numpy as np

from schedc.dsl import forms, tree
from schedc.dsl.absence import certain_rows, deciders, note, presence_form, some_of, there
from schedc.dsl.evaluate import items_of
from schedc.dsl.forms import Form
from schedc.dsl.lookup import find_members
from schedc.dsl.named import tasks_of
from schedc.dsl.space import Scope, Space
from schedc.dsl.truths import known
from schedc.dsl.values import INSTANT, Type
from schedc.dsl.world import World
from schedc.models.columns import Ints, ragged
from schedc.models.expressions import Extreme, Point
from schedc.models.records import dataclass

POINTS = {"start": Point.START, "end": Point.END, "length": Point.LENGTH}


@dataclass(frozen=True, eq=False)
class Named:
    """The members that references name: member k belongs to row parent[k] (sorted); task[t] is one of member of[t].

    of is sorted. jobs: whether the members are jobs, which have any number of tasks, and not tasks themselves.
    """

    parent: Ints
    of: Ints
    task: Ints
    jobs: bool = False

    @property
    def rows(self) -> int:
        """Number of members."""
        return len(self.parent)


def named(world: World, ref: tree.Ref, space: Space) -> Named:
    """The tasks, or the jobs with their tasks, that a reference names in each instance."""
    job = world.jobs.get(ref.name)
    if job is None:
        found = tasks_of(world, ref, space)
        return Named(found.parent, np.arange(len(found.child), dtype=np.int64), found.child)
    world.used.add(ref.name)
    found = find_members(world, job.rows, items_of(world, ref.index, space), space, ref.span)
    lo, hi = job.ptr[found.child], job.ptr[found.child + 1]
    of = np.repeat(np.arange(len(found.child), dtype=np.int64), hi - lo)
    return Named(found.parent, of, job.task[ragged(lo, hi)], True)


def point_type(world: World, name: str) -> Type:
    """What `start`, `end` and `length` are."""
    return world.time_type if name == "length" or world.tick_ns is None else INSTANT


def point_form(world: World, name: str, members: Named) -> tuple[Form, Scope]:
    """`start`, `end` or `length` of each member, and what has to be there for it to be anything.

    A job reaches from the first start to the last end of its present tasks; without any it is absent.
    """
    scope = Scope(members.rows)
    if not members.jobs:
        note(world, scope, members.of, members.task)
        return forms.terms(point_type(world, name), members.rows, members.of, POINTS[name], members.task), scope
    if name == "length":
        (end, scope), (start, _) = point_form(world, "end", members), point_form(world, "start", members)
        return forms.plus(end, start, -1, world.time_type), scope
    return _reach(world, name, members, scope), scope


def _reach(world: World, name: str, members: Named, scope: Scope) -> Form:
    n, op = len(members.task), _EXTREMES[name]
    every, rows = np.arange(n, dtype=np.int64), np.arange(members.rows, dtype=np.int64)
    entries = Scope(n)
    note(world, entries, every, members.task)
    when = there(entries)
    if _all_alike(world, members):
        note(world, scope, members.of, members.task)
        when = None     # absent tasks are absent together, and count 0 then
    else:
        when = when or known(np.ones((), dtype=np.bool_), n)
        doubtful, some = some_of(members.of, members.rows, when, certain_rows(entries))
        if len(doubtful):
            scope.truths.append((doubtful, some))
    kind = point_type(world, name)
    child = forms.linear(forms.terms(kind, n, every, POINTS[name], members.task))
    node = Extreme(op, members.rows, members.of, child, every, when)
    return forms.node(kind, members.rows, node, rows, rows, np.asarray(1, dtype=np.int64))


_EXTREMES: dict[str, Literal["min", "max"]] = {"start": "min", "end": "max"}


def _all_alike(world: World, members: Named) -> bool:
    """Whether every member has tasks, and they are all certain, or all depend on one decision."""
    if len(np.unique(members.of)) < members.rows:
        return False
    decider = deciders(world, members.task)
    same = members.of[1:] == members.of[:-1]
    return not bool(np.any(same & (decider[1:] != decider[:-1])))


def present_form(world: World, members: Named) -> Form:
    """1 for each member that is present: for a job, of which any task is."""
    return presence_form(world, members.rows, members.of, members.task)


def in_rows(form: Form, members: Named, rows: int) -> Form:
    """A form of one member a row as one of `rows` rows."""
    return replace(form) if members.rows == rows else forms.placed(form, members.parent, rows)
