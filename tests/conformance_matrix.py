"""Writes the table of constructs and back-ends in `docs/backends.md`, from what they declare and the cases there are.

    python tests/conformance_matrix.py
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from conformance_cases import Case, case, names

from schedc.compilers.backend import Backend
from schedc.compilers.constructs import Construct
from schedc.compilers.lowering import LOWERINGS
from schedc.compilers.plan import plan
from schedc.compilers.registry import backends

PAGE = Path(__file__).parent.parent / "docs" / "backends.md"
BEGIN, END = "<!-- matrix: begin -->\n", "<!-- matrix: end -->\n"


def matrix() -> str:
    """The table, one row a construct."""
    cases = [found for found in map(case, names()) if found.model is not None]
    able = sorted(backends(), key=lambda backend: backend.name)
    head = ["construct", *(backend.name for backend in able), "lowerings", "cases"]
    rows = [head, ["---"] * len(head)]
    for construct in Construct:
        own = [found for found in cases if construct in found.constructs]
        cells = [_cell(construct, backend, own) for backend in able]
        rows.append([construct.value, *cells, _lowerings(construct), str(len(own))])
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _cell(construct: Construct, backend: Backend, cases: list[Case]) -> str:
    """``native``, or by which lowering and for how many of the cases, or ``not here``."""
    if construct in backend.takes:
        return "native"
    chosen: Counter[str] = Counter()
    for found in cases:
        assert found.model is not None
        planned = plan(found.model, backend.takes)
        if construct not in {m.construct for m in planned.missing}:
            chosen.update(s.chosen.lowering.name for s in planned.steps if s.construct is construct)
    if not chosen:
        return "not here"
    count = sum(chosen.values())
    partly = f" ({count} of {len(cases)} cases)" if count < len(cases) else ""
    return f"by {', '.join(sorted(chosen))}{partly}"


def _lowerings(construct: Construct) -> str:
    return ", ".join(x.name for x in LOWERINGS if x.source is construct) or "-"


def with_matrix(page: str) -> str:
    """The page with the table as it should be."""
    before, rest = page.split(BEGIN)
    after = rest.split(END)[1]
    return f"{before}{BEGIN}{matrix()}{END}{after}"


if __name__ == "__main__":
    PAGE.write_text(with_matrix(PAGE.read_text()))
