"""What a param would have to be: its nearest value that alone gives the model a schedule."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from schedc.dsl.load import Source
from schedc.dsl.scalars import Scalar, leaning_on, scalars
from schedc.explaining.case import Case, least
from schedc.explaining.report import ParamAdvice
from schedc.models.diagnostics import Findings
from schedc.models.source import Span

_SHORT = 5.0        # seconds for one value


def advised(case: Case, spans: Iterable[Span]) -> list[ParamAdvice]:
    """For every param that statements at these places lean on, its nearest value with which the whole model has one.

    Whether more helps is taken to stay so in each direction. A param that the model is too large for is left out.
    """
    if case.source is None:
        return []
    names = leaning_on(case.source, spans)
    if not names:
        return []
    found = []
    for name, scalar in scalars(case.source).items():
        if name in names and not case.oracle.over():
            found.append(_advice(case, case.source, scalar))
    return found


def _advice(case: Case, source: Source, scalar: Scalar) -> ParamAdvice:
    def enough(value: Fraction) -> bool:
        model = source.model(Findings(), params={scalar.name: scalar.text(value)})
        return model is not None and case.oracle.decide_model(model, _SHORT).feasible

    nearest: list[tuple[int, Fraction]] = []
    if scalar.kind == "flag":
        nearest = [(1, 1 - scalar.value)] if enough(1 - scalar.value) else []
    for sign in (1, -1) if scalar.kind != "flag" else ():
        most = _reach(case, scalar)
        most = nearest[0][0] if nearest else most
        x = least(lambda n, s=sign: enough(scalar.value + s * n * scalar.step), most)   # type: ignore[misc]
        if x is not None:
            nearest.append((x, scalar.value + sign * x * scalar.step))
    best = scalar.text(min(nearest)[1]) if nearest else None
    return ParamAdvice(scalar.name, scalar.span, scalar.text(scalar.value), best)


def _reach(case: Case, scalar: Scalar) -> int:
    """How far from its value a param is moved."""
    if scalar.kind in ("duration", "instant"):
        return max(case.model.horizon, 2 * int(abs(scalar.value))) if scalar.kind == "duration" else case.model.horizon
    return int(4 * abs(scalar.value) / scalar.step) + 64
