"""Reading what a schedule chose: the names of modes, and members from what each task says that it uses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from schedc.models.columns import Flags, Ints
from schedc.models.model import Model


class Chosen:
    """The columns `mode` and `member`, filled task by task."""

    def __init__(self, model: Model) -> None:
        self._model = model
        options, picks = model.options, model.picks
        self._mode: Ints = np.full(model.task_count, -1, dtype=np.int64)
        self._member: Flags = np.zeros(len(picks.resource), dtype=np.bool_)
        self._names = [m.family.label(k) for t in model.tasks for m in t.modes for k in range(m.size)]
        self._options: dict[int, dict[str, int]] = {}
        for k, task in enumerate(options.task.tolist()):
            self._options.setdefault(task, {})[self._names[k]] = k
        self._picks: dict[int, list[int]] = {}
        for i, task in enumerate(picks.task.tolist()):
            self._picks.setdefault(task, []).append(i)
        self._resources = [name for r in model.resources for name in r.family.labels()] if self._picks else []
        self._own: dict[int, list[tuple[int, int]]] = {}        # demands by task, and by option
        self._further: dict[int, list[tuple[int, int]]] = {}
        for found, rows in ((self._own, model.demands), (self._further, model.option_demands)):
            for k, resource, amount in zip(*(column.tolist() for column in rows)) if self._picks else ():
                found.setdefault(k, []).append((resource, amount))

    @property
    def mode(self) -> Ints | None:
        """The column of options; None where no task has modes."""
        return self._mode if self._options else None

    @property
    def member(self) -> Flags | None:
        """The column of candidates; None where nothing is to be chosen."""
        return self._member if self._picks else None

    def modes_of(self, task: int) -> Sequence[str]:
        """The names of a task's options, in order."""
        return list(self._options.get(task, ()))

    def choose(self, task: int, name: str) -> bool:
        """Give a task the mode of a name; False where it has none of that name."""
        found = self._options.get(task, {}).get(name)
        if found is None:
            return False
        self._mode[task] = found
        return True

    def picks_of(self, task: int) -> list[int]:
        """The choices that are in force for a task, its mode being known."""
        option = self._model.picks.option
        return [i for i in self._picks.get(task, ()) if option[i] < 0 or option[i] == self._mode[task]]

    def take(self, task: int, used: Sequence[tuple[str, int]]) -> None:
        """Take the members that a task says it uses, with how many units each, as far as its choices have them.

        What the task or its mode asks for by name is set aside first; a member is then matched to a choice by
        augmenting paths, so that choices with common candidates do not take each other's.
        """
        left = Counter(dict(used))
        for name, amount in self._by_name(task):
            left[name] -= amount
        taken: dict[int, list[int]] = {}        # resource: the candidates taken, one a unit
        for pick in self.picks_of(task):
            for _ in range(int(self._model.picks.wanted[pick])):
                self._augment(pick, left, taken, set())
        for candidates in taken.values():
            self._member[candidates] = True

    def _by_name(self, task: int) -> list[tuple[str, int]]:
        found = [*self._own.get(task, ()), *self._further.get(int(self._mode[task]), ())]
        return [(self._resources[r], a) for r, a in found]

    def _augment(self, pick: int, left: Counter[str], taken: dict[int, list[int]], seen: set[int]) -> bool:
        """Give a choice one more member, others moved out of the way where they can be."""
        picks = self._model.picks
        mine = range(int(picks.ptr[pick]), int(picks.ptr[pick + 1]))
        have = {c for held in taken.values() for c in held}
        for c in mine:
            resource = int(picks.resource[c])
            if c in have or resource in seen or left[self._resources[resource]] <= 0:
                continue
            seen.add(resource)
            held = taken.setdefault(resource, [])
            if len(held) < left[self._resources[resource]]:
                held.append(c)
                return True
            for other in list(held):
                if self._augment(int(picks.owner[other]), left, taken, seen):
                    held[held.index(other)] = c
                    return True
        return False
