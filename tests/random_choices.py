"""Random tiny models about choices as `.sched` text: modes, chosen members, what depends on them, absence."""

from __future__ import annotations

from random import Random
from typing import Any

COMPARED = ("==", "!=")


class Writer:
    """Writes one text of up to three tasks; all choices even."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.h = self.pick(4, 7)
        self.members = self.pick(2, 3)
        self.modes: dict[str, list[str]] = {}       # tasks with modes, by the kind of what `on` is
        self.lines: list[str] = []
        self.kinds: dict[str, str] = {}             # "number", "text", "" of `on` by task
        self.fields: set[str] = set()               # tasks of which on(t).pay is a number

    def pick(self, lo: int, hi: int) -> int:
        """An integer, both ends included."""
        return self.random.randint(lo, hi)

    def among(self, *values: Any) -> Any:
        """One of these."""
        return self.random.choice(values)

    def chance(self, out_of: int) -> bool:
        """True once in so many."""
        return self.random.randrange(out_of) == 0

    def write(self, optional: bool = False) -> str:
        """The whole text; `optional`: some tasks may be absent."""
        self.lines = [f"time for {self.h}"]
        capacity = self.among("", "", " capacity 2")
        self.lines.append(f"resource m[k in 1 .. {self.members}]{capacity} with pay = k * (3 - k)")
        self.lines.append(f"resource saw capacity {self.pick(1, 3)}")
        for _ in range(self.among(0, 0, 1, 2)):
            lo = self.pick(0, self.h - 1)
            leaving, who = self.among("", " leaving 1"), self.among("m[1]", "m[*]", "saw")
            self.lines.append(f"downtime {who} during {lo} .. {lo + self.pick(1, 2)}{leaving}")
        names = [f"t{k}" for k in range(self.among(2, 2, 3, 1))]
        for name in names:
            self.write_task(name, optional)
        for _ in range(self.among(0, 1, 1, 2)):
            self.among(self.write_order, self.write_require, self.write_require)(names)
        self.write_goal(names)
        return "\n".join(self.lines) + "\n"

    # ---- tasks ----

    def write_task(self, name: str, optional: bool) -> None:
        """A task with modes, with a choice, or both."""
        kind = self.among("modes", "family", "both", "choice", "choice", "plain")
        parts = [f"task {name}"]
        if optional and self.chance(2):
            parts.append("optional")
        inner = kind in ("modes", "family", "both") and self.chance(4)
        if kind in ("choice", "plain") or inner:
            parts.append(f"lasts {self.lasts()}")
        if kind == "choice" or (kind == "both" and self.chance(2)):
            parts.append(f"uses {self.members_of()}")
        if self.chance(4):
            parts.append(f"uses saw {self.pick(0, 2)}")
        if self.chance(6):
            parts.append(f"within 0 .. {self.pick(2, self.h)}")
        if self.chance(4):
            parts.append(f"with cost = {self.pick(0, 3)}")
        self.kinds[name] = {"modes": "text", "both": "text", "family": "number"}.get(kind, "")
        if kind == "choice":
            self.kinds[name] = "number" if "uses 1 of" in parts[-1] or any(" 1 of" in p for p in parts) else ""
        if kind in ("modes", "both"):
            self.modes[name] = ["a", "b"]
            parts += [self.mode(word, inner) for word in ("a", "b")]
            self.fields.add(name)
        if kind == "family":
            self.fields.add(name)
            where = f" where v != {self.pick(1, 3)}" if self.chance(3) else ""
            self.modes[name] = []
            parts.append(self.mode(f"w[v in 1 .. 2{where}]", inner, "v", " uses m[v]"))
        self.lines.append("  ".join(parts))

    def lasts(self, more: str = "") -> str:
        """A fixed length or a range."""
        lo = self.pick(0, 3)
        if more and self.chance(2):
            return more
        return f"{lo} .. {lo + self.pick(0, 2)}" if self.chance(3) else str(lo)

    def members_of(self) -> str:
        """A choice of members."""
        if self.chance(3):
            return f"1 of m[p] for p in 1 .. {self.members} where m[p].pay >= {self.pick(0, 2)}"
        return f"{self.pick(1, 2)} of m"

    def mode(self, name: str, inner: bool, value: str = "", uses: str = "") -> str:
        """One mode with clauses."""
        parts = [] if inner else [f"lasts {self.lasts(value)}"]
        if uses and not self.chance(5):
            parts.append(uses)
        if self.chance(3):
            parts.append(f"uses saw {self.pick(1, 3)}")
        if self.chance(3):
            parts.append(f"uses {self.members_of()}")
        if self.chance(5):
            parts.append(f"release {self.pick(0, 2)}")
        if self.chance(5):
            parts.append(f"deadline {self.pick(2, self.h)}")
        if self.chance(5):
            lo = self.pick(0, 2)
            parts.append(f"within {lo} .. {lo + self.pick(1, 4)}")
        parts.append(f"with pay = {value or self.pick(0, 3)}, cost = {self.pick(0, 3)}")
        return f"mode {name} {{ {'  '.join(parts)} }}"

    # ---- relations ----

    def choosing(self, names: list[str]) -> list[str]:
        """The tasks of which `on` is something."""
        return [n for n in names if self.kinds[n]]

    def truth(self, names: list[str]) -> str:
        """A truth about choices."""
        able = self.choosing(names)
        if not able:
            return f"start({self.among(*names)}) >= {self.pick(0, 2)}"
        a = self.among(*able)
        same = [n for n in able if self.kinds[n] == self.kinds[a]]
        if self.chance(3):
            return f"on({a}) {self.among(*COMPARED)} on({self.among(*same)})"
        if self.kinds[a] == "number":
            return f"on({a}) {self.among('==', '<=', '!=')} {self.pick(1, 2)}"
        if self.chance(3):
            return f"present({a}.{self.among('a', 'b')})"
        return f'on({a}) {self.among("==", "!=")} "{self.among("a", "b")}"'

    def number(self, names: list[str]) -> str:
        """A number about choices."""
        paid = [n for n in names if n in self.fields]
        if paid and self.chance(2):
            return self.among("on({0}).pay", "{0}.cost").format(self.among(*paid))
        return f"chosen({self.among(*names)}, m[{self.pick(1, 2)}])"

    def write_order(self, names: list[str]) -> None:
        """An arrow, half of them with a lag by choice."""
        a, b = self.among(*names), self.among(*names)
        if a == b:
            return
        lag = f" after {self.pick(1, 3)} * ({self.truth(names)})" if not self._timed(names) else ""
        if lag and self.chance(3):
            lag += f" .. {self.pick(1, 3)} + {self.pick(1, 2)} * ({self.truth(names)})"
        self.lines.append(f"order {a} -> {b}{lag}")

    def _timed(self, names: list[str]) -> bool:
        return not self.choosing(names)

    def write_require(self, names: list[str]) -> None:
        """A condition."""
        kind = self.pick(0, 3)
        if kind == 0:
            self.lines.append(f"require {self.truth(names)} {self.among('or', 'implies', 'and')} {self.truth(names)}")
        elif kind == 1:
            self.lines.append(f"require {self.number(names)} + {self.number(names)} {self.among('<=', '>=')} 1")
        elif kind == 2:
            self.lines.append(f"require end({self.among(*names)}) + {self.number(names)} <= {self.pick(2, self.h)}")
        else:
            self.lines.append(f"require not ({self.truth(names)}) or start({self.among(*names)}) >= {self.pick(0, 2)}")

    def write_goal(self, names: list[str]) -> None:
        """One goal or two."""
        costs = any("cost" in line for line in self.lines)
        goals = ["minimize makespan", f"minimize {self.number(names)} + end({names[0]})"]
        goals += [f"maximize {self.number(names)} - end({names[-1]})"]
        goals += ["minimize cost", "maximize cost"] if costs else []
        first = self.among(*goals)
        self.lines.append(first + self.among("", " then minimize makespan", " then maximize start(t0)"))


def random_choices(seed: int, optional: bool = False) -> str:
    """One text."""
    return Writer(seed).write(optional)
