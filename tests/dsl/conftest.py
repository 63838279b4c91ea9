"""Small texts to values, models and findings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from schedc.dsl import tree
from schedc.dsl.build import build
from schedc.dsl.declare import evaluate_all
from schedc.dsl.names import declare, evaluation_order
from schedc.dsl.parse import parse
from schedc.dsl.timing import set_clock
from schedc.dsl.world import Column, Elements, World
from schedc.models.diagnostics import Diagnostic, Findings
from schedc.models.model import Model


class Built:
    """A text made into a model, and what was found on the way."""

    def __init__(self, text: str, folder: Path | None, params: Mapping[str, Any], data: Mapping[str, Path]) -> None:
        self.text = text
        findings = Findings()
        file = parse(text, "test.sched", findings)
        assert not findings.items, findings.items
        self.made: Model | None = build(
            file, name="test", folder=folder, params=params, data=data, digest="0" * 64, findings=findings
        )
        self.found = findings.in_order()

    @property
    def model(self) -> Model:
        """The model; a test that asks for it has no errors."""
        assert self.made is not None, self.found
        return self.made

    @property
    def codes(self) -> list[str]:
        """The codes of all findings, in order of place."""
        return [d.code for d in self.found]

    def only(self, code: str) -> Diagnostic:
        """The one finding, which has this code."""
        assert self.codes == [code], self.found
        return self.found[0]

    def marked(self, diagnostic: Diagnostic) -> str:
        """The text under a diagnostic's primary span, which lies on one line."""
        span = diagnostic.primary.span
        return self.text.splitlines()[span.line - 1][span.column - 1:span.end_column - 1]


Build = Callable[..., Built]


@pytest.fixture
def built() -> Build:
    """Make a text into a model: `built(text, folder=None, params={}, data={})`."""

    def make(text: str, folder: Path | None = None, params: Any = None, data: Any = None) -> Built:
        return Built(text, folder, params or {}, data or {})

    return make


Values = Callable[[str], dict[str, Any]]


@pytest.fixture
def values() -> Values:
    """The lets and params of a text as Python values: texts for members, texts and times, fractions for numbers."""

    def evaluate(text: str) -> dict[str, Any]:
        findings = Findings()
        file = parse(text, "test.sched", findings)
        world = World(findings, declare(file.statements, findings))
        set_clock(world, next((s for s in file.statements if isinstance(s, tree.Time)), None))
        evaluate_all(world, evaluation_order(world.declared, findings))
        assert not findings.items, findings.items
        return {name: _shown(world, given) for name, given in world.values.items()}

    return evaluate


def _shown(world: World, given: Any) -> Any:
    if isinstance(given, Column):
        return [_one(world, given.value, row) for row in range(given.rows.space.rows)]
    if isinstance(given, Elements):
        return [_one(world, given.value, row) for row in range(len(given.value.num))]
    return _one(world, given, 0)


def _one(world: World, value: Any, row: int) -> Any:
    plain = value.type.kind == "quantity" and not value.type.dims and not value.hollow
    if plain:
        amount: Fraction = value.at(row)
        return int(amount) if amount.denominator == 1 else amount
    return world.show(value, row)
