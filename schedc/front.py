"""A Pareto front in Python: its points as plans, as a table, as data and as pictures."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

from schedc import output
from schedc.compilers.pareto import Front as Found
from schedc.compilers.pareto import Point
from schedc.models.files import check_writable, write_atomically
from schedc.models.model import Model
from schedc.models.schedule import Schedule, Status
from schedc.output import OutputError
from schedc.render.figures import number
from schedc.render.services import qos_data, soft_data

SCHEMA = "schedc.front/1"


@dataclass(frozen=True, eq=False)
class Front:
    """What `Problem.pareto` found: judged schedules, none of which another beats in every goal.

    Iteration gives the points' values in the author's units, in order of the first goal; `schedule(k)` is a point's
    schedule.
    """

    model: Model
    found: Found

    @property
    def status(self) -> Status:
        """OPTIMAL where the front is complete, FEASIBLE where there may be more points."""
        return self.found.status

    @property
    def complete(self) -> bool:
        """Whether it is proved that there are no other points."""
        return self.found.complete

    @property
    def names(self) -> tuple[str, ...]:
        """The goals, as written."""
        return tuple(stage.name for stage in self.found.sides)

    def __len__(self) -> int:
        return len(self.found.points)

    def __iter__(self) -> Iterator[tuple[int | float, ...]]:
        return map(self._values, self.found.points)

    def _values(self, point: Point) -> tuple[int | float, ...]:
        return tuple(number(v * s.scale) for v, s in zip(point.values, self.found.sides))

    def schedule(self, k: int) -> Schedule:
        """The schedule of a point."""
        return self.found.points[k].schedule

    def to_dict(self) -> dict[str, Any]:
        """The front as plain data (schema ``schedc.front/1``)."""
        found = self.found
        return {
            "schema": SCHEMA,
            "model": {"name": self.model.name, "sha256": self.model.digest},
            "status": found.status.value,
            "complete": found.complete,
            "sides": [
                {"name": s.name, "sense": s.sense, "unit": "ticks" if s.unit == "duration" else s.unit,
                 "bound": None if b is None else number(b * s.scale)}
                for s, b in zip(found.sides, found.least)
            ],
            "points": [self._point(p) for p in found.points],
            "runs": found.runs,
            "interrupted": found.interrupted,
            "reason": found.reason,
            "wall_seconds": round(found.seconds, 3),
        }

    def _point(self, point: Point) -> dict[str, Any]:
        return {
            "values": list(self._values(point)),
            "proved": point.proved,
            "verified": point.verdict.holds,
            "qos": qos_data(point.verdict),
            "soft": soft_data(point.verdict),
            "tasks": list(output.task_rows(self.model, point.schedule)),
        }

    def table(self) -> str:
        """The points as lines of text."""
        from schedc.render.front import table

        return table(self.model, self.found)

    def svg(self) -> str:
        """The front as an SVG picture."""
        from schedc.render.front import svg

        return svg(self.model, self.found)

    def save(self, path: str | PathLike[str]) -> None:
        """Write to a file by its suffix (.json, .csv, .svg, .png), whole or not at all.

        Raises `output.OutputError` for an unknown suffix or where a PNG cannot be drawn here, `files.FileError`.
        """
        target = Path(path)
        write_atomically(target, iter([WRITERS[suffix_of(target)](self)]))

    def _repr_html_(self) -> str:
        return self.svg() if len(self) else f"<pre>{self.table()}</pre>"

    def __repr__(self) -> str:
        return f"<Front {self.status.value}, {len(self)} points of {', '.join(self.names)}>"


def _json(front: Front) -> bytes:
    return (json.dumps(front.to_dict(), ensure_ascii=False, indent=1) + "\n").encode()


def _csv(front: Front) -> bytes:
    import csv
    import io

    page = io.StringIO(newline="")
    writer = csv.writer(page, lineterminator="\n")
    writer.writerow([*front.names, "proved"])
    for point in front.found.points:
        writer.writerow([*front._values(point), str(point.proved).lower()])
    return page.getvalue().encode()


def _png(front: Front) -> bytes:
    from schedc.render.front import png

    try:
        return png(front.model, front.found)
    except ImportError:
        raise OutputError("a PNG needs the package matplotlib; an SVG needs nothing") from None


WRITERS: dict[str, Callable[[Front], bytes]] = {
    ".json": _json, ".csv": _csv, ".svg": lambda front: front.svg().encode(), ".png": _png,
}


def suffix_of(path: Path) -> str:
    """The format that a file name asks for. Raises OutputError where it is none of the known ones."""
    suffix = path.suffix.lower()
    if suffix not in WRITERS:
        raise OutputError(f"cannot tell a format from `{path.name or path}`: known are {', '.join(WRITERS)}")
    return suffix


def check_output(path: Path) -> None:
    """Raise OutputError or FileError for a path to which no front could be written."""
    suffix_of(path)
    check_writable(path)
