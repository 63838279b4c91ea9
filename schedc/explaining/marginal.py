"""What a little more would buy: one more of a resource, some hours more, asked by runs of the changed model."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from schedc.compilers.backend import Backend, Limits
from schedc.compilers.result import Result
from schedc.compilers.solve import solve
from schedc.explaining.calendars import gaps, opened
from schedc.explaining.changes import with_resources
from schedc.explaining.report import Bottleneck, Link, Marginal
from schedc.models.amounts import amount_text
from schedc.models.model import Model
from schedc.models.schedule import Schedule, Status
from schedc.models.statements import Stage

Shown = Callable[[Stage, int], str]
_ASKED = 4          # resources and closed times that are asked about
_TICKS = 8          # more open time in models of plain ticks
_HOURS = 2 * 3600 * 10**9


@dataclass(frozen=True, eq=False)
class Question:
    """A change to be tried, in words."""

    text: str
    model: Model


def marginals(
    model: Model, schedule: Schedule, chain: list[Link], busy: list[Bottleneck],
    backend: str | Backend, limits: Limits, shown: Shown,
) -> list[Marginal]:
    """Every question with its answer, the best first. shown(stage, value): a goal's value for people."""
    if not model.objective:
        return []
    asked = [*_more(model, busy), *_longer(model, chain)]
    if not asked:
        return []
    began, seconds = time.monotonic(), limits.seconds
    share = None if seconds is None else seconds / (len(asked) + 1)
    base = solve(model, backend=backend, limits=replace(limits, seconds=share), hint=schedule)
    found = []
    for question in asked:
        left = None if seconds is None else seconds - (time.monotonic() - began)
        if (left is not None and left <= 0) or limits.cancel.is_set():
            break
        part = replace(limits, seconds=None if left is None or share is None else min(left, share))
        run = solve(question.model, backend=backend, limits=part, hint=base.schedule or schedule)
        found.append(_answer(model, question, base, run, shown))
    return sorted(found, key=lambda m: -(m.gain or 0))


def _answer(model: Model, question: Question, base: Result, run: Result, shown: Shown) -> Marginal:
    stage = model.objective[0]
    before, after = base.stages[0].value, run.stages[0].value
    sign = 1 if stage.sense == "minimize" else -1
    gain = None if before is None or after is None else sign * (before - after)
    bound = run.stages[0].bound
    proved = run.status is Status.OPTIMAL or (after is not None and bound == after)
    return Marginal(
        question.text, stage.name, "" if before is None else shown(stage, before),
        None if after is None else shown(stage, after), gain, proved,
    )


def _more(model: Model, busy: list[Bottleneck]) -> Iterator[Question]:
    """One more unit of the resources that bind most."""
    by_name = {model.resource_name(r): r for r in range(model.resource_count)}
    for b in busy[:_ASKED]:
        r = by_name[b.resource]
        family, row = model.resource_family(r)
        k = model.resources.index(family)
        capacity = family.capacity.copy()
        capacity[row] += 1
        changed = replace(family, capacity=capacity)
        more = f"{amount_text(family, 1)} more of `{b.resource}`"
        yield Question(more, with_resources(model, k, changed))


def _longer(model: Model, chain: list[Link]) -> Iterator[Question]:
    """The closed times that the chain waits for, begun later."""
    by_name = {model.resource_name(r): r for r in range(model.resource_count)}
    axis = model.axis
    size = _TICKS if axis.resolution_ns is None else max(1, _HOURS // axis.resolution_ns)
    asked: set[tuple[int, int]] = set()
    for link in chain:
        names = [n for n in by_name if f"`{n}`" in link.text] if link.kind == "calendar" else []
        for r in (by_name[n] for n in names):
            for lo, hi in gaps(model, r):
                if hi != link.until or lo == 0 or (r, lo) in asked or len(asked) >= _ASKED:
                    continue
                asked.add((r, lo))
                more = min(size, hi - lo)
                day = axis.instant(lo)
                on = f" on {day:%A %Y-%m-%d}" if day is not None else f" from {lo}"
                yield Question(f"`{model.resource_name(r)}` open {axis.span_text(more)} longer{on}",
                               opened(model, r, lo, lo + more))

