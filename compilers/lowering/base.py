"""What a lowering is, and the rewrite that it returns."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from schedc.compilers.constructs import Construct, Site
from schedc.models.model import Model
from schedc.models.schedule import Schedule


def _same(schedule: Schedule) -> Schedule:
    return schedule


def _itself(task: int) -> list[int]:
    return [task]


@dataclass(frozen=True, eq=False)
class Rewrite:
    """A lowered model and the ways between its schedules and the author's.

    The author's tasks are the first ones of `model`, in their order and by their names; what a lowering adds stands
    behind them, with the origin of the statement that it comes from. Every stage of the objective keeps its value.
    down: an author's schedule in the lowered model's terms, feasible there if it was; up: the projection back, with
    up(down(s)) equal to s. parts: the tasks of `model` over which the starts, ends and lengths of an author's task by
    number are summed; an absent one counts 0.
    """

    model: Model
    down: Callable[[Schedule], Schedule] = _same
    up: Callable[[Schedule], Schedule] = _same
    parts: Callable[[int], list[int]] = _itself

    def then(self, after: Rewrite) -> Rewrite:
        """This rewrite, and after it one of its lowered model."""
        return Rewrite(
            after.model, lambda s: after.down(self.down(s)), lambda s: self.up(after.up(s)),
            lambda task: [q for p in self.parts(task) for q in after.parts(p)],
        )


@dataclass(frozen=True)
class Refusal:
    """A statement that a lowering cannot rewrite, and why, in a few words."""

    site: Site
    why: str


def _takes_all(_: Model) -> list[Refusal]:
    return []


@dataclass(frozen=True)
class Lowering:
    """Rewrites one construct in terms of others.

    adds: how many rows of each target it brings for a model's own rows of the source and for `more` rows that an
    earlier lowering would bring; a row is a task, a demand, an arrow, a comparison, a junction or a value.
    apply: the model without the source. refuses: what of this model it cannot rewrite; then it is not applied.
    not_beside: constructs in whose presence its formula is not enough. brief: the formula in a few words.
    """

    name: str
    source: Construct
    targets: frozenset[Construct]
    brief: str
    adds: Callable[[Model, int], Mapping[Construct, int]]
    apply: Callable[[Model], Rewrite]
    refuses: Callable[[Model], list[Refusal]] = _takes_all
    not_beside: frozenset[Construct] = frozenset()

    def refusals(self, model: Model) -> list[Refusal]:
        """Why it cannot be applied to a model; empty where it can."""
        from schedc.compilers.constructs import used

        present = used(model) if self.not_beside else {}
        beside = [
            Refusal(site, f"`{self.name}` is not made for {construct}")
            for construct in sorted(self.not_beside & present.keys()) for site in present[construct]
        ]
        return beside or self.refuses(model)

    def cost(self, model: Model) -> int:
        """The number of rows that it adds to a model."""
        return sum(self.adds(model, 0).values())


def rows_of(construct: Construct, model: Model) -> int:
    """How many rows of a construct a model has."""
    from schedc.compilers.constructs import used

    return sum(site.rows for site in used(model).get(construct, ()))
