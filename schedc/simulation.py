"""A simulation in Python: distributions of the goals, shares of runs that keep what was asked, as data and pictures."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from os import PathLike
from pathlib import Path
from typing import Any

from schedc.compilers.simulation import Simulated
from schedc.compilers.simulation.figures import Distribution, distribution
from schedc.models.expressions import Makespan
from schedc.models.files import check_writable, write_atomically
from schedc.models.model import Model
from schedc.models.source import NO_ORIGIN
from schedc.models.statements import Stage
from schedc.output import OutputError
from schedc.render.figures import number

SCHEMA = "schedc.simulation/1"


@dataclass(frozen=True, eq=False)
class Simulation:
    """What `Problem.simulate` found."""

    model: Model
    found: Simulated

    @cached_property
    def goals(self) -> tuple[tuple[Stage, int, Distribution], ...]:
        """Every goal with its value in the schedule and its distribution, in integer units; the makespan as well."""
        rows = [(s, p, distribution(v))
                for s, p, v in zip(self.model.objective, self.found.planned, self.found.values)]
        if not any(isinstance(s.value, Makespan) for s, _, _ in rows):
            stage = Stage(NO_ORIGIN, "makespan", "minimize", Makespan(), unit="duration")
            rows.append((stage, self.found.planned_makespan, distribution(self.found.makespan)))
        return tuple(rows)

    @property
    def names(self) -> tuple[str, ...]:
        """The goals, as written."""
        return tuple(stage.name for stage, _, _ in self.goals)

    def distribution(self, name: str = "makespan") -> Distribution:
        """The distribution of a goal, in its integer units (ticks for the makespan). KeyError without such a goal."""
        return next((d for stage, _, d in self.goals if stage.name == name), None) or self._unknown(name)

    def _unknown(self, name: str) -> Distribution:
        raise KeyError(f"no goal `{name}`; there is {', '.join(self.names)}")

    @property
    def reliability(self) -> float:
        """The share of runs that keep every deadline, window, maximal lag and condition."""
        return self.found.all_kept / self.found.runs

    def to_dict(self) -> dict[str, Any]:
        """The simulation as plain data (schema ``schedc.simulation/1``)."""
        found = self.found
        return {
            "schema": SCHEMA,
            "model": {"name": self.model.name, "sha256": self.model.digest},
            "runs": found.runs, "seed": found.seed, "noise_percent": number(found.noise * 100),
            "varying_tasks": found.varying,
            "goals": [_goal(stage, planned, d) for stage, planned, d in self.goals],
            "reliability": self.reliability,
            "kept": [
                {"keyword": k.keyword, "address": k.origin.address, "member": k.member, "share": k.runs / found.runs}
                for k in found.kept
            ],
            "judged": {"runs": found.judged, "kept": found.sound, "broken": found.broken},
            "makespan_cuts": [{"level": number(c.level), "least": c.least, "most": c.most} for c in found.cuts],
            "not_ordered": list(found.lost),
        }

    def text(self) -> str:
        """The simulation as lines of text."""
        from schedc.render.simulation import text

        return text(self.model, self.found, self.goals)

    def svg(self) -> str:
        """Histograms of all goals as one SVG picture."""
        from schedc.render.simulation import svg

        return svg(self.model, self.found, self.goals)

    def save(self, path: str | PathLike[str]) -> None:
        """Write to a file by its suffix (.json, .svg, .png), whole or not at all.

        Raises `output.OutputError` for an unknown suffix or where a PNG cannot be drawn here, `files.FileError`.
        """
        target = Path(path)
        write_atomically(target, iter([WRITERS[suffix_of(target)](self)]))

    def _repr_html_(self) -> str:
        return self.svg()

    def __repr__(self) -> str:
        return f"<Simulation, {self.found.runs} runs of {', '.join(self.names)}>"


def _goal(stage: Stage, planned: int, d: Distribution) -> dict[str, Any]:
    def shown(value: int | Fraction) -> int | float:
        return number(value * stage.scale)

    return {
        "name": stage.name, "unit": "ticks" if stage.unit == "duration" else stage.unit,
        "planned": shown(planned), "mean": shown(d.mean), "sd": d.sd * float(stage.scale),
        "least": shown(d.least), "most": shown(d.most),
        "percentiles": {str(p): shown(v) for p, v in d.percentiles},
        "histogram": {"edges": [shown(e) for e in d.edges], "counts": list(d.counts)},
    }


def _json(made: Simulation) -> bytes:
    return (json.dumps(made.to_dict(), ensure_ascii=False, indent=1) + "\n").encode()


def _png(made: Simulation) -> bytes:
    from schedc.render.simulation import png

    try:
        return png(made.model, made.found, made.goals)
    except ImportError:
        raise OutputError("a PNG needs the package matplotlib; an SVG needs nothing") from None


WRITERS: dict[str, Callable[[Simulation], bytes]] = {
    ".json": _json, ".svg": lambda made: made.svg().encode(), ".png": _png,
}


def suffix_of(path: Path) -> str:
    """The format that a file name asks for. Raises OutputError where it is none of the known ones."""
    suffix = path.suffix.lower()
    if suffix not in WRITERS:
        raise OutputError(f"cannot tell a format from `{path.name or path}`: known are {', '.join(WRITERS)}")
    return suffix


def check_output(path: Path) -> None:
    """Raise OutputError or FileError for a path to which no simulation could be written."""
    suffix_of(path)
    check_writable(path)
