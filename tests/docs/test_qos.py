"""The recipes of docs/qos.md run, and their measures are worth what was worked out by hand."""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path

import pytest

import schedc

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "qos.md").read_text()
RECIPES = re.findall(r"^## (\w+).*\n(?:(?!^## )(?:.*\n))*?```sched\n((?s:.*?))^```$", PAGE, re.MULTILINE)

# goals in the author's units, then of the measures that these settle the value and whether the contract is kept
ANSWERS: dict[str, tuple[list[int], dict[str, tuple[Fraction | int, bool | None]]]] = {
    # 2 + 5 and 2 + 9 ticks on one machine: the second gold call takes 11 from its own start, one more than a second
    "Latency": ([1, 40], {"gold.latency": (11, False)}),
    # control always first, at 3; logging 5 at a time between: four of them by 38
    "Response": ([3, 38], {"response": (3, True)}),
    # b 3, a 7, d 12, c 14: 0 + 2 + 4 + 5 is more than c 5 before d: b 3, a 7, c 9, d 14: 0 + 2 + 0 + 6
    "Tardiness": ([8, 14], {"late": (6, None)}),
    "Throughput": ([24], {}),
    # 12 of 16 fit, two at a time in two hours: those of most gain, 5 to 16
    "Average": ([126], {"rate": (6, True)}),
    "Jitter": ([1, 21], {"steadiness": (1, True)}),
    # one fine and two fast, 0.98 * 0.95 * 0.95, is below 0.91: two fine and a fast one, 2 + 4 beside 4
    "Quality": ([6, 291], {"fidelity": (Fraction(91238, 100000), True), "weakest": (Fraction(95, 100), None)}),
    # 8 of 12 for red, 4 of 8 for blue
    "Availability": ([12], {"red.availability": (Fraction(2, 3), True), "blue.availability": (Fraction(1, 2), True),
                            "availability": (Fraction(1, 2), True)}),
    # an update at 1, one at 8 between the bulks, one at 15
    "Freshness": ([3, 15, 7], {"age": (7, True)}),
    # 4 + 4 + 2 of 10, shares 4, 2 and 2
    "Fairness": ([10, 4], {"share": (4, None), "fairness": (Fraction(1, 2), True)}),
}


def test_there_are_ten_recipes() -> None:
    assert [name for name, _ in RECIPES] == [*ANSWERS]


@pytest.mark.parametrize(("name", "text"), RECIPES, ids=[name for name, _ in RECIPES])
def test_recipes(name: str, text: str) -> None:
    problem = schedc.loads(text)
    assert problem.check() == ()
    plan = problem.solve(time=30, workers=1, solver="cpsat")
    goals, measures = ANSWERS[name]
    assert (plan.status, [o.value for o in plan.objectives]) == ("optimal", goals)
    shown = {r["name"]: (r["value"], r["met"]) for r in plan.to_dict()["qos"]}
    for measure, (value, met) in measures.items():
        assert shown[measure] == (float(value) if Fraction(value).denominator > 1 else int(value), met)
    assert problem.verify(plan).holds
