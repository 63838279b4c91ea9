"""Short ways to put a schedule before the judge."""

from __future__ import annotations

from typing import NamedTuple

from made import Maker

from schedc.models.columns import ints
from schedc.models.model import Model
from schedc.models.schedule import Schedule
from schedc.models.verify import Verdict, verify


class Found(NamedTuple):
    """What a test looks at in a violation."""

    kind: str
    line: int
    what: str
    member: str
    amount: int
    at: int | None


def schedule(*rows: tuple[int, ...]) -> Schedule:
    """(start, end) or (start, end, length) of each task; the length is the whole span unless said."""
    return Schedule(
        ints(r[0] for r in rows), ints(r[1] for r in rows), ints(r[2] if len(r) > 2 else r[1] - r[0] for r in rows)
    )


def judge(model: Model | Maker, *rows: tuple[int, ...]) -> Verdict:
    """The verdict on these rows, one a task."""
    return verify(model.model() if isinstance(model, Maker) else model, schedule(*rows))


def found(model: Model | Maker, *rows: tuple[int, ...]) -> list[Found]:
    """The violations, in the judge's order."""
    return [
        Found(v.kind, v.origin.span.line, v.origin.what, v.member, v.amount, v.at)
        for v in judge(model, *rows).violations
    ]
