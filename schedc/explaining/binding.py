"""Why a task of a schedule does not start earlier: what breaks when it is moved, and the same of whom it waits for.

The judge is asked: the task alone is put one tick earlier, and whatever it then breaks keeps it where it is. Where only
closed time does, the last place before that is tried too. From a task that stands in the way the chain goes on.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from schedc.explaining.report import Bottleneck, Link
from schedc.explaining.words import listed
from schedc.models.closures import closed_times
from schedc.models.model import Model
from schedc.models.options import settled
from schedc.models.presence import present_in
from schedc.models.profile import capacity_profiles
from schedc.models.schedule import Schedule
from schedc.models.verify import Violation, verify

_LONGEST = 60       # links
_KINDS = ("order", "exclusive", "capacity", "change", "batch", "permutation", "stock", "require")    # that name others
_HOPS = 20          # closed times in a row that are looked behind


def binding_chain(model: Model, schedule: Schedule, task: int) -> list[Link]:
    """The chain from a task back to one that nothing or its own clauses keep, the asked one first."""
    if not present_in(schedule)[task]:
        return [_link(model, schedule, task, "absent", None, "it is left out", (), 0)]
    links: list[Link] = []
    seen: set[int] = set()
    now: int | None = task
    while now is not None and now not in seen and len(links) < _LONGEST:
        seen.add(now)
        found, now = _bound(model, schedule, now, seen)
        links += found
    return links


def _bound(model: Model, schedule: Schedule, task: int, seen: set[int]) -> tuple[list[Link], int | None]:
    """Why a task starts where it does, and who comes next in the chain."""
    links: list[Link] = []
    at = int(schedule.start[task])
    for _ in range(_HOPS):
        if at <= 0:
            return [*links, _link(model, schedule, task, "origin", None, "it starts as time begins", (), 0)], None
        broken = _broken(model, _moved(model, schedule, task, at - 1), task)
        if not broken:
            return [*links, _free(model, schedule, task, at)], None
        others = [v for v in broken if v.kind in _KINDS and _blockers(model, schedule, v, task)]
        if others:
            best = max(others, key=lambda v: _last(schedule, _blockers(model, schedule, v, task)))
            names = _blockers(model, schedule, best, task)
            links.append(_told(model, schedule, task, best, names, at))
            following = max((n for n in names if n not in seen), key=lambda n: int(schedule.end[n]), default=None)
            return links, following
        links.append(_told(model, schedule, task, broken[0], [], at))
        before = _before_closed(model, task, at)
        if broken[0].kind not in ("capacity", "pause", "length") or before is None:
            return links, None
        at = before + 1
    return links, None


def _moved(model: Model, schedule: Schedule, task: int, at: int) -> Schedule:
    """The schedule with one task elsewhere, pausing where it must."""
    start, end = schedule.start.copy(), schedule.end.copy()
    size = int(schedule.length[task])
    start[task], end[task] = at, at + size
    if model.pausable[task] and size:
        time = closed_times(model)
        which = time.which[task : task + 1]
        end[task] = int(time.worktime.end_of(which, np.array([at]), np.array([size]))[0])
    return replace(schedule, start=start, end=end)


def _broken(model: Model, schedule: Schedule, task: int) -> list[Violation]:
    return list(verify(model, schedule).violations)


def _blockers(model: Model, schedule: Schedule, violation: Violation, task: int) -> list[int]:
    """The tasks that a violation names beside this one, those that hold something before it."""
    numbers = model.task_numbers
    named = {numbers[name] for name in violation.tasks if name in numbers} - {task}
    if violation.kind in ("capacity", "batch", "exclusive", "change"):
        start = int(schedule.start[task])
        named = {n for n in named if schedule.start[n] <= start and n != task}
    return sorted(named)


def _last(schedule: Schedule, tasks: list[int]) -> int:
    return max(int(schedule.end[t]) for t in tasks)


def _before_closed(model: Model, task: int, at: int) -> int | None:
    """The last earlier start at which a task fits into open time; None where there is none."""
    time = closed_times(model)
    which = time.which[task : task + 1]
    size = np.array([int(model.shortest[task])])
    if which[0] < 0:
        return None
    found = int(time.worktime.last_fit(which, np.array([at - 1 + int(size[0])]), size)[0] - size[0])
    return found if 0 <= found < at else None


def _free(model: Model, schedule: Schedule, task: int, at: int) -> Link:
    low, step = at, 1
    while low - step >= 0 and not _broken(model, _moved(model, schedule, task, low - step), task):
        low, step = low - step, step * 2
    while step > 1:
        step //= 2
        if low - step >= 0 and not _broken(model, _moved(model, schedule, task, low - step), task):
            low -= step
    text = f"nothing keeps it: alone it could start {model.axis.span_text(at - low)} earlier"
    return _link(model, schedule, task, "free", None, text, (), low)


def _told(
    model: Model, schedule: Schedule, task: int, violation: Violation, others: list[int], at: int
) -> Link:
    axis = model.axis
    names = tuple(model.task_name(n) for n in others)
    until = axis.tick_text(_last(schedule, others)) if others else axis.tick_text(at)
    kind = violation.kind
    where = violation.member or violation.origin.what
    text = {
        "order": f"it follows {listed(names)}",
        "capacity": f"`{where}` is held by {listed(names)} until {until}",
        "exclusive": f"it must not overlap {listed(names)}, until {until}",
        "release": "its release", "within": "its window begins then", "horizon": "time begins then",
    }.get(kind, f"{violation.message}")
    if not others and kind in ("capacity", "pause", "length"):
        scarce = _closed(model, schedule, task, at - 1)
        verb = "is" if len(scarce) < 2 else "are"
        text = f"{listed(scarce) or f'`{where}`'} {verb} closed before {axis.tick_text(at)}"
        return _link(model, schedule, task, "calendar", violation, text, (), at)
    return _link(model, schedule, task, kind, violation, text, names, at)


def _closed(model: Model, schedule: Schedule, task: int, tick: int) -> list[str]:
    """The resources of which there is less at a tick than a task asks for."""
    d, profiles = settled(model, schedule).demands, capacity_profiles(model)
    found = []
    for r, amount in zip(d.resource[d.task == task].tolist(), d.amount[d.task == task].tolist()):
        steps = profiles.get(r)
        if steps is not None and steps.capacity[np.searchsorted(steps.at, tick, side="right") - 1] < amount:
            found.append(model.resource_name(r))
    return found


def _link(
    model: Model, schedule: Schedule, task: int, kind: str, violation: Violation | None, text: str,
    names: tuple[str, ...], until: int,
) -> Link:
    origin = None if violation is None else violation.origin
    return Link(
        model.task_name(task), int(schedule.start[task]), kind, "" if origin is None else origin.address,
        None if origin is None else origin.span, text, names, until,
    )


def bottlenecks(model: Model, schedule: Schedule, chain: list[Link]) -> list[Bottleneck]:
    """The resources by how much of the chain waits for them, then by how full they are until the last end."""
    plain = settled(model, schedule)
    d, end = plain.demands, int(schedule.end.max(initial=0))
    present = present_in(schedule)
    work = np.bincount(
        d.resource, d.amount * schedule.length[d.task] * present[d.task], minlength=model.resource_count
    )
    profiles = capacity_profiles(model)
    waited = _waited(model, schedule, chain)
    found = []
    for r in range(model.resource_count):
        room = int(model.capacity[r]) * end
        if r in profiles:
            steps = profiles[r]
            lo, hi = np.minimum(steps.at, end), np.minimum(np.r_[steps.at[1:], model.horizon], end)
            room = int(((hi - lo) * steps.capacity).sum())
        if work[r] or waited.get(r):
            load = round(100 * float(work[r]) / room) if room else 0
            family, _ = model.resource_family(r)
            found.append(Bottleneck(model.resource_name(r), family.origin.span, waited.get(r, 0), load))
    return sorted(found, key=lambda b: (-b.waited, -b.load, b.resource))


def _waited(model: Model, schedule: Schedule, chain: list[Link]) -> dict[int, int]:
    """For each resource the time for which those held it whom the chain's tasks waited for."""
    numbers = model.task_numbers
    by_name = {model.resource_name(r): r for r in range(model.resource_count)}
    found: dict[int, int] = {}
    for link in chain:
        names = [n for n in by_name if f"`{n}`" in link.text] if link.kind == "capacity" else []
        if names and link.tasks:
            last = max((numbers[t] for t in link.tasks), key=lambda t: int(schedule.end[t]))
            held = int(schedule.end[last] - schedule.start[last])
            found[by_name[names[0]]] = found.get(by_name[names[0]], 0) + held
    return found
