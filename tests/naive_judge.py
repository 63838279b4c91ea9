"""A second opinion on schedules: tick by tick, task by task, in plain Python, written from the language reference.

Slow on purpose. It shares nothing with the judge but the model's nodes.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from schedc.models.expressions import (
    Absolute,
    Compare,
    Extreme,
    Guarded,
    Indicator,
    Junction,
    Known,
    Linear,
    Makespan,
    Not,
    Point,
    Product,
    Rank,
    SetupTime,
)
from schedc.models.model import Model
from schedc.models.schedule import Schedule
from schedc.models.statements import Open

Finding = tuple[str, str, str, int, int | None]     # kind, address of the statement, member, amount, tick


class Chosen:
    """1 for the numbers in a set."""

    def __init__(self, numbers: set[int]) -> None:
        self.numbers = numbers

    def __getitem__(self, number: int) -> int:
        return int(number in self.numbers)


class NaiveJudge:
    """Everything about one schedule of one model, in dense lists."""

    def __init__(self, model: Model, schedule: Schedule) -> None:
        self.model = model
        self.h = model.horizon
        self.names = [name for t in model.tasks for name in t.family.labels()]
        count = len(self.names)
        self.present = [True] * count if schedule.present is None else schedule.present.tolist()
        self.start, self.end, self.length = (
            [v if there else 0 for v, there in zip(c.tolist(), self.present)]
            for c in (schedule.start, schedule.end, schedule.length)
        )
        self.family = [t for t in model.tasks for _ in range(t.size)]
        self.mode = self._modes(schedule)
        self.member = self._members(schedule)
        self.pieces = self._pieces(schedule)
        self.resource_names = [name for r in model.resources for name in r.family.labels()]
        self.capacity = [[self._capacity(r, t) for t in range(self.h)] for r in range(len(self.resource_names))]
        self.demand = [self._demand(i) for i in range(len(self.names))]
        self.found: Counter[Finding] = Counter()

    # ---- what the model says, tick by tick ----

    def _capacity(self, r: int, t: int) -> int:
        nominal = [int(c) for family in self.model.resources for c in family.capacity][r]
        opens, lefts = [], []
        for s in self.model.availability:
            for k in range(len(s.resource)):
                if int(s.resource[k]) != r:
                    continue
                lo, hi = s.spans.of(int(s.which[k]))
                applies = any(int(a) <= t < int(b) for a, b in zip(lo, hi))
                if isinstance(s, Open):
                    opens.append(applies)
                elif applies:
                    lefts.append(int(s.leaving[k]))
        if opens and not any(opens):
            return 0
        return min([nominal, *lefts])

    def _demand(self, task: int) -> dict[int, int]:
        family = self.family[task]
        wanted: dict[int, int] = {}
        for uses in family.uses:
            for row, r, amount in zip(uses.row.tolist(), uses.resource.tolist(), uses.amount.tolist()):
                if family.first + row == task and amount > 0:
                    wanted[r] = wanted.get(r, 0) + amount
        found = self.option(task)
        if found is not None:
            modes, option = found
            for uses in modes.uses:
                for row, r, amount in zip(uses.row.tolist(), uses.resource.tolist(), uses.amount.tolist()):
                    if row == option:
                        wanted[r] = wanted.get(r, 0) + amount
        for choice, k, _ in self.choices(task):
            for c in range(int(choice.ptr[k]), int(choice.ptr[k + 1])):
                if choice.first + c in self.member:
                    wanted[int(choice.resource[c])] = wanted.get(int(choice.resource[c]), 0) + 1
        return wanted

    # ---- what was chosen ----

    def _modes(self, schedule: Schedule) -> list[int]:
        """The option of every task; -1 for what is none of its own, and where it is absent."""
        wanted = [-1] * len(self.names) if schedule.mode is None else schedule.mode.tolist()
        found = [-1] * len(self.names)
        for t in self.model.tasks:
            for m in t.modes:
                for k, row in enumerate(m.row.tolist()):
                    if wanted[t.first + row] == m.first + k and self.present[t.first + row]:
                        found[t.first + row] = m.first + k
        return found

    def _members(self, schedule: Schedule) -> set[int]:
        """The candidates that are taken by choices in force."""
        taken = set() if schedule.member is None else {c for c, yes in enumerate(schedule.member.tolist()) if yes}
        mine = {
            choice.first + c for i in range(len(self.names)) for choice, k, _ in self.choices(i)
            for c in range(int(choice.ptr[k]), int(choice.ptr[k + 1]))
        }
        return taken & mine

    def _pieces(self, schedule: Schedule) -> dict[int, list[tuple[int, int]]]:
        """The pieces of the present tasks that come in pieces."""
        found: dict[int, list[tuple[int, int]]] = {}
        for i, family in enumerate(self.family):
            if family.pieces is None or not self.present[i]:
                continue
            if schedule.pieces is None:
                found[i] = [(self.start[i], self.end[i])] if self.end[i] > self.start[i] else []
            else:
                lo, hi = schedule.pieces.of(i)
                found[i] = list(zip(lo.tolist(), hi.tolist()))
        return found

    def stands(self, i: int) -> list[tuple[int, int]]:
        """When a task is there: its pieces, or all of it."""
        return self.pieces.get(i, [(self.start[i], self.end[i])])

    def _in_pieces(self, i: int) -> None:
        said, row = self.family[i].pieces, i - self.family[i].first
        spans, s, e = self.pieces[i], self.start[i], self.end[i]
        if len(spans) > said.most[row]:
            self._add("pieces", said.origin, self.names[i], len(spans) - int(said.most[row]), s)
        for k, (lo, hi) in enumerate(spans):
            out = max(int(said.shortest[row]) - (hi - lo), hi - lo - int(said.longest[row]))
            if out > 0:
                self._add("pieces", said.origin, self.names[i], out, lo)
            if k and lo < spans[k - 1][1]:
                self._add("pieces", said.origin, self.names[i], spans[k - 1][1] - lo, lo)
        out = abs(spans[0][0] - s) + abs(spans[-1][1] - e) if spans else abs(e - s)
        worked = sum(hi - lo for lo, hi in spans)
        for amount in (out, abs(worked - self.length[i])):
            if amount:
                self._add("pieces", said.origin, self.names[i], amount, s)
        if said.fixed is not None:
            old = list(zip(*(column.tolist() for column in said.fixed.of(row))))
            if old and old != spans:
                self._add("pieces", said.origin, self.names[i], 1, s)

    def option(self, i: int) -> tuple[Any, int] | None:
        """The `mode` statement of a task's option, and its row there."""
        for m in self.family[i].modes:
            if m.first <= self.mode[i] < m.first + m.size:
                return m, self.mode[i] - m.first
        return None

    def choices(self, i: int) -> list[tuple[Any, int, int]]:
        """The choices in force for a task: node, instance, and how many members it takes."""
        if not self.present[i]:
            return []
        family = self.family[i]
        places = [(c, i - family.first) for c in family.choices]
        found = self.option(i)
        if found is not None:
            places += [(c, found[1]) for c in found[0].choices]
        return [(c, k, int(c.count[k])) for c, row in places for k in range(len(c.row)) if int(c.row[k]) == row]

    def paused(self, task: int, t: int) -> bool:
        """Whether a pausable task cannot work at a tick."""
        return 0 <= t < self.h and any(self.capacity[r][t] < amount for r, amount in self.demand[task].items())

    # ---- the statements ----

    def judge(self) -> tuple[Counter[Finding], list[int]]:
        """All findings, and the objectives."""
        for i in range(len(self.names)):
            if not self.present[i]:
                continue
            self._chosen(i)
            self._horizon(i)
            self._length(i)
            self._limits(i)
            self._within(i)
            self._parts_inside(i)
        self._capacities()
        self._batches()
        self._stocks()
        self._orders()
        self._exclusives()
        self._changes()
        self._permutations()
        self._requires()
        return self.found, [self.value(stage.value)[0] for stage in self.model.objective]

    def _add(self, kind: str, origin: Any, member: str, amount: int, at: int | None) -> None:
        self.found[kind, origin.address, member, int(amount), at] += 1

    def _clause(self, i: int, keyword: str) -> Any:
        return self.family[i].clauses.get(keyword, self.family[i].origin)

    def _chosen(self, i: int) -> None:
        family = self.family[i]
        if family.modes and self.mode[i] < 0:
            self._add("mode", family.modes[0].origin, self.names[i], 1, None)
        for choice, k, count in self.choices(i):
            got = sum(choice.first + c in self.member for c in range(int(choice.ptr[k]), int(choice.ptr[k + 1])))
            if got != count:
                self._add("member", choice.origin, self.names[i], abs(got - count), None)

    def _horizon(self, i: int) -> None:
        s, e = self.start[i], self.end[i]
        out = max(-s, -e, s - self.h, e - self.h)
        if out > 0:
            self._add("horizon", self.model.axis.origin, self.names[i], out, s)

    def _length(self, i: int) -> None:
        s, e, worked, family = self.start[i], self.end[i], self.length[i], self.family[i]
        row = i - family.first
        found = self.option(i)
        said, row = (family, row) if found is None else found
        out = max(int(said.shortest[row]) - worked, worked - int(said.longest[row]))
        if out > 0:
            self._add("length", self._said(i, "lasts"), self.names[i], out, s)
        if i in self.pieces:
            self._in_pieces(i)
            return
        if not family.pausable:
            if e != s + worked:
                self._add("length", self._clause(i, "lasts"), self.names[i], abs(e - s - worked), s)
            return
        can = sum(not self.paused(i, t) for t in range(s, e)) if e >= s else e - s
        if can != worked:
            self._add("length", self._clause(i, "pausable"), self.names[i], abs(can - worked), s)
        if e > s and self.paused(i, s):
            ticks = next((k for k, t in enumerate(range(s, e)) if not self.paused(i, t)), e - s)
            self._add("pause", self._clause(i, "pausable"), self.names[i], ticks, s)
        if e > s and self.paused(i, e - 1):
            ticks = next((k for k, t in enumerate(range(e - 1, s - 1, -1)) if not self.paused(i, t)), e - s)
            self._add("pause", self._clause(i, "pausable"), self.names[i], ticks, e - 1)

    def _said(self, i: int, keyword: str) -> Any:
        """Where a chosen mode, or else the task, says something."""
        found = self.option(i)
        if found is None:
            return self._clause(i, keyword)
        return found[0].clauses.get(keyword) or self.family[i].clauses.get(keyword) or found[0].origin

    def _limits(self, i: int) -> None:
        family, s, e = self.family[i], self.start[i], self.end[i]
        release, deadline = int(family.release[i - family.first]), int(family.deadline[i - family.first])
        if s < release and release > 0:
            self._add("release", self._clause(i, "release"), self.names[i], release - s, s)
        if e > deadline and deadline < self.h:
            self._add("deadline", self._clause(i, "deadline"), self.names[i], e - deadline, e)
        found = self.option(i)
        if found is not None:
            release, deadline = int(found[0].release[found[1]]), int(found[0].deadline[found[1]])
            if s < release and release > 0:
                self._add("release", self._said(i, "release"), self.names[i], release - s, s)
            if e > deadline and deadline < self.h:
                self._add("deadline", self._said(i, "deadline"), self.names[i], e - deadline, e)

    def _within(self, i: int) -> None:
        self._inside(i, self.family[i].within, i - self.family[i].first)
        found = self.option(i)
        if found is not None:
            self._inside(i, found[0].within, found[1])

    def _inside(self, i: int, clauses: Any, row: int) -> None:
        s, e = self.start[i], self.end[i]
        best: tuple[int, Any] | None = None
        for within in clauses:
            which = int(within.which[row])
            if which < 0:
                continue
            outs = [max(lo - s, 0) + max(e - hi, 0) for lo, hi in zip(*(c.tolist() for c in within.spans.of(which)))]
            out = min(outs) if outs else max(e - s, 1)
            if best is None or out < best[0]:
                best = (out, within.origin)
        if best is not None and best[0] > 0:
            self._add("within", best[1], self.names[i], best[0], s)

    def holds(self, i: int, r: int, t: int) -> int:
        """How often a task holds its demand on a resource at a tick: once for each piece that is there."""
        if r not in self.demand[i] or (self.family[i].pausable and self.capacity[r][t] < self.demand[i][r]):
            return 0
        return sum(lo <= t < hi for lo, hi in self.stands(i))

    def _capacities(self) -> None:
        for r, capacity in enumerate(self.capacity):
            over = []
            parts = [(lo, hi, q) for i in range(len(self.names)) for _, s, q, lo, hi in self.parts(i) if s == r]
            for t in range(self.h):
                load = sum(self.demand[i].get(r, 0) * self.holds(i, r, t) for i in range(len(self.names)))
                load += sum(q for lo, hi, q in parts if lo <= t < hi)
                over.append(max(load - capacity[t], 0))
            t = 0
            while t < self.h:
                if over[t] == 0:
                    t += 1
                    continue
                last = t
                while last < self.h and over[last]:
                    last += 1
                worst = max(over[t:last])
                at = next(k for k in range(t, last) if over[k] == worst)
                self._add("capacity", self._binding(r, at), self.resource_names[r], worst, at)
                t = last

    def _batches(self) -> None:
        """Each task that shares a tick with an earlier one, and not its start and end; told against the last to end."""
        for family in self.model.resources:
            for r in range(family.first, family.first + family.family.size) if family.batch is not None else ():
                users = sorted(
                    (self.start[i], self.end[i], i) for i in range(len(self.names))
                    if r in self.demand[i] and self.present[i] and self.end[i] > self.start[i]
                )
                for k, (s, e, _) in enumerate(users):
                    if k == 0:
                        continue
                    until = max(x[1] for x in users[:k])
                    s0 = min(x[0] for x in users[:k] if x[1] == until)
                    if s < until and (s, e) != (s0, until):
                        out = abs(s - s0) + abs(e - until)
                        self._add("batch", family.batch, self.resource_names[r], out, s)

    def parts(self, i: int) -> list[tuple[Any, int, int, int, int]]:
        """What a task holds on parts of itself: statement, resource, amount, from, until."""
        if not self.present[i]:
            return []
        places = [(p, i - self.family[i].first) for p in self.family[i].parts]
        found = self.option(i)
        if found is not None:
            places += [(p, found[1]) for p in found[0].parts]
        points = {Point.START: self.start[i], Point.END: self.end[i]}
        return [
            (p, int(p.resource[k]), int(p.amount[k]), points[p.first_point] + int(p.first[k]),
             points[p.last_point] + int(p.last[k]))
            for p, row in places for k in range(len(p.row)) if int(p.row[k]) == row
        ]

    def _parts_inside(self, i: int) -> None:
        s, e = self.start[i], self.end[i]
        for p, _, _, lo, hi in self.parts(i):
            out = max(-lo, hi - self.h) if lo < hi else 0
            if out > 0 and s >= 0 and e <= self.h:
                self._add("horizon", p.origin, self.names[i], out, lo)

    def happened(self, i: int) -> list[tuple[Any, int, int, int]]:
        """What a task does to stocks: statement, stock, tick, amount."""
        if not self.present[i]:
            return []
        places = [(e, i - self.family[i].first) for e in self.family[i].events]
        found = self.option(i)
        if found is not None:
            places += [(e, found[1]) for e in found[0].events]
        done = []
        for e, row in places:
            point = self.start[i] if e.point == Point.START else self.end[i]
            done += [
                (e, int(e.stock[k]), point + int(e.shift[k]), int(e.amount[k]))
                for k in range(len(e.row)) if int(e.row[k]) == row
            ]
        return done

    def _stocks(self) -> None:
        happened = [(i, *event) for i in range(len(self.names)) for event in self.happened(i)]
        for i, e, _, at, _ in happened:
            out = max(-at, at - self.h)
            near = self.start[i] if e.point == Point.START else self.end[i]
            if out > 0 and 0 <= near <= self.h:
                self._add("stock", e.origin, self.names[i], out, at)
        for family in self.model.stocks:
            for row, name in enumerate(family.family.labels()):
                mine = [(at, amount) for _, _, s, at, amount in happened if s == family.first + row]
                levels = [
                    int(family.starts[row]) + sum(a for at, a in mine if at <= t) for t in range(self.h + 1)
                ]
                self._runs(family, name, [int(family.lowest[row]) - v for v in levels])
                self._runs(family, name, [v - int(family.highest[row]) for v in levels])

    def _runs(self, family: Any, name: str, excess: list[int]) -> None:
        t = 0
        while t < len(excess):
            last = t
            while last < len(excess) and excess[last] > 0:
                last += 1
            if last > t:
                worst = max(excess[t:last])
                self._add("stock", family.origin, name, worst, excess.index(worst, t))
            t = last + 1

    def _binding(self, r: int, t: int) -> Any:
        family = next(f for f in self.model.resources if f.first <= r < f.first + f.family.size)
        if self.capacity[r][t] == int(family.capacity[r - family.first]):
            return family.origin
        opens = []
        for s in self.model.availability:
            for k in range(len(s.resource)):
                if int(s.resource[k]) != r:
                    continue
                lo, hi = s.spans.of(int(s.which[k]))
                if isinstance(s, Open):
                    opens.append(s.origin)
                elif int(s.leaving[k]) == self.capacity[r][t] and any(a <= t < b for a, b in zip(lo, hi)):
                    return s.origin
        return opens[0]

    def _orders(self) -> None:
        for order in self.model.orders:
            for m, (a, b) in enumerate(zip(order.first.tolist(), order.second.tolist())):
                first = self.start[a] if order.first_point == Point.START else self.end[a]
                second = self.start[b] if order.second_point == Point.START else self.end[b]
                if not (self.present[a] and self.present[b]):
                    continue
                first += 0 if order.extra is None else self.value(order.extra)[m]
                out = max(int(order.lo[m]) - (second - first), (second - first) - int(order.hi[m]))
                if out > 0:
                    self._add("order", order.origin, f"{self.names[a]} -> {self.names[b]}", out, second)

    def _exclusives(self) -> None:
        for exclusive in self.model.exclusives:
            for k in range(len(exclusive.ptr) - 1):
                tasks = exclusive.task[exclusive.ptr[k] : exclusive.ptr[k + 1]].tolist()
                real = sorted((lo, t, hi) for t in tasks for lo, hi in self.stands(t) if hi > lo)
                for n, (s, late, e) in enumerate(real):
                    running = [hi for _, _, hi in real[:n] if hi > s]
                    if running:
                        ticks = min(max(running), e) - s
                        self._add("exclusive", exclusive.origin, self.names[late], ticks, s)

    # ---- the order of things ----

    def visits(self, r: int) -> list[tuple[int, int, int, int]]:
        """The uses of a changing resource: (start, task, state, end), in that order."""
        found = set()
        for i, family in enumerate(self.family):
            if not self.present[i] or self.end[i] <= self.start[i]:
                continue
            places = [(u, i - family.first) for u in family.uses]
            option = self.option(i)
            if option is not None:
                places += [(u, option[1]) for u in option[0].uses]
            states = [
                int(u.state[k]) for u, row in places if u.state is not None
                for k in range(len(u.row)) if int(u.row[k]) == row and int(u.resource[k]) == r
            ]
            for choice, k, _ in self.choices(i):
                if choice.state is not None:
                    candidates = range(int(choice.ptr[k]), int(choice.ptr[k + 1]))
                    taken = [c for c in candidates if choice.first + c in self.member]
                    states += [int(choice.state[k]) for c in taken if int(choice.resource[c]) == r]
            found |= {(lo, i, state, hi) for state in states for lo, hi in self.stands(i)}
        return sorted(found)

    def _changes(self) -> None:
        self.setup = 0
        for family in self.model.resources:
            if family.change is None:
                continue
            for row in range(family.family.size):
                self._segments(family, row, self.visits(family.first + row))

    def _segments(self, family: Any, row: int, visits: list[tuple[int, int, int, int]]) -> None:
        segments: list[list[tuple[int, int, int, int]]] = []
        for visit in visits:
            if segments and segments[-1][0][2] == visit[2]:
                segments[-1].append(visit)
            else:
                segments.append([visit])
        name = self.resource_names[family.first + row]
        state, free = int(family.change.starts[row]), 0
        for segment in segments:
            wanted = 0 if state < 0 else self.distance(family.change, row, state, segment[0][2])
            self.setup += wanted
            if segment[0][0] < free + wanted:
                self._add("change", family.change.origin, name, free + wanted - segment[0][0], segment[0][0])
            state, free = segment[0][2], max(visit[3] for visit in segment)

    @staticmethod
    def distance(change: Any, row: int, before: int, after: int) -> int:
        """How long a change takes."""
        if before == after:
            return 0
        if not len(change.time):
            return int(change.every[row])
        n = len(change.names)
        return change.time.tolist()[int(change.which[row]) * n * n + before * n + after]

    def _permutations(self) -> None:
        for p in self.model.permutations:
            for lo, hi in zip(p.ptr.tolist(), p.ptr.tolist()[1:]):
                pairs = [
                    (self.start[a], self.start[b], k, a)
                    for k, (a, b) in enumerate(zip(p.first.tolist()[lo:hi], p.second.tolist()[lo:hi]))
                    if self.present[a] and self.present[b]
                ]
                for s, t, _, a in pairs:
                    before = [x for x in pairs if x[0] < s and x[1] >= t]
                    if before:
                        other = min(before, key=lambda x: (-x[1], x[2]))
                        self._add("permutation", p.origin, self._both(other[3], a), other[1] - t + 1, t)
                        continue
                    least = min((x for x in pairs if x[0] == s), key=lambda x: (x[1], x[2]))
                    if least[1] != t:
                        self._add("permutation", p.origin, self._both(least[3], a), t - least[1], t)

    def _both(self, a: int, b: int) -> str:
        return f"{self.names[a]}, {self.names[b]}"

    def _requires(self) -> None:
        for require in self.model.requires:
            for row, holds in enumerate(self.truth(require.condition)):
                if not holds:
                    self._add("require", require.origin, require.member(row), 0, None)

    # ---- expressions, row by row ----

    def value(self, node: Any) -> list[int]:
        """The integer of each row."""
        if isinstance(node, Makespan):
            return [max([0, *self.end])]
        if isinstance(node, SetupTime):
            return [self.setup]
        if isinstance(node, Absolute):
            return [abs(v) for v in self.value(node.child)]
        if isinstance(node, Indicator):
            return [int(v) for v in self.truth(node.child)]
        if isinstance(node, Extreme):
            child = self.value(node.child)
            counted = [True] * len(node.row) if node.when is None else self.truth(node.when)
            entries = list(zip(node.row.tolist(), node.child_row.tolist(), counted))
            picks = [[child[c] for r, c, counts in entries if r == row and counts] for row in range(node.rows)]
            return [(max if node.op == "max" else min)(pick) if pick else 0 for pick in picks]
        if isinstance(node, Rank):
            return [self._ranked(node, row) for row in range(node.rows)]
        if isinstance(node, Product):
            child, found = self.value(node.child), [1] * node.rows
            for row, c in zip(node.row.tolist(), node.child_row.tolist()):
                found[row] *= child[c]
            return found
        if isinstance(node, Guarded):
            return [v if there else 0 for v, there in zip(self.value(node.child), self.truth(node.when))]
        assert isinstance(node, Linear)
        columns: dict[Point, Any] = {
            Point.START: self.start, Point.END: self.end, Point.LENGTH: self.length, Point.PRESENT: self.present,
            Point.MODE: Chosen(set(self.mode)), Point.MEMBER: Chosen(self.member),
        }
        total = node.const.tolist()
        for row, point, task, coef in zip(*(c.tolist() for c in (node.row, node.point, node.task, node.coef))):
            total[row] += coef * columns[Point(point)][task]
        for part in node.parts:
            child = self.value(part.child)
            for row, child_row, coef in zip(part.row.tolist(), part.child_row.tolist(), part.coef.tolist()):
                total[row] += coef * child[child_row]
        return total

    def _ranked(self, node: Any, row: int) -> int:
        """The least value that at least so many percent of the entries do not exceed."""
        child = self.value(node.child)
        counted = [True] * len(node.row) if node.when is None else self.truth(node.when)
        entries = zip(node.row.tolist(), node.child_row.tolist(), counted)
        mine = [child[c] for r, c, counts in entries if r == row and counts]
        enough = [v for v in mine if 100 * node.bottom * sum(w <= v for w in mine) >= node.top * len(mine)]
        return min(enough, default=0)

    def truth(self, node: Any) -> list[bool]:
        """The truth of each row."""
        if isinstance(node, Known):
            return [bool(v) for v in node.value]
        if isinstance(node, Not):
            return [not v for v in self.truth(node.child)]
        if isinstance(node, Compare):
            op = node.op.value
            return [{"==": v == 0, "!=": v != 0, "<=": v <= 0, ">=": v >= 0, "<": v < 0, ">": v > 0}[op]
                    for v in self.value(node.left)]
        assert isinstance(node, Junction)
        operands: list[list[bool]] = [[] for _ in range(node.rows)]
        for member in node.members:
            child = self.truth(member.child)
            for row, child_row in zip(member.row.tolist(), member.child_row.tolist()):
                operands[row].append(child[child_row])
        return [(all if node.op == "and" else any)(values) for values in operands]


def naive_verdict(model: Model, schedule: Schedule) -> tuple[Counter[Finding], list[int]]:
    """The findings as (kind, address, member, amount, tick), and the objectives.

    Members of an `exclusive` are the task that starts too early; a `require` has amount 0.
    """
    return NaiveJudge(model, schedule).judge()
