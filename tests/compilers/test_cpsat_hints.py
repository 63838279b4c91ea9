"""Complete hints: a schedule's values satisfy every constraint of the compiled model, variable by variable."""

from __future__ import annotations

import numpy as np
import pytest
from made import Maker

from schedc.compilers.backend import Limits
from schedc.compilers.cpsat import CpSat, Encoding
from schedc.compilers.cpsat.encode import encode
from schedc.compilers.measure import Measures, objective_values
from schedc.compilers.windows import windows
from schedc.models.columns import ints
from schedc.models.expressions import Absolute, Compare, Extreme, Indicator, Junction, Linear, Member, Operator, Point
from schedc.models.model import Model
from schedc.models.schedule import Schedule
from schedc.models.source import NO_ORIGIN
from schedc.models.statements import Require, Stage


def pausing() -> Model:
    """Pauses, a dip that a smaller task fits in, variable lengths, exclusions and windows."""
    m = Maker(60)
    crew, saw = m.resource("crew", 3), m.resource("saw")
    m.down(crew, (4, 9), (20, 24), leaving=1)
    m.down(saw, (2, 5), (11, 13))
    a = m.task("a", 5, uses={crew: 3}, pausable=True)
    b = m.task("b", (3, 6), uses={crew: 1, saw: 1}, pausable=True)
    c = m.task("c", (0, 4), uses={crew: 2}, pausable=True)
    d = m.task("d", (0, 2), uses={saw: 1}, within=[[(3, 8), (9, 30)]])
    e = m.task("e", 2, uses={crew: 1}, release=3)
    m.exclusive([a, d, e])
    m.order(c, b, -3, 20)
    m.makespan()
    m.goal([(Point.LENGTH, b, 1), (Point.LENGTH, c, 2), (Point.LENGTH, d, 1)], minimize=False)
    return m.model()


def deciding() -> Model:
    """Disjunctions, indicators, extremes and distances."""
    m = Maker(20)
    tasks = m.tasks_of("t", [2, 3, 4])
    starts = Linear(ints([0] * 3), ints(range(3)), ints([int(Point.START)] * 3), ints(tasks), ints([1] * 3))
    late = Compare(Operator.GE, Linear(ints([-6] * 3), *_columns(starts)))
    early = Compare(Operator.LE, Linear(ints([-3] * 3), *_columns(starts)))
    own = ints(range(3))
    either = Junction("or", 3, (Member(own, late, own), Member(own, early, own)))
    m.relations.append(Require(NO_ORIGIN, either))
    least = Extreme("min", 1, ints([0] * 3), starts, own)
    m.relations.append(Require(NO_ORIGIN, Compare(Operator.NE, least)))
    latest = Extreme("max", 1, ints([0] * 3), starts, own)
    m.objective.append(Stage(NO_ORIGIN, "latest start", "maximize", Absolute(latest)))
    m.objective.append(Stage(NO_ORIGIN, "first is late", "minimize", Indicator(Compare(Operator.GT, _first(starts)))))
    return m.model()


def _columns(node: Linear) -> tuple[np.ndarray, ...]:
    return node.row, node.point, node.task, node.coef


def _first(node: Linear) -> Linear:
    return Linear(ints([-1]), *(column[:1] for column in _columns(node)))


@pytest.mark.parametrize("make", [pausing, deciding])
@pytest.mark.parametrize("compress", [True, False])
def test_a_schedule_gives_every_variable_its_value(make: object, compress: bool) -> None:
    from ortools.sat.python import cp_model

    model: Model = make()  # type: ignore[operator]
    compiled = CpSat(Encoding(compress)).compile(model)
    found = compiled.solve(Limits(seconds=30, workers=1)).schedule
    assert found is not None
    encoded = encode(model, windows(model), Encoding(compress))
    fixed = compiled.native.clone()
    for variable, value in enumerate(encoded.hints.values(len(encoded.sheet.lo), found)):
        fixed.add(fixed.get_int_var_from_proto_index(variable) == value)
    solver = cp_model.CpSolver()
    assert solver.solve(fixed) in (cp_model.OPTIMAL, cp_model.FEASIBLE)


def test_measures_of_every_node() -> None:
    model = deciding()
    schedule = Schedule(ints([1, 6, 2]), ints([3, 9, 6]), ints([2, 3, 4]))
    assert objective_values(model, schedule) == (6, 0)
    measures = Measures(schedule)
    either, least = (r.condition for r in model.requires)
    assert measures.truth(either).tolist() == [1, 1, 1]
    assert measures.truth(least).tolist() == [1]
    middling = Measures(Schedule(ints([1, 5, 0]), ints([3, 8, 4]), ints([2, 3, 4])))
    assert middling.truth(either).tolist() == [1, 0, 1]
    assert middling.truth(least).tolist() == [0]
