"""Addresses of contiguous resources in schedule.json: in the author's unit, one a use."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction

import numpy as np

from schedc.models.columns import Ints
from schedc.models.model import Model
from schedc.models.schedule import Schedule

_FURTHEST = 1 << 61


def addresses_of(model: Model, schedule: Schedule) -> Callable[[int, str], Fraction | None]:
    """A function from a task's number and a resource's name to the address of that use; None where it has none."""
    if schedule.address is None:
        return lambda task, resource: None
    uses, known = model.addressed, {}
    for task, r, address in zip(uses.task.tolist(), uses.resource.tolist(), schedule.address.tolist()):
        known[task, model.resource_name(r)] = address * model.resource_family(r)[0].scale
    return lambda task, resource: known.get((task, resource))


class Addresses:
    """The column of addresses, filled task by task; -1 where nothing was said."""

    def __init__(self, model: Model) -> None:
        uses = model.addressed
        self._found: Ints = np.full(len(uses.task), -1, dtype=np.int64)
        self._wanted: dict[int, dict[str, tuple[int, Fraction]]] = {}
        for k, (task, r) in enumerate(zip(uses.task.tolist(), uses.resource.tolist())):
            scale = model.resource_family(r)[0].scale
            self._wanted.setdefault(task, {})[model.resource_name(r)] = k, scale

    @property
    def column(self) -> Ints | None:
        """All addresses; None where no use has one."""
        return self._found if len(self._found) else None

    def take(self, task: int, uses: object) -> str | None:
        """Note the addresses that a task's uses tell; what is wrong with them, in words."""
        for name, (number, scale) in self._wanted.get(task, {}).items():
            said = [u.get("address") for u in uses if isinstance(u, Mapping) and u.get("resource") == name] if (
                isinstance(uses, list)) else []
            if not said or isinstance(said[0], bool) or not isinstance(said[0], int | float):
                return f"expected the address of `{name}`"
            step = Fraction(said[0]) / scale if abs(said[0]) < _FURTHEST else Fraction(1, 2)
            if step.denominator != 1 or abs(step) >= _FURTHEST:
                return f"the address of `{name}` is no multiple of {scale}, in which its amounts are counted"
            self._found[number] = int(step)
        return None
