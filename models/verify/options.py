"""Modes and choices: who has which mode, what it says of length, dates and windows, and who takes which members."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from schedc.models.columns import Ints
from schedc.models.source import Origin
from schedc.models.statements import Choice, Modes, Tasks
from schedc.models.verify.case import Case, chosen_of, held
from schedc.models.verify.verdict import Kind, Violation
from schedc.models.verify.windows import inside, nearest

Tell = Callable[[int], Violation]


def judge_options(case: Case) -> None:
    """One mode for every present task that has modes, and what it says; the right number of members of each choice."""
    for family in case.model.tasks:
        if family.modes:
            _judge_mode(case, family)
            for modes in family.modes:
                rows = chosen_of(case.mode, family, modes)
                _judge_length(case, family, modes, rows)
                _judge_dates(case, family, modes, rows)
            _judge_within(case, family)
        for place, choice in _choices(family):
            _judge_choice(case, family, place, choice)


def _choices(family: Tasks) -> Iterator[tuple[Modes | None, Choice]]:
    yield from ((None, c) for c in family.choices)
    yield from ((m, c) for m in family.modes for c in m.choices)


def _judge_mode(case: Case, family: Tasks) -> None:
    tasks = np.arange(family.first, family.first + family.size)

    def tell(t: int) -> Violation:
        name = case.model.task_name(t)
        return Violation("mode", family.modes[0].origin, name, f"`{name}` has none of its modes", 1, None, (name,))

    case.report("mode", family.modes[0].origin, tasks[case.present[tasks] & (case.mode[tasks] < 0)], tell)


def _judge_length(case: Case, family: Tasks, modes: Modes, rows: Ints) -> None:
    """rows: the chosen options of one `mode`."""
    task = family.first + modes.row[rows]
    short, long = modes.shortest[rows] - case.length[task], case.length[task] - modes.longest[rows]
    origin = _clause(family, modes, "lasts")

    def tell(k: int) -> Violation:
        t, name = int(task[k]), case.model.task_name(int(task[k]))
        limit = modes.shortest[rows[k]] if short[k] > 0 else modes.longest[rows[k]]
        words = "less than the least" if short[k] > 0 else "more than the greatest"
        message = (
            f"`{name}` works {case.span(case.length[t])}, {words} length of {case.span(limit)} in its mode "
            f"`{modes.family.label(int(rows[k]))}`"
        )
        return Violation("length", origin, name, message, int(max(short[k], long[k])), int(case.start[t]), (name,))

    case.report("length", origin, np.flatnonzero((short > 0) | (long > 0)), tell)


def _judge_dates(case: Case, family: Tasks, modes: Modes, rows: Ints) -> None:
    task = family.first + modes.row[rows]
    early = np.where(modes.release[rows] > 0, modes.release[rows] - case.start[task], 0)
    late = np.where(modes.deadline[rows] < case.model.horizon, case.end[task] - modes.deadline[rows], 0)

    def told(kind: Kind, out: Ints, at: Ints, limits: Ints, verb: str, side: str) -> Tell:
        def tell(k: int) -> Violation:
            name = case.model.task_name(int(task[k]))
            message = (
                f"`{name}` {verb} at {case.when(at[task[k]])}, {case.span(out[k])} {side} the {kind} of its mode "
                f"`{modes.family.label(int(rows[k]))}` at {case.when(limits[rows[k]])}"
            )
            return Violation(kind, _clause(family, modes, kind), name, message, int(out[k]), int(at[task[k]]), (name,))

        return tell

    tell = told("release", early, case.start, modes.release, "starts", "before")
    case.report("release", _clause(family, modes, "release"), np.flatnonzero(early > 0), tell)
    tell = told("deadline", late, case.end, modes.deadline, "ends", "after")
    case.report("deadline", _clause(family, modes, "deadline"), np.flatnonzero(late > 0), tell)


def _clause(family: Tasks, modes: Modes, keyword: str) -> Origin:
    """Where a mode says something: its own clause, else its task's, else the mode."""
    return modes.clauses.get(keyword) or family.clauses.get(keyword) or modes.origin


def _judge_within(case: Case, family: Tasks) -> None:
    """The whole span lies in one span of one `within` of the chosen mode, where that has any."""
    for modes in family.modes:
        if not modes.within:
            continue
        rows = chosen_of(case.mode, family, modes)
        task = family.first + modes.row[rows]
        bound, fits = np.zeros(len(rows), dtype=np.bool_), np.zeros(len(rows), dtype=np.bool_)
        for clause in modes.within:
            said = np.flatnonzero(clause.which[rows] >= 0)
            bound[said] = True
            fits[said] |= inside(clause, rows[said], case.start[task[said]], case.end[task[said]])

        def tell(k: int, modes: Modes = modes, rows: Ints = rows, task: Ints = task) -> Violation:
            name, option = case.model.task_name(int(task[k])), int(rows[k])
            origin, amount, words = nearest(case, modes.within, option, int(task[k]))
            at = int(case.start[task[k]])
            stands = f"from {case.when(at)} to {case.when(case.end[task[k]])}"
            message = f"`{name}` stands {stands}, in its mode `{modes.family.label(option)}` {words}"
            return Violation("within", origin, name, message, amount, at, (name,))

        case.report("within", modes.within[0].origin, np.flatnonzero(bound & ~fits), tell)


def _judge_choice(case: Case, family: Tasks, modes: Modes | None, choice: Choice) -> None:
    """count[k] different members of each choice that is in force."""
    if not len(choice.row):
        return
    asked = held(case.present, case.mode, family, modes)[choice.row]
    taken = case.member[choice.first : choice.first + len(choice.resource)].astype(np.int64)
    found = np.diff(np.r_[0, np.cumsum(taken)][choice.ptr])
    task = family.first + (choice.row if modes is None else modes.row[choice.row])

    def tell(k: int) -> Violation:
        name, want, got = case.model.task_name(int(task[k])), int(choice.count[k]), int(found[k])
        message = f"`{name}` takes {got} of the members to choose from, not {want}"
        return Violation("member", choice.origin, name, message, abs(got - want), None, (name,))

    case.report("member", choice.origin, np.flatnonzero(asked & (found != choice.count)), tell)
