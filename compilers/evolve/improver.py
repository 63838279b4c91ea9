"""The evolutionary search as an improver: slices of compiled work, and a memory of genes."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import numpy as np

from schedc.compilers.backend import UnsuitableError
from schedc.compilers.constructs import CORE, Construct, used
from schedc.compilers.evolve.arrays import arrays_of, mirrored
from schedc.compilers.evolve.image import WAY, WAYS, WORK, arena, block_of
from schedc.compilers.evolve.rules import rules_of
from schedc.compilers.evolve.terms import GOALS, MUSTS, PLAIN, SIZE, STOCKS, program_of
from schedc.compilers.evolve.ways import Ways
from schedc.compilers.windows import Windows, windows
from schedc.models.columns import Ints, ragged
from schedc.models.model import Model
from schedc.models.schedule import Schedule

if TYPE_CHECKING:
    from schedc.compilers.evolve.bench import Bench
    from schedc.compilers.evolve.search import Scratch

TAKES = CORE | {
    Construct.OPTIONAL, Construct.GUARDED, Construct.MODES, Construct.MEMBERS, Construct.CHOICE_LAGS, Construct.STOCKS,
    Construct.CHANGES, Construct.SETUP_TIME,
}
PACE = 4_000_000        # placements that stand for a second in deterministic runs
_SLICE = 0.05           # seconds of compiled work between two looks at the clock
_FIRST, _MOST = 24, 400     # individuals at first, and at most
_LIMIT = 1 << 26            # numbers that a population may hold: 512 MiB


def improver(model: Model, seed: int, deterministic: bool = False) -> Evolve | None:
    """The search for a model; None for one that it is not made for, or that is impossible."""
    try:
        return Evolve(model, seed, deterministic)
    except UnsuitableError:
        return None


def refusal(model: Model) -> str | None:
    """Why a model is not for this search, from its shape alone; None where it is."""
    strange = [c.value for c in used(model) if c not in TAKES]
    if strange:
        return f"it does not know {', '.join(strange)}"
    if not model.task_count:
        return "there is nothing to place"
    if any(t.pausable and (t.modes or t.choices) for t in model.tasks):
        return "a task that pauses has something to choose"
    return None


class Evolve:
    """One search in one model; see `search`. Raises UnsuitableError for models that it is not made for."""

    name = "evolve"

    def __init__(self, model: Model, seed: int = 0, deterministic: bool = False, bounds: Windows | None = None) -> None:
        why = refusal(model)
        if why is not None:
            raise UnsuitableError(why)
        self._model, self._deterministic = model, deterministic
        bounds = bounds or windows(model)
        found = None if bounds.conflict else arrays_of(model, bounds, seed)
        if found is None:
            raise UnsuitableError(bounds.conflict or "its arrows go round in circles, or a task cannot be done")
        self._a, self._ways = found
        self._chance = np.array([seed], dtype=np.uint64)
        self._prepare(bounds)

    def _prepare(self, bounds: Windows) -> None:
        from schedc.compilers.evolve.fuzzy import AT_FIRST
        from schedc.compilers.evolve.population import CHANGING, CROSSING, NOTE, THRESHOLD, TRAITS, WANTED, Population
        from schedc.compilers.evolve.search import Problem

        image, p = mirrored(self._a), program_of(self._model)
        rules = rules_of(self._a), rules_of(image)
        self._t = Problem(block_of(self._a, self._ways, _waits(self._model, p)), block_of(image, self._ways), p, *rules)
        count, most = self._model.task_count, self._most()
        self._times = 1
        self._s = self._scratch()
        goals = int(p[GOALS]) + 1
        genes, placed = _blank(most + 2, count, 5), _blank(count, 7)
        self._q = Population(genes, _blank(most + 2, goals), _blank(most + 2, TRAITS), placed, _blank(NOTE))
        note = self._q.note
        note[WANTED], note[CROSSING], note[CHANGING], note[THRESHOLD] = min(_FIRST, most), 1000, 1000, AT_FIRST
        self._pace = float(PACE)

    def _most(self) -> int:
        return max(2, min(_MOST, _LIMIT // (5 * self._model.task_count)))

    def _scratch(self) -> Scratch:
        from schedc.compilers.evolve.search import Scratch

        count = self._model.task_count
        benches = self._bench(self._t.m), self._bench(self._t.image)
        return Scratch(*benches, _blank(int(self._t.p[SIZE])), _blank(count, 3), _blank((1 << 11) + 2))

    def _bench(self, block: Ints) -> Bench:
        from schedc.compilers.evolve.bench import Bench

        placed, segments = _blank(self._model.task_count, 7), _blank(arena(self._a, self._times), 4)
        return Bench(placed, segments, _blank(int(block[WORK])), _blank(8))

    @property
    def children(self) -> int:
        """How many individuals were made by crossing or changing so far."""
        from schedc.compilers.evolve.population import CHILDREN

        return int(self._q.note[CHILDREN])

    @property
    def cost(self) -> tuple[int, ...]:
        """Penalty and goals of the best individual."""
        from schedc.compilers.evolve.population import BEST

        return tuple(self._q.cost[self._q.note[BEST]].tolist())

    @property
    def fuzzy(self) -> tuple[float, float]:
        """The share of children that were judged fuzzily, and the mean error of the rank of those decoded later."""
        from schedc.compilers.evolve.population import CHILDREN, ERROR, GUESSES

        note = self._q.note
        return float(note[GUESSES] / max(1, note[CHILDREN])), float(note[ERROR] / 1000)

    def step(self, known: Schedule | None, seconds: float, stopped: Callable[[], bool]) -> Schedule | None:
        """The best schedule so far after about so many seconds more."""
        if known is not None and len(known.start) == self._model.task_count:
            self._admit(known)
        began = time.perf_counter()
        left = seconds * PACE
        while not stopped():
            slice_ = min(_SLICE * self._pace, left) if self._deterministic else _SLICE * self._pace
            at = time.perf_counter()
            done = self._run(int(slice_) + 1)
            if self._deterministic:
                left -= done
                if left <= 0:
                    break
            else:
                now = time.perf_counter()
                self._pace = max(1000.0, 0.5 * self._pace + 0.5 * done / max(1e-6, now - at))
                if now - began >= seconds:
                    break
        return self.best()

    def _run(self, placements: int) -> int:
        """So many placements of compiled work, about; how many there were."""
        from schedc.compilers.evolve.bench import FULL, PLACEMENTS
        from schedc.compilers.evolve.search import run

        s = self._s
        before = int(s.b.note[PLACEMENTS] + s.c.note[PLACEMENTS])
        run(self._t, s, self._q, self._chance, before + placements)
        done = int(s.b.note[PLACEMENTS] + s.c.note[PLACEMENTS]) - before
        if s.b.note[FULL] or s.c.note[FULL]:
            self._times *= 2
            self._s = self._scratch()
        return max(1, done)

    def best(self) -> Schedule | None:
        """The best individual as a schedule, None where it breaks the model for all that is known."""
        from schedc.compilers.evolve.population import SIZE

        if self._q.note[SIZE] == 0 or self.cost[0] > 0:
            return None
        return schedule_of(self._model, self._ways, self._t.m, self._q.best)

    def _admit(self, known: Schedule) -> None:
        """Put the genes of a schedule from elsewhere into the last row, to be decoded before anything else."""
        from schedc.compilers.evolve.population import GUEST

        genes, a, ways = self._q.genes[-1], self._a, self._ways
        genes[:, 0] = np.lexsort((a.rank, known.start))
        way = _chosen(ways, known)
        genes[:, 1] = np.where(way >= 0, way - ways.ptr[:-1], -1)
        genes[:, 2] = 1 if known.present is None else known.present
        genes[:, 3] = np.maximum(0, known.length - ways.length[np.where(way >= 0, way, ways.ptr[:-1])])
        genes[:, 4] = known.start
        self._q.note[GUEST] = 1

    def memory(self) -> Mapping[str, Ints]:
        """The population, and the state of chance."""
        return {**{k: v.copy() for k, v in self._q._asdict().items()}, "chance": self._chance.view(np.int64).copy()}

    def recall(self, memory: Mapping[str, Ints]) -> None:
        """Go on from a memory. Raises ValueError where it is of another model."""
        own = self.memory()
        if {k: v.shape for k, v in own.items()} != {k: np.asarray(v).shape for k, v in memory.items()}:
            raise ValueError("the memory is not of this model's search")
        for name, column in self._q._asdict().items():
            column[:] = memory[name]
        self._chance[:] = np.asarray(memory["chance"], dtype=np.int64).view(np.uint64)


def schedule_of(model: Model, ways: Ways, block: Ints, placed: Ints) -> Schedule:
    """A placed schedule in the model's terms."""
    start, end, length, there, done = placed[:, :5].T
    way = np.where(done >= 0, (done - block[WAYS]) // WAY, -1)
    present = there == 1 if any(t.optional for t in model.tasks) else None
    mode = member = None
    if len(model.options.task):
        mode = np.where(way >= 0, ways.option[np.maximum(way, 0)], -1)
    if len(model.picks.resource):
        member = np.zeros(len(model.picks.resource), dtype=np.bool_)
        chosen = way[way >= 0]
        member[ways.member[ragged(ways.member_ptr[chosen], ways.member_ptr[chosen + 1])]] = True
    return Schedule(start.copy(), end.copy(), length.copy(), present, mode, member)


def _chosen(ways: Ways, known: Schedule) -> Ints:
    """By task the number of the way in which a schedule does it, -1 where that is none of ours."""
    fits = np.ones(len(ways.task), dtype=np.bool_)
    if known.mode is not None:
        fits &= ways.option == known.mode[ways.task]
    if known.member is not None and len(ways.member):
        owner = np.repeat(np.arange(len(fits)), np.diff(ways.member_ptr))
        fits[owner[~known.member[ways.member]]] = False
    found = np.full(len(ways.ptr) - 1, -1, dtype=np.int64)
    found[ways.task[fits]] = np.flatnonzero(fits)
    return found


def _waits(model: Model, p: Ints) -> int:
    """Of a hundred changes, those that make a task wait: none for a makespan alone, many under conditions (ours)."""
    if p[PLAIN]:
        return 0
    return 30 if p[MUSTS] or p[STOCKS] else 10


def _blank(*shape: int) -> Ints:
    return np.zeros(shape, dtype=np.int64)
