"""The report of `bench`: gaps by row of the table, beside recorded results of others, and plots."""

from __future__ import annotations

import csv
import html
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from statistics import mean

from harness import Record, table

RECORDED = ("OR-Tools CP-SAT", "CP Optimizer", "OptalCP")
_WORTH = 900.0      # seconds: the run of each recorded solver nearest to it counts
Recorded = Mapping[tuple[str, str, str, str], float]


def gap(value: float | None, best: float | None) -> float | None:
    """How far above the best known, relative to it; where that is 0, 0 or 1."""
    if value is None or best is None:
        return None
    return (value - best) / best if best else float(value != best)


def recorded_results(data: Path, formats: Iterable[str]) -> Recorded:
    """(format, variant, instance, solver) -> objective, of the recorded run whose time limit is nearest to 900 s."""
    found: dict[tuple[str, str, str, str], tuple[float, float]] = {}
    for name in set(formats):
        path = data / name / "results.csv"
        if not path.exists():
            continue
        with path.open(newline="", encoding="utf-8") as file:
            for row in csv.DictReader(file):
                if row["solver"] in RECORDED and row["objective"] and row["time_limit_s"]:
                    key = (name, row["variant"], row["instance"], row["solver"])
                    far = abs(float(row["time_limit_s"]) - _WORTH), float(row["objective"])
                    found[key] = min(found.get(key, far), far)
    return {key: value for key, (_, value) in found.items()}


def write_report(folder: Path, records: Sequence[Record], data: Path, seconds: float, workers: int) -> str:
    """Write ``report.md``, ``report.html`` and the plots; the Markdown text."""
    folder.mkdir(parents=True, exist_ok=True)
    recorded = recorded_results(data, (r["format"] for r in records))
    solvers = list(dict.fromkeys(r["solver"] for r in records))
    heads = ["row", "n", *(f"{s} %" for s in solvers), *(f"{s} %, recorded" for s in RECORDED), "proved", "no schedule"]
    rows = [_row(name, some, solvers, recorded) for name, some in _by_row(records).items()]
    wrong = [r["case"] for r in records if r.get("judged") is False]
    failed = [f"{r['case']}: {(r['error'].splitlines() or [r['code']])[-1]}" for r in records if "error" in r]
    title = f"{seconds:g} s, {workers} workers; mean % above the best known"
    parts = [f"# Benchmarks\n\n{title}. Recorded: by others on the same instances, the run nearest to 900 s.\n",
             table(heads, rows)]
    if wrong:
        parts.append("Rejected by the judge: " + ", ".join(wrong))
    if failed:
        parts.append("Failed:\n\n" + "\n".join(f"- {line}" for line in failed))
    plots = _plots(folder, records, solvers, seconds)
    text = "\n\n".join([*parts, *(f"![{name}]({name})" for name in plots)]) + "\n"
    (folder / "report.md").write_text(text, encoding="utf-8")
    (folder / "report.html").write_text(_page(title, heads, rows, [*wrong, *failed], folder, plots), encoding="utf-8")
    return text


def _by_row(records: Sequence[Record]) -> dict[str, list[Record]]:
    found: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        found[record["row"]].append(record)
    return found


def _row(name: str, some: list[Record], solvers: Sequence[str], recorded: Recorded) -> list[object]:
    cells: list[object] = [name, len({r["instance"] for r in some})]
    for solver in solvers:
        mine = [r for r in some if r["solver"] == solver]
        cells.append(_mean([gap(r.get("objective"), r["best_known"]) for r in mine])
                     if not any("absent" in r for r in mine) else "cannot state it")
    instances = {(r["format"], r["variant"], r["instance"], r["best_known"]) for r in some}
    cells += [
        _mean([gap(recorded.get((f, v, i, other)), best) for f, v, i, best in instances]) for other in RECORDED
    ]
    proved = [sum(r.get("status") == "optimal" for r in some if r["solver"] == s) for s in solvers]
    none = [sum(r.get("objective") is None and "absent" not in r for r in some if r["solver"] == s) for s in solvers]
    return [*cells, " / ".join(map(str, proved)), " / ".join(map(str, none))]


def _mean(gaps: Sequence[float | None]) -> str:
    known = [g for g in gaps if g is not None]
    missing = len(gaps) - len(known)
    if not known:
        return ""
    return f"{100 * mean(known):.2f}" + (f" ({missing} none)" if missing else "")


def _page(
    title: str, heads: Sequence[str], rows: Sequence[Sequence[object]], notes: Sequence[str], folder: Path,
    plots: Sequence[str],
) -> str:
    def line(cells: Sequence[object], tag: str) -> str:
        return "<tr>" + "".join(f"<{tag}>{html.escape(str(c))}</{tag}>" for c in cells) + "</tr>"

    body = "\n".join([line(heads, "th"), *(line(row, "td") for row in rows)])
    drawn = "\n".join((folder / name).read_text(encoding="utf-8").split("?>", 1)[-1] for name in plots)
    style = "body{font:14px sans-serif;margin:2em}td,th{padding:2px 8px;border-bottom:1px solid #ccc;text-align:right}"
    listed = "".join(f"<li>{html.escape(note)}</li>" for note in notes)
    return (f"<!doctype html><meta charset='utf-8'><title>Benchmarks</title><style>{style}</style><h1>Benchmarks</h1>"
            f"<p>{html.escape(title)}</p><table>{body}</table><ul>{listed}</ul>{drawn}\n")


# plots


def _plots(folder: Path, records: Sequence[Record], solvers: Sequence[str], seconds: float) -> list[str]:
    """The names of the plots that were drawn: none without matplotlib."""
    try:
        import matplotlib
    except ImportError:
        return []
    matplotlib.use("svg")
    import matplotlib.pyplot as plt

    def saved(figure, name: str) -> str:  # type: ignore[no-untyped-def]
        figure.savefig(folder / name, bbox_inches="tight")
        plt.close(figure)
        return name

    return [saved(_profile(plt, records, solvers), "profile.svg"),
            saved(_over_time(plt, records, seconds), "over_time.svg")]


def _profile(plt, records: Sequence[Record], solvers: Sequence[str]):  # type: ignore[no-untyped-def]
    """The share of cases within a gap of the best known."""
    figure, axes = plt.subplots(figsize=(7, 4))
    for solver in solvers:
        mine = [r for r in records if r["solver"] == solver and r["best_known"] is not None and "absent" not in r]
        gaps = sorted(100 * g for r in mine if (g := gap(r.get("objective"), r["best_known"])) is not None)
        share = [(k + 1) / len(mine) for k in range(len(gaps))]
        axes.step([max(g, 0.01) for g in gaps], share, where="post", label=solver)
    axes.set(xscale="log", xlabel="% above the best known", ylabel="share of cases", title="Performance profile")
    axes.legend()
    return figure


def _over_time(plt, records: Sequence[Record], seconds: float):  # type: ignore[no-untyped-def]
    """The mean gap of each row over time, of the first solver with traces."""
    figure, axes = plt.subplots(figsize=(7, 5))
    times = [seconds * k / 100 for k in range(1, 101)]
    for name, some in _by_row([r for r in records if r["solver"] == "schedc" and r.get("trace")]).items():
        curves = [c for r in some if (c := _curve(r, times))]
        if curves:
            means = [_part_mean([c[k] for c in curves]) for k in range(len(times))]
            axes.plot(times, means, label=name, linewidth=1)
    axes.set(xscale="log", yscale="symlog", xlabel="seconds", ylabel="mean % above the best known",
             title="schedc over time")
    axes.legend(fontsize=6, ncol=2, loc="upper left", bbox_to_anchor=(1, 1))
    return figure


def _curve(record: Record, times: Sequence[float]) -> list[float | None]:
    if record["best_known"] is None:
        return []
    points = [(t, gap(value, record["best_known"])) for t, value, *_ in record["trace"]]
    found: list[float | None] = []
    for t in times:
        known = [100 * g for at, g in points if at <= t and g is not None]
        found.append(known[-1] if known else None)
    return found


def _part_mean(values: Sequence[float | None]) -> float | None:
    known = [v for v in values if v is not None]
    return mean(known) if len(known) == len(values) else None
