"""Random tiny models with demands on parts of tasks as `.sched` text: inside and beside their tasks, of fixed and of
varying length, of optional tasks and of modes, growing ones, and resources that are closed at times."""

from __future__ import annotations

from random import Random
from typing import Any


class Writer:
    """Writes one text of up to four tasks; all choices even."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.h = self.pick(4, 8)

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
        """The whole text; without `timed` the horizon is left out, and all parts lie in their tasks."""
        lines = [f"time for {self.h}"] if timed else []
        lines.append(f"resource r[k in 1 .. 2] capacity {self.pick(1, 4)}")
        lines.append(f"resource s capacity {self.pick(1, 3)}")
        if self.chance(3):
            a = self.pick(0, self.h - 2)
            lines.append(f"downtime r[1] during {a} .. {a + self.pick(1, 2)} leaving {self.pick(0, 1)}")
        names = [f"t{k}" for k in range(self.among(2, 3, 3, 4))]
        lines += [self.task(name, timed) for name in names]
        a, b = self.random.sample(names, 2)
        later = f"order start({a}) -> end({b}) after 1"
        lines.append(self.among("", f"order {a} -> {b}", f"require start({a}) <= end({b})", later))
        late = f"maximize start({a})" if timed else "minimize makespan"
        lines.append(self.among("minimize makespan", f"minimize end({a}) + 2 * end({b})", late, "minimize makespan"))
        return "\n".join(lines) + "\n"

    def task(self, name: str, timed: bool) -> str:
        """A task with parts, of its own or of its modes."""
        parts = [f"task {name}"]
        if timed and self.chance(5):
            parts.append("optional")
        moded = self.chance(4)
        if not moded:
            lo = self.pick(0, 3)
            parts.append(f"lasts {lo} .. {lo + self.pick(1, 2)}" if self.chance(3) else f"lasts {max(lo, 1)}")
            parts += self.uses(timed)
        if self.chance(6):
            parts.append(f"deadline {self.pick(3, self.h)}")
        for mode in ("a", "b") if moded else ():
            lo = self.pick(1, 3)
            lasts = f"lasts {lo} .. {lo + 1}" if self.chance(4) else f"lasts {lo}"
            parts.append(f"mode {mode} {{ {lasts}  {'  '.join(self.uses(timed))} }}")
        return "  ".join(parts)

    def uses(self, timed: bool) -> list[str]:
        """One or two demands."""
        found = []
        for _ in range(self.among(1, 1, 2)):
            what = f"uses {self.among('r[1]', 'r[1]', 'r[2]', 's')} {self.pick(0, 2)}"
            kind = self.among("", " part", " part", " grow")
            if kind == " part" and timed:
                a = self.pick(-2, 2)
                b = self.pick(max(a - 1, -2), 2)
                points = self.among(
                    (f"start + {a}", f"end + {b}"), (f"start + {a}", f"start + {a + self.pick(0, 2)}"),
                    (f"end + {b}", f"end + {b + self.pick(0, 2)}"), (f"end + {b}", f"start + {b + self.pick(3, 5)}"),
                )
                what += f" during {points[0]} .. {points[1]}".replace("+ -", "- ")
            elif kind == " part":
                what += self.among(" during start + 1 .. end", " during start .. end - 1")
            elif kind == " grow":
                what += f" growing {self.pick(0, 3)} per {self.pick(1, 3)}"
            found.append(what)
        return found


def random_parts(seed: int, timed: bool = True) -> str:
    """One text."""
    return Writer(seed).write(timed)
