"""Expressions over decisions to linear forms, by columns. Parts that hold no decision are evaluated as data."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from schedc.dsl import arithmetic as calc
from schedc.dsl import forms, tree
from schedc.dsl.absence import adopt
from schedc.dsl.arithmetic import bounded
from schedc.dsl.chosen import NAMED, attribute_form, cost_form, member_form, mode_form
from schedc.dsl.collected import aggregate, counts_members
from schedc.dsl.dues import GOALS, goal_form
from schedc.dsl.evaluate import DECISIONS, evaluate, only_argument, truth, unknown_function
from schedc.dsl.faults import Fault
from schedc.dsl.forms import Form
from schedc.dsl.members import in_rows, named, point_form, present_form
from schedc.dsl.names import DATA_FUNCTIONS, parts
from schedc.dsl.outcomes import on_form
from schedc.dsl.periodic import jitter_form
from schedc.dsl.space import Space
from schedc.dsl.truths import UNDECIDED, decided
from schedc.dsl.values import DURATION, FLAG, INSTANT, NUMBER, Type, Value, spread
from schedc.dsl.world import World
from schedc.models.columns import Ints
from schedc.models.expressions import Absolute, Indicator, Makespan, SetupTime, Truth
from schedc.models.source import Span

MEASURES = ("jitter", "level", "load", "peak", "idle", "freshness", "percentile", "product")


def decides(world: World, expr: object) -> bool:
    """Whether an expression speaks of what the solver decides."""
    return any(
        (isinstance(p, tree.Call) and (p.name in (*DECISIONS, *NAMED, *MEASURES) or counts_members(world, p)))
        or (isinstance(p, tree.Ref) and _decided_name(world, p))
        for p in parts(expr)
    )


def _decided_name(world: World, ref: tree.Ref) -> bool:
    declared = world.declared.get(ref.name)
    if declared is None:
        return ref.name in ("makespan", "setup_time", "idle", "cost", "penalties", *GOALS)
    return isinstance(declared, tree.Qos) or (isinstance(declared, tree.Task) and bool(ref.path))


def form_of(world: World, expr: tree.Expr, space: Space) -> Form:
    """The linear form of an expression, one row an instance; Fault for what is not linear."""
    if not decides(world, expr):
        return forms.data(calc.solid(evaluate(world, expr, space), expr.span), space.rows)
    match expr:
        case tree.Ref():
            if isinstance(world.declared.get(expr.name), tree.Qos):
                from schedc.dsl.services import service_form

                return service_form(world, expr, space)
            if expr.name in world.declared:
                return attribute_form(world, expr, space)
            if expr.name in GOALS:
                return goal_form(world, expr.name, space.rows, expr.span)
            if expr.name == "penalties":
                return _penalties(world, space, expr.span)
            if expr.name == "makespan":
                return _whole(world, space, Makespan())
            if expr.name == "idle":
                from schedc.dsl.idle import all_idle_form

                return all_idle_form(world, space.rows, expr.span)
            return _setup_time(world, expr, space) if expr.name == "setup_time" else cost_form(world, expr, space)
        case tree.Call():
            return _call(world, expr, space)
        case tree.Negative():
            return times(form_of(world, expr.operand, space), world.constant(NUMBER, -1, expr.span), expr.span)
        case tree.Arithmetic():
            return _arithmetic(world, expr, space)
        case tree.If():
            return _choice(world, expr, space)
        case _:
            from schedc.dsl.conditions import truth_of

            return counted(truth_of(world, expr, space), np.arange(space.rows, dtype=np.int64), space.rows)


def _whole(world: World, space: Space, measure: Makespan | SetupTime) -> Form:
    """A time that a schedule has as a whole, the same in every row."""
    rows = np.arange(space.rows, dtype=np.int64)
    return forms.node(world.time_type, space.rows, measure, np.zeros_like(rows), rows, np.asarray(1, dtype=np.int64))


def _penalties(world: World, space: Space, at: Span) -> Form:
    from schedc.dsl.soft import penalties_form

    return forms.repeated_rows(penalties_form(world, at), np.zeros(space.rows, dtype=np.int64))


def _setup_time(world: World, ref: tree.Ref, space: Space) -> Form:
    resources = (s for s in world.declared.values() if isinstance(s, tree.Resource))
    if not any(isinstance(c, tree.Clause) and c.keyword == "change" for s in resources for c in s.clauses):
        raise Fault("E299", "`setup_time` of nothing: no resource changes its state", ref.span,
                    fix="add `change …` to one")
    return _whole(world, space, SetupTime())


# arithmetic


def _arithmetic(world: World, expr: tree.Arithmetic, space: Space) -> Form:
    result = form_of(world, expr.first, space)
    for op, operand in expr.rest:
        at = expr.first.span.to(operand.span)
        if op in "+-":
            result = sum_of(result, form_of(world, operand, space), 1 if op == "+" else -1, at)
        elif op == "*":
            result = _product(world, expr, result, operand, space, at)
        else:
            result = _quotient(world, result, operand, space, at)
    return result


def sum_of(a: Form, b: Form, sign: int, at: Span) -> Form:
    """a + b, or a - b with sign -1, with the rules of dimensions."""
    kinds = [NUMBER if f.type == FLAG else f.type for f in (a, b)]
    with bounded(at):
        return forms.plus(a, b, sign, calc.sum_type(kinds[0], kinds[1], sign, at))


def times(form: Form, value: Value, at: Span) -> Form:
    """form * data."""
    kind = calc.product_type(quantity(form.type, at), quantity(value.type, at), 1)
    with bounded(at):
        result = forms.scaled(form, value.num, value.den)
    return replace(result, type=kind)


def _product(
    world: World, expr: tree.Arithmetic, left: Form, operand: tree.Expr, space: Space, at: Span
) -> Form:
    if not decides(world, operand):
        return times(left, calc.solid(evaluate(world, operand, space), operand.span), at)
    if left.known:
        value = calc.reduced(left.type, left.const, left.den)
        return times(form_of(world, operand, space), value, at)
    from schedc.dsl.wording import words

    raise Fault("E267", f"a product of two decisions: `{words(expr)}`", at)


def _quotient(world: World, left: Form, operand: tree.Expr, space: Space, at: Span) -> Form:
    if decides(world, operand):
        raise Fault("E267", "division by a decision", operand.span)
    value = calc.solid(evaluate(world, operand, space), operand.span)
    kind = calc.product_type(quantity(left.type, at), quantity(value.type, at), -1)
    one = world.constant(NUMBER, 1, at)
    inverse = calc.divide(one, Value(NUMBER, value.num, value.den), at, lambda row: world.where(space, row))
    result = times(left, inverse, at)
    return replace(result, type=kind)


def quantity(kind: Type, at: Span) -> Type:
    """Instants as durations from the origin, truth values as numbers."""
    if kind == INSTANT:
        return DURATION
    if kind == FLAG:
        return NUMBER
    if kind.kind != "quantity":
        raise Fault("E250", f"{kind} is not a number", at)
    return kind


def _choice(world: World, expr: tree.If, space: Space) -> Form:
    if decides(world, expr.condition):
        raise Fault("E268", "the condition of an `if` that gives a number must be data", expr.condition.span,
                    fix="multiply by the condition: it is 1 or 0")
    pick = spread(truth(world, expr.condition, space), space.rows)
    yes, no = np.flatnonzero(pick), np.flatnonzero(~pick)
    if not len(no):
        return form_of(world, expr.then, space)
    if not len(yes):
        return form_of(world, expr.otherwise, space)
    a, b = form_of(world, expr.then, space.take(yes)), form_of(world, expr.otherwise, space.take(no))
    kind = calc.alike(a.type, b.type, "choose between", expr.span)
    with bounded(expr.span):
        return forms.plus(forms.placed(a, yes, space.rows), forms.placed(b, no, space.rows), 1, kind)


# calls


def _call(world: World, call: tree.Call, space: Space) -> Form:
    name = call.name
    if name == "on":
        return on_form(world, call, space)
    if call.path:
        raise Fault("E257", f"`{name}(…)` has no columns", call.span)
    if name in ("load", "peak"):
        from schedc.dsl.loads import load_form, peak_form

        return load_form(world, call, space) if name == "load" else peak_form(world, call, space)
    if name == "idle":
        from schedc.dsl.idle import idle_form

        return idle_form(world, call, space)
    if name == "level":
        from schedc.dsl.levels import level_form

        return level_form(world, call, space)
    if name == "chosen":
        return member_form(world, call, space)
    if name == "present" and call.args and isinstance(call.args[0], tree.Ref) and call.args[0].path:
        return mode_form(world, call, space)
    if name in DECISIONS or name == "present":
        return _point(world, call, space)
    if name in ("count", "any", "all"):
        from schedc.dsl.conditions import count_form

        return count_form(world, call, space)
    if name in ("percentile", "product", "freshness"):
        from schedc.dsl.ranked import ranked_form

        return ranked_form(world, call, space)
    if name == "jitter":
        return jitter_form(world, call, space)
    if name == "abs":
        return absolute_form(form_of(world, only_argument(call), space), call.span)
    if name in DATA_FUNCTIONS:
        raise Fault("E267", f"`{name}` of a decision is not linear", call.span)
    if name not in ("sum", "min", "max"):
        raise unknown_function(call)
    return aggregate(world, call, space)


def _point(world: World, call: tree.Call, space: Space) -> Form:
    """`start(x)`, `end(x)`, `length(x)`, `present(x)` of one task or job."""
    ref = only_argument(call)
    if not isinstance(ref, tree.Ref):
        raise Fault("E264", f"`{call.name}` needs a task", ref.span)
    if any(isinstance(i, tree.Star) for i in ref.index or ()):
        fix = "write `count(a[*])`" if call.name == "present" else f"write `max({call.name}(…))`, or `min` or `sum`"
        raise Fault("E258", "one task is needed here, not all", ref.span, fix=fix)
    members = named(world, ref, space)
    if call.name == "present":
        return in_rows(present_form(world, members), members, space.rows)
    form, scope = point_form(world, call.name, members)
    adopt(space, scope, members.parent)
    return in_rows(form, members, space.rows)


def absolute_form(inner: Form, at: Span) -> Form:
    """|form|, row by row."""
    with bounded(at):
        inner = forms.levelled(inner)
        rows = np.arange(inner.rows, dtype=np.int64)
        return forms.node(quantity(inner.type, at), inner.rows, Absolute(forms.linear(inner)), rows, rows, inner.den)


def counted(held: Truth, parent: Ints, rows: int) -> Form:
    """How many rows of each group hold; what data decides is counted at once."""
    state = decided(held)
    const = np.bincount(parent[state == 1], minlength=rows).astype(np.int64)
    open_rows = np.flatnonzero(state == UNDECIDED)
    one = np.asarray(1, dtype=np.int64)
    if not len(open_rows):
        return forms.data(Value(NUMBER, const), rows)
    result = forms.node(NUMBER, rows, Indicator(held), open_rows, parent[open_rows], one)
    return replace(result, const=const)
