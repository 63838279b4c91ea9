"""Simulated runs: against closed forms, against the judge, and the same for the same seed."""

from __future__ import annotations

from pathlib import Path

import pytest
from random_everything import random_everything

import schedc
from schedc.models.diagnostics import SchedcError

CHAIN = """
resource r
task a[i in 1 .. 2] lasts 1000 uses r
order a[1] -> a[2]
minimize makespan
"""


def test_two_tasks_in_a_row_add_up_two_normal_lengths() -> None:
    """N(1000, 200^2) twice: mean 2000, sd 282.84, and the percentiles of that normal."""
    problem = schedc.loads(CHAIN)
    found = problem.simulate(problem.solve(), noise="20%").distribution()
    assert abs(found.mean - 2000) < 12 and abs(found.sd - 282.84) < 9
    ranks = dict(found.percentiles)
    assert abs(ranks[50] - 2000) < 16 and abs(ranks[90] - 2362.5) < 24 and abs(ranks[5] - 1534.8) < 30
    assert sum(found.counts) == 10_000 and found.edges[0] == found.least and found.edges[-1] > found.most


def test_two_tasks_side_by_side_end_with_the_later_one() -> None:
    """The greater of two N(1000, 200^2): mean 1000 + 200 / sqrt(pi) = 1112.84, sd 200 sqrt(1 - 1 / pi) = 165.13."""
    problem = schedc.loads("task a[i in 1 .. 2] lasts 1000\nminimize makespan\n")
    found = problem.simulate(problem.solve(), noise=0.2).distribution()
    assert abs(found.mean - 1112.84) < 8 and abs(found.sd - 165.13) < 6


def test_a_seed_decides_everything() -> None:
    problem = schedc.loads(CHAIN)
    plan = problem.solve()
    one, same, other = (problem.simulate(plan, runs=500, noise=0.3, seed=s).to_dict() for s in (1, 1, 2))
    assert one == same
    assert one["goals"] != other["goals"]


def test_the_share_of_runs_that_keep_a_deadline() -> None:
    """A deadline at the mean of a symmetric length is kept by half of the runs."""
    problem = schedc.loads("time for 3000\ntask a lasts 1000 deadline 1000\nminimize makespan\n")
    made = problem.simulate(problem.solve(), noise=0.1)
    assert made.found.kept[0].keyword == "deadline" and abs(made.reliability - 0.5) < 0.02
    assert made.found.broken["deadline"] == made.found.judged - made.found.sound > 0


def test_units_are_handed_on_in_the_order_of_the_schedule() -> None:
    """Three tasks on two machines: the third waits for whoever had its unit, and the judge agrees in every run."""
    problem = schedc.loads("resource r capacity 2\ntask a[i in 1 .. 5] lasts 10 + i uses r\nminimize makespan\n")
    made = problem.simulate(problem.solve(), runs=200, noise=0.5, judged=200)
    assert made.found.sound == 200 and made.found.lost == ()


def test_closed_time_moves_tasks_and_is_kept() -> None:
    text = ("time for 60\nresource r\ndowntime r during 12 .. 20\ntask a lasts 10 uses r\ntask b lasts 6 uses r\n"
            "order a -> b\nminimize makespan\n")
    problem = schedc.loads(text)
    made = problem.simulate(problem.solve(), runs=100, noise=0.3, judged=100)
    assert made.found.sound == 100
    assert not any(12 < end <= 20 for end in made.found.makespan.tolist())


def test_held_starts_are_never_earlier_than_planned() -> None:
    problem = schedc.loads(CHAIN)
    plan = problem.solve()
    assert problem.simulate(plan, runs=300, noise=0.2, hold=True).distribution().mean > 2060
    assert problem.simulate(plan, runs=300).distribution().sd == 0


def test_columns_agree_with_the_judge_on_models_of_all_kinds() -> None:
    """The runs that the judge sees: what columns call kept, it calls kept, but for kinds that have no column."""
    seen = 0
    for seed in range(30):
        try:
            problem = schedc.loads(random_everything(seed))
        except SchedcError:
            continue
        plan = problem.solve(time=5, workers=1)
        if plan.result.schedule is None:
            continue
        try:
            made = problem.simulate(plan, runs=6, judged=6, noise=0.4)
        except ValueError:      # several pieces
            continue
        held = problem.simulate(plan, runs=1, judged=1, hold=True).found    # nothing varies: the schedule itself
        assert held.sound == 1 and held.all_kept == 1 and held.planned == tuple(held.values[:, 0].tolist()), seed
        uncounted = set(made.found.broken) - {"deadline", "order", "require", "within", "horizon"}
        assert made.found.sound == made.found.all_kept or uncounted or made.found.lost, seed
        seen += 1
    assert seen >= 8


def test_a_wrong_schedule_and_wrong_numbers_are_refused() -> None:
    problem = schedc.loads(CHAIN)
    plan = problem.solve()
    for wrong in ({"runs": 0}, {"noise": "much"}, {"noise": -0.1}, {"seed": -1}):
        with pytest.raises(ValueError):
            problem.simulate(plan, **wrong)
    broken = plan.to_dict()
    broken["tasks"][0].update({k: broken["tasks"][1][k] for k in ("start", "end", "pieces")})
    with pytest.raises(ValueError, match="breaks the model"):
        problem.simulate(broken)


def test_it_is_written_as_data_and_pictures(tmp_path: Path) -> None:
    problem = schedc.loads(CHAIN)
    made = problem.simulate(problem.solve(), runs=100, noise=0.2)
    for name in ("a.json", "a.svg"):
        made.save(tmp_path / name)
    assert (tmp_path / "a.svg").read_text().count("<rect") > 5
    assert '"schedc.simulation/1"' in (tmp_path / "a.json").read_text()
    assert "mean" in made.text() and made.names == ("makespan",)


FUZZY = """
resource r
task a lasts about 800 .. 1000 .. 1500 uses r
task b mode m { lasts about 500 .. 600 .. 700 uses r } mode n { lasts 900 }
order a -> b
minimize makespan
"""


def test_fuzzy_lengths_are_planned_as_likely_and_drawn_from_their_triangles() -> None:
    """Means (lo + likely + hi) / 3 add up, and so do variances (sums of squares less products) / 18."""
    problem = schedc.loads(FUZZY)
    plan = problem.solve()
    made = problem.simulate(plan)
    found = made.distribution()
    assert made.found.planned_makespan == 1600 and problem.verify(plan).holds
    assert abs(found.mean - (1100 + 600)) < 6
    variance = (800**2 + 1000**2 + 1500**2 - 800 * 1000 - 800 * 1500 - 1000 * 1500) / 18 + 100**2 / 6
    assert abs(found.sd - variance**0.5) < 5
    assert found.least >= 1300 and found.most <= 2200


def test_cuts_are_the_makespans_at_both_ends() -> None:
    problem = schedc.loads(FUZZY)
    cuts = problem.simulate(problem.solve(), runs=10).found.cuts
    assert [(float(c.level), c.least, c.most) for c in cuts] == [
        (0, 1300, 2200), (0.25, 1375, 2050), (0.5, 1450, 1900), (0.75, 1525, 1750), (1, 1600, 1600),
    ]


def test_fuzzy_lengths_survive_as_json() -> None:
    from schedc.models.serial import equal, model_from_json, model_to_json

    model = schedc.loads(FUZZY).model
    again = model_from_json(model_to_json(model))
    about = again.tasks[1].modes[0].about
    assert equal(again, model) and about is not None and about.most.tolist() == [700]
    assert model.tasks[0].shortest.tolist() == model.tasks[0].longest.tolist() == [1000]
