"""PSPLIB projects (`.sm`, and `.mm` for multimode.py): labelled sections of whole numbers."""

from __future__ import annotations

import re

import numpy as np

from schedc.dsl.importers.numbers import MalformedError, Numbers, place
from schedc.dsl.importers.project import Project
from schedc.models.columns import Ints, ints
from schedc.models.source import Span

HEADINGS = ("PRECEDENCE RELATIONS:", "REQUESTS/DURATIONS:", "RESOURCEAVAILABILITIES:")
_RULE = re.compile(r"^[ \t]*(\*{4,}|-{4,})", re.MULTILINE)
_FIRST_NUMBER = re.compile(r"^[ \t]*-?[0-9]", re.MULTILINE)


def read_psplib(file: str, text: str) -> Project:
    """The project of an `.sm` file. Raises MalformedError."""
    n, kinds = job_count(file, text), resource_count(file, text, "renewable")
    refuse_resources(file, text, "nonrenewable", "it is a multi-mode project")
    relations, requests, availabilities = HEADINGS
    _, arcs = read_relations(section(file, text, relations), n, most_modes=1)
    duration, demand = _requests(section(file, text, requests), n, kinds)
    capacities = section(file, text, availabilities)
    capacity = capacities.many(kinds, "a resource's capacity")
    capacities.done(f"the capacities of {kinds} resources")
    return Project(capacity, duration, demand, arcs)


def job_count(file: str, text: str) -> int:
    """The number of jobs, dummies included."""
    return _count(file, text, r"jobs\s+\(incl\. supersource/sink\s*\)", "the number of jobs", 1)


def resource_count(file: str, text: str, kind: str) -> int:
    """The number of ``renewable`` or ``nonrenewable`` resources."""
    return _count(file, text, f"- {kind}", f"the number of {kind} resources", 0)


def refuse_resources(file: str, text: str, kind: str, why: str) -> None:
    """Resources of a kind that a family does not have."""
    found = re.search(rf"^\s*- {kind}\s*:\s*([1-9]\S*)", text, re.MULTILINE)
    if found:
        span = place(file, text, found.start(1), found.end(1))
        raise MalformedError("E143", f"the file has {kind} resources: {why}", span)


def _count(file: str, text: str, label: str, what: str, lowest: int) -> int:
    found = re.search(rf"^\s*{label}\s*:[ \t]*(\S+)", text, re.MULTILINE)
    if not found:
        raise MalformedError("E144", f"no line gives {what}", _top(file))
    return Numbers(file, text, found.start(1), found.end(1)).one(what, lowest)


def section(file: str, text: str, heading: str) -> Numbers:
    """The numbers between the words below a heading and the next rule that follows them.

    A heading may lack its colon, and have a blank before `AVAILABILITIES`: MMLIB has it so.
    """
    pattern = heading.rstrip(":").replace("RESOURCEA", "RESOURCE ?A")
    head = re.search(rf"^[ \t]*{pattern}[ \t]*:?", text, re.MULTILINE)
    if head is None:
        raise MalformedError("E144", f"the section `{heading}` is missing", _top(file))
    first = _FIRST_NUMBER.search(text, head.end())
    if first is None:
        span = place(file, text, head.start(), head.end())
        raise MalformedError("E144", f"the section `{heading}` is empty", span)
    rule = _RULE.search(text, first.start())
    return Numbers(file, text, first.start(), rule.start() if rule else len(text))


def read_relations(relations: Numbers, n: int, most_modes: int) -> tuple[Ints, Ints]:
    """Each job's number of modes, and the arcs between jobs as two columns."""
    arcs: list[tuple[int, int]] = []
    modes: list[int] = []
    for job in range(1, n + 1):
        expect(relations, job, "job")
        modes.append(relations.one("the number of modes", 1))
        if modes[-1] > most_modes:
            raise relations.last(f"job {job} has {modes[-1]} modes, more than {most_modes}")
        successors = relations.many(relations.one("a number of successors", 0, n), "a successor", 1, n)
        arcs += [(job, j) for j in successors.tolist()]
    relations.done(f"the successors of {n} jobs")
    return ints(modes), ints(np.array(arcs, dtype=np.int64).reshape(-1, 2))


def _requests(requests: Numbers, n: int, kinds: int) -> tuple[Ints, Ints]:
    requests.room(n * (kinds + 3), f"the requests of {n} jobs")
    duration, demand = np.zeros(n, dtype=np.int64), np.zeros((n, kinds), dtype=np.int64)
    for job in range(1, n + 1):
        expect(requests, job, "job")
        expect(requests, 1, "mode")
        duration[job - 1] = requests.one("a duration")
        demand[job - 1] = requests.many(kinds, "a demand")
    requests.done(f"the requests of {n} jobs")
    return duration, demand


def expect(numbers: Numbers, value: int, what: str) -> None:
    """The next number must be this one."""
    found = numbers.one(f"{what} {value}", 0)
    if found != value:
        raise numbers.last(f"{what} {found} where {what} {value} should stand")


def _top(file: str) -> Span:
    return Span(file, 1, 1, 1, 1)
