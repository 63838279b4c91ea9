"""Schedules in other forms than schedule.json: what is read of them, how they are judged and scored."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path

import pytest
from cli_runs import Shell

import schedc
from schedc.loose import Answer, Flaw, read_answer
from schedc.models.model import Model
from schedc.scoring import distance, scored

TICKS = """
time for 30
resource saw capacity 2
resource crew capacity 3
downtime crew during 10 .. 12
task a lasts 3 uses saw 1, crew 2
task b lasts 4 uses saw 2
task c[k in 1..2] lasts 2 uses crew 2 release 5 deadline 25
order a -> b after 1
exclusive c[1], c[2]
require start(b) != 20
"""
RIGHT = {"a": 0, "b": 4, "c[1]": 5, "c[2]": 7}
DATED = """
time 15 min from 2026-01-05 08:00 zone "Europe/Paris" for 2 d
resource crew
calendar day 08:00..12:00, 13:00..17:00
open crew during day
task dig lasts 5 h uses crew pausable
task fill lasts 1 h
order dig -> fill
"""


def model(text: str = TICKS) -> Model:
    return schedc.loads(text).model


def starts(answer: Answer, m: Model) -> dict[str, int]:
    return {m.task_name(t): int(answer.schedule.start[t]) for t in range(m.task_count) if answer.placed[t]}


FORMS: dict[str, str] = {
    "object": json.dumps(RIGHT),
    "object of spans": json.dumps({"a": [0, 3], "b": [4, 8], "c[1]": [5, 7], "c[2]": [7, 9]}),
    "object of objects": json.dumps({n: {"start": s} for n, s in RIGHT.items()}),
    "below a key": json.dumps({"comment": "done", "schedule": RIGHT}),
    "rows": json.dumps([{"task": n, "start_time": s} for n, s in RIGHT.items()]),
    "rows in a list": json.dumps([[n, s] for n, s in RIGHT.items()]),
    "other headings": json.dumps({"tasks": [{"Name": n, "Begin": float(s)} for n, s in RIGHT.items()]}),
    "text as numbers": json.dumps({n: str(s) for n, s in RIGHT.items()}),
    "csv": "task,start\n" + "\n".join(f'"{n}",{s}' for n, s in RIGHT.items()),
    "csv with semicolons": "\ufeffActivity;Start;Finish\n" + "\n".join(f"{n};{s};" for n, s in RIGHT.items()),
    "lines": "\n".join(f"- {n}: {s}" for n, s in RIGHT.items()),
    "lines of two words": "\n".join(f"{n} {s}" for n, s in RIGHT.items()),
    "quotes in brackets": json.dumps({n.replace("[", "['").replace("]", "']"): s for n, s in RIGHT.items()}),
    "a fence in prose": f"Sure! Here it is {{not json}}:\n```json\n{json.dumps(RIGHT, indent=2)}\n```\nGood luck",
    "json in prose": f"My answer is {json.dumps(RIGHT)} as you asked.",
}


@pytest.mark.parametrize("form", FORMS)
def test_forms(form: str) -> None:
    m = model()
    answer = read_answer(m, FORMS[form])
    assert starts(answer, m) == RIGHT, answer.remarks
    score = scored(m, answer)
    assert score.feasible
    assert score.score == 1


def test_instants_and_pauses() -> None:
    m = model(DATED)
    for text in ('{"dig": "2026-01-05 08:00", "fill": "2026-01-05 14:00"}', "dig: 08:00\nfill: 14:00..15:00",
                 '{"dig": "2026-01-05T07:00:00Z", "fill": "2026-01-05T13:00:00+00:00"}'):
        score = scored(m, read_answer(m, text))
        assert score.feasible, (text, score)
    late = scored(m, read_answer(m, "dig: 08:00\nfill: 13:00"))
    assert [(v.kind, v.amount) for v in late.verdict.violations] == [("order", 4)]
    assert [r.flaw for r in read_answer(m, "dig: 08:07\nfill: 14:00").remarks] == [Flaw.NOT_INTEGER]


NOTHING = ["", "no idea", "[]", "{}", "{", "\x00", "[[[[", '{"tasks": []}', "a" * 5000, "{" * 3000]


@pytest.mark.parametrize("text", NOTHING)
def test_nothing_to_read(text: str) -> None:
    answer = read_answer(model(), text)
    assert answer.remarks[0].flaw is Flaw.UNPARSABLE
    assert not answer.parsable
    assert scored(model(), answer).score == 0


def without(name: str) -> Callable[[dict[str, object]], dict[str, object]]:
    return lambda right: {k: v for k, v in right.items() if k != name}


CORRUPTED = {
    "missing": (without("b"), Flaw.MISSING, None),
    "unknown": (lambda right: {**right, "zz": 3}, Flaw.UNKNOWN, None),
    "not an integer": (lambda right: {**right, "a": 0.5}, Flaw.NOT_INTEGER, None),
    "true": (lambda right: {**right, "a": True}, Flaw.NOT_INTEGER, None),
    "negative": (lambda right: {**right, "a": -2}, Flaw.NEGATIVE, "window"),
    "precedence": (lambda right: {**right, "b": 3}, None, "precedence"),
    "capacity": (lambda right: {**right, "b": 4, "a": 0, "c[1]": 5, "c[2]": 6}, None, "capacity"),
    "downtime": (lambda right: {**right, "c[1]": 10}, None, "downtime"),
    "window": (lambda right: {**right, "c[2]": 24}, None, "window"),
    "disjunctive": (lambda right: {**right, "c[2]": 6}, None, "disjunctive"),
    "require": (lambda right: {**right, "b": 20}, None, "require"),
}


@pytest.mark.parametrize("kind", CORRUPTED)
def test_corruptions_are_told_by_kind(kind: str) -> None:
    change, flaw, category = CORRUPTED[kind]
    m = model()
    score = scored(m, read_answer(m, json.dumps(change(dict(RIGHT)))))
    assert not score.feasible
    assert score.score < 1
    if flaw is not None:
        assert flaw in {r.flaw for r in score.remarks}
    if category is not None:
        assert category in {c.name for c in score.categories if c.broken}


def test_doubles_count_once() -> None:
    m = model()
    answer = read_answer(m, '{"a": 0, "b": 4, "c[1]": 5, "c[2]": 7, "a": 9}')
    assert [r.flaw for r in answer.remarks] == [Flaw.DUPLICATE]
    assert starts(answer, m) == RIGHT


def test_the_distance_is_the_fewest_changes() -> None:
    m = model()
    far = distance(m, read_answer(m, json.dumps({**RIGHT, "b": 3, "c[2]": 6})),
                   lambda near, hint: schedc.Problem(near).solve(time=20, hint=hint))
    assert far is not None
    assert (far.changed, far.shifts, far.proved) == (2, 2, True)


def test_nothing_but_an_answer_comes_of_any_text() -> None:
    rng = random.Random(5)
    m = model()
    pieces = [*FORMS.values(), *'{}",-[', "null", "1e999", "NaN", "a:", "\n", "\ud800", "🙂", "99" * 40]
    for _ in range(400):
        text = "".join(rng.choice(pieces)[: rng.randint(1, 80)] for _ in range(rng.randint(1, 6)))
        scored(m, read_answer(m, text))


def test_on_the_command_line(tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    (tmp_path / "ticks.sched").write_text(TICKS)
    (tmp_path / "answer.txt").write_text(FORMS["a fence in prose"])
    done = shell("verify", "ticks.sched", "answer.txt")
    assert done.returncode == 0
    assert "4 of 4 tasks placed, score 1.000" in done.stdout
    (tmp_path / "bad.csv").write_text("task,start\na,0\nb,3\n")
    done = shell("verify", "ticks.sched", "bad.csv", "--near")
    assert done.returncode == 5
    assert "broken[missing task]: `c[1]` is missing" in done.stdout
    assert "broken[order]" in done.stdout
    assert "nearest schedule that keeps the model: 3 tasks changed" in done.stdout
    data = json.loads(shell("verify", "ticks.sched", "bad.csv", "--format", "json").stdout)
    assert data["score"]["flaws"] == {"missing task": 2}
