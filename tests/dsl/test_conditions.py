"""Conditions and goals: their nodes say what the text says, on any schedule."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from schedc.models.expressions import Compare, Extreme, Junction, Linear, Makespan, Operator, Point
from schedc.models.verify.values import Values

TASKS = """time for 40
table t key id { id: int, w: number, g: text } rows { 1, 2, x; 2, 0.5, y; 3, 3, x; 4, none, y }
task a[i in 1 .. 4] lasts 0 .. 5
task b lasts 0 .. 9
"""
R = range(1, 5)


def schedules(count=60):
    rng = np.random.default_rng(7)
    for _ in range(count):
        start, length = rng.integers(0, 12, 5), rng.integers(0, 6, 5)
        yield start, start + length + rng.integers(0, 3, 5), length


# the condition in the language, and in Python: s, e and n hold start, end and length of a[1..4] at 1..4 and of b at 0
CASES = [
    ("start(a[1]) <= end(b)", lambda s, e, n: s[1] <= e[0]),
    ("2 * start(a[1]) - 3 * (end(b) - 2) / 2 >= length(a[2]) / 3",
     lambda s, e, n: 2 * s[1] - Fraction(3 * (e[0] - 2), 2) >= Fraction(n[2], 3)),
    ("start(a[1]) != start(b) and not (end(a[2]) == end(b))", lambda s, e, n: s[1] != s[0] and e[2] != e[0]),
    ("start(a[1]) < 5 or start(b) < 5 implies end(a[3]) > 6",
     lambda s, e, n: not (s[1] < 5 or s[0] < 5) or e[3] > 6),
    ("abs(start(a[1]) - start(b)) >= 3", lambda s, e, n: abs(s[1] - s[0]) >= 3),
    ("max(end(a[i]) for i in 1 .. 4) - min(start(a[i]) for i in 1 .. 4) <= 12",
     lambda s, e, n: max(e[i] for i in R) - min(s[i] for i in R) <= 12),
    ("max(end(a[*])) <= 14 and sum(length(a[*])) >= 8",
     lambda s, e, n: max(e[i] for i in R) <= 14 and sum(n[i] for i in R) >= 8),
    ("max(start(b) / 2, end(a[1]) / 3, 4) <= 4.5", lambda s, e, n: max(Fraction(s[0], 2), Fraction(e[1], 3), 4) <= 4.5),
    ("sum(i * start(a[i]) for i in 1 .. 4 where i != 2) <= 60", lambda s, e, n: s[1] + 3 * s[3] + 4 * s[4] <= 60),
    ("count(start(a[i]) < start(b) for i in 1 .. 4) == 2", lambda s, e, n: sum(s[i] < s[0] for i in R) == 2),
    ("count(i > 2 or start(a[i]) > 6 for i in 1 .. 4) >= 3", lambda s, e, n: 2 + sum(s[i] > 6 for i in (1, 2)) >= 3),
    ("any(start(a[i]) == start(a[j]) for i, j in 1 .. 4 where i < j)",
     lambda s, e, n: any(s[i] == s[j] for i in R for j in R if i < j)),
    ("all(length(a[i]) <= i + 1 for i in 1 .. 4)", lambda s, e, n: all(n[i] <= i + 1 for i in R)),
    ("any(start(a[i]) == 3 for i in 1 .. 0) or start(b) > 4", lambda s, e, n: s[0] > 4),
    ("(start(a[1]) <= 4) + (start(a[2]) <= 4) + (start(b) <= 4) <= 1",
     lambda s, e, n: (s[1] <= 4) + (s[2] <= 4) + (s[0] <= 4) <= 1),
    ("5 * (start(a[1]) > start(b)) + start(b) <= 9", lambda s, e, n: 5 * (s[1] > s[0]) + s[0] <= 9),
    ("start(b) in {1, 3, length(b)}", lambda s, e, n: s[0] in (1, 3, n[0])),
    ("not (start(b) in odd)", lambda s, e, n: s[0] not in (1, 3, 5, 7, 9, 11)),
    ("if start(b) > 5 then start(a[1]) > 5 else start(a[1]) <= 5",
     lambda s, e, n: s[1] > 5 if s[0] > 5 else s[1] <= 5),
    ("makespan <= 16 and makespan - start(b) >= 2", lambda s, e, n: max(e) <= 16 and max(e) - s[0] >= 2),
    ("-start(b) <= -3", lambda s, e, n: s[0] >= 3),
    ("min(max(start(b), start(a[1])), abs(length(b) - 4)) >= 1",
     lambda s, e, n: min(max(s[0], s[1]), abs(n[0] - 4)) >= 1),
    # the condition for several members
    ("start(a[i + 1]) >= start(a[i]) - 4 for i in 1 .. 3",
     lambda s, e, n: all(s[i + 1] >= s[i] - 4 for i in (1, 2, 3))),
    ("i == 4 or start(a[i + 1]) + end(a[i]) >= 3 * i for i in 1 .. 4",
     lambda s, e, n: all(s[i + 1] + e[i] >= 3 * i for i in (1, 2, 3))),
    ("if r.w == none then start(a[r.id]) >= 1 else r.w * length(a[r.id]) <= 9 for r in t",
     lambda s, e, n: s[4] >= 1 and 2 * n[1] <= 9 and n[2] <= 18 and 3 * n[3] <= 9),
    ("(if r.g == \"x\" then start(a[r.id]) else end(b)) / r.w <= 12 for r in t where r.w != none",
     lambda s, e, n: s[1] <= 24 and e[0] <= 6 and s[3] <= 36),
    ("max(start(a[j]) for j in 1 .. i) + count(start(a[j]) > i for j in 1 .. 4) <= 10 for i in 2 .. 4",
     lambda s, e, n: all(max(s[j] for j in range(1, i + 1)) + sum(s[j] > i for j in R) <= 10 for i in (2, 3, 4))),
    ("sum(start(a[j]) for j in 1 .. 4 where j > i) / (5 - i) <= 6 for i in 1 .. 4",
     lambda s, e, n: all(Fraction(sum(s[j] for j in R if j > i), 5 - i) <= 6 for i in R)),
    ("start(a[r.id]) in {r.id, 2 * r.id} or start(b) in odd for r in t",
     lambda s, e, n: all(s[i] in (i, 2 * i) or s[0] % 2 for i in R)),
    ("start(a[i]) <= 6 implies any(end(a[j]) <= start(a[i]) + 3 for j in 1 .. 4 where j != i) for i in 1 .. 4",
     lambda s, e, n: all(s[i] > 6 or any(e[j] <= s[i] + 3 for j in R if j != i) for i in R)),
]


@pytest.mark.parametrize(("text", "meaning"), CASES)
def test_nodes_say_what_the_text_says(built, text, meaning):
    model = built(TASKS + "let odd = {1, 3, 5, 7, 9, 11}\nrequire count(odd) + count(t) > 0\nrequire " + text).model
    (node,) = model.requires
    seen = set()
    for start, end, length in schedules():
        own = np.r_[4, 0:4]     # Python counts b as 0, the model as its last task
        expected = bool(meaning(*(c[own].tolist() for c in (start, end, length))))
        assert bool(Values(start, end, length).truth(node.condition).all()) == expected
        seen.add(expected)
    assert seen == {True, False}


@pytest.mark.parametrize(("text", "value", "scale", "unit"), [
    ("start(b) + 2 * end(a[1])", lambda s, e: s[0] + 2 * e[1], 1, ""),
    ("6 * start(b) + 4 * end(a[1])", lambda s, e: 3 * s[0] + 2 * e[1], 2, ""),
    ("start(b) / 4 + end(a[1]) / 6", lambda s, e: 3 * s[0] + 2 * e[1], Fraction(1, 12), ""),
    ("sum(i * end(a[i]) for i in 1 .. 4) / 10", lambda s, e: sum(i * e[i] for i in R), Fraction(1, 10), ""),
    ("makespan", lambda s, e: max(e), 1, "duration"),
    ("2 * makespan", lambda s, e: max(e), 2, ""),
    ("max(end(a[*])) + 1", lambda s, e: max(e[1:]) + 1, 1, ""),
    ("count(start(a[i]) > 5 for i in 1 .. 4)", lambda s, e: sum(s[i] > 5 for i in R), 1, ""),
])
def test_goals(built, text, value, scale, unit):
    (stage,) = built(TASKS + "maximize " + text).model.objective
    assert (stage.sense, stage.name, stage.scale, stage.unit) == ("maximize", text, scale, unit)
    for start, end, length in schedules(10):
        own = np.r_[4, 0:4]
        assert Values(start, end, length).of(stage.value).tolist() == [value(start[own].tolist(), end[own].tolist())]


def test_goals_with_units(built):
    model = built("""time 15 min for 9 d
        task a lasts 1 h
        minimize end(a) then end(a) / 1 h then end(a) * 20 EUR / 1 h then maximize 3 Gbps * length(a)
    """).model
    one, hours, money, data = model.objective
    assert (one.scale, one.unit) == (1, "duration")
    assert (hours.scale, hours.unit, hours.name) == (Fraction(1, 4), "", "end(a) / 1 h")
    assert (money.scale, money.unit, money.sense) == (5, "EUR", "minimize")
    assert data.sense == "maximize" and data.unit == "bit" and data.scale == 900 * 3 * 10**9


def test_single_goals_are_the_node_itself(built):
    model = built(TASKS + "minimize makespan then max(end(a[i]) for i in 1 .. 4)").model
    assert isinstance(model.objective[0].value, Makespan)
    assert isinstance(model.objective[1].value, Extreme)


def test_the_smallest_integers(built):
    (require,) = built('time 1 min from 2026-01-05 for 9 d  task a lasts 1 min\n'
                       "require 2 * start(a) / 3 + 1 h <= 2026-01-05 04:00").model.requires
    node = require.condition
    assert isinstance(node, Compare) and isinstance(node.left, Linear)
    assert (node.op, node.left.const.tolist(), node.left.coef.tolist()) == (Operator.LE, [-270], [1])
    assert node.left.point.tolist() == [Point.START]


def test_equal_terms_are_joined_and_zeros_dropped(built):
    (require,) = built(TASKS + "require start(b) + end(a[1]) - start(b) + end(a[1]) <= 9").model.requires
    assert isinstance(require.condition, Compare) and isinstance(require.condition.left, Linear)
    assert (require.condition.left.task.tolist(), require.condition.left.coef.tolist()) == ([0], [2])


def test_what_data_decides_is_dropped_or_an_error(built):
    made = built(TASKS + "require 1 < 2  require i < 5 or start(a[1]) > 3 for i in 1 .. 4\n"
                 "require i > 2 implies start(a[i]) > 3 for i in 1 .. 4 as late").model.requires
    assert [r.origin.address for r in made] == ["late"]
    assert list(made[0].names) == ["i = 3", "i = 4"]
    found = built(TASKS + "require start(a[i]) >= 0 and i <= 2 for i in 1 .. 4").only("E228")
    assert "for i = 3 (and 1 more)" in found.message
    assert "W406" in built(TASKS + "minimize 3 - 2").codes


def test_truth_that_data_decides_leaves_no_node(built):
    text = "require (i == 1 or start(a[i]) > 3) and (i != 1 or start(b) > 3) for i in 1 .. 2"
    (require,) = built(TASKS + text).model.requires
    assert isinstance(require.condition, Junction)
    assert sum(len(m.row) for m in require.condition.members) == 2


@pytest.mark.parametrize(("text", "code", "at"), [
    ("require start(a[1]) * end(b) <= 4", "E267", "start(a[1]) * end(b)"),
    ("require 4 / start(b) + 1 <= 4", "E267", "start(b)"),
    ("require ceil(start(b) / 2) <= 4", "E267", "ceil(start(b) / 2)"),
    ("require (if start(b) > 2 then 1 else 2) <= 1", "E268", "start(b) > 2"),
    ("require start(b)", "E261", "start(b)"),
    ("require start(b) and start(b) > 2", "E261", "start(b)"),
    ("require start(a[9]) <= 4", "E259", "a[9]"),
    ("require start(a[*]) <= 4", "E258", "a[*]"),
    ("require start(3) <= 4", "E264", "3"),
    ("require start(c) <= 4", "E154", "c"),
    ("require start(b) <= \"x\"", "E250", "start(b) <= \"x\""),
    ("require max(start(a[i]) for i in 1 .. 0) <= 4", "E265", "max(start(a[i]) for i in 1 .. 0)"),
    ("require start(b) <= 9000000000000000000 * 3", "E252", "9000000000000000000 * 3"),
    ("require 9000000000000000000 * start(b) + 9000000000000000000 * start(b) <= 3", "E252",
     "9000000000000000000 * start"),
    ("require start(b) <= 4 every 3", "E336", "3"),
    ("require start(b) < 4 else penalty 3 per 1", "E353", "1"),
    ("require start(b) <= i for 0 % of i in 1 .. 3", "E354", "0"),
    ("minimize tardiness", "E283", "tardiness"),
    ("minimize makespn", "E154", "makespn"),
    ("minimize start(b) * start(b)", "E267", "start(b) * start(b)"),
])
def test_errors(built, text, code, at):
    found = built(TASKS + text)
    diagnostic = found.only(code)
    assert at in found.marked(diagnostic)


def test_dimensions_of_decisions(built):
    head = 'time 1 h from 2026-01-05 for 9 d  task a lasts 1 h  '
    assert "an instant and a number" in built(head + "require end(a) <= 5").only("E250").message
    assert "a duration and a number" in built(head + "require end(a) - start(a) <= 5").only("E250").message
    assert "an instant and an instant" in built(head + "require end(a) + start(a) <= 5 h").only("E250").message
    assert built(head + "require end(a) <= 5 h and 2 * end(a) + length(a) <= 2 d").codes == []
