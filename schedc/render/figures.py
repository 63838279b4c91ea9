"""Numbers as people read them: objective values in their units, instants, gaps."""

from __future__ import annotations

from fractions import Fraction

from schedc.models.axis import TimeAxis
from schedc.models.statements import Stage


def shown_value(stage: Stage, value: int, axis: TimeAxis) -> str:
    """A stage's integer value in human units: a duration, an amount with its unit, or a plain number."""
    if stage.unit == "duration":
        exact = value * stage.scale
        if exact.denominator == 1:
            return axis.span_text(int(exact)) + ("" if axis.resolution_ns else " ticks")
        return f"{decimal(exact)} ticks"
    return f"{decimal(value * stage.scale)} {stage.unit}".rstrip()


def decimal(value: Fraction) -> str:
    """An exact number as an integer with thousands separated, else rounded to six digits."""
    if value.denominator == 1:
        return f"{int(value):,}"
    return f"{float(value):,.6g}"


def number(value: Fraction) -> int | float:
    """An exact number for JSON: an integer where it is one."""
    return int(value) if value.denominator == 1 else float(value)


def shown_gap(gap: float | None) -> str:
    """A gap in per cent; "" where none is known."""
    if gap is None:
        return ""
    return "0 %" if gap == 0 else f"{100 * gap:.2g} %" if gap < 0.1 else f"{100 * gap:.0f} %"


def shown_seconds(seconds: float) -> str:
    """A wall time: ``0.42 s``, ``12.3 s``, ``2 min 5 s``."""
    if seconds < 10:
        return f"{seconds:.2f} s"
    if seconds < 100:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s"
