"""A schedule from the values of a CP-SAT model's variables."""

from __future__ import annotations

import numpy as np

from schedc.compilers.cpsat.places import Places
from schedc.compilers.cpsat.sheet import Affine
from schedc.models.columns import Flags, Ints, ints
from schedc.models.model import Model
from schedc.models.schedule import Schedule


def schedule_of(model: Model, places: Places, values: list[int]) -> Schedule:
    """What the values of all variables say."""
    start, end, length = (ints(_read(points, values)) for points in (places.start, places.end, places.length))
    mode, member = _chosen(model, places, values), _taken(places, values)
    if not places.present:
        return Schedule(start, end, length, mode=mode, member=member, address=_addresses(model, places, values, None))
    present = np.ones(len(start), dtype=np.bool_)
    present[list(places.present)] = [bool(values[literal]) for literal in places.present.values()]
    address = _addresses(model, places, values, present)
    return Schedule(start * present, end * present, length * present, present, mode, member, address=address)


def _addresses(model: Model, places: Places, values: list[int], present: Flags | None) -> Ints | None:
    """The address of every use that has one, -1 where its task is absent."""
    if not places.address:
        return None
    found = ints(_read(places.address, values))
    return found if present is None else np.where(present[model.addressed.task], found, -1)


def _chosen(model: Model, places: Places, values: list[int]) -> Ints | None:
    """The option of every task, -1 where it has none."""
    if not places.mode:
        return None
    mode = np.full(model.task_count, -1, dtype=np.int64)
    chosen = np.flatnonzero(_read(places.mode, values))
    mode[model.options.task[chosen]] = chosen
    return mode


def _taken(places: Places, values: list[int]) -> Flags | None:
    return np.array(_read(places.member, values), dtype=np.bool_) if places.member else None


def _read(points: list[Affine], values: list[int]) -> list[int]:
    return [values[v] + c if v >= 0 else c for v, c in points]
