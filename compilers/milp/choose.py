"""Which formulation, by size and shape, and whether the model is too large for any.

- By ticks (`timed`): strong bounds, grows with the windows of the tasks. The first choice where it is not too large.
- Disjunctive (`sequence`): grows with the pairs of tasks that meet on a resource. Chosen where resources hold one task
  at a time and the pairs are fewer than the ticks of all windows: there it wins on job shops (Ku and Beck 2016, "Mixed
  integer programming models for job shop scheduling: a computational analysis").
- By events (`events`): for long horizons where resources hold several tasks at a time (Koné et al. 2011).

Sizes are estimated from the windows alone, before anything is written.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from schedc.compilers.backend import UnsuitableError
from schedc.compilers.milp.sequence import leaves
from schedc.compilers.milp.timeless import timeless
from schedc.models.bounds import Bounds
from schedc.models.columns import UNLIMITED, Flags
from schedc.models.expressions import Linear
from schedc.models.model import Model
from schedc.models.presence import presence_of
from schedc.models.walk import post_order

MOST_TERMS = 4_000_000      # nonzeros of a program; building one takes seconds then, and HiGHS about 2 GB
_EASY = 600_000             # up to which a program by ticks is preferred whatever the others' size
_HOPELESS = 20              # times too large, before propagation: it will not help that much


class Formulation(StrEnum):
    """A way to write a model as a mixed integer program."""

    TIME = "time"
    DISJUNCTIVE = "disjunctive"
    EVENTS = "events"


@dataclass(frozen=True)
class Size:
    """An estimate of a program: its variables, and its terms (nonzeros)."""

    columns: int
    terms: int


def choose(model: Model, bounds: Bounds, wanted: Formulation | None = None) -> Formulation:
    """The formulation that was asked for, or the best suited. Raises UnsuitableError where it would be too large."""
    found = sizes(model, bounds)
    loose = bool(presence_of(model).optional.any())
    leaving = loose or leaves(model)
    if wanted is not None:
        if leaving and wanted is not Formulation.TIME:
            what = "be absent" if loose else "leave a resource to others while it pauses"
            raise UnsuitableError(f"in the {wanted} formulation no task can {what}")
        _check({wanted: found[wanted]})
        return wanted
    _check({Formulation.TIME: found[Formulation.TIME]} if loose else found)
    time, pairs = found[Formulation.TIME], found[Formulation.DISJUNCTIVE]
    alone = not shares(model).any()
    if leaving or (time.terms <= _EASY and not (alone and pairs.columns < time.columns)):
        _check({Formulation.TIME: time})
        return Formulation.TIME
    if alone:
        return Formulation.DISJUNCTIVE if pairs.terms <= MOST_TERMS else Formulation.TIME
    return min(found, key=lambda f: (found[f].terms > MOST_TERMS, f is Formulation.TIME, found[f].terms))


def refuse_early(model: Model) -> None:
    """Raise UnsuitableError for a model that is far too large whatever propagation will say."""
    end = np.minimum(model.deadline, model.horizon)
    raw = Bounds(model.release, end - model.shortest, model.release + model.shortest, end, False)
    _check(sizes(model, raw), _HOPELESS)


def _check(found: dict[Formulation, Size], times: int = 1) -> None:
    least = min(found, key=lambda f: found[f].terms)
    size = found[least]
    if size.terms > times * MOST_TERMS:
        raise UnsuitableError(
            f"the model is too large for the solver milp: about {size.columns:,} variables and {size.terms:,} nonzeros "
            f"in the {least} formulation, the most is {MOST_TERMS:,} nonzeros; a coarser resolution, a shorter horizon "
            f"or tighter windows would make it smaller, and the solver cpsat has no such limit"
        )


def sizes(model: Model, bounds: Bounds) -> dict[Formulation, Size]:
    """Estimates of all formulations, mostly from above."""
    more = _conditions(model)
    pairs, flows, events = _meetings(model)
    tasks = model.task_count
    arrows = 2 * sum(len(order.first) for order in model.orders)
    columns, terms = _timed(model, bounds)
    return {
        Formulation.TIME: Size(columns, terms + more),
        Formulation.DISJUNCTIVE: Size(2 * tasks + pairs + 4 * flows, 6 * pairs + 14 * flows + arrows + more),
        Formulation.EVENTS: Size(2 * tasks + pairs + 2 * events, 6 * pairs + 20 * events + arrows + more),
    }


def _timed(model: Model, bounds: Bounds) -> tuple[int, int]:
    """Columns and terms by ticks: two terms for each step, each tick of a demand, and each tick of an arrow."""
    steps = np.where(timeless(model), 0, np.maximum(bounds.latest_start - bounds.earliest_start, 0))
    stay = np.maximum(bounds.latest_end - bounds.earliest_start, 0)
    flexible = model.shortest < model.longest
    columns = float(presence_of(model).optional.sum()) + float(steps.sum()) + float(steps[flexible].sum())
    terms = 2 * columns + 2 * float(stay[model.demands.task].sum())
    for order in model.orders:
        terms += 2 * float(np.minimum(steps[order.first], steps[order.second])[order.lo > -UNLIMITED].sum())
    return int(columns), int(terms)


def _meetings(model: Model) -> tuple[int, int, int]:
    """Pairs that must be told apart, pairs of users of shared resources, and users of those times events."""
    task, resource, _ = model.demands
    count = np.bincount(resource, minlength=model.resource_count).astype(float)
    meetings, share = count * (count - 1) / 2, shares(model)
    involved = np.zeros(model.task_count, dtype=np.bool_)
    involved[task[share[resource]]] = True
    number = float(involved.sum())
    return int(meetings[~share].sum()), int(meetings[share].sum()), int(number * number)


def shares(model: Model) -> Flags:
    """Which resources can hold several of their users at once without holding all of them always."""
    _, resource, amount = model.demands
    least = np.full((2, model.resource_count), np.iinfo(np.int64).max // 4)
    order = np.lexsort((amount, resource))
    heads = np.searchsorted(resource[order], np.arange(model.resource_count))
    count = np.bincount(resource, minlength=model.resource_count)
    for k in range(2):
        there = count > k
        least[k, there] = amount[order][heads[there] + k]
    total = np.bincount(resource, weights=amount, minlength=model.resource_count)
    changing = np.zeros(model.resource_count, dtype=np.bool_)
    for statement in model.availability:
        changing[statement.resource] = True
    several: Flags = least.sum(axis=0) <= model.capacity
    return several & ((total > model.capacity) | changing)


def _conditions(model: Model) -> int:
    roots = [*(s.condition for s in model.requires), *(s.value for s in model.objective)]
    return sum(
        4 * (len(node.coef) + sum(len(p.coef) for p in node.parts))
        for root in roots for node in post_order(root) if isinstance(node, Linear)
    )
