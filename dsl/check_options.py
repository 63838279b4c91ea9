"""Modes that can never be chosen, and choices among members that are never there."""

from __future__ import annotations

import numpy as np

from schedc.dsl.check_tasks import Case
from schedc.dsl.phrases import and_more
from schedc.models.amounts import amount_text
from schedc.models.columns import Flags, Ints
from schedc.models.diagnostics import Label
from schedc.models.statements import Choice, Modes, Tasks


def check_options(case: Case) -> None:
    """W408 for a mode with options that can never be, E220 where a task has no other, or no members to choose."""
    for family in case.model.tasks:
        if family.optional:
            continue        # it may be left out
        for choice in family.choices:
            bad = _too_few(case, choice) & (family.shortest[choice.row] > 0)
            if bad.any():
                _tell_choice(case, family, choice, int(np.flatnonzero(bad)[0]), int(bad.sum()))
        if family.modes:
            _check_modes(case, family)


def _peak(case: Case) -> Ints:
    peak = case.model.capacity.copy()
    for r, steps in case.profiles.items():
        peak[r] = steps.capacity.max()
    return peak


def _too_few(case: Case, choice: Choice) -> Flags:
    """Which choices have fewer members that are ever there than they take."""
    there = np.r_[0, np.cumsum(_peak(case)[choice.resource] >= 1)]
    few: Flags = np.diff(there[choice.ptr]) < choice.count
    return few


def _tell_choice(case: Case, family: Tasks, choice: Choice, k: int, count: int) -> None:
    name = family.family.label(int(choice.row[k]))
    message = (
        f"`{name}` can never run: it takes {int(choice.count[k])} different members, and too few of them are "
        f"ever there{and_more(count)}"
    )
    case.findings.error("E220", message, choice.origin.span)


def _check_modes(case: Case, family: Tasks) -> None:
    why = [_reasons(case, family, modes) for modes in family.modes]
    left = np.zeros(family.size, dtype=np.int64)
    for modes, reasons in zip(family.modes, why):
        np.add.at(left, modes.row[[not w for w in reasons]], 1)
    bare = np.flatnonzero(left == 0)
    if len(bare):
        row = int(bare[0])
        others = [
            Label(m.origin.span, w[k]) for m, w in zip(family.modes, why) for k in np.flatnonzero(m.row == row).tolist()
        ]
        message = f"`{family.family.label(row)}` can never run: none of its modes can be chosen{and_more(len(bare))}"
        case.findings.error("E220", message, others[0], *others[1:8])
    for modes, reasons in zip(family.modes, why):
        rows = [k for k, w in enumerate(reasons) if w and left[modes.row[k]]]
        if rows:
            name = f"{family.family.label(int(modes.row[rows[0]]))}.{modes.family.label(rows[0])}"
            message = f"`{name}` can never be chosen: {reasons[rows[0]]}{and_more(len(rows))}"
            case.findings.warning("W408", message, modes.origin.span)


def _reasons(case: Case, family: Tasks, modes: Modes) -> list[str]:
    """For each option why it can never be, empty where it may."""
    model, text = case.model, case.model.axis.span_text
    found = [""] * modes.size
    release = np.maximum(modes.release, family.release[modes.row])
    deadline = np.minimum(np.minimum(modes.deadline, family.deadline[modes.row]), model.horizon)
    for k in np.flatnonzero(release + modes.shortest > deadline).tolist():
        room = max(0, int(deadline[k] - release[k]))
        found[k] = f"it lasts {text(int(modes.shortest[k]))}, and there is {text(room)} for it"
    peak, demands = _peak(case), model.option_demands
    over = demands.amount > peak[demands.resource]
    for option, r, amount in zip(demands.option[over], demands.resource[over], demands.amount[over]):
        k = int(option) - modes.first
        if 0 <= k < modes.size and modes.shortest[k] > 0:
            owner, _ = model.resource_family(int(r))
            asked, has = amount_text(owner, int(amount)), amount_text(owner, int(peak[r]))
            found[k] = f"it needs {asked} of `{model.resource_name(int(r))}`, which has {has}"
    for choice in modes.choices:
        for k in choice.row[_too_few(case, choice)].tolist():
            if modes.shortest[k] > 0:
                found[k] = "too few of the members to choose from are ever there"
    return found
