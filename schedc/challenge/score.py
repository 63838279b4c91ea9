"""Scoring answers: each by kind of constraint, all of them as a curve over the levels."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from schedc.challenge.make import Challenge
from schedc.challenge.text import model_text

if TYPE_CHECKING:
    from schedc.models.scores import Score


@dataclass(frozen=True)
class Graded:
    """One answer to one challenge."""

    level: int
    score: Score


@dataclass(frozen=True)
class Curve:
    """How answers fare as problems get harder.

    levels, feasible: the share of feasible answers at each level.
    """

    levels: tuple[int, ...]
    feasible: tuple[float, ...]

    @property
    def weighted(self) -> float:
        """The mean of the shares, each weighted by its level (ours); 0 without a level above 0."""
        total = sum(self.levels)
        return sum(level * share for level, share in zip(self.levels, self.feasible)) / total if total else 0.0


def grade(challenge: Challenge, answer: str) -> Graded:
    """Judge the text of an answer."""
    from schedc.api import loads
    from schedc.loose import read_answer
    from schedc.scoring import scored

    model = loads(model_text(challenge)).model
    return Graded(challenge.level, scored(model, read_answer(model, answer)))


def curve(graded: Iterable[Graded]) -> Curve:
    """The answers by level."""
    by_level: dict[int, list[bool]] = {}
    for one in graded:
        by_level.setdefault(one.level, []).append(one.score.feasible)
    levels = tuple(sorted(by_level))
    return Curve(levels, tuple(sum(by_level[k]) / len(by_level[k]) for k in levels))
