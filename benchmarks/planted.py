"""Models that can be kept but for a few statements among many: a feasible model around a hidden schedule, and on top
of it statements of which each is needed to make it infeasible.

The hidden schedule places every task; orders, windows, downtimes and capacities are then drawn such that it keeps them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

KINDS = ("precedence", "downtime", "windows", "capacity", "horizon", "service", "mixed", "logic")


@dataclass
class Writing:
    """A text under way; `planted` holds the numbers of the lines that cannot be kept together."""

    chance: Random
    horizon: int
    lines: list[str] = field(default_factory=list)
    planted: list[int] = field(default_factory=list)

    def say(self, text: str, planted: bool = False) -> None:
        """Add a line."""
        self.lines.append(text)
        if planted:
            self.planted.append(len(self.lines))


@dataclass(frozen=True)
class Planted:
    """A text, and the lines of it that were planted."""

    text: str
    lines: frozenset[int]
    kind: str


def planted(seed: int, statements: int, kind: str) -> Planted:
    """A model of about so many statements with a conflict of a kind."""
    chance = Random(f"{seed} {statements} {kind}")
    horizon = 200
    w = Writing(chance, horizon)
    w.say(f"time for {horizon}")
    if kind == "horizon":
        w.planted.append(1)
    machines = max(2, statements // 40)
    for m in range(machines):
        w.say(f"resource m{m} capacity {chance.choice([1, 2, 3])}")
    _around(w, statements - machines - 6, machines)
    _PLANTERS[kind](w)
    return Planted("\n".join([*w.lines, ""]), frozenset(w.planted), kind)


def _around(w: Writing, count: int, machines: int) -> None:
    """Tasks at hidden places one after the other on each machine, and statements that these places keep."""
    chance, free = w.chance, [0] * machines
    places: list[tuple[str, int, int, int]] = []
    tasks = max(6, count // 2)
    for k in range(tasks):
        m, size = chance.randrange(machines), chance.randint(1, 5)
        start = free[m] + chance.randint(0, 3)
        if start + size > w.horizon:
            continue
        free[m] = start + size
        words = [f"task t{k} lasts {size} uses m{m}"]
        if chance.random() < 0.2:
            words.append(f"release {max(0, start - chance.randint(0, 20))}")
        if chance.random() < 0.2:
            words.append(f"deadline {min(w.horizon, start + size + chance.randint(0, 30))}")
        w.say(" ".join(words))
        places.append((f"t{k}", start, start + size, m))
    for _ in range(count - len(places)):
        a, b = sorted(chance.sample(places, 2), key=lambda p: p[2])
        gap = b[1] - a[2]
        kind = chance.random()
        if gap >= 0 and kind < 0.6:
            w.say(f"order {a[0]} -> {b[0]} after {chance.randint(0, min(gap, 10))}")
        elif gap >= 0 and kind < 0.8:
            w.say(f"require start({b[0]}) - start({a[0]}) <= {b[1] - a[1] + chance.randint(0, 20)}")
        elif gap >= 0:
            w.say(f"exclusive {a[0]}, {b[0]}")
        else:
            w.say(f"require start({a[0]}) <= {a[1] + chance.randint(0, 30)}")


def _precedence(w: Writing) -> None:
    """A chain that is longer than its last deadline allows: lengths, arrows and the deadline."""
    size = w.chance.randint(2, 3)
    for k in range(size):
        last = f" deadline {12 * size - 5}" if k == size - 1 else ""
        w.say(f"task p{k} lasts 10{last}", planted=True)
    w.say(f"order {' -> '.join(f'p{k}' for k in range(size))} after 2", planted=True)


def _downtime(w: Writing) -> None:
    w.say("resource dock")
    w.say("task p0 lasts 6 uses dock within 40 .. 60", planted=True)
    w.say("downtime dock during 45 .. 56 as outage", planted=True)


def _windows(w: Writing) -> None:
    w.say("task p0 lasts 5 within 60 .. 90", planted=True)
    w.say("task p1 lasts 5 within 20 .. 68", planted=True)
    w.say("order p0 -> p1", planted=True)


def _capacity(w: Writing) -> None:
    """More work in a window than a resource can do in it."""
    size = w.chance.randint(2, 4)
    w.say("resource crew capacity 2", planted=True)
    for k in range(size):
        w.say(f"task p{k} lasts 10 uses crew 2 release 30 deadline {30 + 10 * size - 3}", planted=True)


def _horizon(w: Writing) -> None:
    w.say(f"task p0 lasts {w.horizon // 2}", planted=True)
    w.say(f"task p1 lasts {w.horizon // 2 + 1}", planted=True)
    w.say("order p0 -> p1", planted=True)


def _service(w: Writing) -> None:
    """A latency that a chain cannot keep."""
    w.say("task p0 lasts 4 release 10", planted=True)
    w.say("task p1 lasts 4", planted=True)
    w.say("order p0 -> p1 after 20", planted=True)
    w.say("require end(p1) - start(p0) <= 27", planted=True)


def _mixed(w: Writing) -> None:
    """A downtime, an arrow, a capacity and a deadline."""
    w.say("resource crane", planted=True)
    w.say("task p0 lasts 8 uses crane release 20", planted=True)
    w.say("task p1 lasts 8 uses crane deadline 43", planted=True)
    w.say("order p0 -> p1 after 3", planted=True)
    w.say("downtime crane during 28 .. 36", planted=True)


def _logic(w: Writing) -> None:
    """Conditions that only a search refutes: three tasks in any order, with breaks between them, before their ends."""
    w.say("task p0 lasts 5 release 50 deadline 66", planted=True)
    w.say("task p1 lasts 5 release 50 deadline 66", planted=True)
    w.say("task p2 lasts 4 release 50 deadline 66", planted=True)
    for a, b in ((0, 1), (0, 2), (1, 2)):
        w.say(f"require end(p{a}) + 2 <= start(p{b}) or end(p{b}) + 2 <= start(p{a})", planted=True)


_PLANTERS = {
    "precedence": _precedence, "downtime": _downtime, "windows": _windows, "capacity": _capacity, "horizon": _horizon,
    "service": _service, "mixed": _mixed, "logic": _logic,
}
