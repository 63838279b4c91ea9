"""Linear forms over decisions, by rows, with exact rational coefficients; the way from text to `models.expressions`.

value[i] = (const[i] + sum of coef[k] * point(task[k]) for row[k] = i + the parts) / den[i], den > 0, counted in ticks
and base units. `row` is sorted. All operations are exact; TooLarge where a number leaves 64 bits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import lcm
from typing import Literal

import numpy as np

from schedc.dsl.aggregates import group_sums
from schedc.dsl.faults import TooLarge
from schedc.dsl.values import LARGEST, NUMBER, Type, Value, product, spread, total
from schedc.models.columns import Ints, distinct
from schedc.models.expressions import Extreme, IntExpr, Linear, Part
from schedc.models.records import dataclass

NONE: Ints = np.zeros(0, dtype=np.int64)


@dataclass(frozen=True, eq=False)
class Form:
    """See the module. den has shape () or (rows,)."""

    type: Type
    const: Ints
    den: Ints
    row: Ints
    point: Ints
    task: Ints
    coef: Ints
    parts: tuple[Part, ...] = ()

    @property
    def rows(self) -> int:
        """Number of instances."""
        return len(self.const)

    @property
    def known(self) -> bool:
        """Whether no decision stands in it."""
        return not len(self.row) and not self.parts


def data(value: Value, rows: int) -> Form:
    """A column of data as a form."""
    return Form(value.type, np.array(spread(value.num, rows)), value.den, NONE, NONE, NONE, NONE)


def terms(kind: Type, rows: int, row: Ints, point: int, task: Ints) -> Form:
    """One point of one task a term."""
    ones = np.ones(len(row), dtype=np.int64)
    return Form(kind, np.zeros(rows, dtype=np.int64), np.asarray(1), row, ones * point, task, ones)


def node(kind: Type, rows: int, child: IntExpr, child_row: Ints, row: Ints, den: Ints) -> Form:
    """Rows of another node, added up by `row` and divided by the scalar `den`."""
    part = Part(row, child, child_row, np.ones(len(row), dtype=np.int64))
    return Form(kind, np.zeros(rows, dtype=np.int64), den, NONE, NONE, NONE, NONE, (part,))


# arithmetic


def scaled(form: Form, factor: Ints, den: Ints) -> Form:
    """form * factor / den; both of shape () or (rows,), den > 0."""
    parts = tuple(replace(p, coef=product(p.coef, _at(factor, p.row))) for p in form.parts)
    return replace(
        form, const=product(form.const, factor), coef=product(form.coef, _at(factor, form.row)),
        den=product(form.den, den), parts=parts,
    )


def _at(column: Ints, row: Ints) -> Ints:
    return column if column.ndim == 0 else column[row]


def plus(a: Form, b: Form, sign: int, kind: Type) -> Form:
    """a + b, or a - b with sign -1."""
    g = np.gcd(a.den, b.den)
    one = np.asarray(1, dtype=np.int64)
    a, b = scaled(a, np.asarray(b.den // g), one), scaled(b, np.asarray(a.den // g) * sign, one)
    den = product(a.den, np.asarray(b.den // g))
    row = np.concatenate([a.row, b.row])
    order = np.argsort(row, kind="stable")
    point, task, coef = (
        np.concatenate(pair)[order] for pair in ((a.point, b.point), (a.task, b.task), (a.coef, b.coef))
    )
    return Form(kind, total(a.const, b.const), den, row[order], point, task, coef, a.parts + b.parts)


def levelled(form: Form) -> Form:
    """The same over one denominator for all rows."""
    if form.den.ndim == 0:
        return form
    common = lcm(*distinct(form.den).tolist())
    if common > LARGEST:
        raise TooLarge
    whole = scaled(form, np.asarray(common // form.den), np.asarray(1))
    return replace(whole, den=np.asarray(common, dtype=np.int64))


def summed(form: Form, parent: Ints, rows: int) -> Form:
    """The sum of each group of rows; `parent` (sorted) is each row's group."""
    form = levelled(form)
    parts = tuple(replace(p, row=parent[p.row]) for p in form.parts)
    return replace(form, const=group_sums(form.const, parent, rows), row=parent[form.row], parts=parts)


def placed(form: Form, index: Ints, rows: int) -> Form:
    """The form's rows at the places `index` (increasing) of a longer one; 0 elsewhere."""
    const = np.zeros(rows, dtype=np.int64)
    const[index] = form.const
    den = form.den
    if den.ndim:
        den = np.ones(rows, dtype=np.int64)
        den[index] = form.den
    parts = tuple(replace(p, row=index[p.row]) for p in form.parts)
    return replace(form, const=const, den=den, row=index[form.row], parts=parts)


def repeated_rows(form: Form, parent: Ints) -> Form:
    """The rows `parent` (sorted, each any number of times) of a form."""
    starts, ends = (np.searchsorted(form.row, parent, side=s) for s in ("left", "right"))
    row, pick = _expanded(np.asarray(ends - starts), np.asarray(starts))
    parts = []
    for p in form.parts:
        order = np.argsort(p.row, kind="stable")
        p = replace(p, row=p.row[order], child_row=p.child_row[order], coef=p.coef[order])
        lo, hi = (np.searchsorted(p.row, parent, side=s) for s in ("left", "right"))
        at, k = _expanded(np.asarray(hi - lo), np.asarray(lo))
        parts.append(Part(at, p.child, p.child_row[k], p.coef[k]))
    return Form(
        form.type, form.const[parent], _at(form.den, parent), row, form.point[pick], form.task[pick],
        form.coef[pick], tuple(parts),
    )


def _expanded(counts: Ints, starts: Ints) -> tuple[Ints, Ints]:
    row = np.repeat(np.arange(len(counts), dtype=np.int64), counts)
    first = np.cumsum(counts) - counts
    return row, np.arange(len(row), dtype=np.int64) - first[row] + starts[row]


def stacked(forms: Sequence[Form], kind: Type) -> Form:
    """One form below the other, over one denominator: row i of form k is row k * rows + i."""
    rows, one = forms[0].rows, np.asarray(1, dtype=np.int64)
    forms = [levelled(f) for f in forms]
    common = lcm(*(int(f.den) for f in forms))
    if common > LARGEST:
        raise TooLarge
    forms = [scaled(f, np.asarray(common // int(f.den)), one) for f in forms]
    return Form(
        kind, np.concatenate([f.const for f in forms]), np.asarray(common, dtype=np.int64),
        np.concatenate([f.row + k * rows for k, f in enumerate(forms)]), np.concatenate([f.point for f in forms]),
        np.concatenate([f.task for f in forms]), np.concatenate([f.coef for f in forms]),
        tuple(replace(p, row=p.row + k * rows) for k, f in enumerate(forms) for p in f.parts),
    )


def extreme(op: Literal["min", "max"], parts: Sequence[Form]) -> Form:
    """The least or greatest of several forms of one type, row by row."""
    n, k = parts[0].rows, len(parts)
    both = stacked(parts, parts[0].type)
    every = np.arange(n, dtype=np.int64)
    row = np.repeat(every, k)
    child_row = np.tile(np.arange(k, dtype=np.int64), n) * n + row
    return node(parts[0].type, n, Extreme(op, n, row, linear(both), child_row), every, every, both.den)


# to nodes


def linear(form: Form) -> Linear:
    """den * the form as a node: terms of one task and point joined, zero ones dropped."""
    n = len(form.row)
    order = np.lexsort((form.point, form.task, form.row)) if n else NONE
    row, point, task, coef = (c[order] for c in (form.row, form.point, form.task, form.coef))
    if n:
        new = (np.diff(row) != 0) | (np.diff(task) != 0) | (np.diff(point) != 0)
        heads = np.flatnonzero(np.concatenate([[True], new]))
        if len(heads) < n:
            group = np.cumsum(np.concatenate([[False], new])).astype(np.int64)
            coef = group_sums(coef, group, len(heads))
            row, point, task = row[heads], point[heads], task[heads]
        keep = coef != 0
        if not keep.all():
            row, point, task, coef = (c[keep] for c in (row, point, task, coef))
    parts = tuple(p for p in form.parts if len(p.row))
    return Linear(form.const, row, point, task, coef, parts)


def primitive(node: Linear) -> Linear:
    """Each row divided by the greatest common divisor of its numbers: what a comparison with zero allows."""
    g = np.abs(node.const)
    np.gcd.at(g, node.row, np.abs(node.coef))
    for p in node.parts:
        np.gcd.at(g, p.row, np.abs(p.coef))
    g = np.maximum(g, 1)
    if bool(np.all(g == 1)):
        return node
    parts = tuple(replace(p, coef=p.coef // g[p.row]) for p in node.parts)
    return replace(node, const=node.const // g, coef=node.coef // g[node.row], parts=parts)



def of_linear(kind: Type, node: Linear, parent: Ints) -> Form:
    """The rows `parent` (each any number of times) of a node, as a form."""
    one = np.asarray(1, dtype=np.int64)
    return repeated_rows(Form(kind, node.const, one, node.row, node.point, node.task, node.coef, node.parts), parent)


def linear_rows(node: Linear, parent: Ints) -> Linear:
    """The rows `parent` (sorted, each any number of times) of a node."""
    return linear(of_linear(NUMBER, node, parent))
