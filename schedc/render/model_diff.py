"""Two models side by side, in words."""

from __future__ import annotations

from itertools import groupby

from schedc.model_diff import ModelChange, ModelDiff, Step
from schedc.render.cells import clean, cut, paint, plural

_STYLE = {Step.ADDED: "good", Step.REMOVED: "error", Step.CHANGED: "frame"}
_SIGN = {Step.ADDED: "+", Step.REMOVED: "-", Step.CHANGED: "~"}
_ROOM = 100
_NAMED = 4


def model_diff_text(diff: ModelDiff, *, most: int = 100, colour: bool = False) -> str:
    """A line a changed piece, at most so many."""
    if diff.same:
        return "the models say the same\n"
    lines = [paint(plural(len(diff.changes), "difference"), "bold", colour)]
    groups = [list(group) for _, group in groupby(diff.changes, _alike)]
    for group in groups[:most]:
        lines += _lines(group, colour)
    if len(groups) > most:
        lines.append(f"... and {plural(sum(map(len, groups[most:])), 'more difference')}")
    return "\n".join(lines) + "\n"


def _alike(change: ModelChange) -> tuple[object, ...]:
    """Members of one family of which the same is said are told together."""
    return change.kind, change.step, change.name.partition("[")[0] if "[" in change.name else change.name, change.facts


def _lines(group: list[ModelChange], colour: bool) -> list[str]:
    first = group[0]
    names = ", ".join(clean(change.name) for change in group[:_NAMED])
    more = f" and {len(group) - _NAMED} more" if len(group) > _NAMED else ""
    head = f"{_SIGN[first.step]} {first.kind} {names}{more}"
    facts = [_fact(what, old, new) for what, old, new in first.facts]
    return [paint(head, _STYLE[first.step], colour), *(f"    {fact}" for fact in facts if fact)]


def _fact(what: str, old: str, new: str) -> str:
    if what == "says":
        return "says something else" if old and new else ""
    if what == "over time" and old and new:
        return _opened(old, new)
    words = f"{what}: {old or 'nothing'} -> {new or 'nothing'}" if old and new else f"{what}: {old or new}"
    return cut(clean(words), _ROOM)


def _opened(old: str, new: str) -> str:
    """The first steps of the capacity that differ."""
    before, after = old.split(", "), new.split(", ")
    lost = [step for step in before if step not in set(after)]
    won = [step for step in after if step not in set(before)]
    words = "; ".join(f"{sign}: {', '.join(steps[:3])}{' …' if len(steps) > 3 else ''}"
                      for sign, steps in (("no longer", lost), ("now", won)) if steps)
    return f"over time: {clean(words)}"
