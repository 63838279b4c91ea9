"""Tasks that can never run, whatever all others do. One diagnostic a statement, about its first such member."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from schedc.dsl.phrases import and_more, availability_of, clause, labels_of, listed
from schedc.models.amounts import amount_text
from schedc.models.closures import Closures, closed_times
from schedc.models.columns import Flags, Ints
from schedc.models.diagnostics import Findings, Label
from schedc.models.model import Model
from schedc.models.profile import Steps, capacity_profiles
from schedc.models.records import dataclass
from schedc.models.statements import Tasks
from schedc.models.within import Windows, windows_of


@dataclass(frozen=True, eq=False)
class Case:
    """A model under examination. `doomed` marks tasks that a diagnostic has spoken of already."""

    model: Model
    findings: Findings
    doomed: Flags

    @staticmethod
    def of(model: Model, findings: Findings) -> Case:
        """A fresh case."""
        return Case(model, findings, np.zeros(model.task_count, dtype=np.bool_))

    @cached_property
    def profiles(self) -> dict[int, Steps]:
        """Capacity over time of the resources with calendars."""
        return capacity_profiles(self.model)

    @cached_property
    def closures(self) -> Closures:
        """When the tasks cannot run."""
        return closed_times(self.model)

    @cached_property
    def windows(self) -> Windows:
        """The tasks' `within` spans."""
        return windows_of(self.model)

    def first(self, family: Tasks, bad: Flags) -> tuple[int, str] | None:
        """The first new bad member of a family and the words for how many more there are; marks them all."""
        part = self.doomed[family.first : family.first + family.size]
        rows = np.flatnonzero(bad & ~part)
        if not len(rows):
            return None
        part[rows] = True
        return int(rows[0]), and_more(len(rows))

    def own(self, family: Tasks, column: Ints) -> Ints:
        """A family's part of a column over all tasks."""
        return column[family.first : family.first + family.size]


def check_tasks(case: Case) -> None:
    """All checks of single tasks, the plainest first."""
    for family in case.model.tasks:
        _lengths(case, family)
    _demands(case)
    for family in case.model.tasks:
        _released_too_late(case, family)
    _windows(case)
    if case.model.availability:
        for family in case.model.tasks:
            _closed(case, family)


def _lengths(case: Case, family: Tasks) -> None:
    """E211: a length below 0, or a range without lengths."""
    text = case.model.axis.span_text
    found = case.first(family, (family.shortest < 0) | (family.shortest > family.longest))
    if found is None:
        return
    row, more = found
    lo, hi = int(family.shortest[row]), int(family.longest[row])
    name = family.family.label(row)
    said = f"lasts {text(lo)}" if lo == hi else f"lasts {text(lo)} .. {text(hi)}"
    why = "a length cannot be negative" if lo <= hi else "the range is empty"
    fix = None if lo <= hi else f"`lasts {text(hi)} .. {text(lo)}`"
    case.findings.error("E211", f"`{name}` {said}: {why}{more}", clause(family, "lasts").span, fix=fix)


def _demands(case: Case) -> None:
    """E210: more than a resource ever has."""
    model = case.model
    peak = model.capacity.copy()
    for r, steps in case.profiles.items():
        peak[r] = steps.capacity.max()
    d = model.demands
    over = (d.amount > peak[d.resource]) & (model.shortest[d.task] > 0)
    for family in model.tasks if over.any() else ():
        mine = over & (d.task >= family.first) & (d.task < family.first + family.size)
        bad = np.zeros(family.size, dtype=np.bool_)
        bad[d.task[mine] - family.first] = True
        found = case.first(family, bad)
        if found is not None:
            row, more = found
            at = int(np.flatnonzero(mine & (d.task == family.first + row))[0])
            _tell_demand(case, family, (row, int(d.resource[at]), int(d.amount[at]), int(peak[d.resource[at]])), more)


def _tell_demand(case: Case, family: Tasks, demand: tuple[int, int, int, int], more: str) -> None:
    model, (row, r, amount, most) = case.model, demand
    owner, _ = model.resource_family(r)
    asked, has = (amount_text(owner, a) for a in (amount, most))
    uses = [u.origin for u in family.uses if ((u.row == row) & (u.resource == r)).any()]
    calendars = availability_of(model, [r]) if most < model.capacity[r] else []
    words = "never has more than" if calendars else "has"
    message = f"`{family.family.label(row)}` needs {asked} of `{model.resource_name(r)}`, which {words} {has}{more}"
    nominal = amount_text(owner, int(model.capacity[r]))
    others = [*labels_of(uses[1:]), Label(owner.origin.span, f"capacity {nominal}")]
    case.findings.error(
        "E210", message, Label(uses[0].span, asked), *others, *labels_of(calendars),
        fix="ask for less, or raise the capacity",
    )
    case.findings.withdraw("W401", uses[0].span)        # it says the same with less certainty


def _released_too_late(case: Case, family: Tasks) -> None:
    """E212: less time between release and deadline than the task lasts."""
    model = case.model
    release = np.maximum(family.release, 0)
    found = case.first(family, release + family.shortest > np.minimum(family.deadline, model.horizon))
    if found is None:
        return
    row, more = found
    axis, deadline = model.axis, int(min(family.deadline[row], model.horizon))
    length, start = axis.span_text(int(family.shortest[row])), int(release[row])
    written = "deadline" in family.clauses and family.deadline[row] < model.horizon
    end = "its deadline" if written else "the horizon"
    others = [Label(clause(family, "release").span, f"from {axis.tick_text(start)}")] if start else []
    if written:
        others.append(Label(clause(family, "deadline").span, f"by {axis.tick_text(deadline)}"))
    else:
        others += labels_of([axis.origin], f"to {axis.tick_text(deadline)}")
    begin = "its release" if start else "the origin"
    room = f"with {axis.span_text(deadline - start)} from {begin} to {end}"
    if deadline < start:
        room = f"and {end} is before {begin}"
    case.findings.error(
        "E212", f"`{family.family.label(row)}` can never run: it lasts {length}, {room}{more}",
        Label(clause(family, "lasts").span, length), *others,
    )


def _windows(case: Case) -> None:
    """E213: no span of any `within` is long enough."""
    windows = case.windows
    longest = np.full(case.model.task_count, -1, dtype=np.int64)
    longest[windows.tasks] = windows.longest
    span = case.model.axis.span_text
    for family in case.model.tasks:
        room = case.own(family, longest)
        found = case.first(family, (room == 0) | ((room > 0) & (room < family.shortest)))
        if found is None:
            continue
        row, more = found
        name, length = family.family.label(row), span(int(family.shortest[row]))
        why = f"the longest `within` is {span(int(room[row]))}" if room[row] else "no `within` has time in the horizon"
        said = [w.origin for w in family.within if w.which[row] >= 0]
        message = f"`{name}` can never run: it lasts {length}, {why}{more}"
        case.findings.error("E213", message, Label(clause(family, "lasts").span, length), *labels_of(said))


def _closed(case: Case, family: Tasks) -> None:
    """E214: no open stretch is long enough, or for a pausable task all open time together is too short."""
    which = case.own(family, case.closures.which)
    time = case.closures.worktime
    room = (time.open_ticks if family.pausable else time.longest_open)[which]
    found = case.first(family, (which >= 0) & (room < family.shortest) & (family.shortest > 0))
    if found is None:
        return
    row, more = found
    model, span = case.model, case.model.axis.span_text
    scarce = _scarce(case, family, row)
    needs, names = span(int(family.shortest[row])), listed(model.resource_name(r) for r in scarce)
    names = names.replace("`", "") if len(scarce) == 1 else names
    has = f"the longest open stretch is {span(int(room[row]))}"
    if family.pausable:
        has = f"{'it is' if len(scarce) == 1 else 'they are'} open for {span(int(room[row]))} in all"
    piece = "" if family.pausable else " in one piece"
    fix = f"open {listed(model.resource_name(r) for r in scarce)} for longer"
    case.findings.error(
        "E214", f"`{family.family.label(row)}` can never run: needs {needs} of {names}{piece}, {has}{more}",
        Label(clause(family, "name").span, needs), *labels_of(availability_of(model, scarce)),
        fix=fix if family.pausable else f"add `pausable`, or {fix}",
    )


def _scarce(case: Case, family: Tasks, row: int) -> list[int]:
    """The resources that are at some time short of a member's demand."""
    total: dict[int, int] = {}
    for uses in family.uses:
        mine = uses.row == row
        for r, amount in zip(uses.resource[mine].tolist(), uses.amount[mine].tolist()):
            total[r] = total.get(r, 0) + amount
    return [r for r, amount in total.items() if r in case.profiles and (case.profiles[r].capacity < amount).any()]
