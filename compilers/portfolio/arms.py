"""The improvers of a run, and which of them is given the next slice.

An arm's worth is how often it improved the incumbent lately, w <- w + a (r - w) after each slice with r = 1 where it
did and else 0. The next slice goes to arm k with probability p + (1 - K p) w_k / sum w: probability matching, in
which a small p keeps every arm of K in play (Goldberg 1990; Thierens 2005). All arms begin with w = 1.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module

import numpy as np

from schedc.compilers.improve import Improver, Maker
from schedc.models.columns import Ints
from schedc.models.model import Model

_RATE = 0.3         # a
_LEAST = 0.1        # p
_OURS = ("evolve", "shops")
_WRONG = 5          # schedules in a row that the judge rejects, after which an arm is left out
_QUICK = 0.005      # seconds below which a slice without a better schedule counts as nothing done
_NOTHING = 20       # of them in a row


@dataclass(eq=False)
class Arm:
    """One improver with what is known of its luck."""

    improver: Improver
    worth: float = 1.0
    slices: int = 0
    wrong: int = 0
    nothing: int = 0

    @property
    def name(self) -> str:
        """As in events."""
        return self.improver.name

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

    def take(self) -> Arm | None:
        """The arm for the next slice, busy from now on; None where none is free."""
        if not self.ready:
            return None
        arm = self.ready[int(self._chance.choice(len(self.ready), p=shares([a.worth for a in self.ready])))]
        self.ready.remove(arm)
        self.busy.append(arm)
        return arm

    def give_back(self, arm: Arm, failed: bool = False) -> None:
        """It is free again, or left out."""
        self.busy.remove(arm)
        if not failed and not arm.spent:
            self.ready.append(arm)
            self.ready.sort(key=lambda a: a.name)       # threads may end in any order


def shares(worth: Sequence[float]) -> Sequence[float]:
    """The probability of each arm."""
    count = len(worth)
    least, total = min(_LEAST, 0.5 / count), sum(worth)
    if total <= 0:
        return [1 / count] * count
    return [least + (1 - count * least) * w / total for w in worth]


def makers() -> Mapping[str, Maker]:
    """What makes improvers, by the folder that it stands in; only what is installed."""
    found = {}
    for name in _OURS:
        with contextlib.suppress(ImportError, AttributeError):      # such as a missing numba: the others do without
            found[name] = import_module(f"schedc.compilers.{name}").improver
    return found


def memories(arms: Sequence[Arm]) -> dict[str, Ints]:
    """The memory of every arm, by ``arm/column``."""
    return {f"{arm.name}/{key}": column for arm in arms for key, column in arm.improver.memory().items()}


def recall(arm: Arm, memory: Mapping[str, Ints]) -> bool:
    """Give an arm its columns back; whether they were of use."""
    mine = {key.split("/", 1)[1]: column for key, column in memory.items() if key.startswith(f"{arm.name}/")}
    if not mine:
        return False
    try:
        arm.improver.recall(mine)
    except ValueError:
        return False
    return True


def made(model: Model, seed: int, deterministic: bool, failed: Callable[[str, BaseException], None]) -> list[Arm]:
    """The arms that are made for a model; `failed` is told of makers that raise."""
    found = []
    for name, make in makers().items():
        try:
            improver = make(model, seed, deterministic)
        except Exception as problem:        # a run must not fail by what only makes it better
            failed(name, problem)
            continue
        if improver is not None:
            found.append(Arm(improver))
    return found
