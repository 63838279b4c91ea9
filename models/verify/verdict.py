"""What the judge answers."""

from __future__ import annotations

from typing import Literal, TypeAlias

from schedc.models.records import dataclass
from schedc.models.source import Origin

LISTED = 20     # violations of one kind that are listed for one statement; the rest is counted
NAMED = 8       # tasks that one violation names

Kind: TypeAlias = Literal[
    "presence", "horizon", "length", "pause", "release", "deadline", "within", "capacity", "order", "exclusive",
    "require", "mode", "member", "change", "permutation", "stock", "batch",
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


@dataclass(frozen=True)
class Verdict:
    """The judgement on one schedule.

    objectives: the value of every stage, in the stage's integer units, whether the schedule holds or not.
    """

    violations: tuple[Violation, ...]
    objectives: tuple[int, ...]
    more: tuple[More, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether the schedule keeps every statement of the model."""
        return not self.violations

    @property
    def count(self) -> int:
        """All violations, listed or not."""
        return len(self.violations) + sum(m.count for m in self.more)
