"""The improvers of a run, and which of them is given the next slice.

An arm's worth is how often it improved the incumbent lately, w <- w + a (r - w) after each slice with r = 1 where it
did and else 0. The next slice goes to arm k with probability p + (1 - K p) w_k / sum w: probability matching, in
which a small p keeps every arm of K in play (Goldberg 1990; Thierens 2005). All arms begin with w = 1.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from importlib import import_module

import numpy as np

from schedc.compilers.improve import Improver, Maker
from schedc.models.columns import Ints
from schedc.models.model import Model
from schedc.models.schedule import Schedule

_RATE = 0.3         # a
_LEAST = 0.1        # p
FOLDERS = ("evolve", "shops")
_WRONG = 5          # schedules in a row that the judge rejects, after which an arm is left out
_QUICK = 0.005      # seconds below which a slice without a better schedule counts as nothing done
_NOTHING = 20       # of them in a row


class AbsentError(Exception):
    """An improver that is not made for the model."""


@dataclass(eq=False)
class Arm:
    """One improver with what is known of its luck. It is made by its first slice, in the slice's own thread.

    name: as in events and in checkpoints; kept: the columns of a checkpoint from which it goes on.
    """

    name: str
    make: Callable[[], Improver | None]
    improver: Improver | None = None
    kept: Mapping[str, Ints] = field(default_factory=dict)
    worth: float = 1.0
    slices: int = 0
    wrong: int = 0
    nothing: int = 0

    def step(self, known: Schedule | None, seconds: float, stopped: Callable[[], bool]) -> Schedule | None:
        """A step of the improver. Raises AbsentError where there is none for the model."""
        if self.improver is None:
            self.improver = self.make()
            if self.improver is None:
                raise AbsentError(self.name)
            if self.kept:
                with contextlib.suppress(ValueError):       # a memory of something else: it begins afresh
                    self.improver.recall(self.kept)
        return self.improver.step(known, seconds, stopped)

    def memory(self) -> Mapping[str, Ints]:
        """What it would go on from; never while a step runs."""
        return self.kept if self.improver is None else self.improver.memory()

    def reward(self, better: bool, spent: float) -> None:
        """Book a slice of so many seconds."""
        self.slices += 1
        self.worth += _RATE * (better - self.worth)
        self.nothing = 0 if better or spent > _QUICK else self.nothing + 1

    def judged(self, holds: bool) -> None:
        """Book what the judge said of a schedule."""
        self.wrong = 0 if holds else self.wrong + 1

    @property
    def spent(self) -> bool:
        """Whether it is not worth asking again."""
        return self.wrong >= _WRONG or self.nothing >= _NOTHING


@dataclass
class Arms:
    """All arms of a run. Those that are busy or left out are not chosen."""

    seed: int
    ready: list[Arm] = field(default_factory=list)
    busy: list[Arm] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._chance = np.random.default_rng(self.seed)

    @property
    def all(self) -> list[Arm]:
        """Those that are still in play."""
        return [*self.ready, *self.busy]

    @property
    def untried(self) -> int:
        """How many have not ended a slice yet."""
        return sum(arm.slices == 0 for arm in self.all)

    def add(self, arm: Arm) -> None:
        """One more."""
        self.ready.append(arm)
        self.ready.sort(key=lambda a: a.name)

    def take(self) -> Arm | None:
        """The arm for the next slice, busy from now on: one without a slice yet, or drawn; None where none is free."""
        if not self.ready:
            return None
        drawn = self.ready[int(self._chance.choice(len(self.ready), p=shares([a.worth for a in self.ready])))]
        arm = next((a for a in self.ready if not a.slices), drawn)
        self.ready.remove(arm)
        self.busy.append(arm)
        return arm

    def give_back(self, arm: Arm, failed: bool = False) -> None:
        """It is free again, or left out."""
        self.busy.remove(arm)
        if not failed and not arm.spent:
            self.add(arm)       # sorted: threads may end in any order


def shares(worth: Sequence[float]) -> Sequence[float]:
    """The probability of each arm."""
    count = len(worth)
    least, total = min(_LEAST, 0.5 / count), sum(worth)
    if total <= 0:
        return [1 / count] * count
    return [least + (1 - count * least) * w / total for w in worth]


def arms_for(model: Model, seed: int, deterministic: bool) -> list[Arm]:
    """The arms of the folders of improvers, whether or not they turn out to be made for the model."""

    def made(folder: str) -> Improver | None:
        try:
            maker: Maker = import_module(f"schedc.compilers.{folder}").improver
        except ImportError:         # such as a missing numba
            return None
        return maker(model, seed, deterministic)

    return [Arm(folder, partial(made, folder)) for folder in FOLDERS]
