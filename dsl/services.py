"""`qos m[fam] = E by class`: measures, what stands for their names in expressions, and the contracts on them.

A measure's name stands for its expression, with the family's binders bound. An expression may be a quotient of two
decisions; such a value is compared with data by multiplying out, and says nothing where it is divided by 0.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction
from math import lcm

import numpy as np

from schedc.dsl import arithmetic as calc
from schedc.dsl import forms, tree
from schedc.dsl.absence import scoped, there
from schedc.dsl.arithmetic import bounded, product_type, solid
from schedc.dsl.clauses import origin_of
from schedc.dsl.evaluate import evaluate, items_of
from schedc.dsl.families import members
from schedc.dsl.faults import Fault, Spoiled, recorded
from schedc.dsl.forms import Form
from schedc.dsl.lookup import find_member
from schedc.dsl.lowering import decides, form_of, quantity, times
from schedc.dsl.soft import shown
from schedc.dsl.space import Space
from schedc.dsl.truths import together
from schedc.dsl.values import LARGEST, NUMBER, Type, Value
from schedc.dsl.world import Rows, World
from schedc.models.columns import Ints
from schedc.models.diagnostics import Label
from schedc.models.expressions import Compare, Operator, Truth
from schedc.models.records import dataclass
from schedc.models.source import Origin
from schedc.models.statements import Contract, Measure

_TURNED = {"<=": ">=", ">=": "<=", "<": ">", ">": "<", "==": "==", "!=": "!="}


@dataclass(frozen=True, eq=False)
class Service:
    """A declared measure and its family."""

    statement: tree.Qos
    rows: Rows


@dataclass(frozen=True, eq=False)
class ContractDraft:
    """A comparison of a measure with data, the limit in base units."""

    origin: Origin
    op: str
    row: Ints
    limit: Value
    percent: Fraction | None
    soft: bool


def declare_services(world: World, statements: Iterable[tree.Statement]) -> None:
    """The families of all measures."""
    for s in statements:
        if isinstance(s, tree.Qos) and world.declared.get(s.name.text) is s:
            with recorded(world.findings):
                rows = members(world, s.name.text, s.family, s.name.span)
                pair = rows.index.doubled() if rows.dims else None
                if pair is not None:
                    raise Fault("E150", f"`{rows.name}` has two members{world.where(rows.space, pair[1])}", rows.at)
                world.services[s.name.text] = Service(s, rows)


def _opened(world: World, ref: tree.Ref, space: Space) -> tuple[Service, Space, Ints]:
    """A measure, the space in which its expression stands for a reference, and the members that are meant."""
    service = world.services.get(ref.name)
    if service is None:
        raise Spoiled
    if ref.path:
        raise Fault("E257", f"`{ref.name}` is a measure and has no columns", ref.span)
    row = np.broadcast_to(find_member(world, service.rows, items_of(world, ref.index, space), space, ref.span),
                          (space.rows,))
    each = service.statement.family
    columns = {b.name: v.take(row) for b, v in zip(each.binders if each else (), service.rows.dims)}
    spans = {b.name: b.span for b in (each.binders if each else ())}
    return service, Space(space.rows, columns, spans, space.scope, space.group), row


def service_form(world: World, ref: tree.Ref, space: Space) -> Form:
    """What a measure is worth in each row."""
    service, inner, _ = _opened(world, ref, space)
    with _once(world, service, ref):
        return form_of(world, service.statement.value, inner)


class _once:  # noqa: N801 (used as a statement)
    """Fault E152 for a measure that is lowered while it is being lowered."""

    def __init__(self, world: World, service: Service, ref: tree.Ref) -> None:
        self.world, self.name, self.ref, self.at = world, ref.name, ref, service.statement.name.span

    def __enter__(self) -> None:
        if self.name in self.world.services_open:
            raise Fault("E152", f"`{self.name}` is defined in terms of itself", self.at,
                        Label(self.ref.span, "through this"))
        self.world.services_open.add(self.name)

    def __exit__(self, *_: object) -> None:
        self.world.services_open.discard(self.name)


# quotients


def ratio_of(world: World, expr: tree.Expr, space: Space) -> tuple[Form, Form] | None:
    """Numerator and denominator of a quotient of decisions, or of a measure that is one; None for anything else."""
    if isinstance(expr, tree.Ref) and isinstance(world.declared.get(expr.name), tree.Qos):
        service, inner, _ = _opened(world, expr, space)
        with _once(world, service, expr):
            return ratio_of(world, service.statement.value, inner)
    if not isinstance(expr, tree.Arithmetic) or expr.rest[-1][0] != "/" or not decides(world, expr.rest[-1][1]):
        return None
    above = replace(expr, rest=expr.rest[:-1]) if len(expr.rest) > 1 else expr.first
    if any(op in "+-" for op, _ in expr.rest):
        return None     # a sum with a quotient in it
    return form_of(world, above, space), form_of(world, expr.rest[-1][1], space)


def compared_ratio(world: World, expr: tree.Comparison, space: Space) -> Truth | None:
    """A quotient of decisions beside data; true where it is divided by 0. None where it is no such comparison."""
    for ratio, op, other in ((expr.left, expr.op, expr.right), (expr.right, _TURNED[expr.op], expr.left)):
        found = None if decides(world, other) else ratio_of(world, ratio, space)
        if found is not None:
            limit = solid(evaluate(world, other, space), other.span)
            return _multiplied(world, found, op, limit, expr)
    return None


def _multiplied(
    world: World, ratio: tuple[Form, Form], op: str, limit: Value, expr: tree.Comparison
) -> Truth:
    above, below = ratio
    kind = product_type(quantity(above.type, expr.span), quantity(below.type, expr.span), -1)
    calc.alike(kind, limit.type, "compare", expr.span)
    with bounded(expr.span):
        off = forms.primitive(forms.linear(forms.plus(above, times(replace(below, type=NUMBER), replace(
            limit, type=NUMBER), expr.span), -1, NUMBER)))
        sign = forms.primitive(forms.linear(below))
    n = above.rows
    every = np.arange(n, dtype=np.int64)

    def both(side: Operator, turned: str) -> Truth:
        return together("and", n, [(every, Compare(side, sign)), (every, Compare(Operator(turned), off))])

    ways = [both(Operator.GT, op), both(Operator.LT, _TURNED[op]), Compare(Operator.EQ, sign)]
    return together("or", n, [(every, way) for way in ways])


# contracts


def note_contract(
    world: World, statement: tree.Require, space: Space, origin: Origin, percent: Fraction | None
) -> None:
    """Remember a `require` that compares a measure by itself with data."""
    expr = statement.condition
    if not isinstance(expr, tree.Comparison) or statement.every is not None:
        return
    for ref, op, limit in ((expr.left, expr.op, expr.right), (expr.right, _TURNED[expr.op], expr.left)):
        if isinstance(ref, tree.Ref) and ref.name in world.services and not decides(world, limit):
            _, _, row = _opened(world, ref, space)
            value = solid(evaluate(world, limit, space), limit.span).spread(space.rows)
            soft = bool(statement.tail.soft)
            draft = ContractDraft(origin, op, np.array(row), value, percent, soft)
            world.contracts.setdefault(ref.name, []).append(draft)
            return


# nodes


def measures(world: World) -> tuple[Measure, ...]:
    """The nodes of all measures; each wrong one is reported."""
    found: list[Measure] = []
    for name, service in world.services.items():
        with recorded(world.findings):
            found.append(_measure(world, name, service))
    return tuple(found)


def _measure(world: World, name: str, service: Service) -> Measure:
    statement, rows = service.statement, service.rows
    at = statement.value.span
    space, scope = scoped(world, rows.space)
    with bounded(at):
        ratio = ratio_of(world, statement.value, space)
        above = forms.levelled(ratio[0] if ratio is not None else form_of(world, statement.value, space))
        below = None if ratio is None else forms.levelled(ratio[1])
    kind = quantity(above.type, at)
    step = Fraction(1, int(above.den))
    if below is not None:
        kind, step = product_type(kind, quantity(below.type, at), -1), step * int(below.den)
    scale, unit = _scale(world, above.type if below is None else kind, step)
    classes: tuple[str, ...] = ()
    if statement.by is not None:
        classes = tuple(world.show_all(solid(evaluate(world, statement.by, rows.space), statement.by.span).spread(
            rows.space.rows), rows.space.rows))
    contracts = tuple(_contract(draft, step) for draft in world.contracts.get(name, ()))
    return Measure(
        origin_of(statement.span, f"qos {name}", None), world.family(rows), forms.linear(above),
        None if below is None else forms.linear(below), there(scope), classes, scale, unit, contracts,
    )


def _scale(world: World, kind: Type, step: Fraction) -> tuple[Fraction, str]:
    return shown(world, Type("quantity") if kind.kind == "flag" else kind, step)


def _contract(draft: ContractDraft, step: Fraction) -> Contract:
    """A contract's limits over one denominator, in the measure's integer units of `step` each."""
    n = len(draft.row)
    limits = [draft.limit.at(k) / step for k in range(n)]
    below = lcm(*(f.denominator for f in limits))
    numbers = [int(f * below) for f in limits]
    if any(abs(v) > LARGEST for v in numbers) or below > LARGEST:
        raise Fault("E252", "the limit does not fit 64 bits", draft.origin.span)
    return Contract(
        draft.origin, Operator(draft.op), draft.row, np.array(numbers, dtype=np.int64), below, draft.percent, draft.soft
    )
