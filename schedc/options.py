"""Times, ratios and seeds as people give them, to the API or on the command line."""

from __future__ import annotations

import math
import re
from datetime import timedelta
from fractions import Fraction

_SECONDS = {
    "ms": 0.001, "s": 1.0, "sec": 1.0, "second": 1.0, "seconds": 1.0, "min": 60.0, "m": 60.0, "minute": 60.0,
    "minutes": 60.0, "h": 3600.0, "hour": 3600.0, "hours": 3600.0, "d": 86400.0, "day": 86400.0, "days": 86400.0,
}
MOST_WORKERS = 1024     # beyond it threads cost more than they bring, and systems refuse them
_PART = re.compile(r"\s*(\d+(?:\.\d+)?|\.\d+)\s*([A-Za-z]*)")


def seconds_of(value: float | str | timedelta | None) -> float | None:
    """Seconds of ``60``, ``"60s"``, ``"1 h 30 min"`` or a timedelta; None (no limit) stays None.

    Raises ValueError for anything else, and for times that are not positive and finite.
    """
    if value is None:
        return None
    if isinstance(value, timedelta):
        seconds = value.total_seconds()
    elif isinstance(value, str):
        seconds = _parsed(value)
    elif isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"{value!r} is not a time: give seconds, or text such as `60s` or `1 h 30 min`")
    else:
        seconds = float(value)
    if not (0 < seconds < math.inf):
        raise ValueError(f"`{_short(value)}` is not a time limit: it must be more than 0, and finite")
    return seconds


def _parsed(text: str) -> float:
    total, at, stripped = 0.0, 0, text.strip()
    while at < len(stripped):
        part = _PART.match(stripped, at)
        if part is None or (part[2] or "s") not in _SECONDS or (not part[2] and part[0] != stripped):
            break
        total += float(part[1]) * _SECONDS[part[2] or "s"]
        at = part.end()
    if not stripped or at < len(stripped):
        raise ValueError(f"`{_short(text)}` is not a time: write it as `60s`, `2 min` or `1 h 30 min`")
    return total


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= 40 else f"{text[:37]}..."


def ratio_of(value: float | str) -> float:
    """A relative gap from ``0.01`` or ``"1%"``. Raises ValueError unless it lies in 0 .. 1."""
    try:
        if isinstance(value, bool):
            raise ValueError
        if isinstance(value, str) and value.strip().endswith("%"):
            ratio = float(value.strip()[:-1]) / 100
        else:
            ratio = float(value)
    except (TypeError, ValueError):
        raise ValueError(f"`{_short(value)}` is not a gap: write it as `1%` or `0.01`") from None
    if not 0 <= ratio <= 1:
        raise ValueError(f"`{_short(value)}` is not a gap: it must lie between 0% and 100%")
    return ratio


def noise_of(value: float | str) -> Fraction:
    """A deviation as a share of a length, from ``0.2`` or ``"20%"``. Raises ValueError unless it lies in 0 .. 10."""
    try:
        if isinstance(value, bool):
            raise ValueError
        text = str(value).strip()
        share = Fraction(text[:-1].strip()) / 100 if text.endswith("%") else Fraction(text)
    except (ValueError, ZeroDivisionError):
        raise ValueError(f"`{_short(value)}` is not a noise: write it as `20%` or `0.2`") from None
    if not 0 <= share <= 10:
        raise ValueError(f"`{_short(value)}` is not a noise: it must lie between 0% and 1000%")
    return share
