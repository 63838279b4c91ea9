"""A simulation as text and as histograms."""

from __future__ import annotations

from fractions import Fraction
from html import escape
from typing import TYPE_CHECKING, TypeAlias

from schedc.models.axis import TimeAxis
from schedc.models.model import Model
from schedc.models.statements import Stage
from schedc.render.cells import clean, plural
from schedc.render.figures import decimal, shown_value

if TYPE_CHECKING:
    from schedc.compilers.simulation import Simulated
    from schedc.compilers.simulation.figures import Distribution

Goals: TypeAlias = "tuple[tuple[Stage, int, Distribution], ...]"

LISTED = 10     # statements that are kept least often
_WIDTH, _TALL, _LEFT, _RIGHT, _TOP = 760, 220, 70, 30, 64
_STYLE = (
    "text{font:12px system-ui,-apple-system,'Segoe UI',Helvetica,Arial,sans-serif;fill:#2b2f36}"
    ".h{font-size:16px;font-weight:600}.s{fill:#6b7280}.b{fill:#4e79a7}.g{stroke:#e5e7eb}.p{stroke:#e15759}"
)


def headline(found: Simulated) -> str:
    """What was simulated, in a few words."""
    noise = f", noise {decimal(found.noise * 100)} %" if found.noise else ""
    return f"{plural(found.runs, 'run')}, {plural(found.varying, 'task')} of varying length{noise}, seed {found.seed}"


def text(model: Model, found: Simulated, goals: Goals) -> str:
    """The figures as lines."""
    lines = [f"{clean(model.name)}: {headline(found)}"]
    if not found.varying:
        lines.append("  no length varies: write `lasts about lo .. likely .. hi`, or simulate with noise")
    for stage, planned, d in goals:
        lines += _goal(stage, planned, d, model.axis)
    lines += _cuts(found, model.axis) + _kept(found)
    return "\n".join(lines) + "\n"


def _goal(stage: Stage, planned: int, d: Distribution, axis: TimeAxis) -> list[str]:
    def shown(value: int) -> str:
        return shown_value(stage, value, axis)

    ranks = [f"{p} %: {shown(v)}" for p, v in d.percentiles]
    return [
        f"  {clean(stage.name)}: planned {shown(planned)}, mean {shown(round(d.mean))}, sd "
        f"{shown(round(d.sd))}, {shown(d.least)} .. {shown(d.most)}",
        f"    {', '.join(ranks)}",
    ]


def _cuts(found: Simulated, axis: TimeAxis) -> list[str]:
    if not found.cuts:
        return []
    return ["  makespan where every `about` lies in its cut:"] + [
        f"    at {decimal(c.level)}: {axis.span_text(c.least)} .. {axis.span_text(c.most)}" for c in found.cuts
    ]


def _kept(found: Simulated) -> list[str]:
    lines = []
    if found.kept:
        lines.append(f"  every deadline, window and condition: kept in {_percent(found.all_kept, found.runs)} of runs")
        broken = sorted((k for k in found.kept if k.runs < found.runs), key=lambda k: k.runs)
        lines += [f"    {k.keyword} {clean(k.member or k.origin.address)}: kept in {_percent(k.runs, found.runs)}"
                  for k in broken[:LISTED]]
        if len(broken) > LISTED:
            lines.append(f"    and {len(broken) - LISTED} others")
    lines += [f"  not ordered: {clean(name)}" for name in found.lost]
    if found.judged:
        kinds = ", ".join(f"{kind} in {count}" for kind, count in found.broken.items())
        lines.append(f"  judged: {found.sound} of the first {plural(found.judged, 'run')} keep the model"
                     + (f"; broken: {kinds}" if kinds else ""))
    return lines


def _percent(part: int, whole: int) -> str:
    return "all" if part == whole else f"{100 * part / whole:.4g} %"


# pictures


def svg(model: Model, found: Simulated, goals: Goals) -> str:
    """One histogram a goal. Deterministic."""
    height = _TOP + len(goals) * _TALL
    parts = [line for k, row in enumerate(goals) for line in _histogram(*row, _TOP + k * _TALL, model.axis)]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" '
        f'height="{height}"><style>{_STYLE}</style><rect width="100%" height="100%" fill="#fff"/>'
        f'<text class="h" x="{_LEFT}" y="28">{escape(clean(model.name))}</text>'
        f'<text class="s" x="{_LEFT}" y="48">{escape(headline(found))}</text>{"".join(parts)}</svg>\n'
    )


def _histogram(stage: Stage, planned: int, d: Distribution, top: int, axis: TimeAxis) -> list[str]:
    base, tall = top + _TALL - 50, _TALL - 80
    lo, hi = min(d.edges[0], planned), max(d.edges[-1], planned + 1)
    most = max(d.counts)

    def x(value: Fraction | int) -> float:
        return round(_LEFT + float(Fraction(value - lo) / (hi - lo)) * (_WIDTH - _LEFT - _RIGHT), 2)

    mean = f"mean {shown_value(stage, round(d.mean), axis)}, planned {shown_value(stage, planned, axis)}"
    parts = [f'<text x="{_LEFT}" y="{top + 16}">{escape(clean(stage.name))}: {escape(mean)}</text>']
    for a, b, count in zip(d.edges, d.edges[1:], d.counts):
        high = round(tall * count / most, 2)
        said = f"{shown_value(stage, a, axis)}: {plural(count, 'run')}"
        parts.append(f'<rect class="b" x="{x(a)}" y="{base - high}" width="{max(x(b) - x(a) - 1, 0.5):.2f}" '
                     f'height="{high}"><title>{escape(said)}</title></rect>')
    parts.append(f'<line class="g" x1="{_LEFT}" y1="{base}" x2="{_WIDTH - _RIGHT}" y2="{base}"/>')
    parts.append(f'<line class="p" x1="{x(planned)}" y1="{top + 24}" x2="{x(planned)}" y2="{base}">'
                 f"<title>planned</title></line>")
    shown = dict.fromkeys([d.least, dict(d.percentiles)[50], d.most])
    parts += [f'<text class="s" x="{x(value)}" y="{base + 18}" text-anchor="middle">'
              f"{escape(shown_value(stage, value, axis))}</text>" for value in shown]
    return parts


def png(model: Model, found: Simulated, goals: Goals) -> bytes:
    """The same as a PNG. Raises ImportError without Matplotlib."""
    import io

    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7.6, 0.8 + 2.4 * len(goals)), dpi=120, layout="tight")
    panels = FigureCanvasAgg(figure).figure.subplots(len(goals), squeeze=False)[:, 0]
    for axes, (stage, planned, d) in zip(panels, goals):
        edges = [float(e * stage.scale) for e in d.edges]
        axes.bar(edges[:-1], d.counts, width=edges[1] - edges[0], align="edge", color="#4e79a7")
        axes.axvline(float(planned * stage.scale), color="#e15759")
        axes.set_xlabel(clean(stage.name))
    figure.suptitle(f"{model.name}: {headline(found)}", fontsize=10)
    picture = io.BytesIO()
    figure.savefig(picture, format="png", metadata={"Software": None})
    return picture.getvalue()
