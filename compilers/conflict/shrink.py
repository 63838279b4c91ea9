"""A smallest set of elements that cannot be kept together.

First quickly: the story that propagation tells names a few elements, and QuickXplain (Junker 2004) halves what is left,
with propagation as the only witness; where that proves nothing, small regions of the model are tried, and runs are the
witnesses. Then exactly: of what remains each element is taken out in turn, and a whole run must find a schedule without
it, which the judge accepts. Only this last part is believed. Sets only ever get smaller by proofs, so statements that
help others (a calendar that lets a task pause) cannot mislead it; they are gone over until nothing changes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np

from schedc.compilers.conflict.oracle import Oracle, without
from schedc.compilers.conflict.regions import regions
from schedc.models.columns import Ints
from schedc.models.schedule import Schedule

_INSTANT = 2.0      # seconds for a region
_REGIONS = 100      # that are looked at
_SHARE = 0.3        # of the time for them
_SHORT = 2.0        # seconds for a run whose answer only speeds things up
_FEW = 40           # elements that are taken out one by one straight away
_MOST = 5           # disjoint conflicts


@dataclass(frozen=True, eq=False)
class Core:
    """Elements that cannot be kept together. minimal: without any one of them the others can, which was shown by a
    schedule each; else time ran out first. witnesses: those schedules, by element."""

    numbers: Ints
    minimal: bool
    witnesses: dict[int, Schedule]


def smallest(oracle: Oracle, numbers: Ints) -> Core | None:
    """A smallest core of a set of elements that has no schedule; None where not even that could be shown."""
    core = _by_story(oracle, numbers)
    if core is None:
        part = _by_region(oracle, numbers)
        if part is None:
            part = numbers
            if not oracle.decide(numbers).infeasible:
                return None
        core = part if len(part) <= _FEW else explain_quickly(part, lambda some: _short(oracle, some), oracle.over)
    return _confirmed(oracle, core)


def disjoint_cores(oracle: Oracle, numbers: Ints) -> Iterator[Core]:
    """Smallest cores without a common element, as long as what is left has no schedule and there is time."""
    for _ in range(_MOST):
        core = smallest(oracle, numbers)
        if core is None:
            return
        yield core
        numbers = without(numbers, core.numbers)
        if not len(core.numbers) or oracle.over():
            return


def _short(oracle: Oracle, numbers: Ints) -> bool:
    return oracle.refuted(numbers) or oracle.decide(numbers, _SHORT).infeasible


def _by_story(oracle: Oracle, numbers: Ints) -> Ints | None:
    """A set that propagation refutes and of which it needs every element; None where it refutes nothing."""
    conflict = oracle.conflict(numbers)
    if conflict is None:
        return None
    while True:
        told = _told(oracle, numbers, {o.span for o in conflict.origins}, conflict.tasks)
        if len(told) >= len(numbers):
            break
        closer = oracle.conflict(told)
        if closer is None:
            break
        numbers, conflict = told, closer
    return explain_quickly(numbers, oracle.refuted, oracle.over)


def _by_region(oracle: Oracle, numbers: Ints) -> Ints | None:
    """The elements of a small region that has no schedule; None where none was found in a part of the time."""
    left = oracle.left()
    until = None if left is None else (1 - _SHARE) * left
    for part in islice(regions(oracle.elements, numbers), _REGIONS):
        now = oracle.left()
        if oracle.over() or (until is not None and now is not None and now < until):
            return None
        if oracle.decide(part, _INSTANT).infeasible:
            named, _ = oracle.elements.about(part[:0])
            own = part[named[part]]         # without resources and the horizon, if that is enough
            return own if oracle.decide(own, _INSTANT).infeasible else part
    return None


def _told(oracle: Oracle, numbers: Ints, spans: set[object], tasks: tuple[int, ...]) -> Ints:
    """The elements that a story speaks of: of its tasks, or of its statements and of no tasks."""
    elements = oracle.elements
    named, only = elements.about(np.array(tasks, dtype=np.int64))
    general = numbers[~named[numbers]]
    of_it = [n for n in general.tolist() if not spans.isdisjoint({o.span for o in elements.origins(n)})]
    return np.union1d(numbers[only[numbers]], np.array(of_it, dtype=np.int64))


def explain_quickly(
    numbers: Ints, refuted: Callable[[Ints], bool], over: Callable[[], bool] = lambda: False
) -> Ints:
    """QuickXplain: a subset that is still refuted and, if refuting is monotone, of which no element can be missed.

    over: whether time is over, when all that is left is kept.
    """
    if refuted(numbers[:0]):
        return numbers[:0]

    def needed(known: Ints, added: bool, rest: Ints) -> Ints:
        if added and refuted(known):
            return rest[:0]
        if len(rest) == 1 or over():
            return rest
        front, back = rest[: len(rest) // 2], rest[len(rest) // 2 :]
        second = needed(np.union1d(known, front), len(front) > 0, back)
        first = needed(np.union1d(known, second), len(second) > 0, front)
        return np.union1d(first, second)

    found = needed(numbers[:0], False, numbers)
    return found if refuted(found) else numbers


def _confirmed(oracle: Oracle, core: Ints) -> Core | None:
    """The core without what it does not need, every other element confirmed by a schedule."""
    witnesses: dict[int, Schedule] = {}
    doubtful: set[int] = set()
    shrunk = True
    while shrunk:
        shrunk = False
        for number in core.tolist():
            if number in witnesses or number in doubtful:
                continue
            rest = without(core, number)
            if oracle.over():
                doubtful.add(number)
                continue
            answer = oracle.decide(rest)
            if answer.infeasible:
                core, shrunk = rest, True
                witnesses = {k: s for k, s in witnesses.items() if oracle.keeps(s, without(core, k))}
            elif answer.schedule is not None:
                witnesses[number] = answer.schedule
            else:
                doubtful.add(number)
    if not oracle.refuted(core) and not oracle.decide(core).infeasible:
        return None if not oracle.over() else Core(core, False, witnesses)
    return Core(core, not doubtful, witnesses)
