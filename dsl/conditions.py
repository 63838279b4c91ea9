"""`require`: conditions over decisions to truth nodes, by columns.

What data alone decides is decided here: true rows are dropped, false ones are an error that names the member.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

import numpy as np

from schedc.dsl import arithmetic as calc
from schedc.dsl import forms, tree
from schedc.dsl.absence import counted_where, satisfied, scoped
from schedc.dsl.arithmetic import bounded
from schedc.dsl.chosen import scaled_flags
from schedc.dsl.clauses import is_loose, label_of, origin_of, tail_space
from schedc.dsl.collected import counts_members, present_count
from schedc.dsl.evaluate import no_condition, only_argument, truth
from schedc.dsl.families import expand, named_set
from schedc.dsl.faults import Fault
from schedc.dsl.forms import Form
from schedc.dsl.lowering import absolute_form, counted, decides, form_of, quantity
from schedc.dsl.outcomes import compared_choices, contained_choice
from schedc.dsl.rates import note_rate
from schedc.dsl.services import compared_ratio, note_contract
from schedc.dsl.shares import share_of
from schedc.dsl.sliding import count_between, count_in_window, in_windows, windowed, windows_of
from schedc.dsl.soft import Broken, beyond, concluded
from schedc.dsl.space import Scope, Space
from schedc.dsl.truths import Lowering, decided, gathered, joined, known, opposite, rows_of, split
from schedc.dsl.values import FLAG, NUMBER, spread
from schedc.dsl.world import World
from schedc.models.columns import Names
from schedc.models.expressions import Compare, Operator, Truth
from schedc.models.source import Span
from schedc.models.statements import Require


def require(world: World, statement: tree.Require) -> list[Require]:
    """The node of a `require`; none where data alone makes it true. Fault E228 where data alone makes it false."""
    if is_loose(statement.tail):
        return loose_require(world, statement)
    space, names = tail_space(world, statement.tail), None
    label = label_of(world, statement.tail.labels)
    note_rate(world, statement, space)
    if statement.every is not None:
        condition, space, names = windowed(world, statement, space)
    else:
        note_contract(world, statement, space, origin_of(statement.span, "require", label), None)
        space, scope = scoped(world, space)
        condition = satisfied(scope, truth_of(world, statement.condition, space))
    state = decided(condition)
    false = np.flatnonzero(state == 0)
    if len(false):
        more = f" (and {len(false) - 1} more)" if len(false) > 1 else ""
        raise Fault("E228", f"the condition is false whatever the schedule{world.where(space, int(false[0]))}{more}",
                    statement.condition.span)
    rest = np.flatnonzero(state != 1)
    if not len(rest):
        return []
    if len(rest) < space.rows:
        condition = rows_of(condition, rest)
    found: Sequence[str] = ()
    if names is not None or space.columns:
        say = (lambda row: world.binding(space, row)) if names is None else names.__getitem__
        found = Names(len(rest), lambda row: say(int(rest[row])))
    return [Require(origin_of(statement.span, "require", label), condition, found)]


def loose_require(world: World, statement: tree.Require) -> list[Require]:
    """A `require` with a share or a penalty: one instance a combination of its `for`, or a window of one."""
    space, percent = tail_space(world, statement.tail), share_of(world, statement.tail)
    origin = origin_of(statement.span, "require", label_of(world, statement.tail.labels))
    if statement.every is not None:
        space = windows_of(world, statement, space)
    note_contract(world, statement, space, origin, percent)
    inner, scope = scoped(world, space)
    world.sliding = statement.every is not None
    try:
        broken = _broken(world, statement.condition, inner, scope)
    finally:
        world.sliding = False
    return concluded(world, statement.tail, origin, "require", broken, space, percent)


def _broken(world: World, expr: tree.Expr, space: Space, scope: Scope) -> Broken:
    """By how much a condition is broken: a comparison by the difference, anything else by 1."""
    held = truth_of(world, expr, space)
    if isinstance(expr, tree.Comparison) and isinstance(held, Compare) and _measured(world, expr, space):
        a, b = form_of(world, expr.left, space), form_of(world, expr.right, space)
        with bounded(expr.span):
            off = difference(a, b, expr) if expr.op != ">=" else difference(b, a, expr)
            return Broken(absolute_form(off, expr.span) if expr.op == "==" else beyond(off), scope, True, held)
    return Broken(counted(opposite(held), np.arange(space.rows, dtype=np.int64), space.rows), scope, False, held)


def _measured(world: World, expr: tree.Comparison, space: Space) -> bool:
    """Whether a violation of a comparison has a size."""
    if expr.op not in ("<=", ">=", "=="):
        return False
    return compared_choices(world, expr, Space(space.rows, space.columns, space.spans)) is None


def difference(a: Form, b: Form, expr: tree.Comparison) -> Form:
    """a - b as a number, a duration or an amount."""
    kind = calc.alike(a.type, b.type, "compare", expr.span)
    return replace(forms.plus(a, b, -1, NUMBER), type=quantity(kind, expr.span))


def truth_of(world: World, expr: tree.Expr, space: Space) -> Truth:
    """The truth node of a condition, one row an instance."""
    if not decides(world, expr):
        return known(truth(world, expr, space), space.rows)
    match expr:
        case tree.Comparison():
            return _comparison(world, expr, space)
        case tree.In():
            return _contained(world, expr, space)
        case tree.Logic():
            return joined(expr.op, space, [_lowering(world, o) for o in expr.operands])
        case tree.Negation():
            return opposite(truth_of(world, expr.operand, space))
        case tree.Implies():
            left, right = _lowering(world, expr.left), _lowering(world, expr.right)
            return joined("or", space, [lambda s: opposite(left(s)), right])
        case tree.If():
            return _choice(world, expr, space)
        case tree.Call() if expr.name in ("any", "all"):
            return _quantified(world, expr, space)
        case _:
            form = form_of(world, expr, space)
            if form.type == FLAG:
                return Compare(Operator.GE, scaled_flags(form))
            raise no_condition(form.type, expr.span)


def _lowering(world: World, expr: tree.Expr) -> Lowering:
    return lambda space: truth_of(world, expr, space)


# comparisons


def _comparison(world: World, expr: tree.Comparison, space: Space) -> Truth:
    chosen = compared_choices(world, expr, space)
    if chosen is not None:
        return chosen
    ratio = compared_ratio(world, expr, space)
    if ratio is not None:
        return ratio
    return compared(expr.op, form_of(world, expr.left, space), form_of(world, expr.right, space), expr.span)


def compared(op: str, a: Form, b: Form, at: Span) -> Compare:
    """a op b, as a linear expression beside zero, divided by what its numbers share."""
    kind = calc.alike(a.type, b.type, "compare", at)
    if kind.kind not in ("quantity", "instant", "flag"):
        raise Fault("E250", f"cannot compare {a.type} and {b.type}", at)
    with bounded(at):
        return Compare(Operator(op), forms.primitive(forms.linear(forms.plus(a, b, -1, NUMBER))))


def _contained(world: World, expr: tree.In, space: Space) -> Truth:
    """Membership as a junction of equations."""
    chosen = contained_choice(world, expr, space)
    if chosen is not None:
        return chosen
    left = form_of(world, expr.left, space)
    if expr.braces:
        rights = [form_of(world, item, space) for item in expr.items]
        n, k = space.rows, len(rights)
        row = np.repeat(np.arange(n, dtype=np.int64), k)
        equal = compared("==", forms.stacked([left] * k, left.type), forms.stacked(rights, rights[0].type), expr.span)
        order = np.tile(np.arange(k, dtype=np.int64), n) * n + row
        return gathered("or", n, row, rows_of(equal, order))
    elements = named_set(world, expr.items[0])
    row = np.repeat(np.arange(space.rows, dtype=np.int64), len(elements.num))
    among = forms.data(elements.take(np.tile(np.arange(len(elements.num), dtype=np.int64), space.rows)), len(row))
    return gathered("or", space.rows, row, compared("==", forms.repeated_rows(left, row), among, expr.span))


# logic


def _choice(world: World, expr: tree.If, space: Space) -> Truth:
    then, otherwise = _lowering(world, expr.then), _lowering(world, expr.otherwise)
    if decides(world, expr.condition):
        condition = _lowering(world, expr.condition)
        return joined("and", space, [
            lambda s: joined("or", s, [lambda t: opposite(condition(t)), then]),
            lambda s: joined("or", s, [condition, otherwise]),
        ])
    pick = spread(truth(world, expr.condition, space), space.rows)
    yes, no = np.flatnonzero(pick), np.flatnonzero(~pick)
    if not len(no):
        return then(space)
    if not len(yes):
        return otherwise(space)
    return split(space.rows, yes, then(space.take(yes)), no, otherwise(space.take(no)))


def _quantified(world: World, call: tree.Call, space: Space) -> Truth:
    op: Literal["and", "or"] = "and" if call.name == "all" else "or"
    if call.each is None:
        return joined(op, space, [_term(world, a, op) for a in call.args])
    inner = expand(world, space, call.each)
    return gathered(op, space.rows, inner.parent, _term(world, only_argument(call), op)(inner.space))


def _term(world: World, expr: tree.Expr, op: Literal["and", "or"]) -> Lowering:
    """A condition in an aggregate: skipped in the rows in which it names an absent task."""
    def lower(space: Space) -> Truth:
        space, scope = scoped(world, space)
        held = truth_of(world, expr, space)
        return satisfied(scope, held) if op == "and" else counted_where(scope, held)

    return lower


def count_form(world: World, call: tree.Call, space: Space) -> Form:
    """`count(C for …)`, and `any` and `all` as 1 or 0."""
    if call.name != "count":
        return counted(_quantified(world, call, space), np.arange(space.rows, dtype=np.int64), space.rows)
    if counts_members(world, call):
        if len(call.args) == 3:
            return count_between(world, call, space)
        if in_windows(space):
            return count_in_window(world, call, space)
        item = only_argument(call)
        assert isinstance(item, tree.Ref)
        return present_count(world, item, space)
    if call.each is None:
        raise Fault("E264", "`count` of a condition needs a `for`", call.span, fix="write `count(C for x in S)`")
    inner = expand(world, space, call.each)
    return counted(_term(world, only_argument(call), "or")(inner.space), inner.parent, space.rows)

