"""A horizon where none was written, such that no optimum is lost; or an error that asks for one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from schedc.dsl.faults import Fault
from schedc.dsl.regular import holds_longer, least_makespan, regular
from schedc.dsl.serial import serial_schedule
from schedc.models.axis import DAY_NS, MAX_TICKS
from schedc.models.changes import reach_of
from schedc.models.closures import closed_times
from schedc.models.columns import UNLIMITED, Flags
from schedc.models.diagnostics import Findings, Label
from schedc.models.model import Model
from schedc.models.options import first_choices, longest_lags
from schedc.models.parts import inside, may_reach_out
from schedc.models.points import points_of
from schedc.models.presence import spans
from schedc.models.schedule import Schedule
from schedc.models.source import NO_ORIGIN, Origin, Span
from schedc.models.statements import Modes, Tasks
from schedc.models.verify import verify
from schedc.models.within import windows_of

Assemble = Callable[[int], Model]
_GROWTH = 4
_JUDGED = 200_000       # tasks up to which conditions are judged


def derive(assemble: Assemble, findings: Findings, at: Span) -> Model | None:
    """The model with a derived horizon; None after error E237, which asks for a written one.

    `assemble` makes the model with a horizon of so many ticks, where a release, deadline or calendar beyond is cut.
    Three rules, the first that applies:

    1. shifting (`shifted_horizon`): nothing ties a task to certain instants but its release and deadline, and the
       goal is regular, or begins with the makespan, or there is none.
    2. every task must end by a deadline or `within`: the last of those instants.
    3. a witness: the goal begins with the makespan, or there is none. Every schedule no longer than a known feasible
       one lies within the latter's makespan, so the optima do. The witness does one task after the other, in
       horizons that grow until it fits, and is judged.
    """
    probe = assemble(1)
    if not probe.task_count:
        return probe
    reasons = _against_shifting(probe)
    if not reasons:
        return _by_shifting(assemble, probe, findings, at)
    found = None
    if _beyond(probe):      # the last event may come after the last end
        _refuse(findings, reasons[0][1].span, reasons[0][0], *_untimed(probe))
        return None
    if all(t.within or "deadline" in t.clauses for t in probe.tasks if t.size):
        found = _by_ends(assemble)
    if found is None and (not probe.objective or _least_makespan(probe)):
        found = _by_witness(assemble, probe)
    if found is None:
        said, origin = reasons[0]
        _refuse(findings, at if origin is NO_ORIGIN else origin.span, said, *_untimed(probe))
    return found


def _untimed(model: Model) -> list[Label]:
    """The `time` statement, if there is one."""
    origin = model.axis.origin
    return [] if origin is NO_ORIGIN else [Label(origin.span, "no horizon is written here")]


def _refuse(findings: Findings, at: Span, why: str, *others: Label) -> None:
    fix = "say how far time goes: `time ... for 14 d`, or in a model of plain ticks `time for 100`"
    findings.error("E237", f"no horizon can be derived: {why}", at, *others, fix=fix)


def _against_shifting(model: Model) -> list[tuple[str, Origin]]:
    """What stands against the first rule, in words, with the statement at fault."""
    found = _beyond(model)
    if model.objective and not _least_makespan(model):
        found += [("the goal may be better with later tasks", s.origin) for s in model.objective if not regular(s)]
    for r in model.requires:
        if not holds_longer(r.condition, -1):
            found.append(("a condition may need later tasks", r.origin))
    tied = [a.origin for a in model.availability] + [w.origin for t in model.tasks for w in t.within]
    tied += [w.origin for t in model.tasks for m in t.modes for w in m.within]
    limited = [o.origin for o in model.orders if (o.hi < UNLIMITED).any()]
    if tied and model.objective and not _least_makespan(model):
        found.append(("a goal other than the makespan, with calendars or windows", model.objective[0].origin))
    if tied and limited:
        found.append(("maximal lags, with calendars or windows", limited[0]))
    return found + [("doing one task after the other does not fit the calendars and windows", o) for o in tied]


def _least_makespan(model: Model) -> bool:
    """Whether only schedules of least makespan matter."""
    return least_makespan(model.objective[0]) and not model.front


def _beyond(model: Model) -> list[tuple[str, Origin]]:
    """What may happen before a start or after an end: events, and demands on parts that lie outside of their task."""
    events = [e for t in model.tasks for e in (*t.events, *(e for m in t.modes for e in m.events))]
    found = [
        ("a stock changes some time before a start or after an end", e.origin) for e in events if e.shift.any()
    ]
    if inside(model).all():
        return found
    parts = [p for t in model.tasks for p in (*t.parts, *(p for m in t.modes for p in m.parts))]
    return found + [
        ("a task holds something before its start or after its end", p.origin) for p in parts if may_reach_out(p)
    ]


def shifted_horizon(model: Model) -> int:
    """A horizon in which no optimum of a regular goal is lost, without calendars, `within` and awkward conditions.

    Let cover(i) be the longest length of task i with the longest change of state that may follow it or, if more, the
    longest minimal lag that leads from it to another task, from start to start (a maximal lag below 0 is a minimal one
    back), and at least 1 in a `permutation`; let R be the latest release or, if more, the longest first change. The
    horizon is R plus the sum of all cover(i):

    Take a feasible schedule and an instant s > R at which some task starts, while every task i that starts before has
    S(i) + cover(i) < s. Move all tasks that start at s or later one tick to the left. Among themselves they keep lags
    and demands; their releases are past, deadlines and conditions only get slacker; the others have ended and their
    minimal lags have run out with a tick to spare, and maximal lags between the two get slacker. No two starts change
    their order, so that `permutation`s and the changes that are needed stay as they are. So it is feasible and for a
    regular goal no worse. When no such instant is left, each start s > R has an earlier task i with
    s <= S(i) + cover(i), and by induction s <= R + sum of cover(i) over all i that start before s; the last end comes
    no later than its task's length after that. What comes in n pieces counts n times, as its pieces do. If the goal
    begins with the makespan, the optima are among the schedules of least makespan whatever follows.
    """
    points = points_of(longest_lags(model))
    longest = model.longest
    tail, head = points.task_of[points.first], points.task_of[points.second]
    between = tail != head
    reach = points.weight + np.where(points.first >= points.tasks, longest[tail], 0)
    changes = reach_of(model)
    cover = np.maximum(longest, 0) + changes.after
    np.maximum.at(cover, tail[between], reach[between])
    for p in model.permutations:
        cover[p.first], cover[p.second] = np.maximum(cover[p.first], 1), np.maximum(cover[p.second], 1)
    for t in model.tasks:
        if t.pieces is not None:
            cover[t.first : t.first + t.size] *= np.maximum(t.pieces.most, 1)
    released = max(int(model.release.max(initial=0)), int(model.options.release.max(initial=0)))
    return max(released, int(changes.before.max(initial=0))) + int(cover.sum())


def _by_shifting(assemble: Assemble, probe: Model, findings: Findings, at: Span) -> Model | None:
    released = any("release" in clauses for t in probe.tasks for clauses in (t.clauses, *(m.clauses for m in t.modes)))
    horizon = max(1, shifted_horizon(assemble(MAX_TICKS) if released else probe))
    if horizon > MAX_TICKS:
        _refuse(findings, at, f"the work adds up to more than {MAX_TICKS} ticks")
        return None
    return assemble(horizon)


def _by_ends(assemble: Assemble) -> Model | None:
    """The second rule, seen in the longest horizon that the calendars reach: a shorter one could hide a `within`."""
    horizon = MAX_TICKS
    while horizon:
        try:
            model = assemble(horizon)
        except Fault:
            horizon //= _GROWTH
        else:
            end = _last_end(model)
            return None if end is None else assemble(_with_room(model, end))
    return None


def _by_witness(assemble: Assemble, probe: Model) -> Model | None:
    """The third rule.

    A model with a task that has no place even in the longest horizon is handed back: nothing is lost, and the checks
    that follow say why.
    """
    size, last = _GROWTH * max(16, min(shifted_horizon(probe), MAX_TICKS)), None
    while last is None or last.horizon < MAX_TICKS:
        try:
            model = assemble(min(size, MAX_TICKS))
        except Fault:
            if last is None:
                raise
            break       # calendars do not reach so far
        size, last = size * _GROWTH, model
        schedule = None if _homeless(model).any() else _one_by_one(model)
        if schedule is not None:
            return assemble(_with_room(model, int(schedule.end.max()))) if _holds(model, schedule) else None
    return last if last is not None and _homeless(last).any() else None


def _one_by_one(model: Model) -> Schedule | None:
    """One task after the other, each with its first choices."""
    plain, mode, member = first_choices(model)
    found = None if _homeless(plain).any() else serial_schedule(plain)
    return None if found is None else replace(found, mode=mode, member=member)


def _with_room(model: Model, end: int) -> int:
    """A horizon with all places up to `end`; a task of length 0 may stand there, in a `within` that begins there."""
    parts: list[Tasks | Modes] = [*model.tasks, *(m for t in model.tasks for m in t.modes)]
    marks = any(p.within and (p.shortest == 0).any() for p in parts)
    return max(end + marks, 1)


def _holds(model: Model, schedule: Schedule) -> bool:
    """Whether a serial schedule keeps what it does not see to by its construction."""
    if (schedule.end > model.deadline).any() or not points_of(model).kept_by(schedule.start, schedule.end):
        return False
    parted = len(model.part_demands.task) > 0 or any(t.pieces is not None for t in model.tasks)
    if len(model.addressed.task):
        return False        # it has no addresses
    judged = parted or model.requires or model.permutations or schedule.mode is not None or schedule.member is not None
    return not judged or (model.task_count <= _JUDGED and verify(model, schedule).holds)


def _homeless(model: Model) -> Flags:
    """Which tasks have no place in the horizon even alone."""
    model = spans(model)
    time, which = closed_times(model).worktime, closed_times(model).which
    start = np.zeros(model.task_count, dtype=np.int64)
    alone = np.where(
        model.pausable, time.end_of(which, start, model.shortest),
        time.next_fit(which, start, model.shortest) + model.shortest,
    )
    homeless: Flags = alone > model.horizon
    return homeless


def _last_end(model: Model) -> int | None:
    """The last instant at which a task may end, if deadlines and `within` clauses say so for every task.

    An end at the horizon may have been cut there; the spans of a weekly `within` go on to its last eight days.
    """
    end = np.where(model.deadline < model.horizon, model.deadline, UNLIMITED)
    windows = windows_of(model)
    resolution = model.axis.resolution_ns
    week = 0 if resolution is None else -(-8 * DAY_NS // resolution)
    last = np.zeros(len(windows.ptr) - 1, dtype=np.int64)
    owner = np.repeat(np.arange(len(last)), np.diff(windows.ptr))
    np.maximum.at(last, owner, windows.hi)
    sure = np.where(last < model.horizon - week, last, UNLIMITED)
    end[windows.tasks] = np.minimum(end[windows.tasks], sure[windows.which])
    return None if (end >= UNLIMITED).any() else int(end.max(initial=0))
