"""Expressions over data, by columns: one call gives the values of an expression in every row of a space.

`if`, `and`, `or` and `implies` evaluate their later parts only in the rows that need them, so that
`i > 1 and x[i - 1] > 2` never looks up a member that does not exist.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import Literal

import numpy as np

from schedc.dsl import arithmetic as calc
from schedc.dsl import tree
from schedc.dsl.arithmetic import solid
from schedc.dsl.families import named_set, unknown_name
from schedc.dsl.faults import Fault, Spoiled, did_you_mean, later, nearest
from schedc.dsl.literals import instant_value, quantity_value
from schedc.dsl.lookup import Item, find_member, find_row
from schedc.dsl.names import DATA_FUNCTIONS, KNOWN, LATER_FUNCTIONS, kind_of
from schedc.dsl.space import Index, Space
from schedc.dsl.values import FLAG, NONE, NUMBER, TEXT, UNLIMITED_TYPE, Source, Type, Value, flags, spread
from schedc.dsl.world import Column, Elements, Given, World
from schedc.models.columns import Flags
from schedc.models.diagnostics import Label
from schedc.models.source import Span

DECIDED_NAMES = (
    "makespan", "setup_time", "idle", "cost", "penalties", "tardiness", "earliness", "lateness", "flow_time",
)
DECISIONS = ("start", "end", "length")


def evaluate(world: World, expr: tree.Expr, space: Space) -> Value:
    """The value of an expression in each row of a space; Fault where it has none."""
    match expr:
        case tree.Number():
            return world.constant(NUMBER, expr.value, expr.span)
        case tree.Quantity():
            return quantity_value(world, expr)
        case tree.Instant():
            return instant_value(world, expr)
        case tree.Clock():
            raise Fault("E250", f"`{expr.text}` is a time of day, which only calendars and `within` take", expr.span)
        case tree.Text():
            return Value(TEXT, np.asarray(world.texts.code(expr.value), dtype=np.int64))
        case tree.Flag():
            return flags(expr.value)
        case tree.Ref():
            return _reference(world, expr, space)
        case tree.Call():
            return _call(world, expr, space)
        case tree.Negative():
            return calc.negated(evaluate(world, expr.operand, space), expr.span)
        case tree.Arithmetic():
            return _arithmetic(world, expr, space)
        case tree.Comparison():
            return _comparison(world, expr, space)
        case tree.If():
            return _choice(world, expr, space)
        case _:
            return flags(truth(world, expr, space))


def _arithmetic(world: World, expr: tree.Arithmetic, space: Space) -> Value:
    value = evaluate(world, expr.first, space)
    for op, operand in expr.rest:
        other = evaluate(world, operand, space)
        at = expr.first.span.to(operand.span)
        if op in "+-":
            value = calc.add(value, other, 1 if op == "+" else -1, at)
        elif op == "*":
            value = calc.multiply(value, other, at)
        else:
            value = calc.divide(value, other, at, lambda row: world.where(space, row))
    return value


def _choice(world: World, expr: tree.If, space: Space) -> Value:
    pick = truth(world, expr.condition, space)
    if pick.ndim == 0:
        return evaluate(world, expr.then if pick else expr.otherwise, space)
    yes, no = np.flatnonzero(pick), np.flatnonzero(~pick)
    if not len(no):
        return evaluate(world, expr.then, space)
    if not len(yes):
        return evaluate(world, expr.otherwise, space)
    back = np.empty(space.rows, dtype=np.int64)
    back[yes], back[no] = np.arange(len(yes)), np.arange(len(no))
    a = evaluate(world, expr.then, space.take(yes)).take(np.where(pick, back, 0))
    b = evaluate(world, expr.otherwise, space.take(no)).take(np.where(pick, 0, back))
    return calc.chosen(pick, a, b, expr.span)


# truth


def truth(world: World, expr: tree.Expr, space: Space) -> Flags:
    """Whether an expression holds in each row: shape () or (rows,)."""
    match expr:
        case tree.Logic():
            return _junction(world, expr.operands, expr.op, space)
        case tree.Negation():
            return np.asarray(~truth(world, expr.operand, space))
        case tree.Implies():
            return _implied(world, expr, space)
        case tree.In():
            return _contained(world, expr, space)
        case _:
            value = solid(evaluate(world, expr, space), expr.span)
            if value.type != FLAG:
                raise no_condition(value.type, expr.span)
            return np.asarray(value.num != 0)


def no_condition(kind: Type, at: Span) -> Fault:
    """The error for a value where a condition must stand."""
    fix = "compare it with something, as in `x > 0`" if kind.kind in ("quantity", "instant") else None
    return Fault("E261", f"a condition is needed here, not {kind}", at, fix=fix)


def _junction(world: World, operands: tuple[tree.Expr, ...], op: Literal["and", "or"], space: Space) -> Flags:
    known = truth(world, operands[0], space)
    for operand in operands[1:]:
        undecided = known if op == "and" else ~known
        known = _in_rows(world, operand, space, np.asarray(undecided), known)
    return known


def _in_rows(world: World, expr: tree.Expr, space: Space, rows: Flags, otherwise: Flags) -> Flags:
    """The truth of an expression in some rows; in the others what `otherwise` says."""
    if bool(np.all(rows)):
        return truth(world, expr, space)
    if not bool(np.any(rows)):
        return otherwise
    index = np.flatnonzero(rows)
    result = np.array(spread(otherwise, space.rows))
    result[index] = truth(world, expr, space.take(index))
    return result


def _implied(world: World, expr: tree.Implies, space: Space) -> Flags:
    left = truth(world, expr.left, space)
    return _in_rows(world, expr.right, space, left, np.asarray(~left))


def _comparison(world: World, expr: tree.Comparison, space: Space) -> Value:
    a, b = evaluate(world, expr.left, space), evaluate(world, expr.right, space)
    if NONE in (a.type, b.type):
        return _emptiness(expr, a if b.type == NONE else b)
    a, b = member_like(world, a, b, expr.span), member_like(world, b, a, expr.span)
    return calc.compare(expr.op, a, b, expr.span, world.texts.ranks)


def _emptiness(expr: tree.Comparison, value: Value) -> Value:
    if expr.op not in ("==", "!="):
        raise Fault("E250", "`none` has no order", expr.span)
    empty = value.empty if value.empty is not None else np.asarray(value.type == NONE)
    return flags(empty if expr.op == "==" else np.asarray(~empty))


def member_like(world: World, value: Value, other: Value, at: Span) -> Value:
    """A key beside a row of a table, as that row: `r.machine == "m1"`."""
    if other.type.kind != "member" or value.type.kind not in ("text", "quantity"):
        return value
    table = world.tables[other.type.table]
    if len(table.key) != 1 or table.columns[table.key[0]].type != value.type or table.index is None:
        return value
    value = solid(value, at)
    return Value(other.type, table.index.find((value.num,)))


def _contained(world: World, expr: tree.In, space: Space) -> Flags:
    left = evaluate(world, expr.left, space)
    if not expr.braces:
        found = member_like(world, left, named_set(world, expr.items[0]), expr.span)
        return _isin(solid(found, expr.span), named_set(world, expr.items[0]), expr.span)
    held = np.zeros((), dtype=np.bool_)
    for item in expr.items:
        other = evaluate(world, item, space)
        same = calc.compare("==", member_like(world, left, other, expr.span),
                            member_like(world, other, left, expr.span), item.span, world.texts.ranks)
        held = held | (same.num != 0)
    return held


def _isin(value: Value, among: Value, at: Span) -> Flags:
    calc.alike(value.type, among.type, "look for", at)
    if value.whole and among.whole:
        return Index((among.num,), len(among.num)).find((value.num,)) >= 0
    n = len(among.num)
    index = Index((among.num, spread(among.den, n)), n)
    return index.find((value.num, value.den)) >= 0


# names


def given(world: World, ref: tree.Ref) -> Given | None:
    """What a `let` or a `param` stands for; None for another name; Spoiled if its own statement is wrong."""
    found = world.values.get(ref.name)
    if found is not None:
        world.used.add(ref.name)
    elif isinstance(world.declared.get(ref.name), (tree.Param, tree.Let, tree.Table)) and ref.name not in world.tables:
        raise Spoiled
    return found


def items_of(world: World, index: tuple[tree.Expr | tree.Star, ...] | None, space: Space) -> list[Item] | None:
    """The evaluated indices of a reference."""
    if index is None:
        return None
    return [
        Item(None if isinstance(i, tree.Star) else evaluate(world, i, space), i.span) for i in index
    ]


def _reference(world: World, ref: tree.Ref, space: Space) -> Value:
    if ref.name in space.columns:
        if ref.index is not None:
            raise Fault("E257", f"`{ref.name}` is a single value and has no index", ref.span)
        return _walk(world, space.columns[ref.name], ref.path, ref.name)
    if ref.path and isinstance(world.declared.get(ref.name), tree.Resource):
        return _walk(world, _attribute(world, ref, space), ref.path[1:], ref.name)
    return _walk(world, _named(world, ref, space), ref.path, ref.name)


def _named(world: World, ref: tree.Ref, space: Space) -> Value:
    found = given(world, ref)
    table = world.tables.get(ref.name)
    items = items_of(world, ref.index, space)
    if table is not None:
        world.used.add(ref.name)
        if items is None:
            raise Fault("E262", f"`{ref.name}` is a table: which row is meant", ref.span)
        return Value(Type("member", table=table.name), find_row(world, table, items, space, ref.span))
    if isinstance(found, Column):
        return found.value.take(find_member(world, found.rows, items, space, ref.span))
    if found is None:
        return _unvalued(world, ref, space)
    if items is not None:
        raise Fault("E257", f"`{ref.name}` is a single value and has no index", ref.span)
    if isinstance(found, Elements):
        raise Fault("E262", f"`{ref.name}` is a set: one value is needed here", ref.span)
    return found


def _attribute(world: World, ref: tree.Ref, space: Space) -> Value:
    """`r.name`, `r[m].name`: what the resource's `with` says."""
    world.used.add(ref.name)
    rows, step = world.families.get(ref.name), ref.path[0]
    if rows is None:
        raise Spoiled
    attributes = world.attributes.get(ref.name, {})
    if step.word not in attributes or step.index is not None:
        raise Fault("E155", f"`{ref.name}` has no attribute `{step.word}`", step.span, Label(rows.at, "declared here"),
                    fix=did_you_mean(step.word, attributes) or f"add `with {step.word} = …` to it")
    member = find_member(world, rows, items_of(world, ref.index, space), space, ref.span)
    return attributes[step.word].value.take(member)


def _unvalued(world: World, ref: tree.Ref, space: Space) -> Value:
    declared = world.declared.get(ref.name)
    if isinstance(declared, tree.Task) and ref.path:
        raise Fault("E263", f"`{ref.name}.{ref.path[0].word}` may depend on choices, but data is needed here", ref.span)
    if declared is not None:
        fix = f"write `start({ref.name})` or `end({ref.name})`" if isinstance(declared, tree.Task) else None
        raise Fault("E262", f"`{ref.name}` is a {kind_of(declared)}, not a value", ref.span,
                    Label(declared.name.span, "declared here"), fix=fix)
    if ref.name == "none":
        return Value(NONE, np.asarray(0, dtype=np.int64), empty=np.asarray(True))
    if ref.name == "unlimited":
        return Value(UNLIMITED_TYPE, np.asarray(0, dtype=np.int64))
    if ref.name in DECIDED_NAMES:
        raise Fault("E263", f"`{ref.name}` is decided by the solver, but data is needed here", ref.span)
    if ref.name in world.refused:
        raise Spoiled
    raise unknown_name(world, ref, space, KNOWN)


def _walk(world: World, value: Value, path: tuple[tree.Step, ...], name: str) -> Value:
    """Follow `.column` steps from rows of a table."""
    for step in path:
        if value.type.kind != "member":
            raise Fault("E257", f"`{name}` is {value.type} and has no columns", step.span)
        if step.index is not None:
            raise Fault("E257", f"`.{step.word}` has no index", step.span)
        value, name = column(world, solid(value, step.span), step), step.word
    return value


def column(world: World, rows: Value, step: tree.Step) -> Value:
    """A column of rows of a table. Fault E155 for a column that the table does not have."""
    table = world.tables[rows.type.table]
    found = table.columns.get(step.word)
    if found is None:
        raise Fault("E155", f"table `{table.name}` has no column `{step.word}`", step.span,
                    Label(table.at, "declared here"), fix=did_you_mean(step.word, table.columns),
                    note=columns_of(table.columns))
    return cells(table.name, step.word, found, rows)


def columns_of(names: Iterable[str]) -> str:
    """A note on what columns there are."""
    return "its columns: " + ", ".join(islice(names, 20))


def cells(table: str, word: str, column: Value, rows: Value) -> Value:
    """A column's cells at some rows of its table; where cells may be empty they remember where they stand."""
    found = column.take(rows.num)
    if not column.hollow:
        return found
    return Value(found.type, found.num, found.den, found.empty, Source(table, word, rows.num))


# calls


def _call(world: World, call: tree.Call, space: Space) -> Value:
    from schedc.dsl import aggregates

    name = call.name
    if name in ("on", "present", "chosen", "jitter", "percentile", "product", "freshness"):
        raise Fault("E263", f"`{name}` is decided by the solver, but data is needed here", call.span,
                    fix="say what must hold between decisions with `require`")
    if call.path:
        raise Fault("E257", f"`{name}(…)` has no columns", call.span)
    if call.each is not None or name in ("count", "any", "all", "sum"):
        return aggregates.aggregate(world, call, space)
    if name in ("min", "max"):
        return _extreme(world, call, space)
    if name == "abs":
        return calc.absolute(evaluate(world, only_argument(call), space), call.span)
    if name in DATA_FUNCTIONS:
        from schedc.dsl.functions import call_function

        return call_function(world, call, space)
    if name in (*DECISIONS, "level", "load", "peak", "idle"):
        raise Fault("E263", f"`{name}` is decided by the solver, but data is needed here", call.span,
                    fix="say what must hold between decisions with `require`")
    raise unknown_function(call)


def only_argument(call: tree.Call) -> tree.Expr:
    """The argument of a function of one; Fault E264."""
    if len(call.args) != 1:
        raise Fault("E264", f"`{call.name}` takes one value, not {len(call.args)}", call.span)
    return call.args[0]


def unknown_function(call: tree.Call) -> Fault:
    """The error for a function that does not exist, or not yet."""
    from schedc.dsl.names import FUNCTIONS

    if call.name in LATER_FUNCTIONS:
        return later(f"`{call.name}(…)`", call.span)
    meant = nearest(call.name, FUNCTIONS, 0.75)     # short names resemble each other by chance
    fix = None if meant is None else f"did you mean `{meant}`"
    note = f"the functions are {', '.join(FUNCTIONS)}"
    return Fault("E154", f"there is no function `{call.name}`", call.span, fix=fix, note=note)


def _extreme(world: World, call: tree.Call, space: Space) -> Value:
    if not call.args:
        raise Fault("E264", f"`{call.name}` needs values", call.span)
    op: Literal["min", "max"] = "min" if call.name == "min" else "max"
    value = evaluate(world, call.args[0], space)
    for argument in call.args[1:]:
        value = calc.extreme(op, value, evaluate(world, argument, space), argument.span)
    return solid(value, call.span)

