"""Job shops in JSPLib's text: ``n m``, then a line a job of pairs ``machine duration``, machines counted from 0.

Lines that start with ``#`` are remarks. Jobs may have different lengths and visit a machine again; a line may end in
``-1 -1``; machine numbers may exceed m, which then is too small and is not used.
Mathematics: S_{j,k+1} >= S_{j,k} + d_{jk}; operations of one machine do not overlap; minimise the latest end.
Blocking: an operation stays on its machine until the next one of its job begins, C_jk = S_{j,k+1}; jobs may swap their
machines. One job after the other keeps it, so the sum of all durations is a horizon. Operators: at most K operations at
a time.
"""

from __future__ import annotations

import numpy as np

from schedc.dsl.importers.draft import Draft, Sheet
from schedc.dsl.importers.numbers import MOST, Numbers, blank_remarks
from schedc.models.columns import Flags, Ints, ints

MOST_MACHINES = 1_000_000
VARIANTS = ("makespan", "blocking", "operators=K")


def jobshop_draft(title: str, file: str, text: str, variant: str = "makespan") -> Draft:
    """The model of a job shop, for one of `VARIANTS`. Raises MalformedError."""
    numbers = Numbers(file, blank_remarks(text))
    n = numbers.one("the number of jobs", 1)
    m = numbers.one("the number of machines", 1, MOST_MACHINES)
    lengths = _lengths(numbers, n, m)
    job = np.repeat(np.arange(1, n + 1), lengths)
    pairs = numbers.values[2:].reshape(-1, 2)
    kept = _kept(pairs, lengths)
    machine, duration = _checked(numbers, pairs, kept)
    lengths = np.bincount(job[kept] - 1, minlength=n)
    return _draft(title, lengths, machine + 1, duration, max(m, int(machine.max(initial=-1)) + 1), variant)


def _lengths(numbers: Numbers, n: int, m: int) -> Ints:
    """Pairs on each job's line."""
    words = [len(line.split()) for line in numbers.text.split("\n")]
    heads = np.cumsum([0, *words])[:-1]
    lines = [(int(head), count) for head, count in zip(heads, words) if count]
    if lines[0][1] != 2:
        raise numbers.wrong(min(2, len(numbers) - 1), "the first line holds more than the numbers of jobs and machines")
    jobs = lines[1:]
    if len(jobs) < n:
        numbers.at = len(numbers)
        numbers.many(1, f"the line of job {len(jobs) + 1}, of {n},")
    if len(jobs) > n:
        raise numbers.wrong(jobs[n][0], f"another job after the {n} that the first line promises")
    for number, (head, count) in enumerate(jobs, start=1):
        if count % 2:
            raise numbers.wrong(head + count - 1, f"the last operation of job {number} has a machine and no duration")
    _refuse_cut(numbers, [count for _, count in jobs], m)
    return ints(count // 2 for _, count in jobs)


def _refuse_cut(numbers: Numbers, counts: list[int], m: int) -> None:
    """A shop in which every job but the last visits all machines has lost the end of its file."""
    if len(counts) > 1 and counts[-1] < 2 * m and set(counts[:-1]) == {2 * m}:
        numbers.at = len(numbers)
        numbers.many(1, f"operation {counts[-1] // 2 + 1} of job {len(counts)}, of {m},")


def _kept(pairs: Ints, lengths: Ints) -> Flags:
    """All pairs but a closing ``-1 -1`` of a job."""
    kept = np.ones(len(pairs), dtype=np.bool_)
    last = np.cumsum(lengths) - 1
    kept[last[(pairs[last] == -1).all(axis=1)]] = False
    return kept


def _checked(numbers: Numbers, pairs: Ints, kept: Flags) -> tuple[Ints, Ints]:
    limits = (("machine", MOST_MACHINES - 1), ("duration", MOST))
    for side, (what, highest) in enumerate(limits):
        bad = np.flatnonzero(kept & ((pairs[:, side] < 0) | (pairs[:, side] > highest)))
        if len(bad):
            row = int(bad[0])
            message = f"a {what} is {pairs[row, side]}, not between 0 and {highest}"
            raise numbers.wrong(2 + 2 * row + side, message)
    return pairs[kept, 0], pairs[kept, 1]


def _draft(title: str, lengths: Ints, machine: Ints, duration: Ints, machines: int, variant: str) -> Draft:
    job = np.repeat(np.arange(1, len(lengths) + 1), lengths)
    place = np.arange(len(job)) - np.repeat(np.cumsum(lengths) - lengths, lengths) + 1
    columns = {"j": job, "k": place, "machine": machine, "dur": duration}
    level = len(set(lengths.tolist())) == 1
    if not level:
        columns["left"] = np.repeat(lengths, lengths) - place
    more = f"o.k < {int(lengths[0])}" if level else "o.left > 0"
    blocking, operators = variant == "blocking", variant.partition("operators=")[2]
    resources = [f"resource machine[i in 1 .. {machines}]"]
    lasts, crew, lag = "o.dur", "", ""
    if blocking:
        resources = ["let total = sum(o.dur for o in ops)", "time for total", *resources]
        lasts, lag = f"o.dur .. (if {more} then total else o.dur)", " after 0 .. 0"
    elif operators:
        resources.append(f"resource operators capacity {operators}")
        crew = ", operators"
    statements = (
        *resources,
        f"task op[o in ops] lasts {lasts} uses machine[o.machine]{crew}",
        f"order op[o.j, o.k] -> op[o.j, o.k + 1]{lag} for o in ops where {more}",
        "minimize makespan",
    )
    remark = f"{len(lengths)} jobs, {machines} machines, {len(job)} operations; k counts the operations of job j"
    if blocking:
        remark += "\nblocking: an operation stays on its machine until the next one of its job begins"
    return Draft(title, remark, (Sheet("ops", columns, ("j", "k")),), statements)
