"""A conflict as one diagnostic: a label at every side, what would be enough as fixes, the rest as notes."""

from __future__ import annotations

from collections.abc import Sequence

from schedc.compilers.conflict import Kind
from schedc.explaining.report import ParamAdvice, Relaxation
from schedc.explaining.words import listed
from schedc.models.conflict import Item
from schedc.models.diagnostics import Diagnostic, Fix, Label, Severity
from schedc.models.source import NOWHERE, Span

_FIXES = 6      # relaxations that are shown
_LABELS = 12    # places that are shown
_ORDER = (      # from which side a conflict is told
    Kind.DEADLINE, Kind.WITHIN, Kind.RELEASE, Kind.REQUIRE, Kind.EXCLUSIVE, Kind.ORDER, Kind.CAPACITY, Kind.DOWNTIME,
    Kind.OPEN, Kind.STOCK, Kind.LASTS, Kind.USES,
)


def diagnostic_of(
    items: Sequence[Item], minimal: bool, because: Sequence[str], relaxations: Sequence[Relaxation],
    params: Sequence[ParamAdvice],
) -> Diagnostic:
    """E410, with all that is known of a conflict."""
    labels = _labels(items)
    notes = list(because) if len(because) > 1 else []
    if len(labels) > _LABELS:
        notes.append(f"{len(labels) - _LABELS} more places play a part")
    notes += [_param(p) for p in params]
    if not minimal:
        notes.append("time ran out before every part was confirmed: the conflict may not be minimal")
    fixes = tuple(Fix(r.text + ("" if r.least else " (less may do)")) for r in relaxations[:_FIXES])
    first, *others = labels or [Label(NOWHERE)]
    message = _message(items, len({label.span for label in labels}), because)
    return Diagnostic("E410", Severity.ERROR, message, first, tuple(others[: _LABELS - 1]), fixes, tuple(notes))


def _labels(items: Sequence[Item]) -> list[Label]:
    """One for each place and each thing that is said there, with the members that it is said of."""
    said: dict[tuple[Span, str], list[str]] = {}
    for item in sorted(items, key=lambda i: _rank(i.kind)):
        said.setdefault((item.span, item.text), []).append(item.member)
    labels = [Label(span, _words([m for m in members if m], text)) for (span, text), members in said.items()]
    labels += [Label(span, "and here") for item in items for span in item.more]
    return list(dict.fromkeys(labels))


def _words(members: list[str], text: str) -> str:
    return f"{listed(members)}: {text}" if members else text


def _rank(kind: str) -> int:
    return _ORDER.index(Kind(kind)) if kind in _ORDER else len(_ORDER)


def _message(items: Sequence[Item], places: int, because: Sequence[str]) -> str:
    if not items:
        return "there is no schedule even without every statement that could be left out"
    head = "this cannot be kept" if places == 1 else f"these {places} places cannot be kept together"
    return f"{head}: {because[-1]}" if because else head


def _param(advice: ParamAdvice) -> str:
    if advice.nearest is None:
        return f"no value of param `{advice.name}` alone is enough"
    return f"param `{advice.name}` = {advice.nearest} in place of {advice.value} is enough"
