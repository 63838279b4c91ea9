"""Times and ratios as people write them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from schedc.options import ratio_of, seconds_of


@pytest.mark.parametrize(("given", "seconds"), [
    (60, 60.0), (0.5, 0.5), ("60", 60.0), ("60s", 60.0), ("2 min", 120.0), ("1h30min", 5400.0),
    (" 1 h 30 min ", 5400.0), ("500 ms", 0.5), (".5s", 0.5),
    ("1 d", 86400.0), (timedelta(minutes=1), 60.0), (None, None),
])
def test_times(given: float | str | timedelta | None, seconds: float | None) -> None:
    assert seconds_of(given) == seconds


@pytest.mark.parametrize("given", [
    "", " ", "s", "5 fortnights", "-3s", "1e3", "5s5", "5 5", "nan", 0, -1, True, float("nan"), float("inf"), [1],
])
def test_wrong_times(given: object) -> None:
    with pytest.raises(ValueError, match="is not a time"):
        seconds_of(given)  # type: ignore[arg-type]


@pytest.mark.parametrize(("given", "ratio"), [(0.01, 0.01), ("1%", 0.01), ("0.5 %", 0.005), ("0", 0.0), ("100%", 1.0)])
def test_ratios(given: float | str, ratio: float) -> None:
    assert ratio_of(given) == pytest.approx(ratio)


@pytest.mark.parametrize("given", ["", "%", "one", "-1%", "101%", "nan", 2, True, None, float("nan")])
def test_wrong_ratios(given: object) -> None:
    with pytest.raises(ValueError, match="is not a gap"):
        ratio_of(given)  # type: ignore[arg-type]
