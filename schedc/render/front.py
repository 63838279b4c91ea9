"""A Pareto front as a table and as pictures: two goals as a scatter with steps, more as one axis each."""

from __future__ import annotations

from fractions import Fraction
from html import escape
from itertools import pairwise
from typing import TYPE_CHECKING

from schedc.models.model import Model
from schedc.models.statements import Stage
from schedc.render.cells import clean, plural
from schedc.render.figures import decimal, shown_seconds, shown_value

if TYPE_CHECKING:
    from schedc.compilers.pareto import Front

_WIDTH, _HEIGHT = 760, 480
_LEFT, _RIGHT, _TOP, _BOTTOM = 90, 40, 70, 60
_STYLE = (
    "text{font:12px system-ui,-apple-system,'Segoe UI',Helvetica,Arial,sans-serif;fill:#2b2f36}"
    ".h{font-size:16px;font-weight:600}.s{fill:#6b7280}.g{stroke:#e5e7eb}.f{stroke:#4e79a7;fill:none;stroke-width:1.5}"
    ".p{fill:#4e79a7}.q{fill:#fff;stroke:#4e79a7;stroke-width:1.5}"
)


def headline(found: Front) -> str:
    """What the front is, in a few words."""
    what = "complete" if found.complete else "there may be others"
    runs = f"{plural(found.runs, 'run')} in {shown_seconds(found.seconds)}"
    return f"{plural(len(found.points), 'point')}, {what}, {runs}"


def table(model: Model, found: Front) -> str:
    """A line a point, in order of the first goal; those not known to be efficient are marked."""
    lines = [f"{clean(model.name)}: {headline(found)}"]
    if found.reason and not found.points:
        lines.append(f"  {clean(found.reason)}")
    if found.points:
        rows = [tuple(_title(s) for s in found.sides)]
        rows += [tuple(shown_value(s, v, model.axis) for s, v in zip(found.sides, p.values)) for p in found.points]
        wide = [max(len(row[k]) for row in rows) for k in range(len(found.sides))]
        marks = ["", *("" if p.proved else "not proved" for p in found.points)]
        lines += ["  " + "  ".join([*(f"{c:>{w}}" for c, w in zip(row, wide)), mark]).rstrip()
                  for row, mark in zip(rows, marks)]
    return "\n".join(lines) + "\n"


def _title(stage: Stage) -> str:
    return clean(stage.name) + (" (maximized)" if stage.sense == "maximize" else "")


def svg(model: Model, found: Front) -> str:
    """The picture as one SVG document. Deterministic."""
    parts = _scatter(found) if len(found.sides) == 2 else _axes(found)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" '
        f'height="{_HEIGHT}"><style>{_STYLE}</style><rect width="100%" height="100%" fill="#fff"/>'
        f'<text class="h" x="{_LEFT}" y="28">{escape(clean(model.name))}</text>'
        f'<text class="s" x="{_LEFT}" y="48">{escape(headline(found))}</text>{"".join(parts)}</svg>\n'
    )


class _Scale:
    """Values of one goal along a line."""

    def __init__(self, found: Front, k: int, first: float, last: float) -> None:
        self.stage = found.sides[k]
        values = [p.values[k] for p in found.points] or [0]
        self.lo, self.hi, self.first, self.last = min(values), max(values), first, last

    def at(self, value: float) -> float:
        """The place of a value; the middle where all are alike."""
        share = 0.5 if self.hi == self.lo else (value - self.lo) / (self.hi - self.lo)
        return round(self.first + share * (self.last - self.first), 2)

    def marks(self) -> list[tuple[float, str]]:
        """Some values with their places."""
        steps = 4 if self.hi - self.lo >= 4 else max(1, self.hi - self.lo)
        values = sorted({self.lo + (self.hi - self.lo) * k // steps for k in range(steps + 1)})
        return [(self.at(v), decimal(Fraction(v) * self.stage.scale)) for v in values]


def _scatter(found: Front) -> list[str]:
    x = _Scale(found, 0, _LEFT, _WIDTH - _RIGHT)
    y = _Scale(found, 1, _HEIGHT - _BOTTOM, _TOP)
    base, parts = _HEIGHT - _BOTTOM, []
    for at, text in x.marks():
        parts.append(f'<line class="g" x1="{at}" y1="{_TOP}" x2="{at}" y2="{base}"/>'
                     f'<text class="s" x="{at}" y="{base + 18}" text-anchor="middle">{escape(text)}</text>')
    for at, text in y.marks():
        parts.append(f'<line class="g" x1="{_LEFT}" y1="{at}" x2="{_WIDTH - _RIGHT}" y2="{at}"/>'
                     f'<text class="s" x="{_LEFT - 8}" y="{at + 4}" text-anchor="end">{escape(text)}</text>')
    parts.append(f'<text x="{(_LEFT + _WIDTH - _RIGHT) / 2}" y="{_HEIGHT - 16}" text-anchor="middle">'
                 f"{escape(_title(found.sides[0]))}</text>")
    parts.append(f'<text x="{_LEFT}" y="{_TOP - 8}">{escape(_title(found.sides[1]))}</text>')
    places = [(x.at(p.values[0]), y.at(p.values[1])) for p in found.points]
    steps = [f"{places[0][0]},{places[0][1]}"] if places else []
    for (_, before), (right, below) in pairwise(places):
        steps += [f"{right},{before}", f"{right},{below}"]
    parts.append(f'<polyline class="f" points="{" ".join(steps)}"/>')
    for (a, b), point in zip(places, found.points):
        kind = "p" if point.proved else "q"
        values = ", ".join(decimal(v * s.scale) for v, s in zip(point.values, found.sides))
        parts.append(f'<circle class="{kind}" cx="{a}" cy="{b}" r="4.5"><title>{escape(values)}</title></circle>')
    return parts


def _axes(found: Front) -> list[str]:
    """One vertical axis a goal, better values below; a point is a line through all of them."""
    count, parts = len(found.sides), []
    gap = (_WIDTH - _LEFT - _RIGHT - 60) / max(1, count - 1)
    scales = []
    for k, side in enumerate(found.sides):
        low, high = (_HEIGHT - _BOTTOM, _TOP + 20) if side.sense == "minimize" else (_TOP + 20, _HEIGHT - _BOTTOM)
        scale, at = _Scale(found, k, low, high), round(_LEFT + k * gap, 2)
        scales.append((at, scale))
        parts.append(f'<line class="g" x1="{at}" y1="{_TOP + 20}" x2="{at}" y2="{_HEIGHT - _BOTTOM}"/>'
                     f'<text x="{at}" y="{_HEIGHT - 24}" text-anchor="middle">{escape(_title(side))}</text>')
        for y, text in scale.marks():
            parts.append(f'<text class="s" x="{at - 8}" y="{y + 4}" text-anchor="end">{escape(text)}</text>')
    for point in found.points:
        places = " ".join(f"{at},{scale.at(v)}" for (at, scale), v in zip(scales, point.values))
        values = ", ".join(decimal(v * s.scale) for v, s in zip(point.values, found.sides))
        parts.append(f'<polyline class="f" points="{places}" opacity="0.6"><title>{escape(values)}</title></polyline>')
    return parts


def png(model: Model, found: Front) -> bytes:
    """The picture as a PNG. Raises ImportError without Matplotlib."""
    import io

    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7.6, 4.8), dpi=120)
    axes = FigureCanvasAgg(figure).figure.add_subplot()
    values = [[float(v * s.scale) for v, s in zip(p.values, found.sides)] for p in found.points]
    if len(found.sides) == 2:
        axes.step([v[0] for v in values], [v[1] for v in values], where="post", marker="o")
        axes.set_xlabel(_title(found.sides[0]))
        axes.set_ylabel(_title(found.sides[1]))
    else:
        lows = [min(column) for column in zip(*values)]
        wide = [(max(column) - min(column)) or 1.0 for column in zip(*values)]
        for row in values:
            axes.plot([(v - lo) / w for v, lo, w in zip(row, lows, wide)], color="#4e79a7", alpha=0.6)
        axes.set_xticks(range(len(lows)), [_title(s) for s in found.sides])
        axes.set_ylabel("share of its range")
    axes.set_title(f"{model.name}: {headline(found)}", fontsize=10)
    picture = io.BytesIO()
    figure.savefig(picture, format="png", metadata={"Software": None})
    return picture.getvalue()
