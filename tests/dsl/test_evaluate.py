"""Expressions over data: exact values of `let`s."""

from __future__ import annotations

from fractions import Fraction

import pytest

ROWS = """
table machine key id { id: text, speed: number } rows { fast, 2; slow, 0.5 }
table op key job, k { job: int, k: int, on: machine, work: int, tier: text }
  rows { 1, 1, fast, 6, gold; 1, 2, slow, 4, gold; 2, 1, fast, 3, silver }
"""


@pytest.mark.parametrize(("text", "expected"), [
    ("1 + 2 * 3 - 4", 3),
    ("7 / 2", Fraction(7, 2)),
    ("7 / 2 * 2", 7),
    ("-(3 - 5)", 2),
    ("0.1 + 0.2", Fraction(3, 10)),
    ("1 / 3 + 1 / 6", Fraction(1, 2)),
    ("abs(3 - 5)", 2),
    ("ceil(7 / 2)", 4),
    ("floor(-7 / 2)", -4),
    ("ceil(-7 / 2)", -3),
    ("min(3, 1, 2)", 1),
    ("max(3, 7 / 2)", Fraction(7, 2)),
    ("if 1 < 2 then 5 else 6", 5),
    ("(2 < 3) + (3 < 2) + 1", 2),
    ("sum(i * i for i in 1 .. 4)", 30),
    ("sum(i for i in 1 .. 0)", 0),
    ("min(1 / i for i in 1 .. 4)", Fraction(1, 4)),
    ("count(i > 2 for i in 1 .. 5)", 3),
    ("count(i for i in 1 .. 5 where i != 2)", 4),
    ("sum(i * j for i in 1 .. 3, j in 1 .. i)", 1 + 2 + 4 + 3 + 6 + 9),
    ("sum(i for i in {4, 2, 4})", 6),
    ("sum(h for h in {i / 2 for i in 1 .. 4 where i != 3})", Fraction(7, 2)),
    ("if any(i == 3 for i in 1 .. 3) and not all(i == 3 for i in 1 .. 3) then 1 else 0", 1),
    ("if 3 in {1, 2, 3} implies 2 > 3 then 1 else 0", 0),
    ('if "a" < "b" and "b" == "b" then 1 else 0', 1),
])
def test_plain_expressions(values, text, expected):
    assert values(f"let x = {text}")["x"] == expected


def test_columns_follow_their_family(values):
    found = values(
        "param n = 3  let x[i in 1 .. n, j in i .. n where i + j != 4] = 10 * i + j  let y = x[2, 3] + x[1, 1]"
    )
    assert found["x"] == [11, 12, 23, 33]
    assert found["y"] == 34


def test_neighbours_are_looked_up_only_where_they_are_needed(values):
    found = values("let x[i in 1 .. 4] = i * i  let d[i in 1 .. 4] = if i > 1 then x[i] - x[i - 1] else 0")
    assert found["d"] == [0, 3, 5, 7]
    found = values("let x[i in 1 .. 3] = i  let late[i in 1 .. 3] = if i > 1 and x[i - 1] == 2 then 1 else 0")
    assert found["late"] == [0, 0, 1]


def test_rows_of_tables(values):
    found = values(ROWS + "let d[o in op] = o.work / o.on.speed  let m = op[1, 2].on  let s = machine[\"slow\"].speed")
    assert found["d"] == [3, 8, Fraction(3, 2)]
    assert found["m"] == "slow"
    assert found["s"] == Fraction(1, 2)


def test_groups(values):
    found = values(ROWS + """
        let load[m in machine] = sum(o.work for o in op where o.on == m)
        let most[m in machine] = max(o.work for o in op where o.on == m)
        let jobs = {o.job for o in op}
        let last[j in jobs] = max(o.k for o in op where o.job == j)
        let gold = {o for o in op where o.tier == "gold"}
        let n = count(gold) + count(op)
        let held[o in op] = if o in gold then 1 else 0
        let fast = count(o.on == "fast" for o in op)
    """)
    assert found["load"] == [9, 4]
    assert found["most"] == [6, 4]
    assert found["jobs"] == [1, 2]
    assert found["last"] == [2, 1]
    assert found["gold"] == ["1,1", "1,2"]
    assert found["n"] == 5
    assert found["held"] == [1, 1, 0]
    assert found["fast"] == 2


def test_a_join_gives_what_the_product_gives(values):
    joined = "let n[p in op] = sum(10 * q.job + q.k for q in op where q.job == p.job and q.k == p.k + 1)"
    product = "let n[p in op] = sum(10 * q.job + q.k for q in op where not (q.job != p.job) and q.k - p.k == 1)"
    assert values(ROWS + joined)["n"] == values(ROWS + product)["n"] == [12, 0, 0]


def test_a_join_keeps_the_order_of_nested_loops(values):
    found = values("let p = {10 * i + j for i in 1 .. 3, j in {3, 1, 2} where j == 4 - i or i == j}  "
                   "let q = {10 * i + j for i in 1 .. 3, j in {3, 1, 2} where j == i}")
    assert found["p"] == [13, 11, 22, 33, 31]
    assert found["q"] == [11, 22, 33]


def test_single_values_from_aggregates_fit_any_family(values):
    found = values("""
        let n = sum(i for i in 1 .. 3)  let many = count(i > 1 for i in 1 .. 3)  let yes = any(i > 2 for i in 1 .. 3)
        let x[i in 1 .. n] = if i > 4 then n else if yes then many else i
        let y[i in 1 .. many, j in 1 .. i] = n * i + x[j + 1]
    """)
    assert found["x"] == [2, 2, 2, 2, 6, 6]
    assert found["y"] == [8, 14, 14]


def test_statements_stand_in_any_order(values):
    assert values("let c = b + 1  let b = a * 2  param a = 5") == {"a": 5, "b": 10, "c": 11}


def test_times(values):
    found = values("""
        time 15 min from 2026-01-05 08:00 zone "Europe/Paris"
        let t = 2026-01-05 12:00 + 30 min
        let d = 2026-01-06 - 2026-01-05 08:00
        let r = 3 h / 30 min
        let half = 1 h / 2
        let up = ceil(20 min)
        let late = if t > 2 h then 1 else 0
    """)
    assert found == {"t": "2026-01-05 12:30", "d": "16 h", "r": 6, "half": "30 min", "up": "30 min", "late": 1}


@pytest.mark.parametrize(("text", "code", "at"), [
    ("let x = y", "E154", "y"),
    ("let x = abs(1, 2)", "E264", "abs(1, 2)"),
    ("let x = 1 / 0", "E253", "1 / 0"),
    ("let x[i in 1 .. 3] = 1 / (i - 2)", "E253", "1 / (i - 2"),
    ("let x[i in 1 .. 3] = i  let y = x[4]", "E259", "x[4]"),
    ("let x = 9223372036854775807 + 1", "E252", "9223372036854775807 + 1"),
    ("let x = 3037000500 * 3037000500", "E252", "3037000500 * 3037000500"),
    ("let x = sum(9000000000000000000 for i in 1 .. 2)", "E252", "9000000000000000000"),
    ("let x = 1 .. 1000000000000000", "E255", "1 .. 1000000000000000"),
    ("let x = sum(1 for i in 1 .. 100000, j in 1 .. 100000)", "E255", "j"),
    ("let x = sum(i for i in 1 .. 2, i in 1 .. 2)", "E153", "i"),
    ("let i = 2  let x = sum(i for i in 1 .. 2)", "E153", "i"),
    ("let x = max(i for i in 1 .. 0)", "E265", "max(i for i in 1 .. 0)"),
    ("let x = 1 + \"a\"", "E250", "1 + \"a\""),
    ("let x = 1 == \"a\"", "E250", "1 == \"a\""),
    ("let x = 5  let y = x[1]", "E257", "x[1]"),
    ("let x = start(t)  task t lasts 1", "E263", "start(t)"),
    ("let x = percentile(3)", "E263", "percentile(3)"),
    ("let x[i in {1 / 2}] = i", "E260", "i"),
])
def test_errors_name_their_place(built, text, code, at):
    found = built(text)
    diagnostic = found.only(code)
    assert at in found.marked(diagnostic)


def test_a_circle_is_named_by_its_members(built):
    message = built("param a = b  let b[i in 1 .. 2] = c  let c = a").only("E152").message
    assert "a -> b -> c -> a" in message


def test_a_long_chain_of_lets_is_no_deep_recursion(values):
    text = "let x0 = 1 " + " ".join(f"let x{i} = x{i - 1} + 1" for i in range(1, 3000))
    assert values(text)["x2999"] == 3000


def test_the_first_wrong_member_is_named(built):
    message = built("let x[i in 1 .. 5] = i  let y[i in 1 .. 5] = x[i + 2]").only("E259").message
    assert "x[6]" in message and "i = 4" in message and "1 more" in message


def test_what_a_wrong_let_spoils_is_not_reported_again(built):
    assert built("let x = nope  let y = x + 1  task t lasts y  order t -> t2  task t2 lasts x").codes == ["E154"]
