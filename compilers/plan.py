"""Which lowerings a back-end needs for a model.

The constructs are gone through in the order of the table, each before what its lowerings aim at. One that is there and
not native is rewritten by the lowering whose chain is the cheapest: over the acyclic hypergraph of the table

    cost(c, n) = n                                                   for a native construct c,
    cost(c, n) = min over lowerings L of c of  sum over targets t of L of cost(t, rows that L adds of t for n rows),

so the unit is a row of what the back-end takes. A lowering that refuses a statement of the model is out of the choice;
a construct without a chain stays as it is and is reported as missing.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace

from schedc.compilers.constructs import Construct, Site, used
from schedc.compilers.lowering import LOWERINGS, ORDER, Lowering, Refusal, Rewrite
from schedc.models.model import Model


@dataclass(frozen=True)
class Option:
    """One lowering that could rewrite a construct, and what its whole chain adds in native rows; None: no chain.

    why: for an option that is out of the choice, a few words.
    """

    lowering: Lowering
    cost: int | None
    why: str = ""


@dataclass(frozen=True)
class Step:
    """One construct rewritten at its sites by the first of the options; the others lost."""

    construct: Construct
    sites: tuple[Site, ...]
    chosen: Option
    lost: tuple[Option, ...]


@dataclass(frozen=True)
class Missing:
    """A construct that the back-end does not take and no lowering rewrites: where it stands, and why not."""

    construct: Construct
    sites: tuple[Site, ...]
    why: str

    @property
    def message(self) -> str:
        """The construct with the addresses of its first statements, and the reason."""
        places = [f"{s.origin.what} ({s.origin.address})" for s in self.sites[:3]]
        more = f" and {len(self.sites) - 3} more" if len(self.sites) > 3 else ""
        return f"{self.construct} in {', '.join(places)}{more}{': ' + self.why if self.why else ''}"


@dataclass(frozen=True, eq=False)
class Plan:
    """What a back-end takes of a model as it is, what is rewritten and how, and what it cannot take.

    native: the author's constructs that are taken as they are, with their statements.
    """

    model: Model
    native: dict[Construct, tuple[Site, ...]]
    steps: tuple[Step, ...]
    missing: tuple[Missing, ...]
    rewrite: Rewrite = field(repr=False)

    def apply(self) -> Rewrite:
        """The lowered model and the ways between its schedules and the author's."""
        return self.rewrite


def plan(model: Model, native: Collection[Construct], lowerings: Sequence[Lowering] = LOWERINGS) -> Plan:
    """The cheapest chains for a back-end that takes these constructs. `lowerings` are in the order of the table."""
    if model.soft or model.qos:     # what a solver needs of them stands in the goals and conditions
        model = replace(model, soft=(), qos=())
    state = Rewrite(model)
    present = authors = used(model)
    steps: list[Step] = []
    missing: list[Missing] = []
    for construct in ORDER:
        sites = tuple(present.get(construct, ()))
        if not sites or construct in native:
            continue
        options = _options(construct, state.model, native, lowerings)
        if not options or options[0].cost is None:
            missing.append(_missing(construct, sites, state.model, options))
            continue
        steps.append(Step(construct, sites, options[0], tuple(options[1:])))
        state = state.then(options[0].lowering.apply(state.model))
        present = used(state.model)
    taken = {c: tuple(sites) for c, sites in authors.items() if c in native}
    return Plan(model, taken, tuple(steps), tuple(missing), state)


def _options(
    construct: Construct, model: Model, native: Collection[Construct], lowerings: Sequence[Lowering]
) -> list[Option]:
    """The lowerings of a construct, the cheapest first."""
    found = []
    for lowering in lowerings:
        if lowering.source is construct:
            refusals = lowering.refusals(model)
            cost = None if refusals else _cost(lowering, model, 0, native, lowerings)
            found.append(Option(lowering, cost, _why(lowering, refusals, cost)))
    return sorted(found, key=lambda o: (o.cost is None, o.cost or 0))


def _why(lowering: Lowering, refusals: list[Refusal], cost: int | None) -> str:
    if refusals:
        return f"{refusals[0].why} ({refusals[0].site.origin.address})"
    return "" if cost is not None else f"needs {', '.join(sorted(lowering.targets))}, which it does not take either"


def _cost(
    lowering: Lowering, model: Model, more: int, native: Collection[Construct], lowerings: Sequence[Lowering]
) -> int | None:
    """The native rows that a lowering's chain adds, for the model's own rows and `more`; None without a chain."""
    total = 0
    for target, rows in lowering.adds(model, more).items():
        cost = _chain(target, rows, model, native, lowerings)
        if cost is None:
            return None
        total += cost
    return total


def _chain(
    construct: Construct, rows: int, model: Model, native: Collection[Construct], lowerings: Sequence[Lowering]
) -> int | None:
    if construct in native:
        return rows
    costs = [_cost(x, model, rows, native, lowerings) for x in lowerings if x.source is construct]
    return min((cost for cost in costs if cost is not None), default=None)


def _missing(construct: Construct, sites: tuple[Site, ...], model: Model, options: Sequence[Option]) -> Missing:
    refused = [r for option in options for r in option.lowering.refusals(model)]
    if not refused:
        return Missing(construct, sites, "; ".join(dict.fromkeys(o.why for o in options)))
    return Missing(construct, tuple(dict.fromkeys(r.site for r in refused)), refused[0].why)
