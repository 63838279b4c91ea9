"""Rates that no capacity allows, found with arithmetic before any solver runs.

Of k members of S that start in one window of W ticks, each works at least its shortest length l on q units of a
resource, and the first l ticks of that lie within W + L - 1 ticks, where L is the longest of these lengths. So the k
least products q l must fit C (W + L - 1), C being the resource's capacity. Over the whole horizon they must fit C H.
"""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

import numpy as np

from schedc.dsl import tree
from schedc.dsl.arithmetic import solid
from schedc.dsl.evaluate import evaluate
from schedc.dsl.lowering import decides
from schedc.dsl.members import named
from schedc.dsl.space import Space
from schedc.dsl.timing import durations
from schedc.dsl.values import Value, spread
from schedc.dsl.world import World
from schedc.models.amounts import decimal_text
from schedc.models.columns import UNLIMITED, Ints
from schedc.models.diagnostics import Findings, Label
from schedc.models.model import Model
from schedc.models.source import Span

_TURNED = {"<=": ">=", ">=": "<=", "<": ">", ">": "<", "==": "==", "!=": "!="}


class Rate(NamedTuple):
    """In each instance at least `least` of its tasks start, in every window of so many ticks (None: in the horizon)."""

    at: Span
    parent: Ints
    task: Ints
    least: tuple[int, ...]
    width: Ints | None


def note_rate(world: World, statement: tree.Require, space: Space) -> None:
    """Remember a hard `require` that asks for a number of starts."""
    expr = statement.condition
    if not isinstance(expr, tree.Comparison):
        return
    for side, op, other in ((expr.left, expr.op, expr.right), (expr.right, _TURNED[expr.op], expr.left)):
        found = _counted(world, side)
        if found is None or op not in (">=", ">", "==") or decides(world, other):
            continue
        ref, divisors = found
        limit = solid(evaluate(world, other, space), other.span)
        for divisor in divisors:
            limit = _times(limit, solid(evaluate(world, divisor, space), divisor.span))
        least = tuple(_least(limit.at(k), op) for k in range(space.rows))
        width = None
        if statement.every is not None:
            ticks = durations(world, evaluate(world, statement.every, space), space, "the window", statement.every.span)
            width = np.array(spread(ticks, space.rows))
        members = named(world, ref, space)
        if not members.jobs:
            world.rates.append(Rate(statement.span, members.parent, members.task, least, width))


def _counted(world: World, expr: tree.Expr) -> tuple[tree.Ref, tuple[tree.Expr, ...]] | None:
    """`count(S)`, possibly divided by data, possibly as a measure; S and the divisors."""
    if isinstance(expr, tree.Ref) and expr.name in world.services and expr.index is None and not expr.path:
        return _counted(world, world.services[expr.name].statement.value)
    if isinstance(expr, tree.Arithmetic) and all(op == "/" and not decides(world, e) for op, e in expr.rest):
        found = _counted(world, expr.first)
        return None if found is None else (found[0], (*found[1], *(e for _, e in expr.rest)))
    if isinstance(expr, tree.Call) and expr.name == "count" and expr.each is None and len(expr.args) == 1:
        ref = expr.args[0]
        if isinstance(ref, tree.Ref) and not ref.path and ref.name in world.task_first:
            return ref, ()
    return None


def _times(a: Value, b: Value) -> Value:
    from schedc.dsl.arithmetic import multiply
    from schedc.models.source import NOWHERE

    return multiply(a, b, NOWHERE)


def _least(limit: Fraction, op: str) -> int:
    """The least whole number that keeps the limit."""
    return limit.numerator // limit.denominator + 1 if op == ">" else -(-limit.numerator // limit.denominator)


def refute_rates(world: World, model: Model, findings: Findings) -> None:
    """E360 for each rate that a resource has no room for, at its first such instance."""
    demands = model.demands
    for rate in world.rates:
        for k, least in enumerate(rate.least):
            tasks = np.unique(rate.task[rate.parent == k])
            used = np.unique(demands.resource[np.isin(demands.task, tasks)]).tolist()
            width = None if rate.width is None else int(rate.width[k])
            if any(_refuted(model, findings, rate, tasks, r, least, width) for r in used):
                break


def _refuted(
    model: Model, findings: Findings, rate: Rate, tasks: Ints, resource: int, least: int, width: int | None
) -> bool:
    demands, capacity = model.demands, int(model.capacity[resource])
    own = np.zeros(model.task_count, dtype=np.int64)
    at = np.flatnonzero((demands.resource == resource) & ~model.pausable[demands.task])
    own[demands.task[at]] = demands.amount[at]
    work = np.sort(own[tasks] * model.shortest[tasks])
    if not 0 < least <= len(tasks) or capacity >= UNLIMITED:
        return False
    needed, longest = int(work[:least].sum()), int(model.shortest[tasks].max())
    wide = model.horizon if width is None or width >= model.horizon else min(width + longest - 1, model.horizon)
    if needed <= capacity * wide:
        return False
    _tell(model, findings, rate, resource, least, width, needed, wide)
    return True


def _tell(
    model: Model, findings: Findings, rate: Rate, resource: int, least: int, width: int | None, needed: int, wide: int
) -> None:
    family, _ = model.resource_family(resource)
    name, span = model.resource_name(resource), model.axis.span_text
    scale = family.scale

    def amount(ticks: int) -> str:
        """Integer units of the resource times ticks, as amounts times a time."""
        if model.axis.resolution_ns is None:
            return decimal_text(ticks * scale)
        one = f"{decimal_text(scale)} {family.unit}".strip()
        return span(ticks) if one == "1" else f"{span(ticks)} times {one}"

    within = "in the horizon" if width is None else f"within {span(width)}"
    has = f"{decimal_text(int(model.capacity[resource]) * scale)} {family.unit}".strip()
    until = span(wide) if width is None or wide == model.horizon else f"{span(wide)}, until the last of them is done"
    findings.error(
        "E360",
        f"{least} starts {within} need {amount(needed)} of `{name}` at least, but {has} for {until} are "
        f"{amount(int(model.capacity[resource]) * wide)}",
        Label(rate.at, f"{least} starts"), Label(family.origin.span, f"has {has}"),
    )
