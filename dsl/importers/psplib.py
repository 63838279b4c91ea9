"""PSPLIB single-mode projects (`.sm`): labelled sections of whole numbers."""

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
    n = _count(file, text, r"jobs \(incl\. supersource/sink\s*\)", "the number of jobs")
    kinds = _count(file, text, r"- renewable", "the number of renewable resources", lowest=0)
    _refuse_nonrenewable(file, text)
    relations, requests, capacities = HEADINGS
    arcs = _arcs(_section(file, text, relations), n)
    duration, demand = _requests(_section(file, text, requests), n, kinds)
    availabilities = _section(file, text, capacities)
    capacity = availabilities.many(kinds, "a resource's capacity")
    availabilities.done(f"the capacities of {kinds} resources")
    return Project(capacity, duration, demand, arcs)


def _count(file: str, text: str, label: str, what: str, lowest: int = 1) -> int:
    found = re.search(rf"^\s*{label}\s*:[ \t]*(\S+)", text, re.MULTILINE)
    if not found:
        raise MalformedError("E144", f"no line gives {what}", _top(file))
    return Numbers(file, text, found.start(1), found.end(1)).one(what, lowest)


def _refuse_nonrenewable(file: str, text: str) -> None:
    found = re.search(r"^\s*- nonrenewable\s*:\s*([1-9]\S*)", text, re.MULTILINE)
    if found:
        span = place(file, text, found.start(1), found.end(1))
        raise MalformedError("E143", "the file has nonrenewable resources: it is a multi-mode project", span)


def _section(file: str, text: str, heading: str) -> Numbers:
    """The numbers between the words below a heading and the next rule that follows them."""
    head = text.find(heading)
    if head < 0:
        raise MalformedError("E144", f"the section `{heading}` is missing", _top(file))
    first = _FIRST_NUMBER.search(text, head)
    if first is None:
        raise MalformedError("E144", f"the section `{heading}` is empty", place(file, text, head, head + len(heading)))
    rule = _RULE.search(text, first.start())
    return Numbers(file, text, first.start(), rule.start() if rule else len(text))


def _arcs(relations: Numbers, n: int) -> Ints:
    arcs: list[tuple[int, int]] = []
    for job in range(1, n + 1):
        _expect(relations, job, "job")
        _expect(relations, 1, "the number of modes")
        successors = relations.many(relations.one("a number of successors", 0, n), "a successor", 1, n)
        arcs += [(job, j) for j in successors.tolist()]
    relations.done(f"the successors of {n} jobs")
    return ints(np.array(arcs, dtype=np.int64).reshape(-1, 2))


def _requests(requests: Numbers, n: int, kinds: int) -> tuple[Ints, Ints]:
    requests.room(n * (kinds + 3), f"the requests of {n} jobs")
    duration, demand = np.zeros(n, dtype=np.int64), np.zeros((n, kinds), dtype=np.int64)
    for job in range(1, n + 1):
        _expect(requests, job, "job")
        _expect(requests, 1, "mode")
        duration[job - 1] = requests.one("a duration")
        demand[job - 1] = requests.many(kinds, "a demand")
    requests.done(f"the requests of {n} jobs")
    return duration, demand


def _expect(numbers: Numbers, value: int, what: str) -> None:
    found = numbers.one(f"{what} {value}", 0)
    if found != value:
        raise numbers.last(f"{what} {found} where {what} {value} should stand")


def _top(file: str) -> Span:
    return Span(file, 1, 1, 1, 1)
