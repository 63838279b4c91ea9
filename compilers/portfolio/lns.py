"""Large-neighbourhood search: a part of the incumbent is freed and searched again by CP-SAT, the rest is kept.

Kept tasks keep their choices, and either the order in which they hold resources (their places follow) or their places.
Asked is for something strictly better in one stage, with the stages before it no worse. Each pair of neighbourhood and
way of keeping is an arm; it is drawn like the improvers are (`arms.shares`), and has a size of its own, which grows
while CP-SAT exhausts the parts that it is given and shrinks while it does not. After Shaw 1998; Godard, Laborie and
Nuijten 2005 for the partial order.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from schedc.compilers.cpsat.encode import Encoded
from schedc.compilers.cpsat.reading import schedule_of
from schedc.compilers.cpsat.sheet import FREE, Affine, linear_text
from schedc.compilers.measure import costs
from schedc.compilers.portfolio.arms import shares
from schedc.compilers.portfolio.kept import arcs_of
from schedc.compilers.portfolio.neighbourhoods import DRAWS, Draw, Scene
from schedc.models.columns import Flags, Ints
from schedc.models.expressions import Makespan
from schedc.models.model import Model
from schedc.models.schedule import Schedule, Status

_WORK = 0.25            # the solver's deterministic time for one part, about a quarter of a second
_WALL = 1.0             # seconds for one part at most
_CHARGE = 0.05          # the least that a part counts in deterministic runs
_SIZE = 24              # tasks of a first part
_LEAST = 4
_GROW, _SHRINK = 1.15, 0.8
_RATE = 0.1             # of an arm's worth


@dataclass(eq=False)
class Way:
    """A neighbourhood with a way of keeping the rest, its size and its worth."""

    name: str
    draw: Draw
    places: bool
    size: float = _SIZE
    worth: float = 1.0

    def learn(self, better: bool, exhausted: bool, most: int) -> None:
        """Book a part that was searched."""
        self.worth += _RATE * (better - self.worth)
        self.size = min(float(most), max(_LEAST, self.size * (_GROW if exhausted else _SHRINK if not better else 1.0)))


@dataclass
class Lns:
    """The improver. native: the CpModel of the whole model, which is copied for every part."""

    model: Model
    encoded: Encoded
    native: Any
    seed: int
    deterministic: bool
    name: str = "lns"
    ways: list[Way] = field(init=False)
    rounds: int = 0
    _known: tuple[Schedule, list[int]] | None = None

    def __post_init__(self) -> None:
        self._chance = np.random.default_rng(self.seed)
        flowing = isinstance(self.model.objective[0].value, Makespan)
        kinds = (False,) if flowing else (False, True)      # with places kept a makespan hardly ever falls
        size = float(min(_SIZE, self.model.task_count))
        self.ways = [Way(name, draw, places, size) for places in kinds for name, draw in DRAWS.items()]

    def step(self, known: Schedule | None, seconds: float, stopped: Callable[[], bool]) -> Schedule | None:
        """Part after part, each from the best schedule so far."""
        if known is None or not self.model.objective or not self.model.task_count:
            return None
        best, scene, end, left = known, Scene(self.model, known), time.monotonic() + seconds, seconds
        while left > 0 and not stopped():
            found, work = self._part(scene, max(0.0, left))
            if found is not None:
                best, scene = found, Scene(self.model, found)
            left = left - max(work, _CHARGE) if self.deterministic else end - time.monotonic()
        return best

    def _part(self, scene: Scene, left: float) -> tuple[Schedule | None, float]:
        """Search one part; what is better, and the work that it took."""
        way = self._way()
        count = self.model.task_count
        freed = way.draw(scene, max(1, round(way.size)), self._chance)
        stage = self._stage()
        proto = self._proto(scene.schedule, freed, way, stage)
        status, values, work = self._solve(proto, left)
        found = None
        if values is not None:
            found = schedule_of(self.model, self.encoded.places, values)
            if costs(self.model, found) >= costs(self.model, scene.schedule):
                found = None
        exhausted = status in (Status.OPTIMAL, Status.INFEASIBLE)
        way.learn(found is not None, exhausted, count)
        return found, work

    def _way(self) -> Way:
        chances = shares([w.worth for w in self.ways])
        return self.ways[int(self._chance.choice(len(self.ways), p=chances))]

    def _stage(self) -> int:
        """The stage to improve: mostly the first, each later one half as often as the one before."""
        stage = int(self._chance.geometric(0.5)) - 1
        return stage % len(self.encoded.goals)

    # the part as a model

    def _proto(self, schedule: Schedule, freed: Flags, way: Way, stage: int) -> Any:
        proto = type(self.native.proto)()
        proto.copy_from(self.native.proto)
        values = self._values(schedule)
        lines = [*self._no_worse(schedule, stage), *self._choices(~freed, values)]
        if way.places:
            lines += self._places(np.flatnonzero(~freed), values)
        else:
            lines += self._orders(schedule, ~freed)
        proto.merge_text_format("\n".join(lines))
        proto.clear_objective()
        terms, _ = self.encoded.goals[stage]
        if terms:
            proto.merge_text_format(f"objective{{vars:{list(terms)} coeffs:{list(terms.values())}}}")
        return proto

    def _values(self, schedule: Schedule) -> list[int]:
        """Those of all variables in the incumbent, computed once for each."""
        if self._known is None or self._known[0] is not schedule:
            self._known = schedule, self.encoded.hints.values(len(self.encoded.sheet.lo), schedule)
        return self._known[1]

    def _no_worse(self, schedule: Schedule, stage: int) -> list[str]:
        now = costs(self.model, schedule)
        return [
            linear_text(self.encoded.goals[k][0], now[k] - self.encoded.goals[k][1] - (k == stage))
            for k in range(stage + 1)
        ]

    def _choices(self, kept: Flags, values: list[int]) -> list[str]:
        """Presence, modes and members of kept tasks."""
        places, found = self.encoded.places, []
        if places.present:
            found += [v for task, v in places.present.items() if kept[task]]
        if places.mode:
            found += [v for (v, _), task in zip(places.mode, self.model.options.task.tolist()) if kept[task]]
        if places.member:
            picks = self.model.picks
            owners = picks.task[picks.owner].tolist()
            found += [v for (v, _), task in zip(places.member, owners) if kept[task]]
        return [_fixed(v, values[v]) for v in dict.fromkeys(found) if v >= 0]

    def _places(self, kept: Ints, values: list[int]) -> list[str]:
        points = (self.encoded.places.start, self.encoded.places.end, self.encoded.places.length)
        found = dict.fromkeys(column[task][0] for task in kept.tolist() for column in points)
        return [_fixed(v, values[v]) for v in found if v >= 0]

    def _orders(self, schedule: Schedule, kept: Flags) -> list[str]:
        apart, starts = arcs_of(self.model, schedule, kept)
        start, end = self.encoded.places.start, self.encoded.places.end
        rows = [(end[a], start[b]) for a, b in apart] + [(start[a], start[b]) for a, b in starts]
        return [line for a, b in rows if (line := _after(a, b))]

    # the solver

    def _solve(self, proto: Any, left: float) -> tuple[Status, list[int] | None, float]:
        from ortools.sat.python import cp_model

        solver = cp_model.CpSolver()
        for name, value in self._parameters(left).items():
            setattr(solver.parameters, name, value)
        solver.solve(cp_model.CpModel(proto))
        response = solver.response_proto
        name = solver.status_name(response.status)
        self.rounds += 1
        status = {
            "OPTIMAL": Status.OPTIMAL, "FEASIBLE": Status.FEASIBLE, "INFEASIBLE": Status.INFEASIBLE,
        }.get(name, Status.UNKNOWN)
        found = status in (Status.OPTIMAL, Status.FEASIBLE)
        return status, list(response.solution) if found else None, float(response.deterministic_time)

    def _parameters(self, left: float) -> dict[str, Any]:
        chosen: dict[str, Any] = {
            "num_workers": 1, "random_seed": (self.seed + self.rounds) % 2**31, "catch_sigint_signal": False,
            "max_deterministic_time": _WORK, "cp_model_probing_level": 0, "symmetry_level": 0,
        }
        if isinstance(self.model.objective[0].value, Makespan):
            chosen["linearization_level"] = 0       # the relaxation says little of a makespan
        if not self.deterministic:
            chosen["max_time_in_seconds"] = max(0.01, min(_WALL, left))
        return chosen

    # memory

    def memory(self) -> Mapping[str, Ints]:
        """Sizes and worths in thousandths, by the order of the ways; how many parts were searched."""
        return {
            "size": np.array([round(1000 * w.size) for w in self.ways], dtype=np.int64),
            "worth": np.array([round(1000 * w.worth) for w in self.ways], dtype=np.int64),
            "rounds": np.array([self.rounds], dtype=np.int64),
        }

    def recall(self, memory: Mapping[str, Ints]) -> None:
        """Go on with them. Raises ValueError where they are not of as many ways."""
        size, worth, rounds = (memory.get(key, np.zeros(0, dtype=np.int64)) for key in ("size", "worth", "rounds"))
        if len(size) != len(self.ways) or len(worth) != len(self.ways) or len(rounds) != 1:
            raise ValueError("not a memory of this search")
        for way, s, w in zip(self.ways, size.tolist(), worth.tolist()):
            way.size = min(float(self.model.task_count), max(_LEAST, s / 1000))
            way.worth = min(1.0, max(0.0, w / 1000))
        self.rounds = max(0, int(rounds[0]))
        self._chance = np.random.default_rng((self.seed, self.rounds))


def _fixed(variable: int, value: int) -> str:
    return f"constraints{{linear{{vars:[{variable}] coeffs:[1] domain:[{value},{value}]}}}}"


def _after(a: Affine, b: Affine) -> str:
    """The text of b >= a; empty where both are constants, of which the incumbent has seen to it."""
    (x, p), (y, q) = a, b
    terms = {v: c for v, c in ((y, 1), (x, -1)) if v >= 0} if x != y else {}
    if not terms:
        return ""
    return f"constraints{{linear{{vars:{list(terms)} coeffs:{list(terms.values())} domain:[{p - q},{FREE}]}}}}"
