"""One machine, n jobs with duration p_j; C_j is the end of job j. Three formats, which their text tells apart.

Weighted tardiness: ``n``, n durations, n weights w_j, n due dates d_j; minimise sum w_j max(0, C_j - d_j).
With set-ups: ``Problem Size: n``, then sections of durations, weights and due dates, and ``Setup Times:`` of rows
``i j s`` from 0: between consecutive jobs i, j the machine needs s; i = -1 stands for the beginning.
Common due date: ``n`` and n lines ``p a b``; d = floor(h sum p_j); minimise sum a_j max(0, d - C_j) +
b_j max(0, C_j - d). There an optimum has a job that begins at 0 or one that ends at d, and no idle time between jobs,
so that d + sum p_j is a horizon.
"""

from __future__ import annotations

import re

import numpy as np

from schedc.dsl.importers.draft import Draft, Instance, Sheet
from schedc.dsl.importers.numbers import MalformedError, Numbers
from schedc.models.columns import Ints, ints
from schedc.models.source import Span

VARIANTS = ("tardiness", "h=H")
_H = "0.4"      # the due date is early enough to bind, and late enough that jobs are early, too
_MACHINE = "resource machine[i in 1 .. 1]"
_TASK = "task `job`[j in jobs] lasts j.dur uses machine[1]"
_HEADING = re.compile(r"^[ \t]*[A-Za-z]", re.MULTILINE)


def single_draft(instance: Instance) -> Draft:
    """The model of a single machine. Raises MalformedError."""
    if re.search(r"^[ \t]*Problem Size:", instance.text, re.MULTILINE):
        return _with_setups(instance)
    numbers = Numbers(instance.file, instance.text)
    n = numbers.one("the number of jobs", 1)
    if _common(instance, n):
        return _common_due_date(instance, numbers, n)
    _refuse_share(instance)
    numbers.room(3 * n, f"the durations, weights and due dates of {n} jobs")
    columns = (("dur", "a duration"), ("weight", "a weight"), ("due", "a due date"))
    jobs = _jobs(n, {name: numbers.many(n, what) for name, what in columns})
    numbers.done(f"the due dates of {n} jobs")
    return _tardiness(instance.title, f"{n} jobs: total weighted tardiness", (jobs,), _MACHINE, "")


def _jobs(n: int, columns: dict[str, Ints]) -> Sheet:
    return Sheet("jobs", {"j": ints(range(1, n + 1)), **columns}, ("j",))


def _tardiness(title: str, remark: str, sheets: tuple[Sheet, ...], machine: str, state: str) -> Draft:
    task = f"{_TASK}{state} due j.due weight j.weight"
    return Draft(title, remark, sheets, (machine, task, "minimize tardiness"))


def _refuse_share(instance: Instance) -> None:
    if (instance.variant or "").startswith("h="):
        at = Span(instance.file, 1, 1, 1, 1)
        raise MalformedError("E142", f"each job has a due date of its own: `{instance.variant}` means nothing", at)


# common due date


def _common(instance: Instance, n: int) -> bool:
    """Whether lines of three numbers follow the first; three jobs may be meant either way, and the variant says it."""
    lines = (line.split() for line in instance.text.split("\n"))
    second = next((line for line in (words for words in lines if words) if line != [str(n)]), [])
    return len(second) == 3 and (n != 3 or (instance.variant or "").startswith("h="))


def _common_due_date(instance: Instance, numbers: Numbers, n: int) -> Draft:
    if instance.variant == "tardiness":
        at = Span(instance.file, 1, 1, 1, 1)
        raise MalformedError("E142", "the jobs have one due date in common, which `tardiness` does not give", at)
    numbers.room(3 * n, f"{n} lines of a duration and two penalties")
    rows = numbers.many(3 * n, "a duration or a penalty").reshape(n, 3)
    numbers.done(f"the lines of {n} jobs")
    statements = (
        f"param h = {(instance.variant or f'h={_H}')[2:]}",
        "let total = sum(j.dur for j in jobs)",
        "let d = floor(h * total)",
        "time for d + total",
        _MACHINE,
        _TASK,
        "minimize sum(j.early * max(0, d - end(`job`[j])) + j.late * max(0, end(`job`[j]) - d) for j in jobs)",
    )
    jobs = _jobs(n, dict(zip(("dur", "early", "late"), rows.T)))
    remark = f"{n} jobs: total weighted earliness and tardiness about the common due date d, a share h of all durations"
    return Draft(instance.title, remark, (jobs,), statements)


# set-ups


def _with_setups(instance: Instance) -> Draft:
    n = _section(instance, "Problem Size:").one("the number of jobs", 1)
    columns = {}
    headings = (("dur", "Process Times:"), ("weight", "Weights:"), ("due", "Duedates:"))
    for name, heading in headings:
        section = _section(instance, heading)
        columns[name] = section.many(n, f"a number below `{heading}`", 1 if name == "dur" else 0)
        section.done(f"the numbers of {n} jobs")
    sheets = (_jobs(n, columns), _setups(_section(instance, "Setup Times:"), n))
    remark = (
        f"{n} jobs: total weighted tardiness, with set-ups\n"
        "setup[a, b] is what the machine needs between job a and job b, and setup[0, b] before it begins with b"
    )
    return _tardiness(instance.title, remark, sheets, f"{_MACHINE} change setup.time starts 0", " at j.j")


def _section(instance: Instance, heading: str) -> Numbers:
    """The numbers between a heading and the next line that begins with a letter."""
    file, text = instance.file, instance.text
    found = re.search(rf"^[ \t]*{heading}", text, re.MULTILINE)
    if found is None:
        raise MalformedError("E144", f"the section `{heading}` is missing", Span(file, 1, 1, 1, 1))
    after = _HEADING.search(text, found.end())
    return Numbers(file, text, found.end(), after.start() if after else len(text))


def _setups(section: Numbers, n: int) -> Sheet:
    """The table of set-ups, jobs from 1, 0 for the beginning. Every pair of different jobs has one."""
    pairs = n + n * (n - 1)
    section.room(3 * pairs, f"the set-ups of {n} jobs")
    rows = np.arange(0, len(section), 3)
    if len(section) % 3:
        section.at = len(section)
        section.many(1, "the rest of a row of set-ups")
    before, job = section.taken(rows, "a job", -1, n - 1) + 1, section.taken(rows + 1, "a job", 0, n - 1) + 1
    time = section.taken(rows + 2, "a set-up", 0, 1 << 40)
    order = np.lexsort((job, before))
    codes = (before * (n + 1) + job)[order]
    twice = np.flatnonzero(codes[1:] == codes[:-1])
    if len(twice):
        row = int(order[twice[0] + 1])
        raise section.wrong(3 * row, f"a second set-up from {before[row] - 1} to {job[row] - 1}")
    kept = order[(before != job)[order]]
    if len(kept) < pairs:
        section.at = len(section)
        section.many(1, f"the other {pairs - len(kept)} of the set-ups of {n} jobs")
    return Sheet("setup", {"a": before[kept], "b": job[kept], "time": time[kept]}, ("a", "b"))
