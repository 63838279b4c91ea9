"""The statements of a model: one frozen node each, columns inside.

Tasks and resources are numbered globally, family after family, in the order of `Model.tasks` and `Model.resources`;
`first` is the number of a family's first member, and every column named `task` or `resource` holds such numbers
(`row` columns count within the family). Times are ticks, amounts are integers in units of `Resources.scale`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field
from fractions import Fraction
from typing import Literal, TypeAlias

import numpy as np

from schedc.models.columns import Family, Ints, SpanSets
from schedc.models.expressions import IntExpr, Operator, Point, Truth
from schedc.models.records import dataclass
from schedc.models.source import Origin


@dataclass(frozen=True, eq=False)
class Change:
    """`change`: the members of a resource family are in one state at a time, and changing it takes time.

    Take the uses of member r by present tasks of length above 0, in order of start. A segment is a maximal run of
    successive uses in one state; of two segments that follow one another, in the states a and b, the second begins no
    earlier than the last end in the first plus d_r(a, b). Nothing is said of segments further apart, and d need not
    keep the triangle inequality. With starts[r] = s the first segment, in state b, begins no earlier than d_r(s, b).

    States are numbered from 0; those from len(names) on are tasks, len(names) + t for task t, each a state of its own.
    d_r(a, a) = 0. Where `time` is empty, d_r(a, b) = every[r] for a != b; else d_r(a, b) = time[(which[r] * n + a) * n
    + b] with n = len(names), every state is below n, and -1 stands for what is nowhere needed.
    starts[r]: a state, -1 where the first change is free.
    """

    origin: Origin
    names: Sequence[str]
    every: Ints
    which: Ints
    time: Ints
    starts: Ints

    def between(self, row: Ints, before: Ints, after: Ints) -> Ints:
        """d_row(before, after), element by element."""
        n = len(self.names)
        time = self.time[(self.which[row] * n + before) * n + after] if len(self.time) else self.every[row]
        found: Ints = np.where(before == after, 0, time)
        return found


@dataclass(frozen=True, eq=False)
class Resources:
    """`resource`: at every tick the demands of the tasks that hold member r sum to at most its capacity then.

    capacity[n]: integers; `scale` is the amount that one of them stands for, `unit` its unit ("" if none).
    batch: where `batch` was said, its address: two uses of a member by present tasks with a length that share a tick
    start together and end together.
    contiguous: where `contiguous` was said, its address: each use has one address x for all its time, 0 <= x and
    x + amount <= the capacity at each of its ticks, and two uses that share a tick share no unit of [x, x + amount).
    """

    origin: Origin
    family: Family
    first: int
    capacity: Ints
    unit: str = ""
    scale: Fraction = Fraction(1)
    change: Change | None = None
    batch: Origin | None = None
    contiguous: Origin | None = None


@dataclass(frozen=True, eq=False)
class Stocks:
    """`stock`: at every tick t in 0 .. H the level of member s lies between lowest[s] and highest[s].

    level(t) = starts[s] + the sum of amount over the events of present tasks (and chosen options) at ticks <= t, so
    that events of one tick are netted before the limits are looked at. highest is UNLIMITED where nothing limits it.
    Amounts are integers; `scale` is the amount that one of them stands for, `unit` its unit ("" if none).
    """

    origin: Origin
    family: Family
    first: int
    lowest: Ints
    highest: Ints
    starts: Ints
    unit: str = ""
    scale: Fraction = Fraction(1)


@dataclass(frozen=True, eq=False)
class Open:
    """`open`: outside the union of all `open` spans of a resource its capacity is 0.

    resource[m], which[m]: resource number and its set in `spans`.
    """

    origin: Origin
    resource: Ints
    which: Ints
    spans: SpanSets


@dataclass(frozen=True, eq=False)
class Downtime:
    """`downtime`: during the spans the capacity is at most leaving[m] (where several apply, the least).

    A resource outside its `open` spans stays at 0 whatever is left.
    """

    origin: Origin
    resource: Ints
    which: Ints
    spans: SpanSets
    leaving: Ints


@dataclass(frozen=True, eq=False)
class Uses:
    """One `uses` demand: task member `row[m]` holds amount[m] > 0 of resource[m] from start to end.

    Several demands of a task on one resource add up to one demand. In a `Modes` node `row` counts its options, and
    the demand is held where that option is chosen. An absent task holds nothing.
    state[k]: the state of the resource that the use needs; None on resources without `change`.
    """

    origin: Origin
    row: Ints
    resource: Ints
    amount: Ints
    state: Ints | None = None


@dataclass(frozen=True, eq=False)
class Parts:
    """One demand on a part of a task: member row[m] holds amount[m] > 0 of resource[m] on [A, B).

    A = first_point + first[m] and B = last_point + last[m], points START or END; where B <= A nothing is held, and else
    [A, B) lies in the horizon, wherever the task does. It counts beside all other demands of the task. An absent task
    holds nothing. In a `Modes` node `row` counts its options, and the demand is held where that option is chosen.
    """

    origin: Origin
    row: Ints
    resource: Ints
    amount: Ints
    first_point: Point
    first: Ints
    last_point: Point
    last: Ints


@dataclass(frozen=True, eq=False)
class Events:
    """One `takes` or `produces`: at point + shift[m] of task member row[m] the level of stock[m] changes by amount[m].

    point is START or END; amount is below 0 where it is taken, and never 0. The tick of an event lies in 0 .. H. A task
    of length 0 has its events too, an absent one has none. In a `Modes` node `row` counts its options, and the event
    happens where that option is chosen.
    """

    origin: Origin
    row: Ints
    stock: Ints
    amount: Ints
    point: Point
    shift: Ints


@dataclass(frozen=True, eq=False)
class Within:
    """One `within`: which[n] is the member's set in `spans`, -1 where the clause says nothing for that member.

    [start, end), pauses included, lies in one span of one of the member's `within` clauses. In a `Modes` node which
    has one value an option, and the option's clauses replace nothing: the task's own `within` hold beside them.
    """

    origin: Origin
    which: Ints
    spans: SpanSets


@dataclass(frozen=True, eq=False)
class Choice:
    """One `uses n of r`: member row[k] holds one unit of count[k] different candidates, the same from start to end.

    The candidates of instance k are resource[ptr[k]:ptr[k+1]], all different; candidate number c of this node has the
    global number first + c. An absent task chooses nothing. In a `Modes` node `row` counts its options.
    state[k]: the state that all chosen members need; None on resources without `change`.
    """

    origin: Origin
    first: int
    row: Ints
    count: Ints
    ptr: Ints
    resource: Ints
    state: Ints | None = None


@dataclass(frozen=True, eq=False)
class About:
    """`lasts about`: between what a length may turn out, member by member; it is planned with its likely value.

    least[i] <= shortest[i] = longest[i] <= most[i] of the node that it stands in. Schedules are not judged by it.
    """

    origin: Origin
    least: Ints
    most: Ints


@dataclass(frozen=True, eq=False)
class Modes:
    """One `mode` statement in a task: option k belongs to member row[k] (sorted); its global number is first + k.

    Exactly one option of all `mode` statements of a present task is chosen, none of an absent one. What an option says
    holds where it is chosen: shortest[k] <= length <= longest[k], release[k] <= start, end <= deadline[k] (the task's
    own columns hold beside these), its uses, choices and windows. family names the options: ``m1``, ``via[p3]``.
    """

    origin: Origin
    family: Family
    first: int
    row: Ints
    shortest: Ints
    longest: Ints
    release: Ints
    deadline: Ints
    uses: tuple[Uses, ...] = ()
    choices: tuple[Choice, ...] = ()
    within: tuple[Within, ...] = ()
    clauses: dict[str, Origin] = field(default_factory=dict)
    events: tuple[Events, ...] = ()
    parts: tuple[Parts, ...] = ()
    about: About | None = None

    @property
    def size(self) -> int:
        """Number of options."""
        return len(self.row)


@dataclass(frozen=True, eq=False)
class Pieces:
    """`splittable`: member i is worked in at most most[i] pieces of shortest[i] .. longest[i] ticks each, in order.

    It holds what it uses during its pieces alone. start is the start of the first piece, end the end of the last one,
    and length the sum of their lengths; pieces do not overlap, and may touch. A task of length 0 has none.
    fixed: the pieces of members that were begun in the past, which stay; a member with an empty set has none. None: no
    member was.
    """

    origin: Origin
    most: Ints
    shortest: Ints
    longest: Ints
    fixed: SpanSets | None = None


@dataclass(frozen=True, eq=False)
class Tasks:
    """`task`: member i works length ticks, shortest[i] <= length <= longest[i].

    Not pausable: end = start + length. Pausable: end is the tick after the last worked one, where the ticks of
    [start, end) at which some demanded resource has capacity below this demand are pauses and all others are worked;
    the first and the last tick are worked (a length of 0 means start = end).
    release[i] <= start, end <= deadline[i] (0 and the horizon where nothing was said).
    `clauses` maps a clause's keyword (``lasts``, ``release``, ``deadline``, ``pausable``) to its origin, and ``name``
    to the place of the task's name.

    optional: whether members may be absent; an absent task holds nothing, and start = end = length = 0 for it.
    presence[i]: the global number of the task that decides whether member i is present (itself, or the first of a
    periodic task, or the job that it belongs to); None: each decides itself. A decider decides itself.
    modes: shortest and longest of a task with modes are the least and the greatest over its options.
    pieces: how the members may be split; None: not at all. What may be split neither pauses nor has anything to choose.
    """

    origin: Origin
    family: Family
    first: int
    shortest: Ints
    longest: Ints
    release: Ints
    deadline: Ints
    pausable: bool = False
    uses: tuple[Uses, ...] = ()
    within: tuple[Within, ...] = ()
    clauses: dict[str, Origin] = field(default_factory=dict)
    optional: bool = False
    presence: Ints | None = None
    modes: tuple[Modes, ...] = ()
    choices: tuple[Choice, ...] = ()
    events: tuple[Events, ...] = ()
    parts: tuple[Parts, ...] = ()
    pieces: Pieces | None = None
    about: About | None = None

    @property
    def size(self) -> int:
        """Number of members."""
        return self.family.size


@dataclass(frozen=True, eq=False)
class Order:
    """One arrow of an `order`: lo[m] <= second_point(second[m]) - first_point(first[m]) <= hi[m].

    Limits that do not limit are -UNLIMITED and UNLIMITED. The points are START or END. An arrow with an absent task at
    either side is kept. extra: what is added to lo[m] (and to hi[m]) where a lag depends on choices.
    """

    origin: Origin
    first: Ints
    second: Ints
    first_point: Point
    second_point: Point
    lo: Ints
    hi: Ints
    extra: IntExpr | None = None


@dataclass(frozen=True, eq=False)
class Exclusive:
    """`exclusive`: of the tasks task[ptr[k]:ptr[k+1]] of instance k (all different) no two overlap.

    A task of length 0 and an absent one overlap nothing; pauses count as held.
    """

    origin: Origin
    ptr: Ints
    task: Ints


@dataclass(frozen=True, eq=False)
class Permutation:
    """`permutation`: two families start in the same order.

    For i != j in ptr[k] .. ptr[k+1]-1 with all four tasks present, start(first[i]) < start(first[j]) exactly when
    start(second[i]) < start(second[j]). The tasks of one side of an instance are all different.
    """

    origin: Origin
    ptr: Ints
    first: Ints
    second: Ints


@dataclass(frozen=True, eq=False)
class Require:
    """`require`: every row of the condition holds. `names` says which member a row is for ("" where there is one)."""

    origin: Origin
    condition: Truth
    names: Sequence[str] = ()

    def member(self, row: int) -> str:
        """The binding of an instance, such as ``r = r7``; empty for a single instance."""
        return self.names[row] if row < len(self.names) else ""


@dataclass(frozen=True, eq=False)
class Soft:
    """A constraint with `else penalty`: instance i may be broken, by violation[i] > 0; 0 where it holds.

    In the author's terms a violation is violation[i] * scale in `unit` ("duration": ticks). counted: which instances
    are not satisfied by absence (None: all). An instance is charged weight[i] * price in `money`: times violation[i]
    with `per`, else once where violation[i] > 0. percent: the share that must hold; then there is one charge, weight[0]
    on the ceil(percent * n / 100)-th smallest violation of the n counted instances (None: each instance is charged).
    keyword: ``require``, ``order``, ``deadline`` …; names: which member each instance is for, "" where there is one.
    """

    origin: Origin
    keyword: str
    violation: IntExpr
    weight: Ints
    per: bool
    price: Fraction
    money: str = ""
    counted: Truth | None = None
    percent: Fraction | None = None
    scale: Fraction = Fraction(1)
    unit: str = ""
    names: Sequence[str] = ()


@dataclass(frozen=True, eq=False)
class Contract:
    """What a `require` says of a measure by itself: value op limit, for `percent` of the instances (None: for all).

    Instance k speaks of row[k] of the measure; its limit is limit[k] / below, in the measure's integer units.
    """

    origin: Origin
    operator: Operator
    row: Ints
    limit: Ints
    below: int
    percent: Fraction | None = None
    soft: bool = False


@dataclass(frozen=True, eq=False)
class Measure:
    """`qos`: member i of the family is worth value[i] * scale in `unit`, or value[i] / over[i] * scale.

    A member counts where `counted` holds (None: always) and over[i] is not 0. classes[i]: the class in which it is
    reported (none without `by`). contracts: the `require`s that compare it with data.
    """

    origin: Origin
    family: Family
    value: IntExpr
    over: IntExpr | None = None
    counted: Truth | None = None
    classes: Sequence[str] = ()
    scale: Fraction = Fraction(1)
    unit: str = ""
    contracts: tuple[Contract, ...] = ()


@dataclass(frozen=True, eq=False)
class Stage:
    """One goal of a lexicographic objective; what people see is value * scale in `unit`.

    value has one row; unit is "duration" for ticks, else a unit or "". Later goals may make this one worse than its
    best by slack, in its integer units, or by percent of its best, whichever is more.
    """

    origin: Origin
    name: str
    sense: Literal["minimize", "maximize"]
    value: IntExpr
    scale: Fraction = Fraction(1)
    unit: str = ""
    slack: int = 0
    percent: Fraction = Fraction(0)

    def allowance(self, best: int) -> int:
        """How far from its best later goals may take this one."""
        return max(self.slack, int(abs(best) * self.percent / 100))


Availability: TypeAlias = Open | Downtime
Relation: TypeAlias = Order | Exclusive | Permutation | Require
Statement: TypeAlias = Resources | Stocks | Open | Downtime | Tasks | Order | Exclusive | Permutation | Require | Stage
