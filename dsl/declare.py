"""Values of params, lets and tables, in an order in which each has what it needs."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import numpy as np

from schedc.dsl import tree
from schedc.dsl.evaluate import evaluate
from schedc.dsl.families import elements, members, named_set
from schedc.dsl.faults import Fault, Spoiled, did_you_mean, later, recorded
from schedc.dsl.literals import instant_value
from schedc.dsl.space import PLAIN
from schedc.dsl.tables import read_table
from schedc.dsl.values import DURATION, NUMBER, TEXT, UNLIMITED_TYPE, Type, Value, flags
from schedc.dsl.world import Column, Elements, Given, World
from schedc.models.columns import distinct
from schedc.models.source import Span


def evaluate_all(world: World, order: Iterable[str]) -> None:
    """Give every param, let and table its value; what fails is reported, and spoils what needs it."""
    for name in order:
        statement = world.declared[name]
        with recorded(world.findings):
            if isinstance(statement, tree.Table):
                world.tables[name] = read_table(world, statement)
            elif isinstance(statement, tree.Param):
                world.values[name] = param_value(world, statement)
            elif isinstance(statement, tree.Let):
                world.values[name] = _let(world, statement)


def _let(world: World, let: tree.Let) -> Given:
    if let.family is None:
        return set_or_value(world, let.value)
    if not isinstance(let.value, tree.Range) or let.value.hi is not None:
        raise Fault("E260", "a family of sets is not possible: one value a member is needed", let.value.span)
    rows = members(world, let.name.text, let.family, let.name.span)
    return Column(rows, evaluate(world, let.value.lo, rows.space))


def set_or_value(world: World, value: tree.SetExpr) -> Given:
    """What a `let` or `param` without a family stands for."""
    if not isinstance(value, tree.Range) or value.hi is not None:
        return Elements(elements(world, value, PLAIN)[1])
    if isinstance(value.lo, tree.Ref) and value.lo.index is None and not value.lo.path:
        name = value.lo.name
        if name in world.tables or isinstance(world.values.get(name), Elements):
            return Elements(named_set(world, value.lo))
    return evaluate(world, value.lo, PLAIN).alone()


# params


def param_value(world: World, param: tree.Param) -> Given:
    """A param's value: the one given from outside, else the one written."""
    if param.private:
        raise later("`private`", param.span)
    name = param.name.text
    if name not in world.params:
        return set_or_value(world, param.value)
    return _outside(world, param, world.params[name])


def _outside(world: World, param: tree.Param, value: object) -> Given:
    at = param.name.span
    if isinstance(value, str):
        return _parsed(world, param, value)
    if isinstance(value, (list, tuple, set, frozenset, range)):
        return Elements(_listed(world, param.name.text, list(value), at))
    return outside_value(world, param.name.text, value, at)


def outside_value(world: World, name: str, value: object, at: Span) -> Value:
    """A Python value as a value of the language; Fault E157 for a type that has none."""
    if isinstance(value, (bool, np.bool_)):
        return flags(bool(value))
    if isinstance(value, (int, np.integer)):
        return world.constant(NUMBER, int(value), at)
    if isinstance(value, (Fraction, Decimal, float)):
        return _fraction(world, name, value, at)
    if isinstance(value, timedelta):
        return _duration(world, name, value, at)
    if isinstance(value, (datetime, date)):
        return instant_value(world, tree.Instant(_instant_text(value), at))
    if isinstance(value, str):
        return Value(TEXT, np.asarray(world.texts.code(value), dtype=np.int64))
    raise Fault("E157", f"param `{name}` was given a value of type {type(value).__name__}", at)


def _fraction(world: World, name: str, value: Fraction | Decimal | float, at: Span) -> Value:
    try:
        return world.constant(NUMBER, Fraction(str(value)) if isinstance(value, float) else Fraction(value), at)
    except (ValueError, OverflowError):
        raise Fault("E157", f"param `{name}` was given {value}, which is no number", at) from None


def _duration(world: World, name: str, value: timedelta, at: Span) -> Value:
    if world.tick_ns is None:
        raise Fault("E157", f"param `{name}` was given a duration, but the model counts plain ticks", at)
    microseconds = (value.days * 86_400 + value.seconds) * 10**6 + value.microseconds
    return world.constant(DURATION, Fraction(microseconds * 1000, world.tick_ns), at)


def _instant_text(value: datetime | date) -> str:
    if not isinstance(value, datetime):
        return value.isoformat()
    text = value.replace(tzinfo=None).isoformat(sep=" ")
    offset = value.strftime("%z")
    return text + (f"{offset[:3]}:{offset[3:5]}" if offset else "")


def _listed(world: World, name: str, values: list[object], at: Span) -> Value:
    if not values:
        return Value(NUMBER, np.zeros(0, dtype=np.int64))
    found = [outside_value(world, name, v, at) for v in values]
    kind: Type = found[0].type
    if any(f.type != kind or not f.whole for f in found) or kind == UNLIMITED_TYPE:
        raise Fault("E157", f"param `{name}` was given a list of mixed kinds or of fractions", at)
    return Value(kind, distinct(np.array([int(f.num) for f in found], dtype=np.int64)))


def _parsed(world: World, param: tree.Param, text: str) -> Given:
    """A value given as text: an expression of the language; for a param that holds text, the text itself."""
    from schedc.dsl.parse import parse
    from schedc.models.diagnostics import Findings

    name = param.name.text
    written = param.value.lo if isinstance(param.value, tree.Range) else None
    if isinstance(written, tree.Text) and not text.startswith('"'):
        return Value(TEXT, np.asarray(world.texts.code(text), dtype=np.int64))
    trial = Findings()
    parsed = parse(f"param `{name}` = {text}", f"--set {name}", trial).statements
    if trial.failed or len(parsed) != 1 or not isinstance(parsed[0], tree.Param):
        raise _no_value(param, text)
    try:
        return set_or_value(world, parsed[0].value)
    except Fault as e:
        message = f"param `{name}` was given `{text[:60]}`: {e.message}"
        raise Fault(e.code, message, param.name.span, fix=e.fix) from None
    except Spoiled:
        raise _no_value(param, text) from None


def _no_value(param: tree.Param, text: str) -> Fault:
    shown = f"`{text[:60]}`, which is no value" if text.strip() else "nothing"
    return Fault("E157", f"param `{param.name.text}` was given {shown}", param.name.span,
                 fix="write it as the language does: `3`, `2 h`, `2026-01-05`, `1 .. 5`, `{1, 4}`")


def refuse_unknown(world: World, at: Span) -> None:
    """Errors for params and data given from outside that the model does not have."""
    params = [n for n, s in world.declared.items() if isinstance(s, tree.Param)]
    tables = [n for n, s in world.declared.items() if isinstance(s, tree.Table)]
    for given, known, kind in ((world.params, params, "param"), (world.data, tables, "table")):
        for name in given:
            if name not in known:
                code = "E156" if kind == "param" else "E171"
                world.findings.error(code, f"there is no {kind} `{name}` to set", at, fix=did_you_mean(name, known))
