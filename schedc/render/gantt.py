"""A schedule as lines of text: by task or by resource, as wide as the terminal and never longer than a page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np

from schedc.models.amounts import amount_text, decimal_text
from schedc.models.columns import Ints
from schedc.models.model import Model
from schedc.models.options import chosen_names, settled
from schedc.models.records import dataclass
from schedc.models.schedule import Schedule
from schedc.render.cells import clean, cut, pad, paint, plural, width
from schedc.render.scale import marks
from schedc.render.shape import Shape, overlap

By = Literal["auto", "task", "resource", "none"]
MOST = 40       # rows in a drawing
_CHOICE = 28    # characters for what a task has chosen

_LEVELS = "▁▂▃▄▅▆▇█"


@dataclass(frozen=True)
class _Ink:
    """The characters to draw with, where a terminal has only ASCII too."""

    work: str = "█"
    next: str = "▓"
    pause: str = "░"
    point: str = "◆"
    closed: str = "░"
    levels: str = _LEVELS
    frame: str = "│"


_PLAIN = _Ink("#", "=", ".", "*", ".", "12345678", "|")


def text_gantt(
    model: Model,
    schedule: Schedule,
    *,
    by: By = "auto",
    columns: int = 100,
    colour: bool = False,
    plain: bool = False,
) -> str:
    """The drawing, ending in a newline; "" for `none` and for a model without tasks.

    by: `auto` draws the tasks where they fit on a page, else the resources. plain: ASCII only.
    """
    shape = Shape(settled(model, schedule), schedule)
    ink = _PLAIN if plain else _Ink()
    columns = max(columns, 40)
    if by == "none" or not model.task_count:
        return ""
    if by == "auto":
        by = "task" if model.task_count <= MOST or not shape.used_resources else "resource"
    if by == "resource":
        return "\n".join(_by_resource(shape, columns, colour, ink)) + "\n"
    return "\n".join(_by_task(shape, chosen_names(model, schedule), columns, colour, ink)) + "\n"


@dataclass(frozen=True)
class _Frame:
    """`cells` columns over the ticks [lo, hi): several ticks a cell, or several cells a tick."""

    lo: int
    hi: int
    cells: int

    def cell(self, tick: float) -> int:
        """The cell in which a tick begins."""
        return int((tick - self.lo) * self.cells // (self.hi - self.lo))

    def fill(self, row: list[str], lo: int, hi: int, ink: str) -> None:
        """Draw a span, in one cell at least; spans that follow each other share none unless they are that short."""
        first = self.cell(lo)
        for i in range(max(first, 0), min(max(self.cell(hi), first + 1), self.cells)):
            row[i] = ink

    @property
    def edges(self) -> Ints:
        """The ticks between which each bin lies; a bin is a cell, or a tick where ticks are fewer."""
        span = self.hi - self.lo
        return self.lo + np.arange(min(span, self.cells) + 1, dtype=np.int64) * span // min(span, self.cells)

    def spread(self, bins: list[str]) -> str:
        """One character a bin as one a cell."""
        return "".join(bins[i * len(bins) // self.cells] for i in range(self.cells))


def _by_task(shape: Shape, chosen: dict[int, list[str]], columns: int, colour: bool, ink: _Ink) -> list[str]:
    rows, title = _rows_to_show(shape)
    if not rows:
        return [_absent(shape)]
    names = [clean(shape.model.task_name(t)) for t in rows]
    notes = [_when(shape, t) if columns >= 70 else "" for t in rows]
    if columns >= 70 and chosen:
        notes = [f"{pad(n, max(map(width, notes)))}  {_choice(chosen.get(t, ()))}" for t, n in zip(rows, notes)]
    lo, hi = shape.window
    if title:
        lo, hi = int(shape.schedule.start[rows].min()), int(shape.schedule.end[rows].max())
    room = _room(names, columns)
    frame = _Frame(lo, max(hi, lo + 1), max(10, columns - room - max(map(width, notes)) - 4))
    lines = [title] if title else []
    lines += _header(shape, frame, room, colour, ink)
    for task, name, note in zip(rows, names, notes):
        bar = paint(_task_bar(shape, task, frame, ink), "second", colour)
        lines.append(f"{pad(name, room)} {ink.frame}{bar}{ink.frame} {note}".rstrip())
    if any(shape.pieces.ptr[t + 1] - shape.pieces.ptr[t] > 1 for t in rows):
        lines.append(f"{' ' * room}  {ink.work} worked   {ink.pause} paused")
    return lines if shape.present.all() else [*lines, cut(_absent(shape), columns)]


def _absent(shape: Shape) -> str:
    """Who is left out."""
    absent = np.flatnonzero(~shape.present)
    names = ", ".join(clean(shape.model.task_name(t)) for t in absent[:MOST].tolist())
    return f"absent: {names}" if len(absent) <= MOST else f"{plural(len(absent), 'absent task')}: {names}, …"


def _rows_to_show(shape: Shape) -> tuple[list[int], str]:
    """All tasks in order of start, or the densest page of them with a title that says so."""
    start, end = shape.schedule.start, shape.schedule.end
    order = np.lexsort((end, start))
    order = order[shape.present[order]]
    if len(order) <= MOST:
        return order.tolist(), ""
    ordered = start[order]
    at = int(np.argmin(ordered[MOST - 1 :] - ordered[: len(order) - MOST + 1]))
    return order[at : at + MOST].tolist(), f"the densest {MOST} of {plural(len(order), 'task')}"


def _choice(names: Sequence[str]) -> str:
    return cut(clean(", ".join(names)), _CHOICE)


def _when(shape: Shape, task: int) -> str:
    axis = shape.model.axis
    start, end = int(shape.schedule.start[task]), int(shape.schedule.end[task])
    if axis.resolution_ns is None:
        return f"{start} .. {end}"
    return f"{axis.tick_text(start)}  {axis.span_text(end - start)}"


def _room(names: list[str], columns: int) -> int:
    return min(max(map(width, names), default=1), 28, columns // 3)


def _task_bar(shape: Shape, task: int, frame: _Frame, ink: _Ink) -> str:
    row = [" "] * frame.cells
    start, end = int(shape.schedule.start[task]), int(shape.schedule.end[task])
    if start == end:
        row[min(frame.cell(start), frame.cells - 1)] = ink.point
        return "".join(row)
    frame.fill(row, start, end, ink.pause)
    for lo, hi in zip(*(column.tolist() for column in shape.pieces.of(task))):
        frame.fill(row, lo, hi, ink.work)
    return "".join(row)


def _header(shape: Shape, frame: _Frame, room: int, colour: bool, ink: _Ink) -> list[str]:
    """The dates or ticks above the drawing."""
    line = [" "] * (frame.cells + 12)
    free = 0
    for mark in marks(shape.model.axis, frame.lo, frame.hi, max(2, frame.cells // 11)):
        at = frame.cell(mark.at)
        if at < free or at + len(mark.text) > len(line):
            continue
        line[at : at + len(mark.text) + 1] = [*mark.text, " "]
        free = at + len(mark.text) + 1
    return [" " * (room + 2) + paint("".join(line).rstrip(), "dim", colour)]


def _by_resource(shape: Shape, columns: int, colour: bool, ink: _Ink) -> list[str]:
    resources, more = _resources_to_show(shape)
    model = shape.model
    names = [clean(model.resource_name(r)) for r in resources]
    room = _room(names, columns)
    lo, hi = shape.window
    frame = _Frame(lo, hi, max(10, columns - room - 15))
    lines = _header(shape, frame, room, colour, ink)
    for resource, name in zip(resources, names):
        load = shape.load(resource, frame.edges)
        draw = _unit_bar if model.capacity[resource] == 1 else _load_bar
        bar = paint(draw(shape, resource, load, frame, ink), "second", colour)
        family, row = model.resource_family(resource)
        note = f"{decimal_text(int(load.max()) * family.scale)} of {amount_text(family, int(family.capacity[row]))}"
        lines.append(f"{pad(name, room)} {ink.frame}{bar}{ink.frame} {note}")
    if more:
        lines.append(f"{' ' * room}  and {plural(more, 'resource')} with less load")
    legend = f"{ink.closed} closed   {ink.levels[0]}..{ink.levels[-1]} load   {ink.work}{ink.next} one task, the next"
    lines.append(cut(f"{' ' * room}  {legend}", columns))
    return lines


def _resources_to_show(shape: Shape) -> tuple[list[int], int]:
    """The resources that are used; of very many those with most work, in order of declaration."""
    used = shape.used_resources
    if len(used) <= MOST:
        return used, 0
    demands, schedule = shape.model.demands, shape.schedule
    work = np.bincount(
        demands.resource, weights=demands.amount * (schedule.end - schedule.start)[demands.task].astype(np.float64)
    )
    busiest = sorted(used, key=lambda r: -work[r])[:MOST]
    return sorted(busiest), len(used) - MOST


def _load_bar(shape: Shape, resource: int, load: Ints, frame: _Frame, ink: _Ink) -> str:
    capacity = max(int(shape.model.capacity[resource]), 1)
    closed = overlap(shape.closed(resource), frame.edges)
    top = len(ink.levels) - 1
    bins = [
        ink.closed if shut else " " if now == 0 else ink.levels[min(top, max(now, 1) * top // capacity)]
        for now, shut in zip(load.tolist(), closed.tolist())
    ]
    return frame.spread(bins)


def _unit_bar(shape: Shape, resource: int, load: Ints, frame: _Frame, ink: _Ink) -> str:
    """A resource that serves one task at a time: where one task ends and the next begins can be seen."""
    row = [ink.closed if shut else " " for shut in overlap(shape.closed(resource), frame.edges)]
    row = list(frame.spread(row))
    task, _ = shape.holders(resource)
    task = task[(shape.schedule.end[task] > frame.lo) & (shape.schedule.start[task] < frame.hi)]
    if len(task) > 4 * frame.cells:
        return _load_bar(shape, resource, load, frame, ink)
    for k, t in enumerate(task.tolist()):
        for lo, hi in zip(*(column.tolist() for column in shape.pieces.of(t))):
            frame.fill(row, lo, hi, (ink.work, ink.next)[k % 2])
    return "".join(row)
