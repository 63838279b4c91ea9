"""Jobs for systems on a chip, as DS3 and SoCRATES write them: lines of words, `#` begins a remark.

A job: ``add_new_tasks n``; ``NAME id predecessor ..`` for each task, ids from 0; ``NAME HEAD``, ``NAME TAIL``;
``NAME earliest_start e deadline d`` (the simulator's deadlines are no constraints and are left out);
``comm_vol i j v``.

The chip stands in another file of the same folder: ``add_new_resource TYPE name id capacity #functions ..``, then a
line ``NAME time power`` for each task name it can run; ``comm_band a b w``. Between different processing elements a
volume v goes through the memory (type MEM), which takes v / w(a, memory) + v / w(memory, b), rounded up; within one
nothing. The bandwidths to the memory must all be alike, so that the delay is the edge's own.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

import numpy as np

from schedc.dsl.importers.draft import Draft
from schedc.dsl.importers.graphs import Costs, costs_draft
from schedc.dsl.importers.numbers import MOST, MalformedError, read_instance
from schedc.models.source import Span

_DECIMAL = re.compile(r"[0-9]{1,12}(\.[0-9]{1,6})?", re.ASCII)
_WHOLE = re.compile(r"[0-9]{1,18}", re.ASCII)
_MEMORY = "MEM"
MOST_TASKS = 1_000_000
MOST_BYTES = 2**20       # of a chip's file: other texts of the folder are looked at, too


class Word(NamedTuple):
    """A word of a line, and where it stands."""

    text: str
    span: Span


class Job(NamedTuple):
    """names[n]: what each task runs; arcs: (predecessor, task), with the volume to send."""

    names: list[Word]
    arcs: dict[tuple[int, int], int]


class Element(NamedTuple):
    """A processing element or memory: its type, id, capacity, and the time of each task name that it can run."""

    kind: str
    id: int
    capacity: int
    times: dict[str, int]


def soc_draft(title: str, file: str, text: str) -> Draft:
    """The model of a job on the chip whose file stands in the same folder. Raises MalformedError."""
    lines = list(_lines(file, text))
    heads = {words[0].text for words in lines}
    top = Span(file, 1, 1, 1, 1)
    if "add_new_tasks" not in heads:
        what = "describes a chip: import a job beside it" if "add_new_resource" in heads else "has no `add_new_tasks`"
        raise MalformedError("E144", f"the file {what}", top)
    job = _job(file, lines)
    chip_file, chip = _chip_beside(file, top)
    elements, share = _chip(chip_file, chip)
    time = np.array([[_time(word, e) for e in elements] for word in job.names], dtype=np.int64)
    for word, row in zip(job.names, time.tolist()):
        if max(row) < 0:
            raise MalformedError("E143", f"nothing in `{Path(chip_file).name}` can run `{word.text}`", word.span)
    edges = [(i, j, math.ceil(volume * share)) for (i, j), volume in sorted(job.arcs.items())]
    capacity = np.array([e.capacity for e in elements], dtype=np.int64)
    costs = Costs(time, capacity, np.array(edges, dtype=np.int64).reshape(-1, 3))
    ids = ", ".join(str(e.id) for e in elements)
    more = f"\nmachines are the resources {ids} of {Path(chip_file).name}; a delay is the time to the memory and back"
    return costs_draft(title, costs, more)


def _lines(file: str, text: str) -> Iterator[list[Word]]:
    """The lines that hold something, without their remarks."""
    for number, line in enumerate(text.split("\n"), start=1):
        body = line.partition("#")[0]
        words = [
            Word(found[0], Span(file, number, found.start() + 1, number, found.end() + 1))
            for found in re.finditer(r"\S+", body)
        ]
        if words:
            yield words


def _whole(word: Word, what: str, lowest: int = 0, highest: int = MOST) -> int:
    if not _WHOLE.fullmatch(word.text) or not lowest <= int(word.text) <= highest:
        raise _wrong(word, f"{what} is `{word.text[:24]}`, no whole number between {lowest} and {highest}")
    return int(word.text)


def _wrong(word: Word, message: str) -> MalformedError:
    return MalformedError("E143", message, word.span)


def _short(words: list[Word], least: int, what: str) -> None:
    if len(words) < least:
        raise MalformedError("E144", f"the line ends before {what}", words[-1].span)


# the job


def _job(file: str, lines: list[list[Word]]) -> Job:
    count = 0
    names: dict[int, Word] = {}
    arcs: dict[tuple[int, int], int] = {}
    volumes: list[list[Word]] = []
    for words in lines:
        head = words[0].text
        if head == "add_new_tasks":
            _short(words, 2, "the number of tasks")
            count += _whole(words[1], "the number of tasks", 1, MOST_TASKS)
        elif head == "comm_vol":
            volumes.append(words)
        elif head != "job_name" and not _remark_of_task(words):
            task = _task(words, count, names)
            arcs |= {(_whole(word, "a predecessor", 0, count - 1), task): 0 for word in words[2:]}
    missing = next((i for i in range(count) if i not in names), None)
    if missing is not None:
        raise MalformedError("E144", f"no line gives task {missing}, of {count}", lines[-1][-1].span)
    for words in volumes:
        _volume(words, arcs)
    return Job([names[i] for i in range(count)], arcs)


def _remark_of_task(words: list[Word]) -> bool:
    """`NAME HEAD`, `NAME TAIL`, `NAME earliest_start 0 deadline 2`; a start other than 0 would be a release."""
    if len(words) < 2 or words[1].text not in ("HEAD", "TAIL", "earliest_start"):
        return False
    if words[1].text == "earliest_start":
        _short(words, 3, "the earliest start")
        if _whole(words[2], "the earliest start") > 0:
            raise _wrong(words[2], "an earliest start other than 0, which the family does not have")
    return True


def _task(words: list[Word], count: int, names: dict[int, Word]) -> int:
    _short(words, 2, "the task's number")
    task = _whole(words[1], f"the number of task `{words[0].text[:24]}`", 0, count - 1)
    if task in names:
        raise _wrong(words[1], f"task {task} is given twice")
    names[task] = words[0]
    return task


def _volume(words: list[Word], arcs: dict[tuple[int, int], int]) -> None:
    _short(words, 4, "two tasks and a volume")
    arc = _whole(words[1], "a task"), _whole(words[2], "a task")
    if arc not in arcs:
        raise _wrong(words[1], f"a volume from task {arc[0]} to task {arc[1]}, which does not wait for it")
    arcs[arc] = _whole(words[3], "a volume")


# the chip


def _chip_beside(file: str, at: Span) -> tuple[str, list[list[Word]]]:
    """The one file of the folder that adds resources."""
    found = []
    for path in sorted(Path(file).resolve().parent.glob("*.txt")):
        try:
            text = read_instance(path) if path.stat().st_size <= MOST_BYTES else ""
        except (MalformedError, OSError):
            continue
        if re.search(r"^\s*add_new_resource\b", text, re.MULTILINE):
            found.append((str(path), text))
    if len(found) != 1:
        names = ", ".join(Path(name).name for name, _ in found)
        message = f"several files beside this one describe a chip: {names}" if found else \
            "no `.txt` file beside this one describes the chip with `add_new_resource`"
        raise MalformedError("E144", message, at)
    return found[0][0], list(_lines(*found[0]))


def _chip(file: str, lines: list[list[Word]]) -> tuple[list[Element], Fraction]:
    """The processing elements, and the time that a unit of volume takes between any two of them."""
    elements: list[Element] = []
    bands: list[list[Word]] = []
    for words in lines:
        head = words[0].text
        if head == "add_new_resource":
            elements.append(_element(words, {e.id for e in elements}))
        elif head == "comm_band":
            bands.append(words)
        elif head != "opp":
            if not elements:
                raise _wrong(words[0], f"`{head[:24]}` stands before the first `add_new_resource`")
            _function(words, elements[-1])
    working = [e for e in elements if e.kind != _MEMORY]
    if not working:
        raise MalformedError("E144", "no resource is a processing element", lines[-1][-1].span)
    return working, _share(elements, working, bands, lines[-1][-1].span)


def _element(words: list[Word], known: set[int]) -> Element:
    _short(words, 5, "type, name, id and capacity of the resource")
    number = _whole(words[3], "a resource's id")
    if number in known:
        raise _wrong(words[3], f"resource {number} is given twice")
    return Element(words[1].text, number, _whole(words[4], "a capacity", 1), {})


def _function(words: list[Word], element: Element) -> None:
    if element.kind == _MEMORY:
        return
    _short(words, 2, f"the time of `{words[0].text[:24]}`")
    if not _DECIMAL.fullmatch(words[1].text) or Fraction(words[1].text).denominator > 1:
        raise _wrong(words[1], f"the time of `{words[0].text[:24]}` is `{words[1].text[:24]}`, no whole number")
    element.times[words[0].text] = int(Fraction(words[1].text))


def _time(name: Word, element: Element) -> int:
    return element.times.get(name.text, -1)


def _share(elements: list[Element], working: list[Element], bands: list[list[Word]], end: Span) -> Fraction:
    memory = [e.id for e in elements if e.kind == _MEMORY]
    if len(memory) != 1:
        raise MalformedError("E144", f"{len(memory)} memories (type {_MEMORY}), not one", end)
    width: dict[int, tuple[int, Word]] = {}
    for words in bands:
        _short(words, 4, "two resources and a bandwidth")
        pair = {_whole(words[1], "a resource's id"), _whole(words[2], "a resource's id")}
        if memory[0] in pair and len(pair) == 2:
            width[(pair - {memory[0]}).pop()] = _whole(words[3], "a bandwidth", 1), words[3]
    missing = next((e.id for e in working if e.id not in width), None)
    if missing is not None:
        raise MalformedError("E144", f"no `comm_band` between resource {missing} and the memory", end)
    first = width[working[0].id][0]
    other = next((word for value, word in width.values() if value != first), None)
    if other is not None:
        raise _wrong(other, f"a bandwidth to the memory of {other.text} beside {first}: delays that depend on the pair")
    return Fraction(2, first)
