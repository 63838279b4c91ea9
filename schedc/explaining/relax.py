"""Relaxations of a conflict: the least change of each of its numbers, cheapest first.

How much is looked for on the conflict's elements alone, where runs are quick; what they need is a lower bound for the
whole model. A run of the whole changed model, whose schedule is judged, then confirms it, or the search goes on there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from schedc.compilers.conflict import Core, Kind
from schedc.compilers.conflict.oracle import without
from schedc.explaining.case import Case, least
from schedc.explaining.changes import AMOUNT, DROP, DROPPED, Change, changes_of
from schedc.explaining.extra import on_one_day
from schedc.explaining.report import Relaxation
from schedc.explaining.words import listed, member_of, origin_of
from schedc.models.columns import Ints
from schedc.models.schedule import Schedule

_CALENDARS = ("open", "downtime", "within", "capacity")
_SHORT = 5.0        # seconds for one question


@dataclass(eq=False)
class Relaxing:
    """The search for one conflict's relaxations. whole: the elements that a changed model must keep."""

    case: Case
    core: Ints
    whole: Ints

    def all(self) -> list[Relaxation]:
        """Every relaxation that was found in time, the cheapest first; of equals the one that stands first."""
        found: list[Relaxation] = []
        for change in changes_of(self.case, self.core):
            if self.case.oracle.over():
                break
            found += self._least(change)
        for number in self.core.tolist():
            if not self.case.oracle.over():
                found += self._dropped(number)
        return sorted(_best(found), key=lambda r: (r.rank, r.amount or 0))

    def _least(self, change: Change) -> Iterator[Relaxation]:
        if change.most < 1 or not self._enough(change, self.core, change.most):
            return
        x = least(lambda n: self._enough(change, self.core, n), change.most)
        if x is None:
            return
        sure = True
        answer = self._asked(change, self.whole, x)
        if answer is None or not answer[0]:
            if not self._enough(change, self.whole, change.most):
                return
            sure = answer is not None
            x = least(lambda n: self._enough(change, self.whole, n), change.most, x)
            answer = None if x is None else self._asked(change, self.whole, x)
        if x is None or answer is None or answer[1] is None:
            return
        yield self._relaxation(change, x, sure)
        if change.rank == AMOUNT and change.kind == "capacity":
            yield from on_one_day(self.case, change, x, sure, answer[1], self.whole)

    def _enough(self, change: Change, numbers: Ints, x: int) -> bool | None:
        answer = self._asked(change, numbers, x)
        return None if answer is None else answer[0]

    def _asked(self, change: Change, numbers: Ints, x: int) -> tuple[bool, Schedule | None] | None:
        """Whether the elements can be kept with a change, and a schedule; None where nobody knows."""
        base = change.apply(x)
        if base is None:
            return None
        answer = self.case.changed(numbers, base, _SHORT)
        if answer.feasible:
            return True, answer.schedule
        return (False, None) if answer.infeasible else None

    def _relaxation(self, change: Change, x: int, sure: bool) -> Relaxation:
        origin = change.origin
        amount = None if change.kind == "pausable" else x
        return Relaxation(
            change.words(x), change.kind, origin.address, change.member, origin.span, amount, sure, change.rank
        )

    def _dropped(self, number: int) -> Iterator[Relaxation]:
        elements = self.case.elements
        kind = elements.block(number).kind
        if kind not in DROPPED or not self.case.oracle.decide(without(self.whole, number), _SHORT).feasible:
            return
        member, origin = member_of(elements, number), origin_of(elements, number)
        if kind in (Kind.EXCLUSIVE, Kind.PERMUTATION):
            member = listed(self.case.model.task_name(t) for t in elements.tasks(number))
        elif kind is Kind.REQUIRE:
            said = f"`{origin.label}`" if origin.label else f"in line {origin.span.line}"
            member = f" {said} for {member}" if member else f" {said}"
        yield Relaxation(
            DROPPED[kind].format(member), kind.value, origin.address, member_of(elements, number), origin.span, None,
            True, DROP,
        )


def relaxations(case: Case, core: Core, others: list[Core]) -> list[Relaxation]:
    """The relaxations of a core in the model without the other cores: with one core, in the whole model."""
    gone = [other.numbers for other in others]
    whole = without(case.all, np.concatenate(gone)) if gone else case.all
    return Relaxing(case, core.numbers, whole).all()


def _best(found: list[Relaxation]) -> list[Relaxation]:
    """Of all edges of one calendar the two cheapest, of all members of one clause the cheapest."""
    kept: list[Relaxation] = []
    counts: dict[object, int] = {}
    said: set[str] = set()
    for r in sorted(found, key=lambda r: (r.rank, r.amount or 0)):
        if r.text in said:
            continue
        said.add(r.text)
        key = (r.kind, r.member if r.kind in _CALENDARS else "", r.text.startswith("every"), r.span)
        counts[key] = counts.get(key, 0) + 1
        if counts[key] <= (2 if r.kind in _CALENDARS else 1):
            kept.append(r)
    return kept
