"""What the judge answers."""

from __future__ import annotations

from fractions import Fraction
from typing import Literal, TypeAlias

from schedc.models.records import dataclass
from schedc.models.source import Origin
from schedc.models.statements import Contract

LISTED = 20     # violations of one kind that are listed for one statement; the rest is counted
NAMED = 8       # tasks that one violation names

Kind: TypeAlias = Literal[
    "presence", "horizon", "length", "pause", "release", "deadline", "within", "capacity", "order", "exclusive",
    "require", "mode", "member", "change", "permutation", "stock", "batch", "pieces", "address",
]


@dataclass(frozen=True, slots=True)
class Violation:
    """One thing that a schedule breaks.

    origin: the address of the statement or clause. member: which of its instances (a task, a resource, an arrow
    ``a -> b``, the binding of a `require`; "" where there is one).
    amount: by how much, always > 0: ticks; for "capacity" the resource's integer units; for "require" the integer units
    of the comparison that is nearest to holding. at: the tick (None for a `require`); tasks: some of those concerned.
    """

    kind: Kind
    origin: Origin
    member: str
    message: str
    amount: int
    at: int | None
    tasks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class More:
    """How many further violations of one kind a statement has beyond those listed."""

    kind: Kind
    origin: Origin
    count: int


@dataclass(frozen=True, slots=True)
class Breach:
    """One instance of a soft constraint that is broken: by how much, and what it alone would be charged."""

    member: str
    violation: Fraction
    penalty: Fraction


@dataclass(frozen=True, slots=True)
class SoftFigure:
    """A soft constraint in a schedule: of `counted` instances `broken` do not hold.

    violation: their sum, or with a share (`percent`) the one that is charged, in `unit` ("duration": ticks); penalty:
    what is charged in all, in `money`. worst: the dearest ones.
    """

    origin: Origin
    keyword: str
    counted: int
    broken: int
    violation: Fraction
    unit: str
    penalty: Fraction
    money: str
    percent: Fraction | None
    worst: tuple[Breach, ...] = ()


@dataclass(frozen=True, slots=True)
class ServiceFigure:
    """A measure in a class (None: all members) in a schedule, in `unit` ("duration": ticks).

    least, mean, greatest: of the `counted` members; jain: (sum x)^2 / (n sum x^2), 1 where all are served alike. value:
    what the contract looks at (the value at its share; the worst without one; the greatest without a contract). target:
    its limit, None where it differs by member; met: whether the class keeps it (None without a contract).
    """

    origin: Origin
    name: str
    group: str | None
    counted: int
    least: Fraction | None
    mean: Fraction | None
    greatest: Fraction | None
    unit: str
    jain: Fraction | None
    value: Fraction | None
    contract: Contract | None
    target: Fraction | None
    met: bool | None


@dataclass(frozen=True)
class Verdict:
    """The judgement on one schedule.

    objectives: the value of every stage, in the stage's integer units, whether the schedule holds or not. soft, qos:
    what it breaks of the soft constraints, and what its measures are worth.
    """

    violations: tuple[Violation, ...]
    objectives: tuple[int, ...]
    more: tuple[More, ...] = ()
    soft: tuple[SoftFigure, ...] = ()
    qos: tuple[ServiceFigure, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether the schedule keeps every statement of the model."""
        return not self.violations

    @property
    def count(self) -> int:
        """All violations, listed or not."""
        return len(self.violations) + sum(m.count for m in self.more)
