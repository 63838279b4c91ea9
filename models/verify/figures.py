"""What a schedule breaks of the soft constraints, at what price, and what its measures are worth, by class."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from schedc.models.columns import Ints
from schedc.models.expressions import Operator, Truth
from schedc.models.model import Model
from schedc.models.statements import Contract, Measure, Soft
from schedc.models.verify.values import Values
from schedc.models.verify.verdict import LISTED, Breach, ServiceFigure, SoftFigure

_KEPT = {
    Operator.LE: lambda x, y: x <= y, Operator.LT: lambda x, y: x < y, Operator.GE: lambda x, y: x >= y,
    Operator.GT: lambda x, y: x > y, Operator.EQ: lambda x, y: x == y, Operator.NE: lambda x, y: x != y,
}


def soft_figures(model: Model, values: Values) -> tuple[SoftFigure, ...]:
    """One figure a soft constraint, in the model's order."""
    return tuple(_soft(soft, values) for soft in model.soft)


def _soft(soft: Soft, values: Values) -> SoftFigure:
    found = [int(v) for v in values.of(soft.violation)]
    counted = _counted(values, soft.counted, len(found)).tolist()
    broken = [k for k in counted if found[k] > 0]
    charges = {k: _charge(soft, int(soft.weight[k]), found[k]) for k in broken}
    if soft.percent is None:
        total, penalty = sum(found[k] for k in broken), sum(charges.values(), Fraction(0))
    else:
        total = nearest_rank(sorted(found[k] for k in counted), soft.percent) if counted else 0
        penalty = _charge(soft, int(soft.weight[0]), int(total)) if counted else Fraction(0)
    worst = sorted(broken, key=lambda k: (-charges[k], -found[k], k))[:LISTED]
    names = soft.names
    return SoftFigure(
        soft.origin, soft.keyword, len(counted), len(broken), total * soft.scale, soft.unit, penalty, soft.money,
        soft.percent, tuple(Breach(names[k] if names else "", found[k] * soft.scale, charges[k]) for k in worst),
    )


def _charge(soft: Soft, weight: int, violation: int) -> Fraction:
    return weight * soft.price * (violation if soft.per else int(violation > 0))


def _counted(values: Values, counted: Truth | None, rows: int) -> Ints:
    every: Ints = np.arange(rows, dtype=np.int64)
    return every if counted is None else every[values.truth(counted)]


def nearest_rank(ordered: Sequence[int | Fraction], percent: Fraction) -> int | Fraction:
    """The smallest of some ordered values that at least so many percent of them do not exceed."""
    return next(v for k, v in enumerate(ordered, 1) if 100 * k >= percent * len(ordered))


# measures


def service_figures(model: Model, values: Values) -> tuple[ServiceFigure, ...]:
    """Every measure by class, one figure for each of its contracts; where it has several classes also all together."""
    return tuple(figure for measure in model.qos for figure in _measured(measure, values))


def _measured(measure: Measure, values: Values) -> list[ServiceFigure]:
    worth = _worths(measure, values)
    classes = list(dict.fromkeys(measure.classes))
    groups: list[str | None] = [*classes] if classes else [None]
    if len(classes) > 1:
        groups.append(None)
    found = []
    for group in groups:
        rows = [k for k in worth if group is None or measure.classes[k] == group]
        of_class = {k for k in range(measure.family.size) if group is None or measure.classes[k] == group}
        contracts: list[Contract | None] = [c for c in measure.contracts if any(int(r) in of_class for r in c.row)]
        if group is None and classes:       # of a single class, it stands there
            contracts = [c for c in contracts if c and len({measure.classes[int(r)] for r in c.row}) > 1]
        found += [_figure(measure, group, worth, rows, of_class, c) for c in contracts or [None]]
    return found


def _worths(measure: Measure, values: Values) -> dict[int, Fraction]:
    """What each member that counts is worth."""
    value = values.of(measure.value)
    over = None if measure.over is None else values.of(measure.over)
    found = {}
    for k in _counted(values, measure.counted, measure.family.size).tolist():
        if over is None:
            found[k] = int(value[k]) * measure.scale
        elif over[k]:
            found[k] = Fraction(int(value[k]), int(over[k])) * measure.scale
    return found


def _figure(
    measure: Measure, group: str | None, worth: dict[int, Fraction], rows: list[int], of_class: set[int],
    contract: Contract | None,
) -> ServiceFigure:
    own = [worth[k] for k in rows]
    value, target, met = (max(own) if own else None), None, None
    if contract is not None:
        value, target, met = _against(measure, contract, worth, of_class)
    squares = sum(v * v for v in own)
    return ServiceFigure(
        measure.origin, measure.family.name, group, len(own), min(own, default=None),
        sum(own, Fraction(0)) / len(own) if own else None, max(own, default=None), measure.unit,
        sum(own) ** 2 / (len(own) * squares) if squares else None, value, contract, target, met,
    )


def _against(
    measure: Measure, contract: Contract, worth: dict[int, Fraction], of_class: set[int]
) -> tuple[Fraction | None, Fraction | None, bool]:
    """The value that the contract looks at, its limit where that is one, and whether it is kept."""
    mine = [k for k, r in enumerate(contract.row.tolist()) if r in of_class]
    limits = {k: Fraction(int(contract.limit[k]), contract.below) * measure.scale for k in mine}
    pairs = [(worth[int(contract.row[k])], limits[k]) for k in mine if int(contract.row[k]) in worth]
    percent = contract.percent or Fraction(100)
    kept = sum(_KEPT[contract.operator](value, limit) for value, limit in pairs)
    rising = contract.operator not in (Operator.GE, Operator.GT)
    ordered = sorted((value for value, _ in pairs), reverse=not rising)
    value = Fraction(nearest_rank(ordered, percent)) if ordered else None
    target = next(iter(limits.values())) if len(set(limits.values())) == 1 else None
    return value, target, 100 * kept >= percent * len(pairs)
