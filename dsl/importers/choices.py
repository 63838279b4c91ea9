"""Files of flexible job shops: each operation runs on one of some machines.

`.fjs`: ``n m [average]``, then for each job the number of its operations, for each of them the number of alternatives
and as many pairs ``machine duration``; machines count from 1, and lines mean nothing but the first. Behind the jobs
there may be m blocks of N x N set-ups (N operations, job by job): row before, column after.

`.fjsw`: ``n m W``; for each operation the number of machines, for each ``machine #workers`` and as many pairs ``worker
duration``: the alternative takes the machine and the worker for the whole operation.

`.fajs`: ``N A m``, A arcs ``u v`` (u before v), N lines ``#alternatives`` and as many pairs ``machine duration``;
operations and machines count from 0.

In all three, lines that start with ``#`` are remarks.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from schedc.dsl.importers.numbers import MOST, Numbers, blank_remarks
from schedc.models.columns import Ints, ints, ragged
from schedc.models.records import dataclass

MOST_MACHINES = 1_000_000


@dataclass(frozen=True, eq=False)
class Choices:
    """The alternatives of a flexible shop.

    machines, workers: how many; workers is 0 where there are none. lengths[n]: the operations of each job. For each
    alternative op (from 0, job by job), machine and worker (from 1; worker 0 where there are none) and duration.
    arcs[q, 2]: operations from 0, first before second; empty where jobs are chains. setup[m, N, N], or None.
    """

    machines: int
    workers: int
    lengths: Ints
    op: Ints
    machine: Ints
    worker: Ints
    duration: Ints
    arcs: Ints
    setup: Ints | None


def read_choices(file: str, text: str) -> Choices:
    """The shop of an `.fjs`, `.fjsw` or `.fajs` file, which its name tells. Raises MalformedError."""
    text = blank_remarks(text)
    if file.lower().endswith(".fajs"):
        return _graph(Numbers(file, text))
    lo = len(text) - len(text.lstrip())
    hi = lo + len(text[lo:].partition("\n")[0])
    numbers = Numbers(file, text, hi)
    if file.lower().endswith(".fjsw"):
        return _crewed(_counts(Numbers(file, text, lo, hi), 3), numbers)
    words = text[lo:hi].split()
    if len(words) == 3:     # the average number of alternatives, a decimal, says nothing new
        hi = lo + text[lo:hi].rindex(words[2])
    return _alone(_counts(Numbers(file, text, lo, hi), 2), numbers)


def _counts(line: Numbers, size: int) -> list[int]:
    """The first line: jobs, machines and, if there are three, workers."""
    names = ("jobs", "machines", "workers")[:size]
    counts = [line.one(f"the number of {name}", 1, MOST if name == "jobs" else MOST_MACHINES) for name in names]
    line.done("the counts of the first line")
    return counts


class Runs(NamedTuple):
    """Runs of pairs in a stream of numbers: where each begins, and how many pairs it has."""

    heads: list[int]
    sizes: list[int]

    def places(self) -> Ints:
        """Where each pair begins."""
        heads = ints(self.heads)
        return ragged(heads, heads + 2 * ints(self.sizes))[::2]


class _Walk:
    """Follows the counts in a stream of numbers. at: the next number."""

    def __init__(self, numbers: Numbers) -> None:
        self.numbers, self.at = numbers, numbers.at
        self.values: list[int] = numbers.values.tolist()

    def count(self, what: str, width: int) -> int:
        """The number of `what` that follow, `width` numbers each at least."""
        values, at = self.values, self.at
        if at < len(values) and 0 < values[at] * width < len(values) - at:
            self.at += 1
            return values[at]
        self.numbers.at = at
        count = self.numbers.one(f"the number of {what}", 1)
        self.numbers.room(count * width, f"the {what}")
        raise AssertionError("one of the two finds what is wrong")

    def pairs(self, operations: int, runs: Runs, what: str = "alternatives") -> None:
        """For each operation the number of its alternatives, and as many pairs."""
        for _ in range(operations):
            runs.sizes.append(self.count(what, 2))
            runs.heads.append(self.at)
            self.at += 2 * runs.sizes[-1]


def _alone(counts: list[int], numbers: Numbers) -> Choices:
    n, m = counts
    numbers.room(4 * n, f"{n} jobs")
    walk, lengths, runs = _Walk(numbers), [], Runs([], [])
    for _ in range(n):
        lengths.append(walk.count("operations", 3))
        walk.pairs(lengths[-1], runs)
    op, machine, duration = _alternatives(walk, runs, m, 1)
    setup = _setups(numbers, m, len(runs.heads))
    numbers.done(f"the operations of {n} jobs" if setup is None else "the set-ups")
    return _shortest(Choices(m, 0, ints(lengths), op, machine, machine * 0, duration, _no_arcs(), setup))


def _alternatives(walk: _Walk, runs: Runs, m: int, first: int) -> tuple[Ints, Ints, Ints]:
    """op, machine (from 1) and duration of all alternatives; the file counts machines from `first`."""
    numbers, at = walk.numbers, runs.places()
    numbers.at = walk.at
    op = np.repeat(np.arange(len(runs.heads)), ints(runs.sizes))
    machine = numbers.taken(at, "a machine", first, m - 1 + first) + 1 - first
    return op, machine, numbers.taken(at + 1, "a duration", 0, MOST)


def _setups(numbers: Numbers, m: int, total: int) -> Ints | None:
    if numbers.at == len(numbers):
        return None
    numbers.room(m * total**2, f"{m} blocks of {total} x {total} set-ups")
    return numbers.many(m * total**2, "a set-up").reshape(m, total, total)


def _crewed(counts: list[int], numbers: Numbers) -> Choices:
    n, m, workers = counts
    numbers.room(6 * n, f"{n} jobs")
    walk = _Walk(numbers)
    lengths, ops, machines, runs = [], [], [], Runs([], [])
    for _ in range(n):
        lengths.append(walk.count("operations", 5))
        for _ in range(lengths[-1]):
            ops.append(walk.count("machines", 4))
            for _ in range(ops[-1]):
                machines.append(walk.at)
                walk.at += 1
                walk.pairs(1, runs, "workers")
    numbers.at = walk.at
    numbers.done(f"the operations of {n} jobs")
    sizes, at = ints(runs.sizes), runs.places()
    op = np.repeat(np.repeat(np.arange(len(ops)), ints(ops)), sizes)
    machine = numbers.taken(np.repeat(ints(machines), sizes), "a machine", 1, m)
    worker = numbers.taken(at, "a worker", 1, workers)
    duration = numbers.taken(at + 1, "a duration", 0, MOST)
    return _shortest(Choices(m, workers, ints(lengths), op, machine, worker, duration, _no_arcs(), None))


def _graph(numbers: Numbers) -> Choices:
    total = numbers.one("the number of operations", 1)
    arcs = numbers.one("the number of arcs")
    m = numbers.one("the number of machines", 1, MOST_MACHINES)
    numbers.room(2 * arcs + 3 * total, f"{arcs} arcs and {total} operations")
    pairs = numbers.many(2 * arcs, "an operation of an arc", 0, total - 1).reshape(-1, 2)
    walk, runs = _Walk(numbers), Runs([], [])
    walk.pairs(total, runs)
    op, machine, duration = _alternatives(walk, runs, m, 0)
    numbers.done(f"the alternatives of {total} operations")
    return _shortest(Choices(m, 0, ints([total]), op, machine, machine * 0, duration, pairs, None))


def _no_arcs() -> Ints:
    return np.zeros((0, 2), dtype=np.int64)


def _shortest(choices: Choices) -> Choices:
    """Of alternatives on one machine with one worker only the shortest: the others are never better."""
    c = choices
    order = np.lexsort((c.duration, c.worker, c.machine, c.op))
    keys = np.stack((c.op, c.machine, c.worker))[:, order]
    kept = order[np.r_[True, (keys[:, 1:] != keys[:, :-1]).any(axis=0)]]
    op, machine, worker, duration = (column[kept] for column in (c.op, c.machine, c.worker, c.duration))
    return Choices(c.machines, c.workers, c.lengths, op, machine, worker, duration, c.arcs, c.setup)
