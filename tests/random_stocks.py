"""Random tiny models with stocks as `.sched` text: events at starts, ends and beside them, of tasks and of modes,
both limits, budgets, and levels in conditions and goals."""

from __future__ import annotations

from random import Random
from typing import Any


class Writer:
    """Writes one text of up to four tasks; all choices even."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.h = self.pick(4, 7)
        self.size = self.pick(1, 2)
        self.lines: list[str] = []

    def pick(self, lo: int, hi: int) -> int:
        """An integer, both ends included."""
        return self.random.randint(lo, hi)

    def among(self, *values: Any) -> Any:
        """One of these."""
        return self.random.choice(values)

    def chance(self, out_of: int) -> bool:
        """True once in so many."""
        return self.random.randrange(out_of) == 0

    def write(self, timed: bool = True) -> str:
        """The whole text; without `timed` the horizon is left out."""
        self.lines = [f"time for {self.h}"] if timed else []
        starts = self.pick(0, 4)
        low = self.among(0, 0, 0, 1, -2)
        holds = self.among("", f" holds {low} .. {low + self.pick(2, 6)}", f" holds {low} .. unlimited")
        scale = self.among("", "", "0.5 * ", "3 * ")
        self.lines.append(f"stock s[k in 1 .. {self.size}]{holds} starts {starts} + k - 1")
        self.lines.append(f"stock pot starts {self.pick(1, 7)}")
        self.lines.append("resource saw")
        names = [f"t{k}" for k in range(self.among(2, 3, 3, 4 if timed else 3))]
        for name in names:
            self.write_task(name, scale, timed)
        for _ in range(self.among(0, 1, 1)):
            self.write_relation(names)
        level = f"level({self.stock()}, {self.pick(0, self.h)})"
        first = names[0]
        self.lines.append(self.among(
            "minimize makespan", f"maximize {level} then minimize makespan", f"minimize end({first}) + {level}",
            f"maximize start({first}) - {level}" if timed else "minimize makespan", "minimize makespan",
        ))
        return "\n".join(self.lines) + "\n"

    def stock(self) -> str:
        """A member."""
        return f"s[{self.pick(1, self.size)}]"

    def write_task(self, name: str, scale: str, timed: bool) -> None:
        """A task that changes stocks, itself or in its modes."""
        parts = [f"task {name}"]
        if self.chance(4):
            parts.append("optional")
        moded = self.chance(3)
        if not moded:
            lo = self.pick(0, 2)
            parts.append(f"lasts {lo} .. {lo + 1}" if self.chance(4) else f"lasts {lo}")
        if self.chance(4):
            parts.append("uses saw")
        if self.chance(5):
            parts.append(f"release {self.pick(0, 2)}")
        if not moded or self.chance(2):
            parts += self.events(scale, timed)
        if moded:
            for mode in ("a", "b"):
                parts.append(f"mode {mode} {{ lasts {self.pick(0, 2)}  {'  '.join(self.events(scale, timed))} }}")
        self.lines.append("  ".join(parts))

    def events(self, scale: str, timed: bool) -> list[str]:
        """What is taken and produced."""
        found = []
        for _ in range(self.among(1, 1, 2)):
            word = self.among("takes", "produces")
            at = self.among("", "", "", " at start", " at end")
            if timed and self.chance(5):
                at = f" at {self.among('start', 'end')} {self.among('+', '-')} {self.pick(0, 2)}"
            target = self.among(self.stock(), self.stock(), "s[*]" if self.size > 1 else "s[1]")
            found.append(f"{word} {target} {scale}{self.pick(0, 3)}{at}")
        if self.chance(3):
            found.append(f"takes pot {self.pick(0, 4)}")
        return found

    def write_relation(self, names: list[str]) -> None:
        """A condition on a level, or an order."""
        a, b = self.random.sample(names, 2)
        level = f"level({self.stock()}, {self.among(f'start({a})', f'end({a}) - 1', str(self.pick(0, self.h)))})"
        self.lines.append(self.among(
            f"order {a} -> {b}", f"require {level} {self.among('>=', '<=', '!=')} {self.pick(0, 5)}",
            f"require {level} >= {self.pick(0, 3)} or start({b}) >= {self.pick(1, 3)}",
            f"require start({a}) >= {self.pick(0, 2)}",
        ))


def random_stocks(seed: int, timed: bool = True) -> str:
    """One text."""
    return Writer(seed).write(timed)
