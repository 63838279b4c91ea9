"""What choices of members hold together, said in advance: redundant, and it propagates before anybody is chosen.

For a set U of resources and the choices whose candidates all lie in U: at every tick the counts of those that are held
sum to at most the sum of the greatest capacities in U, for each holds that many units of U whoever is chosen. U is the
candidates of one choice, in turn, and all candidates together.
"""

from __future__ import annotations

import numpy as np

from schedc.compilers.cpsat.places import Places
from schedc.compilers.cpsat.sheet import Sheet
from schedc.models.model import Model
from schedc.models.presence import presence_of

_MOST = 100     # sets of candidates


def write_crews(model: Model, places: Places, sheet: Sheet) -> None:
    """One `cumulative` a set. Choices of modes, and those of tasks that may be absent or pause, are left out."""
    picks, loose = model.picks, presence_of(model).optional | model.pausable | (model.longest == 0)
    use = np.flatnonzero((picks.option < 0) & ~loose[picks.task])
    ptr, resource = picks.ptr.tolist(), picks.resource.tolist()
    sets = {k: frozenset(resource[ptr[k] : ptr[k + 1]]) for k in use.tolist()}
    different = dict.fromkeys(sets.values())
    if different:
        different[frozenset().union(*different)] = None
    capacity = model.capacity.tolist()
    for union in list(different) if len(different) <= _MOST else ():
        held: dict[int, int] = {}
        for k, own in sets.items():
            if own <= union:
                task = int(picks.task[k])
                held[task] = held.get(task, 0) + int(picks.wanted[k])
        total = sum(capacity[r] for r in union)
        if sum(held.values()) > total:
            sheet.cumulative([places.interval(sheet, t) for t in held], list(held.values()), total)
