"""A program as a Pyomo model, for those who want to look at it, add to it, or write it as MPS or LP.

The variables are `x[k]`, the rows `row[r]`, each one `LinearExpression` (six times as quick as sums of products).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from schedc.compilers.conditions import Sum
from schedc.compilers.milp.engine import Loaded
from schedc.compilers.milp.sheet import FREE, Program
from schedc.models.columns import ints


def concrete(name: str, program: Program, goal: Sum | None, maximize: bool, impossible: bool) -> Any:
    """The ConcreteModel. goal: what is minimised; maximize: show it the other way round."""
    import pyomo.environ as pyo

    model = pyo.ConcreteModel(name=name)
    model.x = pyo.Var(range(program.columns))
    variables = list(model.x.values())
    for variable, low, high, whole in zip(
        variables, program.low.tolist(), program.high.tolist(), program.whole.tolist()
    ):
        variable.domain = pyo.Integers if whole else pyo.Reals
        variable.setlb(low)
        variable.setub(high)
    model.row = pyo.ConstraintList()
    for row in _rows(program, variables):
        model.row.add(row)
    if impossible:
        model.row.add(pyo.Constraint.Infeasible)
    sign = -1 if maximize else 1
    terms, constant = goal or ({}, 0)
    value = _sum([sign * c for c in terms.values()], [variables[v] for v in terms], sign * constant)
    model.goal = pyo.Objective(expr=value, sense=pyo.maximize if maximize else pyo.minimize)
    return model


def _sum(coefficients: list[int], variables: list[Any], constant: int) -> Any:
    from pyomo.core.expr.numeric_expr import LinearExpression

    return LinearExpression(constant=constant, linear_coefs=coefficients, linear_vars=variables)


def _rows(program: Program, variables: list[Any]) -> Any:
    index, coef, ptr = program.index.tolist(), program.coef.tolist(), program.ptr.tolist()
    for r, (lo, hi) in enumerate(zip(program.lo.tolist(), program.hi.tolist())):
        part = slice(ptr[r], ptr[r + 1])
        body = _sum(coef[part], [variables[k] for k in index[part]], 0)
        yield (None if lo <= -FREE else lo, body, None if hi >= FREE else hi)


def load_native(native: Any, program: Program) -> Loaded:
    """A HiGHS object filled by Pyomo's persistent interface, with whatever was added to the model."""
    from pyomo.contrib.appsi.solvers.highs import Highs

    opened = Highs(only_child_vars=True)
    opened.set_instance(native)
    highs, places = opened._solver_model, opened._pyomo_var_to_solver_var_map
    highs.setOptionValue("output_flag", False)
    columns = ints([places[id(variable)] for variable in native.x.values()])
    low = ints(np.array([_limit(v.lb, -FREE) for v in native.x.values()]))
    high = ints(np.array([_limit(v.ub, FREE) for v in native.x.values()]))
    return Loaded(highs, columns, low, high)


def _limit(value: float | None, free: int) -> int:
    return free if value is None else round(value)
