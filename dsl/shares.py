"""`for p % of …`: of n instances that absence does not satisfy, at least ceil(p n / 100) hold."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from schedc.dsl import forms, tree
from schedc.dsl.absence import counted_where
from schedc.dsl.arithmetic import solid
from schedc.dsl.evaluate import evaluate
from schedc.dsl.faults import Fault
from schedc.dsl.forms import Form
from schedc.dsl.lowering import counted
from schedc.dsl.space import PLAIN, Scope
from schedc.dsl.truths import known
from schedc.dsl.values import NUMBER
from schedc.dsl.world import World
from schedc.models.columns import Ints
from schedc.models.expressions import Compare, Operator, Truth
from schedc.models.source import Span


def percent_of(world: World, written: tree.Expr) -> Fraction:
    """A number of percent, above 0 and at most 100. Fault E354 for anything else."""
    value = solid(evaluate(world, written, PLAIN), written.span)
    if value.type != NUMBER:
        raise Fault("E354", f"a share is a number of percent, not {value.type}", written.span)
    percent = value.at(0)
    if not 0 < percent <= 100:
        raise Fault("E354", f"a share of {world.show(value)} %: it lies above 0 and is at most 100", written.span)
    return percent


def share_of(world: World, tail: tree.Tail) -> Fraction | None:
    """The share in a statement's `for`; None without one."""
    share = tail.each[0].share if tail.each else None
    return None if share is None else percent_of(world, share.value)


def enough(world: World, percent: Fraction, scope: Scope, held: Truth, at: Span) -> Compare:
    """One row: 100 * #(counted and held) >= percent * #(counted), the rows of the scope being the instances."""
    every: Ints = np.zeros(scope.rows, dtype=np.int64)
    kept = counted(counted_where(scope, held), every, 1)
    all_of = counted(counted_where(scope, known(np.ones((), dtype=np.bool_), scope.rows)), every, 1)
    top, bottom = (np.asarray(n, dtype=np.int64) for n in (percent.numerator, 100 * percent.denominator))
    one = np.asarray(1, dtype=np.int64)
    difference: Form = forms.plus(forms.scaled(kept, bottom, one), forms.scaled(all_of, top, one), -1, NUMBER)
    return Compare(Operator.GE, forms.primitive(forms.linear(difference)))
