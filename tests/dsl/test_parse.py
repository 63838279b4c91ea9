"""Texts to trees: what each form becomes, where it stands, and agreement with Lark on what is a text at all."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lark.exceptions import LarkError
from random_texts import random_text, random_tokens, strict_lark

from schedc.dsl import tree
from schedc.dsl.parse import parse
from schedc.models.diagnostics import Findings

DESIGN = Path(__file__).parents[3] / "shared" / "design" / "models"


def statements(text: str) -> tuple[tree.Statement, ...]:
    findings = Findings()
    file = parse(text, "f.sched", findings)
    assert not findings.items, findings.items
    return file.statements


def only(text: str) -> Any:
    (statement,) = statements(text)
    return statement


def expression(text: str) -> Any:
    return only(f"require {text}").condition


def shown(node: Any) -> str:
    """An expression with every operation in parentheses, to see how it groups."""
    match node:
        case tree.Number() | tree.Instant() | tree.Clock():
            return node.text
        case tree.Quantity():
            return " ".join(f"{n.text} {unit}" for n, unit in node.parts)
        case tree.Text():
            return f'"{node.value}"'
        case tree.Flag():
            return str(node.value).lower()
        case tree.Star():
            return "*"
        case tree.Ref():
            return node.name + index(node.index) + "".join(f".{s.word}{index(s.index)}" for s in node.path)
        case tree.Call():
            return f"{node.name}({', '.join(map(shown, node.args))}{' for' if node.each else ''})"
        case tree.Negative():
            return f"(-{shown(node.operand)})"
        case tree.Negation():
            return f"(not {shown(node.operand)})"
        case tree.Arithmetic():
            return f"({shown(node.first)}{''.join(f' {op} {shown(x)}' for op, x in node.rest)})"
        case tree.Comparison():
            return f"({shown(node.left)} {node.op} {shown(node.right)})"
        case tree.Logic():
            return f"({f' {node.op} '.join(map(shown, node.operands))})"
        case tree.Implies():
            return f"({shown(node.left)} => {shown(node.right)})"
        case tree.In():
            items = ", ".join(map(shown, node.items))
            return f"({shown(node.left)} in {'{' + items + '}' if node.braces else items})"
        case tree.If():
            return f"(if {shown(node.condition)} then {shown(node.then)} else {shown(node.otherwise)})"
    raise AssertionError(node)


def index(items: Any) -> str:
    return "" if items is None else f"[{', '.join(map(shown, items))}]"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a + b - c + 1", "(a + b - c + 1)"),
        ("a - (b - c)", "(a - (b - c))"),
        ("(a + b) + c", "((a + b) + c)"),
        ("a + b * c / d - e", "(a + (b * c / d) - e)"),
        ("-a * -b", "((-a) * (-b))"),
        ("a or b and not c or d", "(a or (b and (not c)) or d)"),
        ("a or (b or c)", "(a or (b or c))"),
        ("a implies b implies c", "(a => (b => c))"),
        ("not a == b", "(not (a == b))"),
        ("a + 1 <= b - 2", "((a + 1) <= (b - 2))"),
        ("a in s and b in {1, x + y}", "((a in s) and (b in {1, (x + y)}))"),
        ("if a then b else if c then d else e", "(if a then b else (if c then d else e))"),
        ("max(a, b - 1) + sum(x for x in s)", "(max(a, (b - 1)) + sum(x for))"),
        ("f() == 1", "(f() == 1)"),
        ("r.machine.speed[1, *].task", "r.machine.speed[1, *].task"),
        ("run[t, *].place[n] > 2 h 30 min", "(run[t, *].place[n] > 2 h 30 min)"),
        ('x == "a b"', '(x == "a b")'),
        ("`two words` == `task`", "(two words == task)"),
        ("t >= 2026-01-05 08:00", "(t >= 2026-01-05 08:00)"),
        ("t >= 08:00", "(t >= 08:00)"),
        ("true != false", "(true != false)"),
        ("((((a))))", "a"),
    ],
)
def test_how_expressions_group(text: str, expected: str) -> None:
    assert shown(expression(text)) == expected


def test_numbers_are_exact() -> None:
    number = expression("0.1")
    assert (number.value, number.text) == (Fraction(1, 10), "0.1")


def test_spans_cover_the_whole_node() -> None:
    comparison = only('model "x"'), expression("a +\n  b.c[1] <= 3 h")
    assert comparison[0].span == ("f.sched", 1, 1, 1, 10)
    node = comparison[1]
    assert node.span == ("f.sched", 1, 9, 2, 16)
    assert node.left.span == ("f.sched", 1, 9, 2, 9)
    assert node.left.rest[0][1].span == ("f.sched", 2, 3, 2, 9)
    assert node.right.span == ("f.sched", 2, 13, 2, 16)


def test_a_path_follows_a_call() -> None:
    node = expression("on(link[q, 1]).ant[2] != x").left
    assert (node.name, [s.word for s in node.path]) == ("on", ["ant"])


def test_time() -> None:
    node = only('time 15 min from 2026-01-05 zone "Europe/Paris" for 14 d now 2026-01-06')
    assert shown(node.resolution) == "15 min"
    assert [(c.keyword, shown(c.values[0])) for c in node.clauses] == [
        ("from", "2026-01-05"), ("zone", '"Europe/Paris"'), ("for", "14 d"), ("now", "2026-01-06"),
    ]
    assert only("time for 12").resolution is None


def test_include_model_param_let() -> None:
    assert only('include "a.sched" as base').namespace.text == "base"
    assert only('include "a.sched"').namespace is None
    assert only('model "x"').title.value == "x"
    assert only("param x = 3").private is False
    assert only("param x private = 3").private is True
    assert only("param `private` = 3").private is False
    assert isinstance(only("param x = 3").value, tree.Range)
    assert isinstance(only("let x = { 1, 2 }").value, tree.SetOf)
    assert only("let x[i in 1 .. 3] = i + 1").family.binders[0].name == "i"
    chosen = only("let x = { r for r in racks where r.gold }").value
    assert isinstance(chosen, tree.SetEach)
    assert shown(chosen.each.where) == "r.gold"


def test_table() -> None:
    node = only(
        'table t from "a.csv" key task, b { task: text, b: amount EUR/h, c, d private, private: int private }'
        ' rows { order, "x", -3 EUR, 20 EUR/h, 2026-01-05; a, -4, 2 h 30 min, 08:00, b; }'
    )
    assert [s.value for s in node.sources] == ["a.csv"]
    assert [[w.text for w in key] for key in node.keys] == [["task", "b"]]
    (columns,), (rows,) = node.columns, node.rows
    described = [(c.name.text, [t.text for t in c.type], c.per and c.per.text, c.private) for c in columns]
    assert described == [
        ("task", ["text"], None, False), ("b", ["amount", "EUR"], "h", False), ("c", [], None, False),
        ("d", [], None, True), ("private", ["int"], None, True),
    ]
    first, second = (row.cells for row in rows)
    assert (first[0].value, first[0].bare, first[1].value, first[1].bare) == ("order", True, "x", False)
    assert (first[2].parts[0][0].value, first[3].per) == (-3, "h")
    assert (second[1].value, second[1].text) == (-4, "-4")
    assert [type(c).__name__ for c in second] == ["Text", "Number", "Quantity", "Clock", "Text"]


def test_calendar() -> None:
    node = only("calendar c Mon..Fri 08:00..12:00, Sat 09:00..10:00, 0 h .. 2 h every 6 h, x except 2026-01-06, y .. z")
    weekly, saturday, recurring, span = node.whens
    assert (weekly.first, weekly.last, saturday.first, saturday.last) == (0, 4, 5, 5)
    assert (shown(weekly.hours.lo), shown(weekly.hours.hi)) == ("08:00", "12:00")
    assert shown(recurring.every) == "6 h"
    assert isinstance(span, tree.Range)
    assert [shown(e.lo) for e in node.excepts] == ["2026-01-06", "y"]
    assert only("calendar c x").excepts == ()


def test_resource_and_stock() -> None:
    change = 'change { "a" -> "b": 1 h } starts "a"'
    node = only(f"resource r[i in s] capacity 2 contiguous batch {change} with v = 3 private as l")
    described = [getattr(c, "keyword", type(c).__name__) for c in node.clauses]
    assert described == ["capacity", "contiguous", "batch", "change", "starts", "WithClause", "private", "AsLabel"]
    assert isinstance(node.clauses[3].values[0], tree.Map)
    assert only("resource r change 2 h").clauses[0].values[0].parts[0][1] == "h"
    stock = only("stock s holds 0 .. 9 starts 3")
    assert [c.keyword for c in stock.clauses] == ["holds", "starts"]
    assert isinstance(stock.clauses[0].values[0], tree.Range)


def test_availability() -> None:
    node = only('open a, b[*] during office for i in s as "x y"')
    assert (node.keyword, [r.name for r in node.refs], node.leaving) == ("open", ["a", "b"], None)
    assert (len(node.tail.each), node.tail.labels[0].text) == (1, "x y")
    node = only("downtime a during 2026-01-08 .. 2026-01-09 leaving 3")
    assert (node.keyword, shown(node.leaving), shown(node.when.hi)) == ("downtime", "3", "2026-01-09")


def test_task_clauses() -> None:
    node = only(
        "task t[r in racks where r.ok] lasts 1 h .. 2 h optional release 3 h else penalty 2 per 1 h deadline x"
        " due y weight 2 within Mon..Fri 08:00..12:00 within a .. b pausable splittable into 2 piece 1 h .. 2 h"
        " every 4 h times 3 with cost = 3, task = 4 as label"
    )
    assert shown(node.family.where) == "r.ok"
    lasts, optional, release, deadline, due, weekly, within, pausable, split, every, attributes, label = node.clauses
    assert (lasts.keyword, shown(lasts.values[0].hi)) == ("lasts", "2 h")
    assert (optional.keyword, optional.values, pausable.keyword) == ("optional", (), "pausable")
    assert (shown(release.values[0]), shown(release.soft.amount), shown(release.soft.per)) == ("3 h", "2", "1 h")
    assert (deadline.keyword, deadline.soft) == ("deadline", None)
    assert [shown(v) for v in due.values] == ["y", "2"]
    assert (weekly.when.first, weekly.when.last, shown(within.when.lo)) == (0, 4, "a")
    assert (shown(split.values[0]), shown(split.values[1].lo)) == ("2", "1 h")
    assert [shown(v) for v in every.values] == ["4 h", "3"]
    assert [(n.text, shown(v)) for n, v in attributes.items] == [("cost", "3"), ("task", "4")]
    assert label.text == "label"
    assert only("task t splittable").clauses[0].values == (None, None)
    assert [shown(v) for v in only("task t lasts about 1 .. 2 .. 3").clauses[0].values] == ["1", "2", "3"]


def test_demands() -> None:
    last = "r q during a .. b growing g per d"
    (clause,) = only(f"task t uses crew, net 40 Gbps, 2 of team, n of team 1, gpu at s, {last}").clauses
    described = [(d.ref.name, d.amount and shown(d.amount), d.count and shown(d.count)) for d in clause.demands]
    assert described == [
        ("crew", None, None), ("net", "40 Gbps", None), ("team", None, "2"), ("team", "1", "n"), ("gpu", None, None),
        ("r", "q", None),
    ]
    gpu, growing = clause.demands[-2:]
    assert (shown(gpu.at[0]), shown(growing.during[0].hi)) == ("s", "b")
    assert [shown(g) for g in growing.growing[0]] == ["g", "d"]
    assert only("task t uses crew for r in s").clauses[0].each is not None


def test_stocks_of_tasks_and_modes() -> None:
    node = only("task t takes s 2, m 3 at end produces p 1 mode q[i in 1 .. 2] { lasts i uses a }")
    takes, produces, mode = node.clauses
    described = [(c.ref.name, shown(c.amount), c.at and shown(c.at)) for c in takes.changes]
    assert described == [("s", "2", None), ("m", "3", "end")]
    assert (takes.keyword, produces.keyword) == ("takes", "produces")
    assert (mode.name.text, mode.family is not None, len(mode.clauses)) == ("q", True, 2)


def test_job_and_scenario_hold_statements() -> None:
    job = only("job j[r in s] optional release 3 { task a lasts 1 order a -> b job k { } }")
    assert ([c.keyword for c in job.clauses], [type(s).__name__ for s in job.body]) == (
        ["optional", "release"], ["Task", "Order", "Job"],
    )
    assert [type(s).__name__ for s in only("scenario s { param x = 4 }").body] == ["Param"]


def test_order() -> None:
    node = only("order a[r] -> start(b) after 1 h .. 2 h -> end(c) for r in s as l else penalty 3")
    assert [(a.target.side, a.target.ref.name, a.lag is not None) for a in node.arrows] == [
        ("start", "b", True), ("end", "c", False),
    ]
    assert (node.first.side, len(node.tail.each), len(node.tail.labels), len(node.tail.soft)) == (None, 1, 1, 1)


def test_other_constraints_and_goals() -> None:
    together = only("exclusive a, b[*] for r, q in s where r != q")
    assert [b.name for b in together.tail.each[0].binders] == ["r", "q"]
    assert only("permutation a[*], b[*]").keyword == "permutation"
    require = only("require x every 4 for 95 % of r in s else penalty 10 per 1 h as c")
    assert (shown(require.every), require.tail.each[0].share.value.text) == ("4", "95")
    assert isinstance(only("require x for p % of r in s").tail.each[0].share.value, tree.Ref)
    qos = only("qos m[r in s] = end(a[r]) by r.tier")
    assert (qos.name.text, shown(qos.by)) == ("m", "r.tier")
    goals = only("minimize a then b then maximize c then d").goals
    assert [g.direction for g in goals] == ["minimize", "minimize", "maximize", "maximize"]
    assert [g.direction for g in only("pareto maximize a, minimize b").goals] == ["maximize", "minimize"]


def test_comments_are_kept_in_order() -> None:
    file = parse("# one\ntask a # two\n  lasts 3\n# three", "f.sched", Findings())
    assert [(c.text, c.span.line) for c in file.comments] == [("# one", 1), ("# two", 2), ("# three", 4)]


def test_an_empty_text() -> None:
    assert statements("") == statements("  # nothing\n") == ()


@pytest.mark.parametrize("path", sorted(DESIGN.glob("*.sched")), ids=lambda p: p.stem)
def test_design_models(path: Path) -> None:
    assert statements(path.read_text())


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2**63))
def test_every_derived_text_parses(seed: int) -> None:
    statements(random_text(Random(seed)))


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 2**63))
def test_a_harmed_text_is_accepted_exactly_if_lark_accepts_it(seed: int) -> None:
    random = Random(seed)
    tokens = random_tokens(random, "start", 40)
    for _ in range(random.randint(1, 2)):
        at = random.randrange(len(tokens) + 1)
        other = random.choice(random_tokens(random, "statement", 20))
        tokens[at : at + random.randint(0, 1)] = random.choice([[other], []])
    text = " ".join(tokens)
    findings = Findings()
    parse(text, "f.sched", findings)
    try:
        strict_lark().parse(text)
    except LarkError:
        assert findings.failed
    else:
        assert not findings.items
