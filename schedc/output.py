"""A finished run as files: schedule.json (schema ``schedc.schedule/1``), CSV, SVG, HTML; by suffix, atomically."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

from schedc.addressing import addresses_of
from schedc.compilers.backend import Event
from schedc.compilers.result import Result
from schedc.models.files import check_writable, write_atomically
from schedc.models.model import Model
from schedc.models.options import option_names, settled
from schedc.models.pieces import worked_pieces
from schedc.models.presence import present_in
from schedc.models.schedule import Schedule
from schedc.render.figures import number
from schedc.render.services import qos_data, soft_data

SCHEMA = "schedc.schedule/1"
COLUMNS = ("name", "present", "start", "end", "mode", "resource")
_PAGE = 10_000      # tasks that are turned into text at a time


class OutputError(Exception):
    """A file name from which no format can be told; the message names the known ones."""


def json_chunks(model: Model, result: Result) -> Iterator[bytes]:
    """schedule.json, piece by piece: a million tasks are never one string."""
    head = json.dumps(_head(model, result), ensure_ascii=False, indent=1)[:-2]
    yield f'{head},\n "tasks": ['.encode()
    encode = json.JSONEncoder(ensure_ascii=False, check_circular=False).encode
    for k, task in enumerate(task_rows(model, result.schedule)):
        yield ((",\n  " if k else "\n  ") + encode(task)).encode()
    tail = json.dumps(_tail(result), ensure_ascii=False, indent=1)[2:]
    yield f"\n ],\n{tail}\n".encode()


def as_data(model: Model, result: Result) -> dict[str, Any]:
    """What schedule.json holds, as plain data."""
    return {**_head(model, result), "tasks": list(task_rows(model, result.schedule)), **_tail(result)}


def _head(model: Model, result: Result) -> dict[str, Any]:
    head: dict[str, Any] = {
        "schema": SCHEMA,
        "model": {"name": model.name, "sha256": model.digest},
        "status": result.status.value,
        "objectives": _objectives(model, result),
    }
    axis = model.axis
    if axis.resolution_ns is not None:
        head["time"] = {"resolution_seconds": number(Fraction(axis.resolution_ns, 10**9)), "zone": axis.zone}
        if axis.start is not None:
            head["time"]["origin"] = axis.start
    return head


def _objectives(model: Model, result: Result) -> list[dict[str, Any]]:
    return [
        {
            "name": reached.name,
            "sense": reached.sense,
            "value": None if reached.value is None else number(reached.value * stage.scale),
            "bound": None if reached.bound is None else number(reached.bound * stage.scale),
            "gap": reached.gap,
            "unit": stage.unit,
        }
        for stage, reached in zip(model.objective, result.stages)
    ]


def _tail(result: Result) -> dict[str, Any]:
    return {
        "qos": qos_data(result.verdict),
        "soft": soft_data(result.verdict),
        "verified": result.verdict is not None and result.verdict.holds,
        "interrupted": result.interrupted,
        "reason": result.reason,
        "conflict": [
            {"kind": i.kind, "statement": i.statement, "what": i.what, "member": i.member, "text": i.text,
             "span": i.span._asdict()}
            for i in result.conflict
        ],
        "solver": {
            "name": result.backend,
            "chosen_because": result.chosen_because,
            "seed": result.seed,
            "wall_seconds": round(result.wall, 3),
            "seconds": {phase: round(seconds, 3) for phase, seconds in result.seconds.items()},
            "versions": result.versions,
            "trace": [event_data(event) for event in result.trace],
        },
    }


def event_data(event: Event) -> dict[str, Any]:
    """One line of events.jsonl."""
    return {
        "t": round(event.t, 3),
        "event": event.event,
        "objective": list(event.objective),
        "bound": list(event.bound),
        "gap": event.gap,
        "source": event.source,
        "text": event.text,
    }


def task_rows(model: Model, schedule: Schedule | None) -> Iterator[dict[str, Any]]:
    """Every task as schedule.json lists it, in order of declaration; none without a schedule."""
    if schedule is None:
        return
    starts, ends = schedule.start.tolist(), schedule.end.tolist()
    pieces = worked_pieces(model, schedule)
    lo, hi, ptr = pieces.lo.tolist(), pieces.hi.tolist(), pieces.ptr.tolist()
    uses, modes = demand_rows(settled(model, schedule)), mode_names(model, schedule)
    instant, address = instants(model), addresses_of(model, schedule)
    present = present_in(schedule).tolist()
    for k, name in enumerate(task_names(model)):
        if not present[k]:
            yield _absent(name)
            continue
        row: dict[str, Any] = {
            "name": name,
            "present": True,
            "start": starts[k],
            "end": ends[k],
            "mode": modes(k),
            "pieces": [list(p) for p in zip(lo[ptr[k] : ptr[k + 1]], hi[ptr[k] : ptr[k + 1]])],
            "uses": [{"resource": r, "amount": a, "address": _shown(address(k, r))} for r, a in uses(k)],
        }
        if instant is not None:
            row["instant"] = [instant(starts[k]), instant(ends[k])]
        yield row


def _shown(address: Fraction | None) -> int | float | None:
    return None if address is None else number(address)


def _absent(name: str) -> dict[str, Any]:
    """The row of a task that is left out."""
    return {"name": name, "present": False, "start": None, "end": None, "mode": None, "pieces": [], "uses": []}


def task_names(model: Model) -> Iterator[str]:
    """All tasks' addresses in order of number."""
    for tasks in model.tasks:
        yield from tasks.family.labels()


def mode_names(model: Model, schedule: Schedule) -> Callable[[int], str | None]:
    """A function from a task's number to the name of its mode, None where it has none."""
    if schedule.mode is None:
        return lambda k: None
    names, mode = option_names(model), schedule.mode.tolist()
    return lambda k: names[mode[k]] if mode[k] >= 0 else None


def demand_rows(model: Model) -> Callable[[int], list[tuple[str, int | float]]]:
    """A function from a task's number to what it uses: (resource, amount in the author's unit)."""
    demands = model.demands
    order = demands.task.argsort(kind="stable")
    task, resource, amount = (c[order].tolist() for c in (demands.task, demands.resource, demands.amount))
    begin = [0] * (model.task_count + 1)
    for t in task:
        begin[t + 1] += 1
    for t in range(model.task_count):
        begin[t + 1] += begin[t]
    names = [name for family in model.resources for name in family.family.labels()]
    scales = [family.scale for family in model.resources for _ in range(family.family.size)]

    def of(k: int) -> list[tuple[str, int | float]]:
        rows = range(begin[k], begin[k + 1])
        return [(names[resource[i]], number(amount[i] * scales[resource[i]])) for i in rows]

    return of


def instants(model: Model) -> Callable[[int], str | None] | None:
    """A memoised function from ticks to ISO instants; None where the model has no origin."""
    axis = model.axis
    if axis.start is None or axis.resolution_ns is None:
        return None
    known: dict[int, str | None] = {}

    def of(tick: int) -> str | None:
        if tick not in known:
            when: datetime | None = axis.instant(tick)
            known[tick] = None if when is None else when.isoformat()
        return known[tick]

    return of


def csv_chunks(model: Model, result: Result) -> Iterator[bytes]:
    """The schedule as CSV: name, present, start, end, mode, resource (several are joined by ``;``)."""
    page = io.StringIO(newline="")
    writer = csv.writer(page, lineterminator="\n")
    writer.writerow(COLUMNS)
    if result.schedule is not None:
        starts, ends = result.schedule.start.tolist(), result.schedule.end.tolist()
        uses, present = demand_rows(settled(model, result.schedule)), present_in(result.schedule).tolist()
        modes = mode_names(model, result.schedule)
        for k, name in enumerate(task_names(model)):
            if present[k]:
                writer.writerow((name, "true", starts[k], ends[k], modes(k) or "", ";".join(r for r, _ in uses(k))))
            else:
                writer.writerow((name, "false", "", "", "", ""))
            if k % _PAGE == _PAGE - 1:
                yield page.getvalue().encode()
                page.seek(0)
                page.truncate()
    yield page.getvalue().encode()


def _svg_chunks(model: Model, result: Result) -> Iterator[bytes]:
    from schedc.render.summary import headline
    from schedc.render.svg import svg_gantt

    assert result.schedule is not None
    yield svg_gantt(model, result.schedule, subtitle=headline(model, result)).encode()


def _html_chunks(model: Model, result: Result) -> Iterator[bytes]:
    from schedc.render.page import html_page

    assert result.schedule is not None
    yield html_page(model, result, task_rows(model, result.schedule)).encode()


_WRITERS: dict[str, Callable[[Model, Result], Iterator[bytes]]] = {
    ".json": json_chunks,
    ".csv": csv_chunks,
    ".svg": _svg_chunks,
    ".html": _html_chunks,
}
KNOWN = tuple(_WRITERS)
NEEDS_SCHEDULE = frozenset({".csv", ".svg", ".html"})


def suffix_of(path: Path) -> str:
    """The format that a file name asks for. Raises OutputError where it is none of the known ones."""
    suffix = path.suffix.lower()
    if suffix not in _WRITERS:
        raise OutputError(f"cannot tell a format from `{path.name or path}`: known are {', '.join(KNOWN)}")
    return suffix


def check_output(path: Path) -> None:
    """Raise OutputError or FileError for a path to which no result could be written."""
    suffix_of(path)
    check_writable(path)


def content(path: Path, model: Model, result: Result) -> Iterator[bytes]:
    """What `path` is to hold, by its suffix. Raises OutputError."""
    return _WRITERS[suffix_of(path)](model, result)


def write(path: Path, model: Model, result: Result) -> None:
    """Write a run to a file by its suffix, whole or not at all. Raises OutputError or FileError."""
    write_atomically(path, content(path, model, result))
