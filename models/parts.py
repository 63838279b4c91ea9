"""The demands on parts of tasks by columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from schedc.models.columns import Flags, Ints
from schedc.models.expressions import Point

if TYPE_CHECKING:
    from schedc.models.model import Model
    from schedc.models.statements import Parts


class PartDemands(NamedTuple):
    """One demand a row, sorted by resource: amount of it on [first_point + first, last_point + last) of `task`, where
    `option` (-1: the task itself) is there."""

    task: Ints
    option: Ints
    resource: Ints
    amount: Ints
    first_point: Ints
    first: Ints
    last_point: Ints
    last: Ints


def part_demands_of(model: Model) -> PartDemands:
    """All demands on parts, of tasks and of options."""
    found = [(t.first + p.row, np.full(len(p.row), -1), p) for t in model.tasks for p in t.parts]
    found += [(t.first + m.row[p.row], m.first + p.row, p) for t in model.tasks for m in t.modes for p in m.parts]
    none = np.zeros(0, dtype=np.int64)
    rows = [
        (task, option, p.resource, p.amount, np.full(len(task), int(p.first_point)), p.first,
         np.full(len(task), int(p.last_point)), p.last) for task, option, p in found
    ]
    columns = [np.concatenate([none, *column]) for column in zip(*rows)] if rows else [none] * 8
    order = np.argsort(columns[2], kind="stable")
    return PartDemands(*(column[order] for column in columns))


def reach(parts: PartDemands, shortest: Ints, longest: Ints) -> tuple[Ints, Ints]:
    """The least and the greatest length of every part; `shortest` and `longest` are those of its task or option."""
    return _between(parts.last_point - parts.first_point, parts.last - parts.first, shortest, longest)


def range_of(part: Parts, shortest: Ints, longest: Ints) -> tuple[Ints, Ints]:
    """The same for the parts of one clause."""
    long = np.full(len(part.row), int(part.last_point) - int(part.first_point))
    return _between(long, part.last - part.first, shortest, longest)


def _between(long: Ints, shift: Ints, shortest: Ints, longest: Ints) -> tuple[Ints, Ints]:
    """long: 1 where a part grows with its task, -1 where it shrinks, else 0."""
    return (
        shift + np.where(long > 0, shortest, np.where(long < 0, -longest, 0)),
        shift + np.where(long > 0, longest, np.where(long < 0, -shortest, 0)),
    )


def lengths_of(model: Model, parts: PartDemands) -> tuple[Ints, Ints]:
    """The least and the greatest length of the task, or of the option, that each part belongs to."""
    own, options = parts.option < 0, model.options
    at = np.maximum(parts.option, 0)
    found = []
    for mine, theirs in ((model.shortest, options.shortest), (model.longest, options.longest)):
        lengths = mine[parts.task]
        if not own.all():
            lengths = np.where(own, lengths, theirs[at])
        found.append(lengths)
    return found[0], found[1]


def inside(model: Model) -> Flags:
    """Which parts can never reach beyond their task on either side."""
    p = model.part_demands
    shortest, _ = lengths_of(model, p)
    begins = np.where(p.first_point == Point.START, p.first >= 0, p.first + shortest >= 0)
    ends = np.where(p.last_point == Point.END, p.last <= 0, p.last <= shortest)
    return np.asarray(begins & ends)


def may_reach_out(part: Parts) -> bool:
    """Whether a clause says of some part that it begins before its task or ends after it, for some length."""
    begins = (part.first < 0) if part.first_point is Point.START else np.ones(len(part.first), dtype=np.bool_)
    ends = (part.last > 0) if part.last_point is Point.END else np.ones(len(part.last), dtype=np.bool_)
    return bool(np.any(begins | ends))
