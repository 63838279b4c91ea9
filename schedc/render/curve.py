"""How answers fare as problems get harder, for people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from schedc.render.cells import paint, plural

_BAR = 30


def curve_text(
    rows: Sequence[Mapping[str, Any]], shares: Mapping[int, float], weighted: float, *, colour: bool = False
) -> str:
    """A bar for the share of feasible answers at each level, what was broken how often, and the weighted mean."""
    lines = [paint("share of feasible answers by level", "bold", colour)]
    lines += [
        f"  {level:>5}  {'#' * round(share * _BAR):<{_BAR}}  {share:.0%}"
        for level, share in shares.items()
    ]
    flaws: Counter[str] = Counter()
    for row in rows:
        flaws.update(row["flaws"].keys())
        flaws.update(c["name"] for c in row["categories"] if c["broken"])
    if flaws:
        lines.append(paint("answers with something wrong, by kind", "bold", colour))
        lines += [f"  {name:<16} {count}" for name, count in flaws.most_common()]
    silent = sum(not row["answered"] for row in rows)
    if silent:
        lines.append(f"{plural(silent, 'problem')} without an answer")
    lines.append(f"{plural(len(rows), 'problem')}, weighted by level: {weighted:.3f}")
    return "\n".join(lines) + "\n"
