"""What is known while a file is given its meaning: declarations, values, tables, families, the clock."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import field
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from schedc.dsl.clock import Clock
from schedc.dsl.faults import Fault, TooLarge
from schedc.dsl.groups import Groups, Part
from schedc.dsl.names import Declaration
from schedc.dsl.space import Index, Space
from schedc.dsl.texts import Texts
from schedc.dsl.units import Dims, base_unit
from schedc.dsl.values import DURATION, NUMBER, Type, Value, constant, spread
from schedc.models.amounts import decimal_text
from schedc.models.axis import TimeAxis
from schedc.models.columns import Family, Ints
from schedc.models.diagnostics import Findings
from schedc.models.profile import Spans
from schedc.models.records import dataclass
from schedc.models.source import Span


@dataclass(frozen=True, eq=False)
class Elements:
    """A set: its elements as one column, all different."""

    value: Value


@dataclass(frozen=True, eq=False)
class Rows:
    """The members of a declared family: one row each; dims[k] is binder k's column; index finds a row by key."""

    name: str
    space: Space
    dims: tuple[Value, ...]
    index: Index
    at: Span


@dataclass(frozen=True, eq=False)
class Column:
    """`let x[fam] = …`: a value for each member."""

    rows: Rows
    value: Value


@dataclass(frozen=True, eq=False)
class JobRows:
    """A job's members: one row each; task[ptr[k]:ptr[k+1]] are the numbers of the tasks of member k, ascending."""

    rows: Rows
    ptr: Ints
    task: Ints


@dataclass(frozen=True, eq=False)
class Repeats:
    """`every P times N` of a task family: for each member, whose last index is index = k, the period and N."""

    period: Ints
    times: Ints
    index: Ints
    at: Span


@dataclass(frozen=True, eq=False)
class Due:
    """A `due` clause of the task or job `name`: for member row[k] the instant ticks[k], with a weight."""

    name: str
    row: Ints
    ticks: Ints
    weight: Value


@dataclass(frozen=True)
class ColumnType:
    """A column's declared type: a base type, a unit for bare numbers (`amount Gbps`), a referred table."""

    kind: Type
    whole: bool = False
    factor: Fraction = Fraction(1)
    table: TableData | None = None


@dataclass(frozen=True, eq=False)
class TableData:
    """A table: typed columns of `size` rows; index finds a row by its key columns (None without a key).

    types: the columns' types as declared.
    """

    name: str
    size: int
    columns: dict[str, Value]
    key: tuple[str, ...]
    index: Index | None
    at: Span
    types: Mapping[str, ColumnType] = field(default_factory=dict)


if TYPE_CHECKING:
    from schedc.dsl.attributes import Attribute
    from schedc.dsl.availability import AvailabilityDraft
    from schedc.dsl.rates import Rate
    from schedc.dsl.resources import ResourceDraft
    from schedc.dsl.services import ContractDraft, Service
    from schedc.dsl.soft import SoftDraft
    from schedc.dsl.soft_clauses import SoftClause
    from schedc.dsl.stocks import StockDraft
    from schedc.dsl.tasks import TaskDraft

Given: TypeAlias = Value | Elements | Column


@dataclass
class World:
    """The state of one build. Times are counted in ticks: `tick_ns` of them make one (None: plain ticks)."""

    findings: Findings
    declared: dict[str, Declaration]
    folder: Path | None = None
    params: Mapping[str, object] = field(default_factory=dict)
    data: Mapping[str, object] = field(default_factory=dict)
    clock: Clock = field(default_factory=Clock)
    tick_ns: int | None = None
    horizon: int | None = None                                  # as written
    reach: int | None = None                                    # how far calendars are laid out: that, or a later one
    availability: list[AvailabilityDraft] = field(default_factory=list)     # `open` and `downtime`, soft ones left out
    values: dict[str, Given] = field(default_factory=dict)
    tables: dict[str, TableData] = field(default_factory=dict)
    families: dict[str, Rows] = field(default_factory=dict)      # of tasks and resources
    task_first: dict[str, int] = field(default_factory=dict)    # the number of each task family's first member
    resource_first: dict[str, int] = field(default_factory=dict)
    resources: dict[str, ResourceDraft] = field(default_factory=dict)
    stocks: dict[str, StockDraft] = field(default_factory=dict)
    drafts: dict[str, TaskDraft] = field(default_factory=dict)
    attributes: dict[str, dict[str, Attribute]] = field(default_factory=dict)   # of resources, by their name
    calendars: dict[str, Callable[[int], Spans] | None] = field(default_factory=dict)
    calendars_open: set[str] = field(default_factory=set)       # those being read
    texts: Texts = field(default_factory=Texts)
    quantities: dict[object, Value] = field(default_factory=dict)   # as written, for the resolution that holds
    used: set[str] = field(default_factory=set)
    read: dict[str, str] = field(default_factory=dict)          # digests of what tables hold
    refused: set[str] = field(default_factory=set)      # names declared by what is not implemented
    labels: dict[str, Span] = field(default_factory=dict)
    groups: Groups = field(default_factory=Groups)
    jobs: dict[str, JobRows] = field(default_factory=dict)
    repeats: dict[str, Repeats] = field(default_factory=dict)   # of the task families that are periodic
    sliding: bool = False                               # whether what is lowered is a condition on windows
    dues: list[Due] = field(default_factory=list)
    flows: list[tuple[str, Rows, Ints]] = field(default_factory=list)   # tasks and jobs of flow time, and releases
    soft: list[SoftDraft] = field(default_factory=list)
    clauses: list[SoftClause] = field(default_factory=list)     # soft ones of tasks, jobs and modes
    services: dict[str, Service] = field(default_factory=dict)
    services_open: set[str] = field(default_factory=set)        # those being lowered
    contracts: dict[str, list[ContractDraft]] = field(default_factory=dict)     # by the measure that they limit
    rates: list[Rate] = field(default_factory=list)
    may_miss: bool = False                              # whether any task is optional
    deciders: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))   # by task: who decides, -1 if certain

    @property
    def time_type(self) -> Type:
        """What durations and lengths are: durations, or plain numbers in a model of ticks."""
        return NUMBER if self.tick_ns is None else DURATION

    def base_size(self, size: Fraction, dims: Dims) -> Fraction:
        """A size in ns-based units as one in ticks."""
        power = dict(dims).get("time", 0)
        return size if not power or self.tick_ns is None else size / Fraction(self.tick_ns) ** power

    def constant(self, kind: Type, value: Fraction | int, at: Span) -> Value:
        """One exact value; Fault E252 beyond 64 bits."""
        try:
            return constant(kind, value)
        except TooLarge:
            raise Fault("E252", "the number does not fit 64 bits", at) from None

    @property
    def axis(self) -> TimeAxis:
        """The axis for showing times while there is no horizon yet."""
        return TimeAxis(0, self.tick_ns, self.clock.start_iso, self.clock.zone)

    def digest(self, text_digest: str) -> str:
        """The digest of the text, or where tables were read or params given, of all of them."""
        if not (self.read or self.params):
            return text_digest
        whole = hashlib.sha256(text_digest.encode())
        for kind, known in (("data", self.read), ("param", self.params)):
            for name in sorted(known):
                whole.update(f"\0{kind}\0{name}\0{known[name]}".encode("utf-8", "surrogatepass"))
        return whole.hexdigest()

    # showing

    def show(self, value: Value, row: int = 0) -> str:
        """One row of a value as people write it."""
        if value.empty is not None and bool(value.empty if value.empty.ndim == 0 else value.empty[row]):
            return "none"
        if value.type.kind == "member":
            return self.member(value.type.table, int(value.num if value.num.ndim == 0 else value.num[row]))
        amount = value.at(row)
        if value.type.kind == "text":
            return self.texts.words[int(amount)]
        if value.type.kind == "flag":
            return "true" if amount else "false"
        if value.type.kind == "instant" and amount.denominator == 1:
            return self.axis.tick_text(int(amount))
        if value.type == DURATION and amount.denominator == 1:
            return self.axis.span_text(int(amount))
        return self._show_amount(value.type, amount)

    def show_all(self, value: Value, rows: int) -> list[str]:
        """All rows of a value as people write them; whole numbers and texts by columns."""
        if not value.hollow and value.type.kind == "text":
            words = self.texts.words
            return [words[code] for code in spread(value.num, rows).tolist()]
        if not value.hollow and value.type == NUMBER and value.whole:
            return list(map(str, spread(value.num, rows).tolist()))
        return [self.show(value, row) for row in range(rows)]

    def show_ns(self, ns: int) -> str:
        """An instant that may lie between ticks."""
        return TimeAxis(0, 1, self.clock.start_iso, self.clock.zone).tick_text(ns)

    def _show_amount(self, kind: Type, amount: Fraction) -> str:
        if kind.kind in ("none", "unlimited"):
            return kind.kind
        from schedc.dsl.units import UNITS

        unit = kind.unit or (base_unit(kind.dims) if kind.dims else "")
        if unit in UNITS:
            amount /= self.base_size(UNITS[unit].size, kind.dims)
        return decimal_text(amount) + (f" {unit}" if unit else "")

    def member(self, table: str, row: int) -> str:
        """A table row by its key (by its number, from 1, without one)."""
        data = self.tables[table]
        if not data.key:
            return str(row + 1)
        return ",".join(self.show(data.columns[k], row) for k in data.key)

    def binding(self, space: Space, row: int) -> str:
        """An instance in words: `i = 3, r = r7`; empty without binders."""
        return ", ".join(f"{n} = {self.show(v, row)}" for n, v in space.columns.items())

    def where(self, space: Space, row: int) -> str:
        """` for i = 3`, to follow a message; empty without binders."""
        text = self.binding(space, row)
        return f" for {text}" if text else ""

    # families

    def family(self, rows: Rows) -> Family:
        """A family with its index columns as people see them: integers or texts."""
        columns = [self.shown(dim.spread(rows.space.rows)) for dim in rows.dims]
        part = self.groups.inside.get(rows.name)
        names: tuple[str, ...] = ()
        widths: tuple[int, ...] = ()
        if part is not None:
            names, widths = self.groups.path(rows.name), _widths(self._levels(part), [len(c) for c in columns])
        return Family(rows.name, rows.space.rows, tuple(c for cs in columns for c in cs), names, widths)

    def _levels(self, part: Part) -> tuple[int, ...]:
        """The number of binders of each level; the index of repeats is one of the last level."""
        return (*part.widths[:-1], part.widths[-1] + (part.name in self.repeats))

    def shown(self, dim: Value) -> list[np.ndarray[tuple[int], np.dtype[np.generic]]]:
        if dim.type == NUMBER:
            return [np.ascontiguousarray(dim.num)]
        if dim.type.kind == "text":
            return [self.texts.decoded(dim.num)]
        if dim.type.kind == "member":
            data = self.tables[dim.type.table]
            if not data.key:
                return [dim.num + 1]
            return [c for k in data.key for c in self.shown(data.columns[k].take(dim.num).spread(len(dim.num)))]
        words = np.empty(len(dim.num), dtype=object)
        words[:] = [self.show(dim, i) for i in range(len(dim.num))]
        return [words]


def _widths(binders: tuple[int, ...], columns: list[int]) -> tuple[int, ...]:
    """The number of shown columns of each level, from the number of its binders and of the columns of each binder."""
    ends = np.cumsum([0, *binders]).tolist()
    return tuple(sum(columns[a:b]) for a, b in pairwise(ends))


def key_columns(dims: tuple[Value, ...], rows: int) -> tuple[Ints, ...]:
    """The columns that an Index takes, from the dimensions of a family."""
    return tuple(np.ascontiguousarray(spread(d.num, rows)) for d in dims)
