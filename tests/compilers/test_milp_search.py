"""The milp back-end as its callers see it: proofs, events, limits, cancellation, refusals, exports, native models."""

from __future__ import annotations

import math
import threading
from pathlib import Path

import numpy as np
import pytest
from cli_runs import Shell
from made import Maker
from small_models import IMPOSSIBLE, WORKSHOP, hard

import schedc
from schedc.api import SolverError
from schedc.compilers.backend import Event, Limits, UnsuitableError
from schedc.compilers.milp import Milp
from schedc.compilers.milp.choose import MOST_TERMS, Formulation, choose, sizes
from schedc.compilers.milp.numbers import TRUSTED, proved
from schedc.compilers.milp.repair import least, whole_values
from schedc.compilers.milp.sheet import FREE, BeyondRangeError, Sheet
from schedc.compilers.windows import windows
from schedc.models.columns import ints
from schedc.models.expressions import Point
from schedc.models.model import Model
from schedc.models.schedule import Schedule, Status
from schedc.models.verify import verify

STAGES = """\
time for 20
resource saw
task a lasts 3 uses saw
task b lasts 1 uses saw
task c lasts 2 .. 6
minimize end(a) + 2 * end(b) then makespan
"""


def shop(weight: int = 1) -> Model:
    """Two tasks on one resource; the second one to start costs `weight` a tick."""
    m = Maker(12)
    saw = m.resource("saw")
    a, b = m.task("a", 3, uses={saw: 1}), m.task("b", 2, uses={saw: 1})
    m.goal([(Point.END, a, weight), (Point.END, b, 1)])
    return m.model()


# proofs


@pytest.mark.parametrize(("bound", "integer"), [
    (3.0, 3), (3.0004, 3), (3.4, 4), (2.9999, 3), (-2.5, -2), (-3.0, -3), (1e9 + 0.5, 10**9), (-math.inf, None),
    (math.inf, None), (1e13, None), (math.nan, None),
])
def test_a_float_bound_proves_no_more_than_it_can(bound: float, integer: int | None) -> None:
    assert proved(bound) == integer


def test_nothing_is_proved_beyond_the_trusted_coefficients() -> None:
    sure, shaky = (Milp().compile(shop(w)).solve(Limits(seconds=20), None) for w in (TRUSTED, TRUSTED + 1))
    assert (sure.status, sure.bounds) == (Status.OPTIMAL, (3 * TRUSTED + 5,))
    assert (shaky.status, shaky.bounds) == (Status.FEASIBLE, (None,))
    assert shaky.schedule is not None and verify(shop(TRUSTED + 1), shaky.schedule).objectives == (3 * TRUSTED + 8,)


def test_numbers_that_floats_cannot_hold_are_refused() -> None:
    with pytest.raises(BeyondRangeError):
        Milp().compile(shop(1 << 55)).solve(Limits(seconds=20), None)
    assert schedc.Problem(shop(1 << 55)).solve(solver="milp", time=20).status in (Status.UNKNOWN, Status.FEASIBLE)


@pytest.mark.parametrize("formulation", Formulation)
def test_stages_are_held_one_after_another(formulation: Formulation) -> None:
    plan = schedc.loads(STAGES).solve(solver="milp", formulation=str(formulation), time=30)
    assert plan.status == "optimal" and [o.value for o in plan.objectives] == [6, 4]
    assert [o.bound for o in plan.objectives] == [6, 4]


@pytest.mark.parametrize("formulation", Formulation)
def test_infeasible_without_propagation(formulation: Formulation) -> None:
    model = schedc.loads(IMPOSSIBLE).model
    bare = windows(Maker(1).model())
    loose = type(bare)(model.release, model.horizon - model.shortest, model.shortest, model.deadline)
    outcome = Milp(formulation).compile(model, loose).solve(Limits(seconds=30), None)
    assert (outcome.status, outcome.schedule) == (Status.INFEASIBLE, None)


# repair


def test_rounding_is_kept_where_it_keeps_the_rows() -> None:
    sheet = Sheet()
    x, y = sheet.variable(0, 9), sheet.literal()
    sheet.linear({x: 1, y: 3}, 4, 8)
    values = whole_values(sheet.program(), np.array([2.0000004, 0.9999997]))
    assert values.tolist() == [2, 1]


def test_times_follow_from_the_choices() -> None:
    sheet = Sheet()
    first, second, third = (sheet.variable(0, 50) for _ in range(3))
    order = sheet.literal()
    sheet.linear({second: 1, first: -1}, 7, FREE, (order,))
    sheet.linear({first: 1, second: -1}, 9, FREE, (-order - 1,))
    sheet.linear({third: 1, second: -1}, 5, 6)
    assert least(sheet.program(), ints([4, 3, 2, 1])).tolist() == [0, 7, 12, 1]
    assert least(sheet.program(), ints([4, 3, 2, 0])).tolist() == [9, 0, 5, 0]


# limits and events


def test_incumbents_and_bounds_come_while_it_runs() -> None:
    problem, seen = schedc.loads(hard()), list[Event]()
    outcome = problem.compile("milp", formulation="events").solve(Limits(seconds=4, workers=2), None, seen.append)
    assert any(e.event == "bound" and e.source == "milp" and e.bound for e in seen)
    assert all(e.schedule is not None and verify(problem.model, e.schedule).holds
               for e in seen if e.event == "incumbent")
    assert outcome.status in (Status.FEASIBLE, Status.UNKNOWN) and not outcome.interrupted
    assert outcome.versions.keys() == {"highspy", "pyomo"}


def test_another_thread_can_stop_it() -> None:
    limits = Limits(seconds=600, workers=1)
    threading.Timer(1.0, limits.cancel.set).start()
    outcome = schedc.loads(hard()).compile("milp").solve(limits, None, lambda event: None)
    assert outcome.interrupted and outcome.status is not Status.OPTIMAL


def test_what_a_listener_raises_ends_the_run() -> None:
    def listen(event: Event) -> None:
        raise RuntimeError("enough")

    with pytest.raises(RuntimeError, match="enough"):
        schedc.loads(WORKSHOP).compile("milp").solve(Limits(seconds=60), None, listen)


def test_a_right_hint_is_never_worsened_and_a_wrong_one_does_no_harm() -> None:
    model = shop()
    right = Schedule(ints([2, 0]), ints([5, 2]), ints([3, 2]))
    wrong = Schedule(ints([0, 0]), ints([3, 2]), ints([3, 2]))
    for hint in (right, wrong):
        outcome = Milp().compile(model).solve(Limits(seconds=20), hint)
        assert (outcome.status, outcome.bounds) == (Status.OPTIMAL, (7,))


def test_deterministic_runs_are_alike() -> None:
    limits = Limits(seconds=1, deterministic=True, seed=3)
    runs = [schedc.loads(WORKSHOP).compile("milp").solve(limits, None, lambda e: None) for _ in range(2)]
    assert runs[0].schedule is not None and runs[1].schedule is not None
    assert runs[0].schedule.start.tolist() == runs[1].schedule.start.tolist()


def test_runs_side_by_side() -> None:
    compiled, found = schedc.loads(STAGES).compile("milp"), []
    threads = [
        threading.Thread(target=lambda n=n: found.append(compiled.solve(Limits(60, workers=n), None, lambda e: None)))
        for n in (1, 2, 1)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [outcome.bounds for outcome in found] == [(6, 4)] * 3


# size


def large(tasks: int) -> Model:
    m = Maker(5 * tasks)
    shared = m.resource("shared", 7)
    m.tasks_of("t", [3] * tasks, uses={shared: 2})
    m.makespan()
    return m.model()


def test_what_is_too_large_is_refused_before_it_is_written() -> None:
    model = large(20_000)
    with pytest.raises(UnsuitableError, match=r"about [\d,]+ variables and [\d,]+ nonzeros in the \w+ formulation"):
        Milp().compile(model)
    with pytest.raises(SolverError, match="the solver cpsat has no such limit"):
        schedc.Problem(model).compile("milp")
    assert min(s.terms for s in sizes(model, windows(model)).values()) > MOST_TERMS


def test_the_estimate_is_near_what_is_written() -> None:
    model = schedc.loads(hard()).model
    bounds = windows(model, 1600)
    for formulation in Formulation:
        from schedc.compilers.milp.encode import encode

        written, told = len(encode(model, bounds, formulation).program.index), sizes(model, bounds)[formulation].terms
        assert 0.4 * written <= told <= 2.5 * written
    assert choose(model, bounds) is Formulation.DISJUNCTIVE


def test_too_large_on_the_command_line(tmp_path: Path) -> None:
    text = "time for 100000\nresource r capacity 7\ntask t[i in 1 .. 20000] lasts 3 uses r 2\nminimize makespan\n"
    (tmp_path / "large.sched").write_text(text)
    done = Shell(tmp_path)("compile", "large.sched", "--to", "mps", "-o", "out.mps")
    assert done.returncode != 0 and "too large for the solver milp" in done.stderr and "Traceback" not in done.stderr


# native models


def test_what_is_added_to_the_native_model_binds() -> None:
    import pyomo.environ as pyo

    problem = schedc.Problem(shop())
    compiled = problem.compile("milp")
    native = compiled.native
    assert native.goal.sense == pyo.minimize
    native.later = pyo.Constraint(expr=compiled.start["b"] >= 6)
    outcome = compiled.solve(Limits(seconds=20), None, lambda event: None)
    assert (outcome.status, outcome.bounds) == (Status.OPTIMAL, (11,))
    assert outcome.schedule is not None and outcome.schedule.start.tolist() == [0, 6]
    native.never = pyo.Constraint(expr=compiled.end["a"] >= 13)
    assert compiled.solve(Limits(seconds=20), None, lambda event: None).schedule is None


@pytest.mark.parametrize("formulation", Formulation)
@pytest.mark.parametrize("form", ["mps", "lp"])
def test_what_is_written_has_the_same_optimum(tmp_path: Path, form: str, formulation: Formulation) -> None:
    from schedc.compilers.milp.engine import quiet

    problem = schedc.loads(WORKSHOP)
    compiled = problem.compile("milp", formulation=str(formulation))
    best = compiled.solve(Limits(seconds=60), None, lambda event: None)
    assert best.status == "optimal"
    path = tmp_path / f"model.{form}"
    compiled.write(path, form)
    highs = quiet()
    highs.readModel(str(path))
    highs.run()
    assert round(highs.getObjectiveValue()) == best.bounds[0]
