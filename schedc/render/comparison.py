"""Two schedules side by side, in the words of whoever has to tell the crews."""

from __future__ import annotations

from datetime import datetime
from fractions import Fraction

from schedc.comparison import Comparison, Fate, GoalChange, Stand, TaskChange
from schedc.render.cells import clean, paint, plural, width

_STYLE = {Fate.NEW: "good", Fate.ADDED: "good", Fate.GONE: "error", Fate.LEFT_OUT: "error"}
_UNITS = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))


def comparison_text(comparison: Comparison, *, most: int = 100, colour: bool = False) -> str:
    """How many tasks change, then a line a changed task in order of time (at most so many), then the goals."""
    lines = [paint(_headline(comparison), "bold", colour)]
    shown = comparison.changes[:most]
    name_room = max((width(clean(c.name)) for c in shown), default=0)
    fate_room = max((len(_fate(c, comparison.resolution)) for c in shown), default=0)
    for change in shown:
        name, fate = clean(change.name), _fate(change, comparison.resolution)
        painted = paint(f"{fate:<{fate_room}}", _STYLE.get(change.fate, "frame"), colour)
        lines.append(f"  {name}{' ' * (name_room - width(name))}  {painted}  {_places(change)}".rstrip())
    if len(comparison.changes) > most:
        lines.append(f"  ... and {plural(len(comparison.changes) - most, 'more task')}")
    lines += [_goal(goal, comparison.resolution) for goal in comparison.goals]
    lines += [f"note: {clean(note)}" for note in comparison.notes]
    return "\n".join(lines) + "\n"


def _headline(comparison: Comparison) -> str:
    total = plural(comparison.tasks, "task")
    if comparison.same:
        return f"nothing changes: {total} as before"
    counts = [(len(comparison.of(fate)), fate.value) for fate in Fate]
    return f"{len(comparison.changes)} of {total}: " + ", ".join(f"{n} {word}" for n, word in counts if n)


def _fate(change: TaskChange, resolution: Fraction | None) -> str:
    if change.fate is not Fate.MOVED:
        return change.fate.value
    return f"{span_text(abs(change.shift), resolution)} {'later' if change.shift > 0 else 'earlier'}"


def span_text(ticks: int, resolution: Fraction | None) -> str:
    """So many ticks in days, hours, minutes and seconds, or as they are."""
    if resolution is None:
        return str(ticks)
    seconds, words = ticks * resolution, []
    for size, unit in _UNITS:
        if seconds >= size:
            words.append(f"{int(seconds // size)} {unit}")
            seconds %= size
    return " ".join(words) or f"{ticks} ticks"


def _places(change: TaskChange) -> str:
    before, after = change.before, change.after
    if before is None or after is None:
        stand = before or after
        return "" if stand is None else f"{'was ' if after is None else ''}{_place(stand)}"
    words = [f"{_place(before)} -> {_place(after)}"]
    if change.mode:
        words.append(f"mode {clean(before.mode or 'none')} -> {clean(after.mode or 'none')}")
    if change.uses:
        words.append(f"{_held(before)} -> {_held(after)}")
    return ", ".join(words)


def _place(stand: Stand) -> str:
    if stand.when is None:
        return f"[{stand.start}, {stand.end})"
    start, end = (datetime.fromisoformat(text) for text in stand.when)
    same_day = start.date() == end.date()
    return f"{_instant(start)}..{end.strftime('%H:%M') if same_day else _instant(end)}"


def _instant(when: datetime) -> str:
    return when.strftime("%a %Y-%m-%d %H:%M")


def _held(stand: Stand) -> str:
    words = [f"{clean(name)}{'' if amount == 1 else f' {amount:g}'}" for name, amount in stand.uses or ()]
    return " and ".join(words) or "nothing"


def _goal(goal: GoalChange, resolution: Fraction | None) -> str:
    before, after = (_value(v, goal.unit, resolution) for v in (goal.before, goal.after))
    return f"{clean(goal.name)}: {f'{before} as before' if before == after else f'{before} -> {after}'}"


def _value(value: float, unit: str, resolution: Fraction | None) -> str:
    if unit == "duration" and isinstance(value, int):
        return span_text(value, resolution)
    return f"{value:,.10g} {'' if unit == 'duration' else unit}".rstrip()
