"""`optional`: who may be absent, and who is present together."""

from __future__ import annotations

import numpy as np

from schedc.models.statements import Tasks
from schedc.models.verify.case import Case, clause
from schedc.models.verify.verdict import Violation


def judge_presence(case: Case) -> None:
    """Only optional tasks are absent, and those with one decision are there together or not at all."""
    if case.present.all() and not any(family.optional for family in case.model.tasks):
        return
    for family in case.model.tasks:
        if family.optional:
            _judge_together(case, family)
        else:
            _judge_there(case, family)


def _judge_there(case: Case, family: Tasks) -> None:
    def tell(row: int) -> Violation:
        name = family.family.label(row)
        message = f"`{name}` is absent, and it is not optional"
        return Violation("presence", family.origin, name, message, 1, None, (name,))

    absent = np.flatnonzero(~case.present[family.first : family.first + family.size])
    case.report("presence", family.origin, absent, tell)


def _judge_together(case: Case, family: Tasks) -> None:
    if family.presence is None:
        return
    origin, deciders = clause(family, "optional"), family.presence

    def tell(row: int) -> Violation:
        name, other = family.family.label(row), case.model.task_name(int(deciders[row]))
        words = "is present without" if case.present[family.first + row] else "is absent, unlike"
        message = f"`{name}` {words} `{other}`, with which it shares one decision"
        return Violation("presence", origin, name, message, 1, None, (name, other))

    mine = case.present[family.first : family.first + family.size]
    case.report("presence", origin, np.flatnonzero(mine != case.present[deciders]), tell)
