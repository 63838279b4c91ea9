"""The conformance cases: one folder a construct, and `text` for what only the language's front end has to do with.

A case is a `.sched` file. Its first line says what to expect, ``# expect:`` and then ``optimal V [V2 …]`` (a value a
goal, in ticks and the model's own units), ``feasible``, ``infeasible`` or ``error CODE``; its second line says why.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from schedc.compilers.constructs import Construct, used
from schedc.dsl.load import load_path
from schedc.models.diagnostics import Findings, Severity
from schedc.models.model import Model

FOLDER = Path(__file__).parent / "conformance"
FRONT_END = "text"


@dataclass(frozen=True, eq=False)
class Case:
    """One case: status and values as expected, the model (None where the text has errors), the codes of its errors."""

    name: str
    status: str
    values: tuple[str, ...]
    model: Model | None
    errors: tuple[str, ...]

    @property
    def folder(self) -> str:
        """The construct that it is about, as its folder is called."""
        return self.name.split("/")[0]

    @property
    def constructs(self) -> frozenset[Construct]:
        """What its model is made of."""
        return frozenset(used(self.model)) if self.model is not None else frozenset()


def names() -> list[str]:
    """All cases as ``folder/name``."""
    return [f"{path.parent.name}/{path.stem}" for path in sorted(FOLDER.rglob("*.sched"))]


@cache
def case(name: str) -> Case:
    """A case, loaded once."""
    path = FOLDER / f"{name}.sched"
    mark, words = path.read_text().splitlines()[0].split(":")
    assert mark == "# expect", name
    status, *values = words.split()
    findings = Findings()
    model = load_path(path, {}, {}, findings)
    errors = tuple(d.code for d in findings.in_order() if d.severity is Severity.ERROR)
    return Case(name, status, tuple(values), None if errors else model, errors)


def folder_of(construct: Construct) -> str:
    """The folder of a construct's cases."""
    return construct.value.replace(" ", "_")
