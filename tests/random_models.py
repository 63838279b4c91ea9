"""Random tiny models as `.sched` text: at most four tasks, a few ticks, every construct of the core.

The texts are meant to be valid. Some can be seen to be impossible before any solver runs; that is for the caller to
tell from other errors.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from hypothesis import strategies as st

COMPARISONS = ("<=", ">=", "<", ">", "==", "!=")


@dataclass(frozen=True)
class Clock:
    """How a text says times: in plain ticks, or with a resolution in minutes and an origin."""

    minutes: int | None = None
    origin: datetime | None = None
    zone: str = "UTC"

    def span(self, ticks: int) -> str:
        """A duration."""
        if self.minutes is None:
            return str(ticks)
        rest, words = abs(ticks) * self.minutes, []
        for name, size in (("d", 1440), ("h", 60), ("min", 1)):
            if rest >= size:
                words.append(f"{rest // size} {name}")
                rest %= size
        return ("-" if ticks < 0 else "") + (" ".join(words) or "0 h")

    def instant(self, tick: int, as_date: bool) -> str:
        """An instant, as a date where there is an origin."""
        if self.origin is None or self.minutes is None or not as_date:
            return self.span(tick)
        when = self.origin + timedelta(minutes=tick * self.minutes)
        return when.strftime("%Y-%m-%d" if self.minutes == 1440 else "%Y-%m-%d %H:%M")

    def statement(self) -> str:
        """The `time` statement without its horizon."""
        if self.minutes is None:
            return "time"
        origin = f" from {self.origin:%Y-%m-%d %H:%M}" if self.origin else ""
        if self.minutes == 1440 and self.origin:
            origin = f" from {self.origin:%Y-%m-%d}"
        zone = f' zone "{self.zone}"' if self.origin else ""
        return f"time {self.span(1)}{origin}{zone}"


CLOCKS = (
    Clock(), Clock(), Clock(), Clock(60), Clock(60, datetime(2026, 1, 5, 8), "Europe/Paris"),
    Clock(30, datetime(2026, 3, 28, 12), "Europe/Paris"), Clock(1440, datetime(2026, 1, 2)),
)


@dataclass(frozen=True)
class Group:
    """A declared family: its members' names, how it is bound in `for`, and its name under that binding."""

    name: str
    members: tuple[str, ...]
    binders: str = ""
    bound: str = ""
    values: tuple[str, ...] = ()      # what its clauses may say for a number: `i`, `j.size`


class Writer:
    """Writes one text; `choose(lo, hi)` makes each choice."""

    def __init__(self, choose: Callable[[int, int], int]) -> None:
        self.choose = choose
        self.clock: Clock = self.among(*CLOCKS)
        self.h = self.among(9, 8, 7, 10, 11, 12, 6, 5, 4)
        self.lines: list[str] = []
        self.tasks: list[Group] = []
        self.resources: list[tuple[Group, str, int]] = []  # with the unit of its amounts, and the least capacity
        self.changing: list[tuple[Group, str, int]] = []   # those with `open` or `downtime`
        self.calendars: list[str] = []
        self.data: tuple[str, ...] = ()                     # what a condition may say of the row at hand
        self.room: dict[str, int] = {}                      # what the task at hand has left of each resource
        self.table: dict[str, int] | None = None            # rows of `jobs` with their size
        self.pausing = self.chance(3)                       # longer tasks over the gaps of one resource
        self.windowed = self.chance(4)                      # tasks of free length in several windows
        self.early = False                                  # the goal, if any, begins with the makespan

    # ---- choices ----

    def pick(self, lo: int, hi: int) -> int:
        """An integer, both ends included."""
        return self.choose(lo, hi)

    def among(self, *values: Any) -> Any:
        """One of these; the first is the simplest."""
        return values[self.pick(0, len(values) - 1)]

    def chance(self, out_of: int) -> bool:
        """True once in so many."""
        return self.pick(0, out_of - 1) == out_of - 1

    def span(self, lo: int, hi: int) -> str:
        """A duration of so many ticks."""
        return self.clock.span(self.pick(lo, hi))

    def instant(self, lo: int, hi: int) -> str:
        """An instant in this range of ticks."""
        return self.clock.instant(self.pick(lo, hi), self.chance(2))

    def label(self) -> str:
        """Now and then a label."""
        return f' as "l{len(self.lines)}"' if self.chance(6) else ""

    # ---- data ----

    def write(self) -> str:
        """The whole text."""
        return f"{self.clock.statement()} for {self.clock.span(self.h)}\n" + self.body()

    def body(self) -> str:
        """All but the `time` statement."""
        self.write_data()
        for k in range(self.among(1, 1, 2, 0 if not self.pausing else 2)):
            self.write_resource(f"r{k}")
        if self.pausing:
            self.write_gaps()
        for _ in range(self.pick(0, 2)):
            self.write_calendar()
        for _ in range(self.among(1, 0, 2) if self.resources else 0):
            self.write_availability()
        left = self.among(3, 2, 4, 1)
        for k in range(3):
            if left:
                left -= self.write_tasks(f"t{k}", left)
        for _ in range(self.among(1, 0, 1, 2)):
            self.among(self.write_order, self.write_exclusive, self.write_require)()
        self.write_goal()
        return "\n".join(self.lines) + "\n"

    def write_data(self) -> None:
        """A table, a parameter and a derived column; all of them may go unused."""
        if self.chance(2):
            rows, cells = {}, []
            kind = "int" if self.clock.minutes is None else "duration"
            for key in ("a", "b", "c")[: self.pick(1, 3)]:
                rows[key] = self.pick(0, 2)
                ready = "none" if self.chance(3) else self.span(0, 3)
                cells.append(f"{key}, {self.span(0, 3)}, {rows[key]}, {ready}")
            self.table = rows
            columns = f"id: text, work: {kind}, size: int, ready: {kind}"
            self.lines.append(f"table jobs key id {{ {columns} }} rows {{ {'; '.join(cells)} }}")
        self.lines.append(f"param work = {self.span(1, 3)}")
        self.lines.append(f"let steps[i in 1 .. 3] = i * {self.span(1, 1)}")

    def write_resource(self, name: str) -> None:
        """One resource or a family of two."""
        unit = self.among("", "", " GiB")
        if self.chance(3):
            capacity, least = self.among(("", 1), (" capacity k", 1), (" capacity 2", 2), (" capacity 3", 3))
            self.lines.append(f"resource {name}[k in 1 .. 2]{capacity}")
            self.resources.append((Group(name, (f"{name}[1]", f"{name}[2]"), "k in 1 .. 2", f"{name}[k]"), "", least))
            return
        least = self.pick(2 if self.pausing else 1, 3)
        capacity = f" capacity {least}{unit}" if unit or least > 1 or self.chance(2) else ""
        self.lines.append(f"resource {name}{capacity}{self.label()}")
        self.resources.append((Group(name, (name,)), unit, least))

    def write_gaps(self) -> None:
        """Gaps in the first resource that pause all of its tasks, or only those that ask for more than is left."""
        group, unit, capacity = self.resources[0]
        self.changing.append(self.resources[0])
        if capacity == 1 or self.chance(3):
            self.lines.append(f"calendar gaps {', '.join(self.gapped())}")
            self.lines.append(f"open {group.members[0]} during gaps")
            return
        at = 0
        for _ in range(self.among(1, 1, 2)):
            at += self.pick(1, 3)
            left, until = self.pick(1, capacity - 1), at + self.pick(1, 2)
            span = f"{self.clock.span(at)} .. {self.clock.span(until)}"
            self.lines.append(f"downtime {group.members[0]} during {span} leaving {left}{unit}")
            at = until

    def write_calendar(self) -> None:
        """Spans, recurring spans, weekly hours, exceptions; half of them the whole horizon but for a gap or two."""
        parts = [self.when() for _ in range(self.pick(1, 2))] if self.chance(3) else self.gapped()
        if self.clock.origin is not None and self.clock.minutes != 1440 and self.chance(2):
            hours = self.among("08:00..11:00", "13:00..16:00", "22:00..09:00", "10:00..24:00")
            parts.append(self.among("", "Mon..Fri ", "Sat..Mon ", "Mon ") + hours)
        out = f" except {self.window()}" if self.chance(3) else ""
        name = f"c{len(self.calendars)}"
        self.lines.append(f"calendar {name} {', '.join(parts)}{out}")
        self.calendars.append(name)

    def gapped(self) -> list[str]:
        """Spans with one or two gaps between them."""
        parts, at = [], 0
        for _ in range(self.among(1, 2)):
            until = at + self.pick(1, 3)
            parts.append(f"{self.clock.span(at)} .. {self.clock.span(until)}")
            at = until + self.pick(1, 2)
        return [*parts, f"{self.clock.span(at)} .. {self.clock.span(max(at + 1, self.h))}"]

    def window(self, longest: int = 4, shortest: int = 1) -> str:
        """A span of instants within the horizon or a little beyond."""
        lo = self.pick(0, self.h * 2 // 3)
        hi = lo + self.pick(shortest, max(shortest, longest))
        dates = self.chance(2)
        return f"{self.clock.instant(lo, dates)} .. {self.clock.instant(hi, dates)}"

    def when(self) -> str:
        """A span, or a recurring one."""
        if self.chance(3):
            width = self.pick(1, 3)
            return f"{self.clock.span(0)} .. {self.clock.span(width)} every {self.clock.span(width + self.pick(1, 3))}"
        return self.window()

    def write_availability(self) -> None:
        """`open` or `downtime`, of one resource or of all."""
        chosen = self.among(*self.resources)
        self.changing.append(chosen)
        group, unit, _ = chosen
        each = ""
        refs = self.among(f"{group.name}[*]" if group.binders else group.name, group.members[-1])
        if group.binders and self.chance(3):
            refs, each = group.bound, f" for {group.binders}"
        when = self.among(*self.calendars) if self.calendars and self.chance(4) else self.window(2)
        if self.chance(3):
            if not self.calendars:
                self.write_calendar()
            when = self.among(self.calendars[-1], self.calendars[-1], *self.calendars, self.when())
            self.lines.append(f"open {refs} during {when}{each}{self.label()}")
        else:
            leaving = f" leaving {self.pick(0, 2)}{unit}" if self.chance(2) else ""
            self.lines.append(f"downtime {refs} during {when}{leaving}{each}{self.label()}")

    # ---- tasks ----

    def write_tasks(self, name: str, most: int) -> int:
        """One `task` statement; how many members it has."""
        group = self.family(name, most)
        clauses = [f"lasts {self.lasts(group)}"]
        uses = self.among(1, 1, 1, 0, 2) if self.resources else 0
        self.room = {}
        clauses += [f"uses {self.demands(group)}" for _ in range(uses)]
        if self.chance(5):
            clauses.append("release " + ("j.ready" if "j.size" in group.values else self.instant(0, 3)))
        if self.chance(8):
            clauses.append(f"deadline {self.instant(self.h * 2 // 3, self.h)}")
        for _ in range(self.pick(1, 2) if self.windowed else self.among(0, 0, 0, 0, 0, 1, 2)):
            calendar = self.among(*self.calendars) if self.calendars else self.window()
            window = self.window(self.h // 2 if self.windowed else self.h, 3)
            clauses.append(f"within {self.among(window, window, calendar)}")
        if self.chance(2) or (self.pausing and not self.chance(5)):
            clauses.append("pausable")
        family = f"[{group.binders}]" if group.binders else ""
        self.lines.append(f"task {name}{family} {'  '.join(clauses)}{self.label()}")
        self.tasks.append(group)
        return len(group.members)

    def family(self, name: str, most: int) -> Group:
        """A single task or a family of at most so many."""
        kind = self.among("single", "single", "range", "words", "table", "pairs")
        if kind == "range" and most >= 2:
            n = self.pick(2, min(most, 3))
            return Group(name, tuple(f"{name}[{i}]" for i in range(1, n + 1)), f"i in 1 .. {n}", f"{name}[i]", ("i",))
        if kind == "words" and most >= 2:
            return Group(name, (f'{name}["x"]', f'{name}["y"]'), 'w in { "x", "y" }', f"{name}[w]")
        if kind == "pairs" and most >= 2:
            members, binders = (f"{name}[1,2]", f"{name}[2,2]"), "i in 1 .. 2, k in 1 .. 2 where k > 1"
            return Group(name, members, binders, f"{name}[i,k]", ("i", "k"))
        if kind == "table" and self.table:
            return self.over_table(name, most)
        return Group(name, (name,))

    def over_table(self, name: str, most: int) -> Group:
        """A family over the rows of the table, or those of a certain size."""
        assert self.table is not None
        least = self.among(0, 1)
        keys = [key for key, size in self.table.items() if size >= least]
        if not 1 <= len(keys) <= most:
            return Group(name, (name,))
        where = " where j.size >= 1" if least else ""
        return Group(name, tuple(f'{name}["{k}"]' for k in keys), f"j in jobs{where}", f"{name}[j]", ("j.size",))

    def lasts(self, group: Group) -> str:
        """A fixed length or a range."""
        simple = self.span(self.among(2, 2, 0), 4) if self.pausing else self.span(0, 1 if self.windowed else 3)
        options = [simple, "work"]
        if "i" in group.values:
            options.append("steps[i]")
        if "j.size" in group.values:
            options.append("j.work")
        lo = self.among(*options)
        if self.windowed or self.chance(3):
            return f"{lo} .. {lo} + {self.span(0, 2)}"
        return str(lo)

    def demands(self, group: Group) -> str:
        """One or two demands; few tasks ask for more than there is."""
        resource, unit, capacity = self.among(*self.resources, *self.changing, *self.changing)
        if self.pausing and not self.room:
            resource, unit, capacity = self.changing[0]
        if resource.binders and resource.name not in self.room and self.chance(3):
            self.room[resource.name] = capacity - 1
            least, amount = self.pick(1, 2), "q" if capacity > 1 else "1"
            return f"{resource.name}[q] {amount} for q in 1 .. 2 where q >= {least}"
        demand = self.demand(group, resource, unit, capacity)
        return f"{demand}, {self.demand(group, resource, unit, capacity)}" if self.chance(4) else demand

    def demand(self, group: Group, resource: Group, unit: str, capacity: int) -> str:
        """One resource and how much of it."""
        member = resource.members[0] if self.pausing else self.among(*resource.members)
        left = self.room.get(resource.name, capacity)
        if self.chance(12):
            left += 1       # what can never fit, now and then
        amount = self.pick(1, left) if left > 0 and not self.chance(6) else 0
        self.room[resource.name] = left - amount
        if unit:
            return f"{member} {self.among(amount * 1024, max(0, amount * 1024 - 512))} MiB"
        if group.values and amount > 1 and self.chance(3):
            return f"{member} min({group.values[-1]}, {amount})"
        return member if amount == 1 and self.chance(2) else f"{member} {amount}"

    # ---- constraints ----

    def member(self) -> str:
        """A single task."""
        return str(self.among(*self.among(*self.tasks).members))

    def pair(self) -> tuple[str, str, str]:
        """Two tasks or more and the `for` that binds them."""
        family = self.among(*self.tasks)
        if family.binders and self.chance(2):
            return family.bound, self.member(), f" for {family.binders}"
        if family.binders and self.chance(3):
            return f"{family.name}[*]", self.member(), ""
        return self.member(), self.member(), ""

    def lag(self) -> str:
        """A lag with one limit or two."""
        lo = self.pick(-4, 2)
        if self.chance(4):
            return ""
        if self.chance(2):
            return f" after {self.clock.span(lo)}"
        return f" after {self.clock.span(lo)} .. {self.clock.span(lo + self.pick(0, 5))}"

    def write_order(self) -> None:
        """One arrow or two."""
        a, b, each = self.pair()
        if a == b:
            return
        points: list[Callable[[str], str]] = [str, str, "start({})".format, "end({})".format]
        text = f"order {self.among(*points)(a)} -> {self.among(*points)(b)}{self.lag()}"
        if self.chance(4):
            text += f" -> {self.member()}{self.lag()}"
        self.lines.append(text + each + self.label())

    def write_exclusive(self) -> None:
        """Groups of tasks."""
        a, b, each = self.pair()
        if a != b:
            self.lines.append(f"exclusive {a}, {b}{each}{self.label()}")

    def write_require(self) -> None:
        """A condition, perhaps for each member of a family."""
        family = self.among(*self.tasks)
        each = ""
        bound = None
        self.data = ()
        if family.binders and self.chance(2):
            each, bound, self.data = f" for {family.binders}", family.bound, family.values
        self.lines.append(f"require {self.condition(2, bound)}{each}{self.label()}")

    # ---- expressions: instants, durations, numbers, truths ----

    def task(self, bound: str | None) -> str:
        """A task, where there is one the bound one every other time."""
        return bound if bound is not None and self.chance(2) else self.member()

    def point(self, bound: str | None) -> str:
        """An instant that is a decision."""
        kind = self.among("start", "end", "pick")
        if kind == "pick":
            call = self.among("max", "min")
            family = self.among(*self.tasks)
            if family.binders and bound is None:
                return f"{call}({self.among('start', 'end')}({family.bound}) for {family.binders})"
            return f"{call}({self.point(bound)}, {self.point(bound)})" if self.chance(2) else f"end({self.task(bound)})"
        return f"{kind}({self.task(bound)})"

    def duration(self, depth: int, bound: str | None) -> str:
        """A duration that is a decision."""
        kind = self.among("length", "difference", "scaled", "absolute", "sum", "picked") if depth else "length"
        family = self.among(*self.tasks)
        if kind == "difference":
            return f"({self.point(bound)} - {self.point(bound)})"
        if kind == "scaled":
            return f"{self.among(2, 3, -1)} * {self.duration(depth - 1, bound)}"
        if kind == "absolute":
            return f"abs({self.duration(depth - 1, bound)} - {self.span(0, 3)})"
        if kind == "sum" and family.binders and bound is None:
            return f"sum(length({family.bound}) for {family.binders})"
        if kind == "picked":
            return f"{self.among('max', 'min')}({self.duration(depth - 1, bound)}, {self.duration(depth - 1, bound)})"
        return f"length({self.task(bound)})"

    def number(self, bound: str | None) -> str:
        """A plain number that is a decision."""
        family = self.among(*self.tasks)
        if family.binders and bound is None:
            call = self.among("count", "sum")
            return f"{call}(({self.comparison(0, family.bound)}) for {family.binders})"
        return f"({self.comparison(0, bound)}) + 2 * ({self.comparison(0, bound)})"

    def comparison(self, depth: int, bound: str | None) -> str:
        """Two things of a kind compared."""
        kind = self.among("instant", "points", "durations", "numbers") if depth else self.among("instant", "points")
        op = self.among(*COMPARISONS)
        if kind == "points":
            return f"{self.point(bound)} {op} {self.point(bound)} + {self.span(0, 2)}"
        if kind == "durations":
            return f"{self.duration(depth, bound)} {op} {self.span(0, 4)}"
        if kind == "numbers":
            return f"{self.number(bound)} {op} {self.pick(0, 2)}"
        return f"{self.point(bound)} {op} {self.instant(0, self.h)}"

    def condition(self, depth: int, bound: str | None) -> str:
        """A truth."""
        kind = self.among("comparison", "not", "and", "or", "implies", "any") if depth else "comparison"
        if kind == "not":
            return f"not ({self.condition(depth - 1, bound)})"
        if kind in ("and", "or", "implies"):
            return f"({self.condition(depth - 1, bound)}) {kind} ({self.condition(depth - 1, bound)})"
        if self.data and self.chance(4):
            return f"{self.among(*self.data)} {self.among(*COMPARISONS)} {self.pick(1, 2)}"
        family = self.among(*self.tasks)
        if kind == "any" and family.binders and bound is None:
            call = self.among("any", "all")
            return f"{call}({self.comparison(0, family.bound)} for {family.binders})"
        return self.comparison(depth, bound)

    def goal(self) -> str:
        """One goal."""
        kind = self.among("makespan", "point", "duration", "number", "sum")
        if kind == "point":
            return self.point(None)
        if kind == "duration":
            return self.duration(2, None)
        if kind == "number":
            return self.number(None)
        family = self.among(*self.tasks)
        if kind == "sum" and family.binders:
            start = self.member()
            return f"sum(({self.among(1, 2)} * (end({family.bound}) - start({start}))) for {family.binders})"
        return "makespan"

    def write_goal(self) -> None:
        """None, one, or several in order."""
        if self.chance(5):
            return
        if self.early:
            self.lines.append("minimize makespan" + self.among("", f" then {self.goal()}"))
            return
        text = f"{self.among('minimize', 'minimize', 'maximize')} {self.goal()}"
        for _ in range(self.among(0, 0, 1, 2)):
            text += f" then {self.among('', 'minimize ', 'maximize ')}{self.goal()}"
        self.lines.append(text)


@st.composite
def texts(draw: Any) -> str:
    """A model with a written horizon; what Hypothesis draws is less even than `random_text`, but shrinks."""
    return Writer(lambda lo, hi: int(draw(st.integers(lo, hi)))).write()


def random_text(seed: int) -> str:
    """A model with a written horizon, all choices even."""
    return Writer(Random(seed).randint).write()


@dataclass(frozen=True)
class Timeless:
    """A model without a written horizon."""

    clock: Clock
    body: str

    def text(self, horizon: int | None = None) -> str:
        """The text, with a horizon of so many ticks if one is given."""
        written = "" if horizon is None else f" for {self.clock.span(horizon)}"
        return f"{self.clock.statement()}{written}\n{self.body}"


def random_timeless(seed: int) -> Timeless:
    """A model that leaves its horizon to be derived, all choices even; for two of three there should be one."""
    writer = Writer(Random(seed).randint)
    writer.early = seed % 3 > 0
    return Timeless(writer.clock, writer.body())
