"""The syntax tree: what the author wrote, and where; no meaning yet. One class a statement, one an expression form.

Every node ends in its `span`. Numbers are exact (`Fraction`); names have lost their backticks.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Literal, TypeAlias

from schedc.models.records import dataclass
from schedc.models.source import Span

# ---- expressions ----


@dataclass(frozen=True, slots=True)
class Number:
    """`3`, `0.25`. `text` is what was written."""

    value: Fraction
    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Quantity:
    """`2 h 30 min`, `40 Gbps`, in a table cell also `-3 EUR` and `20 EUR/h` (`per`)."""

    parts: tuple[tuple[Number, str], ...]
    per: str | None
    span: Span


@dataclass(frozen=True, slots=True)
class Instant:
    """`2026-01-05`, `2026-01-05 08:00`, `2026-10-25 02:30+02:00`, as written."""

    text: str
    span: Span

    @property
    def bare_date(self) -> bool:
        """Whether no time of day was written."""
        return len(self.text) == 10


@dataclass(frozen=True, slots=True)
class Clock:
    """`08:00`, as written."""

    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Text:
    """`"…"`, or a bare word in a table cell (`bare`)."""

    value: str
    bare: bool
    span: Span


@dataclass(frozen=True, slots=True)
class Flag:
    """`true`, `false`."""

    value: bool
    span: Span


@dataclass(frozen=True, slots=True)
class Star:
    """`*` as an index: every member."""

    span: Span


@dataclass(frozen=True, slots=True)
class Step:
    """`.word` or `.word[index]` behind a name or a call."""

    word: str
    index: tuple[Expr | Star, ...] | None
    span: Span


@dataclass(frozen=True, slots=True)
class Ref:
    """`crew`, `move[r]`, `r.machine.speed`, `run[t].place[n]`."""

    name: str
    index: tuple[Expr | Star, ...] | None
    path: tuple[Step, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Call:
    """`sum(E for …)`, `start(x)`, `max(a, b)`."""

    name: str
    args: tuple[Expr, ...]
    each: Each | None
    path: tuple[Step, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Negative:
    """`-E`."""

    operand: Expr
    span: Span


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """A chain of one precedence level, left to right: first (op operand)*; ops are + - or * /."""

    first: Expr
    rest: tuple[tuple[Literal["+", "-", "*", "/"], Expr], ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Comparison:
    """`a <= b`."""

    op: Literal["==", "!=", "<=", ">=", "<", ">"]
    left: Expr
    right: Expr
    span: Span


@dataclass(frozen=True, slots=True)
class In:
    """`x in { a, b }` (items) or `x in total` (one item)."""

    left: Expr
    items: tuple[Expr, ...]
    braces: bool
    span: Span


@dataclass(frozen=True, slots=True)
class Logic:
    """`a and b and c`, `a or b`: n-ary."""

    op: Literal["and", "or"]
    operands: tuple[Expr, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Negation:
    """`not E`."""

    operand: Expr
    span: Span


@dataclass(frozen=True, slots=True)
class Implies:
    """`a implies b`; groups to the right."""

    left: Expr
    right: Expr
    span: Span


@dataclass(frozen=True, slots=True)
class If:
    """`if c then a else b`."""

    condition: Expr
    then: Expr
    otherwise: Expr
    span: Span


@dataclass(frozen=True, slots=True)
class Range:
    """`a .. b`; `hi` is None for a single expression where the grammar allows a range."""

    lo: Expr
    hi: Expr | None
    span: Span


@dataclass(frozen=True, slots=True)
class SetOf:
    """`{ a, b, c }`."""

    items: tuple[Expr, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class SetEach:
    """`{ E for … }`."""

    item: Expr
    each: Each
    span: Span


@dataclass(frozen=True, slots=True)
class Map:
    """`{ a -> b: v, … }`, the change table of a resource."""

    arcs: tuple[tuple[Expr, Expr, Expr], ...]
    span: Span


Expr: TypeAlias = (
    Number | Quantity | Instant | Clock | Text | Flag | Ref | Call | Negative | Arithmetic | Comparison | In | Logic
    | Negation | Implies | If
)
SetExpr: TypeAlias = Range | SetOf | SetEach


@dataclass(frozen=True, slots=True)
class Binder:
    """`r in racks`; `r, q in racks` makes two binders that share the set."""

    name: str
    values: SetExpr
    span: Span


@dataclass(frozen=True, slots=True)
class Share:
    """`95 % of` in `for 95 % of r in racks`."""

    value: Number | Ref
    span: Span


@dataclass(frozen=True, slots=True)
class Each:
    """`for [share] binders [where E]`; also the inside of a family's brackets."""

    share: Share | None
    binders: tuple[Binder, ...]
    where: Expr | None
    span: Span


# ---- pieces of statements ----


@dataclass(frozen=True, slots=True)
class Name:
    """A declared name, or a column's word."""

    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class AsLabel:
    """`as curfew`, `as "core switch upgrade"`."""

    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Soft:
    """`else penalty N [per U]`."""

    amount: Expr
    per: Expr | None
    span: Span


@dataclass(frozen=True, slots=True)
class Tail:
    """What may end a constraint statement; a repeated part is an error of the checker (each list keeps them all)."""

    each: tuple[Each, ...]
    soft: tuple[Soft, ...]
    labels: tuple[AsLabel, ...]


@dataclass(frozen=True, slots=True)
class Weekly:
    """`Mon..Fri 08:00..12:00`; first == last for one day; days count Mon = 0."""

    first: int
    last: int
    hours: Range
    span: Span


@dataclass(frozen=True, slots=True)
class Recurring:
    """`0 h .. 2 h every 6 h`."""

    first: Range
    every: Expr
    span: Span


When: TypeAlias = Range | Weekly | Recurring


@dataclass(frozen=True, slots=True)
class Point:
    """`prep[r]` (`side` None), `start(prep[r])`, `end(x)`; `side` is the function's name as written."""

    side: str | None
    ref: Ref
    span: Span


@dataclass(frozen=True, slots=True)
class Arrow:
    """`-> b after lo .. hi`."""

    target: Point
    lag: Range | None
    span: Span


@dataclass(frozen=True, slots=True)
class Column:
    """`size: amount Gbps private`; type words in order, `per` behind a slash; type empty when left out."""

    name: Name
    type: tuple[Name, ...]
    per: Name | None
    private: bool
    span: Span


Cell: TypeAlias = Text | Number | Quantity | Instant | Clock


@dataclass(frozen=True, slots=True)
class Row:
    """One row of an inline table."""

    cells: tuple[Cell, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Demand:
    """One demand of a `uses`: `crew 2`, `2 of team`, `gpu at s`, `r q during A .. B`, `r q growing g per d`."""

    ref: Ref
    amount: Expr | None
    count: Ref | Number | None              # n of `n of ref`
    at: tuple[Expr, ...]
    during: tuple[Range, ...]
    growing: tuple[tuple[Expr, Expr], ...]  # (g, d)
    span: Span


@dataclass(frozen=True, slots=True)
class StockChange:
    """`memory 4` or `memory 4 at end` in `takes` and `produces`."""

    ref: Ref
    amount: Expr
    at: Expr | None
    span: Span


# ---- clauses; `keyword` is the clause's word ----


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause of one plain value: release, deadline, due, capacity, change, starts, leaving …

    values: the expressions (or ranges, maps) in the order written; which ones stands in the grammar. Flags such as
    `pausable`, `optional`, `contiguous`, `batch`, `private` have none. `soft` where the clause may be soft.
    """

    keyword: str
    values: tuple[Expr | Range | Map | None, ...]
    soft: Soft | None
    span: Span


@dataclass(frozen=True, slots=True)
class UsesClause:
    """`uses demand, demand for …`."""

    demands: tuple[Demand, ...]
    each: Each | None
    span: Span


@dataclass(frozen=True, slots=True)
class StockClause:
    """`takes …` or `produces …` (`keyword`)."""

    keyword: str
    changes: tuple[StockChange, ...]
    each: Each | None
    span: Span


@dataclass(frozen=True, slots=True)
class WithinClause:
    """`within [days] range`: a span, `Mon..Fri 08:00..12:00`, or a calendar's name (a Range without `hi`)."""

    when: Range | Weekly
    soft: Soft | None
    span: Span


@dataclass(frozen=True, slots=True)
class ModeClause:
    """`mode m[fam] { clauses }`."""

    name: Name
    family: Each | None
    clauses: tuple[TaskClause, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class WithClause:
    """`with cost = 3, reward = r.gain`."""

    items: tuple[tuple[Name, Expr], ...]
    span: Span


TaskClause: TypeAlias = Clause | UsesClause | StockClause | WithinClause | ModeClause | WithClause | AsLabel

# ---- statements ----


@dataclass(frozen=True, slots=True)
class ModelName:
    """`model "…"`."""

    title: Text
    span: Span


@dataclass(frozen=True, slots=True)
class Include:
    """`include "f.sched" as ns`."""

    path: Text
    namespace: Name | None
    span: Span


@dataclass(frozen=True, slots=True)
class Time:
    """`time R from T zone "Z" for H now T`; clauses: keywords from, zone, for, now."""

    resolution: Expr | None
    clauses: tuple[Clause, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Param:
    """`param x [private] = value`; the value is a set or, as a Range without `hi`, one expression."""

    name: Name
    private: bool
    value: SetExpr
    span: Span


@dataclass(frozen=True, slots=True)
class Let:
    """`let x[fam] = value`."""

    name: Name
    family: Each | None
    value: SetExpr
    span: Span


@dataclass(frozen=True, slots=True)
class Table:
    """`table t from … in … key … { columns } rows { … }`; a repeated part is kept for the checker to refuse."""

    name: Name
    sources: tuple[Expr, ...]
    inside: tuple[Name, ...]
    keys: tuple[tuple[Name, ...], ...]
    columns: tuple[tuple[Column, ...], ...]
    rows: tuple[tuple[Row, ...], ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Calendar:
    """`calendar c when, when except range, range`."""

    name: Name
    whens: tuple[When, ...]
    excepts: tuple[Range, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Resource:
    """`resource r[fam] clauses`."""

    name: Name
    family: Each | None
    clauses: tuple[Clause | WithClause | AsLabel, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Stock:
    """`stock s[fam] holds a..b starts n`."""

    name: Name
    family: Each | None
    clauses: tuple[Clause | AsLabel, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Availability:
    """`open refs during when` or `downtime refs during when leaving k` (`keyword`)."""

    keyword: Literal["open", "downtime"]
    refs: tuple[Ref, ...]
    when: When
    leaving: Expr | None
    tail: Tail
    span: Span


@dataclass(frozen=True, slots=True)
class Task:
    """`task t[fam] clauses`."""

    name: Name
    family: Each | None
    clauses: tuple[TaskClause, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Job:
    """`job j[fam] clauses { statements }`."""

    name: Name
    family: Each | None
    clauses: tuple[TaskClause, ...]
    body: tuple[Statement, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Order:
    """`order a -> b after lag -> c for …`."""

    first: Point
    arrows: tuple[Arrow, ...]
    tail: Tail
    span: Span


@dataclass(frozen=True, slots=True)
class Together:
    """`exclusive refs` or `permutation refs` (`keyword`)."""

    keyword: Literal["exclusive", "permutation"]
    refs: tuple[Ref, ...]
    tail: Tail
    span: Span


@dataclass(frozen=True, slots=True)
class Require:
    """`require E every W for … else penalty … as …`."""

    condition: Expr
    every: Expr | None
    tail: Tail
    span: Span


@dataclass(frozen=True, slots=True)
class Qos:
    """`qos m[fam] = E by class`."""

    name: Name
    family: Each | None
    value: Expr
    by: Expr | None
    span: Span


@dataclass(frozen=True, slots=True)
class Slack:
    """`within 2 h`, `within 5 %` behind a goal."""

    value: Expr
    percent: bool
    span: Span


@dataclass(frozen=True, slots=True)
class Goal:
    """One stage of an objective or one side of a front; the direction is inherited where it was left out."""

    direction: Literal["minimize", "maximize"]
    value: Expr
    span: Span
    slack: Slack | None = None


@dataclass(frozen=True, slots=True)
class Objective:
    """`minimize A then maximize B`."""

    goals: tuple[Goal, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Pareto:
    """`pareto minimize A, maximize B`."""

    goals: tuple[Goal, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Scenario:
    """`scenario s { statements }`."""

    name: Name
    body: tuple[Statement, ...]
    span: Span


Statement: TypeAlias = (
    ModelName | Include | Time | Param | Let | Table | Calendar | Resource | Stock | Availability | Task | Job | Order
    | Together | Require | Qos | Objective | Pareto | Scenario
)


@dataclass(frozen=True, slots=True)
class Comment:
    """`# …`, kept for the formatter."""

    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class File:
    """One parsed file."""

    statements: tuple[Statement, ...]
    comments: tuple[Comment, ...]
