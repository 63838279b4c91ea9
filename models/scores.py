"""What an answer to a model is worth: flaws, the constraints that it keeps, the distance to a right one."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from schedc.models.verify import Verdict


class Flaw(StrEnum):
    """What can be wrong with an answer before anything is judged."""

    UNPARSABLE = "unparsable"
    UNKNOWN = "unknown task"
    MISSING = "missing task"
    DUPLICATE = "duplicate task"
    NOT_INTEGER = "not an integer"
    NEGATIVE = "negative"
    CHOICE = "choice"


@dataclass(frozen=True, slots=True)
class Remark:
    """One flaw, of which task (as the answer calls it, "" where it is about the whole), in words."""

    flaw: Flaw
    task: str
    message: str


@dataclass(frozen=True, slots=True)
class Category:
    """Constraints of one kind: of `total` instances `broken` are, by `amount` in all (ticks or integer units)."""

    name: str
    total: int
    broken: int
    amount: int

    @property
    def score(self) -> float:
        """The share that is kept."""
        return 1 - min(self.broken, self.total) / self.total if self.total else 1.0


@dataclass(frozen=True)
class Distance:
    """The nearest schedule that keeps the model: how many tasks would have to change at least, and how far they move.

    proved: whether fewer would not do; shifts: ticks in all, of the schedule found.
    """

    changed: int
    shifts: int
    proved: bool


@dataclass(frozen=True)
class Score:
    """An answer, judged. feasible: it can be read, places every task, and keeps everything.

    score: the mean over the categories that the model has, times the share of rows that were tasks of the model, each
    once, among those and the tasks that are missing (ours).
    """

    remarks: tuple[Remark, ...]
    verdict: Verdict
    categories: tuple[Category, ...]
    placed: int
    tasks: int
    distance: Distance | None = None

    @property
    def feasible(self) -> bool:
        """Whether nothing at all is wrong."""
        return not self.remarks and self.verdict.holds

    @property
    def score(self) -> float:
        """Between 0 and 1."""
        if not self.tasks:
            return 1.0 if self.feasible else 0.0
        mean = sum(c.score for c in self.categories) / len(self.categories) if self.categories else 1.0
        strangers = sum(r.flaw in (Flaw.UNKNOWN, Flaw.DUPLICATE) for r in self.remarks)
        return mean * self.placed / (self.tasks + strangers)

    def to_json(self) -> dict[str, Any]:
        """Plain data (schema ``schedc.score/1``)."""
        return {
            "schema": "schedc.score/1",
            "feasible": self.feasible,
            "score": round(self.score, 6),
            "placed": self.placed,
            "tasks": self.tasks,
            "flaws": {flaw.value: n for flaw in Flaw if (n := sum(r.flaw is flaw for r in self.remarks))},
            "remarks": [{"flaw": r.flaw.value, "task": r.task, "message": r.message} for r in self.remarks],
            "categories": [
                {"name": c.name, "total": c.total, "broken": c.broken, "amount": c.amount, "score": round(c.score, 6)}
                for c in self.categories
            ],
            "distance": None if self.distance is None else {
                "changed": self.distance.changed, "shifts": self.distance.shifts, "proved": self.distance.proved,
            },
        }
