"""`minimize` and `maximize`: goals to stages, in the integers that solvers take and with the scale that people see."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from math import gcd

import numpy as np

from schedc.dsl import forms, tree
from schedc.dsl.arithmetic import as_quantity, bounded, solid
from schedc.dsl.clauses import origin_of
from schedc.dsl.evaluate import evaluate
from schedc.dsl.faults import Fault
from schedc.dsl.forms import Form
from schedc.dsl.lowering import decides, form_of, quantity
from schedc.dsl.names import references
from schedc.dsl.resources import shown_unit
from schedc.dsl.space import PLAIN
from schedc.dsl.units import TIME, UNITS
from schedc.dsl.values import NUMBER
from schedc.dsl.wording import words
from schedc.dsl.world import World
from schedc.models.expressions import IntExpr, Linear
from schedc.models.statements import Stage


def objective(world: World, statement: tree.Objective | tree.Pareto | None) -> tuple[Stage, ...]:
    """One stage a goal; `penalties` come first where something is soft and no goal names them."""
    goals = () if statement is None else statement.goals
    if world.soft and "penalties" not in references(goals):
        at = world.soft[0].node.origin.span
        goals = (tree.Goal("minimize", tree.Ref("penalties", None, (), at), at), *goals)
    return tuple(_stage(world, goal) for goal in goals)


def _stage(world: World, goal: tree.Goal) -> Stage:
    form = form_of(world, goal.value, PLAIN)
    with bounded(goal.span):
        form = forms.levelled(form)
        value, shared = _integers(form)
    if form.known:
        world.findings.warning("W406", "the goal is the same for every schedule", goal.span)
    scale, unit = _shown(world, form, Fraction(shared, int(form.den)))
    name = words(goal.value)
    if name == "makespan":
        unit = "duration"
    slack, percent = _slack(world, goal.slack, form, Fraction(shared, int(form.den)))
    return Stage(origin_of(goal.span, goal.direction, None), name, goal.direction, value, scale, unit, slack, percent)


def _slack(world: World, slack: tree.Slack | None, form: Form, step: Fraction) -> tuple[int, Fraction]:
    """How much worse than its best later goals may make one: integer units of `step`, and percent."""
    if slack is None:
        return 0, Fraction(0)
    if decides(world, slack.value):
        raise Fault("E263", "a tolerance is data, and cannot depend on decisions", slack.value.span)
    value = as_quantity(solid(evaluate(world, slack.value, PLAIN), slack.value.span))
    wanted = NUMBER if slack.percent else quantity(form.type, slack.span)
    if value.type != wanted:
        what = "a number of percent" if slack.percent else f"counted as {wanted}, as the goal is"
        raise Fault("E361", f"a tolerance is {what}, not {value.type}", slack.value.span)
    if value.at(0) < 0:
        raise Fault("E361", "a tolerance below 0", slack.value.span)
    return (0, value.at(0)) if slack.percent else (int(value.at(0) / step), Fraction(0))


def _integers(form: Form) -> tuple[IntExpr, int]:
    """The goal divided by what its numbers share, and that; a goal that is one other node is that node."""
    node = forms.linear(form)
    columns = (node.coef, *(p.coef for p in node.parts))
    shared = gcd(int(node.const[0]), *(int(np.gcd.reduce(c, initial=0)) for c in columns)) or 1
    parts = tuple(replace(p, coef=p.coef // shared) for p in node.parts)
    node = Linear(node.const // shared, node.row, node.point, node.task, node.coef // shared, parts)
    only = node.parts[0] if len(node.parts) == 1 and not len(node.row) and node.const[0] == 0 else None
    if only is not None and len(only.row) == 1 and only.coef[0] == 1 and only.child.rows == 1:
        return only.child, shared
    return node, shared


def _shown(world: World, form: Form, scale: Fraction) -> tuple[Fraction, str]:
    """The scale in the unit that people see: ticks for durations, the author's unit for amounts."""
    if form.type.kind == "instant" or form.type.dims == TIME:
        return scale, "duration"
    unit = shown_unit(form.type) if form.type.kind == "quantity" else ""
    return (scale / world.base_size(UNITS[unit].size, form.type.dims), unit) if unit else (scale, "")


