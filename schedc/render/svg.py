"""A schedule as an SVG picture: a time axis, a lane a resource, closed time shaded, tasks as bars with tooltips."""

from __future__ import annotations

from html import escape
from itertools import pairwise

import numpy as np

from schedc.models.amounts import amount_text
from schedc.models.model import Model
from schedc.models.options import settled
from schedc.models.profile import Spans
from schedc.models.records import dataclass
from schedc.models.schedule import Schedule
from schedc.render.cells import clean, cut, plural, width
from schedc.render.scale import Mark, marks
from schedc.render.shape import Shape, packed

WIDTH = 1200            # of the picture, in its own units
_TOP, _RIGHT = 78, 24
_ROW, _GAP = 20, 10     # height of a bar's row, and between lanes
_MOST_ROWS = 14         # tasks side by side in a lane; beyond that its load is drawn
_MOST_BARS = 4_000      # bars in a picture; beyond that loads are drawn everywhere
_MOST_LANES = 120
_LETTER = 6.3           # mean width of a letter at 11 px

_PALETTE = (
    "#4e79a7", "#f28e2b", "#59a14f", "#b07aa1", "#e15759", "#76b7b2", "#9c755f", "#edc948", "#ff9da7", "#8a8f98",
)
_PALE = ("#edc948", "#ff9da7", "#76b7b2")      # of these colours: the ones that want dark letters
_STYLE = """
text{font:11px system-ui,-apple-system,'Segoe UI',Helvetica,Arial,sans-serif;fill:#2b2f36}
.h{font-size:16px;font-weight:600}.s,.t{fill:#6b7280}.l{font-weight:600}.m{fill:#6b7280;font-size:10px}
.b{stroke:#fff;stroke-width:.8}.p{opacity:.35}.n{fill:#fff;pointer-events:none}.d{fill:#2b2f36;pointer-events:none}
.o{stroke:#fff;stroke-width:3px;stroke-opacity:.8;pointer-events:none}
.g{stroke:#e5e7eb}.gd{stroke:#c9ced6}.lane{fill:#f8f9fb}.cap{stroke:#9aa1ac;fill:none;stroke-dasharray:3 3}
""".strip()
_HATCH = (
    '<pattern id="closed" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<rect width="6" height="6" fill="#eceef2"/><line x1="0" y1="0" x2="0" y2="6" stroke="#d3d7de" stroke-width="2"/>'
    "</pattern>"
)


def svg_gantt(model: Model, schedule: Schedule, *, title: str = "", subtitle: str = "") -> str:
    """The picture as one SVG document. Deterministic: the same schedule gives the same text."""
    drawing = _Drawing(Shape(settled(model, schedule), schedule))
    return drawing.document(title or model.name, subtitle)


@dataclass(frozen=True)
class _Lane:
    """One horizontal strip. resource: None for tasks that use none; rows: of its tasks' bars, None to draw the load."""

    resource: int | None
    name: str
    note: str
    tasks: list[int]
    rows: list[int] | None
    top: float
    height: float


class _Drawing:
    """The geometry and the parts of one picture."""

    def __init__(self, shape: Shape) -> None:
        self.shape = shape
        self.lo, self.hi = shape.window
        self.groups, self.group = shape.groups
        self.bars = int(shape.pieces.ptr[-1]) <= _MOST_BARS
        self.left = min(max([100.0, *(width(name) * 7 + 24.0 for name in self._lane_names())]), 240.0)
        self.lanes = self._lanes()

    def x(self, tick: float) -> float:
        """The horizontal place of a tick."""
        return round(self.left + (tick - self.lo) * (WIDTH - self.left - _RIGHT) / (self.hi - self.lo), 2)

    @property
    def bottom(self) -> float:
        """Where the lanes end."""
        last = self.lanes[-1] if self.lanes else None
        return last.top + last.height if last else _TOP + _ROW

    def document(self, title: str, subtitle: str) -> str:
        """The whole picture."""
        legend = self._legend()
        height = self.bottom + 34 + 20 * len(legend)
        head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:g}" width="{WIDTH}" '
            f'height="{height:g}" role="img" aria-label="{_text(title)}">'
        )
        out = [head, f"<style>{_STYLE}</style><defs>{_HATCH}</defs>"]
        out.append(f'<rect width="{WIDTH}" height="{height:g}" fill="#fff"/>')
        out.append(f'<text class="h" x="12" y="24">{_text(title)}</text>')
        if subtitle:
            out.append(f'<text class="s" x="12" y="42">{_text(subtitle)}</text>')
        for lane in self.lanes:
            out += self._background(lane)
        out += self._axis()
        for lane in self.lanes:
            out += self._bars(lane) if lane.rows is not None else self._load(lane)
        for i, row in enumerate(legend):
            out.append(f'<g transform="translate({self.left:g} {self.bottom + 30 + 20 * i:g})">{row}</g>')
        return "\n".join([*out, "</svg>"]) + "\n"

    # lanes

    def _lane_names(self) -> list[str]:
        model = self.shape.model
        return [clean(model.resource_name(r)) for r in self.shape.used_resources[:_MOST_LANES]]

    def _lanes(self) -> list[_Lane]:
        lanes: list[_Lane] = []
        top = float(_TOP)
        for resource, name in zip(self.shape.used_resources, self._lane_names()):
            family, row = self.shape.model.resource_family(resource)
            capacity = amount_text(family, int(family.capacity[row]))
            note = "" if capacity == "1" else f"capacity {capacity}"
            tasks = self.shape.holders(resource)[0].tolist()
            lanes.append(self._lane(resource, name, note, tasks, top))
            top += lanes[-1].height + _GAP
        free = self._without_resource()
        if free and self.bars:
            lanes.append(self._lane(None, "no resource" if lanes else "tasks", "", free, top))
        return lanes

    def _lane(self, resource: int | None, name: str, note: str, tasks: list[int], top: float) -> _Lane:
        start = self.shape.schedule.start[tasks].tolist()
        # points get some room, so that bars and their marks do not hide each other
        least = max(1, (self.hi - self.lo) // 150)
        end = [max(e, s + least) if e == s else e for s, e in zip(start, self.shape.schedule.end[tasks].tolist())]
        most = 60 if resource is None else _MOST_ROWS
        rows = packed(start, end, most) if self.bars else None
        if rows is None and resource is None:
            tasks, rows = [], []
        height = (max(rows, default=0) + 1) * _ROW + 4 if rows is not None else 72
        return _Lane(resource, name, note, tasks, rows, top, height)

    def _without_resource(self) -> list[int]:
        lonely = self.shape.present.copy()
        lonely[self.shape.model.demands.task] = False
        tasks = np.flatnonzero(lonely)
        found: list[int] = tasks[np.argsort(self.shape.schedule.start[tasks], kind="stable")].tolist()
        return found

    def _background(self, lane: _Lane) -> list[str]:
        right = WIDTH - _RIGHT
        out = [
            f'<rect class="lane" x="{self.left:g}" y="{lane.top:g}" width="{right - self.left:g}" '
            f'height="{lane.height:g}"/>',
            f'<text class="l" x="12" y="{lane.top + 15:g}">{_text(cut(lane.name, int((self.left - 16) / 7)))}</text>',
        ]
        if lane.note and lane.height >= 2 * _ROW - 10:
            out.append(f'<text class="m" x="12" y="{lane.top + 28:g}">{lane.note}</text>')
        elif lane.note:
            out[-1] = out[-1].replace("<text", f"<text><title>{lane.note}</title></text><text", 1)
        if lane.resource is not None:
            out += self._shade(lane, self.shape.closed(lane.resource), "url(#closed)", "closed")
            out += self._shade(lane, self.shape.reduced(lane.resource), "#f0f1f5", "less capacity")
        return out

    def _shade(self, lane: _Lane, spans: Spans, fill: str, words: str) -> list[str]:
        seen = (spans.hi > self.lo) & (spans.lo < self.hi)
        if seen.sum() > 1_500:      # finer than the eye
            return []
        axis = self.shape.model.axis
        out = []
        for lo, hi in zip(spans.lo[seen].tolist(), spans.hi[seen].tolist()):
            a, b = self.x(max(lo, self.lo)), self.x(min(hi, self.hi))
            said = f"{lane.name}: {words}, {axis.tick_text(lo)} to {axis.tick_text(hi)}"
            out.append(
                f'<rect x="{a:g}" y="{lane.top:g}" width="{b - a:.2f}" height="{lane.height:g}" fill="{fill}">'
                f"<title>{_text(said)}</title></rect>"
            )
        return out

    # axis and legend

    def _axis(self) -> list[str]:
        out = []
        for mark in self._marks():
            x = self.x(mark.at)
            kind = "gd" if mark.major else "g"
            out.append(f'<line class="{kind}" x1="{x:g}" y1="{_TOP - 6}" x2="{x:g}" y2="{self.bottom:g}"/>')
            out.append(f'<text class="t" x="{x:g}" y="{_TOP - 10}" text-anchor="middle">{_text(mark.text)}</text>')
        return out

    def _marks(self) -> list[Mark]:
        return marks(self.shape.model.axis, self.lo, self.hi, int((WIDTH - self.left) / 85))

    def _legend(self) -> list[str]:
        """Rows of the legend, as many groups as fit two of them."""
        rows: list[str] = []
        row, at = "", 0.0
        told_apart = self.bars and len(self.groups) <= len(_PALETTE)
        shown = [(name, _colour(i)) for i, name in enumerate(self.groups)] if told_apart else []
        if any(lane.resource is not None and len(self.shape.closed(lane.resource).lo) for lane in self.lanes):
            shown.append(("closed", "url(#closed)"))
        for name, fill in shown:
            words = cut(clean(name), 24)
            step = 30 + width(words) * _LETTER
            if at + step > WIDTH - self.left - _RIGHT:
                rows, row, at = [*rows, row], "", 0.0
            row += (
                f'<rect x="{at:g}" y="-10" width="12" height="12" rx="2" fill="{fill}"/>'
                f'<text x="{at + 17:g}" y="0">{_text(words)}</text>'
            )
            at += step
        return [*rows, row] if row else rows

    # tasks

    def _bars(self, lane: _Lane) -> list[str]:
        out: list[str] = []
        for task, row in zip(lane.tasks, lane.rows or []):
            out.append(self._bar(task, lane.top + 2 + row * _ROW))
        return out

    def _bar(self, task: int, y: float) -> str:
        model, schedule = self.shape.model, self.shape.schedule
        start, end = int(schedule.start[task]), int(schedule.end[task])
        fill = _colour(int(self.group[task]))
        name = clean(model.task_name(task))
        tip = f"<title>{_text(f'{name}: {described(model, schedule, task)}')}</title>"
        x, far = self.x(start), self.x(end)
        if start == end:
            points = f"{x:g},{y + 2:g} {x + 6:g},{y + 9:g} {x:g},{y + 16:g} {x - 6:g},{y + 9:g}"
            return f'<g>{tip}<polygon points="{points}" fill="{fill}"/></g>'
        lo, hi = self.shape.pieces.of(task)
        parts = [_rect(self.x(a), self.x(b), y, fill) for a, b in zip(lo.tolist(), hi.tolist())]
        if len(parts) > 1 or (len(lo) and (lo[0] != start or hi[-1] != end)):
            parts.insert(0, _rect(x, far, y, fill, pale=True))
        return f"<g>{tip}{''.join(parts)}{self._name_in(name, lo.tolist(), hi.tolist(), y, fill)}</g>"

    def _name_in(self, name: str, lo: list[int], hi: list[int], y: float, fill: str) -> str:
        """The task's name in its longest piece, or across its pauses, as far as it fits."""
        if not lo:
            return ""
        a, b = max(zip(lo, hi), key=lambda piece: piece[1] - piece[0])
        kind, halo = "d" if fill in _PALE else "n", False
        short = _fitted(name, self.x(b) - self.x(a) - 6)
        if not short and len(lo) > 1:
            a, b, kind = lo[0], hi[-1], "d"
            halo = True
            short = _fitted(name, self.x(b) - self.x(a) - 6)
        if not short:
            return ""
        place = f'x="{(self.x(a) + self.x(b)) / 2:.2f}" y="{y + 12.5:g}" text-anchor="middle"'
        under = f'<text class="o" {place}>{_text(short)}</text>' if halo else ""     # so that it reads over the pieces
        return f'{under}<text class="{kind}" {place}>{_text(short)}</text>'

    def _load(self, lane: _Lane) -> list[str]:
        """A lane with too many tasks for bars: its load over time, up to the capacity."""
        assert lane.resource is not None
        bins = min(self.hi - self.lo, 800)
        edges = self.lo + np.arange(bins + 1, dtype=np.int64) * (self.hi - self.lo) // bins
        load = self.shape.load(lane.resource, edges).tolist()
        full = max(int(self.shape.model.capacity[lane.resource]), *load, 1)
        base, tall = lane.top + lane.height, lane.height - 8
        places = [(self.x(e), base - v * tall / full) for v, ab in zip(load, pairwise(edges.tolist())) for e in ab]
        line = " ".join(f"{x:g},{y:.1f}" for x, y in places)
        said = f"{lane.name}: {plural(len(lane.tasks), 'task')}, at most {max(load):,} at a time"
        return [
            f'<g><title>{_text(said)}</title><polygon points="{self.x(self.lo):g},{base:g} {line} '
            f'{self.x(self.hi):g},{base:g}" fill="{_PALETTE[0]}" opacity=".8"/></g>'
        ]


def described(model: Model, schedule: Schedule, task: int) -> str:
    """When a task runs, in words."""
    axis = model.axis
    start, end, work = (int(column[task]) for column in (schedule.start, schedule.end, schedule.length))
    words = f"{axis.tick_text(start)} to {axis.tick_text(end)} ({axis.span_text(end - start)}"
    return words + (f", {axis.span_text(work)} worked)" if work != end - start else ")")


def _fitted(name: str, room: float) -> str:
    """The name, else its index, else what fits of that; "" where that is next to nothing."""
    index = name.partition("[")[2].removesuffix("]")
    for word in (name, index):
        if word and width(word) * _LETTER <= room:
            return word
    short = cut(index or name, int(room / _LETTER))
    return short if width(short) >= 4 else ""


def _rect(x: float, far: float, y: float, fill: str, pale: bool = False) -> str:
    kind = "b p" if pale else "b"
    wide = max(far - x, 0.8)
    return f'<rect class="{kind}" x="{x:g}" y="{y:g}" width="{wide:.2f}" height="{_ROW - 2}" rx="3" fill="{fill}"/>'


def _colour(group: int) -> str:
    return _PALETTE[group % len(_PALETTE)]


def _text(words: str) -> str:
    return escape(clean(words))
