"""What a schedule breaks of the soft constraints, at what price, and what its measures are worth, by class."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import TypeAlias

import numpy as np

from schedc.models.columns import Ints
from schedc.models.expressions import Operator, Truth
from schedc.models.model import Model
from schedc.models.statements import Contract, Measure, Soft
from schedc.models.verify.values import Values
from schedc.models.verify.verdict import LISTED, Breach, ServiceFigure, SoftFigure

Exact: TypeAlias = int | Fraction

_KEPT: dict[Operator, Callable[[Exact, int], bool]] = {
    Operator.LE: lambda x, y: x <= y, Operator.LT: lambda x, y: x < y, Operator.GE: lambda x, y: x >= y,
    Operator.GT: lambda x, y: x > y, Operator.EQ: lambda x, y: x == y, Operator.NE: lambda x, y: x != y,
}


def soft_figures(model: Model, values: Values) -> tuple[SoftFigure, ...]:
    """One figure a soft constraint, in the model's order."""
    return tuple(_soft(soft, values) for soft in model.soft)


def _soft(soft: Soft, values: Values) -> SoftFigure:
    found = values.of(soft.violation).tolist()
    counted = _counted(values, soft.counted, len(found)).tolist()
    broken = [k for k in counted if found[k] > 0]
    weight = soft.weight.tolist()
    charges = {k: weight[k] * (found[k] if soft.per else 1) for k in broken}      # in units of the price
    if soft.percent is None:
        total, penalty = sum(found[k] for k in broken), sum(charges.values()) * soft.price
    else:
        total = nearest_rank(sorted(found[k] for k in counted), soft.percent) if counted else 0
        penalty = (weight[0] if counted else 0) * (total if soft.per else int(total > 0)) * soft.price
    worst = sorted(broken, key=lambda k: (-charges[k], -found[k], k))[:LISTED]
    names = soft.names
    return SoftFigure(
        soft.origin, soft.keyword, len(counted), len(broken), total * soft.scale, soft.unit, penalty, soft.money,
        soft.percent,
        tuple(Breach(names[k] if names else "", found[k] * soft.scale, charges[k] * soft.price) for k in worst),
    )


def _counted(values: Values, counted: Truth | None, rows: int) -> Ints:
    every: Ints = np.arange(rows, dtype=np.int64)
    return every if counted is None else every[values.truth(counted)]


def nearest_rank(ordered: Sequence[Exact], percent: Fraction) -> Exact:
    """The smallest of some ordered values that at least so many percent of them do not exceed."""
    return ordered[-(-len(ordered) * percent.numerator // (100 * percent.denominator)) - 1]


# measures, in their integer units until they are shown


def service_figures(model: Model, values: Values) -> tuple[ServiceFigure, ...]:
    """Every measure by class, one figure for each of its contracts; where it has several classes also all together."""
    return tuple(figure for measure in model.qos for figure in _measured(measure, values))


def _measured(measure: Measure, values: Values) -> list[ServiceFigure]:
    worth, by_class = _worths(measure, values), dict[str, list[int]]()
    for k, name in enumerate(measure.classes):
        by_class.setdefault(name, []).append(k)
    groups: list[tuple[str | None, list[int]]] = [*by_class.items()]
    if len(groups) != 1:
        groups.append((None, list(range(measure.family.size))))
    found = []
    for group, of_class in groups:
        inside = set(of_class)
        contracts = [c for c in measure.contracts if inside.intersection(c.row.tolist())]
        if group is None and groups[0][0] is not None:      # of a single class, it stands there
            contracts = [c for c in contracts if len({measure.classes[r] for r in c.row.tolist()}) > 1]
        asked: list[Contract | None] = [*contracts] or [None]
        found += [_figure(measure, group, worth, of_class, inside, contract) for contract in asked]
    return found


def _worths(measure: Measure, values: Values) -> dict[int, Exact]:
    """What each member that counts is worth."""
    value = values.of(measure.value).tolist()
    counted = _counted(values, measure.counted, measure.family.size).tolist()
    if measure.over is None:
        return {k: int(value[k]) for k in counted}
    over = values.of(measure.over).tolist()
    return {k: Fraction(int(value[k]), int(over[k])) for k in counted if over[k]}


def _figure(
    measure: Measure, group: str | None, worth: dict[int, Exact], of_class: list[int], inside: set[int],
    contract: Contract | None,
) -> ServiceFigure:
    own, scale = [worth[k] for k in of_class if k in worth], measure.scale
    value: Exact | None = max(own, default=None)
    target, met = None, None
    if contract is not None:
        value, target, met = _against(contract, worth, inside)
    total, squares = sum(own), sum(v * v for v in own)

    def shown(number: Exact | None) -> Fraction | None:
        return None if number is None else number * scale

    return ServiceFigure(
        measure.origin, measure.family.name, group, len(own), shown(min(own, default=None)),
        Fraction(total) / len(own) * scale if own else None, shown(max(own, default=None)), measure.unit,
        Fraction(total * total) / (len(own) * squares) if squares else None, shown(value), contract, shown(target), met,
    )


def _against(
    contract: Contract, worth: dict[int, Exact], inside: set[int]
) -> tuple[Exact | None, Fraction | None, bool]:
    """The value that the contract looks at, its limit where that is one, and whether it is kept."""
    rows, limits, below = contract.row.tolist(), contract.limit.tolist(), contract.below
    mine = [k for k, r in enumerate(rows) if r in inside]
    pairs = [(worth[rows[k]], limits[k]) for k in mine if rows[k] in worth]
    percent, kept = contract.percent or Fraction(100), _KEPT[contract.operator]
    many = sum(kept(value * below, limit) for value, limit in pairs)
    rising = contract.operator not in (Operator.GE, Operator.GT)
    ordered = sorted((value for value, _ in pairs), reverse=not rising)
    asked = {limits[k] for k in mine}
    target = Fraction(asked.pop(), below) if len(asked) == 1 else None
    return nearest_rank(ordered, percent) if ordered else None, target, 100 * many >= percent * len(pairs)
