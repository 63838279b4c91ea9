"""Periodic tasks: the family that is made of them, against the same one written out."""

from __future__ import annotations

import json

import numpy as np
import pytest

from schedc.dsl.load import load_text
from schedc.models.diagnostics import Findings
from schedc.models.model import Model


def load(text: str) -> Model:
    findings = Findings()
    model = load_text(text, {}, {}, findings)
    assert model is not None and not findings.failed, [d.message for d in findings.in_order()]
    return model


def columns(model: Model) -> str:
    """All that matters of tasks and orders, to be compared."""
    orders = [[c.tolist() for c in (o.first, o.second, o.lo, o.hi)] for o in model.orders]
    own = (model.shortest, model.longest, model.release, model.deadline)
    windows = [[w.which.tolist(), w.spans.lo.tolist(), w.spans.hi.tolist()] for t in model.tasks for w in t.within]
    return json.dumps([[c.tolist() for c in own], [list(t.family.labels()) for t in model.tasks], orders, windows])


@pytest.mark.parametrize(("periodic", "written"), [
    ("task a lasts 2 every 6 times 3", "task a[k in 0 .. 2] lasts 2 release 6 * k deadline 6 * k + 6"),
    ("task a lasts 2 every 6 times 3 release 1 deadline 9",
     "task a[k in 0 .. 2] lasts 2 release 6 * k + 1 deadline 6 * k + 9"),
    ("task a[i in 1 .. 2] lasts k + i every 6 * i times 4 / i",
     "task a[i in 1 .. 2, k in 0 .. 4 / i - 1] lasts k + i release 6 * i * k deadline 6 * i * k + 6 * i"),
    ("task a lasts 2 every 6 times 2 within 1 .. 5 within 2 .. 6",
     "task a[k in 0 .. 1] lasts 2 release 6*k deadline 6*k + 6 within 6*k + 1 .. 6*k + 5 within 6*k + 2 .. 6*k + 6"),
    ("task a lasts 1 every 6 times 2 task b lasts 1 every 6 times 2 order a -> b after 1 .. 3",
     "task a[k in 0 .. 1] lasts 1 release 6 * k deadline 6 * k + 6 task b[k in 0 .. 1] lasts 1 release 6 * k "
     "deadline 6 * k + 6 order a[k] -> b[k] after 1 .. 3 for k in 0 .. 1"),
    ("task a[i in 1 .. 2] lasts 1 every 6 times 2 task b[i in 1 .. 2] lasts 1 every 6 times 2 "
     "order a[i] -> b[j] after i for i, j in 1 .. 2 where i != j",
     "task a[i in 1 .. 2, k in 0 .. 1] lasts 1 release 6 * k deadline 6 * k + 6 "
     "task b[i in 1 .. 2, k in 0 .. 1] lasts 1 release 6 * k deadline 6 * k + 6 "
     "order a[1, k] -> b[2, k] after 1 for k in 0 .. 1 order a[2, k] -> b[1, k] after 2 for k in 0 .. 1"),
])
def test_a_periodic_task_is_a_family(periodic: str, written: str) -> None:
    one, other = (load(f"time for 50\n{text}") for text in (periodic, written))
    if len(one.orders) == len(other.orders):
        assert columns(one) == columns(other)
        return
    pairs = [sorted(zip(*(np.concatenate([getattr(o, c) for o in m.orders]).tolist() for c in
                          ("first", "second", "lo")))) for m in (one, other)]
    assert pairs[0] == pairs[1]


def test_the_index_hides_nothing() -> None:
    outer = load("param k = 3\ntime for 50\ntask a lasts k every 6 times 2")
    assert outer.shortest.tolist() == [3, 3]
    bound = load("time for 50\ntask a[k in 1 .. 2] lasts k every 6 times 2")
    assert bound.shortest.tolist() == [1, 1, 2, 2] and bound.task_name(3) == "a[2,1]"


def test_in_a_job() -> None:
    model = load("job J[i in 1 .. 2] { task a[m in 1 .. 2] lasts 1 every 6 times 2 task b lasts 2 order a[1] -> a[2] }")
    assert model.task_name(1) == "J[1].a[1,1]" and model.task_name(8) == "J[1].b"
    assert [model.orders[0].first.tolist(), model.orders[0].second.tolist()] == [[0, 1, 4, 5], [2, 3, 6, 7]]


def test_all_repeats_are_present_or_none() -> None:
    model = load("time for 50\ntask a[i in 1 .. 2] lasts 1 every 6 times 3 optional")
    assert model.tasks[0].presence is not None
    assert model.tasks[0].presence.tolist() == [0, 0, 0, 3, 3, 3]


def test_modes_count_from_each_period() -> None:
    model = load("time for 50\ntask a every 6 times 2 mode fast { lasts 1 release 2 } mode slow { lasts 3 deadline 4 }")
    fast, slow = model.tasks[0].modes
    assert fast.release.tolist() == [2, 8] and slow.deadline.tolist() == [4, 10]


@pytest.mark.parametrize(("text", "codes"), [
    ("task a lasts 1 every none times 2 require jitter(a) == 0", ["E254"]),
    ("task a lasts 1 every 3 times 2 require jitter(b) == 0", ["E154"]),
    ("task a[i in 1 .. 2] lasts 1 every 3 times 2 require jitter(a) == 0", ["E257"]),
    ("task a lasts 1 every 3 times 2 let x = jitter(a)", ["E263"]),
    ("task a lasts 1 every -3 times 2 require count(a[*]) <= 1 every 3", ["E243"]),
    ("task a lasts 1 every 3 times 2 require count(b[*]) <= 1 every 3", ["E154"]),
    ("task a lasts 1 every 3 times 2 require start(a[0]) <= 1 every 3", ["E336"]),
    ("task a lasts 1 every 3 times 2 require count(a[*]) <= 1 every none", ["E250"]),
    ("task a lasts 1 every 3 times 2 require count(a[*]) <= 1 every start(a[0])", ["E263"]),
    ("task a lasts 1 every 3 times 2 require count(a[*], 1) <= 1", ["E264"]),
    ("task a lasts 1 every 3 times 5000001", ["E255"]),
    ("job J every 3 times 2 { task a lasts 1 }", ["E282"]),
    ("task a every 3 times 2 mode m { lasts 1 every 3 }", ["E270"]),
])
def test_one_mistake_is_told_once(text: str, codes: list[str]) -> None:
    findings = Findings()
    assert load_text(f"time for 20 {text}", {}, {}, findings) is None
    assert [d.code for d in findings.in_order() if d.severity == "error"] == codes
