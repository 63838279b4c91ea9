"""Building a first schedule: many quick generations, the best one kept."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from schedc.compilers.construct.breed import POPULATION, breed
from schedc.compilers.construct.climb import climb
from schedc.compilers.construct.instance import Instance, instance_of, mirrored, with_choices
from schedc.compilers.construct.pulls import Pulls, inherited, pulled_rules, pulls_of
from schedc.compilers.construct.rules import Keys, fixed_rules, random_rules
from schedc.compilers.construct.serial import Links, Placed, generate, links_of
from schedc.compilers.construct.units import rigid, together, units_of
from schedc.compilers.construct.ways import Done, chosen_columns
from schedc.compilers.measure import costs
from schedc.compilers.windows import Windows, of_certain
from schedc.models.batches import one_by_one
from schedc.models.columns import Ints
from schedc.models.expressions import Makespan
from schedc.models.model import Model
from schedc.models.options import longest_lags
from schedc.models.presence import bare, certain, whole
from schedc.models.schedule import Schedule

_PLACEMENTS = 250_000       # task placements in all, about a second or two
_PASSES = 60                # rules at most
_FIXED = 6                  # of them without chance
_JUSTIFIED = 20_000         # tasks up to which schedules are pushed right and left again
_RESTARTS = 60
_RIGID = 4           # more for each pair of tasks at a fixed distance
_PATIENCE = 3               # times as long for a first schedule as for better ones
QUICK = 3000                # tasks up to which the rules without chance take no time worth speaking of
_JUDGED = 5                 # candidates shown to the judge at most
_BRED = range(50, 3000)     # numbers of tasks for which breeding pays: fewer are soon searched through, more take long
_CHILDREN = 6               # a task, of about three generations each
_CLIMBED = range(8, 3000)   # numbers of tasks for which goals that pull at single tasks are climbed
_MOVES = 200                # a task
_BRED_PLACEMENTS = 1_000_000    # task placements in all while breeding, at most: tens of seconds


def construct(
    model: Model,
    bounds: Windows,
    seed: int = 0,
    seconds: float | None = None,
    floor: int | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Schedule | None:
    """A schedule that the judge accepts, or None where none was found; often good, never proved.

    Tasks get their least length and the mode and members with which they end first; optional ones are left out. Rules
    are tried one after another, as many as the size of the model allows; for a makespan each schedule is pushed to the
    right and to the left again (double justification, Valls, Ballestín and Quintanilla 2005). Schedules of a middling
    number of tasks are then crossed for a while; where due dates or weights stand in the goal, the best order is
    climbed from instead. seconds: wall time after which no further rule is begun (a first schedule has three times as
    long); floor: a makespan at which to stop.
    """
    construction = begin(model, bounds, seed, cancelled)
    if construction is None:
        return None
    construction.first(seconds, floor)
    construction.improve(seconds, floor)
    return construction.accepted()


def begin(
    model: Model, bounds: Windows, seed: int = 0, cancelled: Callable[[], bool] = lambda: False
) -> Construction | None:
    """The construction of a model's first schedules, nothing done yet; None for models that it is not made for."""
    if model.stocks or len(model.part_demands.task) or len(model.addressed.task):
        return None     # serial generation knows no levels, nothing that is held beside a task, and no addresses
    instance = instance_of(longest_lags(one_by_one(certain(whole(model)))), of_certain(model, bounds))
    links = links_of(instance)
    if links is None:
        return None
    return Construction(model, bounds, instance, links, seed, cancelled)


def _stopper(seconds: float | None, cancelled: Callable[[], bool]) -> Callable[[], bool]:
    end = None if seconds is None else time.monotonic() + seconds
    return lambda: cancelled() or (end is not None and time.monotonic() > end)


@dataclass
class Construction:
    """Candidates by cost, the best few of them kept. Each part of the search has seconds (None: all) of its own."""

    model: Model
    bounds: Windows
    instance: Instance
    links: Links
    seed: int
    cancelled: Callable[[], bool]
    stop: Callable[[], bool] = lambda: False
    floor: int | None = None
    passes: int = 0             # generations so far, those begun again included
    found: list[tuple[tuple[int, ...], Schedule]] = field(default_factory=list)

    def first(self, seconds: float | None, floor: int | None) -> None:
        """Try the rules without chance, as many as the size of the model allows."""
        self._begin(seconds, floor)
        self._run(self._rules(), self._allowed)
        backwards = not any(any(setup.first) for setup in self.instance.order.setups)
        small = self.model.task_count <= _JUSTIFIED
        if small and backwards and not self._regular() and not self.instance.ways and not self.stop():
            self._late()

    def improve(self, seconds: float | None, floor: int | None, known: Schedule | None = None) -> None:
        """Disturb the best rule at random, then cross what was found or climb from it. known: a good schedule."""
        self._begin(seconds, floor)
        if known is not None and not self.stop():
            self.cost(known.start.astype(np.float64))
        if self._enough():
            return
        self._run(random_rules(self.bounds, np.random.default_rng(self.seed)), self._allowed - _FIXED)
        self._refine()

    def _begin(self, seconds: float | None, floor: int | None) -> None:
        self.floor, self.stop = floor, self.cancelled
        if seconds is not None:
            hurry, patience = _stopper(seconds, self.cancelled), _stopper(_PATIENCE * seconds, self.cancelled)
            self.stop = lambda: hurry() if self.found else patience()

    @property
    def _allowed(self) -> int:
        return min(_PASSES, max(1, _PLACEMENTS // (4 * max(1, self.model.task_count))))

    def _run(self, rules: Iterator[tuple[str, Keys]], most: int) -> None:
        for _, keys in itertools.islice(rules, max(0, most)):
            self.cost(keys)
            if self._enough():
                break

    def _enough(self) -> bool:
        """Whether the floor or the end of the time is reached, or nothing better can be asked for."""
        asked = self.model.objective or self.model.requires
        return self.stop() or self._at_floor() or bool(self.found and not asked)

    def _refine(self) -> None:
        """Cross what was found, or climb from it; the work grows with the number of tasks."""
        count = self.model.task_count
        if self._pulls.some and self.found and count in _CLIMBED:
            done = self._spent(min(_MOVES * count, _BRED_PLACEMENTS // count))
            climb(self.found[0][1].start.astype(np.float64), self._units, self.cost, done, self.seed)
        elif count in _BRED and (self._regular() or self._ordered()):
            spent = self._spent(min(3 * _CHILDREN * count, _BRED_PLACEMENTS // (count + 1)))
            breed(lambda: [s.start for _, s in self.found], self._try, lambda: spent() or self._at_floor(), self.seed)

    def _spent(self, passes: int) -> Callable[[], bool]:
        """Whether so many more generations were made, or the time is over."""
        end = self.passes + passes
        return lambda: self.passes >= end or self.stop()

    @cached_property
    def _pulls(self) -> Pulls:
        return pulls_of(self.model)

    @cached_property
    def _units(self) -> Ints:
        return units_of(self.model, self.instance.order)

    @cached_property
    def _tied(self) -> int:
        """How many pairs of tasks stand at a fixed distance."""
        return len(rigid(self.model)[0])

    def _rules(self) -> Iterator[tuple[str, Keys]]:
        if self._pulls.some:
            pulls = inherited(self._pulls, self.instance, self.links)
            yield from (("pull", keys) for keys in pulled_rules(pulls, self.instance))
        yield from fixed_rules(self.instance, self.links, self.bounds)

    def _try(self, keys: Keys) -> None:
        self.cost(keys)

    def cost(self, keys: Keys) -> tuple[int, ...] | None:
        """What the schedule of these keys costs, pushed both ways as long as that helps; None without one."""
        if self._tied:
            keys = together(keys, self._units)
        placed = self._generated(self.instance, self.links, keys)
        if placed is None:
            return None
        cost = self._keep(placed)
        while len(placed.start) <= _JUSTIFIED and self._regular() and not self._at_floor() and not self.stop():
            better = self._justified(placed)
            if better is None or int(better.end.max(initial=0)) >= int(placed.end.max(initial=0)):
                break
            placed = better
            cost = self._keep(placed)
        return cost

    def _generated(self, instance: Instance, links: Links, keys: Keys) -> Placed | None:
        placed, passes = generate(instance, links, keys.tolist(), self.stop, _RESTARTS + _RIGID * self._tied)
        self.passes += passes
        return placed

    def _justified(self, placed: Placed) -> Placed | None:
        """Everything as late as the makespan allows, in order of falling ends; then as early as can be again."""
        late = self._latest(-placed.end.astype(np.float64), int(placed.end.max(initial=0)), placed.done)
        if late is None:
            return None
        fixed = with_choices(self.instance, placed.done)
        early = self._generated(fixed, self.links, late.start.astype(np.float64))
        return early and early._replace(done=placed.done)

    def _latest(self, keys: Keys, end: int, done: dict[int, Done]) -> Placed | None:
        """All tasks as late as an end allows, those with a choice done as they were."""
        image, links = self._turned(done) if done else self._image
        if links is None:
            return None
        late = replace(image, release=[image.horizon - min(e, end) for e in self.instance.latest_end])
        placed = self._generated(late, links, keys)
        if placed is None:
            return None
        return Placed(image.horizon - placed.end, image.horizon - placed.start, done)

    @cached_property
    def _image(self) -> tuple[Instance, Links | None]:
        return self._turned({})

    def _turned(self, done: dict[int, Done]) -> tuple[Instance, Links | None]:
        image = mirrored(with_choices(self.instance, done))
        return image, links_of(image)

    def _late(self) -> None:
        """A schedule with everything as late as can be, for goals that may want that."""
        placed = self._latest(-self.bounds.latest_end.astype(np.float64), self.model.horizon, {})
        if placed is not None:
            self._keep(placed)

    def _keep(self, placed: Placed) -> tuple[int, ...]:
        schedule = self._schedule(placed)
        cost = costs(self.model, schedule)
        if not any(cost == other and np.array_equal(schedule.start, s.start) for other, s in self.found):
            self.found.append((cost, schedule))
            self.found.sort(key=lambda pair: pair[0])
            del self.found[POPULATION:]
        return cost

    def _schedule(self, placed: Placed) -> Schedule:
        length = self.model.shortest
        if placed.done:
            length = length.copy()
            length[list(placed.done)] = [way.length for way in placed.done.values()]
        schedule = bare(self.model, Schedule(placed.start, placed.end, length))
        mode, member = chosen_columns(self.model, placed.done)
        return replace(schedule, mode=mode, member=member)

    def _regular(self) -> bool:
        goals = self.model.objective
        return bool(goals) and isinstance(goals[0].value, Makespan) and goals[0].sense == "minimize"

    def _ordered(self) -> bool:
        """Whether the order of tasks is what matters: crossing orders then pays for other goals, too."""
        return bool(self.model.objective and (self.instance.order.setups or self.instance.order.classes))

    def _at_floor(self) -> bool:
        return self._regular() and self.floor is not None and bool(self.found) and self.found[0][0][0] <= self.floor

    def accepted(self) -> Schedule | None:
        """The best candidate that the judge accepts."""
        from schedc.models.verify import verify

        return next((s for _, s in self.found[:_JUDGED] if verify(self.model, s).holds), None)
