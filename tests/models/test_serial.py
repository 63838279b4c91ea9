"""Models as JSON: exact both ways, and nothing but a ValueError for anything else."""

from __future__ import annotations

import copy
import json
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made import Maker
from random_cases import models

from schedc.models.axis import TimeAxis
from schedc.models.columns import Family, ints
from schedc.models.expressions import Compare, Junction, Known, Linear, Makespan, Member, Not, Operator, Point
from schedc.models.model import Model
from schedc.models.schedule import Schedule
from schedc.models.serial import DEEPEST, equal, model_from_json, model_to_json
from schedc.models.source import NO_ORIGIN
from schedc.models.statements import Require, Resources, Stage
from schedc.models.verify import verify


@settings(max_examples=150, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
@given(models())
def test_a_model_comes_back_as_it_was(model: Model) -> None:
    written = model_to_json(model)
    read = model_from_json(json.loads(json.dumps(written)))
    assert equal(model, read)
    assert model_to_json(read) == written


def small() -> Model:
    """A model with a node of most kinds."""
    m = Maker(12)
    saw = m.resource("saw", 2)
    m.open(saw, (0, 4), (6, 12))
    cut = m.task("cut", 3, uses={saw: 1})
    glue = m.task("glue", 2, uses={saw: 2})
    m.order(cut, glue)
    made = m.model()
    words = np.array(["gold", "tin"], dtype=object)
    crews = Resources(NO_ORIGIN, Family("crew", 2, (words, ints([7, 8]))), 1, ints([1, 2]), "Gbps", Fraction(1, 3))
    ends = Linear(ints([0]), ints([0, 0]), ints([Point.END, Point.END]), ints([cut, glue]), ints([1, -2]))
    return replace(
        made,
        axis=TimeAxis(12, 900 * 10**9, "2026-01-05T08:00:00+01:00", "Europe/Paris"),
        resources=(*made.resources, crews),
        relations=(*made.relations, Require(NO_ORIGIN, Not(Compare(Operator.LT, ends)), ("r = r7",))),
        objective=(Stage(NO_ORIGIN, "makespan", "minimize", Makespan(), Fraction(15, 2), "duration"),),
    )


def test_the_layout_of_the_file() -> None:
    written = model_to_json(small())
    assert written["schema"] == "schedc.model/1"
    model = written["model"]
    assert model["type"] == "Model"
    crew = model["resources"][1]
    assert crew["capacity"] == {"dtype": "int64", "data": [1, 2]}
    assert crew["family"]["index"][0] == {"dtype": "text", "data": ["gold", "tin"]}
    assert crew["scale"] == "1/3"
    assert crew["origin"] == {"type": "Origin", "span": ["<nowhere>", 1, 1, 1, 1], "what": "the model", "label": None}
    linear, compare, negation = model["relations"][-1]["condition"]
    assert (linear["type"], linear["coef"]["data"]) == ("Linear", [1, -2])
    assert (compare["type"], compare["op"], compare["left"]) == ("Compare", "<", 0)
    assert negation == {"type": "Not", "child": 1}
    assert model_from_json(written).axis.zone == "Europe/Paris"


def test_equal_sees_every_difference() -> None:
    model = small()
    assert equal(model, small())
    other = replace(model.resources[0], capacity=ints([3]))
    assert not equal(model, replace(model, resources=(other, *model.resources[1:])))
    assert not equal(model, replace(model, name="another"))
    assert not equal(model, replace(model, relations=model.relations[:-1]))
    assert not equal(ints([1]), np.array([True]))
    assert not equal(ints([1]), ints([1, 2]))
    assert not equal({"a": ints([1])}, {"a": ints([2])})


def _places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, child in inner for place in _places(child, (*path, key)))]


PLACES = [p for p in _places(model_to_json(small())) if p]
ODD = (None, True, -1, 3, 1 << 70, 1.5, float("nan"), "x", "1/0", [], [1], {}, {"type": "Linear"}, {"dtype": "int64"})


@settings(max_examples=600, derandomize=True, deadline=None)
@given(st.sampled_from(PLACES), st.sampled_from(ODD))
def test_a_broken_file_is_a_value_error_or_still_a_sound_model(place: tuple[Any, ...], odd: Any) -> None:
    written = model_to_json(small())
    where = written
    for key in place[:-1]:
        where = where[key]
    where[place[-1]] = copy.deepcopy(odd)
    try:
        model = model_from_json(written)
    except ValueError as error:
        assert str(error) and "\n" not in str(error)
        return
    size = model.task_count
    verify(model, Schedule(ints([0] * size), ints([0] * size), ints([0] * size)))


@pytest.mark.parametrize(
    ("place", "value", "message"),
    [
        (("schema",), "schedc.model/2", "not a model: the schema is not 'schedc.model/1'"),
        (("model", "type"), "Tasks", "model: expected an object of type Model"),
        (("model", "axis", "horizon"), "12", "model.axis.horizon: expected an integer of at most 64 bits"),
        (("model", "axis", "horizon"), True, "model.axis.horizon: expected an integer of at most 64 bits"),
        (("model", "axis", "horizon"), 0, "not a sound model: a horizon of 0 ticks"),
        (("model", "axis", "origin", "span"), [1], "expected a list of file, line, column, end line, end column"),
        (("model", "tasks", 0, "shortest", "data"), [1.0], "model.tasks[0].shortest: expected a list of int64"),
        (("model", "tasks", 0, "shortest", "data"), [1 << 63], "expected integers of at most 64 bits"),
        (("model", "tasks", 0, "shortest", "data"), [], "not a sound model: task cut: a column of 0 for 1 members"),
        (("model", "tasks", 1, "first"), 0, "not a sound model: task glue: first is 0, not 1"),
        (("model", "tasks", 0, "uses", 0, "resource", "data"), [3], "task cut: 3 .. 3 where 0 .. 2 stand"),
        (("model", "tasks", 0, "uses", 0, "amount", "data"), [0], "task cut: an amount that is not positive"),
        (("model", "availability", 0, "spans", "hi", "data"), [6, 12], "overlap, touch or stand out of order"),
        (("model", "availability", 0, "spans", "ptr", "data"), [0, 9], "pointers that do not part 2 entries"),
        (("model", "relations", 0, "first", "data"), [9], "relation 0: 9 .. 9 where 0 .. 1 stand"),
        (("model", "relations", 0, "first_point"), 2, "relation 0: an arrow at a task's length"),
        (("model", "relations", 1, "condition", 1, "op"), "=", "expected one of ==, !=, <=, >=, <, >"),
        (("model", "relations", 1, "condition", 0, "row", "data"), [0, 7], "7 where 0 .. 0 stand"),
        (("model", "relations", 1, "condition", 2, "child"), 2, "condition[2].child: expected the place of an earlier"),
        (("model", "relations", 1, "condition", 2, "child"), 0, "expected the place of an object of type Compare or"),
        (("model", "relations", 1, "condition"), [], "relations[1].condition: expected a list of nodes"),
        (("model", "objective", 0, "sense"), "best", "expected one of minimize, maximize"),
        (("model", "objective", 0, "scale"), "1/0", 'expected a fraction such as "3/4"'),
        (("model", "objective", 0, "value", 0, "rows"), 2, "goal 0: a makespan of 2 rows"),
    ],
)
def test_messages_say_where_and_what(place: tuple[Any, ...], value: Any, message: str) -> None:
    written = model_to_json(small())
    where = written
    for key in place[:-1]:
        where = where[key]
    assert place[-1] in where or isinstance(where, list)
    where[place[-1]] = value
    with pytest.raises(ValueError) as caught:
        model_from_json(written)
    assert message in str(caught.value)


def test_missing_and_unknown_fields_are_named() -> None:
    written = model_to_json(small())
    del written["model"]["axis"]["zone"]
    written["model"]["axis"]["zome"] = "UTC"
    with pytest.raises(ValueError, match=r"model\.axis: a TimeAxis has the fields .*; missing or unknown: zome, zone"):
        model_from_json(written)


def _required(condition: Any) -> Model:
    return Model("m", TimeAxis(1), relations=(Require(NO_ORIGIN, condition),))


def _nested(levels: int) -> Any:
    node: Any = Known(np.array([True]))
    for _ in range(levels):
        node = Not(node)
    return node


def test_deep_expressions_come_back_and_the_deepest_are_refused() -> None:
    written = model_to_json(_required(_nested(DEEPEST - 1)))
    assert model_to_json(model_from_json(json.loads(json.dumps(written)))) == written
    with pytest.raises(ValueError, match=f"nested more than {DEEPEST} deep"):
        model_from_json(model_to_json(_required(_nested(DEEPEST))))


def test_shared_nodes_stay_shared() -> None:
    node: Any = Known(np.array([True]))
    for _ in range(100):
        row = ints([0])
        node = Junction("and", 1, (Member(row, node, row), Member(row, node, row)))
    written = model_to_json(_required(node))
    assert len(written["model"]["relations"][0]["condition"]) == 101
    read = model_from_json(written)
    assert model_to_json(read) == written
    nothing = ints([])
    assert verify(read, Schedule(nothing, nothing, nothing)).holds


@pytest.mark.parametrize("value", [None, [], "model", 3, {}, {"schema": "schedc.model/1"}])
def test_what_is_no_model_at_all(value: Any) -> None:
    with pytest.raises(ValueError, match="not a model"):
        model_from_json(value)
