"""Random tiny models about order as `.sched` text: states and changes of every kind, permutations, set-up time."""

from __future__ import annotations

from random import Random
from typing import Any


class Writer:
    """Writes one text of up to four tasks; all choices even."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.h = self.pick(6, 9)
        self.lines: list[str] = []
        self.paired: set[str] = set()       # resources whose changes are said by pairs

    def pick(self, lo: int, hi: int) -> int:
        """An integer, both ends included."""
        return self.random.randint(lo, hi)

    def among(self, *values: Any) -> Any:
        """One of these."""
        return self.random.choice(values)

    def chance(self, out_of: int) -> bool:
        """True once in so many."""
        return self.random.randrange(out_of) == 0

    def write(self) -> str:
        """The whole text."""
        self.lines = [f"time for {self.h}"]
        cells = "; ".join(f"{k}, {a}, {b}, {self.pick(0, 4)}" for k in (1, 2) for a in (1, 2, 3) for b in (1, 2, 3)
                          if a != b)
        if not self.chance(3):
            self.lines.append(f"table setup key k, a, b {{ k: int, a: int, b: int, time: int }} rows {{ {cells} }}")
        names = [self.write_resource(k) for k in range(self.among(1, 1, 2))]
        if self.chance(3):
            lo = self.pick(1, self.h - 2)
            name = self.among(*names)
            which = f"{name}[*]" if "[" in self.lines[-1].split(" change")[0] and name == names[-1] else None
            if which is None and f"resource {name}[" in "".join(self.lines):
                which = f"{name}[1]"
            self.lines.append(f"downtime {which or name} during {lo} .. {lo + self.pick(1, 2)}")
        if self.chance(3):
            self.write_shop(names)
        else:
            for k in range(self.among(2, 3, 3)):
                self.write_task(f"t{k}", names)
            if self.chance(2):
                lag = self.among("", " after 1", " after 0 .. 0", " after 0 .. 2")
                self.lines.append(f"order t0 -> t1{lag}")
        self.write_goal()
        return "\n".join(self.lines) + "\n"

    # ---- resources ----

    def write_resource(self, number: int) -> str:
        """A resource or a family of two, with a change."""
        name = f"m{number}"
        family = self.among("", "", "[k in 1 .. 2]")
        capacity = self.among("", "", " capacity 2", " capacity unlimited")
        kinds = ["scalar", "scalar", "map", "map", "let"]
        if any(line.startswith("table") for line in self.lines):
            kinds += ["table", "table"]
        kind = self.among(*kinds)
        if kind == "scalar":
            change = str(self.pick(0, 3))
            if family and self.chance(2):
                change = "k"
        elif kind == "map":
            arcs = ", ".join(f"{a} -> {b}: {self.pick(0, 4)}" for a in (1, 2, 3) for b in (1, 2, 3) if a != b)
            change = f"{{ {arcs} }}"
        elif kind == "let":
            self.lines.append(f"let d{number}[p in 1 .. 3, q in 1 .. 3] = abs(p - q) * {self.pick(0, 2)}")
            change = f"d{number}"
        else:
            change = f"setup[{'k' if family else '1'}, *, *].time"
        if kind != "scalar":
            self.paired.add(name)
        starts = f" starts {self.pick(1, 3)}" if self.chance(3) else ""
        self.lines.append(f"resource {name}{family}{capacity} change {change}{starts}")
        return name

    def state(self, name: str) -> str:
        """The state of a use; needed where changes are said by pairs."""
        return f" at {self.pick(1, 3)}" if name in self.paired or self.chance(2) else ""

    def use(self, names: list[str]) -> str:
        """A use of a resource, or of one of a family."""
        name = self.among(*names)
        if not any(line.startswith(f"resource {name}[") for line in self.lines):
            return f"{name}{self.state(name)}"
        if self.chance(2):
            return f"{self.among(1, 1, 2)} of {name}{self.state(name)}"
        return f"{name}[{self.pick(1, 2)}]{self.state(name)}"

    # ---- tasks ----

    def length(self) -> str:
        """A fixed length or a range."""
        lo = self.among(1, 1, 2, 2, 0, 3)
        return f"{lo} .. {lo + 1}" if self.chance(5) else str(lo)

    def write_task(self, name: str, names: list[str]) -> None:
        """A task that uses one, now and then two, of the resources."""
        parts = [f"task {name} "]
        kind = self.among("plain", "plain", "plain", "modes")
        if self.chance(4):
            parts.append("optional")
        if kind == "modes":
            for k in (1, 2):
                uses = f" uses {self.use(names)}" if not self.chance(4) else ""
                parts.append(f"mode o{k} {{ lasts {self.length()}{uses} }}")
            if self.chance(3):
                parts.append(f"uses {self.use(names)}")
        else:
            parts.append(f"lasts {self.length()}")
            for _ in range(self.among(1, 1, 1, 2)):
                use = self.use(names)
                parts.append(f"uses {use}")
                if " of " not in use and self.chance(6):
                    parts.append("pausable")
                    break
        if "pausable" in parts and any(" of " in p for p in parts):
            parts.remove("pausable")
        if self.chance(6):
            parts.append(f"release {self.pick(0, 3)}")
        self.lines.append(" ".join(parts))

    def write_shop(self, names: list[str]) -> None:
        """Two or three families of two or three tasks in one order."""
        self.lines.append("resource alone")
        n, stages = self.among((2, 2), (2, 2), (2, 3), (3, 2))
        families = [chr(ord("a") + k) for k in range(stages)]
        if n * stages > 4:
            self.h = min(self.h, 6)
            self.lines[0] = f"time for {self.h}"
        for k, family in enumerate(families):
            use = self.among("", " uses alone", f" uses {self.use(names)}")
            if " of " in use:
                use = " uses alone"
            optional = " optional" if self.chance(5) else ""
            lasts = self.among("1", "i", "1", "2 - i" if n == 2 else "1")
            self.lines.append(f"task {family}[i in 1 .. {n}]{optional} lasts {lasts}{use}")
            if k and self.chance(2):
                lag = self.among("", " after 0 .. 0", " after 0 .. 1")
                self.lines.append(f"order {families[k - 1]}[i] -> {family}[i]{lag} for i in 1 .. {n}")
        refs = [f"{f}[*]" for f in families]
        if stages == 3 and self.chance(2):
            self.lines += [f"permutation {refs[0]}, {refs[1]}", f"permutation {refs[1]}, {refs[2]}"]
        else:
            self.lines.append("permutation " + ", ".join(refs))

    def write_goal(self) -> None:
        """None, or one or two goals; now and then a limit on set-ups."""
        if self.chance(5):
            self.lines.append(f"require setup_time {self.among('<=', '>=', '==', '!=')} {self.pick(0, 4)}")
        ends = [line.split()[1] for line in self.lines if line.startswith("task") and "[" not in line.split()[1]]
        goals = ["makespan", "makespan", "setup_time"]
        if ends:
            goals.append(" + ".join(f"{self.pick(1, 2)} * end({e})" for e in ends))
            counted = [e for e in ends if any(line.startswith(f"task {e} ") and "optional" in line
                                              for line in self.lines)]
            goals += [f"makespan - 3 * present({e})" for e in counted]
        if self.chance(6):
            return
        goal = f"{self.among('minimize', 'minimize', 'minimize', 'maximize')} {self.among(*goals)}"
        self.lines.append(goal + (f" then minimize {self.among(*goals)}" if self.chance(2) else ""))


def random_sequences(seed: int) -> str:
    """A model about orders, all choices even."""
    return Writer(seed).write()
