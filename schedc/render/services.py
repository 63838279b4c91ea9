"""Soft constraints and measures of a schedule: as data, and as the tables of a summary."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from schedc.models.axis import TimeAxis
from schedc.models.model import Model
from schedc.models.source import Origin
from schedc.models.verify import ServiceFigure, SoftFigure, Verdict
from schedc.render.cells import clean
from schedc.render.figures import decimal, number


def soft_data(verdict: Verdict | None) -> list[dict[str, Any]]:
    """What schedule.json says of every soft constraint; nothing without a schedule."""
    return [_soft(figure) for figure in verdict.soft] if verdict is not None else []


def _soft(figure: SoftFigure) -> dict[str, Any]:
    return {
        "statement": figure.origin.address,
        "keyword": figure.keyword,
        "violation": number(figure.violation),
        "unit": _unit(figure.unit),
        "penalty": number(figure.penalty),
        "money": figure.money,
        "counted": figure.counted,
        "broken": figure.broken,
        "percent": None if figure.percent is None else number(figure.percent),
        "worst": [
            {"member": b.member, "violation": number(b.violation), "penalty": number(b.penalty)} for b in figure.worst
        ],
    }


def qos_data(verdict: Verdict | None) -> list[dict[str, Any]]:
    """What schedule.json says of every measure, by class and contract; nothing without a schedule."""
    return [_measure(figure) for figure in verdict.qos] if verdict is not None else []


def _measure(figure: ServiceFigure) -> dict[str, Any]:
    contract = figure.contract
    return {
        "name": figure.name if figure.group is None else f"{figure.group}.{figure.name}",
        "measure": figure.name,
        "class": figure.group,
        "value": _number(figure.value),
        "operator": None if contract is None else contract.operator.value,
        "target": _number(figure.target),
        "percent": None if contract is None else number(contract.percent or Fraction(100)),
        "met": figure.met,
        "statement": None if contract is None else contract.origin.address,
        "counted": figure.counted,
        "least": _number(figure.least),
        "mean": _number(figure.mean),
        "greatest": _number(figure.greatest),
        "jain": _number(figure.jain),
        "unit": _unit(figure.unit),
    }


def _number(value: Fraction | None) -> int | float | None:
    return None if value is None else number(value)


def _unit(unit: str) -> str:
    return "ticks" if unit == "duration" else unit


# for people


def service_lines(model: Model, verdict: Verdict) -> list[str]:
    """A table of the measures, and one of the soft constraints that are broken."""
    lines: list[str] = []
    if verdict.qos:
        head: tuple[str, ...] = ("qos", "value", "target", "", "least", "mean", "greatest", "jain")
        lines += _table([head, *(_service_row(model.axis, f) for f in verdict.qos)])
    broken = [f for f in verdict.soft if (f.broken if f.percent is None else f.violation)]
    if broken:
        head = ("broken", "violation", "penalty", "instances")
        lines += _table([head, *(_soft_row(model.axis, f) for f in broken)])
    return lines


def _service_row(axis: TimeAxis, figure: ServiceFigure) -> tuple[str, ...]:
    name = figure.name if figure.group is None else f"{figure.group}.{figure.name}"
    contract, target = figure.contract, ""
    if contract is not None:
        limit = "its limit" if figure.target is None else _shown(axis, figure.target, figure.unit)
        share = "" if contract.percent is None else f" for {decimal(contract.percent)} %"
        target = f"{contract.operator} {limit}{share}"
    met = {None: "", True: "met", False: "missed"}[figure.met]
    own = (figure.value, figure.least, figure.mean, figure.greatest)
    value, least, mean, greatest = ("-" if v is None else _shown(axis, v, figure.unit) for v in own)
    jain = "-" if figure.jain is None else f"{float(figure.jain):.3f}"
    return clean(name), value, target, met, least, mean, greatest, jain


def _soft_row(axis: TimeAxis, figure: SoftFigure) -> tuple[str, ...]:
    penalty = f"{decimal(figure.penalty)} {figure.money}".rstrip()
    of = f"{figure.broken} of {figure.counted}" if figure.counted > 1 else ""
    return _name(figure.origin), _shown(axis, figure.violation, figure.unit), penalty, of


def _name(origin: Origin) -> str:
    return clean(origin.label or f"{origin.what} ({origin.address})")


def _shown(axis: TimeAxis, value: Fraction, unit: str) -> str:
    if unit == "duration":
        if axis.resolution_ns:      # means to the nearest tick
            return axis.span_text(round(value))
        return f"{decimal(value)} ticks"
    return f"{decimal(value)} {unit}".rstrip()


def _table(rows: list[tuple[str, ...]]) -> list[str]:
    wide = [max(len(row[k]) for row in rows) for k in range(len(rows[0]))]
    return ["  " + "  ".join(f"{cell:<{w}}" for cell, w in zip(row, wide)).rstrip() for row in rows]
