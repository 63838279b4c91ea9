"""Random tiny models with optional tasks, jobs, due dates and `present`, as text."""

from __future__ import annotations

from random import Random

from random_models import COMPARISONS, Group, Writer


class PresenceWriter(Writer):
    """Writes what `Writer` does, with tasks that may be absent."""

    goals: tuple[str, ...] = ()

    def write_tasks(self, name: str, most: int) -> int:
        """A `task` statement, mostly optional; or a job."""
        if most >= 2 and not self.pausing and self.chance(3) and not any(g.name == "J" for g in self.tasks):
            return self.write_job(most)
        count = super().write_tasks(name, most)
        line = self.lines.pop()
        if self.chance(2) or not self.among(0, 1, 2):
            line += "  optional"
        if self.chance(3):
            line += self.due()
        self.lines.append(line)
        return count

    def due(self) -> str:
        """A due date with or without a weight."""
        self.goals = ("tardiness", "earliness", "lateness", "flow_time")
        return f"  due {self.instant(0, self.h)}" + self.among("", " weight 2", " weight 0.5")

    def write_job(self, most: int) -> int:
        """A job of one or two members with one or two tasks each, or one inside another."""
        n, size = self.pick(1, 2), self.pick(1, 2)
        if n * size > most:
            n = 1
        clauses = self.among("", "  optional", "  optional")
        for word, lo, hi in (("release", 0, 2), ("deadline", self.h * 2 // 3, self.h)):
            if self.chance(4):
                clauses += f"  {word} {self.instant(lo, hi)}"
        if self.chance(3):
            clauses += self.due()
        for _ in range(self.among(0, 0, 0, 1, 2)):
            clauses += f"  within {self.window(self.h, 3)}"
        names = ("a", "b")[:size]
        body = []
        for local in names:
            self.room = {}
            uses = f"  uses {self.demands(Group(local, (local,)))}" if self.resources and self.chance(2) else ""
            body.append(f"task {local} lasts {self.span(0, 3)}{uses}{self.among('', '', '  optional')}")
        if size == 2 and self.chance(3):
            body[1] = f"job inner{self.among('', '  optional')} {{ {body[1]} }}"
            names = ("a", "inner.b")
        if size == 2 and self.chance(2):
            body.append(f"order a -> {'inner' if '.' in names[1] else 'b'}{self.lag()}")
        if self.chance(4):
            body.append(f"require start(a) >= {self.instant(0, 2)}")
        self.lines.append(f"job J[i in 1 .. {n}]{clauses} {{ {'  '.join(body)} }}")
        for whole in ("J[{}]", *(f"J[{{}}].{local}" for local in names)):
            members = tuple(whole.format(i + 1) for i in range(n))
            self.tasks.append(Group("J", members, f"i in 1 .. {n}", whole.format("i"), ("i",)))
        return n * size

    def comparison(self, depth: int, bound: str | None) -> str:
        """Now and then about who is there."""
        if not self.chance(3):
            return super().comparison(depth, bound)
        kind = self.among("present", "present", "count", "sum")
        family = self.among(*self.tasks)
        if kind == "count" and family.binders:
            return f"count({family.name}[*]) {self.among(*COMPARISONS)} {self.pick(0, 2)}"
        if kind == "sum" and family.binders and bound is None:
            total = f"sum({self.among(1, 2)} * present({family.bound}) for {family.binders})"
            return f"{total} {self.among(*COMPARISONS)} {self.pick(0, 2)}"
        if self.chance(3):
            return f"present({self.task(bound)}) == present({self.task(bound)})"
        return f"present({self.task(bound)}) {self.among('>=', '<=', '==')} {self.pick(0, 1)}"

    def condition(self, depth: int, bound: str | None) -> str:
        """Now and then just whether somebody is there."""
        if self.chance(4):
            return f"present({self.task(bound)})"
        return super().condition(depth, bound)

    def goal(self) -> str:
        """Now and then one that presence matters to."""
        family = self.among(*self.tasks)
        if family.binders and self.chance(3):
            return f"sum({self.among(1, -2)} * present({family.bound}) for {family.binders})"
        if self.goals and self.chance(2):
            return str(self.among(*self.goals))
        return super().goal()


def random_optional(seed: int) -> str:
    """A model with a written horizon, all choices even."""
    return PresenceWriter(Random(seed).randint).write()
