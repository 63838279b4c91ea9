"""Parts of tasks that can never be held where they would lie."""

from __future__ import annotations

import numpy as np

from schedc.dsl.phrases import and_more, availability_of, labels_of
from schedc.models.amounts import amount_text
from schedc.models.columns import Flags, Ints
from schedc.models.diagnostics import Findings, Label
from schedc.models.expressions import Point
from schedc.models.model import Model
from schedc.models.parts import range_of
from schedc.models.profile import capacity_profiles
from schedc.models.statements import Parts, Tasks


def check_parts(model: Model, findings: Findings) -> None:
    """E315: a part that lies beyond the horizon wherever its task is; E210: one of more than there ever is.

    Only parts that are held for certain are looked at: of tasks that are always there, not empty for any length.
    """
    if not len(model.part_demands.task):
        return
    peak = model.capacity.copy()
    for r, steps in capacity_profiles(model).items():
        peak[r] = steps.capacity.max()
    for t in model.tasks:
        for p in t.parts:
            sure = range_of(p, t.shortest[p.row], t.longest[p.row])[0] > 0
            _beyond(model, findings, t, p, sure)
            _too_much(model, findings, t, p, sure & (p.amount > peak[p.resource]), peak)


def _beyond(model: Model, findings: Findings, t: Tasks, p: Parts, sure: Flags) -> None:
    h = model.horizon
    end = np.minimum(t.deadline, h)[p.row]
    latest = (end - t.shortest[p.row] if p.first_point is Point.START else end) + p.first
    begin = np.maximum(t.release, 0)[p.row]
    earliest = (begin if p.last_point is Point.START else begin + t.shortest[p.row]) + p.last
    early, late = np.flatnonzero(sure & (latest < 0)), np.flatnonzero(sure & (earliest > h))
    for rows, out, words in ((early, -latest, "before the origin"), (late, earliest - h, "after the horizon")):
        if len(rows):
            k = int(rows[0])
            name, what = t.family.label(int(p.row[k])), model.resource_name(int(p.resource[k]))
            by = model.axis.span_text(int(out[k]))
            message = f"`{name}` would hold `{what}` from {by} {words}" if rows is early else (
                f"`{name}` would hold `{what}` until {by} {words}"
            )
            sides = labels_of([t.clauses[c] for c in ("release", "deadline") if c in t.clauses])
            findings.error("E315", message + and_more(len(rows)), Label(p.origin.span), *sides)
            return


def _too_much(model: Model, findings: Findings, t: Tasks, p: Parts, over: Flags, peak: Ints) -> None:
    rows = np.flatnonzero(over)
    if not len(rows):
        return
    k = int(rows[0])
    r = int(p.resource[k])
    owner, _ = model.resource_family(r)
    asked, has, nominal = (amount_text(owner, int(a)) for a in (p.amount[k], peak[r], model.capacity[r]))
    calendars = availability_of(model, [r]) if peak[r] < model.capacity[r] else []
    words = "never has more than" if calendars else "has"
    message = f"`{t.family.label(int(p.row[k]))}` needs {asked} of `{model.resource_name(r)}`, which {words} {has}"
    findings.error(
        "E210", message + and_more(len(rows)), Label(p.origin.span, asked),
        Label(owner.origin.span, f"capacity {nominal}"), *labels_of(calendars),
        fix="ask for less, or raise the capacity",
    )
    findings.withdraw("W401", p.origin.span)
