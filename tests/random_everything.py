"""Random tiny models as `.sched` text in which constructs of all kinds meet: each text draws a few of them."""

from __future__ import annotations

from random import Random
from typing import Any


class Writer:
    """Writes one text of up to four tasks. All choices even; what must not stand together is not written."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.h = self.pick(4, 7)
        self.lines: list[str] = []
        self.names: list[str] = []          # of single tasks
        self.optional: set[str] = set()
        self.moded: dict[str, int] = {}     # the number of modes of a task
        self.picky: set[str] = set()        # tasks that choose one of `m`
        self.loose: set[str] = set()        # tasks that pause or come in pieces
        self.stateful = False
        self.paired = False
        self.batch = False
        self.rough: set[str] = set()        # resources that loose tasks use
        self.stock = self.chance(3)

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
        now = f" now {self.pick(0, 2)}" if self.chance(10) else ""
        self.lines = [f"time for {self.h}{now}"]
        self.write_resources()
        count = self.among(2, 2, 3, 3)
        if self.chance(5):
            self.write_shop()
            count = 1
        for k in range(count):
            self.write_task(f"t{k}")
        for _ in range(self.among(0, 1, 1, 2)):
            self.write_relation()
        self.write_goal()
        return "\n".join(self.lines) + "\n"

    # ---- resources ----

    def write_resources(self) -> None:
        """`r`, which may do anything, a family `m`, and now and then a stock."""
        clauses = [f"capacity {self.pick(1, 3)}"] if not self.chance(3) else []
        self.batch = self.chance(3)
        if self.batch:
            clauses = [f"capacity {self.pick(2, 4)}", "batch"]
        if self.chance(4):
            self.stateful, self.paired = True, self.chance(2)
            arcs = ", ".join(f"{a} -> {b}: {self.pick(0, 3)}" for a in (1, 2) for b in (1, 2) if a != b)
            clauses.append(f"change {{ {arcs} }}" if self.paired else f"change {self.pick(0, 2)}")
            if self.chance(3):
                clauses.append("starts 1")
        self.lines.append(" ".join(["resource r", *clauses]))
        family = " capacity 2 batch" if self.chance(5) else self.among("", "", " capacity 2")
        self.lines.append(f"resource m[k in 1 .. 2]{family} with speed = k")
        if self.chance(3):
            lo = self.pick(0, self.h - 2)
            leaving = " leaving 1" if self.chance(3) else ""
            span = f"{lo} .. {lo + self.pick(1, 2)}"
            self.lines.append(f"downtime {self.among('r', 'm[1]', 'm[*]')} during {span}{leaving}")
        if self.chance(8):
            lo = self.pick(0, 1)
            self.lines.append(f"open {self.among('r', 'm[2]')} during {lo} .. {self.pick(lo + 2, self.h)}")
        if self.stock:
            low = self.among(0, 0, 1, -1)
            self.lines.append(f"stock s holds {low} .. {low + self.pick(2, 5)} starts {low + self.pick(0, 2)}")

    def use(self, picking: bool = True) -> str:
        """A demand."""
        kind = self.among("r", "r", "r", "m", "pick" if picking else "m")
        if kind == "r":
            state = f" at {self.pick(1, 2)}" if self.paired or (self.stateful and self.chance(2)) else ""
            return f"r{self.among('', '', ' 1', ' 2') if not self.chance(4) else ''}{state}"
        return f"m[{self.pick(1, 2)}]" if kind == "m" else "1 of m"

    def length(self) -> str:
        """A fixed length or a range."""
        lo = self.among(1, 1, 2, 2, 3, 0)
        return f"{lo} .. {lo + 1}" if self.chance(5) else str(lo)

    # ---- tasks ----

    def write_task(self, name: str) -> None:
        """A task of any kind."""
        kind = self.among("plain", "plain", "plain", "modes", "members", "pausable", "splittable")
        parts = [f"task {name}"]
        if self.chance(4):
            parts.append("optional")
            self.optional.add(name)
        if kind == "modes":
            self.moded[name] = 2
            for k in (1, 2):
                uses = f" uses {self.use(False)}" if not self.chance(4) else ""
                takes = f" takes s {self.pick(0, 2)}" if self.stock and self.chance(3) else ""
                parts.append(f"mode o{k} {{ lasts {self.length()}{uses}{takes} with cost = {self.pick(0, 3)} }}")
        elif kind == "splittable":
            self.write_pieces(parts)
        else:
            parts.append(f"lasts {self.length()}")
            parts += self.uses(kind)
        if kind in ("pausable", "splittable"):
            self.loose.add(name)
            self.rough |= {r for r in ("r", "m[1]", "m[2]") if any(f"uses {r}" in p for p in parts)}
        if kind == "members":
            self.picky.add(name)
        self.write_dates(parts)
        if self.stock and self.chance(3):
            at = self.among("", " at start", " at end")
            parts.append(f"{self.among('takes', 'produces')} s {self.pick(0, 2)}{at}")
        self.names.append(name)
        self.lines.append(" ".join(parts))

    def uses(self, kind: str) -> list[str]:
        """The demands of a task without modes."""
        if kind == "members":
            return ["uses 1 of m"]
        found = [f"uses {self.use(False)}"] if not self.chance(6) else []
        if kind == "pausable":
            found.append("pausable")
        return found

    def write_pieces(self, parts: list[str]) -> None:
        """A task that comes in pieces; what does not go with pieces is left out."""
        lo = self.pick(1, 3)
        parts.append(f"lasts {lo}" if not self.chance(4) else f"lasts {lo} .. {lo + 1}")
        if not self.chance(5):
            parts.append("uses m[1]" if self.stateful or self.batch else self.among("uses r", "uses m[1]"))
            if "batch" in self.lines[2]:
                parts.pop()
        parts.append("splittable" + self.among("", " into 2", " into 3"))
        if self.chance(2):
            parts.append(self.among("piece 1 .. 2", f"piece {max(1, lo - 1)} .. {lo}", "piece 1 .. unlimited"))

    def write_dates(self, parts: list[str]) -> None:
        """When it may stand."""
        if self.chance(5):
            parts.append(f"release {self.pick(0, 2)}")
        if self.chance(6):
            parts.append(f"deadline {self.pick(2, self.h)}")
        if self.chance(8):
            lo = self.pick(0, 2)
            parts.append(f"within {lo} .. {self.pick(lo + 2, self.h)}")
        if self.chance(5):
            parts.append(f"due {self.pick(1, self.h)}{self.among('', ' weight 2')}")

    def write_shop(self) -> None:
        """Two families in one order."""
        self.lines.append("task a[i in 1 .. 2] lasts i uses m[1]")
        self.lines.append(f"task b[i in 1 .. 2] lasts {self.among('1', 'i', '3 - i')} uses m[2]")
        self.lines.append("permutation a[*], b[*]")
        self.h = min(self.h, 6)
        self.lines[0] = f"time for {self.h}"

    # ---- relations and goals ----

    def write_relation(self) -> None:
        """One statement about two tasks, a stock or a resource."""
        if len(self.names) < 2:
            return
        a, b = self.random.sample(self.names, 2)
        lag = self.among("", " after 1", " after 0 .. 1", " after 0 .. 0", " after -1")
        found = [
            f"order {a} -> {b}{lag}", f"order start({a}) -> start({b}){lag}", f"exclusive {a}, {b}",
            f"require end({a}) <= start({b}) or end({b}) + 1 <= start({a})",
            f"require length({a}) + start({b}) {self.among('<=', '>=', '!=')} {self.pick(1, 5)}",
            f"require 1 + abs(start({a}) - end({b})) >= {self.pick(2, 4)}",
        ]
        if a in self.optional:
            found.append(f"require present({a}) implies start({b}) >= {self.pick(0, 2)}")
        if a in self.moded:
            found.append(f"order {a} -> {b} after {self.pick(1, 2)} * present({a}.o1)")
        if a in self.picky and b in self.picky:
            found.append(f"require on({a}) != on({b})")
        if "r" not in self.rough:
            found.append(f"require load(r, {self.pick(0, self.h - 1)}) <= {self.pick(0, 2)}")
        if self.stateful:
            found.append(f"require setup_time {self.among('<=', '>=')} {self.pick(0, 3)}")
        if self.stock:
            at = self.among(f"start({a})", str(self.pick(0, self.h)))
            found.append(f"require level(s, {at}) >= {self.pick(0, 2)}")
        self.lines.append(self.among(*found))

    def write_goal(self) -> None:
        """None, or one or two goals."""
        names = self.names
        goals = ["makespan", "makespan", " + ".join(f"{self.pick(1, 2)} * end({n})" for n in names)]
        goals += [f"makespan - 3 * present({n})" for n in sorted(self.optional)]
        goals += [f"start({n}) - 2 * length({n})" for n in names[:1]]
        if any(" due " in line for line in self.lines):
            goals += ["tardiness", "earliness"]
        if self.moded:
            goals.append("cost")
        if self.stateful:
            goals.append("setup_time")
        if "r" not in self.rough:
            goals += ["peak(r)"]
        if self.chance(7):
            return
        goal = f"{self.among('minimize', 'minimize', 'minimize', 'maximize')} {self.among(*goals)}"
        self.lines.append(goal + (f" then minimize {self.among(*goals)}" if self.chance(2) else ""))


def random_everything(seed: int) -> str:
    """One text."""
    return Writer(seed).write()
